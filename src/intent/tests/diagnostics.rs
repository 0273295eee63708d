//! Every diagnostic as people see it. Each case is one change to `everything.yaml`, or to `inspection.yaml` where it is about
//! what segments have to agree on, in one snapshot per section.

use super::{EVERYTHING, INSPECTION, change, wrong};
use crate::intent::parse;

/// Renders what each change to `everything.yaml` makes wrong.
fn shown(cases: &[(&str, &str)]) -> String {
    shown_in(EVERYTHING, cases)
}

/// Renders what each change to a text makes wrong. A change that makes nothing wrong fails the test.
fn shown_in(text: &str, cases: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (old, new) in cases {
        let problems = wrong(&change(text, old, new));
        assert!(!problems.is_empty(), "{new:?} is taken");
        assert!(problems.iter().all(|problem| problem.help_text().is_some()), "{problems} has no help");
        out.push_str(&format!("===== {} → {}\n{problems}\n", old.escape_debug(), new.escape_debug()));
    }
    out
}

/// Renders what is wrong with each whole text.
fn refused(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("===== {}\n{}\n", text.escape_debug(), wrong(text))).collect()
}

#[test]
fn what_is_not_this_yaml_is_refused() {
    snapshot!(refused(&[
        "",
        "# nothing but a comment\n",
        "just a text\n",
        "[version, network]\n",
        "version: 1\n  network: corp\n",
        "version: [1\n",
        "network: \"corp\n",
        "home:\n\taccount: 1\n",
        "network: corp\u{1b}[31m\n",
        "version: 1\0\nnetwork: corp\n",
        &format!("version: {}1{}\n", "[".repeat(65), "]".repeat(65)),
    ]));
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let text = format!("version: 1\n#{}\n", "x".repeat(4 << 20));
    snapshot!(wrong(&text).to_json().to_string());
}

#[test]
fn yaml_that_reviewers_overlook_is_refused() {
    snapshot!(shown(&[
        ("dev:\n    members", "dev: &dev\n    members"),
        ("dns: true", "dns: !!bool true"),
        ("share: { with: organization }", "share: { with: *all }"),
        ("connect:\n  - [dev, shared]", "connect:\n  - &pair [dev, shared]\n  - *pair"),
        ("network: corp\n", "network: \"co\\e[31mrp\"\n"),
        ("daemon:\n", "daemon:\n  <<: { mode: observe }\n"),
        ("network: corp\n", "network: corp\nnetwork: lab\n"),
        ("peer_hubs: mesh", "[a, b]: mesh"),
        ("peer_hubs: mesh                          # or a list of pairs\n", "---\npeer_hubs: mesh\n"),
    ]));
}

#[test]
fn keys_and_kinds_of_values_are_checked() {
    let (_, daemon) = EVERYTHING.split_once("daemon:\n").unwrap();
    snapshot!(shown(&[
        ("network: corp\n", "netwrok: corp\n"),
        ("version: 1\n", ""),
        ("version: 1\n", "version: 2\n"),
        ("version: 1\n", "version: \"1\"\n"),
        ("network: corp\n", "network: Corp Net\n"),
        ("network: corp\n", "network:\n"),
        ("daemon:\n", "demon: {}\ndaemon:\n"),
        (daemon, "  - every: 5m\n"),
        ("connect:\n  - [dev, shared]\n  - [onprem, shared]\n", "connect: { dev: shared }\n"),
        ("connect:\n", "connect:\n  -\n"),
        ("connect:\n", "connect:\n  - prod\n"),
        ("connect:\n", "connect:\n  - [prod, dev, shared]\n"),
        ("dns: true", "dns: yes"),
        ("dns: true", "dns: \"true\""),
        ("dns: true", "dns: [true]"),
        ("mode: enforce ", "mode: Enforce "),
        ("mode: enforce ", "mode: 17 "),
    ]));
}

#[test]
fn home_is_checked() {
    snapshot!(shown(&[
        ("  organization: o-a1b2c3d4e5\n", ""),
        ("organization: o-a1b2c3d4e5", "organization: r-ab12"),
        ("role: transitd-hub", "role: arn:aws:iam::111111111111:role/transitd-hub"),
        ("home:\n  account: \"111111111111\"\n  organization: o-a1b2c3d4e5\n  role: transitd-hub ", "home: corp "),
    ]));
}

#[test]
fn account_ids_are_quoted_and_whole() {
    snapshot!(shown(&[
        ("home:\n  account: \"111111111111\"", "home:\n  account: 111111111111"),
        ("account: \"999999999999\"", "account: 99999999"),
        ("account: \"999999999999\"", "account: \"9999-9999-9999\""),
        ("account: \"999999999999\"", "account: \"99999999999\""),
        ("account: \"999999999999\"", "account: 1e11"),
        ("account: \"999999999999\"", "account: [\"999999999999\"]"),
    ]));
}

#[test]
fn accounts_are_checked() {
    snapshot!(shown(&[
        ("  from: organizations ", "  # "),
        ("from: organizations ", "from: organisations "),
        ("  # list: [", "  list: ["),
        ("from: organizations ", "list: [] #"),
        ("from: organizations ", r#"list: [{ id: "333333333333", name: a }, { id: "333333333333", name: b }] #"#),
        ("from: organizations ", r#"list: [{ id: "333333333333", ou: ou-ab12-34cd56ef, tags: {} }] #"#),
        ("from: organizations ", r#"list: [{ id: "333333333333", name: "", ou: /Workloads/Prod/ }] #"#),
        ("role: { name: transitd-member, external_id: { env: TRANSITD_EXTERNAL_ID } }", "role: transitd-member"),
        ("  role: { name: transitd-member, external_id: { env: TRANSITD_EXTERNAL_ID } }\n", ""),
        ("{ env: TRANSITD_EXTERNAL_ID }", "{ env: TRANSITD-EXTERNAL-ID }"),
        ("{ env: TRANSITD_EXTERNAL_ID }", "{ var: TRANSITD_EXTERNAL_ID }"),
        ("{ env: TRANSITD_EXTERNAL_ID }", "\"a b\""),
        (", why: being closed }]", "}]"),
        (", why: being closed }]", ", why: being closed }, { account: \"999999999999\", why: again }]"),
        ("account: \"999999999999\"", "account: \"111111111111\""),
        ("account: \"999999999999\"", "account: \"333333333333\""),
    ]));
}

#[test]
fn hubs_are_checked() {
    snapshot!(shown(&[
        ("region: us-east-1", "region: us-east"),
        ("adopt: tgw-0a1b2c3d4e5f60718", "adopt: tgw-rtb-0a1b2c3d4e5f60718"),
        ("adopt: tgw-0a1b2c3d4e5f60718", "adopt: tgw-0a1b2c3d4e5f60718, asn: 64513"),
        (", asn: 64512, security_group_referencing: true", ""),
        (", asn: 64512", ", adopt: tgw-0a1b2c3d4e5f60718"),
        ("asn: 64512", "asn: 65535"),
        ("asn: 64512", "asn: 4294967295"),
        ("asn: 64512", "asn: 4294967296"),
        ("security_group_referencing: true }", "security_group_referencing: on }"),
        ("adopt: tgw-0a1b2c3d4e5f60718", "adopt: tgw-0a1b2c3d4e5f60718, security_group_referencing: true"),
        ("  eu: {", "  EU: {"),
        ("  eu: {", "  eu:\n  ap: {"),
        ("with: organization", "with: everybody"),
        ("with: organization", "with: { ous: [] }"),
        ("with: organization", "with: { ous: [Workloads, Workloads] }"),
        ("peer_hubs: mesh", "peer_hubs: star"),
        ("peer_hubs: mesh", "peer_hubs: [[eu, us], [us, eu], [eu, eu], [eu, ap]]"),
    ]));
}

#[test]
fn a_network_has_hubs_and_segments() {
    let hubs_start = EVERYTHING.find("hubs:\n").unwrap();
    let hubs_end = EVERYTHING.find("share:").unwrap();
    let hubs = &EVERYTHING[hubs_start..hubs_end];
    let segments_start = EVERYTHING.find("segments:\n").unwrap();
    let segments_end = EVERYTHING.find("attach:\n").unwrap();
    let segments = &EVERYTHING[segments_start..segments_end];
    let attach_end = EVERYTHING.find("connect:\n").unwrap();
    let attach = &EVERYTHING[segments_end..attach_end];
    snapshot!(shown(&[(hubs, ""), (hubs, "hubs: [eu, us]\n"), (segments, ""), (attach, ""),]));
    let without = change(&change(EVERYTHING, hubs, "hubs: {}\n"), "peer_hubs: mesh", "#");
    let messages: Vec<String> = wrong(&without).iter().map(|problem| problem.message().to_owned()).collect();
    assert!(messages.contains(&"a network needs at least one hub".to_owned()), "{messages:?}");
}

#[test]
fn segments_are_checked() {
    snapshot!(shown(&[
        ("  shared:\n", "  shared services:\n"),
        ("  shared:\n", "  shared:\n  common:\n"),
        ("  shared:\n    members: [{ account: \"333333333333\", vpc_tags: { network: shared } }]\n", "  shared:\n"),
        ("members: [{ account: \"333333333333\", vpc_tags: { network: shared } }]", "members: []"),
        ("inside: closed", "inside: shut"),
        ("inside: closed", "insides: closed"),
        ("cidrs: [172.16.0.0/12]", "cidrs: [172.16.0.0/12, 172.16.0.0/12]"),
        ("cidrs: [172.16.0.0/12]", "cidrs: [172.16.1.0/12, 172.16.0.1, here]"),
        ("    routing: static\n", ""),
        ("    routing: static\n", "    routing: dynamic\n"),
        ("appliance_mode: true ", "appliance_mode: true\n    spoke_routes: { cidrs: [10.0.0.0/8], tables: all } #"),
        ("appliance_mode: true ", "cidrs: [10.9.0.0/16]\n    appliance_mode: true #"),
        ("cidrs: [172.16.0.0/12] ", "spoke_routes: { cidrs: [10.0.0.0/8], tables: all } #"),
        ("{ tags: { tier: private } }", "some"),
        ("{ tags: { tier: private } }", "{ tags: {} }"),
        ("{ tags: { tier: private } }", "{ tags: { tier: } }"),
        ("{ tags: { tier: private } }", "{ tags: { tier: [private] } }"),
        ("cidrs: [10.0.0.0/8]\n", "cidrs: []\n"),
        ("pl-0fedcba9876543210", "pl-0fedcba9876543210, pl-0fedcba9876543210"),
        ("pl-0fedcba9876543210", "pl_0fedcba9876543210"),
        ("cidrs: [10.0.0.0/8]\n", "cidrs: [10.0.0.0/8, \"2001:db8::/32\"]\n"),
        ("table: { us: tgw-rtb-0123456789abcdef0 }", "table: { uk: tgw-rtb-0123456789abcdef0 }"),
        ("table: { us: tgw-rtb-0123456789abcdef0 }", "table: { eu: tgw-rtb-0123456789abcdef0 }"),
        ("table: { us: tgw-rtb-0123456789abcdef0 }", "table: { us: rtb-0123456789abcdef0 }"),
        ("inside: closed", "table: { us: tgw-rtb-0123456789abcdef0 }"),
        ("manage: { vpc_routes: observe }", "manage: { vpcroutes: observe, associations: ignore }"),
        ("{ vpn: vpn-0123456789abcdef0 }", "{ vpn: cgw-0123456789abcdef0 }"),
        ("{ vpn: vpn-0123456789abcdef0 }", "{}"),
        ("vpn-0123456789abcdef0 }, {", "vpn-0123456789abcdef0,"),
        ("connect: tgw-attach-0aaaaaaaaaaaaaaaa", "connect: tgw-attach-0bbbbbbbbbbbbbbbb }, { peering: tgw-attach-0"),
        ("connect: tgw-attach-0aaaaaaaaaaaaaaaa", "connect: vpc-0aaaaaaaaaaaaaaaa"),
        (
            "network_function: tgw-attach-0bbbbbbbbbbbbbbbb }",
            "network_function: tgw-attach-0bbbbbbbbbbbbbbbb }, { network_function: tgw-attach-0bbbbbbbbbbbbbbbb }"
        ),
        ("hubs: [eu]                           #", "hubs: [us] #"),
        ("hubs: [eu]                           #", "hubs: [ue, eu, eu] #"),
        ("hubs: [eu]                           #", "hubs: [] #"),
        ("table: { us: tgw-rtb-0123456789abcdef0 }", "hubs: [eu]\n    table: { us: tgw-rtb-0123456789abcdef0 }"),
        (
            "direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }]\n",
            "direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }]\n      us: [{ direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }]\n  dc: { attachments: { eu: [{ direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }] } }\n  other:\n    attachments:\n      us: [{ vpn: vpn-1 }]\n"
        ),
        ("{ vpn: vpn-0123456789abcdef0 }", "{ vpn: vpn-0 }, { vpn: vpn-0 }"),
        ("direct_connect_gateway: 11111111-2222-3333-4444-555555555555", "direct_connect_gateway: dxgw-1"),
    ]));
}

#[test]
fn member_rules_are_checked() {
    snapshot!(shown(&[
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{}"),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ ou: Workloads/Prod, vpc_tags: { network: prod } }"),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ vpc_tag: { network: dev } }"),
        (
            "{ ou: Workloads/Dev, vpc_tags: { network: dev } }",
            "{ account: \"222222222222\", accounts: [\"333333333333\"] }"
        ),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ accounts: [\"222222222222\", \"222222222222\"] }"),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ account: \"999999999999\" }"),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ vpc: subnet-0123456789abcdef0 }"),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ vpc_tags: { \"\": dev } }"),
        ("{ ou: Workloads/Dev, vpc_tags: { network: dev } }", "{ vpc: one }, { vpc: other }"),
    ]));
    let long = "x".repeat(257);
    let text = change(EVERYTHING, "vpc_tags: { network: dev }", &format!("vpc_tags: {{ {long}: {long} }}"));
    let messages: Vec<String> = wrong(&text).iter().map(|problem| problem.message().to_owned()).collect();
    assert_eq!(messages, ["a tag's key has 1 to 128 characters", "a tag's value has at most 256 characters"]);
}

#[test]
fn an_account_outside_the_fixed_list_is_not_referred_to() {
    let list = r#"list: [{ id: "222222222222", name: billing }] #"#;
    let text = change(EVERYTHING, "from: organizations ", list);
    snapshot!(wrong(&text));
}

#[test]
fn connections_do_not_contradict_each_other() {
    snapshot!(shown(&[
        ("  - [onprem, shared]\n", "  - [onprem, shered]\n"),
        ("  - [onprem, shared]\n", "  - [shared, dev]\n"),
        ("  - [onprem, shared]\n", "  - [dev, dev]\n"),
        ("  - [onprem, shared]\n", "  - [prod, shared]\n"),
        ("  - [onprem, shared]\n", "  - [dev, onprem]\n"),
        ("  - [onprem, shared]\n", "  - [prod, dev]\n"),
        ("{ between: [prod, shared], through: inspection }", "{ between: [prod, shared], through: shared }"),
        ("{ between: [prod, shared], through: inspection }", "{ between: [prod, shared] }"),
        ("{ between: [prod, shared], through: inspection }", "{ between: [dev, onprem], through: inspection }"),
        (
            "  - { between: [prod, shared], through: inspection }\n",
            "  - { between: [prod, shared], through: inspection }\n  - { between: [shared, prod], through: inspection }\n",
        ),
        ("{ from: [prod, dev], through: inspection }", "{ from: [prod, prod], through: inspection }"),
        ("{ from: [prod, dev], through: inspection }", "{ from: [prod, inspection], through: inspection }"),
        (
            "  - { from: [prod, dev], through: inspection }\n",
            "  - { from: [prod, dev], through: inspection }\n  - { from: [dev], through: inspection }\n",
        ),
        ("except_through: inspection", "except_through: fire"),
        ("except_through: inspection", "except_through: shared"),
        ("{ between: [dev, onprem] }", "{ between: [dev, prod] }"),
        ("{ between: [dev, onprem] }", "{ between: [dev, dev] }"),
    ]));
}

const INSPECTED: &str = "  - { between: [prod, onprem], through: inspection }\n";
const OUT: &str = "  - { from: [prod, dev], through: inspection }\n";
const ONPREM: &str = "    cidrs: [172.16.0.0/12]               # what BGP may bring; anything else is reported\n";
const VPN: &str = "        - { vpn: vpn-0123456789abcdef0 }\n";
const GATEWAY: &str = "        - { direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }\n";

#[test]
fn what_others_attach_is_routed_by_bgp_or_by_what_the_file_says() {
    let both = format!("{VPN}{GATEWAY}{ONPREM}");
    let connect = "        - { connect: tgw-attach-0aaaaaaaaaaaaaaaa }\n";
    snapshot!(shown_in(
        INSPECTION,
        &[
            (ONPREM, &format!("{ONPREM}    routing: static\n")),
            (&both, &format!("{VPN}    routing: static\n    inside: open\n")),
            (&both, &format!("{connect}{ONPREM}    routing: static\n")),
            (ONPREM, &format!("{ONPREM}    routing: static\n    ignore_cidrs: [172.16.0.0/16]\n")),
            (ONPREM, &format!("{ONPREM}    appliance_mode: true\n")),
        ]
    ));
    let by_hand = change(INSPECTION, &both, &format!("{VPN}{ONPREM}    routing: static\n"));
    assert!(parse("intent.yaml", &by_hand).is_ok(), "a VPN without BGP");
}

#[test]
fn what_is_ignored_is_not_asked_for() {
    snapshot!(shown_in(
        INSPECTION,
        &[
            ("ignore_cidrs: [100.64.0.0/10]", "ignore_cidrs: [0.0.0.0/0]"),
            ("ignore_cidrs: [100.64.0.0/10]", "ignore_cidrs: [10.0.0.0/8]"),
            ("routing: static                      #", "#"),
            (
                "ignore_cidrs: [100.64.0.0/10]",
                "attachments: { main: [{ vpn: vpn-1 }] }\n    cidrs: [172.31.0.0/16]\n    ignore_cidrs: [172.16.0.0/12]"
            ),
        ]
    ));
    let a_part = change(INSPECTION, "ignore_cidrs: [100.64.0.0/10]", "ignore_cidrs: [10.64.0.0/10]");
    assert!(parse("intent.yaml", &a_part).is_ok(), "the rest of 10.0.0.0/8 is there to be sent to");
}

#[test]
fn segments_that_are_joined_meet_on_a_hub() {
    let hubs = "hubs:\n  main: {";
    let two_hubs = "hubs:\n  edge: { region: eu-west-1, asn: 64600 }\n  main: {";
    let two = |segment: &str, hub: &str| {
        let text = change(INSPECTION, hubs, two_hubs);
        let text = text.replace("    members:", "    hubs: [main]\n    members:");
        let at = text.find(&format!("  {segment}:\n")).unwrap();
        let (before, after) = text.split_at(at);
        format!("{before}{}", after.replacen("hubs: [main]", &format!("hubs: [{hub}]"), 1))
    };
    let moved = |segment: &str| wrong(&two(segment, "edge")).to_string();
    let onprem = two("prod", "main").replace("      main:\n        - { vpn", "      edge:\n        - { vpn");
    snapshot!(
        [
            wrong(&change(INSPECTION, hubs, two_hubs)).to_string(),
            moved("shared"),
            moved("inspection"),
            wrong(&onprem).to_string(),
            wrong(&two("prod", "edge, main")).to_string(),
        ]
        .join("\n=====\n")
    );
    assert!(parse("intent.yaml", &two("prod", "main")).is_ok());
    let peered = format!("{}peer_hubs: mesh\n", two("shared", "edge"));
    assert_eq!(wrong(&peered).len(), 0, "over the peering they may meet");
}

#[test]
fn firewalls_answer_whom_they_inspect_and_no_pair_has_two_ways() {
    let second = "  edge:\n    members: [{ account: \"111111111111\", vpc_tags: { network: edge } }]\n    appliance_mode: true\n  onprem:\n";
    let with_edge = change(INSPECTION, "  onprem:\n", second);
    snapshot!(shown_in(
        &with_edge,
        &[
            ("through: inspection }\n\negress", "through: onprem }\n\negress"),
            ("through: inspection }\n\negress", "through: shared }\n\negress"),
            (INSPECTED, &format!("{INSPECTED}  - {{ between: [prod, inspection], through: edge }}\n")),
            (OUT, &format!("{OUT}  - {{ from: [inspection], through: edge }}\n")),
            (OUT, "  - { from: [prod, dev], through: inspection }\n  - { from: [inspection], through: inspection }\n"),
            ("isolate:", "isolate:\n  - { between: [dev, inspection] } #"),
            (", except_through: inspection }", " }"),
            (", except_through: inspection }", ", except_through: edge }"),
            ("isolate:", "isolate:\n  - { between: [dev, onprem] } #"),
            (ONPREM, ""),
        ]
    ));
    let out =
        change(&with_edge, OUT, "  - { from: [prod], through: inspection }\n  - { from: [dev], through: edge }\n");
    let out = change(&out, ", except_through: inspection }", " }");
    assert!(parse("intent.yaml", &out).is_ok(), "two ways out, and no firewall between the two");
}

#[test]
fn what_is_reached_is_named_where_nothing_else_says_it() {
    let straight = change(INSPECTION, INSPECTED, "  []\n");
    let straight = change(&straight, "  - [dev, shared]\n", "  - [dev, shared]\n  - [shared, onprem]\n");
    assert!(parse("intent.yaml", &straight).is_ok());
    snapshot!(shown_in(&straight, &[(ONPREM, "")]));
    let sent = change(&straight, ONPREM, "");
    let sent = change(
        &sent,
        "vpc_tags: { network: shared } }]\n",
        "vpc_tags: { network: shared } }]\n    spoke_routes: { cidrs: [172.16.0.0/12], tables: all }\n",
    );
    assert!(parse("intent.yaml", &sent).is_ok());
}

#[test]
fn routes_are_checked() {
    snapshot!(shown(&[
        ("{ in: dev, on: eu,", "{ in: div, on: ue,"),
        ("to: 10.66.0.0/16", "to: 10.66.0.0"),
        ("to: pl-0123456789abcdef0", "to: pl-"),
        ("via: blackhole", "via: black hole"),
        ("\"333333333333/vpc-0123456789abcdef0\"", "vpc-0123456789abcdef0"),
        (
            "to: 10.66.0.0/16, via: blackhole }\n",
            "to: 10.66.0.0/16, via: blackhole }\n  - { in: dev, on: eu, to: 10.66.0.0/16, via: blackhole }\n",
        ),
        ("{ in: dev, on: eu,", "{ in: branches, on: us,"),
    ]));
}

#[test]
fn vpc_peerings_are_checked() {
    snapshot!(shown(&[
        ("name: metrics\n", "name: Metrics!\n"),
        (", vpc_tags: { name: billing }", ""),
        (
            "account: \"222222222222\", region: eu-west-1, vpc_tags: { name: billing }",
            "account: \"333333333333\", region: eu-west-1, vpc_tags: { name: metrics }"
        ),
        ("dns: both", "dns: none"),
        ("routes: all ", "routes: { requestor: all } "),
        ("routes: all ", "routes: some "),
        ("peer_vpcs:\n", "peer_vpcs:\n  - { name: metrics }\n"),
    ]));
}

#[test]
fn safety_and_daemon_are_checked() {
    snapshot!(shown(&[
        ("undeclared: report ", "undeclared: delete "),
        ("undeclared: report ", "undeclared: { vpcs: remove } "),
        ("per_hour: 5", "per_hour: five"),
        ("per_hour: 5", "per_hour: -5"),
        ("hold_for: 24h", "hold_for: 24"),
        ("hold_for: 24h", "hold_for: 1 day"),
        ("hold_for: 24h", "hold_for: 9000h"),
        ("gaps: ask", "gaps: never"),
        ("from: 2026-12-20, until: 2027-01-04", "from: 2026-12-20, until: 2026-01-04"),
        ("from: 2026-12-20, until: 2027-01-04", "from: 2026-02-30, until: 20.12.2026"),
        (", why: year end", ""),
        ("routes_per_vpc_table: 1000", "routes_per_vpc_table: 0"),
        ("routes_per_vpc_table: 1000", "routes_per_vpc_table: 1k, attachments_per_hub: 0"),
        ("routes_per_vpc_table: 1000", "routes: 1000"),
        ("every: 5m", "every: 0s"),
        ("every: 5m", "every: 48h"),
        ("every: 5m", "every: -5m"),
        ("listen: 127.0.0.1:9464", "listen: 9464"),
        ("webhook: { env: TRANSITD_WEBHOOK }", "webhook: http://hooks.example.com/transitd"),
        ("webhook: { env: TRANSITD_WEBHOOK }", "webhook: { file: hook }"),
        ("sns: arn:aws:sns:eu-central-1:111111111111:transitd", "sns: transitd"),
    ]));
}

#[test]
fn all_problems_are_told_at_once_and_in_order() {
    let text = change(EVERYTHING, "network: corp\n", "network: CORP\n");
    let text = change(&text, "inside: closed", "inside: shut");
    let text = change(&text, "every: 5m", "every: 5");
    let problems = parse("intent.yaml", &text).unwrap_err();
    let rendered = problems.render(false);
    assert!(rendered.ends_with("intent.yaml: 3 problems, 3 things that are not supported yet\n"), "{rendered}");
    snapshot!(format!("{:#}", problems.to_json()));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let problems = wrong(&change(EVERYTHING, "inside: closed", "inside: shut"));
    let coloured = problems.render(true);
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    let mut escape = false;
    for letter in coloured.chars() {
        match letter {
            '\u{1b}' => escape = true,
            'm' if escape => escape = false,
            letter if !escape => plain.push(letter),
            _ => {}
        }
    }
    assert_eq!(plain, problems.render(false));
}

#[test]
fn more_problems_than_anyone_reads_are_counted() {
    let keys: String = (0..150).map(|number| format!("x{number}: 1\n")).collect();
    let rendered = wrong(&keys).render(false);
    assert!(rendered.ends_with("; the first 100 are shown\n"), "{rendered}");
}

#[test]
fn a_long_line_is_shown_in_part() {
    let long = format!("{EVERYTHING}colour: {}\n", "x".repeat(1 << 20));
    assert!(wrong(&long).render(false).len() < 2000);
}
