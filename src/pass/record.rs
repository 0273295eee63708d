//! What is remembered of a pass for people.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Pass;
use crate::apply::Outcome;
use crate::store::Record;

impl Pass {
    /// Puts the pass into a record. `verdict` is its report's first line; `news`: it says something else than the pass before.
    pub fn record(&self, how: &'static str, verdict: &str, ended: Timestamp, news: bool) -> Record {
        Record {
            began: self.seen.at,
            ended,
            how,
            verdict: format!("{verdict}{}", self.overruled()),
            steps: self.plan.steps.len(),
            sent: self.sent(),
            unknown: self.plan.unknown.len(),
            calls: self.calls,
            news: news || !self.outcomes.is_empty(),
            vpcs: self.connected(),
        }
    }

    /// Counts the steps whose calls left for AWS.
    pub fn sent(&self) -> usize {
        self.outcomes.values().filter(|outcome| outcome.is_sent()).count()
    }

    /// Says how many steps were not sent since somebody gave another order meanwhile.
    fn overruled(&self) -> String {
        match self.outcomes.values().filter(|outcome| **outcome == Outcome::Overruled).count() {
            0 => String::new(),
            number => format!("; {number} overruled"),
        }
    }

    /// Tells of each VPC of a segment whether it is connected: nothing is to be done, waited for or decided about it.
    fn connected(&self) -> BTreeMap<String, bool> {
        let mut busy = BTreeSet::new();
        for step in &self.plan.steps {
            busy.extend(vpcs_in(step.id.as_str()));
        }
        let keys: Vec<String> = self.plan.pending.iter().map(|pending| pending.key.to_string()).collect();
        let blocks = self.plan.problems.iter().filter(|problem| problem.blocks());
        let problems: Vec<String> = blocks.map(|problem| serde_json::to_string(problem).unwrap_or_default()).collect();
        busy.extend(keys.iter().chain(&problems).flat_map(|text| vpcs_in(text)));
        let is_connected =
            |vpc: &crate::model::VpcKey| !busy.contains(vpc.vpc.as_str()) && !self.want.frozen.contains(vpc);
        self.want.members.keys().map(|vpc| (vpc.to_string(), is_connected(vpc))).collect()
    }
}

/// Finds the ids of VPCs in a text.
fn vpcs_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("vpc-").map(|(start, _)| {
        let rest = &text[start..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        &rest[..end]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::Outcomes;
    use crate::model::{History, Snapshot};
    use crate::specimen::{converged, intent, items, now, plan, region, untouched};

    fn connected(seen: Snapshot) -> Vec<bool> {
        let intent = intent();
        let want = crate::compile::compile(&intent, &seen);
        let plan = plan(&intent, &seen, &History::default());
        let pass = Pass { number: 1, seen, want, plan, outcomes: Outcomes::new(), calls: 1 };
        pass.record("in-sync", "in sync", now(), false).vpcs.into_values().collect()
    }

    #[test]
    fn a_vpc_is_connected_when_nothing_is_left_to_do_about_it() {
        assert_eq!(connected(untouched()), [false, false]);
        assert_eq!(connected(converged()), [true, true]);
        let mut one = converged();
        let hub = one.hubs.get_mut(&region()).unwrap();
        // One of the two propagates into the other's table no longer; the first's own table has both.
        items(hub.propagations.values_mut().last().unwrap()).clear();
        assert_eq!(connected(one).into_iter().filter(|connected| *connected).count(), 1);
    }

    #[test]
    fn only_what_was_sent_counts_and_what_was_overruled_is_told() {
        let (intent, seen) = (intent(), untouched());
        let want = crate::compile::compile(&intent, &seen);
        let plan = plan(&intent, &seen, &History::default());
        let all = [Outcome::Done, Outcome::Overruled, Outcome::NotSent, Outcome::Overruled];
        let outcomes: Outcomes = plan.steps.iter().map(|step| step.id.clone()).zip(all).collect();
        assert_eq!(outcomes.len(), 4);
        let pass = Pass { number: 1, seen, want, plan, outcomes, calls: 1 };
        let record = pass.record("under-way", "drift: 9 steps", now(), false);
        assert_eq!((record.sent, record.verdict.as_str()), (1, "drift: 9 steps; 2 overruled"));
        assert!(record.news);
    }

    #[test]
    fn ids_of_vpcs_are_found_wherever_they_stand() {
        let text = r#"create VPC route 1/vpc-0a/rtb-1 10.0.0.0/8 {"vpc":"vpc-0b"} vpc-0c"#;
        assert_eq!(vpcs_in(text).collect::<Vec<_>>(), ["vpc-0a", "vpc-0b", "vpc-0c"]);
    }
}
