//! The proofs of isolation against packets: worlds are drawn in the sandbox, with transit gateway route tables that lead
//! anywhere, and what review says of them is held against where packets really go.
//!
//! All spokes are hostile: their tables send everything to the hub.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "the proofs are held against the sandbox in process"))]
mod support;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use aws_sandbox::network::walk::{Path, Start, walk};
use aws_sandbox::random::Dice;
use aws_sandbox::seed::{Seed, text};
use aws_sandbox::{Clock, Pace, Sandbox, Settings};
use jiff::SignedDuration;
use serde_json::json;
use support::clock::SandboxClock;
use support::door::SandboxDoor;
use transitd::api::{Clock as _, Policy as CallPolicy};
use transitd::intent;
use transitd::model::{History, Problem};
use transitd::pass::Observer;

const REGION: &str = "eu-west-1";
/// How many worlds are drawn: enough for dozens of each verdict.
const WORLDS: u64 = 150;
const SEGMENTS: [&str; 4] = ["prod", "dev", "shared", "inspection"];
const RANGES: [&str; 8] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.1.0.0/16",
    "10.1.0.0/17",
    "10.0.0.0/15",
    "10.0.7.0/24",
    "10.2.0.0/15",
];

struct Land {
    seed: Seed,
    home: String,
    config: String,
    vpcs: Vec<String>,
    attachments: Vec<String>,
    tables: Vec<String>,
}

/// Makes a hub with a VPC and a transit gateway route table for each segment, and associates nothing.
fn land(number: u64) -> Land {
    let settings = Settings { seed: number, pace: Pace::Times { factor: 1.0 }, clock: Clock::manual() };
    let seed = Seed::organization(Arc::new(Mutex::new(Sandbox::new(settings))), REGION, "100000000001");
    let home = seed.account("network", None);
    seed.delegate(&home);
    let hub = seed.transit_gateway(&home);
    let (mut vpcs, mut attachments, mut tables) = (Vec::new(), Vec::new(), Vec::new());
    for (at, segment) in SEGMENTS.iter().enumerate() {
        let vpc = seed.vpc(&home, &format!("10.{at}.0.0/16"), &[("network", segment)]);
        let subnet = seed.subnet(&home, &vpc, &format!("10.{at}.0.0/24"), 1, &[("transitd", "attach")]);
        let asked = json!({ "TransitGatewayId": hub, "VpcId": vpc, "SubnetIds": [subnet] });
        let made = seed.ec2(&home, "CreateTransitGatewayVpcAttachment", asked);
        attachments.push(text(&made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]));
        let made = seed.ec2(&home, "CreateTransitGatewayRouteTable", json!({ "TransitGatewayId": hub }));
        tables.push(text(&made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]));
        vpcs.push(vpc);
    }
    seed.settle();
    for vpc in &vpcs {
        let table = seed.main_table(&home, vpc);
        let everything = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": hub });
        seed.ec2(&home, "CreateRoute", everything);
    }
    let members = |segment: &str| {
        let appliance = if segment == "inspection" { "    appliance_mode: true\n" } else { "" };
        format!(
            "  {segment}:\n    members: [{{ account: \"{home}\", vpc_tags: {{ network: {segment} }} }}]\n{appliance}"
        )
    };
    let config = format!(
        "version: 1\nnetwork: corp\nhome: {{ account: \"{home}\", organization: {} }}\n\
         accounts: {{ from: organizations, role: {{ name: transitd-member }} }}\n\
         hubs:\n  eu: {{ region: {REGION}, adopt: {hub} }}\nattach: {{ subnets: {{ tags: {{ transitd: attach }} }} }}\nsegments:\n{}",
        seed.organization_id(),
        SEGMENTS.map(members).concat()
    );
    Land { seed, home, config, vpcs, attachments, tables }
}

impl Land {
    fn ec2(&self, action: &str, params: serde_json::Value) {
        self.seed.ec2(&self.home, action, params);
    }

    fn associate(&self, attachment: usize, table: usize) {
        let both = json!({ "TransitGatewayRouteTableId": self.tables[table], "TransitGatewayAttachmentId": self.attachments[attachment] });
        self.ec2("AssociateTransitGatewayRouteTable", both);
    }

    fn propagate(&self, attachment: usize, table: usize) {
        let both = json!({ "TransitGatewayRouteTableId": self.tables[table], "TransitGatewayAttachmentId": self.attachments[attachment] });
        self.ec2("EnableTransitGatewayRouteTablePropagation", both);
    }

    /// Makes a static route; to no attachment, it is a blackhole.
    fn route(&self, table: usize, to: &str, attachment: Option<usize>) {
        let mut route = json!({ "TransitGatewayRouteTableId": self.tables[table], "DestinationCidrBlock": to });
        match attachment {
            Some(at) => route["TransitGatewayAttachmentId"] = json!(self.attachments[at]),
            None => route["Blackhole"] = json!(true),
        }
        self.ec2("CreateTransitGatewayRoute", route);
    }

    /// Judges the isolation of prod and dev, with what the file excepts.
    fn verdict(&self, except: &str) -> Option<Problem> {
        self.seed.settle();
        let config = format!("{}isolate:\n  - {{ between: [prod, dev]{except} }}\n", self.config);
        let intent =
            intent::parse("drawn.yaml", &config).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let door = Arc::new(SandboxDoor::new(self.seed.sandbox.clone(), &self.home));
        let clock = Arc::new(SandboxClock::new(self.seed.sandbox.clone()));
        let deadline = clock.now() + SignedDuration::from_mins(30);
        let observer = Observer::new(Arc::new(intent), None, door, clock, CallPolicy::default()).expect("a hub");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let look = runtime.block_on(observer.look(&History::default(), deadline)).expect("the declared place");
        assert!(look.plan.unknown.is_empty(), "{:?}", look.plan.unknown);
        look.plan
            .problems
            .into_iter()
            .find(|problem| matches!(problem, Problem::IsolationBroken { .. } | Problem::IsolationUnclear { .. }))
    }

    /// Sends packets from prod to dev and back, to several addresses, and returns the way of one that arrives. A way through the
    /// attachment of number `but` does not count.
    fn walked(&self, but: Option<usize>) -> Option<Vec<String>> {
        let sandbox = self.seed.lock();
        let pairs = [(0, 1), (1, 0)];
        pairs.iter().find_map(|(from, to)| {
            let addresses = ["0.10", "7.10", "128.10"].map(|host| format!("10.{to}.{host}"));
            addresses.iter().find_map(|address| {
                let to_address: IpAddr = address.parse().expect("an address");
                match walk(&sandbox.world, Start::Vpc(&self.vpcs[*from]), to_address) {
                    Path::Delivered { vpc, hops } if vpc == self.vpcs[*to] => {
                        let excepted = but.is_some_and(|at| hops.contains(&self.attachments[at]));
                        (!excepted).then_some(hops)
                    }
                    Path::Delivered { .. } | Path::Handed { .. } | Path::Left { .. } | Path::Dropped { .. } => None,
                }
            })
        })
    }
}

fn below(dice: &mut Dice, bound: usize) -> usize {
    (dice.fraction() * bound as f64) as usize
}

fn drawn(number: u64) -> Land {
    let mut dice = Dice::new(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x150);
    let land = land(number);
    for attachment in 0..SEGMENTS.len() {
        // Most stand where they should; some in another's table.
        let table = if below(&mut dice, 5) == 0 { below(&mut dice, SEGMENTS.len()) } else { attachment };
        land.associate(attachment, table);
    }
    land.seed.settle();
    let mut propagated = Vec::new();
    for _ in 0..below(&mut dice, 4) {
        let both = (below(&mut dice, SEGMENTS.len()), below(&mut dice, SEGMENTS.len()));
        if !propagated.contains(&both) {
            land.propagate(both.0, both.1);
            propagated.push(both);
        }
    }
    let mut routed = Vec::new();
    for _ in 0..below(&mut dice, 6) {
        let (table, range) = (below(&mut dice, SEGMENTS.len()), below(&mut dice, RANGES.len()));
        if !routed.contains(&(table, range)) {
            let to = (below(&mut dice, 4) > 0).then(|| below(&mut dice, SEGMENTS.len()));
            land.route(table, RANGES[range], to);
            routed.push((table, range));
        }
    }
    land
}

#[test]
fn what_is_proved_apart_no_packet_crosses() {
    let (mut proved, mut broken, mut walked) = (0, 0, 0);
    for number in 0..WORLDS {
        let land = drawn(number);
        for (except, but) in [("", None), (", except_through: inspection", Some(3))] {
            let verdict = land.verdict(except);
            let way = land.walked(but);
            match (&verdict, &way) {
                (None, Some(way)) => panic!("world {number}, `{except}`: proved, and a packet arrives by {way:?}"),
                (Some(Problem::IsolationUnclear { unknown, .. }), _) => panic!("world {number}: {unknown}"),
                (None, None) => proved += 1,
                (Some(_), Some(_)) => (broken, walked) = (broken + 1, walked + 1),
                (Some(_), None) => broken += 1,
            }
        }
    }
    println!("{proved} proved, {broken} broken, {walked} of these walked by a packet of its owner's own table");
    assert!(proved > 50 && walked > 50, "the worlds are too much alike: {proved} proved, {walked} walked");
    // What is called broken and not walked is so by an address that nobody answers to: a rare thing.
    assert!(walked * 2 > broken, "{broken} are called broken, and packets cross only {walked}");
}

#[test]
fn whatever_opens_a_proved_isolation_makes_it_broken() {
    type Opening = (&'static str, fn(&Land));
    let openings: [Opening; 4] = [
        ("a propagation", |land| land.propagate(1, 0)),
        ("a static route", |land| land.route(1, "10.0.0.0/16", Some(0))),
        ("an aggregate by way of a spoke", |land| {
            land.route(0, "10.0.0.0/8", Some(2));
            land.propagate(1, 2);
        }),
        ("a default route by way of the firewalls", |land| {
            land.route(0, "0.0.0.0/0", Some(3));
            land.propagate(1, 3);
        }),
    ];
    for (what, open) in openings {
        let land = land(1);
        (0..SEGMENTS.len()).for_each(|at| land.associate(at, at));
        land.seed.settle();
        assert_eq!(land.verdict(""), None, "{what}");
        assert_eq!(land.walked(None), None, "{what}");
        open(&land);
        land.seed.settle();
        let verdict = land.verdict("");
        assert!(matches!(verdict, Some(Problem::IsolationBroken { .. })), "{what}: {verdict:?}");
        assert!(land.walked(None).is_some(), "{what}");
    }
    // An association in the wrong table, where that table leads on.
    let land = land(2);
    (0..SEGMENTS.len()).filter(|at| *at != 1).for_each(|at| land.associate(at, at));
    land.seed.settle();
    land.propagate(0, 0);
    assert_eq!(land.verdict(""), None);
    land.associate(1, 0);
    let verdict = land.verdict("");
    assert!(matches!(verdict, Some(Problem::IsolationBroken { .. })), "{verdict:?}");
    assert!(land.walked(None).is_some());
}
