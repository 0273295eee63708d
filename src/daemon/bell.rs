//! What wakes the loop. A ring carries no input, and rings coalesce: a hundred signals are one pass.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// A reason to wake the loop before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// SIGUSR1: reconcile now.
    Reconcile,
    /// SIGUSR2: write a drift report now, change nothing.
    Report,
    /// SIGHUP: read the config again, then reconcile.
    Reload,
}

/// What was rung for since the loop last listened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub reconcile: bool,
    pub report: bool,
    pub reload: bool,
}

/// The bell, shared by those who ring and the loop that listens.
#[derive(Debug, Default)]
pub struct Bell {
    wanted: Mutex<Wanted>,
    bell: Notify,
}

impl Bell {
    pub fn ring(&self, ring: Ring) {
        {
            let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
            match ring {
                Ring::Reconcile => wanted.reconcile = true,
                Ring::Report => wanted.report = true,
                Ring::Reload => wanted.reload = true,
            }
        }
        self.bell.notify_one();
    }

    /// Returns what somebody has rung for since the last time, if anybody has.
    pub fn rung(&self) -> Option<Wanted> {
        let wanted = std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        (wanted != Wanted::default()).then_some(wanted)
    }

    /// Waits until somebody rings, or has rung since the last time, and returns all of it. May be broken off: what was
    /// rung for is kept.
    pub async fn heard(&self) -> Wanted {
        loop {
            if let Some(wanted) = self.rung() {
                return wanted;
            }
            self.bell.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rings_of_a_busy_time_are_heard_once_and_together() {
        let bell = Bell::default();
        for _ in 0..100 {
            bell.ring(Ring::Reconcile);
        }
        bell.ring(Ring::Reload);
        assert_eq!(bell.heard().await, Wanted { reconcile: true, reload: true, report: false });
        let again = tokio::time::timeout(std::time::Duration::from_millis(20), bell.heard()).await;
        assert!(again.is_err(), "nothing is left to be heard");
    }

    #[tokio::test]
    async fn listening_that_is_broken_off_loses_no_ring() {
        let bell = Bell::default();
        let listening = tokio::time::timeout(std::time::Duration::from_millis(20), bell.heard()).await;
        assert!(listening.is_err());
        bell.ring(Ring::Report);
        assert!(bell.heard().await.report);
    }
}
