//! What a VPC's route tables are associated with: subnets, internet gateways at the VPC's edge, and the VPC itself.

use super::members::{Nothing, answer, request};
use super::resource::{invalid_combination, invalid_value, missing};
use super::route_table::{AssociationState, RouteTable, of_subnet, own, own_mut};
use super::shelf::Key;
use super::{internet_gateway, subnet};
use crate::call::{AwsError, Caller};
use crate::world::World;

request! { "PascalCase"
    AssociateRouteTable { route_table_id: String, subnet_id: Option<String>, gateway_id: Option<String> }
}
answer! { "PascalCase" AssociatedRouteTable { association_id: String, association_state: AssociationState } }

/// What a table is associated with.
#[derive(Clone, Debug)]
enum Edge {
    Subnet(String),
    Gateway(String),
}

pub fn associate(
    world: &mut World,
    caller: &Caller,
    input: AssociateRouteTable,
) -> Result<AssociatedRouteTable, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let (edge, held) = match (&input.subnet_id, &input.gateway_id) {
        (Some(_), Some(_)) => return Err(invalid_combination("Only one of subnetId and gatewayId can be given")),
        (None, None) => return Err(missing("subnetId")),
        (Some(subnet), None) => associated_subnet(world, caller, table, subnet)?,
        (None, Some(gateway)) => associated_gateway(world, caller, table, gateway)?,
    };
    let table = table.id.clone();
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
    let held = own_mut(world, caller, &table)?;
    match edge {
        Edge::Subnet(id) => held.subnets.insert(association.clone(), id),
        Edge::Gateway(id) => held.gateways.insert(association.clone(), id),
    };
    Ok(AssociatedRouteTable {
        association_id: association,
        association_state: AssociationState { state: "associated" },
    })
}

/// The table and the association that there are already.
type Held = Option<(String, String)>;

fn associated_subnet(world: &World, caller: &Caller, table: &RouteTable, id: &str) -> Result<(Edge, Held), AwsError> {
    let subnet = subnet::own(world, caller, id)?;
    if subnet.vpc != table.vpc {
        return Err(elsewhere(&table.id, &format!("subnet {id}")));
    }
    let held = of_subnet(world, subnet).and_then(|it| {
        let association = it.subnets.iter().find(|(_, held)| **held == subnet.id)?.0;
        Some((it.id.clone(), association.clone()))
    });
    Ok((Edge::Subnet(subnet.id.clone()), held))
}

/// Checks a table for the edge of a VPC: of an internet gateway that is attached to it, and with no routes but the local
/// ones, since the sandbox has no network interfaces for others to lead to (VPC guide, "Gateway route tables").
fn associated_gateway(world: &World, caller: &Caller, table: &RouteTable, id: &str) -> Result<(Edge, Held), AwsError> {
    let gateway = internet_gateway::own(world, caller, id)?;
    if gateway.vpc.as_ref() != Some(&table.vpc) {
        return Err(elsewhere(&table.id, &format!("network gateway {id}")));
    }
    if table.all_routes().next().is_some() {
        let message = format!("{} has a route whose target a table of a gateway cannot have.", table.id);
        return Err(invalid_value(message));
    }
    let mut tables = world.network.route_tables.under(&Key::Vpc(table.vpc.clone()));
    let held = tables.find_map(|it| {
        let association = it.gateways.iter().find(|(_, held)| *held == id)?.0;
        Some((it.id.clone(), association.clone()))
    });
    Ok((Edge::Gateway(id.to_owned()), held))
}

fn elsewhere(table: &str, other: &str) -> AwsError {
    invalid_value(format!("Route table {table} and {other} belong to different networks"))
}

/// Drops the associations of an internet gateway that is detached.
pub fn forget_gateway(world: &mut World, vpc: &str, gateway: &str) {
    let tables: Vec<String> = world.network.route_tables.ids(&Key::Vpc(vpc.to_owned())).map(str::to_owned).collect();
    for id in tables {
        if let Some(table) = world.network.route_tables.get_mut(&id) {
            table.gateways.retain(|_, held| held != gateway);
        }
    }
}

/// Finds the table that has an association, of any kind.
fn of_association<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w RouteTable, AwsError> {
    let mut tables = world.network.route_tables.under(&Key::place(caller));
    let has =
        |it: &RouteTable| it.subnets.contains_key(id) || it.gateways.contains_key(id) || it.main.as_deref() == Some(id);
    tables.find(|it| has(it)).ok_or_else(|| {
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
    let table = own_mut(world, caller, &table)?;
    table.subnets.remove(&input.association_id);
    table.gateways.remove(&input.association_id);
    Ok(Nothing {})
}

request! { "PascalCase" ReplaceRouteTableAssociation { association_id: String, route_table_id: String } }
answer! { "PascalCase" ReplacedRouteTableAssociation { new_association_id: String, association_state: AssociationState } }

/// Moves a subnet's association, or the main one, to another table of the VPC, with no gap between.
pub fn replace(
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
    if source.gateways.contains_key(&input.association_id) && target.all_routes().next().is_some() {
        let message = format!("{} has a route whose target a table of a gateway cannot have.", target.id);
        return Err(invalid_value(message));
    }
    let (source, target) = (source.id.clone(), target.id.clone());
    let new = world.dice.id("rtbassoc");
    let held = own_mut(world, caller, &source)?;
    let (subnet, gateway) = (held.subnets.remove(&input.association_id), held.gateways.remove(&input.association_id));
    match (subnet, gateway) {
        (Some(subnet), _) => {
            own_mut(world, caller, &target)?.subnets.insert(new.clone(), subnet);
        }
        (None, Some(gateway)) => {
            own_mut(world, caller, &target)?.gateways.insert(new.clone(), gateway);
        }
        (None, None) => {
            own_mut(world, caller, &source)?.main = None;
            own_mut(world, caller, &target)?.main = Some(new.clone());
        }
    }
    let association_state = AssociationState { state: "associated" };
    Ok(ReplacedRouteTableAssociation { new_association_id: new, association_state })
}
