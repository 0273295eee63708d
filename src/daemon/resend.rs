//! When notices are sent again that did not arrive: ever less often, and without a look at the network for their sake.

use jiff::{SignedDuration, Timestamp};

/// After how long the first time.
const SOONEST: SignedDuration = SignedDuration::from_mins(1);
/// After how long at most: an address that is dead for days is no reason to press it.
const LATEST: SignedDuration = SignedDuration::from_hours(1);

/// When the next try is, and how long the one after it waits.
#[derive(Debug, Default)]
pub struct Resend(Option<(Timestamp, SignedDuration)>);

impl Resend {
    /// Notes how sending went.
    pub fn note(&mut self, now: Timestamp, all_arrived: bool) {
        self.0 = (!all_arrived).then(|| {
            let wait = self.0.map_or(SOONEST, |(_, wait)| wait.saturating_mul(2).min(LATEST));
            (now.checked_add(wait).unwrap_or(Timestamp::MAX), wait)
        });
    }

    /// Returns when to try again, if there is something to try.
    pub fn at(&self) -> Option<Timestamp> {
        self.0.map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::now;

    #[test]
    fn what_did_not_arrive_is_sent_again_ever_less_often_until_it_does() {
        let mut resend = Resend::default();
        let mut wait = |arrived: bool| {
            resend.note(now(), arrived);
            resend.at().map(|at| at.duration_since(now()).as_mins())
        };
        assert_eq!(wait(true), None);
        let waits: Vec<Option<i64>> = (0..8).map(|_| wait(false)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60].map(Some));
        assert_eq!(wait(true), None);
        assert_eq!(wait(false), Some(1), "another time begins anew");
    }
}
