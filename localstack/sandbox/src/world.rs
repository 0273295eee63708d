//! Everything there is, and what will happen by itself when its time comes.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Pace;
use crate::network::switches::HANGING_SECONDS;
use crate::random::Dice;
use crate::{identity, network, notification, organization, sharing, throttling};

/// All accounts, everything in them, and the time.
///
/// Handlers get `&mut World` and read the time in [`World::now`]; nothing else changes a world but [`World::settle`].
#[derive(Clone, Debug)]
pub struct World {
    pub now: Timestamp,
    /// The time by which credentials live and die; see [`crate::Clock::credentials_now`].
    pub credentials_now: Timestamp,
    pub pace: Pace,
    pub dice: Dice,
    pub organization: organization::Organizations,
    pub identity: identity::Identity,
    pub network: network::Network,
    pub sharing: sharing::Sharing,
    pub notification: notification::Notification,
    pub throttling: throttling::Throttling,
    due: BTreeMap<(Timestamp, u64), Event>,
    events: u64,
}

/// Something that happens by itself.
#[derive(Clone, Debug)]
pub enum Event {
    Identity(identity::Event),
    Network(network::Event),
    Organization(organization::Event),
    Sharing(sharing::Event),
}

impl World {
    pub fn new(now: Timestamp, pace: Pace, seed: u64) -> Self {
        Self {
            now,
            credentials_now: now,
            pace,
            dice: Dice::new(seed),
            organization: Default::default(),
            identity: Default::default(),
            network: Default::default(),
            sharing: Default::default(),
            notification: Default::default(),
            throttling: Default::default(),
            due: BTreeMap::new(),
            events: 0,
        }
    }

    /// Lets `event` happen after about `median_seconds`, drawn from the dice; by the next call when the pace is instant.
    pub fn later(&mut self, median_seconds: f64, event: Event) {
        let seconds = match self.pace {
            Pace::Instant => 0.0,
            Pace::Times { .. } => {
                self.dice.delay(median_seconds * self.network.switches.transitions_slowed) + self.hang()
            }
        };
        self.at(self.now + SignedDuration::from_secs_f64(seconds), event);
    }

    /// Draws for how much longer a transition takes, where some of them hang.
    fn hang(&mut self) -> f64 {
        let stuck = self.network.switches.transitions_stuck;
        if stuck > 0.0 && self.dice.fraction() < stuck { HANGING_SECONDS } else { 0.0 }
    }

    /// Lets `event` happen after exactly `after`, whatever the pace: lifetimes of records and invitations.
    pub fn exactly_after(&mut self, after: Duration, event: Event) {
        let after = SignedDuration::try_from(after).expect("a span that a clock can hold");
        self.at(self.now + after, event);
    }

    fn at(&mut self, when: Timestamp, event: Event) {
        self.events += 1;
        self.due.insert((when, self.events), event);
    }

    /// Does something to the networks and takes it back: what it changed in them and in identities, what it let happen
    /// later, and what it drew from the dice. No call of EC2 changes anything else.
    pub fn rehearse<T>(&mut self, what: impl FnOnce(&mut World) -> T) -> T {
        let (network, identity, dice) = (self.network.clone(), self.identity.clone(), self.dice.clone());
        let (due, events) = (self.due.clone(), self.events);
        let done = what(self);
        (self.network, self.identity, self.dice) = (network, identity, dice);
        (self.due, self.events) = (due, events);
        done
    }

    /// Lets everything happen that is due by `now`, in the order of time; each event sees the time at which it was due.
    pub fn settle(&mut self, now: Timestamp) {
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let ((when, _), event) = entry.remove_entry();
            self.now = self.now.max(when);
            match event {
                Event::Identity(event) => identity::happen(self, event),
                Event::Network(event) => network::happen(self, event),
                Event::Organization(event) => organization::happen(self, event),
                Event::Sharing(event) => sharing::happen(self, event),
            }
        }
        self.now = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns how long the transitions of a world with these switches take, in seconds, where 10 is usual.
    fn times(slowed: f64, stuck: f64) -> Vec<f64> {
        let mut world = World::new(Timestamp::UNIX_EPOCH, Pace::Times { factor: 1.0 }, 1);
        let switches = &mut world.network.switches;
        (switches.transitions_slowed, switches.transitions_stuck) = (slowed, stuck);
        let side = network::attachment::Side { transit_gateway: String::new(), attachment: String::new() };
        for _ in 0..100 {
            let event = network::Event::Association(side.clone(), network::association::Event::Seen(None));
            world.later(10.0, Event::Network(event));
        }
        world.due.keys().map(|(when, _)| when.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64()).collect()
    }

    #[test]
    fn transitions_are_slow_or_hang_as_the_switches_say() {
        assert!(times(1.0, 0.0).iter().all(|time| (1.0..100.0).contains(time)));
        let (usual, slow) = (times(1.0, 0.0).iter().sum::<f64>(), times(6.0, 0.0).iter().sum::<f64>());
        assert!((5.9..6.1).contains(&(slow / usual)), "{slow} against {usual}");
        let hanging = times(1.0, 0.3).into_iter().filter(|time| *time >= HANGING_SECONDS).count();
        assert!((15..45).contains(&hanging), "{hanging}");
    }
}
