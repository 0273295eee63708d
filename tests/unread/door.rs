//! A door that writes down what goes through it, and at which one read ails.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use transitd::api::{ApiError, Items, Page, Read, ReadCall, Reply, Sending, Session, Write, WriteCall};
use transitd::plan::fingerprint;

use crate::support::door::SandboxDoor;
use crate::world::Bench;

/// What befalls a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ails {
    Denied,
    /// Each page says that there is another, and leads back to itself.
    Cut,
    Throttled,
    Lost,
}

impl Ails {
    pub const ALL: [Ails; 4] = [Ails::Denied, Ails::Cut, Ails::Throttled, Ails::Lost];

    /// Tells whether it can befall a read: keys come without pages.
    pub fn befalls(self, read: &str) -> bool {
        self != Ails::Cut || !read.contains("AssumeRole")
    }
}

/// One read, as the recording names it, and what befalls it for good.
pub struct Ailing {
    pub read: String,
    pub ails: Ails,
}

pub struct Door {
    inner: SandboxDoor,
    ailing: Option<Ailing>,
    /// Whether the organization answers that it has no accounts.
    no_accounts: bool,
    read: Mutex<BTreeSet<String>>,
    taken: Mutex<BTreeSet<String>>,
    sent: Mutex<usize>,
}

impl Door {
    pub fn new(bench: &Bench<'_>, ailing: Option<Ailing>) -> Self {
        Self { ailing, ..Self::of(SandboxDoor::new(bench.seed.sandbox.clone(), &bench.world.home)) }
    }

    pub fn of(inner: SandboxDoor) -> Self {
        let (read, taken) = (Mutex::default(), Mutex::default());
        Self { inner, ailing: None, no_accounts: false, read, taken, sent: Mutex::new(0) }
    }

    /// Lets the organization answer that it has no accounts.
    pub fn without_accounts(self) -> Self {
        Self { no_accounts: true, ..self }
    }

    /// Lists the reads that were made.
    pub fn read(&self) -> BTreeSet<String> {
        lock(&self.read).clone()
    }

    /// Lists the calls that were sent and take something away.
    pub fn taken(&self) -> BTreeSet<String> {
        lock(&self.taken).clone()
    }

    /// Counts the writes that were sent.
    pub fn sent(&self) -> usize {
        *lock(&self.sent)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Read for Door {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        let name = format!("{} {call:?}", session.scope);
        lock(&self.read).insert(name.clone());
        let ails = self.ailing.as_ref().filter(|ailing| ailing.read == name).map(|ailing| ailing.ails);
        let refused = |code: &str, status| {
            let (code, message) = (code.to_owned(), "for good".to_owned());
            ApiError { code, status: Some(status), message, request_id: None, sending: Sending::Answered }
        };
        match ails {
            Some(Ails::Denied) => return Err(refused("UnauthorizedOperation", 403)),
            Some(Ails::Throttled) => return Err(refused("RequestLimitExceeded", 503)),
            Some(Ails::Lost) => {
                let code = ApiError::NO_ANSWER.to_owned();
                return Err(ApiError { status: None, sending: Sending::Unanswered, ..refused(&code, 0) });
            }
            Some(Ails::Cut) | None => {}
        }
        let mut page = self.inner.page(session, call, token.filter(|_| ails.is_none())).await?;
        if ails == Some(Ails::Cut) {
            page.next = Some("again".to_owned());
        }
        if let (true, Items::Accounts(accounts)) = (self.no_accounts, &mut page.items) {
            accounts.clear();
        }
        Ok(page)
    }
}

#[async_trait]
impl Write for Door {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        *lock(&self.sent) += 1;
        if call.takes_away() {
            lock(&self.taken).insert(format!("{} {}", call.action(), fingerprint(call)));
        }
        self.inner.send(session, call).await
    }
}
