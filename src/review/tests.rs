//! Each rule is broken once in a plan that is right otherwise.

use std::collections::BTreeSet;

use super::*;
use crate::api::{Ref, WriteCall};
use crate::model::{Fault, History, Hold, Key, Kind, ListId, Listed, Owned, Pause, Removal, Topology, Trouble};
use crate::plan::{Budgets, Left, Wait};
use crate::specimen::{
    BILLING, CONFIG, HOME, converged, id, intent, intent_of, plan, policy, region, scope, table_id, untouched,
};

fn good() -> (Plan, Snapshot) {
    let seen = untouched();
    (plan(&intent(), &seen, &History::default()), seen)
}

fn verdict(change: impl FnOnce(&mut Plan)) -> Vec<Violation> {
    let (mut plan, seen) = good();
    change(&mut plan);
    review(plan, &Topology::default(), &seen, &History::default(), &policy()).err().unwrap_or_default()
}

#[test]
fn what_the_planner_makes_is_approved() {
    assert_eq!(verdict(|_| {}), []);
}

#[test]
fn a_step_that_stands_twice_is_refused() {
    let found = verdict(|plan| plan.steps.push(plan.steps[0].clone()));
    assert!(matches!(found.as_slice(), [Violation::Doubled { .. }]), "{found:?}");
}

#[test]
fn a_step_before_what_it_builds_on_is_refused() {
    let found = verdict(|plan| plan.steps.reverse());
    assert!(found.iter().any(|violation| matches!(violation, Violation::Order { .. })), "{found:?}");
}

#[test]
fn a_ready_step_that_builds_on_another_or_lacks_an_id_is_refused() {
    let found = verdict(|plan| {
        let waiting = plan.steps.iter_mut().find(|step| !step.after.is_empty() && !step.call.is_sendable()).unwrap();
        waiting.outlook = Outlook::Ready;
    });
    assert!(found.iter().any(|violation| matches!(violation, Violation::Early { .. })), "{found:?}");
    assert!(found.iter().any(|violation| matches!(violation, Violation::Incomplete { .. })), "{found:?}");
}

#[test]
fn a_write_where_nobody_looked_is_refused() {
    let found = verdict(|plan| plan.steps[0].scope = scope("444444444444"));
    assert!(matches!(found.as_slice(), [Violation::Scope { .. }]), "{found:?}");
}

/// A plan of one step that takes an association away, resting on these lists.
fn removal(evidence: BTreeSet<ListId>, risk: Risk) -> Plan {
    let (mut plan, _) = good();
    plan.steps.truncate(1);
    let step = &mut plan.steps[0];
    step.call =
        WriteCall::DisassociateTransitGatewayRouteTable { table: table_id("prod"), attachment: id("tgw-attach-b") };
    (step.evidence, step.risk, step.outlook) = (evidence, risk, Outlook::Ready);
    plan
}

fn lists() -> BTreeSet<ListId> {
    let home = scope(HOME);
    BTreeSet::from([
        ListId::Accounts,
        ListId::Vpcs(scope(BILLING)),
        ListId::VpcAttachments(home.clone()),
        ListId::Associations(home, table_id("prod")),
    ])
}

#[test]
fn a_removal_rests_on_lists_that_were_read_to_their_end() {
    let seen = converged();
    assert!(
        review(removal(lists(), Risk::Removes), &Topology::default(), &seen, &History::default(), &policy()).is_ok()
    );
    let bare =
        review(removal(BTreeSet::new(), Risk::Removes), &Topology::default(), &seen, &History::default(), &policy())
            .unwrap_err();
    assert!(matches!(bare.as_slice(), [Violation::NoEvidence { .. }]), "{bare:?}");
}

#[test]
fn a_removal_is_refused_when_any_list_that_it_rests_on_is_unknown() {
    fn unknown<T>() -> Listed<T> {
        Listed::Unknown(Trouble {
            fault: Fault::Denied,
            code: "UnauthorizedOperation".into(),
            message: String::new(),
            action: "DescribeVpcs".into(),
            request_id: None,
        })
    }
    type Change = fn(&mut Snapshot);
    let changes: [(&str, Change); 4] = [
        ("accounts", |seen| seen.accounts = unknown()),
        ("VPCs", |seen| seen.members.get_mut(&scope(BILLING)).unwrap().vpcs = unknown()),
        ("VPC attachments", |seen| seen.hubs.get_mut(&region()).unwrap().vpc_attachments = unknown()),
        ("associations", |seen| {
            seen.hubs.get_mut(&region()).unwrap().associations.insert(table_id("prod"), unknown());
        }),
    ];
    for (name, change) in changes {
        let mut seen = converged();
        change(&mut seen);
        let found =
            review(removal(lists(), Risk::Removes), &Topology::default(), &seen, &History::default(), &policy())
                .unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Evidence { .. }]), "{name}: {found:?}");
    }
}

#[test]
fn a_gap_needs_a_word() {
    let seen = converged();
    let cut = || removal(lists(), Risk::Cuts { seconds: 90 });
    for gaps in [Gaps::Ask, Gaps::Forbid] {
        let found =
            review(cut(), &Topology::default(), &seen, &History::default(), &Policy { gaps, ..policy() }).unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Gap { seconds: 90, .. }]), "{found:?}");
    }
    assert!(
        review(cut(), &Topology::default(), &seen, &History::default(), &Policy { gaps: Gaps::Allow, ..policy() })
            .is_ok()
    );
}

#[test]
fn a_waiting_step_may_lack_ids_and_come_after_others() {
    let (mut plan, seen) = good();
    let step = plan.steps.iter_mut().find(|step| !step.after.is_empty()).unwrap();
    let key = Key::Attachment(crate::model::AttachmentKey {
        hub: id("eu"),
        vpc: crate::model::VpcKey { account: id(BILLING), region: region(), vpc: id("vpc-b") },
    });
    step.call = WriteCall::AcceptTransitGatewayVpcAttachment { attachment: Ref::Planned(key.clone()) };
    step.outlook = Outlook::Waits { on: Wait::Present { kind: key.kind(), key } };
    assert!(review(plan, &Topology::default(), &seen, &History::default(), &policy()).is_ok());
}

#[test]
fn a_freeze_holds_every_removal_even_one_that_is_allowed() {
    let seen = converged();
    for risk in [Risk::Removes, Risk::Cuts { seconds: 90 }] {
        let frozen = Policy { gaps: Gaps::Allow, frozen: true, ..policy() };
        let found =
            review(removal(lists(), risk), &Topology::default(), &seen, &History::default(), &frozen).unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Frozen { .. }]), "{found:?}");
    }
}

/// A network whose shared segment has left the file, with a ledger that has everything as it is.
fn leaving() -> (Plan, Snapshot, History, Policy) {
    let seen = converged();
    let mut past = History::default();
    let mut own = |key: &str, id: Option<&str>, value: &str| {
        let owned = Owned { id: id.map(str::to_owned), value: value.to_owned(), at: seen.at };
        past.owned.insert(key.to_owned(), owned);
    };
    own("propagation eu/prod < 333333333333/vpc-c", None, "tgw-rtb-prod tgw-attach-c");
    own("propagation eu/shared < 222222222222/vpc-b", None, "tgw-rtb-shared tgw-attach-b");
    let policy = Policy { remove: BTreeSet::from([Kind::Propagation]), ..policy() };
    let apart = intent_of(&CONFIG.replace("connect:\n  - [prod, shared]", "connect: []"));
    let plan = crate::specimen::plan_with(&apart, &seen, &past, &policy);
    assert_eq!(plan.steps.len(), 2, "{:?}", plan.steps);
    (plan, seen, past, policy)
}

#[test]
fn what_is_ours_by_the_ledger_and_undeclared_may_be_taken_away() {
    let (plan, seen, past, policy) = leaving();
    assert!(review(plan, &Topology::default(), &seen, &past, &policy).is_ok());
}

#[test]
fn what_the_ledger_does_not_have_or_has_otherwise_is_not_taken_away() {
    type Change = fn(&mut History);
    let changes: [(&str, Change); 3] = [
        ("no row", |past| past.owned.clear()),
        ("another attachment", |past| {
            past.owned.values_mut().for_each(|owned| owned.value = "tgw-rtb-prod tgw-attach-z".into());
        }),
        ("another thing's row", |past| {
            let rows: Vec<_> = past.owned.values().cloned().collect();
            past.owned = rows.into_iter().map(|owned| ("route table eu/prod".to_owned(), owned)).collect();
        }),
    ];
    for (what, change) in changes {
        let (plan, seen, mut past, policy) = leaving();
        change(&mut past);
        let found = review(plan, &Topology::default(), &seen, &past, &policy).unwrap_err();
        assert!(found.iter().all(|violation| matches!(violation, Violation::NotOurs { .. })), "{what}: {found:?}");
        assert_eq!(found.len(), 2, "{what}");
    }
}

#[test]
fn nothing_undeclared_is_taken_away_while_anything_at_all_is_unknown() {
    let (mut plan, seen, past, policy) = leaving();
    let trouble = Trouble {
        fault: Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: String::new(),
        action: "DescribeSubnets".into(),
        request_id: None,
    };
    plan.unknown.insert(ListId::Subnets(scope(BILLING)), trouble);
    let found = review(plan, &Topology::default(), &seen, &past, &policy).unwrap_err();
    assert!(matches!(found.as_slice(), [Violation::Unread { .. }, Violation::Unread { .. }]), "{found:?}");
}

#[test]
fn more_removals_than_the_budgets_have_room_for_are_refused() {
    let spent = |hours_ago: i64, segment: &str, seen: &Snapshot| Removal {
        at: seen.at - jiff::SignedDuration::from_hours(hours_ago),
        segment: Some(id(segment)),
    };
    for (per_hour, per_day, per_segment, hours_ago, what) in
        [(2, 20, 10, 0, "an hour"), (20, 2, 10, 3, "a day"), (20, 20, 1, 3, "segment prod for a day")]
    {
        let (plan, seen, mut past, policy) = leaving();
        past.removals.push(spent(hours_ago, "prod", &seen));
        let budgets = Budgets { per_hour, per_day, per_segment_per_day: per_segment };
        let found = review(plan, &Topology::default(), &seen, &past, &Policy { budgets, ..policy }).unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Budget { budget, .. }] if budget == what), "{what}: {found:?}");
    }
    let (plan, seen, mut past, policy) = leaving();
    past.removals.push(spent(25, "prod", &seen));
    let budgets = Budgets { per_hour: 2, per_day: 2, per_segment_per_day: 1 };
    assert!(
        review(plan, &Topology::default(), &seen, &past, &Policy { budgets, ..policy }).is_ok(),
        "what was a day ago counts no more"
    );
}

#[test]
fn a_file_that_declares_nothing_takes_nothing_away() {
    let (mut plan, seen, past, policy) = leaving();
    plan.counts.declared = 0;
    let found = review(plan, &Topology::default(), &seen, &past, &policy).unwrap_err();
    assert!(matches!(found.as_slice(), [Violation::NothingDeclared { removals: 2 }]), "{found:?}");
}

#[test]
fn what_is_only_shown_is_not_held_to_the_rules_of_what_is_sent() {
    let (mut plan, seen, _, policy) = leaving();
    for step in &mut plan.steps {
        step.outlook = Outlook::Left { why: Left::Observed };
    }
    assert!(review(plan, &Topology::default(), &seen, &History::default(), &policy).is_ok());
}

#[test]
fn a_ready_step_against_a_person_s_order_is_refused_whatever_the_plan_says_of_it() {
    let (plan, seen) = good();
    let at = seen.at;
    let hold = |name: &str| Hold {
        name: name.into(),
        why: "w".into(),
        by: "b".into(),
        since: at,
        until: at + jiff::SignedDuration::from_hours(1),
    };
    let judge =
        |past: History| review(plan.clone(), &Topology::default(), &seen, &past, &policy()).err().unwrap_or_default();
    let held = judge(History { holds: vec![hold("vpc-b")], ..History::default() });
    assert!(
        !held.is_empty() && held.iter().all(|it| matches!(it, Violation::Held { hold, .. } if hold == "vpc-b")),
        "{held:?}"
    );
    assert_eq!(judge(History { holds: vec![hold("vpc-elsewhere")], ..History::default() }), []);
    let pause = Pause::Command { why: "w".into(), by: "b".into(), since: at };
    let paused = judge(History { pause: Some(pause), ..History::default() });
    assert_eq!(paused.len(), plan.ready().count());
    assert!(paused.iter().all(|it| matches!(it, Violation::Paused { .. })), "{paused:?}");
}
