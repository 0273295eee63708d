//! What people ordered: said in every report, first of all, since it explains what is not done.

use serde_json::{Value, json};

use crate::model::{Hold, PAUSE_TAG, Pause};
use crate::plan::Plan;

use super::style::{Page, Paint, count, piece};

/// Writes what is paused and held; nothing where nothing is.
pub(super) fn orders(page: &mut Page, plan: &Plan) {
    if !plan.pauses.is_empty() || !plan.holds.is_empty() {
        page.gap();
    }
    for pause in &plan.pauses {
        line(page, "paused", &format!("{pause}; nothing is written"), &pause_help(pause));
    }
    for hold in &plan.holds {
        line(page, "held", &hold.to_string(), &hold_help(hold));
    }
}

fn line(page: &mut Page, label: &str, text: &str, help: &str) {
    page.line(0, label.len() + 2, &[piece(Paint::Notable, label), piece(Paint::Text, text)]);
    page.line(2, 2 + "help: ".len(), &[piece(Paint::Aside, format!("help: {help}"))]);
}

/// Adds to a verdict what keeps it from being acted on.
pub(super) fn verdict(plan: &Plan, verdict: (Paint, String)) -> (Paint, String) {
    let mut text = verdict.1;
    if !plan.holds.is_empty() {
        text.push_str(&format!("; held: {}", count(plan.holds.len(), "thing", "things")));
    }
    if plan.pauses.is_empty() { (verdict.0, text) } else { (Paint::Notable, format!("paused; {text}")) }
}

fn pause_help(pause: &Pause) -> String {
    match pause {
        Pause::Command { .. } => "`transitd resume` ends it".to_owned(),
        Pause::Tag { hub, .. } => format!("take the tag {PAUSE_TAG} from the transit gateway of hub {hub} to end it"),
    }
}

fn hold_help(hold: &Hold) -> String {
    format!("`transitd release '{}'` ends it sooner", hold.name)
}

/// Returns what is paused and held, for machines.
pub(super) fn orders_json(plan: &Plan) -> (Value, Value) {
    let paused = plan.pauses.iter().map(|it| json!({ "order": it, "text": it.to_string(), "help": pause_help(it) }));
    let held = plan.holds.iter().map(|it| json!({ "order": it, "text": it.to_string(), "help": hold_help(it) }));
    (paused.collect(), held.collect())
}
