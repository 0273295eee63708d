//! The writes. None carries a client token, since none of these calls takes one (EC2 API reference): whether a write
//! whose answer was lost has happened is for the next reads to show.

use std::fmt::Debug;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::trip::Trip;
use crate::api::answer::Thing;
use crate::api::{ApiError, Ref, Reply, WriteCall};
use crate::model::{
    AttachmentId, AttachmentOptions, Cidr, RouteTableId, SubnetId, Tags, TransitGatewayId, TransitGatewayRouteTableId,
    VpcId,
};

pub(super) async fn send(ec2: &Client, trip: &Trip<'_>, call: &WriteCall) -> Result<Reply, ApiError> {
    let door = Writes { ec2, trip };
    match call {
        WriteCall::CreateTransitGatewayRouteTable { gateway, tags } => door.create_table(gateway, tags).await,
        WriteCall::CreateTransitGatewayVpcAttachment { gateway, vpc, subnets, options, tags } => {
            door.create_attachment(gateway, vpc, subnets, *options, tags).await
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { attachment, add_subnets, options } => {
            door.modify_attachment(known(attachment)?, add_subnets, *options).await
        }
        WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => door.accept(known(attachment)?).await,
        WriteCall::AssociateTransitGatewayRouteTable { table, attachment } => {
            door.associate(known(table)?, known(attachment)?).await
        }
        WriteCall::DisassociateTransitGatewayRouteTable { table, attachment } => {
            door.disassociate(table, attachment).await
        }
        WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
            door.propagate(known(table)?, known(attachment)?).await
        }
        WriteCall::CreateRoute { route_table, destination, gateway } => {
            door.create_route(route_table, destination, gateway).await
        }
        WriteCall::ReplaceRoute { route_table, destination, gateway } => {
            door.replace_route(route_table, destination, gateway).await
        }
    }
}

struct Writes<'a> {
    ec2: &'a Client,
    trip: &'a Trip<'a>,
}

impl Writes<'_> {
    async fn create_table(&self, gateway: &TransitGatewayId, tags: &Tags) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .create_transit_gateway_route_table()
            .transit_gateway_id(gateway.as_str())
            .set_tag_specifications(tagged(types::ResourceType::TransitGatewayRouteTable, tags))
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        let made = answer.transit_gateway_route_table().and_then(|table| table.transit_gateway_route_table_id());
        made_with_id("transit gateway route table", "TransitGatewayRouteTableId", made)
    }

    async fn create_attachment(
        &self,
        gateway: &TransitGatewayId,
        vpc: &VpcId,
        subnets: &[SubnetId],
        options: AttachmentOptions,
        tags: &Tags,
    ) -> Result<Reply, ApiError> {
        let options = types::CreateTransitGatewayVpcAttachmentRequestOptions::builder()
            .dns_support(dns(options))
            .ipv6_support(ipv6(options))
            .appliance_mode_support(appliance_mode(options))
            .build();
        let call = self
            .ec2
            .create_transit_gateway_vpc_attachment()
            .transit_gateway_id(gateway.as_str())
            .vpc_id(vpc.as_str())
            .set_subnet_ids(Some(subnets.iter().map(ToString::to_string).collect()))
            .options(options)
            .set_tag_specifications(tagged(types::ResourceType::TransitGatewayAttachment, tags))
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        let made = answer.transit_gateway_vpc_attachment().and_then(|made| made.transit_gateway_attachment_id());
        made_with_id("VPC attachment", "TransitGatewayAttachmentId", made)
    }

    async fn modify_attachment(
        &self,
        attachment: &AttachmentId,
        add_subnets: &[SubnetId],
        options: Option<AttachmentOptions>,
    ) -> Result<Reply, ApiError> {
        let options = options.map(|options| {
            types::ModifyTransitGatewayVpcAttachmentRequestOptions::builder()
                .dns_support(dns(options))
                .ipv6_support(ipv6(options))
                .appliance_mode_support(appliance_mode(options))
                .build()
        });
        let subnets = (!add_subnets.is_empty()).then(|| add_subnets.iter().map(ToString::to_string).collect());
        let call = self
            .ec2
            .modify_transit_gateway_vpc_attachment()
            .transit_gateway_attachment_id(attachment.as_str())
            .set_add_subnet_ids(subnets)
            .set_options(options)
            .customize()
            .config_override(self.trip.ec2());
        call.send().await.map_err(|error| self.trip.failed(error))?;
        Ok(Reply::default())
    }

    async fn accept(&self, attachment: &AttachmentId) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .accept_transit_gateway_vpc_attachment()
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        call.send().await.map_err(|error| self.trip.failed(error))?;
        Ok(Reply::default())
    }

    async fn associate(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .associate_transit_gateway_route_table()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        call.send().await.map_err(|error| self.trip.failed(error))?;
        Ok(Reply::default())
    }

    async fn disassociate(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .disassociate_transit_gateway_route_table()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        call.send().await.map_err(|error| self.trip.failed(error))?;
        Ok(Reply::default())
    }

    async fn propagate(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .enable_transit_gateway_route_table_propagation()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        call.send().await.map_err(|error| self.trip.failed(error))?;
        Ok(Reply::default())
    }

    async fn create_route(
        &self,
        table: &RouteTableId,
        destination: &Cidr,
        gateway: &TransitGatewayId,
    ) -> Result<Reply, ApiError> {
        let (four, six) = by_family(destination);
        let call = self
            .ec2
            .create_route()
            .route_table_id(table.as_str())
            .set_destination_cidr_block(four)
            .set_destination_ipv6_cidr_block(six)
            .transit_gateway_id(gateway.as_str())
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        match answer.r#return() {
            Some(true) => Ok(Reply::default()),
            other => Err(ApiError::strange(format!("CreateRoute in {table} to {destination} returned {other:?}"))),
        }
    }

    async fn replace_route(
        &self,
        table: &RouteTableId,
        destination: &Cidr,
        gateway: &TransitGatewayId,
    ) -> Result<Reply, ApiError> {
        let (four, six) = by_family(destination);
        let call = self
            .ec2
            .replace_route()
            .route_table_id(table.as_str())
            .set_destination_cidr_block(four)
            .set_destination_ipv6_cidr_block(six)
            .transit_gateway_id(gateway.as_str())
            .customize()
            .config_override(self.trip.ec2());
        call.send().await.map_err(|error| self.trip.failed(error))?;
        Ok(Reply::default())
    }
}

/// Returns an id that must be known by the time of sending. A planned one is a bug of the caller's.
fn known<T: Debug>(id: &Ref<T>) -> Result<&T, ApiError> {
    match id {
        Ref::Known(id) => Ok(id),
        Ref::Planned(key) => Err(ApiError::not_sent(format!("a call needs the id of {key}, which was not made yet"))),
    }
}

fn made_with_id(kind: &'static str, member: &str, id: Option<&str>) -> Result<Reply, ApiError> {
    Ok(Reply { id: Some(Thing::new(kind, id).text(member, id)?) })
}

/// Returns the tags that a thing is made with. EC2 refuses a list without any tag.
fn tagged(kind: types::ResourceType, tags: &Tags) -> Option<Vec<types::TagSpecification>> {
    let tags: Vec<types::Tag> =
        tags.iter().map(|(key, value)| types::Tag::builder().key(key).value(value).build()).collect();
    (!tags.is_empty())
        .then(|| vec![types::TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()])
}

/// Returns a destination in the member of its family: IPv4, IPv6.
fn by_family(destination: &Cidr) -> (Option<String>, Option<String>) {
    let text = Some(destination.to_string());
    if destination.is_ipv6() { (None, text) } else { (text, None) }
}

fn dns(options: AttachmentOptions) -> types::DnsSupportValue {
    if options.dns { types::DnsSupportValue::Enable } else { types::DnsSupportValue::Disable }
}

fn ipv6(options: AttachmentOptions) -> types::Ipv6SupportValue {
    if options.ipv6 { types::Ipv6SupportValue::Enable } else { types::Ipv6SupportValue::Disable }
}

fn appliance_mode(options: AttachmentOptions) -> types::ApplianceModeSupportValue {
    if options.appliance_mode {
        types::ApplianceModeSupportValue::Enable
    } else {
        types::ApplianceModeSupportValue::Disable
    }
}
