//! Follows the routes of a world as a packet would: a reader for tests, which judge by it whether a network connects.
//!
//! From the subnet's route table (longest prefix) to a transit gateway, in by the VPC's attachment, by that
//! attachment's associated table (longest prefix, static over propagated) out through another attachment, into its
//! VPC. If the address is not there, on by the route table of the subnet that the attachment stands in: so a packet passes
//! an inspection VPC as if the appliance in it sent everything on.

use std::net::IpAddr;

use super::association::{Association, State as AssociationState};
use super::cidr::longest;
use super::route::{State as RouteState, Target, state};
use super::route_table::{RouteTable, of_subnet};
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

/// Where a packet ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path {
    /// In the VPC that has the address; the hops are the ids of all tables, gateways and attachments on the way.
    Delivered {
        vpc: String,
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
        if world.network.vpcs.get(vpc).is_some_and(|it| it.associated().any(|range| range.contains(&to))) {
            return Path::Delivered { vpc: vpc.to_owned(), hops };
        }
        let Some(here) = table else { return dropped(vpc, Why::NoStart) };
        let gateway = match leave_vpc(world, here, to) {
            Ok(Target::TransitGateway(id)) => id,
            Ok(Target::InternetGateway(id)) => {
                hops.push(here.id.clone());
                return Path::Left { gateway: id, hops };
            }
            Err(why) => return dropped(&here.id, why),
        };
        hops.push(here.id.clone());
        hops.push(gateway.clone());
        let Some(entry) = attachment(world, vpc, &gateway) else { return dropped(&gateway, Why::NotAttached) };
        let Some(Association { table: decides, state: AssociationState::Associated }) = &entry.association else {
            return dropped(&entry.id, Why::NoAssociation);
        };
        if hops.contains(decides) {
            return dropped(decides, Why::Loop);
        }
        hops.push(entry.id.clone());
        hops.push(decides.clone());
        let exit = match cross_gateway(world, decides, to) {
            Ok(exit) => exit,
            Err(why) => return dropped(decides, why),
        };
        if !exit.state.carries_traffic() {
            return dropped(&exit.id, Why::AttachmentDown);
        }
        hops.push(exit.id.clone());
        vpc = &exit.vpc;
        let landing = exit.subnets.first().and_then(|id| world.network.subnets.get(id));
        table = landing.and_then(|subnet| of_subnet(world, subnet));
    }
}

fn main_table<'w>(world: &'w World, vpc: &str) -> Option<&'w RouteTable> {
    world.network.route_tables.under(&Key::Vpc(vpc.to_owned())).find(|it| it.main.is_some())
}

fn leave_vpc(world: &World, table: &RouteTable, to: IpAddr) -> Result<Target, Why> {
    let (_, route) = longest(to, table.routes.iter()).ok_or(Why::NoRoute)?;
    match state(world, table, route) {
        RouteState::Active => Ok(route.target.clone()),
        RouteState::Blackhole => Err(Why::Blackhole),
    }
}

fn attachment<'w>(world: &'w World, vpc: &str, gateway: &str) -> Option<&'w VpcAttachment> {
    let mut attachments = world.network.vpc_attachments.under(&Key::Vpc(vpc.to_owned()));
    attachments.find(|it| it.transit_gateway == gateway && it.state.carries_traffic())
}

fn cross_gateway<'w>(world: &'w World, table: &str, to: IpAddr) -> Result<&'w VpcAttachment, Why> {
    let table = world.network.transit_gateway_route_tables.get(table).ok_or(Why::NoRoute)?;
    let (_, attachment) = longest(to, table.routes()).ok_or(Why::NoRoute)?;
    attachment.and_then(|id| world.network.vpc_attachments.get(id)).ok_or(Why::Blackhole)
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
