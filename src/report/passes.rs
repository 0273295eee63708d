//! What `apply` says while it works: a few lines for each pass, and what stands in the way when nothing is left to do.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::Outcome;
use crate::model::{Key, Kind};
use crate::plan::{Left, Moved, Outlook, Plan, Step, Wait};
use crate::review::Violation;

use super::PassView;
use super::drift;
use super::names::Names;
use super::style::{Page, Paint, Style, count, piece};
use super::summary::verdict;
use super::wording::{self, Came};

/// How many steps with one outcome are named in a pass; the rest is counted. A pass is to be seen as a whole.
const NAMED: usize = 15;
/// How wide the first column is: the longest of its words, `not journaled`.
const LABEL: usize = 13;
/// Where the second column begins: an indent of two, the first column, and two between.
const TEXT: usize = LABEL + 4;

/// Writes what a pass found and did.
pub fn pass_text(pass: &PassView<'_>, style: Style) -> String {
    let (view, plan) = (&pass.view, pass.view.plan);
    let names = Names::of(view);
    let mut page = Page::new(style);
    let (paint, found) = verdict(plan);
    page.line(0, 2, &[piece(Paint::Heading, format!("pass {}:", pass.number)), piece(paint, found)]);
    sent(&mut page, pass, &names);
    waiting(&mut page, plan, &names);
    pending(&mut page, plan);
    match plan.look_again {
        Some(wait) => row(&mut page, Paint::Aside, "next", &format!("looks again in {} s", wait.as_secs())),
        // Nothing is left to send or to wait for: this is the last word on what stands in the way.
        None => drift::findings(&mut page, view, &names),
    }
    page.finish()
}

fn row(page: &mut Page, paint: Paint, label: &str, text: &str) {
    page.line(2, TEXT, &[piece(paint, format!("{label:<LABEL$}")), piece(Paint::Text, text)]);
}

fn sent(page: &mut Page, pass: &PassView<'_>, names: &Names<'_>) {
    let plan = pass.view.plan;
    if pass.outcomes.is_empty() {
        if plan.ready().next().is_some() {
            row(page, Paint::Bad, "not sent", &format!("{}, all of them", steps(plan.ready().count())));
        }
        return;
    }
    let mut by_outcome: BTreeMap<u8, Vec<(&Step, Came)>> = BTreeMap::new();
    for step in &plan.steps {
        if let Some(outcome) = pass.outcomes.get(&step.id) {
            by_outcome.entry(rank(outcome)).or_default().push((step, wording::outcome(outcome)));
        }
    }
    for of_outcome in by_outcome.into_values() {
        let listed = of_outcome.get(..NAMED).unwrap_or(&of_outcome);
        for same in listed.chunk_by(|(_, one), (_, other)| one.help == other.help) {
            for (step, came) in same {
                row(page, came.paint, came.word, &sentence(step, came, names));
            }
            if let Some(help) = same.first().and_then(|(_, came)| came.help.as_ref()) {
                page.line(TEXT, TEXT + "help: ".len(), &[piece(Paint::Aside, format!("help: {help}"))]);
            }
        }
        if let (Some((_, came)), Some(rest @ 1..)) = (of_outcome.first(), of_outcome.len().checked_sub(NAMED)) {
            row(page, came.paint, came.word, &format!("and {rest} more"));
        }
    }
}

/// Returns the order in which outcomes are told: what went wrong stands last, where the eye ends.
fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Done => 0,
        Outcome::AlreadyDone => 1,
        Outcome::Later(_) => 2,
        Outcome::InDoubt(_) => 3,
        Outcome::NotSent | Outcome::Overruled => 4,
        Outcome::NotJournaled(_) => 5,
        Outcome::Failed(_) => 6,
    }
}

fn sentence(step: &Step, came: &Came, names: &Names<'_>) -> String {
    let what = wording::deed(step, names);
    if came.said.is_empty() { what } else { format!("{what}: {}", came.said) }
}

fn steps(number: usize) -> String {
    count(number, "step", "steps")
}

/// What steps wait for, as far as a pass tells it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Awaited {
    Present(Kind),
    Gone(Kind),
    Seen,
    Budget,
    /// It is not sent at all.
    Nobody(Left),
}

fn waiting(page: &mut Page, plan: &Plan, names: &Names<'_>) {
    let mut awaited: BTreeMap<Awaited, (usize, BTreeSet<&Key>)> = BTreeMap::new();
    for step in &plan.steps {
        let (sort, key) = match &step.outlook {
            Outlook::Ready => continue,
            Outlook::Waits { on: Wait::Present { kind, key } } => (Awaited::Present(*kind), key),
            Outlook::Waits { on: Wait::Gone { kind, key } } => (Awaited::Gone(*kind), key),
            Outlook::Waits { on: Wait::Seen { .. } } => (Awaited::Seen, &step.key),
            Outlook::Waits { on: Wait::Budget { .. } } => (Awaited::Budget, &step.key),
            Outlook::Left { why } => (Awaited::Nobody(why.clone()), &step.key),
        };
        let (number, keys) = awaited.entry(sort).or_default();
        *number += 1;
        keys.insert(key);
    }
    for (sort, (number, keys)) in awaited {
        let of_kind = |kind: Kind| count(keys.len(), kind.words(), wording::several(kind));
        let text = match sort {
            Awaited::Present(kind) => format!("{} for {} to be there", steps(number), of_kind(kind)),
            Awaited::Gone(kind) => format!("{} for {} to be gone", steps(number), of_kind(kind)),
            Awaited::Budget => format!("{} for room in the budget of removals{}", steps(number), room(plan, names)),
            Awaited::Nobody(why) => {
                row(
                    page,
                    Paint::Notable,
                    "left",
                    &format!("{} not sent, since {}", steps(number), wording::left(&why)),
                );
                continue;
            }
            Awaited::Seen => format!("{} sent before, until it shows whether that was done", steps(number)),
        };
        row(page, Paint::Notable, "waiting", &text);
    }
}

/// Says when the budget has room for the first of the removals that wait for it.
fn room(plan: &Plan, names: &Names<'_>) -> String {
    let until = plan.steps.iter().filter_map(|step| match &step.outlook {
        Outlook::Waits { on: Wait::Budget { until } } => Some(*until),
        Outlook::Ready
        | Outlook::Left { .. }
        | Outlook::Waits { on: Wait::Present { .. } | Wait::Gone { .. } | Wait::Seen { .. } } => None,
    });
    until.min().map(|until| format!(": {}", names.time(until))).unwrap_or_default()
}

fn pending(page: &mut Page, plan: &Plan) {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for pending in &plan.pending {
        *kinds.entry(pending.kind).or_default() += 1;
    }
    if !kinds.is_empty() {
        let busy =
            wording::list(kinds.into_iter().map(|(kind, number)| count(number, kind.words(), wording::several(kind))));
        row(page, Paint::Notable, "pending", &format!("AWS is busy with {busy}"));
    }
}

/// Writes how what is to be done differs from a saved plan.
pub fn moved_text(moved: &Moved, style: Style) -> String {
    let mut page = Page::new(style);
    let said = "the network has moved since the plan was saved, and nothing more is sent";
    page.line(0, 2, &[piece(Paint::Bad, said)]);
    for (label, steps) in [("new", &moved.appeared), ("gone", &moved.vanished), ("changed", &moved.changed)] {
        for step in steps {
            page.line(0, label.len() + 2, &[piece(Paint::Bad, label), piece(Paint::Text, step.to_string())]);
        }
    }
    if moved.blocked {
        page.line(0, 2, &[piece(Paint::Text, "what stands in the way is not the same as when it was saved")]);
    }
    page.line(2, 8, &[piece(Paint::Aside, "help: look at `transitd drift`, and save the plan anew with `--save`")]);
    page.finish()
}

/// Writes why review refused a plan.
pub fn violations_text(violations: &[Violation], style: Style) -> String {
    let mut page = Page::new(style);
    let number = count(violations.len(), "reason", "reasons");
    page.line(0, 2, &[piece(Paint::Bad, format!("review refused the plan for {number}; nothing was sent"))]);
    for violation in violations {
        page.line(0, 9, &[piece(Paint::Bad, "refused"), piece(Paint::Text, violation.to_string())]);
        page.line(2, 8, &[piece(Paint::Aside, format!("help: {}", wording::violation_help(violation)))]);
    }
    page.finish()
}
