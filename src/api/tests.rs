//! Lists are read whole or not at all; attempts are paid for; keys are asked for once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::{AccountId, Fault, OrganizationalUnit, Scope, Tags};

fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Time that moves only when somebody waits.
struct Waiting(Mutex<Timestamp>);

#[async_trait]
impl Clock for Waiting {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, when: Timestamp) {
        let mut now = self.0.lock().unwrap();
        *now = (*now).max(when);
    }
}

type Answer = Result<Page, ApiError>;

/// Answers from a list, and notes what was asked and with which keys.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Answer>>,
    writes: Mutex<VecDeque<Result<Reply, ApiError>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Read for Scripted {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Answer {
        let keys = format!("{:?}", session.credentials);
        self.asked.lock().unwrap().push(format!(
            "{} {} {} {}",
            session.scope,
            call.action(),
            token.unwrap_or("-"),
            keys
        ));
        self.answers.lock().unwrap().pop_front().expect("a call that nobody expected")
    }
}

#[async_trait]
impl Write for Scripted {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        self.asked.lock().unwrap().push(format!("{} {}", session.scope, call.action()));
        self.writes.lock().unwrap().pop_front().expect("a call that nobody expected")
    }
}

fn page(names: &[&str], next: Option<&str>) -> Answer {
    let units = names.iter().map(|name| OrganizationalUnit { id: (*name).into(), name: (*name).into() }).collect();
    Ok(Page { items: Items::Units(units), next: next.map(str::to_owned) })
}

fn error(code: &str, status: u16, sending: Sending) -> ApiError {
    ApiError { code: code.into(), status: Some(status), message: String::new(), request_id: None, sending }
}

fn keys(name: &str, seconds: i64) -> Answer {
    let session = Credentials::Session {
        access_key_id: name.into(),
        secret_access_key: "planted".into(),
        session_token: "planted".into(),
        expires: start() + SignedDuration::from_secs(seconds),
    };
    Ok(Page { items: Items::Credentials(vec![session]), next: None })
}

struct Bench {
    door: Arc<Scripted>,
    clock: Arc<Waiting>,
    reader: Reader,
    pace: Arc<Pace>,
}

fn bench(answers: Vec<Answer>) -> Bench {
    let door = Arc::new(Scripted { answers: Mutex::new(answers.into()), ..Scripted::default() });
    let clock = Arc::new(Waiting(Mutex::new(start())));
    let pace = Arc::new(Pace::new(clock.clone()));
    let policy = Policy { pages: 5, ..Policy::default() };
    let line = Line { pace: pace.clone(), clock: clock.clone(), policy: Arc::new(policy), deadline: Timestamp::MAX };
    let roles = Roles {
        network: "corp".parse().unwrap(),
        home_account: home().account,
        home_role: None,
        member_role: "transitd-member".parse().unwrap(),
        external_id: None,
        region: home().region,
    };
    Bench { reader: Reader::new(door.clone(), roles, line), door, clock, pace }
}

fn home() -> Scope {
    Scope::new(&"111111111111".parse().unwrap(), &"eu-west-1".parse().unwrap())
}

fn member() -> Scope {
    Scope::new(&"222222222222".parse::<AccountId>().unwrap(), &"eu-west-1".parse().unwrap())
}

async fn names(bench: &Bench) -> Result<Vec<String>, crate::model::Trouble> {
    let units: Vec<OrganizationalUnit> = bench.reader.list(&home(), &ReadCall::ListRoots).await?;
    Ok(units.into_iter().map(|unit| unit.name).collect())
}

impl Bench {
    fn asked(&self) -> Vec<String> {
        self.door.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_list_is_read_to_its_end_over_pages_that_may_be_empty() {
    let bench = bench(vec![page(&["a"], Some("1")), page(&[], Some("2")), page(&["b"], None)]);
    assert_eq!(names(&bench).await.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_makes_the_whole_list_unknown() {
    let denied = Err(error("AccessDeniedException", 400, Sending::Answered));
    let bench = bench(vec![page(&["a"], Some("1")), denied]);
    assert_eq!(names(&bench).await.unwrap_err().fault, Fault::Denied);
}

#[tokio::test]
async fn a_list_that_never_ends_is_unknown_and_not_cut_short() {
    let looping = bench(vec![page(&["a"], Some("1")), page(&["b"], Some("1"))]);
    assert_eq!(names(&looping).await.unwrap_err().fault, Fault::Unexpected);
    let endless = bench((0..5).map(|n| page(&["a"], Some(&n.to_string()))).collect());
    assert_eq!(names(&endless).await.unwrap_err().fault, Fault::Unexpected);
}

#[tokio::test]
async fn an_answer_of_another_kind_is_no_empty_list() {
    let bench = bench(vec![Ok(Page { items: Items::Vpcs(Vec::new()), next: None })]);
    assert_eq!(names(&bench).await.unwrap_err().fault, Fault::Unexpected);
}

#[tokio::test]
async fn a_read_is_tried_again_after_throttles_and_lost_answers_and_each_attempt_is_paid_for() {
    let bench = bench(vec![
        Err(error("TooManyRequestsException", 400, Sending::Answered)),
        Err(error("NoAnswer", 0, Sending::Unanswered)),
        Err(error("ServiceException", 500, Sending::Answered)),
        page(&["a"], None),
    ]);
    assert_eq!(names(&bench).await.unwrap(), ["a"]);
    assert_eq!(bench.pace.attempts(), 4);
    assert!(bench.clock.now() > start(), "there were waits between the attempts");
}

#[tokio::test]
async fn attempts_end() {
    let bench = bench((0..20).map(|_| Err(error("TooManyRequestsException", 400, Sending::Answered))).collect());
    assert_eq!(names(&bench).await.unwrap_err().fault, Fault::Throttled);
    assert_eq!(bench.asked().len(), Policy::default().attempts);
}

#[tokio::test]
async fn no_attempt_begins_after_the_deadline() {
    let bench = bench(vec![Err(error("TooManyRequestsException", 400, Sending::Answered))]);
    let reader = bench.reader.until(start());
    let read: Result<Vec<OrganizationalUnit>, _> = reader.list(&home(), &ReadCall::ListRoots).await;
    assert_eq!(read.unwrap_err().fault, Fault::Throttled);
    assert_eq!(bench.asked().len(), 1);
}

#[tokio::test]
async fn many_readers_of_an_account_share_one_assume_role() {
    let bench = bench(vec![keys("ASIA1", 3600), page(&[], None), page(&[], None), page(&[], None)]);
    let reads = (0..3).map(|_| {
        let reader = bench.reader.clone();
        tokio::spawn(async move { reader.list::<OrganizationalUnit>(&member(), &ReadCall::ListRoots).await })
    });
    for read in reads.collect::<Vec<_>>() {
        read.await.unwrap().unwrap();
    }
    assert_eq!(bench.asked().iter().filter(|asked| asked.contains("AssumeRole")).count(), 1);
}

#[tokio::test]
async fn keys_near_their_end_are_renewed_before_they_are_used() {
    let bench = bench(vec![keys("ASIA1", 700), keys("ASIA2", 3600)]);
    bench.reader.credentials(&member().account).await.unwrap();
    let keys = bench.reader.credentials(&member().account).await.unwrap();
    assert!(format!("{keys:?}").contains("ASIA2"));
}

#[tokio::test]
async fn keys_that_aws_no_longer_takes_are_renewed_once() {
    let stale = || Err(error("RequestExpired", 400, Sending::Answered));
    let once = bench(vec![keys("ASIA1", 3600), stale(), keys("ASIA2", 3600), page(&["a"], None)]);
    let read: Vec<OrganizationalUnit> = once.reader.list(&member(), &ReadCall::ListRoots).await.unwrap();
    assert_eq!(read.len(), 1);
    let twice = bench(vec![keys("ASIA1", 3600), stale(), keys("ASIA2", 3600), stale()]);
    let read: Result<Vec<OrganizationalUnit>, _> = twice.reader.list(&member(), &ReadCall::ListRoots).await;
    assert_eq!(read.unwrap_err().fault, Fault::StaleCredentials);
}

fn write() -> WriteCall {
    WriteCall::CreateTransitGatewayRouteTable { gateway: Ref::Known("tgw-1".parse().unwrap()), tags: Tags::new() }
}

async fn sent(answers: Vec<Result<Reply, ApiError>>) -> (Result<Reply, Fault>, usize) {
    let bench = bench(Vec::new());
    *bench.door.writes.lock().unwrap() = answers.into();
    let writer = Writer::new(bench.door.clone(), bench.reader.clone());
    let answer = writer.send(&home(), &write()).await.map_err(|trouble| trouble.fault);
    (answer, bench.asked().len())
}

#[tokio::test]
async fn a_write_is_sent_again_only_when_aws_has_surely_not_done_it() {
    let throttled = || Err(error("RequestLimitExceeded", 503, Sending::Answered));
    let never_left = || Err(ApiError::not_sent("no route"));
    assert_eq!(sent(vec![throttled(), never_left(), Ok(Reply::default())]).await, (Ok(Reply::default()), 3));
    for lost in [
        error("InternalError", 500, Sending::Answered),
        error("NoAnswer", 0, Sending::Unanswered),
        error("Unavailable", 503, Sending::Answered),
    ] {
        assert_eq!(sent(vec![Err(lost)]).await, (Err(Fault::InDoubt), 1));
    }
}
