//! The files in `config/`, and what they mean.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::date;

use super::{EVERYTHING, HUB_AND_SPOKE, INSPECTION, TWO_VPCS, change, wrong};
use crate::intent::{
    AccountSource, ExternalId, Gaps, HubKind, Inside, Intent, ManagedKind, Mode, ProblemKind, Quotas, Routing,
    SegmentPair, Tables, UndeclaredAction, Via, Webhook, parse, read,
};
use crate::model::{Destination, GivenKind, SegmentName};

fn segment(name: &str) -> SegmentName {
    name.parse().unwrap()
}

fn pair(one: &str, other: &str) -> SegmentPair {
    SegmentPair::new(segment(one), segment(other)).unwrap()
}

/// The intent of a file that asks for things that are not supported yet.
fn unbelieved(text: &str) -> Intent {
    assert_eq!(wrong(text).to_string().lines().count(), 1, "{}", wrong(text));
    read(text).0.unwrap()
}

#[test]
fn the_smallest_example_has_all_defaults() {
    let intent = parse("two-vpcs.yaml", TWO_VPCS).unwrap();
    snapshot!(format!("{intent:#?}"));
}

#[test]
fn the_fuller_example_means_what_it_says() {
    let intent = parse("hub-and-spoke.yaml", HUB_AND_SPOKE).unwrap();
    assert!(intent.connected(&segment("prod"), &segment("shared")));
    assert!(intent.connected(&segment("shared"), &segment("prod")));
    assert!(!intent.connected(&segment("prod"), &segment("dev")));
    assert!(intent.connected(&segment("prod"), &segment("prod")));
    assert!(!intent.connected(&segment("dev"), &segment("dev")));
    assert!(!intent.connected(&segment("shared"), &segment("shared")));
    let reached: Vec<_> = intent.segments.keys().map(|from| intent.reaches(from).collect::<Vec<_>>()).collect();
    assert_eq!(
        reached,
        [vec![&segment("shared")], vec![&segment("prod"), &segment("shared")], vec![&segment("dev"), &segment("prod")]]
    );
    assert_eq!(intent.hub_regions().len(), 1);
    let region = "eu-west-1".parse().unwrap();
    assert_eq!(intent.hubs_in(&region).map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["main"]);
    assert!(matches!(intent.accounts.role.external_id, Some(ExternalId::Env(_))));
    assert_eq!(intent.accounts.exclude.values().collect::<Vec<_>>(), ["being closed"]);
    let prod = &intent.segments[&segment("prod")];
    assert_eq!(prod.members.len(), 2);
    assert_eq!(prod.members[1].accounts.len(), 2);
    assert!(matches!(&prod.spoke_routes.as_ref().unwrap().tables, Tables::Tagged(tags) if tags["tier"] == "private"));
    assert!(prod.adopted_tables.keys().any(|hub| hub.as_str() == "main"));
    assert!(intent.segments[&segment("shared")].spoke_routes.is_none());
}

#[test]
fn a_freeze_covers_both_its_ends() {
    let intent = parse("hub-and-spoke.yaml", HUB_AND_SPOKE).unwrap();
    let freeze = &intent.safety.freeze[0];
    assert!(!freeze.covers(date(2026, 12, 19)));
    assert!(freeze.covers(date(2026, 12, 20)));
    assert!(freeze.covers(date(2027, 1, 4)));
    assert!(!freeze.covers(date(2027, 1, 5)));
}

#[test]
fn nothing_in_the_file_is_parsed_away() {
    let intent = unbelieved(EVERYTHING);
    assert!(matches!(intent.accounts.source, AccountSource::Organizations));
    assert!(intent.hubs.values().any(|hub| hub.kind == HubKind::Make { asn: 64512, security_group_referencing: true }));
    assert!(intent.share.is_some());
    let prod = &intent.segments[&segment("prod")];
    assert_eq!(prod.manage[&ManagedKind::VpcRoutes], Mode::Observe);
    assert_eq!(prod.members[1].account_tags["tier"], "gold");
    let dev = &intent.segments[&segment("dev")];
    assert_eq!((dev.routing, dev.inside, dev.ignore_cidrs.len()), (Routing::Static, Inside::Closed, 1));
    assert!(intent.segments[&segment("inspection")].appliance_mode);
    let onprem = &intent.segments[&segment("onprem")];
    assert_eq!(onprem.cidrs.len(), 1);
    let given: BTreeSet<_> = intent.segments.values().flat_map(|one| one.attachments.values().flatten()).collect();
    assert_eq!(
        given.iter().map(|given| (given.kind, given.id.as_str())).collect::<Vec<_>>(),
        [
            (GivenKind::Vpn, "vpn-0123456789abcdef0"),
            (GivenKind::DirectConnectGateway, "11111111-2222-3333-4444-555555555555"),
            (GivenKind::Connect, "tgw-attach-0aaaaaaaaaaaaaaaa"),
            (GivenKind::NetworkFunction, "tgw-attach-0bbbbbbbbbbbbbbbb"),
        ]
    );
    let stands_on = |name: &str| intent.segments[&segment(name)].hubs.iter().map(ToString::to_string).collect();
    let (everywhere, somewhere): (Vec<String>, Vec<String>) = (stands_on("onprem"), stands_on("branches"));
    assert_eq!((everywhere, somewhere), (vec!["eu".to_owned(), "us".to_owned()], vec!["eu".to_owned()]));
    assert!(intent.attach.as_ref().unwrap().security_group_referencing);
    let shared = intent.segments[&segment("shared")].spoke_routes.as_ref().unwrap();
    assert_eq!((shared.cidrs.len(), shared.prefix_lists.len()), (1, 1));
    assert_eq!(intent.safety.quotas, Quotas { routes_per_vpc_table: 1000, ..Quotas::default() });
    assert_eq!(intent.connect, BTreeSet::from([pair("dev", "shared"), pair("onprem", "shared")]));
    assert_eq!(intent.inspect[&pair("prod", "shared")], segment("inspection"));
    assert_eq!(intent.inspect[&pair("prod", "onprem")], segment("firewalls"));
    assert_eq!(intent.egress.keys().collect::<Vec<_>>(), [&segment("dev"), &segment("prod")]);
    assert_eq!(intent.isolate[&pair("dev", "prod")], Some(segment("inspection")));
    assert_eq!(intent.isolate[&pair("dev", "onprem")], None);
    assert_eq!(intent.routes[0].via, Via::Blackhole);
    assert!(matches!(intent.routes[1].to, Destination::PrefixList(_)));
    assert_eq!(intent.peer_hubs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["[eu, us]"]);
    assert_eq!(intent.peer_vpcs["metrics"].routes.accepter, Some(Tables::All));
    assert_eq!(intent.safety.departures.unwrap().hold_for, Duration::from_hours(24));
    assert_eq!(intent.safety.gaps, Gaps::Ask);
    assert_eq!((intent.daemon.every, intent.daemon.mode), (Duration::from_mins(5), Mode::Enforce));
    assert_eq!(intent.daemon.listen.address(), Some(([127, 0, 0, 1], 9464).into()));
    assert!(matches!(&intent.daemon.webhook, Some(Webhook::Env(name)) if name.as_str() == "TRANSITD_WEBHOOK"));
    assert_eq!(intent.daemon.sns.unwrap().as_str(), "arn:aws:sns:eu-central-1:111111111111:transitd");
}

#[test]
fn what_is_not_built_yet_is_refused_line_by_line_and_nothing_else_is() {
    let problems = parse("everything.yaml", EVERYTHING).unwrap_err();
    assert!(problems.iter().all(|problem| problem.kind() == ProblemKind::Unsupported));
    snapshot!(problems);
    let lines: Vec<usize> = problems.iter().map(|problem| problems.place(problem).0).collect();
    assert!(lines.is_sorted_by(|one, next| one < next), "each refusal has a line of its own: {lines:?}");
}

#[test]
fn what_is_not_built_yet_is_refused_in_its_other_forms_too() {
    let text = change(EVERYTHING, "peer_hubs: mesh ", "peer_hubs: [[eu, us]] ");
    let problems = parse("intent.yaml", &text).unwrap_err();
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message()).collect();
    assert!(messages.contains(&"peering hubs is not supported yet"), "{messages:?}");
    assert_eq!(unbelieved(&text).peer_hubs, unbelieved(EVERYTHING).peer_hubs);
}

#[test]
fn all_that_concerns_one_region_is_accepted() {
    let text = change(EVERYTHING, "region: us-east-1", "region: eu-west-1");
    let text = change(&text, "    inside: open\n", "    inside: open\n    hubs: [us]\n");
    let text = change(&text, "    inside: closed\n", "    inside: closed\n    hubs: [eu]\n");
    let text = change(
        &text,
        "cidrs: [10.0.0.0/8, pl-0fedcba9876543210], tables: all }",
        "cidrs: [10.0.0.0/8], tables: all }\n    hubs: [eu]\n    #",
    );
    let text = change(&text, "    appliance_mode: true ", "    hubs: [eu]\n    appliance_mode: true ");
    let messages: Vec<String> =
        parse("intent.yaml", &text).unwrap_err().iter().map(|problem| problem.message().to_owned()).collect();
    assert_eq!(messages, ["peering hubs is not supported yet", "peering VPCs is not supported yet"]);
}

#[test]
fn what_happens_to_undeclared_things_is_said_for_all_or_kind_by_kind() {
    let some = change(EVERYTHING, "undeclared: report", "undeclared: { vpc_routes: remove, propagations: report }");
    let undeclared = unbelieved(&some).safety.undeclared;
    assert_eq!(undeclared.action(ManagedKind::VpcRoutes), UndeclaredAction::Remove);
    assert_eq!(undeclared.action(ManagedKind::Propagations), UndeclaredAction::Report);
    assert_eq!(undeclared.action(ManagedKind::Attachments), UndeclaredAction::Report);
    let all = unbelieved(&change(EVERYTHING, "undeclared: report", "undeclared: remove")).safety.undeclared;
    assert_eq!(all.action(ManagedKind::Attachments), UndeclaredAction::Remove);
}

#[test]
fn an_inspection_network_means_what_it_says() {
    let intent = parse("inspection.yaml", INSPECTION).unwrap();
    let (prod, dev, onprem) = (segment("prod"), segment("dev"), segment("onprem"));
    assert!(!intent.connected(&prod, &onprem), "not straight");
    assert_eq!(intent.inspect[&pair("prod", "onprem")], segment("inspection"));
    assert_eq!(intent.egress.keys().collect::<Vec<_>>(), [&dev, &prod]);
    assert!(intent.segments[&segment("inspection")].inspects());
    assert!(!intent.segments[&onprem].inspects());
    assert!(!intent.segments[&onprem].hides_ranges());
    assert_eq!(intent.segments[&dev].routing, Routing::Static);
    assert!(intent.share.is_some());
}

#[test]
fn with_a_hub_in_every_region_and_two_in_one_each_segment_knows_where_it_stands() {
    let text = change(INSPECTION, "hubs:\n", "hubs:\n  edge: { region: eu-west-1, asn: 64600 }\n");
    let problems = parse("intent.yaml", &text).unwrap_err();
    assert_eq!(problems.len(), 4, "every segment with VPCs: {}", problems.render(false));
    let text = text.replace("    members:", "    hubs: [main]\n    members:");
    let intent = parse("intent.yaml", &text).unwrap();
    let region = "eu-west-1".parse().unwrap();
    assert_eq!(intent.hub_of(&segment("prod"), &region).unwrap().as_str(), "main");
    assert!(!intent.stands_on(&segment("prod"), &"edge".parse().unwrap()));
    assert!(intent.stands_on(&segment("onprem"), &"edge".parse().unwrap()));
}

#[test]
fn a_fixed_list_of_accounts_stands_for_the_organization() {
    let list = r#"list:
    - { id: "222222222222", name: billing, ou: Workloads/Prod, tags: { tier: gold } }
    - { id: "333333333333", name: shared }
    - { id: "444444444444", name: "444" }
    - { id: "555555555555", name: web }
    - { id: "999999999999", name: old }"#;
    let text = change(HUB_AND_SPOKE, "from: organizations", list);
    let intent = parse("intent.yaml", &text).unwrap();
    let AccountSource::List(accounts) = &intent.accounts.source else { panic!("{:?}", intent.accounts.source) };
    assert_eq!(accounts.len(), 5);
    let billing = &accounts[&"222222222222".parse().unwrap()];
    assert_eq!((billing.name.as_str(), billing.ou.as_ref().unwrap().as_str()), ("billing", "Workloads/Prod"));
    assert_eq!(billing.tags["tier"], "gold");
}

#[test]
fn a_section_that_is_given_in_part_has_defaults_for_the_rest() {
    let text = change(TWO_VPCS, "version: 1\n", "version: 1\ndaemon: { every: 1h30m }\nsafety: { gaps: forbid }\n");
    let intent = parse("intent.yaml", &text).unwrap();
    let plain = parse("two-vpcs.yaml", TWO_VPCS).unwrap();
    assert_eq!((intent.daemon.every, intent.daemon.mode), (Duration::from_mins(90), Mode::Enforce));
    assert_eq!(intent.safety.removals, plain.safety.removals);
    assert_eq!((intent.safety.gaps, plain.safety.gaps), (Gaps::Forbid, Gaps::Ask));
}

#[test]
fn every_private_asn_is_taken() {
    for asn in [64_512, 65_534, 4_200_000_000, 4_294_967_294] {
        let intent = unbelieved(&change(EVERYTHING, "asn: 64512", &format!("asn: {asn}")));
        assert!(intent.hubs.values().any(|hub| hub.kind == HubKind::Make { asn, security_group_referencing: true }));
    }
}

#[test]
fn a_direct_connect_gateway_may_be_attached_to_several_hubs() {
    let gateway = "direct_connect_gateway: 11111111-2222-3333-4444-555555555555 }]\n";
    let text = change(EVERYTHING, gateway, &format!("{gateway}      us: [{{ {gateway}"));
    assert_eq!(unbelieved(&text).segments[&segment("onprem")].attachments.len(), 2);
}
