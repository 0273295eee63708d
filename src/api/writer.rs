//! Sends a write: paced, and never twice unless AWS has surely not acted on the first.

use std::sync::Arc;

use async_trait::async_trait;

use super::attempts::Call;
use super::calls::{Reply, WriteCall};
use super::door::Write;
use super::faults::Intention;
use super::limits;
use super::reader::Reader;
use super::session::Session;
use crate::model::{Fault, Scope, Trouble};

/// What the executor sends its steps through.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Sends one write, at most once unless AWS has surely refused it.
    ///
    /// # Errors
    /// What became of it otherwise.
    async fn send(&self, scope: &Scope, call: &WriteCall) -> Result<Reply, Trouble>;
}

/// Writes, with the keys and the pace of a reader.
pub struct Writer {
    door: Arc<dyn Write>,
    reader: Reader,
}

impl Writer {
    pub fn new(door: Arc<dyn Write>, reader: Reader) -> Self {
        Self { door, reader }
    }

    async fn attempts(&self, session: &Session, call: &WriteCall) -> Result<Reply, Trouble> {
        let paid = Call {
            scope: &session.scope,
            service: call.service(),
            action: call.action(),
            intention: Intention::of(call),
            limit: limits::write(call),
        };
        self.reader.line.call(paid, || self.door.send(session, call)).await
    }
}

#[async_trait]
impl Sender for Writer {
    async fn send(&self, scope: &Scope, call: &WriteCall) -> Result<Reply, Trouble> {
        let mut refreshed = false;
        loop {
            let credentials = self.reader.credentials(&scope.account).await?;
            let session = Session { scope: scope.clone(), credentials };
            match self.attempts(&session, call).await {
                Err(trouble) if trouble.fault == Fault::StaleCredentials && !refreshed => {
                    // Refused before anything was done, so the same write may go out once more with new keys.
                    refreshed = true;
                    self.reader.forget(&scope.account, &session.credentials).await;
                }
                answer => return answer,
            }
        }
    }
}
