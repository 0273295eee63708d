//! A finding: something that a person has to decide or mend, over the time that it stands.

use jiff::Timestamp;

/// Something that stands in the way, and what a person was told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub text: String,
    pub help: String,
    /// When it was seen first.
    pub since: Timestamp,
    /// When a person was told of it.
    pub told: Option<Timestamp>,
    /// When it was over. What was told and is over is to be told once more.
    pub over: Option<Timestamp>,
}
