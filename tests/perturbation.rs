//! Perturbation: every field of the sandbox's model is changed behind transitd's back, in turn.
//!
//! Drift names just that, and apply puts just that right; or reports it, where that is the rule; or it does not matter, and
//! the row says why. The list of fields is the model's own ([`aws_sandbox::fields`]): one without a row fails the test,
//! and so does a row without a field. Each change starts from a copy of the same converged world.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "the perturbations stay in process"))]
mod support;

#[path = "perturbation/findings.rs"]
mod findings;
#[path = "perturbation/hand.rs"]
mod hand;
#[path = "perturbation/rows.rs"]
mod rows;
#[path = "perturbation/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sandbox::fields;
use findings::findings;
use hand::Hand;
use rows::{ComesTo, Row};
use serde_json::Value;
use support::door::SandboxDoor;
use world::{Bench, World};

/// Within how many passes a change is put right: an attachment that comes again takes some forty.
const MOST: usize = 60;

#[test]
fn every_field_of_the_model_has_a_row_and_every_row_a_field() {
    let fields: BTreeSet<(String, String)> = fields::fields()
        .into_iter()
        .flat_map(|(kind, fields)| fields.into_iter().map(move |field| (kind.to_owned(), field)))
        .collect();
    let rows: BTreeSet<(String, String)> =
        rows::all().iter().map(|row| (row.kind.to_owned(), row.field.to_owned())).collect();
    let (lacking, idle): (Vec<_>, Vec<_>) = (fields.difference(&rows).collect(), rows.difference(&fields).collect());
    assert!(lacking.is_empty(), "fields that no row changes: {lacking:?}");
    assert!(idle.is_empty(), "rows that change no field: {idle:?}");
}

#[test]
fn each_field_that_is_changed_is_named_and_put_right_or_reported_or_does_not_matter() {
    let world = world::make();
    let bench = Bench::new(&world);
    let before = findings(&hand(&bench).look(), &world.names);
    assert_eq!(before.iter().map(String::as_str).collect::<Vec<_>>(), rows::ALWAYS, "the world at rest");
    let (rows, next, wrongs) = (rows::all(), AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some((at, row)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    rows.get(at).map(|row| (at, row))
                } {
                    let judged = std::panic::catch_unwind(|| judge(row, &world, &before));
                    let wrong = judged.unwrap_or_else(|_| vec!["panicked".to_owned()]);
                    if !wrong.is_empty() {
                        let wrong = format!("{} {}: {}", row.kind, row.field, wrong.join("\n    "));
                        wrongs.lock().expect("no panic while adding").insert(at, wrong);
                    }
                }
            });
        }
    });
    let wrongs = wrongs.into_inner().expect("no panic while adding");
    let all: Vec<String> = wrongs.into_values().collect();
    assert!(all.is_empty(), "{} of {} rows are wrong:\n{}", all.len(), rows.len(), all.join("\n"));
}

fn hand<'b>(bench: &'b Bench<'_>) -> Hand<'b, SandboxDoor> {
    bench.through(Arc::new(SandboxDoor::new(bench.seed.sandbox.clone(), &bench.world.home)))
}

/// Makes one change, and says what is otherwise than its row has it.
fn judge(row: &Row, world: &World, before: &BTreeSet<String>) -> Vec<String> {
    let mut wrongs = Vec::new();
    let bench = Bench::new(world);
    let untouched = fields::describe(&bench.seed.lock().world);
    (row.how)(&bench);
    let changed = fields::describe(&bench.seed.lock().world);
    if !differs(&untouched[row.kind], &changed[row.kind], row.field) {
        wrongs.push("the change does not change the field".to_owned());
    }
    bench.seed.lock().clear_log();
    let after = findings(&hand(&bench).look(), &world.names);
    let drift = difference(before, &after);
    let expected: Vec<String> = row.drift.iter().map(|line| (*line).to_owned()).collect();
    if drift != expected {
        wrongs.push(format!("drift names {drift:#?}"));
    }
    let (passes, ended) = hand(&bench).converge(MOST);
    if let Err(error) = ended.as_ref().map_err(ToString::to_string)
        && !drift.iter().any(|line| line.starts_with("refused: "))
    {
        wrongs.push(format!("apply ends: {error}"));
    }
    let writes: Vec<String> = {
        let sandbox = bench.seed.lock();
        let written = sandbox.log().iter().filter(|entry| !entry.is_read());
        written.map(|entry| format!("{} {}", entry.action, entry.outcome)).collect()
    };
    bench.seed.settle();
    let left = difference(before, &findings(&hand(&bench).look(), &world.names));
    let now = fields::describe(&bench.seed.lock().world);
    match row.comes_to {
        ComesTo::Repaired => {
            wrongs.extend(unlike(&untouched, &now).into_iter().map(|it| format!("after {} passes {it}", passes.len())));
        }
        ComesTo::Mended => {}
        ComesTo::Partly(remains) => {
            if left != remains {
                wrongs.push(format!("apply leaves {left:#?}"));
            }
        }
        ComesTo::Reported => {}
        ComesTo::Ignored(why) => {
            if !drift.is_empty() {
                wrongs.push(format!("and it does not matter, since {why}"));
            }
        }
    }
    let is_silent = matches!(row.comes_to, ComesTo::Reported | ComesTo::Ignored(_));
    if is_silent != writes.is_empty() {
        wrongs.push(format!("apply writes {writes:?}"));
    }
    if matches!(row.comes_to, ComesTo::Repaired | ComesTo::Mended) && !left.is_empty() {
        wrongs.push(format!("apply leaves {left:#?}"));
    }
    wrongs
}

/// Tells whether a field has another value anywhere, or some thing came or went.
fn differs(before: &Value, after: &Value, field: &str) -> bool {
    let values = |world: &Value| -> BTreeMap<String, Value> {
        world.as_object().into_iter().flatten().map(|(id, item)| (id.clone(), item[field].clone())).collect()
    };
    values(before) != values(after)
}

/// Lists what came (`+`, without a sign) and went (`gone: `), in order.
fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<String> {
    let gone = before.difference(after).map(|line| format!("gone: {line}"));
    after.difference(before).cloned().chain(gone).collect()
}

/// Lists the fields in which two worlds differ.
fn unlike(one: &Value, other: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (kind, items) in one.as_object().into_iter().flatten() {
        let ids: BTreeSet<&String> =
            [items, &other[kind]].into_iter().filter_map(Value::as_object).flat_map(|items| items.keys()).collect();
        for id in ids {
            let fields = items[id].as_object().or_else(|| other[kind][id].as_object()).into_iter().flatten();
            for (field, _) in fields.filter(|(field, _)| items[id][*field] != other[kind][id][*field]) {
                // The order of a list of ids says nothing.
                if sorted(&items[id][field]) == sorted(&other[kind][id][field]) {
                    continue;
                }
                all.push(format!("{kind} {id} {field} was {} and is {}", items[id][field], other[kind][id][field]));
            }
        }
    }
    all
}

fn sorted(value: &Value) -> Value {
    let Value::Array(items) = value else { return value.clone() };
    let mut items = items.clone();
    items.sort_by_key(ToString::to_string);
    Value::Array(items)
}
