//! IAM and STS: whose key it is, the roles of each account, and who may assume them.
//!
//! Two kinds of keys work. A 12-digit account id is a key of that account's administrator, shown as its root; unlike
//! AWS's root it may assume roles. Any such account may call, whether or not an organization has it: the others are
//! stand-alone accounts. The second kind is what AssumeRole gives.
//!
//! | room | what is in it |
//! |---|---|
//! | [`roles`], [`linked`] | roles; those that services make for themselves |
//! | [`policies`], [`customer_policies`], [`policy_versions`], [`managed`] | what a role has of policies; an account's own managed ones; AWS's |
//! | [`policy`], [`trust`] | what a document says; whom a role trusts |
//! | [`authorization`] | who may do what: every call is judged here |
//! | [`sessions`], [`simulation`] | STS; what a role might do |
//!
//! Sessions of a role that has policies are held to them, whatever the service; a role that never had any is an
//! administrator's, unless [`Enforcement`] says otherwise. Service control policies hold everybody in an organization
//! but its management account.

pub mod authorization;
pub(crate) mod customer_policies;
pub(crate) mod linked;
mod managed;
mod policies;
pub mod policy;
mod policy_versions;
pub mod roles;
mod sessions;
mod simulation;
pub mod trust;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{AccountId, AwsError, Call, Caller, Principal, Service};
use crate::network::regions::{self, OptInStatus};
use crate::sandbox::typed;
use crate::world::World;

pub use authorization::Enforcement;
pub use linked::{ServiceLinked, attachments_can_be_made, ensure_service_linked_role, make_transit_gateway_role};
pub use roles::{ORGANIZATION_ACCESS_ROLE, Role, make_organization_access_role};
pub use sessions::Session;

/// All accounts' roles and policies, and the sessions that are about.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Whom identity policies hold.
    pub enforcement: Enforcement,
    pub accounts: BTreeMap<AccountId, Account>,
    /// By access key id.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// Deletions of service-linked roles, by task.
    pub(crate) deletions: BTreeMap<String, linked::Deletion>,
}

/// Something that happens by itself.
#[derive(Clone, Debug)]
pub enum Event {
    /// The deletion of a service-linked role is decided, by task.
    LinkedRoleDeleted(String),
}

pub fn happen(world: &mut World, event: Event) {
    match event {
        Event::LinkedRoleDeleted(task) => linked::finish_deletion(world, &task),
    }
}

/// Where IAM and Organizations are asked, in all of the aws partition.
const GLOBAL_REGION: &str = "us-east-1";

/// What IAM has of one account.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub roles: BTreeMap<String, Role>,
    /// Customer managed policies, by name.
    pub(crate) policies: BTreeMap<String, customer_policies::CustomerPolicy>,
}

/// Finds out who calls.
///
/// # Errors
/// An unknown key, a wrong token or the key of a closed account: EC2 `AuthFailure` 401, IAM, SNS and STS
/// `InvalidClientTokenId` 403, the JSON services `UnrecognizedClientException` 403. A session that is over:
/// `RequestExpired` 400 for EC2, `ExpiredToken` 403 for IAM, SNS and STS, `ExpiredTokenException` 403 for the others. A Region
/// that the account has not, as an unknown key; one that there is not, as [`regions::unknown`].
pub fn authenticate(world: &World, call: &Call, request_id: String) -> Result<Caller, AwsError> {
    let (account, principal) = if is_account_id(&call.access_key_id) {
        (call.access_key_id.clone(), Principal::Root)
    } else {
        let session = world.identity.session(&call.access_key_id, call.session_token.as_deref());
        let session = session.ok_or_else(|| unknown_key(call.service))?;
        if session.expires <= world.credentials_now {
            return Err(expired(call.service));
        }
        let (role, name) = (session.role.clone(), session.name.clone());
        let principal = Principal::AssumedRole { role, session: name, key: call.access_key_id.clone() };
        (session.account.clone(), principal)
    };
    if world.organization.is_closed(&account) {
        return Err(unknown_key(call.service));
    }
    match call.service {
        Service::Iam | Service::Organizations => {}
        Service::Ec2 | Service::Ram | Service::Sns | Service::Sts => {
            match regions::status(world, &account, &call.region) {
                Some(OptInStatus::NotRequired | OptInStatus::OptedIn) => {}
                Some(OptInStatus::NotOptedIn) => return Err(unknown_key(call.service)),
                None => return Err(regions::unknown(call.service)),
            }
        }
    }
    Ok(Caller { account, region: call.region.clone(), principal, request_id })
}

/// Says whether a text has the form of an account id: 12 digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unknown_key(service: Service) -> AwsError {
    match service {
        Service::Ec2 => AwsError::new("AuthFailure", "AWS was not able to validate the provided access credentials")
            .with_status(401),
        Service::Iam | Service::Sns | Service::Sts => {
            AwsError::new("InvalidClientTokenId", "The security token included in the request is invalid.")
                .with_status(403)
        }
        Service::Organizations | Service::Ram => {
            AwsError::new("UnrecognizedClientException", "The security token included in the request is invalid.")
                .with_status(403)
        }
    }
}

fn expired(service: Service) -> AwsError {
    match service {
        Service::Ec2 => AwsError::new("RequestExpired", "Request has expired."),
        Service::Iam | Service::Sns | Service::Sts => {
            AwsError::new("ExpiredToken", "The security token included in the request is expired").with_status(403)
        }
        Service::Organizations | Service::Ram => {
            AwsError::new("ExpiredTokenException", "The security token included in the request is expired")
                .with_status(403)
        }
    }
}

/// Returns the ARN that AWS shows for a caller: `arn:aws:iam::..:root` or `arn:aws:sts::..:assumed-role/ROLE/SESSION`.
pub fn caller_arn(caller: &Caller) -> String {
    let account = &caller.account;
    match &caller.principal {
        Principal::Root => format!("arn:aws:iam::{account}:root"),
        Principal::AssumedRole { role, session, .. } => format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
    }
}

pub fn answer_iam(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    match action {
        "AttachRolePolicy" => typed(world, caller, params, policies::attach_role_policy),
        "CreatePolicy" => typed(world, caller, params, customer_policies::create),
        "CreatePolicyVersion" => typed(world, caller, params, policy_versions::create),
        "CreateRole" => typed(world, caller, params, roles::create_role),
        "CreateServiceLinkedRole" => typed(world, caller, params, linked::create),
        "DeletePolicy" => typed(world, caller, params, customer_policies::delete),
        "DeletePolicyVersion" => typed(world, caller, params, policy_versions::delete),
        "DeleteRole" => typed(world, caller, params, roles::delete_role),
        "DeleteRolePermissionsBoundary" => typed(world, caller, params, policies::delete_boundary),
        "DeleteRolePolicy" => typed(world, caller, params, policies::delete_role_policy),
        "DeleteServiceLinkedRole" => typed(world, caller, params, linked::delete),
        "DetachRolePolicy" => typed(world, caller, params, policies::detach_role_policy),
        "GetPolicy" => typed(world, caller, params, customer_policies::get),
        "GetPolicyVersion" => typed(world, caller, params, policy_versions::get),
        "GetRole" => typed(world, caller, params, roles::get_role),
        "GetRolePolicy" => typed(world, caller, params, policies::get_role_policy),
        "GetServiceLinkedRoleDeletionStatus" => typed(world, caller, params, linked::deletion_status),
        "ListAccountAliases" => typed(world, caller, params, roles::list_account_aliases),
        "ListAttachedRolePolicies" => typed(world, caller, params, policies::list_attached_role_policies),
        "ListEntitiesForPolicy" => typed(world, caller, params, customer_policies::list_entities),
        "ListInstanceProfilesForRole" => typed(world, caller, params, roles::list_instance_profiles),
        "ListPolicies" => typed(world, caller, params, customer_policies::list),
        "ListPolicyVersions" => typed(world, caller, params, policy_versions::list),
        "ListRolePolicies" => typed(world, caller, params, policies::list_role_policies),
        "ListRoleTags" => typed(world, caller, params, roles::list_role_tags),
        "ListRoles" => typed(world, caller, params, roles::list_roles),
        "PutRolePermissionsBoundary" => typed(world, caller, params, policies::put_boundary),
        "PutRolePolicy" => typed(world, caller, params, policies::put_role_policy),
        "SetDefaultPolicyVersion" => typed(world, caller, params, policy_versions::set_default),
        "SimulateCustomPolicy" => typed(world, caller, params, simulation::simulate_custom_policy),
        "SimulatePrincipalPolicy" => typed(world, caller, params, simulation::simulate_principal_policy),
        "TagRole" => typed(world, caller, params, roles::tag_role),
        "UntagRole" => typed(world, caller, params, roles::untag_role),
        "UpdateAssumeRolePolicy" => typed(world, caller, params, roles::update_assume_role_policy),
        "UpdateRole" => typed(world, caller, params, roles::update_role),
        other => Err(AwsError::not_modelled(format!("IAM's {other}"))),
    }
}

pub fn answer_sts(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    match action {
        "AssumeRole" => typed(world, caller, params, sessions::assume_role),
        "DecodeAuthorizationMessage" => typed(world, caller, params, sessions::decode_authorization_message),
        "GetAccessKeyInfo" => typed(world, caller, params, sessions::get_access_key_info),
        "GetCallerIdentity" => typed(world, caller, params, sessions::get_caller_identity),
        other => Err(AwsError::not_modelled(format!("STS's {other}"))),
    }
}

/// An answer without members.
#[derive(serde::Serialize)]
struct Empty {}

/// A page of IAM's lists, which count items by `Marker` and `MaxItems` (default 100).
struct PageOf<T> {
    items: Vec<T>,
    marker: Option<String>,
}

impl<T> PageOf<T> {
    fn cut(items: Vec<T>, marker: Option<String>, max_items: Option<usize>) -> Result<Self, AwsError> {
        let (range, marker) = page_range(items.len(), marker, max_items)?;
        Ok(Self { items: items.into_iter().take(range.end).skip(range.start).collect(), marker })
    }
}

/// Tells which of so many items are on the page, and the marker of the next.
fn page_range(
    count: usize,
    marker: Option<String>,
    max_items: Option<usize>,
) -> Result<(std::ops::Range<usize>, Option<String>), AwsError> {
    let start = match marker {
        None => 0,
        Some(marker) => {
            let known = marker.parse::<usize>().ok().filter(|start| *start < count);
            known.ok_or_else(|| AwsError::new("ValidationError", format!("Invalid Marker: {marker}")))?
        }
    };
    let end = count.min(start.saturating_add(max_items.unwrap_or(100)));
    Ok((start..end, (end < count).then(|| end.to_string())))
}

/// Writes a document as IAM's answers have it: percent-encoded, as RFC 3986 has it.
fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
