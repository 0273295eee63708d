//! What must never be: the pairs of segments that review proves to be apart.

use crate::intent::Intent;
use crate::model::Topology;

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for (pair, except) in &intent.isolate {
        let (one, other) = pair.names();
        topology.isolated.insert((one.clone(), other.clone()), except.clone());
    }
}
