//! The pace: one bucket for each account, region and action, and the one place where an attempt is paid for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::bucket::{Bucket, Limit, Take};
use super::clock::Clock;
use super::limits;
use crate::model::{AccountId, Region, Scope};

type BucketKey = (AccountId, Region, &'static str);

/// Paces all calls of a process. Every attempt goes through [`Pace::wait`], retries too.
pub struct Pace {
    clock: Arc<dyn Clock>,
    buckets: Mutex<BTreeMap<BucketKey, Bucket>>,
    tallies: Mutex<BTreeMap<&'static str, Tally>>,
}

/// What one action came to so far, over all scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Attempts that were paid for: never fewer than were made.
    pub attempts: u64,
    /// Attempts that AWS refused for their rate.
    pub throttled: u64,
    /// How long attempts waited for their turn, all together.
    pub waited: SignedDuration,
}

impl Pace {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, buckets: Mutex::default(), tallies: Mutex::default() }
    }

    /// Takes a token for one attempt, waiting for it until `deadline`.
    ///
    /// Returns whether there was one in time. After the deadline there is none, however many are left: calls that take long
    /// are to end a pass, too.
    pub async fn wait(&self, scope: &Scope, action: &'static str, published: Limit, deadline: Timestamp) -> bool {
        let asked = self.clock.now();
        if asked > deadline {
            return false;
        }
        loop {
            match self.take(scope, action, published) {
                Take::Ready => {
                    let waited = self.clock.now().duration_since(asked);
                    self.tally(action, |tally| {
                        tally.attempts += 1;
                        tally.waited = tally.waited.saturating_add(waited);
                    });
                    return true;
                }
                Take::At(when) if when > deadline => return false,
                Take::At(when) => self.clock.sleep_until(when).await,
            }
        }
    }

    /// Notes that AWS refused a call for its rate.
    pub fn slow_down(&self, scope: &Scope, action: &'static str, published: Limit) {
        self.with_bucket(scope, action, published, |bucket, now| bucket.slow_down(now));
        self.tally(action, |tally| tally.throttled += 1);
    }

    /// Returns how many attempts were paid for: never fewer than were made.
    pub fn attempts(&self) -> u64 {
        self.tallies().values().map(|tally| tally.attempts).sum()
    }

    /// Returns what each action came to so far.
    pub fn tallies(&self) -> BTreeMap<&'static str, Tally> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tally(&self, action: &'static str, note: impl FnOnce(&mut Tally)) {
        note(self.tallies.lock().unwrap_or_else(PoisonError::into_inner).entry(action).or_default());
    }

    fn take(&self, scope: &Scope, action: &'static str, published: Limit) -> Take {
        self.with_bucket(scope, action, published, Bucket::take)
    }

    fn with_bucket<T>(
        &self,
        scope: &Scope,
        action: &'static str,
        published: Limit,
        use_it: impl FnOnce(&mut Bucket, Timestamp) -> T,
    ) -> T {
        let now = self.clock.now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (scope.account.clone(), scope.region.clone(), action);
        use_it(buckets.entry(key).or_insert_with(|| Bucket::full(limits::ours(published), now)), now)
    }
}
