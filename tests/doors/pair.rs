//! Two worlds that are alike, one behind each door. Every call goes to both, and both must answer the same.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sandbox::Sandbox;
use transitd::api::{
    ApiError, Clock, Credentials, Items, Page, Read, ReadCall, Reply, Sending, Session, Write, WriteCall,
};
use transitd::aws::AwsDoor;
use transitd::model::Scope;

use crate::support::clock::SandboxClock;
use crate::support::door::{SandboxDoor, Shared, lock};
use crate::support::wire;
use crate::world::{self, EXTERNAL_ID, HOME, Member, REGION, ROLE, World};

/// A list never needs more pages than this in these worlds.
const MOST_PAGES: usize = 10;

/// Two sandboxes made alike: one called in process, one over the wire by the AWS SDK.
pub struct Pair {
    pub world: World,
    near: SandboxDoor,
    far: AwsDoor,
    sandboxes: [Shared; 2],
}

impl Pair {
    pub async fn new() -> Self {
        let (near, world) = world::sandbox();
        let (far, twin) = world::sandbox();
        assert_eq!(world, twin, "one seed gives the same ids");
        let sandboxes = [near, far].map(|sandbox| Arc::new(Mutex::new(sandbox)));
        let far = wire::door(sandboxes[1].clone(), HOME).await.unwrap();
        Self { world, near: SandboxDoor::new(sandboxes[0].clone(), HOME), far, sandboxes }
    }

    /// Does the same to both sandboxes, with the same outcome.
    pub fn both<T: Debug + PartialEq>(&self, change: impl Fn(&mut Sandbox) -> T) -> T {
        let [near, far] = self.sandboxes.each_ref().map(|sandbox| change(&mut lock(sandbox)));
        assert_eq!(near, far);
        near
    }

    /// Waits in both worlds until every transition is over.
    pub async fn settle(&self) {
        for sandbox in &self.sandboxes {
            let clock = SandboxClock::new(sandbox.clone());
            clock.sleep_until(clock.now() + Duration::from_secs(600)).await;
        }
    }

    /// A session of the home account, with the keys of the process.
    pub fn home(&self) -> Session {
        session(HOME, Credentials::Ambient)
    }

    /// A session of a member's role.
    pub async fn member(&self, member: &Member) -> Session {
        let items = self.read(&self.home(), &assume(&member.account, Some(EXTERNAL_ID))).await;
        let Items::Credentials(mut keys) = items else { panic!("{items:?}") };
        session(&member.account, keys.remove(0))
    }

    /// Reads a list of one page through both doors.
    pub async fn read(&self, session: &Session, call: &ReadCall) -> Items {
        let mut pages = self.pages(session, call).await;
        assert_eq!(pages.len(), 1, "{} came in pages", call.action());
        pages.remove(0).items
    }

    /// Reads a list to its end through both doors, page by page.
    pub async fn pages(&self, session: &Session, call: &ReadCall) -> Vec<Page> {
        let mut pages: Vec<Page> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let near = self.near.page(session, call, token.as_deref()).await;
            let far = self.far.page(session, call, token.as_deref()).await;
            same(call, &near, &far);
            let page = near.unwrap_or_else(|error| panic!("{call:?}: {error}"));
            token = page.next.clone();
            pages.push(page);
            if token.is_none() {
                return pages;
            }
            assert!(pages.len() < MOST_PAGES, "{} does not end", call.action());
        }
    }

    /// Reads through both doors what is refused, and returns the code.
    pub async fn unread(&self, session: &Session, call: &ReadCall) -> String {
        let near = self.near.page(session, call, None).await;
        let far = self.far.page(session, call, None).await;
        same(call, &near, &far);
        refused(near.map(|page| page.items))
    }

    /// Writes through both doors.
    pub async fn write(&self, session: &Session, call: &WriteCall) -> Reply {
        let near = self.near.send(session, call).await;
        let far = self.far.send(session, call).await;
        same(call, &near, &far);
        near.unwrap_or_else(|error| panic!("{call:?}: {error}"))
    }

    /// Writes through both doors what is refused, and returns the code.
    pub async fn unwritten(&self, session: &Session, call: &WriteCall) -> String {
        let near = self.near.send(session, call).await;
        let far = self.far.send(session, call).await;
        same(call, &near, &far);
        refused(near)
    }

    /// Writes through both doors what neither may send.
    pub async fn not_sent(&self, session: &Session, call: &WriteCall) -> String {
        let near = self.near.send(session, call).await;
        let far = self.far.send(session, call).await;
        same(call, &near, &far);
        let error = near.expect_err("a refusal of ours");
        assert_eq!(error.sending, Sending::NotSent, "{error}");
        error.code
    }

    /// The codes of all calls that the sandboxes have refused or answered, which must be the same ones.
    pub fn calls(&self) -> Vec<(String, String)> {
        let [near, far] = self.sandboxes.each_ref().map(|sandbox| {
            let log = lock(sandbox).log().to_vec();
            log.into_iter().map(|entry| (entry.action, entry.outcome)).collect::<Vec<_>>()
        });
        assert_eq!(near, far);
        near
    }
}

/// Compares answers by everything that they hold; keys by their secrets too, which their `Debug` leaves out.
fn same<T: Debug + Secrets>(call: &impl Debug, near: &Result<T, ApiError>, far: &Result<T, ApiError>) {
    assert_eq!(format!("{near:#?}"), format!("{far:#?}"), "in process and on the wire: {call:?}");
    if let (Ok(near), Ok(far)) = (near, far) {
        assert!(near.keys() == far.keys(), "other keys: {call:?}");
    }
}

trait Secrets {
    fn keys(&self) -> &[Credentials];
}

impl Secrets for Page {
    fn keys(&self) -> &[Credentials] {
        if let Items::Credentials(keys) = &self.items { keys } else { &[] }
    }
}

impl Secrets for Reply {
    fn keys(&self) -> &[Credentials] {
        &[]
    }
}

fn refused(answer: Result<impl Debug, ApiError>) -> String {
    let error = answer.expect_err("a refusal");
    assert_eq!(error.sending, Sending::Answered, "{error}");
    error.code
}

fn session(account: &str, credentials: Credentials) -> Session {
    Session { scope: Scope::new(&account.parse().unwrap(), &REGION.parse().unwrap()), credentials }
}

/// The call that gives keys of a member's role.
pub fn assume(account: &str, external_id: Option<&str>) -> ReadCall {
    ReadCall::AssumeRole {
        role_arn: format!("arn:aws:iam::{account}:role/{ROLE}"),
        session_name: "transitd-corp".into(),
        external_id: external_id.map(str::to_owned),
        seconds: 3600,
    }
}
