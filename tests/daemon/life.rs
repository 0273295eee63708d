//! A daemon in the sandbox's time, and a script that is called with everything that happens.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use transitd::api::{ApiError, Clock, Page, Policy, Read, ReadCall, Reply, Sending, Session, Write, WriteCall};
use transitd::daemon::{Address, Bell, Board, Channel, Daemon, Happening, Host, Notice, Setup, Source, Word};
use transitd::intent::{self, Mode};
use transitd::pass::Observer;
use transitd::store::{Order, Ordered, Orders, SqliteStore, Store};

use crate::hands::Hands;
use crate::land::{EXTERNAL_ID, Land};
use crate::support::door::SandboxDoor;

/// What the outside world was told.
pub struct Told {
    clock: Arc<Hands>,
    pub words: Mutex<Vec<Word>>,
    /// What was posted to the webhook.
    pub notices: Mutex<Vec<serde_json::Value>>,
    /// What was published to the topic.
    pub published: Mutex<Vec<Notice>>,
    /// Where notices get lost.
    pub deaf: Mutex<Vec<Channel>>,
    /// When notices got lost.
    pub lost: Mutex<Vec<Timestamp>>,
}

impl Told {
    fn new(clock: Arc<Hands>) -> Self {
        Self {
            clock,
            words: Mutex::default(),
            notices: Mutex::default(),
            published: Mutex::default(),
            deaf: Mutex::default(),
            lost: Mutex::default(),
        }
    }

    /// Names the matters of which the webhook was told in one of a notice's lists, `stands` or `over`: as often as it was.
    pub fn named(&self, list: &str) -> Vec<String> {
        let notices = self.notices.lock().unwrap();
        let all = notices.iter().flat_map(|notice| notice[list].as_array().unwrap());
        all.map(|matter| matter["matter"].as_str().unwrap().to_owned()).collect()
    }
}

#[async_trait]
impl Host for Told {
    fn settle_in(&self, _: &Arc<Bell>) {}

    fn tell(&self, word: &Word) {
        self.words.lock().unwrap().push(word.clone());
    }

    fn watchdog(&self) -> Option<Duration> {
        None
    }

    async fn send(&self, to: &Address, notice: &Notice) -> Result<(), String> {
        if self.deaf.lock().unwrap().contains(&to.channel()) {
            self.lost.lock().unwrap().push(self.clock.now());
            return Err("nobody is there".to_owned());
        }
        match to {
            Address::Webhook(_) => self.notices.lock().unwrap().push(notice.data.clone()),
            Address::Topic(_) => self.published.lock().unwrap().push(notice.clone()),
        }
        Ok(())
    }
}

/// A door that can be shut, as when a network is down, and that can refuse a call.
pub struct Gate {
    door: SandboxDoor,
    clock: Arc<Hands>,
    pub shut: Mutex<bool>,
    /// How long each read takes.
    pub slow: Mutex<SignedDuration>,
    /// The call that is denied.
    pub denied: Mutex<Option<&'static str>>,
    /// The only account in which it is denied, if not in all.
    pub denied_in: Mutex<Option<String>>,
    /// How often it was asked for.
    pub asked: Mutex<usize>,
    /// The write that AWS is not ready for.
    pub unready: Mutex<Option<&'static str>>,
    /// What happens while the next write is under way.
    pub meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// Who is stopped while the next read is under way.
    pub stops: Mutex<Option<CancellationToken>>,
}

#[async_trait]
impl Write for Gate {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(happens) = meanwhile {
            happens();
        }
        self.let_through(session, call.action())?;
        if *self.unready.lock().unwrap() == Some(call.action()) {
            return Err(refused(400, "IncorrectState", "not yet"));
        }
        self.door.send(session, call).await
    }
}

impl Gate {
    /// Denies the call that is to be denied.
    fn let_through(&self, session: &Session, action: &'static str) -> Result<(), ApiError> {
        let elsewhere =
            self.denied_in.lock().unwrap().as_ref().is_some_and(|only| only != session.scope.account.as_str());
        if elsewhere || *self.denied.lock().unwrap() != Some(action) {
            return Ok(());
        }
        *self.asked.lock().unwrap() += 1;
        Err(refused(403, "UnauthorizedOperation", "not authorized"))
    }
}

fn refused(status: u16, code: &str, message: &str) -> ApiError {
    ApiError {
        code: code.to_owned(),
        status: Some(status),
        message: message.to_owned(),
        request_id: None,
        sending: Sending::Answered,
    }
}

#[async_trait]
impl Read for Gate {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        if *self.shut.lock().unwrap() {
            return Err(ApiError::not_sent("no route to host"));
        }
        if let Some(stop) = self.stops.lock().unwrap().take() {
            stop.cancel();
        }
        let answered = self.clock.now() + *self.slow.lock().unwrap();
        self.clock.sleep_until(answered).await;
        self.let_through(session, call.action())?;
        self.door.page(session, call, token).await
    }
}

/// What the script is given.
pub struct Stage {
    pub land: Land,
    pub bell: Arc<Bell>,
    pub stop: CancellationToken,
    pub told: Arc<Told>,
    pub board: Arc<Board>,
    pub gate: Arc<Gate>,
    pub clock: Arc<Hands>,
    /// The config file as it is now.
    pub config: Mutex<String>,
    /// Where notices are sent from the next reading of the config on.
    pub addresses: Mutex<Vec<Address>>,
    pub store: Arc<Mutex<SqliteStore>>,
    state: tempfile::TempDir,
}

impl Stage {
    pub fn new(daemon: &str) -> Self {
        let land = Land::new(aws_sandbox::Settings::default());
        let clock = Arc::new(Hands::new(land.seed.sandbox.clone()));
        let door = SandboxDoor::new(land.seed.sandbox.clone(), &land.home);
        let config = land.config(daemon);
        let state = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(state.path(), &"corp".parse().unwrap()).unwrap();
        Self {
            bell: Arc::default(),
            stop: CancellationToken::new(),
            told: Arc::new(Told::new(clock.clone())),
            board: Arc::new(Board::new(clock.clone())),
            gate: Arc::new(Gate {
                door,
                shut: Mutex::default(),
                slow: Mutex::default(),
                clock: clock.clone(),
                denied: Mutex::default(),
                denied_in: Mutex::default(),
                asked: Mutex::default(),
                unready: Mutex::default(),
                meanwhile: Mutex::default(),
                stops: Mutex::default(),
            }),
            clock,
            config: Mutex::new(config),
            addresses: Mutex::new(vec![
                Address::Webhook("https://example.com/".to_owned()),
                Address::Topic("arn:aws:sns:eu-central-1:111111111111:transitd".to_owned()),
            ]),
            store: Arc::new(Mutex::new(store)),
            state,
            land,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Copies the memory as it is now, as a backup does.
    pub fn back_up(&self) {
        let backup = self.state.path().join("backup");
        let connection = rusqlite::Connection::open(self.state.path().join("state.db")).unwrap();
        connection.execute("VACUUM INTO ?1", [backup.display().to_string()]).unwrap();
    }

    /// Goes on with the backup in the place of the memory.
    pub fn restored(self) -> Self {
        let state = tempfile::tempdir().unwrap();
        std::fs::copy(self.state.path().join("backup"), state.path().join("state.db")).unwrap();
        let store = SqliteStore::open(state.path(), &"corp".parse().unwrap()).unwrap();
        Self { store: Arc::new(Mutex::new(store)), state, ..self }
    }

    /// Gives an order as another process would: through a connection of its own.
    pub fn order(&self, what: Ordered) {
        give(self.state.path(), self.now(), what);
    }

    /// Gives an order while the next write is under way.
    pub fn order_meanwhile(&self, what: Ordered) {
        let (state, now) = (self.state.path().to_owned(), self.now());
        *self.gate.meanwhile.lock().unwrap() = Some(Box::new(move || give(&state, now, what)));
    }

    fn setup(&self, now: Option<&Observer>) -> Result<Setup, String> {
        let text = self.config.lock().unwrap();
        let intent = intent::parse("land.yaml", &text).map_err(|problems| problems.render(false))?;
        let (every, mode) = (intent.daemon.every, intent.daemon.mode);
        let (intent, external_id) = (Arc::new(intent), Some(EXTERNAL_ID.to_owned()));
        let observer = match now {
            Some(now) => now.renewed(intent, external_id),
            None => Observer::new(intent, external_id, self.gate.clone(), self.clock.clone(), Policy::default()),
        };
        Ok(Setup {
            observer: observer.ok_or("no hub")?,
            door: (mode == Mode::Enforce).then(|| self.gate.clone() as _),
            every,
            addresses: self.addresses.lock().unwrap().clone(),
        })
    }

    /// Runs the daemon until the script stops it. `script` is called with everything that happens.
    pub async fn run(&self, mut script: impl FnMut(&Self, Happening<'_>) + Send) {
        let daemon = Daemon {
            source: self,
            store: self.store.clone() as Arc<Mutex<dyn Store>>,
            clock: self.clock.clone(),
            bell: self.bell.clone(),
            stop: self.stop.clone(),
            board: self.board.clone(),
            host: self.told.clone(),
            seed: 7,
        };
        let setup = self.setup(None).unwrap();
        daemon.run(setup, &mut |happening| script(self, happening)).await.unwrap();
    }

    /// Runs until in sync, and forgets what was called for it.
    pub async fn converge(&self) {
        let mut in_sync = false;
        self.run(|stage, happening| {
            if let Happening::Passed(pass, _) = happening {
                assert!(pass.number < 200, "not in sync: {:?} {:?}", pass.plan, pass.outcomes);
                in_sync = pass.plan.is_in_sync();
                if in_sync {
                    stage.stop.cancel();
                }
            }
        })
        .await;
        assert!(in_sync);
    }

    /// The same place, for another process: with another life to stop.
    pub fn again(self) -> Self {
        self.land.seed.lock().clear_log();
        self.told.words.lock().unwrap().clear();
        Self { stop: CancellationToken::new(), bell: Arc::default(), ..self }
    }
}

fn give(state: &Path, at: Timestamp, what: Ordered) {
    let order = Order { at, by: "alice".to_owned(), what, why: "an emergency".to_owned() };
    Orders::open(state).unwrap().expect("a state").give(&order).unwrap();
}

#[async_trait]
impl Source for Stage {
    async fn load(&self, now: &Observer) -> Result<Setup, String> {
        self.setup(Some(now))
    }
}
