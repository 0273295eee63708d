//! An organization of twelve accounts to report on: from its file through compiling and planning, on the day on which it is
//! built and on a working day long after.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::world::{World, gateway_options, id, listed, now};
use crate::compile::compile;
use crate::intent::{self, Intent};
use crate::model::*;
use crate::plan::{Budgets, Gaps, Plan, Policy, Quotas, VISIBILITY, plan};

pub const HUB: &str = "tgw-0e0000000000000e0";
const HOME: &str = "111111111111";
const SHARE: &str = "arn:aws:ram:eu-west-1:111111111111:resource-share/7d1f";
const ORGANIZATION: &str = "arn:aws:organizations::100000000001:organization/o-a1b2c3d4e5";

const CONFIG: &str = r#"
version: 1
network: corp
home: { account: "111111111111", organization: o-a1b2c3d4e5 }
accounts: { from: organizations, role: { name: transitd-member } }
hubs:
  eu: { region: eu-west-1, asn: 64512 }
share: { with: organization }
attach: { subnets: { tags: { transitd: attach } } }
segments:
  prod:
    members: [{ ou: Workloads/Prod, vpc_tags: { network: prod } }]
    inside: open
    spoke_routes: { cidrs: [10.0.0.0/8, 0.0.0.0/0], tables: { tags: { tier: private } } }
  dev:
    members: [{ ou: Workloads/Dev, vpc_tags: { network: dev } }]
    inside: closed
    spoke_routes: { cidrs: [10.0.0.0/8, 0.0.0.0/0], tables: all }
    manage: { vpc_routes: observe }
  shared:
    members: [{ account: "333333333333", vpc_tags: { network: shared } }]
    inside: open
    spoke_routes: { cidrs: [10.0.0.0/8, 172.16.0.0/12], tables: all }
  inspection:
    members: [{ account: "111111111111", vpc_tags: { network: inspection } }]
    inside: closed
    appliance_mode: true
  onprem:
    attachments: { eu: [{ vpn: vpn-0123456789abcdef0 }] }
    inside: closed
    cidrs: [172.16.0.0/12]
connect:
  - [dev, shared]
  - [onprem, shared]
inspect:
  - { between: [prod, shared], through: inspection }
egress:
  - { from: [prod, dev], through: inspection }
isolate:
  - { between: [prod, dev], except_through: inspection }
safety:
  undeclared: remove
  departures: { hold_for: 24h }
"#;

/// A VPC of the organization: its account, what people call both, its range, and the segment that its tag names.
#[derive(Clone, Copy)]
struct Spoke {
    account: &'static str,
    letter: &'static str,
    name: &'static str,
    cidr: &'static str,
    segment: &'static str,
}

const fn spoke(
    account: &'static str,
    letter: &'static str,
    name: &'static str,
    cidr: &'static str,
    segment: &'static str,
) -> Spoke {
    Spoke { account, letter, name, cidr, segment }
}

const FIREWALLS: Spoke = spoke(HOME, "f", "firewalls", "10.0.0.0/20", "inspection");
const BILLING: Spoke = spoke("222222222222", "b", "billing", "10.1.0.0/16", "prod");
const TOOLS: Spoke = spoke("333333333333", "c", "tools", "10.2.0.0/16", "shared");
const SHOP: Spoke = spoke("444444444444", "d", "shop", "10.3.0.0/16", "prod");
const SEARCH: Spoke = spoke("555555555555", "e", "search", "10.4.0.0/16", "prod");
const MOBILE: Spoke = spoke("666666666666", "a1", "mobile", "10.16.0.0/16", "dev");
const WEB: Spoke = spoke("777777777777", "a2", "web", "10.17.0.0/16", "dev");
/// Its tag was taken off.
const LEGACY: Spoke = spoke("888888888888", "a3", "legacy", "10.18.0.0/16", "dev");
/// The same, some hours ago.
const TRIAL: Spoke = spoke("999999999999", "a4", "trial", "10.19.0.0/16", "dev");

const SPOKES: [Spoke; 9] = [FIREWALLS, BILLING, TOOLS, SHOP, SEARCH, MOBILE, WEB, LEGACY, TRIAL];

impl Spoke {
    fn key(&self) -> VpcKey {
        VpcKey { account: id(self.account), region: region(), vpc: id(&format!("vpc-{}", self.letter)) }
    }

    fn attachment(&self) -> AttachmentId {
        id(&format!("tgw-attach-{}", self.letter))
    }

    fn table(&self) -> RouteTableId {
        id(&format!("rtb-{}", self.letter))
    }
}

fn region() -> Region {
    id("eu-west-1")
}

fn home() -> Scope {
    Scope::new(&id(HOME), &region())
}

fn table_id(segment: &str) -> TransitGatewayRouteTableId {
    let letter = match segment {
        "prod" => "1",
        "dev" => "2",
        "shared" => "3",
        "inspection" => "4",
        _ => "5",
    };
    id(&format!("tgw-rtb-{letter}"))
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The organization as it is seen, what is known of the past, and the file.
pub struct Twelve {
    pub intent: Intent,
    pub seen: Snapshot,
    pub past: History,
}

impl Twelve {
    /// On the day on which everything is to be built: nothing is there, not even the hub.
    pub fn unbuilt() -> Self {
        let intent = intent::parse("corp.yaml", CONFIG).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let hub = HubInventory {
            gateways: listed(Vec::new()),
            attachments: listed(Vec::new()),
            vpc_attachments: listed(Vec::new()),
            tables: listed(Vec::new()),
            associations: BTreeMap::new(),
            propagations: BTreeMap::new(),
            routes: BTreeMap::new(),
            references: BTreeMap::new(),
            prefix_lists: None,
            shares: Some(ShareInventory {
                shares: listed(Vec::new()),
                principals: listed(Vec::new()),
                resources: listed(Vec::new()),
            }),
        };
        let seen = Snapshot {
            at: now(),
            organization: Organization { id: id("o-a1b2c3d4e5"), management_account: id("100000000001") },
            units: None,
            accounts: listed(accounts()),
            hubs: BTreeMap::from([(region(), hub)]),
            members: SPOKES.iter().map(|spoke| (spoke.key().scope(), member(spoke))).collect(),
        };
        Self { intent, seen, past: History::default() }
    }

    /// On a working day: two accounts are new, a VPC has left its segment, a principal, a route and a propagation are no
    /// longer declared, and somebody's NAT gateway stands in the way.
    pub fn at_work() -> Self {
        let mut twelve = Self::unbuilt();
        twelve.hub_is_there();
        for segment in ["prod", "dev", "shared", "inspection", "onprem"] {
            twelve.table_is_there(segment);
        }
        for (spoke, learners) in [
            (BILLING, vec!["prod", "inspection"]),
            (SEARCH, vec!["prod", "inspection"]),
            (TOOLS, vec!["dev", "shared", "onprem", "inspection"]),
            (FIREWALLS, vec![]),
            (LEGACY, vec!["shared", "inspection"]),
            (TRIAL, vec!["shared", "inspection"]),
            // `dev` was connected with `onprem` once.
            (MOBILE, vec!["shared", "inspection", "onprem"]),
        ] {
            twelve.attached(&spoke);
            twelve.associated(spoke.segment, &spoke.attachment(), Attached::Vpc(spoke.key()), "vpc");
            for segment in learners {
                twelve.propagated(segment, &spoke);
            }
        }
        twelve.vpn_is_there();
        for spoke in [BILLING, TOOLS, LEGACY, TRIAL, MOBILE] {
            twelve.routed(&spoke, "10.0.0.0/8");
        }
        twelve.routed(&TRIAL, "0.0.0.0/0");
        twelve.routed(&SEARCH, "0.0.0.0/0");
        twelve.route(&SEARCH, "10.0.0.0/8", Target::Other("nat-0e5".to_owned()));
        twelve.routed(&BILLING, "0.0.0.0/0");
        twelve.routed(&TOOLS, "172.16.0.0/12");
        twelve.statics();
        twelve.departed(&LEGACY, 26);
        twelve
    }

    /// The same, while another VPC that has left its segment is held.
    pub fn while_one_is_held() -> Self {
        let mut twelve = Self::at_work();
        twelve.departed(&TRIAL, 20);
        twelve
    }

    fn hub(&mut self) -> &mut HubInventory {
        self.seen.hubs.values_mut().next().unwrap()
    }

    fn own(&mut self, key: &Key, id: Option<&str>, value: &str) {
        let owned = Owned { id: id.map(str::to_owned), value: value.to_owned(), at: now() };
        self.past.owned.insert(key.ledger(), owned);
    }

    fn hub_is_there(&mut self) {
        let gateway = TransitGateway {
            id: id(HUB),
            owner: id(HOME),
            state: Progress::Ready,
            default_association: None,
            default_propagation: None,
            options: gateway_options(),
            tags: tags(&[(NAME_TAG, "corp/eu"), (NETWORK_TAG, "corp"), (HUB_TAG, "eu")]),
        };
        let share = ResourceShare {
            arn: SHARE.to_owned(),
            name: "corp/eu".to_owned(),
            state: ShareState::Ready,
            allow_external: false,
            tags: tags(&[(NAME_TAG, "corp/eu"), (NETWORK_TAG, "corp"), (HUB_TAG, "eu")]),
        };
        let of_share = |entity: &str| ShareAssociation {
            share: SHARE.to_owned(),
            entity: entity.to_owned(),
            state: ShareState::Ready,
            external: false,
        };
        let resource = home().transit_gateway_arn(&id(HUB));
        // The account stood in the file before the organization did.
        let principals = vec![of_share(ORGANIZATION), of_share("222222222222")];
        let hub = self.hub();
        hub.gateways = listed(vec![gateway.clone()]);
        hub.shares = Some(ShareInventory {
            shares: listed(vec![share]),
            principals: listed(principals),
            resources: listed(vec![of_share(&resource)]),
        });
        for member in self.seen.members.values_mut() {
            member.gateways = listed(vec![gateway.clone()]);
        }
        self.own(&Key::Hub(id("eu")), Some(HUB), "");
        self.own(&Key::Share(id("eu")), Some(SHARE), "");
        let principal = |principal| Key::Principal(PrincipalKey { hub: id("eu"), principal });
        self.own(&principal(Principal::Organization), None, ORGANIZATION);
        self.own(&principal(Principal::Account(id("222222222222"))), None, "222222222222");
    }

    fn table_is_there(&mut self, segment: &str) {
        let table = table_id(segment);
        let live = TransitGatewayRouteTable {
            id: table.clone(),
            gateway: id(HUB),
            state: Progress::Ready,
            tags: tags(&[(NAME_TAG, &format!("corp/{segment}")), (NETWORK_TAG, "corp"), (SEGMENT_TAG, segment)]),
        };
        push(&mut self.hub().tables, live);
        let hub = self.hub();
        hub.associations.insert(table.clone(), listed(Vec::new()));
        hub.propagations.insert(table.clone(), listed(Vec::new()));
        hub.routes.insert(table.clone(), listed(Vec::new()));
        hub.references.insert(table.clone(), listed(Vec::new()));
        self.own(&Key::Table(on_eu(segment)), Some(table.as_str()), HUB);
    }

    fn attached(&mut self, spoke: &Spoke) {
        let segment = spoke.segment;
        let options = AttachmentOptions {
            dns: true,
            ipv6: false,
            appliance_mode: segment == "inspection",
            security_group_referencing: true,
        };
        let name = format!("corp/eu/{segment}");
        let live = VpcAttachment {
            id: spoke.attachment(),
            gateway: id(HUB),
            vpc: spoke.key().vpc,
            vpc_owner: id(spoke.account),
            subnets: [1, 2].map(|zone| id(&format!("subnet-{}{zone}", spoke.letter))).to_vec(),
            options,
            state: Progress::Ready,
            tags: tags(&[(NAME_TAG, &name), (NETWORK_TAG, "corp"), (SEGMENT_TAG, segment)]),
        };
        // Somebody took a tag off billing's, on its own side, which the hub cannot see.
        let mut own = live.clone();
        if spoke.letter == BILLING.letter {
            own.tags.remove(NETWORK_TAG);
        }
        self.seen.members.get_mut(&spoke.key().scope()).unwrap().attachments = listed(vec![own]);
        let attachment = Attachment {
            id: spoke.attachment(),
            gateway: id(HUB),
            resource_type: "vpc".to_owned(),
            resource_id: spoke.key().vpc.to_string(),
            resource_owner: Some(id(spoke.account)),
            state: Progress::Ready,
            tags: live.tags.clone(),
        };
        push(&mut self.hub().vpc_attachments, live);
        push(&mut self.hub().attachments, attachment);
        let key = Key::Attachment(AttachmentKey { hub: id("eu"), vpc: spoke.key() });
        self.own(&key, Some(spoke.attachment().as_str()), "");
    }

    fn vpn_is_there(&mut self) {
        let attachment: AttachmentId = id("tgw-attach-9");
        let live = Attachment {
            id: attachment.clone(),
            gateway: id(HUB),
            resource_type: "vpn".to_owned(),
            resource_id: "vpn-0123456789abcdef0".to_owned(),
            resource_owner: Some(id(HOME)),
            state: Progress::Ready,
            tags: Tags::new(),
        };
        push(&mut self.hub().attachments, live);
    }

    fn associated(&mut self, segment: &str, attachment: &AttachmentId, of: Attached, resource_type: &str) {
        let table = table_id(segment);
        let resource_id = of.vpc().map(|vpc| vpc.vpc.to_string()).unwrap_or_default();
        let live = Association {
            attachment: attachment.clone(),
            resource_type: resource_type.to_owned(),
            resource_id,
            state: Progress::Ready,
        };
        push(self.hub().associations.get_mut(&table).unwrap(), live);
        self.own(&Key::Association(AttachedKey { hub: id("eu"), of }), None, &format!("{table} {attachment}"));
    }

    fn propagated(&mut self, segment: &str, spoke: &Spoke) {
        let (table, attachment) = (table_id(segment), spoke.attachment());
        let live = Propagation {
            attachment: attachment.clone(),
            resource_type: "vpc".to_owned(),
            resource_id: spoke.key().vpc.to_string(),
            state: Progress::Ready,
        };
        push(self.hub().propagations.get_mut(&table).unwrap(), live);
        let route = TransitGatewayRoute {
            destination: Destination::Cidr(id(spoke.cidr)),
            prefix_list: None,
            is_static: false,
            state: RouteState::Active,
            attachments: vec![attachment.clone()],
        };
        push(self.hub().routes.get_mut(&table).unwrap(), route);
        let key = PropagationKey { table: on_eu(segment), of: Attached::Vpc(spoke.key()) };
        self.own(&Key::Propagation(key), None, &format!("{table} {attachment}"));
    }

    /// The static routes of prod and shared, without the one that leads shop's answers back: shop is not there yet.
    fn statics(&mut self) {
        let firewalls = Some(FIREWALLS.attachment());
        for (segment, destination, to) in [
            ("prod", "0.0.0.0/0", firewalls.clone()),
            ("prod", TOOLS.cidr, firewalls.clone()),
            ("shared", BILLING.cidr, firewalls),
            // Once declared under routes.
            ("shared", "10.66.0.0/16", None),
        ] {
            let table = table_id(segment);
            let route = TransitGatewayRoute {
                destination: Destination::Cidr(id(destination)),
                prefix_list: None,
                is_static: true,
                state: if to.is_some() { RouteState::Active } else { RouteState::Blackhole },
                attachments: to.clone().into_iter().collect(),
            };
            push(self.hub().routes.get_mut(&table).unwrap(), route);
            let key = StaticRouteKey { table: on_eu(segment), destination: Destination::Cidr(id(destination)) };
            let value = format!("{table} {}", to.as_ref().map_or(BLACKHOLE, AttachmentId::as_str));
            self.own(&Key::StaticRoute(key), None, &value);
        }
    }

    fn routed(&mut self, spoke: &Spoke, destination: &str) {
        self.route(spoke, destination, Target::TransitGateway(id(HUB)));
        let destination = Destination::Cidr(id(destination));
        let key = VpcRouteKey { vpc: spoke.key(), table: spoke.table(), destination };
        self.own(&Key::VpcRoute(key), None, HUB);
    }

    fn route(&mut self, spoke: &Spoke, destination: &str, target: Target) {
        let route = Route { destination: Destination::Cidr(id(destination)), target, state: RouteState::Active };
        let member = self.seen.members.get_mut(&spoke.key().scope()).unwrap();
        let mut tables = member.route_tables.known().unwrap().to_vec();
        tables[0].routes.push(route);
        member.route_tables = listed(tables);
    }

    /// Takes the tag off that made a VPC a member, some hours ago.
    fn departed(&mut self, spoke: &Spoke, hours: i64) {
        let member = self.seen.members.get_mut(&spoke.key().scope()).unwrap();
        let mut vpcs = member.vpcs.known().unwrap().to_vec();
        vpcs[0].tags.remove("network");
        member.vpcs = listed(vpcs);
        let key = AttachmentKey { hub: id("eu"), vpc: spoke.key() };
        self.past.departures.insert(key.to_string(), now() - SignedDuration::from_hours(hours));
    }

    pub fn plan(&self) -> (World, Plan) {
        let policy = Policy {
            network: id("corp"),
            home: id(HOME),
            gaps: Gaps::Ask,
            frozen: false,
            visibility: VISIBILITY,
            accept_shrink: false,
            external_id: false,
            member_role: id("transitd-member"),
            remove: BTreeSet::from([
                Kind::Attachment,
                Kind::Association,
                Kind::Propagation,
                Kind::StaticRoute,
                Kind::VpcRoute,
                Kind::Table,
                Kind::Share,
                Kind::Principal,
            ]),
            departures: Some(SignedDuration::from_hours(24)),
            budgets: Budgets { per_hour: 5, per_day: 20, per_segment_per_day: 10 },
            quotas: Quotas {
                attachments_per_hub: 5000,
                tables_per_hub: 20,
                routes_per_hub: 10_000,
                routes_per_vpc_table: 500,
            },
        };
        let want = compile(&self.intent, &self.seen);
        let plan = plan(&want, &self.seen, &self.past, &policy);
        let world = World {
            network: id("corp"),
            home: id(HOME),
            organization: id("o-a1b2c3d4e5"),
            want,
            seen: self.seen.clone(),
            past: self.past.clone(),
        };
        (world, plan)
    }
}

fn on_eu(segment: &str) -> TableKey {
    TableKey { hub: id("eu"), segment: id(segment) }
}

fn push<T: Clone>(list: &mut Listed<T>, item: T) {
    let mut items = list.known().unwrap().to_vec();
    items.push(item);
    *list = listed(items);
}

fn accounts() -> Vec<Account> {
    let account = |number: &str, name: &str, ou: &str, state| Account {
        id: id(number),
        name: name.to_owned(),
        state,
        ou: Some(id(ou)),
        tags: Tags::new(),
    };
    let unit = |segment: &str| match segment {
        "prod" => "Workloads/Prod",
        "dev" => "Workloads/Dev",
        _ => "Infrastructure",
    };
    let with_vpcs = SPOKES.iter().map(|spoke| {
        let name = if spoke.account == HOME { "network" } else { spoke.name };
        account(spoke.account, name, unit(spoke.segment), AccountState::Active)
    });
    let without = [
        account("100000000001", "management", "/", AccountState::Active),
        account("100000000002", "audit", "Security", AccountState::Active),
        account("100000000003", "merger", "Workloads/Prod", AccountState::SetAside("SUSPENDED".to_owned())),
    ];
    with_vpcs.chain(without).collect()
}

fn member(spoke: &Spoke) -> MemberInventory {
    let (key, letter) = (spoke.key(), spoke.letter);
    let subnet = |zone: usize| Subnet {
        id: id(&format!("subnet-{letter}{zone}")),
        vpc: key.vpc.clone(),
        zone: id(&format!("euw1-az{zone}")),
        tags: tags(&[("transitd", "attach")]),
    };
    let vpc = Vpc {
        id: key.vpc.clone(),
        owner: key.account.clone(),
        is_default: false,
        cidrs: vec![id(spoke.cidr)],
        tags: tags(&[(NAME_TAG, spoke.name), ("network", spoke.segment)]),
    };
    let local =
        Route { destination: Destination::Cidr(id(spoke.cidr)), target: Target::Local, state: RouteState::Active };
    // The firewalls' own tables are others' to write: they answer to the hub.
    let back = Route {
        destination: Destination::Cidr(id("10.0.0.0/8")),
        target: Target::TransitGateway(id(HUB)),
        state: RouteState::Active,
    };
    let routes = if letter == FIREWALLS.letter { vec![local, back] } else { vec![local] };
    let table = RouteTable {
        id: spoke.table(),
        vpc: key.vpc.clone(),
        is_edge: false,
        routes,
        tags: tags(&[(NAME_TAG, "private"), ("tier", "private")]),
    };
    MemberInventory {
        vpcs: listed(vec![vpc]),
        subnets: listed(vec![subnet(1), subnet(2)]),
        route_tables: listed(vec![table]),
        gateways: listed(Vec::new()),
        attachments: listed(Vec::new()),
        prefix_lists: None,
        invitations: None,
        roles: None,
    }
}
