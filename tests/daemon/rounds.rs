//! What wakes the loop, what it does then, and that it ends: timer, signals, the config read again.

use jiff::{SignedDuration, Timestamp};
use transitd::daemon::{Happening, Ring, Word};
use transitd::model::Problem;

use crate::life::Stage;
use crate::{EVERY_FIVE, converged, writes};

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
async fn a_stop_breaks_off_the_look_that_is_under_way() {
    let stage = converged(EVERY_FIVE).await;
    *stage.gate.stops.lock().unwrap() = Some(stage.stop.clone());
    let mut happened = 0;
    stage.run(|_, _| happened += 1).await;
    assert_eq!(happened, 0, "half a look says nothing");
    assert!(stage.land.seed.lock().log().is_empty(), "whoever is stopped calls nobody");
}

#[tokio::test]
async fn a_signal_is_heard_where_passes_take_longer_than_the_time_between_two() {
    let stage = converged(EVERY_FIVE).await;
    *stage.gate.slow.lock().unwrap() = SignedDuration::from_secs(40);
    let mut course = Vec::new();
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) => {
                let took = stage.now().duration_since(pass.seen.at);
                assert!(took > SignedDuration::from_mins(6) && pass.plan.is_in_sync(), "{took:#}");
                course.push("pass");
                match pass.number {
                    1 => stage.bell.ring(Ring::Report),
                    2 => stage.bell.ring(Ring::Reload),
                    _ => stage.stop.cancel(),
                }
            }
            Happening::Reported(..) => course.push("report"),
            Happening::Reloaded => course.push("reload"),
            Happening::NotReloaded(why) => panic!("{why}"),
            Happening::Broke(broken) => panic!("{broken}"),
        })
        .await;
    assert_eq!(course, ["pass", "report", "pass", "reload", "pass"]);
}

#[tokio::test]
async fn a_report_shows_what_aws_has_refused_as_refused() {
    let stage = converged(EVERY_FIVE).await;
    let mut reported = None;
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) if pass.number == 1 => {
                stage.land.delete_route(&stage.land.tools);
                *stage.gate.denied.lock().unwrap() = Some("CreateRoute");
            }
            Happening::Passed(pass, _) => {
                assert_eq!(pass.outcomes.len(), 1, "refused in this pass");
                stage.bell.ring(Ring::Report);
            }
            Happening::Reported(look, _) => {
                let is_refused = |problem: &&Problem| matches!(problem, Problem::StepRefused { .. });
                let refused = look.plan.problems.iter().filter(is_refused).count();
                reported = Some((refused, look.plan.ready().count()));
                stage.stop.cancel();
            }
            Happening::Reloaded | Happening::NotReloaded(_) | Happening::Broke(_) => panic!("not this"),
        })
        .await;
    assert_eq!(reported, Some((1, 0)), "what is refused, and what is ready");
}

#[tokio::test]
async fn each_pass_and_each_report_counts_the_calls_that_were_made_for_it() {
    let stage = converged(EVERY_FIVE).await;
    let mut counted = Vec::new();
    stage
        .run(|stage, happening| {
            let calls = match happening {
                Happening::Passed(pass, _) => {
                    match pass.number {
                        2 => stage.bell.ring(Ring::Report),
                        6.. => stage.stop.cancel(),
                        _ => {}
                    }
                    pass.calls
                }
                Happening::Reported(look, _) => look.calls,
                Happening::Reloaded | Happening::NotReloaded(_) | Happening::Broke(_) => panic!("not this"),
            };
            let made = stage.land.seed.lock().log().len() as u64;
            counted.push((calls, made, writes(&stage.land).len()));
            if counted.len() == 3 {
                stage.land.delete_route(&stage.land.tools);
            }
            stage.land.seed.lock().clear_log();
        })
        .await;
    assert!(counted.iter().all(|(calls, made, _)| calls == made), "{counted:?}");
    assert_eq!(counted.iter().filter(|(_, _, writes)| *writes == 1).count(), 1, "{counted:?}");
}
