//! What should be: every resource that the intent asks for, given the accounts and VPCs that were seen.
//!
//! Pure: no I/O, no clock, no randomness. What cannot be compiled becomes a problem of the part that it concerns, and
//! the rest is compiled all the same. What is unknown adds nothing and takes nothing away.

mod association;
mod attachment;
mod given;
mod hub;
mod isolation;
mod membership;
mod observed;
mod overlap;
mod propagation;
mod reach;
mod share;
mod static_route;
mod table;
mod vpc_route;

use crate::intent::Intent;
use crate::model::{Snapshot, Topology};

pub use membership::may_own_members;
pub use observed::kind_of;

/// Compiles the intent against what was seen.
pub fn compile(intent: &Intent, seen: &Snapshot) -> Topology {
    let mut topology = Topology::default();
    hub::compile(intent, &mut topology);
    table::compile(intent, &mut topology);
    membership::compile(intent, seen, &mut topology);
    attachment::compile(intent, seen, &mut topology);
    given::compile(intent, &mut topology);
    share::compile(intent, seen, &mut topology);
    association::compile(&mut topology);
    propagation::compile(intent, &mut topology);
    let ways = reach::compile(intent, seen, &mut topology);
    static_route::compile(intent, seen, &ways, &mut topology);
    overlap::compile(intent, seen, &mut topology);
    observed::compile(intent, &mut topology);
    isolation::compile(intent, &mut topology);
    vpc_route::compile(intent, seen, &mut topology);
    topology.problems.sort();
    topology.problems.dedup();
    topology
}

#[cfg(test)]
mod tests;
