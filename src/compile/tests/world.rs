//! A world for the tests of whole networks: any VPCs in any accounts, and what a topology comes to, line by line.

use std::collections::BTreeMap;

use crate::compile::compile;
use crate::model::{
    Account, AccountState, Attached, Cidr, MemberInventory, Problem, RouteTable, RouteVia, Snapshot, Subnet, Tags,
    Topology, Vpc,
};
use crate::specimen::{complete, converged, id, intent_of, scope, tags};

/// What all configs of these tests have in common; the hubs, the segments and all else follow.
pub const HEAD: &str = r#"
version: 1
network: corp
home: { account: "111111111111", organization: o-a1b2c3d4e5 }
accounts: { from: organizations, role: { name: transitd-member } }
attach: { subnets: { tags: { transitd: attach } } }
"#;

/// One hub, three kinds of workloads, firewalls, and a VPN.
pub const SEGMENTS: &str = r#"
hubs: { eu: { region: eu-west-1, adopt: tgw-1 } }
segments:
  prod: { members: [{ vpc_tags: { network: prod } }] }
  dev: { members: [{ vpc_tags: { network: dev } }] }
  shared: { members: [{ vpc_tags: { network: shared } }] }
  inspection: { members: [{ vpc_tags: { network: inspection } }], appliance_mode: true }
  onprem: { attachments: { eu: [{ vpn: vpn-1 }] }, cidrs: [172.16.0.0/12] }
"#;

/// The accounts of the world, all in one unit.
pub const ACCOUNTS: [&str; 4] = ["222222222222", "333333333333", "444444444444", "555555555555"];

/// A VPC: the last letter of its id, the segment that its tags name, and its ranges. Its account follows from its letter.
pub type Place<'a> = (char, &'a str, &'a [&'a str]);

/// Returns the account that a VPC is in.
pub fn account_of(letter: char) -> &'static str {
    ACCOUNTS[letter as usize % ACCOUNTS.len()]
}

/// Makes a snapshot in which these VPCs are, each with two tagged subnets and one route table without routes.
pub fn world(places: &[Place<'_>]) -> Snapshot {
    let mut seen = converged();
    seen.accounts = complete(ACCOUNTS.iter().map(|number| account(number)).collect());
    seen.members = ACCOUNTS.iter().map(|number| (scope(number), empty())).collect();
    for (letter, segment, cidrs) in places {
        let member = seen.members.get_mut(&scope(account_of(*letter))).unwrap();
        let vpc = id(&format!("vpc-{letter}"));
        crate::specimen::items(&mut member.vpcs).push(Vpc {
            id: id(&format!("vpc-{letter}")),
            owner: id(account_of(*letter)),
            is_default: false,
            cidrs: cidrs.iter().map(|cidr| id::<Cidr>(cidr)).collect(),
            tags: tags(&[("network", segment)]),
        });
        crate::specimen::items(&mut member.subnets).extend([1, 2].map(|zone| Subnet {
            id: id(&format!("subnet-{letter}{zone}")),
            vpc: id(&format!("vpc-{letter}")),
            zone: id(&format!("euw1-az{zone}")),
            tags: tags(&[("transitd", "attach")]),
        }));
        crate::specimen::items(&mut member.route_tables).push(RouteTable {
            id: id(&format!("rtb-{letter}")),
            vpc,
            is_edge: false,
            routes: Vec::new(),
            tags: Tags::new(),
        });
    }
    seen
}

fn account(number: &str) -> Account {
    Account {
        id: id(number),
        name: format!("account {number}"),
        state: AccountState::Active,
        ou: Some(id("Workloads")),
        tags: Tags::new(),
    }
}

fn empty() -> MemberInventory {
    MemberInventory {
        vpcs: complete(Vec::new()),
        subnets: complete(Vec::new()),
        route_tables: complete(Vec::new()),
        gateways: complete(Vec::new()),
        attachments: complete(Vec::new()),
        prefix_lists: None,
        invitations: None,
        roles: None,
    }
}

/// Compiles what follows [`HEAD`] and [`SEGMENTS`].
pub fn compiled(rest: &str, places: &[Place<'_>]) -> Topology {
    compile(&intent_of(&format!("{HEAD}{SEGMENTS}{rest}")), &world(places))
}

/// Lists all routing of a topology: `table < attachment` for a propagation, `table > range via attachment (purpose)` for a
/// static route, `table ~ range` for one that is withheld, `table of a VPC > range` for a route there.
pub fn routing(topology: &Topology) -> Vec<String> {
    let hub = |name: &crate::model::HubName| if topology.hubs.len() == 1 { String::new() } else { format!("{name}/") };
    let mut lines = Vec::new();
    for key in &topology.propagations {
        lines.push(format!("{}{} < {}", hub(&key.table.hub), key.table.segment, short(&key.of)));
    }
    for (key, route) in &topology.static_routes {
        let via = match &route.via {
            RouteVia::Attachment(at) => short(at),
            RouteVia::Blackhole => "nowhere".to_owned(),
        };
        let (hub, segment, purpose) = (hub(&key.table.hub), &key.table.segment, route.purpose);
        lines.push(format!("{hub}{segment} > {} via {via} ({purpose:?})", key.destination));
    }
    for key in &topology.withheld_routes {
        lines.push(format!("{}{} ~ {}", hub(&key.table.hub), key.table.segment, key.destination));
    }
    let mut spokes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in topology.vpc_routes.keys() {
        spokes.entry(key.table.to_string()).or_default().push(key.destination.to_string());
    }
    lines.extend(spokes.into_iter().map(|(table, routes)| format!("{table} > {}", routes.join(" "))));
    lines
}

/// Returns a thing's own id.
pub fn short(at: &Attached) -> String {
    match at {
        Attached::Vpc(vpc) => vpc.vpc.to_string(),
        Attached::Given(given) => given.id.clone(),
    }
}

/// Tells whether a topology has just these problems, each told by the first word of its debug text.
pub fn problems(topology: &Topology) -> Vec<String> {
    let name = |problem: &Problem| {
        format!("{problem:?}").split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
    };
    topology.problems.iter().map(name).collect()
}
