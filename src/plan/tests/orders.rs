//! What people order: a held thing is shown and left alone, and so is everything while the network is paused.

use super::*;
use crate::model::{Hold, PAUSE_TAG, Pause};
use crate::specimen::{intent, plan, untouched};

fn hold(name: &str, hours: i64) -> Hold {
    let until = now() + SignedDuration::from_hours(hours);
    Hold { name: name.into(), why: "an emergency".into(), by: "alice".into(), since: now(), until }
}

fn with(past: History) -> Plan {
    plan(&intent(), &untouched(), &past)
}

/// The steps that are left, and those that are not.
fn left(plan: &Plan, why: &Left) -> (Vec<String>, Vec<String>) {
    let is_left = |step: &&Step| step.outlook == Outlook::Left { why: why.clone() };
    let (left, rest): (Vec<&Step>, Vec<&Step>) = plan.steps.iter().partition(is_left);
    let names = |steps: Vec<&Step>| steps.iter().map(|step| step.id.to_string()).collect();
    (names(left), names(rest))
}

#[test]
fn what_is_held_is_shown_and_left_with_all_that_builds_on_it_and_the_rest_goes_on() {
    let free = with(History::default());
    let plan = with(History { holds: vec![hold("vpc-b", 1)], ..History::default() });
    let (held, rest) = left(&plan, &Left::Held);
    assert_eq!(plan.steps.len(), free.steps.len(), "everything is shown");
    assert!(held.iter().all(|step| step.contains("vpc-b")) && held.len() > 3, "{held:?}");
    assert!(rest.iter().all(|step| !step.contains("vpc-b")) && rest.len() > 3, "{rest:?}");
    assert!(plan.ready().next().is_some());
    assert_eq!(plan.holds.len(), 1);
}

#[test]
fn a_hub_and_a_hub_s_gateway_stand_for_all_that_is_on_it() {
    for name in ["tgw-1", "eu"] {
        let plan = with(History { holds: vec![hold(if name == "eu" { "eu" } else { name }, 1)], ..History::default() });
        assert!(left(&plan, &Left::Held).1.is_empty(), "{name}: {}", shown(&plan));
    }
}

#[test]
fn a_hold_whose_time_is_over_holds_nothing() {
    let plan = with(History { holds: vec![hold("vpc-b", 0)], ..History::default() });
    assert!(left(&plan, &Left::Held).0.is_empty() && plan.holds.is_empty());
}

#[test]
fn a_pause_by_command_or_by_a_hub_s_tag_leaves_everything() {
    let pause = Pause::Command { why: "w".into(), by: "alice".into(), since: now() };
    let by_command = with(History { pause: Some(pause.clone()), ..History::default() });
    let mut seen = untouched();
    items(&mut hub(&mut seen).gateways)[0].tags.insert(PAUSE_TAG.into(), String::new());
    let by_tag = plan(&intent(), &seen, &History::default());
    for plan in [&by_command, &by_tag] {
        let (paused, rest) = left(plan, &Left::Paused);
        assert!(!paused.is_empty() && rest.is_empty(), "{}", shown(plan));
        assert!(plan.is_at_rest() && !plan.is_in_sync());
    }
    assert_eq!(by_command.pauses, [pause]);
    assert!(matches!(by_tag.pauses.as_slice(), [Pause::Tag { .. }]));
}
