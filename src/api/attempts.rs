//! One call, several attempts: each paid for, each failure classed, and sent again only where AWS has surely not acted.

use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

use super::bucket::Limit;
use super::calls::Service;
use super::clock::Clock;
use super::door::ApiError;
use super::faults::{self, Intention};
use super::pace::Pace;
use super::retry::{self, Policy};
use crate::model::{Fault, Scope, Trouble};

/// What is called, and how it may be called.
pub struct Call<'a> {
    pub scope: &'a Scope,
    pub service: Service,
    pub action: &'static str,
    pub intention: Intention,
    /// What AWS publishes for the action.
    pub limit: Limit,
}

/// One attempt, as a door makes it.
pub type Attempt<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'a>>;

/// The means that every attempt needs. Cheap to clone; clones share the pace.
#[derive(Clone)]
pub struct Line {
    pub pace: Arc<Pace>,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    /// Until when attempts may begin: every pass ends.
    pub deadline: Timestamp,
}

impl Line {
    /// Makes attempts until one succeeds, or the fault forbids another, or attempts or time run out.
    ///
    /// # Errors
    /// The last attempt's error, with its class in words for the stages above.
    pub async fn call<'a, T>(&self, call: Call<'_>, attempt: impl Fn() -> Attempt<'a, T> + Send) -> Result<T, Trouble> {
        let mut waits = self.policy.waits(salt(call.scope, call.action));
        loop {
            if !self.pace.wait(call.scope, call.action, call.limit, self.deadline).await {
                return Err(trouble(
                    call.action,
                    Fault::Throttled,
                    ApiError::not_sent("the time of this pass was over"),
                ));
            }
            let error = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let fault = faults::classify(call.service, call.intention, &error);
            if fault == Fault::Throttled {
                self.pace.slow_down(call.scope, call.action, call.limit);
            }
            let wait = if retry::may_send_again(fault) { waits.next() } else { None };
            let when = wait.and_then(|wait| self.clock.now().checked_add(wait).ok());
            match when.filter(|when| *when <= self.deadline) {
                Some(when) => self.clock.sleep_until(when).await,
                None => return Err(trouble(call.action, fault, error)),
            }
        }
    }
}

/// Makes the trouble that a failed call is to the stages above.
pub fn trouble(action: &str, fault: Fault, error: ApiError) -> Trouble {
    Trouble { fault, code: error.code, message: error.message, action: action.to_owned(), request_id: error.request_id }
}

/// Gives calls that fail together different jitter, the same in every run.
fn salt(scope: &Scope, action: &str) -> u64 {
    // FNV-1a: any stable spread will do.
    let text = format!("{scope} {action}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
