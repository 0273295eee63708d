//! The propagations: into each segment's table, the attachments that it sends to by themselves.
//!
//! A segment whose routing is static propagates nowhere. And a firewall's segment learns whoever it answers to, since what
//! comes back from the firewalls is sent on by their table.

use std::collections::BTreeSet;

use crate::intent::{Intent, Routing};
use crate::model::{AttachedKey, PropagationKey, SegmentName, TableKey, Topology};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    let associated: Vec<(AttachedKey, TableKey)> =
        topology.associations.iter().map(|(key, table)| (key.clone(), table.clone())).collect();
    for (key, table) in associated {
        let is_static = intent.segments.get(&table.segment).is_some_and(|segment| segment.routing == Routing::Static);
        if is_static {
            continue;
        }
        for segment in learners(intent, &table.segment) {
            let table = TableKey { hub: key.hub.clone(), segment };
            if topology.tables.contains_key(&table) {
                topology.propagations.insert(PropagationKey { table, of: key.of.clone() });
            }
        }
    }
}

/// Lists the segments whose tables send straight to a segment's attachments: those that it is connected with, and those
/// that inspect its traffic.
pub(super) fn learners(intent: &Intent, of: &SegmentName) -> BTreeSet<SegmentName> {
    let inspected = intent.inspect.iter().filter(|(pair, _)| pair.has(of)).map(|(_, through)| through);
    intent.reaches(of).chain(inspected).chain(intent.egress.get(of)).cloned().collect()
}
