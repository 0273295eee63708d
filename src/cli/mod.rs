//! The command line: arguments, commands, exit codes. It composes everything, and is the only place that prints.
//!
//! Data goes to standard output, everything else to standard error.

mod apply;
mod check;
mod drift;
mod exit;
mod history;
mod orders;
mod run;
mod saved;
mod settings;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::api::{Clock, Read, Write as WriteDoor};
use crate::daemon::Host;
use crate::report::Style;

pub use exit::Exit;

/// Keeps the network of an AWS organization the way one file says it should be.
#[derive(Debug, Parser)]
#[command(name = "transitd", version, after_help = exit::HELP, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Common {
    /// The file that declares the network
    #[arg(long, short, global = true, value_name = "FILE", default_value = "/etc/transitd/transitd.yaml")]
    config: PathBuf,
    /// How to print what is found
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where transitd remembers what it made
    #[arg(long, global = true, value_name = "DIRECTORY", default_value = "/var/lib/transitd")]
    state: PathBuf,
    /// Whether to colour the text
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    color: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the config file; asks AWS nothing
    Check,
    /// Compare AWS with the config file and print every difference; changes nothing
    Drift(DriftArguments),
    /// Bring AWS in line with the config file, pass by pass, until it is
    Apply(ApplyArguments),
    /// Keep AWS in line with the config file, pass after pass, until told to stop
    Run,
    /// Leave a thing alone for a time, whatever differs
    Hold(orders::HoldArguments),
    /// End a hold
    Release(orders::ReleaseArguments),
    /// Write nothing any more, until resumed; reports go on
    Pause(orders::PauseArguments),
    /// End a pause
    Resume(orders::ResumeArguments),
    /// Tell what happened: passes, steps with their reasons, findings, orders
    History(history::HistoryArguments),
    /// Print the JSON Schema of the config file
    Schema,
}

#[derive(Debug, Args)]
struct DriftArguments {
    /// Save what would be done as a plan, for `transitd apply --plan`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Plan steps that cut traffic for a time as well
    #[arg(long)]
    allow_gaps: bool,
    /// Plan as if a sharp fall in accounts, VPCs or declared things were meant
    #[arg(long)]
    accept_shrink: bool,
}

#[derive(Debug, Args)]
struct ApplyArguments {
    /// How long to go on at most, such as 90s, 30m or 2h
    #[arg(long = "for", value_name = "TIME", default_value = "30m", value_parser = duration)]
    time: Duration,
    /// Allow steps that cut traffic for a time, in this run
    #[arg(long, conflicts_with = "plan")]
    allow_gaps: bool,
    /// Take a sharp fall in accounts, VPCs or declared things for meant, in this run
    #[arg(long, conflicts_with = "plan")]
    accept_shrink: bool,
    /// Do just what a saved plan says, and nothing if the network has moved since
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
}

/// Where AWS is: behind these doors.
pub struct Doors {
    pub read: Arc<dyn Read>,
    pub write: Arc<dyn WriteDoor>,
}

/// What the process stands in: everything that the commands take from outside.
pub struct Surroundings<'a> {
    pub out: &'a mut (dyn Write + Send),
    pub err: &'a mut (dyn Write + Send),
    /// Looks up an environment variable.
    pub variable: &'a Lookup<'a>,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    pub clock: Arc<dyn Clock>,
    pub connect: &'a dyn Connect,
    /// Cancelled when the process is asked to stop.
    pub stop: CancellationToken,
    /// What the lock file says of this process.
    pub holder: String,
    /// What only a daemon asks of its process.
    pub host: Arc<dyn Host>,
}

/// Looks up an environment variable.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + Send + Sync + 'a;

/// Finds AWS when a command needs it.
#[async_trait]
pub trait Connect: Send + Sync {
    async fn connect(&self) -> Doors;
}

/// Runs one command.
pub async fn run(arguments: impl IntoIterator<Item = OsString>, around: &mut Surroundings<'_>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            let _ = write!(around.err, "{}", error.render());
            return Exit::CouldNotRun;
        }
        Err(help) => {
            let _ = write!(around.out, "{}", help.render());
            return Exit::InSync;
        }
    };
    let json = arguments.common.format == Format::Json;
    let result = match &arguments.command {
        Command::Check => check::run(&arguments.common, around),
        Command::Drift(drift) => drift::run(&arguments.common, drift, around).await,
        Command::Apply(apply) => apply::run(&arguments.common, apply, around).await,
        Command::Run => run::run(&arguments.common, around).await,
        Command::Hold(hold) => orders::hold(&arguments.common, hold, around),
        Command::Release(release) => orders::release(&arguments.common, release, around),
        Command::Pause(pause) => orders::pause(&arguments.common, pause, around),
        Command::Resume(resume) => orders::resume(&arguments.common, resume, around),
        Command::History(history) => history::run(&arguments.common, history, around),
        Command::Schema => schema(around),
    };
    result.unwrap_or_else(|failure| {
        // Whoever read the output has gone: nobody is left to tell.
        if failure.unheard {
            return Exit::CouldNotRun;
        }
        let _ = writeln!(around.err, "transitd: {}", failure.message);
        if json && !failure.told {
            let told =
                json!({ "format": "transitd.error/1", "exit": Exit::CouldNotRun.code(), "error": failure.message });
            let _ = print_json(around, &told);
        }
        Exit::CouldNotRun
    })
}

fn schema(around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    write!(around.out, "{}", crate::intent::schema_text())?;
    Ok(Exit::InSync)
}

/// Why a command could not run: one message for a person.
struct Failure {
    message: String,
    /// The output's other end is closed.
    unheard: bool,
    /// What went wrong stands in the JSON that was printed already.
    told: bool,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), unheard: false, told: false }
    }
}

impl<E: std::error::Error + 'static> From<E> for Failure {
    /// Says the error with all that lies below it.
    fn from(error: E) -> Self {
        let io = (&error as &dyn std::error::Error).downcast_ref::<std::io::Error>();
        let unheard = io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe);
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let inner_text = inner.to_string();
            if !text.contains(&inner_text) {
                text.push_str(": ");
                text.push_str(&inner_text);
            }
            source = inner.source();
        }
        Self { unheard, ..Self::new(text) }
    }
}

fn print_json(around: &mut Surroundings<'_>, value: &serde_json::Value) -> Result<(), Failure> {
    writeln!(around.out, "{value:#}")?;
    Ok(())
}

impl Common {
    fn style(&self, around: &Surroundings<'_>) -> Style {
        let wanted = match self.color {
            Colour::Always => true,
            Colour::Never => false,
            // https://no-color.org: set and not empty means no colour.
            Colour::Auto => around.terminal && (around.variable)("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        if wanted { Style::Colour } else { Style::Plain }
    }
}

/// Reads a time such as `90s`, `30m`, `2h` or `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration = text.parse().map_err(|_| "expected a time such as 90s, 30m or 2h".to_owned())?;
    Duration::try_from(span).map_err(|_| "expected a time that is not negative".to_owned())
}

#[cfg(test)]
mod tests;
