//! The sandbox's own time: it stands still until told, or runs beside the wall clock, faster if wanted.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// How long AWS's own work takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Every transition is over by the next call.
    Instant,
    /// Transitions take as long as they were seen to take on AWS, on a clock that runs `factor` times as fast as the wall's.
    Times { factor: f64 },
}

impl std::str::FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "instant" => Ok(Pace::Instant),
            "real" => Ok(Pace::Times { factor: 1.0 }),
            number => match number.parse::<f64>() {
                Ok(factor) if factor.is_finite() && (0.001..=1_000_000.0).contains(&factor) => {
                    Ok(Pace::Times { factor })
                }
                _ => Err(format!("'{number}' is neither 'instant' nor 'real' nor a factor from 0.001 to 1000000")),
            },
        }
    }
}

/// Tells the time in the sandbox.
#[derive(Clone, Debug)]
pub enum Clock {
    /// Stands still; only [`Clock::advance`] moves it.
    Manual { now: Timestamp },
    /// Runs beside the wall clock from the moment that it was made.
    Wall { origin: Timestamp, started: Instant, factor: f64, skipped: SignedDuration },
}

impl Clock {
    /// A clock that stands still at the start of 2026.
    pub fn manual() -> Self {
        Clock::Manual { now: "2026-01-01T00:00:00Z".parse().expect("a constant") }
    }

    /// A clock that starts at the wall's present time.
    #[expect(clippy::disallowed_methods, reason = "the wire door's clock is where the wall's time comes in")]
    pub fn wall(factor: f64) -> Self {
        Clock::Wall { origin: Timestamp::now(), started: Instant::now(), factor, skipped: SignedDuration::ZERO }
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Manual { now } => *now,
            Clock::Wall { origin, started, factor, skipped } => {
                let run = started.elapsed().as_secs_f64() * factor;
                *origin + SignedDuration::from_secs_f64(run) + *skipped
            }
        }
    }

    /// Returns the time by which a client judges its credentials: the wall's, however fast the sandbox's clock runs.
    pub fn credentials_now(&self) -> Timestamp {
        match self {
            Clock::Manual { now } => *now,
            Clock::Wall { origin, started, .. } => {
                *origin + SignedDuration::from_secs_f64(started.elapsed().as_secs_f64())
            }
        }
    }

    pub fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).expect("a span that a clock can hold");
        match self {
            Clock::Manual { now } => *now += by,
            Clock::Wall { skipped, .. } => *skipped += by,
        }
    }
}
