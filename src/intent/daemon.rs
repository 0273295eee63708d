//! `daemon`: how the daemon runs.

use std::time::Duration;

use super::decode::Decoder;
use super::segments::MODES;
use super::shape;
use super::tree::{Node, Value};
use super::types::{Daemon, Mode, Webhook};
use super::words::ListenAddress;

/// The time between passes where the file sets none: soon enough to undo a change by hand before it is relied on, and
/// seldom enough to stay far below AWS's request rates.
const EVERY: Duration = Duration::from_mins(5);

/// The longest time between passes: a network that is looked at less often than daily is not kept.
const LONGEST: Duration = Duration::from_hours(24);

/// Where health and metrics are served if the file does not say: to this machine alone.
const LISTEN: &str = "127.0.0.1:9464";

fn listen() -> ListenAddress {
    LISTEN.parse().expect("an address with its port")
}

/// What holds where the file does not speak of the daemon at all.
pub(super) fn default() -> Daemon {
    Daemon { every: EVERY, mode: Mode::Enforce, listen: listen(), webhook: None, sns: None }
}

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Daemon> {
    let mut fields = decoder.open::<shape::Daemon>(node, "`every`, `mode`, `listen`, `webhook` and `sns`")?;
    let every = fields.get_or(decoder, "every", EVERY, |d, n| d.span_of_time(n, LONGEST));
    let mode = fields.get_or(decoder, "mode", Mode::Enforce, |d, n| d.word(n, &MODES));
    let listen = fields.get_or(decoder, "listen", listen(), |d, n| d.parsed(n, "an address with its port, or off"));
    let webhook = fields.get_or(decoder, "webhook", None, |d, n| webhook(d, n).map(Some));
    let sns = fields.get_or(decoder, "sns", None, |d, n| d.parsed(n, "the ARN of an SNS topic").map(Some));
    fields.close(decoder);
    Some(Daemon { every: every?, mode: mode?, listen: listen?, webhook: webhook?, sns: sns? })
}

fn webhook(decoder: &mut Decoder, node: &Node) -> Option<Webhook> {
    match &node.value {
        Value::Scalar { .. } => decoder.parsed(node, "an address to post to").map(Webhook::Url),
        Value::Map(_) | Value::List(_) | Value::Refused => {
            let mut fields = decoder.open::<shape::FromEnvironment>(node, "an address to post to, or { env: NAME }")?;
            let name = fields.get(decoder, "env", |d, n| d.parsed(n, "the name of an environment variable"));
            fields.close(decoder);
            name.map(Webhook::Env)
        }
    }
}
