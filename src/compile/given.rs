//! What others have attached and a segment takes in: VPN, Direct Connect, Connect, network functions.

use crate::intent::Intent;
use crate::model::{Attached, AttachedKey, Topology};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for (name, segment) in &intent.segments {
        if !segment.cidrs.is_empty() {
            topology.expected.insert(name.clone(), segment.cidrs.iter().copied().collect());
        }
        for (hub, given) in &segment.attachments {
            for given in given {
                let key = AttachedKey { hub: hub.clone(), of: Attached::Given(given.clone()) };
                topology.given.insert(key, name.clone());
            }
        }
    }
}
