//! A plan is judged by what it would do after one thing has changed in a network that was as declared.

mod holds;
mod made;
mod needed;
mod orders;
mod removal;
mod shares;

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::*;
use crate::model::{
    Cause, Destination, Listed, MemberInventory, Owned, Progress, RouteState, Sent, Subnet, Tags, Target, Trouble,
    VpcAttachment,
};
use crate::specimen::{
    BILLING, CONFIG, HOME, TOOLS, converged, id, intent, intent_of, items, now, plan, plan_with, policy, propagation,
    region, scope, table_id, tags, to_hub, untouched,
};

/// Writes a plan in a line for each thing, to be compared at a glance.
fn shown(plan: &Plan) -> String {
    let mut lines: Vec<String> = plan
        .steps
        .iter()
        .map(|step| match &step.outlook {
            Outlook::Ready => format!("{} [{}]", step.id, step.call.action()),
            Outlook::Waits { on } => format!("{} [{}] waits for {}", step.id, step.call.action(), waits(on)),
            Outlook::Left { why } => format!("{} [{}] left: {why:?}", step.id, step.call.action()),
        })
        .collect();
    lines.extend(plan.pending.iter().map(|pending| format!("pending {} {}", pending.kind.words(), pending.key)));
    lines.extend(plan.problems.iter().map(|problem| format!("problem {problem:?}")));
    lines.extend(plan.unmanaged.iter().map(|unmanaged| format!("unmanaged {unmanaged:?}")));
    lines.extend(plan.unknown.keys().map(|list| format!("unknown {list}")));
    lines.join("\n")
}

fn waits(on: &Wait) -> String {
    match on {
        Wait::Present { kind, key } => format!("{} {key}", kind.words()),
        Wait::Gone { kind, key } => format!("the end of {} {key}", kind.words()),
        Wait::Seen { until } => format!("{until}"),
        Wait::Budget { until } => format!("the budget at {until}"),
    }
}

fn after(change: impl FnOnce(&mut Snapshot)) -> String {
    shown(&plan_after(change))
}

fn plan_after(change: impl FnOnce(&mut Snapshot)) -> Plan {
    let mut seen = converged();
    change(&mut seen);
    plan(&intent(), &seen, &History::default())
}

fn hub(seen: &mut Snapshot) -> &mut crate::model::HubInventory {
    seen.hubs.get_mut(&region()).unwrap()
}

fn attachment(seen: &mut Snapshot, index: usize) -> &mut VpcAttachment {
    &mut items(&mut hub(seen).vpc_attachments)[index]
}

fn denied() -> Trouble {
    Trouble {
        fault: crate::model::Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: "not authorized".into(),
        action: "DescribeVpcs".into(),
        request_id: None,
    }
}

#[test]
fn what_is_as_declared_plans_nothing() {
    let plan = plan(&intent(), &converged(), &History::default());
    assert_eq!(shown(&plan), "");
    assert!(plan.is_in_sync());
    assert_eq!(plan.look_again, None);
    let in_place: Vec<_> = plan.in_place.iter().map(|(kind, count)| format!("{} {count}", kind.words())).collect();
    insta::assert_snapshot!(in_place.join(", "), @"transit gateway 1, route table 2, attachment 2, association 2, propagation 3, VPC route 2");
}

#[test]
fn from_nothing_the_plan_reaches_to_convergence() {
    insta::assert_snapshot!(shown(&plan(&intent(), &untouched(), &History::default())), @"
    create route table eu/prod [CreateTransitGatewayRouteTable]
    create route table eu/shared [CreateTransitGatewayRouteTable]
    create attachment eu/222222222222/vpc-b [CreateTransitGatewayVpcAttachment]
    accept attachment eu/222222222222/vpc-b [AcceptTransitGatewayVpcAttachment] waits for attachment eu/222222222222/vpc-b
    tag at the hub attachment eu/222222222222/vpc-b [CreateTags] waits for attachment eu/222222222222/vpc-b
    create attachment eu/333333333333/vpc-c [CreateTransitGatewayVpcAttachment]
    accept attachment eu/333333333333/vpc-c [AcceptTransitGatewayVpcAttachment] waits for attachment eu/333333333333/vpc-c
    tag at the hub attachment eu/333333333333/vpc-c [CreateTags] waits for attachment eu/333333333333/vpc-c
    create association eu/222222222222/vpc-b [AssociateTransitGatewayRouteTable] waits for attachment eu/222222222222/vpc-b
    create association eu/333333333333/vpc-c [AssociateTransitGatewayRouteTable] waits for attachment eu/333333333333/vpc-c
    create propagation eu/prod < 222222222222/vpc-b [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/222222222222/vpc-b
    create propagation eu/prod < 333333333333/vpc-c [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/333333333333/vpc-c
    create propagation eu/shared < 222222222222/vpc-b [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/222222222222/vpc-b
    create VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8 [CreateRoute] waits for attachment eu/222222222222/vpc-b
    create VPC route 333333333333/vpc-c/rtb-c 10.0.0.0/8 [CreateRoute] waits for attachment eu/333333333333/vpc-c
    ");
}

#[test]
fn a_plan_does_not_depend_on_the_order_of_answers_or_of_the_config() {
    let mut seen = untouched();
    let forward = plan(&intent(), &seen, &History::default());
    items(&mut seen.accounts).reverse();
    for member in seen.members.values_mut() {
        items(&mut member.subnets).reverse();
        items(&mut member.route_tables).reverse();
    }
    assert_eq!(plan(&intent(), &seen, &History::default()), forward);
    let turned = CONFIG.replace("[prod, shared]", "[shared, prod]");
    assert_eq!(plan(&intent_of(&turned), &seen, &History::default()), forward);
}

#[test]
fn a_deleted_route_is_made_again() {
    let route = after(|seen| {
        items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes.pop();
    });
    insta::assert_snapshot!(route, @"create VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8 [CreateRoute]");
}

#[test]
fn a_disabled_propagation_is_enabled_again() {
    let propagation = after(|seen| items(hub(seen).propagations.get_mut(&table_id("prod")).unwrap()).truncate(1));
    insta::assert_snapshot!(propagation, @"create propagation eu/prod < 333333333333/vpc-c [EnableTransitGatewayRouteTablePropagation]");
}

#[test]
fn a_lost_association_is_made_again_and_its_routes_are_left_alone() {
    let association = after(|seen| items(hub(seen).associations.get_mut(&table_id("prod")).unwrap()).clear());
    insta::assert_snapshot!(association, @"create association eu/222222222222/vpc-b [AssociateTransitGatewayRouteTable]");
}

#[test]
fn a_deleted_attachment_is_made_again_once_the_old_one_has_gone() {
    let delete = |seen: &mut Snapshot, state: Progress| {
        attachment(seen, 0).state = state.clone();
        items(&mut hub(seen).attachments)[0].state = state;
        for list in hub(seen).associations.values_mut() {
            items(list).retain(|association| association.attachment.as_str() != "tgw-attach-b");
        }
        for list in hub(seen).propagations.values_mut() {
            items(list).retain(|propagation| propagation.attachment.as_str() != "tgw-attach-b");
        }
        items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes[1].state =
            RouteState::Blackhole;
    };
    insta::assert_snapshot!(after(|seen| delete(seen, Progress::Going)), @"
    create attachment eu/222222222222/vpc-b [CreateTransitGatewayVpcAttachment] waits for the end of attachment eu/222222222222/vpc-b
    accept attachment eu/222222222222/vpc-b [AcceptTransitGatewayVpcAttachment] waits for attachment eu/222222222222/vpc-b
    tag at the hub attachment eu/222222222222/vpc-b [CreateTags] waits for attachment eu/222222222222/vpc-b
    create association eu/222222222222/vpc-b [AssociateTransitGatewayRouteTable] waits for attachment eu/222222222222/vpc-b
    create propagation eu/prod < 222222222222/vpc-b [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/222222222222/vpc-b
    create propagation eu/shared < 222222222222/vpc-b [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/222222222222/vpc-b
    replace VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8 [ReplaceRoute] waits for attachment eu/222222222222/vpc-b
    ");
    insta::assert_snapshot!(after(|seen| delete(seen, Progress::Gone)), @"
    create attachment eu/222222222222/vpc-b [CreateTransitGatewayVpcAttachment]
    accept attachment eu/222222222222/vpc-b [AcceptTransitGatewayVpcAttachment] waits for attachment eu/222222222222/vpc-b
    tag at the hub attachment eu/222222222222/vpc-b [CreateTags] waits for attachment eu/222222222222/vpc-b
    create association eu/222222222222/vpc-b [AssociateTransitGatewayRouteTable] waits for attachment eu/222222222222/vpc-b
    create propagation eu/prod < 222222222222/vpc-b [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/222222222222/vpc-b
    create propagation eu/shared < 222222222222/vpc-b [EnableTransitGatewayRouteTablePropagation] waits for attachment eu/222222222222/vpc-b
    replace VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8 [ReplaceRoute] waits for attachment eu/222222222222/vpc-b
    ");
}

#[test]
fn only_a_declared_attachment_is_accepted() {
    let pending = after(|seen| {
        attachment(seen, 0).state = Progress::PendingAcceptance;
        items(&mut hub(seen).attachments)[0].state = Progress::PendingAcceptance;
        for list in hub(seen).associations.values_mut() {
            items(list).retain(|association| association.attachment.as_str() != "tgw-attach-b");
        }
        let mut stranger = attachment(seen, 1).clone();
        stranger.id = id("tgw-attach-z");
        stranger.vpc = id("vpc-z");
        stranger.state = Progress::PendingAcceptance;
        items(&mut hub(seen).vpc_attachments).push(stranger);
        let mut stranger = items(&mut hub(seen).attachments)[1].clone();
        stranger.id = id("tgw-attach-z");
        stranger.resource_id = "vpc-z".into();
        stranger.state = Progress::PendingAcceptance;
        items(&mut hub(seen).attachments).push(stranger);
    });
    insta::assert_snapshot!(pending, @r#"
    accept attachment eu/222222222222/vpc-b [AcceptTransitGatewayVpcAttachment]
    tag at the hub attachment eu/222222222222/vpc-b [CreateTags] waits for attachment eu/222222222222/vpc-b
    create association eu/222222222222/vpc-b [AssociateTransitGatewayRouteTable] waits for attachment eu/222222222222/vpc-b
    unmanaged Attachment { hub: eu, id: tgw-attach-z, resource_type: "vpc", resource: "vpc-z", owner: Some(333333333333), pending: true }
    "#);
}

#[test]
fn a_missing_subnet_is_added_and_a_foreign_one_is_reported() {
    let subnets = after(|seen| attachment(seen, 0).subnets = vec![id("subnet-b1")]);
    insta::assert_snapshot!(subnets, @"modify attachment eu/222222222222/vpc-b [ModifyTransitGatewayVpcAttachment]");
    let foreign = after(|seen| attachment(seen, 0).subnets.push(id("subnet-other")));
    insta::assert_snapshot!(foreign, @"unmanaged AttachedSubnet { attachment: AttachmentKey { hub: eu, vpc: VpcKey { account: 222222222222, region: eu-west-1, vpc: vpc-b } }, subnet: subnet-other }");
}

#[test]
fn each_option_that_differs_is_set_back() {
    let change: [fn(&mut VpcAttachment); 4] = [
        |live| live.options.dns = false,
        |live| live.options.ipv6 = true,
        |live| live.options.appliance_mode = true,
        |live| live.options.security_group_referencing = false,
    ];
    for change in change {
        let plan = plan_after(|seen| change(attachment(seen, 0)));
        let [step] = plan.steps.as_slice() else { panic!("{}", shown(&plan)) };
        assert!(
            matches!(&step.call, crate::api::WriteCall::ModifyTransitGatewayVpcAttachment { add_subnets, options: Some(options), .. }
                if add_subnets.is_empty() && *options == crate::specimen::options()),
            "{:?}",
            step.call
        );
    }
}

#[test]
fn a_foreign_target_at_our_range_is_a_conflict_and_is_never_replaced() {
    let foreign = after(|seen| {
        let table = &mut items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0];
        table.routes[1].target = Target::Other("nat-1".into());
    });
    insta::assert_snapshot!(foreign, @r#"problem ForeignRoute { route: VpcRouteKey { vpc: VpcKey { account: 222222222222, region: eu-west-1, vpc: vpc-b }, table: rtb-b, destination: Cidr(10.0.0.0/8) }, target: "nat-1" }"#);
}

#[test]
fn only_a_route_that_the_ledger_proves_ours_is_led_to_a_new_hub() {
    let mut seen = converged();
    items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes[1].target =
        Target::TransitGateway(id("tgw-old"));
    let mut past = History::default();
    assert!(plan(&intent(), &seen, &past).steps.is_empty());
    let key = "VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8".to_owned();
    past.owned.insert(key.clone(), Owned { id: None, value: "tgw-other".into(), at: now() });
    assert!(plan(&intent(), &seen, &past).steps.is_empty(), "changed by somebody since we wrote it");
    past.owned.insert(key, Owned { id: None, value: "tgw-old".into(), at: now() });
    insta::assert_snapshot!(shown(&plan(&intent(), &seen, &past)), @"replace VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8 [ReplaceRoute]");
}

#[test]
fn undeclared_things_are_reported_and_never_touched() {
    let unmanaged = after(|seen| {
        items(&mut hub(seen).attachments).push(crate::model::Attachment {
            id: id("tgw-attach-vpn"),
            gateway: id("tgw-1"),
            resource_type: "vpn".into(),
            resource_id: "vpn-1".into(),
            resource_owner: Some(id(HOME)),
            state: Progress::Ready,
            tags: Tags::new(),
        });
        items(hub(seen).propagations.get_mut(&table_id("shared")).unwrap()).push(propagation("c"));
        items(hub(seen).propagations.get_mut(&table_id("shared")).unwrap()).push(propagation("vpn"));
        items(hub(seen).routes.get_mut(&table_id("prod")).unwrap()).push(crate::model::TransitGatewayRoute {
            destination: Destination::Cidr(id("10.66.0.0/16")),
            prefix_list: None,
            is_static: true,
            state: RouteState::Blackhole,
            attachments: vec![],
        });
        let member = seen.members.get_mut(&scope(BILLING)).unwrap();
        items(&mut member.route_tables)[0].routes.push(to_hub("172.16.0.0/12"));
    });
    insta::assert_snapshot!(unmanaged, @r#"
    unmanaged Attachment { hub: eu, id: tgw-attach-vpn, resource_type: "vpn", resource: "vpn-1", owner: Some(111111111111), pending: false }
    unmanaged Propagation { table: TableKey { hub: eu, segment: shared }, attachment: tgw-attach-c, resource: "vpc 333333333333/vpc-c" }
    unmanaged Propagation { table: TableKey { hub: eu, segment: shared }, attachment: tgw-attach-vpn, resource: "vpn 111111111111/vpn-1" }
    unmanaged TransitGatewayRoute { table: TableKey { hub: eu, segment: prod }, destination: "10.66.0.0/16", blackhole: true }
    unmanaged VpcRoute { vpc: VpcKey { account: 222222222222, region: eu-west-1, vpc: vpc-b }, table: rtb-b, destination: "172.16.0.0/12" }
    "#);
}

#[test]
fn a_hub_that_is_missing_foreign_or_busy_freezes_all_that_hangs_on_it() {
    let missing = after(|seen| items(&mut hub(seen).gateways).clear());
    insta::assert_snapshot!(missing, @r#"problem HubMissing { hub: eu, gateway: tgw-1 }"#);
    let foreign = after(|seen| items(&mut hub(seen).gateways)[0].owner = id(BILLING));
    insta::assert_snapshot!(foreign, @r#"problem HubForeign { hub: eu, gateway: tgw-1, owner: 222222222222 }"#);
    let busy = after(|seen| items(&mut hub(seen).gateways)[0].state = Progress::Coming);
    insta::assert_snapshot!(busy, @"pending transit gateway eu");
}

#[test]
fn a_table_that_vanished_is_not_made_again_unasked() {
    let mut seen = converged();
    items(&mut hub(&mut seen).tables).remove(0);
    let mut past = History::default();
    assert!(shown(&plan(&intent(), &seen, &past)).contains("create route table eu/prod"), "nobody knows of it");
    past.owned.insert(
        "route table eu/prod".into(),
        Owned { id: Some("tgw-rtb-prod".into()), value: "tgw-1".into(), at: now() },
    );
    let plan = plan(&intent(), &seen, &past);
    assert!(plan.steps.is_empty(), "{}", shown(&plan));
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::TableMissing { .. })));
}

#[test]
fn two_tables_with_the_tags_of_one_freeze_it() {
    let doubled = after(|seen| {
        let mut second = items(&mut hub(seen).tables)[0].clone();
        second.id = id("tgw-rtb-prod2");
        items(&mut hub(seen).tables).push(second);
    });
    insta::assert_snapshot!(doubled, @"problem TableDoubled { table: TableKey { hub: eu, segment: prod }, ids: {tgw-rtb-prod, tgw-rtb-prod2} }");
}

#[test]
fn a_table_of_another_network_is_not_taken_for_ours() {
    let mut seen = untouched();
    let other = crate::model::TransitGatewayRouteTable {
        id: id("tgw-rtb-x"),
        gateway: id("tgw-1"),
        state: Progress::Ready,
        tags: tags(&[("transitd:network", "lab"), ("transitd:segment", "prod")]),
    };
    items(&mut hub(&mut seen).tables).push(other);
    let plan = plan(&intent(), &seen, &History::default());
    assert!(shown(&plan).contains("create route table eu/prod"), "{}", shown(&plan));
}

#[test]
fn a_write_whose_answer_was_lost_is_not_sent_again_before_aws_must_show_it() {
    let seen = untouched();
    let step = "create route table eu/prod".to_owned();
    let mut past = History::default();
    past.unconfirmed.insert(step.clone(), Sent { at: now() - SignedDuration::from_secs(299), answered: false });
    let waits = plan(&intent(), &seen, &past);
    assert!(!waits.ready().any(|ready| ready.id.as_str() == step), "{}", shown(&waits));
    assert!(waits.steps.iter().any(|waiting| waiting.id.as_str() == step), "it is still in the plan");
    past.unconfirmed.insert(step.clone(), Sent { at: now() - SignedDuration::from_secs(300), answered: false });
    let again = plan(&intent(), &seen, &past);
    assert!(again.ready().any(|ready| ready.id.as_str() == step), "{}", shown(&again));
}

#[test]
fn a_change_of_an_attachment_is_not_taken_for_done_while_the_subnets_are_unknown_or_missing() {
    let step = "modify attachment eu/222222222222/vpc-b".to_owned();
    let mut past = History::default();
    past.unconfirmed.insert(step.clone(), Sent { at: now(), answered: false });
    let confirms = |change: &dyn Fn(&mut MemberInventory)| {
        let mut seen = converged();
        change(seen.members.get_mut(&scope("222222222222")).unwrap());
        let plan = plan(&intent(), &seen, &past);
        plan.confirmed.iter().any(|confirmed| confirmed.as_str() == step)
    };
    assert!(confirms(&|_| {}));
    assert!(!confirms(&|member| member.subnets = Listed::Unknown(denied())));
    let another = |member: &mut MemberInventory| {
        let third = Subnet { id: id("subnet-b3"), zone: id("euw1-az3"), ..items(&mut member.subnets)[0].clone() };
        let fourth = Subnet { id: id("subnet-b4"), ..third.clone() };
        items(&mut member.subnets).extend([third, fourth]);
    };
    assert!(!confirms(&another), "a zone that nobody can choose a subnet for is not attached");
}

#[test]
fn a_write_that_shows_is_confirmed() {
    let mut past = History::default();
    let all = plan(&intent(), &untouched(), &past);
    for step in &all.steps {
        past.unconfirmed.insert(step.id.to_string(), Sent { at: now(), answered: true });
    }
    let seen = plan(&intent(), &converged(), &past);
    let sent: BTreeSet<_> = all.steps.iter().map(|step| step.id.clone()).collect();
    assert_eq!(seen.confirmed, sent);
}

#[test]
fn what_aws_refused_is_reported_and_not_sent_again_until_it_differs() {
    let mut seen = converged();
    attachment(&mut seen, 0).options.dns = false;
    let mut past = History::default();
    let step = plan(&intent(), &seen, &past).steps[0].clone();
    let refused = crate::model::Refused { call: fingerprint(&step.call), trouble: denied() };
    past.refused.insert(step.id.to_string(), refused.clone());
    let blocked = plan(&intent(), &seen, &past);
    assert!(blocked.steps.is_empty() && blocked.is_blocked(), "{}", shown(&blocked));
    past.refused.insert(step.id.to_string(), crate::model::Refused { call: "another call".into(), ..refused });
    assert_eq!(plan(&intent(), &seen, &past).steps.len(), 1);
}

#[test]
fn moving_an_association_needs_a_word_unless_the_hub_itself_put_it_there() {
    let mut seen = converged();
    let moved = items(hub(&mut seen).associations.get_mut(&table_id("prod")).unwrap()).pop().unwrap();
    items(hub(&mut seen).associations.get_mut(&table_id("shared")).unwrap()).push(moved);
    let mut past = History::default();
    let asked = plan(&intent(), &seen, &past);
    assert!(asked.steps.is_empty(), "{}", shown(&asked));
    assert!(asked.problems.iter().any(|problem| matches!(problem, Problem::AssociatedElsewhere { .. })));

    let allowed = plan_with(&intent(), &seen, &past, &Policy { gaps: Gaps::Allow, ..policy() });
    insta::assert_snapshot!(shown(&allowed), @"
    clear association eu/222222222222/vpc-b [DisassociateTransitGatewayRouteTable]
    create association eu/222222222222/vpc-b [AssociateTransitGatewayRouteTable] waits for the end of association eu/222222222222/vpc-b
    ");
    assert_eq!(allowed.steps[0].risk, Risk::Cuts { seconds: 90 });

    items(&mut hub(&mut seen).gateways)[0].default_association = Some(table_id("shared"));
    assert!(plan(&intent(), &seen, &past).steps.is_empty(), "not made by us");
    past.owned.insert(
        "attachment eu/222222222222/vpc-b".into(),
        Owned { id: Some("tgw-attach-b".into()), value: "tgw-1".into(), at: now() },
    );
    let landed = plan(&intent(), &seen, &past);
    assert_eq!(landed.steps[0].risk, Risk::Removes, "{}", shown(&landed));
    past.owned.insert(
        "association eu/222222222222/vpc-b".into(),
        Owned { id: None, value: "tgw-rtb-prod tgw-attach-b".into(), at: now() },
    );
    assert!(plan(&intent(), &seen, &past).steps.is_empty(), "it carried declared traffic before");
}

#[test]
fn a_state_that_nobody_knows_freezes_the_thing() {
    let unclear = after(|seen| attachment(seen, 0).state = Progress::Unclear("hibernating".into()));
    insta::assert_snapshot!(unclear, @r#"problem StateUnclear { key: Attachment(AttachmentKey { hub: eu, vpc: VpcKey { account: 222222222222, region: eu-west-1, vpc: vpc-b } }), state: "hibernating" }"#);
}

#[test]
fn a_failed_attachment_is_reported_and_not_made_again_beside_itself() {
    for (state, cause) in [(Progress::Failed, Cause::Unknown), (Progress::Rejected, Cause::Rejected)] {
        let plan = plan_after(|seen| {
            attachment(seen, 0).state = state.clone();
            items(&mut hub(seen).attachments)[0].state = state;
        });
        assert!(!plan.steps.iter().any(|step| step.kind == Kind::Attachment), "{}", shown(&plan));
        let reported =
            |problem: &Problem| matches!(problem, Problem::AttachmentFailed { cause: of, .. } if *of == cause);
        assert!(plan.problems.iter().any(reported), "{}", shown(&plan));
    }
}

#[test]
fn a_hub_that_the_member_cannot_see_is_reported_as_not_shared() {
    let mut seen = untouched();
    items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().gateways).clear();
    let plan = plan(&intent(), &seen, &History::default());
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::HubNotShared { .. })));
    assert!(!plan.steps.iter().any(|step| step.id.as_str().contains("vpc-b")), "{}", shown(&plan));
    assert!(plan.steps.iter().any(|step| step.id.as_str().contains("vpc-c")), "the rest goes on");
}

/// Makes each list of the snapshot unknown in turn.
fn each_list_unknown(seen: &Snapshot) -> Vec<(String, Snapshot)> {
    let mut all: Vec<(String, Snapshot)> = Vec::new();
    let mut with = |name: &str, change: &dyn Fn(&mut Snapshot)| {
        let mut seen = seen.clone();
        change(&mut seen);
        all.push((name.to_owned(), seen));
    };
    with("accounts", &|seen| {
        seen.accounts = Listed::Unknown(denied());
        seen.members.clear();
    });
    with("gateways", &|seen| hub(seen).gateways = Listed::Unknown(denied()));
    with("attachments", &|seen| hub(seen).attachments = Listed::Unknown(denied()));
    with("vpc attachments", &|seen| hub(seen).vpc_attachments = Listed::Unknown(denied()));
    with("tables", &|seen| {
        hub(seen).tables = Listed::Unknown(denied());
        hub(seen).associations.clear();
        hub(seen).propagations.clear();
        hub(seen).routes.clear();
    });
    for segment in ["prod", "shared"] {
        let table = table_id(segment);
        with("associations", &|seen| *hub(seen).associations.get_mut(&table).unwrap() = Listed::Unknown(denied()));
        with("propagations", &|seen| *hub(seen).propagations.get_mut(&table).unwrap() = Listed::Unknown(denied()));
        with("routes", &|seen| *hub(seen).routes.get_mut(&table).unwrap() = Listed::Unknown(denied()));
    }
    for account in [BILLING, TOOLS] {
        with("vpcs", &|seen| seen.members.get_mut(&scope(account)).unwrap().vpcs = Listed::Unknown(denied()));
        with("subnets", &|seen| seen.members.get_mut(&scope(account)).unwrap().subnets = Listed::Unknown(denied()));
        with("route tables", &|seen| {
            seen.members.get_mut(&scope(account)).unwrap().route_tables = Listed::Unknown(denied());
        });
        with("shared gateways", &|seen| {
            seen.members.get_mut(&scope(account)).unwrap().gateways = Listed::Unknown(denied());
        });
    }
    all
}

#[test]
fn a_list_that_could_not_be_read_is_never_taken_for_empty() {
    for (name, seen) in each_list_unknown(&converged()) {
        let plan = plan(&intent(), &seen, &History::default());
        assert!(plan.steps.is_empty(), "{name} unknown: {}", shown(&plan));
        assert!(plan.problems.is_empty(), "{name} unknown: {}", shown(&plan));
        assert!(plan.unmanaged.is_empty(), "{name} unknown: {}", shown(&plan));
        assert!(!plan.is_in_sync() && plan.unknown.len() == 1, "{name} unknown: {}", shown(&plan));
    }
}

#[test]
fn a_list_that_could_not_be_read_stops_nothing_that_does_not_need_it() {
    let mut seen = untouched();
    seen.members.get_mut(&scope(BILLING)).unwrap().vpcs = Listed::Unknown(denied());
    let plan = plan(&intent(), &seen, &History::default());
    assert!(plan.steps.iter().any(|step| step.id.as_str().contains("create attachment eu/333333333333/vpc-c")));
    assert!(!plan.steps.iter().any(|step| step.id.as_str().contains("vpc-b")));
}

#[test]
fn waits_grow_with_the_time_that_something_has_been_under_way() {
    let mut seen = converged();
    attachment(&mut seen, 0).state = Progress::Coming;
    for (ago, wait) in [(1, 2), (20, 10), (600, 60)] {
        let past = History { last_write: Some(now() - SignedDuration::from_secs(ago)), ..History::default() };
        assert_eq!(plan(&intent(), &seen, &past).look_again, Some(SignedDuration::from_secs(wait)), "{ago} s ago");
    }
}

#[test]
fn every_step_comes_after_those_that_it_builds_on() {
    let plan = plan(&intent(), &untouched(), &History::default());
    let mut before = BTreeSet::new();
    for step in &plan.steps {
        assert!(step.after.iter().all(|after| before.contains(after)), "{}", step.id);
        assert!(before.insert(step.id.clone()), "{} twice", step.id);
    }
}
