//! What people wish: the config file as a value that they edit.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aws_sandbox::random::Dice;

use crate::world::{EXTERNAL_ID, NETWORK, REGION, below};

/// How often a thing that is not in every network is in one.
const SELDOM: usize = 3;

pub struct Wish {
    pub home: String,
    pub organization: String,
    /// The gateway that is adopted; none where transitd makes it.
    pub adopts: Option<String>,
    /// Whether a made hub is shared with the members alone.
    pub with_members: bool,
    pub segments: Vec<Segment>,
    /// The segments whose VPCs reach one another, by number, the lesser first; `(a, a)` where `a` is open inside.
    pub connected: BTreeSet<(usize, usize)>,
    /// Those that reach one another through the firewalls.
    pub inspected: BTreeSet<(usize, usize)>,
    /// Whether the first segment reaches the internet through the firewalls.
    pub egress: bool,
    /// The VPN that is placed in a segment of its own, connected to the first.
    pub vpn: Option<String>,
    /// The prefix list that the second segment's table leads nowhere.
    pub list: Option<String>,
    pub blackhole: bool,
    pub removes: Option<Removes>,
    /// Minutes between two passes.
    pub every: usize,
    /// Whether transitd only looks.
    pub observes: bool,
    /// Whether somebody has made a slip of the pen: the file cannot be read.
    pub slip: bool,
}

#[derive(Clone, Debug)]
pub struct Segment {
    pub present: bool,
    /// Whether the file says what its VPCs send to the hub.
    pub sends: bool,
    /// Whether its ranges are routed one by one, and some of them never.
    pub is_static: bool,
    /// Whether its VPCs' routes are only observed.
    pub observed: bool,
}

/// What is taken away, and how much at once.
#[derive(Clone, Copy, Debug)]
pub struct Removes {
    pub hold_minutes: i64,
    pub per_hour: usize,
    pub per_day: usize,
    pub per_segment: usize,
}

impl Wish {
    /// Draws a wish for so many segments.
    pub fn draw(dice: &mut Dice, home: &str, organization: &str, segments: usize) -> Self {
        let seldom = |dice: &mut Dice| below(dice, SELDOM) == 0;
        let (mut connected, mut inspected) = (BTreeSet::new(), BTreeSet::new());
        let firewalls = seldom(dice);
        for one in 0..segments {
            for other in one..segments {
                match below(dice, 4) {
                    0 | 1 => {}
                    2 if firewalls && one != other => {
                        inspected.insert((one, other));
                    }
                    _ => {
                        connected.insert((one, other));
                    }
                }
            }
        }
        let egress = firewalls && below(dice, 2) == 0;
        let removes = (below(dice, 2) == 0).then(|| Removes {
            hold_minutes: 5 + below(dice, 60) as i64,
            per_hour: 2 + below(dice, 20),
            per_day: 10 + below(dice, 40),
            per_segment: 5 + below(dice, 20),
        });
        let each = (0..segments).map(|at| Segment {
            present: true,
            sends: below(dice, 2) == 0 && !(egress && at == 0),
            is_static: below(dice, 4) == 0,
            observed: below(dice, 12) == 0,
        });
        let segments = each.collect();
        Self {
            home: home.to_owned(),
            organization: organization.to_owned(),
            adopts: None,
            with_members: below(dice, 2) == 0,
            segments,
            connected,
            inspected,
            egress,
            vpn: None,
            list: None,
            blackhole: seldom(dice),
            removes,
            every: 1 + below(dice, 15),
            observes: false,
            slip: false,
        }
    }

    /// Tells whether there are firewalls.
    pub fn has_firewalls(&self) -> bool {
        self.egress || !self.inspected.is_empty()
    }

    fn is_there(&self, pair: (usize, usize)) -> bool {
        self.segments[pair.0].present && self.segments[pair.1].present
    }

    /// Tells whether VPCs of the one segment may send to VPCs of the other.
    pub fn lets(&self, one: usize, other: usize) -> bool {
        let pair = (one.min(other), one.max(other));
        self.is_there(pair) && (self.connected.contains(&pair) || self.inspected.contains(&pair))
    }

    /// Writes the config file.
    pub fn text(&self) -> String {
        let (home, organization) = (&self.home, &self.organization);
        let hub = match &self.adopts {
            Some(gateway) => format!("  eu: {{ region: {REGION}, adopt: {gateway} }}\n"),
            None => {
                let with = if self.with_members { "members" } else { "organization" };
                format!("  eu: {{ region: {REGION}, asn: 64512 }}\nshare: {{ with: {with} }}\n")
            }
        };
        let mut text = format!(
            "version: 1\nnetwork: {NETWORK}\nhome: {{ account: \"{home}\", organization: {organization} }}\n\
             accounts: {{ from: organizations, role: {{ name: transitd-member, external_id: {EXTERNAL_ID} }} }}\n\
             hubs:\n{hub}attach: {{ subnets: {{ tags: {{ transitd: attach }} }} }}\nsegments:\n"
        );
        for (at, segment) in self.segments.iter().enumerate().filter(|(_, segment)| segment.present) {
            let inside = if self.connected.contains(&(at, at)) { "open" } else { "closed" };
            let rule = format!("[{{ ou: Apps, vpc_tags: {{ network: s{at} }} }}]");
            let _ = write!(text, "  s{at}:\n    members: {rule}\n    inside: {inside}\n");
            if segment.sends {
                text.push_str("    spoke_routes: { cidrs: [10.0.0.0/8, 172.16.0.0/12], tables: all }\n");
            }
            if segment.is_static {
                text.push_str("    routing: static\n    ignore_cidrs: [100.64.0.0/10]\n");
            }
            if segment.observed {
                text.push_str("    manage: { vpc_routes: observe }\n");
            }
        }
        if self.has_firewalls() {
            text.push_str("  fw:\n    members: [{ ou: Apps, vpc_tags: { network: fw } }]\n    appliance_mode: true\n");
        }
        let mut pairs: Vec<String> = self.pairs(&self.connected).map(|(a, b)| format!("  - [s{a}, s{b}]\n")).collect();
        if let Some(vpn) = &self.vpn {
            let _ =
                write!(text, "  onprem:\n    attachments: {{ eu: [{{ vpn: {vpn} }}] }}\n    cidrs: [172.16.0.0/12]\n");
            pairs.push("  - [onprem, s0]\n".to_owned());
        }
        section(&mut text, "connect", &pairs);
        let inspected = self.pairs(&self.inspected);
        let inspected: Vec<String> =
            inspected.map(|(a, b)| format!("  - {{ between: [s{a}, s{b}], through: fw }}\n")).collect();
        section(&mut text, "inspect", &inspected);
        if self.egress {
            text.push_str("egress:\n  - { from: [s0], through: fw }\n");
        }
        let mut routes = Vec::new();
        if self.blackhole {
            routes.push("  - { in: s0, on: eu, to: 10.66.0.0/16, via: blackhole }\n".to_owned());
        }
        if let Some(list) = &self.list {
            routes.push(format!("  - {{ in: s0, on: eu, to: {list}, via: blackhole }}\n"));
        }
        section(&mut text, "routes", &routes);
        if let Some(Removes { hold_minutes, per_hour, per_day, per_segment }) = self.removes {
            let _ = writeln!(
                text,
                "safety: {{ undeclared: remove, departures: {{ hold_for: {hold_minutes}m }}, removals: {{ per_hour: {per_hour}, \
                 per_day: {per_day}, per_segment_per_day: {per_segment} }} }}"
            );
        }
        let mode = if self.observes { "observe" } else { "enforce" };
        let _ = writeln!(text, "daemon: {{ every: {}m, mode: {mode} }}", self.every);
        if self.slip {
            text.push_str("segmets: {}\n");
        }
        text
    }

    /// Lists the pairs of different segments that are both there.
    fn pairs<'w>(&'w self, of: &'w BTreeSet<(usize, usize)>) -> impl Iterator<Item = (usize, usize)> + 'w {
        of.iter().copied().filter(|pair| pair.0 != pair.1 && self.is_there(*pair))
    }
}

fn section(text: &mut String, name: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(text, "{name}:\n{}", lines.concat());
    }
}
