//! The proof against a walker that is written for tests alone, in hubs with drawn ways.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// One planted way: which table, static or not, to where, by which attachment.
fn planted() -> impl Strategy<Value = (usize, bool, usize, Option<usize>)> {
    (0..6_usize, any::<bool>(), 0..8_usize, proptest::option::weighted(0.8, 0..4_usize))
}

const RANGES: [&str; 8] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.3.0.0/16",
    "10.3.0.0/17",
    "10.3.128.0/17",
    "10.2.0.0/15",
    "10.1.2.0/24",
];

proptest! {
    /// Against a walker that is written for tests alone: it follows one address at a time through the lists.
    #[test]
    fn proved_means_that_no_address_finds_a_way(ways in proptest::collection::vec(planted(), 0..10)) {
        let mut seen = seen();
        for (table, is_static, range, via) in ways {
            let segment = ALL[table].0;
            match via {
                Some(via) if is_static => fixed(&mut seen, segment, RANGES[range], ALL[via].1),
                Some(via) => learns(&mut seen, segment, ALL[via].1),
                None => blackhole(&mut seen, segment, RANGES[range]),
            }
        }
        let walked = probes().into_iter().any(|address| {
            arrives(&seen, "prod", address, "d") || arrives(&seen, "dev", address, "b")
        });
        let found = judged(&want(None), &seen);
        prop_assert_eq!(is_broken(&found), walked, "{}", found);
    }
}

/// One address out of every piece that the ranges cut the space into.
fn probes() -> Vec<Cidr> {
    let hosts = ["8.8.8.8", "10.200.0.1", "10.1.0.1", "10.1.2.1", "10.2.0.1", "10.3.0.1", "10.3.128.1", "10.9.0.1"];
    hosts.map(|host| id(&format!("{host}/32"))).to_vec()
}

/// Follows one address from a segment's table until it comes to an attachment, or goes no further. Where several static
/// routes stand for one range, any of them may be the one.
fn arrives(seen: &Snapshot, segment: &str, address: Cidr, letter: &str) -> bool {
    let hub = &seen.hubs[&region()];
    let mut been = BTreeSet::new();
    let mut tables = vec![segment];
    while let Some(table) = tables.pop() {
        if !been.insert(table) {
            continue;
        }
        let fixed = hub.routes[&table_id(table)].known().unwrap().iter();
        let fixed = fixed.map(|route| (route.destination.cidr().unwrap(), 1, route.attachments.first().cloned()));
        let learnt = hub.propagations[&table_id(table)].known().unwrap().iter();
        let own = |id: &str| ALL.iter().find(|it| attachment(it.1) == id).unwrap();
        let learnt = learnt.map(|it| (id::<Cidr>(own(it.attachment.as_str()).3), 0, Some(it.attachment.clone())));
        let fitting: Vec<_> = fixed.chain(learnt).filter(|(range, ..)| range.contains(&address)).collect();
        let width = |range: &Cidr| range.to_string().split('/').next_back().unwrap().parse::<u8>().unwrap();
        let Some(best) = fitting.iter().map(|(range, rank, _)| (width(range), *rank)).max() else { continue };
        for (_, _, via) in fitting.iter().filter(|(range, rank, _)| (width(range), *rank) == best) {
            let Some(via) = via else { continue };
            let (next, at, _, cidr) = own(via.as_str());
            if *at == letter {
                return true;
            }
            if !id::<Cidr>(cidr).contains(&address) {
                tables.push(next);
            }
        }
    }
    false
}
