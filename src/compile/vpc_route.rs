//! The routes in the members' own tables: what they send to the hub.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{Intent, Segment, Tables};
use crate::model::{Cidr, Problem, RouteTable, SegmentName, Snapshot, Topology, VpcKey, VpcRouteKey};

use super::membership::carries;
use super::overlap::vpc;

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    let mut wanted = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, segment) in &intent.segments {
        let reached = reached(intent, seen, topology, name);
        problems.extend(not_covered(name, segment, &reached, topology));
        let members = topology.members.iter().filter(|(_, of)| *of == name).map(|(vpc, _)| vpc);
        for member in members {
            // With several hubs in a region the first is the one that is routed to.
            let Some((hub, _)) = intent.hubs_in(&member.region).next() else { continue };
            let Some(tables) = tables(segment, seen, member) else { continue };
            if tables.is_empty() {
                problems.push(Problem::NoTableTagged { vpc: member.clone() });
            }
            let own: Vec<Cidr> = vpc(seen, member).map(|vpc| vpc.cidrs.clone()).unwrap_or_default();
            for destination in destinations(segment, &reached, member) {
                // What lies within the VPC's own ranges stays in the VPC: its local routes carry it.
                if own.iter().any(|cidr| cidr.contains(&destination)) {
                    continue;
                }
                for table in &tables {
                    let key = VpcRouteKey { vpc: member.clone(), table: table.id.clone(), destination };
                    wanted.insert(key, hub.clone());
                }
            }
        }
    }
    topology.vpc_routes = wanted;
    topology.problems.extend(problems);
}

/// Returns the VPCs that a segment reaches, with those of their ranges that are routed.
fn reached(
    intent: &Intent,
    seen: &Snapshot,
    topology: &Topology,
    segment: &SegmentName,
) -> BTreeMap<VpcKey, Vec<Cidr>> {
    let ipv6 = intent.attach.as_ref().is_some_and(|attach| attach.ipv6);
    topology
        .members
        .iter()
        .filter(|(_, of)| intent.connected(segment, of))
        .filter_map(|(key, _)| Some((key, vpc(seen, key)?)))
        .map(|(key, vpc)| (key.clone(), vpc.cidrs.iter().copied().filter(|cidr| ipv6 || !cidr.is_ipv6()).collect()))
        .collect()
}

/// Returns what a member's tables send to the hub: what the file says, or else just what there is to reach.
fn destinations(segment: &Segment, reached: &BTreeMap<VpcKey, Vec<Cidr>>, member: &VpcKey) -> BTreeSet<Cidr> {
    match &segment.spoke_routes {
        Some(routes) => routes.cidrs.clone(),
        None => reached.iter().filter(|(vpc, _)| *vpc != member).flat_map(|(_, cidrs)| cidrs).copied().collect(),
    }
}

/// Returns the member's tables that are to carry the routes; none when its tables are not known.
fn tables<'a>(segment: &Segment, seen: &'a Snapshot, member: &VpcKey) -> Option<Vec<&'a RouteTable>> {
    let tables = seen.members.get(&member.scope())?.route_tables.known()?;
    let chosen = |table: &&RouteTable| match segment.spoke_routes.as_ref().map(|routes| &routes.tables) {
        None | Some(Tables::All) => true,
        Some(Tables::Tagged(tags)) => carries(&table.tags, tags),
    };
    Some(tables.iter().filter(|table| table.vpc == member.vpc && !table.is_edge).filter(chosen).collect())
}

/// Finds what the segment shall reach and its members' tables do not send to the hub.
fn not_covered(
    name: &SegmentName,
    segment: &Segment,
    reached: &BTreeMap<VpcKey, Vec<Cidr>>,
    topology: &Topology,
) -> Vec<Problem> {
    // A VPC whose ranges overlap another's is not to be reached anyway, and reported for that.
    let withheld = |vpc: &VpcKey| topology.withheld.iter().any(|key| key.vpc == *vpc && key.table.segment == *name);
    let Some(routes) = &segment.spoke_routes else { return Vec::new() };
    let sent: Vec<Cidr> = routes.cidrs.iter().copied().collect();
    reached
        .iter()
        .filter(|(vpc, _)| !withheld(vpc))
        .flat_map(|(vpc, cidrs)| cidrs.iter().map(move |cidr| (vpc, cidr)))
        .filter(|(_, cidr)| !cidr.is_covered_by(&sent))
        .map(|(vpc, cidr)| Problem::NotCovered { segment: name.clone(), reaches: vpc.clone(), cidr: *cidr })
        .collect()
}
