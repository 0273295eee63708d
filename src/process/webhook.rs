//! Posting a notice: one request over the HTTP client and the TLS that the AWS SDK brings along, and no third.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// Posts a JSON text.
///
/// # Errors
/// Why it did not arrive, without the address: whoever knows it may post there.
pub async fn post(address: &str, notice: String) -> Result<(), String> {
    let uri: Uri = address.parse().map_err(|_| "the address is not one".to_owned())?;
    let request = Request::post(uri)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("transitd/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(Bytes::from(notice)))
        .map_err(|error| format!("the request could not be made: {error}"))?;
    let tls = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::aws_lc_rs::default_provider())
        .map_err(|error| format!("no certificates to trust were found: {error}"))?;
    let client = Client::builder(TokioExecutor::new()).build(tls.https_or_http().enable_http1().build());
    let answer = client.request(request).await.map_err(|error| format!("could not be sent: {}", causes(&error)))?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(format!("answered with {status}")) }
}

/// Says an error with all that lies below it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
