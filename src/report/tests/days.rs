//! The days of an organization of twelve accounts, as they are told.

use std::collections::BTreeMap;

use super::organization::Twelve;
use super::unfolded;
use super::world;
use crate::apply::{Outcome, Outcomes};
use crate::model::Kind;
use crate::plan::{Outlook, Wait};
use crate::report::{PassView, Style, drift_json, drift_text, pass_text, wording};

#[test]
fn twelve_accounts_that_are_to_be_connected_are_told_in_order() {
    let (world, plan) = Twelve::unbuilt().plan();
    insta::assert_snapshot!(drift_text(&world.view(&plan), Style::Plain));
}

#[test]
fn a_working_day_of_twelve_accounts_is_told_in_order() {
    let (world, plan) = Twelve::at_work().plan();
    let text = drift_text(&world.view(&plan), Style::Plain);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_vpc_that_is_held_is_told_with_the_time_that_is_left_and_with_what_waits_for_it() {
    let (world, plan) = Twelve::while_one_is_held().plan();
    let view = world.view(&plan);
    let text = unfolded(&view);
    assert!(text.contains("it is kept as it is until 2026-11-22T07:00:00Z, in 4 h,"), "{text}");
    let departures = &drift_json(&view, 2)["departures"];
    assert_eq!(departures[0]["about"]["vpc_name"], "trial");
    assert_eq!(departures[0]["since"], "2026-11-21T07:00:00Z");
    assert_eq!(departures[0]["until"], "2026-11-22T07:00:00Z");
}

#[test]
fn a_pass_of_a_working_day_tells_what_was_done_what_waits_and_what_is_left() {
    let (world, mut plan) = Twelve::at_work().plan();
    let until = world::now() + jiff::SignedDuration::from_mins(40);
    for step in plan.steps.iter_mut().filter(|step| step.kind == Kind::StaticRoute && step.call.takes_away()) {
        step.outlook = Outlook::Waits { on: Wait::Budget { until } };
    }
    let outcomes: Outcomes = plan.ready().map(|step| (step.id.clone(), Outcome::Done)).collect();
    let pass = PassView { number: 1, view: world.view(&plan), outcomes: &outcomes };
    insta::assert_snapshot!(pass_text(&pass, Style::Plain));
}

#[test]
fn json_of_a_working_day_has_its_departures_removals_and_what_is_left() {
    let (world, plan) = Twelve::at_work().plan();
    let json = drift_json(&world.view(&plan), 2);
    let departure = &json["departures"][0];
    assert_eq!(departure["about"]["vpc_name"], "legacy");
    assert_eq!(departure["since"], "2026-11-21T01:00:00Z");
    assert_eq!(departure["until"], serde_json::Value::Null);
    assert_eq!(departure["why"], "it fits no segment");
    assert_eq!(json["removals"].as_array().unwrap().len(), 8);
    let left = json["left"].as_array().unwrap();
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|it| it["left"] == "observed"), "{left:?}");
}

/// Counts the lines of steps, by what they do.
fn verbs(text: &str) -> BTreeMap<&str, usize> {
    let mut verbs = BTreeMap::new();
    let at_a_step = |line: &&str| line.starts_with("    ") && !line.starts_with("     ");
    for line in text.lines().filter(at_a_step) {
        *verbs.entry(line.split_whitespace().next().unwrap()).or_default() += 1;
    }
    verbs
}

#[test]
fn each_step_of_a_plan_stands_in_the_text_once_and_each_call_is_counted() {
    for (world, plan) in [Twelve::unbuilt().plan(), Twelve::at_work().plan()] {
        let text = drift_text(&world.view(&plan), Style::Plain);
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
        for step in &plan.steps {
            *expected.entry(wording::verb(&step.call)).or_default() += 1;
            *calls.entry(step.call.action()).or_default() += usize::from(!matches!(step.outlook, Outlook::Left { .. }));
        }
        let verbs = verbs(&text);
        for (verb, number) in expected {
            assert_eq!(verbs.get(verb), Some(&number), "{verb}\n{text}");
        }
        for (call, number) in calls.into_iter().filter(|(_, number)| *number > 0) {
            let counted: usize = text
                .split(&format!("{call}("))
                .skip(1)
                .map(|rest| rest.split_once(')').unwrap().0.parse::<usize>().unwrap())
                .sum();
            assert_eq!(counted, number, "{call}\n{text}");
        }
    }
}
