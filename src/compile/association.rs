//! The associations: every attachment with the table of its segment.

use crate::model::{AttachedKey, TableKey, Topology};

pub(super) fn compile(topology: &mut Topology) {
    let vpcs = topology.attachments.iter().map(|(key, wanted)| (AttachedKey::from(key), wanted.segment.clone()));
    let given = topology.given.iter().map(|(key, segment)| (key.clone(), segment.clone()));
    let all: Vec<_> = vpcs.chain(given).collect();
    for (key, segment) in all {
        let table = TableKey { hub: key.hub.clone(), segment };
        topology.associations.insert(key, table);
    }
}
