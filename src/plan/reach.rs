//! Does what is in place carry traffic where the intent says? Looks at the routes themselves, on both sides.
//!
//! A propagation can be enabled and its route be missing all the same: a static or blackhole route of the same range goes
//! before it, and a range that overlaps another's propagated one gets no route ("How transit gateways work", route
//! evaluation order and overlap). And a more specific route in a member's own table goes before the one to the hub.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Attached, AttachedKey, AttachmentId, Cidr, Destination, HubName, Key, Problem, Progress, PropagationKey, Reached,
    RouteState, RouteTableId, RouteVia, StaticRouteKey, TableKey, Target, TransitGatewayRoute, VpcKey,
};

use super::draft::Draft;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    let recent = draft.wrote_recently();
    for (table, reach) in &want.reach {
        hub_side(draft, table, reach, recent);
        bypassed(draft, table, reach);
        unexpected(draft, table);
    }
    member_side(draft);
    firewalls(draft);
}

/// Looks in a segment's table for the route of each range whose propagation or static route is in place.
fn hub_side(draft: &mut Draft<'_>, table: &TableKey, reach: &BTreeSet<Reached>, recent: bool) {
    let Some(id) = draft.tables.get(table).and_then(|found| found.id.known().cloned()) else { return };
    let Some(inventory) = draft.hubs.get(&table.hub).map(|hub| hub.inventory) else { return };
    let Some(routes) = inventory.routes.get(&id).and_then(|list| list.known()) else { return };
    for reached in reach {
        let Some(via) = &reached.via else { continue };
        let route = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(reached.cidr) };
        let propagation = PropagationKey { table: table.clone(), of: via.clone() };
        let by_route = draft.routed.contains(&route);
        // What BGP brings, it brings when it likes.
        let is_given = reached.of.is_none() && !by_route;
        if is_given || !(by_route || draft.propagated.contains(&propagation)) {
            continue;
        }
        let at = AttachedKey { hub: table.hub.clone(), of: via.clone() };
        let Some(attachment) = draft.attachments.get(&at).and_then(|found| found.id.known().cloned()) else { continue };
        let is_declared = |within: &Cidr| {
            let key = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(*within) };
            reach.iter().any(|other| other.cidr == *within) || draft.want.static_routes.contains_key(&key)
        };
        let of = reached.of.clone().unwrap_or_else(|| via.clone());
        match carried(routes, &reached.cidr, &attachment, is_declared) {
            Carried::Yes => {}
            Carried::By(by) => {
                draft.problem(Problem::Shadowed { table: table.clone(), of, cidr: reached.cidr, by });
            }
            // AWS may not show it yet.
            Carried::No if recent => draft.pending(Key::Propagation(propagation)),
            Carried::No => draft.problem(Problem::NotRouted { table: table.clone(), of, cidr: reached.cidr }),
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

fn carried(
    routes: &[TransitGatewayRoute],
    cidr: &Cidr,
    attachment: &AttachmentId,
    is_declared: impl Fn(&Cidr) -> bool,
) -> Carried {
    let leads_there =
        |route: &&TransitGatewayRoute| route.attachments.contains(attachment) && route.state == RouteState::Active;
    let destination = |route: &TransitGatewayRoute| route.destination.cidr();
    let exact = routes.iter().find(|route| destination(route) == Some(*cidr));
    let within = routes.iter().filter(|route| !leads_there(route)).find(|route| {
        destination(route).is_some_and(|within| cidr.contains(&within) && within != *cidr && !is_declared(&within))
    });
    match (exact, within) {
        // Whatever is more specific than everything is a way of its own.
        (Some(route), _) if leads_there(&route) && cidr.is_everything() => Carried::Yes,
        (Some(route), None) if leads_there(&route) => Carried::Yes,
        (Some(route), _) if !leads_there(&route) => Carried::By(describe(route)),
        (_, Some(route)) if !cidr.is_everything() => Carried::By(describe(route)),
        (_, _) => {
            // A range that overlaps another's propagated one stays out of the table.
            let over = routes.iter().filter(|route| !route.is_static && !leads_there(route));
            let over = over.into_iter().find(|route| destination(route).is_some_and(|wide| wide.overlaps(cidr)));
            over.filter(|_| !cidr.is_everything()).map_or(Carried::No, |route| Carried::By(describe(route)))
        }
    }
}

fn describe(route: &TransitGatewayRoute) -> String {
    let destination = &route.destination;
    let kind = if route.is_static { "static" } else { "propagated" };
    match route.attachments.first() {
        Some(attachment) if route.state == RouteState::Active => format!("{kind} route {destination} to {attachment}"),
        Some(_) | None => format!("{kind} route {destination}, a blackhole"),
    }
}

/// Finds what a table learns straight, though its segment is to reach it through firewalls alone.
fn bypassed(draft: &mut Draft<'_>, table: &TableKey, reach: &BTreeSet<Reached>) {
    let Some(id) = draft.tables.get(table).and_then(|found| found.id.known().cloned()) else { return };
    let inspected: BTreeSet<&Attached> =
        reach.iter().filter(|reached| reached.via != reached.of).filter_map(|reached| reached.of.as_ref()).collect();
    for of in inspected {
        let at = AttachedKey { hub: table.hub.clone(), of: of.clone() };
        let Some(attachment) = draft.attachments.get(&at).and_then(|found| found.id.known().cloned()) else { continue };
        let live = draft.hubs.get(&table.hub).and_then(|hub| hub.live.propagations.get(&(&id, &attachment)).copied());
        if live.is_some_and(Progress::is_live) {
            draft.problem(Problem::InspectionBypassed { table: table.clone(), of: of.clone(), attachment });
        }
    }
}

/// Reports what BGP brings into a table beside what the segment that it comes from expects.
fn unexpected(draft: &mut Draft<'_>, table: &TableKey) {
    let Some(id) = draft.tables.get(table).and_then(|found| found.id.known().cloned()) else { return };
    let Some(inventory) = draft.hubs.get(&table.hub).map(|hub| hub.inventory) else { return };
    let routes = inventory.routes.get(&id).and_then(|list| list.known()).unwrap_or_default();
    for (key, segment) in draft.want.given.iter().filter(|(key, _)| key.hub == table.hub) {
        let Some(attachment) = draft.attachments.get(key).and_then(|found| found.id.known().cloned()) else { continue };
        let Some(expected) = draft.want.expected.get(segment) else { continue };
        let brought = routes.iter().filter(|route| !route.is_static && route.attachments.contains(&attachment));
        for cidr in brought.filter_map(|route| route.destination.cidr()).filter(|cidr| !cidr.is_covered_by(expected)) {
            let (segment, table, attachment) = (segment.clone(), table.clone(), attachment.clone());
            draft.problem(Problem::UnexpectedRange { segment, table, attachment, cidr });
        }
    }
}

/// Looks for more specific routes in the members' tables that take away a range which the member shall reach.
fn member_side(draft: &mut Draft<'_>) {
    let want = draft.want;
    let mut declared: BTreeMap<(&VpcKey, &RouteTableId), (&HubName, Vec<Cidr>)> = BTreeMap::new();
    for (key, hub) in &want.vpc_routes {
        let ranges = declared.entry((&key.vpc, &key.table)).or_insert((hub, Vec::new()));
        ranges.1.extend(key.destination.cidr());
    }
    for ((member, table), (hub, destinations)) in declared {
        let Some(segment) = want.members.get(member) else { continue };
        // Where the hub is not there, each route to it would look like one to somewhere else.
        let Some(gateway) = draft.hubs.get(hub).and_then(|hub| hub.gateway.id.known().cloned()) else { continue };
        let reach = want.reach.get(&TableKey { hub: hub.clone(), segment: segment.clone() });
        let inventory = draft.seen.members.get(&member.scope()).and_then(|owner| owner.route_tables.known());
        let Some(live) = inventory.unwrap_or_default().iter().find(|live| live.id == *table) else { continue };
        for route in &live.routes {
            let Destination::Cidr(destination) = route.destination else { continue };
            let target = match &route.target {
                Target::Local => continue,
                Target::TransitGateway(id) if *id == gateway => continue,
                Target::TransitGateway(id) => id.to_string(),
                Target::Other(id) => id.clone(),
            };
            if !destinations.iter().any(|wide| wide.contains(&destination) && *wide != destination) {
                continue;
            }
            let others = reach.into_iter().flatten().filter(|reached| !is_of(reached, member));
            // Every way out is more specific than the way to the internet.
            let hit = others.filter(|reached| !reached.cidr.is_everything()).find(|it| it.cidr.overlaps(&destination));
            if let Some(reached) = hit {
                draft.problem(Problem::RouteShadowed {
                    vpc: member.clone(),
                    table: table.clone(),
                    destination: destination.to_string(),
                    target,
                    reaches: reached.of.clone(),
                });
            }
        }
    }
}

fn is_of(reached: &Reached, member: &VpcKey) -> bool {
    reached.of.as_ref().and_then(|of| of.vpc()) == Some(member)
}

/// Looks in the VPCs that firewalls stand in for the way back: some table has to lead what the firewalls answer to the hub.
/// These tables are others' to write.
fn firewalls(draft: &mut Draft<'_>) {
    let want = draft.want;
    let vias: BTreeSet<(&HubName, &VpcKey)> = want
        .static_routes
        .iter()
        .filter_map(|(key, route)| match &route.via {
            RouteVia::Attachment(Attached::Vpc(vpc)) if is_firewall(draft, &key.table.hub, vpc) => {
                Some((&key.table.hub, vpc))
            }
            RouteVia::Attachment(_) | RouteVia::Blackhole => None,
        })
        .collect();
    for (hub, vpc) in vias {
        let Some(gateway) = draft.hubs.get(hub).and_then(|hub| hub.gateway.id.known().cloned()) else { continue };
        let Some(segment) = want.members.get(vpc) else { continue };
        let Some(reach) = want.reach.get(&TableKey { hub: hub.clone(), segment: segment.clone() }) else { continue };
        let owner = draft.seen.members.get(&vpc.scope()).and_then(|owner| owner.route_tables.known());
        let Some(tables) = owner else { continue };
        let back: Vec<Cidr> = tables
            .iter()
            .filter(|table| table.vpc == vpc.vpc)
            .flat_map(|table| &table.routes)
            .filter(|route| route.target == Target::TransitGateway(gateway.clone()))
            .filter_map(|route| route.destination.cidr())
            .collect();
        let lacking = reach.iter().map(|reached| reached.cidr).filter(|cidr| !cidr.is_covered_by(&back));
        let cidrs: BTreeSet<Cidr> = lacking.collect();
        if !cidrs.is_empty() {
            draft.problem(Problem::InspectionReturn { vpc: vpc.clone(), cidrs: cidrs.into_iter().collect() });
        }
    }
}

fn is_firewall(draft: &Draft<'_>, hub: &HubName, vpc: &VpcKey) -> bool {
    let key = crate::model::AttachmentKey { hub: hub.clone(), vpc: vpc.clone() };
    draft.want.attachments.get(&key).is_some_and(|wanted| wanted.options.appliance_mode)
}
