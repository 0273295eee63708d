//! A VPC's route tables: one main table, which stays, and others that subnets are associated with one by one.
//!
//! A subnet without an association of its own uses the main table; see [`super::route_table_association`]. Local routes for
//! the VPC's ranges are in every table and cannot be taken out.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::describe::describe_request;
use super::filters::{Sieve, none};
use super::members::{Nothing, answer, request};
use super::resource::{Kind, not_authorized};
use super::route::{Route, RouteDescription, descriptions};
use super::route_target::Target;
use super::shelf::{Kept, Key, merged};
use super::subnet::{self, Subnet};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{shareable, visibility, vpc};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

/// What MaxResults may say for DescribeRouteTables, whose pages are smaller than all others (EC2 API Reference).
const SIZES: (i64, i64) = (5, 100);

#[derive(Clone, Debug)]
pub struct RouteTable {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub vpc: String,
    /// All but the local routes.
    pub routes: BTreeMap<IpNet, Route>,
    /// Prefix-list ids and where the routes to their entries lead.
    pub prefix_list_routes: BTreeMap<String, Route>,
    /// Association ids and the subnets that they are for.
    pub subnets: BTreeMap<String, String>,
    /// Association ids and the gateways at the VPC's edge whose incoming traffic the table routes.
    pub gateways: BTreeMap<String, String>,
    /// The id of the main association, where this is the VPC's main table.
    pub main: Option<String>,
    pub client_token: Option<String>,
}

impl Kept for RouteTable {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::Vpc(self.vpc.clone())]
    }
}

/// Finds a route table that the caller owns, or that a subnet uses which is shared with it (VPC guide, "Share your VPC
/// subnets with other accounts": participants can view those tables).
///
/// # Errors
/// `InvalidRouteTableId.Malformed` and `InvalidRouteTableID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w RouteTable, AwsError> {
    Kind::RouteTable.check(id)?;
    let table = world.network.route_tables.get(id).filter(|it| it.region == caller.region);
    let by_subnet = |table: &RouteTable| {
        let mut subnets = world.network.subnets.under(&Key::Vpc(table.vpc.clone()));
        subnets.any(|it| {
            subnet::seen(world, caller, &it.id).is_ok() && of_subnet(world, it).is_some_and(|used| used.id == table.id)
        })
    };
    table.filter(|it| it.owner == caller.account || by_subnet(it)).ok_or_else(|| Kind::RouteTable.not_found(id))
}

/// Finds a route table that the caller owns.
///
/// # Errors
/// As [`seen`], and `UnauthorizedOperation` for one that the caller only sees.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w RouteTable, AwsError> {
    let table = seen(world, caller, id)?;
    if table.owner == caller.account { Ok(table) } else { Err(not_authorized()) }
}

/// Finds a route table to change; the caller owns it.
///
/// # Errors
/// As [`own`].
pub fn own_mut<'w>(world: &'w mut World, caller: &Caller, id: &str) -> Result<&'w mut RouteTable, AwsError> {
    own(world, caller, id)?;
    world.network.route_tables.get_mut(id).ok_or_else(|| Kind::RouteTable.not_found(id))
}

/// Finds the table that a subnet's traffic follows.
pub fn of_subnet<'w>(world: &'w World, subnet: &Subnet) -> Option<&'w RouteTable> {
    let inside = Key::Vpc(subnet.vpc.clone());
    let own = world.network.route_tables.under(&inside).find(|it| it.subnets.values().any(|id| *id == subnet.id));
    own.or_else(|| world.network.route_tables.under(&inside).find(|it| it.main.is_some()))
}

/// Makes a new VPC's main table.
pub fn make_main(world: &mut World, caller: &Caller, vpc: &str) {
    let id = Kind::RouteTable.new_id(&mut world.dice);
    let main = Some(world.dice.id("rtbassoc"));
    insert(world, caller, id, vpc, main, None);
}

/// Adds a route to a VPC's main table; it has been checked.
pub fn add_to_main(world: &mut World, vpc: &str, range: IpNet, target: Target) {
    let main = world.network.route_tables.under(&Key::Vpc(vpc.to_owned())).find(|it| it.main.is_some());
    let Some(main) = main.map(|it| it.id.clone()) else { return };
    if let Some(table) = world.network.route_tables.get_mut(&main) {
        table.routes.insert(range, Route { target, orphaned: false });
    }
}

fn insert(
    world: &mut World,
    caller: &Caller,
    id: String,
    vpc: &str,
    main: Option<String>,
    client_token: Option<String>,
) {
    world.network.route_tables.insert(RouteTable {
        id,
        owner: caller.account.clone(),
        region: caller.region.clone(),
        vpc: vpc.to_owned(),
        routes: BTreeMap::new(),
        prefix_list_routes: BTreeMap::new(),
        subnets: BTreeMap::new(),
        gateways: BTreeMap::new(),
        main,
        client_token,
    });
}

/// Drops the association of a subnet that is being deleted.
pub fn forget_subnet(world: &mut World, subnet: &Subnet) {
    let inside = Key::Vpc(subnet.vpc.clone());
    let tables: Vec<String> = world.network.route_tables.ids(&inside).map(str::to_owned).collect();
    for id in tables {
        if let Some(table) = world.network.route_tables.get_mut(&id) {
            table.subnets.retain(|_, held| *held != subnet.id);
        }
    }
}

request! { "PascalCase"
    CreateRouteTable { vpc_id: String, tag_specifications: Vec<TagSpecification>, client_token: Option<String> }
}
answer! { "PascalCase" AssociationState { state: &'static str } }
answer! { "PascalCase"
    RouteTableAssociation {
        route_table_association_id: String, route_table_id: String, main: bool, subnet_id: Option<String>,
        gateway_id: Option<String>, association_state: AssociationState,
    }
}
answer! { "PascalCase"
    RouteTableDescription {
        route_table_id: String, vpc_id: String, owner_id: String, associations: Vec<RouteTableAssociation>,
        routes: Vec<RouteDescription>, propagating_vgws: Vec<String>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" CreatedRouteTable { route_table: RouteTableDescription, client_token: Option<String> } }

/// Makes a table. The same client token gives the same table again.
pub fn create(world: &mut World, caller: &Caller, input: CreateRouteTable) -> Result<CreatedRouteTable, AwsError> {
    let tags = on_creation(Kind::RouteTable, &input.tag_specifications)?;
    let vpc = vpc::own(world, caller, &input.vpc_id)?.id.clone();
    if let Some(token) = &input.client_token {
        let made =
            world.network.route_tables.under(&Key::place(caller)).find(|it| it.client_token.as_ref() == Some(token));
        if let Some(table) = made {
            if table.vpc != vpc {
                let message = "The client token was used before with other parameters.";
                return Err(AwsError::new("IdempotentParameterMismatch", message));
            }
            return Ok(CreatedRouteTable {
                route_table: description(world, caller, table),
                client_token: input.client_token,
            });
        }
    }
    let inside = Key::Vpc(vpc.clone());
    if world.network.route_tables.ids(&inside).count() >= world.network.quotas.route_tables_per_vpc {
        let message = "The maximum number of route tables has been reached.";
        return Err(AwsError::new("RouteTableLimitExceeded", message));
    }
    let id = Kind::RouteTable.new_id(&mut world.dice);
    insert(world, caller, id.clone(), &vpc, None, input.client_token.clone());
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    let route_table = description(world, caller, own(world, caller, &id)?);
    Ok(CreatedRouteTable { route_table, client_token: input.client_token })
}

fn description(world: &World, caller: &Caller, table: &RouteTable) -> RouteTableDescription {
    let association = |id: &String, subnet: Option<&String>, gateway: Option<&String>| RouteTableAssociation {
        route_table_association_id: id.clone(),
        route_table_id: table.id.clone(),
        main: subnet.is_none() && gateway.is_none(),
        subnet_id: subnet.cloned(),
        gateway_id: gateway.cloned(),
        association_state: AssociationState { state: "associated" },
    };
    let main = table.main.iter().map(|id| association(id, None, None));
    let subnets = table.subnets.iter().map(|(id, subnet)| association(id, Some(subnet), None));
    let gateways = table.gateways.iter().map(|(id, gateway)| association(id, None, Some(gateway)));
    RouteTableDescription {
        route_table_id: table.id.clone(),
        vpc_id: table.vpc.clone(),
        owner_id: table.owner.clone(),
        associations: main.chain(subnets).chain(gateways).collect(),
        routes: descriptions(world, table),
        propagating_vgws: Vec::new(),
        tags: world.network.tags.of(&caller.account, &table.id),
    }
}

describe_request! { DescribeRouteTables { route_table_ids: Kind::RouteTable } in pages of SIZES }
answer! { "PascalCase" DescribedRouteTables { route_tables: Vec<RouteTableDescription>, next_token: Option<String> } }

fn of_routes(table: &RouteTableDescription, value: fn(&RouteDescription) -> Option<String>) -> Vec<String> {
    table.routes.iter().filter_map(value).collect()
}

const SIEVE: Sieve<RouteTableDescription> = Sieve {
    fields: &[
        ("association.gateway-id", |it| it.associations.iter().filter_map(|it| it.gateway_id.clone()).collect()),
        ("association.main", |it| it.associations.iter().map(|it| it.main.to_string()).collect()),
        ("association.route-table-association-id", |it| {
            it.associations.iter().map(|it| it.route_table_association_id.clone()).collect()
        }),
        ("association.route-table-id", |it| it.associations.iter().map(|it| it.route_table_id.clone()).collect()),
        ("association.subnet-id", |it| it.associations.iter().filter_map(|it| it.subnet_id.clone()).collect()),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("route.destination-cidr-block", |it| of_routes(it, |route| route.destination_cidr_block.clone())),
        ("route.destination-ipv6-cidr-block", |it| of_routes(it, |route| route.destination_ipv6_cidr_block.clone())),
        ("route.destination-prefix-list-id", |it| of_routes(it, |route| route.destination_prefix_list_id.clone())),
        ("route.egress-only-internet-gateway-id", |it| {
            of_routes(it, |route| route.egress_only_internet_gateway_id.clone())
        }),
        ("route.gateway-id", |it| of_routes(it, |route| route.gateway_id.clone())),
        ("route.instance-id", none),
        ("route.nat-gateway-id", |it| of_routes(it, |route| route.nat_gateway_id.clone())),
        ("route.origin", |it| of_routes(it, |route| Some(route.origin.to_owned()))),
        ("route.state", |it| of_routes(it, |route| Some(route.state.word().to_owned()))),
        ("route.transit-gateway-id", |it| of_routes(it, |route| route.transit_gateway_id.clone())),
        ("route.vpc-peering-connection-id", |it| of_routes(it, |route| route.vpc_peering_connection_id.clone())),
        ("route-table-id", |it| vec![it.route_table_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeRouteTables,
) -> Result<DescribedRouteTables, AwsError> {
    let world = &*world;
    let shared = shareable::shared_with(world, &caller.account, Kind::Subnet);
    let shared = shared.iter().filter_map(|id| of_subnet(world, world.network.subnets.get(id)?));
    let shared: BTreeSet<&str> = shared.map(|it| it.id.as_str()).collect();
    let candidates = merged(world.network.route_tables.ids(&Key::place(caller)), shared.into_iter());
    let page = input.question().names_or_pages("routeTableIds")?.answer(world, caller, &SIEVE, candidates, |id| {
        let table = seen(world, caller, id).ok()?;
        Some(description(world, caller, table))
    })?;
    Ok(DescribedRouteTables { route_tables: page.items, next_token: page.next })
}

request! { "PascalCase" DeleteRouteTable { route_table_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteRouteTable) -> Result<Nothing, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let id = table.id.clone();
    if table.main.is_some() || !table.subnets.is_empty() || !table.gateways.is_empty() {
        let message = format!("The routeTable '{id}' has dependencies and cannot be deleted.");
        return Err(AwsError::new("DependencyViolation", message));
    }
    world.network.route_tables.remove(&id);
    world.network.tags.forget(&[&caller.account], &id);
    Ok(Nothing {})
}

#[cfg(test)]
#[path = "route_table_tests.rs"]
mod tests;
