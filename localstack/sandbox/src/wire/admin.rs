//! The sandbox's own calls, beside AWS's: its clock and its log.
//!
//! | call | answer |
//! |---|---|
//! | `GET /_sandbox/clock` | the time in the sandbox |
//! | `POST /_sandbox/clock/advance?seconds=N` | the time after moving it on; what is due by then has happened |
//! | `GET /_sandbox/calls?since=INDEX` | the log from that entry on, and the index to ask with next |
//! | `POST /_sandbox/calls/clear` | nothing; the log starts again at 0 |

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::plain;
use crate::sandbox::Sandbox;

pub(super) const PREFIX: &str = "/_sandbox/";

/// The furthest that one call moves the clock: a year. It keeps times well within what a clock can hold.
const FURTHEST: f64 = 366.0 * 24.0 * 3600.0;

pub(super) fn answer(sandbox: &mut Sandbox, method: &Method, path: &str, query: &str) -> Response {
    let given = |name: &str| -> Option<Cow<'_, str>> {
        form_urlencoded::parse(query.as_bytes()).find(|(given, _)| given == name).map(|(_, value)| value)
    };
    match (method.as_str(), path) {
        ("GET", "clock") => document(&clock(sandbox)),
        ("POST", "clock/advance") => {
            let seconds = given("seconds").and_then(|seconds| seconds.parse::<f64>().ok());
            match seconds.filter(|seconds| (0.0..=FURTHEST).contains(seconds)) {
                Some(seconds) => {
                    sandbox.advance(Duration::from_secs_f64(seconds));
                    document(&clock(sandbox))
                }
                None => plain(StatusCode::BAD_REQUEST, "seconds= must be a number from 0 to 31622400"),
            }
        }
        ("GET", "calls") => {
            let since = given("since").map_or(Ok(0), |since| since.parse::<usize>());
            let Ok(since) = since else {
                return plain(StatusCode::BAD_REQUEST, "since= must be the index of an entry");
            };
            let log = sandbox.log();
            let calls = log.get(since..).unwrap_or_default();
            document(&json!({"calls": calls, "next": log.len()}))
        }
        ("POST", "calls/clear") => {
            sandbox.clear_log();
            document(&json!({}))
        }
        (_, "clock" | "clock/advance" | "calls" | "calls/clear") => {
            plain(StatusCode::METHOD_NOT_ALLOWED, "this is not how it is asked")
        }
        (_, _) => plain(StatusCode::NOT_FOUND, "known are clock, clock/advance, calls, calls/clear"),
    }
}

fn clock(sandbox: &Sandbox) -> Value {
    json!({"now": sandbox.now()})
}

fn document(value: &Value) -> Response {
    let mut response = Response::new(Body::from(format!("{value}\n")));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
