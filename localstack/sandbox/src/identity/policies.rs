//! A role's policies: inline ones, the managed ones that are attached, and the permissions boundary.

use serde::{Deserialize, Serialize};

use super::policy::{Policy, size};
use super::{Empty, PageOf, managed, url_encoded};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The quota "Managed policies attached to an IAM role" (IAM and STS quotas page).
const MOST_ATTACHED: usize = 10;

/// The quota of all inline policies of a role together, in characters (IAM and STS quotas page).
const LONGEST_INLINE: usize = 10_240;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutRolePolicyRequest {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

/// Puts an inline policy. From then on the role is held to its policies, even if all are taken away again.
pub(super) fn put_role_policy(
    world: &mut World,
    caller: &Caller,
    request: PutRolePolicyRequest,
) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    let others = role.inline.iter().filter(|(name, _)| **name != request.policy_name);
    let total = others.map(|(_, policy)| size(&policy.text)).sum::<usize>() + size(&request.policy_document);
    if total > LONGEST_INLINE {
        let message = format!("Maximum policy size of {LONGEST_INLINE} bytes exceeded for role {}", request.role_name);
        return Err(AwsError::new("LimitExceeded", message).with_status(409));
    }
    role.inline.insert(request.policy_name, Policy::read(&request.policy_document)?);
    role.is_held = true;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RolePolicyRequest {
    role_name: String,
    policy_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RolePolicy {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

pub(super) fn get_role_policy(
    world: &mut World,
    caller: &Caller,
    request: RolePolicyRequest,
) -> Result<RolePolicy, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    let policy = role.inline.get(&request.policy_name).ok_or_else(|| no_policy(&request.policy_name))?;
    let policy_document = url_encoded(&policy.text);
    Ok(RolePolicy { role_name: request.role_name, policy_name: request.policy_name, policy_document })
}

pub(super) fn delete_role_policy(
    world: &mut World,
    caller: &Caller,
    request: RolePolicyRequest,
) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    role.inline.remove(&request.policy_name).ok_or_else(|| no_policy(&request.policy_name))?;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRolePoliciesRequest {
    role_name: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyNames {
    policy_names: Vec<String>,
    is_truncated: bool,
    marker: Option<String>,
}

pub(super) fn list_role_policies(
    world: &mut World,
    caller: &Caller,
    request: ListRolePoliciesRequest,
) -> Result<PolicyNames, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    let page = PageOf::cut(role.inline.keys().cloned().collect(), request.marker, request.max_items)?;
    Ok(PolicyNames { policy_names: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RoleAndPolicy {
    role_name: String,
    policy_arn: String,
}

/// Checks that a managed policy is there, for an account.
///
/// # Errors
/// `NoSuchEntity` 404; `NotModelled` for one of AWS's own whose document the sandbox does not have.
pub(super) fn check_managed(world: &World, account: &str, arn: &str) -> Result<(), AwsError> {
    if world.identity.managed_policy(account, arn).is_some() {
        return Ok(());
    }
    if managed::is_of_aws(arn) {
        return Err(AwsError::not_modelled(format!("the policy {arn}")));
    }
    Err(AwsError::new("NoSuchEntity", format!("Policy {arn} does not exist or is not attachable.")).with_status(404))
}

/// Attaches a managed policy. From then on the role is held to its policies.
pub(super) fn attach_role_policy(
    world: &mut World,
    caller: &Caller,
    request: RoleAndPolicy,
) -> Result<Empty, AwsError> {
    world.identity.changeable_role(&caller.account, &request.role_name)?;
    check_managed(world, &caller.account, &request.policy_arn)?;
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    if !role.attached.contains(&request.policy_arn) {
        if role.attached.len() >= MOST_ATTACHED {
            let message = format!("Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}");
            return Err(AwsError::new("LimitExceeded", message).with_status(409));
        }
        role.attached.push(request.policy_arn);
    }
    role.is_held = true;
    Ok(Empty {})
}

pub(super) fn detach_role_policy(
    world: &mut World,
    caller: &Caller,
    request: RoleAndPolicy,
) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    let before = role.attached.len();
    role.attached.retain(|arn| *arn != request.policy_arn);
    if role.attached.len() == before {
        let message = format!("Policy {} was not found.", request.policy_arn);
        return Err(AwsError::new("NoSuchEntity", message).with_status(404));
    }
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAttachedRequest {
    role_name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AttachedPolicies {
    attached_policies: Vec<AttachedPolicy>,
    is_truncated: bool,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

pub(super) fn list_attached_role_policies(
    world: &mut World,
    caller: &Caller,
    request: ListAttachedRequest,
) -> Result<AttachedPolicies, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    let prefix = request.path_prefix.unwrap_or_default();
    // What stands between `policy` and the name is the path.
    let under = |arn: &&String| arn.split_once(":policy").is_some_and(|(_, path)| path.starts_with(&prefix));
    let attached = role.attached.iter().filter(under).map(|arn| AttachedPolicy {
        policy_name: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        policy_arn: arn.clone(),
    });
    let page = PageOf::cut(attached.collect(), request.marker, request.max_items)?;
    Ok(AttachedPolicies { attached_policies: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutBoundaryRequest {
    role_name: String,
    permissions_boundary: String,
}

/// Puts a permissions boundary: what the role may do at most, whatever its policies allow.
pub(super) fn put_boundary(world: &mut World, caller: &Caller, request: PutBoundaryRequest) -> Result<Empty, AwsError> {
    world.identity.changeable_role(&caller.account, &request.role_name)?;
    check_managed(world, &caller.account, &request.permissions_boundary)?;
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    role.boundary = Some(request.permissions_boundary);
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteBoundaryRequest {
    role_name: String,
}

pub(super) fn delete_boundary(
    world: &mut World,
    caller: &Caller,
    request: DeleteBoundaryRequest,
) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    if role.boundary.take().is_none() {
        let message = format!("Role {} does not have a permissions boundary.", request.role_name);
        return Err(AwsError::new("NoSuchEntity", message).with_status(404));
    }
    Ok(Empty {})
}

fn no_policy(name: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("The role policy with name {name} cannot be found.")).with_status(404)
}
