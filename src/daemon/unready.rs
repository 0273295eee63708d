//! What AWS stays busy with, or not ready for, for longer than anything takes that goes well.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Matters;
use crate::report::Matter;

/// After how long a person hears of it. What AWS makes and takes away in good times is ready within minutes; a transit
/// gateway takes longest.
const LONG: SignedDuration = SignedDuration::from_mins(30);

/// Since when AWS has not been ready, by the name of the matter.
#[derive(Debug, Default)]
pub struct Unready(BTreeMap<String, Timestamp>);

impl Unready {
    /// Notes what AWS is not ready for now, and returns what has lasted for long. What a person was told before a restart lasts.
    pub fn lasting(
        &mut self,
        now: Timestamp,
        unready: BTreeMap<String, Matter>,
        told: &Matters,
    ) -> BTreeMap<String, Matter> {
        self.0.retain(|name, _| unready.contains_key(name));
        let mut lasting = BTreeMap::new();
        for (name, matter) in unready {
            let since = *self.0.entry(name.clone()).or_insert(now);
            if now.duration_since(since) >= LONG || told.standing().any(|(standing, _)| *standing == name) {
                lasting.insert(name, matter);
            }
        }
        lasting
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::specimen::now;

    fn matters(names: &[&str]) -> BTreeMap<String, Matter> {
        let matter = |name: &str| Matter { text: name.to_owned(), help: String::new() };
        names.iter().map(|name| ((*name).to_owned(), matter(name))).collect()
    }

    #[test]
    fn what_takes_long_is_a_matter_and_what_began_anew_is_not() {
        let (mut unready, told) = (Unready::default(), Matters::default());
        let mut lasting = |minutes: i64, names: &[&str]| -> Vec<String> {
            let now = now() + SignedDuration::from_mins(minutes);
            unready.lasting(now, matters(names), &told).into_keys().collect()
        };
        assert!(lasting(0, &["a"]).is_empty());
        assert!(lasting(29, &["a", "b"]).is_empty());
        assert_eq!(lasting(30, &["a", "b"]), ["a"]);
        assert!(lasting(40, &["b"]).is_empty());
        assert_eq!(lasting(60, &["a", "b"]), ["b"], "a began anew");
    }

    #[test]
    fn what_a_person_was_told_before_a_restart_lasts() {
        let mut told = Matters::default();
        told.see(now(), matters(&["a"]), &BTreeSet::new());
        assert_eq!(Unready::default().lasting(now(), matters(&["a", "b"]), &told).len(), 1);
    }
}
