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
use transitd::pass::{Actor, Broken, Converge, Ended, Observer, Pass};
use transitd::plan::{Left, Outlook, Step};
use transitd::store::{Order, Ordered, SqliteStore, Store as _};

use crate::memory::{Memory, Process};
use crate::people;
use crate::removals::Removals;
use crate::skewed::Skewed;
use crate::support::clock::SandboxClock;
use crate::support::door::SandboxDoor;
use crate::watch::Watch;
use crate::weather::{Door, Mix, Weather};
use crate::world::{self, Land, below};

/// Within how many passes a network must be in sync once the weather is fair: an attachment that has to go and come
/// again takes some forty, since a pass looks again every few seconds.
const PASSES: usize = 150;

/// In how many days everything that is to be taken away is gone: budgets leave room for ten things a day at least.
const ROUNDS: usize = 8;

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
    removals: usize,
    healing_passes: usize,
}

/// The figures of many lives.
#[derive(Default)]
pub struct Sums {
    calls: usize,
    writes: u64,
    troubles: u64,
    crashes: u64,
    removals: usize,
    most_passes: usize,
}

impl Sums {
    pub fn add(&mut self, lived: &Lived) {
        self.calls += lived.trace.len();
        self.writes += lived.writes;
        self.troubles += lived.troubles;
        self.crashes += lived.crashes;
        self.removals += lived.removals;
        self.most_passes = self.most_passes.max(lived.healing_passes);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sums { calls, writes, troubles, crashes, removals, most_passes } = self;
        write!(
            f,
            "{calls} calls, {writes} of transitd's writes, {troubles} troubles, {crashes} crashes, {removals} removals, at most {most_passes} passes to heal"
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
    removals: Removals,
    story: String,
    /// How many steps the last pass left that are not only observed, and how many VPCs it held.
    remaining: usize,
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
        let removals = Removals::new(land.wish.removes, land.defaults);
        let undeclared = land.undeclared();
        Self {
            weather: Arc::new(Mutex::new(Weather::new(mix.clone(), Dice::new(dice.next())))),
            watch: Watch::default(),
            store: Arc::new(Mutex::new(SqliteStore::in_memory(&network).expect("a store in memory"))),
            removals,
            story: String::new(),
            land,
            dice,
            mix,
            remaining: 0,
            undeclared,
        }
    }

    async fn live(mut self) -> Lived {
        for _ in 0..3 + below(&mut self.dice, 3) {
            let minutes = 5 + below(&mut self.dice, 25);
            if below(&mut self.dice, 2) == 0 {
                self.order(Ordered::Resume);
            }
            self.process(i64::try_from(minutes).expect("few minutes"), usize::MAX).await;
            if below(&mut self.dice, 2) == 0 {
                self.dry_run().await;
            }
            if below(&mut self.dice, 2) == 0
                && let Some(deed) = people::rethink(&mut self.land, &self.removals, &mut self.dice)
            {
                self.tell(&deed);
            }
            // Now and then long enough for holds to be over.
            let longest = if below(&mut self.dice, 2) == 0 { 600 } else { 4 * 3600 };
            let pause = below(&mut self.dice, longest);
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
        let clock = Arc::new(self.clock());
        let observer = self.observer(door.clone(), clock.clone());
        let memory =
            Memory { store: self.store.clone(), process, watch: self.watch.clone(), removals: self.removals.clone() };
        let deadline = clock.now() + SignedDuration::from_mins(minutes);
        let stop = CancellationToken::new();
        let actor = Actor { door, store: Arc::new(Mutex::new(memory)), clock, stop: stop.clone() };
        let converge = Converge { observer, actor, deadline };
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
            removals: self.removals.clone(),
            process: process.clone(),
            death: death.clone(),
        })
    }

    fn observer(&self, door: Arc<Door>, clock: Arc<Skewed>) -> Observer {
        let external_id = Some("simulated-external-id".to_owned());
        let text = self.land.wish.text();
        let intent = intent::parse("simulated.yaml", &text);
        let intent: Intent = intent.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let mut observer = Observer::new(Arc::new(intent), external_id, door, clock, CallPolicy::default())
            .expect("an intent with a hub");
        // Where the hub has a default table, a crash may hide that an association there is the hub's own doing.
        if self.land.defaults {
            observer.allow_gaps();
        }
        // In the end a person says that what was dropped was meant.
        if self.weather.lock().expect("no panic in the weather").fair {
            observer.accept_shrink();
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
        let observed = |step: &Step| step.outlook == Outlook::Left { why: Left::Observed };
        self.remaining = pass.plan.steps.iter().filter(|step| !observed(step)).count() + pass.plan.departures.len();
        self.judge();
        self.land.lead_back();
        let is_fair = self.weather.lock().expect("no panic in the weather").fair;
        if !is_fair
            && self.dice.fraction() < self.mix.people
            && let Some(deed) = people::meddle(&mut self.land, &self.removals, &mut self.dice)
        {
            self.tell(&deed);
        }
        self.undeclared = self.land.undeclared();
        if !is_fair && self.dice.fraction() < self.mix.orders {
            let member = &self.land.members[below(&mut self.dice, self.land.members.len())];
            let until = self.clock().now() + SignedDuration::from_mins(1 + (self.dice.fraction() * 30.0) as i64);
            let what = match below(&mut self.dice, 4) {
                0 => Ordered::Pause,
                _ => Ordered::Hold { name: member.vpc.clone(), until },
            };
            self.order(what);
        }
    }

    /// Lets a person give an order.
    fn order(&mut self, what: Ordered) {
        self.tell(&format!("somebody orders: {what:?}"));
        match &what {
            Ordered::Hold { name, until } => self.watch.hold(name, *until),
            Ordered::Release { .. } => {}
            Ordered::Pause => self.watch.pause(true),
            Ordered::Resume => self.watch.pause(false),
        }
        let order = Order { at: self.clock().now(), by: "somebody".to_owned(), what, why: "drawn".to_owned() };
        self.store.lock().expect("no panic in the store").give(&order).expect("a store that can be written");
    }

    /// The machine's clock, which may be off.
    fn clock(&self) -> Skewed {
        Skewed {
            inner: SandboxClock::new(self.land.seed.sandbox.clone()),
            by: SignedDuration::from_secs_f64(self.mix.skew),
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
                // Its attachment is gone.
                None if id.starts_with("taken over") => {}
                is => self.watch.wrong(format!("{id} is none of transitd's, and was touched: {was} became {is:?}")),
            }
        }
        self.undeclared = now;
    }

    /// Makes a report: nothing is written.
    async fn dry_run(&mut self) {
        let (process, death) = (Process::default(), Arc::new(Notify::new()));
        let clock = Arc::new(self.clock());
        let observer = self.observer(self.door(&process, &death), clock.clone());
        let now = clock.now();
        let past = self.store.lock().expect("no panic in the store").history(now).expect("a readable store");
        self.watch.quiet(true);
        let look = observer.look(&past, clock.now() + SignedDuration::from_mins(30)).await;
        self.watch.quiet(false);
        self.tell(&format!("a report: {:?} steps", look.map(|look| look.plan.steps.len())));
    }

    /// Lets the weather be fair, and transitd put everything right.
    async fn heal(&mut self) -> usize {
        self.weather.lock().expect("no panic in the weather").fair = true;
        self.order(Ordered::Resume);
        for name in self.watch.release() {
            self.order(Ordered::Release { name });
        }
        self.tell("the weather is fair");
        self.land.give_back();
        self.undeclared = self.land.undeclared();
        let mut passes = 0;
        for round in 0..ROUNDS {
            // A day later what others kept undoing is tried again, and the budgets have room.
            self.land.seed.wait(Duration::from_secs(25 * 3600));
            let (made, ended, _) = self.process(240, PASSES).await;
            passes += made;
            let rests = if self.is_observed() {
                matches!(ended, Some(Ok(Ended::Blocked | Ended::InSync)))
            } else {
                matches!(ended, Some(Ok(Ended::InSync)))
            };
            if rests && self.remaining == 0 {
                break;
            }
            if round == ROUNDS - 1 {
                self.watch.wrong(format!("not in sync in fair weather, after {passes} passes: {ended:?}"));
            }
        }
        let calm = self.mix.is_calm();
        for wrong in self.land.misrouted(calm).into_iter().chain(self.land.misattached()) {
            self.watch.wrong(wrong);
        }
        passes
    }

    /// Tells whether something is only observed, so that it never comes in sync.
    fn is_observed(&self) -> bool {
        self.land.wish.segments.iter().any(|segment| segment.present && segment.observed)
    }

    /// Runs once more: one look, which pays for just what it calls, and nothing written.
    async fn stay_quiet(&mut self) {
        self.land.seed.wait(Duration::from_secs(3600));
        self.watch.quiet(true);
        let before = self.watch.calls();
        let (passes, ended, paid) = self.process(30, usize::MAX).await;
        let made = self.watch.calls() - before;
        let rests = matches!(ended, Some(Ok(Ended::InSync))) || self.is_observed();
        if passes != 1 || !rests {
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
            story: format!("{}\n{}", self.land.wish.text(), self.story),
            trace,
            writes: self.watch.writes(),
            troubles: weather.troubles,
            crashes: weather.crashes,
            removals: self.removals.count(),
            healing_passes,
        }
    }
}
