//! Managed permissions: what those whom a share reaches may do with what it shares.
//!
//! AWS has one default permission for each type that the sandbox shares. A share takes it up with the first resource of
//! the type. Permissions that customers write are not modelled.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::resource_share::own;
use super::resource_type::{self, ResourceType, TYPES};
use super::{invalid, not_permitted, rows, unknown};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request, words};
use crate::world::World;

const PREFIX: &str = "arn:aws:ram::aws:permission/";
/// The version that AWS's default permissions are at here; they have one each.
pub const VERSION: i64 = 1;

words! { PermissionOrigin { All = "ALL", Aws = "AWS_MANAGED", Customer = "CUSTOMER_MANAGED" } }
words! {
    PermissionStatus {
        Attachable = "ATTACHABLE", Unattachable = "UNATTACHABLE", Deleting = "DELETING", Deleted = "DELETED",
        Deprecated = "DEPRECATED",
    }
}

impl ResourceType {
    pub fn permission_arn(&self) -> String {
        format!("{PREFIX}{}", self.permission)
    }
}

/// Finds the type that a permission is for.
///
/// # Errors
/// `MalformedArnException` for what is no ARN, `UnknownResourceException`.
pub fn find(arn: &str) -> Result<&'static ResourceType, AwsError> {
    if !arn.starts_with("arn:aws:ram:") {
        return Err(AwsError::new("MalformedArnException", format!("The permission ARN {arn} is malformed.")));
    }
    let found = TYPES.iter().find(|it| it.permission_arn() == arn);
    found.ok_or_else(|| unknown(&format!("Permission {arn}")))
}

fn check_version(version: Option<i64>) -> Result<(), AwsError> {
    match version {
        None | Some(VERSION) => Ok(()),
        Some(other) => Err(unknown(&format!("Version {other} of the permission"))),
    }
}

answer! { "camelCase"
    Summary {
        arn: String, version: String, default_version: bool, name: &'static str, resource_type: &'static str,
        status: &'static str, creation_time: Timestamp, last_updated_time: Timestamp, is_resource_type_default: bool,
        permission_type: PermissionOrigin, feature_set: &'static str,
    }
}
answer! { "camelCase" Summaries { permissions: Vec<Summary>, next_token: Option<String> } }

/// When AWS made its permissions: long before any world.
const MADE: Timestamp = Timestamp::UNIX_EPOCH;

fn summary(of: &ResourceType, status: &'static str) -> Summary {
    Summary {
        arn: of.permission_arn(),
        version: VERSION.to_string(),
        default_version: true,
        name: of.permission,
        resource_type: of.name,
        status,
        creation_time: MADE,
        last_updated_time: MADE,
        is_resource_type_default: true,
        permission_type: PermissionOrigin::Aws,
        feature_set: "STANDARD",
    }
}

request! { "camelCase"
    ListPermissions {
        resource_type: Option<String>, permission_type: Option<PermissionOrigin>,
        permission_status: Option<PermissionStatus>, max_results: Option<i64>, next_token: Option<String>,
    }
}

pub fn list(world: &mut World, _: &Caller, input: ListPermissions) -> Result<Summaries, AwsError> {
    let wanted = input.resource_type.as_deref().map(resource_type::read).transpose()?;
    let origin = match input.permission_type {
        None | Some(PermissionOrigin::All | PermissionOrigin::Aws) => true,
        Some(PermissionOrigin::Customer) => false,
    };
    let status = input.permission_status.is_none_or(|status| status == PermissionStatus::Attachable);
    let all = TYPES.iter().filter(|it| origin && status && wanted.is_none_or(|wanted| wanted.name == it.name));
    let found: BTreeMap<String, Summary> =
        all.map(|it| (it.permission_arn(), summary(it, PermissionStatus::Attachable.word()))).collect();
    let page = rows(world, "ListPermissions", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Summaries { permissions: page.items, next_token: page.next })
}

request! { "camelCase"
    ListVersions { permission_arn: String, max_results: Option<i64>, next_token: Option<String> }
}

pub fn versions(world: &mut World, _: &Caller, input: ListVersions) -> Result<Summaries, AwsError> {
    let of = find(&input.permission_arn)?;
    let found = BTreeMap::from([(VERSION.to_string(), summary(of, PermissionStatus::Attachable.word()))]);
    let page = rows(world, "ListPermissionVersions", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Summaries { permissions: page.items, next_token: page.next })
}

request! { "camelCase" GetPermission { permission_arn: String, permission_version: Option<i64> } }
answer! { "camelCase"
    Detail {
        arn: String, version: String, default_version: bool, name: &'static str, resource_type: &'static str,
        permission: String, creation_time: Timestamp, last_updated_time: Timestamp, is_resource_type_default: bool,
        permission_type: PermissionOrigin, feature_set: &'static str, status: PermissionStatus,
    }
}
answer! { "camelCase" OnePermission { permission: Detail } }

pub fn get(_: &mut World, _: &Caller, input: GetPermission) -> Result<OnePermission, AwsError> {
    let of = find(&input.permission_arn)?;
    check_version(input.permission_version)?;
    let permission = Detail {
        arn: of.permission_arn(),
        version: VERSION.to_string(),
        default_version: true,
        name: of.permission,
        resource_type: of.name,
        permission: json!({"Effect": "Allow", "Action": of.allows}).to_string(),
        creation_time: MADE,
        last_updated_time: MADE,
        is_resource_type_default: true,
        permission_type: PermissionOrigin::Aws,
        feature_set: "STANDARD",
        status: PermissionStatus::Attachable,
    };
    Ok(OnePermission { permission })
}

request! { "camelCase"
    ListOfShare { resource_share_arn: String, max_results: Option<i64>, next_token: Option<String> }
}

/// Lists the permissions that a share of the caller's has.
pub fn of_share(world: &mut World, caller: &Caller, input: ListOfShare) -> Result<Summaries, AwsError> {
    let share = own(world, caller, &input.resource_share_arn)?;
    let held = share.permissions.iter().filter_map(|name| ResourceType::named(name));
    // Associated, in this list: the state of the association and not that of the permission.
    let found: BTreeMap<String, Summary> = held.map(|it| (it.permission_arn(), summary(it, "ASSOCIATED"))).collect();
    let page = rows(world, "ListResourceSharePermissions", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Summaries { permissions: page.items, next_token: page.next })
}

request! { "camelCase"
    Associate {
        resource_share_arn: String, permission_arn: String, replace: Option<bool>, permission_version: Option<i64>,
        client_token: Option<String>,
    }
}
answer! { "camelCase" Changed { return_value: bool, client_token: Option<String> } }

/// Gives a share a permission. There is one for each type, so there is never another one to replace.
pub fn associate(world: &mut World, caller: &Caller, input: Associate) -> Result<Changed, AwsError> {
    own(world, caller, &input.resource_share_arn)?;
    let of = find(&input.permission_arn)?;
    check_version(input.permission_version)?;
    let now = world.now;
    if let Some(share) = world.sharing.shares.get_mut(&input.resource_share_arn)
        && share.permissions.insert(of.name)
    {
        share.updated = now;
    }
    Ok(Changed { return_value: true, client_token: input.client_token })
}

request! { "camelCase"
    Disassociate { resource_share_arn: String, permission_arn: String, client_token: Option<String> }
}

/// Takes a permission from a share that has no resource of its type any more.
///
/// # Errors
/// `OperationNotPermittedException` while it has one, `UnknownResourceException` when the permission is not there.
pub fn disassociate(world: &mut World, caller: &Caller, input: Disassociate) -> Result<Changed, AwsError> {
    let share = own(world, caller, &input.resource_share_arn)?;
    let of = find(&input.permission_arn)?;
    if !share.permissions.contains(of.name) {
        return Err(unknown(&format!("Permission {}", input.permission_arn)));
    }
    let shared = share.resources.iter().filter(|(_, it)| it.is_live()).filter_map(|(arn, _)| ResourceType::of(arn));
    if shared.into_iter().any(|it| it.name == of.name) {
        return Err(not_permitted(format!("The resource share still has resources of type {}.", of.name)));
    }
    let now = world.now;
    if let Some(share) = world.sharing.shares.get_mut(&input.resource_share_arn) {
        share.permissions.remove(of.name);
        share.updated = now;
    }
    Ok(Changed { return_value: true, client_token: input.client_token })
}

request! { "camelCase"
    ListTypes { resource_region_scope: Option<Scope>, max_results: Option<i64>, next_token: Option<String> }
}
words! { Scope { All = "ALL", Regional = "REGIONAL", Global = "GLOBAL" } }
answer! { "camelCase"
    ShownType { resource_type: &'static str, service_name: &'static str, resource_region_scope: Scope }
}
answer! { "camelCase" Types { resource_types: Vec<ShownType>, next_token: Option<String> } }

/// Lists what can be shared, as far as the sandbox goes.
pub fn types(world: &mut World, _: &Caller, input: ListTypes) -> Result<Types, AwsError> {
    let regional = input.resource_region_scope.is_none_or(Scope::has_regional);
    let shown = TYPES.iter().filter(|_| regional).map(|it| {
        let row =
            ShownType { resource_type: it.name, service_name: it.service, resource_region_scope: Scope::Regional };
        (it.name.to_owned(), row)
    });
    let page = rows(world, "ListResourceTypes", input.max_results, input.next_token.as_deref(), &shown.collect())?;
    Ok(Types { resource_types: page.items, next_token: page.next })
}

impl Scope {
    /// Says whether a filter lets regional resources through: all that the sandbox has are.
    pub fn has_regional(self) -> bool {
        match self {
            Scope::All | Scope::Regional => true,
            Scope::Global => false,
        }
    }
}

/// Finds the types of the permissions that a new share names: one for each type at most.
///
/// # Errors
/// `InvalidParameterException` for two of one type, and what [`find`] answers.
pub fn named(arns: &[String]) -> Result<Vec<&'static str>, AwsError> {
    let mut types: Vec<&'static str> = Vec::new();
    for arn in arns {
        let of = find(arn)?.name;
        if types.contains(&of) {
            return Err(invalid(format!("Only one permission can be associated for the resource type {of}.")));
        }
        types.push(of);
    }
    Ok(types)
}
