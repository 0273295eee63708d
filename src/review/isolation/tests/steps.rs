//! What steps would open or close: judged before they are sent.

use std::collections::BTreeSet;

use super::*;
use crate::api::{Ref, WriteCall};
use crate::model::{AttachmentKey, Key, Kind, PropagationKey, Scope};
use crate::plan::{Left, Outlook, Risk, StepId, Verb, Why};

fn step(call: WriteCall, key: Key, outlook: Outlook) -> Step {
    Step {
        id: StepId::new(Verb::Create, &key),
        kind: key.kind(),
        key,
        segment: None,
        scope: Scope::new(&id(HOME), &region()),
        call,
        after: Vec::new(),
        outlook,
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    }
}

fn attaching(key: &AttachmentKey) -> WriteCall {
    WriteCall::CreateTransitGatewayVpcAttachment {
        gateway: Ref::Known(id("tgw-1")),
        vpc: key.vpc.vpc.clone(),
        subnets: Vec::new(),
        options: crate::specimen::options(),
        tags: Tags::new(),
    }
}

/// A step that propagates an attachment into a segment's table.
fn opening(segment: &str, letter: &str, outlook: Outlook) -> Step {
    let table = TableKey { hub: id("eu"), segment: id(segment) };
    let key = Key::Propagation(PropagationKey { table, of: Attached::Vpc(vpc_key(letter)) });
    let call = WriteCall::EnableTransitGatewayRouteTablePropagation {
        table: Ref::Known(table_id(segment)),
        attachment: Ref::Known(id(&attachment(letter))),
    };
    step(call, key, outlook)
}

fn refused(seen: &Snapshot, steps: Vec<Step>) -> Vec<Violation> {
    let mut plan = plan(&crate::specimen::intent(), &converged(), &History::default());
    plan.steps = steps;
    let violations = review(plan, &want(None), seen, &History::default(), &policy()).err().unwrap_or_default();
    violations.into_iter().filter(|it| matches!(it, Violation::Isolation { .. })).collect()
}

#[test]
fn a_plan_that_would_break_an_isolation_is_refused_and_one_that_finds_it_broken_is_not() {
    let opens = || vec![opening("prod", "d", Outlook::Ready)];
    assert_eq!(refused(&seen(), opens()).len(), 1);
    assert_eq!(refused(&seen(), vec![opening("prod", "c", Outlook::Ready)]), []);
    let mut broken = seen();
    learns(&mut broken, "dev", "b");
    assert_eq!(refused(&broken, opens()), []);
}

#[test]
fn a_step_that_is_only_shown_breaks_nothing() {
    let shown = opening("prod", "d", Outlook::Left { why: Left::Observed });
    assert_eq!(refused(&seen(), vec![shown]), []);
}

#[test]
fn the_removal_of_what_stood_in_the_way_reveals_the_route_behind_it() {
    let mut hidden = seen();
    learns(&mut hidden, "prod", "d");
    blackhole(&mut hidden, "prod", "10.3.0.0/16");
    let table = TableKey { hub: id("eu"), segment: id("prod") };
    let destination = Destination::Cidr(id("10.3.0.0/16"));
    let key = Key::StaticRoute(crate::model::StaticRouteKey { table, destination: destination.clone() });
    let call = WriteCall::DeleteTransitGatewayRoute { table: table_id("prod"), destination };
    assert_eq!(refused(&hidden, vec![step(call, key, Outlook::Ready)]).len(), 1);
}

#[test]
fn what_a_plan_makes_is_followed_before_it_has_an_id() {
    let key = AttachmentKey { hub: id("eu"), vpc: vpc_key("b2") };
    let mut want = want(None);
    want.members.insert(key.vpc.clone(), id("prod"));
    let attach = attaching(&key);
    let this = Key::Attachment(key.clone());
    let of = AttachedKey::from(&key);
    let associate = WriteCall::AssociateTransitGatewayRouteTable {
        table: Ref::Known(table_id("shared")),
        attachment: Ref::Planned(this.clone()),
    };
    let made = step(attach, this, Outlook::Ready);
    let waits = Outlook::Waits { on: crate::plan::Wait::Present { kind: Kind::Attachment, key: made.key.clone() } };
    let steps = vec![made, step(associate, Key::Association(of), waits)];
    let mut seen = seen();
    learns(&mut seen, "shared", "d");
    let (past, policy) = (History::default(), policy());
    let sight = Sight::new(&want, &seen, &past, &policy.network);
    let mut violations = Vec::new();
    check(&steps, &sight, &mut violations);
    assert!(
        matches!(violations.as_slice(), [Violation::Isolation { path, .. }] if path.contains("to be made")),
        "{violations:?}"
    );
}

#[test]
fn a_hub_that_propagates_by_itself_is_reckoned_with() {
    let mut seen = seen();
    items(&mut seen.hubs.get_mut(&region()).unwrap().gateways)[0].default_propagation = Some(table_id("prod"));
    let key = AttachmentKey { hub: id("eu"), vpc: vpc_key("d2") };
    let mut want = want(None);
    want.members.insert(key.vpc.clone(), id("dev"));
    let attach = attaching(&key);
    let (past, policy) = (History::default(), policy());
    let sight = Sight::new(&want, &seen, &past, &policy.network);
    let mut violations = Vec::new();
    check(&[step(attach, Key::Attachment(key), Outlook::Ready)], &sight, &mut violations);
    assert_eq!(violations.len(), 1, "{violations:?}");
}
