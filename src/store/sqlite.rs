//! The store in SQLite: a file in a directory that only its owner can read, or memory.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{Entry, EntryId, Record, Settled, Store, StoreError, lock, orders, record};
use crate::model::{Counts, Finding, History, NetworkName, Owned, Removal, SegmentName, Sent, Trouble};

/// The file of the state in its directory.
const FILE: &str = "state.db";

/// The version of the tables below. A newer one comes with a way to get there from here.
const VERSION: i64 = 4;

const TABLES: &str = "
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE ledger (
        key   TEXT PRIMARY KEY,    -- kind and natural key
        id    TEXT,                -- AWS's id, where there is one
        value TEXT NOT NULL,       -- what was written last
        at    TEXT NOT NULL
    ) STRICT;
    CREATE TABLE journal (
        entry     INTEGER PRIMARY KEY,
        step      TEXT NOT NULL,
        key       TEXT NOT NULL,
        account   TEXT NOT NULL,
        region    TEXT NOT NULL,
        call      TEXT NOT NULL,
        before    TEXT NOT NULL,
        sent      TEXT NOT NULL,
        settled   TEXT,            -- null: the answer is not known
        outcome   TEXT,            -- done | not-done | in-doubt
        trouble   TEXT,
        confirmed TEXT             -- when a snapshot showed it, or a later write of the same step took its place
    ) STRICT;
    CREATE INDEX journal_open ON journal (step) WHERE confirmed IS NULL;
";

/// What each version adds to the one before it, in order: the first of them to version 1.
const UPGRADES: &[&[&str]] = &[&[COUNTING], &[orders::TABLES, record::TABLES], &[record::LAST_WORDS]];

/// What version 2 adds: what budgets and departures are judged by.
const COUNTING: &str = "
    ALTER TABLE journal ADD COLUMN removes INTEGER NOT NULL DEFAULT 0;   -- counts against the budgets
    ALTER TABLE journal ADD COLUMN segment TEXT;                         -- for which segment
    CREATE INDEX journal_sent ON journal (sent);
    CREATE TABLE departures (
        attachment TEXT PRIMARY KEY,    -- the natural key of a VPC's attachment
        since      TEXT NOT NULL
    ) STRICT;
";

/// How far back removals and repairs are counted: a day, the longest time that a budget speaks of.
const COUNTED: SignedDuration = SignedDuration::from_hours(24);

/// Ledger and journal.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    path: String,
    /// The last order that the history was read with.
    planned_by: Cell<i64>,
}

impl SqliteStore {
    /// Opens the state in a directory, making both if they are not there.
    ///
    /// # Errors
    /// When it cannot be opened, is of another version, or belongs to another network.
    pub fn open(directory: &Path, network: &NetworkName) -> Result<Self, StoreError> {
        let (connection, text) = Self::file(directory)?;
        Self::prepare(connection, text, network)
    }

    /// Opens the state in a directory to read it beside the process that writes it. None where there is none yet.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_to_read(directory: &Path, network: &NetworkName) -> Result<Option<Self>, StoreError> {
        let Some(store) = Self::to_read(directory)? else { return Ok(None) };
        store.check(network)?;
        Ok(Some(store))
    }

    pub(super) fn to_read(directory: &Path) -> Result<Option<Self>, StoreError> {
        let Some(store) = Self::existing(directory, OpenFlags::SQLITE_OPEN_READ_ONLY)? else { return Ok(None) };
        store.run(|c| c.busy_timeout(PATIENCE))?;
        Ok(Some(store))
    }

    /// Opens the state in a directory to write beside the process that holds its lock, whatever network it is of. None where
    /// there is none; one of an earlier version is left to that process.
    pub(super) fn open_beside(directory: &Path) -> Result<Option<Self>, StoreError> {
        let Some(store) = Self::existing(directory, OpenFlags::SQLITE_OPEN_READ_WRITE)? else { return Ok(None) };
        store.settle_in()?;
        store.check_version()?;
        Ok(Some(store))
    }

    /// Opens the file in a directory, and makes none where there is none.
    fn existing(directory: &Path, how: OpenFlags) -> Result<Option<Self>, StoreError> {
        let path = directory.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = path.display().to_string();
        let connection = Connection::open_with_flags(&path, how)
            .map_err(|source| StoreError::Sqlite { path: text.clone(), source })?;
        Ok(Some(Self { connection, path: text, planned_by: Cell::new(0) }))
    }

    fn file(directory: &Path) -> Result<(Connection, String), StoreError> {
        lock::make_directory(directory)?;
        let path = directory.join(FILE);
        let text = path.display().to_string();
        // SQLite gives its other files the rights of this one.
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| StoreError::Directory { path: text.clone(), source })?;
        let connection = Connection::open(&path).map_err(|source| StoreError::Sqlite { path: text.clone(), source })?;
        Ok((connection, text))
    }

    /// Opens an empty state in memory.
    ///
    /// # Errors
    /// When SQLite cannot.
    pub fn in_memory(network: &NetworkName) -> Result<Self, StoreError> {
        let path = "memory".to_owned();
        let connection =
            Connection::open_in_memory().map_err(|source| StoreError::Sqlite { path: path.clone(), source })?;
        Self::prepare(connection, path, network)
    }

    fn prepare(connection: Connection, path: String, network: &NetworkName) -> Result<Self, StoreError> {
        let store = Self { connection, path, planned_by: Cell::new(0) };
        store.settle_in()?;
        if store.version()? == 0 {
            store.make(network)?;
        }
        store.belongs_to(network)?;
        store.upgrade()?;
        store.check(network)?;
        Ok(store)
    }

    fn settle_in(&self) -> Result<(), StoreError> {
        self.run(|c| {
            c.busy_timeout(PATIENCE)?;
            // Readers go on beside the writer, and what is committed is on the disk before the write is sent.
            c.pragma_update(None, "journal_mode", "wal")?;
            c.pragma_update(None, "synchronous", "full")
        })
    }

    /// Makes the tables of version 1, unless another process has just done so.
    fn make(&self, network: &NetworkName) -> Result<(), StoreError> {
        self.run(|c| {
            let all = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
            let version: i64 = all.pragma_query_value(None, "user_version", |row| row.get(0))?;
            if version == 0 {
                all.execute_batch(TABLES)?;
                all.execute("INSERT INTO meta VALUES ('network', ?1)", [network.as_str()])?;
                all.pragma_update(None, "user_version", 1)?;
            }
            all.commit()
        })
    }

    /// Brings the tables of an older version to this one, each version in a transaction of its own.
    fn upgrade(&self) -> Result<(), StoreError> {
        for (version, upgrade) in (2..).zip(UPGRADES) {
            if self.version()? == version - 1 {
                self.run(|c| {
                    let all = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
                    let found: i64 = all.pragma_query_value(None, "user_version", |row| row.get(0))?;
                    if found != version - 1 {
                        return Ok(());
                    }
                    for tables in *upgrade {
                        all.execute_batch(tables)?;
                    }
                    all.pragma_update(None, "user_version", version)?;
                    all.commit()
                })?;
            }
        }
        Ok(())
    }

    fn check(&self, network: &NetworkName) -> Result<(), StoreError> {
        self.check_version()?;
        self.belongs_to(network)
    }

    pub(super) fn check_version(&self) -> Result<(), StoreError> {
        let found = self.version()?;
        if found < VERSION {
            return Err(StoreError::Older { path: self.path.clone(), found, known: VERSION });
        }
        if found > VERSION {
            return Err(StoreError::Version { path: self.path.clone(), found, known: VERSION });
        }
        Ok(())
    }

    fn belongs_to(&self, network: &NetworkName) -> Result<(), StoreError> {
        let owner: String =
            self.run(|c| c.query_row("SELECT value FROM meta WHERE name = 'network'", [], |row| row.get(0)))?;
        if owner != network.as_str() {
            return Err(StoreError::Foreign { path: self.path.clone(), found: owner, wanted: network.to_string() });
        }
        Ok(())
    }

    fn version(&self) -> Result<i64, StoreError> {
        self.run(|c| c.pragma_query_value(None, "user_version", |row| row.get(0)))
    }

    /// Counts what was taken away and what was done in the last day. What was lost on the way counts: it may have been done.
    fn count(&self, history: &mut History, now: Timestamp) -> Result<(), StoreError> {
        let since = now.checked_sub(COUNTED).unwrap_or(Timestamp::MIN).to_string();
        let removed: Vec<(String, Option<String>)> = self.run(|c| {
            c.prepare_cached(
                "SELECT sent, segment FROM journal
                 WHERE removes AND sent > ?1 AND (outcome IS NULL OR outcome <> 'not-done') ORDER BY entry",
            )?
            .query_map([&since], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })?;
        for (at, segment) in removed {
            let segment = segment.map(|name| self.named(&name)).transpose()?;
            history.removals.push(Removal { at: self.time(&at)?, segment });
        }
        let done: Vec<((String, String), u32)> = self.run(|c| {
            c.prepare_cached(
                // What we took away ourselves and made again, nobody else has undone.
                "WITH taken AS (SELECT key, MAX(entry) AS last FROM journal
                                WHERE removes AND sent > ?1 AND outcome = 'done' GROUP BY key)
                 SELECT step, call, COUNT(*) FROM journal LEFT JOIN taken USING (key)
                 WHERE sent > ?1 AND outcome = 'done' AND (removes OR last IS NULL OR entry > last)
                 GROUP BY step, call HAVING COUNT(*) > 1",
            )?
            .query_map([&since], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
            .collect()
        })?;
        history.repairs.extend(done);
        Ok(())
    }

    /// Recalls what passes have left for later ones.
    fn remember(&self, history: &mut History) -> Result<(), StoreError> {
        let departed: Vec<(String, String)> = self.run(|c| {
            c.prepare_cached("SELECT attachment, since FROM departures")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        for (attachment, since) in departed {
            history.departures.insert(attachment, self.time(&since)?);
        }
        let counts: Option<String> = self
            .run(|c| c.query_row("SELECT value FROM meta WHERE name = 'last_good'", [], |row| row.get(0)).optional())?;
        let read = |text: String| serde_json::from_str::<Counts>(&text).map_err(|error| self.corrupt(&text, &error));
        history.last_good = counts.map(read).transpose()?;
        Ok(())
    }

    fn named(&self, text: &str) -> Result<SegmentName, StoreError> {
        text.parse().map_err(|error| self.corrupt(text, &error))
    }

    fn corrupt(&self, text: &str, error: &dyn std::fmt::Display) -> StoreError {
        StoreError::Corrupt { path: self.path.clone(), what: format!("'{text}': {error}") }
    }

    pub(super) fn run<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&self.connection).map_err(|source| StoreError::Sqlite { path: self.path.clone(), source })
    }

    pub(super) fn time(&self, text: &str) -> Result<Timestamp, StoreError> {
        text.parse().map_err(|error: jiff::Error| self.corrupt(text, &error))
    }
}

/// How long a reader waits for the writer to finish a transaction, and the other way round.
const PATIENCE: Duration = Duration::from_secs(5);

impl Store for SqliteStore {
    fn take_over(&mut self, at: Timestamp) -> Result<(), StoreError> {
        self.run(|c| {
            c.execute(
                "UPDATE journal SET settled = ?1, outcome = 'in-doubt', trouble = 'its process ended' WHERE settled IS NULL",
                [at.to_string()],
            )
            .map(drop)
        })
    }

    fn history(&self, now: Timestamp) -> Result<History, StoreError> {
        // First the number: an order that is given while the rest is read is not planned by, and so overrules.
        self.planned_by.set(self.order_number()?);
        let mut history = History { holds: self.holds()?, pause: self.pause()?, ..History::default() };
        let ledger: Vec<(String, Option<String>, String, String)> = self.run(|c| {
            c.prepare_cached("SELECT key, id, value, at FROM ledger")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
                .collect()
        })?;
        for (key, id, value, at) in ledger {
            history.owned.insert(key, Owned { id, value, at: self.time(&at)? });
        }
        let open: Vec<(String, String, Option<String>)> = self.run(|c| {
            c.prepare_cached(
                // AWS may act on a write until it is settled: waits for its turn and retries lie between.
                "SELECT step, COALESCE(settled, sent), outcome FROM journal
                 WHERE confirmed IS NULL AND (outcome IS NULL OR outcome <> 'not-done') ORDER BY entry",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect()
        })?;
        for (step, sent, outcome) in open {
            let at = self.time(&sent)?;
            history.unconfirmed.insert(step, Sent { at, answered: outcome.as_deref() == Some("done") });
        }
        let last: Option<String> = self.run(|c| {
            // What AWS refused has changed nothing that it would take time to show.
            c.query_row(
                "SELECT sent FROM journal WHERE outcome IS NULL OR outcome <> 'not-done' ORDER BY entry DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()
        })?;
        history.last_write = last.map(|last| self.time(&last)).transpose()?;
        self.count(&mut history, now)?;
        self.remember(&mut history)?;
        Ok(history)
    }

    fn depart(&mut self, departures: &BTreeMap<String, Timestamp>) -> Result<(), StoreError> {
        self.run(|c| {
            let all = c.unchecked_transaction()?;
            all.execute("DELETE FROM departures", [])?;
            for (attachment, since) in departures {
                all.execute("INSERT INTO departures VALUES (?1, ?2)", params![attachment, since.to_string()])?;
            }
            all.commit()
        })
    }

    fn all_well(&mut self, counts: Counts) -> Result<(), StoreError> {
        let text = serde_json::to_string(&counts).unwrap_or_default();
        self.run(|c| {
            c.execute(
                "INSERT INTO meta VALUES ('last_good', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [text],
            )
            .map(drop)
        })
    }

    fn begin(&mut self, entry: &Entry) -> Result<EntryId, StoreError> {
        let planned_by = self.planned_by.get();
        let begun = self.run(|c| {
            let all = c.unchecked_transaction()?;
            // This write takes the place of earlier ones of the same step: reads that began late enough did not show them.
            all.execute(
                "UPDATE journal SET confirmed = ?2 WHERE step = ?1 AND confirmed IS NULL",
                params![entry.step, entry.at.to_string()],
            )?;
            // From here on nobody else can write, so that nobody gives an order in between.
            if orders::last(&all)? > planned_by {
                return Ok(None);
            }
            let before = with_what_was(&all, entry)?;
            all.execute(
                "INSERT INTO journal (step, key, account, region, call, before, sent, removes, segment)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    entry.step,
                    entry.key,
                    entry.scope.account.as_str(),
                    entry.scope.region.as_str(),
                    entry.call,
                    before,
                    entry.at.to_string(),
                    entry.removes,
                    entry.segment.as_ref().map(SegmentName::as_str),
                ],
            )?;
            let id = all.last_insert_rowid();
            all.commit()?;
            Ok(Some(EntryId(id)))
        })?;
        begun.ok_or(StoreError::Overruled)
    }

    fn settle(&mut self, id: EntryId, settled: &Settled, at: Timestamp) -> Result<(), StoreError> {
        let (outcome, trouble, made) = match settled {
            Settled::Done { made } => ("done", None, made.as_ref()),
            Settled::NotDone(trouble) => ("not-done", Some(words(trouble)), None),
            Settled::InDoubt(trouble) => ("in-doubt", Some(words(trouble)), None),
        };
        self.run(|c| {
            let all = c.unchecked_transaction()?;
            all.execute(
                "UPDATE journal SET settled = ?2, outcome = ?3, trouble = ?4 WHERE entry = ?1",
                params![id.0, at.to_string(), outcome, trouble],
            )?;
            if let Some(made) = made {
                all.execute(
                    "INSERT INTO ledger (key, id, value, at) SELECT key, ?2, ?3, ?4 FROM journal WHERE entry = ?1
                     ON CONFLICT (key) DO UPDATE SET id = excluded.id, value = excluded.value, at = excluded.at",
                    params![id.0, made.id, made.value, at.to_string()],
                )?;
            }
            all.commit()
        })
    }

    fn confirm(&mut self, steps: &[String], at: Timestamp) -> Result<(), StoreError> {
        self.run(|c| {
            let all = c.unchecked_transaction()?;
            for step in steps {
                // What a removal was for is the end of its name.
                if let Some(key) = step.strip_prefix("remove ") {
                    all.execute("DELETE FROM ledger WHERE key = ?1", [key])?;
                }
                all.execute(
                    "UPDATE journal SET confirmed = ?2 WHERE step = ?1 AND confirmed IS NULL",
                    params![step, at.to_string()],
                )?;
            }
            all.commit()
        })
    }

    fn last_order(&self) -> Result<i64, StoreError> {
        self.order_number()
    }

    fn record(&mut self, record: &Record) -> Result<Vec<SignedDuration>, StoreError> {
        self.add_record(record)
    }

    fn findings(&self) -> Result<BTreeMap<String, Finding>, StoreError> {
        self.open_findings()
    }

    fn told_through(&mut self, marks: &BTreeSet<String>) -> Result<Option<BTreeSet<String>>, StoreError> {
        self.put_told_through(marks)
    }

    fn note_findings(&mut self, findings: &BTreeMap<String, Finding>, at: Timestamp) -> Result<(), StoreError> {
        self.put_findings(findings, at)
    }
}

/// Adds to why a thing is taken away what the ledger says that it is: it is live with that very value, and gone afterwards.
fn with_what_was(all: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<String> {
    let before = entry.before.clone();
    if !entry.step.starts_with("remove ") {
        return Ok(before);
    }
    let value: Option<String> =
        all.query_row("SELECT value FROM ledger WHERE key = ?1", [&entry.key], |row| row.get(0)).optional()?;
    match (value, serde_json::from_str(&before)) {
        (Some(value), Ok(serde_json::Value::Object(mut why))) => {
            why.insert("was".to_owned(), value.into());
            Ok(serde_json::Value::Object(why).to_string())
        }
        (Some(_) | None, _) => Ok(before),
    }
}

fn words(trouble: &Trouble) -> String {
    trouble.to_string()
}
