//! Taking away what nothing declares any more: only what is provably ours, only as much as may be, and in an order in which
//! nothing is left that leads nowhere.
//!
//! Four things have to come together. The file says that things of this kind are removed, or that a departed VPC is detached
//! after a time. The ledger has the thing, with the very value that is live. Every list of this pass was read to its end. And
//! the budgets have room. Where one is missing the thing is kept and reported, as what it is.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::api::WriteCall;
use crate::model::{
    AccountId, AccountState, AttachmentKey, Counts, HubName, Key, Kind, ListId, Principal, PrincipalKey, Problem,
    Scope, SegmentName, Unmanaged, VpcKey,
};

use super::draft::{Change, Draft};
use super::step::{Left, Risk, StepId, Verb, Wait, Why};

/// For how long a departed VPC is kept where the file says to remove and not for how long: a working day and a night.
const USUAL_HOLD: SignedDuration = SignedDuration::from_hours(24);
/// From which fall on, in hundredths, what is gone looks like a mistake; and never for fewer than this many.
const SHARP_FALL: usize = 30;
const FEW: usize = 3;

/// Something of ours that nothing declares any more.
pub(super) struct Removal {
    pub key: Key,
    pub scope: Scope,
    pub call: WriteCall,
    /// How it is reported where it is kept.
    pub thing: Unmanaged,
    /// What made it undeclared.
    pub evidence: BTreeSet<ListId>,
    /// What has to be gone before it.
    pub after: Vec<Key>,
    /// What AWS is removing already, and has to be gone before it too.
    pub going: Option<Key>,
    /// The segment that it counts for.
    pub segment: Option<SegmentName>,
    /// The VPC that has departed, and on which hub, if that is why.
    pub departed: Option<AttachmentKey>,
}

impl Removal {
    /// A removal that waits for nothing and counts for no segment.
    pub fn new(key: Key, scope: Scope, call: WriteCall, thing: Unmanaged, evidence: BTreeSet<ListId>) -> Self {
        Self { key, scope, call, thing, evidence, after: Vec::new(), going: None, segment: None, departed: None }
    }
}

/// Plans to take a thing away, or reports it as a leftover.
pub(super) fn remove(draft: &mut Draft<'_>, removal: Removal) {
    let Removal { key, scope, call, thing, evidence, after, going, segment, departed } = removal;
    draft.see(&key);
    let why = match &departed {
        Some(attachment) => match draft.departing.get(attachment).cloned() {
            Some(Departure::Held) => return,
            Some(Departure::Over { reason }) => Why::Departed { reason },
            None => return draft.undeclared(thing, true),
        },
        // An account that the file leaves alone is left alone.
        None if account(&key).is_some_and(|account| draft.want.excluded.contains(account)) => {
            return draft.undeclared(thing, true);
        }
        None if draft.policy.remove.contains(&key.kind()) => Why::Undeclared,
        None => return draft.undeclared(thing, true),
    };
    let in_use = departed.is_some_and(|departed| draft.needed.uses(&departed));
    let mut before = Vec::new();
    let mut wait = going.map(|key| Wait::Gone { kind: key.kind(), key });
    for earlier in after {
        let Some(step) = draft.planned(&StepId::new(Verb::Remove, &earlier)) else { continue };
        before.push(step);
        wait = wait.or(Some(Wait::Gone { kind: earlier.kind(), key: earlier }));
    }
    draft.removal(
        Change { verb: Verb::Remove, key, scope, call, after: before, wait, why, risk: Risk::Removes, evidence },
        segment,
        in_use,
    );
}

/// Returns the account that a thing is of, if it is of one.
fn account(key: &Key) -> Option<&AccountId> {
    if let Key::Principal(PrincipalKey { principal: Principal::Account(account), .. }) = key {
        return Some(account);
    }
    key.vpc().map(|vpc| &vpc.account)
}

/// What becomes of a VPC that has left its segment.
#[derive(Clone, Debug)]
pub(super) enum Departure {
    /// It is kept as it was for some time yet.
    Held,
    /// That time is over.
    Over { reason: String },
}

/// Decides what becomes of a VPC that belongs to no segment, and whose attachment is ours. None where the file does not say
/// that departed VPCs are detached: then it is kept.
pub(super) fn depart(draft: &mut Draft<'_>, key: &AttachmentKey) {
    let removes = draft.policy.remove.contains(&Kind::Attachment);
    let Some(hold) = draft.policy.departures.or(removes.then_some(USUAL_HOLD)) else { return };
    let since = draft.past.departures.get(&key.to_string()).copied().unwrap_or(draft.seen.at);
    draft.departures.insert(key.to_string(), since);
    let until = since.checked_add(hold).unwrap_or(Timestamp::MAX);
    let reason = reason(draft, &key.vpc);
    let departure = if draft.seen.at < until {
        draft.problem(Problem::Departing { attachment: key.clone(), why: reason, until });
        Departure::Held
    } else {
        Departure::Over { reason }
    };
    draft.departing.insert(key.clone(), departure);
}

/// Tells whether a thing has to stay while a VPC is held that may need it: what leads to it is undeclared just as it is.
pub(super) fn is_held_up(draft: &Draft<'_>, key: &Key) -> Option<Left> {
    let mut held = draft.departing.iter().filter(|(_, departure)| matches!(departure, Departure::Held));
    let needs = match key {
        Key::VpcRoute(_) | Key::StaticRoute(_) | Key::Propagation(_) | Key::Table(_) | Key::Share(_) => {
            held.next().is_some()
        }
        Key::Principal(key) => held.any(|(of, _)| match &key.principal {
            Principal::Account(account) => of.vpc.account == *account,
            Principal::Organization | Principal::Unit(_) => true,
        }),
        Key::Hub(_) | Key::Attachment(_) | Key::Association(_) => false,
    };
    needs.then_some(Left::Departing)
}

/// Says why a VPC belongs to no segment.
fn reason(draft: &Draft<'_>, vpc: &VpcKey) -> String {
    let accounts = draft.seen.accounts.known().unwrap_or_default();
    let Some(account) = accounts.iter().find(|account| account.id == vpc.account) else {
        return "its account is not in the organization".to_owned();
    };
    if let AccountState::SetAside(state) = &account.state {
        return format!("its account is {state}");
    }
    let owner = draft.seen.members.get(&vpc.scope()).and_then(|member| member.vpcs.known());
    match owner {
        None => "its account fits no segment".to_owned(),
        Some(vpcs) if vpcs.iter().any(|seen| seen.id == vpc.vpc) => "it fits no segment".to_owned(),
        Some(_) => "it is gone from its account".to_owned(),
    }
}

/// Names what shows that a VPC belongs to no segment, or to another.
pub(super) fn of_vpc(draft: &Draft<'_>, hub: &HubName, vpc: &VpcKey) -> BTreeSet<ListId> {
    let mut evidence = BTreeSet::from([ListId::Accounts]);
    if let Some(hub) = draft.want.hubs.get(hub) {
        evidence.insert(ListId::Attachments(hub.scope.clone()));
        evidence.insert(ListId::VpcAttachments(hub.scope.clone()));
    }
    if draft.seen.members.contains_key(&vpc.scope()) {
        evidence.insert(ListId::Vpcs(vpc.scope()));
    }
    evidence
}

/// Names what shows that nothing reaches, or is reached, by a route any more: every VPC of the network counts.
pub(super) fn of_route(draft: &Draft<'_>) -> BTreeSet<ListId> {
    let vpcs = draft.seen.members.keys().map(|scope| ListId::Vpcs(scope.clone()));
    vpcs.chain([ListId::Accounts]).collect()
}

/// What keeps removals from being sent in this pass, whatever they are.
pub(super) fn barred(draft: &mut Draft<'_>) -> Option<Left> {
    let shrunk = shrunk(draft);
    if draft.policy.frozen {
        return Some(Left::Frozen);
    }
    if !draft.unknown.is_empty() {
        return Some(Left::Unknown);
    }
    shrunk.then_some(Left::Shrunk)
}

/// Tells whether far fewer things are seen, or declared, than when all was well; and says which.
fn shrunk(draft: &mut Draft<'_>) -> bool {
    // What was not read is not gone.
    if !draft.unknown.is_empty() {
        return false;
    }
    let counts = counts(draft);
    let Some(before) = draft.past.last_good.filter(|_| !draft.policy.accept_shrink) else { return false };
    let mut shrunk = false;
    for (what, before, now) in [
        ("accounts", before.accounts, counts.accounts),
        ("VPCs of segments", before.vpcs, counts.vpcs),
        ("declared things", before.declared, counts.declared),
    ] {
        let fell = before.saturating_sub(now);
        if fell >= FEW && fell * 100 > before * SHARP_FALL {
            shrunk = true;
            draft.problem(Problem::Shrunk { what: what.to_owned(), before, now });
        }
    }
    shrunk
}

/// Counts what was seen and what is declared.
pub(super) fn counts(draft: &Draft<'_>) -> Counts {
    let want = draft.want;
    let active = draft.seen.accounts.known().unwrap_or_default().iter();
    Counts {
        accounts: active.filter(|account| account.state == AccountState::Active).count(),
        vpcs: want.members.len(),
        declared: want.tables.len() + want.attachments.len() + want.given.len(),
    }
}

/// The budgets as far as they are used up.
pub(super) struct Spent {
    hour: Vec<Timestamp>,
    day: Vec<Timestamp>,
    segments: Vec<(SegmentName, Timestamp)>,
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Spent {
    pub fn of(draft: &Draft<'_>) -> Self {
        let within = |time: SignedDuration| {
            let since = draft.seen.at.checked_sub(time).unwrap_or(Timestamp::MIN);
            draft.past.removals.iter().filter(move |removal| removal.at > since)
        };
        Self {
            hour: within(HOUR).map(|removal| removal.at).collect(),
            day: within(DAY).map(|removal| removal.at).collect(),
            segments: within(DAY).filter_map(|removal| Some((removal.segment.clone()?, removal.at))).collect(),
        }
    }

    /// Spends on one removal now, or tells when there will be room for it.
    pub fn spend(&mut self, draft: &Draft<'_>, segment: Option<&SegmentName>) -> Result<(), Timestamp> {
        let (now, budgets) = (draft.seen.at, &draft.policy.budgets);
        let of_segment: Vec<Timestamp> =
            self.segments.iter().filter(|(of, _)| Some(of) == segment).map(|(_, at)| *at).collect();
        let full = [
            (self.hour.as_slice(), budgets.per_hour, HOUR),
            (self.day.as_slice(), budgets.per_day, DAY),
            (of_segment.as_slice(), if segment.is_some() { budgets.per_segment_per_day } else { usize::MAX }, DAY),
        ]
        .into_iter()
        .filter(|(spent, limit, _)| spent.len() >= *limit)
        .map(|(spent, _, time)| {
            let oldest = spent.iter().min().copied().unwrap_or(now);
            oldest.checked_add(time).unwrap_or(Timestamp::MAX)
        })
        .max();
        if let Some(until) = full {
            return Err(until);
        }
        self.hour.push(now);
        self.day.push(now);
        self.segments.extend(segment.map(|segment| (segment.clone(), now)));
        Ok(())
    }
}
