//! Reports for machines: everything, uncut. Keys are only ever added; a change of meaning is a new `format`.
//!
//! | key of a drift report | what it holds |
//! |---|---|
//! | `format` | `transitd.drift/1` |
//! | `network`, `home`, `organization` | which network, and where it is run from |
//! | `seen_at` | when the look began |
//! | `exit` | the exit code that goes with the report |
//! | `in_sync`, `verdict` | the judgement, and the text report's first line |
//! | `blocked`, `notes` | problems; each has `problem` and its details, `text`, `help` |
//! | `paused`, `held` | what people ordered: `order` with its parts, `text`, `help` |
//! | `unknown` | lists that could not be read: `list`, `scope` (null for the organization's), `trouble`, `help` |
//! | `steps` | in order: `id`, `kind`, `key`, `segment`, `about`, `scope`, `call`, `after`, `outlook`, `why`, `risk`, `evidence`, `text`, and in words `reason`, `danger` (null where it only adds) and `wait` (null where it does not wait) |
//! | `left` | those of the steps that are shown and not sent: `step`, its `id`, `left`, why, and `text` |
//! | `removals` | ids of the steps that take away what nothing declares any more, and are sent |
//! | `departures` | VPCs that have left their segment: `attachment`, `about`, `since`, `until` (null once the time is over), `why` |
//! | `pending` | what AWS is busy with: `kind`, `key`, `about` |
//! | `leftovers` | what transitd made and nothing declares any more; with the keys of `unmanaged` |
//! | `unmanaged` | what is neither declared nor transitd's: `unmanaged` and its details, `text`, `help` |
//! | `confirmed` | ids of steps of the past that this look shows done |
//! | `look_again_seconds` | when to look again, if something is under way |
//! | `counts` | `accounts`, `vpcs` by segment and whether that is all (`vpcs_complete`), `in_place` by kind, `calls` |
//!
//! `about` says in its parts what a `key` says in one text: `hub`, `segment`, `account`, `account_name`, `region`, `vpc`,
//! `vpc_name`, `attached`, `principal`, `route_table`, `destination`, as far as they are known.
//!
//! A report of one pass of `apply` has the same keys but for `exit`, and two more: `pass`, its number, and `outcomes`.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::apply::Outcome;
use crate::model::{Key, ListId, Problem, Trouble, Unmanaged};
use crate::plan::{Outlook, Step, Why};

use super::names::{Names, Place};
use super::orders::orders_json;
use super::summary::{self, Summary, verdict};
use super::{PassView, View, wording};

/// Returns a drift report for machines. `exit` is the exit code that goes with it.
pub fn drift_json(view: &View<'_>, exit: u8) -> Value {
    let mut report = look(view);
    report.insert("format".to_owned(), json!("transitd.drift/1"));
    report.insert("exit".to_owned(), json!(exit));
    Value::Object(report)
}

/// Returns one pass for machines: the keys of a drift report without `exit`, and `pass`, its number, and `outcomes`, by
/// step: `outcome`, and `trouble` or `message` where something went wrong.
pub fn pass_json(pass: &PassView<'_>) -> Value {
    let mut report = look(&pass.view);
    report.insert("format".to_owned(), json!("transitd.pass/1"));
    report.insert("pass".to_owned(), json!(pass.number));
    let outcomes: Map<String, Value> = pass.outcomes.iter().map(|(id, came)| (id.to_string(), outcome(came))).collect();
    report.insert("outcomes".to_owned(), Value::Object(outcomes));
    Value::Object(report)
}

fn look(view: &View<'_>) -> Map<String, Value> {
    let names = Names::of(view);
    let plan = view.plan;
    let (blocked, notes) = summary::problems(plan);
    let problems = |problems: Vec<&Problem>| problems.into_iter().map(|it| problem(it, &names)).collect::<Vec<_>>();
    let undeclared = |things: &BTreeSet<Unmanaged>, help: fn(&Unmanaged) -> &'static str| -> Vec<Value> {
        let text = |thing| wording::unmanaged(thing, &names, Place::default());
        things.iter().map(|it| with(value(it), json!({ "text": text(it), "help": help(it) }))).collect()
    };
    let pending: Vec<Value> =
        plan.pending.iter().map(|it| with(value(it), json!({ "about": about(&it.key, &names) }))).collect();
    let (paused, held) = orders_json(plan);
    let report = json!({
        "network": view.network,
        "home": view.home,
        "organization": view.organization,
        "seen_at": view.seen.at,
        "in_sync": plan.is_in_sync(),
        "verdict": verdict(plan).1,
        "blocked": problems(blocked),
        "notes": problems(notes),
        "paused": paused,
        "held": held,
        "unknown": plan.unknown.iter().map(|(list, trouble)| unknown(list, trouble)).collect::<Vec<_>>(),
        "steps": plan.steps.iter().map(|it| step(it, &names)).collect::<Vec<_>>(),
        "left": plan.steps.iter().filter_map(left).collect::<Vec<_>>(),
        "removals": plan.steps.iter().filter(|it| it.is_removal() && left(it).is_none()).map(|it| &it.id).collect::<Vec<_>>(),
        "departures": departures(view, &names),
        "pending": pending,
        "leftovers": undeclared(&plan.leftovers, wording::leftover_help),
        "unmanaged": undeclared(&plan.unmanaged, wording::unmanaged_help),
        "confirmed": plan.confirmed,
        "look_again_seconds": plan.look_again.map(|wait| wait.as_secs_f64()),
        "counts": counts(view),
    });
    object(report)
}

fn problem(problem: &Problem, names: &Names<'_>) -> Value {
    let worded = wording::problem(problem, names);
    with(value(problem), json!({ "text": worded.text(), "help": worded.help }))
}

fn unknown(list: &ListId, trouble: &Trouble) -> Value {
    json!({
        "list": wording::list_words(list),
        "scope": wording::scope_of(list),
        "trouble": trouble,
        "help": wording::fault_help(trouble),
    })
}

fn step(step: &Step, names: &Names<'_>) -> Value {
    let here = Place { hub: names.hub_of(&step.key), ..Place::default() };
    let (object, reason) = (wording::object(step, names, here), wording::reason(step, names));
    let words = json!({
        "about": about(&step.key, names),
        "text": format!("{} {object}: {reason}", wording::verb(&step.call)),
        "reason": reason,
        "danger": wording::danger(step),
        "wait": wording::waits(step, names, here),
    });
    with(value(step), words)
}

/// Says of a step that is shown and not sent why that is so.
fn left(step: &Step) -> Option<Value> {
    let Outlook::Left { why } = &step.outlook else { return None };
    Some(with(json!({ "step": step.id, "text": wording::left(why) }), value(why)))
}

/// Lists the VPCs that have left their segment: those that are held, and those that are on their way out.
fn departures(view: &View<'_>, names: &Names<'_>) -> Vec<Value> {
    let plan = view.plan;
    let held = plan.problems.iter().filter_map(|problem| {
        let Problem::Departing { attachment, why, until } = problem else { return None };
        Some((attachment, why.as_str(), Some(until)))
    });
    let going = plan.steps.iter().filter_map(|step| match (&step.key, &step.why) {
        (Key::Attachment(attachment), Why::Departed { reason }) => Some((attachment, reason.as_str(), None)),
        (_, _) => None,
    });
    let each = held.chain(going).map(|(attachment, why, until)| {
        json!({
            "attachment": attachment,
            "about": about(&Key::Attachment(attachment.clone()), names),
            "since": names.departed_since(attachment),
            "until": until,
            "why": why,
        })
    });
    each.collect()
}

/// Takes a key apart.
fn about(key: &Key, names: &Names<'_>) -> Value {
    let mut about = Map::new();
    let mut say = |name: &str, value: Value| {
        about.insert(name.to_owned(), value);
    };
    if let Some(hub) = names.hub_of(key) {
        say("hub", json!(hub));
    }
    let segment = match key {
        Key::Hub(_) | Key::Share(_) => None,
        Key::Principal(key) => {
            say("principal", json!(key.principal));
            None
        }
        Key::Table(table) => Some(&table.segment),
        Key::Attachment(of) => names.segment(&of.vpc),
        Key::Association(of) => {
            say("attached", json!(of.of));
            names.table_of(of).map(|table| &table.segment)
        }
        Key::Propagation(of) => {
            say("attached", json!(of.of));
            Some(&of.table.segment)
        }
        Key::StaticRoute(route) => {
            say("destination", json!(route.destination));
            Some(&route.table.segment)
        }
        Key::VpcRoute(route) => {
            say("route_table", json!(route.table));
            say("destination", json!(route.destination));
            names.segment(&route.vpc)
        }
    };
    if let Some(segment) = segment {
        say("segment", json!(segment));
    }
    if let Some(vpc) = key.vpc() {
        say("account", json!(vpc.account));
        say("account_name", json!(names.account_name(&vpc.account)));
        say("region", json!(vpc.region));
        say("vpc", json!(vpc.vpc));
        say("vpc_name", json!(names.vpc_tag(vpc)));
    }
    Value::Object(about)
}

fn counts(view: &View<'_>) -> Value {
    let summary = Summary::of(view);
    json!({
        "accounts": {
            "seen": summary.listed,
            "entered": summary.entered,
            "not_entered": summary.not_entered,
            "set_aside": summary.set_aside.len(),
        },
        "vpcs": summary.segments,
        "vpcs_complete": summary.complete,
        "vpcs_left_alone": summary.frozen,
        "in_place": view.plan.in_place,
        "calls": view.calls,
    })
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Done => json!({ "outcome": "done" }),
        Outcome::AlreadyDone => json!({ "outcome": "already-done" }),
        Outcome::Later(trouble) => json!({ "outcome": "later", "trouble": trouble }),
        Outcome::InDoubt(trouble) => json!({ "outcome": "in-doubt", "trouble": trouble }),
        Outcome::Failed(trouble) => json!({ "outcome": "failed", "trouble": trouble }),
        Outcome::NotJournaled(message) => json!({ "outcome": "not-journaled", "message": message }),
        Outcome::Overruled => json!({ "outcome": "overruled" }),
        Outcome::NotSent => json!({ "outcome": "not-sent" }),
    }
}

/// Returns a thing of the model as a value. All of them are records of text and numbers, with text for keys.
fn value(thing: &impl Serialize) -> Value {
    serde_json::to_value(thing).expect("things of the model have text for keys, and their serializing never fails")
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// Adds the keys of `more` to those of `value`.
fn with(value: Value, more: Value) -> Value {
    let mut all = object(value);
    all.extend(object(more));
    Value::Object(all)
}
