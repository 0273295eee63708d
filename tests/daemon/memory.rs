//! What is remembered from pass to pass, and from process to process.

use serde_json::json;
use transitd::daemon::{Happening, Ring};
use transitd::model::Happened;
use transitd::store::Query;

use crate::life::Stage;
use crate::{EVERY_FIVE, converged, writes};

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
