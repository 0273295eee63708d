//! What is remembered over a crash, a restart and a change of hands.

mod people;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{Fault, NetworkName};

fn corp() -> NetworkName {
    "corp".parse().unwrap()
}

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn entry(step: &str) -> Entry {
    Entry {
        step: step.to_owned(),
        key: format!("route table {step}"),
        scope: Scope::new(&"111111111111".parse().unwrap(), &"eu-west-1".parse().unwrap()),
        call: "{}".into(),
        before: "{}".into(),
        removes: false,
        segment: None,
        at: now(),
    }
}

fn done(id: &str) -> Settled {
    Settled::Done { made: Some(Made { id: Some(id.to_owned()), value: "tgw-1".into() }) }
}

fn trouble(fault: Fault) -> Trouble {
    Trouble { fault, code: "Code".into(), message: "message".into(), action: "CreateRoute".into(), request_id: None }
}

#[test]
fn what_is_made_again_after_we_took_it_away_ourselves_is_no_repair() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    let mut write = |verb: &str, thing: &str, second: i64| {
        let removes = verb == "remove";
        let key = format!("VPC route {thing}");
        let at = now() + SignedDuration::from_secs(second);
        let id = store.begin(&Entry { key, removes, at, ..entry(&format!("{verb} {thing}")) }).unwrap();
        store.settle(id, &done("rtb-1"), at).unwrap();
        store.history(at).unwrap().repairs
    };
    for second in 0..3 {
        write("create", "a", second);
        write("create", "b", second);
    }
    let repairs = write("remove", "a", 3);
    let of = |repairs: &BTreeMap<(String, String), u32>, step: &str| repairs.get(&(step.into(), "{}".into())).copied();
    assert_eq!((of(&repairs, "create a"), of(&repairs, "create b")), (None, Some(3)));
    write("create", "a", 4);
    let repairs = write("create", "a", 5);
    assert_eq!(of(&repairs, "create a"), Some(2), "since then, somebody else undid it once");
    write("remove", "a", 6);
    let repairs = write("remove", "a", 7);
    assert_eq!(of(&repairs, "remove a"), Some(3), "somebody else makes it again and again");
}

#[test]
fn a_state_directory_that_others_can_write_in_is_refused_and_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    for mode in [0o777, 0o770, 0o702] {
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let told = SqliteStore::open(directory.path(), &corp()).err().unwrap().to_string();
        assert!(told.contains(&format!("mode {mode:o}")) && told.contains("chmod 700"), "{told}");
        assert!(Lock::take(directory.path(), "me").is_err());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
    let inside = directory.path().join("deeper/state");
    SqliteStore::open(&inside, &corp()).unwrap();
    assert_eq!(inside.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_write_that_a_crash_left_unsettled_is_in_doubt_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    store.begin(&entry("a")).unwrap();
    drop(store);
    let history = SqliteStore::open(directory.path(), &corp()).unwrap().history(now()).unwrap();
    assert_eq!(history.unconfirmed["a"], crate::model::Sent { at: now(), answered: false });
    assert_eq!(history.last_write, Some(now()));
    assert!(history.owned.is_empty(), "what is in doubt is not ours");
}

#[test]
fn what_a_crash_left_unsettled_is_in_doubt_from_the_next_start_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    store.begin(&entry("a")).unwrap();
    drop(store);
    let mut store = SqliteStore::open(directory.path(), &corp()).unwrap();
    let start = now() + SignedDuration::from_secs(60);
    store.take_over(start).unwrap();
    assert_eq!(store.history(now()).unwrap().unconfirmed["a"], crate::model::Sent { at: start, answered: false });
    store.begin(&entry("b")).unwrap();
    assert_eq!(store.history(now()).unwrap().unconfirmed["a"].at, start);
}

#[test]
fn a_write_that_waited_for_its_turn_is_in_doubt_from_its_end_on() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let id = store.begin(&entry("a")).unwrap();
    let end = now() + SignedDuration::from_secs(30);
    store.settle(id, &Settled::InDoubt(trouble(Fault::InDoubt)), end).unwrap();
    assert_eq!(store.history(now()).unwrap().unconfirmed["a"].at, end);
}

#[test]
fn what_aws_said_yes_to_is_ours_and_stays_unconfirmed_until_it_is_seen() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let id = store.begin(&entry("a")).unwrap();
    store.settle(id, &done("tgw-rtb-1"), now()).unwrap();
    let history = store.history(now()).unwrap();
    assert_eq!(history.owned["route table a"].id.as_deref(), Some("tgw-rtb-1"));
    assert!(history.unconfirmed["a"].answered);
    store.confirm(&["a".to_owned()], now()).unwrap();
    let history = store.history(now()).unwrap();
    assert!(history.unconfirmed.is_empty());
    assert_eq!(history.owned.len(), 1, "seen and still ours");
}

#[test]
fn what_aws_refused_is_neither_ours_nor_in_doubt() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let id = store.begin(&entry("a")).unwrap();
    store.settle(id, &Settled::NotDone(trouble(Fault::Denied)), now()).unwrap();
    let history = store.history(now()).unwrap();
    assert!(history.unconfirmed.is_empty() && history.owned.is_empty());
}

#[test]
fn a_lost_answer_stays_in_doubt_until_a_later_write_of_the_same_step() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    let id = store.begin(&entry("a")).unwrap();
    store.settle(id, &Settled::InDoubt(trouble(Fault::InDoubt)), now()).unwrap();
    assert!(!store.history(now()).unwrap().unconfirmed["a"].answered);
    let later = Entry { at: now() + SignedDuration::from_secs(600), ..entry("a") };
    let id = store.begin(&later).unwrap();
    store.settle(id, &Settled::NotDone(trouble(Fault::Invalid)), later.at).unwrap();
    assert!(store.history(now()).unwrap().unconfirmed.is_empty());
}

#[test]
fn writing_again_keeps_one_row_of_the_ledger_with_the_last_value() {
    let mut store = SqliteStore::in_memory(&corp()).unwrap();
    for id in ["tgw-rtb-1", "tgw-rtb-2"] {
        let entry = store.begin(&entry("a")).unwrap();
        store.settle(entry, &done(id), now()).unwrap();
    }
    let history = store.history(now()).unwrap();
    assert_eq!(history.owned.len(), 1);
    assert_eq!(history.owned["route table a"].id.as_deref(), Some("tgw-rtb-2"));
}

#[test]
fn the_state_of_another_network_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    SqliteStore::open(directory.path(), &corp()).unwrap();
    let error = SqliteStore::open(directory.path(), &"lab".parse().unwrap()).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
}

#[test]
fn a_state_of_a_later_version_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    SqliteStore::open(directory.path(), &corp()).unwrap();
    let path = directory.path().join("state.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for _ in 0..2 {
        let error = SqliteStore::open(directory.path(), &corp()).unwrap_err();
        assert!(matches!(error, StoreError::Version { found: 99, .. }), "{error}");
    }
}

#[test]
fn a_file_that_is_no_state_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("state.db"), "not a database, but long enough to be looked at as one")
        .unwrap();
    let error = SqliteStore::open(directory.path(), &corp()).unwrap_err();
    assert!(matches!(error, StoreError::Sqlite { .. }), "{error}");
}

#[test]
fn the_state_can_be_read_beside_the_process_that_writes_it() {
    let directory = tempfile::tempdir().unwrap();
    assert!(SqliteStore::open_to_read(directory.path(), &corp()).unwrap().is_none(), "none yet");
    let mut writer = SqliteStore::open(directory.path(), &corp()).unwrap();
    writer.begin(&entry("a")).unwrap();
    let mut reader = SqliteStore::open_to_read(directory.path(), &corp()).unwrap().unwrap();
    assert_eq!(reader.history(now()).unwrap().unconfirmed.len(), 1);
    assert!(reader.begin(&entry("b")).is_err(), "a reader cannot write");
}

#[test]
fn only_the_owner_can_read_the_state_directory() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("state");
    SqliteStore::open(&inner, &corp()).unwrap();
    assert_eq!(std::fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn the_lock_has_one_holder_and_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = Lock::take(directory.path(), "transitd, process 1").unwrap();
    assert!(matches!(first, Locked::Mine(_)));
    match Lock::take(directory.path(), "transitd, process 2").unwrap() {
        Locked::Theirs(holder) => assert_eq!(holder, "transitd, process 1"),
        Locked::Mine(_) => panic!("two holders"),
    }
    drop(first);
    assert!(matches!(Lock::take(directory.path(), "transitd, process 3").unwrap(), Locked::Mine(_)));
}
