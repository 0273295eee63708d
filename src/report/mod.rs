//! What people and machines read: what differs, what stands in the way, and what was done about it.
//!
//! A report is a pure function of what was seen and decided: the same input gives the same bytes, and nothing in it
//! depends on when it is written. Text is for a person who has to bet production on it: the verdict first, then what
//! keeps the network from being as declared and what to do about it, then the steps, VPC by VPC. It reads correctly
//! without colour. JSON has all of it, uncut, with keys that stay.

mod drift;
mod history;
mod json;
mod live;
mod matters;
mod names;
mod orders;
mod passes;
mod steps;
mod style;
mod summary;
mod wording;

use crate::apply::Outcomes;
use crate::model::{AccountId, NetworkName, OrganizationId, Snapshot, Topology};
use crate::plan::Plan;

pub use drift::{drift_text, standing_text};
pub use history::{history_json, history_text};
pub use json::{drift_json, pass_json};
pub use matters::{Matter, UNREAD, ended, is_over, matters, unknown_scopes, unready, verdict_text};
pub use passes::{moved_text, pass_text, violations_text};
pub use style::Style;

/// One look at a network: all that a report is made of.
pub struct View<'a> {
    pub network: &'a NetworkName,
    pub home: &'a AccountId,
    pub organization: &'a OrganizationId,
    pub plan: &'a Plan,
    pub want: &'a Topology,
    pub seen: &'a Snapshot,
    /// How many calls were paid for.
    pub calls: u64,
}

/// One pass: a look, and what became of the steps that were ready.
pub struct PassView<'a> {
    pub number: usize,
    pub view: View<'a>,
    pub outcomes: &'a Outcomes,
}

#[cfg(test)]
mod tests;
