//! What happened, read back for people: by resource, by time. Reads beside the process that writes.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{SqliteStore, StoreError};
use crate::model::{Event, Happened, Hold};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// A resource, in the words of a hold; none for everything.
    pub resource: Option<String>,
    pub since: Timestamp,
    pub until: Timestamp,
}

impl SqliteStore {
    /// Opens the state in a directory for reading, whatever network it is of. None where there is none.
    ///
    /// # Errors
    /// When it cannot be opened, or is of another version.
    pub fn open_to_recall(directory: &Path) -> Result<Option<Self>, StoreError> {
        let Some(store) = Self::to_read(directory)? else { return Ok(None) };
        store.check_version()?;
        Ok(Some(store))
    }

    /// Returns what happened, in order of time.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn recall(&self, query: &Query) -> Result<Vec<Event>, StoreError> {
        let (since, until) = (query.since.to_string(), query.until.to_string());
        let mut events = Vec::new();
        if query.resource.is_none() {
            events.extend(self.passes(&since, &until)?);
        }
        events.extend(self.steps(&since, &until)?);
        events.extend(self.findings_of(&since, &until)?);
        events.extend(self.orders_of(&since, &until)?);
        if let Some(resource) = &query.resource {
            events.retain(|event| concerns(event, resource));
        }
        events.sort_by_key(|event| event.at);
        Ok(events)
    }

    fn passes(&self, since: &str, until: &str) -> Result<Vec<Event>, StoreError> {
        type Cells = (String, String, String, String, [i64; 4]);
        let cells = |row: &Row<'_>| -> rusqlite::Result<Cells> {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?],
            ))
        };
        let rows: Vec<Cells> = self.run(|c| {
            c.prepare_cached(
                "SELECT began, ended, how, verdict, steps, sent, unknown, calls FROM passes
                 WHERE news = 1 AND began >= ?1 AND began <= ?2 ORDER BY pass",
            )?
            .query_map([since, until], cells)?
            .collect()
        })?;
        let event = |(at, ended, how, verdict, numbers): Cells| {
            let [steps, sent, unknown, calls] = numbers.map(|number| u64::try_from(number).unwrap_or_default());
            let what = Happened::Pass { ended: self.time(&ended)?, how, verdict, steps, sent, unknown, calls };
            Ok(Event { at: self.time(&at)?, what })
        };
        rows.into_iter().map(event).collect()
    }

    fn steps(&self, since: &str, until: &str) -> Result<Vec<Event>, StoreError> {
        type Cells = ([String; 6], [Option<String>; 4]);
        let cells = |row: &Row<'_>| -> rusqlite::Result<Cells> {
            let known = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
            Ok((known, [row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?]))
        };
        let rows: Vec<Cells> = self.run(|c| {
            c.prepare_cached(
                "SELECT sent, step, account, region, before, call, outcome, trouble, settled, confirmed FROM journal
                 WHERE sent >= ?1 AND sent <= ?2 ORDER BY entry",
            )?
            .query_map([since, until], cells)?
            .collect()
        })?;
        let event = |([at, step, account, region, before, call], [outcome, trouble, settled, confirmed]): Cells| {
            let (settled, confirmed) = (self.maybe_time(settled)?, self.maybe_time(confirmed)?);
            let what = Happened::Step { step, account, region, before, call, outcome, trouble, settled, confirmed };
            Ok(Event { at: self.time(&at)?, what })
        };
        rows.into_iter().map(event).collect()
    }

    fn findings_of(&self, since: &str, until: &str) -> Result<Vec<Event>, StoreError> {
        type Cells = ([String; 4], [Option<String>; 2]);
        let cells = |row: &Row<'_>| -> rusqlite::Result<Cells> {
            Ok(([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?], [row.get(4)?, row.get(5)?]))
        };
        let rows: Vec<Cells> = self.run(|c| {
            c.prepare_cached(
                "SELECT since, text, COALESCE(last, text), help, told, over FROM findings
                 WHERE (since >= ?1 AND since <= ?2) OR (over >= ?1 AND over <= ?2) ORDER BY finding",
            )?
            .query_map([since, until], cells)?
            .collect()
        })?;
        let mut events = Vec::new();
        let within = |at: &str| since <= at && at <= until;
        for ([at, text, last, help], [told, over]) in rows {
            if let Some(over) = over.filter(|over| within(over)) {
                events.push(Event { at: self.time(&over)?, what: Happened::Over { text: last } });
            }
            if within(&at) {
                let what = Happened::Found { text, help, told: self.maybe_time(told)? };
                events.push(Event { at: self.time(&at)?, what });
            }
        }
        Ok(events)
    }

    fn orders_of(&self, since: &str, until: &str) -> Result<Vec<Event>, StoreError> {
        type Cells = ([String; 5], Option<String>);
        let cells = |row: &Row<'_>| -> rusqlite::Result<Cells> {
            Ok(([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?], row.get(5)?))
        };
        let rows: Vec<Cells> = self.run(|c| {
            c.prepare_cached(
                "SELECT at, word, name, by, why, until FROM orders WHERE at >= ?1 AND at <= ?2 ORDER BY number",
            )?
            .query_map(params![since, until], cells)?
            .collect()
        })?;
        let event = |([at, word, name, by, why], until): Cells| {
            let what = Happened::Order { word, name, by, why, until: self.maybe_time(until)? };
            Ok(Event { at: self.time(&at)?, what })
        };
        rows.into_iter().map(event).collect()
    }

    fn maybe_time(&self, text: Option<String>) -> Result<Option<Timestamp>, StoreError> {
        text.map(|text| self.time(&text)).transpose()
    }
}

/// Tells whether an event is about a resource, named as for a hold.
fn concerns(event: &Event, resource: &str) -> bool {
    let hold =
        Hold { name: resource.to_owned(), why: String::new(), by: String::new(), since: event.at, until: event.at };
    match &event.what {
        Happened::Pass { .. } => false,
        Happened::Step { step, call, before, .. } => hold.covers(step, &format!("{call}{before}"), &[]),
        Happened::Found { text, .. } | Happened::Over { text } => hold.covers(&words(text), "", &[]),
        Happened::Order { name, word, .. } => name.is_empty() || hold.covers(name, word, &[]) || name == resource,
    }
}

/// Takes the punctuation from the ends of a sentence's words, so that ids stand alone.
fn words(text: &str) -> String {
    let bare = |word: &str| word.trim_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).to_owned();
    text.split_whitespace().map(bare).collect::<Vec<_>>().join(" ")
}
