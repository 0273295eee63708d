//! A clock that hurries as the sandbox does. It shows the same time in every process, so that a restart loses none.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use transitd::api::{Clock, WallClock};

/// How much faster than AWS the sandbox works, and than the machine's clock this one.
pub const FACTOR: i32 = 120;

/// The hurried clock.
#[derive(Clone, Copy, Debug)]
pub struct Hurried;

#[async_trait]
impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        let origin: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a constant");
        origin + WallClock.now().duration_since(origin) * FACTOR
    }

    async fn sleep_until(&self, when: Timestamp) {
        let left: SignedDuration = when.duration_since(self.now()) / FACTOR;
        tokio::time::sleep(Duration::try_from(left).unwrap_or(Duration::ZERO)).await;
    }
}
