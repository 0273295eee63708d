//! transitd over a sandbox, pass by pass: what a test needs to look, to converge, and to say what was found.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use transitd::api::{Clock as _, Policy, Read, Write};
use transitd::intent;
use transitd::observe::Misplaced;
use transitd::pass::{Actor, Broken, Converge, Ended, Look, Observer, Pass};
use transitd::store::{SqliteStore, Store as _};

use crate::support::clock::SandboxClock;
use crate::support::door::Shared;

pub const EXTERNAL_ID: &str = "perturbed-external-id";
/// For how long one process may make passes.
const TIME: SignedDuration = SignedDuration::from_hours(3);

/// Ids by name.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    pub fn id(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| panic!("nothing is called '{name}'"))
    }

    /// Puts ids for `{names}`.
    pub fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }
}

/// One transitd: a config file, its memory, and a door to a sandbox.
pub struct Hand<'a, D> {
    pub sandbox: Shared,
    pub door: Arc<D>,
    pub config: &'a str,
    pub state: &'a Path,
}

impl<D: Read + Write + 'static> Hand<'_, D> {
    fn store(&self) -> SqliteStore {
        let network = "corp".parse().expect("a name");
        SqliteStore::open(self.state, &network).expect("a state that can be opened")
    }

    fn observer(&self) -> Observer {
        let intent = intent::parse("perturbed.yaml", self.config);
        let intent = intent.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let clock = Arc::new(SandboxClock::new(self.sandbox.clone()));
        let id = Some(EXTERNAL_ID.to_owned());
        Observer::new(Arc::new(intent), id, self.door.clone(), clock, Policy::default()).expect("a hub")
    }

    /// Makes one look.
    pub fn look(&self) -> Result<Look, Misplaced> {
        let clock = SandboxClock::new(self.sandbox.clone());
        let past = self.store().history(clock.now()).expect("a history");
        runtime().block_on(self.observer().look(&past, clock.now() + TIME))
    }

    /// Makes passes until nothing is left to do, or `most` of them; returns them, and how they ended.
    pub fn converge(&self, most: usize) -> (Vec<Pass>, Result<Ended, Broken>) {
        let clock = Arc::new(SandboxClock::new(self.sandbox.clone()));
        let (deadline, stop) = (clock.now() + TIME, CancellationToken::new());
        let store = Arc::new(Mutex::new(self.store()));
        let actor = Actor { door: self.door.clone(), store, clock, stop: stop.clone() };
        let converge = Converge { observer: self.observer(), actor, deadline };
        let mut passes = Vec::new();
        let ended = runtime().block_on(converge.run(|pass| {
            passes.push(pass);
            if passes.len() >= most {
                stop.cancel();
            }
        }));
        (passes, ended)
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}
