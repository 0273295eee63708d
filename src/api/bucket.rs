//! A token bucket as a pure value: it is asked with the time and answers now or when.
//!
//! AWS counts calls per account, region and action in buckets of its own (EC2 API throttling). This one is kept
//! fuller than AWS's, so that people and other tools have their share, and it slows down when AWS refuses a call all
//! the same: to half, down to a sixteenth, and back to the full rate within a minute of quiet.

use jiff::{SignedDuration, Timestamp};

/// How much a bucket holds and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Calls that may be made at once, from a full bucket. At least 1.
    pub burst: f64,
    /// Calls that a second adds.
    pub per_second: f64,
}

/// A bucket of tokens, each one attempt of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    limit: Limit,
    tokens: f64,
    /// Until when `tokens` is counted.
    counted: Timestamp,
    /// Which part of the rate is used, from 1/16 to 1.
    throttle: f64,
}

/// What a bucket answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// A token was taken: call now.
    Ready,
    /// No token was taken: ask again at this time.
    At(Timestamp),
}

/// The slowest that a bucket gets, as a part of its rate.
const SLOWEST: f64 = 1.0 / 16.0;
/// How much of its full rate a slowed bucket gains back with each quiet second: all of it within a minute.
const RECOVERY_PER_SECOND: f64 = 1.0 / 60.0;
/// From how far back on a time means that the clock was set back, and not that two calls asked in another order than they
/// looked at the clock.
const SET_BACK: SignedDuration = SignedDuration::from_secs(1);

impl Bucket {
    /// Makes a full bucket.
    pub fn full(limit: Limit, now: Timestamp) -> Self {
        let limit = Limit { burst: limit.burst.max(1.0), per_second: limit.per_second.max(0.001) };
        Self { limit, tokens: limit.burst, counted: now, throttle: 1.0 }
    }

    /// Takes a token if there is one.
    pub fn take(&mut self, now: Timestamp) -> Take {
        self.count(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Take::Ready;
        }
        let seconds = (1.0 - self.tokens) / (self.limit.per_second * self.throttle);
        // A millisecond more, so that rounding never answers a time at which there is still no token.
        Take::At(self.counted + SignedDuration::from_secs_f64(seconds) + SignedDuration::from_millis(1))
    }

    /// Notes that AWS refused a call for its rate: nothing is left, and the rate is halved.
    pub fn slow_down(&mut self, now: Timestamp) {
        self.count(now);
        self.tokens = 0.0;
        self.throttle = (self.throttle / 2.0).max(SLOWEST);
    }

    fn count(&mut self, now: Timestamp) {
        let since = now.duration_since(self.counted);
        if since < -SET_BACK {
            self.counted = now;
        }
        let seconds = since.as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        self.tokens = (self.tokens + seconds * self.limit.per_second * self.throttle).min(self.limit.burst);
        self.throttle = (self.throttle + seconds * RECOVERY_PER_SECOND).min(1.0);
        self.counted = now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn start() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn at(seconds: f64) -> Timestamp {
        start() + SignedDuration::from_secs_f64(seconds)
    }

    #[test]
    fn a_clock_that_is_set_back_stops_no_bucket_and_gives_no_token_twice() {
        let mut bucket = Bucket::full(Limit { burst: 1.0, per_second: 2.0 }, at(7200.0));
        assert_eq!(bucket.take(at(7200.0)), Take::Ready);
        assert!(matches!(bucket.take(at(7199.9)), Take::At(when) if when > at(7200.0)), "asked in another order");
        assert!(matches!(bucket.take(start()), Take::At(when) if when < at(1.0)), "an hour is no time to wait");
        assert_eq!(bucket.take(at(0.51)), Take::Ready);
        assert!(matches!(bucket.take(at(0.6)), Take::At(_)));
    }

    #[test]
    fn a_full_bucket_gives_its_burst_and_then_its_rate() {
        let mut bucket = Bucket::full(Limit { burst: 3.0, per_second: 2.0 }, start());
        for _ in 0..3 {
            assert_eq!(bucket.take(start()), Take::Ready);
        }
        let Take::At(next) = bucket.take(start()) else { panic!("a fourth token") };
        assert!(next >= at(0.5) && next <= at(0.502), "{next}");
        assert_eq!(bucket.take(next), Take::Ready);
        assert!(matches!(bucket.take(next), Take::At(_)));
    }

    #[test]
    fn a_refused_call_halves_the_rate_and_a_quiet_minute_gives_it_back() {
        let mut bucket = Bucket::full(Limit { burst: 10.0, per_second: 10.0 }, start());
        bucket.slow_down(start());
        let Take::At(next) = bucket.take(start()) else { panic!("a token right after a refusal") };
        assert!(next >= at(0.2), "{next}");
        for _ in 0..20 {
            bucket.slow_down(start());
        }
        assert_eq!(bucket.throttle, SLOWEST);
        bucket.take(at(60.0));
        assert_eq!(bucket.throttle, 1.0);
    }

    #[test]
    fn time_that_goes_backwards_gives_no_tokens() {
        let mut bucket = Bucket::full(Limit { burst: 1.0, per_second: 1.0 }, at(100.0));
        assert_eq!(bucket.take(at(100.0)), Take::Ready);
        assert!(matches!(bucket.take(at(0.0)), Take::At(_)));
        assert_eq!(bucket.tokens, 0.0);
    }

    proptest! {
        #[test]
        fn no_span_of_time_sees_more_calls_than_burst_and_rate_allow(
            burst in 1.0..20.0f64, rate in 0.1..50.0f64, pauses in prop::collection::vec(0.0..3.0f64, 1..80),
        ) {
            let mut bucket = Bucket::full(Limit { burst, per_second: rate }, start());
            let (mut now, mut taken) = (0.0, 0u32);
            for pause in pauses {
                now += pause;
                if bucket.take(at(now)) == Take::Ready { taken += 1; }
                prop_assert!(f64::from(taken) <= burst + now * rate + 1e-6);
            }
        }

        #[test]
        fn at_the_time_that_it_names_a_token_is_there(burst in 1.0..5.0f64, rate in 0.01..50.0f64, slow in 0usize..6) {
            let mut bucket = Bucket::full(Limit { burst, per_second: rate }, start());
            while bucket.take(start()) == Take::Ready {}
            for _ in 0..slow { bucket.slow_down(start()); }
            let Take::At(next) = bucket.take(start()) else { panic!("not empty") };
            prop_assert_eq!(bucket.take(next), Take::Ready);
        }
    }
}
