//! What a person is told of what stands in the way: once, soon, and again when it is over.

use jiff::SignedDuration;
use serde_json::json;
use transitd::daemon::{Channel, Happening, Ring};
use transitd::model::Problem;

use crate::{EVERY_FIVE, converged};

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
                2 => stage.told.deaf.lock().unwrap().push(Channel::Webhook),
                4 => stage.told.deaf.lock().unwrap().clear(),
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
    assert!(page.contains("transitd_notices_total{through=\"webhook\",arrived=\"no\"}"), "{page}");
    // The topic could be reached all the time: it heard once, and not again for the webhook's sake.
    let published = stage.told.published.lock().unwrap();
    let subjects: Vec<&str> = published.iter().map(|notice| notice.subject.as_str()).collect();
    assert_eq!(subjects, ["transitd corp: 1 matter", "transitd corp: 1 over"]);
    assert!(published[0].text.contains(&stage.land.tools.vpc), "{}", published[0].text);
    assert!(page.contains("transitd_notices_total{through=\"sns\",arrived=\"yes\"} 2"), "{page}");
    assert!(!page.contains("through=\"sns\",arrived=\"no\""), "{page}");
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

#[tokio::test]
async fn a_person_hears_of_a_vpc_that_has_left_while_it_is_still_attached_and_of_how_that_ended() {
    let stage = converged(EVERY_FIVE).await;
    let safety = "\nsafety: { departures: { hold_for: 1h } }\n";
    *stage.config.lock().unwrap() = stage.land.config(&format!("{{ every: 5m }}{safety}"));
    stage.bell.ring(Ring::Reload);
    let (mut told_early, mut left) = (false, false);
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            let (tools, notices) = (&stage.land.tools, stage.told.notices.lock().unwrap().len());
            let tag = json!({ "Resources": [tools.vpc], "Tags": [{ "Key": "network", "Value": "tools" }] });
            match notices {
                // Somebody takes the tag away,
                0 if pass.number >= 2 && !left => {
                    stage.land.seed.ec2(&tools.account, "DeleteTags", tag);
                    left = true;
                }
                0 => assert!(pass.number < 20, "nobody is told"),
                // hears what will come of it, and puts it back;
                1 if left => {
                    told_early = stage.land.has_route(tools);
                    stage.land.seed.ec2(&tools.account, "CreateTags", tag);
                    left = false;
                }
                // takes it away once more, and does not listen.
                2 if !left => {
                    stage.land.seed.ec2(&tools.account, "DeleteTags", tag);
                    left = true;
                }
                4.. => stage.stop.cancel(),
                _ => assert!(pass.number < 60, "nobody is told"),
            }
        })
        .await;
    assert!(told_early, "told too late");
    let notices = stage.told.notices.lock().unwrap();
    let texts: Vec<&str> = notices.iter().map(|notice| notice["text"].as_str().unwrap()).collect();
    let about =
        |text: &&str| text.contains(&stage.land.tools.vpc) && text.contains("has left its segment: it fits no segment");
    assert!(texts.iter().all(about), "{texts:#?}");
    let ends: Vec<bool> = texts.iter().map(|text| text.contains("goes now")).collect();
    assert_eq!(ends, [false, false, false, true], "{texts:#?}");
}
