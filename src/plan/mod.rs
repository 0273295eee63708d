//! The diff: what is to be done, in which order, and why; and what cannot be done, or is none of ours.
//!
//! Pure. A plan reaches to convergence, not just to the next wait: what cannot be done yet is in it as a step that
//! waits. Each kind of resource has a file that compares it; each reads what the kinds before it came to through
//! [`Draft`].

mod association;
mod attachment;
mod claim;
mod draft;
mod hub;
mod live;
mod needed;
mod orders;
mod principal;
mod propagation;
mod quota;
mod reach;
mod removal;
mod role;
mod saved;
mod share;
mod static_route;
mod step;
mod table;
mod tag;
mod unmanaged;
mod vpc_route;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::model::{
    AccountId, Counts, History, Hold, HubName, Key, Kind, ListId, NetworkName, Pause, Problem, RoleName, Snapshot,
    Topology, TransitGatewayId, Trouble, Unmanaged,
};

pub use attachment::SERVICE_LINKED_ROLE;
pub use saved::{Allowed, Moved, SavedPlan, Unfit};
pub use step::{Left, Outlook, Risk, Step, StepId, Verb, Wait, Why};

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
    /// A person has said that a sharp fall is meant.
    pub accept_shrink: bool,
    /// What members' roles have to ask for: whether the file has an external id.
    pub external_id: bool,
    /// The role that is assumed in every member.
    pub member_role: RoleName,
    /// The kinds of things that are taken away when they are provably ours and nothing declares them any more.
    pub remove: BTreeSet<Kind>,
    /// For how long a VPC that has left its segment is kept as it was, and then detached. None where the file does not speak
    /// of departures: then it is kept like everything else that is undeclared.
    pub departures: Option<SignedDuration>,
    pub budgets: Budgets,
    pub quotas: Quotas,
}

/// How many things may be taken away in a sliding time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    pub per_hour: usize,
    pub per_day: usize,
    pub per_segment_per_day: usize,
}

/// How much AWS lets the network have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    pub attachments_per_hub: usize,
    pub tables_per_hub: usize,
    pub routes_per_hub: usize,
    pub routes_per_vpc_table: usize,
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
    /// What people told transitd to leave alone, as far as it is in force.
    pub holds: Vec<Hold>,
    /// What keeps transitd from writing anything: a person's word.
    pub pauses: Vec<Pause>,
    pub unmanaged: BTreeSet<Unmanaged>,
    /// What transitd made and nothing declares any more: reported, and kept: the file does not say to remove it, or
    /// something of others keeps it.
    pub leftovers: BTreeSet<Unmanaged>,
    /// VPCs that have left their segment, by attachment, and since when that is seen: for the store to remember.
    pub departures: BTreeMap<String, Timestamp>,
    /// The gateway of each hub that could be found.
    pub gateways: BTreeMap<HubName, TransitGatewayId>,
    /// How much was seen and how much is declared: for the store to remember once all is well.
    pub counts: Counts,
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

    /// Tells whether nothing more will be done however soon one looks again: what is left waits for a person, or for hours.
    pub fn is_at_rest(&self) -> bool {
        self.steps.iter().all(|step| step.outlook.rests()) && self.pending.is_empty()
    }

    /// Tells whether all is so well that a later fall can be judged by it: in sync, with nothing on its way out.
    pub fn is_all_well(&self) -> bool {
        let changes =
            self.problems.iter().any(|problem| matches!(problem, Problem::Shrunk { .. } | Problem::Departing { .. }));
        self.is_in_sync() && !changes
    }

    /// Lists the steps that can be sent now.
    pub fn ready(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.outlook == Outlook::Ready)
    }
}

/// Compares what should be with what was seen.
pub fn plan(want: &Topology, seen: &Snapshot, past: &History, policy: &Policy) -> Plan {
    let mut draft = Draft::new(want, seen, past, policy);
    draft.barred = removal::barred(&mut draft);
    role::compare(&mut draft);
    hub::compare(&mut draft);
    share::compare(&mut draft);
    table::compare(&mut draft);
    attachment::compare(&mut draft);
    association::compare(&mut draft);
    propagation::compare(&mut draft);
    static_route::compare(&mut draft);
    vpc_route::compare(&mut draft);
    reach::compare(&mut draft);
    unmanaged::compare(&mut draft);
    share::abandoned(&mut draft);
    quota::forecast(&mut draft);
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
