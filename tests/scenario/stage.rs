//! What a scenario plays on: a sandbox, the doors to it, and transitd's own command line.

use std::ffi::OsString;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_sandbox::seed::Seed;
use aws_sandbox::{Sandbox, Settings};
use transitd::api::{Read, Write};
use transitd::cli::{self, Connect, Doors, Surroundings};
use transitd::daemon::{Bell, Host, Word};

use super::troubles::{Troubled, Troubles};
use crate::support::clock::SandboxClock;
use crate::support::door::{SandboxDoor, Shared};

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
    pub async fn transitd(&self, arguments: &str, seed: &Seed, home: &str) -> std::io::Result<(String, u8)> {
        let connect = self.connect(seed, home).await?;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut around = Surroundings {
            out: &mut out,
            err: &mut err,
            variable: &|name| (name == "EXTERNAL_ID").then(|| "scenario-external-id".to_owned()),
            terminal: false,
            clock: Arc::new(SandboxClock::new(self.sandbox.clone())),
            connect: &connect,
            stop: tokio_util::sync::CancellationToken::new(),
            holder: "a scenario".to_owned(),
            host: Arc::new(Alone),
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

/// A process that is not asked to be a daemon.
struct Alone;

#[async_trait]
impl Host for Alone {
    fn settle_in(&self, _: &Arc<Bell>) {}

    fn tell(&self, _: &Word) {}

    fn watchdog(&self) -> Option<std::time::Duration> {
        None
    }

    async fn post(&self, _: &str, _: String) -> Result<(), String> {
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
