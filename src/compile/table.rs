//! The tables: one for each segment on each hub that it stands on, whether the segment has VPCs yet or not.

use crate::intent::Intent;
use crate::model::{TableKey, Topology, WantedTable};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for hub in intent.hubs.keys() {
        for (name, segment) in intent.segments.iter().filter(|(name, _)| intent.stands_on(name, hub)) {
            let wanted = match segment.adopted_tables.get(hub) {
                Some(id) => WantedTable::Adopted(id.clone()),
                None => WantedTable::Made,
            };
            topology.tables.insert(TableKey { hub: hub.clone(), segment: name.clone() }, wanted);
        }
    }
}
