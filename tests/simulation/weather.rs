//! The weather: what happens to each call, and for how long what lasts goes on.

use std::collections::BTreeMap;

use aws_sandbox::random::Dice;
use jiff::{SignedDuration, Timestamp};
use transitd::api::{Credentials, Service, Session};

use crate::mix::Mix;

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Throttled,
    FailingBefore,
    FailingAfter,
    LostBefore,
    LostAfter,
    NotSent,
    Expired,
    Denied,
    /// The role is not there, or trusts nobody.
    Closed,
    CrashBefore,
    CrashAfter,
    /// Done and answered; the process dies before it can settle the journal.
    CrashUnsettled,
}

/// A call, as far as the weather cares.
pub struct Called<'a> {
    pub session: &'a Session,
    pub service: Service,
    pub action: &'static str,
    /// The account whose role is asked for, if that is what the call does.
    pub role_of: Option<String>,
    pub is_write: bool,
}

/// The weather, which outlives the processes.
pub struct Weather {
    mix: Mix,
    dice: Dice,
    /// Until when an account may not make such calls.
    denied: BTreeMap<(String, &'static str), Timestamp>,
    /// Until when an account's role cannot be assumed.
    closed: BTreeMap<String, Timestamp>,
    /// Until when a service does not answer, and whether it is reached at all.
    out: BTreeMap<Service, (Timestamp, bool)>,
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
            closed: BTreeMap::new(),
            out: BTreeMap::new(),
            dark: Timestamp::MIN,
            calls: 0,
            fair: false,
            troubles: 0,
            crashes: 0,
        }
    }

    /// Draws what happens to a call.
    pub fn draw(&mut self, call: &Called<'_>, now: Timestamp) -> Option<Trouble> {
        if self.fair {
            return None;
        }
        self.calls += 1;
        let trouble = self.lasting(call, now).or_else(|| self.passing(call));
        self.troubles += u64::from(trouble.is_some());
        trouble
    }

    /// Draws whether a list is answered as it was before.
    pub fn is_stale(&mut self) -> bool {
        !self.fair && self.dice.fraction() < self.mix.stale
    }

    /// Draws whether something happens that comes this often.
    fn comes(&mut self, rate: f64) -> bool {
        self.dice.fraction() < rate
    }

    /// Draws an end: up to so many minutes from now.
    fn until(&mut self, now: Timestamp, most: f64) -> Timestamp {
        now + SignedDuration::from_secs(60 + (self.dice.fraction() * most * 60.0) as i64)
    }

    /// What goes on, or begins, and lasts for minutes.
    fn lasting(&mut self, call: &Called<'_>, now: Timestamp) -> Option<Trouble> {
        if self.comes(self.mix.dark) {
            self.dark = self.until(now, 10.0);
        }
        if now < self.dark {
            return Some(Trouble::NotSent);
        }
        if self.comes(self.mix.outage) {
            let reached = self.comes(0.5);
            let until = self.until(now, 30.0);
            self.out.insert(call.service, (until, reached));
        }
        match self.out.get(&call.service) {
            Some((until, true)) if now < *until => return Some(Trouble::FailingBefore),
            Some((until, false)) if now < *until => return Some(Trouble::NotSent),
            Some(_) | None => {}
        }
        if let Some(account) = &call.role_of {
            if self.comes(self.mix.closed) {
                let until = self.until(now, 120.0);
                self.closed.insert(account.clone(), until);
            }
            if self.closed.get(account).is_some_and(|until| now < *until) {
                return Some(Trouble::Closed);
            }
        }
        let key = (call.session.scope.account.to_string(), call.action);
        if self.comes(self.mix.denied) {
            let until = self.until(now, 20.0);
            self.denied.insert(key.clone(), until);
        }
        self.denied.get(&key).is_some_and(|until| now < *until).then_some(Trouble::Denied)
    }

    /// What happens to this call alone.
    fn passing(&mut self, call: &Called<'_>) -> Option<Trouble> {
        if self.mix.every_second && self.calls.is_multiple_of(2) {
            return Some(Trouble::Throttled);
        }
        if self.comes(self.mix.expired) && call.session.credentials != Credentials::Ambient {
            return Some(Trouble::Expired);
        }
        if call.is_write && self.comes(self.mix.crash) {
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
