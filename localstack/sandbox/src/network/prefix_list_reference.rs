//! References to prefix lists in a transit gateway's route table: each makes static routes of a list's entries.
//!
//! One reference for each list and table, to one attachment or to nowhere. It follows the list as that changes.
//! `pending → available`, `modifying → available`, `deleting` → gone; the routes count at once.

use super::attachment::{self, ResourceType, target_of};
use super::filters::{Filter, Sieve};
use super::members::{answer, request, words};
use super::paging::{Asked, SIZES, page};
use super::prefix_list;
use super::resource::{Kind, invalid_combination, missing};
use super::table_routes::weight_of_gateway;
use super::transit_gateway_route_table::{TransitGatewayRouteTable, available, own, own_mut};
use crate::call::{AwsError, Caller};
use crate::world::{self, World};

/// Seconds, as for other routes.
const SETTLING_SECONDS: f64 = 5.0;

words! { State { Pending = "pending", Available = "available", Modifying = "modifying", Deleting = "deleting" } }

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The attachment that the routes lead to; none is a blackhole.
    pub target: Option<String>,
    pub state: State,
}

/// What has come of a change of the reference in this table to that list.
#[derive(Clone, Debug)]
pub enum Event {
    Settled,
    Deleted,
}

pub fn happen(world: &mut World, table: &str, list: &str, event: Event) {
    let Some(table) = world.network.transit_gateway_route_tables.get_mut(table) else { return };
    let Some(reference) = table.prefix_list_references.get_mut(list) else { return };
    match (event, reference.state) {
        (Event::Settled, State::Pending | State::Modifying) => reference.state = State::Available,
        (Event::Deleted, State::Deleting) => {
            table.prefix_list_references.remove(list);
        }
        (Event::Settled | Event::Deleted, _) => {}
    }
}

request! { "PascalCase"
    ReferenceRequest {
        transit_gateway_route_table_id: String, prefix_list_id: String, transit_gateway_attachment_id: Option<String>,
        blackhole: bool,
    }
}
answer! { "PascalCase"
    ReferenceAttachment { transit_gateway_attachment_id: String, resource_type: ResourceType, resource_id: String }
}
answer! { "PascalCase"
    Description {
        transit_gateway_route_table_id: String, prefix_list_id: String, prefix_list_owner_id: String, state: State,
        blackhole: bool, transit_gateway_attachment: Option<ReferenceAttachment>,
    }
}
answer! { "PascalCase" OneReference { transit_gateway_prefix_list_reference: Description } }

fn description(world: &World, table: &TransitGatewayRouteTable, list: &str) -> Option<Description> {
    let reference = table.prefix_list_references.get(list)?;
    let target = reference.target.as_ref();
    let target = target.and_then(|id| attachment::find(&world.network, &table.transit_gateway, id));
    Some(Description {
        transit_gateway_route_table_id: table.id.clone(),
        prefix_list_id: list.to_owned(),
        prefix_list_owner_id: prefix_list::find(&world.network, list).map(|it| it.owner.clone()).unwrap_or_default(),
        state: reference.state,
        blackhole: target.is_none(),
        transit_gateway_attachment: target.map(|it| ReferenceAttachment {
            transit_gateway_attachment_id: it.id().to_owned(),
            resource_type: it.resource_type(),
            resource_id: it.resource().to_owned(),
        }),
    })
}

fn one(world: &World, caller: &Caller, table: &str, list: &str) -> Result<OneReference, AwsError> {
    let shown = description(world, own(world, caller, table)?, list);
    let transit_gateway_prefix_list_reference = shown.ok_or_else(|| absent(table, list))?;
    Ok(OneReference { transit_gateway_prefix_list_reference })
}

/// Makes the error for a reference that is not there. AWS's documents name no code.
fn absent(table: &str, list: &str) -> AwsError {
    let message = format!("Prefix List Reference {list} does not exist in Transit Gateway Route Table {table}.");
    AwsError::new("InvalidPrefixListReference.NotFound", message)
}

/// Reads where the routes shall lead: to a working attachment of the table's transit gateway, or nowhere.
fn target(world: &World, gateway: &str, input: &ReferenceRequest) -> Result<Option<String>, AwsError> {
    match (&input.transit_gateway_attachment_id, input.blackhole) {
        (Some(_), true) => Err(invalid_combination("Blackhole and TransitGatewayAttachmentId cannot both be given")),
        (None, false) => Err(missing("TransitGatewayAttachmentId")),
        (None, true) => Ok(None),
        (Some(id), false) => Ok(Some(target_of(world, gateway, id)?.id().to_owned())),
    }
}

pub fn create(world: &mut World, caller: &Caller, input: ReferenceRequest) -> Result<OneReference, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let list = prefix_list::seen(world, caller, &input.prefix_list_id)?;
    let target = target(world, &table.transit_gateway, &input)?;
    if table.prefix_list_references.contains_key(&list.id) {
        let message =
            format!("Prefix List Reference {} already exists in Transit Gateway Route Table {}.", list.id, table.id);
        return Err(AwsError::new("InvalidPrefixListReference.Duplicate", message));
    }
    let used = weight_of_gateway(&world.network, &table.transit_gateway);
    if used + list.max_entries > world.network.quotas.routes_per_transit_gateway {
        let message = format!("The maximum number of routes of {} has been reached.", table.transit_gateway);
        return Err(AwsError::new("RouteLimitExceeded", message));
    }
    let (table, list) = (table.id.clone(), list.id.clone());
    write(world, caller, &table, &list, Reference { target, state: State::Pending })?;
    one(world, caller, &table, &list)
}

fn write(world: &mut World, caller: &Caller, table: &str, list: &str, reference: Reference) -> Result<(), AwsError> {
    own_mut(world, caller, table)?.prefix_list_references.insert(list.to_owned(), reference);
    later(world, table, list, Event::Settled);
    Ok(())
}

fn later(world: &mut World, table: &str, list: &str, event: Event) {
    let event = super::Event::PrefixListReference(table.to_owned(), list.to_owned(), event);
    world.later(SETTLING_SECONDS, world::Event::Network(event));
}

pub fn modify(world: &mut World, caller: &Caller, input: ReferenceRequest) -> Result<OneReference, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    Kind::PrefixList.check(&input.prefix_list_id)?;
    let target = target(world, &table.transit_gateway, &input)?;
    let (table, list) = (table.id.clone(), input.prefix_list_id.clone());
    held(world, caller, &table, &list)?;
    write(world, caller, &table, &list, Reference { target, state: State::Modifying })?;
    one(world, caller, &table, &list)
}

/// Checks that a reference is there and not on its way out.
fn held(world: &World, caller: &Caller, table: &str, list: &str) -> Result<(), AwsError> {
    let held = own(world, caller, table)?.prefix_list_references.get(list);
    match held {
        Some(reference) if reference.state != State::Deleting => Ok(()),
        Some(_) | None => Err(absent(table, list)),
    }
}

request! { "PascalCase" NamedReference { transit_gateway_route_table_id: String, prefix_list_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: NamedReference) -> Result<OneReference, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?.id.clone();
    Kind::PrefixList.check(&input.prefix_list_id)?;
    held(world, caller, &table, &input.prefix_list_id)?;
    if let Some(held) = own_mut(world, caller, &table)?.prefix_list_references.get_mut(&input.prefix_list_id) {
        held.state = State::Deleting;
    }
    later(world, &table, &input.prefix_list_id, Event::Deleted);
    one(world, caller, &table, &input.prefix_list_id)
}

request! { "PascalCase"
    GetReferences {
        transit_gateway_route_table_id: String, filters: Vec<Filter>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "PascalCase"
    References { transit_gateway_prefix_list_references: Vec<Description>, next_token: Option<String> }
}

fn of_attachment(it: &Description, value: fn(&ReferenceAttachment) -> String) -> Vec<String> {
    it.transit_gateway_attachment.iter().map(value).collect()
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("attachment.resource-id", |it| of_attachment(it, |it| it.resource_id.clone())),
        ("attachment.resource-type", |it| of_attachment(it, |it| it.resource_type.word().to_owned())),
        ("attachment.transit-gateway-attachment-id", |it| {
            of_attachment(it, |it| it.transit_gateway_attachment_id.clone())
        }),
        ("is-blackhole", |it| vec![it.blackhole.to_string()]),
        ("prefix-list-id", |it| vec![it.prefix_list_id.clone()]),
        ("prefix-list-owner-id", |it| vec![it.prefix_list_owner_id.clone()]),
        ("state", |it| vec![it.state.word().to_owned()]),
    ],
    tags: None,
};

pub fn of_table(world: &mut World, caller: &Caller, input: GetReferences) -> Result<References, AwsError> {
    SIEVE.check(&input.filters)?;
    let world = &*world;
    let table = own(world, caller, &input.transit_gateway_route_table_id)?;
    let asked = Asked::new("GetTransitGatewayPrefixListReferences", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, table.prefix_list_references.keys().map(String::as_str), |list| {
        description(world, table, list).filter(|row| SIEVE.admits(&input.filters, row))
    })?;
    Ok(References { transit_gateway_prefix_list_references: page.items, next_token: page.next })
}

#[cfg(test)]
#[path = "prefix_list_reference_tests.rs"]
mod tests;
