//! What is sent again, how often, and after how long: backon's schedules, with the jitter seeded and the waiting ours.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::model::Fault;

/// The bounds of one pass's calls.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How often one call is sent at most, the first time included.
    pub attempts: usize,
    /// The first wait; each further one is about twice as long.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// How many scopes are read, or steps sent, at the same time.
    pub at_once: usize,
    /// How many pages one list may have. AWS's quotas stay far below; a list past it is unknown, not cut short.
    pub pages: usize,
    /// What the jitter is drawn from.
    pub seed: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(20),
            // Enough to keep a thousand accounts within minutes; few enough to be kind to a small machine.
            at_once: 32,
            pages: 1000,
            seed: 0,
        }
    }
}

impl Policy {
    /// Returns the waits between the attempts of one call. `salt` makes calls that fail together come back apart.
    pub fn waits(&self, salt: u64) -> impl Iterator<Item = Duration> + Send + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_factor(2.0)
            .with_jitter()
            .with_jitter_seed(self.seed ^ salt)
            .with_max_times(self.attempts.saturating_sub(1))
            .build()
    }
}

/// Tells whether a failed call may be sent again in the same pass: only when AWS has surely not acted on it.
pub fn may_send_again(fault: Fault) -> bool {
    match fault {
        // Refused for its rate; or a read, or a write that never left.
        Fault::Throttled | Fault::Transient => true,
        Fault::InDoubt
        | Fault::Settling
        | Fault::AlreadyDone
        | Fault::StaleCredentials
        | Fault::Denied
        | Fault::Quota
        | Fault::Invalid
        | Fault::Unexpected => false,
    }
}
