//! The protocols and the server.
//!
//! This is the only place that knows HTTP, XML and forms. A request's bytes become a [`Call`](crate::Call) in canonical
//! form and the answer becomes bytes again, both driven by the table of shapes; nothing here knows any operation by
//! name. As with AWS, the `Authorization` header says which service, region and key are meant. The signature itself is
//! not checked: the sandbox has no secrets.
//!
//! Whatever comes in, the answer is a proper error of the protocol: bodies are bounded, nesting is bounded, and what
//! cannot be read is refused, not guessed at.

mod admin;
mod credentials;
mod form;
mod json;
mod time;
mod xml;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::call::{AwsError, Call, Service};
use crate::sandbox::{Answered, Sandbox};
use crate::shapes::{self, Operation, Protocol};

/// The longest body that is read, in bytes. The longest that AWS's own clients send to these services is well below.
const LONGEST_BODY: usize = 1 << 20;

/// How many calls the log of a server holds at most, before the older half of them goes: some 50 MB.
const MOST_LOGGED: usize = 200_000;

/// Answers calls until `shutdown` is over; those in flight are then finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    sandbox: Arc<Mutex<Sandbox>>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().fallback(answer).with_state(sandbox);
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

async fn answer(State(sandbox): State<Arc<Mutex<Sandbox>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LONGEST_BODY).await;
    // A handler that panicked leaves the lock poisoned; its message is on stderr, and others may go on.
    let mut sandbox = sandbox.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(body) = body else {
        let request_id = sandbox.request_id();
        return encode(guess_protocol(&parts), None, Answered { request_id, outcome: Err(too_long()) }).map(Body::from);
    };
    if let Some(path) = parts.uri.path().strip_prefix(admin::PREFIX) {
        return admin::answer(&mut sandbox, &parts.method, path, parts.uri.query().unwrap_or_default());
    }
    answer_aws(sandbox, &parts, &body).map(Body::from)
}

/// The answer to a body that is too long, or was cut off. The services do not say how they call it; the status is HTTP's.
fn too_long() -> AwsError {
    let message = format!("The request is longer than {LONGEST_BODY} bytes, or was cut off");
    AwsError::new("RequestEntityTooLarge", message).with_status(413)
}

/// Answers one request to AWS as bytes, without a server.
pub fn respond(sandbox: &Mutex<Sandbox>, request: axum::http::Request<Vec<u8>>) -> axum::http::Response<String> {
    let (parts, body) = request.into_parts();
    let mut sandbox = sandbox.lock().unwrap_or_else(PoisonError::into_inner);
    if body.len() > LONGEST_BODY {
        let request_id = sandbox.request_id();
        return encode(guess_protocol(&parts), None, Answered { request_id, outcome: Err(too_long()) });
    }
    answer_aws(sandbox, &parts, &Bytes::from(body))
}

/// Writes an answer of an operation as XML.
pub(crate) fn xml_of(service: Service, action: &str, answer: &Value) -> String {
    let operation = shapes::operation(service, action).expect("an operation of the table");
    xml::answer(operation, answer, "00000000-0000-4000-8000-000000000000")
}

fn answer_aws(mut sandbox: MutexGuard<'_, Sandbox>, parts: &Parts, body: &Bytes) -> axum::http::Response<String> {
    let signed = match credentials::read(&parts.headers) {
        Ok(signed) => signed,
        Err(error) => {
            let protocol = guess_protocol(parts);
            let answered = Answered { request_id: sandbox.request_id(), outcome: Err(error) };
            return encode(protocol, None, answered);
        }
    };
    let table = shapes::service(signed.service);
    let mut call = Call {
        access_key_id: signed.access_key_id,
        session_token: signed.session_token,
        region: signed.region,
        service: signed.service,
        action: String::new(),
        params: Value::Null,
    };
    let read = match table.protocol {
        Protocol::Ec2 | Protocol::Query => form::read(signed.service, parts, body),
        Protocol::Json => json::read(signed.service, &parts.headers, body),
        Protocol::RestJson => json::read_rest(signed.service, parts, body),
    };
    let (operation, answered) = match read {
        Ok((operation, params)) => {
            call.action.clone_from(&operation.name);
            call.params = params;
            (Some(operation), sandbox.answered(&call))
        }
        Err(Unreadable { action, error }) => {
            call.action = action;
            (None, sandbox.unread(&call, error))
        }
    };
    sandbox.bound_log(MOST_LOGGED);
    drop(sandbox);
    encode(table.protocol, operation, answered)
}

/// A request that cannot be read: which action it names, as far as is known, and what is wrong.
#[derive(Debug)]
struct Unreadable {
    action: String,
    error: AwsError,
}

type Read = Result<(&'static Operation, Value), Unreadable>;

/// Guesses, for a request without credentials, in which form its sender wants the refusal.
fn guess_protocol(parts: &Parts) -> Protocol {
    if parts.headers.contains_key("x-amz-target") {
        Protocol::Json
    } else if parts.uri.path() == "/" {
        Protocol::Query
    } else {
        Protocol::RestJson
    }
}

/// Writes what came of a call. `operation` is none only when the call could not be read.
fn encode(protocol: Protocol, operation: Option<&Operation>, answered: Answered) -> axum::http::Response<String> {
    let Answered { request_id, outcome } = answered;
    let (status, error, body) = match (outcome, operation) {
        (Ok(answer), Some(operation)) => {
            let body = match protocol {
                Protocol::Ec2 | Protocol::Query => xml::answer(operation, &answer, &request_id),
                Protocol::Json | Protocol::RestJson => json::answer(operation, &answer),
            };
            (200, None, body)
        }
        (Ok(_), None) => unreachable!("what could not be read was not answered"),
        (Err(error), _) => {
            let body = match protocol {
                Protocol::Ec2 | Protocol::Query => xml::error(protocol, &error, &request_id),
                Protocol::Json | Protocol::RestJson => json::error(protocol, &error),
            };
            (error.status, Some(error.code), body)
        }
    };
    let mut response = axum::http::Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = match protocol {
        Protocol::Ec2 | Protocol::Query => "text/xml;charset=UTF-8",
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    insert(headers, "x-amzn-requestid", &request_id);
    if let Some(code) = error.filter(|_| protocol == Protocol::RestJson) {
        insert(headers, "x-amzn-errortype", &code);
    }
    response
}

/// Adds a header, if its value can stand in one.
fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(format!("{text}\n")));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
