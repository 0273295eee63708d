//! What the config file's words come to, in the accounts and VPCs that were seen.

mod inspection;
mod properties;
mod routes;
mod shares;
mod world;

use std::collections::BTreeSet;

use super::*;
use crate::model::{AccountState, Cidr, Problem, Topology};
use crate::specimen::{BILLING, CONFIG, TOOLS, converged, id, intent, intent_of, items, scope, tags};

fn after(change: impl FnOnce(&mut Snapshot)) -> Topology {
    let mut seen = converged();
    change(&mut seen);
    compile(&intent(), &seen)
}

/// Lists propagations as `table < VPC`.
fn propagations(topology: &Topology) -> Vec<String> {
    topology.propagations.iter().map(|key| format!("{} < {}", key.table.segment, key.of.vpc().unwrap().vpc)).collect()
}

fn routes(topology: &Topology) -> Vec<String> {
    topology.vpc_routes.keys().map(|key| format!("{} {}", key.table, key.destination)).collect()
}

fn member<'a>(seen: &'a mut Snapshot, account: &str) -> &'a mut crate::model::MemberInventory {
    seen.members.get_mut(&scope(account)).unwrap()
}

#[test]
fn connected_segments_learn_each_other_and_open_ones_themselves() {
    assert_eq!(propagations(&compile(&intent(), &converged())), ["prod < vpc-b", "prod < vpc-c", "shared < vpc-b"]);
    let closed = intent_of(&CONFIG.replace("inside: open", "inside: closed"));
    assert_eq!(propagations(&compile(&closed, &converged())), ["prod < vpc-c", "shared < vpc-b"]);
    let apart = intent_of(&CONFIG.replace("connect:\n  - [prod, shared]", "connect: []"));
    assert_eq!(propagations(&compile(&apart, &converged())), ["prod < vpc-b"]);
}

#[test]
fn a_vpc_that_fits_two_segments_is_frozen_and_the_rest_goes_on() {
    let both = CONFIG
        .replace("{ account: \"333333333333\", vpc_tags: { network: shared } }", "{ vpc_tags: { network: prod } }");
    let topology = compile(&intent_of(&both), &converged());
    assert_eq!(topology.frozen.iter().map(|vpc| vpc.vpc.as_str()).collect::<Vec<_>>(), ["vpc-b"]);
    assert!(matches!(topology.problems.as_slice(), [Problem::TwoSegments { segments, .. }] if segments.len() == 2));
    assert!(topology.attachments.is_empty());
}

#[test]
fn an_account_that_is_set_aside_excluded_or_unplaced_has_no_members() {
    let suspended = after(|seen| items(&mut seen.accounts)[1].state = AccountState::SetAside("SUSPENDED".into()));
    assert_eq!(suspended.members.len(), 1);
    let moved = after(|seen| items(&mut seen.accounts)[1].ou = Some(id("Workloads/Dev")));
    assert_eq!(moved.members.len(), 1);
    let unplaced = after(|seen| items(&mut seen.accounts)[1].ou = None);
    assert_eq!(unplaced.members.len(), 1);
    assert!(
        matches!(unplaced.problems.as_slice(), [Problem::AccountPlaceless { account }] if account.as_str() == BILLING)
    );
    let excluded = CONFIG.replace(
        "role: { name: transitd-member } }",
        "role: { name: transitd-member }, exclude: [{ account: \"222222222222\", why: closing }] }",
    );
    assert_eq!(compile(&intent_of(&excluded), &converged()).members.len(), 1);
}

#[test]
fn units_below_a_unit_belong_to_it() {
    let nested = after(|seen| items(&mut seen.accounts)[1].ou = Some(id("Workloads/Prod/Payments")));
    assert_eq!(nested.members.len(), 2);
    let sibling = after(|seen| items(&mut seen.accounts)[1].ou = Some(id("Workloads/Production")));
    assert_eq!(sibling.members.len(), 1);
}

#[test]
fn a_default_vpc_is_no_member_unless_its_tags_or_its_id_say_so() {
    let by_account = CONFIG.replace(", vpc_tags: { network: shared }", "");
    let mut seen = converged();
    items(&mut member(&mut seen, TOOLS).vpcs)[0].is_default = true;
    assert_eq!(compile(&intent_of(&by_account), &seen).members.len(), 1);
    assert_eq!(compile(&intent(), &seen).members.len(), 2, "tagged as a member");
}

#[test]
fn a_vpc_that_is_only_shared_with_an_account_is_not_its_own() {
    let topology = after(|seen| items(&mut member(seen, BILLING).vpcs)[0].owner = id(TOOLS));
    assert!(topology.members.keys().all(|vpc| vpc.account.as_str() != BILLING), "{:?}", topology.members);
}

#[test]
fn a_vpc_without_a_tagged_subnet_is_reported_and_not_guessed_at() {
    let topology =
        after(|seen| items(&mut member(seen, BILLING).subnets).iter_mut().for_each(|subnet| subnet.tags = tags(&[])));
    assert!(matches!(topology.problems.as_slice(), [Problem::NoSubnetTagged { vpc }] if vpc.vpc.as_str() == "vpc-b"));
    let wanted = topology.attachments.iter().find(|(key, _)| key.vpc.vpc.as_str() == "vpc-b").unwrap().1;
    assert_eq!(wanted.subnets.as_ref().map(std::collections::BTreeMap::len), Some(0), "declared all the same");
}

#[test]
fn subnets_that_could_not_be_read_are_not_taken_for_none() {
    let unknown = crate::model::Trouble {
        fault: crate::model::Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: String::new(),
        action: "DescribeSubnets".into(),
        request_id: None,
    };
    let topology = after(|seen| member(seen, BILLING).subnets = crate::model::Listed::Unknown(unknown));
    assert_eq!(topology.problems, []);
    assert!(topology.attachments.values().any(|wanted| wanted.subnets.is_none()));
}

#[test]
fn overlapping_ranges_that_meet_are_reported_with_both_vpcs_and_neither_is_newly_propagated() {
    let topology = after(|seen| items(&mut member(seen, TOOLS).vpcs)[0].cidrs = vec![id::<Cidr>("10.1.128.0/17")]);
    let overlaps: Vec<_> =
        topology.problems.iter().filter(|problem| matches!(problem, Problem::Overlap { .. })).collect();
    assert_eq!(overlaps.len(), 1, "{overlaps:?}");
    assert_eq!(propagations(&topology), Vec::<String>::new());
    assert_eq!(topology.withheld.len(), 3);
}

#[test]
fn overlapping_ranges_that_never_meet_are_nobody_s_trouble() {
    let apart = intent_of(&CONFIG.replace("connect:\n  - [prod, shared]", "connect: []"));
    let mut seen = converged();
    items(&mut member(&mut seen, TOOLS).vpcs)[0].cidrs = vec![id::<Cidr>("10.1.0.0/16")];
    assert_eq!(compile(&apart, &seen).problems, []);
}

#[test]
fn every_range_of_a_vpc_is_looked_at_for_overlap_and_cover() {
    let overlap = after(|seen| items(&mut member(seen, TOOLS).vpcs)[0].cidrs.push(id::<Cidr>("10.1.5.0/24")));
    assert!(overlap.problems.iter().any(|problem| matches!(problem, Problem::Overlap { .. })));
    let uncovered = after(|seen| items(&mut member(seen, TOOLS).vpcs)[0].cidrs.push(id::<Cidr>("192.168.0.0/24")));
    assert!(
        matches!(uncovered.problems.as_slice(), [Problem::NotCovered { cidr, .. }] if cidr.to_string() == "192.168.0.0/24"),
        "{:?}",
        uncovered.problems
    );
}

#[test]
fn chosen_tables_carry_the_declared_ranges_and_edge_tables_never_do() {
    assert_eq!(routes(&compile(&intent(), &converged())), ["rtb-b 10.0.0.0/8", "rtb-c 10.0.0.0/8"]);
    let mut seen = converged();
    items(&mut member(&mut seen, BILLING).route_tables)[0].is_edge = true;
    assert_eq!(routes(&compile(&intent(), &seen)), ["rtb-c 10.0.0.0/8"]);
    let by_tag = intent_of(&CONFIG.replacen("tables: all", "tables: { tags: { tier: private } }", 1));
    let topology = compile(&by_tag, &converged());
    assert_eq!(routes(&topology), ["rtb-c 10.0.0.0/8"]);
    assert!(matches!(topology.problems.as_slice(), [Problem::NoTableTagged { .. }]), "{:?}", topology.problems);
}

#[test]
fn without_declared_ranges_tables_send_just_what_there_is_to_reach() {
    let bare = CONFIG.replacen("    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n", "", 1);
    assert_eq!(routes(&compile(&intent_of(&bare), &converged())), ["rtb-b 10.2.0.0/16", "rtb-c 10.0.0.0/8"]);
}

#[test]
fn what_lies_within_a_vpc_s_own_ranges_is_not_sent_to_the_hub() {
    let own = intent_of(&CONFIG.replace("cidrs: [10.0.0.0/8]", "cidrs: [10.1.0.0/16, 10.2.0.0/16]"));
    assert_eq!(routes(&compile(&own, &converged())), ["rtb-b 10.2.0.0/16", "rtb-c 10.1.0.0/16"]);
}

#[test]
fn only_accounts_that_some_rule_can_mean_are_entered() {
    let seen = converged();
    let entered: BTreeSet<&str> = seen
        .accounts
        .known()
        .unwrap()
        .iter()
        .filter(|account| may_own_members(&intent(), account))
        .map(|account| account.id.as_str())
        .collect();
    assert_eq!(entered, BTreeSet::from([BILLING, TOOLS]));
}

#[test]
fn a_rule_that_names_what_is_nowhere_to_be_seen_is_noted() {
    let noted = |text: &str| -> Vec<String> {
        let topology = compile(&intent_of(text), &converged());
        topology
            .problems
            .iter()
            .filter_map(|problem| {
                if let Problem::RuleFitsNothing { rule, .. } = problem {
                    return Some(rule.clone());
                }
                let Problem::ExcludeFitsNothing { account } = problem else { return None };
                Some(format!("exclude {account}"))
            })
            .collect()
    };
    assert_eq!(noted(CONFIG), Vec::<String>::new());
    assert_eq!(noted(&CONFIG.replace("Workloads/Prod", "Workloads/Prd")), ["ou: Workloads/Prd"]);
    assert_eq!(
        noted(&CONFIG.replace("account: \"333333333333\"", "account: \"444444444444\"")),
        ["account: 444444444444"]
    );
    assert_eq!(noted(&CONFIG.replace("account: \"333333333333\",", "vpc: vpc-zz,")), ["vpc: vpc-zz"]);
    let excluded = CONFIG.replace(
        "role: { name: transitd-member } }",
        "role: { name: transitd-member }, exclude: [{ account: \"999999999999\", why: closing }] }",
    );
    assert_eq!(noted(&excluded), ["exclude 999999999999"]);
}
