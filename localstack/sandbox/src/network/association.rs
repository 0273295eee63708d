//! Associations: the one route table that decides about what comes in through an attachment.
//!
//! An attachment has one association at most, and no call moves it: it must be gone, which takes about a minute, before
//! another can be made. `associating → associated → disassociating → (gone)`.

use std::time::Duration;

use super::attachment::{self, Attachment, ResourceType, Side, association_mut, of_gateway};
use super::filters::{Filter, Sieve};
use super::members::{answer, request, words};
use super::paging::{Asked, SIZES, page};
use super::resource::incorrect_state;
use super::transit_gateway_route_table::{available, own};
use super::vpc_attachment::State as AttachmentState;
use crate::call::{AwsError, Caller};
use crate::world::{self, World};

/// Tens of seconds to associate, about a minute to disassociate (other tools poll in such steps).
const ASSOCIATE_SECONDS: f64 = 30.0;
const DISASSOCIATE_SECONDS: f64 = 60.0;

words! {
    State { Associating = "associating", Associated = "associated", Disassociating = "disassociating" }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    pub table: String,
    pub state: State,
}

/// What happens to an attachment's association by itself.
#[derive(Clone, Debug)]
pub enum Event {
    Associated(String),
    Disassociated(String),
    /// The generic description of attachments catches up.
    Seen(Option<Association>),
}

pub fn happen(world: &mut World, side: &Side, event: Event) {
    let now = attachment::find_side(&world.network, side).and_then(|it| it.association().cloned());
    match event {
        Event::Associated(table) => {
            if now == Some(Association { table: table.clone(), state: State::Associating }) {
                set(world, side, Some(Association { table, state: State::Associated }));
            }
        }
        Event::Disassociated(table) => {
            if now == Some(Association { table, state: State::Disassociating }) {
                set(world, side, None);
            }
        }
        Event::Seen(association) => {
            if let Some(held) = association_mut(&mut world.network, side) {
                *held.shown_association = association;
            }
        }
    }
}

/// Writes an association down on both sides, and lets the generic description see it, at once or later.
fn set(world: &mut World, side: &Side, association: Option<Association>) {
    let Some(held) = association_mut(&mut world.network, side) else { return };
    let before = std::mem::replace(held.association, association.clone());
    if let Some(old) = before
        && let Some(table) = world.network.transit_gateway_route_tables.get_mut(&old.table)
    {
        table.associations.remove(&side.attachment);
    }
    if let Some(new) = &association
        && let Some(table) = world.network.transit_gateway_route_tables.get_mut(&new.table)
    {
        table.associations.insert(side.attachment.clone(), new.state);
    }
    let lag = world.network.switches.association_field_lag_seconds;
    if lag > 0.0 {
        let event = super::Event::Association(side.clone(), Event::Seen(association));
        world.exactly_after(Duration::from_secs_f64(lag), world::Event::Network(event));
    } else {
        happen(world, side, Event::Seen(association));
    }
}

/// Starts an association; that it may be made has been checked.
pub fn begin(world: &mut World, side: &Side, table: &str) {
    set(world, side, Some(Association { table: table.to_owned(), state: State::Associating }));
    let event = super::Event::Association(side.clone(), Event::Associated(table.to_owned()));
    world.later(ASSOCIATE_SECONDS, world::Event::Network(event));
}

/// Drops the association of an attachment that is no more.
pub fn drop_all(world: &mut World, side: &Side) {
    if attachment::find_side(&world.network, side).is_some_and(|it| it.association().is_some()) {
        set(world, side, None);
    }
}

request! { "PascalCase"
    AssociationRequest { transit_gateway_route_table_id: String, transit_gateway_attachment_id: String }
}
answer! { "PascalCase"
    AssociationDescription {
        transit_gateway_route_table_id: String, transit_gateway_attachment_id: String, resource_id: String,
        resource_type: ResourceType, state: State,
    }
}
answer! { "PascalCase" OneAssociation { association: AssociationDescription } }

fn one(table: &str, attachment: Attachment, state: State) -> OneAssociation {
    OneAssociation {
        association: AssociationDescription {
            transit_gateway_route_table_id: table.to_owned(),
            transit_gateway_attachment_id: attachment.id().to_owned(),
            resource_id: attachment.resource().to_owned(),
            resource_type: attachment.resource_type(),
            state,
        },
    }
}

pub fn associate(world: &mut World, caller: &Caller, input: AssociationRequest) -> Result<OneAssociation, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let attachment = of_gateway(world, &table.transit_gateway, &input.transit_gateway_attachment_id)?;
    if attachment.association().is_some() {
        let message = format!("Transit Gateway Attachment {} is already associated to a route table.", attachment.id());
        return Err(AwsError::new("Resource.AlreadyAssociated", message));
    }
    if attachment.state() != AttachmentState::Available {
        return Err(incorrect_state(attachment.id()));
    }
    let (answer, side, table) = (one(&table.id, attachment, State::Associating), attachment.side(), table.id.clone());
    begin(world, &side, &table);
    Ok(answer)
}

pub fn disassociate(world: &mut World, caller: &Caller, input: AssociationRequest) -> Result<OneAssociation, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let attachment = of_gateway(world, &table.transit_gateway, &input.transit_gateway_attachment_id)?;
    match table.associations.get(attachment.id()) {
        Some(State::Associated) => {}
        Some(State::Associating | State::Disassociating) => return Err(incorrect_state(attachment.id())),
        None => {
            let says = world.network.switches.disassociate_says_not_found;
            let code = if says { "InvalidAssociation.NotFound" } else { "InvalidparameterValue" };
            let message = format!("{} is not associated with route table {}.", attachment.id(), table.id);
            return Err(AwsError::new(code, message));
        }
    }
    let answer = one(&table.id, attachment, State::Disassociating);
    let (side, table) = (attachment.side(), table.id.clone());
    set(world, &side, Some(Association { table: table.clone(), state: State::Disassociating }));
    let event = super::Event::Association(side, Event::Disassociated(table));
    world.later(DISASSOCIATE_SECONDS, world::Event::Network(event));
    Ok(answer)
}

request! { "PascalCase"
    TableContents {
        transit_gateway_route_table_id: String, filters: Vec<Filter>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "PascalCase"
    TableAssociation {
        transit_gateway_attachment_id: String, resource_id: String, resource_type: ResourceType, state: State,
    }
}
answer! { "PascalCase" TableAssociations { associations: Vec<TableAssociation>, next_token: Option<String> } }

const SIEVE: Sieve<TableAssociation> = Sieve {
    fields: &[
        ("resource-id", |it| vec![it.resource_id.clone()]),
        ("resource-type", |it| vec![it.resource_type.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.transit_gateway_attachment_id.clone()]),
    ],
    tags: None,
};

pub fn of_table(world: &mut World, caller: &Caller, input: TableContents) -> Result<TableAssociations, AwsError> {
    SIEVE.check(&input.filters)?;
    let world = &*world;
    let table = own(world, caller, &input.transit_gateway_route_table_id)?;
    let asked = Asked::new("GetTransitGatewayRouteTableAssociations", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, table.associations.keys().map(String::as_str), |id| {
        let attachment = attachment::find(&world.network, &table.transit_gateway, id)?;
        let row = TableAssociation {
            transit_gateway_attachment_id: id.to_owned(),
            resource_id: attachment.resource().to_owned(),
            resource_type: attachment.resource_type(),
            state: *table.associations.get(id)?,
        };
        SIEVE.admits(&input.filters, &row).then_some(row)
    })?;
    Ok(TableAssociations { associations: page.items, next_token: page.next })
}

#[cfg(test)]
#[path = "association_tests.rs"]
mod tests;
