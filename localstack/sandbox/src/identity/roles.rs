//! IAM's roles.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::trust::Trust;
use super::{Empty, Identity, PageOf, is_account_id, url_encoded};
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
    pub(super) name: String,
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) created: Timestamp,
    pub(super) max_session_duration: u32,
    pub(super) trust: Trust,
    pub(super) tags: Vec<Tag>,
    /// Inline policies: documents by name.
    pub(super) inline: BTreeMap<String, String>,
    /// ARNs of managed policies.
    pub(super) attached: Vec<String>,
}

/// What a service-linked role is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceLinked {
    TransitGateway,
    ResourceAccessManager,
    Organizations,
}

impl ServiceLinked {
    /// Returns the service's principal.
    pub fn service(self) -> &'static str {
        match self {
            ServiceLinked::TransitGateway => "transitgateway.amazonaws.com",
            ServiceLinked::ResourceAccessManager => "ram.amazonaws.com",
            ServiceLinked::Organizations => "organizations.amazonaws.com",
        }
    }

    pub fn role_name(self) -> &'static str {
        match self {
            ServiceLinked::TransitGateway => "AWSServiceRoleForVPCTransitGateway",
            ServiceLinked::ResourceAccessManager => "AWSServiceRoleForResourceAccessManager",
            ServiceLinked::Organizations => "AWSServiceRoleForOrganizations",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    key: String,
    value: String,
}

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
    fn read_trust(&self, text: &str) -> Result<Trust, AwsError> {
        Trust::read(text, &|account, name| self.role(account, name).map(|role| role.id.clone()))
    }

    /// Finds a role that is to be changed.
    pub(super) fn role_mut(&mut self, account: &str, name: &str) -> Result<&mut Role, AwsError> {
        let roles = self.accounts.get_mut(account).map(|account| &mut account.roles);
        roles.and_then(|roles| roles.get_mut(name)).ok_or_else(|| no_role(name))
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
    world.identity.accounts.entry(account.to_owned()).or_default().roles.insert(role_name.to_owned(), role);
}

/// Makes a service's role in an account unless it is there, as services do on first use.
pub fn ensure_service_linked_role(world: &mut World, account: &str, linked: ServiceLinked) {
    if world.identity.role(account, linked.role_name()).is_some() {
        return;
    }
    let service = linked.service();
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let trust = world.identity.read_trust(&trust).expect("a policy that names a service");
    let role = new_role(world, account, linked.role_name(), &format!("/aws-service-role/{service}/"), trust);
    let roles = &mut world.identity.accounts.entry(account.to_owned()).or_default().roles;
    roles.insert(linked.role_name().to_owned(), role);
}

fn new_role(world: &mut World, account: &str, name: &str, path: &str, trust: Trust) -> Role {
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
    tags: Option<Vec<Tag>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneRole {
    role: ShownRole,
}

impl Role {
    fn shown(&self) -> ShownRole {
        ShownRole {
            path: self.path.clone(),
            role_name: self.name.clone(),
            role_id: self.id.clone(),
            arn: self.arn.clone(),
            create_date: self.created,
            assume_role_policy_document: url_encoded(&self.trust.text),
            description: self.description.clone(),
            max_session_duration: self.max_session_duration,
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
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create_role(world: &mut World, caller: &Caller, request: CreateRoleRequest) -> Result<OneRole, AwsError> {
    let name = request.role_name;
    if !name.chars().all(|character| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)) {
        let message = "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-";
        return Err(AwsError::new("ValidationError", message));
    }
    let path = request.path.unwrap_or_else(|| "/".to_owned());
    if !(path.starts_with('/') && path.ends_with('/')) {
        let message = "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";
        return Err(AwsError::new("ValidationError", message));
    }
    let roles = world.identity.accounts.get(&caller.account).map(|account| &account.roles);
    // Names differ by more than case (IAM API, CreateRole).
    if roles.is_some_and(|roles| roles.keys().any(|known| known.eq_ignore_ascii_case(&name))) {
        let message = format!("Role with name {name} already exists.");
        return Err(AwsError::new("EntityAlreadyExists", message).with_status(409));
    }
    let trust = world.identity.read_trust(&request.assume_role_policy_document)?;
    let mut role = new_role(world, &caller.account, &name, &path, trust);
    role.description = request.description;
    role.max_session_duration = request.max_session_duration.unwrap_or(DEFAULT_MAX_SESSION);
    role.tags = request.tags;
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
    let role = world.identity.role_mut(&caller.account, &request.role_name)?;
    if role.path.starts_with("/aws-service-role/") {
        let message = format!("Cannot perform the operation on the protected role '{}'", role.name);
        return Err(AwsError::new("UnmodifiableEntity", message));
    }
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
    world.identity.role_mut(&caller.account, &request.role_name)?;
    let trust = world.identity.read_trust(&request.policy_document)?;
    world.identity.role_mut(&caller.account, &request.role_name)?.trust = trust;
    Ok(Empty {})
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceLinkedRequest {
    #[serde(rename = "AWSServiceName")]
    service: String,
    #[serde(rename = "Description")]
    description: Option<String>,
}

pub(super) fn create_service_linked_role(
    world: &mut World,
    caller: &Caller,
    request: ServiceLinkedRequest,
) -> Result<OneRole, AwsError> {
    let all = [ServiceLinked::TransitGateway, ServiceLinked::ResourceAccessManager, ServiceLinked::Organizations];
    let linked = all.into_iter().find(|linked| linked.service() == request.service);
    let linked = linked.ok_or_else(|| AwsError::not_modelled(format!("a role linked to {}", request.service)))?;
    let name = linked.role_name();
    if world.identity.role(&caller.account, name).is_some() {
        let message =
            format!("Service role name {name} has been taken in this account, please try a different suffix.");
        return Err(AwsError::new("InvalidInput", message));
    }
    ensure_service_linked_role(world, &caller.account, linked);
    let role = world.identity.role_mut(&caller.account, name)?;
    role.description = request.description;
    Ok(OneRole { role: role.shown() })
}

pub(super) fn no_role(name: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("The role with name {name} cannot be found.")).with_status(404)
}
