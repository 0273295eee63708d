//! Managed policies that an account writes for itself. Their versions are in [`policy_versions`](super::policy_versions).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{Policy, size};
use super::roles::Tag;
use super::{Empty, Identity, PageOf, managed};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The quota "Managed policy length", in characters (IAM and STS quotas page).
const LONGEST: usize = 6144;

/// A customer managed policy.
#[derive(Clone, Debug)]
pub(crate) struct CustomerPolicy {
    pub arn: String,
    id: String,
    path: String,
    description: Option<String>,
    tags: Vec<Tag>,
    created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) versions: BTreeMap<u32, Version>,
    /// The version that counts.
    pub(super) default: u32,
    pub(super) latest: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Version {
    pub document: Policy,
    pub created: Timestamp,
}

impl CustomerPolicy {
    /// Returns the document that counts.
    pub fn document(&self) -> &Policy {
        &self.versions.get(&self.default).expect("the default version is never deleted").document
    }
}

pub(super) fn read(text: &str) -> Result<Policy, AwsError> {
    if size(text) > LONGEST {
        return Err(limit_exceeded(format!("Cannot exceed quota for PolicySize: {LONGEST}")));
    }
    Policy::read(text)
}

pub(super) fn limit_exceeded(message: String) -> AwsError {
    AwsError::new("LimitExceeded", message).with_status(409)
}

fn no_policy(arn: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("Policy {arn} was not found.")).with_status(404)
}

impl Identity {
    pub(super) fn customer_policy_mut(&mut self, account: &str, arn: &str) -> Result<&mut CustomerPolicy, AwsError> {
        if managed::is_of_aws(arn) {
            let message = format!("Policy {arn} is managed by AWS and cannot be changed.");
            return Err(AwsError::new("AccessDenied", message).with_status(403));
        }
        let account = self.accounts.get_mut(account);
        let found = account.and_then(|account| account.policies.values_mut().find(|policy| policy.arn == arn));
        found.ok_or_else(|| no_policy(arn))
    }

    /// Counts the roles that a policy is attached to, and those whose boundary it is.
    fn uses(&self, account: &str, arn: &str) -> (usize, usize) {
        let roles = || self.accounts.get(account).into_iter().flat_map(|account| account.roles.values());
        let attached = roles().filter(|role| role.attached.iter().any(|held| held == arn)).count();
        (attached, roles().filter(|role| role.boundary.as_deref() == Some(arn)).count())
    }

    fn shown_policy(&self, account: &str, arn: &str) -> Option<ShownPolicy> {
        let (attachment_count, permissions_boundary_usage_count) = self.uses(account, arn);
        let name = arn.rsplit('/').next().unwrap_or(arn);
        if managed::of_aws(arn).is_some() {
            return Some(ShownPolicy {
                policy_name: name.to_owned(),
                policy_id: format!("ANPA{:A<17}", name.to_uppercase().replace(|c: char| !c.is_alphanumeric(), "")),
                arn: arn.to_owned(),
                path: "/".to_owned(),
                default_version_id: "v1".to_owned(),
                attachment_count,
                permissions_boundary_usage_count,
                is_attachable: true,
                description: None,
                create_date: Timestamp::UNIX_EPOCH,
                update_date: Timestamp::UNIX_EPOCH,
                tags: None,
            });
        }
        let policy = self.accounts.get(account)?.policies.get(name).filter(|policy| policy.arn == arn)?;
        Some(ShownPolicy {
            policy_name: name.to_owned(),
            policy_id: policy.id.clone(),
            arn: arn.to_owned(),
            path: policy.path.clone(),
            default_version_id: format!("v{}", policy.default),
            attachment_count,
            permissions_boundary_usage_count,
            is_attachable: true,
            description: policy.description.clone(),
            create_date: policy.created,
            update_date: policy.updated,
            tags: (!policy.tags.is_empty()).then(|| policy.tags.clone()),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreatePolicyRequest {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
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
    default_version_id: String,
    attachment_count: usize,
    permissions_boundary_usage_count: usize,
    is_attachable: bool,
    description: Option<String>,
    create_date: Timestamp,
    update_date: Timestamp,
    tags: Option<Vec<Tag>>,
}

pub(super) fn create(world: &mut World, caller: &Caller, request: CreatePolicyRequest) -> Result<OnePolicy, AwsError> {
    let document = read(&request.policy_document)?;
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    let name = request.policy_name;
    let id = format!("ANPA{}", world.dice.letters(17).to_uppercase());
    let policies = &mut world.identity.accounts.entry(caller.account.clone()).or_default().policies;
    if policies.keys().any(|known| known.eq_ignore_ascii_case(&name)) {
        let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(AwsError::new("EntityAlreadyExists", message).with_status(409));
    }
    let arn = format!("arn:aws:iam::{}:policy{path}{name}", caller.account);
    let policy = CustomerPolicy {
        arn: arn.clone(),
        id,
        path,
        description: request.description,
        tags: request.tags,
        created: world.now,
        updated: world.now,
        versions: BTreeMap::from([(1, Version { document, created: world.now })]),
        default: 1,
        latest: 1,
    };
    policies.insert(name, policy);
    let policy = world.identity.shown_policy(&caller.account, &arn).ok_or_else(|| no_policy(&arn))?;
    // A list and a creation leave out the description (IAM API, CreatePolicy).
    Ok(OnePolicy { policy: ShownPolicy { description: None, ..policy } })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PolicyRequest {
    policy_arn: String,
}

pub(super) fn get(world: &mut World, caller: &Caller, request: PolicyRequest) -> Result<OnePolicy, AwsError> {
    let policy = world.identity.shown_policy(&caller.account, &request.policy_arn);
    Ok(OnePolicy { policy: policy.ok_or_else(|| no_policy(&request.policy_arn))? })
}

/// Deletes a policy that is attached to nothing and has no version but the one that counts.
pub(super) fn delete(world: &mut World, caller: &Caller, request: PolicyRequest) -> Result<Empty, AwsError> {
    let conflict = |message: &str| Err(AwsError::new("DeleteConflict", message).with_status(409));
    let arn = request.policy_arn;
    let uses = world.identity.uses(&caller.account, &arn);
    let policy = world.identity.customer_policy_mut(&caller.account, &arn)?;
    if uses != (0, 0) {
        return conflict("Cannot delete a policy attached to entities.");
    }
    if policy.versions.len() > 1 {
        return conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
    }
    if let Some(account) = world.identity.accounts.get_mut(&caller.account) {
        account.policies.retain(|_, policy| policy.arn != arn);
    }
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListPoliciesRequest {
    scope: Option<Scope>,
    only_attached: Option<bool>,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Scope {
    All,
    #[serde(rename = "AWS")]
    Aws,
    Local,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyList {
    policies: Vec<ShownPolicy>,
    is_truncated: bool,
    marker: Option<String>,
}

pub(super) fn list(world: &mut World, caller: &Caller, request: ListPoliciesRequest) -> Result<PolicyList, AwsError> {
    let identity = &world.identity;
    let own = identity.accounts.get(&caller.account).into_iter().flat_map(|account| account.policies.values());
    let scope = request.scope.unwrap_or(Scope::All);
    let own = own.map(|policy| policy.arn.clone()).filter(|_| scope != Scope::Aws);
    let of_aws = managed::arns().filter(|_| scope != Scope::Local).cloned();
    let shown = own.chain(of_aws).filter_map(|arn| identity.shown_policy(&caller.account, &arn));
    let prefix = request.path_prefix.unwrap_or_default();
    let only_attached = request.only_attached.unwrap_or(false);
    let wanted = shown.filter(|policy| policy.path.starts_with(&prefix));
    let wanted = wanted.filter(|policy| !only_attached || policy.attachment_count > 0);
    let wanted = wanted.map(|policy| ShownPolicy { description: None, tags: None, ..policy });
    let page = PageOf::cut(wanted.collect(), request.marker, request.max_items)?;
    Ok(PolicyList { policies: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListEntitiesRequest {
    policy_arn: String,
    entity_filter: Option<String>,
    policy_usage_filter: Option<String>,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entities {
    policy_groups: Vec<()>,
    policy_users: Vec<()>,
    policy_roles: Vec<PolicyRole>,
    is_truncated: bool,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyRole {
    role_name: String,
    role_id: String,
}

/// Lists the roles that a policy is attached to, or whose boundary it is. Users and groups there are none.
pub(super) fn list_entities(
    world: &mut World,
    caller: &Caller,
    request: ListEntitiesRequest,
) -> Result<Entities, AwsError> {
    let arn = &request.policy_arn;
    world.identity.shown_policy(&caller.account, arn).ok_or_else(|| no_policy(arn))?;
    let roles = world.identity.accounts.get(&caller.account).into_iter().flat_map(|account| account.roles.values());
    let usage = request.policy_usage_filter.as_deref();
    let prefix = request.path_prefix.unwrap_or_default();
    let found = roles.filter(|role| {
        let attached = usage != Some("PermissionsBoundary") && role.attached.contains(arn);
        let bounded = usage != Some("PermissionsPolicy") && role.boundary.as_ref() == Some(arn);
        role.path.starts_with(&prefix) && (attached || bounded)
    });
    let found = found.filter(|_| request.entity_filter.as_deref().is_none_or(|wanted| wanted == "Role"));
    let rows = found.map(|role| PolicyRole { role_name: role.name.clone(), role_id: role.id.clone() });
    let page = PageOf::cut(rows.collect(), request.marker, request.max_items)?;
    let (policy_groups, policy_users) = (Vec::new(), Vec::new());
    let is_truncated = page.marker.is_some();
    Ok(Entities { policy_groups, policy_users, policy_roles: page.items, is_truncated, marker: page.marker })
}
