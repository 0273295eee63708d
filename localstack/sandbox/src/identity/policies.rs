//! Identity policies: inline and managed. They are kept and shown, and not enforced yet.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Empty, PageOf, url_encoded};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The quota "Managed policies attached to an IAM role" (IAM and STS quotas page).
const MOST_ATTACHED: usize = 10;

/// A customer managed policy.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    arn: String,
}

/// Checks that a document is JSON with statements; what these say is not judged.
fn check_document(text: &str) -> Result<(), AwsError> {
    let malformed = |message: &str| AwsError::new("MalformedPolicyDocument", message);
    let document: Value = serde_json::from_str(text).map_err(|_| malformed("Syntax errors in policy."))?;
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement @ Value::Object(_)) => vec![statement],
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => Vec::new(),
    };
    let complete = |statement: &&Value| {
        let has = |name: &str| statement.get(name).is_some();
        has("Effect") && (has("Action") || has("NotAction")) && (has("Resource") || has("NotResource"))
    };
    if statements.is_empty() || !statements.iter().all(complete) {
        return Err(malformed("Syntax errors in policy."));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutRolePolicyRequest {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

pub(super) fn put_role_policy(
    world: &mut World,
    caller: &Caller,
    request: PutRolePolicyRequest,
) -> Result<Empty, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    check_document(&request.policy_document)?;
    role.inline.insert(request.policy_name, request.policy_document);
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
    let document = role.inline.get(&request.policy_name).ok_or_else(|| no_policy(&request.policy_name))?;
    let policy_document = url_encoded(document);
    Ok(RolePolicy { role_name: request.role_name, policy_name: request.policy_name, policy_document })
}

pub(super) fn delete_role_policy(
    world: &mut World,
    caller: &Caller,
    request: RolePolicyRequest,
) -> Result<Empty, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
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
pub(super) struct CreatePolicyRequest {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnePolicy {
    policy: ShownPolicy,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownPolicy {
    policy_name: String,
    policy_id: String,
    arn: String,
    path: String,
    default_version_id: &'static str,
    attachment_count: u32,
    is_attachable: bool,
    description: Option<String>,
    create_date: Timestamp,
    update_date: Timestamp,
}

pub(super) fn create_policy(
    world: &mut World,
    caller: &Caller,
    request: CreatePolicyRequest,
) -> Result<OnePolicy, AwsError> {
    check_document(&request.policy_document)?;
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    let name = request.policy_name;
    let policy_id = format!("ANPA{}", world.dice.letters(17).to_uppercase());
    let policies = &mut world.identity.accounts.entry(caller.account.clone()).or_default().policies;
    if policies.contains_key(&name) {
        let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(AwsError::new("EntityAlreadyExists", message).with_status(409));
    }
    let arn = format!("arn:aws:iam::{}:policy{path}{name}", caller.account);
    policies.insert(name.clone(), Policy { arn: arn.clone() });
    let policy = ShownPolicy {
        policy_name: name,
        policy_id,
        arn,
        path,
        default_version_id: "v1",
        attachment_count: 0,
        is_attachable: true,
        description: request.description,
        create_date: world.now,
        update_date: world.now,
    };
    Ok(OnePolicy { policy })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AttachRolePolicyRequest {
    role_name: String,
    policy_arn: String,
}

/// Attaches a managed policy. Those of AWS's own (`arn:aws:iam::aws:policy/..`) are taken to be there by any name.
pub(super) fn attach_role_policy(
    world: &mut World,
    caller: &Caller,
    request: AttachRolePolicyRequest,
) -> Result<Empty, AwsError> {
    let policies = world.identity.accounts.get(&caller.account).map(|account| account.policies.values());
    let known = request.policy_arn.starts_with("arn:aws:iam::aws:policy/")
        || policies.into_iter().flatten().any(|policy| policy.arn == request.policy_arn);
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    if !known {
        let message = format!("Policy {} does not exist or is not attachable.", request.policy_arn);
        return Err(AwsError::new("NoSuchEntity", message).with_status(404));
    }
    if !role.attached.contains(&request.policy_arn) {
        if role.attached.len() >= MOST_ATTACHED {
            let message = format!("Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}");
            return Err(AwsError::new("LimitExceeded", message).with_status(409));
        }
        role.attached.push(request.policy_arn);
    }
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAttachedRequest {
    role_name: String,
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
    let attached = role.attached.iter().map(|arn| AttachedPolicy {
        policy_name: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        policy_arn: arn.clone(),
    });
    let page = PageOf::cut(attached.collect(), request.marker, request.max_items)?;
    Ok(AttachedPolicies { attached_policies: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}

fn no_policy(name: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("The role policy with name {name} cannot be found.")).with_status(404)
}
