//! The propagations: into each segment's table, the attachments of the segments that it reaches.

use crate::intent::Intent;
use crate::model::{PropagationKey, TableKey, Topology};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for (key, attachment) in &topology.attachments {
        for segment in intent.reaches(&attachment.segment) {
            let table = TableKey { hub: key.hub.clone(), segment: segment.clone() };
            topology.propagations.insert(PropagationKey { table, vpc: key.vpc.clone() });
        }
    }
}
