//! Passes until the network is in sync, or nothing more can be done, or the time is over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Look, Observer};
use crate::api::{Clock, Write, Writer};
use crate::apply::{Executor, Outcome, Outcomes};
use crate::model::{Refused, Snapshot, Topology};
use crate::observe::Misplaced;
use crate::plan::{LATEST, Plan, fingerprint};
use crate::review::{Violation, review};
use crate::store::{Store, StoreError};

/// What converging takes.
pub struct Converge {
    pub observer: Observer,
    pub door: Arc<dyn Write>,
    pub store: Arc<Mutex<dyn Store>>,
    pub clock: Arc<dyn Clock>,
    /// When no further pass begins.
    pub deadline: Timestamp,
    /// Ends the converging between two calls: what is in flight is finished and settled.
    pub stop: CancellationToken,
}

/// One pass that was made.
pub struct Pass {
    pub number: usize,
    pub seen: Snapshot,
    pub want: Topology,
    pub plan: Plan,
    pub outcomes: Outcomes,
    pub calls: u64,
}

/// How converging ended.
#[derive(Debug)]
pub enum Ended {
    /// Everything is as declared.
    InSync,
    /// What could be done is done; the last pass says what stands in the way.
    Blocked,
    /// The time is over, and steps are left.
    TimeOver,
    /// Somebody asked to stop.
    Stopped,
    /// Review refused the plan.
    Refused(Vec<Violation>),
}

/// Why converging could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error(transparent)]
    Misplaced(#[from] Misplaced),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a step could not be journaled, and was not sent: {0}")]
    Journal(String),
}

/// Tells whether something was sent, and AWS was not ready for any of it: then it is asked ever less often.
fn came_to_nothing(outcomes: &Outcomes) -> bool {
    let progress = |outcome: &Outcome| matches!(outcome, Outcome::Done | Outcome::InDoubt(_) | Outcome::Failed(_));
    !outcomes.is_empty() && !outcomes.values().any(progress)
}

impl Converge {
    /// Makes passes until there is nothing left to do. `each` is given every pass once it is over.
    ///
    /// # Errors
    /// When this is not the declared place, or the store does not work: nothing is sent then.
    pub async fn run(&self, mut each: impl FnMut(Pass)) -> Result<Ended, Broken> {
        let mut refused: BTreeMap<String, Refused> = BTreeMap::new();
        let mut in_vain = 0;
        self.with_store(|store| store.take_over(self.clock.now()))?;
        for number in 1.. {
            let mut past = self.with_store(|store| store.history())?;
            past.refused.clone_from(&refused);
            let look = tokio::select! {
                look = self.observer.look(&past, self.deadline) => look?,
                () = self.stop.cancelled() => return Ok(Ended::Stopped),
            };
            let (pass, ended) = self.act(number, look, &mut refused).await?;
            in_vain = if came_to_nothing(&pass.outcomes) { in_vain + 1 } else { 0 };
            let wait = pass.plan.look_again.unwrap_or_default().saturating_mul(1 << in_vain.min(5)).min(LATEST);
            each(pass);
            if let Some(ended) = ended {
                return Ok(ended);
            }
            let next = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
            if next > self.deadline {
                return Ok(Ended::TimeOver);
            }
            tokio::select! {
                () = self.stop.cancelled() => return Ok(Ended::Stopped),
                () = self.clock.sleep_until(next) => {}
            }
        }
        Ok(Ended::TimeOver)
    }

    /// Does what a look has made ready. Not to be broken off: what is sent is settled.
    async fn act(
        &self,
        number: usize,
        Look { seen, want, plan, policy, calls }: Look,
        refused: &mut BTreeMap<String, Refused>,
    ) -> Result<(Pass, Option<Ended>), Broken> {
        let confirmed: Vec<String> = plan.confirmed.iter().map(ToString::to_string).collect();
        self.with_store(|store| store.confirm(&confirmed, seen.at))?;

        let mut pass = Pass { number, seen, want, plan, outcomes: Outcomes::new(), calls };
        if pass.plan.steps.is_empty() && pass.plan.pending.is_empty() {
            let ended = if pass.plan.is_in_sync() { Ended::InSync } else { Ended::Blocked };
            return Ok((pass, Some(ended)));
        }
        let approved = match review(pass.plan.clone(), &pass.seen, &policy) {
            Ok(approved) => approved,
            Err(violations) => return Ok((pass, Some(Ended::Refused(violations)))),
        };
        if self.stop.is_cancelled() {
            return Ok((pass, Some(Ended::Stopped)));
        }
        pass.outcomes = self.executor().apply(&approved).await;
        for step in pass.plan.ready() {
            match pass.outcomes.get(&step.id) {
                Some(Outcome::Failed(trouble)) => {
                    let refusal = Refused { call: fingerprint(&step.call), trouble: trouble.clone() };
                    refused.insert(step.id.to_string(), refusal);
                }
                Some(Outcome::NotJournaled(why)) => return Err(Broken::Journal(why.clone())),
                Some(
                    Outcome::Done | Outcome::AlreadyDone | Outcome::Later(_) | Outcome::InDoubt(_) | Outcome::NotSent,
                )
                | None => {}
            }
        }
        Ok((pass, None))
    }

    fn executor(&self) -> Executor {
        let reader = self.observer.reader.until(self.deadline);
        Executor {
            at_once: reader.at_once(),
            sender: Arc::new(Writer::new(self.door.clone(), reader)),
            store: self.store.clone(),
            clock: self.clock.clone(),
            stop: self.stop.clone(),
        }
    }

    fn with_store<T>(&self, work: impl FnOnce(&mut dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        work(&mut *self.store.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
