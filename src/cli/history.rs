//! `transitd history`: what happened, by resource and by time.

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::{Common, Exit, Failure, Format, Surroundings, print_json};
use crate::report;
use crate::store::{Query, SqliteStore};

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// What it is about, named as for `hold`; everything if left out
    resource: Option<String>,
    /// From when: a time such as 2026-11-22T03:00:00Z, or so long ago, such as 8h
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = moment)]
    since: Moment,
    /// Until when; now if left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Moment>,
}

/// A time, or so long before now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    At(Timestamp),
    Ago(SignedDuration),
}

impl Moment {
    fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Moment::At(at) => at,
            Moment::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
        }
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::At(at));
    }
    match text.parse::<SignedDuration>() {
        Ok(ago) if !ago.is_negative() => Ok(Moment::Ago(ago)),
        _ => Err("expected a time such as 2026-11-22T03:00:00Z, or a span such as 8h or 30m".to_owned()),
    }
}

pub(super) fn run(common: &Common, asked: &HistoryArguments, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    let store = SqliteStore::open_to_recall(&common.state)?.ok_or_else(|| {
        let directory = common.state.display();
        Failure::new(format!(
            "there is no state in {directory} yet: --state names the directory that transitd runs with"
        ))
    })?;
    let now = around.clock.now();
    let query = Query {
        resource: asked.resource.clone(),
        since: asked.since.from(now),
        until: asked.until.map_or(now, |until| until.from(now)),
    };
    let events = store.recall(&query)?;
    match common.format {
        Format::Text => {
            let span = (query.since, query.until);
            write!(around.out, "{}", report::history_text(&events, span, common.style(around)))?;
        }
        Format::Json => print_json(around, &report::history_json(&events))?,
    }
    Ok(Exit::InSync)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_span_before_now() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let at = |text: &str| moment(text).unwrap().from(now).to_string();
        assert_eq!(at("8h"), "2026-11-21T19:00:00Z");
        assert_eq!(at("2026-11-22T02:30:00Z"), "2026-11-22T02:30:00Z");
        assert_eq!(at("2026-11-22T03:30:00+01:00"), "2026-11-22T02:30:00Z");
        assert!(moment("yesterday").is_err() && moment("-8h").is_err());
    }
}
