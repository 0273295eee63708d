//! The door with weather in front of it: calls that are throttled, fail, get lost or are denied, lists that are answered as
//! before, people between two calls, and the process's death.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use aws_sandbox::Sandbox;
use aws_sandbox::network::vpc_attachment::State;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use transitd::api::{ApiError, Items, Page, Read, ReadCall, Reply, Sending, Service, Session, Write, WriteCall};
use transitd::plan::fingerprint;

use crate::memory::Process;
use crate::scene::Scene;
use crate::support::door::{SandboxDoor, lock};
use crate::watch::Fate;
use crate::weather::{Called, Trouble};

/// What AWS has answered whom, and when it was so: a list may be answered once more as it was.
#[derive(Clone, Default)]
pub struct Echoes(Arc<Mutex<BTreeMap<String, (Timestamp, Page)>>>);

impl Echoes {
    /// Returns the last answer, if things were so at most so many seconds ago.
    fn last(&self, name: &str, now: Timestamp, seconds: f64) -> Option<Page> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, page) = answers.get(name)?;
        (now.duration_since(*at) < SignedDuration::from_secs_f64(seconds)).then(|| page.clone())
    }

    fn keep(&self, name: String, now: Timestamp, page: &Page) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, (now, page.clone()));
    }
}

/// Who goes through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The daemon: by what it reads it writes.
    Daemon,
    /// A report beside it.
    Beside,
}

/// The door of one process.
pub struct Door {
    pub inner: SandboxDoor,
    pub scene: Scene,
    pub party: Party,
    pub process: Process,
    /// Told when the process dies.
    pub death: Arc<Notify>,
}

impl Door {
    fn draw(&self, called: &Called<'_>) -> Option<Trouble> {
        let now = self.now();
        self.scene.weather().draw(called, now)
    }

    fn now(&self) -> Timestamp {
        lock(&self.scene.sandbox).now()
    }

    fn die(&self) {
        self.scene.weather().crashes += 1;
        self.process.die();
        self.death.notify_one();
    }

    /// What a dead process waits for.
    async fn never<T>(&self) -> T {
        std::future::pending().await
    }

    /// Answers a read that arrives: as things are, or as they were.
    async fn answered(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        if !is_list(call) {
            return self.inner.page(session, call, token).await;
        }
        let (now, name) = (self.now(), format!("{} {call:?} {token:?}", session.scope));
        let stale = self.scene.weather().is_stale();
        let page = match self.scene.echoes.last(&name, now, self.scene.mix.echo()).filter(|_| stale) {
            Some(page) => page,
            None => {
                let page = self.inner.page(session, call, token).await?;
                self.scene.echoes.keep(name, now, &page);
                page
            }
        };
        if let (Party::Daemon, Items::Vpcs(vpcs)) = (self.party, &page.items) {
            self.scene.removals.told(self.scene.land().memberships(vpcs));
        }
        Ok(page)
    }
}

/// Tells whether a call asks for what AWS copies about, and so may answer late.
fn is_list(call: &ReadCall) -> bool {
    !matches!(call, ReadCall::GetCallerIdentity | ReadCall::AssumeRole { .. })
}

/// Tells whether a call is about an attachment that AWS is busy changing.
fn is_changing(call: &WriteCall, sandbox: &Sandbox) -> bool {
    let attachments = &sandbox.world.network.vpc_attachments;
    attachments.iter().any(|it| it.state == State::Modifying && fingerprint(call).contains(&it.id))
}

/// Returns the account whose role a call asks for.
fn role_of(call: &ReadCall) -> Option<String> {
    let ReadCall::AssumeRole { role_arn, .. } = call else { return None };
    role_arn.split(':').nth(4).map(str::to_owned)
}

#[async_trait]
impl Read for Door {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        if self.process.is_dead() {
            return self.never().await;
        }
        if self.party == Party::Daemon {
            self.scene.meanwhile();
            self.scene.watch.call();
            // What every look asks first.
            if *call == ReadCall::GetCallerIdentity {
                self.scene.watch.look(self.now());
                self.scene.removals.look(self.now());
            }
        }
        let service = call.service();
        let called = Called { session, service, action: call.action(), role_of: role_of(call), is_write: false };
        let trouble = self.draw(&called);
        if self.party == Party::Daemon {
            self.scene.removals.read(format!("{} {call:?}", session.scope), trouble.is_some());
        }
        match trouble {
            None => self.answered(session, call, token).await,
            Some(trouble) => Err(error(service, trouble)),
        }
    }
}

#[async_trait]
impl Write for Door {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        if self.process.is_dead() {
            return self.never().await;
        }
        let scene = &self.scene;
        scene.meanwhile();
        scene.watch.call();
        let now = self.now();
        scene.watch.sending(&session.scope, call);
        scene.removals.sending(call, &lock(&scene.sandbox)).into_iter().for_each(|wrong| scene.watch.wrong(wrong));
        let service = call.service();
        let trouble = self.draw(&Called { session, service, action: call.action(), role_of: None, is_write: true });
        let (done, fate) = match trouble {
            None | Some(Trouble::CrashUnsettled) => (true, Fate::Told),
            Some(Trouble::FailingAfter | Trouble::LostAfter | Trouble::CrashAfter) => (true, Fate::LostDone),
            Some(Trouble::FailingBefore | Trouble::LostBefore | Trouble::CrashBefore) => (false, Fate::LostUndone),
            Some(Trouble::Throttled | Trouble::NotSent | Trouble::Expired | Trouble::Denied | Trouble::Closed) => {
                (false, Fate::Told)
            }
        };
        scene.watch.sent(&session.scope, call, now, fate);
        let reply = if done { Some(self.inner.send(session, call).await) } else { None };
        match &reply {
            Some(Err(error)) => {
                scene.watch.refused(call, &error.code, is_changing(call, &lock(&scene.sandbox)));
            }
            Some(Ok(reply)) => scene.removals.done(call, reply),
            None => {}
        }
        if done && trouble.is_some() {
            scene.land().unheard(call);
        }
        if done {
            scene.judge();
        }
        match trouble {
            None => reply.unwrap_or_else(|| Err(lost())),
            Some(Trouble::CrashBefore | Trouble::CrashAfter) => {
                self.die();
                self.never().await
            }
            Some(Trouble::CrashUnsettled) => {
                self.die();
                reply.unwrap_or_else(|| Err(lost()))
            }
            Some(trouble) => Err(error(service, trouble)),
        }
    }
}

/// Says what the caller hears of a trouble.
fn error(service: Service, trouble: Trouble) -> ApiError {
    match trouble {
        Trouble::Throttled => match service {
            Service::Ec2 => answer("RequestLimitExceeded", 503),
            Service::Sts | Service::Iam => answer("Throttling", 400),
            Service::Organizations => answer("TooManyRequestsException", 400),
            Service::Ram => answer("ThrottlingException", 429),
        },
        Trouble::FailingBefore | Trouble::FailingAfter => answer("InternalError", 500),
        Trouble::Denied if service == Service::Ec2 => answer("UnauthorizedOperation", 403),
        Trouble::Denied | Trouble::Closed => answer("AccessDenied", 403),
        Trouble::NotSent => ApiError::not_sent("no route to host"),
        Trouble::Expired => answer("ExpiredToken", 400),
        Trouble::LostBefore
        | Trouble::LostAfter
        | Trouble::CrashBefore
        | Trouble::CrashAfter
        | Trouble::CrashUnsettled => lost(),
    }
}

fn answer(code: &str, status: u16) -> ApiError {
    ApiError {
        code: code.to_owned(),
        status: Some(status),
        message: "drawn".to_owned(),
        request_id: None,
        sending: Sending::Answered,
    }
}

fn lost() -> ApiError {
    ApiError {
        code: ApiError::NO_ANSWER.to_owned(),
        status: None,
        message: "drawn".to_owned(),
        request_id: None,
        sending: Sending::Unanswered,
    }
}
