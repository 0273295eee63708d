//! What a scenario plays on: a sandbox, the doors to it, and transitd's own command line.

use std::ffi::OsString;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use aws_sandbox::seed::Seed;
use aws_sandbox::{Sandbox, Settings};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use transitd::api::{Clock as _, Read, Write};
use transitd::cli::{self, Connect, Doors, Surroundings};
use transitd::daemon::{Address, Bell, Host, Notice, Ring, Word};

use super::troubles::{Troubled, Troubles};
use crate::support::clock::SandboxClock;
use crate::support::door::{SandboxDoor, Shared};

/// The external id that roles ask for.
pub const EXTERNAL_ID: &str = "scenario-external-id";

/// Which door transitd goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorKind {
    InProcess,
    #[cfg(feature = "aws")]
    Wire,
}

impl DoorKind {
    #[cfg(feature = "aws")]
    pub const ALL: [DoorKind; 2] = [DoorKind::InProcess, DoorKind::Wire];
    #[cfg(not(feature = "aws"))]
    pub const ALL: [DoorKind; 1] = [DoorKind::InProcess];

    pub fn words(self) -> &'static str {
        match self {
            DoorKind::InProcess => "in process",
            #[cfg(feature = "aws")]
            DoorKind::Wire => "over the wire",
        }
    }
}

pub struct Stage {
    pub sandbox: Shared,
    pub troubles: Troubles,
    door: DoorKind,
    directory: tempfile::TempDir,
}

impl Stage {
    pub fn new(door: DoorKind) -> std::io::Result<Self> {
        let sandbox = Arc::new(Mutex::new(Sandbox::new(Settings::default())));
        Ok(Self { sandbox, troubles: Troubles::default(), door, directory: tempfile::tempdir()? })
    }

    /// Writes the config file that commands read.
    pub fn configure(&self, text: &str) -> std::io::Result<()> {
        std::fs::write(self.directory.path().join("network.yaml"), text)
    }

    /// Loses what transitd remembers.
    pub fn forget(&self) -> std::io::Result<()> {
        std::fs::remove_dir_all(self.directory.path().join("state"))
    }

    /// Runs a command of transitd as the account that is home, and returns what it printed and its exit code.
    /// The daemon runs for as long as its life is.
    pub async fn transitd(
        &self,
        arguments: &str,
        seed: &Seed,
        home: &str,
        daemon: Option<Life>,
    ) -> std::io::Result<(String, u8)> {
        let clock = Arc::new(SandboxClock::new(self.sandbox.clone()));
        let stop = CancellationToken::new();
        let host = Process { daemon, clock: clock.clone(), stop: stop.clone(), bell: OnceLock::new() };
        let connect = self.connect(seed, home).await?;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut around = Surroundings {
            out: &mut out,
            err: &mut err,
            variable: &|name| (name == "EXTERNAL_ID").then(|| EXTERNAL_ID.to_owned()),
            terminal: false,
            clock,
            connect: &connect,
            stop,
            holder: "a scenario".to_owned(),
            host: Arc::new(host),
        };
        let folder = self.directory.path();
        let mut all: Vec<OsString> = vec!["transitd".into()];
        // `@plan.json` is a file beside the config.
        all.extend(arguments.split_whitespace().map(|word| match word.strip_prefix('@') {
            Some(file) => folder.join(file).into(),
            None => OsString::from(word),
        }));
        all.extend([
            "--config".into(),
            folder.join("network.yaml").into(),
            "--state".into(),
            folder.join("state").into(),
        ]);
        let exit = cli::run(all, &mut around).await;
        let text = [err, out].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        Ok((text.replace(&format!("{}/", folder.display()), ""), exit.code()))
    }

    async fn connect(&self, seed: &Seed, home: &str) -> std::io::Result<Behind> {
        Ok(match self.door {
            DoorKind::InProcess => self.behind(SandboxDoor::new(self.sandbox.clone(), home), seed),
            #[cfg(feature = "aws")]
            DoorKind::Wire => self.behind(crate::support::wire::door(self.sandbox.clone(), home).await?, seed),
        })
    }

    fn behind<D: Read + Write + 'static>(&self, door: D, seed: &Seed) -> Behind {
        let door =
            Arc::new(Troubled { door, turn: Default::default(), troubles: self.troubles.clone(), seed: seed.clone() });
        Behind { doors: Doors { read: door.clone(), write: door } }
    }
}

/// How long a daemon lives.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub until: Timestamp,
    /// Whether somebody asks for the next pass as soon as one is over.
    pub rung: bool,
}

/// The process that transitd runs in.
struct Process {
    daemon: Option<Life>,
    clock: Arc<SandboxClock>,
    stop: CancellationToken,
    bell: OnceLock<Arc<Bell>>,
}

#[async_trait]
impl Host for Process {
    fn settle_in(&self, bell: &Arc<Bell>) {
        self.bell.set(bell.clone()).expect("one daemon in a process");
    }

    /// After each pass the service manager is told what came of it.
    fn tell(&self, word: &Word) {
        let (Word::Status(_), Some(life)) = (word, self.daemon) else { return };
        if self.clock.now() >= life.until {
            self.stop.cancel();
        } else if life.rung {
            self.bell.get().expect("a daemon that has settled in").ring(Ring::Reconcile);
        }
    }

    fn watchdog(&self) -> Option<std::time::Duration> {
        None
    }

    async fn send(&self, _: &Address, _: &Notice) -> Result<(), String> {
        Err("nobody is there".to_owned())
    }
}

/// Doors that are there already.
struct Behind {
    doors: Doors,
}

#[async_trait]
impl Connect for Behind {
    async fn connect(&self) -> Doors {
        Doors { read: self.doors.read.clone(), write: self.doors.write.clone() }
    }
}
