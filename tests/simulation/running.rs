//! One process of the daemon: it takes the state, runs its loop, and is stopped or dies.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use transitd::api::{Clock as _, Write};
use transitd::daemon::{Address, Bell, Board, Daemon, Happening, Host, Notice, Setup, Source, Word};
use transitd::intent::{Intent, Mode};
use transitd::model::Problem;
use transitd::pass::{Ended, Observer, Pass};
use transitd::plan::{Left, Outlook, Step};
use transitd::store::{Lock, Locked};

use crate::door::{Door, Party};
use crate::memory::{Memory, Process};
use crate::scene::{Scene, Signals, observer};

/// What became of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run {
    pub passes: usize,
    /// Passes in which something was left to do.
    pub busy: usize,
    /// Whether the last pass found all as declared, as far as it is to be.
    pub rests: bool,
    pub died: bool,
    /// Calls that passes made, as far as the door saw them from the first of a look on, and paid for.
    pub made: u64,
    pub paid: u64,
}

/// A process that nobody but the simulation talks to.
struct Alone;

#[async_trait]
impl Host for Alone {
    fn settle_in(&self, _: &Arc<Bell>) {}

    fn tell(&self, _: &Word) {}

    fn watchdog(&self) -> Option<Duration> {
        None
    }

    async fn send(&self, _: &Address, _: &Notice) -> Result<(), String> {
        Err("nobody is there".to_owned())
    }
}

/// The config file, and the door of the process that reads it.
struct File {
    scene: Scene,
    door: Arc<Door>,
}

impl File {
    fn setup(&self, intent: Intent, now: impl FnOnce(Intent) -> Option<Observer>) -> Result<Setup, String> {
        let (every, mode) = (intent.daemon.every, intent.daemon.mode);
        let mut observer = now(intent).ok_or("no hub")?;
        self.scene.allow(&mut observer);
        let door = (mode == Mode::Enforce).then(|| self.door.clone() as Arc<dyn Write>);
        Ok(Setup { observer, door, every, addresses: Vec::new() })
    }
}

#[async_trait]
impl Source for File {
    async fn load(&self, now: &Observer) -> Result<Setup, String> {
        let external_id = Some(crate::world::EXTERNAL_ID.to_owned());
        let setup = self.setup(self.scene.load()?, |intent| now.renewed(Arc::new(intent), external_id));
        self.scene.tell("the file is read again");
        setup
    }
}

/// Runs a process for so many minutes at most, or until `enough` says so after a pass.
pub async fn run(scene: &Scene, seed: u64, minutes: i64, mut enough: impl FnMut(&Run) -> bool + Send) -> Run {
    let Ok(Locked::Mine(lock)) = Lock::take(scene.state.path(), "the first") else {
        scene.watch.wrong("the state is in use, and no process runs".to_owned());
        return Run::default();
    };
    let (process, death) = (Process::default(), Arc::new(Notify::new()));
    let file = File { scene: scene.clone(), door: scene.door(Party::Daemon, &process, &death) };
    let clock = Arc::new(scene.clock());
    let intent = scene.load().unwrap_or_else(|problems| {
        // Whoever starts it sees at once what is wrong.
        scene.land().wish.slip = false;
        scene.load().unwrap_or_else(|_| panic!("{problems}"))
    });
    let (door, at) = (file.door.clone(), clock.clone());
    let setup = file.setup(intent, |intent| Some(observer(intent, door, at))).expect("an intent with a hub");
    let stop = CancellationToken::new();
    let bell = Arc::new(Bell::default());
    scene.reached_by(Some(Signals { bell: bell.clone(), stop: stop.clone() }));
    let memory = Memory {
        store: scene.store.clone(),
        process,
        watch: scene.watch.clone(),
        removals: scene.removals.clone(),
        remembered: scene.remembered.clone(),
    };
    let board = Arc::new(Board::new(clock.clone()));
    let daemon = Daemon {
        source: &file,
        store: Arc::new(Mutex::new(memory)),
        clock: clock.clone(),
        bell,
        stop: stop.clone(),
        board,
        host: Arc::new(Alone),
        seed,
    };
    let deadline = clock.now() + SignedDuration::from_mins(minutes);
    scene.tell("a process starts");
    let mut run = Run::default();
    let mut listener = |happening: Happening<'_>| {
        match happening {
            Happening::Passed(pass, ended) => passed(scene, pass, ended, &mut run),
            Happening::Broke(broken) => scene.tell(&format!("no pass: {broken}")),
            Happening::Reported(look, _) => scene.tell(&format!("a report: {} steps", look.plan.steps.len())),
            Happening::NotReloaded(_) => scene.tell("the file is refused"),
            Happening::Reloaded => {}
        }
        if clock.now() >= deadline || enough(&run) {
            stop.cancel();
        }
    };
    tokio::select! {
        biased;
        () = death.notified() => run.died = true,
        ended = daemon.run(setup, &mut listener) => ended.expect("a state that can be taken over"),
    }
    scene.reached_by(None);
    scene.tell(if run.died { "the process dies" } else { "the process ends" });
    scene.judge();
    drop(lock);
    run
}

/// Looks at a pass that was made, and lets people do something.
fn passed(scene: &Scene, pass: &Pass, ended: Option<&Ended>, run: &mut Run) {
    let made = scene.watch.calls_of_look();
    if pass.calls < made {
        scene.watch.wrong(format!("{made} calls were made, and {} paid for", pass.calls));
    }
    let observed = |step: &Step| step.outlook == Outlook::Left { why: Left::Observed };
    // What is left of a departed VPC, and not provably transitd's, stays and is reported.
    let leaves = pass.plan.problems.iter().any(|problem| matches!(problem, Problem::Departing { .. }));
    let is_done = pass.plan.steps.iter().all(observed) && !leaves;
    let is_all = pass.plan.is_in_sync() || pass.plan.steps.iter().any(observed);
    run.passes += 1;
    run.busy += usize::from(!pass.plan.is_at_rest());
    run.rests = ended.is_some() && is_done && is_all && !pass.plan.is_blocked() && pass.plan.unknown.is_empty();
    (run.made, run.paid) = (run.made + made, run.paid + pass.calls);
    let shown: Vec<String> = pass
        .outcomes
        .iter()
        .map(|(step, outcome)| format!("\n  {step}: {} {:?}", outcome.word(), outcome.trouble()))
        .collect();
    scene.tell(&format!(
        "pass {}: {} steps, {} pending, problems {:?}, unknown {}, {ended:?}{}",
        pass.number,
        pass.plan.steps.len(),
        pass.plan.pending.len(),
        pass.plan.problems,
        pass.plan.unknown.len(),
        shown.concat()
    ));
    scene.judge();
    scene.between();
}
