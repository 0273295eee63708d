//! What holds for every network: order means nothing, and nothing that is declared falls between.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::world::{HEAD, world};
use crate::compile::compile;
use crate::intent::{Inside, Intent};
use crate::model::{
    Attached, Destination, Problem, PropagationKey, Reached, RoutePurpose, RouteVia, SegmentName, Snapshot,
    StaticRouteKey, TableKey, Topology,
};
use crate::specimen::{intent_of, items};

const NAMES: [&str; 4] = ["dev", "onprem", "prod", "shared"];
const RANGES: [&str; 10] = [
    "10.1.0.0/16",
    "10.1.128.0/17",
    "10.2.0.0/16",
    "10.3.0.0/16",
    "10.4.0.0/16",
    "10.5.0.0/16",
    "100.64.0.0/16",
    "192.168.0.0/24",
    "2001:db8:1::/56",
    "2001:db8:2::/56",
];

/// A network as proptest draws it.
#[derive(Clone, Debug)]
struct Drawn {
    ipv6: bool,
    /// The settings of the segments with VPCs.
    segments: Vec<String>,
    given: usize,
    connections: Vec<u8>,
    egress: BTreeSet<usize>,
    blackholes: BTreeSet<(usize, usize)>,
    /// The segment, 3 for the firewalls', and the ranges of each VPC.
    vpcs: Vec<(usize, BTreeSet<usize>)>,
}

fn settings() -> impl Strategy<Value = String> {
    let inside = prop::sample::select(vec!["open", "closed"]);
    let routing = prop::sample::select(vec![
        "",
        ", routing: static",
        ", routing: static, ignore_cidrs: [100.64.0.0/10]",
        ", routing: static, ignore_cidrs: [10.1.64.0/18, 10.2.0.0/15]",
    ]);
    let spokes = prop::sample::select(vec![
        "",
        ", spoke_routes: { cidrs: [10.64.0.0/10], tables: all }",
        ", spoke_routes: { cidrs: [10.0.0.0/8, 192.168.0.0/16], tables: all }",
        ", spoke_routes: { cidrs: [10.0.0.0/8, pl-1], tables: { tags: { tier: private } } }",
    ]);
    (inside, routing, spokes).prop_map(|(inside, routing, spokes)| format!("inside: {inside}{routing}{spokes}"))
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let vpc = (0..4_usize, prop::collection::btree_set(0..RANGES.len(), 1..=5));
    (
        any::<bool>(),
        prop::collection::vec(settings(), 3),
        0..3_usize,
        prop::collection::vec(0..3_u8, 6),
        prop::collection::btree_set(0..3_usize, 0..=3),
        prop::collection::btree_set((0..3_usize, 0..RANGES.len()), 0..3),
        prop::collection::vec(vpc, 0..8),
    )
        .prop_map(|(ipv6, segments, given, connections, egress, blackholes, vpcs)| Drawn {
            ipv6,
            segments,
            given,
            connections,
            egress,
            blackholes,
            vpcs,
        })
}

impl Drawn {
    /// Writes the config, its entries in the given order.
    fn text(&self, turned: bool) -> String {
        let mut segments: Vec<String> = ["dev", "prod", "shared"]
            .iter()
            .zip(&self.segments)
            .map(|(name, settings)| {
                format!("  {name}: {{ members: [{{ vpc_tags: {{ network: {name} }} }}], {settings} }}\n")
            })
            .collect();
        segments
            .push("  inspection: { members: [{ vpc_tags: { network: inspection } }], appliance_mode: true }\n".into());
        let given: Vec<String> = (0..=self.given).map(|n| format!("{{ vpn: vpn-{n} }}")).collect();
        segments.push(format!(
            "  onprem: {{ attachments: {{ eu: [{}] }}, cidrs: [172.16.0.0/12, \"2001:db8:f000::/36\"] }}\n",
            in_order(given, turned).join(", ")
        ));
        let (mut connect, mut inspect) = (Vec::new(), Vec::new());
        let pairs = (0..4).flat_map(|one| (one + 1..4).map(move |other| (NAMES[one], NAMES[other])));
        for ((one, other), how) in pairs.zip(&self.connections) {
            let pair = if turned { format!("[{other}, {one}]") } else { format!("[{one}, {other}]") };
            match how {
                0 => {}
                1 => connect.push(format!("  - {pair}\n")),
                _ => inspect.push(format!("  - {{ between: {pair}, through: inspection }}\n")),
            }
        }
        let name = |segment: &usize| ["dev", "prod", "shared"][*segment].to_owned();
        let from = in_order(self.egress.iter().map(name).collect(), turned).join(", ");
        let egress = if self.egress.is_empty() {
            "egress: []\n".to_owned()
        } else {
            format!("egress: [{{ from: [{from}], through: inspection }}]\n")
        };
        let routes = self.blackholes.iter().map(|(segment, range)| {
            format!("  - {{ in: {}, on: eu, to: \"{}\", via: blackhole }}\n", name(segment), RANGES[*range])
        });
        let list = |key: &str, entries: Vec<String>| match entries.is_empty() {
            true => format!("{key}: []\n"),
            false => format!("{key}:\n{}", in_order(entries, turned).concat()),
        };
        let head = HEAD.replace("attach: {", &format!("attach: {{ ipv6: {},", self.ipv6));
        let sections = vec![
            "hubs: { eu: { region: eu-west-1, adopt: tgw-1 } }\n".to_owned(),
            list("segments", segments),
            list("connect", connect),
            list("inspect", inspect),
            egress,
            list("routes", routes.collect()),
        ];
        format!("{head}{}", in_order(sections, turned).concat())
    }

    fn seen(&self, turned: bool) -> Snapshot {
        let ranges: Vec<Vec<&str>> =
            self.vpcs.iter().map(|(_, ranges)| ranges.iter().map(|range| RANGES[*range]).collect()).collect();
        let places: Vec<(char, &str, &[&str])> = self
            .vpcs
            .iter()
            .zip(&ranges)
            .zip('a'..)
            .map(|(((segment, _), ranges), letter)| {
                (letter, ["dev", "prod", "shared", "inspection"][*segment], ranges.as_slice())
            })
            .collect();
        let mut seen = world(&places);
        if turned {
            items(&mut seen.accounts).reverse();
            for member in seen.members.values_mut() {
                items(&mut member.vpcs).reverse();
                items(&mut member.vpcs).iter_mut().for_each(|vpc| vpc.cidrs.reverse());
                items(&mut member.subnets).reverse();
                items(&mut member.route_tables).reverse();
            }
        }
        seen
    }
}

fn in_order(mut entries: Vec<String>, turned: bool) -> Vec<String> {
    if turned {
        entries.reverse();
    }
    entries
}

/// Counts the ways in which a reached range is dealt with.
fn answers(topology: &Topology, table: &TableKey, reached: &Reached, via: &Attached) -> usize {
    let key = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(reached.cidr) };
    let propagation = PropagationKey { table: table.clone(), of: via.clone() };
    let straight = reached.of.as_ref().is_none_or(|of| of == via) && !reached.cidr.is_everything();
    let led = topology.static_routes.get(&key).is_some_and(|route| route.via == RouteVia::Attachment(via.clone()));
    let answers = [
        straight && topology.propagations.contains(&propagation),
        led,
        straight && topology.withheld.contains(&propagation) || topology.withheld_routes.contains(&key),
    ];
    let answers = answers.into_iter().filter(|answer| *answer).count();
    // Where the file cannot tell, a route that it declares decides.
    if answers == 0 && is_decided(topology, &key) { 1 } else { answers }
}

fn is_decided(topology: &Topology, key: &StaticRouteKey) -> bool {
    topology.static_routes.get(key).is_some_and(|route| route.purpose == RoutePurpose::Declared)
}

fn segment_of(topology: &Topology, at: &Attached) -> Option<SegmentName> {
    topology.associations.iter().find(|(key, _)| key.of == *at).map(|(_, table)| table.segment.clone())
}

/// Checks that an inspected pair has no way beside the firewalls, and a way back for every way there.
fn symmetric(intent: &Intent, topology: &Topology) -> Result<(), TestCaseError> {
    let inspected = |one: &SegmentName, other: &SegmentName| {
        intent.inspect.keys().any(|pair| one != other && pair.has(one) && pair.has(other))
    };
    for key in topology.propagations.iter().chain(&topology.withheld) {
        let of = segment_of(topology, &key.of).unwrap();
        prop_assert!(!inspected(&key.table.segment, &of), "{} learns {}", key.table, key.of);
    }
    for (key, route) in topology.static_routes.iter().filter(|(_, route)| route.purpose == RoutePurpose::Inspect) {
        let RouteVia::Attachment(via) = &route.via else { panic!("inspected in a blackhole") };
        let firewalls = segment_of(topology, via).unwrap();
        let learns = |of: &Attached| {
            let table = TableKey { hub: key.table.hub.clone(), segment: firewalls.clone() };
            let propagation = PropagationKey { table: table.clone(), of: of.clone() };
            let by_route = topology.reach[&table].iter().any(|reached| reached.via.as_ref() == Some(of));
            topology.propagations.contains(&propagation) || topology.withheld.contains(&propagation) || by_route
        };
        let senders = topology.associations.iter().filter(|(_, table)| **table == key.table);
        // One without a range that attachments carry has nobody to answer.
        let ranges: BTreeSet<&Attached> =
            topology.reach.values().flatten().filter_map(|reached| reached.of.as_ref()).collect();
        for (sender, _) in senders.filter(|(sender, _)| sender.of.vpc().is_none() || ranges.contains(&sender.of)) {
            prop_assert!(learns(&sender.of), "{} inspects what {} sends, and cannot answer", firewalls, sender);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_a_file_and_of_answers_means_nothing(drawn in drawn()) {
        let (one, other) = (intent_of(&drawn.text(false)), intent_of(&drawn.text(true)));
        let straight = compile(&one, &drawn.seen(false));
        prop_assert_eq!(&straight, &compile(&other, &drawn.seen(true)));
        prop_assert_eq!(&straight, &compile(&one, &drawn.seen(false)));
    }

    #[test]
    fn every_range_that_is_reached_is_dealt_with_in_exactly_one_way(drawn in drawn()) {
        let topology = compile(&intent_of(&drawn.text(false)), &drawn.seen(false));
        for (table, reach) in &topology.reach {
            for reached in reach {
                let Some(via) = &reached.via else {
                    let key = StaticRouteKey { table: table.clone(), destination: Destination::Cidr(reached.cidr) };
                    let by_bgp = reached.of.is_none() && !reached.cidr.is_everything();
                    let decided = is_decided(&topology, &key);
                    prop_assert!(by_bgp || decided || topology.withheld_routes.contains(&key), "{table} to {reached:?}");
                    continue;
                };
                prop_assert_eq!(answers(&topology, table, reached, via), 1, "{} to {:?} in {:#?}", table, reached, topology);
            }
        }
        let both = topology.static_routes.keys().find(|key| topology.withheld_routes.contains(key));
        prop_assert_eq!(both, None, "wanted and withheld");
    }

    #[test]
    fn an_inspected_pair_meets_in_the_firewalls_alone(drawn in drawn()) {
        let intent = intent_of(&drawn.text(false));
        symmetric(&intent, &compile(&intent, &drawn.seen(false)))?;
    }

    #[test]
    fn a_vpc_is_never_routed_to_itself(drawn in drawn()) {
        let (intent, seen) = (intent_of(&drawn.text(false)), drawn.seen(false));
        let topology = compile(&intent, &seen);
        for key in topology.vpc_routes.keys() {
            let vpcs = seen.members[&key.vpc.scope()].vpcs.known().unwrap();
            let own = vpcs.iter().find(|vpc| vpc.id == key.vpc.vpc).unwrap();
            let inside = key.destination.cidr().filter(|range| own.cidrs.iter().any(|cidr| cidr.contains(range)));
            prop_assert_eq!(inside, None, "{}", key);
        }
        for (table, key) in topology.propagations.iter().map(|key| (&key.table, &key.of)) {
            let own = segment_of(&topology, key).as_ref() == Some(&table.segment);
            let open = intent.segments[&table.segment].inside == Inside::Open;
            prop_assert!(!own || open, "{table} learns its own {key}, and is closed");
        }
    }

    #[test]
    fn overlapping_vpcs_that_are_both_reached_are_named(drawn in drawn()) {
        let topology = compile(&intent_of(&drawn.text(false)), &drawn.seen(false));
        for reach in topology.reach.values() {
            for one in reach {
                for other in reach.iter().filter(|other| other.of != one.of && other.cidr.overlaps(&one.cidr)) {
                    let (Some(a), Some(b)) = (one.of.as_ref().and_then(Attached::vpc), other.of.as_ref().and_then(Attached::vpc)) else { continue };
                    let named = topology.problems.iter().any(|problem| {
                        matches!(problem, Problem::Overlap { one, other, .. } if (one, other) == (a, b) || (one, other) == (b, a))
                    });
                    prop_assert!(named, "{a} and {b}");
                }
            }
        }
    }
}
