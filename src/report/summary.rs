//! What a report counts: the first line and the last.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountId, AccountState, Problem, SegmentName, Unmanaged};
use crate::plan::{Outlook, Plan, Risk, Step, Why};

use super::View;
use super::orders;
use super::style::{Paint, count};
use super::wording::several;

/// How many of the accounts that are set aside are named: enough to see which they are, on a line that is to stay one.
const NAMED: usize = 3;

/// What was looked at.
pub(super) struct Summary<'a> {
    /// How many accounts were listed; none when their list is unknown.
    pub listed: Option<usize>,
    pub entered: usize,
    pub not_entered: usize,
    /// Suspended, closing or closed: each account's name and AWS's word for its state.
    pub set_aside: BTreeMap<&'a AccountId, (&'a str, &'a str)>,
    pub segments: BTreeMap<&'a SegmentName, usize>,
    /// Are these all VPCs? Not if some account's are unknown.
    pub complete: bool,
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
            .filter(|(_, member)| member.vpcs.trouble().is_some_and(|trouble| trouble.is_of_entering()))
            .map(|(scope, _)| &scope.account)
            .collect();
        let mut segments = BTreeMap::new();
        for segment in view.want.tables.keys().map(|table| &table.segment) {
            segments.entry(segment).or_insert(0);
        }
        for segment in view.want.members.values() {
            *segments.entry(segment).or_insert(0) += 1;
        }
        let set_aside = accounts.unwrap_or_default().iter().filter_map(|account| match &account.state {
            AccountState::Active => None,
            AccountState::SetAside(word) => Some((&account.id, (account.name.as_str(), word.as_str()))),
        });
        Self {
            listed: accounts.map(<[_]>::len),
            entered: tried.len() - shut.len(),
            not_entered: shut.len(),
            set_aside: set_aside.collect(),
            segments,
            complete: accounts.is_some() && view.seen.members.values().all(|member| member.vpcs.known().is_some()),
            frozen: view.want.frozen.len(),
        }
    }

    fn set_aside_text(&self) -> String {
        let mut named: Vec<String> = self
            .set_aside
            .iter()
            .take(NAMED)
            .map(
                |(id, (name, word))| {
                    if name.is_empty() { format!("{id}: {word}") } else { format!("{name} {id}: {word}") }
                },
            )
            .collect();
        if let Some(rest @ 1..) = self.set_aside.len().checked_sub(NAMED) {
            named.push(format!("{rest} more"));
        }
        let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
        format!("{} set aside{named}", self.set_aside.len())
    }

    /// Returns the counts in one line.
    pub fn text(&self, view: &View<'_>) -> String {
        let accounts = match self.listed {
            Some(listed) => count(listed, "account seen", "accounts seen"),
            None => "accounts unknown".to_owned(),
        };
        let mut accounts = format!("{accounts}, {} entered, {}", self.entered, self.set_aside_text());
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
        let at_least = if self.complete { "" } else { ", at least" };
        format!("{accounts}; VPCs{at_least}: {vpcs}; in place: {in_place}; {calls}")
    }
}

/// Says what is not declared, after "in sync": what transitd left behind, and what opens a segment's table to more or
/// leads its traffic elsewhere than the file says.
fn undeclared(plan: &Plan) -> Option<String> {
    let in_tables = plan.unmanaged.iter().filter(|thing| is_in_table(thing)).count();
    let counted = [(plan.leftovers.len(), "no longer declared"), (in_tables, "undeclared in a segment's table")];
    let counted =
        counted.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    let parts: Vec<String> = departing(plan).into_iter().chain(counted).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Counts the VPCs that are going to be detached unless somebody says otherwise.
fn departing(plan: &Plan) -> Option<String> {
    let number = plan.problems.iter().filter(|problem| matches!(problem, Problem::Departing { .. })).count();
    (number > 0).then(|| format!("departing: {}", count(number, "VPC", "VPCs")))
}

fn is_in_table(thing: &Unmanaged) -> bool {
    match thing {
        Unmanaged::Association { .. } | Unmanaged::Propagation { .. } | Unmanaged::TransitGatewayRoute { .. } => true,
        Unmanaged::Attachment { .. }
        | Unmanaged::Hub { .. }
        | Unmanaged::Share { .. }
        | Unmanaged::Principal { .. }
        | Unmanaged::Table { .. }
        | Unmanaged::PropagationElsewhere { .. }
        | Unmanaged::AttachedSubnet { .. }
        | Unmanaged::VpcRoute { .. } => false,
    }
}

/// Returns the problems as they are told, each in the order of its kinds: those that block, and those that are worth knowing.
pub(super) fn problems(plan: &Plan) -> (Vec<&Problem>, Vec<&Problem>) {
    plan.problems.iter().partition(|problem| problem.blocks())
}

/// Tells whether a step takes a whole thing away that nothing declares any more.
pub(super) fn is_taken_away(step: &Step) -> bool {
    matches!(step.why, Why::Undeclared | Why::Departed { .. })
}

/// Counts the steps: how many can be sent now, wait, and are not sent at all; and what those that are sent can do.
fn steps(plan: &Plan) -> String {
    let (mut ready, mut waiting, mut left, mut removals, mut cuts) = (0, 0, 0, 0, 0);
    for step in &plan.steps {
        match step.outlook {
            Outlook::Ready => ready += 1,
            Outlook::Waits { .. } => waiting += 1,
            Outlook::Left { .. } => {
                left += 1;
                continue;
            }
        }
        removals += usize::from(step.is_removal());
        cuts += usize::from(matches!(step.risk, Risk::Cuts { .. }));
    }
    let mut parts = vec![format!("{ready} ready")];
    let further = [
        (waiting, format!("{waiting} waiting")),
        (left, format!("{left} left alone")),
        (removals, count(removals, "removal", "removals")),
        (cuts, if cuts == 1 { "1 cuts traffic".to_owned() } else { format!("{cuts} cut traffic") }),
    ];
    parts.extend(further.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text));
    format!("{} ({})", count(plan.steps.len(), "step", "steps"), parts.join(", "))
}

/// Returns the report in one line: `drift: 7 steps (3 ready, 4 waiting), blocked: 2, unknown: 1 list`.
pub(super) fn verdict(plan: &Plan) -> (Paint, String) {
    orders::verdict(plan, of_plan(plan))
}

fn of_plan(plan: &Plan) -> (Paint, String) {
    let blocked = plan.problems.iter().filter(|problem| problem.blocks()).count();
    let broken = plan.problems.iter().filter(|problem| matches!(problem, Problem::IsolationBroken { .. })).count();
    let mut parts = Vec::new();
    if broken > 0 {
        parts.push(format!("isolation broken: {broken}"));
    }
    if !plan.steps.is_empty() {
        parts.push(format!("drift: {}", steps(plan)));
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
    if !parts.is_empty() {
        parts.extend(departing(plan));
    }
    match (parts.is_empty(), blocked > 0 || !plan.unknown.is_empty()) {
        (true, _) => match undeclared(plan) {
            None => (Paint::Good, "in sync".to_owned()),
            Some(more) => (Paint::Notable, format!("in sync; {more}")),
        },
        (false, true) => (Paint::Bad, parts.join(", ")),
        (false, false) => (Paint::Notable, parts.join(", ")),
    }
}
