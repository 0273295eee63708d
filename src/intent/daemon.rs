//! `daemon`: how the daemon runs.

use std::time::Duration;

use super::decode::Decoder;
use super::segments::MODES;
use super::shape;
use super::tree::Node;
use super::types::{Daemon, Mode};

/// The time between passes where the file sets none: soon enough to undo a change by hand before it is relied on, and
/// seldom enough to stay far below AWS's request rates.
const EVERY: Duration = Duration::from_mins(5);

/// The longest time between passes: a network that is looked at less often than daily is not kept.
const LONGEST: Duration = Duration::from_hours(24);

/// What holds where the file does not speak of the daemon at all.
pub(super) fn default() -> Daemon {
    Daemon { every: EVERY, mode: Mode::Enforce }
}

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Daemon> {
    let mut fields = decoder.open::<shape::Daemon>(node, "`every` and `mode`")?;
    let every = fields.get_or(decoder, "every", EVERY, |d, n| d.span_of_time(n, LONGEST));
    let mode = fields.get_or(decoder, "mode", Mode::Enforce, |d, n| d.word(n, &MODES));
    fields.close(decoder);
    Some(Daemon { every: every?, mode: mode? })
}
