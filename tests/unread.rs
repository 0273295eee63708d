//! What could not be read removes nothing, anywhere.
//!
//! A world in which removals of every kind are due, and in it each read that a pass makes is denied, cut short, throttled for
//! good or lost, in turn: no call that takes something away is sent, and the report says what is unknown. The reads are
//! taken from a recording of the pass, so that a new one is covered by itself. And then, with everything readable, the
//! removals happen. An empty organization, an empty file and every wrong place remove nothing either.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "what cannot be read is tried in process"))]
mod support;

#[path = "unread/door.rs"]
mod door;
#[path = "perturbation/hand.rs"]
mod hand;
#[path = "perturbation/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sandbox::seed::Seed;
use aws_sandbox::{Sandbox, Settings};
use door::{Ailing, Ails, Door};
use hand::Hand;
use support::door::SandboxDoor;
use transitd::pass::{Broken, Ended, Pass};
use world::{Bench, World};

/// The removals that are due: one call of each kind that takes something away, but for the share of a hub that nobody shares
/// any more.
const DUE: [&str; 8] = [
    "DeleteRoute",
    "DeleteTransitGatewayPrefixListReference",
    "DeleteTransitGatewayRoute",
    "DeleteTransitGatewayRouteTable",
    "DeleteTransitGatewayVpcAttachment",
    "DisableTransitGatewayRouteTablePropagation",
    "DisassociateResourceShare",
    "DisassociateTransitGatewayRouteTable",
];

/// Makes the world in which they are due: a segment dropped from the file, routes too, and a VPC without its tag, all held for
/// an hour that is over.
fn due() -> World {
    let mut world = world::make();
    world.config = dropped(&world.config);
    let bench = Bench::new(&world);
    bench.call(
        "billing",
        "DeleteTags",
        serde_json::json!({ "Resources": ["{billing.side}"], "Tags": [{ "Key": "network" }] }),
    );
    let door = Arc::new(Door::new(&bench, None));
    let (_, ended) = bench.through(door.clone()).converge(usize::MAX);
    assert!(matches!(ended, Ok(Ended::Blocked)), "{ended:?}");
    assert_eq!(door.taken(), BTreeSet::new(), "nothing is taken away while a VPC is held");
    bench.seed.wait(Duration::from_secs(2 * 3600));
    let (sandbox, state) = (bench.seed.lock().clone(), bench.state);
    World { sandbox, state, ..world }
}

/// Takes a segment, what speaks of it, and the way to the internet out of a file that removes.
fn dropped(config: &str) -> String {
    let (head, rest) = config.split_once("  shared:\n").expect("a segment");
    let (_, rest) = rest.split_once("  inspection:\n").expect("a segment");
    let (rest, _) = rest.split_once("connect:\n").expect("a connection");
    let head = head.replace("[10.0.0.0/8, 0.0.0.0/0]", "[10.0.0.0/8]");
    let safety = "safety: { undeclared: remove, departures: { hold_for: 1h }, removals: { per_hour: 90, per_day: 90, per_segment_per_day: 90 } }\n";
    let routes = config.lines().filter(|line| line.contains("10.66.0.0/16"));
    format!("{head}  inspection:\n{rest}routes:\n{}\n{safety}", routes.collect::<String>())
}

#[test]
fn what_could_not_be_read_removes_nothing_and_what_could_is_removed() {
    let world = due();
    let bench = Bench::new(&world);
    let door = Arc::new(Door::new(&bench, None));
    let _ = bench.through(door.clone()).look();
    let reads: Vec<String> = door.read().into_iter().collect();
    assert!(reads.len() > 30, "{reads:#?}");
    let trials: Vec<(&String, Ails)> = reads
        .iter()
        .flat_map(|read| Ails::ALL.map(|ails| (read, ails)))
        .filter(|(read, ails)| ails.befalls(read))
        .collect();
    let (next, wrongs) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some((read, ails)) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let wrong = unread(&world, read, *ails);
                    wrongs.lock().expect("no panic while adding").extend(wrong);
                }
            });
        }
    });
    let wrongs = wrongs.into_inner().expect("no panic while adding");
    assert!(wrongs.is_empty(), "{} of {} trials:\n{}", wrongs.len(), trials.len(), wrongs.join("\n"));

    let door = Arc::new(Door::new(&bench, None));
    let (passes, ended) = bench.through(door.clone()).converge(usize::MAX);
    assert!(matches!(ended, Ok(Ended::InSync)), "{ended:?}: {:?}", passes.last().map(|pass| &pass.plan.problems));
    let taken = door.taken();
    for action in DUE {
        assert!(taken.iter().any(|call| call.starts_with(action)), "{action} is not among {taken:#?}");
    }
    let last = &passes.last().expect("a pass").plan;
    assert!(last.leftovers.is_empty(), "{:?}", last.leftovers);
}

/// Lets one read fail for as long as a process makes two passes; says what is wrong then.
fn unread(world: &World, read: &str, ails: Ails) -> Option<String> {
    let bench = Bench::new(world);
    let door = Arc::new(Door::new(&bench, Some(Ailing { read: read.to_owned(), ails })));
    let (passes, ended) = bench.through(door.clone()).converge(2);
    let taken = door.taken();
    if !taken.is_empty() {
        return Some(format!("{read} {ails:?}, and all the same: {taken:?}"));
    }
    let refused = matches!(ended, Err(Broken::Misplaced(_)));
    let told = !passes.is_empty() && passes.iter().all(|pass| !pass.plan.unknown.is_empty());
    (!refused && !told).then(|| format!("{read} {ails:?}, and nobody says so: {ended:?}"))
}

/// Runs a process that has to be refused, and returns how it ended; nothing may be sent.
fn refused(hand: &Hand<'_, Door>) -> Result<Ended, Broken> {
    let (_, ended) = hand.converge(usize::MAX);
    assert_eq!(hand.door.sent(), 0, "{ended:?}");
    ended
}

#[test]
fn in_the_wrong_place_or_an_empty_organization_nothing_is_sent() {
    let world = due();
    let bench = Bench::new(&world);
    let other = Door::of(SandboxDoor::new(bench.seed.sandbox.clone(), &bench.id("tools")));
    let wrong = refused(&bench.through(Arc::new(other)));
    assert!(matches!(wrong, Err(Broken::Misplaced(_))), "wrong account: {wrong:?}");

    let elsewhere = world.config.replace(&bench.id("organization"), "o-zzzzzzzzzz");
    let hand = Hand { config: &elsewhere, ..bench.through(Arc::new(Door::new(&bench, None))) };
    let wrong = refused(&hand);
    assert!(matches!(wrong, Err(Broken::Misplaced(_))), "wrong organization: {wrong:?}");

    // An AWS that knows the home account, in another organization, and answers everything.
    let sandbox = Arc::new(Mutex::new(Sandbox::new(Settings { seed: 2, ..Settings::default() })));
    let seed = Seed::organization(sandbox, "eu-west-1", &bench.id("network"));
    seed.account("stranger", None);
    let door = Door::of(SandboxDoor::new(seed.sandbox.clone(), &bench.id("network")));
    let hand = Hand { sandbox: seed.sandbox.clone(), ..bench.through(Arc::new(door)) };
    let wrong = refused(&hand);
    assert!(matches!(wrong, Err(Broken::Misplaced(_))), "wrong endpoint: {wrong:?}");

    let door = Door::new(&bench, None).without_accounts();
    let wrong = refused(&bench.through(Arc::new(door)));
    assert!(matches!(wrong, Err(Broken::Misplaced(_))), "empty organization: {wrong:?}");
}

#[test]
fn a_file_without_segments_takes_nothing_away_from_a_full_ledger() {
    let world = due();
    let bench = Bench::new(&world);
    let (head, rest) = world.config.split_once("segments:\n").expect("segments");
    let (_, safety) = rest.split_once("safety:").expect("safety");
    // The language wants one segment at least: this one fits nothing.
    let nothing = "segments: { nothing: { hubs: [eu], members: [{ vpc_tags: { network: nothing } }] } }\n";
    let empty = format!("{head}{nothing}safety:{safety}");
    for _ in 0..3 {
        let door = Arc::new(Door::new(&bench, None));
        let hand = Hand { config: &empty, ..bench.through(door.clone()) };
        let (passes, ended): (Vec<Pass>, _) = hand.converge(usize::MAX);
        assert!(door.taken().is_empty(), "{ended:?}: {:?}", door.taken());
        assert!(matches!(ended, Ok(Ended::Refused(_) | Ended::Blocked)), "{ended:?}");
        assert!(!passes.is_empty());
        bench.seed.wait(Duration::from_secs(25 * 3600));
    }
}
