//! EC2's transit gateways: attachments, route tables, and what is in these.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::trip::Trip;
use super::vpcs::tags;
use crate::api::answer::{self, Thing};
use crate::api::{ApiError, Items, Page};
use crate::model::{
    Association, Attachment, AttachmentOptions, Propagation, TransitGateway, TransitGatewayOptions,
    TransitGatewayRoute, TransitGatewayRouteTable, TransitGatewayRouteTableId, VpcAttachment,
};

pub(super) async fn describe_gateways(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_transit_gateways()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("DescribeTransitGateways", Some("answer")).has("TransitGateways", answer.transit_gateways)?;
    let gateways = seen.iter().map(gateway).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::TransitGateways(gateways), next: answer::next(answer.next_token) })
}

pub(super) async fn describe_attachments(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_transit_gateway_attachments()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("DescribeTransitGatewayAttachments", Some("answer"));
    let seen = list.has("TransitGatewayAttachments", answer.transit_gateway_attachments)?;
    let attachments = seen.iter().map(attachment).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Attachments(attachments), next: answer::next(answer.next_token) })
}

pub(super) async fn describe_vpc_attachments(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_transit_gateway_vpc_attachments()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("DescribeTransitGatewayVpcAttachments", Some("answer"));
    let seen = list.has("TransitGatewayVpcAttachments", answer.transit_gateway_vpc_attachments)?;
    let attachments = seen.iter().map(vpc_attachment).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::VpcAttachments(attachments), next: answer::next(answer.next_token) })
}

pub(super) async fn describe_route_tables(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_transit_gateway_route_tables()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("DescribeTransitGatewayRouteTables", Some("answer"));
    let seen = list.has("TransitGatewayRouteTables", answer.transit_gateway_route_tables)?;
    let tables = seen.iter().map(route_table).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::TransitGatewayRouteTables(tables), next: answer::next(answer.next_token) })
}

pub(super) async fn get_associations(
    ec2: &Client,
    trip: &Trip<'_>,
    table: &TransitGatewayRouteTableId,
) -> Result<Page, ApiError> {
    let call = ec2
        .get_transit_gateway_route_table_associations()
        .transit_gateway_route_table_id(table.as_str())
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("transit gateway route table", Some(table.as_str()));
    let seen = list.has("Associations", answer.associations)?;
    let associations = seen.iter().map(association).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Associations(associations), next: answer::next(answer.next_token) })
}

pub(super) async fn get_propagations(
    ec2: &Client,
    trip: &Trip<'_>,
    table: &TransitGatewayRouteTableId,
) -> Result<Page, ApiError> {
    let call = ec2
        .get_transit_gateway_route_table_propagations()
        .transit_gateway_route_table_id(table.as_str())
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("transit gateway route table", Some(table.as_str()));
    let seen = list.has("TransitGatewayRouteTablePropagations", answer.transit_gateway_route_table_propagations)?;
    let propagations = seen.iter().map(propagation).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Propagations(propagations), next: answer::next(answer.next_token) })
}

pub(super) async fn search_routes(
    ec2: &Client,
    trip: &Trip<'_>,
    table: &TransitGatewayRouteTableId,
) -> Result<Page, ApiError> {
    // The call wants a filter; this is the widest (EC2 API reference, SearchTransitGatewayRoutes).
    let every = types::Filter::builder().name("state").values("active").values("blackhole").build();
    let call = ec2
        .search_transit_gateway_routes()
        .transit_gateway_route_table_id(table.as_str())
        .filters(every)
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("transit gateway route table", Some(table.as_str()));
    let next = answer::next(answer.next_token);
    list.is_whole(answer.additional_routes_available, next.as_deref())?;
    let seen = list.has("Routes", answer.routes)?;
    let routes = seen.iter().map(|seen| route(&list, seen)).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::TransitGatewayRoutes(routes), next })
}

fn gateway(seen: &types::TransitGateway) -> Result<TransitGateway, ApiError> {
    let thing = Thing::new("transit gateway", seen.transit_gateway_id());
    let options = thing.has("Options", seen.options())?;
    let state = thing.progress(seen.state().map(types::TransitGatewayState::as_str))?;
    let association = options.default_route_table_association().map(|word| word.as_str());
    let propagation = options.default_route_table_propagation().map(|word| word.as_str());
    Ok(TransitGateway {
        id: thing.name("TransitGatewayId", seen.transit_gateway_id())?,
        owner: thing.name("OwnerId", seen.owner_id())?,
        default_association: thing.default_table(
            "DefaultRouteTableAssociation",
            association,
            options.association_default_route_table_id(),
            &state,
        )?,
        default_propagation: thing.default_table(
            "DefaultRouteTablePropagation",
            propagation,
            options.propagation_default_route_table_id(),
            &state,
        )?,
        options: gateway_options(&thing, options)?,
        tags: tags(&thing, seen.tags())?,
        state,
    })
}

fn gateway_options(thing: &Thing<'_>, seen: &types::TransitGatewayOptions) -> Result<TransitGatewayOptions, ApiError> {
    let auto_accept = seen.auto_accept_shared_attachments().map(|word| word.as_str());
    let association = seen.default_route_table_association().map(|word| word.as_str());
    let propagation = seen.default_route_table_propagation().map(|word| word.as_str());
    let referencing = seen.security_group_referencing_support().map(|word| word.as_str());
    Ok(TransitGatewayOptions {
        asn: thing.asn(seen.amazon_side_asn())?,
        auto_accept: thing.is_enabled("AutoAcceptSharedAttachments", auto_accept)?,
        default_association: thing.is_enabled("DefaultRouteTableAssociation", association)?,
        default_propagation: thing.is_enabled("DefaultRouteTablePropagation", propagation)?,
        dns: thing.is_enabled("DnsSupport", seen.dns_support().map(|word| word.as_str()))?,
        vpn_ecmp: thing.is_enabled("VpnEcmpSupport", seen.vpn_ecmp_support().map(|word| word.as_str()))?,
        security_group_referencing: thing.is_enabled_where_offered("SecurityGroupReferencingSupport", referencing)?,
        multicast: thing.is_enabled("MulticastSupport", seen.multicast_support().map(|word| word.as_str()))?,
    })
}

fn attachment(seen: &types::TransitGatewayAttachment) -> Result<Attachment, ApiError> {
    let thing = Thing::new("attachment", seen.transit_gateway_attachment_id());
    let resource_type = seen.resource_type().map(types::TransitGatewayAttachmentResourceType::as_str);
    Ok(Attachment {
        id: thing.name("TransitGatewayAttachmentId", seen.transit_gateway_attachment_id())?,
        gateway: thing.name("TransitGatewayId", seen.transit_gateway_id())?,
        resource_type: thing.text("ResourceType", resource_type)?,
        resource_id: thing.text("ResourceId", seen.resource_id())?,
        resource_owner: thing.optional_name("ResourceOwnerId", seen.resource_owner_id())?,
        state: thing.progress(seen.state().map(types::TransitGatewayAttachmentState::as_str))?,
        tags: tags(&thing, seen.tags())?,
    })
}

fn vpc_attachment(seen: &types::TransitGatewayVpcAttachment) -> Result<VpcAttachment, ApiError> {
    let thing = Thing::new("VPC attachment", seen.transit_gateway_attachment_id());
    let options = thing.has("Options", seen.options())?;
    let state = thing.progress(seen.state().map(types::TransitGatewayAttachmentState::as_str))?;
    let subnets = thing.subnets(seen.subnet_ids.as_deref(), &state)?;
    Ok(VpcAttachment {
        id: thing.name("TransitGatewayAttachmentId", seen.transit_gateway_attachment_id())?,
        gateway: thing.name("TransitGatewayId", seen.transit_gateway_id())?,
        vpc: thing.name("VpcId", seen.vpc_id())?,
        vpc_owner: thing.name("VpcOwnerId", seen.vpc_owner_id())?,
        subnets,
        options: attachment_options(&thing, options)?,
        tags: tags(&thing, seen.tags())?,
        state,
    })
}

fn attachment_options(
    thing: &Thing<'_>,
    seen: &types::TransitGatewayVpcAttachmentOptions,
) -> Result<AttachmentOptions, ApiError> {
    let appliance_mode = seen.appliance_mode_support().map(|word| word.as_str());
    let referencing = seen.security_group_referencing_support().map(|word| word.as_str());
    Ok(AttachmentOptions {
        dns: thing.is_enabled("DnsSupport", seen.dns_support().map(|word| word.as_str()))?,
        ipv6: thing.is_enabled("Ipv6Support", seen.ipv6_support().map(|word| word.as_str()))?,
        appliance_mode: thing.is_enabled("ApplianceModeSupport", appliance_mode)?,
        security_group_referencing: thing.is_enabled_where_offered("SecurityGroupReferencingSupport", referencing)?,
    })
}

fn route_table(seen: &types::TransitGatewayRouteTable) -> Result<TransitGatewayRouteTable, ApiError> {
    let thing = Thing::new("transit gateway route table", seen.transit_gateway_route_table_id());
    Ok(TransitGatewayRouteTable {
        id: thing.name("TransitGatewayRouteTableId", seen.transit_gateway_route_table_id())?,
        gateway: thing.name("TransitGatewayId", seen.transit_gateway_id())?,
        state: thing.progress(seen.state().map(types::TransitGatewayRouteTableState::as_str))?,
        tags: tags(&thing, seen.tags())?,
    })
}

fn association(seen: &types::TransitGatewayRouteTableAssociation) -> Result<Association, ApiError> {
    let thing = Thing::new("association", seen.transit_gateway_attachment_id());
    let resource_type = seen.resource_type().map(types::TransitGatewayAttachmentResourceType::as_str);
    Ok(Association {
        attachment: thing.name("TransitGatewayAttachmentId", seen.transit_gateway_attachment_id())?,
        resource_type: thing.text("ResourceType", resource_type)?,
        resource_id: thing.text("ResourceId", seen.resource_id())?,
        state: thing.progress(seen.state().map(types::TransitGatewayAssociationState::as_str))?,
    })
}

fn propagation(seen: &types::TransitGatewayRouteTablePropagation) -> Result<Propagation, ApiError> {
    let thing = Thing::new("propagation", seen.transit_gateway_attachment_id());
    let resource_type = seen.resource_type().map(types::TransitGatewayAttachmentResourceType::as_str);
    Ok(Propagation {
        attachment: thing.name("TransitGatewayAttachmentId", seen.transit_gateway_attachment_id())?,
        resource_type: thing.text("ResourceType", resource_type)?,
        resource_id: thing.text("ResourceId", seen.resource_id())?,
        state: thing.progress(seen.state().map(types::TransitGatewayPropagationState::as_str))?,
    })
}

fn route(table: &Thing<'_>, seen: &types::TransitGatewayRoute) -> Result<TransitGatewayRoute, ApiError> {
    // A blackhole has no attachments, and then no list of them.
    let attachments = seen.transit_gateway_attachments().iter();
    Ok(TransitGatewayRoute {
        destination: table.destination([seen.destination_cidr_block(), None], seen.prefix_list_id())?,
        prefix_list: table.optional_name("the prefix list of a route", seen.prefix_list_id())?,
        is_static: table.is_static(seen.r#type().map(types::TransitGatewayRouteType::as_str))?,
        state: table.route_state(seen.state().map(types::TransitGatewayRouteState::as_str))?,
        attachments: attachments
            .map(|seen| table.name("the attachment of a route", seen.transit_gateway_attachment_id()))
            .collect::<Result<_, _>>()?,
    })
}
