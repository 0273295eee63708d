//! What comes in and goes out: a call, who makes it, and the error that AWS would answer.

use std::fmt;

use serde_json::Value;

/// A 12-digit account id.
pub type AccountId = String;

/// The AWS services that the sandbox speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    Ec2,
    Iam,
    Organizations,
    Ram,
    Sns,
    Sts,
}

impl Service {
    pub const ALL: [Service; 6] =
        [Service::Ec2, Service::Iam, Service::Organizations, Service::Ram, Service::Sns, Service::Sts];

    /// Returns the name that AWS uses in endpoints and in signatures.
    pub fn name(self) -> &'static str {
        match self {
            Service::Ec2 => "ec2",
            Service::Iam => "iam",
            Service::Organizations => "organizations",
            Service::Ram => "ram",
            Service::Sns => "sns",
            Service::Sts => "sts",
        }
    }

    /// Finds a service by the name that [`Service::name`] gives.
    pub fn named(name: &str) -> Option<Service> {
        Service::ALL.into_iter().find(|service| service.name() == name)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One call, as any door hands it over.
#[derive(Clone, Debug)]
pub struct Call {
    /// A 12-digit account id (that account's root), or a key that AssumeRole gave.
    pub access_key_id: String,
    /// What AssumeRole gave with the key; none for a 12-digit key.
    pub session_token: Option<String>,
    pub region: String,
    pub service: Service,
    /// As AWS writes it: `CreateVpc`.
    pub action: String,
    /// The operation's members by AWS's own names; checked against the shape table.
    pub params: Value,
}

/// Who makes a call, once the key is known, and where and when.
#[derive(Clone, Debug)]
pub struct Caller {
    pub account: AccountId,
    pub region: String,
    pub principal: Principal,
    /// A fresh id for each call; it stands in the answer and in the log.
    pub request_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    Root,
    /// `key` is the access key, by which the session is found.
    AssumedRole {
        role: String,
        session: String,
        key: String,
    },
}

/// An error as AWS answers it: a code, an HTTP status and a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({status}): {message}")]
pub struct AwsError {
    pub code: String,
    pub status: u16,
    pub message: String,
    /// The member `Reason` of some of Organizations' errors.
    pub reason: Option<String>,
}

impl AwsError {
    /// A client error, HTTP 400, which is what EC2 sends for nearly everything.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), status: 400, message: message.into(), reason: None }
    }

    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub fn for_reason(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    /// The answer to what AWS may well know but the sandbox does not. Its code is none of AWS's, and 501 is no status
    /// that a client retries: it cannot be taken for an answer of AWS.
    pub fn not_modelled(what: impl std::fmt::Display) -> Self {
        Self::new("NotModelled", format!("{what} is not modelled by the sandbox")).with_status(501)
    }
}
