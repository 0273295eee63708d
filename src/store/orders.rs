//! What people order beside the file: holds and pauses. Appended by whoever may write the directory, beside the process
//! that holds the lock, which only ever reads them.
//!
//! Each order has a number. The process that sends writes remembers the number of the last order that it planned by, and
//! no write is journaled once there is a later one: an order is in force from the moment that it is given.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{SqliteStore, StoreError};
use crate::model::{Hold, Pause};

/// The tables of orders.
pub(super) const TABLES: &str = "
    CREATE TABLE orders (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at     TEXT NOT NULL,
        by     TEXT NOT NULL,
        word   TEXT NOT NULL CHECK (word IN ('hold', 'release', 'pause', 'resume')),
        name   TEXT NOT NULL,       -- what is held or released; empty for a pause
        until  TEXT,                -- the end of a hold
        why    TEXT NOT NULL
    ) STRICT;
";

/// One order, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub at: Timestamp,
    pub by: String,
    pub what: Ordered,
    pub why: String,
}

/// What is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    Hold { name: String, until: Timestamp },
    Release { name: String },
    Pause,
    Resume,
}

impl Ordered {
    pub fn word(&self) -> &'static str {
        match self {
            Ordered::Hold { .. } => "hold",
            Ordered::Release { .. } => "release",
            Ordered::Pause => "pause",
            Ordered::Resume => "resume",
        }
    }
}

/// The right to give orders, and no other: it needs no lock.
#[derive(Debug)]
pub struct Orders(SqliteStore);

impl Orders {
    /// Opens the orders of a state. None where there is none yet.
    ///
    /// # Errors
    /// As [`SqliteStore::open`]. A state of an earlier version is left as it is: only its own process may change it.
    pub fn open(directory: &Path) -> Result<Option<Self>, StoreError> {
        Ok(SqliteStore::open_beside(directory)?.map(Self))
    }

    /// Counts the things of the past that a hold covers: what was made, and what was written.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn covered(&self, hold: &Hold) -> Result<usize, StoreError> {
        let rows: Vec<(String, String)> = self.0.run(|c| {
            c.prepare_cached(
                "SELECT DISTINCT key, call FROM journal UNION
                 SELECT key, '\"' || COALESCE(id, '') || '\" \"' || REPLACE(value, ' ', '\" \"') || '\"' FROM ledger",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })?;
        Ok(rows.iter().filter(|(key, call)| hold.covers(key, call, &[])).count())
    }

    /// Gives an order.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn give(&self, order: &Order) -> Result<(), StoreError> {
        self.0.give(order)
    }

    /// Returns the holds in force.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn holds(&self, at: Timestamp) -> Result<Vec<Hold>, StoreError> {
        Ok(self.0.holds()?.into_iter().filter(|hold| hold.is_in_force(at)).collect())
    }

    /// Returns the pause in force.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn pause(&self) -> Result<Option<Pause>, StoreError> {
        self.0.pause()
    }
}

/// Returns the number of the last order: SQLite remembers it though the order itself may have been thinned out.
pub(super) fn last(connection: &Connection) -> rusqlite::Result<i64> {
    let number = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'orders'", [], |row| row.get(0))
        .optional()?;
    Ok(number.unwrap_or(0))
}

impl SqliteStore {
    /// Gives an order, as [`Orders::give`].
    ///
    /// # Errors
    /// When it could not be written.
    pub fn give(&self, order: &Order) -> Result<(), StoreError> {
        let (name, until) = match &order.what {
            Ordered::Hold { name, until } => (name.as_str(), Some(until.to_string())),
            Ordered::Release { name } => (name.as_str(), None),
            Ordered::Pause | Ordered::Resume => ("", None),
        };
        self.run(|c| {
            c.execute(
                "INSERT INTO orders (at, by, word, name, until, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![order.at.to_string(), order.by, order.what.word(), name, until, order.why],
            )
            .map(drop)
        })
    }

    /// Returns the number of the last order; 0 before the first.
    pub(super) fn order_number(&self) -> Result<i64, StoreError> {
        self.run(last)
    }

    /// Returns the holds that nobody has released, whether or not their time is over.
    pub(super) fn holds(&self) -> Result<Vec<Hold>, StoreError> {
        let rows: Vec<(String, String, String, String, String)> = self.run(|c| {
            c.prepare_cached(
                // The last word on a name counts.
                "SELECT name, why, by, at, until FROM orders AS hold WHERE word = 'hold' AND NOT EXISTS (
                     SELECT 1 FROM orders AS later WHERE later.number > hold.number AND later.name = hold.name
                         AND later.word IN ('hold', 'release'))
                 ORDER BY number",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?
            .collect()
        })?;
        let hold = |(name, why, by, since, until): (String, String, String, String, String)| {
            Ok(Hold { name, why, by, since: self.time(&since)?, until: self.time(&until)? })
        };
        rows.into_iter().map(hold).collect()
    }

    /// Returns the pause that nobody has ended.
    pub(super) fn pause(&self) -> Result<Option<Pause>, StoreError> {
        let row: Option<(String, String, String, String)> = self.run(|c| {
            c.query_row(
                "SELECT word, why, by, at FROM orders WHERE word IN ('pause', 'resume') ORDER BY number DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()
        })?;
        match row {
            Some((word, why, by, since)) if word == "pause" => {
                Ok(Some(Pause::Command { why, by, since: self.time(&since)? }))
            }
            Some(_) | None => Ok(None),
        }
    }
}
