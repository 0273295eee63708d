//! A plan in the making: what the comparisons share, and the bookkeeping that is the same for every kind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::api::{Ref, WriteCall};
use crate::model::{
    AccountId, Attached, AttachedKey, AttachmentId, AttachmentKey, History, Hold, HubInventory, HubName, Key, Kind,
    ListId, Pause, Problem, Progress, PropagationKey, Scope, SegmentName, Sent, Snapshot, StaticRouteKey, TableKey,
    Topology, TransitGateway, TransitGatewayId, TransitGatewayRouteTableId, Trouble, Unmanaged,
};

use super::live::Live;
use super::needed::Needed;
use super::orders;
use super::removal::{self, Departure, Spent};
use super::step::{Left, Outlook, Risk, Step, StepId, Verb, Wait, Why};
use super::{PendingKey, Plan, Policy};

/// The soonest that a plan asks to be looked at again.
const SOONEST: SignedDuration = SignedDuration::from_secs(2);
/// From how many times in a day on a repair is somebody else's undoing: once is an accident, twice a coincidence.
const CONTESTED: u32 = 3;
/// The latest that a plan asks to be looked at again.
pub const LATEST: SignedDuration = SignedDuration::from_secs(60);

pub(super) struct Draft<'a> {
    pub want: &'a Topology,
    pub seen: &'a Snapshot,
    pub past: &'a History,
    pub policy: &'a Policy,
    /// What could not be read.
    pub unknown: BTreeMap<ListId, Trouble>,
    /// The hubs that can be worked on: seen, ours and available, or about to be made.
    pub hubs: BTreeMap<HubName, Hub<'a>>,
    /// Hubs whose share is being made or changed: members may not see them yet.
    pub sharing: BTreeSet<HubName>,
    /// Accounts that a hub's share does not let in, and why is told already.
    pub shut_out: BTreeSet<(HubName, AccountId)>,
    /// Segments' tables that can be built on. A table that is neither here is frozen or unknown.
    pub tables: BTreeMap<TableKey, Found<TransitGatewayRouteTableId>>,
    /// Attachments that can be built on.
    pub attachments: BTreeMap<AttachedKey, Found<AttachmentId>>,
    /// Attachments that are associated with their segment's table, all settled.
    pub associated: BTreeSet<AttachedKey>,
    /// Attachments whose association is under way: AWS is busy with it, or a step of this plan brings it about.
    pub associating: BTreeSet<AttachedKey>,
    /// Propagations that are in place.
    pub propagated: BTreeSet<PropagationKey>,
    /// Static routes that are in place.
    pub routed: BTreeSet<StaticRouteKey>,
    /// Tables that are declared, and that a problem keeps from being used.
    pub frozen_tables: BTreeSet<TransitGatewayRouteTableId>,
    /// What becomes of the VPCs that have left their segment.
    pub departing: BTreeMap<AttachmentKey, Departure>,
    /// VPCs that have left their segment, and since when.
    pub departures: BTreeMap<String, jiff::Timestamp>,
    /// What keeps removals from being sent in this pass, whatever they are.
    pub barred: Option<Left>,
    /// What undeclared things are still needed for, once all that is declared was compared.
    pub needed: Needed,
    /// The removal budgets, once somebody has asked.
    pub spent: Option<Spent>,
    /// Things that are there to be seen, by their names in the ledger.
    present: BTreeSet<String>,
    /// What people ordered.
    pub holds: Vec<Hold>,
    pub pauses: Vec<Pause>,
    unmanaged: BTreeSet<Unmanaged>,
    leftovers: BTreeSet<Unmanaged>,
    steps: Vec<Step>,
    step_ids: BTreeMap<StepId, Outlook>,
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

/// A hub that can be worked on.
pub(super) struct Hub<'a> {
    pub inventory: &'a HubInventory,
    pub live: Live<'a>,
    pub gateway: Found<TransitGatewayId>,
    /// The gateway as it was seen; none where it is to be made.
    pub seen: Option<&'a TransitGateway>,
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
            unknown: seen.unknown(&policy.home),
            hubs: BTreeMap::new(),
            sharing: BTreeSet::new(),
            shut_out: BTreeSet::new(),
            tables: BTreeMap::new(),
            attachments: BTreeMap::new(),
            associated: BTreeSet::new(),
            associating: BTreeSet::new(),
            propagated: BTreeSet::new(),
            routed: BTreeSet::new(),
            frozen_tables: BTreeSet::new(),
            departing: BTreeMap::new(),
            departures: BTreeMap::new(),
            barred: None,
            needed: Needed::default(),
            spent: None,
            present: BTreeSet::new(),
            holds: orders::holds(seen, past),
            pauses: orders::pauses(want, seen, past, &policy.network),
            unmanaged: BTreeSet::new(),
            leftovers: BTreeSet::new(),
            steps: Vec::new(),
            step_ids: BTreeMap::new(),
            pending: BTreeSet::new(),
            problems: want.problems.iter().cloned().collect(),
            confirmed: BTreeSet::new(),
            in_place: BTreeMap::new(),
        }
    }

    /// Adds a step, unless AWS has refused just this before, or somebody keeps undoing it. Returns its id if it is in the plan.
    pub fn step(&mut self, change: Change) -> Option<StepId> {
        let Change { verb, key, scope, call, after, wait, why, risk, evidence } = change;
        let id = StepId::new(verb, &key);
        if let Some(refused) = self.refused(&id, &call) {
            self.problem(refused);
            return None;
        }
        let segment = self.segment_of(&key).cloned();
        let left = self.ordered(&id, &key, &call).or_else(|| self.left(&key, segment.as_ref()));
        // What rests on a list that could not be read is only shown.
        let unread = evidence.iter().any(|list| self.unknown.contains_key(list));
        let left = left.or(unread.then_some(Left::Unknown));
        // What only shows is nobody's contest, and what waits was not undone.
        if left.is_none()
            && wait.is_none()
            && let Some(contested) = self.contested(&id, &key, &call)
        {
            self.problem(contested);
            return None;
        }
        let waits = |wait: Option<Wait>| wait.map_or(Outlook::Ready, |on| Outlook::Waits { on });
        let outlook = match left {
            Some(why) => Outlook::Left { why },
            None => match after.iter().filter_map(|before| self.step_ids.get(before)).find(|before| before.rests()) {
                // It builds on a step that is not sent.
                Some(before) => before.clone(),
                None => waits(wait.or_else(|| self.still_in_doubt(&id))),
            },
        };
        self.step_ids.insert(id.clone(), outlook.clone());
        let kind = key.kind();
        self.steps.push(Step { id: id.clone(), kind, key, segment, scope, call, after, outlook, why, risk, evidence });
        Some(id)
    }

    /// Tells why a step on a thing would only be shown.
    fn left(&self, key: &Key, segment: Option<&SegmentName>) -> Option<Left> {
        let observed = segment.and_then(|segment| self.want.observed.get(segment));
        observed.is_some_and(|kinds| kinds.contains(&key.kind())).then_some(Left::Observed)
    }

    /// Tells what keeps a thing from being made now, for good: AWS has refused just this, or somebody keeps undoing it.
    pub fn stopped(&self, key: &Key, call: &WriteCall) -> Option<Problem> {
        let id = StepId::new(Verb::Create, key);
        self.refused(&id, call).or_else(|| self.contested(&id, key, call))
    }

    /// Tells whether AWS has refused just this before.
    fn refused(&self, id: &StepId, call: &WriteCall) -> Option<Problem> {
        let refused = self.past.refused.get(id.as_str()).filter(|refused| refused.call == fingerprint(call))?;
        Some(Problem::StepRefused { step: id.to_string(), trouble: refused.trouble.clone() })
    }

    /// Tells whether a step was done so often in a day that somebody else must keep undoing it.
    fn contested(&self, id: &StepId, key: &Key, call: &WriteCall) -> Option<Problem> {
        let repair = (id.as_str().to_owned(), fingerprint(call));
        let times = self.past.repairs.get(&repair).copied().unwrap_or_default();
        (times >= CONTESTED).then(|| Problem::Contested { key: key.clone(), times })
    }

    /// Returns the segment that a thing belongs to.
    pub fn segment_of<'k>(&'k self, key: &'k Key) -> Option<&'k SegmentName> {
        match key {
            Key::Hub(_) | Key::Share(_) | Key::Principal(_) => None,
            Key::Table(table) => Some(&table.segment),
            Key::Propagation(propagation) => Some(&propagation.table.segment),
            Key::StaticRoute(route) => Some(&route.table.segment),
            Key::Attachment(attachment) => self.want.members.get(&attachment.vpc),
            Key::Association(association) => match &association.of {
                Attached::Vpc(vpc) => self.want.members.get(vpc),
                Attached::Given(_) => self.want.given.get(association),
            },
            Key::VpcRoute(route) => self.want.members.get(&route.vpc),
        }
    }

    /// Notes that a thing is as it should be.
    pub fn in_place(&mut self, key: &Key) {
        *self.in_place.entry(key.kind()).or_default() += 1;
    }

    /// Notes that a thing is there.
    pub fn see(&mut self, key: &Key) {
        self.present.insert(key.ledger());
    }

    /// Adds a step that takes something away, as far as this pass and the budgets let it be sent; `segment` is what it counts
    /// for. `in_use`: something declared still needs it.
    pub fn removal(&mut self, change: Change, segment: Option<SegmentName>, in_use: bool) {
        // What is of a VPC whose time is over goes, whoever else is held.
        let due = matches!(change.why, Why::Departed { .. });
        let needed = in_use || (!due && self.needed.keeps(self, &change.key, &change.call));
        let barred = self.barred.clone().or_else(|| removal::is_held_up(self, &change.key).filter(|_| !due));
        let barred = barred.or(needed.then_some(Left::Needed)).or_else(|| self.left(&change.key, segment.as_ref()));
        let Some(id) = self.step(change) else { return };
        let ready = self.step_ids.get(&id) == Some(&Outlook::Ready);
        let outlook = match barred {
            Some(why) => Some(Outlook::Left { why }),
            None if ready => {
                let mut spent = self.spent.take().unwrap_or_else(|| Spent::of(self));
                let full = spent.spend(self, segment.as_ref()).err();
                self.spent = Some(spent);
                full.map(|until| Outlook::Waits { on: Wait::Budget { until } })
            }
            None => None,
        };
        let Some(step) = self.steps.last_mut() else { return };
        step.segment = segment.or(step.segment.take());
        if let Some(outlook) = outlook {
            step.outlook = outlook.clone();
            self.step_ids.insert(id, outlook);
        }
    }

    /// Lists the steps so far, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Takes steps out again, with all that build on them.
    pub fn leave_out(&mut self, mut which: BTreeSet<StepId>) {
        if which.is_empty() {
            return;
        }
        self.steps.retain(|step| {
            let left_out = which.contains(&step.id) || step.after.iter().any(|before| which.contains(before));
            if left_out {
                which.insert(step.id.clone());
            }
            !left_out
        });
        self.step_ids.retain(|id, _| !which.contains(id));
    }

    /// Lists what this plan takes away and `which` fits.
    pub fn removed(&self, which: impl Fn(&Key) -> bool) -> Vec<Key> {
        let removals = self.steps.iter().filter(|step| step.is_removal());
        removals.map(|step| &step.key).filter(|key| which(key)).cloned().collect()
    }

    /// Tells whether somebody else has a static route in a table.
    pub fn has_strange_route(&self, key: &TableKey) -> bool {
        let is_there =
            |thing: &Unmanaged| matches!(thing, Unmanaged::TransitGatewayRoute { table, .. } if table == key);
        self.unmanaged.iter().any(is_there)
    }

    /// Notes that the effect of a step is there to be seen, if it was ever sent.
    pub fn confirm(&mut self, verb: Verb, key: &Key) {
        self.see(key);
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

    /// Returns a step's id if the step is in the plan.
    pub fn planned(&self, id: &StepId) -> Option<StepId> {
        self.step_ids.contains_key(id).then(|| id.clone())
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

    /// Tells whether a thing was made and no snapshot has shown it yet, within the time that AWS may take to show it.
    pub fn was_just_made(&self, key: &Key) -> bool {
        self.still_in_doubt(&StepId::new(Verb::Create, key)).is_some()
    }

    /// Believes of removals that were sent and whose things are nowhere to be seen that they were done.
    fn confirm_removals(&mut self) {
        if !self.unknown.is_empty() {
            return;
        }
        let prefix = format!("{} ", Verb::Remove.word());
        let gone = self
            .past
            .unconfirmed
            .keys()
            .filter(|id| id.strip_prefix(&prefix).is_some_and(|ledger| !self.present.contains(ledger)));
        self.confirmed.extend(gone.map(|id| StepId::read(id)).collect::<Vec<_>>());
    }

    /// Keeps what was known of departures, until the VPC is a member again or its attachment is gone.
    fn keep_departures(&mut self) {
        if self.unknown.is_empty() {
            return;
        }
        let members: BTreeSet<String> = self.want.attachments.keys().map(ToString::to_string).collect();
        for (key, since) in self.past.departures.iter().filter(|(key, _)| !members.contains(*key)) {
            self.departures.entry(key.clone()).or_insert(*since);
        }
    }

    pub fn finish(mut self) -> Plan {
        self.confirm_removals();
        self.keep_departures();
        let counts = removal::counts(&self);
        let known = |(name, hub): (&HubName, &Hub<'_>)| Some((name.clone(), hub.gateway.id.known()?.clone()));
        let gateways = self.hubs.iter().filter_map(known).collect();
        let look_again = self.look_again();
        Plan {
            steps: self.steps,
            pending: self.pending,
            problems: self.problems,
            departures: self.departures,
            counts,
            gateways,
            holds: self.holds,
            pauses: self.pauses,
            unmanaged: self.unmanaged,
            leftovers: self.leftovers,
            unknown: self.unknown,
            confirmed: self.confirmed,
            in_place: self.in_place,
            look_again,
        }
    }

    /// Asks to be looked at again soon after something was sent, then ever less often: half as long as it has been
    /// under way already.
    fn look_again(&self) -> Option<SignedDuration> {
        if self.steps.iter().all(|step| step.outlook.rests()) && self.pending.is_empty() {
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
