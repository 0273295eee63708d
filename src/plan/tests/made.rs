//! What transitd makes itself: gateways, static routes; and what it gives names to.

use super::*;
use crate::model::{TransitGateway, TransitGatewayRoute};

pub const MADE: &str = "eu: { region: eu-west-1, asn: 64512 }";

fn made() -> crate::intent::Intent {
    intent_of(&CONFIG.replace("eu: { region: eu-west-1, adopt: tgw-1 }", MADE))
}

pub fn owned(past: &mut History, key: &str, id: Option<&str>, value: &str) {
    past.owned.insert(key.into(), Owned { id: id.map(str::to_owned), value: value.into(), at: now() });
}

/// The specimen, with its gateway as one that transitd has made.
pub fn with_made_hub() -> (Snapshot, History) {
    let mut seen = converged();
    let tags = tags(&[("Name", "corp/eu"), ("transitd:network", "corp"), ("transitd:hub", "eu")]);
    items(&mut hub(&mut seen).gateways)[0].tags = tags;
    let mut past = History::default();
    owned(&mut past, "transit gateway eu", Some("tgw-1"), "64512");
    (seen, past)
}

fn gateway(seen: &mut Snapshot) -> &mut TransitGateway {
    &mut items(&mut hub(seen).gateways)[0]
}

#[test]
fn a_made_hub_that_is_as_declared_plans_nothing() {
    let (seen, past) = with_made_hub();
    assert_eq!(shown(&plan(&made(), &seen, &past)), "");
}

#[test]
fn a_network_without_a_gateway_is_planned_to_its_end() {
    let mut seen = untouched();
    items(&mut hub(&mut seen).gateways).clear();
    let plan = plan(&made(), &seen, &History::default());
    let ready: Vec<&str> = plan.ready().map(|step| step.id.as_str()).collect();
    assert_eq!(ready, ["create transit gateway eu"]);
    assert!(shown(&plan).contains("create VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8 [CreateRoute] waits for"));
    for step in plan.steps.iter().skip(1) {
        assert!(!step.after.is_empty(), "{} hangs in the air", step.id);
    }
}

#[test]
fn a_made_gateway_is_known_by_its_tags_or_by_the_ledger_and_never_made_again_unasked() {
    let (mut seen, past) = with_made_hub();
    assert_eq!(shown(&plan(&made(), &seen, &History::default())), "", "by its tags");
    gateway(&mut seen).tags.clear();
    assert_eq!(shown(&plan(&made(), &seen, &past)), "tag transit gateway eu [CreateTags]", "by the ledger");
    items(&mut hub(&mut seen).gateways).clear();
    let gone = plan(&made(), &seen, &past);
    assert!(gone.steps.is_empty(), "{}", shown(&gone));
    assert!(gone.problems.iter().any(|problem| matches!(problem, Problem::HubMissing { .. })));
}

#[test]
fn two_gateways_with_the_tags_of_one_freeze_the_hub() {
    let (mut seen, past) = with_made_hub();
    let mut second = gateway(&mut seen).clone();
    second.id = id("tgw-2");
    items(&mut hub(&mut seen).gateways).push(second);
    let plan = plan(&made(), &seen, &past);
    assert!(plan.steps.is_empty(), "{}", shown(&plan));
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::HubDoubled { ids, .. } if ids.len() == 2)));
}

#[test]
fn somebody_elses_gateway_with_our_tags_is_not_taken_for_the_one_that_vanished() {
    let (mut seen, mut past) = with_made_hub();
    owned(&mut past, "transit gateway eu", Some("tgw-old"), "64512");
    gateway(&mut seen).id = id("tgw-1");
    let plan = plan(&made(), &seen, &past);
    assert!(plan.steps.is_empty(), "{}", shown(&plan));
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::HubMissing { .. })));
}

#[test]
fn settings_of_a_made_hub_are_set_back_and_those_of_an_adopted_one_are_not() {
    type Change = fn(&mut TransitGateway);
    let changes: [Change; 6] = [
        |gateway| gateway.options.auto_accept = true,
        |gateway| gateway.options.dns = false,
        |gateway| gateway.options.vpn_ecmp = false,
        |gateway| gateway.options.security_group_referencing = true,
        |gateway| gateway.options.default_association = true,
        |gateway| gateway.options.default_propagation = true,
    ];
    for change in changes {
        let (mut seen, past) = with_made_hub();
        change(gateway(&mut seen));
        let found = shown(&plan(&made(), &seen, &past));
        assert_eq!(found, "modify transit gateway eu [ModifyTransitGateway]");
        let adopted = plan(&intent(), &seen, &past);
        assert!(adopted.steps.is_empty() && !adopted.is_blocked(), "{}", shown(&adopted));
    }
}

#[test]
fn what_is_decided_when_a_gateway_is_made_is_reported_and_nothing_is_replaced() {
    type Change = fn(&mut TransitGateway);
    let changes: [Change; 2] = [|gateway| gateway.options.asn = 65000, |gateway| gateway.options.multicast = true];
    for change in changes {
        let (mut seen, past) = with_made_hub();
        change(gateway(&mut seen));
        let plan = plan(&made(), &seen, &past);
        assert!(plan.steps.is_empty(), "{}", shown(&plan));
        assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::HubSettingFixed { .. })));
    }
}

fn with_route(route: &str) -> crate::intent::Intent {
    intent_of(&format!("{CONFIG}routes:\n  - {{ in: prod, on: eu, {route} }}\n"))
}

pub(super) fn put(seen: &mut Snapshot, cidr: &str, at: Option<&str>) {
    let routes = hub(seen).routes.get_mut(&table_id("prod")).unwrap();
    items(routes).push(TransitGatewayRoute {
        destination: Destination::Cidr(id(cidr)),
        prefix_list: None,
        is_static: true,
        state: if at.is_some() { RouteState::Active } else { RouteState::Blackhole },
        attachments: at.iter().map(|at| id(at)).collect(),
    });
}

#[test]
fn a_declared_static_route_is_made_and_one_that_leads_elsewhere_is_nobody_s_to_replace_but_ours() {
    let declared = with_route("to: 10.77.0.0/16, via: { attachment_of: \"333333333333/vpc-c\" }");
    let made = shown(&plan(&declared, &converged(), &History::default()));
    assert_eq!(made, "create static route eu/prod 10.77.0.0/16 [CreateTransitGatewayRoute]");
    let mut seen = converged();
    put(&mut seen, "10.77.0.0/16", Some("tgw-attach-b"));
    let foreign = plan(&declared, &seen, &History::default());
    assert!(foreign.steps.is_empty(), "{}", shown(&foreign));
    assert!(foreign.problems.iter().any(|problem| matches!(problem, Problem::ForeignStaticRoute { .. })));
    let mut past = History::default();
    owned(&mut past, "static route eu/prod 10.77.0.0/16", None, "tgw-rtb-prod tgw-attach-b");
    let ours = shown(&plan(&declared, &seen, &past));
    assert_eq!(ours, "replace static route eu/prod 10.77.0.0/16 [ReplaceTransitGatewayRoute]");
}

#[test]
fn a_blackhole_that_a_person_made_of_our_route_stays_and_one_that_its_lost_attachment_made_is_mended() {
    let declared = with_route("to: 10.77.0.0/16, via: { attachment_of: \"333333333333/vpc-c\" }");
    let mut seen = converged();
    put(&mut seen, "10.77.0.0/16", None);
    let mut past = History::default();
    owned(&mut past, "static route eu/prod 10.77.0.0/16", None, "tgw-rtb-prod tgw-attach-c");
    let person = plan(&declared, &seen, &past);
    assert!(person.steps.is_empty(), "the attachment is there: {}", shown(&person));
    assert!(person.problems.iter().any(|problem| matches!(problem, Problem::ForeignStaticRoute { .. })));
    owned(&mut past, "static route eu/prod 10.77.0.0/16", None, "tgw-rtb-prod tgw-attach-gone");
    let lost = shown(&plan(&declared, &seen, &past));
    assert_eq!(lost, "replace static route eu/prod 10.77.0.0/16 [ReplaceTransitGatewayRoute]");
}

#[test]
fn attachments_are_named_on_both_sides_and_a_name_that_a_person_gave_stays() {
    let lost = after(|seen| attachment(seen, 0).tags.clear());
    assert_eq!(lost, "tag at the hub attachment eu/222222222222/vpc-b [CreateTags]");
    let lost = after(|seen| items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().attachments)[0].tags.clear());
    assert_eq!(lost, "tag attachment eu/222222222222/vpc-b [CreateTags]");
    let renamed = after(|seen| {
        attachment(seen, 0).tags.insert("Name".into(), "ours".into());
        attachment(seen, 0).tags.insert("cost".into(), "42".into());
    });
    assert_eq!(renamed, "");
}
