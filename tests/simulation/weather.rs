//! The door with weather in front of it: calls that are throttled, fail, get lost or are denied, and the process's death.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws_sandbox::random::Dice;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use transitd::api::{ApiError, Credentials, Page, Read, ReadCall, Reply, Sending, Session, Write, WriteCall};

use crate::memory::Process;
use crate::removals::Removals;
use crate::support::door::{SandboxDoor, Shared, lock};
use crate::watch::{Fate, Watch};

/// How often each trouble comes, as a part of all calls.
#[derive(Clone, Debug, Default)]
pub struct Mix {
    pub throttled: f64,
    pub failing_before: f64,
    pub failing_after: f64,
    pub lost_before: f64,
    pub lost_after: f64,
    pub not_sent: f64,
    /// How often a call begins a time in which its account may not make such calls.
    pub denied: f64,
    /// How often a write is the process's last.
    pub crash: f64,
    /// Whether AWS refuses every second call for its rate.
    pub every_second: bool,
    /// How often the keys of a role run out in the middle of a pass.
    pub expired: f64,
    /// How often a call begins a time in which AWS cannot be reached at all.
    pub dark: f64,
    /// By how many seconds the machine's clock is off.
    pub skew: f64,
    /// How often people do something between two passes.
    pub people: f64,
    /// How often people give an order between two passes.
    pub orders: f64,
    /// How long new things may stay out of sight, in seconds.
    pub lag: f64,
}

impl Mix {
    /// Draws a mix: of each trouble none, a little or much.
    pub fn draw(dice: &mut Dice) -> Self {
        let mut rate = |most: f64| {
            let kind = dice.fraction();
            if kind < 0.5 { 0.0 } else { most * dice.fraction() }
        };
        Self {
            throttled: rate(0.2),
            failing_before: rate(0.1),
            failing_after: rate(0.1),
            lost_before: rate(0.1),
            lost_after: rate(0.1),
            not_sent: rate(0.1),
            denied: rate(0.01),
            crash: rate(0.3),
            every_second: rate(1.0) > 0.8,
            expired: rate(0.05),
            dark: rate(0.005),
            // Beyond five minutes AWS takes no signature.
            skew: rate(480.0) - rate(240.0),
            people: rate(0.4),
            orders: rate(0.3),
            lag: rate(240.0),
        }
    }
}

impl Mix {
    /// Tells whether no answer gets lost and no process dies: then transitd knows of all that it made.
    pub fn is_calm(&self) -> bool {
        let lost = [self.failing_before, self.failing_after, self.lost_before, self.lost_after, self.crash];
        lost.iter().all(|rate| *rate == 0.0)
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mix { throttled, failing_before, failing_after, lost_before, lost_after, .. } = self;
        let Mix { not_sent, denied, crash, people, lag, .. } = self;
        let Mix { every_second, expired, dark, skew, orders, .. } = self;
        write!(
            f,
            "throttled {throttled:.2}, 5xx {failing_before:.2} before and {failing_after:.2} after, lost {lost_before:.2} \
             before and {lost_after:.2} after, not sent {not_sent:.2}, denied {denied:.4}, crash {crash:.2}, people \
             {people:.2}, lag {lag:.0} s, every second throttled {every_second}, keys expired {expired:.3}, dark {dark:.4}, \
             clock off by {skew:.0} s, orders {orders:.2}"
        )
    }
}

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Throttled,
    FailingBefore,
    FailingAfter,
    LostBefore,
    LostAfter,
    NotSent,
    Expired,
    Denied,
    CrashBefore,
    CrashAfter,
    /// Done and answered; the process dies before it can settle the journal.
    CrashUnsettled,
}

/// The weather, which outlives the processes.
pub struct Weather {
    pub mix: Mix,
    dice: Dice,
    denied: BTreeMap<(String, &'static str), Timestamp>,
    /// Until when AWS cannot be reached.
    dark: Timestamp,
    /// Calls so far, for every second of them.
    calls: u64,
    pub fair: bool,
    pub troubles: u64,
    pub crashes: u64,
}

impl Weather {
    pub fn new(mix: Mix, dice: Dice) -> Self {
        Self {
            mix,
            dice,
            denied: BTreeMap::new(),
            dark: Timestamp::MIN,
            calls: 0,
            fair: false,
            troubles: 0,
            crashes: 0,
        }
    }

    fn draw(&mut self, session: &Session, action: &'static str, is_write: bool, now: Timestamp) -> Option<Trouble> {
        if self.fair {
            return None;
        }
        self.calls += 1;
        if now < self.dark {
            return Some(Trouble::NotSent);
        }
        if self.dice.fraction() < self.mix.dark {
            let minutes = 1 + (self.dice.fraction() * 10.0) as i64;
            self.dark = now + SignedDuration::from_mins(minutes);
            return Some(Trouble::NotSent);
        }
        if self.mix.every_second && self.calls.is_multiple_of(2) {
            return Some(Trouble::Throttled);
        }
        if session.credentials != Credentials::Ambient && self.dice.fraction() < self.mix.expired {
            return Some(Trouble::Expired);
        }
        let key = (session.scope.account.to_string(), action);
        if self.denied.get(&key).is_some_and(|until| now < *until) {
            return Some(Trouble::Denied);
        }
        if self.dice.fraction() < self.mix.denied {
            let minutes = 1 + (self.dice.fraction() * 20.0) as i64;
            self.denied.insert(key, now + SignedDuration::from_mins(minutes));
            return Some(Trouble::Denied);
        }
        if is_write && self.dice.fraction() < self.mix.crash {
            let kinds = [Trouble::CrashBefore, Trouble::CrashAfter, Trouble::CrashUnsettled];
            return Some(kinds[(self.dice.fraction() * 3.0) as usize]);
        }
        let mix = &self.mix;
        let kinds = [
            (mix.throttled, Trouble::Throttled),
            (mix.failing_before, Trouble::FailingBefore),
            (mix.failing_after, Trouble::FailingAfter),
            (mix.lost_before, Trouble::LostBefore),
            (mix.lost_after, Trouble::LostAfter),
            (mix.not_sent, Trouble::NotSent),
        ];
        let mut rest = self.dice.fraction();
        for (rate, kind) in kinds {
            if rest < rate {
                return Some(kind);
            }
            rest -= rate;
        }
        None
    }
}

/// The door of one process.
pub struct Door {
    pub inner: SandboxDoor,
    pub sandbox: Shared,
    pub weather: Arc<Mutex<Weather>>,
    pub watch: Watch,
    pub removals: Removals,
    pub process: Process,
    /// Told when the process dies.
    pub death: Arc<Notify>,
}

impl Door {
    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, session: &Session, action: &'static str, is_write: bool) -> Option<Trouble> {
        let now = self.now();
        let mut weather = self.weather();
        let trouble = weather.draw(session, action, is_write, now);
        weather.troubles += u64::from(trouble.is_some());
        trouble
    }

    fn now(&self) -> Timestamp {
        lock(&self.sandbox).now()
    }

    fn die(&self) {
        self.weather().crashes += 1;
        self.process.die();
        self.death.notify_one();
    }

    /// What a dead process waits for.
    async fn never<T>(&self) -> T {
        std::future::pending().await
    }
}

#[async_trait]
impl Read for Door {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        if self.process.is_dead() {
            return self.never().await;
        }
        self.watch.call();
        // What every look asks first.
        if *call == ReadCall::GetCallerIdentity {
            self.watch.look(self.now());
            self.removals.look();
        }
        let trouble = self.draw(session, call.action(), false);
        self.removals.read(format!("{} {call:?}", session.scope), trouble.is_some());
        match trouble {
            None => self.inner.page(session, call, token).await,
            Some(Trouble::Throttled) => Err(answer("RequestLimitExceeded", 503)),
            Some(Trouble::FailingBefore | Trouble::FailingAfter) => Err(answer("InternalError", 500)),
            Some(Trouble::Denied) => Err(answer("UnauthorizedOperation", 403)),
            Some(Trouble::NotSent) => Err(ApiError::not_sent("no route to host")),
            Some(Trouble::Expired) => Err(answer("ExpiredToken", 400)),
            Some(
                Trouble::LostBefore
                | Trouble::LostAfter
                | Trouble::CrashBefore
                | Trouble::CrashAfter
                | Trouble::CrashUnsettled,
            ) => Err(lost()),
        }
    }
}

#[async_trait]
impl Write for Door {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        if self.process.is_dead() {
            return self.never().await;
        }
        self.watch.call();
        let now = self.now();
        self.watch.sending(&session.scope, call);
        self.removals.sending(call, &lock(&self.sandbox)).into_iter().for_each(|wrong| self.watch.wrong(wrong));
        let trouble = self.draw(session, call.action(), true);
        let (done, fate) = match trouble {
            None | Some(Trouble::CrashUnsettled) => (true, Fate::Told),
            Some(Trouble::FailingAfter | Trouble::LostAfter | Trouble::CrashAfter) => (true, Fate::LostDone),
            Some(Trouble::FailingBefore | Trouble::LostBefore | Trouble::CrashBefore) => (false, Fate::LostUndone),
            Some(Trouble::Throttled | Trouble::NotSent | Trouble::Expired | Trouble::Denied) => (false, Fate::Told),
        };
        self.watch.sent(&session.scope, call, now, fate);
        let reply = if done { Some(self.inner.send(session, call).await) } else { None };
        match &reply {
            Some(Err(error)) => self.watch.answered(call, &error.code),
            Some(Ok(reply)) => self.removals.done(call, reply),
            None => {}
        }
        match trouble {
            Some(Trouble::CrashBefore | Trouble::CrashAfter) => {
                self.die();
                self.never().await
            }
            Some(Trouble::CrashUnsettled) => {
                self.die();
                reply.unwrap_or_else(|| Err(lost()))
            }
            Some(Trouble::Throttled) => Err(answer("RequestLimitExceeded", 503)),
            Some(Trouble::FailingBefore | Trouble::FailingAfter) => Err(answer("InternalError", 500)),
            Some(Trouble::Denied) => Err(answer("UnauthorizedOperation", 403)),
            Some(Trouble::NotSent) => Err(ApiError::not_sent("no route to host")),
            Some(Trouble::Expired) => Err(answer("ExpiredToken", 400)),
            Some(Trouble::LostBefore | Trouble::LostAfter) => Err(lost()),
            None => reply.unwrap_or_else(|| Err(lost())),
        }
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
