//! What the daemon knows of itself, for whoever asks: is it alive, does it know the network, what has it counted?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Metrics, PASS};
use crate::api::Clock;

/// How long the loop may go without a sign of life beyond the longest pass: settling what is in flight, and a notice
/// that does not get through.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// After how many times the file's own time without a look the daemon no longer counts as knowing the network.
const LOOKS_MISSED: i32 = 3;

/// The board, written by the loop and read by the health pages.
pub struct Board {
    clock: Arc<dyn Clock>,
    started: Timestamp,
    pub metrics: Metrics,
    state: Mutex<State>,
}

struct State {
    /// The loop's last sign of life.
    beat: Timestamp,
    /// When the last look that worked began.
    looked: Option<Timestamp>,
    every: Duration,
    status: String,
}

impl Board {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let started = clock.now();
        let state = State { beat: started, looked: None, every: Duration::ZERO, status: "starting".to_owned() };
        Self { clock, started, metrics: Metrics::default(), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a sign of life.
    pub fn beat(&self) {
        self.state().beat = self.clock.now();
    }

    /// Notes a look that worked, and how often there is to be one.
    pub fn looked(&self, at: Timestamp, every: Duration) {
        let mut state = self.state();
        state.looked = Some(at);
        state.every = every;
    }

    pub fn status(&self, status: String) {
        self.state().status = status;
    }

    /// Tells whether the loop goes on.
    pub fn is_alive(&self) -> bool {
        self.clock.now().duration_since(self.state().beat) < PASS + GRACE
    }

    /// Tells whether the network is known, and known of late.
    pub fn is_ready(&self) -> bool {
        let state = self.state();
        let every = SignedDuration::try_from(state.every).unwrap_or(SignedDuration::MAX);
        let longest = every.saturating_mul(LOOKS_MISSED).saturating_add(PASS);
        state.looked.is_some_and(|looked| self.clock.now().duration_since(looked) < longest)
    }

    /// Returns what a health page says.
    pub fn page(&self) -> Value {
        let (alive, ready) = (self.is_alive(), self.is_ready());
        let state = self.state();
        json!({ "alive": alive, "ready": ready, "status": state.status, "looked_at": state.looked })
    }

    /// Returns the metrics page.
    pub fn metrics_text(&self) -> String {
        // Before the first look, what is known is as old as the process.
        let known = self.state().looked.unwrap_or(self.started);
        self.metrics.text(self.clock.now().duration_since(known))
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::specimen::now;

    struct Hands(Mutex<Timestamp>);

    impl Hands {
        fn turn(&self, by: SignedDuration) {
            let mut now = self.0.lock().unwrap();
            *now += by;
        }
    }

    #[async_trait]
    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }

        async fn sleep_until(&self, _: Timestamp) {}
    }

    #[test]
    fn a_loop_that_gives_no_sign_of_life_for_longer_than_a_pass_is_dead() {
        let clock = Arc::new(Hands(Mutex::new(now())));
        let board = Board::new(clock.clone());
        clock.turn(PASS);
        assert!(board.is_alive(), "it may be in the longest pass");
        clock.turn(GRACE);
        assert!(!board.is_alive());
        board.beat();
        assert!(board.is_alive());
    }

    #[test]
    fn a_network_is_known_from_the_first_look_until_several_have_failed() {
        let clock = Arc::new(Hands(Mutex::new(now())));
        let board = Board::new(clock.clone());
        assert!(!board.is_ready() && board.page()["ready"] == false);
        board.looked(now(), Duration::from_mins(10));
        assert!(board.is_ready());
        clock.turn(SignedDuration::from_mins(59));
        assert!(board.is_ready());
        clock.turn(SignedDuration::from_mins(1));
        assert!(!board.is_ready());
    }
}
