//! The static routes of the segments' tables: those that the file declares, and those that `inspect`, `egress` and
//! `routing: static` come to.
//!
//! What is declared and cannot be led anywhere for now is withheld: neither made, nor taken for undeclared where it stands.

use std::collections::BTreeMap;

use crate::intent::{DeclaredRoute, Intent, Via};
use crate::model::{
    Attached, AttachmentKey, Destination, Problem, PropagationKey, Reached, RoutePurpose, RouteVia, Scope, Snapshot,
    StaticRouteKey, TableKey, Topology, VpcKey, WantedStaticRoute,
};

use super::reach::{Way, Ways};

pub(super) fn compile(intent: &Intent, seen: &Snapshot, ways: &Ways, topology: &mut Topology) {
    let mut routes = Routes { topology, wanted: BTreeMap::new() };
    for (table, reach) in ways {
        reach.iter().for_each(|(reached, way)| routes.lead(table, reached, *way));
    }
    for route in &intent.routes {
        routes.declare(intent, seen, route);
    }
    let Routes { topology, wanted } = routes;
    topology.static_routes = wanted.into_iter().map(|(key, (route, _))| (key, route)).collect();
}

/// The static routes as they come together, each with what its range is of.
struct Routes<'a> {
    topology: &'a mut Topology,
    wanted: BTreeMap<StaticRouteKey, (WantedStaticRoute, Option<Attached>)>,
}

impl Routes<'_> {
    /// Adds the route that a way to a range needs, if it needs one.
    fn lead(&mut self, table: &TableKey, reached: &Reached, way: Way) {
        let key = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(reached.cidr) };
        let purpose = match (way, &reached.via) {
            // BGP decides which of several attachments carries it.
            (Way::Straight, None) => return,
            (Way::Straight, Some(via)) => {
                let propagation = PropagationKey { table: table.clone(), of: via.clone() };
                if self.topology.propagations.contains(&propagation) {
                    return;
                }
                RoutePurpose::Connect
            }
            (Way::Inspected, _) => RoutePurpose::Inspect,
            (Way::Out, _) => RoutePurpose::Egress,
        };
        let Some(via) = &reached.via else {
            self.withhold(key);
            return;
        };
        if self.topology.withheld_routes.contains(&key) {
            return;
        }
        let via = RouteVia::Attachment(via.clone());
        match self.wanted.get(&key) {
            // Two VPCs with one range are an overlap, and reported as that.
            Some((_, Some(_))) if reached.of.is_some() => {}
            Some((other, _)) if other.via != via => {
                let other = other.via.clone();
                return self.collide(key, &via, &other);
            }
            Some(_) | None => {}
        }
        self.wanted.insert(key, (WantedStaticRoute { via, purpose }, reached.of.clone()));
    }

    /// Adds a route that the file declares. Where it and the rest of the file want different things, neither is done; where the
    /// rest cannot tell what it wants, the route decides.
    fn declare(&mut self, intent: &Intent, seen: &Snapshot, route: &DeclaredRoute) {
        let table = TableKey { hub: route.hub.clone(), segment: route.segment.clone() };
        let key = StaticRouteKey { table, destination: route.to.clone() };
        let via = match &route.via {
            Via::Blackhole => RouteVia::Blackhole,
            Via::AttachmentOf { account, vpc } => {
                let Some(hub) = intent.hubs.get(&route.hub) else { return };
                let Scope { account, region } = Scope::new(account, &hub.region);
                let vpc = VpcKey { account, region, vpc: vpc.clone() };
                let attachment = AttachmentKey { hub: route.hub.clone(), vpc: vpc.clone() };
                if !self.topology.attachments.contains_key(&attachment) {
                    if is_seen(seen, &vpc) {
                        let (route, target) = (key.clone(), vpc.to_string());
                        self.topology.problems.push(Problem::RouteTargetMissing { route, target });
                    }
                    return self.withhold(key);
                }
                RouteVia::Attachment(Attached::Vpc(vpc))
            }
        };
        match self.wanted.get(&key) {
            Some((other, _)) if other.via != via => {
                let other = other.via.clone();
                self.collide(key, &via, &other);
            }
            Some(_) | None => {
                self.topology.withheld_routes.remove(&key);
                let settled =
                    |problem: &Problem| matches!(problem, Problem::RoutesCollide { route, .. } if *route == key);
                self.topology.problems.retain(|problem| !settled(problem));
                self.wanted.insert(key, (WantedStaticRoute { via, purpose: RoutePurpose::Declared }, None));
            }
        }
    }

    fn collide(&mut self, key: StaticRouteKey, one: &RouteVia, other: &RouteVia) {
        let (one, other) = (words(one), words(other));
        self.topology.problems.push(Problem::RoutesCollide { route: key.clone(), one, other });
        self.withhold(key);
    }

    fn withhold(&mut self, key: StaticRouteKey) {
        self.wanted.remove(&key);
        self.topology.withheld_routes.insert(key);
    }
}

/// Tells whether a VPC would be known if it were there: its account is not entered at all, or its list was read.
fn is_seen(seen: &Snapshot, vpc: &VpcKey) -> bool {
    let unread = seen.members.get(&vpc.scope()).is_some_and(|member| member.vpcs.known().is_none());
    seen.accounts.known().is_some() && !unread
}

fn words(via: &RouteVia) -> String {
    match via {
        RouteVia::Attachment(at) => at.to_string(),
        RouteVia::Blackhole => "blackhole".to_owned(),
    }
}
