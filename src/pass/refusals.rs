//! Steps that AWS refused for good: told once, and not tried again until something changes.
//!
//! What changes can be seen in the call itself, or cannot be seen at all: a permission that somebody has granted since, a
//! quota that was raised. So a refusal also ages out, and a person's word or a new config ends all of them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Fault, Refused};

/// After how long a step is tried again that a missing permission or a full quota kept from being done. People mend
/// these without transitd seeing it; one call an hour is no burden.
const MENDED_UNSEEN: SignedDuration = SignedDuration::from_hours(1);
/// After how long a step is tried again that AWS does not take as it is: a day, since only a change on AWS's side
/// makes a difference.
const NOT_TAKEN: SignedDuration = SignedDuration::from_hours(24);

/// The refusals of one process, by step.
#[derive(Debug, Default)]
pub struct Refusals(BTreeMap<String, (Refused, Timestamp)>);

impl Refusals {
    pub fn note(&mut self, step: String, refused: Refused, at: Timestamp) {
        self.0.insert(step, (refused, at));
    }

    /// Forgets what is too old to be relied on, and returns the rest.
    pub fn at(&mut self, now: Timestamp) -> BTreeMap<String, Refused> {
        self.0.retain(|_, (refused, at)| now.duration_since(*at) < age(refused.trouble.fault));
        self.0.iter().map(|(step, (refused, _))| (step.clone(), refused.clone())).collect()
    }

    /// Forgets all of them: a person has asked, or the config is another one.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

fn age(fault: Fault) -> SignedDuration {
    match fault {
        Fault::Denied | Fault::Quota | Fault::StaleCredentials => MENDED_UNSEEN,
        Fault::Throttled
        | Fault::Transient
        | Fault::InDoubt
        | Fault::Settling
        | Fault::AlreadyDone
        | Fault::Invalid
        | Fault::Unexpected => NOT_TAKEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Trouble;
    use crate::specimen::now;

    fn refused(fault: Fault) -> Refused {
        let trouble = Trouble { fault, code: "C".into(), message: String::new(), action: "A".into(), request_id: None };
        Refused { call: "{}".into(), trouble }
    }

    #[test]
    fn a_refusal_holds_for_its_time_and_is_then_forgotten() {
        for (fault, hours) in [(Fault::Denied, 1), (Fault::Quota, 1), (Fault::Invalid, 24), (Fault::Unexpected, 24)] {
            let mut refusals = Refusals::default();
            refusals.note("a".into(), refused(fault), now());
            let end = now() + SignedDuration::from_hours(hours);
            assert_eq!(refusals.at(end - SignedDuration::from_secs(1)).len(), 1, "{fault:?}");
            assert!(refusals.at(end).is_empty(), "{fault:?}");
            assert!(refusals.0.is_empty(), "{fault:?}: what is forgotten takes no room");
        }
    }

    #[test]
    fn a_person_s_word_ends_them_all() {
        let mut refusals = Refusals::default();
        refusals.note("a".into(), refused(Fault::Invalid), now());
        refusals.forget();
        assert!(refusals.at(now()).is_empty());
    }
}
