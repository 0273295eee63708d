//! What transitd remembers: the ledger of what it made, and the journal of what it sent.
//!
//! A write is journaled before it is sent and settled after. What a crash leaves unsettled is in doubt at the next
//! start: it may have been done. Losing the store costs the right to delete, never leads to anything made twice.

mod lock;
mod sqlite;

use jiff::Timestamp;

use crate::model::{History, Scope, Trouble};

pub use lock::{Lock, Locked};
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

    /// Returns what the planner may know of the past.
    ///
    /// # Errors
    /// When the state cannot be read: then nothing may be planned on it.
    fn history(&self) -> Result<History, StoreError>;

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

    /// Notes that the effects of these steps were seen.
    ///
    /// # Errors
    /// When it could not be written.
    fn confirm(&mut self, steps: &[String], at: Timestamp) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests;
