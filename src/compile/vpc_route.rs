//! The routes in the members' own tables: what they send to the hub.
//!
//! A segment says which ranges that is, or leaves it to what there is to reach. What the file itself says elsewhere is sent in
//! either case: the way to the internet, and what lies behind an on-prem attachment. A VPC whose range the segment's do not
//! cover is reported: nobody wrote that range down.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{Intent, Segment, Tables};
use crate::model::{
    Attached, Cidr, Destination, Problem, PropagationKey, Reached, RouteTable, Snapshot, StaticRouteKey, TableKey,
    Topology, VpcKey, VpcRouteKey,
};

use super::membership::carries;
use super::overlap::vpc;

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    let mut wanted = BTreeMap::new();
    let mut problems = Vec::new();
    // The tables around firewalls are proved and never written.
    for (name, segment) in intent.segments.iter().filter(|(_, segment)| !segment.appliance_mode) {
        for (table, reach) in topology.reach.iter().filter(|(table, _)| table.segment == *name) {
            problems.extend(not_covered(segment, table, reach, topology));
        }
        let members = topology.members.iter().filter(|(_, of)| *of == name).map(|(vpc, _)| vpc);
        for member in members {
            let Some(hub) = intent.hub_of(name, &member.region) else { continue };
            let Some(tables) = tables(segment, seen, member) else { continue };
            if tables.is_empty() {
                problems.push(Problem::NoTableTagged { vpc: member.clone() });
            }
            let reach = topology.reach.get(&TableKey { hub: hub.clone(), segment: name.clone() });
            let own: Vec<Cidr> = vpc(seen, member).map(|vpc| vpc.cidrs.clone()).unwrap_or_default();
            for destination in destinations(segment, reach, member) {
                // What lies within the VPC's own ranges stays in the VPC: its local routes carry it.
                if destination.cidr().is_some_and(|range| own.iter().any(|cidr| cidr.contains(&range))) {
                    continue;
                }
                for table in &tables {
                    let (vpc, table) = (member.clone(), table.id.clone());
                    wanted.insert(VpcRouteKey { vpc, table, destination: destination.clone() }, hub.clone());
                }
            }
        }
    }
    topology.vpc_routes = wanted;
    topology.problems.extend(problems);
}

/// Returns what a member's tables send to the hub: what the file says, or else just what there is to reach.
fn destinations(segment: &Segment, reach: Option<&BTreeSet<Reached>>, member: &VpcKey) -> BTreeSet<Destination> {
    match &segment.spoke_routes {
        Some(routes) => {
            let sent: Vec<Cidr> = routes.cidrs.iter().copied().collect();
            let declared =
                reach.into_iter().flatten().filter(|reached| reached.of.is_none()).map(|reached| reached.cidr);
            // What a prefix list holds is not read: it may cover anything but everything.
            let declared = declared.filter(|cidr| routes.prefix_lists.is_empty() || cidr.is_everything());
            let declared = declared.filter(|cidr| !cidr.is_covered_by(&sent));
            let lists = routes.prefix_lists.iter().cloned().map(Destination::PrefixList);
            sent.iter().copied().chain(declared).map(Destination::Cidr).chain(lists).collect()
        }
        None => {
            let others = reach.into_iter().flatten().filter(|reached| !is_of(reached, member));
            others.map(|reached| Destination::Cidr(reached.cidr)).collect()
        }
    }
}

fn is_of(reached: &Reached, member: &VpcKey) -> bool {
    reached.of.as_ref().and_then(|of| of.vpc()) == Some(member)
}

/// Returns the member's tables that are to carry the routes; none when its tables are not known.
fn tables<'a>(segment: &Segment, seen: &'a Snapshot, member: &VpcKey) -> Option<Vec<&'a RouteTable>> {
    let tables = seen.members.get(&member.scope())?.route_tables.known()?;
    let chosen = |table: &&RouteTable| match segment.spoke_routes.as_ref().map(|routes| &routes.tables) {
        None | Some(Tables::All) => true,
        Some(Tables::Tagged(tags)) => carries(&table.tags, tags),
    };
    Some(tables.iter().filter(|table| table.vpc == member.vpc && !table.is_edge).filter(chosen).collect())
}

/// Finds the VPCs that the segment shall reach and whose ranges its members' tables do not send to the hub.
fn not_covered(segment: &Segment, table: &TableKey, reach: &BTreeSet<Reached>, topology: &Topology) -> Vec<Problem> {
    let Some(routes) = &segment.spoke_routes else { return Vec::new() };
    // What a prefix list holds is not read: it may cover anything.
    if !routes.prefix_lists.is_empty() {
        return Vec::new();
    }
    let members: BTreeSet<&VpcKey> = topology
        .attachments
        .iter()
        .filter(|(key, wanted)| key.hub == table.hub && wanted.segment == table.segment)
        .map(|(key, _)| &key.vpc)
        .collect();
    let sent: Vec<Cidr> = routes.cidrs.iter().copied().collect();
    let mut problems = Vec::new();
    for reached in reach.iter().filter(|reached| !reached.cidr.is_covered_by(&sent)) {
        let Some(of) = &reached.of else { continue };
        // A VPC is not sent to by itself.
        let is_sent_to = members.iter().any(|member| of.vpc() != Some(*member));
        if is_sent_to && !is_withheld(topology, table, reached, of) {
            let (segment, reaches) = (table.segment.clone(), Some(of.clone()));
            problems.push(Problem::NotCovered { segment, reaches, cidr: reached.cidr });
        }
    }
    problems
}

/// A VPC whose ranges overlap another's is not to be reached anyway, and reported for that.
fn is_withheld(topology: &Topology, table: &TableKey, reached: &Reached, of: &Attached) -> bool {
    let route = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(reached.cidr) };
    topology.withheld.contains(&PropagationKey { table: table.clone(), of: of.clone() })
        || topology.withheld_routes.contains(&route)
}
