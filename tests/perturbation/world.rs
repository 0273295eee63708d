//! One world with a thing of every kind that concerns one region, converged: hubs made and adopted, a share with members,
//! firewalls, a VPN, prefix lists, static routes; and strangers beside them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sandbox::network::connect_peer::{self, ConnectPeer};
use aws_sandbox::network::peering_attachment::PeeringAttachment;
use aws_sandbox::network::shelf::Key;
use aws_sandbox::seed::{Seed, text};
use aws_sandbox::{Sandbox, Settings};
use serde_json::{Value, json};
use transitd::pass::Ended;

use crate::hand::{EXTERNAL_ID, Hand, Names};
use crate::support::door::SandboxDoor;

/// Where all perturbations begin.
pub struct World {
    pub sandbox: Sandbox,
    pub names: Names,
    pub config: String,
    pub home: String,
    pub management: String,
    /// Where transitd's memory is kept.
    pub state: tempfile::TempDir,
}

const MANAGEMENT: &str = "100000000001";
const REGION: &str = "eu-west-1";
/// Member VPCs and strangers: account, name, range, tag.
const VPCS: [(&str, &str, &str, &str); 8] = [
    ("billing", "billing.main", "10.1.0.0/16", "prod"),
    ("billing", "billing.side", "10.2.0.0/16", "prod"),
    ("tools", "tools.main", "10.3.0.0/16", "shared"),
    ("data", "data.one", "10.4.0.0/16", "legacy"),
    ("data", "data.two", "10.5.0.0/16", "legacy"),
    ("network", "network.fw", "10.9.0.0/16", "inspection"),
    ("lab", "lab.main", "10.200.0.0/16", "none"),
    ("lab", "lab.other", "10.201.0.0/16", "none"),
];

const CONFIG: &str = r#"version: 1
network: corp
home: { account: "{network}", organization: {organization} }
accounts: { from: organizations, role: { name: transitd-member, external_id: perturbed-external-id } }
hubs:
  eu: { region: eu-west-1, asn: 64512 }
  old: { region: eu-west-1, adopt: {old} }
share: { with: members }
attach: { subnets: { tags: { transitd: attach } } }
segments:
  prod:
    hubs: [eu]
    members: [{ ou: Workloads/Prod, vpc_tags: { network: prod } }]
    inside: open
    spoke_routes: { cidrs: [10.0.0.0/8, 0.0.0.0/0], tables: all }
  shared:
    hubs: [eu]
    members: [{ account: "{tools}", vpc_tags: { network: shared } }]
    spoke_routes: { cidrs: [10.0.0.0/8, 172.16.0.0/12, {tools.list}], tables: { tags: { tier: private } } }
  inspection:
    hubs: [eu]
    members: [{ account: "{network}", vpc_tags: { network: inspection } }]
    appliance_mode: true
  legacy:
    hubs: [old]
    members: [{ account_tags: { era: past }, vpc_tags: { network: legacy } }]
    inside: open
    routing: static
    ignore_cidrs: [100.64.0.0/10]
    table: { old: {old/table} }
ONPREM
inspect:
  - { between: [prod, shared], through: inspection }
egress:
  - { from: [prod], through: inspection }
routes:
  - { in: prod, on: eu, to: 10.66.0.0/16, via: blackhole }
  - { in: shared, on: eu, to: 10.77.0.0/16, via: { attachment_of: "{tools}/{tools.main}" } }
  - { in: shared, on: eu, to: {network.list}, via: blackhole }
"#;

const ONPREM: &str = "  onprem:
    hubs: [eu]
    attachments: { eu: [{ vpn: {vpn/resource} }] }
    cidrs: [172.16.0.0/12]
connect:
  - [onprem, shared]
";

/// Makes the world, and lets transitd converge it.
pub fn make() -> World {
    let sandbox = Arc::new(Mutex::new(Sandbox::new(Settings::default())));
    let seed = Seed::organization(sandbox.clone(), REGION, MANAGEMENT);
    let mut names = Names::default();
    organization(&seed, &mut names);
    let home = names.id("network");
    for (account, name, range, tag) in VPCS {
        vpc(&seed, &mut names, account, name, range, tag);
    }
    old_hub(&seed, &mut names);
    names.0.insert("network.list".to_owned(), seed.prefix_list(&home, "hub", &["192.168.0.0/24"], 3));
    names.0.insert("tools.list".to_owned(), seed.prefix_list(&names.id("tools"), "spokes", &["192.168.4.0/24"], 3));
    let state = tempfile::tempdir().expect("a directory");
    converge(&seed, &home, &names.fill(&CONFIG.replace("ONPREM\n", "")), state.path());
    on_made_hub(&seed, &mut names);
    let config = names.fill(&CONFIG.replace("ONPREM\n", &names.fill(ONPREM)));
    let ended = converge(&seed, &home, &config, state.path());
    assert!(matches!(ended, Ended::InSync), "{ended:?}");
    names_of_made(&seed, &mut names);
    seed.wait(Duration::from_secs(3600));
    let sandbox = seed.lock().clone();
    World { sandbox, names, config, home, management: MANAGEMENT.to_owned(), state }
}

fn converge(seed: &Seed, home: &str, config: &str, state: &std::path::Path) -> Ended {
    let door = Arc::new(SandboxDoor::new(seed.sandbox.clone(), home));
    let hand = Hand { sandbox: seed.sandbox.clone(), door, config, state };
    let (passes, ended) = hand.converge(usize::MAX);
    let ended = ended.unwrap_or_else(|error| panic!("{error}"));
    if let Some(last) = passes.last().filter(|_| !matches!(ended, Ended::InSync)) {
        println!("{ended:?}: {:?} {:?} {:?}", last.plan.problems, last.plan.unknown, last.outcomes);
    }
    ended
}

fn organization(seed: &Seed, names: &mut Names) {
    let workloads = seed.unit("Workloads", None);
    let prod = seed.unit("Prod", Some(&workloads));
    for (name, unit) in
        [("network", None), ("billing", Some(prod.as_str())), ("tools", None), ("data", None), ("lab", None)]
    {
        names.0.insert(name.to_owned(), seed.account(name, unit));
    }
    names.0.insert("organization".to_owned(), seed.organization_id());
    names.0.insert("management".to_owned(), MANAGEMENT.to_owned());
    names.0.insert("unit Workloads".to_owned(), workloads);
    names.0.insert("unit Prod".to_owned(), prod);
    let home = names.id("network");
    seed.delegate(&home);
    for account in ["billing", "tools", "data", "network"] {
        seed.role(&names.id(account), "transitd-member", &home, Some(EXTERNAL_ID));
    }
    let tags = json!({ "ResourceId": names.id("data"), "Tags": [{ "Key": "era", "Value": "past" }] });
    seed.ask(MANAGEMENT, aws_sandbox::Service::Organizations, "TagResource", tags);
}

fn vpc(seed: &Seed, names: &mut Names, account: &str, name: &str, range: &str, tag: &str) {
    let account = names.id(account);
    let id = seed.vpc(&account, range, &[("Name", name), ("network", tag)]);
    let net = range.trim_end_matches("0.0/16");
    for (zone, tags) in [(1, &[("transitd", "attach")][..]), (2, &[("transitd", "attach")]), (3, &[])] {
        let subnet = seed.subnet(&account, &id, &format!("{net}{zone}.0/24"), zone, tags);
        names.0.insert(format!("{name}/{zone}"), subnet);
    }
    names.0.insert(format!("{name}/table"), seed.main_table(&account, &id));
    let tags = json!([{ "ResourceType": "route-table", "Tags": [{ "Key": "tier", "Value": "private" }] }]);
    let made = seed.ec2(&account, "CreateRouteTable", json!({ "VpcId": id, "TagSpecifications": tags }));
    let second = text(&made["RouteTable"]["RouteTableId"]);
    let both = json!({ "RouteTableId": second, "SubnetId": names.id(&format!("{name}/3")) });
    seed.ec2(&account, "AssociateRouteTable", both);
    names.0.insert(format!("{name}/second"), second);
    names.0.insert(name.to_owned(), id);
}

/// A hub that is there before transitd, with a table to adopt, a stranger attached to it, and a peering with the stranger's.
fn old_hub(seed: &Seed, names: &mut Names) {
    let (home, lab) = (names.id("network"), names.id("lab"));
    let hub = seed.transit_gateway(&home);
    let options = json!({ "AmazonSideAsn": 64999, "DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable" });
    let other = seed.transit_gateway_with(&lab, options);
    seed.ask(MANAGEMENT, aws_sandbox::Service::Ram, "EnableSharingWithAwsOrganization", json!({}));
    let table = |name: &str| {
        let made = seed.ec2(&home, "CreateTransitGatewayRouteTable", json!({ "TransitGatewayId": hub }));
        seed.settle();
        (name.to_owned(), text(&made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]))
    };
    names.0.extend([table("old/table"), table("lab/table")]);
    // The stranger's VPC comes over the lab's own gateway's peering; and one of home's own is attached by hand.
    let asked =
        json!({ "TransitGatewayId": other, "PeerTransitGatewayId": hub, "PeerAccountId": home, "PeerRegion": REGION });
    seed.ec2(&lab, "CreateTransitGatewayPeeringAttachment", asked);
    seed.settle();
    // Within a Region each side has an id of its own.
    let peerings = |peering: &PeeringAttachment| (peering.id.clone(), peering.accepter.attachment.clone());
    let (peering, here) = seed.lock().world.network.peering_attachments.iter().map(peerings).next().expect("a peering");
    seed.ec2(&home, "AcceptTransitGatewayPeeringAttachment", json!({ "TransitGatewayAttachmentId": here }));
    seed.settle();
    let vpcs = json!({ "VpcId": names.id("lab.main"), "PeerVpcId": names.id("lab.other") });
    let made = seed.ec2(&lab, "CreateVpcPeeringConnection", vpcs);
    let connection = text(&made["VpcPeeringConnection"]["VpcPeeringConnectionId"]);
    names.0.extend([
        ("old".to_owned(), hub),
        ("lab.gateway".to_owned(), other),
        ("peering".to_owned(), peering),
        ("peering/here".to_owned(), here),
        ("vpc peering".to_owned(), connection),
    ]);
}

/// What people make on the hub that transitd has made: the VPN, and the way back from the firewalls.
fn on_made_hub(seed: &Seed, names: &mut Names) {
    let home = names.id("network");
    let found = seed.ec2(&home, "DescribeTransitGateways", json!({}));
    let eu = found["TransitGateways"].as_array().expect("gateways").iter();
    let eu =
        eu.map(|gateway| text(&gateway["TransitGatewayId"])).find(|id| *id != names.id("old")).expect("a made hub");
    let attachment = seed.vpn(&home, &eu, "198.51.100.7");
    seed.bring(&attachment, &["172.16.0.0/16"]);
    let shown =
        seed.ec2(&home, "DescribeTransitGatewayAttachments", json!({ "TransitGatewayAttachmentIds": [attachment] }));
    names.0.insert("vpn/resource".to_owned(), text(&shown["TransitGatewayAttachments"][0]["ResourceId"]));
    let connections = seed.ec2(&home, "DescribeVpnConnections", json!({}));
    names.0.insert("customer gateway".to_owned(), text(&connections["VpnConnections"][0]["CustomerGatewayId"]));
    let (vpc, table) = (names.id("network.fw"), names.id("network.fw/table"));
    let made = seed.ec2(&home, "CreateInternetGateway", json!({}));
    let internet = text(&made["InternetGateway"]["InternetGatewayId"]);
    seed.ec2(&home, "AttachInternetGateway", json!({ "InternetGatewayId": internet, "VpcId": vpc }));
    let mut route = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": internet });
    seed.ec2(&home, "CreateRoute", route.clone());
    route = json!({ "RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": eu });
    seed.ec2(&home, "CreateRoute", route);
    let made = seed.ec2(&home, "CreateEgressOnlyInternetGateway", json!({ "VpcId": vpc }));
    let egress_only = text(&made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]);
    let address = seed.ec2(&home, "AllocateAddress", json!({}));
    let inside = json!({ "SubnetId": names.id("network.fw/3"), "ConnectivityType": "private" });
    let nat = seed.ec2(&home, "CreateNatGateway", inside);
    names.0.extend([
        ("eigw".to_owned(), egress_only),
        ("address".to_owned(), text(&address["AllocationId"])),
        ("nat".to_owned(), text(&nat["NatGateway"]["NatGatewayId"])),
    ]);
    names.0.insert("connect peer".to_owned(), connect_peer(seed, &home, &attachment, &eu));
    names.0.extend([("vpn".to_owned(), attachment), ("igw".to_owned(), internet), ("eu".to_owned(), eu)]);
}

/// Puts a Connect peer into the model, on an attachment that is none of Connect: one of those transitd would report.
fn connect_peer(seed: &Seed, home: &str, attachment: &str, gateway: &str) -> String {
    let id = "tgw-connect-peer-0123456789abcdef0".to_owned();
    let peer = ConnectPeer {
        id: id.clone(),
        owner: home.to_owned(),
        region: REGION.to_owned(),
        attachment: attachment.to_owned(),
        transit_gateway: gateway.to_owned(),
        state: connect_peer::State::Available,
        created: seed.lock().now(),
        transit_gateway_address: [192, 0, 2, 1].into(),
        peer_address: [10, 0, 0, 9].into(),
        inside: vec!["169.254.6.0/29".parse().expect("a range")],
        peer_asn: 64700,
    };
    seed.lock().world.network.connect_peers.insert(peer);
    id
}

/// Names what transitd has made.
fn names_of_made(seed: &Seed, names: &mut Names) {
    let home = names.id("network");
    let found = seed.ec2(&home, "DescribeTransitGatewayRouteTables", json!({}));
    for table in found["TransitGatewayRouteTables"].as_array().into_iter().flatten() {
        let tags = table["Tags"].as_array().into_iter().flatten();
        let segment = tags.filter(|tag| tag["Key"] == "transitd:segment").map(|tag| text(&tag["Value"])).next();
        if let Some(segment) = segment {
            names.0.insert(format!("table of {segment}"), text(&table["TransitGatewayRouteTableId"]));
        }
    }
    let sandbox = seed.lock();
    for (_, name, _, _) in VPCS {
        let attached = sandbox.world.network.vpc_attachments.under(&Key::Vpc(names.id(name))).next();
        if let Some(attachment) = attached {
            names.0.insert(format!("{name}/attachment"), attachment.id.clone());
        }
    }
    for share in sandbox.world.sharing.shares.values() {
        let hub = share.tags.iter().find(|tag| tag.key == "transitd:hub").map(|tag| tag.value.clone());
        names.0.extend(hub.map(|hub| (format!("share of {hub}"), share.arn.clone())));
    }
}

/// One copy of the world, for one perturbation.
pub struct Bench<'w> {
    pub world: &'w World,
    pub seed: Seed,
    pub state: tempfile::TempDir,
}

impl<'w> Bench<'w> {
    pub fn new(world: &'w World) -> Self {
        let state = tempfile::tempdir().expect("a directory");
        std::fs::copy(world.state.path().join("state.db"), state.path().join("state.db")).expect("a state");
        let mut sandbox = world.sandbox.clone();
        sandbox.clear_log();
        let sandbox = Arc::new(Mutex::new(sandbox));
        let seed = Seed { sandbox, region: REGION.to_owned(), management: world.management.clone() };
        Self { world, seed, state }
    }

    pub fn id(&self, name: &str) -> String {
        self.world.names.id(name)
    }

    /// Makes a call to EC2 as an account; the parameters may name ids in braces.
    pub fn call(&self, account: &str, action: &str, params: Value) {
        let params = self.world.names.fill(&params.to_string());
        self.seed.ec2(&self.id(account), action, serde_json::from_str(&params).expect("parameters"));
        self.seed.settle();
    }

    /// Lets transitd go through a door.
    pub fn through<D>(&self, door: Arc<D>) -> Hand<'_, D> {
        Hand { sandbox: self.seed.sandbox.clone(), door, config: &self.world.config, state: self.state.path() }
    }
}
