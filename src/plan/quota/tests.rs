//! The specimen's network under tight quotas: what would be done with room enough, cut down.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::api::WriteCall;
use crate::intent::Intent;
use crate::model::{Cidr, History, PrefixList, Problem, Quota, Snapshot};
use crate::plan::{Plan, Policy, Quotas};
use crate::specimen::{
    BILLING, CONFIG, HOME, complete, converged, id, intent, intent_of, items, plan, plan_with, policy, region, scope,
    to_hub, untouched,
};

fn limited(change: impl FnOnce(&mut Quotas)) -> Policy {
    let mut policy = policy();
    change(&mut policy.quotas);
    policy
}

fn planned(intent: &Intent, seen: &Snapshot, policy: &Policy) -> Plan {
    plan_with(intent, seen, &History::default(), policy)
}

/// Says what is over a quota: which quota, of what, limit, wanted, left out.
fn over(plan: &Plan) -> Vec<(Quota, String, usize, usize, usize)> {
    let over = plan.problems.iter().filter_map(|problem| {
        if let Problem::OverQuota { quota, of, limit, wanted, left_out } = problem {
            Some((*quota, of.clone(), *limit, *wanted, *left_out))
        } else {
            None
        }
    });
    over.collect()
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.as_str()).collect()
}

#[test]
fn an_attachment_too_many_is_left_out_with_all_that_builds_on_it() {
    let whole = planned(&intent(), &untouched(), &policy());
    let cut = planned(&intent(), &untouched(), &limited(|quotas| quotas.attachments_per_hub = 1));
    assert_eq!(over(&cut), [(Quota::AttachmentsPerHub, "hub eu".to_owned(), 1, 2, 1)]);
    // Billing's comes first; of tools' VPC nothing is left, and nothing of billing's is missing.
    let of_tools = |id: &&&str| id.contains("vpc-c");
    assert_eq!(ids(&cut), ids(&whole).iter().filter(|id| !of_tools(id)).copied().collect::<Vec<_>>());
    assert!(ids(&whole).iter().filter(of_tools).count() >= 5, "{:?}", ids(&whole));
    assert!(cut.is_blocked());
}

#[test]
fn what_is_there_stays_whatever_the_quota() {
    let tight = limited(|quotas| {
        let none = Quotas { attachments_per_hub: 0, tables_per_hub: 0, routes_per_hub: 0, routes_per_vpc_table: 0 };
        *quotas = none;
    });
    let rests = planned(&intent(), &converged(), &tight);
    assert_eq!(over(&rests), []);
    assert_eq!(ids(&rests), Vec::<&str>::new());
}

#[test]
fn a_table_too_many_is_left_out_with_what_would_be_in_it() {
    let cut = planned(&intent(), &untouched(), &limited(|quotas| quotas.tables_per_hub = 1));
    assert_eq!(over(&cut), [(Quota::TablesPerHub, "hub eu".to_owned(), 1, 2, 1)]);
    let left: Vec<&str> = ids(&cut).into_iter().filter(|id| id.contains("eu/shared")).collect();
    assert_eq!(left, Vec::<&str>::new());
    assert!(ids(&cut).contains(&"create attachment eu/333333333333/vpc-c"), "{:?}", ids(&cut));
}

/// Billing's VPC with four more ranges.
fn five_ranges() -> Snapshot {
    let mut seen = untouched();
    let vpcs = items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().vpcs);
    vpcs[0].cidrs.extend((3..7).map(|second| id::<Cidr>(&format!("10.{second}.0.0/16"))));
    seen
}

#[test]
fn a_vpc_of_five_ranges_takes_five_routes_of_each_table_that_learns_it() {
    // Prod learns both VPCs, shared learns billing's.
    let enough = planned(&intent(), &five_ranges(), &limited(|quotas| quotas.routes_per_hub = 11));
    assert_eq!(over(&enough), []);
    let cut = planned(&intent(), &five_ranges(), &limited(|quotas| quotas.routes_per_hub = 10));
    assert_eq!(over(&cut), [(Quota::RoutesPerHub, "hub eu".to_owned(), 10, 11, 5)]);
    let propagations: Vec<&str> = ids(&cut).into_iter().filter(|id| id.contains("propagation")).collect();
    assert_eq!(
        propagations,
        ["create propagation eu/prod < 222222222222/vpc-b", "create propagation eu/prod < 333333333333/vpc-c",]
    );
}

#[test]
fn the_routes_that_are_there_count_and_what_cannot_be_read_is_not_guessed() {
    let mut seen = converged();
    let hub = seen.hubs.get_mut(&region()).unwrap();
    items(hub.propagations.get_mut(&crate::specimen::table_id("shared")).unwrap()).clear();
    items(hub.routes.get_mut(&crate::specimen::table_id("shared")).unwrap()).clear();
    let tight = limited(|quotas| quotas.routes_per_hub = 2);
    let cut = planned(&intent(), &seen, &tight);
    assert_eq!(over(&cut), [(Quota::RoutesPerHub, "hub eu".to_owned(), 2, 3, 1)]);
    assert_eq!(ids(&cut), Vec::<&str>::new());
    let trouble = crate::model::Trouble {
        fault: crate::model::Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: String::new(),
        action: "SearchTransitGatewayRoutes".into(),
        request_id: None,
    };
    let routes = &mut seen.hubs.get_mut(&region()).unwrap().routes;
    routes.insert(crate::specimen::table_id("prod"), crate::model::Listed::Unknown(trouble));
    assert_eq!(over(&planned(&intent(), &seen, &tight)), []);
}

#[test]
fn a_vpcs_table_counts_each_family_by_itself() {
    let both = CONFIG.replacen("cidrs: [10.0.0.0/8]", "cidrs: [10.0.0.0/8, 10.64.0.0/10, 'fd00::/8']", 1);
    let intent = intent_of(&both.replace("attach: {", "attach: { ipv6: true,"));
    // The table has its local route; one of two fits beside it, and IPv6 has room of its own.
    let cut = planned(&intent, &untouched(), &limited(|quotas| quotas.routes_per_vpc_table = 2));
    let of = "rtb-b of 222222222222/vpc-b, IPv4".to_owned();
    assert_eq!(over(&cut), [(Quota::RoutesPerVpcTable, of, 2, 3, 1)]);
    let of_billing: Vec<&str> = ids(&cut).into_iter().filter(|id| id.contains("rtb-b")).collect();
    assert_eq!(
        of_billing,
        ["create VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8", "create VPC route 222222222222/vpc-b/rtb-b fd00::/8",]
    );
}

#[test]
fn what_a_virtual_private_gateway_brings_does_not_count() {
    let with = |target: &str| {
        let mut seen = untouched();
        let table = &mut items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0];
        let mut route = to_hub("172.16.0.0/12");
        route.target = crate::model::Target::Other(target.to_owned());
        table.routes.push(route);
        over(&planned(&intent(), &seen, &limited(|quotas| quotas.routes_per_vpc_table = 2)))
    };
    assert_eq!(with("vgw-1"), []);
    assert_eq!(with("igw-1").len(), 1);
}

fn with_list(seen: &mut Snapshot, lists: Vec<PrefixList>) {
    seen.members.get_mut(&scope(BILLING)).unwrap().prefix_lists = Some(complete(lists));
}

fn list(max_entries: u32) -> PrefixList {
    PrefixList { id: id("pl-1"), name: "offices".into(), max_entries: Some(max_entries) }
}

#[test]
fn a_prefix_list_takes_as_many_routes_as_it_may_ever_have() {
    let intent = intent_of(&CONFIG.replacen("cidrs: [10.0.0.0/8]", "cidrs: [10.0.0.0/8, pl-1]", 1));
    let mut seen = untouched();
    with_list(&mut seen, vec![list(498)]);
    assert_eq!(over(&plan(&intent, &seen, &History::default())), []);
    with_list(&mut seen, vec![list(600)]);
    let cut = plan(&intent, &seen, &History::default());
    let of = |family: &str| format!("rtb-b of 222222222222/vpc-b, {family}");
    assert_eq!(
        over(&cut),
        [(Quota::RoutesPerVpcTable, of("IPv4"), 500, 602, 600), (Quota::RoutesPerVpcTable, of("IPv6"), 500, 600, 600),]
    );
    assert!(ids(&cut).iter().all(|id| !id.contains("pl-1")), "{:?}", ids(&cut));
    assert!(ids(&cut).contains(&"create VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8"));
}

#[test]
fn a_prefix_list_that_cannot_be_seen_is_named_and_its_routes_are_left_out() {
    let intent = intent_of(&CONFIG.replacen("cidrs: [10.0.0.0/8]", "cidrs: [10.0.0.0/8, pl-1]", 1));
    let mut seen = untouched();
    with_list(&mut seen, Vec::new());
    let cut = plan(&intent, &seen, &History::default());
    let missing = Problem::PrefixListMissing { list: id("pl-1"), account: id(BILLING) };
    assert!(cut.problems.contains(&missing), "{:?}", cut.problems);
    assert!(ids(&cut).iter().all(|id| !id.contains("pl-1")), "{:?}", ids(&cut));
}

#[test]
fn a_reference_of_a_hubs_table_is_reckoned_with_and_looked_for_in_the_home_account() {
    let routes = "routes:\n  - { in: prod, on: eu, to: pl-1, via: blackhole }\n";
    let intent = intent_of(&format!("{CONFIG}{routes}"));
    let mut seen = converged();
    seen.hubs.get_mut(&region()).unwrap().prefix_lists = Some(complete(vec![list(50)]));
    let is_reference = |plan: &Plan| matches!(plan.steps.as_slice(), [step] if matches!(step.call, WriteCall::CreateTransitGatewayPrefixListReference { .. }));
    assert!(is_reference(&planned(&intent, &seen, &limited(|quotas| quotas.routes_per_hub = 53))));
    let cut = planned(&intent, &seen, &limited(|quotas| quotas.routes_per_hub = 52));
    assert_eq!(over(&cut), [(Quota::RoutesPerHub, "hub eu".to_owned(), 52, 53, 50)]);
    seen.hubs.get_mut(&region()).unwrap().prefix_lists = Some(complete(Vec::new()));
    let cut = planned(&intent, &seen, &policy());
    assert!(cut.problems.contains(&Problem::PrefixListMissing { list: id("pl-1"), account: id(HOME) }));
    assert_eq!(ids(&cut), Vec::<&str>::new());
}

#[test]
fn a_vpc_on_five_transit_gateways_takes_no_sixth() {
    let mut seen = untouched();
    let elsewhere = items(&mut converged().hubs.get_mut(&region()).unwrap().vpc_attachments)[0].clone();
    let member = seen.members.get_mut(&scope(BILLING)).unwrap();
    let others = (0..5).map(|at| {
        let mut other = elsewhere.clone();
        other.id = id(&format!("tgw-attach-other{at}"));
        other.gateway = id(&format!("tgw-other{at}"));
        other
    });
    member.attachments = complete(others.collect());
    let cut = planned(&intent(), &seen, &policy());
    assert_eq!(over(&cut), [(Quota::HubsPerVpc, "222222222222/vpc-b".to_owned(), 5, 6, 1)]);
    assert!(ids(&cut).iter().all(|id| !id.contains("vpc-b")), "{:?}", ids(&cut));
}

proptest! {
    #[test]
    fn whatever_the_limits_the_plan_holds_together_and_fits(
        attachments in 0..4_usize, tables in 0..4_usize, routes in 0..13_usize, vpc_routes in 0..4_usize,
    ) {
        let quotas = Quotas {
            attachments_per_hub: attachments,
            tables_per_hub: tables,
            routes_per_hub: routes,
            routes_per_vpc_table: vpc_routes,
        };
        let whole = planned(&intent(), &five_ranges(), &policy());
        let cut = planned(&intent(), &five_ranges(), &limited(|limits| *limits = quotas));
        let all: BTreeSet<&str> = ids(&cut).into_iter().collect();
        let of_whole: BTreeSet<&str> = ids(&whole).into_iter().collect();
        prop_assert!(all.is_subset(&of_whole));
        for step in &cut.steps {
            prop_assert!(step.after.iter().all(|before| all.contains(before.as_str())), "{:?}", step);
        }
        let count = |kind: &str| all.iter().filter(|id| id.starts_with(kind)).count();
        prop_assert!(count("create attachment") <= attachments);
        prop_assert!(count("create route table") <= tables);
        let brought = |id: &&&str| if id.ends_with("vpc-b") { 5 } else { 1 };
        let learnt: usize = all.iter().filter(|id| id.starts_with("create propagation")).map(|id| brought(&id)).sum();
        prop_assert!(learnt <= routes);
        prop_assert_eq!(over(&cut).is_empty(), all.len() == of_whole.len());
        for (_, _, limit, wanted, left_out) in over(&cut) {
            prop_assert!(left_out > 0 && wanted > limit);
        }
    }
}
