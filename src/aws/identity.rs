//! STS: whom AWS takes us for, and the keys of other accounts.

use aws_sdk_sts::Client;

use super::trip::{Trip, moment};
use crate::api::answer::Thing;
use crate::api::{ApiError, Credentials, Items, Page};
use crate::model::CallerIdentity;

pub(super) async fn get_caller_identity(sts: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = sts.get_caller_identity().customize().config_override(trip.sts());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let thing = Thing::new("identity", answer.user_id());
    let identity =
        CallerIdentity { account: thing.name("Account", answer.account())?, arn: thing.text("Arn", answer.arn())? };
    Ok(Page { items: Items::Identity(vec![identity]), next: None })
}

/// A role to assume.
pub(super) struct Role<'a> {
    pub arn: &'a str,
    pub session_name: &'a str,
    pub external_id: Option<&'a str>,
    /// How long the keys shall be good, in seconds.
    pub seconds: u32,
}

pub(super) async fn assume_role(sts: &Client, trip: &Trip<'_>, role: Role<'_>) -> Result<Page, ApiError> {
    let seconds = i32::try_from(role.seconds)
        .map_err(|_| ApiError::not_sent(format!("no session lasts {} seconds", role.seconds)))?;
    let call = sts
        .assume_role()
        .role_arn(role.arn)
        .role_session_name(role.session_name)
        .set_external_id(role.external_id.map(str::to_owned))
        .duration_seconds(seconds)
        .customize()
        .config_override(trip.sts());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let thing = Thing::new("role", Some(role.arn));
    let keys = thing.has("Credentials", answer.credentials())?;
    // The SDK puts an empty text, or the year 1970, where one of these is missing.
    let end = Some(keys.expiration()).filter(|end| end.secs() > 0);
    let end = thing.has("Expiration", end)?;
    let expires =
        moment(end).ok_or_else(|| ApiError::strange(format!("{thing} came with keys that end at no time")))?;
    let credentials = Credentials::Session {
        access_key_id: thing.text("AccessKeyId", Some(keys.access_key_id()))?,
        secret_access_key: thing.text("SecretAccessKey", Some(keys.secret_access_key()))?,
        session_token: thing.text("SessionToken", Some(keys.session_token()))?,
        expires,
    };
    Ok(Page { items: Items::Credentials(vec![credentials]), next: None })
}
