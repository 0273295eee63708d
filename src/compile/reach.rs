//! The reach: for each segment on each hub, every range that it shall be able to send to, whose it is, and by which way.
//!
//! Routes of all kinds are made from it and judged by it, so that `connect`, `inspect` and `egress` mean one thing.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{Intent, Segment};
use crate::model::{
    Attached, Cidr, GivenKind, HubName, Problem, Reached, SegmentName, Snapshot, TableKey, Topology, VpcKey,
};

use super::membership;
use super::overlap::vpc;
use super::propagation::learners;

/// How traffic of a segment gets to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// To the attachment that the range is behind: `connect`, `inside: open`, and what firewalls answer to.
    Straight,
    /// Through the firewalls before it: `inspect`.
    Inspected,
    /// Through the firewalls to the internet: `egress`.
    Out,
}

/// The reach of every table, each range with its way.
pub(super) type Ways = BTreeMap<TableKey, BTreeSet<(Reached, Way)>>;

/// Writes the reach down, and returns it with its ways.
pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) -> Ways {
    let ground = Ground { intent, seen, topology };
    let mut doubts = Vec::new();
    let ways: Ways = topology.tables.keys().map(|table| (table.clone(), ground.reach_of(table, &mut doubts))).collect();
    doubts.extend(apart(intent, topology));
    topology.problems.extend(doubts);
    topology.reach = ways
        .iter()
        .map(|(table, reach)| (table.clone(), reach.iter().map(|(reached, _)| reached.clone()).collect()))
        .collect();
    ways
}

/// What the reach is found in.
struct Ground<'a> {
    intent: &'a Intent,
    seen: &'a Snapshot,
    topology: &'a Topology,
}

impl Ground<'_> {
    fn reach_of(&self, table: &TableKey, doubts: &mut Vec<Problem>) -> BTreeSet<(Reached, Way)> {
        let mut reach = BTreeSet::new();
        // Where nobody could send, nobody misses the firewalls.
        let has_senders = self.topology.associations.values().any(|of| of == table);
        let mut nobody_s = Vec::new();
        let doubts = if has_senders { doubts } else { &mut nobody_s };
        for of in self.intent.segments.keys().filter(|of| learners(self.intent, of).contains(&table.segment)) {
            reach.extend(self.behind(&table.hub, of).into_iter().map(|reached| (reached, Way::Straight)));
        }
        for (pair, through) in self.intent.inspect.iter().filter(|(pair, _)| pair.has(&table.segment)) {
            let (one, other) = pair.names();
            let other = if *one == table.segment { other } else { one };
            let behind = self.behind(&table.hub, other);
            if behind.is_empty() {
                continue;
            }
            let via = self.firewall(&table.hub, through, doubts);
            let led = behind.into_iter().map(|reached| Reached { via: via.clone(), ..reached });
            reach.extend(led.map(|reached| (reached, Way::Inspected)));
        }
        if let Some(through) = self.intent.egress.get(&table.segment).filter(|_| has_senders) {
            let via = self.firewall(&table.hub, through, doubts);
            let out = everywhere(self.intent).map(|cidr| Reached { cidr, of: None, via: via.clone() });
            reach.extend(out.map(|reached| (reached, Way::Out)));
        }
        reach
    }

    /// Lists the ranges behind a segment's own attachments, each by its attachment.
    fn behind(&self, hub: &HubName, of: &SegmentName) -> Vec<Reached> {
        let Some(segment) = self.intent.segments.get(of) else { return Vec::new() };
        let mut behind = Vec::new();
        let vpcs = self.topology.attachments.iter();
        for (key, _) in vpcs.filter(|(key, wanted)| key.hub == *hub && wanted.segment == *of) {
            let at = Attached::from(&key.vpc);
            let each = routed(self.intent, segment, self.seen, &key.vpc);
            behind.extend(each.into_iter().map(|cidr| Reached { cidr, of: Some(at.clone()), via: Some(at.clone()) }));
        }
        let given = self.topology.given.iter().filter(|(key, at)| key.hub == *hub && *at == of);
        let to_networks: Vec<&Attached> = given.map(|(key, _)| &key.of).filter(|at| leads_on(at)).collect();
        if let Some(first) = to_networks.first() {
            // Over which of several BGP brings a range is not for the file to say.
            let via = Some((*first).clone()).filter(|_| to_networks.len() == 1);
            let carried = segment.cidrs.iter().filter(|cidr| !cidr.is_ipv6() || vpcs_take_ipv6(self.intent));
            behind.extend(carried.map(|cidr| Reached { cidr: *cidr, of: None, via: via.clone() }));
        }
        behind
    }

    /// Returns the one attachment of a segment on a hub that can inspect what is sent through it: a VPC in appliance mode, or
    /// a firewall that is attached by itself. Reports it if there is none, or several.
    ///
    /// What else the segment holds on the hub, a Connect attachment for instance, takes no static route.
    fn firewall(&self, hub: &HubName, through: &SegmentName, doubts: &mut Vec<Problem>) -> Option<Attached> {
        let here = TableKey { hub: hub.clone(), segment: through.clone() };
        let stand_guard = self.intent.segments.get(through).is_some_and(|segment| segment.appliance_mode);
        let inspects = |at: &Attached| match at {
            Attached::Vpc(_) => stand_guard,
            Attached::Given(given) => given.kind == GivenKind::NetworkFunction,
        };
        let at_home = self.topology.associations.iter().filter(|(_, table)| **table == here).map(|(key, _)| &key.of);
        let candidates: BTreeSet<&Attached> = at_home.filter(|at| inspects(at)).collect();
        let (through, hub) = (through.clone(), hub.clone());
        match candidates.len() {
            1 => return candidates.first().map(|at| (*at).clone()),
            0 if !self.knows_all_of(&through, &hub) => {}
            0 => doubts.push(Problem::InspectionMissing { through, hub }),
            _ => {
                let candidates = candidates.iter().map(ToString::to_string).collect();
                doubts.push(Problem::InspectionAmbiguous { through, hub, candidates });
            }
        }
        None
    }

    /// Tells whether a segment has nothing on a hub for sure, or only as far as could be seen: then the list that could not be
    /// read is the trouble, and it is reported.
    fn knows_all_of(&self, segment: &SegmentName, hub: &HubName) -> bool {
        let (Some(rules), Some(hub)) = (self.intent.segments.get(segment), self.intent.hubs.get(hub)) else {
            return true;
        };
        membership::all_seen(self.intent, self.seen, &rules.members, &hub.region)
    }
}

/// Lists the ranges of a VPC that are routed: those of the families that attachments carry, without what is ignored.
pub(super) fn routed(intent: &Intent, segment: &Segment, seen: &Snapshot, key: &VpcKey) -> Vec<Cidr> {
    let cidrs = vpc(seen, key).map(|vpc| vpc.cidrs.as_slice()).unwrap_or_default();
    let carried = cidrs.iter().filter(|cidr| !cidr.is_ipv6() || vpcs_take_ipv6(intent));
    carried.flat_map(|cidr| cidr.without(&segment.ignore_cidrs)).collect()
}

/// Tells whether there is a network behind an attachment: a firewall sends on what it gets, and has none of its own.
fn leads_on(at: &Attached) -> bool {
    match at {
        Attached::Vpc(_) => true,
        Attached::Given(given) => given.kind != GivenKind::NetworkFunction,
    }
}

/// Tells whether VPC attachments carry IPv6.
fn vpcs_take_ipv6(intent: &Intent) -> bool {
    intent.attach.as_ref().is_some_and(|attach| attach.ipv6)
}

/// All addresses there are, of the families that attachments carry.
fn everywhere(intent: &Intent) -> impl Iterator<Item = Cidr> + use<> {
    let ipv6 = vpcs_take_ipv6(intent);
    [Some(Cidr::EVERY_IPV4), Some(Cidr::EVERY_IPV6).filter(|_| ipv6)].into_iter().flatten()
}

/// Finds segments that are connected and have VPCs in one region, on hubs that are not the same.
fn apart(intent: &Intent, topology: &Topology) -> Vec<Problem> {
    let mut problems = Vec::new();
    let pairs = intent.connect.iter().chain(intent.inspect.keys());
    for (one, other) in pairs.map(|pair| pair.names()) {
        for region in intent.hub_regions() {
            let there =
                |segment: &SegmentName| topology.members.iter().any(|(vpc, of)| of == segment && vpc.region == *region);
            let (here, far) = (intent.hub_of(one, region), intent.hub_of(other, region));
            if there(one) && there(other) && here != far {
                let (one, other, region) = (one.clone(), other.clone(), region.to_string());
                problems.push(Problem::NoCommonHub { one, other, region });
            }
        }
    }
    problems
}
