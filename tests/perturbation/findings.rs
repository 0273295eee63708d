//! What a look found, as lines that a table can hold: ids by their names.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use transitd::observe::Misplaced;
use transitd::pass::Look;

use crate::hand::Names;

/// Puts all that a look found into lines, with names for ids.
pub fn findings(look: &Result<Look, Misplaced>, names: &Names) -> BTreeSet<String> {
    let look = match look {
        Ok(look) => look,
        Err(error) => return BTreeSet::from([hide(names, &format!("refused: {error}"))]),
    };
    let plan = &look.plan;
    let mut lines: Vec<String> = plan.steps.iter().map(|step| step.id.to_string()).collect();
    lines.extend(plan.pending.iter().map(|pending| format!("pending: {} {}", pending.kind.words(), pending.key)));
    lines.extend(plan.problems.iter().map(|problem| told("problem", problem)));
    lines.extend(plan.unmanaged.iter().map(|thing| told("unmanaged", thing)));
    lines.extend(plan.leftovers.iter().map(|thing| told("no longer declared", thing)));
    lines.extend(plan.unknown.keys().map(|list| format!("unknown: {list}")));
    lines.iter().map(|line| hide(names, line)).collect()
}

/// Puts a value into words: its tag, then all that it holds.
fn told(what: &str, value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).expect("a value");
    let tag = ["problem", "unmanaged"].iter().find_map(|tag| value[*tag].as_str()).unwrap_or_default().to_owned();
    let mut words = vec![format!("{what}: {tag}")];
    if let Value::Object(members) = value {
        let told =
            members.iter().filter(|(name, _)| *name != "problem" && *name != "unmanaged").map(|(_, it)| leaf(it));
        words.extend(told.filter(|word| !word.is_empty()));
    }
    words.join(" ")
}

fn leaf(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(leaf).collect::<Vec<_>>().join("+"),
        Value::Object(members) => members.values().map(leaf).collect::<Vec<_>>().join("/"),
    }
}

/// Puts names for ids, longest id first.
fn hide(names: &Names, text: &str) -> String {
    let mut ids: Vec<_> = names.0.iter().collect();
    ids.sort_by_key(|(_, id)| std::cmp::Reverse(id.len()));
    ids.into_iter().fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), name))
}
