//! The log: to standard error, as text or JSON, and never louder than asked for.
//!
//! `TRANSITD_LOG` says how much (`info`, `transitd=debug`), `TRANSITD_LOG_FORMAT=json` that each event is one JSON object.

use std::io;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use crate::cli::Lookup;

/// What a command logs that a person waits for: what goes wrong. The SDK's own warnings come back as errors of the calls
/// that they are about, in better words.
const COMMAND: &str = "off,transitd=warn";
/// What a daemon logs: each step with its reason besides.
const DAEMON: &str = "off,transitd=info";

/// How much is logged.
pub struct Level {
    filter: reload::Handle<EnvFilter, Registry>,
    /// Whether the environment says it.
    told: bool,
}

/// Begins to log.
pub fn begin(variable: &Lookup<'_>, colour: bool) -> Level {
    let told = variable("TRANSITD_LOG").and_then(|text| EnvFilter::try_new(text).ok());
    let is_told = told.is_some();
    let (filter, handle) = reload::Layer::new(told.unwrap_or_else(|| EnvFilter::new(COMMAND)));
    let log = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(io::stderr);
    if variable("TRANSITD_LOG_FORMAT").as_deref() == Some("json") {
        log.with(lines.json().flatten_event(true)).init();
    } else {
        log.with(lines.with_ansi(colour)).init();
    }
    Level { filter: handle, told: is_told }
}

impl Level {
    /// Logs as much as a daemon does, if the environment does not say how much.
    pub fn daemon(&self) {
        if !self.told
            && let Err(error) = self.filter.reload(EnvFilter::new(DAEMON))
        {
            tracing::warn!(%error, "the log stays as it is");
        }
    }
}
