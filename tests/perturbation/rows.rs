//! The table: how each field is changed, what drift names, and what apply makes of it.

#[macro_use]
#[path = "rows/how.rs"]
mod how;
#[path = "rows/attachments.rs"]
mod attachments;
#[path = "rows/connect_peers.rs"]
mod connect_peers;
#[path = "rows/gateways.rs"]
mod gateways;
#[path = "rows/organization.rs"]
mod organization;
#[path = "rows/shares.rs"]
mod shares;
#[path = "rows/strangers.rs"]
mod strangers;
#[path = "rows/vpcs.rs"]
mod vpcs;

use crate::world::Bench;

/// One change of one field.
pub struct Row {
    pub kind: &'static str,
    pub field: &'static str,
    pub how: fn(&Bench<'_>),
    /// What drift says that it did not say before, in order; what it says no longer stands behind `gone: `.
    pub drift: &'static [&'static str],
    pub comes_to: ComesTo,
}

/// What apply makes of a change.
#[derive(Clone, Copy, Debug)]
pub enum ComesTo {
    /// Every field of every thing is as it was before.
    Repaired,
    /// Nothing is left to report; things have other ids or times than before.
    Mended,
    /// Something is written, and this is left.
    Partly(&'static [&'static str]),
    /// Nothing is written.
    Reported,
    /// Drift says nothing, and nothing is written; with the reason.
    Ignored(&'static str),
}

/// What drift says of the world at rest.
pub const ALWAYS: &[&str] =
    &["unmanaged: attachment old peering/here lab false lab.gateway peering", "unmanaged: table old lab/table -"];

pub fn all() -> Vec<Row> {
    [
        attachments::rows(),
        connect_peers::rows(),
        gateways::rows(),
        organization::rows(),
        shares::rows(),
        strangers::rows(),
        vpcs::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
