//! Does what is in place carry traffic where the intent says? Looks at the routes themselves, on both sides.
//!
//! A propagation can be enabled and its route be missing all the same: a static or blackhole route of the same range goes
//! before it, and a range that overlaps another's propagated one gets no route ("How transit gateways work", route
//! evaluation order and overlap). And a more specific route in a member's own table goes before the one to the hub.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    AttachmentId, AttachmentKey, Cidr, Destination, HubName, Key, Problem, PropagationKey, RouteState, RouteTableId,
    SegmentName, Target, TransitGatewayRoute, Vpc, VpcKey,
};

use super::draft::Draft;

pub(super) fn compare(draft: &mut Draft<'_>) {
    hub_side(draft);
    member_side(draft);
}

/// Looks for the route of each range that a propagation in place should have brought.
fn hub_side(draft: &mut Draft<'_>) {
    let recent = draft.wrote_recently();
    for key in draft.propagated.clone() {
        let of = AttachmentKey { hub: key.table.hub.clone(), vpc: key.vpc.clone() };
        let (Some(found), Some(table)) = (draft.attachments.get(&of), draft.tables.get(&key.table)) else { continue };
        let (Some(attachment), Some(table)) = (found.id.known().cloned(), table.id.known().cloned()) else { continue };
        let Some((inventory, _)) = draft.hubs.get(&key.table.hub) else { continue };
        let Some(routes) = inventory.routes.get(&table).and_then(|list| list.known()) else { continue };
        for cidr in routed(draft, &key.vpc) {
            match carried(routes, &cidr, &attachment) {
                Carried::Yes => {}
                Carried::By(by) => {
                    draft.problem(Problem::Shadowed { table: key.table.clone(), vpc: key.vpc.clone(), cidr, by });
                }
                // AWS may not show it yet.
                Carried::No if recent => draft.pending(Key::Propagation(key.clone())),
                Carried::No => {
                    draft.problem(Problem::NotRouted { table: key.table.clone(), vpc: key.vpc.clone(), cidr });
                }
            }
        }
    }
}

/// How a table treats a range.
enum Carried {
    Yes,
    /// Another route takes it, or a part of it.
    By(String),
    No,
}

fn carried(routes: &[TransitGatewayRoute], cidr: &Cidr, attachment: &AttachmentId) -> Carried {
    let leads_there =
        |route: &&TransitGatewayRoute| route.attachments.contains(attachment) && route.state == RouteState::Active;
    let destination = |route: &TransitGatewayRoute| match route.destination {
        Destination::Cidr(destination) => Some(destination),
        Destination::PrefixList(_) => None,
    };
    let exact = routes.iter().find(|route| destination(route) == Some(*cidr));
    let within = routes.iter().filter(|route| !leads_there(route)).find(|route| {
        destination(route).is_some_and(|destination| cidr.contains(&destination) && destination != *cidr)
    });
    match (exact, within) {
        (Some(route), None) if leads_there(&route) => Carried::Yes,
        (Some(route), _) if !leads_there(&route) => Carried::By(describe(route)),
        (_, Some(route)) => Carried::By(describe(route)),
        (_, None) => {
            // A range that overlaps another's propagated one stays out of the table.
            let over = routes.iter().filter(|route| !route.is_static && !leads_there(route));
            let over = over.into_iter().find(|route| destination(route).is_some_and(|wide| wide.overlaps(cidr)));
            over.map_or(Carried::No, |route| Carried::By(describe(route)))
        }
    }
}

fn describe(route: &TransitGatewayRoute) -> String {
    let destination = match &route.destination {
        Destination::Cidr(destination) => destination.to_string(),
        Destination::PrefixList(list) => list.clone(),
    };
    let kind = if route.is_static { "static" } else { "propagated" };
    match route.attachments.first() {
        Some(attachment) if route.state == RouteState::Active => format!("{kind} route {destination} to {attachment}"),
        Some(_) | None => format!("{kind} route {destination}, a blackhole"),
    }
}

/// Looks for more specific routes in the members' tables that take away a range which the member shall reach.
fn member_side(draft: &mut Draft<'_>) {
    let want = draft.want;
    let mut declared: BTreeMap<(&VpcKey, &RouteTableId), (&HubName, Vec<Cidr>)> = BTreeMap::new();
    for (key, hub) in &want.vpc_routes {
        declared.entry((&key.vpc, &key.table)).or_insert((hub, Vec::new())).1.push(key.destination);
    }
    let reached = reached(draft);
    for ((member, table), (hub, destinations)) in declared {
        let (Some(segment), Some(gateway)) = (want.members.get(member), want.hubs.get(hub).map(|hub| &hub.gateway))
        else {
            continue;
        };
        let inventory = draft.seen.members.get(&member.scope()).and_then(|owner| owner.route_tables.known());
        let Some(live) = inventory.unwrap_or_default().iter().find(|live| live.id == *table) else { continue };
        for route in &live.routes {
            let Destination::Cidr(destination) = route.destination else { continue };
            let target = match &route.target {
                Target::Local => continue,
                Target::TransitGateway(id) if id == gateway => continue,
                Target::TransitGateway(id) => id.to_string(),
                Target::Other(id) => id.clone(),
            };
            if !destinations.iter().any(|wide| wide.contains(&destination) && *wide != destination) {
                continue;
            }
            let of_segment = reached.get(&(hub, segment)).into_iter().flatten();
            let hit = of_segment.filter(|(vpc, _)| vpc != member).find(|(_, cidr)| cidr.overlaps(&destination));
            if let Some((vpc, _)) = hit {
                draft.problem(Problem::RouteShadowed {
                    vpc: member.clone(),
                    table: table.clone(),
                    destination: destination.to_string(),
                    target,
                    reaches: vpc.clone(),
                });
            }
        }
    }
}

/// Returns for each segment on each hub the ranges that it shall reach.
fn reached<'a>(draft: &Draft<'a>) -> BTreeMap<(&'a HubName, &'a SegmentName), BTreeSet<(VpcKey, Cidr)>> {
    let mut reached: BTreeMap<_, BTreeSet<(VpcKey, Cidr)>> = BTreeMap::new();
    for PropagationKey { table, vpc } in &draft.want.propagations {
        let ranges = routed(draft, vpc).into_iter().map(|cidr| (vpc.clone(), cidr));
        reached.entry((&table.hub, &table.segment)).or_default().extend(ranges);
    }
    reached
}

/// Returns the ranges of a VPC that its attachment carries.
fn routed(draft: &Draft<'_>, key: &VpcKey) -> Vec<Cidr> {
    let vpcs = draft.seen.members.get(&key.scope()).and_then(|member| member.vpcs.known()).unwrap_or_default();
    let ipv6 = draft.want.attachments.values().any(|wanted| wanted.vpc == *key && wanted.options.ipv6);
    let Some(Vpc { cidrs, .. }) = vpcs.iter().find(|vpc| vpc.id == key.vpc) else { return Vec::new() };
    cidrs.iter().copied().filter(|cidr| ipv6 || !cidr.is_ipv6()).collect()
}
