//! transitd's memory as one process holds it: what the process does after its death is not written any more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use transitd::model::{Counts, Finding, History};
use transitd::store::{Entry, EntryId, Record, Settled, SqliteStore, Store, StoreError};

use crate::removals::Removals;
use crate::watch::Watch;

/// The life of one process.
#[derive(Clone, Default)]
pub struct Process(Arc<AtomicBool>);

impl Process {
    pub fn die(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_dead(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The store, which outlives the processes that use it.
pub struct Memory {
    pub store: Arc<Mutex<SqliteStore>>,
    pub process: Process,
    pub watch: Watch,
    pub removals: Removals,
    /// What was read last of it.
    pub remembered: Arc<Mutex<History>>,
}

impl Memory {
    fn locked<T>(&self, work: impl FnOnce(&mut SqliteStore) -> T) -> T {
        work(&mut self.store.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.process.is_dead() {
            return Err(StoreError::Corrupt { path: "memory".to_owned(), what: "the process is dead".to_owned() });
        }
        Ok(())
    }
}

impl Store for Memory {
    fn last_order(&self) -> Result<i64, StoreError> {
        self.locked(|store| store.last_order())
    }

    fn record(&mut self, record: &Record) -> Result<Vec<SignedDuration>, StoreError> {
        self.alive()?;
        self.locked(|store| store.record(record))
    }

    fn findings(&self) -> Result<BTreeMap<String, Finding>, StoreError> {
        self.locked(|store| store.findings())
    }

    fn told_through(&mut self, marks: &BTreeSet<String>) -> Result<Option<BTreeSet<String>>, StoreError> {
        self.alive()?;
        self.locked(|store| store.told_through(marks))
    }

    fn note_findings(&mut self, findings: &BTreeMap<String, Finding>, at: Timestamp) -> Result<(), StoreError> {
        self.alive()?;
        self.locked(|store| store.note_findings(findings, at))
    }

    fn take_over(&mut self, at: Timestamp) -> Result<(), StoreError> {
        self.alive()?;
        self.locked(|store| store.take_over(at))
    }

    fn history(&self, now: Timestamp) -> Result<History, StoreError> {
        let history = self.locked(|store| store.history(now))?;
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&history);
        Ok(history)
    }

    fn depart(&mut self, departures: &BTreeMap<String, Timestamp>) -> Result<(), StoreError> {
        self.alive()?;
        self.removals.learned();
        self.locked(|store| store.depart(departures))
    }

    fn all_well(&mut self, counts: Counts) -> Result<(), StoreError> {
        self.alive()?;
        self.locked(|store| store.all_well(counts))
    }

    fn begin(&mut self, entry: &Entry) -> Result<EntryId, StoreError> {
        self.alive()?;
        let id = self.locked(|store| store.begin(entry))?;
        self.watch.journaled(entry);
        self.removals.journaled(id, entry).into_iter().for_each(|wrong| self.watch.wrong(wrong));
        Ok(id)
    }

    fn settle(&mut self, id: EntryId, settled: &Settled, at: Timestamp) -> Result<(), StoreError> {
        self.alive()?;
        if matches!(settled, Settled::NotDone(_)) {
            self.removals.not_done(id);
        }
        self.locked(|store| store.settle(id, settled, at))
    }

    fn confirm(&mut self, steps: &[String], at: Timestamp) -> Result<(), StoreError> {
        self.alive()?;
        self.locked(|store| store.confirm(steps, at))
    }
}
