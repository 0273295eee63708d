//! What all parties of a seed share: the world and its people, the weather, the rules, transitd's memory, and the story.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sandbox::random::Dice;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use transitd::api::{Clock as _, Policy as CallPolicy};
use transitd::daemon::{Bell, Ring};
use transitd::intent::{self, Intent, Mode};
use transitd::model::History;
use transitd::pass::Observer;
use transitd::store::{Lock, Locked, Order, Ordered, SqliteStore};

use crate::door::{Door, Echoes, Party};
use crate::memory::Process;
use crate::mix::Mix;
use crate::people;
use crate::removals::Removals;
use crate::skewed::Skewed;
use crate::support::clock::SandboxClock;
use crate::support::door::{SandboxDoor, Shared, lock};
use crate::watch::Watch;
use crate::weather::Weather;
use crate::world::{EXTERNAL_ID, Land, below};

/// For how long a report beside the daemon may read.
const REPORT: SignedDuration = SignedDuration::from_mins(30);

/// Everything that outlives the processes. Clones share it.
#[derive(Clone)]
pub struct Scene {
    pub sandbox: Shared,
    pub mix: Mix,
    pub watch: Watch,
    pub removals: Removals,
    pub echoes: Echoes,
    pub store: Arc<Mutex<SqliteStore>>,
    /// What a process has read last of it: a report beside it may know as much.
    pub remembered: Arc<Mutex<History>>,
    /// Where the lock of the state is.
    pub state: Arc<tempfile::TempDir>,
    weather: Arc<Mutex<Weather>>,
    land: Arc<Mutex<Land>>,
    play: Arc<Mutex<Play>>,
}

struct Play {
    dice: Dice,
    story: String,
    /// What is none of transitd's, as it was when last looked at.
    undeclared: BTreeMap<String, String>,
    /// How the process that runs is reached.
    signals: Option<Signals>,
}

/// How a process is reached.
#[derive(Clone)]
pub struct Signals {
    pub bell: Arc<Bell>,
    pub stop: CancellationToken,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scene {
    pub fn new(land: Land, mix: Mix, mut dice: Dice, store: SqliteStore) -> Self {
        let removals = Removals::new(land.wish.removes, land.defaults);
        let weather = Weather::new(mix.clone(), Dice::new(dice.next()));
        let undeclared = land.undeclared();
        Self {
            sandbox: land.seed.sandbox.clone(),
            mix,
            watch: Watch::new(land.defaults),
            removals,
            echoes: Echoes::default(),
            store: Arc::new(Mutex::new(store)),
            remembered: Arc::default(),
            state: Arc::new(tempfile::tempdir().expect("a directory")),
            weather: Arc::new(Mutex::new(weather)),
            land: Arc::new(Mutex::new(land)),
            play: Arc::new(Mutex::new(Play { dice, story: String::new(), undeclared, signals: None })),
        }
    }

    pub fn weather(&self) -> MutexGuard<'_, Weather> {
        locked(&self.weather)
    }

    pub fn land(&self) -> MutexGuard<'_, Land> {
        locked(&self.land)
    }

    /// The machine's clock, which may be off.
    pub fn clock(&self) -> Skewed {
        Skewed { inner: SandboxClock::new(self.sandbox.clone()), by: SignedDuration::from_secs_f64(self.mix.skew) }
    }

    pub fn now(&self) -> Timestamp {
        lock(&self.sandbox).now()
    }

    pub fn wait(&self, seconds: u64) {
        self.land().seed.wait(std::time::Duration::from_secs(seconds));
    }

    pub fn tell(&self, line: &str) {
        let now = self.now();
        locked(&self.play).story.push_str(&format!("{now:.0} {line}\n"));
    }

    pub fn story(&self) -> String {
        locked(&self.play).story.clone()
    }

    /// Draws a number below a bound.
    pub fn draw(&self, bound: usize) -> usize {
        below(&mut locked(&self.play).dice, bound)
    }

    fn comes(&self, rate: f64) -> bool {
        locked(&self.play).dice.fraction() < rate
    }

    /// Notes how the process that runs is reached, or that none does.
    pub fn reached_by(&self, signals: Option<Signals>) {
        locked(&self.play).signals = signals;
    }

    /// Reads the config file, as transitd does.
    pub fn load(&self) -> Result<Intent, String> {
        let mut land = self.land();
        let intent = intent::parse("simulated.yaml", &land.wish.text());
        let intent: Intent = intent.map_err(|problems| problems.render(false))?;
        land.take_effect();
        self.watch.observing(intent.daemon.mode == Mode::Observe);
        Ok(intent)
    }

    /// Makes a door of a process.
    pub fn door(&self, party: Party, process: &Process, death: &Arc<Notify>) -> Arc<Door> {
        let inner = SandboxDoor::new(self.sandbox.clone(), &self.land().home);
        Arc::new(Door { inner, scene: self.clone(), party, process: process.clone(), death: death.clone() })
    }

    /// Prepares an observer for what only a person's word allows.
    pub fn allow(&self, observer: &mut Observer) {
        // Where the hub has a default table, a crash may hide that an association there is the hub's own doing.
        if self.land().defaults {
            observer.allow_gaps();
        }
        // In the end a person says that what was dropped was meant.
        if self.weather().fair {
            observer.accept_shrink();
        }
    }

    /// Judges what happened to what is none of transitd's, and looks for what was made twice.
    pub fn judge(&self) {
        let land = self.land();
        for doubled in land.doubled() {
            self.watch.wrong(doubled);
        }
        let now = land.undeclared();
        drop(land);
        let was = std::mem::replace(&mut locked(&self.play).undeclared, now.clone());
        for (id, was) in was {
            match now.get(&id) {
                Some(is) if *is == was => {}
                // Its attachment is gone.
                None if id.starts_with("taken over") => {}
                is => self.watch.wrong(format!("{id} is none of transitd's, and was touched: {was} became {is:?}")),
            }
        }
    }

    /// Lets people do something, for which nobody blames transitd.
    pub fn people(&self, deed: impl FnOnce(&mut Land, &mut Dice) -> Option<String>) -> bool {
        self.judge();
        let mut land = self.land();
        let told = deed(&mut land, &mut locked(&self.play).dice);
        let undeclared = land.undeclared();
        drop(land);
        locked(&self.play).undeclared = undeclared;
        if let Some(told) = &told {
            self.tell(told);
        }
        told.is_some()
    }

    /// Lets people act between two passes.
    pub fn between(&self) {
        self.people(|land, _| {
            land.lead_back();
            None
        });
        if self.weather().fair {
            return;
        }
        if self.comes(self.mix.people) && self.people(people::meddle) && self.draw(3) > 0 {
            self.ring(Ring::Reload);
        }
        if self.comes(self.mix.orders) {
            self.some_order();
        }
    }

    /// Lets people act between two calls.
    pub fn meanwhile(&self) {
        if self.weather().fair || !self.comes(self.mix.meanwhile) {
            return;
        }
        match self.draw(12) {
            0..=3 => {
                self.people(|land, dice| people::undo(land, dice));
            }
            4 | 5 => {
                if self.people(people::rethink) {
                    self.ring(Ring::Reload);
                }
            }
            6 | 7 => self.some_order(),
            8 => self.ring(Ring::Reconcile),
            9 => self.ring(Ring::Report),
            10 => {
                self.second_process();
                self.tell("a report is asked for beside the daemon");
                tokio::spawn(self.clone().look_beside());
            }
            _ => {
                self.tell("somebody asks the process to stop");
                if let Some(signals) = &locked(&self.play).signals {
                    signals.stop.cancel();
                }
            }
        }
    }

    fn ring(&self, ring: Ring) {
        self.tell(&format!("somebody rings: {ring:?}"));
        if let Some(signals) = &locked(&self.play).signals {
            signals.bell.ring(ring);
        }
    }

    /// Starts a second process, which has to find the state in use.
    fn second_process(&self) {
        match Lock::take(self.state.path(), "the second").expect("a lock file") {
            Locked::Theirs(holder) => self.tell(&format!("a second process finds the state in use by {holder}")),
            Locked::Mine(_) => self.watch.wrong("two processes have the state".to_owned()),
        }
    }

    /// Makes a report with a door of its own; nothing in it could write.
    pub async fn look_beside(self) {
        let process = Process::default();
        let door = self.door(Party::Beside, &process, &Arc::new(Notify::new()));
        let clock = Arc::new(self.clock());
        let text = self.land().wish.text();
        let Ok(intent) = intent::parse("simulated.yaml", &text) else { return };
        let observer = observer(intent, door, clock.clone());
        let past = locked(&self.remembered).clone();
        let look = observer.look(&past, clock.now() + REPORT).await;
        self.tell(&format!("a report: {:?} steps", look.map(|look| look.plan.steps.len())));
    }

    /// Lets a person give an order that is drawn.
    fn some_order(&self) {
        let vpc = {
            let land = self.land();
            land.members[self.draw(land.members.len())].vpc.clone()
        };
        let until = self.clock().now() + SignedDuration::from_mins(1 + self.draw(30) as i64);
        self.order(match self.draw(5) {
            0 => Ordered::Pause,
            1 => Ordered::Resume,
            _ => Ordered::Hold { name: vpc, until },
        });
    }

    /// Lets a person give an order.
    pub fn order(&self, what: Ordered) {
        self.tell(&format!("somebody orders: {what:?}"));
        match &what {
            Ordered::Hold { name, until } => self.watch.hold(name, *until),
            Ordered::Release { .. } => {}
            Ordered::Pause => self.watch.pause(true),
            Ordered::Resume => self.watch.pause(false),
        }
        let order = Order { at: self.clock().now(), by: "somebody".to_owned(), what, why: "drawn".to_owned() };
        locked(&self.store).give(&order).expect("a store that can be written");
    }

    /// Lets the weather be fair, and people mend what is theirs to mend.
    pub fn clear_up(&self) {
        self.weather().fair = true;
        self.order(Ordered::Resume);
        for name in self.watch.release() {
            self.order(Ordered::Release { name });
        }
        {
            let mut sandbox = lock(&self.sandbox);
            let switches = &mut sandbox.world.network.switches;
            switches.transitions_stuck = 0.0;
            switches.attachments_fail_in.clear();
        }
        self.people(|land, _| {
            land.give_back();
            (land.wish.slip, land.wish.observes, land.wish.every) = (false, false, 60);
            Some("the weather is fair".to_owned())
        });
    }
}

/// Makes an observer of an intent.
pub fn observer(intent: Intent, door: Arc<Door>, clock: Arc<Skewed>) -> Observer {
    let external_id = Some(EXTERNAL_ID.to_owned());
    Observer::new(Arc::new(intent), external_id, door, clock, CallPolicy::default()).expect("an intent with a hub")
}
