//! The writes: which call goes to which function, and what several of them need.
//!
//! None carries a client token. EC2 takes none for these calls (EC2 API reference); RAM would, and makes one of its own
//! for a call that brings none (RAM API reference, `clientToken`), so that every request counts for itself there as well.
//! Whether a write whose answer was lost has happened is for the next reads to show, and one [`send`] is one request.
//!
//! | file | what is written |
//! |---|---|
//! | `gateways` | transit gateways, their route tables, tags |
//! | `attachments` | VPC attachments, their associations and propagations |
//! | `routes` | routes of transit gateway route tables, and prefix list references in these |
//! | `vpc_routes` | routes of VPCs' route tables |
//! | `shares` | resource shares and invitations to them |

mod attachments;
mod gateways;
mod routes;
mod shares;
mod vpc_routes;

use std::fmt::Debug;

use aws_sdk_ec2::types;

use super::trip::Trip;
use crate::api::answer::Thing;
use crate::api::{ApiError, Ref, Reply, WriteCall};
use crate::model::Tags;

/// What a write is sent by.
pub(super) struct Writes<'a> {
    pub ec2: &'a aws_sdk_ec2::Client,
    pub ram: &'a aws_sdk_ram::Client,
    pub trip: &'a Trip<'a>,
}

pub(super) async fn send(by: Writes<'_>, call: &WriteCall) -> Result<Reply, ApiError> {
    match call {
        WriteCall::CreateTransitGateway { options, tags } => by.create_gateway(options, tags).await,
        WriteCall::ModifyTransitGateway { gateway, options } => by.modify_gateway(gateway, options).await,
        WriteCall::CreateTransitGatewayRouteTable { gateway, tags } => by.create_table(known(gateway)?, tags).await,
        WriteCall::DeleteTransitGatewayRouteTable { table } => by.delete_table(table).await,
        WriteCall::CreateTags { resource, tags } => by.create_tags(known(resource)?, tags).await,
        WriteCall::CreateTransitGatewayVpcAttachment { gateway, vpc, subnets, options, tags } => {
            by.create_attachment(known(gateway)?, vpc, subnets, *options, tags).await
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { attachment, add_subnets, remove_subnets, options } => {
            by.modify_attachment(known(attachment)?, add_subnets, remove_subnets, *options).await
        }
        WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => by.accept(known(attachment)?).await,
        WriteCall::DeleteTransitGatewayVpcAttachment { attachment } => by.delete_attachment(attachment).await,
        WriteCall::AssociateTransitGatewayRouteTable { table, attachment } => {
            by.associate(known(table)?, known(attachment)?).await
        }
        WriteCall::DisassociateTransitGatewayRouteTable { table, attachment } => {
            by.disassociate(table, attachment).await
        }
        WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
            by.propagate(known(table)?, known(attachment)?).await
        }
        WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment } => {
            by.stop_propagating(table, attachment).await
        }
        WriteCall::CreateTransitGatewayRoute { table, destination, attachment } => {
            by.create_gateway_route(known(table)?, destination, if_any(attachment.as_ref())?).await
        }
        WriteCall::ReplaceTransitGatewayRoute { table, destination, attachment } => {
            by.replace_gateway_route(table, destination, if_any(attachment.as_ref())?).await
        }
        WriteCall::DeleteTransitGatewayRoute { table, destination } => {
            by.delete_gateway_route(table, destination).await
        }
        WriteCall::CreateTransitGatewayPrefixListReference { table, prefix_list, attachment } => {
            by.create_reference(known(table)?, prefix_list, if_any(attachment.as_ref())?).await
        }
        WriteCall::ModifyTransitGatewayPrefixListReference { table, prefix_list, attachment } => {
            by.modify_reference(table, prefix_list, if_any(attachment.as_ref())?).await
        }
        WriteCall::DeleteTransitGatewayPrefixListReference { table, prefix_list } => {
            by.delete_reference(table, prefix_list).await
        }
        WriteCall::CreateRoute { route_table, destination, gateway } => {
            by.create_route(route_table, destination, known(gateway)?).await
        }
        WriteCall::ReplaceRoute { route_table, destination, gateway } => {
            by.replace_route(route_table, destination, known(gateway)?).await
        }
        WriteCall::DeleteRoute { route_table, destination } => by.delete_route(route_table, destination).await,
        WriteCall::CreateResourceShare { name, gateway, allow_external, tags } => {
            by.create_share(name, known(gateway)?, *allow_external, tags).await
        }
        WriteCall::UpdateResourceShare { share, name, allow_external } => {
            by.update_share(known(share)?, name, *allow_external).await
        }
        WriteCall::AssociateResourceShare { share, gateway, principals } => {
            by.associate_share(known(share)?, if_any(gateway.as_ref())?, principals).await
        }
        WriteCall::DisassociateResourceShare { share, principals } => by.disassociate_share(share, principals).await,
        WriteCall::DeleteResourceShare { share } => by.delete_share(share).await,
        WriteCall::TagResource { share, tags } => by.tag_share(share, tags).await,
        WriteCall::AcceptResourceShareInvitation { invitation } => by.accept_invitation(invitation).await,
    }
}

/// Returns an id that must be known by the time of sending. A planned one is a bug of the caller's.
fn known<T: Debug>(id: &Ref<T>) -> Result<&T, ApiError> {
    match id {
        Ref::Known(id) => Ok(id),
        Ref::Planned(key) => Err(ApiError::not_sent(format!("a call needs the id of {key}, which was not made yet"))),
    }
}

/// Returns an id that must be known if there is one at all.
fn if_any<T: Debug>(id: Option<&Ref<T>>) -> Result<Option<&T>, ApiError> {
    id.map(known).transpose()
}

fn made_with_id(kind: &'static str, member: &str, id: Option<&str>) -> Result<Reply, ApiError> {
    Ok(Reply { id: Some(Thing::new(kind, id).text(member, id)?) })
}

/// Returns the tags that a thing is made with. EC2 refuses a list without any tag.
fn tagged(kind: types::ResourceType, tags: &Tags) -> Option<Vec<types::TagSpecification>> {
    (!tags.is_empty())
        .then(|| vec![types::TagSpecification::builder().resource_type(kind).set_tags(Some(each(tags))).build()])
}

/// Returns tags as EC2 takes them.
fn each(tags: &Tags) -> Vec<types::Tag> {
    tags.iter().map(|(key, value)| types::Tag::builder().key(key).value(value).build()).collect()
}

/// Returns an option in EC2's two words. The SDK has a type of its own for each option's words.
fn word<T: for<'w> From<&'w str>>(on: bool) -> T {
    T::from(if on { "enable" } else { "disable" })
}
