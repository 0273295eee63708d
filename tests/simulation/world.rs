//! A seed's world: an organization, a hub, VPCs in segments, an intent over them, and strangers that are none of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use aws_sandbox::network::shelf::Key;
use aws_sandbox::network::switches::{DefaultAssociation, Switches};
use aws_sandbox::network::walk::{Path, Start, walk};
use aws_sandbox::random::Dice;
use aws_sandbox::seed::{Seed, text};
use aws_sandbox::{Clock, Pace, Sandbox, Settings};
use serde_json::json;

pub const REGION: &str = "eu-west-1";
pub const NETWORK: &str = "corp";
const EXTERNAL_ID: &str = "simulated-external-id";

/// One VPC that a segment declares.
pub struct Member {
    pub account: String,
    pub vpc: String,
    pub segment: usize,
    pub subnets: Vec<String>,
    /// The address that packets to it are sent to: the tenth of its range.
    pub address: IpAddr,
}

pub struct Land {
    pub seed: Seed,
    pub home: String,
    pub hub: String,
    pub members: Vec<Member>,
    /// Ids of what nobody declared.
    pub strangers: Strangers,
    /// The segments whose VPCs reach one another, by number, the lesser first; `(a, a)` where `a` is open inside.
    pub connected: BTreeSet<(usize, usize)>,
    pub config: String,
    /// Whether the hub puts new attachments into its default table.
    pub defaults: bool,
}

#[derive(Default)]
pub struct Strangers {
    pub vpcs: Vec<String>,
    pub tables: Vec<String>,
}

/// Makes a seed's world. Everything in it has come to rest.
pub fn make(number: u64, dice: &mut Dice) -> Land {
    let settings = Settings { seed: number, pace: Pace::Times { factor: 1.0 }, clock: Clock::manual() };
    let sandbox = Arc::new(Mutex::new(Sandbox::new(settings)));
    let seed = Seed::organization(sandbox, REGION, "100000000001");
    let home = seed.account("network", None);
    seed.delegate(&home);
    let unit = seed.unit("Apps", None);
    let accounts: Vec<String> =
        (0..2 + below(dice, 3)).map(|at| seed.account(&format!("app{at}"), Some(&unit))).collect();
    for account in &accounts {
        seed.role(account, "transitd-member", &home, Some(EXTERNAL_ID));
    }
    seed.lock().world.network.switches = switches(dice);
    let defaults = below(dice, 4) == 0;
    let switch = if defaults { "enable" } else { "disable" };
    let hub = seed.transit_gateway_with(
        &home,
        json!({ "DefaultRouteTableAssociation": switch, "DefaultRouteTablePropagation": switch }),
    );
    seed.share(&home, &hub);
    let segments = 2 + below(dice, 2);
    let members: Vec<Member> = (0..2 + below(dice, 5)).map(|at| member(&seed, dice, &accounts, segments, at)).collect();
    let connected = connected(dice, segments);
    let config = config(dice, &seed, &home, &hub, segments, &connected);
    let mut land = Land { seed, home, hub, members, strangers: Strangers::default(), connected, config, defaults };
    strangers(&mut land, dice);
    land.seed.settle();
    land
}

/// Draws how AWS does what no document settles: whichever way it is, transitd has to live with it.
fn switches(dice: &mut Dice) -> Switches {
    let mut switches = Switches {
        disassociate_says_not_found: below(dice, 2) == 0,
        second_accept_succeeds: below(dice, 2) == 0,
        revive_blackholes: below(dice, 2) == 0,
        failed_attachments_block: below(dice, 2) == 0,
        route_search_has_tokens: below(dice, 2) == 0,
        throttled_calls_spend: below(dice, 2) == 0,
        ..Switches::default()
    };
    if below(dice, 2) == 0 {
        switches.default_association = DefaultAssociation::AtAccept;
        switches.association_field_lag_seconds = 60.0;
    }
    switches
}

/// Draws a number below a bound.
pub fn below(dice: &mut Dice, bound: usize) -> usize {
    (dice.fraction() * bound as f64) as usize
}

fn member(seed: &Seed, dice: &mut Dice, accounts: &[String], segments: usize, at: usize) -> Member {
    let account = accounts[below(dice, accounts.len())].clone();
    let segment = below(dice, segments);
    let name = format!("s{segment}");
    let vpc = seed.vpc(&account, &format!("10.{at}.0.0/16"), &[("network", &name)]);
    let zones = 1 + below(dice, 3);
    let subnets = (0..zones)
        .map(|zone| seed.subnet(&account, &vpc, &format!("10.{at}.{zone}.0/24"), zone + 1, &[("transitd", "attach")]))
        .collect();
    // Some have a route table beside the main one, and some a route of their own.
    if below(dice, 2) == 0 {
        seed.ec2(&account, "CreateRouteTable", json!({ "VpcId": vpc }));
    }
    if below(dice, 2) == 0 {
        let gateway =
            text(&seed.ec2(&account, "CreateInternetGateway", json!({}))["InternetGateway"]["InternetGatewayId"]);
        seed.ec2(&account, "AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
        let table = seed.main_table(&account, &vpc);
        let route = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway });
        seed.ec2(&account, "CreateRoute", route);
    }
    let second = u8::try_from(at).expect("few VPCs");
    Member { account, vpc, segment, subnets, address: IpAddr::V4(Ipv4Addr::new(10, second, 0, 10)) }
}

fn connected(dice: &mut Dice, segments: usize) -> BTreeSet<(usize, usize)> {
    let mut connected = BTreeSet::new();
    for one in 0..segments {
        for other in one..segments {
            if below(dice, 2) == 0 {
                connected.insert((one, other));
            }
        }
    }
    connected
}

fn config(
    dice: &mut Dice,
    seed: &Seed,
    home: &str,
    hub: &str,
    segments: usize,
    connected: &BTreeSet<(usize, usize)>,
) -> String {
    let organization = seed.organization_id();
    let mut config = format!(
        "version: 1\nnetwork: {NETWORK}\nhome: {{ account: \"{home}\", organization: {organization} }}\n\
         accounts: {{ from: organizations, role: {{ name: transitd-member, external_id: {EXTERNAL_ID} }} }}\n\
         hubs:\n  eu: {{ region: {REGION}, adopt: {hub} }}\nattach: {{ subnets: {{ tags: {{ transitd: attach }} }} }}\nsegments:\n"
    );
    for at in 0..segments {
        let inside = if connected.contains(&(at, at)) { "open" } else { "closed" };
        let routes = if below(dice, 2) == 0 { "    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n" } else { "" };
        let rule = format!("[{{ ou: Apps, vpc_tags: {{ network: s{at} }} }}]");
        let _ = write!(config, "  s{at}:\n    members: {rule}\n    inside: {inside}\n{routes}");
    }
    let pairs: Vec<String> =
        connected.iter().filter(|(a, b)| a != b).map(|(a, b)| format!("  - [s{a}, s{b}]\n")).collect();
    if !pairs.is_empty() {
        let _ = write!(config, "connect:\n{}", pairs.concat());
    }
    config
}

/// Makes what nobody declared: an attachment in a table of its own, one that asks to be accepted, and static routes.
fn strangers(land: &mut Land, dice: &mut Dice) {
    let (seed, home, hub) = (&land.seed, &land.home, &land.hub);
    let account = seed.account("lab", None);
    for (at, accepted) in [(100, true), (101, false)] {
        if below(dice, 3) == 0 {
            continue;
        }
        let vpc = seed.vpc(&account, &format!("10.{at}.0.0/16"), &[]);
        let subnet = seed.subnet(&account, &vpc, &format!("10.{at}.0.0/24"), 1, &[]);
        let asked = json!({ "TransitGatewayId": hub, "VpcId": vpc, "SubnetIds": [subnet] });
        let made = seed.ec2(&account, "CreateTransitGatewayVpcAttachment", asked);
        let id = text(&made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]);
        land.strangers.vpcs.push(vpc);
        if !accepted {
            continue;
        }
        seed.ec2(home, "AcceptTransitGatewayVpcAttachment", json!({ "TransitGatewayAttachmentId": id }));
        let made = seed.ec2(home, "CreateTransitGatewayRouteTable", json!({ "TransitGatewayId": hub }));
        let table = text(&made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]);
        seed.settle();
        let both = json!({ "TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": id });
        if !land.defaults {
            seed.ec2(home, "AssociateTransitGatewayRouteTable", both.clone());
        }
        seed.ec2(home, "EnableTransitGatewayRouteTablePropagation", both);
        let route =
            json!({ "TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "Blackhole": true });
        seed.ec2(home, "CreateTransitGatewayRoute", route);
        land.strangers.tables.push(table);
    }
}

impl Land {
    /// Tells whether the intent lets one member's packets reach another's.
    fn may_reach(&self, one: &Member, other: &Member) -> bool {
        let (a, b) = (one.segment.min(other.segment), one.segment.max(other.segment));
        self.connected.contains(&(a, b))
    }

    /// Follows a packet from every subnet to every other VPC, and says where it went against the intent.
    pub fn misrouted(&self) -> Vec<String> {
        let sandbox = self.seed.lock();
        let mut wrongs = Vec::new();
        for one in &self.members {
            for other in self.members.iter().filter(|other| other.vpc != one.vpc) {
                for subnet in &one.subnets {
                    let path = walk(&sandbox.world, Start::Subnet(subnet), other.address);
                    let arrives = matches!(&path, Path::Delivered { vpc, .. } if *vpc == other.vpc);
                    if arrives != self.may_reach(one, other) {
                        let should = if arrives { "should not arrive" } else { "should arrive" };
                        wrongs.push(format!(
                            "{} of s{} -> {} of s{} {should}: {path:?}",
                            one.vpc, one.segment, other.vpc, other.segment
                        ));
                    }
                }
            }
        }
        wrongs
    }

    /// Names the attachments that are not as the intent says: in every tagged subnet, with DNS.
    pub fn misattached(&self) -> Vec<String> {
        let sandbox = self.seed.lock();
        let attachments = &sandbox.world.network.vpc_attachments;
        let mut wrongs = Vec::new();
        for member in &self.members {
            let mut all = attachments.under(&Key::Vpc(member.vpc.clone()));
            let is_right = all.find(|it| it.state.carries_traffic()).is_some_and(|it| {
                let subnets: BTreeSet<&String> = it.subnets.iter().collect();
                subnets == member.subnets.iter().collect() && it.options.dns_support.is_on()
            });
            if !is_right {
                wrongs.push(format!("the attachment of {} is not as declared", member.vpc));
            }
        }
        wrongs
    }

    /// Writes down everything that is none of transitd's, as text that can be compared.
    pub fn undeclared(&self) -> BTreeMap<String, String> {
        let sandbox = self.seed.lock();
        let network = &sandbox.world.network;
        let mut all = BTreeMap::new();
        for vpc in &self.strangers.vpcs {
            let key = Key::Vpc(vpc.clone());
            let attachments: Vec<_> = network.vpc_attachments.under(&key).collect();
            let tables: Vec<_> = network.route_tables.under(&key).collect();
            all.insert(vpc.clone(), format!("{attachments:?} {tables:?}"));
        }
        for table in &self.strangers.tables {
            all.insert(table.clone(), format!("{:?}", network.transit_gateway_route_tables.get(table)));
        }
        for member in &self.members {
            for table in network.route_tables.under(&Key::Vpc(member.vpc.clone())) {
                let own: Vec<_> = table.routes.iter().filter(|(range, _)| range.prefix_len() < 8).collect();
                all.insert(table.id.clone(), format!("{own:?} {:?}", table.subnets));
            }
        }
        all.insert(self.hub.clone(), format!("{:?}", network.transit_gateways.get(&self.hub)));
        all
    }

    /// Names what there is twice: live tables with the same ownership tags, live attachments of one VPC.
    pub fn doubled(&self) -> Vec<String> {
        let sandbox = self.seed.lock();
        let network = &sandbox.world.network;
        let key = Key::TransitGateway(self.hub.clone());
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for table in network.transit_gateway_route_tables.under(&key) {
            let tags = network.tags.of(&table.owner, &table.id);
            let segment = tags.iter().find(|tag| tag.key == "transitd:segment");
            if let (Some(segment), true) = (segment, table.state.is_there()) {
                *counts.entry(format!("route table of {}", segment.value)).or_default() += 1;
            }
        }
        for attachment in network.vpc_attachments.under(&key).filter(|it| it.state.holds_interfaces_or_waits()) {
            *counts.entry(format!("attachment of {}", attachment.vpc)).or_default() += 1;
        }
        counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(what, count)| format!("{count} times the {what}"))
            .collect()
    }
}

/// Whether a table is there or on its way.
trait IsThere {
    fn is_there(&self) -> bool;
}

impl IsThere for aws_sandbox::network::transit_gateway_route_table::State {
    fn is_there(&self) -> bool {
        matches!(self, Self::Pending | Self::Available)
    }
}
