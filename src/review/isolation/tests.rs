//! A hub of six attachments, each in the table of its own segment, and nothing between them. Each test opens one way.
//!
//! | segment | attachment | what it is |
//! |---|---|---|
//! | prod | b | a VPC, 10.1.0.0/16 |
//! | dev | d | a VPC, 10.3.0.0/16 |
//! | shared | c | a VPC, 10.2.0.0/16 |
//! | inspection | i | a VPC that firewalls stand in, 10.9.0.0/16 |
//! | onprem | v | a VPN |
//! | edge | n | a network function |

mod steps;
mod walker;

use super::*;
use crate::model::{
    Association, Attached, AttachedKey, Attachment, Destination, Fault, GivenKey, GivenKind, History, Listed,
    PrefixListReference, Progress, RouteState, Snapshot, TableKey, Tags, Topology, TransitGatewayRoute,
    TransitGatewayRouteTable, Trouble, Vpc, VpcKey, WantedGateway, WantedHub, WantedTable,
};
use crate::review::{isolation, review};
use crate::specimen::{HOME, complete, converged, id, items, plan, policy, propagation, region, scope, table_id};

const OWNER: &str = "222222222222";
const ALL: [(&str, &str, &str, &str); 6] = [
    ("prod", "b", "vpc", "10.1.0.0/16"),
    ("dev", "d", "vpc", "10.3.0.0/16"),
    ("shared", "c", "vpc", "10.2.0.0/16"),
    ("inspection", "i", "vpc", "10.9.0.0/16"),
    ("onprem", "v", "vpn", "172.16.0.0/12"),
    ("edge", "n", "network-function", "192.168.0.0/16"),
];

fn attachment(letter: &str) -> String {
    format!("tgw-attach-{letter}")
}

fn vpc_key(letter: &str) -> VpcKey {
    VpcKey { account: id(OWNER), region: region(), vpc: id(&format!("vpc-{letter}")) }
}

fn resource(kind: &str, letter: &str) -> String {
    match kind {
        "network-function" => attachment(letter),
        kind => format!("{kind}-{letter}"),
    }
}

fn want(except: Option<&str>) -> Topology {
    let mut want = Topology::default();
    let gateway = WantedGateway::Adopted(id("tgw-1"));
    want.hubs.insert(id("eu"), WantedHub { scope: scope(HOME), gateway });
    for (segment, letter, kind, _) in ALL {
        let table = TableKey { hub: id("eu"), segment: id(segment) };
        want.tables.insert(table, WantedTable::Adopted(table_id(segment)));
        let given = |kind| Attached::Given(GivenKey { kind, id: resource(kind.resource_type(), letter) });
        match kind {
            "vpn" => {
                want.given.insert(AttachedKey { hub: id("eu"), of: given(GivenKind::Vpn) }, id(segment));
            }
            "network-function" => {
                want.given.insert(AttachedKey { hub: id("eu"), of: given(GivenKind::NetworkFunction) }, id(segment));
            }
            _ => {
                want.members.insert(vpc_key(letter), id(segment));
            }
        }
    }
    want.isolated.insert((id("dev"), id("prod")), except.map(id));
    want
}

fn seen() -> Snapshot {
    let mut seen = converged();
    let hub = seen.hubs.get_mut(&region()).unwrap();
    hub.attachments = complete(
        ALL.map(|(_, letter, kind, _)| Attachment {
            id: id(&attachment(letter)),
            gateway: id("tgw-1"),
            resource_type: kind.into(),
            resource_id: resource(kind, letter),
            resource_owner: Some(id(OWNER)),
            state: Progress::Ready,
            tags: Tags::new(),
        })
        .to_vec(),
    );
    hub.tables = complete(
        ALL.map(|(segment, ..)| TransitGatewayRouteTable {
            id: table_id(segment),
            gateway: id("tgw-1"),
            state: Progress::Ready,
            tags: Tags::new(),
        })
        .to_vec(),
    );
    (hub.associations, hub.propagations) = Default::default();
    (hub.routes, hub.references) = Default::default();
    for (segment, letter, kind, _) in ALL {
        hub.associations.insert(table_id(segment), complete(vec![association(kind, letter)]));
        hub.propagations.insert(table_id(segment), complete(Vec::new()));
        hub.routes.insert(table_id(segment), complete(Vec::new()));
        hub.references.insert(table_id(segment), complete(Vec::new()));
    }
    let vpcs = ALL.iter().filter(|(_, _, kind, _)| *kind == "vpc").map(|(_, letter, _, cidr)| Vpc {
        id: id(&format!("vpc-{letter}")),
        owner: id(OWNER),
        is_default: false,
        cidrs: vec![id(cidr)],
        tags: Tags::new(),
    });
    seen.members.get_mut(&scope(OWNER)).unwrap().vpcs = complete(vpcs.collect());
    seen
}

fn association(kind: &str, letter: &str) -> Association {
    Association {
        attachment: id(&attachment(letter)),
        resource_type: kind.into(),
        resource_id: resource(kind, letter),
        state: Progress::Ready,
    }
}

/// A way of a segment's table; a static one to no letter is a blackhole.
fn route(seen: &mut Snapshot, segment: &str, to: &str, letter: Option<&str>, is_static: bool) {
    let hub = seen.hubs.get_mut(&region()).unwrap();
    items(hub.routes.get_mut(&table_id(segment)).unwrap()).push(TransitGatewayRoute {
        destination: Destination::Cidr(id(to)),
        prefix_list: None,
        is_static,
        state: if letter.is_some() { RouteState::Active } else { RouteState::Blackhole },
        attachments: letter.map(|letter| id(&attachment(letter))).into_iter().collect(),
    });
}

fn fixed(seen: &mut Snapshot, segment: &str, to: &str, letter: &str) {
    route(seen, segment, to, Some(letter), true);
}

fn blackhole(seen: &mut Snapshot, segment: &str, to: &str) {
    route(seen, segment, to, None, true);
}

fn learns(seen: &mut Snapshot, segment: &str, letter: &str) {
    let hub = seen.hubs.get_mut(&region()).unwrap();
    items(hub.propagations.get_mut(&table_id(segment)).unwrap()).push(propagation(letter));
}

fn unknown<T>() -> Listed<T> {
    Listed::Unknown(Trouble {
        fault: Fault::Denied,
        code: "UnauthorizedOperation".into(),
        message: String::new(),
        action: "DescribeVpcs".into(),
        request_id: None,
    })
}

/// Opens ways in the hub and says what is found of dev and prod: nothing, `broken: PATH`, or `unclear: WHAT`.
fn verdict_with(except: Option<&str>, open: impl FnOnce(&mut Snapshot)) -> String {
    let mut seen = seen();
    open(&mut seen);
    judged(&want(except), &seen)
}

fn judged(want: &Topology, seen: &Snapshot) -> String {
    let found = isolation(want, seen, &History::default(), &policy().network);
    let words = found.into_iter().map(|problem| {
        if let Problem::IsolationBroken { path, .. } = problem {
            format!("broken: {path}")
        } else if let Problem::IsolationUnclear { unknown, .. } = problem {
            format!("unclear: {unknown}")
        } else {
            panic!("{problem:?}")
        }
    });
    words.collect::<Vec<_>>().join("\n")
}

fn verdict(open: impl FnOnce(&mut Snapshot)) -> String {
    verdict_with(None, open)
}

fn is_broken(verdict: &str) -> bool {
    verdict.starts_with("broken: ")
}

#[test]
fn segments_without_a_way_between_them_are_proved_apart() {
    assert_eq!(verdict(|_| {}), "");
    // What both reach is no way between them.
    let both = |seen: &mut Snapshot| {
        learns(seen, "prod", "c");
        learns(seen, "dev", "c");
        learns(seen, "shared", "b");
        learns(seen, "shared", "d");
    };
    assert_eq!(verdict(both), "");
}

#[test]
fn a_propagation_into_the_other_segments_table_breaks_it_and_the_path_is_told() {
    assert_eq!(
        verdict(|seen| learns(seen, "prod", "d")),
        "broken: tgw-attach-b (vpc vpc-b) is associated with tgw-rtb-prod; there the propagated route 10.3.0.0/16 leads to \
         tgw-attach-d (vpc vpc-d) of segment dev"
    );
    // In either direction, whoever comes first in the file.
    assert!(is_broken(&verdict(|seen| learns(seen, "dev", "b"))));
}

#[test]
fn an_association_with_the_other_segments_table_breaks_it() {
    // Inside prod everybody reaches b; so does d, once it is looked up there.
    let found = verdict(|seen| {
        learns(seen, "prod", "b");
        let hub = seen.hubs.get_mut(&region()).unwrap();
        items(hub.associations.get_mut(&table_id("dev")).unwrap()).clear();
        items(hub.associations.get_mut(&table_id("prod")).unwrap()).push(association("vpc", "d"));
    });
    assert!(is_broken(&found), "{found}");
}

#[test]
fn an_undeclared_attachment_in_a_segments_table_counts_as_the_segments() {
    let found = verdict(|seen| {
        let hub = seen.hubs.get_mut(&region()).unwrap();
        let mut stranger = items(&mut hub.attachments)[0].clone();
        (stranger.id, stranger.resource_id) = (id("tgw-attach-x"), "vpc-x".into());
        items(&mut hub.attachments).push(stranger);
        items(hub.associations.get_mut(&table_id("dev")).unwrap()).push(association("vpc", "x"));
        fixed(seen, "prod", "10.77.0.0/16", "x");
    });
    assert!(is_broken(&found), "{found}");
}

#[test]
fn an_aggregate_or_a_default_route_to_the_other_segment_breaks_it() {
    for to in ["10.0.0.0/8", "0.0.0.0/0", "::/0"] {
        assert!(is_broken(&verdict(|seen| fixed(seen, "prod", to, "d"))), "{to}");
    }
}

#[test]
fn the_longest_prefix_decides_and_a_static_route_goes_before_a_propagated_one() {
    let hidden = |seen: &mut Snapshot| {
        learns(seen, "prod", "d");
        blackhole(seen, "prod", "10.3.0.0/16");
    };
    assert_eq!(verdict(hidden), "");
    let covered = |seen: &mut Snapshot| {
        fixed(seen, "prod", "10.3.0.0/16", "d");
        blackhole(seen, "prod", "10.3.0.0/17");
        fixed(seen, "prod", "10.3.128.0/17", "c");
    };
    assert_eq!(verdict(covered), "");
    // One address that is left open is enough.
    let open = verdict(|seen| {
        fixed(seen, "prod", "10.3.0.0/30", "d");
        blackhole(seen, "prod", "10.3.0.0/31");
        blackhole(seen, "prod", "10.3.0.2/32");
    });
    assert!(is_broken(&open), "{open}");
    // A wider blackhole keeps nobody out.
    let wider = verdict(|seen| {
        learns(seen, "prod", "d");
        blackhole(seen, "prod", "10.0.0.0/8");
    });
    assert!(is_broken(&wider), "{wider}");
}

fn through_firewalls(seen: &mut Snapshot) {
    fixed(seen, "prod", "0.0.0.0/0", "i");
    fixed(seen, "dev", "0.0.0.0/0", "i");
    learns(seen, "inspection", "b");
    learns(seen, "inspection", "d");
}

#[test]
fn a_way_through_firewalls_breaks_it_unless_the_file_excepts_them() {
    let found = verdict(through_firewalls);
    let path = "broken: tgw-attach-d (vpc vpc-d) is associated with tgw-rtb-dev; there the static route 0.0.0.0/0 leads to \
                tgw-attach-i (vpc vpc-i), which can send it back; tgw-attach-i is associated with tgw-rtb-inspection; there the \
                propagated route 10.1.0.0/16 leads to tgw-attach-b (vpc vpc-b) of segment prod";
    assert_eq!(found, path);
    assert_eq!(verdict_with(Some("inspection"), through_firewalls), "");
    // The exception is for the way through, not for a way beside it.
    let beside = |seen: &mut Snapshot| {
        through_firewalls(seen);
        learns(seen, "prod", "d");
    };
    assert!(is_broken(&verdict_with(Some("inspection"), beside)));
    assert!(is_broken(&verdict_with(Some("edge"), through_firewalls)));
}

#[test]
fn what_is_sent_through_firewalls_keeps_its_address() {
    // Prod sends only shared's range there, and no packet for dev.
    let found = verdict(|seen| {
        fixed(seen, "prod", "10.2.0.0/16", "i");
        learns(seen, "inspection", "b");
        learns(seen, "inspection", "c");
        learns(seen, "inspection", "d");
    });
    assert_eq!(found, "");
}

#[test]
fn any_vpc_may_send_on_what_is_not_its_own_and_never_what_is() {
    let open = |seen: &mut Snapshot| {
        fixed(seen, "prod", "10.0.0.0/8", "c");
        learns(seen, "shared", "d");
    };
    assert!(is_broken(&verdict(open)));
    let own = |seen: &mut Snapshot| {
        fixed(seen, "prod", "10.2.0.0/16", "c");
        fixed(seen, "shared", "10.2.0.0/16", "d");
    };
    assert_eq!(verdict(own), "");
}

#[test]
fn an_appliance_may_send_on_whatever_it_is_sent() {
    let open = |seen: &mut Snapshot| {
        route(seen, "prod", "10.3.0.0/16", Some("n"), false);
        learns(seen, "edge", "d");
    };
    let found = verdict(open);
    assert!(is_broken(&found) && found.contains("network-function"), "{found}");
    assert_eq!(verdict_with(Some("edge"), open), "");
}

#[test]
fn what_leaves_aws_ends_there_and_what_goes_to_another_gateway_is_unclear() {
    let outside = |seen: &mut Snapshot| {
        route(seen, "prod", "0.0.0.0/0", Some("v"), false);
        learns(seen, "onprem", "d");
    };
    assert_eq!(verdict(outside), "");
    let elsewhere = verdict(|seen| {
        items(&mut seen.hubs.get_mut(&region()).unwrap().attachments)[4].resource_type = "peering".into();
        fixed(seen, "prod", "10.3.0.0/16", "v");
    });
    assert!(elsewhere.starts_with("unclear: ") && elsewhere.contains("where that leads is not known"), "{elsewhere}");
}

#[test]
fn a_way_that_comes_back_to_where_it_was_ends() {
    let found = verdict(|seen| {
        fixed(seen, "prod", "10.0.0.0/8", "c");
        fixed(seen, "shared", "10.0.0.0/8", "i");
        fixed(seen, "inspection", "10.0.0.0/8", "c");
    });
    assert_eq!(found, "");
}

#[test]
fn a_prefix_list_counts_with_its_ranges_or_as_a_doubt_without_them() {
    let reference = |seen: &mut Snapshot, letter: &str| {
        let hub = seen.hubs.get_mut(&region()).unwrap();
        items(hub.references.get_mut(&table_id("prod")).unwrap()).push(PrefixListReference {
            prefix_list: id("pl-1"),
            state: Progress::Ready,
            attachment: Some(id(&attachment(letter))),
        });
    };
    assert!(is_broken(&verdict(|seen| reference(seen, "d"))));
    let through = |seen: &mut Snapshot| {
        reference(seen, "i");
        learns(seen, "inspection", "d");
    };
    assert!(verdict(through).starts_with("unclear: "));
    // Once the table shows what the list holds, that decides.
    let shown = |to: &'static str| {
        move |seen: &mut Snapshot| {
            through(seen);
            fixed(seen, "prod", to, "i");
            let hub = seen.hubs.get_mut(&region()).unwrap();
            items(hub.routes.get_mut(&table_id("prod")).unwrap()).last_mut().unwrap().prefix_list = Some(id("pl-1"));
        }
    };
    assert_eq!(verdict(shown("10.2.0.0/16")), "");
    assert!(is_broken(&verdict(shown("10.3.1.0/24"))));
}

#[test]
fn what_cannot_be_read_makes_it_unclear_but_never_hides_a_path() {
    type Change = fn(&mut Snapshot);
    let changes: [(&str, Change); 7] = [
        ("gateways", |seen| seen.hubs.get_mut(&region()).unwrap().gateways = unknown()),
        ("attachments", |seen| seen.hubs.get_mut(&region()).unwrap().attachments = unknown()),
        ("tables", |seen| seen.hubs.get_mut(&region()).unwrap().tables = unknown()),
        ("associations", |seen| {
            seen.hubs.get_mut(&region()).unwrap().associations.insert(table_id("shared"), unknown());
        }),
        ("propagations", |seen| {
            seen.hubs.get_mut(&region()).unwrap().propagations.insert(table_id("prod"), unknown());
        }),
        ("routes", |seen| {
            seen.hubs.get_mut(&region()).unwrap().routes.insert(table_id("prod"), unknown());
        }),
        ("references", |seen| {
            seen.hubs.get_mut(&region()).unwrap().references.insert(table_id("prod"), unknown());
        }),
    ];
    for (name, change) in changes {
        let found = verdict(change);
        assert!(found.starts_with("unclear: "), "{name}: {found}");
    }
    let found = verdict(|seen| {
        learns(seen, "dev", "b");
        seen.hubs.get_mut(&region()).unwrap().routes.insert(table_id("prod"), unknown());
    });
    assert!(is_broken(&found), "{found}");
    // A table that nobody's packets come to decides nothing.
    let found = verdict(|seen| {
        seen.hubs.get_mut(&region()).unwrap().routes.insert(table_id("shared"), unknown());
    });
    assert_eq!(found, "");
}

#[test]
fn an_owner_that_cannot_be_read_does_not_keep_it_from_being_proved() {
    let blind = |seen: &mut Snapshot| seen.members.get_mut(&scope(OWNER)).unwrap().vpcs = unknown();
    assert_eq!(verdict(blind), "");
    let found = verdict(|seen| {
        blind(seen);
        learns(seen, "prod", "d");
    });
    assert!(is_broken(&found), "{found}");
}
