//! `transitd run`: the daemon.

use std::io::Write;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use tokio::net::TcpListener;

use super::drift::view;
use super::{Common, Connect, Exit, Failure, Format, Lookup, Surroundings, settings};
use crate::apply::Outcomes;
use crate::daemon::{self, Bell, Board, Daemon, Happening, Setup, Source, health};
use crate::intent::{Intent, Mode};
use crate::pass::{Look, Observer};
use crate::report::{self, Style};
use crate::store::{Lock, Locked, SqliteStore};

pub(super) async fn run(common: &Common, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    // First of all: until then a signal that asks for a pass ends the process.
    let bell = Arc::new(Bell::default());
    around.host.settle_in(&bell);
    let intent = match settings::intent(common, around)? {
        Ok(intent) => intent,
        Err(exit) => return Ok(exit),
    };
    let _lock = match Lock::take(&common.state, &around.holder)? {
        Locked::Mine(lock) => lock,
        Locked::Theirs(holder) => {
            return Err(Failure::new(format!("the state in {} is in use by {holder}", common.state.display())));
        }
    };
    let store = SqliteStore::open(&common.state, &intent.network)?;
    let board = Arc::new(Board::new(around.clock.clone()));
    serve(&intent, &board, around).await?;
    let watch = tokio::spawn(daemon::watch(around.host.clone(), board.clone(), around.clock.clone()));

    let addresses = settings::addresses(&intent.daemon, around.variable)?;
    let (every, mode) = (intent.daemon.every, intent.daemon.mode);
    let (observer, doors) = settings::observer(intent, false, around).await?;
    let door = match mode {
        Mode::Enforce => Some(doors.write),
        Mode::Observe => None,
    };
    let source = File { common, variable: around.variable, connect: around.connect };
    let daemon = Daemon {
        source: &source,
        store: Arc::new(Mutex::new(store)),
        clock: around.clock.clone(),
        bell,
        stop: around.stop.clone(),
        board,
        host: around.host.clone(),
        seed: settings::jitter_seed(around),
    };
    let style = common.style(around);
    let out = &mut *around.out;
    let ended = daemon
        .run(Setup { observer, door, every, addresses }, &mut |happening| match happening {
            Happening::Reported(look, observer) => {
                if let Err(error) = print(look, observer, common.format, style, out) {
                    tracing::warn!(%error, "the drift report could not be written");
                }
            }
            Happening::Passed(..) | Happening::Reloaded | Happening::NotReloaded(_) | Happening::Broke(_) => {}
        })
        .await;
    watch.abort();
    ended?;
    Ok(Exit::InSync)
}

/// Serves the health pages, unless the file says that they are off.
async fn serve(intent: &Intent, board: &Arc<Board>, around: &Surroundings<'_>) -> Result<(), Failure> {
    let Some(address) = intent.daemon.listen.address() else { return Ok(()) };
    let in_the_way = |error: std::io::Error| {
        Failure::new(format!(
            "the health pages cannot be served at {address}: {error}; `daemon: {{ listen: … }}` names another address, or off"
        ))
    };
    let listener = TcpListener::bind(address).await.map_err(in_the_way)?;
    let address = listener.local_addr().map_err(in_the_way)?;
    tracing::info!(%address, "health pages are served");
    let serving = health::serve(listener, board.clone(), around.stop.clone());
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the health pages are no longer served");
        }
    });
    Ok(())
}

/// Writes a drift report: as data, one report is one line.
fn print(
    look: &Look,
    observer: &Observer,
    format: Format,
    style: Style,
    out: &mut (dyn Write + Send),
) -> std::io::Result<()> {
    let intent = &observer.intent;
    let view = view(look, &intent.network, &intent.home.account, &intent.home.organization);
    match format {
        Format::Text => write!(out, "{}", report::drift_text(&view, style))?,
        Format::Json => {
            let report: Value = report::drift_json(&view, Exit::of(&look.plan, &Outcomes::new()).code());
            writeln!(out, "{report}")?;
        }
    }
    out.flush()
}

/// The config file, and what it leaves to the surroundings.
struct File<'a> {
    common: &'a Common,
    variable: &'a Lookup<'a>,
    connect: &'a dyn Connect,
}

#[async_trait]
impl Source for File<'_> {
    async fn load(&self, now: &Observer) -> Result<Setup, String> {
        let words = |failure: Failure| failure.message;
        let intent = settings::read(self.common).map_err(words)?.map_err(|problems| in_one_line(&problems))?;
        let (before, home) = (&now.intent, &intent.home);
        if intent.network != before.network || home.account != before.home.account {
            return Err(format!(
                "it is for network {} with home account {}, and this process keeps network {} with home account {}: \
                 another network needs a process and a state of its own",
                intent.network, home.account, before.network, before.home.account
            ));
        }
        if intent.daemon.listen != before.daemon.listen {
            tracing::warn!(listen = %intent.daemon.listen, "another address for the health pages needs a restart");
        }
        let external_id = settings::external_id(&intent, self.variable).map_err(words)?;
        let addresses = settings::addresses(&intent.daemon, self.variable).map_err(words)?;
        let door = match intent.daemon.mode {
            Mode::Enforce => Some(self.connect.connect().await.write),
            Mode::Observe => None,
        };
        let every = intent.daemon.every;
        let observer = now.renewed(Arc::new(intent), external_id).ok_or("the config declares no hub")?;
        Ok(Setup { observer, door, every, addresses })
    }
}

/// Puts the problems of a config file into one line: a log has no room for pictures.
fn in_one_line(problems: &crate::intent::Problems) -> String {
    let each = problems.iter().map(|problem| {
        let (line, column) = problems.place(problem);
        format!("line {line}, column {column}: {}", problem.message())
    });
    each.collect::<Vec<_>>().join("; ")
}
