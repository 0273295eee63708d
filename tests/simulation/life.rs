//! One seed's life: processes that start, meet their weather and end; then fair weather, and what came of it all.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sandbox::random::Dice;
use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use transitd::api::{Clock as _, Policy as CallPolicy};
use transitd::intent::{self, Intent};
use transitd::model::NetworkName;
use transitd::pass::{Broken, Converge, Ended, Observer, Pass};
use transitd::store::{SqliteStore, Store as _};

use crate::memory::{Memory, Process};
use crate::people;
use crate::support::clock::SandboxClock;
use crate::support::door::SandboxDoor;
use crate::watch::Watch;
use crate::weather::{Door, Mix, Weather};
use crate::world::{self, Land, below};

/// Within how many passes a network must be in sync once the weather is fair: an attachment that has to go and come
/// again takes some forty, since a pass looks again every few seconds.
const PASSES: usize = 150;

/// What came of a seed.
pub struct Lived {
    pub mix: String,
    pub wrongs: Vec<String>,
    /// What happened, line by line, for whoever replays it.
    pub story: String,
    /// Every call that reached the sandbox.
    pub trace: Vec<String>,
    writes: u64,
    troubles: u64,
    crashes: u64,
    healing_passes: usize,
}

/// The figures of many lives.
#[derive(Default)]
pub struct Sums {
    calls: usize,
    writes: u64,
    troubles: u64,
    crashes: u64,
    most_passes: usize,
}

impl Sums {
    pub fn add(&mut self, lived: &Lived) {
        self.calls += lived.trace.len();
        self.writes += lived.writes;
        self.troubles += lived.troubles;
        self.crashes += lived.crashes;
        self.most_passes = self.most_passes.max(lived.healing_passes);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sums { calls, writes, troubles, crashes, most_passes } = self;
        write!(
            f,
            "{calls} calls, {writes} of transitd's writes, {troubles} troubles, {crashes} crashes, at most {most_passes} passes to heal"
        )
    }
}

/// Lives one seed.
pub fn live(number: u64) -> Lived {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(Life::new(number).live())
}

struct Life {
    land: Land,
    dice: Dice,
    mix: Mix,
    weather: Arc<Mutex<Weather>>,
    watch: Watch,
    store: Arc<Mutex<SqliteStore>>,
    intent: Arc<Intent>,
    story: String,
    undeclared: std::collections::BTreeMap<String, String>,
}

impl Life {
    fn new(number: u64) -> Self {
        let mut dice = Dice::new(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed);
        let mix = Mix::draw(&mut dice);
        let land = world::make(number, &mut dice);
        {
            let mut sandbox = land.seed.lock();
            sandbox.clear_log();
            sandbox.world.network.visibility_lag_seconds = mix.lag;
            // AWS counts calls as well: transitd's own pace has to keep it from ever refusing one.
            sandbox.world.network.throttling = true;
        }
        let network: NetworkName = world::NETWORK.parse().expect("a name");
        let intent = intent::parse("simulated.yaml", &land.config)
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let undeclared = land.undeclared();
        Self {
            weather: Arc::new(Mutex::new(Weather::new(mix.clone(), Dice::new(dice.next())))),
            watch: Watch::default(),
            store: Arc::new(Mutex::new(SqliteStore::in_memory(&network).expect("a store in memory"))),
            intent: Arc::new(intent),
            story: String::new(),
            land,
            dice,
            mix,
            undeclared,
        }
    }

    async fn live(mut self) -> Lived {
        for _ in 0..3 + below(&mut self.dice, 3) {
            let minutes = 5 + below(&mut self.dice, 25);
            self.process(i64::try_from(minutes).expect("few minutes"), usize::MAX).await;
            if below(&mut self.dice, 2) == 0 {
                self.dry_run().await;
            }
            let pause = below(&mut self.dice, 600);
            self.land.seed.wait(Duration::from_secs(pause as u64));
        }
        let healing_passes = self.heal().await;
        self.stay_quiet().await;
        self.finish(healing_passes)
    }

    fn tell(&mut self, line: &str) {
        let now = self.land.seed.lock().now();
        self.story.push_str(&format!("{now:.0} {line}\n"));
    }

    /// Starts a process, which makes passes until it is done, its time is over, or it dies. Returns how it ended.
    async fn process(&mut self, minutes: i64, most_passes: usize) -> (usize, Option<Result<Ended, Broken>>, u64) {
        let (process, death) = (Process::default(), Arc::new(Notify::new()));
        let door = self.door(&process, &death);
        let clock = Arc::new(SandboxClock::new(self.land.seed.sandbox.clone()));
        let observer = self.observer(door.clone(), clock.clone());
        let memory = Memory { store: self.store.clone(), process, watch: self.watch.clone() };
        let deadline = clock.now() + SignedDuration::from_mins(minutes);
        let stop = CancellationToken::new();
        let converge =
            Converge { observer, door, store: Arc::new(Mutex::new(memory)), clock, deadline, stop: stop.clone() };
        self.tell("a process starts");
        let (mut passes, mut paid, before) = (0, 0, self.watch.calls());
        let mut earlier = before;
        let run = converge.run(|pass| {
            passes = pass.number;
            paid = pass.calls;
            self.after(&pass, before, &mut earlier);
            if passes >= most_passes {
                stop.cancel();
            }
        });
        let ended = tokio::select! {
            biased;
            () = death.notified() => None,
            ended = run => Some(ended),
        };
        let words = match &ended {
            None => "the process dies".to_owned(),
            Some(Ok(ended)) => format!("the process ends: {ended:?}"),
            Some(Err(error)) => format!("the process ends: {error}"),
        };
        self.tell(&words);
        self.judge();
        (passes, ended, paid)
    }

    fn door(&self, process: &Process, death: &Arc<Notify>) -> Arc<Door> {
        let sandbox = self.land.seed.sandbox.clone();
        Arc::new(Door {
            inner: SandboxDoor::new(sandbox.clone(), &self.land.home),
            sandbox,
            weather: self.weather.clone(),
            watch: self.watch.clone(),
            process: process.clone(),
            death: death.clone(),
        })
    }

    fn observer(&self, door: Arc<Door>, clock: Arc<SandboxClock>) -> Observer {
        let external_id = Some("simulated-external-id".to_owned());
        let mut observer = Observer::new(self.intent.clone(), external_id, door, clock, CallPolicy::default())
            .expect("an intent with a hub");
        // Where the hub has a default table, a crash may hide that an association there is the hub's own doing.
        if self.land.defaults {
            observer.allow_gaps();
        }
        observer
    }

    /// Looks at a pass that was made, and lets people do something.
    fn after(&mut self, pass: &Pass, before: u64, earlier: &mut u64) {
        let made = self.watch.calls();
        // What was called up to the pass before is paid for by the end of this look.
        if pass.calls < *earlier - before {
            self.watch.wrong(format!("{} calls were made, and {} paid for", *earlier - before, pass.calls));
        }
        *earlier = made;
        let shown: Vec<String> = pass.outcomes.iter().map(|(step, outcome)| format!("{step}: {outcome:?}")).collect();
        self.tell(&format!(
            "pass {}: {} steps, {} pending, problems {:?}, unknown {}\n  {}",
            pass.number,
            pass.plan.steps.len(),
            pass.plan.pending.len(),
            pass.plan.problems,
            pass.plan.unknown.len(),
            shown.join("\n  ")
        ));
        self.judge();
        let is_fair = self.weather.lock().expect("no panic in the weather").fair;
        if !is_fair
            && self.dice.fraction() < self.mix.people
            && let Some(deed) = people::meddle(&self.land, &mut self.dice)
        {
            self.tell(&deed);
        }
    }

    /// Judges the world as it is now.
    fn judge(&mut self) {
        for doubled in self.land.doubled() {
            self.watch.wrong(doubled);
        }
        let now = self.land.undeclared();
        for (id, was) in &self.undeclared {
            match now.get(id) {
                Some(is) if is == was => {}
                is => self.watch.wrong(format!("{id} is none of transitd's, and was touched: {was} became {is:?}")),
            }
        }
        self.undeclared = now;
    }

    /// Makes a report: nothing is written.
    async fn dry_run(&mut self) {
        let (process, death) = (Process::default(), Arc::new(Notify::new()));
        let clock = Arc::new(SandboxClock::new(self.land.seed.sandbox.clone()));
        let observer = self.observer(self.door(&process, &death), clock.clone());
        let past = self.store.lock().expect("no panic in the store").history().expect("a readable store");
        self.watch.quiet(true);
        let look = observer.look(&past, clock.now() + SignedDuration::from_mins(30)).await;
        self.watch.quiet(false);
        self.tell(&format!("a report: {:?} steps", look.map(|look| look.plan.steps.len())));
    }

    /// Lets the weather be fair, and transitd put everything right.
    async fn heal(&mut self) -> usize {
        self.weather.lock().expect("no panic in the weather").fair = true;
        self.tell("the weather is fair");
        let (passes, ended, _) = self.process(240, PASSES).await;
        if !matches!(ended, Some(Ok(Ended::InSync))) {
            self.watch.wrong(format!("not in sync in fair weather, after {passes} passes: {ended:?}"));
        }
        for wrong in self.land.misrouted().into_iter().chain(self.land.misattached()) {
            self.watch.wrong(wrong);
        }
        passes
    }

    /// Runs once more: one look, which pays for just what it calls, and nothing written.
    async fn stay_quiet(&mut self) {
        self.land.seed.wait(Duration::from_secs(3600));
        self.watch.quiet(true);
        let before = self.watch.calls();
        let (passes, ended, paid) = self.process(30, usize::MAX).await;
        let made = self.watch.calls() - before;
        if passes != 1 || !matches!(ended, Some(Ok(Ended::InSync))) {
            self.watch.wrong(format!("in sync, and then not: {passes} passes, {ended:?}"));
        }
        if made != paid {
            self.watch.wrong(format!("{made} calls were made, and {paid} paid for"));
        }
    }

    fn finish(self, healing_passes: usize) -> Lived {
        let sandbox = self.land.seed.lock();
        let trace: Vec<String> = sandbox
            .log()
            .iter()
            .map(|call| format!("{} {} {} {} {}", call.at, call.account, call.action, call.outcome, call.request_id))
            .collect();
        let mut wrongs = self.watch.wrongs();
        let refused = sandbox.log().iter().filter(|call| call.outcome == "RequestLimitExceeded").count();
        if refused > 0 {
            wrongs.push(format!("AWS refused {refused} calls for their rate"));
        }
        let weather = self.weather.lock().expect("no panic in the weather");
        Lived {
            mix: self.mix.to_string(),
            wrongs,
            story: format!("{}\n{}", self.land.config, self.story),
            trace,
            writes: self.watch.writes(),
            troubles: weather.troubles,
            crashes: weather.crashes,
            healing_passes,
        }
    }
}
