//! Each rule is broken once in a plan that is right otherwise.

use std::collections::BTreeSet;

use super::*;
use crate::api::{Ref, WriteCall};
use crate::model::{Fault, History, Key, ListId, Listed, Trouble};
use crate::plan::Wait;
use crate::specimen::{BILLING, HOME, converged, id, intent, plan, policy, region, scope, table_id, untouched};

fn good() -> (Plan, Snapshot) {
    let seen = untouched();
    (plan(&intent(), &seen, &History::default()), seen)
}

fn verdict(change: impl FnOnce(&mut Plan)) -> Vec<Violation> {
    let (mut plan, seen) = good();
    change(&mut plan);
    review(plan, &seen, &policy()).err().unwrap_or_default()
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
    assert!(review(removal(lists(), Risk::Removes), &seen, &policy()).is_ok());
    let bare = review(removal(BTreeSet::new(), Risk::Removes), &seen, &policy()).unwrap_err();
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
        let found = review(removal(lists(), Risk::Removes), &seen, &policy()).unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Evidence { .. }]), "{name}: {found:?}");
    }
}

#[test]
fn a_gap_needs_a_word() {
    let seen = converged();
    let cut = || removal(lists(), Risk::Cuts { seconds: 90 });
    for gaps in [Gaps::Ask, Gaps::Forbid] {
        let found = review(cut(), &seen, &Policy { gaps, ..policy() }).unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Gap { seconds: 90, .. }]), "{found:?}");
    }
    assert!(review(cut(), &seen, &Policy { gaps: Gaps::Allow, ..policy() }).is_ok());
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
    assert!(review(plan, &seen, &policy()).is_ok());
}

#[test]
fn a_freeze_holds_every_removal_even_one_that_is_allowed() {
    let seen = converged();
    for risk in [Risk::Removes, Risk::Cuts { seconds: 90 }] {
        let frozen = Policy { gaps: Gaps::Allow, frozen: true, ..policy() };
        let found = review(removal(lists(), risk), &seen, &frozen).unwrap_err();
        assert!(matches!(found.as_slice(), [Violation::Frozen { .. }]), "{found:?}");
    }
}
