//! `inspect` and `egress`: one line comes to routes both ways, through the firewalls and not beside them.

use super::world::{HEAD, Place, SEGMENTS, account_of, compiled, problems, routing, world};
use crate::compile::compile;
use crate::model::{Attached, Cidr, Fault, Listed, Topology, Trouble};
use crate::specimen::{intent_of, scope};

const PROD: Place<'_> = ('p', "prod", &["10.1.0.0/16"]);
const SHARED: Place<'_> = ('s', "shared", &["10.2.0.0/16"]);
const DEV: Place<'_> = ('d', "dev", &["10.3.0.0/16"]);
const FIREWALLS: Place<'_> = ('f', "inspection", &["10.255.0.0/24"]);

const INSPECT: &str = "inspect: [{ between: [prod, shared], through: inspection }]\n";
const EGRESS: &str = "egress: [{ from: [prod, dev], through: inspection }]\n";

fn unreadable<T>(action: &str) -> Listed<T> {
    Listed::Unknown(Trouble {
        fault: Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: String::new(),
        action: action.into(),
        request_id: None,
    })
}

#[test]
fn an_inspected_pair_is_led_through_the_firewalls_both_ways_and_never_beside_them() {
    let topology = compiled(INSPECT, &[PROD, SHARED, FIREWALLS]);
    assert_eq!(
        routing(&topology),
        [
            "inspection < vpc-p",
            "inspection < vpc-s",
            "prod > 10.2.0.0/16 via vpc-f (Inspect)",
            "shared > 10.1.0.0/16 via vpc-f (Inspect)",
            "rtb-p > 10.2.0.0/16",
            "rtb-s > 10.1.0.0/16",
        ]
    );
    assert!(topology.problems.is_empty(), "{:?}", topology.problems);
    let appliance: Vec<bool> = topology.attachments.values().map(|wanted| wanted.options.appliance_mode).collect();
    assert_eq!(appliance.iter().filter(|on| **on).count(), 1, "the firewalls' attachment alone");
}

#[test]
fn the_firewalls_own_tables_are_not_written() {
    let topology = compiled(&format!("{INSPECT}{EGRESS}connect: [[prod, inspection]]\n"), &[PROD, SHARED, FIREWALLS]);
    assert!(topology.vpc_routes.keys().all(|key| key.vpc.vpc.as_str() != "vpc-f"), "{:?}", topology.vpc_routes);
    assert!(topology.vpc_routes.keys().any(|key| key.vpc.vpc.as_str() == "vpc-p"));
}

#[test]
fn a_way_to_the_internet_leads_there_and_back() {
    let topology = compiled(EGRESS, &[PROD, DEV, SHARED, FIREWALLS]);
    assert_eq!(
        routing(&topology),
        [
            "inspection < vpc-d",
            "inspection < vpc-p",
            "dev > 0.0.0.0/0 via vpc-f (Egress)",
            "prod > 0.0.0.0/0 via vpc-f (Egress)",
            "rtb-d > 0.0.0.0/0",
            "rtb-p > 0.0.0.0/0",
        ]
    );
}

#[test]
fn the_way_out_and_on_prem_are_sent_to_the_hub_beside_the_ranges_that_a_segment_declares() {
    let sends =
        "prod: { members: [{ vpc_tags: { network: prod } }], spoke_routes: { cidrs: [10.0.0.0/8], tables: all } }";
    let with = |spoke: &str, rest: &str| {
        let segments = SEGMENTS.replace("prod: { members: [{ vpc_tags: { network: prod } }] }", spoke);
        compile(&intent_of(&format!("{HEAD}{segments}{rest}")), &world(&[PROD, FIREWALLS]))
    };
    let spokes = |topology: &Topology| routing(topology).into_iter().rfind(|line| line.starts_with("rtb-p")).unwrap();
    let rest = format!("{EGRESS}connect: [[prod, onprem]]\n");
    let topology = with(sends, &rest);
    assert_eq!(spokes(&topology), "rtb-p > 0.0.0.0/0 10.0.0.0/8 172.16.0.0/12");
    assert!(topology.problems.is_empty(), "{:?}", topology.problems);
    let wide = sends.replace("10.0.0.0/8", "10.0.0.0/8, 172.0.0.0/8");
    assert_eq!(spokes(&with(&wide, &rest)), "rtb-p > 0.0.0.0/0 10.0.0.0/8 172.0.0.0/8", "covered already");
    let listed = sends.replace("10.0.0.0/8", "10.0.0.0/8, pl-1");
    assert_eq!(spokes(&with(&listed, &rest)), "rtb-p > 0.0.0.0/0 10.0.0.0/8 pl-1", "the list may hold it");
}

#[test]
fn inspection_a_way_out_and_straight_ways_stand_side_by_side() {
    let rest = format!("{INSPECT}{EGRESS}connect: [[prod, dev]]\n");
    assert_eq!(
        routing(&compiled(&rest, &[PROD, DEV, SHARED, FIREWALLS])),
        [
            "dev < vpc-p",
            "inspection < vpc-d",
            "inspection < vpc-p",
            "inspection < vpc-s",
            "prod < vpc-d",
            "dev > 0.0.0.0/0 via vpc-f (Egress)",
            "prod > 0.0.0.0/0 via vpc-f (Egress)",
            "prod > 10.2.0.0/16 via vpc-f (Inspect)",
            "shared > 10.1.0.0/16 via vpc-f (Inspect)",
            "rtb-d > 0.0.0.0/0 10.1.0.0/16",
            "rtb-p > 0.0.0.0/0 10.2.0.0/16 10.3.0.0/16",
            "rtb-s > 10.1.0.0/16",
        ]
    );
}

#[test]
fn on_prem_reaches_inspected_vpcs_through_the_firewalls_and_back() {
    let topology = compiled("inspect: [{ between: [prod, onprem], through: inspection }]\n", &[PROD, FIREWALLS]);
    assert_eq!(
        routing(&topology),
        [
            "inspection < vpc-p",
            "inspection < vpn-1",
            "onprem > 10.1.0.0/16 via vpc-f (Inspect)",
            "prod > 172.16.0.0/12 via vpc-f (Inspect)",
            "rtb-p > 172.16.0.0/12",
        ]
    );
    let associated: Vec<String> = topology
        .associations
        .iter()
        .map(|(key, table)| format!("{} in {}", super::world::short(&key.of), table.segment))
        .collect();
    assert_eq!(associated, ["vpc-p in prod", "vpc-f in inspection", "vpn-1 in onprem"]);
}

#[test]
fn a_default_route_from_on_prem_is_bgp_s_and_no_way_out_through_firewalls() {
    let segments = SEGMENTS.replace("172.16.0.0/12", "0.0.0.0/0");
    let topology = compile(&intent_of(&format!("{HEAD}{segments}connect: [[prod, onprem]]\n")), &world(&[PROD]));
    assert_eq!(routing(&topology), ["onprem < vpc-p", "prod < vpn-1", "rtb-p > 0.0.0.0/0"]);
}

#[test]
fn a_firewall_that_is_attached_by_itself_inspects_too() {
    let segments = SEGMENTS.replace(
        "inspection: { members: [{ vpc_tags: { network: inspection } }], appliance_mode: true }",
        "inspection: { attachments: { eu: [{ network_function: tgw-attach-9 }, { connect: tgw-attach-8 }] }, cidrs: [192.168.0.0/16] }",
    );
    let topology = compile(&intent_of(&format!("{HEAD}{segments}{INSPECT}")), &world(&[PROD, SHARED]));
    assert_eq!(
        routing(&topology)[2..4],
        ["prod > 10.2.0.0/16 via tgw-attach-9 (Inspect)", "shared > 10.1.0.0/16 via tgw-attach-9 (Inspect)"],
        "and a Connect attachment takes no static route"
    );
    assert!(topology.problems.is_empty(), "{:?}", topology.problems);
}

#[test]
fn a_vpc_without_appliance_mode_is_no_firewall_beside_one() {
    let segments =
        SEGMENTS.replace("appliance_mode: true }", "attachments: { eu: [{ network_function: tgw-attach-9 }] } }");
    let topology = compile(&intent_of(&format!("{HEAD}{segments}{INSPECT}")), &world(&[PROD, SHARED, FIREWALLS]));
    assert_eq!(problems(&topology), Vec::<String>::new());
    assert!(routing(&topology).contains(&"prod > 10.2.0.0/16 via tgw-attach-9 (Inspect)".to_owned()));
}

#[test]
fn without_firewalls_or_with_several_nothing_is_led_and_nothing_that_stands_is_undeclared() {
    let rest = format!("{INSPECT}{EGRESS}");
    let withheld = ["dev ~ 0.0.0.0/0", "prod ~ 0.0.0.0/0", "prod ~ 10.2.0.0/16", "shared ~ 10.1.0.0/16"];
    let spokes = ["rtb-d > 0.0.0.0/0", "rtb-p > 0.0.0.0/0 10.2.0.0/16", "rtb-s > 10.1.0.0/16"];
    let learned = ["inspection < vpc-d", "inspection < vpc-p", "inspection < vpc-s"];
    let expected: Vec<&str> = learned.into_iter().chain(withheld).chain(spokes).collect();

    let none = compiled(&rest, &[PROD, DEV, SHARED]);
    assert_eq!(
        (routing(&none), problems(&none)),
        (expected.iter().map(ToString::to_string).collect(), vec!["InspectionMissing".to_owned()])
    );

    let second = ('g', "inspection", &["10.255.1.0/24"][..]);
    let several = compiled(&rest, &[PROD, DEV, SHARED, FIREWALLS, second]);
    assert_eq!(
        (routing(&several), problems(&several)),
        (expected.iter().map(ToString::to_string).collect(), vec!["InspectionAmbiguous".to_owned()])
    );
}

#[test]
fn firewalls_in_an_account_that_could_not_be_read_are_not_called_missing() {
    let intent = intent_of(&format!("{HEAD}{SEGMENTS}{INSPECT}"));
    let mut seen = world(&[PROD, SHARED, FIREWALLS]);
    seen.members.get_mut(&scope(account_of('f'))).unwrap().vpcs = unreadable("DescribeVpcs");
    let topology = compile(&intent, &seen);
    assert_eq!(problems(&topology), Vec::<String>::new());
    assert!(routing(&topology).contains(&"prod ~ 10.2.0.0/16".to_owned()), "{:?}", routing(&topology));
}

#[test]
fn nobody_to_inspect_asks_for_no_firewalls() {
    assert_eq!(problems(&compiled(&format!("{INSPECT}{EGRESS}"), &[SHARED])), Vec::<String>::new());
    assert_eq!(problems(&compiled(&format!("{INSPECT}{EGRESS}"), &[SHARED, PROD])), ["InspectionMissing"]);
}

#[test]
fn two_firewalls_that_disagree_about_one_range_lead_it_nowhere() {
    let segments = format!(
        "{SEGMENTS}  edge: {{ members: [{{ vpc_tags: {{ network: edge }} }}], appliance_mode: true }}\n  other: {{ attachments: {{ eu: [{{ vpn: vpn-2 }}] }}, cidrs: [172.16.0.0/12] }}\n"
    );
    let rest =
        "inspect: [{ between: [prod, onprem], through: inspection }, { between: [prod, other], through: edge }]\n";
    let seen = world(&[PROD, FIREWALLS, ('e', "edge", &["10.255.9.0/24"])]);
    let topology = compile(&intent_of(&format!("{HEAD}{segments}{rest}")), &seen);
    assert_eq!(problems(&topology), ["RoutesCollide"]);
    assert!(routing(&topology).contains(&"prod ~ 172.16.0.0/12".to_owned()), "{:?}", routing(&topology));
    let decided = format!(
        "{rest}routes: [{{ in: prod, on: eu, to: 172.16.0.0/12, via: {{ attachment_of: \"{}/vpc-e\" }} }}]\n",
        account_of('e')
    );
    let topology = compile(&intent_of(&format!("{HEAD}{segments}{decided}")), &seen);
    assert_eq!(problems(&topology), Vec::<String>::new(), "a person decided");
    assert!(
        routing(&topology).contains(&"prod > 172.16.0.0/12 via vpc-e (Declared)".to_owned()),
        "{:?}",
        routing(&topology)
    );
}

#[test]
fn both_families_are_led_where_attachments_carry_both() {
    let dual: Place<'_> = ('p', "prod", &["10.1.0.0/16", "2001:db8:1::/56"]);
    let head = HEAD.replace("attach: {", "attach: { ipv6: true,");
    let seen = world(&[dual, SHARED, FIREWALLS]);
    let topology = compile(&intent_of(&format!("{head}{SEGMENTS}{INSPECT}{EGRESS}")), &seen);
    let lines = routing(&topology);
    for line in [
        "prod > ::/0 via vpc-f (Egress)",
        "shared > 2001:db8:1::/56 via vpc-f (Inspect)",
        "rtb-p > 0.0.0.0/0 10.2.0.0/16 ::/0",
    ] {
        assert!(lines.contains(&line.to_owned()), "{lines:?}");
    }
    let four = compile(&intent_of(&format!("{HEAD}{SEGMENTS}{INSPECT}{EGRESS}")), &seen);
    assert!(routing(&four).iter().all(|line| !line.contains("::")), "{:?}", routing(&four));
}

#[test]
fn an_inspected_range_that_overlaps_another_is_withheld_on_both_sides() {
    let twin: Place<'_> = ('t', "shared", &["10.1.128.0/17"]);
    let topology = compiled(INSPECT, &[PROD, twin, FIREWALLS]);
    assert_eq!(problems(&topology), ["Overlap"]);
    assert_eq!(
        routing(&topology)[..2],
        ["prod ~ 10.1.128.0/17", "shared ~ 10.1.0.0/16"],
        "nor does the firewall learn them"
    );
    assert_eq!(topology.withheld.len(), 2);
}

#[test]
fn the_ranges_of_one_vpc_are_led_each_and_it_is_not_led_to_itself() {
    let five: Place<'_> =
        ('p', "prod", &["10.1.0.0/16", "10.10.0.0/16", "10.20.0.0/20", "100.64.0.0/16", "192.168.7.0/24"]);
    let topology = compiled(INSPECT, &[five, SHARED, FIREWALLS]);
    let lines = routing(&topology);
    assert_eq!(lines.iter().filter(|line| line.starts_with("shared >")).count(), 5, "{lines:?}");
    assert_eq!(
        lines.iter().find(|line| line.starts_with("rtb-s")).unwrap(),
        "rtb-s > 10.1.0.0/16 10.10.0.0/16 10.20.0.0/20 100.64.0.0/16 192.168.7.0/24"
    );
    assert_eq!(lines.iter().find(|line| line.starts_with("rtb-p")).unwrap(), "rtb-p > 10.2.0.0/16");
    let reach = topology
        .reach
        .values()
        .flatten()
        .filter(|reached| matches!(&reached.of, Some(Attached::Vpc(vpc)) if vpc.vpc.as_str() == "vpc-p"));
    assert_eq!(reach.map(|reached| reached.cidr).collect::<std::collections::BTreeSet<Cidr>>().len(), 5);
    assert!(topology.problems.is_empty(), "{:?}", topology.problems);
}
