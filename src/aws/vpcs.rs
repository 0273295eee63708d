//! EC2's VPCs: ranges, subnets and route tables.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::trip::Trip;
use crate::api::answer::{self, TargetIds, Thing};
use crate::api::{ApiError, Items, Page};
use crate::model::{Cidr, Route, RouteTable, Subnet, Tags, Vpc};

pub(super) async fn describe_vpcs(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_vpcs()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("DescribeVpcs", Some("answer")).has("Vpcs", answer.vpcs)?;
    let vpcs = seen.iter().map(vpc).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Vpcs(vpcs), next: answer::next(answer.next_token) })
}

pub(super) async fn describe_subnets(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_subnets()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("DescribeSubnets", Some("answer")).has("Subnets", answer.subnets)?;
    let subnets = seen.iter().map(subnet).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Subnets(subnets), next: answer::next(answer.next_token) })
}

pub(super) async fn describe_route_tables(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_route_tables()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("DescribeRouteTables", Some("answer")).has("RouteTables", answer.route_tables)?;
    let tables = seen.iter().map(route_table).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::RouteTables(tables), next: answer::next(answer.next_token) })
}

/// Reads EC2's tags. A thing without any comes with an empty list or with none.
pub(super) fn tags(thing: &Thing<'_>, seen: &[types::Tag]) -> Result<Tags, ApiError> {
    thing.tags(seen.iter().map(|tag| (tag.key(), tag.value())))
}

fn vpc(seen: &types::Vpc) -> Result<Vpc, ApiError> {
    let thing = Thing::new("VPC", seen.vpc_id());
    Ok(Vpc {
        id: thing.name("VpcId", seen.vpc_id())?,
        owner: thing.name("OwnerId", seen.owner_id())?,
        is_default: thing.has("IsDefault", seen.is_default())?,
        cidrs: ranges(&thing, seen)?,
        tags: tags(&thing, seen.tags())?,
    })
}

/// Returns the VPC's ranges: IPv4 in AWS's order, then IPv6. Every VPC has an IPv4 range (the one that it was made with
/// cannot be taken away), so an answer without any is not believed; IPv6 is left out where there is none.
fn ranges(thing: &Thing<'_>, seen: &types::Vpc) -> Result<Vec<Cidr>, ApiError> {
    let four = thing.has("CidrBlockAssociationSet", seen.cidr_block_association_set.as_deref())?;
    let six = seen.ipv6_cidr_block_association_set();
    let blocks = four
        .iter()
        .map(|block| (block.cidr_block(), block.cidr_block_state()))
        .chain(six.iter().map(|block| (block.ipv6_cidr_block(), block.ipv6_cidr_block_state())));
    let mut ranges = Vec::new();
    for (range, state) in blocks {
        let state = state.and_then(types::VpcCidrBlockState::state).map(types::VpcCidrBlockStateCode::as_str);
        if thing.holds_range(state)? {
            ranges.push(thing.cidr("a CIDR block", range)?);
        }
    }
    Ok(ranges)
}

fn subnet(seen: &types::Subnet) -> Result<Subnet, ApiError> {
    let thing = Thing::new("subnet", seen.subnet_id());
    Ok(Subnet {
        id: thing.name("SubnetId", seen.subnet_id())?,
        vpc: thing.name("VpcId", seen.vpc_id())?,
        zone: thing.name("AvailabilityZoneId", seen.availability_zone_id())?,
        tags: tags(&thing, seen.tags())?,
    })
}

fn route_table(seen: &types::RouteTable) -> Result<RouteTable, ApiError> {
    let thing = Thing::new("route table", seen.route_table_id());
    // Every table has the route to its own VPC, so an answer without a list of routes is not believed.
    let routes = thing.has("Routes", seen.routes.as_deref())?;
    Ok(RouteTable {
        id: thing.name("RouteTableId", seen.route_table_id())?,
        vpc: thing.name("VpcId", seen.vpc_id())?,
        is_edge: seen.associations().iter().any(|association| association.gateway_id().is_some()),
        routes: routes.iter().map(|seen| route(&thing, seen)).collect::<Result<_, _>>()?,
        tags: tags(&thing, seen.tags())?,
    })
}

fn route(table: &Thing<'_>, seen: &types::Route) -> Result<Route, ApiError> {
    let ranges = [seen.destination_cidr_block(), seen.destination_ipv6_cidr_block()];
    let state = table.route_state(seen.state().map(types::RouteState::as_str))?;
    let ids = TargetIds {
        gateway: seen.gateway_id(),
        transit_gateway: seen.transit_gateway_id(),
        others: &[
            seen.instance_id(),
            seen.nat_gateway_id(),
            seen.vpc_peering_connection_id(),
            seen.egress_only_internet_gateway_id(),
            seen.carrier_gateway_id(),
            seen.local_gateway_id(),
            seen.core_network_arn(),
            seen.odb_network_arn(),
            seen.network_interface_id(),
            seen.ip_address(),
        ],
    };
    Ok(Route {
        destination: table.destination(ranges, seen.destination_prefix_list_id())?,
        target: table.target(&ids, state)?,
        state,
    })
}
