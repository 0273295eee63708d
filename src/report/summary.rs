//! What a report counts: the first line and the last.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountId, AccountState, SegmentName};
use crate::plan::{Outlook, Plan, Risk};

use super::View;
use super::style::{Paint, count};
use super::wording::several;

/// The call that enters an account; a list that failed with it says that the account could not be entered at all.
pub(super) const ENTERING: &str = "AssumeRole";

/// What was looked at.
pub(super) struct Summary<'a> {
    /// How many accounts were listed; none when their list is unknown.
    pub listed: Option<usize>,
    pub entered: usize,
    pub not_entered: usize,
    /// Suspended, closing or closed.
    pub set_aside: usize,
    pub segments: BTreeMap<&'a SegmentName, usize>,
    pub frozen: usize,
}

impl<'a> Summary<'a> {
    pub fn of(view: &View<'a>) -> Self {
        let accounts = view.seen.accounts.known();
        let tried: BTreeSet<&AccountId> = view.seen.members.keys().map(|scope| &scope.account).collect();
        let shut: BTreeSet<&AccountId> = view
            .seen
            .members
            .iter()
            .filter(|(_, member)| member.vpcs.trouble().is_some_and(|trouble| trouble.action == ENTERING))
            .map(|(scope, _)| &scope.account)
            .collect();
        let mut segments = BTreeMap::new();
        for segment in view.want.tables.keys().map(|table| &table.segment) {
            segments.entry(segment).or_insert(0);
        }
        for segment in view.want.members.values() {
            *segments.entry(segment).or_insert(0) += 1;
        }
        let is_set_aside = |state: &AccountState| match state {
            AccountState::Active => false,
            AccountState::SetAside(_) => true,
        };
        Self {
            listed: accounts.map(<[_]>::len),
            entered: tried.len() - shut.len(),
            not_entered: shut.len(),
            set_aside: accounts.unwrap_or_default().iter().filter(|account| is_set_aside(&account.state)).count(),
            segments,
            frozen: view.want.frozen.len(),
        }
    }

    /// Returns the counts in one line.
    pub fn text(&self, view: &View<'_>) -> String {
        let accounts = match self.listed {
            Some(listed) => count(listed, "account seen", "accounts seen"),
            None => "accounts unknown".to_owned(),
        };
        let mut accounts = format!("{accounts}, {} entered, {} set aside", self.entered, self.set_aside);
        if self.not_entered > 0 {
            accounts.push_str(&format!(", {} not to be entered", self.not_entered));
        }
        let mut vpcs: Vec<String> = self.segments.iter().map(|(segment, vpcs)| format!("{segment} {vpcs}")).collect();
        if self.frozen > 0 {
            vpcs.push(format!("left alone {}", self.frozen));
        }
        let vpcs = if vpcs.is_empty() { "none".to_owned() } else { vpcs.join(", ") };
        let in_place: Vec<String> =
            view.plan.in_place.iter().map(|(kind, number)| count(*number, kind.words(), several(*kind))).collect();
        let in_place = if in_place.is_empty() { "nothing".to_owned() } else { in_place.join(", ") };
        let calls = count(usize::try_from(view.calls).unwrap_or(usize::MAX), "call", "calls");
        format!("{accounts}; VPCs: {vpcs}; in place: {in_place}; {calls}")
    }
}

/// Returns the report in one line: `drift: 7 steps, blocked: 2, unknown: 1 list`.
pub(super) fn verdict(plan: &Plan) -> (Paint, String) {
    let blocked = plan.problems.iter().filter(|problem| problem.blocks()).count();
    let mut parts = Vec::new();
    if !plan.steps.is_empty() {
        let ready = plan.steps.iter().filter(|step| step.outlook == Outlook::Ready).count();
        let cuts = match plan.steps.iter().filter(|step| matches!(step.risk, Risk::Cuts { .. })).count() {
            0 => String::new(),
            1 => ", 1 cuts traffic".to_owned(),
            several => format!(", {several} cut traffic"),
        };
        parts.push(format!("drift: {} ({ready} ready{cuts})", count(plan.steps.len(), "step", "steps")));
    }
    if blocked > 0 {
        parts.push(format!("blocked: {blocked}"));
    }
    if !plan.unknown.is_empty() {
        parts.push(format!("unknown: {}", count(plan.unknown.len(), "list", "lists")));
    }
    if !plan.pending.is_empty() {
        parts.push(format!("pending: {}", plan.pending.len()));
    }
    match (parts.is_empty(), blocked > 0 || !plan.unknown.is_empty()) {
        (true, _) => (Paint::Good, "in sync".to_owned()),
        (false, true) => (Paint::Bad, parts.join(", ")),
        (false, false) => (Paint::Notable, parts.join(", ")),
    }
}
