//! IAM and STS: whose key it is, the roles of each account, and who may assume them.
//!
//! Two kinds of keys work. A 12-digit account id is a key of that account's administrator, shown as its root; unlike
//! AWS's root it may assume roles. Any such account may call, whether or not an organization has it: the others are
//! stand-alone accounts. The second kind is what AssumeRole gives.
//!
//! Trust policies are evaluated in full (see [`trust`]). Identity policies are stored and can be read back, but are not
//! enforced yet: a session may do everything in its account.

mod policies;
mod roles;
mod sessions;
mod trust;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{AccountId, AwsError, Call, Caller, Principal, Service};
use crate::sandbox::typed;
use crate::world::World;

pub use roles::{
    ORGANIZATION_ACCESS_ROLE, Role, ServiceLinked, ensure_service_linked_role, make_organization_access_role,
};
pub use sessions::Session;

/// All accounts' roles and policies, and the sessions that are about.
#[derive(Debug, Default)]
pub struct Identity {
    accounts: BTreeMap<AccountId, Account>,
    /// By access key id.
    sessions: BTreeMap<String, Session>,
}

/// What IAM has of one account.
#[derive(Debug, Default)]
struct Account {
    roles: BTreeMap<String, Role>,
    /// Customer managed policies, by name.
    policies: BTreeMap<String, policies::Policy>,
}

/// Finds out who calls.
///
/// # Errors
/// An unknown key, a wrong token or the key of a closed account: EC2 `AuthFailure` 401, IAM and STS
/// `InvalidClientTokenId` 403, the JSON services `UnrecognizedClientException` 403. A session that is over:
/// `RequestExpired` 400 for EC2, `ExpiredToken` 403 for IAM and STS, `ExpiredTokenException` 403 for the others.
pub fn authenticate(world: &World, call: &Call, request_id: String) -> Result<Caller, AwsError> {
    let (account, principal) = if is_account_id(&call.access_key_id) {
        (call.access_key_id.clone(), Principal::Root)
    } else {
        let session = world.identity.session(&call.access_key_id, call.session_token.as_deref());
        let session = session.ok_or_else(|| unknown_key(call.service))?;
        if session.expires <= world.credentials_now {
            return Err(expired(call.service));
        }
        let principal = Principal::AssumedRole { role: session.role.clone(), session: session.name.clone() };
        (session.account.clone(), principal)
    };
    if world.organization.is_closed(&account) {
        return Err(unknown_key(call.service));
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
        Service::Iam | Service::Sts => {
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
        Service::Iam | Service::Sts => {
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
        Principal::AssumedRole { role, session } => format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
    }
}

pub fn answer_iam(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    match action {
        "AttachRolePolicy" => typed(world, caller, params, policies::attach_role_policy),
        "CreatePolicy" => typed(world, caller, params, policies::create_policy),
        "CreateRole" => typed(world, caller, params, roles::create_role),
        "CreateServiceLinkedRole" => typed(world, caller, params, roles::create_service_linked_role),
        "DeleteRole" => typed(world, caller, params, roles::delete_role),
        "DeleteRolePolicy" => typed(world, caller, params, policies::delete_role_policy),
        "GetRole" => typed(world, caller, params, roles::get_role),
        "GetRolePolicy" => typed(world, caller, params, policies::get_role_policy),
        "ListAttachedRolePolicies" => typed(world, caller, params, policies::list_attached_role_policies),
        "ListRolePolicies" => typed(world, caller, params, policies::list_role_policies),
        "ListRoles" => typed(world, caller, params, roles::list_roles),
        "PutRolePolicy" => typed(world, caller, params, policies::put_role_policy),
        "UpdateAssumeRolePolicy" => typed(world, caller, params, roles::update_assume_role_policy),
        other => Err(AwsError::not_modelled(format!("IAM's {other}"))),
    }
}

pub fn answer_sts(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    match action {
        "AssumeRole" => typed(world, caller, params, sessions::assume_role),
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
        let start = match marker {
            None => 0,
            Some(marker) => {
                let known = marker.parse::<usize>().ok().filter(|start| *start < items.len());
                known.ok_or_else(|| AwsError::new("ValidationError", format!("Invalid Marker: {marker}")))?
            }
        };
        let end = items.len().min(start + max_items.unwrap_or(100));
        let marker = (end < items.len()).then(|| end.to_string());
        Ok(Self { items: items.into_iter().take(end).skip(start).collect(), marker })
    }
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
