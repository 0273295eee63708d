//! What the planner may know of the past.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::Trouble;

/// What the store remembers, as a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// What we made, by natural key: the ledger.
    pub owned: BTreeMap<String, Owned>,
    /// Writes that no snapshot has confirmed yet, by step: sent, and perhaps answered.
    pub unconfirmed: BTreeMap<String, Sent>,
    /// When the last write was sent, over all.
    pub last_write: Option<Timestamp>,
    /// Steps that AWS refused for good in this run, by step.
    pub refused: BTreeMap<String, Refused>,
}

/// A thing that we made and AWS answered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// AWS's id, where the thing has one.
    pub id: Option<String>,
    /// The last value that we wrote, in the words of the call.
    pub value: String,
    pub at: Timestamp,
}

/// A write that was journaled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The latest time at which AWS may have acted on it.
    pub at: Timestamp,
    /// Whether AWS said yes. If not, the answer was lost and the write is in doubt.
    pub answered: bool,
}

/// A step that failed in a way that sending it again does not mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The call as it was; a call that differs is a new try.
    pub call: String,
    pub trouble: Trouble,
}
