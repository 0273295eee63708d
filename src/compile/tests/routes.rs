//! What a file says of routes itself: `routing: static`, `ignore_cidrs`, `routes`, what others attach, hubs by name.

use super::world::{HEAD, Place, SEGMENTS, account_of, compiled, problems, routing, world};
use crate::compile::compile;
use crate::model::{Fault, HubName, Kind, Listed, Topology, Trouble};
use crate::specimen::{id, intent_of, scope};

const PROD: Place<'_> = ('p', "prod", &["10.1.0.0/16"]);
const SHARED: Place<'_> = ('s', "shared", &["10.2.0.0/16"]);
const DEV: Place<'_> = ('d', "dev", &["10.3.0.0/16", "100.64.0.0/16"]);

const DEV_PLAIN: &str = "dev: { members: [{ vpc_tags: { network: dev } }] }";
const DEV_STATIC: &str =
    "dev: { members: [{ vpc_tags: { network: dev } }], routing: static, ignore_cidrs: [100.64.0.0/10] }";

fn with(segments: &str, rest: &str, places: &[Place<'_>]) -> Topology {
    compile(&intent_of(&format!("{HEAD}{segments}{rest}")), &world(places))
}

#[test]
fn an_ignored_range_is_nowhere() {
    let ignoring = SEGMENTS.replace(DEV_PLAIN, DEV_STATIC);
    let connect = "connect: [[dev, shared]]\n";
    let topology = with(&ignoring, connect, &[DEV, SHARED]);
    assert_eq!(
        routing(&topology),
        ["dev < vpc-s", "shared > 10.3.0.0/16 via vpc-d (Connect)", "rtb-d > 10.2.0.0/16", "rtb-s > 10.3.0.0/16"]
    );
    // The same range in every VPC overlaps nobody's.
    let clusters: Place<'_> = ('e', "dev", &["10.4.0.0/16", "100.64.0.0/16"]);
    let twice = with(&ignoring, connect, &[DEV, clusters, SHARED]);
    assert_eq!(problems(&twice), Vec::<String>::new());
    let propagated = with(SEGMENTS, connect, &[DEV, clusters, SHARED]);
    assert_eq!(problems(&propagated), ["Overlap"], "propagation cannot leave it out");
    assert!(routing(&propagated).iter().any(|line| line.contains("100.64.0.0/16")));
}

#[test]
fn of_a_range_that_is_ignored_in_part_the_rest_is_routed() {
    let ignoring = SEGMENTS.replace(DEV_PLAIN, DEV_STATIC).replace("100.64.0.0/10", "10.3.64.0/18");
    let topology = with(&ignoring, "connect: [[dev, shared]]\n", &[('d', "dev", &["10.3.0.0/16"]), SHARED]);
    assert_eq!(
        routing(&topology)[1..],
        [
            "shared > 10.3.0.0/18 via vpc-d (Connect)",
            "shared > 10.3.128.0/17 via vpc-d (Connect)",
            "rtb-d > 10.2.0.0/16",
            "rtb-s > 10.3.0.0/18 10.3.128.0/17",
        ]
    );
}

#[test]
fn static_routes_to_overlapping_ranges_are_withheld_and_the_others_go_on() {
    let ignoring = SEGMENTS.replace(DEV_PLAIN, DEV_STATIC);
    let twin: Place<'_> = ('e', "dev", &["10.3.0.0/16", "10.4.0.0/16"]);
    let topology = with(&ignoring, "connect: [[dev, shared]]\n", &[DEV, twin, SHARED]);
    assert_eq!(problems(&topology), ["Overlap"]);
    let lines = routing(&topology);
    assert!(lines.contains(&"shared ~ 10.3.0.0/16".to_owned()), "{lines:?}");
    assert!(lines.contains(&"shared > 10.4.0.0/16 via vpc-e (Connect)".to_owned()), "{lines:?}");
}

#[test]
fn an_open_segment_with_static_routes_leads_among_its_own() {
    let open = SEGMENTS.replace(DEV_PLAIN, &DEV_STATIC.replace("routing", "inside: open, routing"));
    let other: Place<'_> = ('e', "dev", &["10.4.0.0/16"]);
    assert_eq!(
        routing(&with(&open, "", &[DEV, other])),
        [
            "dev > 10.3.0.0/16 via vpc-d (Connect)",
            "dev > 10.4.0.0/16 via vpc-e (Connect)",
            "rtb-d > 10.4.0.0/16",
            "rtb-e > 10.3.0.0/16",
        ]
    );
}

#[test]
fn what_others_attach_is_associated_and_propagates_to_whom_it_is_connected_with() {
    let segments = SEGMENTS
        .replace("{ vpn: vpn-1 }", "{ vpn: vpn-1 }, { direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }");
    let topology = with(&segments, "connect: [[onprem, shared]]\n", &[SHARED]);
    assert_eq!(
        routing(&topology),
        ["onprem < vpc-s", "shared < vpn-1", "shared < 11111111-2222-3333-4444-555555555555", "rtb-s > 172.16.0.0/12",]
    );
    assert_eq!(topology.associations.len(), 3);
    assert_eq!(topology.given.values().map(ToString::to_string).collect::<Vec<_>>(), ["onprem", "onprem"]);
    assert_eq!(topology.expected.values().flatten().map(ToString::to_string).collect::<Vec<_>>(), ["172.16.0.0/12"]);
    let open = segments.replace("172.16.0.0/12]", "172.16.0.0/12], inside: open");
    let transit = routing(&with(&open, "", &[]));
    assert_eq!(
        transit,
        ["onprem < vpn-1", "onprem < 11111111-2222-3333-4444-555555555555"],
        "the one reaches the other"
    );
}

#[test]
fn a_vpn_without_bgp_is_led_to_by_static_routes_alone() {
    let by_hand = SEGMENTS.replace("cidrs: [172.16.0.0/12]", "cidrs: [172.16.0.0/12], routing: static");
    assert_eq!(
        routing(&with(&by_hand, "connect: [[onprem, shared]]\n", &[SHARED])),
        ["onprem < vpc-s", "shared > 172.16.0.0/12 via vpn-1 (Connect)", "rtb-s > 172.16.0.0/12"]
    );
}

#[test]
fn what_lies_outside_aws_in_ipv6_is_not_sent_from_vpcs_without_it() {
    let both = SEGMENTS.replace("172.16.0.0/12", "172.16.0.0/12, \"2001:db8::/32\"");
    let connect = "connect: [[onprem, shared]]\n";
    assert_eq!(routing(&with(&both, connect, &[SHARED])).last().unwrap(), "rtb-s > 172.16.0.0/12");
    let head = HEAD.replace("attach: {", "attach: { ipv6: true,");
    let topology = compile(&intent_of(&format!("{head}{both}{connect}")), &world(&[SHARED]));
    assert_eq!(routing(&topology).last().unwrap(), "rtb-s > 172.16.0.0/12 2001:db8::/32");
}

#[test]
fn a_segment_that_is_closed_and_not_connected_reaches_nobody() {
    let other: Place<'_> = ('q', "prod", &["10.9.0.0/16"]);
    assert_eq!(routing(&compiled("", &[PROD, other, SHARED])), Vec::<String>::new());
}

#[test]
fn declared_routes_are_made_as_they_stand() {
    let to_shared = format!("via: {{ attachment_of: \"{}/vpc-s\" }}", account_of('s'));
    let rest = format!(
        "routes:\n  - {{ in: prod, on: eu, to: 10.66.0.0/16, via: blackhole }}\n  - {{ in: prod, on: eu, to: pl-1, {to_shared} }}\n  - {{ in: dev, on: eu, to: 10.2.7.0/24, {to_shared} }}\n"
    );
    assert_eq!(
        routing(&compiled(&rest, &[PROD, SHARED])),
        [
            "dev > 10.2.7.0/24 via vpc-s (Declared)",
            "prod > 10.66.0.0/16 via nowhere (Declared)",
            "prod > pl-1 via vpc-s (Declared)",
        ]
    );
}

#[test]
fn a_route_to_a_vpc_that_is_not_attached_waits_for_it() {
    let rest = format!(
        "routes: [{{ in: prod, on: eu, to: 10.2.0.0/16, via: {{ attachment_of: \"{}/vpc-s\" }} }}]\n",
        account_of('s')
    );
    let gone = compiled(&rest, &[PROD]);
    assert_eq!(
        (routing(&gone), problems(&gone)),
        (vec!["prod ~ 10.2.0.0/16".to_owned()], vec!["RouteTargetMissing".to_owned()])
    );
    let mut seen = world(&[PROD]);
    seen.members.get_mut(&scope(account_of('s'))).unwrap().vpcs = Listed::Unknown(Trouble {
        fault: Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: String::new(),
        action: "DescribeVpcs".into(),
        request_id: None,
    });
    let unread = compile(&intent_of(&format!("{HEAD}{SEGMENTS}{rest}")), &seen);
    assert_eq!(
        (routing(&unread), problems(&unread)),
        (vec!["prod ~ 10.2.0.0/16".to_owned()], Vec::new()),
        "it may be there"
    );
}

#[test]
fn a_declared_route_against_the_rest_of_the_file_is_not_made_and_nor_is_the_rest() {
    let rest = "inspect: [{ between: [prod, shared], through: inspection }]\nroutes: [{ in: prod, on: eu, to: 10.2.0.0/16, via: blackhole }]\n";
    let topology = compiled(rest, &[PROD, SHARED, ('f', "inspection", &["10.255.0.0/24"])]);
    assert_eq!(problems(&topology), ["RoutesCollide"]);
    assert!(routing(&topology).contains(&"prod ~ 10.2.0.0/16".to_owned()), "{:?}", routing(&topology));
    // A static route goes before a propagated one of the same range: so AWS has it, and so the file.
    let over = compiled(
        "connect: [[prod, shared]]\nroutes: [{ in: prod, on: eu, to: 10.2.0.0/16, via: blackhole }]\n",
        &[PROD, SHARED],
    );
    assert_eq!(problems(&over), Vec::<String>::new());
    assert_eq!(routing(&over)[..3], ["prod < vpc-s", "shared < vpc-p", "prod > 10.2.0.0/16 via nowhere (Declared)"]);
}

#[test]
fn a_declared_route_stands_where_ranges_overlap() {
    let rest = format!(
        "connect: [[prod, shared]]\nroutes: [{{ in: prod, on: eu, to: 10.2.0.0/16, via: {{ attachment_of: \"{}/vpc-s\" }} }}]\n",
        account_of('s')
    );
    let topology = compiled(&rest, &[PROD, SHARED, ('t', "shared", &["10.2.0.0/16"])]);
    assert_eq!(problems(&topology), ["Overlap"]);
    assert!(
        routing(&topology).contains(&"prod > 10.2.0.0/16 via vpc-s (Declared)".to_owned()),
        "{:?}",
        routing(&topology)
    );
}

const TWO_HUBS: &str = r#"
hubs: { eu: { region: eu-west-1, adopt: tgw-1 }, lab: { region: eu-west-1, asn: 64513, security_group_referencing: true } }
segments:
  prod: { hubs: [eu], members: [{ vpc_tags: { network: prod } }] }
  shared: { hubs: [eu], members: [{ vpc_tags: { network: shared } }], table: { eu: tgw-rtb-7 } }
  test: { hubs: [lab], members: [{ vpc_tags: { network: test } }], inside: open }
  onprem: { attachments: { eu: [{ vpn: vpn-1 }], lab: [{ vpn: vpn-2 }] }, cidrs: [172.16.0.0/12] }
"#;

#[test]
fn two_hubs_in_one_region_are_two_networks() {
    let places = [PROD, SHARED, ('t', "test", &["10.2.0.0/16"][..]), ('u', "test", &["10.8.0.0/16"][..])];
    let topology = with(TWO_HUBS, "connect: [[prod, shared], [prod, onprem], [test, onprem]]\n", &places);
    assert_eq!(
        routing(&topology),
        [
            "eu/onprem < vpc-p",
            "eu/prod < vpc-s",
            "eu/prod < vpn-1",
            "eu/shared < vpc-p",
            "lab/onprem < vpc-t",
            "lab/onprem < vpc-u",
            "lab/test < vpc-t",
            "lab/test < vpc-u",
            "lab/test < vpn-2",
            "rtb-p > 10.2.0.0/16 172.16.0.0/12",
            "rtb-s > 10.1.0.0/16",
            "rtb-t > 10.8.0.0/16 172.16.0.0/12",
            "rtb-u > 10.2.0.0/16 172.16.0.0/12",
        ]
    );
    assert!(topology.problems.is_empty(), "the same range on two hubs meets nowhere: {:?}", topology.problems);
    let hub_of = |table: &str| -> HubName {
        topology.vpc_routes.iter().find(|(key, _)| key.table.as_str() == table).unwrap().1.clone()
    };
    assert_eq!((hub_of("rtb-p"), hub_of("rtb-t")), (id("eu"), id("lab")));
    let tables: Vec<String> = topology.tables.iter().map(|(key, table)| format!("{key} {table:?}")).collect();
    assert_eq!(tables.len(), 5, "{tables:?}");
    assert!(tables[2].starts_with("eu/shared Adopted"), "{tables:?}");
    let gateways: Vec<String> = topology.hubs.values().map(|hub| format!("{:?}", hub.gateway)).collect();
    assert_eq!(gateways[1], "Made { asn: 64513, security_group_referencing: true }");
}

#[test]
fn options_of_attachments_are_those_of_the_file() {
    let head = HEAD.replace("attach: {", "attach: { dns: false, ipv6: true, security_group_referencing: false,");
    let options = |head: &str| {
        let topology = compile(&intent_of(&format!("{head}{SEGMENTS}")), &world(&[PROD]));
        topology.attachments.values().next().unwrap().options
    };
    let (plain, changed) = (options(HEAD), options(&head));
    assert_eq!((plain.dns, plain.ipv6, plain.security_group_referencing), (true, false, true));
    assert_eq!((changed.dns, changed.ipv6, changed.security_group_referencing), (false, true, false));
}

#[test]
fn a_segment_is_observed_in_the_kinds_that_it_names() {
    let observed = SEGMENTS.replace(
        DEV_PLAIN,
        "dev: { members: [{ vpc_tags: { network: dev } }], manage: { attachments: observe, associations: observe, propagations: observe, static_routes: enforce, vpc_routes: observe } }",
    );
    let topology = with(&observed, "", &[]);
    let kinds: Vec<Kind> = topology.observed.values().flatten().copied().collect();
    assert_eq!(kinds, [Kind::Attachment, Kind::Association, Kind::Propagation, Kind::VpcRoute]);
    assert_eq!(topology.observed.keys().map(ToString::to_string).collect::<Vec<_>>(), ["dev"]);
}

#[test]
fn what_overlaps_is_not_called_uncovered_too() {
    let spokes = "shared: { members: [{ vpc_tags: { network: shared } }], spoke_routes: { cidrs: [192.168.0.0/16], tables: all } }";
    let segments = SEGMENTS.replace("shared: { members: [{ vpc_tags: { network: shared } }] }", spokes);
    let twins = [('d', "dev", &["10.3.0.0/16"][..]), ('e', "dev", &["10.3.0.0/16"]), SHARED];
    let connect = "connect: [[dev, shared]]\n";
    assert_eq!(problems(&with(&segments, connect, &twins)), ["Overlap"]);
    assert_eq!(problems(&with(&segments.replace(DEV_PLAIN, DEV_STATIC), connect, &twins)), ["Overlap"]);
    assert_eq!(problems(&with(&segments, connect, &twins[1..])), ["NotCovered"]);
}

#[test]
fn a_vpc_s_own_range_is_not_missed_where_nobody_else_would_send_to_it() {
    let sends = |cidr: &str| {
        format!(
            "prod: {{ members: [{{ vpc_tags: {{ network: prod }} }}], inside: open, spoke_routes: {{ cidrs: [{cidr}], tables: all }} }}"
        )
    };
    let segments = SEGMENTS.replace("prod: { members: [{ vpc_tags: { network: prod } }] }", &sends("10.0.0.0/8"));
    let odd: Place<'_> = ('o', "prod", &["192.168.0.0/24"]);
    assert_eq!(problems(&with(&segments, "", &[odd])), Vec::<String>::new());
    assert_eq!(problems(&with(&segments, "", &[odd, PROD])), ["NotCovered"]);
}
