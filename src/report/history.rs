//! What happened, told to people and machines: in order of time, each with its reason.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::api::ApiError;
use crate::model::{Event, Happened, plain};

use super::style::{Page, Paint, Style, piece};

/// Where the text begins: a time, and two between.
const TEXT: usize = "2026-11-22 03:00:00  ".len();

/// Writes what happened within a span of time, for a person. Times are in UTC.
pub fn history_text(events: &[Event], (since, until): (Timestamp, Timestamp), style: Style) -> String {
    let mut page = Page::new(style);
    if events.is_empty() {
        let (since, until) = (since.strftime("%F %T"), until.strftime("%F %T"));
        let none = format!("nothing is remembered of this from {since} to {until} UTC: --since looks further back");
        page.line(0, 2, &[piece(Paint::Aside, none)]);
    }
    if !events.is_empty() {
        page.line(0, 2, &[piece(Paint::Aside, "times are UTC".to_owned())]);
    }
    for event in events {
        let at = event.at.strftime("%F %T ").to_string();
        let (paint, label, text) = told(&event.what);
        page.line(0, TEXT, &[piece(Paint::Aside, at), piece(paint, label), piece(Paint::Text, text)]);
        for line in details(&event.what) {
            page.line(TEXT, TEXT + 2, &[piece(Paint::Aside, line)]);
        }
    }
    page.finish()
}

fn told(what: &Happened) -> (Paint, String, String) {
    match what {
        Happened::Pass { how, verdict, sent, .. } => {
            let paint = if how == "in-sync" { Paint::Good } else { Paint::Notable };
            let sent = if *sent == 0 { String::new() } else { format!("; {sent} sent") };
            (paint, "pass".to_owned(), format!("{verdict}{sent}"))
        }
        Happened::Step { step, outcome, .. } => {
            let (paint, word) = match outcome.as_deref() {
                Some("done") => (Paint::Good, "done".to_owned()),
                Some("not-done") => (Paint::Bad, "not done".to_owned()),
                Some("in-doubt") | None => (Paint::Notable, "in doubt".to_owned()),
                Some(other) => (Paint::Notable, other.to_owned()),
            };
            (paint, word, step.clone())
        }
        Happened::Found { text, .. } => (Paint::Bad, "found".to_owned(), text.clone()),
        Happened::Over { text } => (Paint::Good, "over".to_owned(), text.clone()),
        Happened::Order { word, name, by, why, until } => {
            let until = until.map(|until| format!(" until {} UTC", until.strftime("%F %H:%M"))).unwrap_or_default();
            let name = if name.is_empty() { String::new() } else { format!("{name}{until} ") };
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            (Paint::Heading, word.clone(), format!("{name}by {by}{why}"))
        }
    }
}

/// The codes of what AWS said nothing about.
const NO_WORDS_OF_AWS: [&str; 3] = [ApiError::NOT_SENT, ApiError::NO_ANSWER, ApiError::NO_CREDENTIALS];

/// Tells whether a call never left: it failed here, or before it, such as on the way into its account.
fn is_unsent(call: &str, trouble: Option<&str>) -> bool {
    let Some((action, code)) = trouble.and_then(|said| Some((said.split_once(": ")?.0, code(said)?))) else {
        return false;
    };
    code == ApiError::NOT_SENT || code == ApiError::NO_CREDENTIALS || !call.contains(&format!("\"{action}\""))
}

/// Returns the code in the words of a failed call, `CreateRoute: IncorrectState (…)`; none in what no call said.
fn code(trouble: &str) -> Option<&str> {
    let (_, said) = trouble.split_once(": ")?;
    said.split(' ').next()
}

fn details(what: &Happened) -> Vec<String> {
    match what {
        Happened::Step { account, region, before, call, trouble, confirmed, outcome, .. } => {
            let why = plain(before, "drift");
            let code = trouble.as_deref().and_then(code);
            let sent = if is_unsent(call, trouble.as_deref()) { "did not send" } else { "sent" };
            let mut lines =
                vec![format!("in {account}/{region}, why: {why}"), format!("{sent} {}", plain(call, "action"))];
            let said = if code.is_some_and(|code| !NO_WORDS_OF_AWS.contains(&code)) { "AWS said" } else { "because:" };
            lines.extend(trouble.as_ref().map(|trouble| format!("{said} {trouble}")));
            // What was not done was not seen either: a later write of the same step took its place.
            let confirmed = confirmed.filter(|_| outcome.as_deref() != Some("not-done"));
            lines.extend(confirmed.map(|at| format!("seen at {}", at.strftime("%F %T"))));
            lines
        }
        Happened::Found { help, told, .. } => {
            let told = told.map(|at| format!("a person was told at {}", at.strftime("%F %T")));
            std::iter::once(format!("help: {help}")).chain(told).collect()
        }
        Happened::Pass { .. } | Happened::Over { .. } | Happened::Order { .. } => Vec::new(),
    }
}

/// Returns what happened, for machines. What a step was sent with is JSON in it, not text.
pub fn history_json(events: &[Event]) -> Value {
    let each = events.iter().map(|event| {
        let mut value = serde_json::to_value(event).unwrap_or_default();
        for key in ["before", "call"] {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                let inner: Value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
                value[key] = inner;
            }
        }
        value
    });
    json!({ "format": "transitd.history/1", "events": each.collect::<Vec<_>>() })
}
