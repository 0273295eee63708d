//! Steps are journaled, sent and settled, whatever becomes of each.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::sync::Once;

use async_trait::async_trait;
use jiff::Timestamp;

use super::*;
use crate::model::{Counts, Finding, History, Scope, Snapshot, Topology};
use crate::plan::Plan;
use crate::review::review;
use crate::specimen::{converged, id, intent, items, now, plan, policy, scope, untouched};
use crate::store::{EntryId, Order, Ordered, Orders, Record, SqliteStore};

type Answer = fn(&WriteCall) -> Result<Reply, Trouble>;

/// Answers each call as it is told, and notes what was in the journal at that moment.
struct Scripted {
    answer: Answer,
    store: Arc<Mutex<dyn Store>>,
    journaled: Mutex<Vec<bool>>,
}

#[async_trait]
impl Sender for Scripted {
    async fn send(&self, _: &Scope, call: &WriteCall) -> Result<Reply, Trouble> {
        let history = self.store.lock().unwrap().history(now()).unwrap();
        self.journaled.lock().unwrap().push(!history.unconfirmed.is_empty());
        (self.answer)(call)
    }
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what this thread logs. One listener for all threads: tracing asks whichever logs something first.
struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn listen() {
    static LISTENER: Once = Once::new();
    LISTENER.call_once(|| tracing_subscriber::fmt().with_writer(|| Lines).with_ansi(false).init());
    LOG.with_borrow_mut(Vec::clear);
}

/// Counts the events of steps that this thread has logged with an outcome.
fn told(outcome: &str) -> usize {
    let log = LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap());
    log.lines().filter(|line| line.contains("step step=") && line.contains(&format!("outcome=\"{outcome}\""))).count()
}

struct Standing;

#[async_trait]
impl Clock for Standing {
    fn now(&self) -> Timestamp {
        now()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

fn trouble(fault: Fault) -> Trouble {
    Trouble { fault, code: format!("{fault:?}"), message: String::new(), action: "A".into(), request_id: None }
}

struct Ran {
    outcomes: Outcomes,
    history: History,
    journaled: Vec<bool>,
}

async fn apply(plan: Plan, seen: &Snapshot, answer: Answer) -> Ran {
    let store: Arc<Mutex<dyn Store>> = Arc::new(Mutex::new(SqliteStore::in_memory(&id("corp")).unwrap()));
    let sender = Arc::new(Scripted { answer, store: store.clone(), journaled: Mutex::default() });
    let stop = CancellationToken::new();
    let executor =
        Executor { sender: sender.clone(), store: store.clone(), clock: Arc::new(Standing), at_once: 4, stop };
    let outcomes =
        executor.apply(&review(plan, &Topology::default(), seen, &History::default(), &policy()).unwrap()).await;
    let journaled = sender.journaled.lock().unwrap().clone();
    let history = store.lock().unwrap().history(now()).unwrap();
    Ran { outcomes, history, journaled }
}

fn nothing_there() -> (Plan, Snapshot) {
    let seen = untouched();
    (plan(&intent(), &seen, &History::default()), seen)
}

#[tokio::test]
async fn only_what_is_ready_is_sent_and_each_write_is_in_the_journal_first() {
    let (plan, seen) = nothing_there();
    let ready = plan.ready().count();
    let ran = apply(plan, &seen, |_| Ok(Reply { id: Some("new-1".into()) })).await;
    assert_eq!(ran.outcomes.len(), ready);
    assert!(ran.outcomes.values().all(|outcome| *outcome == Outcome::Done));
    assert_eq!(ran.journaled, vec![true; ready]);
    assert_eq!(ran.history.owned.len(), ready);
    assert_eq!(ran.history.owned["route table eu/prod"].id.as_deref(), Some("new-1"));
    assert_eq!(ran.history.unconfirmed.len(), ready, "done is believed when it is seen");
}

#[tokio::test]
async fn one_failure_does_not_keep_the_others_from_being_sent() {
    let (plan, seen) = nothing_there();
    let ready = plan.ready().count();
    let ran = apply(plan, &seen, |call| {
        let is_table = matches!(call, WriteCall::CreateTransitGatewayRouteTable { .. });
        if is_table { Err(trouble(Fault::Denied)) } else { Ok(Reply::default()) }
    })
    .await;
    let failed = ran.outcomes.values().filter(|outcome| matches!(outcome, Outcome::Failed(_))).count();
    assert_eq!((ran.outcomes.len(), failed), (ready, 2));
    assert!(!ran.history.owned.contains_key("route table eu/prod"));
}

#[tokio::test]
async fn each_fault_has_its_outcome_and_only_a_lost_answer_stays_in_doubt() {
    let cases: [(Answer, Outcome); 7] = [
        (|_| Err(trouble(Fault::InDoubt)), Outcome::InDoubt(trouble(Fault::InDoubt))),
        (|_| Err(trouble(Fault::AlreadyDone)), Outcome::AlreadyDone),
        (|_| Err(trouble(Fault::Throttled)), Outcome::Later(trouble(Fault::Throttled))),
        (|_| Err(trouble(Fault::Transient)), Outcome::Later(trouble(Fault::Transient))),
        (|_| Err(trouble(Fault::Settling)), Outcome::Later(trouble(Fault::Settling))),
        (|_| Err(trouble(Fault::Quota)), Outcome::Failed(trouble(Fault::Quota))),
        (|_| Err(trouble(Fault::Invalid)), Outcome::Failed(trouble(Fault::Invalid))),
    ];
    for (answer, expected) in cases {
        let (plan, seen) = nothing_there();
        let ran = apply(plan, &seen, answer).await;
        assert!(ran.outcomes.values().all(|outcome| *outcome == expected), "{expected:?}: {:?}", ran.outcomes);
        let in_doubt = matches!(expected, Outcome::InDoubt(_));
        assert_eq!(!ran.history.unconfirmed.is_empty(), in_doubt, "{expected:?}");
        assert!(ran.history.owned.is_empty(), "{expected:?}");
    }
}

#[tokio::test]
async fn a_route_that_was_another_s_stays_another_s_when_it_is_written_again() {
    let mut seen = converged();
    items(&mut seen.members.get_mut(&scope("222222222222")).unwrap().route_tables)[0].routes[1].state =
        crate::model::RouteState::Blackhole;
    let plan = plan(&intent(), &seen, &History::default());
    let ran = apply(plan, &seen, |_| Ok(Reply::default())).await;
    assert_eq!(ran.outcomes.len(), 1);
    assert!(ran.history.owned.is_empty());
}

/// Refuses to journal.
struct Full;

impl Store for Full {
    fn last_order(&self) -> Result<i64, StoreError> {
        Ok(0)
    }

    fn record(&mut self, _: &Record) -> Result<Vec<jiff::SignedDuration>, StoreError> {
        Ok(Vec::new())
    }

    fn findings(&self) -> Result<BTreeMap<String, Finding>, StoreError> {
        Ok(BTreeMap::new())
    }

    fn told_through(&mut self, _: &BTreeSet<String>) -> Result<Option<BTreeSet<String>>, StoreError> {
        Ok(None)
    }

    fn note_findings(&mut self, _: &BTreeMap<String, Finding>, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }

    fn depart(&mut self, _: &BTreeMap<String, Timestamp>) -> Result<(), StoreError> {
        Ok(())
    }

    fn all_well(&mut self, _: Counts) -> Result<(), StoreError> {
        Ok(())
    }

    fn take_over(&mut self, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }

    fn history(&self, _: Timestamp) -> Result<History, StoreError> {
        Ok(History::default())
    }

    fn begin(&mut self, _: &Entry) -> Result<EntryId, StoreError> {
        Err(StoreError::Corrupt { path: "disk".into(), what: "full".into() })
    }

    fn settle(&mut self, _: EntryId, _: &Settled, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }

    fn confirm(&mut self, _: &[String], _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn what_cannot_be_journaled_is_not_sent() {
    let store: Arc<Mutex<dyn Store>> = Arc::new(Mutex::new(Full));
    let sender = Arc::new(Scripted { answer: |_| panic!("sent"), store: store.clone(), journaled: Mutex::default() });
    let stop = CancellationToken::new();
    let executor = Executor { sender, store, clock: Arc::new(Standing), at_once: 4, stop };
    let (plan, seen) = nothing_there();
    let outcomes =
        executor.apply(&review(plan, &Topology::default(), &seen, &History::default(), &policy()).unwrap()).await;
    assert!(outcomes.values().all(|outcome| matches!(outcome, Outcome::NotJournaled(_))), "{outcomes:?}");
}

#[tokio::test]
async fn once_asked_to_stop_nothing_more_is_sent() {
    let store: Arc<Mutex<dyn Store>> = Arc::new(Mutex::new(SqliteStore::in_memory(&id("corp")).unwrap()));
    let sender = Arc::new(Scripted { answer: |_| panic!("sent"), store: store.clone(), journaled: Mutex::default() });
    let stop = CancellationToken::new();
    stop.cancel();
    let executor = Executor { sender, store, clock: Arc::new(Standing), at_once: 4, stop };
    let (plan, seen) = nothing_there();
    listen();
    let outcomes =
        executor.apply(&review(plan, &Topology::default(), &seen, &History::default(), &policy()).unwrap()).await;
    assert!(outcomes.values().all(|outcome| *outcome == Outcome::NotSent), "{outcomes:?}");
    assert_eq!(told("not-sent"), outcomes.len());
}

#[tokio::test]
async fn a_step_that_another_order_has_overruled_is_not_sent_and_told_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path(), &id("corp")).unwrap();
    store.history(now()).unwrap();
    let pause = Order { at: now(), by: "alice".into(), what: Ordered::Pause, why: "a leak".into() };
    Orders::open(directory.path()).unwrap().unwrap().give(&pause).unwrap();
    let store: Arc<Mutex<dyn Store>> = Arc::new(Mutex::new(store));
    let sender = Arc::new(Scripted { answer: |_| panic!("sent"), store: store.clone(), journaled: Mutex::default() });
    let executor = Executor { sender, store, clock: Arc::new(Standing), at_once: 4, stop: CancellationToken::new() };
    let (plan, seen) = nothing_there();
    listen();
    let outcomes =
        executor.apply(&review(plan, &Topology::default(), &seen, &History::default(), &policy()).unwrap()).await;
    assert!(outcomes.values().all(|outcome| *outcome == Outcome::Overruled), "{outcomes:?}");
    assert_eq!(told("overruled"), outcomes.len());
}

#[test]
fn what_never_left_was_not_sent() {
    let mut unsent = trouble(Fault::Transient);
    assert!(Outcome::Later(unsent.clone()).is_sent());
    unsent.code = ApiError::NOT_SENT.to_owned();
    let mut outside = trouble(Fault::Denied);
    assert!(Outcome::Failed(outside.clone()).is_sent());
    outside.action = "AssumeRole".to_owned();
    for outcome in [
        Outcome::Later(unsent),
        Outcome::Failed(outside),
        Outcome::NotSent,
        Outcome::Overruled,
        Outcome::NotJournaled("x".into()),
    ] {
        assert!(!outcome.is_sent(), "{outcome:?}");
    }
}
