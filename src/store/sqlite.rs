//! The store in SQLite: a file in a directory that only its owner can read, or memory.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::{Entry, EntryId, Settled, Store, StoreError};
use crate::model::{History, NetworkName, Owned, Sent, Trouble};

/// The version of the tables below. A newer one comes with a way to get there from here.
const VERSION: i64 = 1;

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

/// Ledger and journal.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    path: String,
}

impl SqliteStore {
    /// Opens the state in a directory, making both if they are not there.
    ///
    /// # Errors
    /// When it cannot be opened, is of another version, or belongs to another network.
    pub fn open(directory: &Path, network: &NetworkName) -> Result<Self, StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|source| StoreError::Directory { path: directory.display().to_string(), source })?;
        let path = directory.join("state.db");
        let text = path.display().to_string();
        let connection = Connection::open(&path).map_err(|source| StoreError::Sqlite { path: text.clone(), source })?;
        Self::prepare(connection, text, network)
    }

    /// Opens the state in a directory to read it beside the process that writes it. None where there is none yet.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_to_read(directory: &Path, network: &NetworkName) -> Result<Option<Self>, StoreError> {
        let path = directory.join("state.db");
        if !path.exists() {
            return Ok(None);
        }
        let text = path.display().to_string();
        let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|source| StoreError::Sqlite { path: text.clone(), source })?;
        let store = Self { connection, path: text };
        store.run(|c| c.busy_timeout(PATIENCE))?;
        store.check(network)?;
        Ok(Some(store))
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
        let store = Self { connection, path };
        store.run(|c| {
            c.busy_timeout(PATIENCE)?;
            // Readers go on beside the writer, and what is committed is on the disk before the write is sent.
            c.pragma_update(None, "journal_mode", "wal")?;
            c.pragma_update(None, "synchronous", "full")
        })?;
        if store.version()? == 0 {
            store.run(|c| {
                let all = c.unchecked_transaction()?;
                all.execute_batch(TABLES)?;
                all.execute("INSERT INTO meta VALUES ('network', ?1)", [network.as_str()])?;
                all.pragma_update(None, "user_version", VERSION)?;
                all.commit()
            })?;
        }
        store.check(network)?;
        Ok(store)
    }

    fn check(&self, network: &NetworkName) -> Result<(), StoreError> {
        let found = self.version()?;
        if found != VERSION {
            return Err(StoreError::Version { path: self.path.clone(), found, known: VERSION });
        }
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

    fn run<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&self.connection).map_err(|source| StoreError::Sqlite { path: self.path.clone(), source })
    }

    fn time(&self, text: &str) -> Result<Timestamp, StoreError> {
        text.parse()
            .map_err(|error| StoreError::Corrupt { path: self.path.clone(), what: format!("'{text}': {error}") })
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

    fn history(&self) -> Result<History, StoreError> {
        let mut history = History::default();
        let ledger: Vec<(String, Option<String>, String, String)> = self.run(|c| {
            c.prepare("SELECT key, id, value, at FROM ledger")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
                .collect()
        })?;
        for (key, id, value, at) in ledger {
            history.owned.insert(key, Owned { id, value, at: self.time(&at)? });
        }
        let open: Vec<(String, String, Option<String>)> = self.run(|c| {
            c.prepare(
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
            c.query_row("SELECT sent FROM journal ORDER BY entry DESC LIMIT 1", [], |row| row.get(0)).optional()
        })?;
        history.last_write = last.map(|last| self.time(&last)).transpose()?;
        Ok(history)
    }

    fn begin(&mut self, entry: &Entry) -> Result<EntryId, StoreError> {
        self.run(|c| {
            let all = c.unchecked_transaction()?;
            // This write takes the place of earlier ones of the same step: reads that began late enough did not show them.
            all.execute(
                "UPDATE journal SET confirmed = ?2 WHERE step = ?1 AND confirmed IS NULL",
                params![entry.step, entry.at.to_string()],
            )?;
            all.execute(
                "INSERT INTO journal (step, key, account, region, call, before, sent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    entry.step,
                    entry.key,
                    entry.scope.account.as_str(),
                    entry.scope.region.as_str(),
                    entry.call,
                    entry.before,
                    entry.at.to_string(),
                ],
            )?;
            let id = all.last_insert_rowid();
            all.commit()?;
            Ok(EntryId(id))
        })
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
                all.execute(
                    "UPDATE journal SET confirmed = ?2 WHERE step = ?1 AND confirmed IS NULL",
                    params![step, at.to_string()],
                )?;
            }
            all.commit()
        })
    }
}

fn words(trouble: &Trouble) -> String {
    trouble.to_string()
}
