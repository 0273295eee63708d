//! Organizations: accounts, the tree of units that they are in, and who of them may ask about it.
//!
//! Several organizations may stand side by side, each under its management account. Reading is for the management
//! account and for delegated administrators of any service, DescribeOrganization for every member, and changing for the
//! management account alone ("Actions, resources, and condition keys for AWS Organizations"; the API reference of each
//! action).
//!
//! Left out: invitations (accounts join by being created), policies of other types than service control, the waiting time before a created account may be
//! removed.

mod accounts;
mod creation;
mod delegation;
mod handshakes;
mod listing;
mod policies;
mod policy_attachments;
pub mod structure;
pub mod tags;
mod units;

use serde_json::Value;

use crate::call::{AwsError, Caller};
use crate::sandbox::typed;
use crate::world::World;

pub use structure::{AccountState, OrgId, Organization, Organizations};

/// What happens by itself.
#[derive(Clone, Debug)]
pub enum Event {
    /// A requested account is there.
    AccountCreated { organization: OrgId, request: String },
    /// An account that was told to close is closed.
    AccountClosed { organization: OrgId, account: String },
    /// A closed account is gone for good.
    AccountGone { organization: OrgId, account: String },
    /// Nobody answered a handshake in time.
    HandshakeExpired(String),
    /// A handshake that is over is shown no longer.
    HandshakeForgotten(String),
}

pub fn happen(world: &mut World, event: Event) {
    match event {
        Event::AccountCreated { organization, request } => creation::finish_creation(world, &organization, &request),
        Event::AccountClosed { organization, account } => accounts::finish_closing(world, &organization, &account),
        Event::AccountGone { organization, account } => {
            accounts::forget(world, &organization, &account);
            world.organization.gone.insert(account);
        }
        Event::HandshakeExpired(id) => handshakes::expire(world, &id),
        Event::HandshakeForgotten(id) => handshakes::forget(world, &id),
    }
}

pub fn answer(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    match action {
        "AcceptHandshake" => typed(world, caller, params, handshakes::accept),
        "AttachPolicy" => typed(world, caller, params, policy_attachments::attach),
        "CancelHandshake" => typed(world, caller, params, handshakes::cancel),
        "CloseAccount" => typed(world, caller, params, accounts::close_account),
        "CreateAccount" => typed(world, caller, params, creation::create_account),
        "CreateOrganization" => typed(world, caller, params, accounts::create_organization),
        "CreateOrganizationalUnit" => typed(world, caller, params, units::create_unit),
        "CreatePolicy" => typed(world, caller, params, policies::create),
        "DeclineHandshake" => typed(world, caller, params, handshakes::decline),
        "DeleteOrganization" => typed(world, caller, params, accounts::delete_organization),
        "DeleteOrganizationalUnit" => typed(world, caller, params, units::delete_unit),
        "DeletePolicy" => typed(world, caller, params, policies::delete),
        "DeregisterDelegatedAdministrator" => typed(world, caller, params, delegation::deregister),
        "DescribeAccount" => typed(world, caller, params, accounts::describe_account),
        "DescribeCreateAccountStatus" => typed(world, caller, params, creation::describe_creation),
        "DescribeHandshake" => typed(world, caller, params, handshakes::describe),
        "DescribeOrganization" => typed(world, caller, params, accounts::describe_organization),
        "DescribeOrganizationalUnit" => typed(world, caller, params, units::describe_unit),
        "DescribePolicy" => typed(world, caller, params, policies::describe),
        "DetachPolicy" => typed(world, caller, params, policy_attachments::detach),
        "DisableAWSServiceAccess" => typed(world, caller, params, delegation::disable_service_access),
        "DisablePolicyType" => typed(world, caller, params, policy_attachments::disable_type),
        "EnableAWSServiceAccess" => typed(world, caller, params, delegation::enable_service_access),
        "EnablePolicyType" => typed(world, caller, params, policy_attachments::enable_type),
        "InviteAccountToOrganization" => typed(world, caller, params, handshakes::invite),
        "LeaveOrganization" => typed(world, caller, params, accounts::leave_organization),
        "ListAWSServiceAccessForOrganization" => typed(world, caller, params, delegation::list_service_access),
        "ListAccounts" => typed(world, caller, params, accounts::list_accounts),
        "ListAccountsForParent" => typed(world, caller, params, accounts::list_accounts_for_parent),
        "ListChildren" => typed(world, caller, params, units::list_children),
        "ListCreateAccountStatus" => typed(world, caller, params, creation::list_creations),
        "ListDelegatedAdministrators" => typed(world, caller, params, delegation::list_administrators),
        "ListDelegatedServicesForAccount" => typed(world, caller, params, delegation::list_delegated_services),
        "ListHandshakesForAccount" => typed(world, caller, params, handshakes::list_for_account),
        "ListHandshakesForOrganization" => typed(world, caller, params, handshakes::list_for_organization),
        "ListOrganizationalUnitsForParent" => typed(world, caller, params, units::list_units_for_parent),
        "ListParents" => typed(world, caller, params, units::list_parents),
        "ListPolicies" => typed(world, caller, params, policies::list),
        "ListPoliciesForTarget" => typed(world, caller, params, policy_attachments::list_for_target),
        "ListRoots" => typed(world, caller, params, units::list_roots),
        "ListTagsForResource" => typed(world, caller, params, tags::list_tags_for_resource),
        "ListTargetsForPolicy" => typed(world, caller, params, policy_attachments::list_targets),
        "MoveAccount" => typed(world, caller, params, accounts::move_account),
        "RegisterDelegatedAdministrator" => typed(world, caller, params, delegation::register),
        "RemoveAccountFromOrganization" => typed(world, caller, params, accounts::remove_account),
        "TagResource" => typed(world, caller, params, tags::tag_resource),
        "UntagResource" => typed(world, caller, params, tags::untag_resource),
        "UpdateOrganizationalUnit" => typed(world, caller, params, units::update_unit),
        "UpdatePolicy" => typed(world, caller, params, policies::update),
        other => Err(AwsError::not_modelled(format!("Organizations' {other}"))),
    }
}

/// Finds the caller's organization, which any member may do.
fn as_member<'a>(world: &'a World, caller: &Caller) -> Result<&'a Organization, AwsError> {
    let organization = world.organization.membership.get(&caller.account);
    organization.and_then(|id| world.organization.organizations.get(id)).ok_or_else(|| {
        AwsError::new("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    })
}

/// Finds the organization that the caller may read: as its management account or a delegated administrator.
fn as_reader<'a>(world: &'a World, caller: &Caller) -> Result<&'a Organization, AwsError> {
    let organization = as_member(world, caller)?;
    if organization.management == caller.account || organization.delegated.contains_key(&caller.account) {
        return Ok(organization);
    }
    Err(access_denied())
}

/// Finds the organization that the caller may change: as its management account.
fn as_management<'a>(world: &'a mut World, caller: &Caller) -> Result<&'a mut Organization, AwsError> {
    let organization = as_member(world, caller)?;
    if organization.management != caller.account {
        return Err(access_denied());
    }
    let id = organization.id.clone();
    Ok(world.organization.organizations.get_mut(&id).expect("it was found just now"))
}

fn access_denied() -> AwsError {
    AwsError::new("AccessDeniedException", "You don't have permissions to access this resource.")
}

fn no_account() -> AwsError {
    AwsError::new("AccountNotFoundException", "You specified an account that doesn't exist.")
}

fn violates(reason: &str, message: &str) -> AwsError {
    AwsError::new("ConstraintViolationException", message).for_reason(reason)
}

fn invalid(reason: &str, message: &str) -> AwsError {
    AwsError::new("InvalidInputException", message).for_reason(reason)
}

/// An answer without members.
#[derive(serde::Serialize)]
struct Empty {}

#[cfg(test)]
mod tests;
