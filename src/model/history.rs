//! What the planner may know of the past.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::Trouble;
use super::ids::SegmentName;
use super::orders::{Hold, Pause};

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
    /// What was taken away in the last day, for the budgets, in order of time.
    pub removals: Vec<Removal>,
    /// How often each call was made for a step in the last day, by both: what is done again and again, somebody else keeps
    /// undoing.
    pub repairs: BTreeMap<(String, String), u32>,
    /// How much there was when all was well the last time.
    pub last_good: Option<Counts>,
    /// VPCs that were seen to have left their segment, by key, and since when.
    pub departures: BTreeMap<String, Timestamp>,
    /// What people told us to leave alone, in force or over.
    pub holds: Vec<Hold>,
    /// That somebody with access to the state told us to write nothing.
    pub pause: Option<Pause>,
}

/// How much was seen, and how much is declared: a sharp fall is more likely a mistake than a wish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Accounts of the organization that are active.
    pub accounts: usize,
    /// VPCs that belong to a segment.
    pub vpcs: usize,
    /// Tables and attachments that the file asks for.
    pub declared: usize,
}

/// Something that was taken away, or whose taking away was sent and may have been done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    pub at: Timestamp,
    /// The segment that it counts for; none for what belongs to no segment.
    pub segment: Option<SegmentName>,
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
