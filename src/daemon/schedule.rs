//! When the next pass begins: soon while AWS is settling, at the file's own pace otherwise, and never in step with
//! other daemons.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::plan::LATEST;

/// By which part the time between passes varies, to both sides: daemons that were started together, by one rollout or one
/// power cut, drift apart within hours.
const JITTER: f64 = 0.1;

/// After how long a pass that could not be made is made again: long enough not to press an AWS that is in trouble.
pub const AFTER_TROUBLE: SignedDuration = SignedDuration::from_secs(60);

/// After how many passes in vain the next ones come at the file's own pace: one a minute makes half an hour of them.
const GIVES_UP: u32 = 30;

/// Returns when the next pass begins while AWS is settling. `in_vain` counts the passes before in which it was not
/// ready for anything that was sent.
pub fn settling(now: Timestamp, look_again: SignedDuration, in_vain: u32, every: Duration) -> Timestamp {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    // What half an hour has not brought, hurry does not bring.
    let latest = if in_vain < GIVES_UP { LATEST.min(every) } else { every };
    after(now, look_again.saturating_mul(1 << in_vain.min(GIVES_UP)).min(latest))
}

/// Returns when the next pass begins after a pass that could not be made.
pub fn in_trouble(now: Timestamp, every: Duration) -> Timestamp {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    after(now, AFTER_TROUBLE.min(every))
}

/// Returns when the next pass begins where nothing is under way: the file's time after the last one began, with jitter.
pub fn regular(began: Timestamp, every: Duration, seed: u64, number: u64) -> Timestamp {
    let factor = 1.0 + JITTER * (2.0 * unit(seed, number) - 1.0);
    after(began, SignedDuration::try_from(every.mul_f64(factor)).unwrap_or(SignedDuration::MAX))
}

fn after(time: Timestamp, wait: SignedDuration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// Draws from 0 up to 1, the same for the same input (SplitMix64's output function).
fn unit(seed: u64, number: u64) -> f64 {
    let mut mixed = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::now;

    const EVERY: Duration = Duration::from_mins(5);

    fn wait(next: Timestamp) -> f64 {
        next.duration_since(now()).as_secs_f64()
    }

    #[test]
    fn passes_stay_near_the_time_of_the_file_and_spread_within_the_jitter() {
        let waits: Vec<f64> = (0..1000).map(|number| wait(regular(now(), EVERY, 7, number))).collect();
        assert!(waits.iter().all(|wait| (270.0..=330.0).contains(wait)));
        let mean = waits.iter().sum::<f64>() / 1000.0;
        assert!((mean - 300.0).abs() < 3.0, "{mean}");
        assert!(waits.iter().any(|wait| *wait < 280.0) && waits.iter().any(|wait| *wait > 320.0), "spread");
        let other = wait(regular(now(), EVERY, 8, 0));
        assert!((other - waits[0]).abs() > 0.001, "another daemon, another time");
    }

    #[test]
    fn while_aws_settles_the_next_pass_comes_sooner_and_ever_less_often_in_vain() {
        let two = SignedDuration::from_secs(2);
        let waits: Vec<f64> = (0..8).map(|in_vain| wait(settling(now(), two, in_vain, EVERY))).collect();
        assert_eq!(waits, [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]);
        assert_eq!(wait(settling(now(), LATEST, 0, Duration::from_secs(10))), 10.0, "never later than the file says");
        assert_eq!(wait(settling(now(), two, 29, EVERY)), 60.0);
        assert_eq!(wait(settling(now(), two, 30, EVERY)), 300.0, "at the file's own pace in the end");
        assert_eq!(wait(settling(now(), two, u32::MAX, EVERY)), 300.0);
    }

    #[test]
    fn a_time_that_cannot_be_reached_is_the_end_of_time() {
        assert_eq!(regular(Timestamp::MAX, EVERY, 0, 0), Timestamp::MAX);
    }
}
