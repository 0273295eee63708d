//! Is not too much taken away at once? Counted again here, from the journal and the plan.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Violation;
use crate::model::{History, Removal};
use crate::plan::{Budgets, Outlook, Plan};

pub(super) fn check(plan: &Plan, now: Timestamp, past: &History, budgets: &Budgets, violations: &mut Vec<Violation>) {
    let ready: Vec<_> = plan.steps.iter().filter(|step| step.outlook == Outlook::Ready && step.is_removal()).collect();
    let within = |hours: i64| {
        let since = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
        move |removal: &&Removal| removal.at > since
    };
    let mut judge = |budget: String, ready: usize, limit: usize, spent: usize| {
        let room = limit.saturating_sub(spent);
        if ready > room {
            violations.push(Violation::Budget { budget, ready, room });
        }
    };
    judge("an hour".to_owned(), ready.len(), budgets.per_hour, past.removals.iter().filter(within(1)).count());
    judge("a day".to_owned(), ready.len(), budgets.per_day, past.removals.iter().filter(within(24)).count());
    let mut segments: BTreeMap<_, usize> = BTreeMap::new();
    for segment in ready.iter().filter_map(|step| step.segment.as_ref()) {
        *segments.entry(segment).or_default() += 1;
    }
    for (segment, ready) in segments {
        let of_segment = past.removals.iter().filter(within(24)).filter(|it| it.segment.as_ref() == Some(segment));
        judge(format!("segment {segment} for a day"), ready, budgets.per_segment_per_day, of_segment.count());
    }
}
