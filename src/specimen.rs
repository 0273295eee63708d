//! A specimen for tests: one small network as it is seen when everything is as declared. Tests change one thing in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::intent::{self, Intent};
use crate::model::{
    Account, AccountId, AccountState, Association, Attachment, AttachmentOptions, Cidr, Destination, History,
    HubInventory, Listed, MemberInventory, Organization, Progress, Propagation, Region, Route, RouteState, RouteTable,
    Scope, Snapshot, Subnet, Tags, Target, TransitGateway, TransitGatewayOptions, TransitGatewayRoute,
    TransitGatewayRouteTable, TransitGatewayRouteTableId, Vpc, VpcAttachment,
};
use crate::plan::{Budgets, Gaps, Plan, Policy, Quotas, VISIBILITY};

pub const HOME: &str = "111111111111";
pub const BILLING: &str = "222222222222";
pub const TOOLS: &str = "333333333333";

/// Two segments, connected: prod (billing's VPC) and shared (tools' VPC).
pub const CONFIG: &str = r#"
version: 1
network: corp
home: { account: "111111111111", organization: o-a1b2c3d4e5 }
accounts: { from: organizations, role: { name: transitd-member } }
hubs:
  eu: { region: eu-west-1, adopt: tgw-1 }
attach: { subnets: { tags: { transitd: attach } } }
segments:
  prod:
    members: [{ ou: Workloads/Prod, vpc_tags: { network: prod } }]
    inside: open
    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }
  shared:
    members: [{ account: "333333333333", vpc_tags: { network: shared } }]
    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }
connect:
  - [prod, shared]
"#;

pub fn intent() -> Intent {
    intent_of(CONFIG)
}

pub fn intent_of(text: &str) -> Intent {
    intent::parse("test.yaml", text).unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

pub fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub fn policy() -> Policy {
    Policy {
        network: id("corp"),
        home: id(HOME),
        gaps: Gaps::Ask,
        frozen: false,
        visibility: VISIBILITY,
        accept_shrink: false,
        external_id: false,
        member_role: id("transitd-member"),
        remove: BTreeSet::new(),
        departures: None,
        budgets: Budgets { per_hour: 5, per_day: 20, per_segment_per_day: 10 },
        quotas: Quotas {
            attachments_per_hub: 5000,
            tables_per_hub: 20,
            routes_per_hub: 10_000,
            routes_per_vpc_table: 500,
        },
    }
}

pub fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub fn region() -> Region {
    id("eu-west-1")
}

pub fn scope(account: &str) -> Scope {
    Scope::new(&id::<AccountId>(account), &region())
}

pub fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub fn complete<T>(items: Vec<T>) -> Listed<T> {
    Listed::Complete { items, at: now() }
}

/// Gives a list's items, to change them.
pub fn items<T>(list: &mut Listed<T>) -> &mut Vec<T> {
    match list {
        Listed::Complete { items, .. } => items,
        Listed::Unknown(trouble) => panic!("{trouble}"),
    }
}

/// The network as declared by [`CONFIG`], all in place.
pub fn converged() -> Snapshot {
    let account = |number: &str, name: &str, ou: &str| Account {
        id: id(number),
        name: name.to_owned(),
        state: AccountState::Active,
        ou: Some(id(ou)),
        tags: Tags::new(),
    };
    Snapshot {
        at: now(),
        organization: Organization { id: id("o-a1b2c3d4e5"), management_account: id("100000000001") },
        units: None,
        accounts: complete(vec![
            account(HOME, "network", "/"),
            account(BILLING, "billing", "Workloads/Prod"),
            account(TOOLS, "tools", "Shared"),
        ]),
        hubs: BTreeMap::from([(region(), hub())]),
        members: BTreeMap::from([
            (scope(BILLING), member(BILLING, "b", "10.1.0.0/16", "prod")),
            (scope(TOOLS), member(TOOLS, "c", "10.2.0.0/16", "shared")),
        ]),
    }
}

/// The same network before transitd has done anything.
pub fn untouched() -> Snapshot {
    let mut seen = converged();
    let hub = seen.hubs.get_mut(&region()).unwrap();
    items(&mut hub.attachments).clear();
    items(&mut hub.vpc_attachments).clear();
    items(&mut hub.tables).clear();
    hub.associations.clear();
    hub.propagations.clear();
    hub.routes.clear();
    hub.references.clear();
    for member in seen.members.values_mut() {
        items(&mut member.attachments).clear();
        for table in items(&mut member.route_tables) {
            table.routes.retain(|route| route.target == Target::Local);
        }
    }
    seen
}

fn gateway() -> TransitGateway {
    TransitGateway {
        id: id("tgw-1"),
        owner: id(HOME),
        state: Progress::Ready,
        default_association: None,
        default_propagation: None,
        options: TransitGatewayOptions {
            asn: 64512,
            auto_accept: false,
            default_association: false,
            default_propagation: false,
            dns: true,
            vpn_ecmp: true,
            security_group_referencing: false,
            multicast: false,
        },
        tags: Tags::new(),
    }
}

/// The options of an attachment as [`CONFIG`] declares them.
pub fn options() -> AttachmentOptions {
    AttachmentOptions { dns: true, ipv6: false, appliance_mode: false, security_group_referencing: true }
}

/// A VPC attachment as one side lists it; each side has its own tags.
fn vpc_attachment(letter: &str, owner: &str, segment: &str) -> VpcAttachment {
    VpcAttachment {
        id: id(&format!("tgw-attach-{letter}")),
        gateway: id("tgw-1"),
        vpc: id(&format!("vpc-{letter}")),
        vpc_owner: id(owner),
        subnets: vec![id(&format!("subnet-{letter}1")), id(&format!("subnet-{letter}2"))],
        options: options(),
        state: Progress::Ready,
        tags: tags(&[
            ("Name", &format!("corp/eu/{segment}")),
            ("transitd:network", "corp"),
            ("transitd:segment", segment),
        ]),
    }
}

fn hub() -> HubInventory {
    let attachment = |letter: &str, owner: &str| Attachment {
        id: id(&format!("tgw-attach-{letter}")),
        gateway: id("tgw-1"),
        resource_type: "vpc".into(),
        resource_id: format!("vpc-{letter}"),
        resource_owner: Some(id(owner)),
        state: Progress::Ready,
        tags: Tags::new(),
    };
    let table = |segment: &str| TransitGatewayRouteTable {
        id: table_id(segment),
        gateway: id("tgw-1"),
        state: Progress::Ready,
        tags: tags(&[
            ("Name", &format!("corp/{segment}")),
            ("transitd:network", "corp"),
            ("transitd:segment", segment),
        ]),
    };
    let association = |letter: &str| Association {
        attachment: id(&format!("tgw-attach-{letter}")),
        resource_type: "vpc".into(),
        resource_id: format!("vpc-{letter}"),
        state: Progress::Ready,
    };
    let route = |cidr: &str, letter: &str| TransitGatewayRoute {
        destination: Destination::Cidr(id(cidr)),
        prefix_list: None,
        is_static: false,
        state: RouteState::Active,
        attachments: vec![id(&format!("tgw-attach-{letter}"))],
    };
    HubInventory {
        gateways: complete(vec![gateway()]),
        attachments: complete(vec![attachment("b", BILLING), attachment("c", TOOLS)]),
        vpc_attachments: complete(vec![vpc_attachment("b", BILLING, "prod"), vpc_attachment("c", TOOLS, "shared")]),
        tables: complete(vec![table("prod"), table("shared")]),
        associations: BTreeMap::from([
            (table_id("prod"), complete(vec![association("b")])),
            (table_id("shared"), complete(vec![association("c")])),
        ]),
        propagations: BTreeMap::from([
            (table_id("prod"), complete(vec![propagation("b"), propagation("c")])),
            (table_id("shared"), complete(vec![propagation("b")])),
        ]),
        routes: BTreeMap::from([
            (table_id("prod"), complete(vec![route("10.1.0.0/16", "b"), route("10.2.0.0/16", "c")])),
            (table_id("shared"), complete(vec![route("10.1.0.0/16", "b")])),
        ]),
        references: BTreeMap::from([(table_id("prod"), complete(vec![])), (table_id("shared"), complete(vec![]))]),
        prefix_lists: None,
        shares: None,
    }
}

pub fn propagation(letter: &str) -> Propagation {
    Propagation {
        attachment: id(&format!("tgw-attach-{letter}")),
        resource_type: "vpc".into(),
        resource_id: format!("vpc-{letter}"),
        state: Progress::Ready,
    }
}

pub fn table_id(segment: &str) -> TransitGatewayRouteTableId {
    id(&format!("tgw-rtb-{segment}"))
}

fn member(account: &str, letter: &str, cidr: &str, segment: &str) -> MemberInventory {
    let subnet = |zone: usize| Subnet {
        id: id(&format!("subnet-{letter}{zone}")),
        vpc: id(&format!("vpc-{letter}")),
        zone: id(&format!("euw1-az{zone}")),
        tags: tags(&[("transitd", "attach")]),
    };
    let local = Route { destination: Destination::Cidr(id(cidr)), target: Target::Local, state: RouteState::Active };
    MemberInventory {
        vpcs: complete(vec![Vpc {
            id: id(&format!("vpc-{letter}")),
            owner: id(account),
            is_default: false,
            cidrs: vec![id::<Cidr>(cidr)],
            tags: tags(&[("network", segment), ("Name", "main")]),
        }]),
        subnets: complete(vec![subnet(1), subnet(2)]),
        route_tables: complete(vec![RouteTable {
            id: id(&format!("rtb-{letter}")),
            vpc: id(&format!("vpc-{letter}")),
            is_edge: false,
            routes: vec![local, to_hub("10.0.0.0/8")],
            tags: Tags::new(),
        }]),
        gateways: complete(vec![gateway()]),
        attachments: complete(vec![vpc_attachment(letter, account, segment)]),
        prefix_lists: None,
        invitations: None,
        roles: None,
    }
}

pub fn to_hub(cidr: &str) -> Route {
    Route {
        destination: Destination::Cidr(id(cidr)),
        target: Target::TransitGateway(id("tgw-1")),
        state: RouteState::Active,
    }
}

/// Compiles and plans with the usual policy.
pub fn plan(intent: &Intent, seen: &Snapshot, past: &History) -> Plan {
    plan_with(intent, seen, past, &policy())
}

pub fn plan_with(intent: &Intent, seen: &Snapshot, past: &History, policy: &Policy) -> Plan {
    crate::plan::plan(&crate::compile::compile(intent, seen), seen, past, policy)
}
