//! Bad days: AWS that is away, slow or says no, a clock that is set back, a loop that hangs.

use jiff::SignedDuration;
use transitd::daemon::{Happening, Ring, Word};

use crate::life::Stage;
use crate::log;
use crate::{EVERY_FIVE, converged};

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

    async fn send(&self, _: &transitd::daemon::Address, _: &transitd::daemon::Notice) -> Result<(), String> {
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
async fn a_pass_that_could_not_be_made_is_told_by_log_status_line_health_page_and_metrics() {
    let stage = converged(EVERY_FIVE).await;
    log::listen();
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(..) => {
                *stage.gate.shut.lock().unwrap() = true;
                *stage.config.lock().unwrap() = "version: 1".to_owned();
                stage.bell.ring(Ring::Reload);
            }
            Happening::NotReloaded(_) => {}
            Happening::Broke(_) => stage.stop.cancel(),
            Happening::Reloaded | Happening::Reported(..) => panic!("not this"),
        })
        .await;
    let said = "pass 2 could not be made: could not tell whether this is the right account and organization";
    let words = stage.told.words.lock().unwrap();
    assert!(words.iter().any(|word| matches!(word, Word::Status(text) if text.starts_with(said))), "{words:?}");
    let page = stage.board.page();
    let status = page["status"].as_str().unwrap();
    assert!(status.starts_with(said) && status.ends_with("; the config file is refused"), "{page}");
    let logged = log::lines_with("a pass could not be made");
    assert!(logged.len() == 1 && logged[0].contains("ERROR") && logged[0].contains("no route to host"), "{logged:?}");
    let metrics = stage.board.metrics_text();
    assert!(metrics.contains("transitd_passes_total{ended=\"broken\"} 1"), "{metrics}");
}

#[tokio::test]
async fn a_pass_that_could_not_be_made_ends_no_matter() {
    let stage = converged(EVERY_FIVE).await;
    let mut broke = 0;
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(pass, _) => {
                if pass.number == 1 {
                    stage.land.delete_route(&stage.land.tools);
                    stage.land.lead_elsewhere(&stage.land.tools);
                }
                match stage.told.notices.lock().unwrap().len() {
                    1 => *stage.gate.denied.lock().unwrap() = Some("DescribeVpcs"),
                    2 if broke == 0 => *stage.gate.shut.lock().unwrap() = true,
                    _ if broke > 0 => stage.stop.cancel(),
                    _ => assert!(pass.number < 20, "nobody is told"),
                }
            }
            Happening::Broke(_) => {
                broke += 1;
                *stage.gate.shut.lock().unwrap() = broke < 5;
            }
            Happening::Reloaded | Happening::NotReloaded(_) | Happening::Reported(..) => panic!("not this"),
        })
        .await;
    let stands = stage.told.named("stands");
    assert!(stands.iter().filter(|name| name.starts_with("unread account")).count() == 2, "{stands:?}");
    assert_eq!(stage.told.named("over"), ["unread everything"]);
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
                10 => stage.bell.ring(Ring::Reload),
                40.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let times: Vec<usize> = asked.iter().map(|(_, times)| *times).collect();
    assert_eq!(times[..7], [1; 7], "refused once, and not asked for again: {asked:?}");
    assert_eq!(times[7..9], [2; 2], "a person said so: {asked:?}");
    assert_eq!(times[9], 3, "the file was read again, and with it what may have been mended: {asked:?}");
    let (minutes, all) = *asked.last().unwrap();
    assert!(minutes > 120 && all <= 3 + usize::try_from(minutes).unwrap() / 60, "{asked:?}");
    assert!(all > 3, "what was mended unseen is found out: {asked:?}");
}

#[tokio::test]
async fn what_aws_is_not_ready_for_for_long_is_told_once_and_then_tried_at_the_file_s_own_pace() {
    let stage = converged(EVERY_FIVE).await;
    let (mut times, mut told) = (Vec::new(), None);
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            times.push(stage.now());
            if !stage.told.notices.lock().unwrap().is_empty() {
                told.get_or_insert(stage.now());
            }
            match pass.number {
                1 => {
                    stage.land.delete_route(&stage.land.tools);
                    *stage.gate.unready.lock().unwrap() = Some("CreateRoute");
                }
                60 => *stage.gate.unready.lock().unwrap() = None,
                61.. if pass.plan.is_in_sync() => stage.stop.cancel(),
                _ => assert!(pass.number < 70, "never in sync"),
            }
        })
        .await;
    let waited = told.unwrap().duration_since(times[1]).as_mins();
    assert!((30..36).contains(&waited), "told after {waited} min");
    let (stands, over) = (stage.told.named("stands"), stage.told.named("over"));
    assert!(stands.len() == 1 && stands[0].starts_with("unready: create "), "{stands:?}");
    assert_eq!(stands, over);
    let waits: Vec<i64> = times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs()).collect();
    assert!(waits[5..25].iter().all(|wait| *wait <= 65), "it is tried soon at first: {waits:?}");
    assert!(waits[35..59].iter().all(|wait| (270..=330).contains(wait)), "{waits:?}");
}

#[tokio::test]
async fn accounts_that_cannot_be_read_are_not_over_while_nobody_says_which_there_are() {
    let stage = converged(EVERY_FIVE).await;
    let mut blind = 0;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            assert!(pass.number < 40, "{:#?}", stage.told.notices.lock().unwrap());
            blind += usize::from(pass.seen.accounts.known().is_none());
            let deny = |call: Option<&'static str>, only: Option<&String>| {
                *stage.gate.denied.lock().unwrap() = call;
                *stage.gate.denied_in.lock().unwrap() = only.cloned();
            };
            match (stage.told.named("stands").len(), stage.told.named("over").len()) {
                (0, 0) => deny(Some("DescribeVpcs"), Some(&stage.land.billing.account)),
                (1, 0) => deny(Some("ListAccounts"), None),
                (2, 0) if blind == 5 => deny(None, None),
                (2, 0) => {}
                _ => stage.stop.cancel(),
            }
        })
        .await;
    assert_eq!(blind, 5, "nothing is over before everything can be read again");
    let (mut stands, mut over) = (stage.told.named("stands"), stage.told.named("over"));
    assert!(stands[0].starts_with("unread account ") && stands[1] == "unread the organization", "{stands:?}");
    stands.sort();
    over.sort();
    assert_eq!(stands, over);
}

#[tokio::test]
async fn a_config_that_is_refused_while_no_pass_can_be_made_is_told_all_the_same() {
    let stage = converged(EVERY_FIVE).await;
    let mut broke = 0;
    stage
        .run(|stage, happening| match happening {
            Happening::Passed(..) => {
                assert_eq!(broke, 0);
                *stage.gate.shut.lock().unwrap() = true;
            }
            Happening::Broke(_) => {
                broke += 1;
                match broke {
                    3 => {
                        "version: 1\n".clone_into(&mut stage.config.lock().unwrap());
                        stage.bell.ring(Ring::Reload);
                    }
                    8 => stage.stop.cancel(),
                    _ => {}
                }
            }
            Happening::NotReloaded(_) => assert_eq!(broke, 3),
            Happening::Reloaded | Happening::Reported(..) => panic!("not this"),
        })
        .await;
    assert_eq!(stage.told.named("stands"), ["unread everything", "config"]);
}
