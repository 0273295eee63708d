//! What the loop asks of the process that it runs in: the signals, the service manager, the way to a person.
//!
//! A trait, so that tests and the simulation are hosts too.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Bell, Channel, Notice};

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

/// Where a notice is sent. Not to be printed: whoever knows a webhook's address may post there.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A URL.
    Webhook(String),
    /// The ARN of an SNS topic.
    Topic(String),
}

impl Address {
    pub fn channel(&self) -> Channel {
        match self {
            Address::Webhook(_) => Channel::Webhook,
            Address::Topic(_) => Channel::Sns,
        }
    }

    /// Returns what tells the address from another, and gives nothing of it away. Another build of transitd may say it
    /// otherwise: then all that stands is told once more.
    pub fn mark(&self) -> String {
        let mut hasher = DefaultHasher::new();
        let (Address::Webhook(address) | Address::Topic(address)) = self;
        address.hash(&mut hasher);
        format!("{} {:016x}", self.channel().name(), hasher.finish())
    }
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

    /// Sends a notice.
    ///
    /// # Errors
    /// Why it did not arrive. Never names a webhook's address: whoever knows it may post there.
    async fn send(&self, to: &Address, notice: &Notice) -> Result<(), String>;
}
