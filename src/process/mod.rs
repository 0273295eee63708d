//! The process: the composition root, where time, environment, signals and the door to AWS come in, and nowhere else.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::api::{Clock, WallClock};
use crate::cli::{self, Connect, Doors, Surroundings};

mod host;
mod logging;
mod topic;
mod webhook;

/// Runs one command of the command line against AWS, and returns the exit code.
pub async fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    run_by(arguments, Arc::new(WallClock)).await
}

/// Runs one command by another clock than the machine's: that of a local AWS whose days take minutes.
#[expect(clippy::disallowed_methods, reason = "the composition root is where the environment comes in")]
pub async fn run_by(arguments: impl IntoIterator<Item = OsString>, clock: Arc<dyn Clock>) -> u8 {
    let variable = |name: &str| std::env::var(name).ok();
    let level = logging::begin(&variable, io::stderr().is_terminal());
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let mut around = Surroundings {
        terminal: io::stdout().is_terminal(),
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        variable: &variable,
        clock,
        connect: &Aws,
        stop,
        holder: format!("transitd, process {}", std::process::id()),
        host: Arc::new(host::Process::new(level)),
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
