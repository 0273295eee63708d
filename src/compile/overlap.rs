//! Overlapping ranges: found before anything is changed.
//!
//! Where two VPCs with overlapping ranges meet in one segment's view, whoever sends there reaches one of them, and
//! AWS decides which: an attachment whose range is propagated already keeps it. Both propagations are withheld, as
//! they are, until a person decides.

use std::collections::BTreeSet;

use crate::intent::Intent;
use crate::model::{Cidr, HubName, Problem, PropagationKey, SegmentName, Snapshot, TableKey, Topology, Vpc, VpcKey};

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    for (hub, settings) in &intent.hubs {
        for segment in intent.segments.keys() {
            let reached: BTreeSet<VpcKey> = members(topology, |of| intent.connected(segment, of))
                .filter(|vpc| vpc.region == settings.region)
                .cloned()
                .collect();
            if reached.is_empty() {
                continue;
            }
            let own = members(topology, |of| of == segment).filter(|vpc| vpc.region == settings.region);
            let in_view: BTreeSet<VpcKey> = own.cloned().chain(reached.iter().cloned()).collect();
            for (one, other) in overlaps(seen, &in_view) {
                report(hub, segment, &reached, one, other, topology);
            }
        }
    }
}

fn members(topology: &Topology, which: impl Fn(&SegmentName) -> bool) -> impl Iterator<Item = &VpcKey> {
    topology.members.iter().filter(move |(_, segment)| which(segment)).map(|(vpc, _)| vpc)
}

type Range = (Cidr, VpcKey);

/// Two VPCs of the same closed segment never meet: only a pair of which one is reached counts.
fn report(
    hub: &HubName,
    segment: &SegmentName,
    reached: &BTreeSet<VpcKey>,
    one: Range,
    other: Range,
    topology: &mut Topology,
) {
    let table = TableKey { hub: hub.clone(), segment: segment.clone() };
    let mut counts = false;
    for vpc in [&one.1, &other.1].into_iter().filter(|vpc| reached.contains(*vpc)) {
        counts = true;
        let key = PropagationKey { table: table.clone(), vpc: vpc.clone() };
        topology.propagations.remove(&key);
        topology.withheld.insert(key);
    }
    if counts {
        let (one, other) = if one.1 <= other.1 { (one, other) } else { (other, one) };
        topology.problems.push(Problem::Overlap {
            hub: hub.clone(),
            one: one.1,
            one_cidr: one.0,
            other: other.1,
            other_cidr: other.0,
        });
    }
}

/// Finds every pair of overlapping ranges of different VPCs.
///
/// Two ranges either nest or have nothing in common, so in order of first address the ranges that hold the present
/// one form a stack.
fn overlaps(seen: &Snapshot, vpcs: &BTreeSet<VpcKey>) -> Vec<(Range, Range)> {
    let mut ranges: Vec<Range> = vpcs
        .iter()
        .filter_map(|key| Some((key, vpc(seen, key)?)))
        .flat_map(|(key, vpc)| vpc.cidrs.iter().map(move |cidr| (*cidr, key.clone())))
        .collect();
    ranges.sort();
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
