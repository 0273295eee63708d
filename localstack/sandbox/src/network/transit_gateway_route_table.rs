//! Route tables of transit gateways. All that concerns them is for the transit gateway's owner alone.
//!
//! Another account gets `InvalidRouteTableID.NotFound`, though a shared transit gateway's options show it the ids of
//! the default tables (seen in terraform-provider-aws#6670 and #11029). `pending → available → deleting → deleted`.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::Timestamp;

use super::association::State as AssociationState;
use super::attachment::{Side, propagations_mut};
use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{answer, request, words};
use super::prefix_list_reference::Reference;
use super::propagated_routes::PropagatedRoutes;
use super::resource::{Kind, incorrect_state};
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::transit_gateway::{self, RECORD_LIFE};
use super::visibility;
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// Seconds to a minute, by the waiting times that clients allow.
const CREATE_SECONDS: f64 = 20.0;
const DELETE_SECONDS: f64 = 20.0;

words! { State { Pending = "pending", Available = "available", Deleting = "deleting", Deleted = "deleted" } }

#[derive(Clone, Debug)]
pub struct TransitGatewayRouteTable {
    pub id: String,
    pub transit_gateway: String,
    pub owner: AccountId,
    pub region: String,
    pub state: State,
    pub created: Timestamp,
    /// The attachments whose traffic this table decides about.
    pub associations: BTreeMap<String, AssociationState>,
    /// Destinations and the attachment that each leads to; `None` is a blackhole.
    pub static_routes: BTreeMap<IpNet, Option<String>>,
    /// Prefix-list ids and where the routes to their entries lead.
    pub prefix_list_references: BTreeMap<String, Reference>,
    pub propagated: PropagatedRoutes,
}

impl Kept for TransitGatewayRouteTable {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::TransitGateway(self.transit_gateway.clone())]
    }
}

#[derive(Clone, Debug)]
pub enum Event {
    Available,
    Deleted,
    Forgotten,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let Some(table) = world.network.transit_gateway_route_tables.get_mut(id) else { return };
    match event {
        Event::Available => {
            if table.state == State::Pending {
                table.state = State::Available;
            }
        }
        Event::Deleted => end(world, id),
        Event::Forgotten => {
            if let Some(table) = world.network.transit_gateway_route_tables.remove(id) {
                world.network.tags.forget(&[&table.owner], id);
            }
        }
    }
}

/// Ends a table and all that is in it; its record stays for a while.
pub fn end(world: &mut World, id: &str) {
    let Some(table) = world.network.transit_gateway_route_tables.get_mut(id) else { return };
    if table.state == State::Deleted {
        return;
    }
    table.state = State::Deleted;
    table.static_routes.clear();
    table.prefix_list_references.clear();
    let (transit_gateway, propagated) = (table.transit_gateway.clone(), std::mem::take(&mut table.propagated));
    for attachment in propagated.attachments().cloned() {
        let side = Side { transit_gateway: transit_gateway.clone(), attachment };
        if let Some(propagations) = propagations_mut(&mut world.network, &side) {
            propagations.retain(|held| held != id);
        }
    }
    let event = super::Event::TransitGatewayRouteTable(id.to_owned(), Event::Forgotten);
    world.exactly_after(RECORD_LIFE, world::Event::Network(event));
}

/// Finds a table that the caller owns and that is not deleted.
///
/// # Errors
/// `InvalidRouteTableId.Malformed` and `InvalidRouteTableID.NotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w TransitGatewayRouteTable, AwsError> {
    Kind::TransitGatewayRouteTable.check(id)?;
    let table = world.network.transit_gateway_route_tables.get(id);
    table
        .filter(|it| it.owner == caller.account && it.region == caller.region && it.state != State::Deleted)
        .ok_or_else(|| Kind::TransitGatewayRouteTable.not_found(id))
}

/// Finds a table that can be changed.
///
/// # Errors
/// As [`own`], and `IncorrectState` while it is not available.
pub fn available<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w TransitGatewayRouteTable, AwsError> {
    let table = own(world, caller, id)?;
    if table.state == State::Available { Ok(table) } else { Err(incorrect_state(id)) }
}

/// Finds a table to change; the caller owns it.
///
/// # Errors
/// As [`own`].
pub fn own_mut<'w>(
    world: &'w mut World,
    caller: &Caller,
    id: &str,
) -> Result<&'w mut TransitGatewayRouteTable, AwsError> {
    own(world, caller, id)?;
    let table = world.network.transit_gateway_route_tables.get_mut(id);
    table.ok_or_else(|| Kind::TransitGatewayRouteTable.not_found(id))
}

/// Checks that a table belongs to a transit gateway.
///
/// # Errors
/// `InvalidRouteTableId.Malformed` and `InvalidRouteTableID.NotFound`.
pub fn of_gateway(world: &World, gateway: &str, id: &str) -> Result<(), AwsError> {
    Kind::TransitGatewayRouteTable.check(id)?;
    let table = world.network.transit_gateway_route_tables.get(id);
    match table.filter(|it| it.transit_gateway == gateway && it.state != State::Deleted) {
        Some(_) => Ok(()),
        None => Err(Kind::TransitGatewayRouteTable.not_found(id)),
    }
}

/// Makes a table, pending; what it is made for has been checked.
pub fn make(world: &mut World, caller: &Caller, gateway: &str, tags: &[Tag]) -> String {
    let id = Kind::TransitGatewayRouteTable.new_id(&mut world.dice);
    world.network.transit_gateway_route_tables.insert(TransitGatewayRouteTable {
        id: id.clone(),
        transit_gateway: gateway.to_owned(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        state: State::Pending,
        created: world.now,
        associations: BTreeMap::new(),
        static_routes: BTreeMap::new(),
        prefix_list_references: BTreeMap::new(),
        propagated: PropagatedRoutes::default(),
    });
    world.network.tags.set(&caller.account, &id, tags);
    visibility::hide(world, &caller.account, &id);
    let event = super::Event::TransitGatewayRouteTable(id.clone(), Event::Available);
    world.later(CREATE_SECONDS, world::Event::Network(event));
    id
}

request! { "PascalCase"
    CreateTransitGatewayRouteTable { transit_gateway_id: String, tag_specifications: Vec<TagSpecification> }
}
answer! { "PascalCase"
    Description {
        transit_gateway_route_table_id: String, transit_gateway_id: String, state: State,
        default_association_route_table: bool, default_propagation_route_table: bool, creation_time: Timestamp,
        tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OneTable { transit_gateway_route_table: Description } }

pub fn create(world: &mut World, caller: &Caller, input: CreateTransitGatewayRouteTable) -> Result<OneTable, AwsError> {
    let tags = on_creation(Kind::TransitGatewayRouteTable, &input.tag_specifications)?;
    let gateway = transit_gateway::own(world, caller, &input.transit_gateway_id)?;
    if !matches!(gateway.state, transit_gateway::State::Available | transit_gateway::State::Modifying) {
        return Err(incorrect_state(&gateway.id));
    }
    let id = gateway.id.clone();
    let tables = world.network.transit_gateway_route_tables.under(&Key::TransitGateway(id.clone()));
    let most = world.network.quotas.route_tables_per_transit_gateway;
    if tables.filter(|it| it.state != State::Deleted).count() >= most {
        let message = format!("{id} has the maximum number of route tables: {most}");
        return Err(AwsError::new("TransitGatewayRouteTableLimitExceeded", message));
    }
    let table = make(world, caller, &id, &tags);
    Ok(OneTable { transit_gateway_route_table: description(world, own(world, caller, &table)?) })
}

fn description(world: &World, table: &TransitGatewayRouteTable) -> Description {
    let options = world.network.transit_gateways.get(&table.transit_gateway).map(|it| &it.options);
    let is = |default: Option<&String>| default == Some(&table.id);
    Description {
        transit_gateway_route_table_id: table.id.clone(),
        transit_gateway_id: table.transit_gateway.clone(),
        state: table.state,
        default_association_route_table: is(options.and_then(|it| it.association_default_route_table_id.as_ref())),
        default_propagation_route_table: is(options.and_then(|it| it.propagation_default_route_table_id.as_ref())),
        creation_time: table.created,
        tags: world.network.tags.of(&table.owner, &table.id),
    }
}

describe_request! { DescribeTransitGatewayRouteTables { transit_gateway_route_table_ids: Kind::TransitGatewayRouteTable } }
answer! { "PascalCase"
    DescribedTables { transit_gateway_route_tables: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("default-association-route-table", |it| vec![it.default_association_route_table.to_string()]),
        ("default-propagation-route-table", |it| vec![it.default_propagation_route_table.to_string()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("transit-gateway-id", |it| vec![it.transit_gateway_id.clone()]),
        ("transit-gateway-route-table-id", |it| vec![it.transit_gateway_route_table_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGatewayRouteTables,
) -> Result<DescribedTables, AwsError> {
    let world = &*world;
    let tables = &world.network.transit_gateway_route_tables;
    let page = input.question().answer(world, caller, &SIEVE, tables.ids(&Key::place(caller)), |id| {
        let table = tables.get(id).filter(|it| it.owner == caller.account && it.region == caller.region)?;
        Some(description(world, table))
    })?;
    Ok(DescribedTables { transit_gateway_route_tables: page.items, next_token: page.next })
}

request! { "PascalCase" DeleteTransitGatewayRouteTable { transit_gateway_route_table_id: String } }

/// Deletes a table. Routes and propagations in it do not stand in the way, associations and defaults do
/// (EC2 API Reference, DeleteTransitGatewayRouteTable).
pub fn delete(world: &mut World, caller: &Caller, input: DeleteTransitGatewayRouteTable) -> Result<OneTable, AwsError> {
    let table = available(world, caller, &input.transit_gateway_route_table_id)?;
    let (id, shown) = (table.id.clone(), description(world, table));
    let default = match (shown.default_association_route_table, shown.default_propagation_route_table) {
        (true, _) => Some("association"),
        (false, true) => Some("propagation"),
        (false, false) => None,
    };
    if let Some(default) = default {
        let message = format!("{id} is set as default {default} route table for {}", table.transit_gateway);
        return Err(AwsError::new("IncorrectState", message));
    }
    if !table.associations.is_empty() {
        return Err(AwsError::new("IncorrectState", format!("{id} has associated attachments")));
    }
    own_mut(world, caller, &id)?.state = State::Deleting;
    let event = super::Event::TransitGatewayRouteTable(id.clone(), Event::Deleted);
    world.later(DELETE_SECONDS, world::Event::Network(event));
    Ok(OneTable { transit_gateway_route_table: description(world, own(world, caller, &id)?) })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::network::support::Bench;

    const HUB: &str = "111111111111";
    const SPOKE: &str = "222222222222";

    #[test]
    fn tables_are_the_owners_alone_even_to_look_at() {
        let mut bench = Bench::new();
        let hub = bench.transit_gateway(HUB, json!({}));
        let table = bench.transit_gateway_route_table(HUB, &hub);
        let named = json!({"TransitGatewayRouteTableIds": [table]});
        bench.refused(SPOKE, "DescribeTransitGatewayRouteTables", named, "InvalidRouteTableID.NotFound");
        let search = json!({"TransitGatewayRouteTableId": table, "Filters": [{"Name": "state", "Values": ["active"]}]});
        bench.refused(SPOKE, "SearchTransitGatewayRoutes", search, "InvalidRouteTableID.NotFound");
    }

    #[test]
    fn a_table_that_is_a_default_or_has_associations_stays() {
        let mut bench = Bench::new();
        let hub = bench.transit_gateway(HUB, json!({}));
        let default = bench.ec2(HUB, "DescribeTransitGatewayRouteTables", json!({}))["TransitGatewayRouteTables"][0]
            ["TransitGatewayRouteTableId"]
            .clone();
        let gone = |table: &serde_json::Value| json!({"TransitGatewayRouteTableId": table});
        let error = bench.refused(HUB, "DeleteTransitGatewayRouteTable", gone(&default), "IncorrectState");
        assert!(error.message.contains("is set as default association route table for"), "{error}");
        let table = json!(bench.transit_gateway_route_table(HUB, &hub));
        bench.ec2(HUB, "DeleteTransitGatewayRouteTable", gone(&table));
        bench.sandbox.advance(Duration::from_secs(120));
        bench.refused(HUB, "DeleteTransitGatewayRouteTable", gone(&table), "InvalidRouteTableID.NotFound");
    }

    #[test]
    fn a_transit_gateway_has_twenty_tables_at_most() {
        let mut bench = Bench::new();
        let hub = bench.transit_gateway(HUB, json!({}));
        for _ in 1..20 {
            bench.transit_gateway_route_table(HUB, &hub);
        }
        let asked = json!({"TransitGatewayId": hub});
        bench.refused(HUB, "CreateTransitGatewayRouteTable", asked, "TransitGatewayRouteTableLimitExceeded");
    }
}
