//! The associations: every attachment with the table of its segment.

use crate::model::{TableKey, Topology};

pub(super) fn compile(topology: &mut Topology) {
    for (key, attachment) in &topology.attachments {
        let table = TableKey { hub: key.hub.clone(), segment: attachment.segment.clone() };
        topology.associations.insert(key.clone(), table);
    }
}
