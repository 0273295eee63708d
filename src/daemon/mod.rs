//! The daemon: passes without end, woken by a timer and by signals, each wake-up the same and without input.
//!
//! ```text
//! timer, signals ─bell→ pass: look → act ─→ log, board, matters ─→ when to look next
//! ```
//!
//! What always holds: one pass at a time; every pass ends; with `mode: observe` there is no door that could write; a
//! config that is refused changes nothing; whatever goes wrong in a pass, there is a next one. Time, signals, the
//! service manager and the way to a person come in from outside, so that simulated years are as good as real ones.

mod bell;
mod board;
pub mod health;
mod host;
mod log;
mod matters;
mod metrics;
mod notice;
mod resend;
mod schedule;
mod telling;
mod unready;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::api::{Clock, Write};
use crate::pass::{Actor, Broken, Ended, Look, Observer, Pass, Refusals, learn, with};
use crate::store::{Store, StoreError};

pub use bell::{Bell, Ring, Wanted};
pub use board::Board;
pub use host::{Address, Host, Word};
pub use matters::{Channel, Matters, STANDS};
pub use metrics::Metrics;
pub use notice::{News, Notice};
use resend::Resend;
use unready::Unready;

/// How long a pass may take: over a thousand accounts it stays in minutes.
pub const PASS: SignedDuration = SignedDuration::from_mins(30);

/// How long the loop waits at a stretch: it gives a sign of life in between, and sees when the clock was set.
const GLANCE: SignedDuration = SignedDuration::from_secs(5);

/// What the config makes of the daemon.
pub struct Setup {
    pub observer: Observer,
    /// None with `mode: observe`: there is no door that could write.
    pub door: Option<Arc<dyn Write>>,
    pub every: Duration,
    /// Where notices are sent.
    pub addresses: Vec<Address>,
}

/// Where the config comes from.
#[async_trait]
pub trait Source: Send + Sync {
    /// Reads the config again. `now` is the observer of the one in force, whose pace and door go on.
    ///
    /// # Errors
    /// Why the config is refused, for a person.
    async fn load(&self, now: &Observer) -> Result<Setup, String>;
}

/// What happens, for whoever listens.
pub enum Happening<'a> {
    /// A pass was made.
    Passed(&'a Pass, Option<&'a Ended>),
    /// A drift report was asked for.
    Reported(&'a Look, &'a Observer),
    /// The config was read again and taken.
    Reloaded,
    /// The config was read again and refused: the old one is kept.
    NotReloaded(&'a str),
    /// A pass could not be made.
    Broke(&'a Broken),
}

/// The listener.
pub type Listener<'a> = dyn FnMut(Happening<'_>) + Send + 'a;

/// What the loop runs on.
pub struct Daemon<'a> {
    pub source: &'a dyn Source,
    pub store: Arc<Mutex<dyn Store>>,
    pub clock: Arc<dyn Clock>,
    pub bell: Arc<Bell>,
    /// Cancelled to end the loop: calls in flight are finished and settled.
    pub stop: CancellationToken,
    pub board: Arc<Board>,
    pub host: Arc<dyn Host>,
    /// What the jitter is drawn from.
    pub seed: u64,
}

/// What the loop carries from pass to pass. Nothing in it grows with time.
struct Course {
    setup: Setup,
    number: usize,
    refusals: Refusals,
    in_vain: u32,
    matters: Matters,
    /// Since when AWS has not been ready for what.
    unready: Unready,
    /// When notices are sent again that did not arrive.
    resend: Resend,
    /// Why the config on disk is refused, if it is.
    refused: Option<String>,
    /// The passes since the last one that could be made.
    outage: log::Outage,
    /// What the last pass said in one line.
    said: String,
    /// The last order that a pass was planned by.
    orders: i64,
}

/// Why the loop woke.
enum Woken {
    Due,
    /// A pass is due before its time: somebody gave an order, or the clock was set back.
    AtOnce,
    Rung(Wanted),
    Stopped,
}

impl Daemon<'_> {
    /// Runs until it is stopped.
    ///
    /// # Errors
    /// When the state cannot be taken over at the start. Later troubles are told, and tried again.
    pub async fn run(&self, setup: Setup, each: &mut Listener<'_>) -> Result<(), StoreError> {
        with(&self.store, |store| store.take_over(self.clock.now()))?;
        let mut course = Course {
            setup,
            number: 0,
            refusals: Refusals::default(),
            in_vain: 0,
            matters: Matters::of(with(&self.store, |store| store.findings())?),
            unready: Unready::default(),
            resend: Resend::default(),
            refused: None,
            outage: log::Outage::default(),
            said: String::new(),
            orders: 0,
        };
        self.introduce(&mut course);
        log::begins(&course.setup);
        self.host.tell(&Word::Ready);
        'life: while !self.stop.is_cancelled() {
            let next = self.pass(&mut course, each).await;
            loop {
                let until = course.resend.at().map_or(next, |resend| resend.min(next));
                match self.wait(until, course.orders).await {
                    Woken::Stopped => break 'life,
                    Woken::Due if self.clock.now() < next => self.tell_people(&mut course).await,
                    Woken::Due | Woken::AtOnce => {
                        // Where passes take longer than the time between two, this is the only time to listen.
                        if let Some(wanted) = self.bell.rung() {
                            self.answer(wanted, &mut course, each).await;
                        }
                        break;
                    }
                    Woken::Rung(wanted) => {
                        if self.answer(wanted, &mut course, each).await {
                            break;
                        }
                    }
                }
            }
        }
        tracing::info!("ends: what was in flight is settled");
        self.host.tell(&Word::Stopping);
        Ok(())
    }

    /// Does what was rung for, and tells whether a pass is to follow.
    async fn answer(&self, wanted: Wanted, course: &mut Course, each: &mut Listener<'_>) -> bool {
        log::asked(wanted);
        if wanted.reload {
            self.reload(course, each).await;
        }
        if wanted.report {
            self.report(course, each).await;
        }
        let asked = wanted.reconcile || wanted.reload;
        if asked {
            // A person may have mended what no call shows.
            course.refusals.forget();
        }
        asked
    }

    /// Waits for the time of the next pass, or a ring, or another order than that of number `orders`, or the end. A clock
    /// that was set back is no reason to wait longer.
    async fn wait(&self, until: Timestamp, orders: i64) -> Woken {
        let began = self.clock.now();
        loop {
            let now = self.clock.now();
            self.board.beat();
            let ordered = with(&self.store, |store| store.last_order()).is_ok_and(|last| last != orders);
            if now < began || ordered {
                return Woken::AtOnce;
            }
            if now >= until {
                return Woken::Due;
            }
            let glance = now.checked_add(GLANCE).unwrap_or(Timestamp::MAX).min(until);
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Woken::Stopped,
                wanted = self.bell.heard() => return Woken::Rung(wanted),
                () = self.clock.sleep_until(glance) => {}
            }
        }
    }

    /// Makes one pass, whatever comes of it, and returns when the next one begins.
    async fn pass(&self, course: &mut Course, each: &mut Listener<'_>) -> Timestamp {
        course.number += 1;
        let began = self.clock.now();
        self.board.beat();
        let made = self.make(course, began).await;
        self.board.beat();
        self.board.metrics.tallies(&course.setup.observer.tallies());
        let every = course.setup.every;
        match made {
            Ok(None) => began,
            Ok(Some((pass, ended))) => {
                self.passed(course, &pass, ended.as_ref()).await;
                each(Happening::Passed(&pass, ended.as_ref()));
                self.next(course, began, &pass, ended.as_ref())
            }
            Err(broken) => {
                self.broke(course, &broken).await;
                each(Happening::Broke(&broken));
                schedule::in_trouble(self.clock.now(), every)
            }
        }
    }

    /// Looks, and acts if it may. None when it was stopped before it had seen everything.
    async fn make(&self, course: &mut Course, began: Timestamp) -> Result<Option<(Pass, Option<Ended>)>, Broken> {
        let deadline = began.checked_add(PASS).unwrap_or(Timestamp::MAX);
        let Course { setup, number, refusals, orders, .. } = course;
        *orders = with(&self.store, |store| store.last_order())?;
        let mut past = with(&self.store, |store| store.history(self.clock.now()))?;
        past.refused = refusals.at(began);
        let look = tokio::select! {
            biased;
            look = setup.observer.look(&past, deadline) => look?,
            () = self.stop.cancelled() => return Ok(None),
        };
        let looked = self.clock.now();
        self.board.looked(look.seen.at, setup.every);
        self.board.metrics.stage("look", looked.duration_since(began));
        let Some(door) = &setup.door else {
            // What only looks still learns: who is back has not been gone for all the time since.
            learn(&self.store, &look)?;
            return Ok(Some((Pass::of_look(*number, look), None)));
        };
        let (door, store, clock, stop) = (door.clone(), self.store.clone(), self.clock.clone(), self.stop.clone());
        let actor = Actor { door, store, clock, stop };
        let acted = actor.act(*number, look, &past, setup.observer.reader(deadline), refusals).await?;
        self.board.metrics.stage("act", self.clock.now().duration_since(looked));
        Ok(Some(acted))
    }

    fn next(&self, course: &mut Course, began: Timestamp, pass: &Pass, ended: Option<&Ended>) -> Timestamp {
        let (now, every) = (self.clock.now(), course.setup.every);
        course.in_vain = if pass.came_to_nothing() { course.in_vain.saturating_add(1) } else { 0 };
        // Where the clock was set back during the pass, it began in the future.
        let regular = schedule::regular(began.min(now), every, self.seed, course.number as u64);
        let next = match (pass.plan.look_again, ended) {
            (Some(look_again), None) if course.setup.door.is_some() => {
                schedule::settling(now, look_again, course.in_vain, every)
            }
            (_, Some(_)) | (None, _) | (Some(_), None) => regular,
        };
        // A person is told of nothing that the next look may show to be over.
        if course.matters.are_young() { next.min(schedule::in_trouble(now, every)) } else { next }
    }

    /// Reads the config again.
    async fn reload(&self, course: &mut Course, each: &mut Listener<'_>) {
        self.host.tell(&Word::Reloading);
        match self.source.load(&course.setup.observer).await {
            Ok(setup) => {
                tracing::info!(mode = log::mode(&setup), every = ?setup.every, "the config was read again");
                course.setup = setup;
                course.refused = None;
                // A person may have mended the address.
                course.resend = Resend::default();
                self.introduce(course);
                each(Happening::Reloaded);
            }
            Err(why) => {
                tracing::error!(why, "the config is refused, and the old one kept");
                each(Happening::NotReloaded(&why));
                course.refused = Some(why);
            }
        }
        self.host.tell(&Word::Ready);
    }

    /// Writes a drift report: a look that nothing follows.
    async fn report(&self, course: &mut Course, each: &mut Listener<'_>) {
        let now = self.clock.now();
        let deadline = now.checked_add(PASS).unwrap_or(Timestamp::MAX);
        let observer = &course.setup.observer;
        let mut past = match with(&self.store, |store| store.history(now)) {
            Ok(past) => past,
            Err(error) => return tracing::error!(%error, "no report could be made"),
        };
        past.refused = course.refusals.at(now);
        tokio::select! {
            look = observer.look(&past, deadline) => match look {
                Ok(look) => each(Happening::Reported(&look, observer)),
                Err(error) => tracing::error!(%error, "no report could be made"),
            },
            () = self.stop.cancelled() => {}
        }
    }
}

/// Tells the service manager that the process is alive, for as long as the loop is. To be run beside it.
pub async fn watch(host: Arc<dyn Host>, board: Arc<Board>, clock: Arc<dyn Clock>) {
    let Some(every) = host.watchdog() else { return };
    // Half of the time, as sd_watchdog_enabled(3) advises.
    let wait = SignedDuration::try_from(every / 2).unwrap_or(SignedDuration::MAX);
    loop {
        if board.is_alive() {
            host.tell(&Word::Watchdog);
        }
        clock.sleep_until(clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)).await;
    }
}
