//! Where the routes of VPCs may lead, and whether they lead anywhere now.
//!
//! A route aims at a transit gateway only while the VPC has an available attachment to it; otherwise CreateRoute says
//! that there is no such transit gateway (seen in terraform-provider-aws#9222 and #10025). A route that outlives its
//! target stays and turns `blackhole`.

use super::members::words;
use super::resource::{Kind, invalid_combination, invalid_value, missing};
use super::route::{Destination, Route, RouteRequest};
use super::route_table::RouteTable;
use super::shelf::Key;
use super::vpc_peering::Status as Peering;
use super::{egress_only_internet_gateway, internet_gateway, nat_gateway, vpc_peering};
use crate::call::{AwsError, Caller};
use crate::world::World;

words! { State { Active = "active", Blackhole = "blackhole" } }

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    EgressOnlyInternetGateway(String),
    InternetGateway(String),
    NatGateway(String),
    TransitGateway(String),
    VpcPeering(String),
}

/// Tells whether a route leads anywhere now.
pub fn state(world: &World, table: &RouteTable, route: &Route) -> State {
    let network = &world.network;
    let leads = match &route.target {
        Target::EgressOnlyInternetGateway(id) => network.egress_only_internet_gateways.get(id).is_some(),
        Target::InternetGateway(id) => {
            network.internet_gateways.get(id).is_some_and(|it| it.vpc.as_ref() == Some(&table.vpc))
        }
        Target::NatGateway(id) => network.nat_gateways.get(id).is_some_and(|it| it.state.carries_traffic()),
        Target::TransitGateway(id) => {
            (!route.orphaned || network.switches.revive_blackholes) && attached(world, &table.vpc, id)
        }
        Target::VpcPeering(id) => {
            network.vpc_peering_connections.get(id).is_some_and(|it| it.status == Peering::Active)
        }
    };
    if leads { State::Active } else { State::Blackhole }
}

/// Tells whether a VPC has a working attachment to a transit gateway.
fn attached(world: &World, vpc: &str, transit_gateway: &str) -> bool {
    let attachments = world.network.vpc_attachments.under(&Key::Vpc(vpc.to_owned()));
    attachments.into_iter().any(|it| it.transit_gateway == transit_gateway && it.state.carries_traffic())
}

/// Reads the one target and checks that it stands in, or is attached to, the table's VPC, and can have the destination.
///
/// # Errors
/// `MissingParameter`, `InvalidParameterCombination`, the `NotFound` of the target's kind, and `InvalidParameterValue`.
pub fn read(
    world: &World,
    caller: &Caller,
    vpc: &str,
    destination: &Destination,
    input: &RouteRequest,
) -> Result<Target, AwsError> {
    match input.targets().count() {
        0 => return Err(missing("gatewayId")),
        1 => {}
        _ => return Err(invalid_combination("Only one target can be given")),
    }
    if let Some(id) = &input.transit_gateway_id {
        Kind::TransitGateway.check(id)?;
        if !attached(world, vpc, id) {
            let message = format!("The transitGateway ID '{id}' does not exist.");
            return Err(AwsError::new("InvalidTransitGatewayID.NotFound", message));
        }
        return Ok(Target::TransitGateway(id.clone()));
    }
    if let Some(id) = &input.vpc_peering_connection_id {
        let peering = vpc_peering::seen(world, caller, id)?;
        if peering.across(vpc).is_none() {
            return Err(elsewhere("vpc peering connection", id));
        }
        // One that waits for acceptance can be aimed at already (VPC peering guide, "Update your route tables").
        if peering.status.is_over() {
            return Err(Kind::VpcPeeringConnection.not_found(id));
        }
        return Ok(Target::VpcPeering(id.clone()));
    }
    if let Some(id) = &input.nat_gateway_id {
        let gateway = nat_gateway::target(world, caller, id)?;
        return if gateway.vpc == vpc { Ok(Target::NatGateway(id.clone())) } else { Err(elsewhere("NAT gateway", id)) };
    }
    if let Some(id) = &input.egress_only_internet_gateway_id {
        let gateway = egress_only_internet_gateway::own(world, caller, id)?;
        if gateway.vpc != vpc {
            return Err(elsewhere("egress only internet gateway", id));
        }
        if destination.is_ipv4(&world.network) {
            let message = format!("The destination {destination} is IPv4, and {id} takes IPv6 alone.");
            return Err(invalid_value(message));
        }
        return Ok(Target::EgressOnlyInternetGateway(id.clone()));
    }
    let id = input.gateway_id.as_deref().unwrap_or_default();
    let gateway = internet_gateway::own(world, caller, id)?;
    if gateway.vpc.as_deref() != Some(vpc) {
        return Err(elsewhere("network gateway", id));
    }
    Ok(Target::InternetGateway(gateway.id.clone()))
}

fn elsewhere(what: &str, id: &str) -> AwsError {
    invalid_value(format!("route table and {what} {id} belong to different networks"))
}
