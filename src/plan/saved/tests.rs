//! A plan is put on paper, read back, and held against what is planned later.

use proptest::prelude::*;

use super::*;
use crate::api::{Ref, WriteCall};
use crate::model::{History, Snapshot};
use crate::plan::{Left, Outlook};
use crate::specimen::{BILLING, converged, id, intent, items, now, plan, policy, region, scope, untouched};

fn planned(seen: &Snapshot) -> Plan {
    plan(&intent(), seen, &History::default())
}

fn saved(plan: &Plan) -> SavedPlan {
    SavedPlan::of(plan, &policy(), now(), Allowed::default())
}

fn read(text: &str) -> Result<SavedPlan, Unfit> {
    SavedPlan::read(text, &policy().network)
}

/// Changes one thing of a saved plan's file by its path.
fn edited(path: &str, to: Value) -> String {
    let mut file = value(&saved(&planned(&untouched())));
    *file.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = to;
    file.to_string()
}

fn refers_to(step: &Step, id: &str) -> bool {
    value(&step.call).to_string().contains(id)
}

#[test]
fn what_is_read_back_is_what_was_saved_and_it_stands() {
    let plan = planned(&untouched());
    let file = saved(&plan);
    assert_eq!(read(&file.text()), Ok(file.clone()));
    assert_eq!(file.stands(&plan, &policy()), Ok(()));
    assert_eq!(file.covers(&plan), Ok(()));
    assert!(plan.steps.len() > 10 && plan.steps.iter().all(|step| file.text().contains(step.id.as_str())));
}

#[test]
fn a_file_that_is_no_plan_or_of_another_kind_is_refused() {
    assert!(matches!(read("steps: []"), Err(Unfit::NoPlan(_))));
    assert!(matches!(read("{}"), Err(Unfit::NoPlan(_))));
    assert!(matches!(
        read(&edited("/steps/0/call", json!(null)).replace("\"call\"", "\"cail\"")),
        Err(Unfit::NoPlan(_))
    ));
    assert_eq!(read(&edited("/format", json!("transitd.drift/1"))), Err(Unfit::Form("transitd.drift/1".into())));
    assert_eq!(read(&edited("/version", json!("0.0.1"))), Err(Unfit::Version("0.0.1".into())));
}

#[test]
fn a_plan_of_another_network_is_refused() {
    let file = saved(&planned(&untouched())).text();
    let other = SavedPlan::read(&file, &id("lab"));
    assert_eq!(other, Err(Unfit::Network { saved: id("corp"), declared: id("lab") }));
}

#[test]
fn a_file_that_was_edited_anywhere_is_refused() {
    let edits = [
        ("/steps/0/id", json!("create route table eu/other")),
        ("/steps/0/scope", json!("999999999999 in eu-west-1")),
        ("/steps/0/why", json!({ "drift": "undeclared" })),
        ("/steps/0/risk", json!("removes")),
        ("/steps/0/call/action", json!("DeleteTransitGatewayRouteTable")),
        ("/steps/0/awaits", json!([{ "kind": "route table", "key": "eu/prod" }])),
        ("/steps/0/after", json!(["create route table eu/other"])),
        ("/steps/0/left", json!({ "left": "observed" })),
        ("/allowed/gaps", json!(true)),
        ("/allowed/shrink", json!(true)),
        ("/blocked", json!([{ "problem": "hub-missing" }])),
        ("/network", json!("lab")),
        ("/fingerprint", json!("0")),
    ];
    for (path, to) in edits {
        assert_eq!(read(&edited(path, to)), Err(Unfit::Edited), "{path}");
    }
    let mut twice = value(&saved(&planned(&untouched())));
    let first = twice["steps"][0].clone();
    twice["steps"].as_array_mut().unwrap().push(first);
    assert_eq!(read(&twice.to_string()), Err(Unfit::Edited));
}

#[test]
fn when_it_was_seen_is_not_part_of_the_plan() {
    let plan = planned(&untouched());
    let later = SavedPlan::of(&plan, &policy(), now() + jiff::SignedDuration::from_hours(5), Allowed::default());
    assert_eq!(later.fingerprint(), saved(&plan).fingerprint());
}

#[test]
fn what_has_appeared_vanished_or_changed_is_named() {
    let before = planned(&untouched());
    let mut after = before.clone();
    let gone = after.steps.remove(0);
    after.steps[0].call = WriteCall::AcceptResourceShareInvitation { invitation: "arn:x".into() };
    let changed = after.steps[0].id.clone();
    let mut new = gone.clone();
    new.id = StepId::read("create something new");
    after.steps.push(new.clone());
    let moved = saved(&before).stands(&after, &policy()).unwrap_err();
    let expected = Moved {
        appeared: BTreeSet::from([new.id]),
        vanished: BTreeSet::from([gone.id]),
        changed: BTreeSet::from([changed]),
        blocked: false,
    };
    assert_eq!(moved, expected);
}

#[test]
fn what_stands_in_the_way_is_part_of_the_plan_and_what_is_only_worth_knowing_is_not() {
    let before = planned(&untouched());
    let mut after = before.clone();
    after.problems.insert(Problem::ExcludeFitsNothing { account: id(BILLING) });
    assert_eq!(saved(&before).stands(&after, &policy()), Ok(()));
    after.problems.insert(Problem::AccountPlaceless { account: id(BILLING) });
    let moved = saved(&before).stands(&after, &policy()).unwrap_err();
    assert_eq!(moved, Moved { blocked: true, ..Moved::default() });
}

#[test]
fn the_order_of_the_steps_is_not_part_of_the_plan() {
    let before = planned(&untouched());
    let mut after = before.clone();
    after.steps.reverse();
    assert_eq!(saved(&before).stands(&after, &policy()), Ok(()));
}

#[test]
fn a_later_pass_may_do_what_is_left_with_ids_that_have_come_to_be_known() {
    let file = saved(&planned(&untouched()));
    // The tables and attachments are there, and nothing is associated yet.
    let mut later = converged();
    let hub = later.hubs.get_mut(&region()).unwrap();
    for list in hub.associations.values_mut() {
        items(list).clear();
    }
    for (propagations, routes) in hub.propagations.values_mut().zip(hub.routes.values_mut()) {
        items(propagations).clear();
        items(routes).clear();
    }
    let rest = planned(&later);
    assert!(rest.steps.iter().any(|step| refers_to(step, "tgw-attach-b")), "{:?}", rest.steps);
    assert_eq!(file.covers(&rest), Ok(()));
    // That is another plan than the one at the start, which has to be the same.
    assert!(!file.stands(&rest, &policy()).unwrap_err().vanished.is_empty());
    // And nothing at all is left in the end.
    assert_eq!(file.covers(&planned(&converged())), Ok(()));
}

#[test]
fn a_later_pass_may_do_nothing_that_is_not_in_the_plan() {
    let mut seen = converged();
    let tables = items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables);
    tables[0].routes.clear();
    let file = saved(&planned(&seen));
    let rest = planned(&untouched());
    let moved = file.covers(&rest).unwrap_err();
    assert!(moved.appeared.contains(&rest.steps[0].id), "{moved:?}");
    assert!(moved.vanished.is_empty() && !moved.blocked, "{moved:?}");
}

/// A saved plan of one step that awaits a table and an attachment, and that step.
fn awaiting() -> (SavedPlan, Plan) {
    let mut plan = planned(&untouched());
    plan.steps.retain(|step| matches!(step.call, WriteCall::AssociateTransitGatewayRouteTable { .. }));
    plan.steps.truncate(1);
    (saved(&plan), plan)
}

fn associate(table: Ref<TransitGatewayRouteTableId>, attachment: Ref<AttachmentId>) -> WriteCall {
    WriteCall::AssociateTransitGatewayRouteTable { table, attachment }
}

#[test]
fn only_an_id_of_the_right_kind_stands_for_what_was_awaited() {
    let (file, mut plan) = awaiting();
    assert_eq!(file.covers(&plan), Ok(()));
    plan.steps[0].call = associate(Ref::Known(id("tgw-rtb-1")), Ref::Known(id("tgw-attach-1")));
    assert_eq!(file.covers(&plan), Ok(()));
    // Another thing that is awaited is another thing.
    let WriteCall::AssociateTransitGatewayRouteTable { table: Ref::Planned(other), .. } = planned(&untouched())
        .steps
        .into_iter()
        .rfind(|step| matches!(step.call, WriteCall::AssociateTransitGatewayRouteTable { .. }))
        .map(|step| step.call)
        .unwrap()
    else {
        panic!("a table that is planned")
    };
    plan.steps[0].call = associate(Ref::Planned(other), Ref::Known(id("tgw-attach-1")));
    assert_eq!(file.covers(&plan).unwrap_err().changed.len(), 1);
    // An id that was known is that id.
    let (_, mut plan) = awaiting();
    plan.steps[0].call = associate(Ref::Known(id("tgw-rtb-1")), Ref::Known(id("tgw-attach-1")));
    let known = saved(&plan);
    plan.steps[0].call = associate(Ref::Known(id("tgw-rtb-1")), Ref::Known(id("tgw-attach-2")));
    assert_eq!(known.covers(&plan).unwrap_err().changed.len(), 1);
}

#[test]
fn an_id_of_another_kind_does_not_stand_for_what_was_awaited() {
    let mut plan = planned(&untouched());
    plan.steps.retain(|step| matches!(&step.call, WriteCall::CreateTags { resource: Ref::Planned(_), .. }));
    plan.steps.truncate(1);
    let file = saved(&plan);
    for (resource, stands) in [("tgw-attach-1", true), ("tgw-rtb-1", false), ("anything", false)] {
        let WriteCall::CreateTags { resource: named, .. } = &mut plan.steps[0].call else { panic!("a step that tags") };
        *named = Ref::Known(resource.to_owned());
        assert_eq!(file.covers(&plan).is_ok(), stands, "{resource}");
    }
}

#[test]
fn a_step_in_another_place_or_one_that_was_not_to_be_sent_is_another_step() {
    let (file, mut plan) = awaiting();
    plan.steps[0].scope = scope(BILLING);
    assert_eq!(file.covers(&plan).unwrap_err().changed.len(), 1);
    let (_, mut plan) = awaiting();
    let sent = plan.steps[0].outlook.clone();
    plan.steps[0].outlook = Outlook::Left { why: Left::Unknown };
    let shown = saved(&plan);
    plan.steps[0].outlook = sent;
    assert_eq!(shown.covers(&plan).unwrap_err().changed.len(), 1);
    assert_eq!(shown.stands(&plan, &policy()).unwrap_err().changed.len(), 1);
    // The other way round, less is done than was agreed to.
    let agreed = saved(&plan);
    plan.steps[0].outlook = Outlook::Left { why: Left::Unknown };
    assert_eq!(agreed.covers(&plan), Ok(()));
}

#[test]
fn what_was_allowed_is_part_of_what_was_saved() {
    let plan = planned(&untouched());
    for allowed in [Allowed { gaps: true, shrink: false }, Allowed { gaps: false, shrink: true }] {
        let other = SavedPlan::of(&plan, &policy(), now(), allowed);
        assert_eq!(read(&other.text()).map(|read| read.allowed()), Ok(allowed));
        assert_ne!(other.fingerprint(), saved(&plan).fingerprint());
    }
}

proptest! {
    #[test]
    fn a_plan_stands_just_for_itself(one in subset(), other in subset()) {
        let (one, other) = (part(&one), part(&other));
        let stands = saved(&one).stands(&other, &policy());
        prop_assert_eq!(stands.is_ok(), one.steps == other.steps);
        // A part of the plan is covered by the whole, and never the other way round.
        prop_assert_eq!(saved(&planned(&untouched())).covers(&other), Ok(()));
        let within = other.steps.iter().all(|step| one.steps.contains(step));
        prop_assert_eq!(saved(&one).covers(&other).is_ok(), within);
    }
}

fn subset() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), 3)
}

/// The untouched network's plan without some of its first steps.
fn part(kept: &[bool]) -> Plan {
    let mut plan = planned(&untouched());
    let mut at = 0;
    plan.steps.retain(|_| {
        at += 1;
        kept.get(at - 1).copied().unwrap_or(true)
    });
    plan
}
