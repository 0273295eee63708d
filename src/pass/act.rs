//! The second half of a pass: what a look has made ready is reviewed, sent and settled.
//!
//! `apply` and the daemon share it. Whoever only looks does not have one, and so holds no door that could write.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use super::{Look, Refusals};
use crate::api::{Clock, Reader, Write, Writer};
use crate::apply::{Executor, Outcome, Outcomes};
use crate::model::{History, Refused, Snapshot, Topology};
use crate::observe::Misplaced;
use crate::plan::{Moved, Plan, fingerprint};
use crate::review::{Violation, review};
use crate::store::{Store, StoreError};

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
    /// What is to be done is not what the saved plan says.
    Moved(Moved),
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

/// What acting takes.
pub struct Actor {
    pub door: Arc<dyn Write>,
    pub store: Arc<Mutex<dyn Store>>,
    pub clock: Arc<dyn Clock>,
    /// Once cancelled, nothing more is sent; what is in flight is finished and settled.
    pub stop: CancellationToken,
}

impl Pass {
    /// Makes a pass of a look at which nothing was done.
    pub fn of_look(number: usize, look: Look) -> Self {
        let Look { seen, want, plan, calls, .. } = look;
        Self { number, seen, want, plan, outcomes: Outcomes::new(), calls }
    }

    /// Tells whether something was sent, and AWS was not ready for any of it: then it is asked ever less often.
    pub fn came_to_nothing(&self) -> bool {
        let progress = |outcome: &Outcome| {
            matches!(outcome, Outcome::Done | Outcome::InDoubt(_) | Outcome::Failed(_) | Outcome::Overruled)
        };
        !self.outcomes.is_empty() && !self.outcomes.values().any(progress)
    }
}

impl Actor {
    /// Does what a look has made ready, within the time of `reader`. Not to be broken off: what is sent is settled.
    ///
    /// Returns the pass, and how it ended if there is nothing more to do now.
    ///
    /// # Errors
    /// When the store does not work: nothing is sent then.
    pub async fn act(
        &self,
        number: usize,
        look: Look,
        past: &History,
        reader: Reader,
        refusals: &mut Refusals,
    ) -> Result<(Pass, Option<Ended>), Broken> {
        let policy = look.policy.clone();
        learn(&self.store, &look)?;
        let mut pass = Pass::of_look(number, look);
        if pass.plan.is_at_rest() {
            let ended = if pass.plan.is_in_sync() { Ended::InSync } else { Ended::Blocked };
            return Ok((pass, Some(ended)));
        }
        let approved = match review(pass.plan.clone(), &pass.want, &pass.seen, past, &policy) {
            Ok(approved) => approved,
            Err(violations) => return Ok((pass, Some(Ended::Refused(violations)))),
        };
        if self.stop.is_cancelled() {
            return Ok((pass, Some(Ended::Stopped)));
        }
        let pace = reader.pace();
        let before = pace.attempts();
        pass.outcomes = self.executor(reader).apply(&approved).await;
        pass.calls += pace.attempts() - before;
        self.keep_in_mind(&pass, refusals)?;
        Ok((pass, None))
    }

    /// Notes what AWS refused for good.
    fn keep_in_mind(&self, pass: &Pass, refusals: &mut Refusals) -> Result<(), Broken> {
        for step in pass.plan.ready() {
            match pass.outcomes.get(&step.id) {
                Some(Outcome::Failed(trouble)) => {
                    let refusal = Refused { call: fingerprint(&step.call), trouble: trouble.clone() };
                    refusals.note(step.id.to_string(), refusal, self.clock.now());
                }
                Some(Outcome::NotJournaled(why)) => return Err(Broken::Journal(why.clone())),
                Some(
                    Outcome::Done
                    | Outcome::AlreadyDone
                    | Outcome::Later(_)
                    | Outcome::InDoubt(_)
                    | Outcome::NotSent
                    | Outcome::Overruled,
                )
                | None => {}
            }
        }
        Ok(())
    }

    fn executor(&self, reader: Reader) -> Executor {
        Executor {
            at_once: reader.at_once(),
            sender: Arc::new(Writer::new(self.door.clone(), reader)),
            store: self.store.clone(),
            clock: self.clock.clone(),
            stop: self.stop.clone(),
        }
    }
}

/// Remembers what a look has shown: what was done of what was sent, which VPCs have left or are back, and that all is well.
///
/// # Errors
/// When it could not be written.
pub fn learn(store: &Mutex<dyn Store>, look: &Look) -> Result<(), StoreError> {
    let plan = &look.plan;
    let confirmed: Vec<String> = plan.confirmed.iter().map(ToString::to_string).collect();
    with(store, |store| {
        store.confirm(&confirmed, look.seen.at)?;
        store.depart(&plan.departures)?;
        if plan.is_all_well() { store.all_well(plan.counts) } else { Ok(()) }
    })
}

/// Works with a store that is shared. A thread that died with it in hand leaves it as whole as a transaction does.
pub fn with<T>(
    store: &Mutex<dyn Store>,
    work: impl FnOnce(&mut dyn Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    work(&mut *store.lock().unwrap_or_else(PoisonError::into_inner))
}
