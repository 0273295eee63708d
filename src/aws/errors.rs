//! How far a failed call got: the one thing about the SDK's errors that decides whether a write may be sent again.
//!
//! A service's answer counts as an answer only with a code. Everything else that left is unanswered, whatever came back:
//! a gateway's page, a body that breaks off, a time-out. Only a call that surely never reached AWS is one that was not sent.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use hyper_util::client::legacy::Error as ConnectionError;

use crate::api::{ApiError, Sending};

/// Makes our error of the SDK's. `departed` tells whether the request was handed to the connection.
pub(super) fn translate<E>(error: &SdkError<E, HttpResponse>, departed: bool) -> ApiError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
    let request_id = error.request_id().or_else(|| meta.and_then(|meta| meta.request_id())).map(str::to_owned);
    if let Some(meta) = meta
        && let Some(code) = meta.code().filter(|code| !code.is_empty())
    {
        let message = meta.message().unwrap_or_default().to_owned();
        return ApiError { code: code.to_owned(), status, message, request_id, sending: Sending::Answered };
    }
    let message = chain(error);
    if sources(error).any(<dyn Error>::is::<CredentialsError>) {
        let message = format!("no AWS credentials were found where the AWS CLI looks for them: {message}");
        return ApiError { code: ApiError::NO_CREDENTIALS.to_owned(), ..ApiError::not_sent(message) };
    }
    if status.is_none() && (!departed || never_connected(error)) {
        return ApiError::not_sent(message);
    }
    ApiError { code: ApiError::NO_ANSWER.to_owned(), status, message, request_id, sending: Sending::Unanswered }
}

/// Tells whether no connection came about: name not found, refused, timed out while connecting, or no TLS. The HTTP
/// client sends a request only once its connection stands.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    sources(error).any(|source| source.downcast_ref::<ConnectionError>().is_some_and(ConnectionError::is_connect))
}

/// Returns an error with its causes, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in sources(error).map(ToString::to_string) {
        // Wrappers like to repeat what they wrap.
        if words.last().is_none_or(|last| !last.contains(&word)) {
            words.push(word);
        }
    }
    words.join(": ")
}

fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests;
