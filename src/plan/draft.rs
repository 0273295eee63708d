//! A plan in the making: what the comparisons share, and the bookkeeping that is the same for every kind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::api::{Ref, WriteCall};
use crate::model::{
    AttachmentId, AttachmentKey, History, HubInventory, HubName, Key, Kind, ListId, Problem, Progress, PropagationKey,
    Scope, Sent, Snapshot, TableKey, Topology, TransitGateway, TransitGatewayId, TransitGatewayRouteTableId, Unmanaged,
};

use super::live::Live;
use super::step::{Outlook, Risk, Step, StepId, Verb, Wait, Why};
use super::{PendingKey, Plan, Policy};

/// The soonest that a plan asks to be looked at again.
const SOONEST: SignedDuration = SignedDuration::from_secs(2);
/// The latest that a plan asks to be looked at again.
pub const LATEST: SignedDuration = SignedDuration::from_secs(60);

pub(super) struct Draft<'a> {
    pub want: &'a Topology,
    pub seen: &'a Snapshot,
    pub past: &'a History,
    pub policy: &'a Policy,
    /// The hubs that can be worked on: seen, ours and available.
    pub hubs: BTreeMap<HubName, (&'a HubInventory, Live<'a>)>,
    /// Segments' tables that can be built on. A table that is neither here is frozen or unknown.
    pub tables: BTreeMap<TableKey, Found<TransitGatewayRouteTableId>>,
    /// Attachments that can be built on.
    pub attachments: BTreeMap<AttachmentKey, Found<AttachmentId>>,
    /// Attachments that are associated with their segment's table, all settled.
    pub associated: BTreeSet<AttachmentKey>,
    /// Attachments whose association is under way: AWS is busy with it, or a step of this plan brings it about.
    pub associating: BTreeSet<AttachmentKey>,
    /// Propagations that are in place.
    pub propagated: BTreeSet<PropagationKey>,
    /// Tables that are declared, and that a problem keeps from being used.
    pub frozen_tables: BTreeSet<TransitGatewayRouteTableId>,
    unmanaged: BTreeSet<Unmanaged>,
    leftovers: BTreeSet<Unmanaged>,
    steps: Vec<Step>,
    step_ids: BTreeSet<StepId>,
    pending: BTreeSet<PendingKey>,
    problems: BTreeSet<Problem>,
    confirmed: BTreeSet<StepId>,
    in_place: BTreeMap<Kind, usize>,
}

/// A thing that others build on.
#[derive(Clone, Debug)]
pub(super) struct Found<T> {
    pub id: Ref<T>,
    /// What has to be waited for before it can be used; none if it can be used now.
    pub wait: Option<Wait>,
    /// The steps of this plan that bring it about.
    pub steps: Vec<StepId>,
}

impl<T> Found<T> {
    pub fn usable(id: T) -> Self {
        Self { id: Ref::Known(id), wait: None, steps: Vec::new() }
    }
}

/// A step, before the bookkeeping.
pub(super) struct Change {
    pub verb: Verb,
    pub key: Key,
    pub scope: Scope,
    pub call: WriteCall,
    pub after: Vec<StepId>,
    pub wait: Option<Wait>,
    pub why: Why,
    pub risk: Risk,
    pub evidence: BTreeSet<ListId>,
}

impl<'a> Draft<'a> {
    pub fn new(want: &'a Topology, seen: &'a Snapshot, past: &'a History, policy: &'a Policy) -> Self {
        Self {
            want,
            seen,
            past,
            policy,
            hubs: BTreeMap::new(),
            tables: BTreeMap::new(),
            attachments: BTreeMap::new(),
            associated: BTreeSet::new(),
            associating: BTreeSet::new(),
            propagated: BTreeSet::new(),
            frozen_tables: BTreeSet::new(),
            unmanaged: BTreeSet::new(),
            leftovers: BTreeSet::new(),
            steps: Vec::new(),
            step_ids: BTreeSet::new(),
            pending: BTreeSet::new(),
            problems: want.problems.iter().cloned().collect(),
            confirmed: BTreeSet::new(),
            in_place: BTreeMap::new(),
        }
    }

    /// Adds a step, unless AWS has refused just this before. Returns its id if it is in the plan.
    pub fn step(&mut self, change: Change) -> Option<StepId> {
        let Change { verb, key, scope, call, after, wait, why, risk, evidence } = change;
        let id = StepId::new(verb, &key);
        if let Some(refused) = self.past.refused.get(id.as_str())
            && refused.call == fingerprint(&call)
        {
            self.problem(Problem::StepRefused { step: id.to_string(), trouble: refused.trouble.clone() });
            return None;
        }
        let wait = wait.or_else(|| self.still_in_doubt(&id));
        let outlook = wait.map_or(Outlook::Ready, |on| Outlook::Waits { on });
        self.step_ids.insert(id.clone());
        self.steps.push(Step {
            id: id.clone(),
            kind: key.kind(),
            key,
            scope,
            call,
            after,
            outlook,
            why,
            risk,
            evidence,
        });
        Some(id)
    }

    /// Notes that a thing is as it should be.
    pub fn in_place(&mut self, key: &Key) {
        *self.in_place.entry(key.kind()).or_default() += 1;
    }

    /// Notes that the effect of a step is there to be seen, if it was ever sent.
    pub fn confirm(&mut self, verb: Verb, key: &Key) {
        let id = StepId::new(verb, key);
        if self.past.unconfirmed.contains_key(id.as_str()) {
            self.confirmed.insert(id);
        }
    }

    /// Notes that AWS is busy with a thing.
    pub fn pending(&mut self, key: Key) {
        self.pending.insert(PendingKey { kind: key.kind(), key });
    }

    pub fn problem(&mut self, problem: Problem) {
        self.problems.insert(problem);
    }

    /// Reports something undeclared: as a leftover if it is ours, as somebody else's otherwise.
    pub fn undeclared(&mut self, thing: Unmanaged, ours: bool) {
        let list = if ours { &mut self.leftovers } else { &mut self.unmanaged };
        list.insert(thing);
    }

    /// Tells whether the ledger proves that we made the thing of that id.
    pub fn made(&self, key: &Key, id: &str) -> bool {
        self.past.owned.get(&key.ledger()).is_some_and(|owned| owned.id.as_deref() == Some(id))
    }

    /// Tells whether the ledger proves that we wrote a thing without an id, and that it is still as we wrote it.
    pub fn wrote(&self, key: &Key, live: &str) -> bool {
        self.past.owned.get(&key.ledger()).is_some_and(|owned| owned.value == live)
    }

    /// Tells whether something was written so short a time ago that AWS may not show all of its effects.
    pub fn wrote_recently(&self) -> bool {
        self.past
            .last_write
            .is_some_and(|last| self.seen.at < last.saturating_add(self.policy.visibility).unwrap_or(Timestamp::MAX))
    }

    /// Returns a hub's gateway as it was seen.
    pub fn gateway(&self, hub: &HubName, id: &TransitGatewayId) -> Option<&'a TransitGateway> {
        let (inventory, _) = self.hubs.get(hub)?;
        inventory.gateways.known()?.iter().find(|gateway| gateway.id == *id)
    }

    /// Returns a step's id if the step is in the plan.
    pub fn planned(&self, id: &StepId) -> Option<StepId> {
        self.step_ids.get(id).cloned()
    }

    /// Returns the wait for a thing to be there.
    pub fn until_present(key: Key) -> Wait {
        Wait::Present { kind: key.kind(), key }
    }

    /// Notes that AWS names a state which transitd does not know; the thing is left alone.
    pub fn unclear(&mut self, key: Key, state: &Progress) {
        if let Progress::Unclear(state) = state {
            self.problem(Problem::StateUnclear { key, state: state.clone() });
        }
    }

    /// A write that was sent and does not show yet may still have been done: it is not sent again before reads that
    /// began later than AWS takes to show it.
    fn still_in_doubt(&self, id: &StepId) -> Option<Wait> {
        let Sent { at, .. } = self.past.unconfirmed.get(id.as_str())?;
        let until = at.checked_add(self.policy.visibility).unwrap_or(Timestamp::MAX);
        (self.seen.at < until).then_some(Wait::Seen { until })
    }

    pub fn finish(self) -> Plan {
        let unknown = self.seen.unknown(&self.policy.home);
        let look_again = self.look_again();
        Plan {
            steps: self.steps,
            pending: self.pending,
            problems: self.problems,
            unmanaged: self.unmanaged,
            leftovers: self.leftovers,
            unknown,
            confirmed: self.confirmed,
            in_place: self.in_place,
            look_again,
        }
    }

    /// Asks to be looked at again soon after something was sent, then ever less often: half as long as it has been
    /// under way already.
    fn look_again(&self) -> Option<SignedDuration> {
        if self.steps.is_empty() && self.pending.is_empty() {
            return None;
        }
        let sends = self.steps.iter().any(|step| step.outlook == Outlook::Ready);
        let since =
            self.past.last_write.filter(|_| !sends).map_or(SOONEST, |last| self.seen.at.duration_since(last) / 2);
        Some(since.clamp(SOONEST, LATEST))
    }
}

/// Returns a call in one line of text: what tells one request from another.
pub fn fingerprint(call: &WriteCall) -> String {
    serde_json::to_string(call).unwrap_or_else(|error| format!("{call:?} ({error})"))
}
