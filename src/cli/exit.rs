//! The exit codes: part of the interface, since scripts and pipelines decide by them.

use crate::apply::{Outcome, Outcomes};
use crate::model::Problem;
use crate::plan::Plan;

/// How a command ended. The first that fits, in the order of [`Exit::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    InSync,
    CouldNotRun,
    Drift,
    Unknown,
    StepsFailed,
    Refused,
}

pub const HELP: &str = "Exit codes: 0 in sync; 1 could not run; 2 drift, or apply is not done; 3 something could not be read; \
4 some steps failed; 5 review refused the plan, or it is not the saved one any more";

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::InSync => 0,
            Exit::CouldNotRun => 1,
            Exit::Drift => 2,
            Exit::Unknown => 3,
            Exit::StepsFailed => 4,
            Exit::Refused => 5,
        }
    }

    /// Judges a plan that was looked at and perhaps applied.
    pub fn of(plan: &Plan, outcomes: &Outcomes) -> Self {
        let failed = outcomes.values().any(|outcome| matches!(outcome, Outcome::Failed(_)));
        let refused = plan.problems.iter().any(|problem| matches!(problem, Problem::StepRefused { .. }));
        if !plan.unknown.is_empty() {
            Exit::Unknown
        } else if failed || refused {
            Exit::StepsFailed
        } else if !plan.is_in_sync() {
            Exit::Drift
        } else {
            Exit::InSync
        }
    }
}
