//! The process as the daemon's host: Unix signals, systemd's notification socket, and the ways out to a person.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use async_trait::async_trait;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::logging::Level;
use super::{topic, webhook};
use crate::daemon::{Address, Bell, Host, Notice, Ring, Word};

/// How long a notice may take. The next pass does not wait for a person's chat service.
const TIME: Duration = Duration::from_secs(10);

/// How many words may wait for the service manager. What it does not read in time is old news.
const WAITING: usize = 8;

/// This process.
pub struct Process {
    level: Level,
    /// Words that may get lost: a service manager that does not read must not keep a pass waiting.
    chatter: SyncSender<Word>,
}

impl Process {
    pub fn new(level: Level) -> Self {
        let (chatter, words) = sync_channel::<Word>(WAITING);
        // Ends when this process lets go of the other end.
        std::thread::spawn(move || words.into_iter().for_each(|word| notify(&word)));
        Self { level, chatter }
    }
}

fn notify(word: &Word) {
    let told = match word {
        Word::Ready => sd_notify::notify(&[NotifyState::Ready]),
        // systemd wants the time with it: sd_notify(3), RELOADING=1.
        Word::Reloading => {
            NotifyState::monotonic_usec_now().and_then(|now| sd_notify::notify(&[NotifyState::Reloading, now]))
        }
        Word::Stopping => sd_notify::notify(&[NotifyState::Stopping]),
        Word::Watchdog => sd_notify::notify(&[NotifyState::Watchdog]),
        Word::Status(status) => sd_notify::notify(&[NotifyState::Status(status)]),
    };
    if let Err(error) = told {
        tracing::debug!(%error, ?word, "the service manager does not listen");
    }
}

#[async_trait]
impl Host for Process {
    fn settle_in(&self, bell: &Arc<Bell>) {
        self.level.daemon();
        let rings = [
            (SignalKind::user_defined1(), Ring::Reconcile),
            (SignalKind::user_defined2(), Ring::Report),
            (SignalKind::hangup(), Ring::Reload),
        ];
        for (kind, ring) in rings {
            match signal(kind) {
                Ok(mut signals) => {
                    let bell = bell.clone();
                    tokio::spawn(async move {
                        while signals.recv().await.is_some() {
                            bell.ring(ring);
                        }
                    });
                }
                Err(error) => tracing::error!(%error, ?ring, "a signal cannot be heard"),
            }
        }
    }

    fn tell(&self, word: &Word) {
        match word {
            Word::Ready | Word::Reloading | Word::Stopping => notify(word),
            Word::Watchdog | Word::Status(_) => {
                let _ = self.chatter.try_send(word.clone());
            }
        }
    }

    fn watchdog(&self) -> Option<Duration> {
        sd_notify::watchdog_enabled()
    }

    async fn send(&self, to: &Address, notice: &Notice) -> Result<(), String> {
        let sending = async {
            match to {
                Address::Webhook(address) => webhook::post(address, notice.data.to_string()).await,
                Address::Topic(arn) => topic::publish(arn, notice).await,
            }
        };
        match tokio::time::timeout(TIME, sending).await {
            Ok(sent) => sent,
            Err(_) => Err(format!("no answer within {} s", TIME.as_secs())),
        }
    }
}
