//! The daemon in the sandbox's time: what wakes it, what it does then, what it tells, and that it ends.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "these tests stay in process"))]
mod support;

#[path = "daemon/hands.rs"]
mod hands;
#[path = "daemon/land.rs"]
mod land;
#[path = "daemon/life.rs"]
mod life;

use jiff::{SignedDuration, Timestamp};
use land::Land;
use life::Stage;
use serde_json::json;
use transitd::daemon::{Happening, Ring, Word};
use transitd::model::{Happened, Problem};
use transitd::store::{Ordered, Query};

/// Names the calls since the log was cleared that change something.
fn writes(land: &Land) -> Vec<String> {
    let sandbox = land.seed.lock();
    sandbox.log().iter().filter(|call| !call.is_read()).map(|call| call.action.clone()).collect()
}

const EVERY_FIVE: &str = "{ every: 5m }";

async fn converged(daemon: &str) -> Stage {
    let stage = Stage::new(daemon);
    stage.converge().await;
    stage.again()
}

#[tokio::test]
async fn a_network_is_built_and_then_looked_at_in_the_file_s_own_time() {
    let stage = Stage::new(EVERY_FIVE);
    let mut began: Vec<Timestamp> = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            if !pass.plan.is_in_sync() {
                assert!(began.is_empty(), "in sync, and then not");
                assert!(pass.number < 200, "never in sync");
                return;
            }
            began.push(pass.seen.at);
            if began.len() == 20 {
                stage.stop.cancel();
            }
        })
        .await;
    assert!(stage.land.has_route(&stage.land.billing) && stage.land.has_route(&stage.land.tools));
    let waits: Vec<i64> = began.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs()).collect();
    assert!(waits.iter().all(|wait| (270..=335).contains(wait)), "{waits:?}");
    assert!(waits.iter().max() > waits.iter().min(), "there is jitter: {waits:?}");
}

#[tokio::test]
async fn what_was_changed_by_hand_is_put_right_with_the_next_pass() {
    let stage = converged(EVERY_FIVE).await;
    let mut healed = None;
    let began = stage.now();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            if pass.number == 1 {
                stage.land.delete_route(&stage.land.tools);
            } else if pass.plan.is_in_sync() {
                healed = Some(stage.now().duration_since(began));
                stage.stop.cancel();
            }
        })
        .await;
    assert!(stage.land.has_route(&stage.land.tools));
    let healed = healed.unwrap();
    assert!(healed < SignedDuration::from_mins(6), "{healed:#}");
    assert_eq!(writes(&stage.land), ["DeleteRoute", "CreateRoute"]);
}

#[tokio::test]
async fn many_signals_are_one_pass_and_it_comes_at_once() {
    let stage = converged(EVERY_FIVE).await;
    let mut times = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            times.push(pass.seen.at);
            if pass.number == 1 {
                (0..100).for_each(|_| stage.bell.ring(Ring::Reconcile));
            }
            if times.len() == 3 {
                stage.stop.cancel();
            }
        })
        .await;
    assert!(times[1].duration_since(times[0]).as_secs() < 5, "asked for, and made at once");
    assert!(times[2].duration_since(times[1]).as_secs() > 250, "asked for once more than once, and made once");
}

#[tokio::test]
async fn a_report_changes_nothing_and_no_pass_follows_it() {
    let stage = converged(EVERY_FIVE).await;
    let mut reported = 0;
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) if pass.number == 1 => {
                stage.land.delete_route(&stage.land.tools);
                stage.bell.ring(Ring::Report);
            }
            Happening::Reported(look, _) => {
                reported = look.plan.steps.len();
                stage.stop.cancel();
            }
            Happening::Passed(..) | Happening::Reloaded | Happening::NotReloaded(_) | Happening::Broke(_) => {}
        })
        .await;
    assert_eq!(reported, 1);
    assert_eq!(writes(&stage.land), ["DeleteRoute"], "the report repairs nothing");
}

#[tokio::test]
async fn a_bad_config_is_refused_and_the_old_one_kept() {
    let stage = converged(EVERY_FIVE).await;
    let mut refused = String::new();
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) if pass.number == 1 => {
                *stage.config.lock().unwrap() = "version: 1\nsegments: everything\n".to_owned();
                stage.land.delete_route(&stage.land.tools);
                stage.bell.ring(Ring::Reload);
            }
            Happening::NotReloaded(why) => refused = why.to_owned(),
            Happening::Passed(pass, _) if pass.plan.is_in_sync() => stage.stop.cancel(),
            Happening::Passed(..) => {}
            Happening::Reloaded | Happening::Reported(..) | Happening::Broke(_) => panic!("not this"),
        })
        .await;
    assert!(refused.contains("network"), "{refused}");
    assert!(stage.land.has_route(&stage.land.tools), "the old config goes on to be kept");
    let words = stage.told.words.lock().unwrap();
    let without_status: Vec<&Word> = words.iter().filter(|word| !matches!(word, Word::Status(_))).collect();
    assert_eq!(without_status, [&Word::Ready, &Word::Reloading, &Word::Ready, &Word::Stopping]);
}

#[tokio::test]
async fn a_refused_config_stands_in_the_way_until_one_is_taken() {
    let stage = converged(EVERY_FIVE).await;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            match pass.number {
                1 => "version: 1\nsegments: everything\n".clone_into(&mut stage.config.lock().unwrap()),
                6 => *stage.config.lock().unwrap() = stage.land.config(EVERY_FIVE),
                8.. => return stage.stop.cancel(),
                _ => return,
            }
            stage.bell.ring(Ring::Reload);
        })
        .await;
    let notices = stage.told.notices.lock().unwrap();
    let told = notices.iter().map(|notice| notice["text"].as_str().unwrap().lines().nth(1).unwrap());
    let begins: Vec<&str> = told.map(|line| line.split_once(" is refused").unwrap().0).collect();
    assert_eq!(begins, ["transitd asks: the config file", "over: the config file"], "{notices:#?}");
    let refused = |word: &&Word| matches!(word, Word::Status(text) if text.ends_with("; the config file is refused"));
    assert_eq!(
        stage.told.words.lock().unwrap().iter().filter(refused).count(),
        5,
        "from its refusal on, in the status"
    );
}

#[tokio::test]
async fn with_mode_observe_from_a_reload_on_nothing_is_written_and_enforce_writes_again() {
    let stage = converged(EVERY_FIVE).await;
    let mut observed = 0;
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) if pass.number == 1 => {
                *stage.config.lock().unwrap() = stage.land.config("{ every: 5m, mode: observe }");
                stage.land.delete_route(&stage.land.tools);
                stage.bell.ring(Ring::Reload);
            }
            Happening::Passed(pass, _) if pass.number < 5 => {
                observed = pass.plan.steps.len();
                assert!(pass.outcomes.is_empty());
            }
            Happening::Passed(pass, _) if pass.number == 5 => {
                assert_eq!(writes(&stage.land), ["DeleteRoute"]);
                *stage.config.lock().unwrap() = stage.land.config(EVERY_FIVE);
                stage.bell.ring(Ring::Reload);
            }
            Happening::Passed(pass, _) if pass.plan.is_in_sync() => stage.stop.cancel(),
            Happening::Passed(..) | Happening::Reloaded => {}
            Happening::NotReloaded(why) => panic!("{why}"),
            Happening::Reported(..) | Happening::Broke(_) => panic!("not this"),
        })
        .await;
    assert_eq!(observed, 1, "the difference is seen all the same");
    assert_eq!(writes(&stage.land), ["DeleteRoute", "CreateRoute"]);
}

#[tokio::test]
async fn a_person_is_told_of_a_conflict_once_and_once_when_it_is_over() {
    let stage = converged(EVERY_FIVE).await;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            match pass.number {
                1 => {
                    stage.land.delete_route(&stage.land.tools);
                    stage.land.lead_elsewhere(&stage.land.tools);
                }
                2 => *stage.told.deaf.lock().unwrap() = true,
                4 => *stage.told.deaf.lock().unwrap() = false,
                8 => stage.land.delete_route(&stage.land.tools),
                12.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let notices = stage.told.notices.lock().unwrap();
    let told: Vec<(usize, usize)> = notices
        .iter()
        .map(|notice| (notice["stands"].as_array().unwrap().len(), notice["over"].as_array().unwrap().len()))
        .collect();
    assert_eq!(told, [(1, 0), (0, 1)], "{notices:#?}");
    let text = notices[0]["text"].as_str().unwrap();
    assert!(text.contains("10.0.0.0/8") && text.contains(&stage.land.tools.vpc), "{text}");
    let page = stage.board.metrics_text();
    assert!(page.contains("transitd_notices_total{arrived=\"no\"}"), "{page}");
}

#[tokio::test]
async fn a_person_does_not_wait_for_the_next_round_and_nothing_is_over_while_it_cannot_be_seen() {
    let stage = converged(EVERY_FIVE).await;
    let (mut seen, mut told, mut unread) = (None, None, 0);
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            if pass.number == 1 {
                stage.land.delete_route(&stage.land.tools);
                stage.land.lead_elsewhere(&stage.land.tools);
            }
            let conflict = pass.plan.problems.iter().any(|problem| matches!(problem, Problem::ForeignRoute { .. }));
            seen = seen.or(conflict.then(|| stage.now()));
            let is_told = !stage.told.notices.lock().unwrap().is_empty();
            if is_told && told.is_none() {
                told = Some(stage.now());
                *stage.gate.slow.lock().unwrap() = SignedDuration::from_mins(9);
            }
            unread += usize::from(is_told && !conflict);
            if unread == 2 {
                stage.stop.cancel();
            }
        })
        .await;
    let waited = told.unwrap().duration_since(seen.unwrap());
    assert!(waited < SignedDuration::from_mins(2), "told after {waited:#}, while it looks every five minutes");
    let notices = stage.told.notices.lock().unwrap();
    let over: Vec<&serde_json::Value> = notices.iter().flat_map(|notice| notice["over"].as_array().unwrap()).collect();
    assert!(over.is_empty(), "{over:#?}");
}

#[tokio::test]
async fn what_a_person_was_told_is_not_told_again_by_the_next_process() {
    let mut stage = converged(EVERY_FIVE).await;
    stage.land.delete_route(&stage.land.tools);
    stage.land.lead_elsewhere(&stage.land.tools);
    for _ in 0..3 {
        // Each process ends right after the notice, or when it should have come.
        stage
            .run(|stage, happening| {
                let Happening::Passed(pass, _) = happening else { return };
                let is_told = !stage.told.notices.lock().unwrap().is_empty();
                if (is_told && pass.number > 1) || pass.number > 5 {
                    stage.stop.cancel();
                }
            })
            .await;
        stage = stage.again();
    }
    assert_eq!(stage.told.notices.lock().unwrap().len(), 1);
}

/// A service manager that wants to hear every twenty seconds that the loop is alive.
#[derive(Default)]
struct Watched(std::sync::Mutex<usize>);

#[async_trait::async_trait]
impl transitd::daemon::Host for Watched {
    fn settle_in(&self, _: &std::sync::Arc<transitd::daemon::Bell>) {}

    fn tell(&self, word: &Word) {
        assert_eq!(*word, Word::Watchdog);
        *self.0.lock().unwrap() += 1;
    }

    fn watchdog(&self) -> Option<std::time::Duration> {
        Some(std::time::Duration::from_secs(20))
    }

    async fn post(&self, _: &str, _: String) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::test]
async fn the_watchdog_hears_nothing_more_once_the_loop_hangs() {
    let stage = Stage::new(EVERY_FIVE);
    let began = stage.now();
    let watched = std::sync::Arc::new(Watched::default());
    let watch = transitd::daemon::watch(watched.clone(), stage.board.clone(), stage.clock.clone());
    // Nothing beats: half an hour of the longest pass and five minutes of grace, a word every ten seconds.
    let some_time = async {
        while stage.clock.time() < began + SignedDuration::from_hours(2) {
            tokio::task::yield_now().await
        }
    };
    tokio::select! {
        () = watch => panic!("the watch ended"),
        () = some_time => {}
    }
    assert_eq!(*watched.0.lock().unwrap(), 35 * 6);
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nobody_waiting() {
    let stage = converged(EVERY_FIVE).await;
    let mut times = Vec::new();
    stage
        .run(|stage, happening| {
            if let Happening::Broke(broken) = happening {
                panic!("{broken}");
            }
            let Happening::Passed(pass, _) = happening else { return };
            times.push(stage.clock.time());
            let hours = SignedDuration::from_hours(7);
            match pass.number {
                2 => stage.clock.set_back(hours),
                4 => stage.clock.set_back_at_the_next_wait(hours),
                6.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let waits: Vec<i64> = times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_mins()).collect();
    assert!(waits.iter().all(|minutes| *minutes < 6), "{waits:?}");
}

#[tokio::test]
async fn while_aws_cannot_be_reached_it_tries_again_tells_a_person_and_goes_on_afterwards() {
    let stage = converged(EVERY_FIVE).await;
    let (mut broke, mut ready) = (0, Vec::new());
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) if pass.number == 1 => *stage.gate.shut.lock().unwrap() = true,
            Happening::Passed(..) => stage.stop.cancel(),
            Happening::Broke(_) => {
                broke += 1;
                ready.push(stage.board.is_ready());
                if broke == 60 {
                    *stage.gate.shut.lock().unwrap() = false;
                }
            }
            Happening::Reloaded | Happening::NotReloaded(_) | Happening::Reported(..) => panic!("not this"),
        })
        .await;
    assert_eq!(broke, 60);
    assert!(ready[0] && !ready[59], "the network is known for a while, and then not");
    assert!(stage.board.is_ready() && stage.board.is_alive());
    let notices = stage.told.notices.lock().unwrap();
    assert_eq!(notices.len(), 2, "{notices:#?}");
    assert_eq!(notices[1]["over"][0]["matter"], "unread everything");
}

#[tokio::test]
async fn a_pass_ends_in_its_time_however_slow_aws_is_and_what_it_did_not_see_is_unknown() {
    let stage = converged(EVERY_FIVE).await;
    *stage.gate.slow.lock().unwrap() = SignedDuration::from_mins(9);
    let began = stage.now();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            assert!(pass.plan.steps.is_empty() && !pass.plan.unknown.is_empty(), "{:?}", pass.plan);
            stage.stop.cancel();
        })
        .await;
    let took = stage.now().duration_since(began);
    assert!(took < SignedDuration::from_mins(40), "{took:#}");
}

#[tokio::test]
async fn a_stop_breaks_off_the_look_that_is_under_way() {
    let stage = converged(EVERY_FIVE).await;
    *stage.gate.stops.lock().unwrap() = Some(stage.stop.clone());
    let mut happened = 0;
    stage.run(|_, _| happened += 1).await;
    assert_eq!(happened, 0, "half a look says nothing");
    assert!(stage.land.seed.lock().log().is_empty(), "whoever is stopped calls nobody");
}

#[tokio::test]
async fn what_aws_refuses_for_good_is_asked_for_once_an_hour_and_when_a_person_says_so() {
    let stage = converged(EVERY_FIVE).await;
    let began = stage.now();
    let mut asked = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            if pass.number == 1 {
                stage.land.delete_route(&stage.land.tools);
                *stage.gate.denied.lock().unwrap() = Some("CreateRoute");
                return;
            }
            asked.push((stage.now().duration_since(began).as_secs() / 60, *stage.gate.asked.lock().unwrap()));
            match pass.number {
                // Who only wants to see has mended nothing.
                4 => stage.bell.ring(Ring::Report),
                8 => stage.bell.ring(Ring::Reconcile),
                40.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let times: Vec<usize> = asked.iter().map(|(_, times)| *times).collect();
    assert_eq!(times[..7], [1; 7], "refused once, and not asked for again: {asked:?}");
    assert_eq!(times[7], 2, "a person said so: {asked:?}");
    let (minutes, all) = *asked.last().unwrap();
    assert!(minutes > 120 && all <= 2 + usize::try_from(minutes).unwrap() / 60, "{asked:?}");
    assert!(all > 2, "what was mended unseen is found out: {asked:?}");
}

#[tokio::test]
async fn what_is_held_is_left_alone_until_it_is_released_and_repaired_at_once_then() {
    let stage = converged(EVERY_FIVE).await;
    let name = format!("{} 10.0.0.0/8", stage.land.tools.table);
    let mut released = None;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            match pass.number {
                1 => {
                    let until = stage.now() + SignedDuration::from_hours(48);
                    stage.order(Ordered::Hold { name: name.clone(), until });
                    // The emergency: somebody takes the route away; and somebody else takes one that is not held.
                    stage.land.delete_route(&stage.land.tools);
                    stage.land.delete_route(&stage.land.billing);
                }
                2..40 => {
                    assert!(
                        !stage.land.has_route(&stage.land.tools),
                        "a held thing was touched in pass {}",
                        pass.number
                    );
                    let text = transitd::report::verdict_text(&pass.plan);
                    assert!(text.ends_with("held: 1 thing"), "{text}");
                }
                40 => {
                    assert!(stage.land.has_route(&stage.land.billing), "what is not held is repaired");
                    released = Some(stage.now());
                    stage.order(Ordered::Release { name: name.clone() });
                }
                _ if stage.land.has_route(&stage.land.tools) => {
                    let waited = stage.now().duration_since(released.unwrap());
                    assert!(waited.as_secs() < 30, "{waited:#}");
                    stage.stop.cancel();
                }
                _ => {}
            }
        })
        .await;
    assert_eq!(writes(&stage.land), ["DeleteRoute", "DeleteRoute", "CreateRoute", "CreateRoute"]);
}

#[tokio::test]
async fn a_departure_that_was_over_while_it_only_looked_does_not_count_for_the_next_one() {
    let stage = converged(EVERY_FIVE).await;
    let safety = "\nsafety: { departures: { hold_for: 1h } }\n";
    let file = |mode: &str| stage.land.config(&format!("{{ every: 5m, mode: {mode} }}{safety}"));
    *stage.config.lock().unwrap() = file("enforce");
    stage.bell.ring(Ring::Reload);
    let (enforce, observe) = (file("enforce"), file("observe"));
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            let (tools, seed) = (&stage.land.tools, &stage.land.seed);
            let vpc = json!({ "Resources": [tools.vpc], "Tags": [{ "Key": "network", "Value": "tools" }] });
            let put = |config: &str| {
                *stage.config.lock().unwrap() = config.to_owned();
                stage.bell.ring(Ring::Reload);
            };
            match pass.number {
                2 => drop(seed.ec2(&tools.account, "DeleteTags", vpc)),
                3 => {
                    assert_eq!(pass.plan.departures.len(), 1, "seen to have left");
                    put(&observe);
                }
                // It comes back while transitd only looks,
                4 => drop(seed.ec2(&tools.account, "CreateTags", vpc)),
                5 => {
                    assert!(pass.plan.departures.is_empty(), "seen to be back");
                    seed.wait(std::time::Duration::from_secs(2 * 3600));
                }
                // and leaves again just before transitd acts again.
                6 => {
                    seed.ec2(&tools.account, "DeleteTags", vpc);
                    put(&enforce);
                }
                7 => {
                    assert_eq!(pass.plan.departures.len(), 1);
                    assert!(pass.plan.steps.is_empty(), "held anew: {:?}", pass.plan.steps);
                    stage.stop.cancel();
                }
                _ => {}
            }
        })
        .await;
    assert!(stage.land.has_route(&stage.land.tools), "detached at once");
}

#[tokio::test]
async fn a_hold_ends_by_itself_when_its_time_is_over() {
    let stage = converged(EVERY_FIVE).await;
    let began = stage.now();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            if pass.number == 1 {
                let until = began + SignedDuration::from_hours(2);
                stage.order(Ordered::Hold { name: stage.land.tools.vpc.clone(), until });
                stage.land.delete_route(&stage.land.tools);
            } else if stage.land.has_route(&stage.land.tools) {
                stage.stop.cancel();
            }
        })
        .await;
    let held = stage.now().duration_since(began).as_secs() / 60;
    assert!((120..128).contains(&held), "{held} min");
}

#[tokio::test]
async fn a_pause_stops_the_pass_that_is_under_way_and_the_tag_on_the_hub_pauses_too() {
    let stage = Stage::new(EVERY_FIVE);
    stage.order_meanwhile(Ordered::Pause);
    let mut after = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            let (account, hub) = (&stage.land.home, &stage.land.hub);
            let tag = json!([{ "Key": "transitd:pause", "Value": "change window" }]);
            let written = writes(&stage.land).len();
            match pass.number {
                // One was under way when the order came; with it at most as many as are sent at the same moment.
                1 => {
                    let overruled = pass.outcomes.values().filter(|outcome| outcome.word() == "overruled").count();
                    assert!(overruled > 0 && written < pass.plan.ready().count(), "{:?}", pass.outcomes);
                    after.push(written);
                }
                2 | 3 => {
                    assert!(pass.plan.ready().next().is_none() && !pass.plan.steps.is_empty());
                    assert!(transitd::report::verdict_text(&pass.plan).starts_with("paused; drift"));
                    after.push(written);
                    if pass.number == 3 {
                        let params = json!({ "Resources": [hub], "Tags": tag });
                        stage.land.seed.ec2(account, "CreateTags", params);
                        stage.order(Ordered::Resume);
                        stage.land.seed.lock().clear_log();
                    }
                }
                4..8 => assert_eq!(written, 0, "the tag pauses too"),
                8 => {
                    let params = json!({ "Resources": [hub], "Tags": tag });
                    stage.land.seed.ec2(account, "DeleteTags", params);
                }
                _ if pass.plan.is_in_sync() => stage.stop.cancel(),
                _ => assert!(pass.number < 200, "never in sync"),
            }
        })
        .await;
    assert_eq!(after[0], after[1]);
    assert_eq!(after[1], after[2]);
    assert!(stage.land.has_route(&stage.land.tools));
}

#[tokio::test]
async fn what_passes_found_and_did_is_remembered_with_the_time_that_it_took_to_connect() {
    let stage = Stage::new(EVERY_FIVE);
    stage.converge().await;
    let stage = stage.again();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            match pass.number {
                1 => {
                    stage.land.delete_route(&stage.land.tools);
                    stage.land.lead_elsewhere(&stage.land.tools);
                }
                5 => stage.land.delete_route(&stage.land.tools),
                _ if pass.number > 5 && pass.plan.is_in_sync() => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let since = "2026-01-01T00:00:00Z".parse().unwrap();
    let query = Query { resource: Some(stage.land.tools.vpc.clone()), since, until: stage.now() };
    let events = stage.store.lock().unwrap().recall(&query).unwrap();
    let told: Vec<String> = events
        .iter()
        .filter_map(|event| match &event.what {
            Happened::Step { step, outcome, .. } => {
                Some(format!("{} {}", step.split(' ').next()?, outcome.as_deref()?))
            }
            Happened::Found { told, .. } => Some(format!("found, told: {}", told.is_some())),
            Happened::Over { .. } => Some("over".to_owned()),
            Happened::Pass { .. } | Happened::Order { .. } => None,
        })
        .collect();
    // Sent first, and seen with the look after it.
    let tail = ["found, told: true", "create done", "over"];
    assert!(told.iter().filter(|it| *it == "create done").count() >= 4, "{told:?}");
    assert_eq!(told[told.len() - 3..], tail, "{told:?}");
    let page = stage.board.metrics_text();
    assert!(page.contains("transitd_vpc_connect_seconds_count 2"), "{page}");
}

#[tokio::test]
async fn with_a_memory_older_than_the_network_nothing_is_made_twice_and_nothing_taken_away() {
    let stage = Stage::new(EVERY_FIVE);
    let mut in_sync = false;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            // Tables and attachments have been asked for; all that comes after is not in the backup.
            if pass.number == 2 {
                stage.back_up();
            }
            in_sync = pass.plan.is_in_sync();
            if in_sync {
                stage.stop.cancel();
            }
        })
        .await;
    assert!(in_sync);
    let stage = stage.restored().again();
    let mut passes = 0;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            passes = pass.number;
            if pass.number == 10 {
                assert!(pass.plan.is_in_sync(), "{:?}", pass.plan);
                stage.stop.cancel();
            }
        })
        .await;
    assert_eq!((passes, writes(&stage.land)), (10, Vec::new()));
}

#[tokio::test]
async fn pass_after_pass_memory_and_open_files_stay_as_they_are() {
    let stage = Stage::new(EVERY_FIVE).in_memory();
    stage.converge().await;
    let stage = stage.again();
    let mut measures = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            stage.land.seed.lock().clear_log();
            stage.told.words.lock().unwrap().clear();
            match pass.number {
                // Now and then something is to be done, so that ledger and journal are used as well.
                number if number % 200 == 0 => stage.land.delete_route(&stage.land.tools),
                501 | 1501 => measures.push((resident_kilobytes(), open_files())),
                1600.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let [(memory, files), (memory_later, files_later)] = measures[..] else { panic!("{measures:?}") };
    assert!(memory_later < memory + 8 * 1024, "{memory} kB, and 1,000 passes later {memory_later} kB");
    assert!(files_later <= files, "{files} files, and 1,000 passes later {files_later}");
}

fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
