//! The process: the composition root, where time, environment, signals and the door to AWS come in, and nowhere else.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::api::WallClock;
use crate::cli::{self, Connect, Doors, Surroundings};

/// Runs one command of the command line against AWS, and returns the exit code.
#[expect(clippy::disallowed_methods, reason = "the composition root is where the environment comes in")]
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    // The SDK's own warnings come back as errors of the calls that they are about, in better words.
    let filter = EnvFilter::try_from_env("TRANSITD_LOG").unwrap_or_else(|_| EnvFilter::new("off,transitd=warn"));
    let colour = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colour).init();

    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let mut around = Surroundings {
        terminal: io::stdout().is_terminal(),
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        variable: &|name| std::env::var(name).ok(),
        clock: Arc::new(WallClock),
        connect: &Aws,
        stop,
        holder: format!("transitd, process {}", std::process::id()),
    };
    cli::run(arguments, &mut around).await.code()
}

/// The first SIGINT or SIGTERM asks to stop: what is in flight is finished and settled.
async fn cancel_on_signal(stop: CancellationToken) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals cannot be heard; the process can only be killed");
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    stop.cancel();
}

struct Aws;

#[async_trait]
impl Connect for Aws {
    async fn connect(&self) -> Doors {
        let door = Arc::new(crate::aws::connect().await);
        Doors { read: door.clone(), write: door }
    }
}
