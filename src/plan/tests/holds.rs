//! What is held, what is in the way, and what is told apart: the cases in which the right plan is to do less.

use super::*;

fn owned(past: &mut History, key: &str, id: Option<&str>, value: &str) {
    past.owned.insert(key.into(), Owned { id: id.map(str::to_owned), value: value.into(), at: now() });
}

fn has(plan: &Plan, which: fn(&Problem) -> bool) -> bool {
    plan.problems.iter().any(which)
}

fn static_route(cidr: &str, state: RouteState, attachments: &[&str]) -> crate::model::TransitGatewayRoute {
    crate::model::TransitGatewayRoute {
        destination: Destination::Cidr(id(cidr)),
        prefix_list: None,
        is_static: true,
        state,
        attachments: attachments.iter().map(|text| id(text)).collect(),
    }
}

#[test]
fn a_route_that_goes_before_the_propagated_one_breaks_the_connection_and_says_so() {
    let cases = [
        static_route("10.2.0.0/16", RouteState::Blackhole, &[]),
        static_route("10.2.0.0/16", RouteState::Active, &["tgw-attach-z"]),
        static_route("10.2.7.0/24", RouteState::Blackhole, &[]),
    ];
    for route in cases {
        let plan = plan_after(|seen| {
            let routes = items(hub(seen).routes.get_mut(&table_id("prod")).unwrap());
            routes.retain(|old| old.destination != route.destination);
            routes.push(route.clone());
        });
        assert!(has(&plan, |problem| matches!(problem, Problem::Shadowed { .. })), "{}", shown(&plan));
        assert!(plan.is_blocked() && plan.steps.is_empty());
    }
    let beside = plan_after(|seen| {
        let routes = items(hub(seen).routes.get_mut(&table_id("prod")).unwrap());
        routes.push(static_route("10.66.0.0/16", RouteState::Blackhole, &[]));
        routes.push(static_route("10.2.9.0/24", RouteState::Active, &["tgw-attach-c"]));
    });
    assert!(!beside.is_blocked(), "{}", shown(&beside));
}

#[test]
fn a_propagation_without_its_route_is_waited_for_and_then_reported() {
    let mut seen = converged();
    items(hub(&mut seen).routes.get_mut(&table_id("prod")).unwrap()).pop();
    let just_now = History { last_write: Some(now() - SignedDuration::from_secs(10)), ..History::default() };
    let waiting = plan(&intent(), &seen, &just_now);
    assert!(!waiting.is_blocked() && !waiting.pending.is_empty(), "{}", shown(&waiting));
    let late = plan(&intent(), &seen, &History::default());
    assert!(has(&late, |problem| matches!(problem, Problem::NotRouted { .. })), "{}", shown(&late));
    // A stranger's overlapping range is why, where there is one.
    let stranger = crate::model::TransitGatewayRoute {
        is_static: false,
        ..static_route("10.2.0.0/20", RouteState::Active, &["tgw-attach-z"])
    };
    items(hub(&mut seen).routes.get_mut(&table_id("prod")).unwrap()).push(stranger);
    let overlapped = plan(&intent(), &seen, &just_now);
    assert!(has(&overlapped, |problem| matches!(problem, Problem::Shadowed { .. })), "{}", shown(&overlapped));
}

#[test]
fn a_more_specific_route_in_a_members_table_is_reported_where_it_takes_declared_traffic() {
    let beside = |cidr: &str| {
        plan_after(|seen| {
            let table = &mut items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0];
            let route = crate::model::Route { target: Target::Other("igw-1".into()), ..to_hub(cidr) };
            table.routes.push(route);
        })
    };
    let taken = beside("10.2.0.0/24");
    assert!(has(&taken, |problem| matches!(problem, Problem::RouteShadowed { .. })), "{}", shown(&taken));
    assert!(!beside("10.99.0.0/16").is_blocked(), "nothing is there to be reached");
    assert!(!beside("0.0.0.0/0").is_blocked(), "less specific than ours");
}

#[test]
fn a_hub_whose_default_propagation_would_open_a_segment_gets_no_new_attachment() {
    let text = CONFIG.replace("connect:\n  - [prod, shared]", "connect: []");
    let mut seen = untouched();
    let tables = converged().hubs[&region()].tables.clone();
    hub(&mut seen).tables = tables;
    for table in ["prod", "shared"] {
        hub(&mut seen).associations.insert(table_id(table), crate::specimen::complete(vec![]));
        hub(&mut seen).propagations.insert(table_id(table), crate::specimen::complete(vec![]));
    }
    items(&mut hub(&mut seen).gateways)[0].default_propagation = Some(table_id("prod"));
    let plan = plan(&intent_of(&text), &seen, &History::default());
    assert!(has(&plan, |problem| matches!(problem, Problem::DefaultPropagationOpens { .. })), "{}", shown(&plan));
    let attached: Vec<_> =
        plan.steps.iter().filter(|step| step.kind == Kind::Attachment).map(|step| step.key.to_string()).collect();
    assert!(attached.iter().all(|key| key.contains("vpc-b")), "{attached:?}");
}

#[test]
fn a_table_whose_ownership_tags_are_gone_is_known_by_the_ledger_and_gets_them_back() {
    let mut seen = converged();
    items(&mut hub(&mut seen).tables)[0].tags.clear();
    let mut past = History::default();
    owned(&mut past, "route table eu/prod", Some("tgw-rtb-prod"), "tgw-1");
    let plan = plan(&intent(), &seen, &past);
    insta::assert_snapshot!(shown(&plan), @"tag route table eu/prod [CreateTags]");
}

#[test]
fn a_hub_that_is_led_to_another_gateway_gets_its_own_tables() {
    let mut past = History::default();
    owned(&mut past, "route table eu/prod", Some("tgw-rtb-old"), "tgw-old");
    let plan = plan(&intent(), &untouched(), &past);
    assert!(plan.steps.iter().any(|step| step.id.as_str() == "create route table eu/prod"), "{}", shown(&plan));
}

#[test]
fn a_hub_that_accepts_everybody_is_worth_a_note() {
    let plan = plan_after(|seen| items(&mut hub(seen).gateways)[0].options.auto_accept = true);
    assert!(has(&plan, |problem| matches!(problem, Problem::HubAutoAccepts { .. })));
    assert!(plan.is_in_sync(), "{}", shown(&plan));
}

#[test]
fn an_attachment_that_was_made_anew_is_moved_out_of_the_default_table_again() {
    let mut seen = converged();
    let moved = items(hub(&mut seen).associations.get_mut(&table_id("prod")).unwrap()).pop().unwrap();
    items(hub(&mut seen).associations.get_mut(&table_id("shared")).unwrap()).push(moved);
    items(&mut hub(&mut seen).gateways)[0].default_association = Some(table_id("shared"));
    let mut past = History::default();
    owned(&mut past, "attachment eu/222222222222/vpc-b", Some("tgw-attach-b"), "tgw-1");
    owned(&mut past, "association eu/222222222222/vpc-b", None, "tgw-rtb-prod tgw-attach-older");
    let plan = plan(&intent(), &seen, &past);
    assert_eq!(plan.steps[0].risk, Risk::Removes, "{}", shown(&plan));
    let frozen = plan_with(&intent(), &seen, &past, &Policy { frozen: true, gaps: Gaps::Allow, ..policy() });
    assert!(frozen.steps.is_empty(), "{}", shown(&frozen));
}

#[test]
fn nothing_waits_for_an_association_that_nobody_brings_about() {
    let mut seen = converged();
    let moved = items(hub(&mut seen).associations.get_mut(&table_id("prod")).unwrap()).pop().unwrap();
    items(hub(&mut seen).associations.get_mut(&table_id("shared")).unwrap()).push(moved);
    items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes.pop();
    let plan = plan(&intent(), &seen, &History::default());
    assert!(plan.steps.is_empty() && plan.is_blocked(), "{}", shown(&plan));
    assert_eq!(plan.look_again, None);
}

/// A newcomer in shared whose range lies in that of prod's VPC.
fn with_newcomer(seen: &mut Snapshot) {
    let member = seen.members.get_mut(&scope(TOOLS)).unwrap();
    let mut vpc = items(&mut member.vpcs)[0].clone();
    (vpc.id, vpc.cidrs) = (id("vpc-n"), vec![id("10.1.5.0/24")]);
    items(&mut member.vpcs).push(vpc);
    let mut subnet = items(&mut member.subnets)[0].clone();
    (subnet.id, subnet.vpc) = (id("subnet-n1"), id("vpc-n"));
    items(&mut member.subnets).push(subnet);
}

#[test]
fn where_ranges_overlap_what_was_ours_before_is_repaired_and_the_newcomer_is_held() {
    let mut seen = converged();
    with_newcomer(&mut seen);
    let lost = items(hub(&mut seen).propagations.get_mut(&table_id("shared")).unwrap()).pop().unwrap();
    assert_eq!(lost.attachment.as_str(), "tgw-attach-b");
    let mut past = History::default();
    for table in ["prod", "shared"] {
        let key = format!("propagation eu/{table} < 222222222222/vpc-b");
        owned(&mut past, &key, None, &format!("tgw-rtb-{table} tgw-attach-b"));
    }
    let plan = plan(&intent(), &seen, &past);
    assert!(has(&plan, |problem| matches!(problem, Problem::Overlap { .. })), "{}", shown(&plan));
    let steps: Vec<_> = plan.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(steps, ["create propagation eu/shared < 222222222222/vpc-b"], "{}", shown(&plan));
}

#[test]
fn what_we_made_and_nothing_declares_any_more_is_told_apart_from_what_others_made() {
    let closed = intent_of(&CONFIG.replace("inside: open", "inside: closed"));
    let mut past = History::default();
    let theirs = plan(&closed, &converged(), &past);
    assert_eq!((theirs.unmanaged.len(), theirs.leftovers.len()), (1, 0), "{}", shown(&theirs));
    owned(&mut past, "propagation eu/prod < 222222222222/vpc-b", None, "tgw-rtb-prod tgw-attach-b");
    let ours = plan(&closed, &converged(), &past);
    assert_eq!((ours.unmanaged.len(), ours.leftovers.len()), (0, 1), "{}", shown(&ours));
    assert!(ours.steps.is_empty());
}

#[test]
fn a_member_that_propagates_into_nobodys_table_is_reported() {
    let plan = plan_after(|seen| {
        let mut other = items(&mut hub(seen).tables)[0].clone();
        (other.id, other.tags) = (id("tgw-rtb-default"), tags(&[]));
        items(&mut hub(seen).tables).push(other);
        hub(seen).associations.insert(id("tgw-rtb-default"), crate::specimen::complete(vec![]));
        hub(seen).propagations.insert(id("tgw-rtb-default"), crate::specimen::complete(vec![propagation("b")]));
        hub(seen).routes.insert(id("tgw-rtb-default"), crate::specimen::complete(vec![]));
    });
    let elsewhere = |thing: &Unmanaged| matches!(thing, Unmanaged::PropagationElsewhere { .. });
    assert!(plan.unmanaged.iter().any(elsewhere), "{}", shown(&plan));
}
