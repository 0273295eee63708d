//! One call on its way: which region it goes to, whose keys sign it, and whether it has left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::config::Region;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use jiff::Timestamp;

use super::errors;
use crate::api::{ApiError, Credentials, Reply, Session};
use crate::model::Scope;

/// Reads the SDK's time; none if it is of no year that can be.
pub(super) fn moment(at: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::new(at.secs(), at.subsec_nanos().try_into().ok()?).ok()
}

/// One call on its way.
pub(super) struct Trip<'a> {
    session: &'a Session,
    /// How many items to ask for; none for a call without pages.
    pub page_size: Option<i32>,
    /// Where the page begins.
    pub token: Option<String>,
    departure: Departure,
}

macro_rules! settings {
    ($service:ident, $trip:expr, $region:expr) => {{
        let settings = $service::config::Builder::new()
            .region(Region::new($region.to_owned()))
            .interceptor($trip.departure.clone());
        match $trip.keys() {
            Some(keys) => settings.credentials_provider(keys),
            None => settings,
        }
    }};
}

impl<'a> Trip<'a> {
    pub fn new(session: &'a Session, page_size: Option<i32>, token: Option<&str>) -> Self {
        Self { session, page_size, token: token.map(str::to_owned), departure: Departure::default() }
    }

    /// Returns what EC2's client does otherwise on this trip.
    pub fn ec2(&self) -> aws_sdk_ec2::config::Builder {
        settings!(aws_sdk_ec2, self, self.region())
    }

    /// Returns what STS's client does otherwise on this trip: it is called in the scope's region, since only a
    /// region's own endpoint gives tokens that are good in regions which have to be enabled first ("Manage AWS STS in
    /// an AWS Region").
    pub fn sts(&self) -> aws_sdk_sts::config::Builder {
        settings!(aws_sdk_sts, self, self.region())
    }

    /// Returns what Organizations' client does otherwise on this trip.
    pub fn organizations(&self) -> aws_sdk_organizations::config::Builder {
        settings!(aws_sdk_organizations, self, home_of_organizations(self.region()))
    }

    /// Returns what RAM's client does otherwise on this trip: a share is in the region of what it shares.
    pub fn ram(&self) -> aws_sdk_ram::config::Builder {
        settings!(aws_sdk_ram, self, self.region())
    }

    /// Returns what IAM's client does otherwise on this trip.
    pub fn iam(&self) -> aws_sdk_iam::config::Builder {
        settings!(aws_sdk_iam, self, home_of_iam(self.region()))
    }

    /// Returns the account and the region that the call is made in.
    pub fn scope(&self) -> &Scope {
        &self.session.scope
    }

    /// Makes our error of the SDK's.
    pub fn failed<E>(&self, error: SdkError<E, HttpResponse>) -> ApiError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        errors::translate(&error, self.departure.happened())
    }

    /// Makes our answer of a yes of the SDK's that says nothing more.
    pub fn done<T, E>(&self, answer: Result<T, SdkError<E, HttpResponse>>) -> Result<Reply, ApiError>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        answer.map(|_| Reply::default()).map_err(|error| self.failed(error))
    }

    fn region(&self) -> &str {
        self.session.scope.region.as_str()
    }

    /// Returns the keys of the session; none where those of the process serve.
    fn keys(&self) -> Option<SharedCredentialsProvider> {
        match &self.session.credentials {
            Credentials::Ambient => None,
            Credentials::Session { access_key_id, secret_access_key, session_token, expires: _ } => {
                let token = Some(session_token.clone());
                // Without an end: whether keys are still good is decided where they are kept, and by AWS.
                let keys = Keys::new(access_key_id, secret_access_key, token, None, "AssumeRole");
                Some(SharedCredentialsProvider::new(keys))
            }
        }
    }
}

/// Returns the one region of each partition where Organizations is called ("AWS Organizations endpoints and quotas").
fn home_of_organizations(region: &str) -> &'static str {
    match region {
        china if china.starts_with("cn-") => "cn-northwest-1",
        gov if gov.starts_with("us-gov-") => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// Returns the one region of each partition that calls of IAM are signed for ("AWS Identity and Access Management endpoints
/// and quotas").
fn home_of_iam(region: &str) -> &'static str {
    match region {
        china if china.starts_with("cn-") => "cn-north-1",
        gov if gov.starts_with("us-gov-") => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// Notes the moment before a request is handed to the connection. What fails earlier (no keys, no endpoint, signing)
/// has surely not left.
#[derive(Clone, Debug, Default)]
struct Departure(Arc<AtomicBool>);

impl Departure {
    fn happened(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Departure {
    fn name(&self) -> &'static str {
        "Departure"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.store(true, Ordering::SeqCst);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organizations_is_called_at_home_in_its_partition() {
        assert_eq!(home_of_organizations("eu-west-1"), "us-east-1");
        assert_eq!(home_of_organizations("cn-north-1"), "cn-northwest-1");
        assert_eq!(home_of_organizations("us-gov-east-1"), "us-gov-west-1");
    }

    #[test]
    fn iam_is_called_at_home_in_its_partition() {
        assert_eq!(home_of_iam("eu-west-1"), "us-east-1");
        assert_eq!(home_of_iam("cn-northwest-1"), "cn-north-1");
        assert_eq!(home_of_iam("us-gov-east-1"), "us-gov-west-1");
    }
}
