//! What happened, as it is remembered for people.

use jiff::Timestamp;
use serde::Serialize;

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: Happened,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Happened {
    /// A pass that found or did something else than the one before.
    Pass { ended: Timestamp, how: String, verdict: String, steps: u64, sent: u64, unknown: u64, calls: u64 },
    /// A write. `before` and `call` are JSON: why it was sent, with what was there before, and what was sent.
    Step {
        step: String,
        account: String,
        region: String,
        before: String,
        call: String,
        /// `done`, `not-done` or `in-doubt`; none while the answer is not known.
        outcome: Option<String>,
        trouble: Option<String>,
        settled: Option<Timestamp>,
        /// When it was seen to be so.
        confirmed: Option<Timestamp>,
    },
    /// Something began to stand in the way.
    Found { text: String, help: String, told: Option<Timestamp> },
    /// It no longer does.
    Over { text: String },
    /// A person's order.
    Order { word: String, name: String, by: String, why: String, until: Option<Timestamp> },
}
