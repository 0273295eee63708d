//! What went wrong with a call, in the classes that decide what is done about it.

use serde::{Deserialize, Serialize};

/// The class of a failed call. One table maps AWS's codes to it: [`crate::api::faults`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// AWS refused the call for its rate: nothing was done.
    Throttled,
    /// A read that failed on the way, or anything that was never sent.
    Transient,
    /// A write whose answer was lost, or a 5xx: neither done nor not done until seen.
    InDoubt,
    /// AWS is still busy with something that this needs: a later pass, soon.
    Settling,
    /// What the call wanted is so already, it says; believed when seen.
    AlreadyDone,
    /// The credentials ran out or were not taken: worth one more try with fresh ones.
    StaleCredentials,
    /// A permission, a trust or an organization policy is missing.
    Denied,
    /// A quota is full.
    Quota,
    /// AWS does not take the request as it is.
    Invalid,
    /// A code or an answer that transitd does not know.
    Unexpected,
}

/// A fault with what AWS said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trouble {
    pub fault: Fault,
    /// AWS's error code, or our own word where there was no answer.
    pub code: String,
    pub message: String,
    /// The call that failed: `DescribeVpcs`.
    pub action: String,
    /// AWS's id of the failed request, for a support case.
    pub request_id: Option<String>,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.action, self.code)?;
        if !self.message.is_empty() {
            write!(f, " ({})", self.message.trim_end_matches('.'))?;
        }
        Ok(())
    }
}
