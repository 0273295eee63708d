//! The sandbox's time on a clock whose hands somebody may set back.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use transitd::api::Clock;

use crate::support::clock::SandboxClock;
use crate::support::door::Shared;

pub struct Hands {
    time: SandboxClock,
    behind: Mutex<SignedDuration>,
    next: Mutex<SignedDuration>,
}

impl Hands {
    pub fn new(sandbox: Shared) -> Self {
        Self { time: SandboxClock::new(sandbox), behind: Mutex::default(), next: Mutex::default() }
    }

    /// Returns the time that it really is.
    pub fn time(&self) -> Timestamp {
        self.time.now()
    }

    /// Sets the hands back at once.
    pub fn set_back(&self, by: SignedDuration) {
        *self.behind.lock().unwrap() += by;
    }

    /// Sets the hands back while somebody waits the next time.
    pub fn set_back_at_the_next_wait(&self, by: SignedDuration) {
        *self.next.lock().unwrap() = by;
    }
}

#[async_trait]
impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.time.now() - *self.behind.lock().unwrap()
    }

    async fn sleep_until(&self, when: Timestamp) {
        let really = when + *self.behind.lock().unwrap();
        self.time.sleep_until(really).await;
        self.set_back(std::mem::take(&mut *self.next.lock().unwrap()));
    }
}
