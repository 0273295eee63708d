//! One seed's life: processes that start, meet their weather and end; then fair weather, and what came of it all.

use std::fmt;

use aws_sandbox::random::Dice;
use transitd::model::NetworkName;
use transitd::store::{Ordered, SqliteStore};

use crate::mix::Mix;
use crate::people;
use crate::running::{self, Run};
use crate::scene::Scene;
use crate::support::door::lock;
use crate::world;

/// Within how many passes that have something to do a network must be in sync once the weather is fair: an attachment that
/// has to go and come again takes some forty, since a pass looks again every few seconds.
const PASSES: usize = 400;

/// In how many days everything that is to be taken away is gone: budgets leave room for five things a day at least.
const DAYS: i64 = 40;

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
    passes: usize,
    healing: usize,
}

/// The figures of many lives.
#[derive(Default)]
pub struct Sums {
    calls: usize,
    writes: u64,
    troubles: u64,
    crashes: u64,
    removals: usize,
    passes: usize,
    most_healing: usize,
}

impl Sums {
    pub fn add(&mut self, lived: &Lived) {
        self.calls += lived.trace.len();
        self.writes += lived.writes;
        self.troubles += lived.troubles;
        self.crashes += lived.crashes;
        self.removals += lived.removals;
        self.passes += lived.passes;
        self.most_healing = self.most_healing.max(lived.healing);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sums { calls, writes, troubles, crashes, removals, passes, most_healing } = self;
        write!(
            f,
            "{calls} calls in {passes} passes, {writes} of transitd's writes, {troubles} troubles, {crashes} crashes, \
             {removals} removals, at most {most_healing} busy passes to heal"
        )
    }
}

/// Lives one seed.
pub fn live(number: u64) -> Lived {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(Life::new(number).live())
}

struct Life {
    number: u64,
    scene: Scene,
    passes: usize,
}

impl Life {
    fn new(number: u64) -> Self {
        let mut dice = Dice::new(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed);
        let mix = Mix::draw(&mut dice);
        let land = world::make(number, &mut dice);
        {
            let mut sandbox = land.seed.lock();
            sandbox.clear_log();
            let network = &mut sandbox.world.network;
            network.visibility_lag_seconds = mix.lag;
            network.switches.transitions_slowed = mix.slow;
            network.switches.transitions_stuck = mix.stuck;
            let accounts = land.members.iter().map(|member| member.account.clone());
            network.switches.attachments_fail_in = accounts.filter(|_| dice.fraction() < mix.failing).collect();
            // AWS counts calls as well: transitd's own pace has to keep it from ever refusing one.
            network.throttling = true;
        }
        let network: NetworkName = world::NETWORK.parse().expect("a name");
        let store = SqliteStore::in_memory(&network).expect("a store in memory");
        Self { number, scene: Scene::new(land, mix, dice, store), passes: 0 }
    }

    async fn live(mut self) -> Lived {
        let scene = self.scene.clone();
        for _ in 0..2 + scene.draw(3) {
            let minutes = 4 + scene.draw(16);
            if scene.draw(2) == 0 {
                scene.order(Ordered::Resume);
            }
            self.run(i64::try_from(minutes).expect("few minutes"), |_| false).await;
            if scene.draw(2) == 0 {
                scene.clone().look_beside().await;
            }
            if scene.draw(2) == 0 {
                scene.people(people::rethink);
            }
            // Somebody puts right what keeps attachments from being made.
            if scene.draw(3) == 0 {
                lock(&scene.sandbox).world.network.switches.attachments_fail_in.clear();
            }
            // Now and then long enough for holds to be over.
            let longest = if scene.draw(2) == 0 { 600 } else { 4 * 3600 };
            scene.wait(scene.draw(longest) as u64);
        }
        let healing = self.heal().await;
        self.stay_quiet().await;
        self.finish(healing)
    }

    async fn run(&mut self, minutes: i64, enough: impl FnMut(&Run) -> bool + Send) -> Run {
        let run = running::run(&self.scene, self.number, minutes, enough).await;
        self.passes += run.passes;
        run
    }

    /// Lets the weather be fair, and transitd put everything right. Returns how many passes had something to do.
    async fn heal(&mut self) -> usize {
        let scene = self.scene.clone();
        scene.clear_up();
        // A day later what others kept undoing is tried again, and the budgets have room.
        scene.wait(25 * 3600);
        scene.watch.fair();
        let run = self.run(DAYS * 24 * 60, |run| run.rests || run.busy >= PASSES).await;
        if !run.rests {
            scene.watch.wrong(format!("not in sync in fair weather: {run:?}"));
        }
        let land = scene.land();
        for wrong in land.misrouted(scene.mix.is_calm()).into_iter().chain(land.misattached()) {
            scene.watch.wrong(wrong);
        }
        run.busy
    }

    /// Runs once more: two looks, which pay for just what they call, and nothing written.
    async fn stay_quiet(&mut self) {
        let scene = self.scene.clone();
        scene.wait(3600);
        scene.watch.quiet("in sync");
        let run = self.run(24 * 60, |run| run.passes == 2 || !run.rests).await;
        if run.passes != 2 || !run.rests {
            scene.watch.wrong(format!("in sync, and then not: {run:?}"));
        }
        if run.made != run.paid {
            scene.watch.wrong(format!("{} calls were made, and {} paid for", run.made, run.paid));
        }
    }

    fn finish(self, healing: usize) -> Lived {
        let scene = self.scene;
        let sandbox = lock(&scene.sandbox);
        let trace: Vec<String> = sandbox
            .log()
            .iter()
            .map(|call| format!("{} {} {} {} {}", call.at, call.account, call.action, call.outcome, call.request_id))
            .collect();
        let mut wrongs = scene.watch.wrongs();
        let refused = sandbox.log().iter().filter(|call| call.outcome == "RequestLimitExceeded").count();
        drop(sandbox);
        if refused > 0 {
            wrongs.push(format!("AWS refused {refused} calls for their rate"));
        }
        let (troubles, crashes) = {
            let weather = scene.weather();
            (weather.troubles, weather.crashes)
        };
        Lived {
            mix: scene.mix.to_string(),
            wrongs,
            story: format!("{}\n{}", scene.land().wish.text(), scene.story()),
            trace,
            writes: scene.watch.writes(),
            troubles,
            crashes,
            removals: scene.removals.count(),
            passes: self.passes,
            healing,
        }
    }
}
