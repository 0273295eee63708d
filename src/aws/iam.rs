//! IAM: the roles that can be the cause of something.

use aws_sdk_iam::Client;

use super::trip::Trip;
use crate::api::answer::Thing;
use crate::api::{ApiError, Items, Page};
use crate::model::{Role, RoleName};

pub(super) async fn get_role(iam: &Client, trip: &Trip<'_>, role: &RoleName) -> Result<Page, ApiError> {
    let call = iam.get_role().role_name(role.without_path()).customize().config_override(trip.iam());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("GetRole", Some("answer")).has("Role", answer.role())?;
    let thing = Thing::new("role", Some(seen.role_name()));
    let role = Role {
        name: thing.text("RoleName", Some(seen.role_name()))?,
        trust: thing.policy("AssumeRolePolicyDocument", seen.assume_role_policy_document())?,
    };
    Ok(Page { items: Items::Roles(vec![role]), next: None })
}
