//! Routes of VPCs that lead to a hub and that nothing declares.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::WriteCall;
use crate::model::{
    Cidr, HubName, Key, ListId, Route, RouteTable, Target, TransitGatewayId, Unmanaged, VpcKey, VpcRouteKey,
};

use super::{all_vpcs_known, departed};
use crate::plan::draft::Draft;
use crate::plan::removal::{self, Removal};

/// Lists the routes of entered accounts that lead to a hub and that nothing declares. Where some account's VPCs are not known,
/// a route may lead to them.
pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    if !all_vpcs_known(draft) {
        return;
    }
    let gateways: BTreeMap<TransitGatewayId, HubName> =
        draft.hubs.iter().filter_map(|(name, hub)| Some((hub.gateway.id.known()?.clone(), name.clone()))).collect();
    for (scope, member) in &draft.seen.members {
        for table in member.route_tables.known().unwrap_or_default() {
            let vpc = VpcKey { account: scope.account.clone(), region: scope.region.clone(), vpc: table.vpc.clone() };
            // One that is shared with the account is its owner's, and a frozen one is left alone.
            let own = member.vpcs.known().unwrap_or_default().iter();
            let own = own.into_iter().any(|seen| seen.id == vpc.vpc && seen.owner == vpc.account);
            // And the tables around firewalls are others' to write: what leads back to the hub there belongs there.
            if !own || want.frozen.contains(&vpc) || is_firewalls(draft, &vpc) {
                continue;
            }
            for route in &table.routes {
                let Target::TransitGateway(gateway) = &route.target else { continue };
                let Some(hub) = gateways.get(gateway) else { continue };
                vpc_route(draft, hub, &vpc, table, route, gateway);
            }
        }
    }
}

/// Tells whether a VPC sends something to a hub by our doing.
pub(super) fn sends_by_us(draft: &Draft<'_>, vpc: &VpcKey, gateway: &TransitGatewayId) -> bool {
    let mut routes = draft.seen.routes_to(vpc, gateway);
    routes.any(|(table, route)| draft.wrote(&Key::VpcRoute(key(vpc, table, route)), gateway.as_str()))
}

/// Lists where routes of ours lead to that nothing declares any more.
pub(super) fn undeclared_of_ours(draft: &Draft<'_>) -> BTreeSet<Cidr> {
    let mut ranges = BTreeSet::new();
    for (scope, member) in &draft.seen.members {
        for table in member.route_tables.known().unwrap_or_default() {
            let vpc = VpcKey { account: scope.account.clone(), region: scope.region.clone(), vpc: table.vpc.clone() };
            for route in &table.routes {
                let (Some(gateway), Some(to)) = (route.target.gateway(), route.destination.cidr()) else { continue };
                let key = key(&vpc, table, route);
                if !draft.want.vpc_routes.contains_key(&key) && draft.wrote(&Key::VpcRoute(key), gateway.as_str()) {
                    ranges.insert(to);
                }
            }
        }
    }
    ranges
}

fn key(vpc: &VpcKey, table: &RouteTable, route: &Route) -> VpcRouteKey {
    VpcRouteKey { vpc: vpc.clone(), table: table.id.clone(), destination: route.destination.clone() }
}

fn is_firewalls(draft: &Draft<'_>, vpc: &VpcKey) -> bool {
    let mut attachments = draft.want.attachments.iter();
    attachments.any(|(key, wanted)| key.vpc == *vpc && wanted.options.appliance_mode)
}

fn vpc_route(
    draft: &mut Draft<'_>,
    hub: &HubName,
    vpc: &VpcKey,
    table: &RouteTable,
    route: &Route,
    gateway: &TransitGatewayId,
) {
    let key = key(vpc, table, route);
    if draft.want.vpc_routes.contains_key(&key) {
        return;
    }
    let thing =
        Unmanaged::VpcRoute { vpc: vpc.clone(), table: table.id.clone(), destination: route.destination.to_string() };
    let this = Key::VpcRoute(key);
    if !draft.wrote(&this, gateway.as_str()) {
        return draft.undeclared(thing, false);
    }
    let mut evidence = removal::of_route(draft);
    evidence.insert(ListId::RouteTables(vpc.scope()));
    let call = WriteCall::DeleteRoute { route_table: table.id.clone(), destination: route.destination.clone() };
    let removal = Removal {
        segment: draft.want.members.get(vpc).cloned(),
        departed: departed(draft, hub, vpc),
        ..Removal::new(this, vpc.scope(), call, thing, evidence)
    };
    removal::remove(draft, removal);
}
