//! `aws-sandbox serve`: the local AWS as a server.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use aws_sandbox::network::adjustment;
use aws_sandbox::network::switches::Quotas;
use aws_sandbox::{Clock, Pace, Sandbox, Settings, wire};
use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// A local AWS: the control plane of an organization's networks.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers AWS's own protocols on one port, until it is told to stop (SIGINT, SIGTERM).
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4566")]
    listen: SocketAddr,
    /// How long AWS's own work takes: `instant`, `real`, or a factor by which time runs faster.
    #[arg(long, value_name = "PACE", default_value = "real")]
    pace: Pace,
    /// The seed of ids and delays.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Sets a switch, a quota, `throttling` or `visibility_lag_seconds`; may be given several times.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Listens on an address that others can reach, too. Whoever reaches it is everybody's administrator.
    #[arg(long)]
    allow_non_loopback: bool,
}

fn main() -> ExitCode {
    let Command::Serve(arguments) = Arguments::parse().command;
    match serve(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aws-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(arguments: &Serve) -> Result<(), String> {
    let address = arguments.listen;
    if !address.ip().is_loopback() && !arguments.allow_non_loopback {
        return Err(format!("{address} can be reached from outside; say --allow-non-loopback if that is meant"));
    }
    let factor = match arguments.pace {
        Pace::Instant => 1.0,
        Pace::Times { factor } => factor,
    };
    let settings = Settings { seed: arguments.seed, pace: arguments.pace, clock: Clock::wall(factor) };
    let mut sandbox = Sandbox::new(settings);
    sandbox.world.network.quotas = Quotas::of_a_new_account();
    for assignment in &arguments.set {
        adjustment::set(&mut sandbox.world.network, assignment)?;
    }
    let sandbox = Arc::new(Mutex::new(sandbox));

    let no_signal = |error| format!("failed to listen for signals: {error}");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signal)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signal)?;
    let stop = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let listener = tokio::net::TcpListener::bind(address).await;
    let listener = listener.map_err(|error| format!("failed to listen on {address}: {error}"))?;
    let bound = listener.local_addr().map_err(|error| format!("failed to tell the port: {error}"))?;
    println!("listening on http://{bound}");
    wire::serve(listener, sandbox, stop).await.map_err(|error| format!("failed to serve: {error}"))
}
