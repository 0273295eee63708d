//! A night, as `history` tells it.

use jiff::Timestamp;

use crate::model::{Event, Happened};
use crate::report::{Style, history_text};

fn at(time: &str, what: Happened) -> Event {
    Event { at: format!("2026-03-01T{time}Z").parse::<Timestamp>().unwrap(), what }
}

fn step(outcome: Option<&str>, trouble: Option<&str>, seen: Option<&str>) -> Happened {
    Happened::Step {
        step: "create VPC route 222222222222/vpc-0aa/rtb-0aa 10.0.0.0/8".to_owned(),
        account: "222222222222".to_owned(),
        region: "eu-west-1".to_owned(),
        before: r#"{"drift":"old-target","was":"tgw-0bb"}"#.to_owned(),
        call: r#"{"action":"CreateRoute","route_table":"rtb-0aa","destination":"10.0.0.0/8","gateway":"tgw-0aa"}"#
            .to_owned(),
        outcome: outcome.map(str::to_owned),
        trouble: trouble.map(str::to_owned),
        settled: None,
        confirmed: seen.map(|time| format!("2026-03-01T{time}Z").parse().unwrap()),
    }
}

fn pass(verdict: &str, sent: u64) -> Happened {
    let how = if verdict.ends_with("in sync") { "in-sync" } else { "under-way" }.to_owned();
    let ended = "2026-03-01T03:00:00Z".parse().unwrap();
    Happened::Pass { ended, how, verdict: verdict.to_owned(), steps: sent, sent, unknown: 0, calls: 40 }
}

#[test]
fn a_night_is_told_without_a_word_that_only_machines_read() {
    let found = Happened::Found {
        text: "the config file is refused".to_owned(),
        help: "mend it".to_owned(),
        told: Some("2026-03-01T03:20:00Z".parse().unwrap()),
    };
    let order = Happened::Order {
        word: "hold".to_owned(),
        name: "rtb-0aa".to_owned(),
        by: "alice".to_owned(),
        why: "a leak".to_owned(),
        until: Some("2026-03-01T06:00:00Z".parse().unwrap()),
    };
    let events = [
        at("03:00:00", pass("after a start: drift: 1 step (1 ready)", 1)),
        at("03:00:01", step(Some("done"), None, Some("03:00:04"))),
        at("03:05:00", step(Some("not-done"), Some("CreateRoute: UnauthorizedOperation (no)"), Some("03:05:30"))),
        at("03:05:30", step(Some("not-done"), Some("CreateRoute: NotSent (the time of this pass was over)"), None)),
        at("03:05:40", step(Some("not-done"), Some("AssumeRole: AccessDenied (no)"), None)),
        at("03:06:00", step(None, None, None)),
        at("03:06:10", step(Some("in-doubt"), Some("its process ended"), Some("03:06:40"))),
        at("03:10:00", found),
        at("03:15:00", order),
        at("03:20:00", Happened::Over { text: "the config file is refused".to_owned() }),
        at("03:20:01", pass("in sync", 0)),
    ];
    insta::assert_snapshot!(history_text(&events, span(), Style::Plain));
}

fn span() -> (Timestamp, Timestamp) {
    ("2026-11-21T03:00:00Z".parse().unwrap(), "2026-11-22T03:00:00Z".parse().unwrap())
}

#[test]
fn where_nothing_happened_it_is_said_from_when_to_when() {
    assert_eq!(
        history_text(&[], span(), Style::Plain),
        "nothing is remembered of this from 2026-11-21 03:00:00 to 2026-11-22 03:00:00 UTC: --since looks\n  further back\n"
    );
}
