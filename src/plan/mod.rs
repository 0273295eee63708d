//! The diff: what is to be done, in which order, and why; and what cannot be done, or is none of ours.
//!
//! Pure. A plan reaches to convergence, not just to the next wait: what cannot be done yet is in it as a step that
//! waits. Each kind of resource has a file that compares it; each reads what the kinds before it came to through
//! [`Draft`].

mod association;
mod attachment;
mod draft;
mod hub;
mod live;
mod propagation;
mod reach;
mod step;
mod table;
mod unmanaged;
mod vpc_route;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::Serialize;

use crate::model::{
    AccountId, History, Key, Kind, ListId, NetworkName, Problem, Snapshot, Topology, Trouble, Unmanaged,
};

pub use step::{Outlook, Risk, Step, StepId, Wait, Why};
pub use table::{NETWORK_TAG, SEGMENT_TAG};

use draft::Draft;
pub use draft::{LATEST, fingerprint};

/// What a plan depends on beside the topology, the snapshot and the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub network: NetworkName,
    pub home: AccountId,
    /// May steps cut traffic for a time?
    pub gaps: Gaps,
    /// The file freezes today: nothing is taken away and nothing is cut.
    pub frozen: bool,
    /// How long AWS may take to show a write. Until then a write without a trace may still have been done.
    pub visibility: SignedDuration,
}

/// What becomes of a step that cuts traffic for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// It is blocked until a person says yes.
    Ask,
    Allow,
    Forbid,
}

/// EC2's own advice is to expect up to minutes between a write and reads that show it ("Eventual consistency in the
/// Amazon EC2 API": poll for up to five minutes).
pub const VISIBILITY: SignedDuration = SignedDuration::from_mins(5);

/// Everything that stands between what is and what should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// In order: a step comes after those that it builds on.
    pub steps: Vec<Step>,
    /// What AWS is still busy with, so that there is nothing to do but look again.
    pub pending: BTreeSet<PendingKey>,
    pub problems: BTreeSet<Problem>,
    pub unmanaged: BTreeSet<Unmanaged>,
    /// What transitd made and nothing declares any more: reported, and kept, since this version removes nothing.
    pub leftovers: BTreeSet<Unmanaged>,
    #[serde(serialize_with = "unknown_as_list")]
    pub unknown: BTreeMap<ListId, Trouble>,
    /// Steps of the past whose effect this snapshot shows.
    pub confirmed: BTreeSet<StepId>,
    /// How many things of each kind are as they should be.
    pub in_place: BTreeMap<Kind, usize>,
    /// How long to wait before looking again, if something is under way.
    #[serde(serialize_with = "seconds")]
    pub look_again: Option<SignedDuration>,
}

/// Something that AWS is busy with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PendingKey {
    pub kind: Kind,
    pub key: Key,
}

impl Plan {
    /// Tells whether everything is as declared, as far as it goes without anything unknown.
    pub fn is_in_sync(&self) -> bool {
        self.steps.is_empty() && self.pending.is_empty() && !self.is_blocked() && self.unknown.is_empty()
    }

    /// Tells whether some problem keeps something declared from being so.
    pub fn is_blocked(&self) -> bool {
        self.problems.iter().any(Problem::blocks)
    }

    /// Lists the steps that can be sent now.
    pub fn ready(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.outlook == Outlook::Ready)
    }
}

/// Compares what should be with what was seen.
pub fn plan(want: &Topology, seen: &Snapshot, past: &History, policy: &Policy) -> Plan {
    let mut draft = Draft::new(want, seen, past, policy);
    hub::compare(&mut draft);
    table::compare(&mut draft);
    attachment::compare(&mut draft);
    association::compare(&mut draft);
    propagation::compare(&mut draft);
    vpc_route::compare(&mut draft);
    reach::compare(&mut draft);
    unmanaged::compare(&mut draft);
    draft.finish()
}

fn seconds<S: serde::Serializer>(wait: &Option<SignedDuration>, to: S) -> Result<S::Ok, S::Error> {
    wait.map(|wait| wait.as_secs_f64()).serialize(to)
}

fn unknown_as_list<S: serde::Serializer>(unknown: &BTreeMap<ListId, Trouble>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Entry<'a> {
        list: String,
        trouble: &'a Trouble,
    }
    to.collect_seq(unknown.iter().map(|(list, trouble)| Entry { list: list.to_string(), trouble }))
}

#[cfg(test)]
mod tests;
