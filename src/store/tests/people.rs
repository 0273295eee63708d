//! What people order, and what is remembered for them.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::{Finding, Happened, Pause};

fn at(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn give(directory: &std::path::Path, what: Ordered) {
    let order = Order { at: now(), by: "alice".into(), what, why: "an emergency".into() };
    Orders::open(directory).unwrap().unwrap().give(&order).unwrap();
}

fn hold(name: &str, hours: i64) -> Ordered {
    Ordered::Hold { name: name.into(), until: at(hours) }
}

fn record(hours: i64, news: bool) -> Record {
    Record {
        began: at(hours),
        ended: at(hours),
        how: "in-sync",
        verdict: "in sync".into(),
        steps: 0,
        sent: 0,
        unknown: 0,
        calls: 7,
        news,
        vpcs: BTreeMap::new(),
    }
}

fn finding(text: &str) -> Finding {
    Finding { text: text.into(), help: "mend it".into(), since: now(), told: None, over: None }
}

fn query(resource: Option<&str>) -> Query {
    Query { resource: resource.map(str::to_owned), since: at(-1000), until: at(10_000) }
}

#[test]
fn no_write_is_journaled_by_a_plan_that_is_older_than_an_order() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    store.history(now()).unwrap();
    store.begin(&entry("a")).unwrap();
    for what in [hold("vpc-1", 2), Ordered::Release { name: "vpc-1".into() }, Ordered::Pause, Ordered::Resume] {
        give(directory.path(), what);
        assert!(matches!(store.begin(&entry("b")), Err(StoreError::Overruled)));
        let open = store.history(now()).unwrap().unconfirmed;
        assert!(open.contains_key("a") && !open.contains_key("b"), "nothing is left of what was overruled: {open:?}");
        store.begin(&entry("a")).unwrap();
    }
}

#[test]
fn the_last_word_on_a_name_counts() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path(), &corp()).unwrap();
    let held = || -> Vec<(String, Timestamp)> {
        store.history(now()).unwrap().holds.into_iter().map(|hold| (hold.name, hold.until)).collect()
    };
    give(directory.path(), hold("vpc-1", 2));
    give(directory.path(), hold("vpc-2", 3));
    give(directory.path(), hold("vpc-1", 4));
    assert_eq!(held(), [("vpc-2".to_owned(), at(3)), ("vpc-1".to_owned(), at(4))]);
    give(directory.path(), Ordered::Release { name: "vpc-2".into() });
    assert_eq!(held(), [("vpc-1".to_owned(), at(4))]);
    assert_eq!(store.history(now()).unwrap().pause, None);
    give(directory.path(), Ordered::Pause);
    let pause = store.history(now()).unwrap().pause;
    assert!(matches!(&pause, Some(Pause::Command { by, .. }) if by == "alice"), "{pause:?}");
    give(directory.path(), Ordered::Resume);
    assert_eq!(store.history(now()).unwrap().pause, None);
}

#[test]
fn orders_need_a_state_and_leave_one_of_an_earlier_version_to_its_own_process() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Orders::open(directory.path()).unwrap().is_none());
    drop(SqliteStore::open(directory.path(), &corp()).unwrap());
    let path = directory.path().join("state.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let error = Orders::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::Older { found: 2, .. }), "{error}");
    let error = SqliteStore::open_to_read(directory.path(), &corp()).unwrap_err();
    assert!(matches!(error, StoreError::Older { found: 2, .. }), "{error}");
}

#[test]
fn a_state_of_the_first_version_is_brought_here_with_all_that_is_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    first
        .execute_batch(
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
             CREATE TABLE ledger (key TEXT PRIMARY KEY, id TEXT, value TEXT NOT NULL, at TEXT NOT NULL) STRICT;
             CREATE TABLE journal (entry INTEGER PRIMARY KEY, step TEXT NOT NULL, key TEXT NOT NULL, account TEXT NOT NULL,
                 region TEXT NOT NULL, call TEXT NOT NULL, before TEXT NOT NULL, sent TEXT NOT NULL, settled TEXT,
                 outcome TEXT, trouble TEXT, confirmed TEXT) STRICT;
             CREATE INDEX journal_open ON journal (step) WHERE confirmed IS NULL;
             INSERT INTO meta VALUES ('network', 'corp');
             INSERT INTO ledger VALUES ('route table eu/prod', 'tgw-rtb-1', 'tgw-1', '2026-03-01T11:00:00Z');
             INSERT INTO journal VALUES (1, 'create route table eu/prod', 'route table eu/prod', '111111111111', 'eu-west-1',
                 '{}', '{}', '2026-03-01T11:00:00Z', '2026-03-01T11:00:01Z', 'in-doubt', 'lost', NULL);
             PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(first);
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    let history = store.history(now()).unwrap();
    assert_eq!(history.owned["route table eu/prod"].id.as_deref(), Some("tgw-rtb-1"));
    assert!(!history.unconfirmed["create route table eu/prod"].answered);
    store.record(&record(0, true)).unwrap();
    assert_eq!(store.recall(&query(None)).unwrap().len(), 2);
    give(directory.path(), Ordered::Pause);
    assert!(store.history(now()).unwrap().pause.is_some());
}

#[test]
fn old_records_are_thinned_and_what_is_open_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    for step in ["confirmed", "refused", "open"] {
        let id = store.begin(&entry(step)).unwrap();
        let settled = if step == "refused" { Settled::NotDone(trouble(Fault::Denied)) } else { done("id-1") };
        store.settle(id, &settled, now()).unwrap();
    }
    store.confirm(&["confirmed".to_owned()], now()).unwrap();
    give(directory.path(), hold("vpc-1", 2));
    give(directory.path(), Ordered::Pause);
    store.record(&record(0, true)).unwrap();
    store.record(&record(1, false)).unwrap();
    store.note_findings(&BTreeMap::from([("a".to_owned(), finding("a"))]), now()).unwrap();
    store.note_findings(&BTreeMap::new(), now()).unwrap();
    let kinds = |store: &SqliteStore| -> Vec<String> {
        let events = store.recall(&query(None)).unwrap();
        let name = |what: &Happened| match what {
            Happened::Pass { .. } => "pass".to_owned(),
            Happened::Step { step, .. } => step.clone(),
            Happened::Found { .. } => "found".to_owned(),
            Happened::Over { .. } => "over".to_owned(),
            Happened::Order { word, .. } => word.clone(),
        };
        let mut names: Vec<String> = events.iter().map(|event| name(&event.what)).collect();
        names.sort();
        names
    };
    assert_eq!(kinds(&store), ["confirmed", "found", "hold", "open", "over", "pass", "pause", "refused"]);
    let number = store.last_order().unwrap();
    store.record(&record(24 * 91, true)).unwrap();
    assert_eq!(kinds(&store), ["open", "pass", "pause"], "the pause is in force, and the write is not confirmed");
    assert_eq!(store.last_order().unwrap(), number, "an order that is forgotten is not given again");
    let history = store.history(now()).unwrap();
    assert!(history.pause.is_some() && history.unconfirmed.contains_key("open") && history.owned.len() == 2);
}

#[test]
fn a_hold_that_was_ended_or_shortened_stays_so_when_the_word_that_did_it_is_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    for name in ["ended", "shortened", "kept"] {
        give(directory.path(), hold(name, 24 * 180));
    }
    give(directory.path(), Ordered::Release { name: "ended".to_owned() });
    give(directory.path(), hold("shortened", 2));
    for days in [91, 92, 93] {
        store.record(&record(24 * days, true)).unwrap();
        let holds = store.history(now()).unwrap().holds;
        let names: Vec<&str> = holds.iter().map(|hold| hold.name.as_str()).collect();
        assert_eq!(names, ["kept"], "after {days} days");
    }
    let orders = store.recall(&query(None)).unwrap().into_iter().filter(|it| matches!(it.what, Happened::Order { .. }));
    assert_eq!(orders.count(), 1, "nothing else is left of them");
}

#[test]
fn what_was_refused_is_kept_for_a_week_and_is_nothing_that_aws_takes_time_to_show() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let mut write = |step: &str, hours: i64, settled: Settled| {
        let id = store.begin(&Entry { at: at(hours), ..entry(step) }).unwrap();
        store.settle(id, &settled, at(hours)).unwrap();
    };
    write("done", 0, done("id-1"));
    write("refused", 1, Settled::NotDone(trouble(Fault::Settling)));
    write("refused again", 2, Settled::NotDone(trouble(Fault::Settling)));
    assert_eq!(store.history(now()).unwrap().last_write, Some(now()));
    store.record(&record(24 * 8, true)).unwrap();
    let steps = store.recall(&query(None)).unwrap().into_iter().filter_map(|event| match event.what {
        Happened::Step { step, .. } => Some(step),
        Happened::Pass { .. } | Happened::Found { .. } | Happened::Over { .. } | Happened::Order { .. } => None,
    });
    assert_eq!(steps.collect::<Vec<_>>(), ["done", "refused again"], "the last entry stays, whatever it is");
}

#[test]
fn through_what_people_are_told_is_remembered() {
    let directory = tempfile::tempdir().unwrap();
    let marks = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    assert_eq!(store.told_through(&marks(&["webhook 1"])).unwrap(), None);
    drop(store);
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    assert_eq!(store.told_through(&marks(&["webhook 2", "sns 1"])).unwrap(), Some(marks(&["webhook 1"])));
    assert_eq!(store.told_through(&marks(&[])).unwrap(), Some(marks(&["webhook 2", "sns 1"])));
    assert_eq!(store.told_through(&marks(&[])).unwrap(), Some(marks(&[])));
}

#[test]
fn findings_are_the_same_after_a_restart_and_closed_when_they_are_gone() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    let told = Finding { told: Some(at(1)), ..finding("told") };
    let mut findings = BTreeMap::from([("a".to_owned(), finding("a")), ("b".to_owned(), told)]);
    store.note_findings(&findings, now()).unwrap();
    drop(store);
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    assert_eq!(store.findings().unwrap(), findings);
    findings.get_mut("b").unwrap().over = Some(at(2));
    findings.remove("a");
    store.note_findings(&findings, at(2)).unwrap();
    assert_eq!(store.findings().unwrap(), findings);
    store.note_findings(&BTreeMap::new(), at(3)).unwrap();
    assert!(store.findings().unwrap().is_empty());
    // The same matter again is another finding.
    store.note_findings(&BTreeMap::from([("a".to_owned(), finding("a again"))]), at(4)).unwrap();
    let found = store.recall(&query(None)).unwrap().into_iter().filter(|it| matches!(it.what, Happened::Found { .. }));
    assert_eq!(found.count(), 3);
}

#[test]
fn what_is_taken_away_is_told_with_what_it_was() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let of = |step: &str, key: &str| Entry {
        key: key.into(),
        before: r#"{"drift":"undeclared"}"#.into(),
        removes: true,
        ..entry(step)
    };
    let id = store.begin(&entry("eu/prod")).unwrap();
    store.settle(id, &done("tgw-rtb-1"), now()).unwrap();
    store.begin(&of("remove route table eu/prod", "route table eu/prod")).unwrap();
    store.begin(&of("remove route table eu/else", "route table eu/else")).unwrap();
    let befores = store.recall(&query(None)).unwrap().into_iter().filter_map(|event| match event.what {
        Happened::Step { before, .. } => Some(before),
        Happened::Pass { .. } | Happened::Found { .. } | Happened::Over { .. } | Happened::Order { .. } => None,
    });
    let wanted = ["{}", r#"{"drift":"undeclared","was":"tgw-1"}"#, r#"{"drift":"undeclared"}"#];
    assert_eq!(befores.collect::<Vec<_>>(), wanted);
}

#[test]
fn what_was_found_is_told_in_its_first_words_and_what_is_over_in_its_last() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let named =
        |text: &str, over: Option<Timestamp>| BTreeMap::from([("a".to_owned(), Finding { over, ..finding(text) })]);
    store.note_findings(&named("it goes at five", None), now()).unwrap();
    store.note_findings(&named("it goes at six", None), at(1)).unwrap();
    assert_eq!(store.findings().unwrap()["a"].text, "it goes at six");
    store.note_findings(&named("it is back", Some(at(2))), at(2)).unwrap();
    let texts = store.recall(&query(None)).unwrap().into_iter().filter_map(|event| match event.what {
        Happened::Found { text, .. } | Happened::Over { text } => Some(text),
        Happened::Pass { .. } | Happened::Step { .. } | Happened::Order { .. } => None,
    });
    assert_eq!(texts.collect::<Vec<_>>(), ["it goes at five", "it is back"]);
}

#[test]
fn a_state_of_the_version_before_keeps_its_findings() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    let findings = BTreeMap::from([("a".to_owned(), finding("a"))]);
    store.note_findings(&findings, now()).unwrap();
    drop(store);
    let file = rusqlite::Connection::open(directory.path().join("state.db")).unwrap();
    file.execute_batch("ALTER TABLE findings DROP COLUMN last; PRAGMA user_version = 3;").unwrap();
    drop(file);
    let store = SqliteStore::open(directory.path(), &corp()).unwrap();
    assert_eq!(store.findings().unwrap(), findings);
    assert_eq!(store.recall(&query(None)).unwrap().len(), 1);
}

#[test]
fn the_time_to_connect_runs_from_the_first_sight_and_is_told_once() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let mut see = |hours: i64, vpcs: &[(&str, bool)]| {
        let vpcs = vpcs.iter().map(|(vpc, connected)| ((*vpc).to_owned(), *connected)).collect();
        store.record(&Record { vpcs, ..record(hours, false) }).unwrap()
    };
    assert!(see(0, &[("old", true), ("new", false)]).is_empty(), "what was connected before is nobody's achievement");
    assert!(see(1, &[("old", true), ("new", false)]).is_empty());
    assert_eq!(see(2, &[("old", true), ("new", true)]), [SignedDuration::from_hours(2)]);
    assert!(see(3, &[("old", false), ("new", false)]).is_empty());
    assert!(see(4, &[("old", true), ("new", true)]).is_empty(), "connected once, and told once");
}

#[test]
fn what_happened_is_found_by_resource_and_by_time() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let route = Entry {
        call: r#"{"action":"CreateRoute","route_table":"rtb-1","destination":"10.0.0.0/8"}"#.into(),
        ..entry("create VPC route 222222222222/vpc-1/rtb-1 10.0.0.0/8")
    };
    for (entry, hours) in [(route, 0), (entry("create route table eu/prod"), 5)] {
        let id = store.begin(&Entry { at: at(hours), ..entry }).unwrap();
        store.settle(id, &Settled::Done { made: None }, at(hours)).unwrap();
    }
    store.record(&record(5, true)).unwrap();
    let text = "route 10.0.0.0/8 of 222222222222/vpc-1 leads elsewhere, to igw-1";
    store.note_findings(&BTreeMap::from([("c".to_owned(), finding(text))]), now()).unwrap();
    let count = |query: Query| store.recall(&query).unwrap().len();
    assert_eq!(count(query(None)), 4);
    assert_eq!(count(query(Some("vpc-1"))), 2);
    assert_eq!(count(query(Some("rtb-1"))), 1);
    assert_eq!(count(query(Some("igw-1"))), 1);
    assert_eq!(count(query(Some("vpc-2"))), 0);
    assert_eq!(count(Query { since: at(1), ..query(None) }), 2);
    assert_eq!(count(Query { until: at(1), ..query(None) }), 2);
}

#[test]
fn only_the_owner_can_read_the_files_of_the_state() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let _lock = Lock::take(directory.path(), "transitd").unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    store.begin(&entry("a")).unwrap();
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.file_name());
    }
}
