//! When notices are sent again that did not arrive: ever less often, and without a look at the network for their sake.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Channel;

/// After how long the first time.
const SOONEST: SignedDuration = SignedDuration::from_mins(1);
/// After how long at most: an address that is dead for days is no reason to press it, and what is new waits as well.
const LATEST: SignedDuration = SignedDuration::from_mins(16);

/// For each channel that did not bring something, when the next try is, and after what wait.
#[derive(Debug, Default)]
pub struct Resend(BTreeMap<Channel, (Timestamp, SignedDuration)>);

impl Resend {
    /// Notes how sending went.
    pub fn note(&mut self, channel: Channel, now: Timestamp, arrived: bool) {
        let before = self.0.remove(&channel);
        if !arrived {
            let wait = before.map_or(SOONEST, |(_, wait)| wait.saturating_mul(2).min(LATEST));
            self.0.insert(channel, (now.checked_add(wait).unwrap_or(Timestamp::MAX), wait));
        }
    }

    /// Tells whether a channel is to be left alone for now.
    pub fn waits(&self, channel: Channel, now: Timestamp) -> bool {
        self.0.get(&channel).is_some_and(|(at, _)| now < *at)
    }

    /// Lets what a channel is given next be tried at once.
    pub fn forget(&mut self, channel: Channel) {
        self.0.remove(&channel);
    }

    /// Returns when to try again, if there is something to try.
    pub fn at(&self) -> Option<Timestamp> {
        self.0.values().map(|(at, _)| *at).min()
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
            resend.note(Channel::Webhook, now(), arrived);
            resend.at().map(|at| at.duration_since(now()).as_mins())
        };
        assert_eq!(wait(true), None);
        let waits: Vec<Option<i64>> = (0..6).map(|_| wait(false)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 16].map(Some));
        assert_eq!(wait(true), None);
        assert_eq!(wait(false), Some(1), "another time begins anew");
    }

    #[test]
    fn one_channel_does_not_wait_for_another() {
        let mut resend = Resend::default();
        resend.note(Channel::Webhook, now(), false);
        let later = |seconds: i64| now() + SignedDuration::from_secs(seconds);
        assert!(resend.waits(Channel::Webhook, later(59)) && !resend.waits(Channel::Webhook, later(60)));
        assert!(!resend.waits(Channel::Sns, later(0)));
        resend.note(Channel::Sns, later(-10), false);
        assert_eq!(resend.at(), Some(later(50)));
        resend.forget(Channel::Sns);
        assert_eq!(resend.at(), Some(later(60)));
        resend.forget(Channel::Webhook);
        assert!(!resend.waits(Channel::Webhook, now()) && resend.at().is_none());
    }
}
