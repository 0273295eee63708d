//! What a transit gateway's route table decides: static routes, prefix-list references and propagated routes together.
//!
//! The longest prefix wins; for one prefix a static route, then one from a prefix list, then a propagated one (VPC guide,
//! "Transit gateway route tables"). What loses is in no list, but for equal routes that share the load ([`targets`](
//! TransitGatewayRouteTable::targets)). Where two lists have one range, that of the smaller id
//! counts: AWS does not say which.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::attachment::{Attachment, ResourceType};
use super::shelf::Key;
use super::transit_gateway_route_table::TransitGatewayRouteTable;
use super::{Network, attachment, prefix_list};

/// Where a route comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'w> {
    Static,
    /// The reference to this prefix list; AWS calls the route static.
    PrefixList(&'w str),
    Propagated,
}

/// One route that counts; `to` is an attachment, or none for a blackhole.
#[derive(Clone, Copy, Debug)]
pub struct TableRoute<'w> {
    pub range: IpNet,
    pub to: Option<&'w str>,
    pub origin: Origin<'w>,
}

impl TransitGatewayRouteTable {
    /// Lists all routes that count.
    pub fn routes<'w>(&'w self, network: &'w Network) -> Vec<TableRoute<'w>> {
        let mut routes: Vec<TableRoute> = self.fixed().collect();
        let mut listed: BTreeMap<&IpNet, TableRoute> = BTreeMap::new();
        for (id, reference) in &self.prefix_list_references {
            let to = reference.target.as_deref();
            let entries = prefix_list::find(network, id).into_iter().flat_map(|list| list.entries().keys());
            for range in entries.filter(|range| !self.static_routes.contains_key(range)) {
                let route = TableRoute { range: *range, to, origin: Origin::PrefixList(id) };
                listed.entry(range).or_insert(route);
            }
        }
        let hidden = |range: &IpNet| self.static_routes.contains_key(range) || listed.contains_key(range);
        let propagated = self.propagated.admitted().filter(|(range, _)| !hidden(range));
        let propagated =
            propagated.map(|(range, to)| TableRoute { range: *range, to: Some(to), origin: Origin::Propagated });
        routes.extend(propagated);
        routes.extend(listed.into_values());
        routes
    }

    fn fixed(&self) -> impl Iterator<Item = TableRoute<'_>> {
        self.static_routes.iter().map(|(range, to)| TableRoute {
            range: *range,
            to: to.as_deref(),
            origin: Origin::Static,
        })
    }

    /// Finds the route with just this destination.
    pub fn route<'w>(&'w self, network: &'w Network, range: &IpNet) -> Option<TableRoute<'w>> {
        let range = *range;
        if let Some(to) = self.static_routes.get(&range) {
            return Some(TableRoute { range, to: to.as_deref(), origin: Origin::Static });
        }
        for (id, reference) in &self.prefix_list_references {
            if prefix_list::find(network, id).is_some_and(|list| list.entries().contains_key(&range)) {
                let to = reference.target.as_deref();
                return Some(TableRoute { range, to, origin: Origin::PrefixList(id) });
            }
        }
        let to = self.propagated.get(&range)?;
        Some(TableRoute { range, to: Some(to), origin: Origin::Propagated })
    }

    /// Lists the attachments that a route's packets are spread over: mostly the one that it leads to.
    pub fn targets<'w>(&'w self, network: &'w Network, route: &'w TableRoute) -> Vec<Attachment<'w>> {
        let find = |id: &'w str| attachment::find(network, &self.transit_gateway, id);
        let Some(first) = route.to.and_then(find) else { return Vec::new() };
        let spreads = route.origin == Origin::Propagated && self.spreads(network, first.resource_type());
        let others = self.propagated.beside(&route.range).filter(|_| spreads);
        std::iter::once(first).chain(others.filter_map(|id| find(id))).collect()
    }

    /// Tells whether routes of one prefix over several attachments of a kind share the load ("How transit gateways
    /// work", equal cost multipath routing); paths are taken to be alike.
    fn spreads(&self, network: &Network, kind: ResourceType) -> bool {
        match kind {
            ResourceType::DirectConnectGateway | ResourceType::Connect => true,
            ResourceType::Vpn => {
                let gateway = network.transit_gateways.get(&self.transit_gateway);
                gateway.is_some_and(|it| it.options.vpn_ecmp_support.is_on())
            }
            ResourceType::Vpc | ResourceType::NetworkFunction | ResourceType::Peering => false,
        }
    }

    /// Finds the route that a packet to an address follows.
    pub fn longest<'w>(&'w self, network: &'w Network, address: IpAddr) -> Option<TableRoute<'w>> {
        let most = if address.is_ipv4() { 32 } else { 128 };
        let around = (0..=most).rev().filter_map(|len| IpNet::new(address, len).ok()).map(|net| net.trunc());
        around.into_iter().find_map(|range| self.route(network, &range))
    }
}

/// Counts the routes of a transit gateway against its quota, over all tables: a prefix list by what it may have.
pub fn weight_of_gateway(network: &Network, gateway: &str) -> usize {
    let tables = network.transit_gateway_route_tables.under(&Key::TransitGateway(gateway.to_owned()));
    let weight = |table: &TransitGatewayRouteTable| {
        let listed: usize = table.prefix_list_references.keys().map(|id| prefix_list::weight(network, id)).sum();
        table.static_routes.len() + table.propagated.len() + listed
    };
    tables.map(weight).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::Bench;

    const HUB: &str = "111111111111";

    #[test]
    fn the_list_of_routes_and_the_search_by_destination_agree() {
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway(HUB);
        let table = bench.transit_gateway_route_table(HUB, &gateway);
        for range in ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"] {
            let vpc = bench.vpc(HUB, range);
            let attachment = bench.attachment(HUB, &gateway, &vpc);
            bench.wait();
            bench.propagate(HUB, &table, &attachment);
        }
        let lists = [["10.1.0.0/16", "10.3.0.0/16"], ["10.3.0.0/16", "10.2.0.0/16"]];
        for ranges in lists {
            let list = bench.prefix_list(HUB, &ranges, 2);
            let asked = json!({"TransitGatewayRouteTableId": table, "PrefixListId": list, "Blackhole": true});
            bench.ec2(HUB, "CreateTransitGatewayPrefixListReference", asked);
        }
        for range in ["10.2.0.0/16", "10.4.0.0/16"] {
            let asked = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": range, "Blackhole": true});
            bench.ec2(HUB, "CreateTransitGatewayRoute", asked);
        }
        let network = &bench.sandbox.world.network;
        let table = network.transit_gateway_route_tables.get(&table).unwrap();
        let mut routes = table.routes(network);
        routes.sort_by_key(|route| route.range);
        let ranges: Vec<String> = routes.iter().map(|route| route.range.to_string()).collect();
        assert_eq!(ranges, ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"]);
        for route in routes {
            let found = table.route(network, &route.range).unwrap();
            assert_eq!((found.to, found.origin), (route.to, route.origin), "{}", route.range);
            let followed = table.longest(network, route.range.addr()).unwrap();
            assert_eq!((followed.to, followed.origin), (route.to, route.origin), "{}", route.range);
        }
    }
}
