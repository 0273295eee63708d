//! The mix of troubles that a seed draws: of each none, a little or much.

use std::fmt;

use aws_sandbox::random::Dice;

/// How often each trouble comes, as a part of all calls.
#[derive(Clone, Debug, Default)]
pub struct Mix {
    pub throttled: f64,
    pub failing_before: f64,
    pub failing_after: f64,
    pub lost_before: f64,
    pub lost_after: f64,
    pub not_sent: f64,
    /// How often a call begins a time in which its account may not make such calls.
    pub denied: f64,
    /// How often the asking for a role begins a time in which it cannot be assumed.
    pub closed: f64,
    /// How often a call begins a time in which its service does not answer.
    pub outage: f64,
    /// How often a call begins a time in which AWS cannot be reached at all.
    pub dark: f64,
    /// How often the keys of a role run out in the middle of a pass.
    pub expired: f64,
    /// How often a list is answered as it was answered before.
    pub stale: f64,
    /// How long new things may stay out of sight, and lists be answered as before, in seconds.
    pub lag: f64,
    /// How often a write is the process's last.
    pub crash: f64,
    /// Whether AWS refuses every second call for its rate.
    pub every_second: bool,
    /// By how many seconds the machine's clock is off.
    pub skew: f64,
    /// How many times as long as usual AWS's own work takes.
    pub slow: f64,
    /// The part of AWS's transitions that hang for hours.
    pub stuck: f64,
    /// The part of the accounts whose attachments fail.
    pub failing: f64,
    /// How often people do something between two passes.
    pub people: f64,
    /// How often people do something between two calls: change things, give orders, send signals, start a second process.
    pub meanwhile: f64,
    /// How often people give an order between two passes.
    pub orders: f64,
}

/// Within how many seconds a list shows what was made: transitd waits for five minutes before it believes that something
/// was not made after all. Two delays lie one upon the other: of what a list has, and of the whole answer.
const SHOWN: f64 = 290.0;

impl Mix {
    /// How old an answer may be that is given again, in seconds.
    pub fn echo(&self) -> f64 {
        self.lag.min(SHOWN - self.lag)
    }

    pub fn draw(dice: &mut Dice) -> Self {
        // One seed in ten has nothing but its own deeds to live with.
        if dice.fraction() < 0.1 {
            return Self { slow: 1.0, ..Self::default() };
        }
        let mut rate = |most: f64| if dice.fraction() < 0.5 { 0.0 } else { most * dice.fraction() };
        Self {
            throttled: rate(0.2),
            failing_before: rate(0.1),
            failing_after: rate(0.1),
            lost_before: rate(0.1),
            lost_after: rate(0.1),
            not_sent: rate(0.1),
            denied: rate(0.01),
            closed: rate(0.2),
            outage: rate(0.003),
            dark: rate(0.005),
            expired: rate(0.05),
            stale: rate(0.5),
            lag: rate(240.0),
            crash: rate(0.3),
            every_second: rate(1.0) > 0.8,
            // Beyond five minutes AWS takes no signature.
            skew: rate(480.0) - rate(240.0),
            slow: 1.0 + rate(6.0),
            stuck: rate(0.05),
            failing: rate(0.5),
            people: rate(0.4),
            meanwhile: rate(0.01),
            orders: rate(0.3),
        }
    }

    /// Tells whether no answer gets lost and no process dies: then transitd knows of all that it made.
    pub fn is_calm(&self) -> bool {
        let lost = [self.failing_before, self.failing_after, self.lost_before, self.lost_after, self.crash];
        lost.iter().all(|rate| *rate == 0.0)
    }
}

impl fmt::Display for Mix {
    /// Names what the mix has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("throttled", self.throttled),
            ("5xx before", self.failing_before),
            ("5xx after", self.failing_after),
            ("lost before", self.lost_before),
            ("lost after", self.lost_after),
            ("not sent", self.not_sent),
            ("denied", self.denied),
            ("role closed", self.closed),
            ("service out", self.outage),
            ("all dark", self.dark),
            ("keys expired", self.expired),
            ("stale lists", self.stale),
            ("lag in s", self.lag),
            ("crash", self.crash),
            ("every second throttled", f64::from(u8::from(self.every_second))),
            ("clock off by s", self.skew),
            ("times as slow", self.slow),
            ("stuck", self.stuck),
            ("failing accounts", self.failing),
            ("people", self.people),
            ("meanwhile", self.meanwhile),
            ("orders", self.orders),
        ];
        let there: Vec<String> =
            parts.iter().filter(|(_, rate)| *rate != 0.0).map(|(name, rate)| format!("{name} {rate:.4}")).collect();
        f.write_str(&there.join(", "))
    }
}
