//! A small network to report on: one hub, two segments, a VPC in each, and a history. Plans are made by the planner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;

use jiff::Timestamp;

use crate::model::*;
use crate::plan::{Budgets, Gaps, Plan, Policy, Quotas, VISIBILITY, plan};
use crate::report::View;

pub const GATEWAY: &str = "tgw-0123456789abcdef0";

/// Reads a name that a test is sure of.
pub fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    id("2026-11-22T03:00:00Z")
}

pub fn vpc_key(account: &str, vpc: &str) -> VpcKey {
    VpcKey { account: id(account), region: id("eu-west-1"), vpc: id(vpc) }
}

pub fn billing() -> VpcKey {
    vpc_key("222222222222", "vpc-0aa")
}

pub fn data() -> VpcKey {
    vpc_key("333333333333", "vpc-0bb")
}

pub fn on_main(vpc: VpcKey) -> AttachmentKey {
    AttachmentKey { hub: id("main"), vpc }
}

pub fn at_main(vpc: &VpcKey) -> AttachedKey {
    AttachedKey { hub: id("main"), of: Attached::from(vpc) }
}

pub fn table(segment: &str) -> TableKey {
    TableKey { hub: id("main"), segment: id(segment) }
}

pub fn route(vpc: VpcKey, table: &str) -> VpcRouteKey {
    VpcRouteKey { vpc, table: id(table), destination: Destination::Cidr(id("10.0.0.0/8")) }
}

pub fn trouble(fault: Fault, action: &str, code: &str, message: &str) -> Trouble {
    let (action, code, message) = (action.to_owned(), code.to_owned(), message.to_owned());
    Trouble { fault, code, message, action, request_id: Some("4f0c-1".to_owned()) }
}

pub fn listed<T>(items: Vec<T>) -> Listed<T> {
    Listed::Complete { items, at: now() }
}

pub struct World {
    pub network: NetworkName,
    pub home: AccountId,
    pub organization: OrganizationId,
    pub want: Topology,
    pub seen: Snapshot,
    pub past: History,
}

impl World {
    /// Two VPCs that are to be connected, and nothing is there but the gateway.
    pub fn unbuilt() -> Self {
        let home: AccountId = id("111111111111");
        let members =
            [member(&billing(), "billing-app", "10.1.0.0/16", "0a"), member(&data(), "data", "10.2.0.0/16", "0b")];
        Self {
            network: id("corp"),
            organization: id("o-a1b2c3d4e5"),
            want: topology(&Scope::new(&home, &id("eu-west-1"))),
            seen: Snapshot {
                at: now(),
                organization: Organization { id: id("o-a1b2c3d4e5"), management_account: id("100000000001") },
                accounts: listed(accounts()),
                units: None,
                hubs: BTreeMap::from([(id("eu-west-1"), hub_inventory(&home))]),
                members: BTreeMap::from(members),
            },
            past: History::default(),
            home,
        }
    }

    /// The same network when all is as declared.
    pub fn built() -> Self {
        let mut world = Self::unbuilt();
        let live = [
            ("prod", "tgw-rtb-0a", billing(), "tgw-attach-0a", "0a"),
            ("shared", "tgw-rtb-0b", data(), "tgw-attach-0b", "0b"),
        ];
        for (segment, table, vpc, attachment, suffix) in live {
            let hub = world.hub();
            hub.tables = add(&hub.tables, segment_table(segment, table));
            let live = vpc_attachment(&vpc, attachment, suffix, segment);
            hub.vpc_attachments = add(&hub.vpc_attachments, live.clone());
            let (attached, vpc_id) = (id::<AttachmentId>(attachment), vpc.vpc.to_string());
            let association = Association {
                attachment: attached.clone(),
                resource_type: "vpc".to_owned(),
                resource_id: vpc_id,
                state: Progress::Ready,
            };
            hub.associations.insert(id(table), listed(vec![association]));
            let propagation = |attachment: &str, vpc: VpcKey| Propagation {
                attachment: id(attachment),
                resource_type: "vpc".to_owned(),
                resource_id: vpc.vpc.to_string(),
                state: Progress::Ready,
            };
            let both = vec![propagation("tgw-attach-0a", billing()), propagation("tgw-attach-0b", data())];
            hub.propagations.insert(id(table), listed(both));
            let route = |cidr: &str, attachment: &str| TransitGatewayRoute {
                destination: Destination::Cidr(id(cidr)),
                prefix_list: None,
                is_static: false,
                state: RouteState::Active,
                attachments: vec![id(attachment)],
            };
            let both = vec![route("10.1.0.0/16", "tgw-attach-0a"), route("10.2.0.0/16", "tgw-attach-0b")];
            hub.routes.insert(id(table), listed(both));
            hub.references.insert(id(table), listed(Vec::new()));
            world.member(&vpc).attachments = listed(vec![live]);
            world.set_route(&vpc, Target::TransitGateway(id(GATEWAY)), RouteState::Active);
        }
        world
    }

    pub fn hub(&mut self) -> &mut HubInventory {
        self.seen.hubs.values_mut().next().unwrap()
    }

    pub fn member(&mut self, vpc: &VpcKey) -> &mut MemberInventory {
        self.seen.members.get_mut(&vpc.scope()).unwrap()
    }

    pub fn set_route(&mut self, vpc: &VpcKey, target: Target, state: RouteState) {
        let route = Route { destination: Destination::Cidr(id("10.0.0.0/8")), target, state };
        let member = self.member(vpc);
        let mut tables = member.route_tables.known().unwrap().to_vec();
        tables[0].routes = vec![route];
        member.route_tables = listed(tables);
    }

    pub fn plan(&self, gaps: Gaps) -> Plan {
        let policy = Policy {
            network: self.network.clone(),
            home: self.home.clone(),
            gaps,
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
        };
        plan(&self.want, &self.seen, &self.past, &policy)
    }

    pub fn view<'a>(&'a self, plan: &'a Plan) -> View<'a> {
        let (network, home, organization) = (&self.network, &self.home, &self.organization);
        View { network, home, organization, plan, want: &self.want, seen: &self.seen, calls: 42 }
    }
}

fn topology(scope: &Scope) -> Topology {
    let mut want = Topology::default();
    want.hubs.insert(id("main"), WantedHub { scope: scope.clone(), gateway: WantedGateway::Adopted(id(GATEWAY)) });
    for (segment, vpc, suffix) in [("prod", billing(), "0a"), ("shared", data(), "0b")] {
        want.tables.insert(table(segment), WantedTable::Made);
        want.members.insert(vpc.clone(), id(segment));
        let zones = [("euw1-az1", format!("subnet-{suffix}1")), ("euw1-az2", format!("subnet-{suffix}2"))];
        let subnets = zones.iter().map(|(zone, subnet)| (id(zone), BTreeSet::from([id(subnet)]))).collect();
        let options = options();
        let wanted = WantedAttachment { segment: id(segment), vpc: vpc.clone(), subnets: Some(subnets), options };
        want.attachments.insert(on_main(vpc.clone()), wanted);
        want.associations.insert(at_main(&vpc), table(segment));
        for of in ["prod", "shared"] {
            want.propagations.insert(PropagationKey { table: table(of), of: Attached::from(&vpc) });
        }
        want.vpc_routes.insert(route(vpc, &format!("rtb-{suffix}")), id("main"));
    }
    want
}

fn accounts() -> Vec<Account> {
    let account = |number: &str, name: &str, state| Account {
        id: id(number),
        name: name.to_owned(),
        state,
        ou: None,
        tags: Tags::new(),
    };
    vec![
        account("111111111111", "network", AccountState::Active),
        account("222222222222", "billing", AccountState::Active),
        account("333333333333", "data", AccountState::Active),
        account("444444444444", "old", AccountState::SetAside("SUSPENDED".to_owned())),
    ]
}

fn gateway(home: &AccountId) -> TransitGateway {
    TransitGateway {
        id: id(GATEWAY),
        owner: home.clone(),
        state: Progress::Ready,
        default_association: None,
        default_propagation: None,
        options: gateway_options(),
        tags: Tags::new(),
    }
}

pub fn gateway_options() -> TransitGatewayOptions {
    TransitGatewayOptions {
        asn: 64512,
        auto_accept: false,
        default_association: false,
        default_propagation: false,
        dns: true,
        vpn_ecmp: true,
        security_group_referencing: false,
        multicast: false,
    }
}

pub fn options() -> AttachmentOptions {
    AttachmentOptions { dns: true, ipv6: false, appliance_mode: false, security_group_referencing: false }
}

fn hub_inventory(home: &AccountId) -> HubInventory {
    HubInventory {
        gateways: listed(vec![gateway(home)]),
        attachments: listed(Vec::new()),
        vpc_attachments: listed(Vec::new()),
        tables: listed(Vec::new()),
        associations: BTreeMap::new(),
        propagations: BTreeMap::new(),
        routes: BTreeMap::new(),
        references: BTreeMap::new(),
        prefix_lists: None,
        shares: None,
    }
}

fn member(key: &VpcKey, name: &str, cidr: &str, suffix: &str) -> (Scope, MemberInventory) {
    let tags = |name: &str| Tags::from([("Name".to_owned(), name.to_owned())]);
    let subnet = |number: u8| Subnet {
        id: id(&format!("subnet-{suffix}{number}")),
        vpc: key.vpc.clone(),
        zone: id(&format!("euw1-az{number}")),
        tags: Tags::new(),
    };
    let vpc = Vpc {
        id: key.vpc.clone(),
        owner: key.account.clone(),
        is_default: false,
        cidrs: vec![id(cidr)],
        tags: tags(name),
    };
    let table = RouteTable {
        id: id(&format!("rtb-{suffix}")),
        vpc: key.vpc.clone(),
        is_edge: false,
        routes: Vec::new(),
        tags: Tags::new(),
    };
    let inventory = MemberInventory {
        vpcs: listed(vec![vpc]),
        subnets: listed(vec![subnet(1), subnet(2)]),
        route_tables: listed(vec![table]),
        gateways: listed(vec![gateway(&id("111111111111"))]),
        attachments: listed(Vec::new()),
        prefix_lists: None,
        invitations: None,
        roles: None,
    };
    (key.scope(), inventory)
}

fn segment_table(segment: &str, table: &str) -> TransitGatewayRouteTable {
    TransitGatewayRouteTable {
        id: id(table),
        gateway: id(GATEWAY),
        state: Progress::Ready,
        tags: owned(&format!("corp/{segment}"), segment),
    }
}

/// The tags of what transitd made for a segment.
fn owned(name: &str, segment: &str) -> Tags {
    let tags = [(NAME_TAG, name), (NETWORK_TAG, "corp"), (SEGMENT_TAG, segment)];
    tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn vpc_attachment(vpc: &VpcKey, attachment: &str, suffix: &str, segment: &str) -> VpcAttachment {
    VpcAttachment {
        id: id(attachment),
        gateway: id(GATEWAY),
        vpc: vpc.vpc.clone(),
        vpc_owner: vpc.account.clone(),
        subnets: vec![id(&format!("subnet-{suffix}1")), id(&format!("subnet-{suffix}2"))],
        options: options(),
        state: Progress::Ready,
        tags: owned(&format!("corp/main/{segment}"), segment),
    }
}

fn add<T: Clone>(list: &Listed<T>, item: T) -> Listed<T> {
    let mut items = list.known().unwrap().to_vec();
    items.push(item);
    listed(items)
}
