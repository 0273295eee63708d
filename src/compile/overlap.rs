//! Overlapping ranges: found before anything is changed.
//!
//! Where two VPCs with overlapping ranges meet in one segment's view, whoever sends there reaches one of them, and
//! AWS decides which: an attachment whose range is propagated already keeps it. Both ways are withheld, as they are, until a
//! person decides.

use std::collections::BTreeSet;

use crate::intent::Intent;
use crate::model::{
    Attached, Cidr, Destination, HubName, Problem, PropagationKey, RoutePurpose, Snapshot, StaticRouteKey, TableKey,
    Topology, Vpc, VpcKey,
};

use super::reach::routed;

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    let views: Vec<TableKey> = topology.reach.keys().cloned().collect();
    for table in views {
        let reached: BTreeSet<Range> = topology.reach[&table]
            .iter()
            .filter_map(|reached| Some((reached.cidr, reached.of.as_ref()?.vpc()?.clone())))
            .collect();
        if reached.is_empty() {
            continue;
        }
        let own = own(intent, seen, topology, &table);
        let in_view: BTreeSet<Range> = own.into_iter().chain(reached.iter().cloned()).collect();
        for (one, other) in overlaps(in_view) {
            withhold(&table, &reached, one, other, topology);
        }
    }
}

type Range = (Cidr, VpcKey);

/// Returns the ranges of a segment's own VPCs on a hub.
fn own(intent: &Intent, seen: &Snapshot, topology: &Topology, table: &TableKey) -> BTreeSet<Range> {
    let Some(segment) = intent.segments.get(&table.segment) else { return BTreeSet::new() };
    let members = topology.attachments.iter();
    let members = members.filter(|(key, wanted)| key.hub == table.hub && wanted.segment == table.segment);
    members
        .flat_map(|(key, _)| routed(intent, segment, seen, &key.vpc).into_iter().map(|cidr| (cidr, key.vpc.clone())))
        .collect()
}

/// Two VPCs of the same closed segment never meet: only a pair of which one is reached counts.
fn withhold(table: &TableKey, reached: &BTreeSet<Range>, one: Range, other: Range, topology: &mut Topology) {
    let mut counts = false;
    for range in [&one, &other].into_iter().filter(|range| reached.contains(*range)) {
        counts = true;
        let propagation = PropagationKey { table: table.clone(), of: Attached::from(&range.1) };
        if topology.propagations.remove(&propagation) {
            topology.withheld.insert(propagation);
        }
        let route = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(range.0) };
        // A route that the file declares is a person's decision.
        let decided = topology.static_routes.get(&route).is_some_and(|route| route.purpose == RoutePurpose::Declared);
        if !decided && topology.static_routes.remove(&route).is_some() {
            topology.withheld_routes.insert(route);
        }
    }
    if counts {
        report(&table.hub, one, other, topology);
    }
}

fn report(hub: &HubName, one: Range, other: Range, topology: &mut Topology) {
    let (one, other) = if one.1 <= other.1 { (one, other) } else { (other, one) };
    topology.problems.push(Problem::Overlap {
        hub: hub.clone(),
        one: one.1,
        one_cidr: one.0,
        other: other.1,
        other_cidr: other.0,
    });
}

/// Finds every pair of overlapping ranges of different VPCs.
///
/// Two ranges either nest or have nothing in common, so in order of first address the ranges that hold the present
/// one form a stack.
fn overlaps(ranges: BTreeSet<Range>) -> Vec<(Range, Range)> {
    let mut found = Vec::new();
    let mut holding: Vec<Range> = Vec::new();
    for range in ranges {
        while holding.last().is_some_and(|outer| !outer.0.contains(&range.0)) {
            holding.pop();
        }
        found.extend(holding.iter().filter(|outer| outer.1 != range.1).map(|outer| (outer.clone(), range.clone())));
        holding.push(range);
    }
    found
}

/// Finds a VPC in the snapshot.
pub(super) fn vpc<'a>(seen: &'a Snapshot, key: &VpcKey) -> Option<&'a Vpc> {
    let vpcs = seen.members.get(&key.scope())?.vpcs.known()?;
    vpcs.iter().find(|vpc| vpc.id == key.vpc)
}
