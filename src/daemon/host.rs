//! What the loop asks of the process that it runs in: the signals, the service manager, the way to a person.
//!
//! A trait, so that tests and the simulation are hosts too.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Bell;

/// What a service manager is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// The config is read, the state is ours, signals are heard.
    Ready,
    Reloading,
    Stopping,
    /// Still alive.
    Watchdog,
    /// One line for a person.
    Status(String),
}

/// The process around the loop.
#[async_trait]
pub trait Host: Send + Sync {
    /// Makes the process a daemon: from now on signals ring the bell, and the log tells each step.
    fn settle_in(&self, bell: &Arc<Bell>);

    /// Tells the service manager, if there is one.
    fn tell(&self, word: &Word);

    /// Returns how often the service manager wants to hear that the process is alive; none if it does not watch.
    fn watchdog(&self) -> Option<Duration>;

    /// Posts a notice, a JSON text, to an address.
    ///
    /// # Errors
    /// Why it did not arrive. Never names the address: whoever knows it may post there.
    async fn post(&self, address: &str, notice: String) -> Result<(), String>;
}
