//! Managed policies that an account writes for itself: up to five versions, one of which counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::{Policy, size};
use super::roles::Tag;
use super::{Empty, Identity, PageOf, managed, url_encoded};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The quotas "Managed policy length", in characters, and "Managed policy versions" (IAM and STS quotas page).
const LONGEST: usize = 6144;
const MOST_VERSIONS: usize = 5;

/// A customer managed policy.
#[derive(Clone, Debug)]
pub(crate) struct CustomerPolicy {
    pub arn: String,
    id: String,
    path: String,
    description: Option<String>,
    tags: Vec<Tag>,
    created: Timestamp,
    updated: Timestamp,
    versions: BTreeMap<u32, Version>,
    /// The version that counts.
    default: u32,
    latest: u32,
}

#[derive(Clone, Debug)]
struct Version {
    document: Policy,
    created: Timestamp,
}

impl CustomerPolicy {
    /// Returns the document that counts.
    pub fn document(&self) -> &Policy {
        &self.versions.get(&self.default).expect("the default version is never deleted").document
    }
}

fn read(text: &str) -> Result<Policy, AwsError> {
    if size(text) > LONGEST {
        return Err(limit_exceeded(format!("Cannot exceed quota for PolicySize: {LONGEST}")));
    }
    Policy::read(text)
}

fn limit_exceeded(message: String) -> AwsError {
    AwsError::new("LimitExceeded", message).with_status(409)
}

fn no_policy(arn: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("Policy {arn} was not found.")).with_status(404)
}

fn no_version(arn: &str, version: &str) -> AwsError {
    let message = format!("Policy {arn} version {version} does not exist or is not attachable.");
    AwsError::new("NoSuchEntity", message).with_status(404)
}

impl Identity {
    fn customer_policy_mut(&mut self, account: &str, arn: &str) -> Result<&mut CustomerPolicy, AwsError> {
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
pub(super) struct CreateVersionRequest {
    policy_arn: String,
    policy_document: String,
    set_as_default: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneVersion {
    policy_version: ShownVersion,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownVersion {
    document: Option<String>,
    version_id: String,
    is_default_version: bool,
    create_date: Timestamp,
}

pub(super) fn create_version(
    world: &mut World,
    caller: &Caller,
    request: CreateVersionRequest,
) -> Result<OneVersion, AwsError> {
    let now = world.now;
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    let document = read(&request.policy_document)?;
    if policy.versions.len() >= MOST_VERSIONS {
        return Err(limit_exceeded(format!(
            "A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version."
        )));
    }
    policy.latest += 1;
    policy.updated = now;
    policy.versions.insert(policy.latest, Version { document, created: now });
    if request.set_as_default == Some(true) {
        policy.default = policy.latest;
    }
    let policy_version = ShownVersion {
        document: None,
        version_id: format!("v{}", policy.latest),
        is_default_version: policy.default == policy.latest,
        create_date: now,
    };
    Ok(OneVersion { policy_version })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct VersionRequest {
    policy_arn: String,
    version_id: String,
}

fn number(request: &VersionRequest) -> Result<u32, AwsError> {
    let number = request.version_id.strip_prefix('v').and_then(|number| number.parse().ok());
    number.ok_or_else(|| no_version(&request.policy_arn, &request.version_id))
}

pub(super) fn get_version(world: &mut World, caller: &Caller, request: VersionRequest) -> Result<OneVersion, AwsError> {
    let number = number(&request)?;
    let missing = || no_version(&request.policy_arn, &request.version_id);
    if let Some(policy) = managed::of_aws(&request.policy_arn) {
        let version = ShownVersion {
            document: Some(url_encoded(&policy.text)),
            version_id: request.version_id.clone(),
            is_default_version: true,
            create_date: Timestamp::UNIX_EPOCH,
        };
        return if number == 1 { Ok(OneVersion { policy_version: version }) } else { Err(missing()) };
    }
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    let version = policy.versions.get(&number).ok_or_else(missing)?;
    let policy_version = ShownVersion {
        document: Some(url_encoded(&version.document.text)),
        version_id: request.version_id.clone(),
        is_default_version: policy.default == number,
        create_date: version.created,
    };
    Ok(OneVersion { policy_version })
}

pub(super) fn set_default_version(
    world: &mut World,
    caller: &Caller,
    request: VersionRequest,
) -> Result<Empty, AwsError> {
    let number = number(&request)?;
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    if !policy.versions.contains_key(&number) {
        return Err(no_version(&request.policy_arn, &request.version_id));
    }
    policy.default = number;
    Ok(Empty {})
}

pub(super) fn delete_version(world: &mut World, caller: &Caller, request: VersionRequest) -> Result<Empty, AwsError> {
    let number = number(&request)?;
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    if policy.default == number {
        let message = "Cannot delete the default version of a policy.";
        return Err(AwsError::new("DeleteConflict", message).with_status(409));
    }
    policy.versions.remove(&number).ok_or_else(|| no_version(&request.policy_arn, &request.version_id))?;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListVersionsRequest {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VersionList {
    versions: Vec<ShownVersion>,
    is_truncated: bool,
    marker: Option<String>,
}

pub(super) fn list_versions(
    world: &mut World,
    caller: &Caller,
    request: ListVersionsRequest,
) -> Result<VersionList, AwsError> {
    let shown = |number: u32, is_default_version: bool, create_date: Timestamp| ShownVersion {
        document: None,
        version_id: format!("v{number}"),
        is_default_version,
        create_date,
    };
    let versions = if managed::of_aws(&request.policy_arn).is_some() {
        vec![shown(1, true, Timestamp::UNIX_EPOCH)]
    } else {
        let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
        let versions = policy.versions.iter().rev();
        versions.map(|(number, version)| shown(*number, policy.default == *number, version.created)).collect()
    };
    let page = PageOf::cut(versions, request.marker, request.max_items)?;
    Ok(VersionList { versions: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
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
