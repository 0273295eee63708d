//! Are isolated segments apart? Proved from what the hub's own lists say, and never assumed.
//!
//! A packet of one segment starts in the table that an attachment of the segment is associated with, whatever its address:
//! the segment's own tables count as hostile, and security groups, network ACLs and firewalls as open to all. It goes where
//! the longest prefix leads, a static route before a propagated one; and from a VPC that it is not addressed to, or from
//! an appliance, it may come back and be looked up in the table of that attachment. If it can come to an attachment of
//! the other segment so, the isolation is broken; but for a way through the segment that the file excepts.
//!
//! What this leaves out: translation of addresses behind an attachment is no routed path, and what routers outside AWS send back
//! is theirs to answer for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::model::{Cidr, HubName, Problem, SegmentName};
use crate::plan::Step;

use super::Violation;
use super::fabric::{Beyond, Fabric, Name, Way};
use super::sight::Sight;

/// Judges every isolation on every hub as the network is: what is broken, and what cannot be told.
pub(super) fn problems(sight: &Sight<'_>) -> BTreeSet<Problem> {
    let mut problems = BTreeSet::new();
    each(sight, |hub, pair, fabric| {
        let (one, other, hub) = (pair.one.clone(), pair.other.clone(), hub.clone());
        match pair.judge(fabric) {
            Verdict::Proved => {}
            Verdict::Broken(path) => {
                problems.insert(Problem::IsolationBroken { one, other, hub, path });
            }
            Verdict::Unclear(unknown) => {
                problems.insert(Problem::IsolationUnclear { one, other, hub, unknown });
            }
        }
    });
    problems
}

/// Refuses steps that would break an isolation which is not broken now.
pub(super) fn check(steps: &[Step], sight: &Sight<'_>, violations: &mut Vec<Violation>) {
    let mut after: BTreeMap<&HubName, Fabric> = BTreeMap::new();
    each(sight, |hub, pair, now| {
        let then = after.entry(hub).or_insert_with(|| sight.after(now.clone(), hub, steps));
        match (pair.judge(now), pair.judge(then)) {
            (Verdict::Proved | Verdict::Unclear(_), Verdict::Broken(path)) => {
                let (one, other, hub) = (pair.one.clone(), pair.other.clone(), hub.clone());
                violations.push(Violation::Isolation { one, other, hub, path });
            }
            (Verdict::Broken(_), _) | (_, Verdict::Proved | Verdict::Unclear(_)) => {}
        }
    });
}

fn each<'a>(sight: &Sight<'a>, mut judge: impl FnMut(&'a HubName, &Pair<'a>, &Fabric)) {
    let want = sight.want;
    if want.isolated.is_empty() {
        return;
    }
    for hub in want.hubs.keys() {
        let fabric = sight.fabric(hub);
        for ((one, other), except) in &want.isolated {
            judge(hub, &Pair { one, other, except: except.as_ref() }, &fabric);
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Proved,
    /// By this path, in words.
    Broken(String),
    /// What is not known and decides it, in words.
    Unclear(String),
}

/// Two segments that must not reach each other.
struct Pair<'a> {
    one: &'a SegmentName,
    other: &'a SegmentName,
    except: Option<&'a SegmentName>,
}

impl Pair<'_> {
    fn judge(&self, fabric: &Fabric) -> Verdict {
        let both = [(self.one, self.other), (self.other, self.one)];
        let found = |doubting| both.iter().find_map(|(from, to)| self.search(fabric, from, to, doubting).run());
        if let Some(path) = found(false) {
            return Verdict::Broken(path);
        }
        if let Some(unknown) = fabric.unknown.first() {
            return Verdict::Unclear(unknown.clone());
        }
        found(true).map_or(Verdict::Proved, Verdict::Unclear)
    }

    fn search<'f>(&self, fabric: &'f Fabric, from: &SegmentName, to: &'f SegmentName, doubting: bool) -> Search<'f> {
        let excepted = self.except.map(|segment| fabric.of_segment(segment)).unwrap_or_default();
        let mut search = Search {
            fabric,
            target: to,
            targets: fabric.of_segment(to),
            excepted,
            doubting,
            seen: BTreeMap::new(),
            queue: VecDeque::new(),
        };
        let mut starts: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
        for source in fabric.of_segment(from) {
            for table in fabric.associations.get(source).into_iter().flatten() {
                starts.entry(table).or_default().push(source);
            }
        }
        for (table, sources) in starts {
            let path =
                format!("{} {}", sources.first().map_or_else(String::new, |it| search.port(it)), looked_up(table));
            search.queue.push_back(Leg { table, carried: None, sources, path });
        }
        search
    }
}

/// A packet on its way: in which table it is looked up, and what its address may be.
struct Leg<'f> {
    table: &'f Name,
    /// None for any address: it has only just set out.
    carried: Option<Vec<Cidr>>,
    /// The attachments that it may have come in by.
    sources: Vec<&'f Name>,
    path: String,
}

/// A search for a way from one segment to another.
struct Search<'f> {
    fabric: &'f Fabric,
    target: &'f SegmentName,
    targets: BTreeSet<&'f Name>,
    excepted: BTreeSet<&'f Name>,
    /// Whether what is not known is taken for a way: to find out whether it decides.
    doubting: bool,
    /// What has been looked up in each table.
    seen: BTreeMap<&'f Name, Vec<Cidr>>,
    queue: VecDeque<Leg<'f>>,
}

impl<'f> Search<'f> {
    /// Looks for a way; the shortest comes first. What it returns is the path, or when doubting what is not known.
    fn run(mut self) -> Option<String> {
        while let Some(leg) = self.queue.pop_front() {
            let fabric = self.fabric;
            let Some(table) = fabric.tables.get(leg.table) else {
                if self.doubting {
                    return Some(format!("{}, which is not among the hub's tables", leg.path));
                }
                continue;
            };
            if let Some(unknown) = table.unknown.filter(|_| self.doubting) {
                return Some(format!("{}; {unknown}", leg.path));
            }
            let ways = table.ways(&fabric.ports);
            for at in 0..ways.len() {
                if let Some(found) = self.follow(&leg, &ways, at) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// Follows one way of a table.
    fn follow(&mut self, leg: &Leg<'f>, ways: &[Way], at: usize) -> Option<String> {
        let fabric = self.fabric;
        let way = &ways[at];
        let via = way.via.as_ref()?;
        let port = fabric.ports.get(via);
        let reaches = || format!("{}; there {} leads to {}", leg.path, words(way), self.port(via));
        let carried = match way.to {
            Some(to) => open(to, ways, at, leg.carried.as_deref()),
            // Whatever the ranges are: a packet that sets out may have an address in them.
            None if self.doubting => leg.carried.clone().unwrap_or_else(everything),
            None if leg.carried.is_none() && self.targets.contains(via) => everything(),
            None => return None,
        };
        if carried.is_empty() {
            return None;
        }
        if self.targets.contains(via) && leg.sources.iter().any(|source| *source != via) {
            return Some(format!("{} of segment {}", reaches(), self.target));
        }
        if self.excepted.contains(via) {
            return None;
        }
        let onward: Vec<Cidr> = match port.map(|port| (&port.beyond, &port.ranges)) {
            None => return self.doubting.then(|| format!("{}, which is not among the hub's attachments", reaches())),
            Some((Beyond::Elsewhere, _)) => {
                return self.doubting.then(|| format!("{}, and where that leads is not known", reaches()));
            }
            Some((Beyond::Outside, _)) => return None,
            // What it propagates is its own.
            Some((Beyond::Vpc, _)) if !way.fixed => return None,
            Some((Beyond::Vpc, own)) if own.is_empty() && !self.doubting => return None,
            Some((Beyond::Vpc, own)) => {
                let own: Vec<Cidr> = own.iter().copied().collect();
                carried.iter().flat_map(|range| range.without(&own)).collect()
            }
            Some((Beyond::Appliance, _)) => carried,
        };
        let path = format!("{}, which can send it back", reaches());
        self.go_on(via, onward, &path);
        None
    }

    /// Looks a packet up that comes back from an attachment.
    fn go_on(&mut self, from: &Name, onward: Vec<Cidr>, path: &str) {
        let Some((from, tables)) = self.fabric.associations.get_key_value(from) else { return };
        for table in tables {
            let seen = self.seen.entry(table).or_default();
            let fresh: Vec<Cidr> = onward.iter().filter(|range| !range.is_covered_by(seen)).copied().collect();
            if !fresh.is_empty() {
                seen.extend(&fresh);
                let path = format!("{path}; {from} {}", looked_up(table));
                self.queue.push_back(Leg { table, carried: Some(fresh), sources: vec![from], path });
            }
        }
    }

    /// Names an attachment with what is attached.
    fn port(&self, id: &Name) -> String {
        match self.fabric.ports.get(id) {
            Some(port) => format!("{id} ({})", port.what),
            None => id.to_string(),
        }
    }
}

/// Returns the addresses that a way of a table really takes, of those that a packet may have.
fn open(to: Cidr, ways: &[Way], at: usize, carried: Option<&[Cidr]>) -> Vec<Cidr> {
    let is_fixed = ways[at].fixed;
    let level = |way: &&Way| way.to == Some(to);
    let beside = ways[..at].iter().rev().take_while(level).chain(ways[at..].iter().take_while(level));
    if !is_fixed && beside.into_iter().any(|way| way.fixed) {
        return Vec::new();
    }
    let within = ways[at..].iter().filter_map(|way| way.to).take_while(|within| to.contains(within));
    let holes: Vec<Cidr> = within.filter(|within| *within != to).collect();
    let open = to.without(&holes);
    match carried {
        None => open,
        Some(carried) => open.iter().flat_map(|one| carried.iter().filter_map(|other| one.common(other))).collect(),
    }
}

fn everything() -> Vec<Cidr> {
    vec![Cidr::EVERY_IPV4, Cidr::EVERY_IPV6]
}

fn looked_up(table: &Name) -> String {
    format!("is associated with {table}")
}

fn words(way: &Way) -> String {
    let kind = if way.fixed { "static" } else { "propagated" };
    match (&way.to, &way.list) {
        (Some(to), Some(list)) => format!("the {kind} route {to} of {list}"),
        (Some(to), None) => format!("the {kind} route {to}"),
        (None, Some(list)) => format!("the reference to {list}"),
        (None, None) => "a propagation, of ranges that are not known,".to_owned(),
    }
}

#[cfg(test)]
mod tests;
