//! The doors: one API call each, no more. An AWS stands behind them, real or local.

use std::fmt;

use async_trait::async_trait;

use super::calls::{Page, ReadCall, Reply, WriteCall};
use super::session::Session;
/// Reads. What holds only this can change nothing: a dry run is a type.
#[async_trait]
pub trait Read: Send + Sync {
    /// Makes one read: one page of a list, from `token` on.
    ///
    /// # Errors
    /// What AWS answered, or how the call got lost. Never tried again in here.
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError>;
}

/// Writes.
#[async_trait]
pub trait Write: Send + Sync {
    /// Makes one write, at most once.
    ///
    /// # Errors
    /// What AWS answered, or how the call got lost.
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError>;
}

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ApiError {
    /// AWS's code, or a word of ours where AWS said nothing: [`ApiError::NO_ANSWER`], [`ApiError::NOT_SENT`], [`ApiError::STRANGE`].
    pub code: String,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    pub message: String,
    pub request_id: Option<String>,
    pub sending: Sending,
}

/// How far a call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It never left: no connection, no credentials, or a request that could not be built.
    NotSent,
    /// AWS answered.
    Answered,
    /// It left, and no answer came, or none that could be read.
    Unanswered,
}

impl ApiError {
    pub const NO_ANSWER: &'static str = "NoAnswer";
    pub const NOT_SENT: &'static str = "NotSent";
    /// There were no keys to sign the call with.
    pub const NO_CREDENTIALS: &'static str = "NoCredentials";
    /// AWS answered success with something that cannot be right, such as a VPC without an id.
    pub const STRANGE: &'static str = "StrangeAnswer";

    /// Makes the error for a successful answer that lacks what AWS always gives or that cannot be read.
    pub fn strange(message: impl Into<String>) -> Self {
        Self {
            code: Self::STRANGE.into(),
            status: None,
            message: message.into(),
            request_id: None,
            sending: Sending::Answered,
        }
    }

    /// Makes the error for a call that never left.
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self {
            code: Self::NOT_SENT.into(),
            status: None,
            message: message.into(),
            request_id: None,
            sending: Sending::NotSent,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
