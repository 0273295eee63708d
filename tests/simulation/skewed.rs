//! A clock that is off by so much, all the time, as a machine's may be whose time nobody sets.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use transitd::api::Clock;

use crate::support::clock::SandboxClock;

pub struct Skewed {
    pub inner: SandboxClock,
    pub by: SignedDuration,
}

#[async_trait]
impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        self.inner.now() + self.by
    }

    async fn sleep_until(&self, when: Timestamp) {
        self.inner.sleep_until(when - self.by).await;
    }
}
