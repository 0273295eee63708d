//! Passes until the network is in sync, or nothing more can be done, or the time is over.

use jiff::Timestamp;

use super::act::with;
use super::{Actor, Broken, Ended, Observer, Pass, Refusals};
use crate::plan::{LATEST, SavedPlan};

/// What converging takes.
pub struct Converge {
    pub observer: Observer,
    pub actor: Actor,
    /// When no further pass begins.
    pub deadline: Timestamp,
}

impl Converge {
    /// Makes passes until there is nothing left to do. `each` is given every pass once it is over.
    ///
    /// # Errors
    /// When this is not the declared place, or the store does not work: nothing is sent then.
    pub async fn run(&self, each: impl FnMut(Pass)) -> Result<Ended, Broken> {
        self.run_within(None, each).await
    }

    /// Makes passes as [`Converge::run`] does, and nothing but what a saved plan says: if the first look comes to another plan,
    /// or a later one to a step that is not in it, it ends before anything of that pass is sent.
    ///
    /// # Errors
    /// As [`Converge::run`].
    pub async fn run_within(&self, saved: Option<&SavedPlan>, mut each: impl FnMut(Pass)) -> Result<Ended, Broken> {
        let Actor { store, clock, stop, .. } = &self.actor;
        let mut refusals = Refusals::default();
        let mut in_vain = 0;
        with(store, |store| store.take_over(clock.now()))?;
        for number in 1.. {
            let mut past = with(store, |store| store.history(clock.now()))?;
            past.refused = refusals.at(clock.now());
            let look = tokio::select! {
                look = self.observer.look(&past, self.deadline) => look?,
                () = stop.cancelled() => return Ok(Ended::Stopped),
            };
            let judged = saved.map_or(Ok(()), |saved| match number {
                1 => saved.stands(&look.plan, &look.policy),
                _ => saved.covers(&look.plan),
            });
            if let Err(moved) = judged {
                return Ok(Ended::Moved(moved));
            }
            let reader = self.observer.reader(self.deadline);
            let (pass, ended) = self.actor.act(number, look, &past, reader, &mut refusals).await?;
            in_vain = if pass.came_to_nothing() { in_vain + 1 } else { 0 };
            let wait = pass.plan.look_again.unwrap_or_default().saturating_mul(1 << in_vain.min(5)).min(LATEST);
            each(pass);
            if let Some(ended) = ended {
                return Ok(ended);
            }
            let next = clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
            if next > self.deadline {
                return Ok(Ended::TimeOver);
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(Ended::Stopped),
                () = clock.sleep_until(next) => {}
            }
        }
        Ok(Ended::TimeOver)
    }
}
