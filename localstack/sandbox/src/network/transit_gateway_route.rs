//! Static routes of a transit gateway's route table: to one attachment each, or to nowhere.
//!
//! CreateTransitGatewayRoute refuses a destination that has a static route; ReplaceTransitGatewayRoute takes any, and
//! makes the route where there is none (seen live). A route whose attachment is deleted stays as a blackhole.

use ipnet::IpNet;

use super::association::attachment_of;
use super::cidr;
use super::members::{answer, request};
use super::resource::{incorrect_state, invalid_combination, missing};
use super::route::State;
use super::shelf::Key;
use super::transit_gateway_route_table::{TransitGatewayRouteTable, available, own, own_mut};
use super::vpc_attachment::State as AttachmentState;
use crate::call::{AwsError, Caller};
use crate::world::World;

answer! { "PascalCase"
    RouteAttachment { resource_id: String, transit_gateway_attachment_id: String, resource_type: &'static str }
}
answer! { "PascalCase"
    RouteDescription {
        destination_cidr_block: String, transit_gateway_attachments: Vec<RouteAttachment>, r#type: &'static str,
        state: &'static str,
    }
}
answer! { "PascalCase" OneRoute { route: RouteDescription } }

/// Tells about one route; `attachment` is none for a blackhole.
pub fn description(world: &World, range: &IpNet, attachment: Option<&String>, is_static: bool) -> RouteDescription {
    let attachment = attachment.and_then(|id| world.network.vpc_attachments.get(id));
    let state = if attachment.is_some() { State::Active } else { State::Blackhole };
    RouteDescription {
        destination_cidr_block: range.to_string(),
        transit_gateway_attachments: attachment
            .iter()
            .map(|it| RouteAttachment {
                resource_id: it.vpc.clone(),
                transit_gateway_attachment_id: it.id.clone(),
                resource_type: "vpc",
            })
            .collect(),
        r#type: if is_static { "static" } else { "propagated" },
        state: state.word(),
    }
}

/// Turns all static routes to an attachment that is no more into blackholes.
pub fn blackhole_all(world: &mut World, gateway: &str, attachment: &str) {
    let tables = &world.network.transit_gateway_route_tables;
    let tables: Vec<String> = tables.ids(&Key::TransitGateway(gateway.to_owned())).map(str::to_owned).collect();
    for table in tables {
        let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) else { continue };
        for target in table.static_routes.values_mut().filter(|target| target.as_deref() == Some(attachment)) {
            *target = None;
        }
    }
}

request! { "PascalCase"
    RouteRequest {
        destination_cidr_block: String, transit_gateway_route_table_id: String,
        transit_gateway_attachment_id: Option<String>, blackhole: bool,
    }
}

/// Reads where a route shall lead: to an available attachment of the same transit gateway, or nowhere.
fn target(
    world: &World,
    caller: &Caller,
    table: &TransitGatewayRouteTable,
    input: &RouteRequest,
) -> Result<Option<String>, AwsError> {
    match (&input.transit_gateway_attachment_id, input.blackhole) {
        (Some(_), true) => Err(invalid_combination("Blackhole and TransitGatewayAttachmentId cannot both be given")),
        (None, false) => Err(missing("TransitGatewayAttachmentId")),
        (None, true) => Ok(None),
        (Some(id), false) => {
            let attachment = attachment_of(world, caller, &table.transit_gateway, id)?;
            match attachment.state {
                AttachmentState::Available | AttachmentState::Modifying => Ok(Some(id.clone())),
                AttachmentState::PendingAcceptance
                | AttachmentState::Pending
                | AttachmentState::Deleting
                | AttachmentState::Deleted
                | AttachmentState::Failing
                | AttachmentState::Failed
                | AttachmentState::Rejecting
                | AttachmentState::Rejected => Err(incorrect_state(id)),
            }
        }
    }
}

pub fn create(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<OneRoute, AwsError> {
    let range = cidr::normalised("destinationCidrBlock", &input.destination_cidr_block)?;
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let target = target(world, caller, table, &input)?;
    if table.static_routes.contains_key(&range) {
        let message = format!("Route {range} already exists in Transit Gateway Route Table {}.", table.id);
        return Err(AwsError::new("RouteAlreadyExists", message));
    }
    write(world, caller, &input.transit_gateway_route_table_id, range, target)
}

pub fn replace(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<OneRoute, AwsError> {
    let range = cidr::normalised("destinationCidrBlock", &input.destination_cidr_block)?;
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let target = target(world, caller, table, &input)?;
    write(world, caller, &input.transit_gateway_route_table_id, range, target)
}

fn write(
    world: &mut World,
    caller: &Caller,
    table: &str,
    range: IpNet,
    target: Option<String>,
) -> Result<OneRoute, AwsError> {
    let held = own(world, caller, table)?;
    if !held.static_routes.contains_key(&range) {
        let tables =
            world.network.transit_gateway_route_tables.under(&Key::TransitGateway(held.transit_gateway.clone()));
        let all: usize = tables.map(|it| it.static_routes.len() + it.propagated.len()).sum();
        if all >= world.network.quotas.routes_per_transit_gateway {
            let message = format!("The maximum number of routes of {} has been reached.", held.transit_gateway);
            return Err(AwsError::new("RouteLimitExceeded", message));
        }
    }
    own_mut(world, caller, table)?.static_routes.insert(range, target.clone());
    Ok(OneRoute { route: description(world, &range, target.as_ref(), true) })
}

request! { "PascalCase" DeleteTransitGatewayRoute { transit_gateway_route_table_id: String, destination_cidr_block: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteTransitGatewayRoute) -> Result<OneRoute, AwsError> {
    let range = cidr::read("destinationCidrBlock", &input.destination_cidr_block)?;
    let id = available(world, caller, &input.transit_gateway_route_table_id)?.id.clone();
    let Some(target) = own_mut(world, caller, &id)?.static_routes.remove(&range) else {
        let message = format!("The route {range} does not exist in Transit Gateway Route Table {id}.");
        return Err(AwsError::new("InvalidRoute.NotFound", message));
    };
    let route = RouteDescription { state: "deleted", ..description(world, &range, target.as_ref(), true) };
    Ok(OneRoute { route })
}

#[cfg(test)]
#[path = "transit_gateway_route_tests.rs"]
mod tests;
