//! Follows the routes of a world as a packet would: a reader for tests, which judge by it whether a network connects.
//!
//! From the subnet's route table (longest prefix) to a transit gateway, in by the VPC's attachment, by that
//! attachment's associated table (longest prefix, static over propagated) out through another attachment, into its
//! VPC, or over a peering into another transit gateway and on by the table that the peering is associated with there.
//! Over a peering connection of VPCs it goes into the other VPC and no further. From a NAT gateway it goes on by the table
//! of the gateway's subnet. If the address is not there, on by the route table of the subnet that the attachment stands in: so a packet passes
//! an inspection VPC as if the appliance in it sent everything on.

use std::net::IpAddr;

use super::association::{Association, State as AssociationState};
use super::attachment::{Attachment, find};
use super::given_attachment::GivenAttachment;
use super::route::longest;
use super::route_table::{RouteTable, of_subnet};
use super::route_target::{State as RouteState, Target, state};
use super::shelf::Key;
use super::vpc_attachment::VpcAttachment;
use crate::world::World;

/// Where a packet starts.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// In a subnet without a table of its own.
    Vpc(&'a str),
    Subnet(&'a str),
}

/// Where a packet leaves the transit gateways.
enum Exit<'w> {
    Vpc(&'w VpcAttachment),
    Given(&'w GivenAttachment),
}

/// Where a packet ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path {
    /// In the VPC that has the address; the hops are the ids of all tables, gateways and attachments on the way.
    Delivered {
        vpc: String,
        hops: Vec<String>,
    },
    /// To what stands behind an attachment that is none of a VPC: a VPN, a Direct Connect gateway.
    Handed {
        attachment: String,
        hops: Vec<String>,
    },
    /// Out of the model, by an internet gateway.
    Left {
        gateway: String,
        hops: Vec<String>,
    },
    Dropped {
        at: String,
        why: Why,
    },
}

/// Why a packet goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no such VPC or subnet, or nothing says which table it uses.
    NoStart,
    NoRoute,
    Blackhole,
    /// The VPC has no working attachment to the transit gateway.
    NotAttached,
    /// Nothing says by which table the attachment's traffic goes.
    NoAssociation,
    /// The attachment that the route leads to does not work.
    AttachmentDown,
    /// It came back to a table where it had been.
    Loop,
    /// A peering connection of VPCs leads into the other VPC alone.
    NotTransitive,
}

/// Follows the routes from a place to an address.
pub fn walk(world: &World, from: Start, to: IpAddr) -> Path {
    let dropped = |at: &str, why| Path::Dropped { at: at.to_owned(), why };
    let (mut vpc, mut table) = match from {
        Start::Vpc(id) => (id, main_table(world, id)),
        Start::Subnet(id) => match world.network.subnets.get(id) {
            Some(subnet) => (subnet.vpc.as_str(), of_subnet(world, subnet)),
            None => return dropped(id, Why::NoStart),
        },
    };
    let mut hops: Vec<String> = Vec::new();
    loop {
        if has_address(world, vpc, to) {
            return Path::Delivered { vpc: vpc.to_owned(), hops };
        }
        let Some(here) = table else { return dropped(vpc, Why::NoStart) };
        hops.push(here.id.clone());
        let gateway = match leave_vpc(world, here, to) {
            Ok(Target::TransitGateway(id)) => id,
            Ok(Target::InternetGateway(id) | Target::EgressOnlyInternetGateway(id)) => {
                return Path::Left { gateway: id, hops };
            }
            Ok(Target::NatGateway(id)) => {
                if hops.contains(&id) {
                    return dropped(&id, Why::Loop);
                }
                let subnet = world.network.nat_gateways.get(&id).map(|it| &it.subnet);
                table = subnet.and_then(|id| world.network.subnets.get(id)).and_then(|it| of_subnet(world, it));
                hops.push(id);
                continue;
            }
            Ok(Target::VpcPeering(id)) => {
                let peering = world.network.vpc_peering_connections.get(&id);
                let other = peering.and_then(|it| it.across(vpc)).filter(|other| has_address(world, other, to));
                hops.push(id.clone());
                return match other {
                    Some(other) => Path::Delivered { vpc: other.to_owned(), hops },
                    None => dropped(&id, Why::NotTransitive),
                };
            }
            Err(why) => return dropped(&here.id, why),
        };
        hops.push(gateway.clone());
        let Some(entry) = attachment(world, vpc, &gateway) else { return dropped(&gateway, Why::NotAttached) };
        let exit = match cross_gateways(world, Attachment::Vpc(entry), to, &mut hops) {
            Ok(Exit::Vpc(exit)) => exit,
            Ok(Exit::Given(exit)) => return Path::Handed { attachment: exit.id.clone(), hops },
            Err((at, why)) => return dropped(&at, why),
        };
        vpc = &exit.vpc;
        let landing = exit.subnets.first().and_then(|id| world.network.subnets.get(id));
        table = landing.and_then(|subnet| of_subnet(world, subnet));
    }
}

fn has_address(world: &World, vpc: &str, address: IpAddr) -> bool {
    world.network.vpcs.get(vpc).is_some_and(|it| it.associated().any(|range| range.contains(&address)))
}

/// Follows a packet from the attachment where it comes in, through one transit gateway or several, to where it leaves.
fn cross_gateways<'w>(
    world: &'w World,
    mut entry: Attachment<'w>,
    to: IpAddr,
    hops: &mut Vec<String>,
) -> Result<Exit<'w>, (String, Why)> {
    loop {
        let Some(Association { table: decides, state: AssociationState::Associated }) = entry.association() else {
            return Err((entry.id().to_owned(), Why::NoAssociation));
        };
        if hops.contains(decides) {
            return Err((decides.clone(), Why::Loop));
        }
        hops.push(entry.id().to_owned());
        hops.push(decides.clone());
        let exit = cross_gateway(world, decides, to).map_err(|why| (decides.clone(), why))?;
        if !exit.state().carries_traffic() {
            return Err((exit.id().to_owned(), Why::AttachmentDown));
        }
        hops.push(exit.id().to_owned());
        match exit {
            Attachment::Vpc(it) => return Ok(Exit::Vpc(it)),
            Attachment::Given(it) => return Ok(Exit::Given(it)),
            Attachment::Peering(it, end) => {
                let across = it.across(&end.transit_gateway);
                hops.push(across.transit_gateway.clone());
                entry = Attachment::Peering(it, across);
            }
        }
    }
}

fn main_table<'w>(world: &'w World, vpc: &str) -> Option<&'w RouteTable> {
    world.network.route_tables.under(&Key::Vpc(vpc.to_owned())).find(|it| it.main.is_some())
}

fn leave_vpc(world: &World, table: &RouteTable, to: IpAddr) -> Result<Target, Why> {
    let route = longest(&world.network, table, to).ok_or(Why::NoRoute)?;
    match state(world, table, route) {
        RouteState::Active => Ok(route.target.clone()),
        RouteState::Blackhole => Err(Why::Blackhole),
    }
}

fn attachment<'w>(world: &'w World, vpc: &str, gateway: &str) -> Option<&'w VpcAttachment> {
    let mut attachments = world.network.vpc_attachments.under(&Key::Vpc(vpc.to_owned()));
    attachments.find(|it| it.transit_gateway == gateway && it.state.carries_traffic())
}

fn cross_gateway<'w>(world: &'w World, table: &str, to: IpAddr) -> Result<Attachment<'w>, Why> {
    let table = world.network.transit_gateway_route_tables.get(table).ok_or(Why::NoRoute)?;
    let route = table.longest(&world.network, to).ok_or(Why::NoRoute)?;
    route.to.and_then(|id| find(&world.network, &table.transit_gateway, id)).ok_or(Why::Blackhole)
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
