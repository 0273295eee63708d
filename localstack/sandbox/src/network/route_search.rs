//! SearchTransitGatewayRoutes: what a transit gateway's route table holds, by filters, which must be given.
//!
//! A propagated route that a static one of the same prefix hides is not found. The four `route-search.*` filters take
//! their value in one form each, an address or a range; the other form matches nothing (seen live).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::cidr::longest;
use super::filters::{Filter, matches, unknown};
use super::members::{answer, request};
use super::paging::{Asked, SIZES, page};
use super::resource::missing;
use super::transit_gateway_route::{RouteDescription, description};
use super::transit_gateway_route_table::{TransitGatewayRouteTable, own};
use crate::call::{AwsError, Caller};
use crate::world::World;

request! { "PascalCase"
    SearchTransitGatewayRoutes {
        transit_gateway_route_table_id: String, filters: Vec<Filter>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "PascalCase"
    FoundRoutes {
        routes: Vec<RouteDescription>, additional_routes_available: bool, next_token: Option<String>,
    }
}

pub fn search(world: &mut World, caller: &Caller, input: SearchTransitGatewayRoutes) -> Result<FoundRoutes, AwsError> {
    let world = &*world;
    let table = own(world, caller, &input.transit_gateway_route_table_id)?;
    if input.filters.is_empty() {
        return Err(missing("Filters"));
    }
    let mut left: BTreeSet<IpNet> = table.routes().map(|(range, _)| *range).collect();
    for filter in &input.filters {
        let passed = passing(world, table, filter)?;
        left.retain(|range| passed.contains(range));
    }
    let rows: BTreeMap<String, (IpNet, Option<&String>)> = table
        .routes()
        .filter(|(range, _)| left.contains(*range))
        .map(|(range, to)| (sort_key(range), (*range, to)))
        .collect();
    let asked = Asked {
        action: "SearchTransitGatewayRoutes",
        max_results: input.max_results,
        next_token: input.next_token.as_deref(),
        sizes: SIZES,
    };
    let page = page(&asked, rows.keys().map(String::as_str), |key| {
        let (range, to) = rows.get(key)?;
        Some(description(world, range, *to, table.static_routes.contains_key(range)))
    })?;
    let additional_routes_available = page.next.is_some();
    let next_token = page.next.filter(|_| world.network.switches.route_search_has_tokens);
    Ok(FoundRoutes { routes: page.items, additional_routes_available, next_token })
}

/// Writes a range so that text sorts as ranges do.
fn sort_key(range: &IpNet) -> String {
    match range {
        IpNet::V4(net) => format!("4{:08x}/{:03}", u32::from(net.addr()), net.prefix_len()),
        IpNet::V6(net) => format!("6{:032x}/{:03}", u128::from(net.addr()), net.prefix_len()),
    }
}

/// Tells whether a route, by its destination and the attachment it leads to, passes a filter.
type Test<'a> = Box<dyn Fn(&IpNet, Option<&String>) -> bool + 'a>;

/// Lists the destinations that pass one filter.
fn passing(world: &World, table: &TransitGatewayRouteTable, filter: &Filter) -> Result<BTreeSet<IpNet>, AwsError> {
    let fits = |value: &str| filter.values.iter().any(|pattern| matches(pattern, value));
    let attachment = |id: Option<&String>| id.and_then(|id| world.network.vpc_attachments.get(id));
    let ranges: Vec<IpNet> = filter.values.iter().filter_map(|value| value.parse().ok()).collect();
    let test: Test = match filter.name.as_str() {
        "attachment.transit-gateway-attachment-id" => {
            Box::new(move |_, to| attachment(to).is_some_and(|it| fits(&it.id)))
        }
        "attachment.resource-id" => Box::new(move |_, to| attachment(to).is_some_and(|it| fits(&it.vpc))),
        "attachment.resource-type" => Box::new(move |_, to| attachment(to).is_some() && fits("vpc")),
        // The sandbox has no prefix-list references, so no route comes from one.
        "prefix-list-id" => Box::new(|_, _| false),
        "state" => Box::new(move |_, to| fits(if attachment(to).is_some() { "active" } else { "blackhole" })),
        "type" => Box::new(move |range, _| {
            fits(if table.static_routes.contains_key(range) { "static" } else { "propagated" })
        }),
        "route-search.exact-match" => Box::new(move |range, _| ranges.contains(range)),
        "route-search.subnet-of-match" => Box::new(move |range, _| ranges.iter().any(|it| it.contains(range))),
        "route-search.supernet-of-match" => Box::new(move |range, _| ranges.iter().any(|it| range.contains(it))),
        "route-search.longest-prefix-match" => {
            let addresses = filter.values.iter().filter_map(|value| value.parse::<IpAddr>().ok());
            let best: BTreeSet<IpNet> =
                addresses.filter_map(|it| longest(it, table.routes())).map(|it| *it.0).collect();
            Box::new(move |range, _| best.contains(range))
        }
        other => return Err(unknown(other)),
    };
    Ok(table.routes().filter(|(range, to)| test(range, *to)).map(|(range, _)| *range).collect())
}
