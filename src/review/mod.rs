//! The gate: turns a plan into an [`ApprovedPlan`], or refuses it. Nothing else can make one, and nothing else is applied.
//!
//! The planner should never make a plan that is refused here. That is the point: two pieces of code, written apart,
//! have to agree before anything is sent.

mod budget;
mod fabric;
mod isolation;
mod orders;
mod ownership;
mod sight;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::{AccountId, History, HubName, ListId, NetworkName, Problem, Scope, SegmentName, Snapshot, Topology};
use crate::plan::{Gaps, Outlook, Plan, Policy, Risk, Step, StepId};

use sight::Sight;

/// A plan that may be applied.
#[derive(Debug)]
pub struct ApprovedPlan(Plan);

impl ApprovedPlan {
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

/// Why a plan is refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[serde(tag = "violation", rename_all = "kebab-case")]
pub enum Violation {
    #[error("two steps have the id '{step}'")]
    Doubled { step: StepId },
    #[error("'{step}' comes after '{after}', which is not before it in the plan")]
    Order { step: StepId, after: StepId },
    #[error("'{step}' is ready, and builds on '{after}', which has not been done")]
    Early { step: StepId, after: StepId },
    #[error("'{step}' is ready, and needs an id that is not known")]
    Incomplete { step: StepId },
    #[error("'{step}' takes something away, and rests on {list}, which was not read to its end")]
    Evidence { step: StepId, list: String },
    #[error("'{step}' takes something away, and names nothing that it rests on")]
    NoEvidence { step: StepId },
    #[error("'{step}' cuts traffic for about {seconds} s, which nobody has allowed")]
    Gap { step: StepId, seconds: u32 },
    #[error("'{step}' takes something away, and the file freezes today")]
    Frozen { step: StepId },
    #[error("'{step}' takes away what the ledger does not prove to be ours, as it is now")]
    NotOurs { step: StepId },
    #[error("'{step}' takes something away, and not everything could be read in this pass")]
    Unread { step: StepId },
    #[error("{ready} removals are ready, and the budget of {budget} has room for {room}")]
    Budget { budget: String, ready: usize, room: usize },
    #[error("the file declares nothing at all, and {removals} things would be taken away")]
    NothingDeclared { removals: usize },
    #[error("'{step}' is ready, and a person told transitd to leave '{hold}' alone")]
    Held { step: StepId, hold: String },
    #[error("'{step}' is ready, and a person has paused the network")]
    Paused { step: StepId },
    #[error("'{step}' writes in {scope}, which was not looked at in this pass")]
    Scope { step: StepId, scope: Scope },
    #[error("the plan would let {one} and {other}, which are isolated, reach each other on hub {hub}: {path}")]
    Isolation { one: SegmentName, other: SegmentName, hub: HubName, path: String },
}

/// Judges the isolations that the file declares, as the network is now: those that are broken, and those that cannot be
/// proved since something is unknown. They keep no step from being taken.
pub fn isolation(want: &Topology, seen: &Snapshot, past: &History, network: &NetworkName) -> BTreeSet<Problem> {
    isolation::problems(&Sight::new(want, seen, past, network))
}

/// Checks a plan as a whole and step by step.
///
/// # Errors
/// Every violation that was found, in order.
pub fn review(
    plan: Plan,
    want: &Topology,
    seen: &Snapshot,
    past: &History,
    policy: &Policy,
) -> Result<ApprovedPlan, Vec<Violation>> {
    let mut violations = Vec::new();
    let complete = seen.complete(&policy.home);
    let mut before: BTreeSet<&StepId> = BTreeSet::new();
    for step in &plan.steps {
        if before.contains(&step.id) {
            violations.push(Violation::Doubled { step: step.id.clone() });
        }
        order(step, &before, &mut violations);
        evidence(step, &complete, &mut violations);
        gap(step, policy, &mut violations);
        if step.outlook == Outlook::Ready && !ownership::is_proved(step, seen, past) {
            violations.push(Violation::NotOurs { step: step.id.clone() });
        }
        if step.outlook == Outlook::Ready && step.is_removal() && !plan.unknown.is_empty() {
            violations.push(Violation::Unread { step: step.id.clone() });
        }
        if !is_in_view(&step.scope, seen, &policy.home) {
            violations.push(Violation::Scope { step: step.id.clone(), scope: step.scope.clone() });
        }
        before.insert(&step.id);
    }
    orders::check(&plan, seen, past, &mut violations);
    budget::check(&plan, seen.at, past, &policy.budgets, &mut violations);
    let sight = Sight::new(want, seen, past, &policy.network);
    isolation::check(&plan.steps, &sight, &mut violations);
    let removals = plan.steps.iter().filter(|step| step.is_removal()).count();
    if plan.counts.declared == 0 && removals > 0 {
        violations.push(Violation::NothingDeclared { removals });
    }
    if violations.is_empty() { Ok(ApprovedPlan(plan)) } else { Err(violations) }
}

fn order(step: &Step, before: &BTreeSet<&StepId>, violations: &mut Vec<Violation>) {
    let ready = step.outlook == Outlook::Ready;
    for after in &step.after {
        if !before.contains(after) {
            violations.push(Violation::Order { step: step.id.clone(), after: after.clone() });
        }
        if ready {
            violations.push(Violation::Early { step: step.id.clone(), after: after.clone() });
        }
    }
    if ready && !step.call.is_sendable() {
        violations.push(Violation::Incomplete { step: step.id.clone() });
    }
}

fn evidence(step: &Step, complete: &BTreeSet<ListId>, violations: &mut Vec<Violation>) {
    match step.risk {
        Risk::Adds | Risk::Changes => return,
        Risk::Removes | Risk::Cuts { .. } => {}
    }
    if step.evidence.is_empty() {
        violations.push(Violation::NoEvidence { step: step.id.clone() });
    }
    // What is only shown may rest on what could not be read, and says so.
    if let Outlook::Left { .. } = step.outlook {
        return;
    }
    for list in step.evidence.difference(complete) {
        violations.push(Violation::Evidence { step: step.id.clone(), list: list.to_string() });
    }
}

fn gap(step: &Step, policy: &Policy, violations: &mut Vec<Violation>) {
    if step.outlook != Outlook::Ready {
        return;
    }
    if policy.frozen && matches!(step.risk, Risk::Removes | Risk::Cuts { .. }) {
        violations.push(Violation::Frozen { step: step.id.clone() });
    }
    match (step.risk, policy.gaps) {
        (Risk::Cuts { seconds }, Gaps::Ask | Gaps::Forbid) => {
            violations.push(Violation::Gap { step: step.id.clone(), seconds });
        }
        (Risk::Cuts { .. }, Gaps::Allow) | (Risk::Adds | Risk::Changes | Risk::Removes, _) => {}
    }
}

/// Tells whether a scope was looked at: a member that was entered, or the home account in a hub's region.
fn is_in_view(scope: &Scope, seen: &Snapshot, home: &AccountId) -> bool {
    seen.members.contains_key(scope) || (scope.account == *home && seen.hubs.contains_key(&scope.region))
}

#[cfg(test)]
mod tests;
