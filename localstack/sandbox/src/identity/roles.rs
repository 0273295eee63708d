//! IAM's roles.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::policy::Policy;
use super::trust::Trust;
use super::{Empty, Identity, PageOf, is_account_id, policies, url_encoded};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The role that Organizations makes in each account that it creates (Organizations User Guide).
pub const ORGANIZATION_ACCESS_ROLE: &str = "OrganizationAccountAccessRole";

/// The longest session of a role unless it says otherwise, in seconds (IAM API, CreateRole).
const DEFAULT_MAX_SESSION: u32 = 3600;

#[derive(Clone, Debug)]
pub struct Role {
    /// Its unique id, `AROA..`: another one if the role is deleted and made again.
    pub id: String,
    pub arn: String,
    pub name: String,
    pub path: String,
    pub description: Option<String>,
    pub created: Timestamp,
    pub max_session_duration: u32,
    pub trust: Trust,
    pub tags: Vec<Tag>,
    /// Inline policies by name.
    pub inline: BTreeMap<String, Policy>,
    /// ARNs of managed policies.
    pub attached: Vec<String>,
    /// The ARN of the managed policy that bounds what it may do.
    pub boundary: Option<String>,
    /// Whether it has a policy or had one, and so is held to them.
    pub is_held: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// The most tags of a role (IAM and STS quotas page).
const MOST_TAGS: usize = 50;

/// Splits `arn:aws:iam::ACCOUNT:role/PATH/NAME` into account and name.
pub(super) fn parse_role_arn(arn: &str) -> Option<(&str, &str)> {
    let (account, role) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let name = role.rsplit('/').next()?;
    (is_account_id(account) && !name.is_empty()).then_some((account, name))
}

impl Identity {
    pub fn role(&self, account: &str, name: &str) -> Option<&Role> {
        self.accounts.get(account)?.roles.get(name)
    }

    /// Reads a trust policy; the roles that it names must be there.
    pub(super) fn read_trust(&self, text: &str) -> Result<Trust, AwsError> {
        Trust::read(text, &|account, name| self.role(account, name).map(|role| role.id.clone()))
    }

    /// Finds a role that is to be changed.
    pub(super) fn role_mut(&mut self, account: &str, name: &str) -> Result<&mut Role, AwsError> {
        let roles = self.accounts.get_mut(account).map(|account| &mut account.roles);
        roles.and_then(|roles| roles.get_mut(name)).ok_or_else(|| no_role(name))
    }

    /// Finds a role that its account may change: a service's is the service's.
    ///
    /// # Errors
    /// `NoSuchEntity` 404, `UnmodifiableEntity`.
    pub(super) fn changeable_role(&mut self, account: &str, name: &str) -> Result<&mut Role, AwsError> {
        let role = self.role_mut(account, name)?;
        if role.path.starts_with("/aws-service-role/") {
            let message = format!(
                "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            );
            return Err(AwsError::new("UnmodifiableEntity", message));
        }
        Ok(role)
    }
}

/// Makes, if it is not there, the role by which an organization's management account gets into a new account.
pub fn make_organization_access_role(world: &mut World, account: &str, role_name: &str, management: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{management}:root"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let trust = world.identity.read_trust(&trust).expect("a policy that names an account's root");
    let mut role = new_role(world, account, role_name, "/", trust);
    role.attached.push("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
    role.is_held = true;
    world.identity.accounts.entry(account.to_owned()).or_default().roles.insert(role_name.to_owned(), role);
}

pub(super) fn new_role(world: &mut World, account: &str, name: &str, path: &str, trust: Trust) -> Role {
    Role {
        id: format!("AROA{}", world.dice.letters(17).to_uppercase()),
        arn: format!("arn:aws:iam::{account}:role{path}{name}"),
        name: name.to_owned(),
        path: path.to_owned(),
        description: None,
        created: world.now,
        max_session_duration: DEFAULT_MAX_SESSION,
        trust,
        tags: Vec::new(),
        inline: BTreeMap::new(),
        attached: Vec::new(),
        boundary: None,
        is_held: false,
    }
}

/// A role as answers show it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ShownRole {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Timestamp,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: u32,
    permissions_boundary: Option<ShownBoundary>,
    tags: Option<Vec<Tag>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownBoundary {
    permissions_boundary_type: &'static str,
    permissions_boundary_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneRole {
    pub role: ShownRole,
}

impl Role {
    pub fn tags(&self) -> BTreeMap<String, String> {
        self.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
    }

    pub(super) fn shown(&self) -> ShownRole {
        ShownRole {
            path: self.path.clone(),
            role_name: self.name.clone(),
            role_id: self.id.clone(),
            arn: self.arn.clone(),
            create_date: self.created,
            assume_role_policy_document: url_encoded(&self.trust.text),
            description: self.description.clone(),
            max_session_duration: self.max_session_duration,
            permissions_boundary: self.boundary.clone().map(|arn| ShownBoundary {
                permissions_boundary_type: "PermissionsBoundaryPolicy",
                permissions_boundary_arn: arn,
            }),
            tags: (!self.tags.is_empty()).then(|| self.tags.clone()),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateRoleRequest {
    role_name: String,
    assume_role_policy_document: String,
    path: Option<String>,
    description: Option<String>,
    max_session_duration: Option<u32>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create_role(world: &mut World, caller: &Caller, request: CreateRoleRequest) -> Result<OneRole, AwsError> {
    let name = request.role_name;
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    let roles = world.identity.accounts.get(&caller.account).map(|account| &account.roles);
    // Names differ by more than case (IAM API, CreateRole).
    if roles.is_some_and(|roles| roles.keys().any(|known| known.eq_ignore_ascii_case(&name))) {
        let message = format!("Role with name {name} already exists.");
        return Err(AwsError::new("EntityAlreadyExists", message).with_status(409));
    }
    if let Some(boundary) = &request.permissions_boundary {
        policies::check_managed(world, &caller.account, boundary)?;
    }
    let tags = with_tags(Vec::new(), request.tags)?;
    let trust = world.identity.read_trust(&request.assume_role_policy_document)?;
    let mut role = new_role(world, &caller.account, &name, &path, trust);
    role.description = request.description;
    role.max_session_duration = request.max_session_duration.unwrap_or(DEFAULT_MAX_SESSION);
    role.tags = tags;
    role.boundary = request.permissions_boundary;
    let shown = role.shown();
    world.identity.accounts.entry(caller.account.clone()).or_default().roles.insert(name, role);
    Ok(OneRole { role: shown })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RoleRequest {
    role_name: String,
}

pub(super) fn get_role(world: &mut World, caller: &Caller, request: RoleRequest) -> Result<OneRole, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    Ok(OneRole { role: role.shown() })
}

pub(super) fn delete_role(world: &mut World, caller: &Caller, request: RoleRequest) -> Result<Empty, AwsError> {
    let conflict = |message: &str| Err(AwsError::new("DeleteConflict", message).with_status(409));
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    if !role.attached.is_empty() {
        return conflict("Cannot delete entity, must detach all policies first.");
    }
    if !role.inline.is_empty() {
        return conflict("Cannot delete entity, must delete policies first.");
    }
    let account = world.identity.accounts.entry(caller.account.clone()).or_default();
    account.roles.remove(&request.role_name);
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateTrustRequest {
    role_name: String,
    policy_document: String,
}

pub(super) fn update_assume_role_policy(
    world: &mut World,
    caller: &Caller,
    request: UpdateTrustRequest,
) -> Result<Empty, AwsError> {
    world.identity.changeable_role(&caller.account, &request.role_name)?;
    let trust = world.identity.read_trust(&request.policy_document)?;
    world.identity.role_mut(&caller.account, &request.role_name)?.trust = trust;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateRoleRequest {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<u32>,
}

/// Changes a role's description and the longest life of its sessions; what is left out goes back to its default (IAM
/// API, UpdateRole).
pub(super) fn update_role(world: &mut World, caller: &Caller, request: UpdateRoleRequest) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    role.description = request.description.or_else(|| role.description.clone());
    role.max_session_duration = request.max_session_duration.unwrap_or(DEFAULT_MAX_SESSION);
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagRoleRequest {
    role_name: String,
    tags: Vec<Tag>,
}

pub(super) fn tag_role(world: &mut World, caller: &Caller, request: TagRoleRequest) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    role.tags = with_tags(role.tags.clone(), request.tags)?;
    Ok(Empty {})
}

/// Adds tags; a key is the same in any case, and keeps its own (IAM User Guide, "Tags for IAM resources").
fn with_tags(mut present: Vec<Tag>, added: Vec<Tag>) -> Result<Vec<Tag>, AwsError> {
    for tag in added {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(AwsError::new("InvalidInput", "Tag keys that begin with aws: are reserved."));
        }
        match present.iter_mut().find(|known| known.key.eq_ignore_ascii_case(&tag.key)) {
            Some(known) => known.value = tag.value,
            None => present.push(tag),
        }
    }
    if present.len() > MOST_TAGS {
        let message = format!("The number of tags has reached the maximum limit: {MOST_TAGS}");
        return Err(AwsError::new("LimitExceeded", message).with_status(409));
    }
    present.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(present)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UntagRoleRequest {
    role_name: String,
    tag_keys: Vec<String>,
}

pub(super) fn untag_role(world: &mut World, caller: &Caller, request: UntagRoleRequest) -> Result<Empty, AwsError> {
    let role = world.identity.changeable_role(&caller.account, &request.role_name)?;
    role.tags.retain(|tag| !request.tag_keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key)));
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PageOfRoleRequest {
    role_name: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleTags {
    tags: Vec<Tag>,
    is_truncated: bool,
    marker: Option<String>,
}

pub(super) fn list_role_tags(
    world: &mut World,
    caller: &Caller,
    request: PageOfRoleRequest,
) -> Result<RoleTags, AwsError> {
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    let page = PageOf::cut(role.tags.clone(), request.marker, request.max_items)?;
    Ok(RoleTags { tags: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InstanceProfiles {
    instance_profiles: Vec<Empty>,
    is_truncated: bool,
}

/// Lists the instance profiles that a role is in. They are EC2 instances' affair and not modelled: it is in none.
pub(super) fn list_instance_profiles(
    world: &mut World,
    caller: &Caller,
    request: PageOfRoleRequest,
) -> Result<InstanceProfiles, AwsError> {
    world.identity.role_mut(&caller.account, &request.role_name)?;
    let page = PageOf::cut(Vec::new(), request.marker, request.max_items)?;
    Ok(InstanceProfiles { instance_profiles: page.items, is_truncated: page.marker.is_some() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AliasesRequest {
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Aliases {
    account_aliases: Vec<String>,
    is_truncated: bool,
}

/// Lists the aliases of an account, for which there is no call that makes one here: it has none.
pub(super) fn list_account_aliases(
    _world: &mut World,
    _caller: &Caller,
    request: AliasesRequest,
) -> Result<Aliases, AwsError> {
    let page = PageOf::cut(Vec::new(), request.marker, request.max_items)?;
    Ok(Aliases { account_aliases: page.items, is_truncated: page.marker.is_some() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRolesRequest {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleList {
    roles: Vec<ShownRole>,
    is_truncated: bool,
    marker: Option<String>,
}

pub(super) fn list_roles(world: &mut World, caller: &Caller, request: ListRolesRequest) -> Result<RoleList, AwsError> {
    let prefix = request.path_prefix.unwrap_or_default();
    let roles = world.identity.accounts.get(&caller.account).map(|account| account.roles.values());
    let roles = roles.into_iter().flatten().filter(|role| role.path.starts_with(&prefix));
    // A list leaves out the tags (IAM API, ListRoles).
    let roles = roles.map(|role| ShownRole { tags: None, ..role.shown() }).collect();
    let page = PageOf::cut(roles, request.marker, request.max_items)?;
    Ok(RoleList { roles: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}

pub(super) fn no_role(name: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("The role with name {name} cannot be found.")).with_status(404)
}
