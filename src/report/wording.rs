//! What every decision is called: one function for each enum, each match complete, so that a new variant has to be
//! worded before it compiles.
//!
//! Messages are lower-case fragments without a full stop; they say what would be right, and hints what a person can do.

mod commands;
mod help;
mod lists;
mod object;
mod problem;
mod step;
mod unmanaged;

use crate::api::ApiError;
use crate::apply::Outcome;
use crate::model::{Fault, Kind, Trouble};
use crate::plan::Risk;
use crate::review::Violation;

use super::style::Paint;

pub(super) use lists::{list_noun, list_of, list_owners, list_words, scope_of};
pub(super) use object::{deed, object, target, verb};
pub(super) use problem::{KEPT_UNTIL, problem};
pub(super) use step::{danger, left, reason, waits, why};
#[cfg(test)]
pub(super) use step::{risk, wait};
pub(super) use unmanaged::{leftover_help, unmanaged, unmanaged_help};

/// How a person allows a gap. `apply` takes the state's lock, which a daemon that runs has.
const ALLOW_GAPS: &str = "when a gap can be borne: with the daemon stopped (`systemctl stop transitd`), `transitd apply \
                          --allow-gaps`, then start it again; or `safety: { gaps: allow }`";

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wording {
    pub about: String,
    pub reason: String,
    pub help: String,
}

impl Wording {
    pub fn text(&self) -> String {
        format!("{}: {}", self.about, self.reason)
    }
}

/// Returns the colour of what a step does.
pub(super) fn risk_paint(risk: Risk) -> Paint {
    match risk {
        Risk::Adds => Paint::Good,
        Risk::Changes => Paint::Notable,
        Risk::Removes | Risk::Cuts { .. } => Paint::Bad,
    }
}

/// Puts the class of a failed call into words; fits after "the call failed, since".
pub(super) fn fault(trouble: &Trouble) -> &'static str {
    match trouble.fault {
        Fault::Throttled if trouble.code == ApiError::NOT_SENT => "the time for the call was over before its turn came",
        Fault::Throttled => "AWS refused the call for its rate",
        Fault::Transient => "the call did not get through",
        Fault::InDoubt => "the answer was lost",
        Fault::Settling => "AWS is still busy with what this needs",
        Fault::AlreadyDone => "AWS says that it is so already",
        Fault::StaleCredentials => "the credentials ran out or were not taken",
        Fault::Denied => "a permission, a trust or an organization policy is missing",
        Fault::Quota => "a quota is full",
        Fault::Invalid => "AWS does not take the request as it is",
        Fault::Unexpected => "transitd does not know this answer",
    }
}

/// Says what a person can do about a failed call.
pub(super) fn fault_help(trouble: &Trouble) -> String {
    let action = &trouble.action;
    match trouble.fault {
        Fault::Throttled if trouble.code == ApiError::NOT_SENT => {
            format!("leave it to the next pass; if it stays, find what else calls {action} there so often")
        }
        Fault::Throttled => format!("it may pass by itself; if not, find what else calls {action} there so often"),
        Fault::Transient => {
            "it may pass by itself; if not, see that AWS's endpoints can be reached from here".to_owned()
        }
        Fault::InDoubt => {
            "leave it to transitd: it is not sent again before a look has shown whether it was done".to_owned()
        }
        Fault::Settling => "leave it to transitd: a later pass tries again".to_owned(),
        Fault::AlreadyDone => "leave it to transitd: the next look shows whether it is so".to_owned(),
        Fault::StaleCredentials => {
            "see that the credentials are current, the clock is right and the role still exists".to_owned()
        }
        Fault::Denied if trouble.is_of_entering() => {
            "see that the role exists, trusts the home account's role and asks for the external id under \
             accounts.role; an account that is none of this network's can be named under accounts.exclude"
                .to_owned()
        }
        Fault::Denied => {
            format!("allow {action} in the role's policies, and see that no organization policy denies it")
        }
        Fault::Quota => "ask AWS for more under Service Quotas, or make room".to_owned(),
        Fault::Invalid => "mend what AWS names; the same request is not sent again in this run".to_owned(),
        Fault::Unexpected => "report it with the code and the request id; it may be a bug in transitd".to_owned(),
    }
}

/// Puts a failed call into words: call, AWS's code and message, and the request's id for a support case.
pub(super) fn trouble(trouble: &Trouble) -> String {
    match &trouble.request_id {
        Some(id) => format!("{trouble}, request {id}"),
        None => trouble.to_string(),
    }
}

/// What became of a step, in one word and with its details.
pub(super) struct Came {
    pub word: &'static str,
    pub paint: Paint,
    /// What AWS or the store said.
    pub said: String,
    pub help: Option<String>,
}

/// Puts what became of a step into words.
pub(super) fn outcome(outcome: &Outcome) -> Came {
    let with = |word, paint, why: &Trouble| Came {
        word,
        paint,
        said: format!("{}; {}", fault(why), trouble(why)),
        help: Some(fault_help(why)),
    };
    match outcome {
        Outcome::Done => Came { word: "done", paint: Paint::Good, said: String::new(), help: None },
        Outcome::AlreadyDone => Came {
            word: "already done",
            paint: Paint::Good,
            said: "AWS says that it is so already".to_owned(),
            help: None,
        },
        Outcome::Later(why) => Came { help: None, ..with("later", Paint::Notable, why) },
        Outcome::InDoubt(why) => with("in doubt", Paint::Notable, why),
        Outcome::Failed(why) => with("failed", Paint::Bad, why),
        Outcome::NotSent => Came {
            word: "not sent",
            paint: Paint::Notable,
            said: "transitd was asked to stop first".to_owned(),
            help: None,
        },
        Outcome::Overruled => Came {
            word: "overruled",
            paint: Paint::Notable,
            said: "somebody gave another order since it was planned".to_owned(),
            help: None,
        },
        Outcome::NotJournaled(why) => Came {
            word: "not journaled",
            paint: Paint::Bad,
            said: format!("not sent, since the journal could not be written: {why}"),
            help: Some("see that the state file can be written and its disk has room".to_owned()),
        },
    }
}

/// Says what a person can do about a refusal. Its own words are in [`Violation`]'s `Display`.
pub(super) fn violation_help(violation: &Violation) -> &'static str {
    match violation {
        Violation::Doubled { .. } => "report it: two steps with one name are a bug in transitd's planner",
        Violation::Order { .. } => "report it: a step before its time is a bug in transitd's planner",
        Violation::Early { .. } => "report it: a step that cannot work yet is a bug in transitd's planner",
        Violation::Incomplete { .. } => "report it: a step without an id to work on is a bug in transitd's planner",
        Violation::Evidence { .. } => "let that list be read, as the report of what is unknown says; then look again",
        Violation::NoEvidence { .. } => "report it: a removal without evidence is a bug in transitd's planner",
        Violation::Gap { .. } => ALLOW_GAPS,
        Violation::Frozen { .. } => "wait for the end of the freeze in the file, under safety.freeze",
        Violation::NotOurs { .. } => "report it: a removal without a proof of ownership is a bug in transitd's planner",
        Violation::Unread { .. } => "let everything be read, as the report of what is unknown says; then look again",
        Violation::Budget { .. } => "wait, or raise safety.removals in the file",
        Violation::NothingDeclared { .. } => {
            "a file without segments takes nothing away: remove by hand what is to go, or declare what is to stay"
        }
        Violation::Isolation { .. } => "take out of the file what opens the path, or the pair out of `isolate`",
        Violation::Held { .. } => "report it: a step that touches what is held is a bug in transitd's planner",
        Violation::Paused { .. } => "report it: a step while the network is paused is a bug in transitd's planner",
        Violation::Scope { .. } => "let that account be read, as the report of what is unknown says; then look again",
    }
}

/// Returns a kind's name for many.
pub(super) fn several(kind: Kind) -> &'static str {
    match kind {
        Kind::Hub => "transit gateways",
        Kind::Share => "resource shares",
        Kind::Principal => "principals",
        Kind::Table => "route tables",
        Kind::Attachment => "attachments",
        Kind::Association => "associations",
        Kind::Propagation => "propagations",
        Kind::StaticRoute => "static routes",
        Kind::VpcRoute => "VPC routes",
    }
}

/// Puts names one after the other.
pub(super) fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// Names the first of many things; the JSON report has them all.
pub(super) fn few<T: std::fmt::Display>(things: &[T]) -> String {
    const FEW: usize = 8;
    let rest = things.len().saturating_sub(FEW);
    let first = list(things.iter().take(FEW));
    if rest > 0 { format!("{first} and {rest} more") } else { first }
}
