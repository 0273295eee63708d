//! SearchTransitGatewayRoutes: what a transit gateway's route table holds, by filters, which must be given.
//!
//! A propagated route that a static one of the same prefix hides is not found. The four `route-search.*` filters take
//! their value in one form each, an address or a range; the other form matches nothing (seen live).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::attachment::{Attachment, find};
use super::cidr::sort_key;
use super::filters::{Filter, check_size, matches, unknown};
use super::members::{answer, request};
use super::paging::{Asked, SIZES, page};
use super::resource::missing;
use super::table_routes::{Origin, TableRoute};
use super::transit_gateway_route::{RouteDescription, description, type_word};
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
    check_size(&input.filters)?;
    let tests: Result<Vec<Test>, AwsError> = input.filters.iter().map(|filter| test(world, table, filter)).collect();
    let tests = tests?;
    let found = candidates(world, table, &input.filters).into_iter();
    let found = found.filter(|route| tests.iter().all(|passes| passes(route)));
    let rows: BTreeMap<String, TableRoute> = found.map(|route| (sort_key(&route.range), route)).collect();
    let asked = Asked::new("SearchTransitGatewayRoutes", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, rows.keys().map(String::as_str), |key| {
        let route = rows.get(key)?;
        Some(description(route, &table.targets(&world.network, route)))
    })?;
    let additional_routes_available = page.next.is_some();
    let next_token = page.next.filter(|_| world.network.switches.route_search_has_tokens);
    Ok(FoundRoutes { routes: page.items, additional_routes_available, next_token })
}

/// Lists the routes that may pass: those that are named with their destination, or else all.
fn candidates<'w>(world: &'w World, table: &'w TransitGatewayRouteTable, filters: &[Filter]) -> Vec<TableRoute<'w>> {
    let Some(exact) = filters.iter().find(|filter| filter.name == "route-search.exact-match") else {
        return table.routes(&world.network);
    };
    let ranges = exact.values.iter().filter_map(|value| value.parse::<IpNet>().ok());
    ranges.filter_map(|range| table.route(&world.network, &range)).collect()
}

/// Tells whether a route passes a filter.
type Test<'a> = Box<dyn Fn(&TableRoute) -> bool + 'a>;

/// Makes the test of one filter.
fn test<'a>(world: &'a World, table: &'a TransitGatewayRouteTable, filter: &'a Filter) -> Result<Test<'a>, AwsError> {
    let fits = |value: &str| filter.values.iter().any(|pattern| matches(pattern, value));
    let any = move |route: &TableRoute, of: fn(Attachment<'_>) -> &str| {
        table.targets(&world.network, route).into_iter().any(|it| fits(of(it)))
    };
    let ranges: Vec<IpNet> = filter.values.iter().filter_map(|value| value.parse().ok()).collect();
    Ok(match filter.name.as_str() {
        "attachment.transit-gateway-attachment-id" => Box::new(move |route| any(route, |it| it.id())),
        "attachment.resource-id" => Box::new(move |route| any(route, |it| it.resource())),
        "attachment.resource-type" => Box::new(move |route| any(route, |it| it.resource_type().word())),
        "prefix-list-id" => Box::new(move |route| match route.origin {
            Origin::PrefixList(id) => fits(id),
            Origin::Static | Origin::Propagated => false,
        }),
        "state" => Box::new(move |route| {
            let leads = route.to.is_some_and(|id| find(&world.network, &table.transit_gateway, id).is_some());
            fits(if leads { "active" } else { "blackhole" })
        }),
        "type" => Box::new(move |route| fits(type_word(route.origin))),
        "route-search.exact-match" => Box::new(move |route| ranges.contains(&route.range)),
        "route-search.subnet-of-match" => Box::new(move |route| ranges.iter().any(|it| it.contains(&route.range))),
        "route-search.supernet-of-match" => Box::new(move |route| ranges.iter().any(|it| route.range.contains(it))),
        "route-search.longest-prefix-match" => {
            let addresses = filter.values.iter().filter_map(|value| value.parse::<IpAddr>().ok());
            let best: BTreeSet<IpNet> =
                addresses.filter_map(|it| table.longest(&world.network, it)).map(|it| it.range).collect();
            Box::new(move |route| best.contains(&route.range))
        }
        other => return Err(unknown(other)),
    })
}
