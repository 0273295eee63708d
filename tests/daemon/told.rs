//! What a person is told of what stands in the way: once, soon, and again when it is over.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use transitd::daemon::{Address, Channel, Happening, Ring};
use transitd::model::Problem;
use transitd::store::Ordered;

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

#[tokio::test]
async fn what_can_be_seen_to_be_over_is_over_though_another_account_cannot_be_read() {
    let stage = converged(EVERY_FIVE).await;
    let both = [&stage.land.billing, &stage.land.tools];
    for spoke in both {
        stage.land.delete_route(spoke);
        stage.land.lead_elsewhere(spoke);
    }
    let mut mended = None;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            assert!(pass.number < 20, "{:#?}", stage.told.notices.lock().unwrap());
            match (stage.told.named("stands").len(), mended) {
                // Both conflicts are told, and one account cannot be read from now on.
                (2, _) => {
                    *stage.gate.denied.lock().unwrap() = Some("DescribeVpcs");
                    *stage.gate.denied_in.lock().unwrap() = Some(stage.land.billing.account.clone());
                }
                // That is told too; both are mended, and one can be seen to be.
                (3, None) => {
                    assert_eq!(stage.told.named("over"), Vec::<String>::new());
                    both.iter().for_each(|spoke| stage.land.delete_route(spoke));
                    mended = Some(pass.number);
                }
                (_, Some(mended)) if pass.number > mended + 5 => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let over = stage.told.named("over");
    assert!(over.len() == 1 && over[0].starts_with("foreign route: "), "{over:?}");
    assert!(over[0].contains(&stage.land.tools.vpc), "{over:?}");
}

#[tokio::test]
async fn a_refused_config_is_over_once_one_is_taken_whatever_cannot_be_read() {
    let stage = converged(EVERY_FIVE).await;
    *stage.gate.denied.lock().unwrap() = Some("ListAccounts");
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            match pass.number {
                1 => "version: 1\n".clone_into(&mut stage.config.lock().unwrap()),
                6 => *stage.config.lock().unwrap() = stage.land.config(EVERY_FIVE),
                10.. => return stage.stop.cancel(),
                _ => return,
            }
            stage.bell.ring(Ring::Reload);
        })
        .await;
    assert_eq!(stage.told.named("stands").len(), 2);
    assert_eq!(stage.told.named("over"), ["config"]);
}

#[tokio::test]
async fn a_step_that_is_refused_again_or_paused_or_held_stays_one_matter_until_it_is_done() {
    let stage = converged("{ every: 20m }").await;
    let name = stage.land.tools.vpc.clone();
    let mut untried = 0;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            let is_refused = |problem: &Problem| matches!(problem, Problem::StepRefused { .. });
            match pass.number {
                1 => {
                    stage.land.delete_route(&stage.land.tools);
                    *stage.gate.denied.lock().unwrap() = Some("CreateRoute");
                }
                12 => {
                    assert!(*stage.gate.asked.lock().unwrap() >= 3, "tried again every hour");
                    stage.order(Ordered::Pause);
                }
                20 => {
                    let until = stage.now() + SignedDuration::from_hours(48);
                    stage.order(Ordered::Hold { name: name.clone(), until });
                    stage.order(Ordered::Resume);
                }
                28 => stage.order(Ordered::Release { name: name.clone() }),
                36 => {
                    *stage.gate.denied.lock().unwrap() = None;
                    stage.bell.ring(Ring::Reconcile);
                }
                37.. if pass.plan.is_in_sync() => stage.stop.cancel(),
                _ => assert!(pass.number < 50, "never in sync"),
            }
            if (13..=28).contains(&pass.number) && !pass.plan.problems.iter().any(is_refused) {
                untried += 1;
            }
        })
        .await;
    assert!(untried > 8, "the refusal is forgotten while the step is paused and held: {untried}");
    let (stands, over) = (stage.told.named("stands"), stage.told.named("over"));
    assert!(stands.len() == 1 && stands[0].starts_with("step refused: "), "{stands:?}");
    assert_eq!(stands, over);
}

#[tokio::test]
async fn what_does_not_arrive_is_sent_again_ever_less_often_and_no_pass_is_made_for_it() {
    let stage = converged("{ every: 6h }").await;
    stage.told.deaf.lock().unwrap().push(Channel::Webhook);
    let mut passes = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            passes.push(stage.now());
            match pass.number {
                1 => {
                    stage.land.delete_route(&stage.land.tools);
                    stage.land.lead_elsewhere(&stage.land.tools);
                    stage.bell.ring(Ring::Reconcile);
                }
                4 => stage.told.deaf.lock().unwrap().clear(),
                5.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    // The second pass sees it, and the third one tells of it.
    let hours: Vec<i64> = passes[2..].windows(2).map(|pair| pair[1].duration_since(pair[0]).as_hours()).collect();
    assert!(hours.iter().all(|hours| (5..=6).contains(hours)), "{hours:?}");
    let lost = stage.told.lost.lock().unwrap();
    let waits: Vec<i64> = lost.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_mins()).collect();
    assert_eq!(waits[..7], [1, 2, 4, 8, 16, 16, 16], "{waits:?}");
    let notices = stage.told.notices.lock().unwrap();
    assert_eq!(notices.len(), 1, "{notices:#?}");
    let arrived: Timestamp = notices[0]["at"].as_str().unwrap().parse().unwrap();
    assert!(arrived.duration_since(passes[3]).as_mins() <= 16, "{arrived}, after the pass of {}", passes[3]);
    assert_eq!(stage.told.published.lock().unwrap().len(), 1, "who has heard it does not hear it again");
}

#[tokio::test]
async fn an_address_that_is_new_hears_all_that_stands_and_the_others_hear_nothing_again() {
    let mut stage = converged(EVERY_FIVE).await;
    stage.land.delete_route(&stage.land.tools);
    stage.land.lead_elsewhere(&stage.land.tools);
    let mut heard = Vec::new();
    for life in 1..=3 {
        if life == 3 {
            stage.addresses.lock().unwrap()[1] = Address::Topic("arn:aws:sns:eu-west-1:111111111111:other".to_owned());
        }
        stage
            .run(|stage, happening| {
                let Happening::Passed(pass, _) = happening else { return };
                if life == 1 && pass.number == 4 {
                    assert_eq!(stage.told.notices.lock().unwrap().len(), 1);
                    stage.addresses.lock().unwrap()[0] = Address::Webhook("https://example.com/other".to_owned());
                    stage.bell.ring(Ring::Reload);
                }
                if pass.number == 8 {
                    stage.stop.cancel();
                }
            })
            .await;
        heard.push((stage.told.notices.lock().unwrap().len(), stage.told.published.lock().unwrap().len()));
        stage = stage.again();
    }
    // Another webhook with the reload, nothing with a restart, and another topic with the next one.
    assert_eq!(heard, [(2, 1), (2, 1), (2, 2)]);
    let stands = stage.told.named("stands");
    assert!(stands.len() == 2 && stands[0] == stands[1], "{stands:?}");
    assert_eq!(stage.told.published.lock().unwrap()[1].data["stands"][0]["matter"], stands[0]);
}

#[tokio::test]
async fn what_is_over_before_anybody_could_be_told_is_not_tried_again_and_keeps_no_pass_from_being_made() {
    let stage = converged("{ every: 10m }").await;
    stage.told.deaf.lock().unwrap().push(Channel::Webhook);
    let mut mended = None;
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            match pass.number {
                1 => {
                    stage.land.delete_route(&stage.land.tools);
                    stage.land.lead_elsewhere(&stage.land.tools);
                    stage.bell.ring(Ring::Reconcile);
                }
                // The webhook has been tried, and is to be tried again after the pass that finds all well.
                _ if mended.is_none() && !stage.told.lost.lock().unwrap().is_empty() => {
                    stage.land.delete_route(&stage.land.tools);
                    stage.bell.ring(Ring::Reconcile);
                    mended = Some(pass.number);
                }
                number if mended.is_some_and(|mended| number > mended + 4) => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    assert_eq!(stage.told.lost.lock().unwrap().len(), 1, "what is over was told to nobody there");
}
