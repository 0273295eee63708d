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

/// What EC2 says before a thousand letters that only `sts decode-authorization-message` can read.
const ENCODED: &str = "Encoded authorization failure message: ";

/// The call that enters an account: what failed with it did not come to its own.
const ENTERING: &str = "AssumeRole";

impl Trouble {
    /// Tells whether the account, or the home role, could not be entered at all.
    pub fn is_of_entering(&self) -> bool {
        self.action == ENTERING
    }
}

impl std::fmt::Display for Trouble {
    /// Says it for people: without what is encoded, which the JSON reports have.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.action, self.code)?;
        let readable = self.message.split(ENCODED).next().unwrap_or_default().trim_end().trim_end_matches('.');
        if readable.is_empty() { Ok(()) } else { write!(f, " ({readable})") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_sts_can_read_is_left_out_of_the_words() {
        let trouble = |message: &str| Trouble {
            fault: Fault::Denied,
            code: "UnauthorizedOperation".to_owned(),
            message: message.to_owned(),
            action: "CreateRoute".to_owned(),
            request_id: None,
        };
        let said = "CreateRoute: UnauthorizedOperation (You are not authorized to do this)";
        assert_eq!(trouble("You are not authorized to do this.").to_string(), said);
        let encoded = "You are not authorized to do this. Encoded authorization failure message: Mjc4NzIwYTI1";
        assert_eq!(trouble(encoded).to_string(), said);
        assert_eq!(trouble("").to_string(), "CreateRoute: UnauthorizedOperation");
    }
}
