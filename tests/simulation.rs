//! Simulation: each seed draws a world, an intent and a mix of faults, and lets transitd live through them.
//!
//! First safety: while calls fail, answers get lost, people change things and processes crash, the rules in
//! [`watch`] hold after every write. Then healing: once the faults are over, transitd is in sync within a bounded
//! number of passes, writes nothing more, and packets reach just where the intent lets them.
//!
//! Everything is drawn from the seed, and time is the sandbox's: the same seed makes the same calls. A failure
//! prints the command that replays it: `SEED=17 cargo test --test simulation`. `SEEDS=5000` tries more of them, on all cores,
//! and `FROM=5000` others; `FIRST=1` ends with the first that goes wrong.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "the simulation stays in process"))]
mod support;

#[path = "simulation/door.rs"]
mod door;
#[path = "simulation/life.rs"]
mod life;
#[path = "simulation/memory.rs"]
mod memory;
#[path = "simulation/mix.rs"]
mod mix;
#[path = "simulation/people.rs"]
mod people;
#[path = "simulation/removals.rs"]
mod removals;
#[path = "simulation/running.rs"]
mod running;
#[path = "simulation/scene.rs"]
mod scene;
#[path = "simulation/skewed.rs"]
mod skewed;
#[path = "simulation/watch.rs"]
mod watch;
#[path = "simulation/weather.rs"]
mod weather;
#[path = "simulation/wish.rs"]
mod wish;
#[path = "simulation/witness.rs"]
mod witness;
#[path = "simulation/world.rs"]
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many seeds are tried where nobody says: some seconds of work.
const SEEDS: u64 = 200;
/// After how many seeds progress is told.
const TOLD: u64 = 1000;
/// How many of them are lived twice, to see that they are the same.
const TWICE: u64 = 10;

#[test]
fn whatever_happens_transitd_stays_safe_and_then_converges() {
    match number("SEED") {
        Some(seed) => {
            let lived = life::live(seed);
            println!("seed {seed}: {}\n{}", lived.mix, lived.story);
            assert!(lived.wrongs.is_empty(), "{}", lived.wrongs.join("\n"));
        }
        None => all(number("FROM").unwrap_or(0), number("SEEDS").unwrap_or(SEEDS)),
    }
}

#[test]
fn the_same_seed_makes_the_same_calls() {
    for seed in 0..TWICE {
        let (one, other) = (life::live(seed), life::live(seed));
        let differs = one.trace.iter().zip(&other.trace).position(|(one, other)| one != other);
        if let Some(at) = differs {
            panic!("seed {seed} differs at call {at}: {} against {}", one.trace[at], other.trace[at]);
        }
        assert_eq!(one.trace.len(), other.trace.len(), "seed {seed}");
    }
}

/// Lives so many seeds on all cores, and fails with what went wrong in each.
fn all(from: u64, seeds: u64) {
    let next = AtomicU64::new(from);
    let end = from + seeds;
    let first_only = number("FIRST").is_some();
    let wrongs = Mutex::new(Vec::new());
    let sums = Mutex::new(life::Sums::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || (first_only && !wrongs.lock().expect("no panic while adding").is_empty()) {
                        return;
                    }
                    if (seed - from).is_multiple_of(TOLD) && seed > from {
                        let count = wrongs.lock().expect("no panic while adding").len();
                        println!("{} of {seeds} seeds, {count} wrong", seed - from);
                    }
                    let wrong = match catch_unwind(AssertUnwindSafe(|| life::live(seed))) {
                        Ok(lived) => {
                            sums.lock().expect("no panic while adding").add(&lived);
                            (!lived.wrongs.is_empty())
                                .then(|| format!("{}\n  {}", lived.mix, lived.wrongs.join("\n  ")))
                        }
                        Err(panic) => Some(words(&*panic)),
                    };
                    if let Some(wrong) = wrong {
                        // At once: who runs a hundred thousand can look into the first while the others go on.
                        println!("seed {seed} went wrong: {wrong}");
                        wrongs.lock().expect("no panic while adding").push((seed, wrong));
                    }
                }
            });
        }
    });
    println!("{seeds} seeds: {}", sums.into_inner().expect("no panic while adding"));
    let mut wrongs = wrongs.into_inner().expect("no panic while adding");
    wrongs.sort();
    if let Some((first, _)) = wrongs.first() {
        let shown: Vec<String> = wrongs.iter().take(20).map(|(seed, wrong)| format!("seed {seed}: {wrong}")).collect();
        let count = wrongs.len();
        panic!(
            "{count} of {seeds} seeds went wrong; replay the first with `SEED={first} cargo test --test simulation -- --nocapture`\n{}",
            shown.join("\n")
        );
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("without words"))
}

#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{variable}={text}: {error}")))
}
