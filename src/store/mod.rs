//! What transitd remembers: the ledger of what it made, and the journal of what it sent.
//!
//! A write is journaled before it is sent and settled after. What a crash leaves unsettled is in doubt at the next
//! start: it may have been done. Losing the store costs the right to delete, never leads to anything made twice.

mod history;
mod lock;
mod orders;
mod record;
mod sqlite;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::{Counts, Finding, History, Scope, SegmentName, Trouble};

pub use history::Query;
pub use lock::{Lock, Locked};
pub use orders::{Order, Ordered, Orders};
pub use record::Record;
pub use sqlite::SqliteStore;

/// One write, as it is journaled before it is sent.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The step's id.
    pub step: String,
    /// The thing's name in the ledger.
    pub key: String,
    pub scope: Scope,
    /// The call with all its parameters, as JSON.
    pub call: String,
    /// What was there before, as JSON.
    pub before: String,
    /// Whether it takes something away, and so counts against the budgets.
    pub removes: bool,
    /// The segment that it counts for.
    pub segment: Option<SegmentName>,
    pub at: Timestamp,
}

/// Names a journaled write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryId(i64);

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// AWS said yes. What was made is ours from now on, if the step made something.
    Done { made: Option<Made> },
    /// AWS said no, or the write never left: nothing was done.
    NotDone(Trouble),
    /// Nobody knows.
    InDoubt(Trouble),
}

/// What a write made: a row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// AWS's id, where there is one.
    pub id: Option<String>,
    /// The value that was written.
    pub value: String,
}

/// Why the store could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the state in {path}: {source}")]
    Sqlite { path: String, source: rusqlite::Error },
    #[error(
        "the state in {path} is of version {found}, and this transitd knows {known}: use the transitd that wrote it, or a newer one"
    )]
    Version { path: String, found: i64, known: i64 },
    #[error(
        "the state in {path} belongs to the network '{found}', not to '{wanted}': give each network a state of its own"
    )]
    Foreign { path: String, found: String, wanted: String },
    #[error("the state in {path} cannot be read: {what}")]
    Corrupt { path: String, what: String },
    #[error(
        "the state in {path} is of version {found}, and this transitd writes version {known}: `transitd run` and `transitd apply` bring it there"
    )]
    Older { path: String, found: i64, known: i64 },
    /// Somebody gave another order since this write was planned.
    #[error("somebody gave another order since this was planned")]
    Overruled,
    #[error(
        "others can write in the state directory {path} (mode {mode:03o}): `chmod 700 {path}`, or name a new one in it, which transitd makes"
    )]
    Open { path: String, mode: u32 },
    #[error("the state directory {path}: {source}")]
    Directory { path: String, source: std::io::Error },
}

/// A memory. One implementation, on disk or in memory; a trait so that simulation can let it fail.
pub trait Store: Send {
    /// Puts in doubt, as of `at`, what an earlier process left unsettled: it may have been sent until that process ended.
    /// To be called once, before the first pass of a process that writes.
    ///
    /// # Errors
    /// When it could not be written.
    fn take_over(&mut self, at: Timestamp) -> Result<(), StoreError>;

    /// Returns what the planner may know of the past, as of `now`. Writes are planned by the orders in it: once somebody
    /// gives another, no further write can be journaled before the history is read again.
    ///
    /// # Errors
    /// When the state cannot be read: then nothing may be planned on it.
    fn history(&self, now: Timestamp) -> Result<History, StoreError>;

    /// Journals a write that is about to be sent.
    ///
    /// # Errors
    /// When it could not be written for good: then it must not be sent.
    fn begin(&mut self, entry: &Entry) -> Result<EntryId, StoreError>;

    /// Settles a journaled write, and puts what it made into the ledger.
    ///
    /// # Errors
    /// When it could not be written: the write stays in doubt.
    fn settle(&mut self, id: EntryId, settled: &Settled, at: Timestamp) -> Result<(), StoreError>;

    /// Notes that the effects of these steps were seen. What a confirmed step has removed leaves the ledger.
    ///
    /// # Errors
    /// When it could not be written.
    fn confirm(&mut self, steps: &[String], at: Timestamp) -> Result<(), StoreError>;

    /// Remembers which VPCs have left their segment, and since when, in place of those that were remembered before.
    ///
    /// # Errors
    /// When it could not be written.
    fn depart(&mut self, departures: &BTreeMap<String, Timestamp>) -> Result<(), StoreError>;

    /// Remembers how much there was when all was well.
    ///
    /// # Errors
    /// When it could not be written.
    fn all_well(&mut self, counts: Counts) -> Result<(), StoreError>;

    /// Returns the number of the last order that somebody gave; it grows with each.
    ///
    /// # Errors
    /// When it cannot be read.
    fn last_order(&self) -> Result<i64, StoreError>;

    /// Remembers what a pass came to, and forgets what is too old. Returns how long it took from the first sight of a VPC
    /// to its being connected, for each that was connected since the pass before.
    ///
    /// # Errors
    /// When it could not be written.
    fn record(&mut self, record: &Record) -> Result<Vec<SignedDuration>, StoreError>;

    /// Returns the findings that stand, or are over and somebody waits to hear so.
    ///
    /// # Errors
    /// When they cannot be read.
    fn findings(&self) -> Result<BTreeMap<String, Finding>, StoreError>;

    /// Remembers through what people are told from now on, and returns through what they were told before; none in a state
    /// that never had it.
    ///
    /// # Errors
    /// When it could not be written.
    fn told_through(&mut self, marks: &BTreeSet<String>) -> Result<Option<BTreeSet<String>>, StoreError>;

    /// Remembers the findings as they are at `at`. Those that are missing are closed.
    ///
    /// # Errors
    /// When they could not be written.
    fn note_findings(&mut self, findings: &BTreeMap<String, Finding>, at: Timestamp) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests;
