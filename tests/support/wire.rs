//! The door to AWS, led to a sandbox over the wire.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::net::TcpListener;
use transitd::aws::AwsDoor;

use super::door::Shared;

/// Serves a sandbox on a free loopback port for as long as the runtime lives, and returns the SDK's door to it, with
/// the keys of an account's administrator.
pub async fn door(sandbox: Shared, account: &str) -> std::io::Result<AwsDoor> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(aws_sandbox::wire::serve(listener, sandbox, std::future::pending()));
    let keys = Keys::new(account, "secret", None, None, "test");
    let settings = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build();
    Ok(AwsDoor::new(&settings))
}
