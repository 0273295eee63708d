//! Routes in a VPC's tables. Where they may lead is in [`route_target`].

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::members::{Done, Nothing, answer, request};
use super::prefix_list::Family;
use super::resource::{Kind, invalid_combination, invalid_value, missing};
use super::route_table::{RouteTable, own, own_mut};
use super::route_target::{State, Target, state};
use super::shelf::Key;
use super::{Network, cidr, prefix_list, route_target};
use crate::call::{AwsError, Caller};
use crate::world::World;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub target: Target,
    /// Whether the attachment that it was made for is gone, whatever came after.
    pub orphaned: bool,
}

answer! { "PascalCase"
    RouteDescription {
        destination_cidr_block: Option<String>, destination_ipv6_cidr_block: Option<String>,
        destination_prefix_list_id: Option<String>, egress_only_internet_gateway_id: Option<String>,
        gateway_id: Option<String>, nat_gateway_id: Option<String>, transit_gateway_id: Option<String>,
        vpc_peering_connection_id: Option<String>, origin: &'static str, state: State,
    }
}

/// What a route is for: a range of addresses, or all those of a prefix list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    Range(IpNet),
    PrefixList(String),
}

impl Destination {
    /// Tells whether it is of IPv4 addresses.
    pub fn is_ipv4(&self, network: &Network) -> bool {
        match self {
            Destination::Range(range) => family_of(range) == Family::V4,
            Destination::PrefixList(id) => prefix_list::find(network, id).is_some_and(|it| it.family == Family::V4),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Destination::Range(range) => range.fmt(f),
            Destination::PrefixList(id) => f.write_str(id),
        }
    }
}

impl RouteTable {
    fn holds(&self, destination: &Destination) -> bool {
        match destination {
            Destination::Range(range) => self.routes.contains_key(range),
            Destination::PrefixList(id) => self.prefix_list_routes.contains_key(id),
        }
    }

    fn put(&mut self, destination: Destination, target: Target) {
        let route = Route { target, orphaned: false };
        match destination {
            Destination::Range(range) => self.routes.insert(range, route),
            Destination::PrefixList(id) => self.prefix_list_routes.insert(id, route),
        };
    }

    fn take(&mut self, destination: &Destination) -> Option<Route> {
        match destination {
            Destination::Range(range) => self.routes.remove(range),
            Destination::PrefixList(id) => self.prefix_list_routes.remove(id),
        }
    }

    /// Lists all routes but the local ones.
    pub fn all_routes(&self) -> impl Iterator<Item = (Destination, &Route)> {
        let ranges = self.routes.iter().map(|(range, route)| (Destination::Range(*range), route));
        ranges.chain(self.prefix_list_routes.iter().map(|(id, route)| (Destination::PrefixList(id.clone()), route)))
    }
}

/// Finds the route that a packet to an address follows, the local ones apart: the longest prefix, and for one prefix the
/// route with the range itself before one with a prefix list.
pub fn longest<'w>(network: &'w Network, table: &'w RouteTable, address: IpAddr) -> Option<&'w Route> {
    let listed =
        table.prefix_list_routes.iter().filter_map(|(id, route)| Some((prefix_list::find(network, id)?, route)));
    let listed = listed.flat_map(|(list, route)| list.entries().keys().map(move |range| (range, route)));
    let best = cidr::longest(address, listed);
    let own = cidr::longest(address, table.routes.iter());
    match (own, best) {
        (Some((own, route)), Some((listed, _))) if own.prefix_len() >= listed.prefix_len() => Some(route),
        (_, Some((_, route))) | (Some((_, route)), None) => Some(route),
        (None, None) => None,
    }
}

/// Counts a table's routes of one address family against its quota: a prefix list by what it may have.
pub fn weight(network: &Network, table: &RouteTable, family: Family) -> usize {
    let lists = table.prefix_list_routes.keys().filter_map(|id| prefix_list::find(network, id));
    let listed: usize = lists.filter(|list| list.family == family).map(|list| list.max_entries).sum();
    table.routes.keys().filter(|range| family_of(range) == family).count() + listed
}

fn family_of(range: &IpNet) -> Family {
    match range {
        IpNet::V4(_) => Family::V4,
        IpNet::V6(_) => Family::V6,
    }
}

/// Lists a table's routes as DescribeRouteTables shows them, the local ones first.
pub fn descriptions(world: &World, table: &RouteTable) -> Vec<RouteDescription> {
    let local = world.network.vpcs.get(&table.vpc).into_iter().flat_map(|vpc| vpc.associated());
    let local = local.map(|range| RouteDescription {
        gateway_id: Some("local".to_owned()),
        ..blank(&Destination::Range(*range), "CreateRouteTable", State::Active)
    });
    let others = table.all_routes().map(|(destination, route)| {
        let blank = blank(&destination, "CreateRoute", state(world, table, route));
        match &route.target {
            Target::EgressOnlyInternetGateway(id) => {
                RouteDescription { egress_only_internet_gateway_id: Some(id.clone()), ..blank }
            }
            Target::InternetGateway(id) => RouteDescription { gateway_id: Some(id.clone()), ..blank },
            Target::NatGateway(id) => RouteDescription { nat_gateway_id: Some(id.clone()), ..blank },
            Target::TransitGateway(id) => RouteDescription { transit_gateway_id: Some(id.clone()), ..blank },
            Target::VpcPeering(id) => RouteDescription { vpc_peering_connection_id: Some(id.clone()), ..blank },
        }
    });
    local.chain(others).collect()
}

/// Tells about a route, without its target.
fn blank(destination: &Destination, origin: &'static str, state: State) -> RouteDescription {
    let (v4, v6, list) = match destination {
        Destination::Range(range @ IpNet::V4(_)) => (Some(range.to_string()), None, None),
        Destination::Range(range @ IpNet::V6(_)) => (None, Some(range.to_string()), None),
        Destination::PrefixList(id) => (None, None, Some(id.clone())),
    };
    RouteDescription {
        destination_cidr_block: v4,
        destination_ipv6_cidr_block: v6,
        destination_prefix_list_id: list,
        egress_only_internet_gateway_id: None,
        gateway_id: None,
        nat_gateway_id: None,
        transit_gateway_id: None,
        vpc_peering_connection_id: None,
        origin,
        state,
    }
}

/// Marks the routes of a VPC to a target that is gone, whatever comes after.
pub fn orphan(world: &mut World, vpc: &str, target: &Target) {
    let tables: Vec<String> = world.network.route_tables.ids(&Key::Vpc(vpc.to_owned())).map(str::to_owned).collect();
    for id in tables {
        let Some(table) = world.network.route_tables.get_mut(&id) else { continue };
        for route in table.routes.values_mut().chain(table.prefix_list_routes.values_mut()) {
            route.orphaned |= route.target == *target;
        }
    }
}

request! { "PascalCase"
    RouteRequest {
        route_table_id: String, destination_cidr_block: Option<String>, destination_ipv6_cidr_block: Option<String>,
        destination_prefix_list_id: Option<String>, egress_only_internet_gateway_id: Option<String>,
        gateway_id: Option<String>, nat_gateway_id: Option<String>, transit_gateway_id: Option<String>,
        vpc_peering_connection_id: Option<String>,
    }
}
request! { "PascalCase"
    DeleteRoute {
        route_table_id: String, destination_cidr_block: Option<String>, destination_ipv6_cidr_block: Option<String>,
        destination_prefix_list_id: Option<String>,
    }
}

impl RouteRequest {
    /// Lists the targets that are named.
    pub fn targets(&self) -> impl Iterator<Item = &String> {
        let targets = [
            &self.egress_only_internet_gateway_id,
            &self.gateway_id,
            &self.nat_gateway_id,
            &self.transit_gateway_id,
            &self.vpc_peering_connection_id,
        ];
        targets.into_iter().flatten()
    }

    /// Returns the members that name the route.
    fn named(&self) -> DeleteRoute {
        DeleteRoute {
            route_table_id: self.route_table_id.clone(),
            destination_cidr_block: self.destination_cidr_block.clone(),
            destination_ipv6_cidr_block: self.destination_ipv6_cidr_block.clone(),
            destination_prefix_list_id: self.destination_prefix_list_id.clone(),
        }
    }
}

/// Reads the one destination; `tidy` says whether bits beyond the prefix are cleared or must not be there.
fn destination(named: &DeleteRoute, tidy: bool) -> Result<Destination, AwsError> {
    let read = if tidy { cidr::normalised } else { cidr::read };
    let (v4, v6) = (named.destination_cidr_block.as_deref(), named.destination_ipv6_cidr_block.as_deref());
    let range = match (v4, v6, named.destination_prefix_list_id.as_deref()) {
        (Some(text), None, None) => read("destinationCidrBlock", text)?,
        (None, Some(text), None) => read("destinationIpv6CidrBlock", text)?,
        (None, None, Some(id)) => {
            Kind::PrefixList.check(id)?;
            return Ok(Destination::PrefixList(id.to_owned()));
        }
        (None, None, None) => return Err(missing("destinationCidrBlock")),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            return Err(invalid_combination("Only one destination can be given"));
        }
    };
    if matches!(range, IpNet::V4(_)) != v4.is_some() {
        return Err(invalid_value(format!("The destination {range} is of the other address family")));
    }
    Ok(Destination::Range(range))
}

/// Refuses a destination that the VPC's local routes already decide.
fn beyond_local(world: &World, vpc: &str, destination: &Destination) -> Result<(), AwsError> {
    let Destination::Range(range) = destination else { return Ok(()) };
    let ranges = world.network.vpcs.get(vpc).into_iter().flat_map(|vpc| vpc.associated());
    if ranges.into_iter().any(|local| local.contains(range)) {
        return Err(invalid_value(format!(
            "The destination CIDR block {range} is equal to or more specific than one of this VPC's CIDR blocks. This \
             route can target only an interface or an instance."
        )));
    }
    Ok(())
}

pub fn create(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<Done, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let destination = destination(&input.named(), true)?;
    beyond_local(world, &table.vpc, &destination)?;
    let (family, adds) = match &destination {
        Destination::Range(range) => (family_of(range), 1),
        Destination::PrefixList(id) => {
            let list = prefix_list::seen(world, caller, id)?;
            (list.family, list.max_entries)
        }
    };
    refuse_at_gateway(table)?;
    let target = route_target::read(world, caller, &table.vpc, &destination, &input)?;
    if table.holds(&destination) {
        let message = format!("The route identified by {destination} already exists.");
        return Err(AwsError::new("RouteAlreadyExists", message));
    }
    if weight(&world.network, table, family) + adds > world.network.quotas.routes_per_route_table {
        let message = "The maximum number of routes for this route table has been reached.";
        return Err(AwsError::new("RouteLimitExceeded", message));
    }
    own_mut(world, caller, &input.route_table_id)?.put(destination, target);
    Ok(Done { r#return: true })
}

/// Refuses a route in a table that a gateway uses: such a table may lead to network interfaces and within the VPC alone
/// (VPC guide, "Gateway route tables"), and the sandbox has no interfaces to lead to.
fn refuse_at_gateway(table: &RouteTable) -> Result<(), AwsError> {
    if table.gateways.is_empty() {
        return Ok(());
    }
    let message = format!("{} is associated with a gateway and cannot have a route with this target.", table.id);
    Err(invalid_value(message))
}

/// Changes a route's target. Unlike CreateRoute, it must find the destination written just as it is stored.
pub fn replace(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<Nothing, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let destination = destination(&input.named(), false)?;
    if !table.holds(&destination) {
        beyond_local(world, &table.vpc, &destination)?;
        return Err(invalid_value(format!(
            "There is no route defined for '{destination}' in the route table. Use CreateRoute instead."
        )));
    }
    let target = route_target::read(world, caller, &table.vpc, &destination, &input)?;
    own_mut(world, caller, &input.route_table_id)?.put(destination, target);
    Ok(Nothing {})
}

pub fn delete(world: &mut World, caller: &Caller, input: DeleteRoute) -> Result<Nothing, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let destination = destination(&input, false)?;
    let mut local = world.network.vpcs.get(&table.vpc).into_iter().flat_map(|vpc| vpc.associated());
    if local.any(|local| destination == Destination::Range(*local)) {
        let message = format!("cannot remove local route {destination} in route table {}", table.id);
        return Err(invalid_value(message));
    }
    drop(local);
    let name = match destination {
        Destination::Range(IpNet::V4(_)) => "destination-cidr-block",
        Destination::Range(IpNet::V6(_)) => "destination-ipv6-cidr-block",
        Destination::PrefixList(_) => "destination-prefix-list-id",
    };
    match own_mut(world, caller, &input.route_table_id)?.take(&destination) {
        Some(_) => Ok(Nothing {}),
        None => {
            let message = format!("no route with {name} {destination} in route table {}", input.route_table_id);
            Err(AwsError::new("InvalidRoute.NotFound", message))
        }
    }
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
