//! Times as each protocol writes them. In canonical form a time is RFC 3339 text.

use jiff::Timestamp;
use serde_json::{Number, Value};

/// How a protocol writes times.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    /// `2026-01-01T00:00:00.000Z`: EC2.
    Milliseconds,
    /// `2026-01-01T00:00:00Z`: IAM and STS.
    Seconds,
}

pub(super) fn text(time: Timestamp, format: Format) -> String {
    match format {
        Format::Milliseconds => time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        Format::Seconds => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

/// Returns seconds since 1970 with milliseconds, as AWS's JSON protocols write times.
pub(super) fn epoch(time: Timestamp) -> Value {
    let seconds = time.as_millisecond() as f64 / 1000.0;
    Number::from_f64(seconds).map_or(Value::Null, Value::Number)
}

/// Reads seconds since 1970.
pub(super) fn from_epoch(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round();
    // Beyond this a float no longer counts milliseconds one by one, and jiff's last year is long over.
    (milliseconds.abs() < 9e15).then(|| Timestamp::from_millisecond(milliseconds as i64).ok())?
}
