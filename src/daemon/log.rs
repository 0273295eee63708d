//! What the log says: a line for the beginning, the end and each signal, one for a pass that found or did something new,
//! and one for each matter that comes or goes. Each step is told by whoever sends it.

use std::collections::BTreeMap;

use super::{Matters, News, Setup, Wanted};
use crate::pass::{Ended, Pass};
use crate::report::Matter;

/// Names how a pass ended, as a label and in the log.
pub(super) fn ended(ended: Option<&Ended>) -> &'static str {
    match ended {
        None => "under-way",
        Some(Ended::InSync) => "in-sync",
        Some(Ended::Blocked) => "blocked",
        Some(Ended::TimeOver) => "time-over",
        Some(Ended::Stopped) => "stopped",
        Some(Ended::Refused(_)) => "refused",
        Some(Ended::Moved(_)) => "moved",
    }
}

/// Tells who begins to keep what.
pub(super) fn begins(setup: &Setup) {
    let (version, network) = (env!("CARGO_PKG_VERSION"), setup.observer.intent.network.as_str());
    tracing::info!(version, network, mode = mode(setup), every = ?setup.every, "begins");
}

/// Tells what was asked for by signals.
pub(super) fn asked(wanted: Wanted) {
    let Wanted { reconcile, report, reload } = wanted;
    tracing::info!(reconcile, report, reload, "asked by a signal");
}

pub(super) fn mode(setup: &Setup) -> &'static str {
    if setup.door.is_some() { "enforce" } else { "observe" }
}

/// Tells of a pass. One that found all as the one before left it, and did nothing, is no news.
pub(super) fn pass(pass: &Pass, ended: &str, said: &str, same: bool) {
    let (sent, unknown, calls) = (pass.sent(), pass.plan.unknown.len(), pass.calls);
    let (steps, number) = (pass.plan.steps.len(), pass.number);
    if same && pass.outcomes.is_empty() {
        tracing::debug!(pass = number, ended, verdict = said, calls, "pass");
    } else {
        tracing::info!(pass = number, ended, verdict = said, steps, sent, unknown, calls, "pass");
    }
}

/// Passes that could not be made, one after the other.
#[derive(Debug, Default)]
pub(super) struct Outage {
    said: String,
    passes: usize,
}

impl Outage {
    /// Tells of a pass that could not be made: loudly, where it is not for what the one before it was.
    pub fn broke(&mut self, number: usize, error: &str) {
        if self.is_news(error) {
            tracing::error!(pass = number, error, "a pass could not be made");
        } else {
            tracing::debug!(pass = number, error, "a pass could not be made");
        }
    }

    /// Tells that a pass could be made again, if the one before it could not.
    pub fn is_over(&mut self, number: usize) {
        if self.passes > 0 {
            tracing::info!(pass = number, broken = self.passes, "passes can be made again");
        }
        *self = Self::default();
    }

    fn is_news(&mut self, error: &str) -> bool {
        self.passes = self.passes.saturating_add(1);
        let is_news = self.said != error;
        error.clone_into(&mut self.said);
        is_news
    }
}

/// Tells of matters that were not there in the pass before.
pub(super) fn matters(before: &Matters, seen: &BTreeMap<String, Matter>) {
    let standing: BTreeMap<_, _> = before.standing().collect();
    for (name, matter) in seen.iter().filter(|(name, _)| !standing.contains_key(name)) {
        tracing::warn!(
            matter = name.as_str(),
            text = matter.text.as_str(),
            help = matter.help.as_str(),
            "stands in the way"
        );
    }
}

/// Tells what a person is told.
pub(super) fn news(news: &News) {
    for (name, standing) in &news.stands {
        tracing::warn!(matter = name.as_str(), since = %standing.since, text = standing.text.as_str(), "asks for a person");
    }
    for (name, standing) in &news.over {
        tracing::info!(matter = name.as_str(), since = %standing.since, text = standing.text.as_str(), "is over");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_pass_after_pass_from_being_made_is_news_once_and_counted() {
        let mut outage = Outage::default();
        let news = ["no route to host", "no route to host", "access denied", "no route to host"];
        assert_eq!(news.map(|error| outage.is_news(error)), [true, false, true, true]);
        assert_eq!(outage.passes, 4);
        outage.is_over(5);
        assert_eq!(outage.passes, 0);
        assert!(outage.is_news("no route to host"), "it is over, and begins anew");
    }
}
