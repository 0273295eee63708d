//! Who refers to a prefix list: route tables of VPCs and of transit gateways, in any account that sees it.

use std::collections::BTreeMap;

use super::members::{answer, request};
use super::paging::{Asked, page};
use super::prefix_list::{find, seen, weight};
use super::{Network, route, table_routes};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

/// What MaxResults may say for the associations of a list (EC2 API Reference).
const SIZES: (i64, i64) = (5, 255);

/// Lists the route tables that refer to a list, with their owners.
pub fn of(network: &Network, list: &str) -> BTreeMap<String, AccountId> {
    let tables = network.route_tables.iter().filter(|it| it.prefix_list_routes.contains_key(list));
    let tables = tables.map(|it| (it.id.clone(), it.owner.clone()));
    let gateways = network.transit_gateway_route_tables.iter();
    let gateways = gateways.filter(|it| it.prefix_list_references.contains_key(list));
    tables.chain(gateways.map(|it| (it.id.clone(), it.owner.clone()))).collect()
}

/// Lists the referrers that would be over their quota if a list might have `most` entries.
pub fn without_room(network: &Network, list: &str, most: usize) -> Vec<String> {
    let now = weight(network, list);
    let quotas = &network.quotas;
    let over = |used: usize, quota: usize| used + most > quota + now;
    let full = |id: &String| {
        if let Some(table) = network.route_tables.get(id) {
            let family = find(network, list).map(|it| it.family);
            return family
                .is_some_and(|family| over(route::weight(network, table, family), quotas.routes_per_route_table));
        }
        network.transit_gateway_route_tables.get(id).is_some_and(|table| {
            over(table_routes::weight_of_gateway(network, &table.transit_gateway), quotas.routes_per_transit_gateway)
        })
    };
    of(network, list).into_keys().filter(full).collect()
}

request! { "PascalCase"
    GetManagedPrefixListAssociations { prefix_list_id: String, max_results: Option<i64>, next_token: Option<String> }
}
answer! { "PascalCase" Association { resource_id: String, resource_owner: String } }
answer! { "PascalCase" Associations { prefix_list_associations: Vec<Association>, next_token: Option<String> } }

/// Lists who refers to a list: for its owner all, for others their own.
pub fn associations(
    world: &mut World,
    caller: &Caller,
    input: GetManagedPrefixListAssociations,
) -> Result<Associations, AwsError> {
    let list = seen(world, caller, &input.prefix_list_id)?;
    let mut rows = of(&world.network, &list.id);
    if list.owner != caller.account {
        rows.retain(|_, owner| *owner == caller.account);
    }
    let asked = Asked::new("GetManagedPrefixListAssociations", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, rows.keys().map(String::as_str), |id| {
        Some(Association { resource_id: id.to_owned(), resource_owner: rows.get(id)?.clone() })
    })?;
    Ok(Associations { prefix_list_associations: page.items, next_token: page.next })
}
