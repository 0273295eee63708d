//! The door: one call of ours is one call of the sandbox.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws_sandbox::{AwsError, Call, Sandbox};
use serde_json::Value;
use transitd::api::{ApiError, Credentials, Page, Read, ReadCall, Reply, Sending, Service, Session, Write, WriteCall};

use super::{items, questions};

/// A sandbox that several hold: doors, clocks, and the test itself.
pub type Shared = Arc<Mutex<Sandbox>>;

/// Takes the sandbox for one call. A test that failed while it held the sandbox does not hide its failure in others.
pub fn lock(sandbox: &Shared) -> MutexGuard<'_, Sandbox> {
    sandbox.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `Read` and `Write` over a sandbox in the same process.
#[derive(Clone, Debug)]
pub struct SandboxDoor {
    sandbox: Shared,
    /// Whose administrator the process is: the account behind ambient credentials.
    ambient: String,
}

impl SandboxDoor {
    /// Makes a door whose ambient credentials are those of an account's administrator.
    pub fn new(sandbox: Shared, ambient_account: &str) -> Self {
        Self { sandbox, ambient: ambient_account.to_owned() }
    }

    fn call(&self, session: &Session, service: Service, action: &str, params: Value) -> Result<Value, ApiError> {
        let (access_key_id, session_token) = match &session.credentials {
            Credentials::Ambient => (self.ambient.clone(), None),
            Credentials::Session { access_key_id, session_token, .. } => {
                (access_key_id.clone(), Some(session_token.clone()))
            }
        };
        let (service, region) = match service {
            Service::Ec2 => (aws_sandbox::Service::Ec2, session.scope.region.as_str()),
            Service::Sts => (aws_sandbox::Service::Sts, session.scope.region.as_str()),
            Service::Iam => (aws_sandbox::Service::Iam, "us-east-1"),
            Service::Organizations => (aws_sandbox::Service::Organizations, "us-east-1"),
            Service::Ram => (aws_sandbox::Service::Ram, session.scope.region.as_str()),
        };
        let region = region.to_owned();
        let call = Call { access_key_id, session_token, region, service, action: action.to_owned(), params };
        let answered = lock(&self.sandbox).answered(&call);
        answered.outcome.map_err(|error| refused(error, answered.request_id))
    }
}

#[async_trait]
impl Read for SandboxDoor {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        let answer = self.call(session, call.service(), call.action(), questions::read(call, token))?;
        items::page(call, &answer)
    }
}

#[async_trait]
impl Write for SandboxDoor {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        let answer = self.call(session, call.service(), call.action(), questions::write(&session.scope, call)?)?;
        items::reply(call, &answer)
    }
}

fn refused(error: AwsError, request_id: String) -> ApiError {
    ApiError {
        code: error.code,
        status: Some(error.status),
        message: error.message,
        request_id: Some(request_id),
        sending: Sending::Answered,
    }
}
