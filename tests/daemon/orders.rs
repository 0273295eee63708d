//! What people order beside the daemon: holds and pauses.

use jiff::SignedDuration;
use serde_json::json;
use transitd::daemon::Happening;
use transitd::store::Ordered;

use crate::life::Stage;
use crate::{EVERY_FIVE, converged, writes};

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
async fn the_metrics_say_whether_it_is_paused_and_how_much_is_held_and_when_no_longer() {
    let stage = converged(EVERY_FIVE).await;
    let mut seen = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            let text = stage.board.metrics_text();
            let of = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
            seen.push([of("transitd_paused "), of("transitd_holds ")]);
            let name = stage.land.tools.vpc.clone();
            match pass.number {
                1 => stage.order(Ordered::Pause),
                2 => {
                    let until = stage.now() + SignedDuration::from_hours(48);
                    stage.order(Ordered::Hold { name, until });
                }
                3 => stage.order(Ordered::Resume),
                4 => stage.order(Ordered::Release { name }),
                _ => stage.stop.cancel(),
            }
        })
        .await;
    let figures = |line: &[String; 2]| line.each_ref().map(|line| line.rsplit(' ').next().unwrap().to_owned());
    let seen: Vec<[String; 2]> = seen.iter().map(figures).collect();
    assert_eq!(seen, [["0", "0"], ["1", "0"], ["1", "1"], ["0", "1"], ["0", "0"]]);
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
