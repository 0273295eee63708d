//! Troubles that a scenario puts in front of a door: whichever door it is, transitd meets the same.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws_sandbox::Service;
use aws_sandbox::seed::Seed;
use serde_json::Value;
use transitd::api::{self, ApiError, Page, Read, ReadCall, Reply, Sending, Session, Write, WriteCall};

/// A call by somebody else.
#[derive(Clone, Debug)]
pub struct Foreign {
    pub account: String,
    pub service: Service,
    pub action: String,
    pub params: Value,
}

#[derive(Clone, Debug)]
enum Trouble {
    /// Refused for as long as it is denied.
    Denied,
    /// Answered with a 500 for as long as the outage lasts; nothing is done.
    Outage,
    /// Refused once, with a code.
    Refused(String),
    /// Done once, and the answer lost.
    Lost,
    /// Once, right before the call arrives, somebody else makes another.
    Forestalled(Foreign),
}

/// The troubles that are on, by account id and action.
#[derive(Clone, Debug, Default)]
pub struct Troubles(Arc<Mutex<Vec<(String, String, Trouble)>>>);

impl Troubles {
    pub fn deny(&self, account: &str, action: &str) {
        self.add(account, action, Trouble::Denied);
    }

    pub fn allow(&self, account: &str, action: &str) {
        self.all().retain(|(of, what, _)| of != account || what != action);
    }

    pub fn outage(&self, account: &str, action: &str) {
        self.add(account, action, Trouble::Outage);
    }

    pub fn refuse(&self, account: &str, action: &str, code: &str) {
        self.add(account, action, Trouble::Refused(code.to_owned()));
    }

    pub fn lose(&self, account: &str, action: &str) {
        self.add(account, action, Trouble::Lost);
    }

    pub fn forestall(&self, account: &str, action: &str, call: Foreign) {
        self.add(account, action, Trouble::Forestalled(call));
    }

    fn add(&self, account: &str, action: &str, trouble: Trouble) {
        self.all().push((account.to_owned(), action.to_owned(), trouble));
    }

    fn all(&self) -> MutexGuard<'_, Vec<(String, String, Trouble)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the trouble of a call; one that happens once is taken away.
    fn of(&self, session: &Session, action: &str) -> Option<Trouble> {
        let mut all = self.all();
        let index =
            all.iter().position(|(account, what, _)| session.scope.account.as_str() == account && what == action)?;
        match &all[index].2 {
            lasting @ (Trouble::Denied | Trouble::Outage) => Some(lasting.clone()),
            Trouble::Refused(_) | Trouble::Lost | Trouble::Forestalled(_) => Some(all.remove(index).2),
        }
    }
}

/// A door with troubles in front of it.
///
/// Writes that are sent together go through one by one, in the order in which they were sent: ids and delays are drawn
/// as writes arrive, and on the wire any might come first.
pub struct Troubled<D> {
    pub door: D,
    pub turn: tokio::sync::Mutex<()>,
    pub troubles: Troubles,
    /// Who makes the calls of others.
    pub seed: Seed,
}

impl<D> Troubled<D> {
    fn before(&self, session: &Session, service: api::Service, action: &str) -> Result<bool, ApiError> {
        match self.troubles.of(session, action) {
            None => Ok(false),
            Some(Trouble::Lost) => Ok(true),
            Some(Trouble::Denied) => Err(denied(service, action)),
            Some(Trouble::Outage) => Err(answered("InternalError", 500, "An internal error has occurred")),
            Some(Trouble::Refused(code)) => Err(answered(&code, 400, "The request was refused.")),
            Some(Trouble::Forestalled(call)) => {
                self.seed.ask(&call.account, call.service, &call.action, call.params);
                Ok(false)
            }
        }
    }
}

#[async_trait]
impl<D: Read> Read for Troubled<D> {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        let loses = self.before(session, call.service(), call.action())?;
        let answer = self.door.page(session, call, token).await;
        if loses { Err(lost()) } else { answer }
    }
}

#[async_trait]
impl<D: Write> Write for Troubled<D> {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        let _turn = self.turn.lock().await;
        let loses = self.before(session, call.service(), call.action())?;
        let answer = self.door.send(session, call).await;
        if loses { Err(lost()) } else { answer }
    }
}

fn denied(service: api::Service, action: &str) -> ApiError {
    let message = format!(
        "You are not authorized to perform this operation. No identity-based policy allows the {}:{action} action.",
        service.prefix()
    );
    answered("UnauthorizedOperation", 403, &message)
}

fn answered(code: &str, status: u16, message: &str) -> ApiError {
    ApiError {
        code: code.to_owned(),
        status: Some(status),
        message: message.to_owned(),
        request_id: Some("a request id".to_owned()),
        sending: Sending::Answered,
    }
}

fn lost() -> ApiError {
    ApiError {
        code: ApiError::NO_ANSWER.to_owned(),
        status: None,
        message: "the connection was closed".to_owned(),
        request_id: None,
        sending: Sending::Unanswered,
    }
}
