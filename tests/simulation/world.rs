//! A seed's world: an organization, a hub, VPCs in segments, an intent over them, and strangers that are none of ours.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use aws_sandbox::Service;
use aws_sandbox::network::switches::{DefaultAssociation, Switches};
use aws_sandbox::random::Dice;
use aws_sandbox::seed::{Seed, text};
use aws_sandbox::{Clock, Pace, Sandbox, Settings};
use serde_json::json;
use transitd::api::{Ref, WriteCall};
use transitd::model::Vpc;

use crate::wish::Wish;

pub const REGION: &str = "eu-west-1";
pub const NETWORK: &str = "corp";
pub const EXTERNAL_ID: &str = "simulated-external-id";
/// Who manages the organization.
pub const MANAGEMENT: &str = "100000000001";

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
    pub members: Vec<Member>,
    /// Where the firewalls stand.
    pub firewalls: Option<Member>,
    /// Ids of what nobody declared.
    pub strangers: Strangers,
    pub wish: Wish,
    /// Pairs of segments that any file has let reach one another.
    pub once: BTreeSet<(usize, usize)>,
    /// Members whose VPC carries the tag no more.
    pub away: BTreeSet<usize>,
    /// Whether the hub puts new attachments into its default table.
    pub defaults: bool,
    /// The segments, by number, of the file as transitd has read it last.
    pub in_force: BTreeSet<usize>,
}

#[derive(Default)]
pub struct Strangers {
    pub vpcs: Vec<String>,
    pub tables: Vec<String>,
    /// Blackholes that people have put into segments' tables: table and range.
    pub blackholes: Vec<(String, String)>,
    /// Routes of transitd's that people have led to another attachment: table, range, and where to.
    pub taken_over: Vec<(String, String, String)>,
    /// Routes that transitd made and never heard so: table and range. Once their attachment is gone they lead nowhere,
    /// nothing tells them from what a person has put there, and it is for a person to take them away.
    pub unheard: Vec<(String, String)>,
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
    let segments = 2 + below(dice, 2);
    let mut wish = Wish::draw(dice, &home, &seed.organization_id(), segments);
    let makes = below(dice, 2) == 0;
    let defaults = !makes && below(dice, 4) == 0;
    if makes {
        seed.ask(MANAGEMENT, Service::Ram, "EnableSharingWithAwsOrganization", json!({}));
    } else {
        adopted(&seed, dice, &mut wish, defaults);
    }
    if below(dice, 3) == 0 {
        wish.list = Some(seed.prefix_list(&home, "somewhere", &["192.168.0.0/24"], 3));
    }
    let members: Vec<Member> = (0..2 + below(dice, 5)).map(|at| member(&seed, dice, &accounts, &wish, at)).collect();
    let firewalls = wish.has_firewalls().then(|| firewalls(&seed, dice, &accounts));
    let (strangers, once, away) = (Strangers::default(), BTreeSet::new(), BTreeSet::new());
    let in_force = BTreeSet::new();
    let mut land = Land { seed, home, members, firewalls, strangers, wish, once, away, defaults, in_force };
    if !makes {
        self::strangers(&mut land, dice);
    }
    land.remember();
    land.seed.settle();
    land
}

/// Makes the hub that is adopted, and perhaps a VPN on it.
fn adopted(seed: &Seed, dice: &mut Dice, wish: &mut Wish, defaults: bool) {
    let switch = if defaults { "enable" } else { "disable" };
    let options = json!({ "DefaultRouteTableAssociation": switch, "DefaultRouteTablePropagation": switch });
    let hub = seed.transit_gateway_with(&wish.home, options);
    seed.share(&wish.home, &hub);
    if !defaults && below(dice, 3) == 0 {
        let attachment = seed.vpn(&wish.home, &hub, "198.51.100.7");
        seed.bring(&attachment, &["172.16.0.0/16"]);
        let asked = json!({ "TransitGatewayAttachmentIds": [attachment] });
        let shown = seed.ec2(&wish.home, "DescribeTransitGatewayAttachments", asked);
        wish.vpn = Some(text(&shown["TransitGatewayAttachments"][0]["ResourceId"]));
    }
    wish.adopts = Some(hub);
}

/// Makes the VPC that firewalls stand in. Its way out is there; the way back to the hub is added once there is a hub.
fn firewalls(seed: &Seed, dice: &mut Dice, accounts: &[String]) -> Member {
    let account = accounts[below(dice, accounts.len())].clone();
    let vpc = seed.vpc(&account, "10.90.0.0/16", &[("network", "fw")]);
    let subnets = (0..1 + below(dice, 2))
        .map(|zone| seed.subnet(&account, &vpc, &format!("10.90.{zone}.0/24"), zone + 1, &[("transitd", "attach")]))
        .collect();
    internet(seed, &account, &vpc);
    Member { account, vpc, segment: usize::MAX, subnets, address: IpAddr::V4(Ipv4Addr::new(10, 90, 0, 10)) }
}

/// Leads a VPC's main table to the internet.
fn internet(seed: &Seed, account: &str, vpc: &str) {
    let gateway = text(&seed.ec2(account, "CreateInternetGateway", json!({}))["InternetGateway"]["InternetGatewayId"]);
    seed.ec2(account, "AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
    let table = seed.main_table(account, vpc);
    let route = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway });
    seed.ec2(account, "CreateRoute", route);
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

fn member(seed: &Seed, dice: &mut Dice, accounts: &[String], wish: &Wish, at: usize) -> Member {
    let account = accounts[below(dice, accounts.len())].clone();
    let segment = below(dice, wish.segments.len());
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
    if below(dice, 2) == 0 && !(wish.egress && segment == 0) {
        internet(seed, &account, &vpc);
    }
    if wish.segments[segment].is_static && below(dice, 2) == 0 {
        let range = format!("100.{}.0.0/16", 64 + at);
        seed.ec2(&account, "AssociateVpcCidrBlock", json!({ "VpcId": vpc, "CidrBlock": range }));
    }
    let second = u8::try_from(at).expect("few VPCs");
    Member { account, vpc, segment, subnets, address: IpAddr::V4(Ipv4Addr::new(10, second, 0, 10)) }
}

/// Makes what nobody declared: an attachment in a table of its own, one that asks to be accepted, and static routes.
fn strangers(land: &mut Land, dice: &mut Dice) {
    let (seed, home) = (&land.seed, &land.home);
    let Some(hub) = &land.wish.adopts else { return };
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
    /// Returns the hub's gateway: the adopted one, or the one that transitd has made by now.
    pub fn hub(&self) -> Option<String> {
        let sandbox = self.seed.lock();
        let network = &sandbox.world.network;
        let is_made = |id: &str| network.tags.of(&self.home, id).iter().any(|tag| tag.key == "transitd:hub");
        let made = || network.transit_gateways.iter().map(|it| it.id.clone()).find(|id| is_made(id));
        self.wish.adopts.clone().or_else(made)
    }

    /// Remembers who may reach whom by the file as it is now.
    pub fn remember(&mut self) {
        for one in 0..self.wish.segments.len() {
            for other in one..self.wish.segments.len() {
                if self.wish.lets(one, other) {
                    self.once.insert((one, other));
                }
            }
        }
    }

    /// Notes that transitd has read the file as it is now.
    pub fn take_effect(&mut self) {
        let segments = self.wish.segments.iter().enumerate();
        self.in_force = segments.filter(|(_, segment)| segment.present).map(|(at, _)| at).collect();
    }

    /// Tells of each VPC in an answer whether it is a member, by its tags there and the file that transitd has read last.
    pub fn memberships(&self, answer: &[Vpc]) -> Vec<(String, bool)> {
        let is_member = |vpc: &Vpc, member: &Member| {
            let tag = vpc.tags.iter().find(|(key, _)| *key == "network").map(|(_, value)| value.clone());
            tag == Some(format!("s{}", member.segment)) && self.in_force.contains(&member.segment)
        };
        let members = |vpc: &Vpc| self.members.iter().find(|member| member.vpc == vpc.id.as_str());
        answer.iter().filter_map(|vpc| Some((vpc.id.to_string(), is_member(vpc, members(vpc)?)))).collect()
    }

    /// Tells whether a member belongs to the network as it is wished now.
    pub fn belongs(&self, at: usize) -> bool {
        !self.away.contains(&at) && self.wish.segments[self.members[at].segment].present
    }

    /// Tells whether the intent lets one member's packets reach another's.
    pub fn may_reach(&self, one: usize, other: usize) -> bool {
        let (from, to) = (self.members[one].segment, self.members[other].segment);
        self.belongs(one) && self.belongs(other) && self.wish.lets(from, to)
    }

    /// Notes a write that was done and that no journal says so of.
    pub fn unheard(&mut self, call: &WriteCall) {
        if let WriteCall::CreateTransitGatewayRoute { table: Ref::Known(table), destination, attachment: Some(_) } =
            call
        {
            self.strangers.unheard.push((table.to_string(), destination.to_string()));
        }
    }

    /// Lets people take back what they have led elsewhere, and take away what nobody else can tell the maker of.
    pub fn give_back(&mut self) {
        for (table, range, _) in std::mem::take(&mut self.strangers.taken_over) {
            let params = json!({ "TransitGatewayRouteTableId": table, "DestinationCidrBlock": range });
            // It may be gone with its table.
            let _ = self.seed.call(&self.home, Service::Ec2, "DeleteTransitGatewayRoute", params);
        }
        for (table, range) in std::mem::take(&mut self.strangers.unheard) {
            let is_blackhole = {
                let sandbox = self.seed.lock();
                let table = sandbox.world.network.transit_gateway_route_tables.get(&table);
                let route = range.parse().ok().and_then(|range| table?.static_routes.get(&range));
                route.is_some_and(Option::is_none)
            };
            if is_blackhole {
                let params = json!({ "TransitGatewayRouteTableId": table, "DestinationCidrBlock": range });
                self.seed.ec2(&self.home, "DeleteTransitGatewayRoute", params);
            }
        }
    }

    /// Adds the way back from the firewalls, which is for people to make, as soon as AWS lets them.
    pub fn lead_back(&self) {
        let (Some(firewalls), Some(hub)) = (&self.firewalls, self.hub()) else { return };
        let table = self.seed.main_table(&firewalls.account, &firewalls.vpc);
        let route = json!({ "RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": hub });
        // Until the VPC is attached AWS refuses it, and afterwards it is there.
        let _ = self.seed.call(&firewalls.account, Service::Ec2, "CreateRoute", route);
    }
}

/// Whether a table is there or on its way.
pub trait IsThere {
    fn is_there(&self) -> bool;
}

impl IsThere for aws_sandbox::network::transit_gateway_route_table::State {
    fn is_there(&self) -> bool {
        matches!(self, Self::Pending | Self::Available)
    }
}
