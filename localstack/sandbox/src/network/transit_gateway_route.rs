//! Static routes of a transit gateway's route table: to one attachment each, or to nowhere.
//!
//! CreateTransitGatewayRoute refuses a destination that has a static route; ReplaceTransitGatewayRoute takes any, and
//! makes the route where there is none (seen live). A route whose attachment is deleted stays as a blackhole.

use ipnet::IpNet;

use super::attachment::{Attachment, ResourceType, Side, find, target_of};
use super::cidr;
use super::members::{answer, request};
use super::resource::{invalid_combination, missing};
use super::route_target::State;
use super::shelf::Key;
use super::table_routes::{Origin, TableRoute, weight_of_gateway};
use super::transit_gateway_route_table::{TransitGatewayRouteTable, available, own, own_mut};
use crate::call::{AwsError, Caller};
use crate::world::World;

answer! { "PascalCase"
    RouteAttachment { resource_id: String, transit_gateway_attachment_id: String, resource_type: ResourceType }
}
answer! { "PascalCase"
    RouteDescription {
        destination_cidr_block: String, prefix_list_id: Option<String>,
        transit_gateway_attachments: Vec<RouteAttachment>, r#type: &'static str, state: &'static str,
    }
}
answer! { "PascalCase" OneRoute { route: RouteDescription } }

/// Returns the type that AWS gives to a route: those of prefix lists are static as well.
pub fn type_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Static | Origin::PrefixList(_) => "static",
        Origin::Propagated => "propagated",
    }
}

/// Tells about one route, and the attachments that it leads to.
pub fn description(route: &TableRoute, targets: &[Attachment]) -> RouteDescription {
    let state = if targets.is_empty() { State::Blackhole } else { State::Active };
    RouteDescription {
        destination_cidr_block: route.range.to_string(),
        prefix_list_id: match route.origin {
            Origin::PrefixList(id) => Some(id.to_owned()),
            Origin::Static | Origin::Propagated => None,
        },
        transit_gateway_attachments: targets
            .iter()
            .map(|it| RouteAttachment {
                resource_id: it.resource().to_owned(),
                transit_gateway_attachment_id: it.id().to_owned(),
                resource_type: it.resource_type(),
            })
            .collect(),
        r#type: type_word(route.origin),
        state: state.word(),
    }
}

/// Turns all static routes and references to an attachment that is no more into blackholes.
pub fn blackhole_all(world: &mut World, side: &Side) {
    let key = Key::TransitGateway(side.transit_gateway.clone());
    let tables: Vec<String> = world.network.transit_gateway_route_tables.ids(&key).map(str::to_owned).collect();
    for table in tables {
        let Some(table) = world.network.transit_gateway_route_tables.get_mut(&table) else { continue };
        let listed = table.prefix_list_references.values_mut().map(|reference| &mut reference.target);
        for target in table.static_routes.values_mut().chain(listed) {
            target.take_if(|target| *target == side.attachment);
        }
    }
}

request! { "PascalCase"
    RouteRequest {
        destination_cidr_block: String, transit_gateway_route_table_id: String,
        transit_gateway_attachment_id: Option<String>, blackhole: bool,
    }
}

/// Reads where a route shall lead: to a working attachment of the same transit gateway, or nowhere.
fn target(world: &World, table: &TransitGatewayRouteTable, input: &RouteRequest) -> Result<Option<String>, AwsError> {
    match (&input.transit_gateway_attachment_id, input.blackhole) {
        (Some(_), true) => Err(invalid_combination("Blackhole and TransitGatewayAttachmentId cannot both be given")),
        (None, false) => Err(missing("TransitGatewayAttachmentId")),
        (None, true) => Ok(None),
        (Some(id), false) => Ok(Some(target_of(world, &table.transit_gateway, id)?.id().to_owned())),
    }
}

pub fn create(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<OneRoute, AwsError> {
    let range = cidr::normalised("destinationCidrBlock", &input.destination_cidr_block)?;
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let target = target(world, table, &input)?;
    if table.static_routes.contains_key(&range) {
        let message = format!("Route {range} already exists in Transit Gateway Route Table {}.", table.id);
        return Err(AwsError::new("RouteAlreadyExists", message));
    }
    write(world, caller, &input.transit_gateway_route_table_id, range, target)
}

pub fn replace(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<OneRoute, AwsError> {
    let range = cidr::normalised("destinationCidrBlock", &input.destination_cidr_block)?;
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let target = target(world, table, &input)?;
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
    let gateway = held.transit_gateway.clone();
    if !held.static_routes.contains_key(&range)
        && weight_of_gateway(&world.network, &gateway) >= world.network.quotas.routes_per_transit_gateway
    {
        let message = format!("The maximum number of routes of {gateway} has been reached.");
        return Err(AwsError::new("RouteLimitExceeded", message));
    }
    own_mut(world, caller, table)?.static_routes.insert(range, target.clone());
    let route = TableRoute { range, to: target.as_deref(), origin: Origin::Static };
    Ok(OneRoute { route: description(&route, &led_to(world, &gateway, &route)) })
}

/// Finds the attachment that a static route leads to.
fn led_to<'w>(world: &'w World, gateway: &str, route: &TableRoute) -> Vec<Attachment<'w>> {
    route.to.and_then(|id| find(&world.network, gateway, id)).into_iter().collect()
}

request! { "PascalCase" DeleteTransitGatewayRoute { transit_gateway_route_table_id: String, destination_cidr_block: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteTransitGatewayRoute) -> Result<OneRoute, AwsError> {
    let range = cidr::read("destinationCidrBlock", &input.destination_cidr_block)?;
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let (id, gateway) = (table.id.clone(), table.transit_gateway.clone());
    let Some(target) = own_mut(world, caller, &id)?.static_routes.remove(&range) else {
        let message = format!("The route {range} does not exist in Transit Gateway Route Table {id}.");
        return Err(AwsError::new("InvalidRoute.NotFound", message));
    };
    let route = TableRoute { range, to: target.as_deref(), origin: Origin::Static };
    let route = RouteDescription { state: "deleted", ..description(&route, &led_to(world, &gateway, &route)) };
    Ok(OneRoute { route })
}

#[cfg(test)]
#[path = "transit_gateway_route_tests.rs"]
mod tests;
