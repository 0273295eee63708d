//! Propagations: an attachment brings its prefixes into a route table, those added later as well. A VPC's are its ranges,
//! others come by BGP.
//!
//! An attachment may propagate to many tables. EnableTransitGatewayRouteTablePropagation answers `enabled` at once
//! (seen live). IPv6 ranges come along only where the attachment supports IPv6.

use ipnet::IpNet;

use super::Network;
use super::association::TableContents;
use super::attachment::{self, Attachment, ResourceType, Side, find_side, of_gateway, propagations_mut, seen};
use super::filters::{Filter, Sieve};
use super::members::{answer, request, words};
use super::paging::{Asked, SIZES, page};
use super::resource::{incorrect_state, missing};
use super::shelf::Key;
use super::transit_gateway_route_table::{available, own};
use super::vpc_attachment::{State as AttachmentState, VpcAttachment};
use crate::call::{AwsError, Caller};
use crate::world::World;

words! { State { Enabled = "enabled", Disabled = "disabled" } }

/// Lists the ranges that a VPC's attachment brings.
pub fn ranges(network: &Network, attachment: &VpcAttachment) -> Vec<IpNet> {
    let vpc = network.vpcs.get(&attachment.vpc);
    let ranges = vpc.into_iter().flat_map(|vpc| vpc.associated()).copied();
    ranges.filter(|range| brings(attachment, range)).collect()
}

fn brings(attachment: &VpcAttachment, range: &IpNet) -> bool {
    matches!(range, IpNet::V4(_)) || attachment.options.ipv6_support.is_on()
}

/// Lets an attachment propagate to a table; that it may has been checked. What it brings counts once it is available.
pub fn begin(world: &mut World, side: &Side, table: &str) {
    let Some(attachment) = find_side(&world.network, side) else { return };
    let (kind, works) = (attachment.resource_type(), attachment.state().carries_traffic());
    let Some(propagated) = world.network.transit_gateway_route_tables.get_mut(table) else { return };
    if propagated.propagated.join(&side.attachment, kind)
        && let Some(propagations) = propagations_mut(&mut world.network, side)
    {
        propagations.push(table.to_owned());
    }
    if works {
        attachment_available(world, side);
    }
}

/// Brings an attachment's prefixes into all tables that it propagates to.
pub fn attachment_available(world: &mut World, side: &Side) {
    let Some(attachment) = find_side(&world.network, side) else { return };
    let (tables, prefixes) = (attachment.propagations().to_vec(), attachment.prefixes(&world.network).into_owned());
    let strict = world.network.switches.overlapping_ranges_stay_out;
    for table in tables {
        if let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) {
            for prefix in &prefixes {
                table.propagated.offer(&side.attachment, *prefix, strict);
            }
        }
    }
}

/// Takes back an attachment's prefixes and brings those that it has now.
pub fn prefixes_changed(world: &mut World, side: &Side) {
    let Some(attachment) = find_side(&world.network, side) else { return };
    let (tables, kept) = (attachment.propagations().to_vec(), attachment.prefixes(&world.network).into_owned());
    let strict = world.network.switches.overlapping_ranges_stay_out;
    for table in tables {
        if let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) {
            for prefix in table.propagated.offered_by(&side.attachment) {
                if !kept.contains(&prefix) {
                    table.propagated.withdraw(&side.attachment, &prefix, strict);
                }
            }
        }
    }
    attachment_available(world, side);
}

/// Drops all propagations of an attachment that is no more.
pub fn drop_all(world: &mut World, side: &Side) {
    let Some(propagations) = propagations_mut(&mut world.network, side) else { return };
    let tables = std::mem::take(propagations);
    let strict = world.network.switches.overlapping_ranges_stay_out;
    for table in tables {
        if let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) {
            table.propagated.leave(&side.attachment, strict);
        }
    }
}

/// Brings a VPC's new range to wherever its attachments propagate.
pub fn range_added(world: &mut World, vpc: &str, range: IpNet) {
    let strict = world.network.switches.overlapping_ranges_stay_out;
    for (id, tables) in carrying(world, vpc, &range) {
        for table in tables {
            if let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) {
                table.propagated.offer(&id, range, strict);
            }
        }
    }
}

/// Takes a range that a VPC gives up out of all tables.
pub fn range_removed(world: &mut World, vpc: &str, range: IpNet) {
    let strict = world.network.switches.overlapping_ranges_stay_out;
    for (id, tables) in carrying(world, vpc, &range) {
        for table in tables {
            if let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) {
                table.propagated.withdraw(&id, &range, strict);
            }
        }
    }
}

/// Lists a VPC's attachments that bring a range, with the tables that they propagate to.
fn carrying(world: &World, vpc: &str, range: &IpNet) -> Vec<(String, Vec<String>)> {
    let attachments = world.network.vpc_attachments.under(&Key::Vpc(vpc.to_owned()));
    let working = attachments.filter(|it| it.state.carries_traffic() || it.state == AttachmentState::Deleting);
    working.filter(|it| brings(it, range)).map(|it| (it.id.clone(), it.propagations.clone())).collect()
}

request! { "PascalCase"
    PropagationRequest { transit_gateway_route_table_id: String, transit_gateway_attachment_id: Option<String> }
}

impl PropagationRequest {
    /// Returns the attachment's id, which the model leaves open for announcements of policy tables.
    fn attachment(&self) -> Result<&str, AwsError> {
        self.transit_gateway_attachment_id.as_deref().ok_or_else(|| missing("TransitGatewayAttachmentId"))
    }
}

answer! { "PascalCase"
    PropagationDescription {
        transit_gateway_route_table_id: String, transit_gateway_attachment_id: String, resource_id: String,
        resource_type: ResourceType, state: State,
    }
}
answer! { "PascalCase" OnePropagation { propagation: PropagationDescription } }

fn one(table: &str, attachment: Attachment, state: State) -> OnePropagation {
    OnePropagation {
        propagation: PropagationDescription {
            transit_gateway_route_table_id: table.to_owned(),
            transit_gateway_attachment_id: attachment.id().to_owned(),
            resource_id: attachment.resource().to_owned(),
            resource_type: attachment.resource_type(),
            state,
        },
    }
}

pub fn enable(world: &mut World, caller: &Caller, input: PropagationRequest) -> Result<OnePropagation, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let attachment = of_gateway(world, &table.transit_gateway, input.attachment()?)?;
    if table.propagated.has(attachment.id()) {
        let message =
            format!("Propagation {} already exists in Transit Gateway Route Table {}.", attachment.id(), table.id);
        return Err(AwsError::new("TransitGatewayRouteTablePropagation.Duplicate", message));
    }
    if attachment.resource_type() == ResourceType::Peering {
        // "Transit gateway peering attachments": static routes only. The code is not documented.
        let message = format!("Propagation is not supported for peering attachment {}.", attachment.id());
        return Err(AwsError::new("InvalidParameterValue", message));
    }
    if attachment.state() != AttachmentState::Available {
        return Err(incorrect_state(attachment.id()));
    }
    let answer = one(&table.id, attachment, State::Enabled);
    let (side, table) = (attachment.side(), table.id.clone());
    begin(world, &side, &table);
    Ok(answer)
}

pub fn disable(world: &mut World, caller: &Caller, input: PropagationRequest) -> Result<OnePropagation, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let attachment = of_gateway(world, &table.transit_gateway, input.attachment()?)?;
    if !table.propagated.has(attachment.id()) {
        let says = world.network.switches.disable_propagation_says_parameter;
        let code = if says { "InvalidparameterValue" } else { "TransitGatewayRouteTablePropagation.NotFound" };
        let message =
            format!("Propagation {} does not exist in Transit Gateway Route Table {}.", attachment.id(), table.id);
        return Err(AwsError::new(code, message));
    }
    let answer = one(&table.id, attachment, State::Disabled);
    let (side, table) = (attachment.side(), table.id.clone());
    let strict = world.network.switches.overlapping_ranges_stay_out;
    if let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) {
        table.propagated.leave(&side.attachment, strict);
    }
    if let Some(propagations) = propagations_mut(&mut world.network, &side) {
        propagations.retain(|held| *held != table);
    }
    Ok(answer)
}

answer! { "PascalCase"
    TablePropagation {
        transit_gateway_attachment_id: String, resource_id: String, resource_type: ResourceType, state: State,
    }
}
answer! { "PascalCase"
    TablePropagations {
        transit_gateway_route_table_propagations: Vec<TablePropagation>, next_token: Option<String>,
    }
}

const TABLE_SIEVE: Sieve<TablePropagation> = Sieve {
    fields: &[
        ("resource-id", |it| vec![it.resource_id.clone()]),
        ("resource-type", |it| vec![it.resource_type.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.transit_gateway_attachment_id.clone()]),
    ],
    tags: None,
};

pub fn of_table(world: &mut World, caller: &Caller, input: TableContents) -> Result<TablePropagations, AwsError> {
    TABLE_SIEVE.check(&input.filters)?;
    let world = &*world;
    let table = own(world, caller, &input.transit_gateway_route_table_id)?;
    let asked = Asked::new("GetTransitGatewayRouteTablePropagations", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, table.propagated.attachments().map(String::as_str), |id| {
        let attachment = attachment::find(&world.network, &table.transit_gateway, id)?;
        let row = TablePropagation {
            transit_gateway_attachment_id: id.to_owned(),
            resource_id: attachment.resource().to_owned(),
            resource_type: attachment.resource_type(),
            state: State::Enabled,
        };
        TABLE_SIEVE.admits(&input.filters, &row).then_some(row)
    })?;
    Ok(TablePropagations { transit_gateway_route_table_propagations: page.items, next_token: page.next })
}

request! { "PascalCase"
    AttachmentContents {
        transit_gateway_attachment_id: String, filters: Vec<Filter>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "PascalCase" AttachmentPropagation { transit_gateway_route_table_id: String, state: State } }
answer! { "PascalCase"
    AttachmentPropagations {
        transit_gateway_attachment_propagations: Vec<AttachmentPropagation>, next_token: Option<String>,
    }
}

const ATTACHMENT_SIEVE: Sieve<AttachmentPropagation> = Sieve {
    fields: &[("transit-gateway-route-table-id", |it| vec![it.transit_gateway_route_table_id.clone()])],
    tags: None,
};

/// Lists the tables that an attachment propagates to, for the transit gateway's owner.
pub fn of_attachment(
    world: &mut World,
    caller: &Caller,
    input: AttachmentContents,
) -> Result<AttachmentPropagations, AwsError> {
    ATTACHMENT_SIEVE.check(&input.filters)?;
    let attachment = seen(world, caller, &input.transit_gateway_attachment_id)?;
    if *attachment.transit_gateway_owner() != caller.account {
        return Err(super::resource::Kind::TransitGatewayAttachment.not_found(attachment.id()));
    }
    let mut tables = attachment.propagations().to_vec();
    tables.sort_unstable();
    let asked = Asked::new("GetTransitGatewayAttachmentPropagations", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, tables.iter().map(String::as_str), |id| {
        let row = AttachmentPropagation { transit_gateway_route_table_id: id.to_owned(), state: State::Enabled };
        ATTACHMENT_SIEVE.admits(&input.filters, &row).then_some(row)
    })?;
    Ok(AttachmentPropagations { transit_gateway_attachment_propagations: page.items, next_token: page.next })
}

#[cfg(test)]
#[path = "propagation_tests.rs"]
mod tests;
