//! The executor: sends the steps that are ready, each journaled before and settled after. Decides nothing.
//!
//! One outcome for each step, never an error: a step that fails does not keep its siblings from running. Steps that
//! wait are not waited for; the next pass plans anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::api::{ApiError, Clock, Ref, Reply, Sender, WriteCall};
use crate::model::{AttachmentId, BLACKHOLE, Fault, Trouble, plain};
use crate::plan::{Step, StepId, Why, fingerprint};
use crate::review::ApprovedPlan;
use crate::store::{Entry, Made, Settled, Store, StoreError};

/// What became of the steps that were ready.
pub type Outcomes = BTreeMap<StepId, Outcome>;

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// AWS said yes. Believed for good when it is seen.
    Done,
    /// AWS says that it is so already. Believed when it is seen.
    AlreadyDone,
    /// AWS is not ready for it, or refused it for its rate, or it never left: a later pass.
    Later(Trouble),
    /// The answer was lost: neither done nor not done until seen.
    InDoubt(Trouble),
    /// AWS refuses it, and will until something changes.
    Failed(Trouble),
    /// transitd was asked to stop before its turn came.
    NotSent,
    /// Somebody gave another order since the plan was made: a hold, a pause, or the end of one. The next pass plans anew.
    Overruled,
    /// It could not be journaled, so it was not sent.
    NotJournaled(String),
}

impl Outcome {
    /// Returns its word, as a label and in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::AlreadyDone => "already-done",
            Outcome::Later(_) => "later",
            Outcome::InDoubt(_) => "in-doubt",
            Outcome::Failed(_) => "failed",
            Outcome::NotSent => "not-sent",
            Outcome::Overruled => "overruled",
            Outcome::NotJournaled(_) => "not-journaled",
        }
    }

    /// Tells whether the step's call left for AWS, whatever came of it.
    pub fn is_sent(&self) -> bool {
        match self {
            Outcome::Done | Outcome::AlreadyDone => true,
            Outcome::Later(trouble) | Outcome::InDoubt(trouble) | Outcome::Failed(trouble) => {
                let never_left = [ApiError::NOT_SENT, ApiError::NO_CREDENTIALS].contains(&trouble.code.as_str());
                !never_left && !trouble.is_of_entering()
            }
            Outcome::NotSent | Outcome::Overruled | Outcome::NotJournaled(_) => false,
        }
    }

    /// Returns what went wrong, for the log.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Outcome::Done | Outcome::AlreadyDone | Outcome::NotSent | Outcome::Overruled => None,
            Outcome::Later(trouble) | Outcome::InDoubt(trouble) | Outcome::Failed(trouble) => Some(trouble.to_string()),
            Outcome::NotJournaled(why) => Some(why.clone()),
        }
    }
}

/// What sending steps takes.
pub struct Executor {
    pub sender: Arc<dyn Sender>,
    pub store: Arc<Mutex<dyn Store>>,
    pub clock: Arc<dyn Clock>,
    /// How many steps are sent at the same time.
    pub at_once: usize,
    /// Once cancelled, no further step is sent; those in flight are finished and settled.
    pub stop: CancellationToken,
}

impl Executor {
    /// Sends every step that is ready.
    pub async fn apply(&self, approved: &ApprovedPlan) -> Outcomes {
        let at_once = Arc::new(Semaphore::new(self.at_once));
        let mut sending = JoinSet::new();
        for step in approved.plan().ready() {
            let (step, at_once) = (step.clone(), at_once.clone());
            let (sender, store, clock) = (self.sender.clone(), self.store.clone(), self.clock.clone());
            let stop = self.stop.clone();
            sending.spawn(async move {
                let _turn = at_once.acquire().await;
                let outcome =
                    if stop.is_cancelled() { Outcome::NotSent } else { send(&step, &*sender, &store, &*clock).await };
                tell(&step, &outcome);
                (step.id, outcome)
            });
        }
        let mut outcomes = Outcomes::new();
        while let Some(done) = sending.join_next().await {
            let (step, outcome) = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            outcomes.insert(step, outcome);
        }
        outcomes
    }
}

async fn send(step: &Step, sender: &dyn Sender, store: &Mutex<dyn Store>, clock: &dyn Clock) -> Outcome {
    let entry = Entry {
        step: step.id.to_string(),
        key: step.key.ledger(),
        scope: step.scope.clone(),
        call: fingerprint(&step.call),
        before: before(step),
        removes: step.is_removal(),
        segment: step.segment.clone(),
        at: clock.now(),
    };
    let journaled = locked(store, |store| store.begin(&entry));
    let id = match journaled {
        Ok(id) => id,
        Err(StoreError::Overruled) => return Outcome::Overruled,
        Err(error) => return Outcome::NotJournaled(error.to_string()),
    };
    tracing::debug!(step = %step.id, scope = %step.scope, call = %entry.call, "sending");
    let answer = sender.send(&step.scope, &step.call).await;
    let (outcome, settled) = judge(step, answer);
    if let Err(error) = locked(store, |store| store.settle(id, &settled, clock.now())) {
        // Unsettled is in doubt: the next pass, or the next start, looks before it sends this again.
        tracing::error!(step = %step.id, %error, "could not settle the journal");
    }
    outcome
}

/// Logs what became of a step: one event for each, sent or not.
fn tell(step: &Step, outcome: &Outcome) {
    let (why, call) = (plain(&before(step), "drift"), plain(&fingerprint(&step.call), "action"));
    let (word, trouble) = (outcome.word(), outcome.trouble());
    tracing::info!(step = step.id.as_str(), scope = %step.scope, why, call, outcome = word, trouble, "step");
}

/// Returns why a step is sent, with what was there before, as the journal keeps it.
fn before(step: &Step) -> String {
    serde_json::to_string(&step.why).unwrap_or_default()
}

fn locked<T>(
    store: &Mutex<dyn Store>,
    work: impl FnOnce(&mut dyn Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    work(&mut *store.lock().unwrap_or_else(PoisonError::into_inner))
}

fn judge(step: &Step, answer: Result<Reply, Trouble>) -> (Outcome, Settled) {
    let trouble = match answer {
        Ok(reply) => return (Outcome::Done, Settled::Done { made: made(step, reply) }),
        Err(trouble) => trouble,
    };
    let settled = Settled::NotDone(trouble.clone());
    match trouble.fault {
        Fault::InDoubt => (Outcome::InDoubt(trouble.clone()), Settled::InDoubt(trouble)),
        Fault::AlreadyDone => (Outcome::AlreadyDone, settled),
        Fault::Throttled | Fault::Transient | Fault::Settling => (Outcome::Later(trouble), settled),
        Fault::StaleCredentials | Fault::Denied | Fault::Quota | Fault::Invalid | Fault::Unexpected => {
            (Outcome::Failed(trouble), settled)
        }
    }
}

/// Returns what a call that AWS took has made ours: nothing where it only changed what is another's.
fn made(step: &Step, reply: Reply) -> Option<Made> {
    let at = |attachment: &Option<Ref<AttachmentId>>| match attachment {
        Some(id) => id.known().map(ToString::to_string),
        None => Some(BLACKHOLE.to_owned()),
    };
    let value = match &step.call {
        WriteCall::CreateTransitGateway { options, .. } => options.asn.to_string(),
        WriteCall::CreateResourceShare { gateway, .. } => gateway.known()?.to_string(),
        WriteCall::AssociateResourceShare { principals, .. } => principals.first()?.clone(),
        WriteCall::CreateTransitGatewayRouteTable { gateway, .. }
        | WriteCall::CreateTransitGatewayVpcAttachment { gateway, .. }
        | WriteCall::CreateRoute { gateway, .. } => gateway.known()?.to_string(),
        WriteCall::AssociateTransitGatewayRouteTable { table, attachment }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
            format!("{} {}", table.known()?, attachment.known()?)
        }
        WriteCall::CreateTransitGatewayRoute { table, attachment, .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { table, attachment, .. } => {
            format!("{} {}", table.known()?, at(attachment)?)
        }
        // What is replaced was ours before; one whose target was lost is ours too.
        WriteCall::ReplaceTransitGatewayRoute { table, attachment, .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { table, attachment, .. } => {
            format!("{table} {}", at(attachment)?)
        }
        // Our own route with a new target stays ours; one that only looked blackholed is whose it was before.
        WriteCall::ReplaceRoute { gateway, .. } if matches!(step.why, Why::OldTarget { .. }) => {
            gateway.known()?.to_string()
        }
        WriteCall::ReplaceRoute { .. }
        | WriteCall::ModifyTransitGateway { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::DisassociateResourceShare { .. }
        | WriteCall::DeleteResourceShare { .. }
        | WriteCall::AcceptResourceShareInvitation { .. }
        | WriteCall::DeleteTransitGatewayRouteTable { .. }
        | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::DeleteTransitGatewayRoute { .. }
        | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
        | WriteCall::DeleteRoute { .. }
        | WriteCall::CreateTags { .. }
        | WriteCall::TagResource { .. } => return None,
    };
    Some(Made { id: reply.id, value })
}

#[cfg(test)]
mod tests;
