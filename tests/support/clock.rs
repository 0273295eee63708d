//! The sandbox's time, as transitd's clock. Waiting costs nothing: whoever waits moves the time on.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use transitd::api::Clock;

use super::door::{Shared, lock};

/// A clock that shows the sandbox's time.
#[derive(Clone, Debug)]
pub struct SandboxClock {
    sandbox: Shared,
}

impl SandboxClock {
    pub fn new(sandbox: Shared) -> Self {
        Self { sandbox }
    }
}

#[async_trait]
impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        lock(&self.sandbox).now()
    }

    /// Moves the sandbox's time on to `when`, never back. Yields once, so that tasks that wait together take turns.
    async fn sleep_until(&self, when: Timestamp) {
        {
            let mut sandbox = lock(&self.sandbox);
            if let Ok(left) = Duration::try_from(when.duration_since(sandbox.now())) {
                sandbox.advance(left);
            }
        }
        tokio::task::yield_now().await;
    }
}
