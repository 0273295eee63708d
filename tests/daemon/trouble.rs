//! Bad days: AWS that is away, slow or says no, a clock that is set back, a loop that hangs.

use jiff::SignedDuration;
use transitd::daemon::{Happening, Ring, Word};

use crate::life::Stage;
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
