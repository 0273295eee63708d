//! A VPC's route tables: one main table, which stays, and others that subnets are associated with one by one.
//!
//! A subnet without an association of its own uses the main table. Local routes for the VPC's ranges are in every
//! table and cannot be taken out.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::filters::{Filter, Sieve};
use super::members::{Nothing, answer, request};
use super::paging::{Asked, Question, describe as describe_page, refuse_pages_of_named};
use super::resource::{Kind, invalid_value};
use super::route::{Route, RouteDescription, descriptions};
use super::shelf::{Kept, Key};
use super::subnet::{self, Subnet};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{visibility, vpc};
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
    /// Association ids and the subnets that they are for.
    pub subnets: BTreeMap<String, String>,
    /// The id of the main association, where this is the VPC's main table.
    pub main: Option<String>,
    client_token: Option<String>,
}

impl Kept for RouteTable {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::Vpc(self.vpc.clone())]
    }
}

/// Finds a route table that the caller owns.
///
/// # Errors
/// `InvalidRouteTableId.Malformed` and `InvalidRouteTableID.NotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w RouteTable, AwsError> {
    Kind::RouteTable.check(id)?;
    let table = world.network.route_tables.get(id);
    table
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::RouteTable.not_found(id))
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
        subnets: BTreeMap::new(),
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
        association_state: AssociationState,
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
            return Ok(CreatedRouteTable { route_table: description(world, table), client_token: input.client_token });
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
    let route_table = description(world, own(world, caller, &id)?);
    Ok(CreatedRouteTable { route_table, client_token: input.client_token })
}

fn description(world: &World, table: &RouteTable) -> RouteTableDescription {
    let association = |id: &String, subnet: Option<&String>| RouteTableAssociation {
        route_table_association_id: id.clone(),
        route_table_id: table.id.clone(),
        main: subnet.is_none(),
        subnet_id: subnet.cloned(),
        association_state: AssociationState { state: "associated" },
    };
    let main = table.main.iter().map(|id| association(id, None));
    let subnets = table.subnets.iter().map(|(id, subnet)| association(id, Some(subnet)));
    RouteTableDescription {
        route_table_id: table.id.clone(),
        vpc_id: table.vpc.clone(),
        owner_id: table.owner.clone(),
        associations: main.chain(subnets).collect(),
        routes: descriptions(world, table),
        propagating_vgws: Vec::new(),
        tags: world.network.tags.of(&table.owner, &table.id),
    }
}

request! { "PascalCase"
    DescribeRouteTables {
        route_table_ids: Vec<String>, filters: Vec<Filter>, max_results: Option<i64>, next_token: Option<String>,
    }
}
answer! { "PascalCase" DescribedRouteTables { route_tables: Vec<RouteTableDescription>, next_token: Option<String> } }

fn of_routes(table: &RouteTableDescription, value: fn(&RouteDescription) -> Option<String>) -> Vec<String> {
    table.routes.iter().filter_map(value).collect()
}

const SIEVE: Sieve<RouteTableDescription> = Sieve {
    fields: &[
        ("association.main", |it| it.associations.iter().map(|it| it.main.to_string()).collect()),
        ("association.route-table-association-id", |it| {
            it.associations.iter().map(|it| it.route_table_association_id.clone()).collect()
        }),
        ("association.route-table-id", |it| it.associations.iter().map(|it| it.route_table_id.clone()).collect()),
        ("association.subnet-id", |it| it.associations.iter().filter_map(|it| it.subnet_id.clone()).collect()),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("route.destination-cidr-block", |it| of_routes(it, |route| route.destination_cidr_block.clone())),
        ("route.destination-ipv6-cidr-block", |it| of_routes(it, |route| route.destination_ipv6_cidr_block.clone())),
        ("route.gateway-id", |it| of_routes(it, |route| route.gateway_id.clone())),
        ("route.origin", |it| of_routes(it, |route| Some(route.origin.to_owned()))),
        ("route.state", |it| of_routes(it, |route| Some(route.state.word().to_owned()))),
        ("route.transit-gateway-id", |it| of_routes(it, |route| route.transit_gateway_id.clone())),
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
    refuse_pages_of_named("routeTableIds", &input.route_table_ids, input.max_results)?;
    let world = &*world;
    let question = Question {
        asked: Asked {
            action: "DescribeRouteTables",
            max_results: input.max_results,
            next_token: input.next_token.as_deref(),
            sizes: SIZES,
        },
        kind: Kind::RouteTable,
        ids: &input.route_table_ids,
        filters: &input.filters,
    };
    let page = describe_page(&question, &SIEVE, world.network.route_tables.ids(&Key::place(caller)), |id| {
        let table = own(world, caller, id).ok()?;
        visibility::shows(world, &caller.account, id).then(|| description(world, table))
    })?;
    Ok(DescribedRouteTables { route_tables: page.items, next_token: page.next })
}

request! { "PascalCase" DeleteRouteTable { route_table_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteRouteTable) -> Result<Nothing, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let id = table.id.clone();
    if table.main.is_some() || !table.subnets.is_empty() {
        let message = format!("The routeTable '{id}' has dependencies and cannot be deleted.");
        return Err(AwsError::new("DependencyViolation", message));
    }
    world.network.route_tables.remove(&id);
    world.network.tags.forget(&[&caller.account], &id);
    Ok(Nothing {})
}

request! { "PascalCase" AssociateRouteTable { route_table_id: String, subnet_id: Option<String> } }
answer! { "PascalCase" AssociatedRouteTable { association_id: String, association_state: AssociationState } }

pub fn associate(
    world: &mut World,
    caller: &Caller,
    input: AssociateRouteTable,
) -> Result<AssociatedRouteTable, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let (table, vpc) = (table.id.clone(), table.vpc.clone());
    let Some(subnet) = &input.subnet_id else { return Err(super::resource::missing("subnetId")) };
    let subnet = subnet::own(world, caller, subnet)?;
    if subnet.vpc != vpc {
        return Err(invalid_value(format!(
            "Route table {table} and subnet {} belong to different networks",
            subnet.id
        )));
    }
    let held = of_subnet(world, subnet).and_then(|it| {
        let association = it.subnets.iter().find(|(_, held)| **held == subnet.id)?.0;
        Some((it.id.clone(), association.clone()))
    });
    let subnet = subnet.id.clone();
    let association = match held {
        // The same association again is answered with the one there is.
        Some((other, association)) if other == table => association,
        Some(_) => {
            let message =
                format!("the specified association for route table {table} conflicts with an existing association");
            return Err(AwsError::new("Resource.AlreadyAssociated", message));
        }
        None => world.dice.id("rtbassoc"),
    };
    own_mut(world, caller, &table)?.subnets.insert(association.clone(), subnet);
    Ok(AssociatedRouteTable {
        association_id: association,
        association_state: AssociationState { state: "associated" },
    })
}

/// Finds the table that has an association, of any kind.
fn of_association<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w RouteTable, AwsError> {
    let mut tables = world.network.route_tables.under(&Key::place(caller));
    tables.find(|it| it.subnets.contains_key(id) || it.main.as_deref() == Some(id)).ok_or_else(|| {
        AwsError::new("InvalidAssociationID.NotFound", format!("The association ID '{id}' does not exist"))
    })
}

request! { "PascalCase" DisassociateRouteTable { association_id: String } }

pub fn disassociate(world: &mut World, caller: &Caller, input: DisassociateRouteTable) -> Result<Nothing, AwsError> {
    let table = of_association(world, caller, &input.association_id)?;
    if table.main.as_deref() == Some(input.association_id.as_str()) {
        let message = format!("cannot disassociate the main route table association {}", input.association_id);
        return Err(invalid_value(message));
    }
    let table = table.id.clone();
    own_mut(world, caller, &table)?.subnets.remove(&input.association_id);
    Ok(Nothing {})
}

request! { "PascalCase" ReplaceRouteTableAssociation { association_id: String, route_table_id: String } }
answer! { "PascalCase" ReplacedRouteTableAssociation { new_association_id: String, association_state: AssociationState } }

/// Moves a subnet's association, or the main one, to another table of the VPC, with no gap between.
pub fn replace_association(
    world: &mut World,
    caller: &Caller,
    input: ReplaceRouteTableAssociation,
) -> Result<ReplacedRouteTableAssociation, AwsError> {
    let target = own(world, caller, &input.route_table_id)?;
    let source = of_association(world, caller, &input.association_id)?;
    if source.vpc != target.vpc {
        return Err(invalid_value(format!(
            "Route tables {} and {} belong to different networks",
            source.id, target.id
        )));
    }
    let (source, target) = (source.id.clone(), target.id.clone());
    let new = world.dice.id("rtbassoc");
    let moved = own_mut(world, caller, &source)?.subnets.remove(&input.association_id);
    match moved {
        Some(subnet) => {
            own_mut(world, caller, &target)?.subnets.insert(new.clone(), subnet);
        }
        None => {
            own_mut(world, caller, &source)?.main = None;
            own_mut(world, caller, &target)?.main = Some(new.clone());
        }
    }
    let association_state = AssociationState { state: "associated" };
    Ok(ReplacedRouteTableAssociation { new_association_id: new, association_state })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    #[test]
    fn a_subnet_has_one_table_and_a_table_in_use_stays() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let subnet = bench.subnet(ONE, &vpc, "10.0.0.0/24", 0);
        let (one, two) = (bench.route_table(ONE, &vpc), bench.route_table(ONE, &vpc));
        let asked = |table: &str| json!({"RouteTableId": table, "SubnetId": subnet});
        let association = bench.ec2(ONE, "AssociateRouteTable", asked(&one))["AssociationId"].clone();
        bench.refused(ONE, "AssociateRouteTable", asked(&two), "Resource.AlreadyAssociated");
        bench.refused(ONE, "DeleteRouteTable", json!({"RouteTableId": one}), "DependencyViolation");
        let found = bench.ec2(
            ONE,
            "DescribeRouteTables",
            json!({"Filters": [{"Name": "association.subnet-id", "Values": [subnet]}]}),
        );
        assert_eq!(found["RouteTables"][0]["RouteTableId"], one);
        bench.ec2(ONE, "DisassociateRouteTable", json!({"AssociationId": association}));
        bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": one}));
    }

    #[test]
    fn the_main_table_can_be_neither_deleted_nor_disassociated_but_replaced() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let main = bench.ec2(ONE, "DescribeRouteTables", json!({}))["RouteTables"][0].clone();
        let association = main["Associations"][0]["RouteTableAssociationId"].clone();
        bench.refused(ONE, "DeleteRouteTable", json!({"RouteTableId": main["RouteTableId"]}), "DependencyViolation");
        bench.refused(ONE, "DisassociateRouteTable", json!({"AssociationId": association}), "InvalidParameterValue");
        let other = bench.route_table(ONE, &vpc);
        let asked = json!({"AssociationId": association, "RouteTableId": other});
        bench.ec2(ONE, "ReplaceRouteTableAssociation", asked);
        bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": main["RouteTableId"]}));
    }

    #[test]
    fn pages_hold_a_hundred_tables_at_most() {
        let mut bench = Bench::new();
        bench.refused(ONE, "DescribeRouteTables", json!({"MaxResults": 101}), "InvalidParameterValue");
        bench.ec2(ONE, "DescribeRouteTables", json!({"MaxResults": 100}));
    }

    #[test]
    fn a_client_token_gives_the_same_table_again() {
        let mut bench = Bench::new();
        let (one, two) = (bench.vpc(ONE, "10.0.0.0/16"), bench.vpc(ONE, "10.1.0.0/16"));
        let asked = |vpc: &str| json!({"VpcId": vpc, "ClientToken": "token"});
        let first = bench.ec2(ONE, "CreateRouteTable", asked(&one))["RouteTable"]["RouteTableId"].clone();
        let again = bench.ec2(ONE, "CreateRouteTable", asked(&one))["RouteTable"]["RouteTableId"].clone();
        assert_eq!(first, again);
        bench.refused(ONE, "CreateRouteTable", asked(&two), "IdempotentParameterMismatch");
    }
}
