//! What is remembered for people: passes, findings, and when each VPC was seen first. Old records are thinned, so that the
//! state of a network stays as large as the network.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{SqliteStore, StoreError};
use crate::model::Finding;

/// The tables of records.
pub(super) const TABLES: &str = "
    CREATE TABLE passes (
        pass    INTEGER PRIMARY KEY,
        began   TEXT NOT NULL,
        ended   TEXT NOT NULL,
        how     TEXT NOT NULL,      -- in-sync | under-way | blocked | refused | broken …
        verdict TEXT NOT NULL,      -- the report's first line
        steps   INTEGER NOT NULL,
        sent    INTEGER NOT NULL,
        unknown INTEGER NOT NULL,
        calls   INTEGER NOT NULL,
        news    INTEGER NOT NULL    -- 1: it found or did something else than the pass before
    ) STRICT;
    CREATE INDEX passes_began ON passes (began);
    CREATE TABLE findings (
        finding INTEGER PRIMARY KEY,
        name    TEXT NOT NULL,
        text    TEXT NOT NULL,
        help    TEXT NOT NULL,
        since   TEXT NOT NULL,
        told    TEXT,
        over    TEXT,
        closed  TEXT                -- over, and nobody waits to hear so
    ) STRICT;
    CREATE UNIQUE INDEX findings_open ON findings (name) WHERE closed IS NULL;
    CREATE TABLE sightings (
        vpc       TEXT PRIMARY KEY,
        first     TEXT NOT NULL,
        last      TEXT NOT NULL,
        connected TEXT
    ) STRICT;
";

/// What version 4 adds: what a finding says last. Its text is what it said first.
pub(super) const LAST_WORDS: &str = "
    ALTER TABLE findings ADD COLUMN last TEXT;
";

/// How long records are kept. A quarter: what is asked for later is in the logs' archive.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long passes are kept that found and did nothing new, and writes that AWS refused.
const QUIET_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How often old records are looked for.
const THINNED: SignedDuration = SignedDuration::from_hours(24);
/// How often it is noted that a VPC is still there.
const SEEN_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// What a pass came to, to be remembered.
#[derive(Clone, Debug)]
pub struct Record {
    pub began: Timestamp,
    pub ended: Timestamp,
    pub how: &'static str,
    pub verdict: String,
    pub steps: usize,
    pub sent: usize,
    pub unknown: usize,
    pub calls: u64,
    /// Whether it found or did something else than the pass before.
    pub news: bool,
    /// The VPCs of the network's segments, and whether each is connected; none where no VPC was looked at.
    pub vpcs: BTreeMap<String, bool>,
}

impl SqliteStore {
    pub(super) fn add_record(&self, record: &Record) -> Result<Vec<SignedDuration>, StoreError> {
        let connected = self.transaction(|all| {
            all.execute(
                "INSERT INTO passes (began, ended, how, verdict, steps, sent, unknown, calls, news)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    record.began.to_string(),
                    record.ended.to_string(),
                    record.how,
                    record.verdict,
                    whole(record.steps),
                    whole(record.sent),
                    whole(record.unknown),
                    i64::try_from(record.calls).unwrap_or(i64::MAX),
                    record.news,
                ],
            )?;
            sightings(all, record)
        })?;
        self.thin(record.ended)?;
        connected.iter().map(|(first, now)| Ok(self.time(now)?.duration_since(self.time(first)?))).collect()
    }

    /// Returns the findings that stand, or are over and somebody waits to hear so.
    pub(super) fn open_findings(&self) -> Result<BTreeMap<String, Finding>, StoreError> {
        type Row = (String, String, String, String, Option<String>, Option<String>);
        let rows: Vec<Row> = self.run(|c| {
            c.prepare_cached(
                "SELECT name, COALESCE(last, text), help, since, told, over FROM findings WHERE closed IS NULL",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)))?
            .collect()
        })?;
        let time = |text: Option<String>| text.map(|text| self.time(&text)).transpose();
        let finding = |(name, text, help, since, told, over): Row| {
            Ok((name, Finding { text, help, since: self.time(&since)?, told: time(told)?, over: time(over)? }))
        };
        rows.into_iter().map(finding).collect()
    }

    /// Remembers through what people are told, and returns what it was before.
    pub(super) fn put_told_through(&self, marks: &BTreeSet<String>) -> Result<Option<BTreeSet<String>>, StoreError> {
        let before: Option<String> = self.run(|c| {
            c.query_row("SELECT value FROM meta WHERE name = 'told_through'", [], |row| row.get(0)).optional()
        })?;
        let before = before.map(|lines| lines.lines().map(str::to_owned).collect::<BTreeSet<String>>());
        if before.as_ref() != Some(marks) {
            let lines = marks.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
            self.run(|c| c.execute("INSERT OR REPLACE INTO meta VALUES ('told_through', ?1)", [lines]).map(drop))?;
        }
        Ok(before)
    }

    /// Remembers the findings as they are now; those that are missing are closed.
    pub(super) fn put_findings(&self, now: &BTreeMap<String, Finding>, at: Timestamp) -> Result<(), StoreError> {
        let before = self.open_findings()?;
        if before == *now {
            return Ok(());
        }
        self.transaction(|all| {
            let closed: BTreeSet<&String> = before.keys().filter(|name| !now.contains_key(*name)).collect();
            for name in closed {
                all.execute(
                    "UPDATE findings SET closed = ?2, over = COALESCE(over, ?2) WHERE name = ?1 AND closed IS NULL",
                    params![name, at.to_string()],
                )?;
            }
            for (name, finding) in now.iter().filter(|(name, finding)| before.get(*name) != Some(*finding)) {
                let Finding { text, help, since, told, over } = finding;
                all.execute(
                    "INSERT INTO findings (name, text, help, since, told, over) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (name) WHERE closed IS NULL
                     DO UPDATE SET last = excluded.text, help = excluded.help, told = excluded.told, over = excluded.over",
                    params![
                        name,
                        text,
                        help,
                        since.to_string(),
                        told.map(|told| told.to_string()),
                        over.map(|over| over.to_string())
                    ],
                )?;
            }
            Ok(())
        })
    }

    /// Forgets what is too old, once a day. What is not settled or not confirmed is never too old.
    fn thin(&self, now: Timestamp) -> Result<(), StoreError> {
        let last: Option<String> = self
            .run(|c| c.query_row("SELECT value FROM meta WHERE name = 'thinned'", [], |row| row.get(0)).optional())?;
        if let Some(last) = last
            && now.duration_since(self.time(&last)?) < THINNED
        {
            return Ok(());
        }
        let before = |age: SignedDuration| now.checked_sub(age).unwrap_or(Timestamp::MIN).to_string();
        let (old, quiet) = (before(KEPT), before(QUIET_KEPT));
        self.transaction(|all| {
            all.execute("DELETE FROM passes WHERE began < ?1 OR (news = 0 AND began < ?2)", [&old, &quiet])?;
            all.execute(
                "DELETE FROM journal WHERE settled IS NOT NULL
                 AND ((sent < ?1 AND confirmed IS NOT NULL) OR (sent < ?2 AND outcome = 'not-done'))
                 AND entry <> (SELECT MAX(entry) FROM journal)",
                [&old, &quiet],
            )?;
            all.execute("DELETE FROM findings WHERE closed < ?1", [&old])?;
            all.execute("DELETE FROM sightings WHERE last < ?1", [&old])?;
            // A hold that a later word has ended goes before that word does, or it would be in force again.
            all.execute(
                "DELETE FROM orders WHERE at < ?1 AND word = 'hold' AND number < (
                     SELECT MAX(number) FROM orders AS later
                     WHERE later.name = orders.name AND later.word IN ('hold', 'release'))",
                [&old],
            )?;
            all.execute(
                // The last pause or resume says how things are.
                "DELETE FROM orders WHERE at < ?1 AND (until IS NULL OR until < ?1) AND number NOT IN (
                     SELECT COALESCE(MAX(number), 0) FROM orders WHERE word IN ('pause', 'resume'))",
                [&old],
            )?;
            all.execute("INSERT OR REPLACE INTO meta VALUES ('thinned', ?1)", [now.to_string()]).map(drop)
        })
    }

    /// Does all of some work, or nothing.
    fn transaction<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.run(|c| {
            let all = c.unchecked_transaction()?;
            let done = work(&all)?;
            all.commit()?;
            Ok(done)
        })
    }
}

/// Notes which VPCs are there and connected. Returns when each that was connected just now was seen first, and now.
fn sightings(all: &Transaction<'_>, record: &Record) -> rusqlite::Result<Vec<(String, String)>> {
    let now = record.began.to_string();
    let stale = record.began.checked_sub(SEEN_AGAIN).unwrap_or(Timestamp::MIN).to_string();
    let mut connected = Vec::new();
    let mut insert = all.prepare_cached(
        // A VPC that is found connected already was not connected by this network's doing.
        "INSERT INTO sightings (vpc, first, last, connected) VALUES (?1, ?2, ?2, CASE WHEN ?3 THEN ?2 END)
         ON CONFLICT (vpc) DO NOTHING",
    )?;
    let mut again = all.prepare_cached("UPDATE sightings SET last = ?2 WHERE vpc = ?1 AND last < ?3")?;
    let mut done =
        all.prepare_cached("UPDATE sightings SET connected = ?2 WHERE vpc = ?1 AND connected IS NULL RETURNING first")?;
    for (vpc, is_connected) in &record.vpcs {
        if insert.execute(params![vpc, now, is_connected])? == 1 {
            continue;
        }
        again.execute(params![vpc, now, stale])?;
        if *is_connected {
            let first: Option<String> = done.query_row(params![vpc, now], |row| row.get(0)).optional()?;
            connected.extend(first.map(|first| (first, now.clone())));
        }
    }
    Ok(connected)
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
