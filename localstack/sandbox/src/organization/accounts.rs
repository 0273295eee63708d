//! Organizations themselves and the accounts in them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::listing::page;
use super::structure::Account;
use super::{AccountState, Empty, Event, Organization, as_management, as_member, as_reader, no_account, violates};
use crate::call::{AwsError, Caller};
use crate::identity::{self, ServiceLinked};
use crate::world::{self, World};

/// About how long an account stays in PENDING_CLOSURE, in seconds: no figure is published.
const CLOSING_SECONDS: f64 = 60.0;

/// How long a closed account is still shown ("Closing a member account in your organization").
const SHOWN_AFTER_CLOSING: Duration = Duration::from_secs(90 * 24 * 3600);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ShownAccount {
    id: String,
    arn: String,
    email: String,
    name: String,
    status: Option<&'static str>,
    state: &'static str,
    joined_method: &'static str,
    joined_timestamp: Timestamp,
}

impl ShownAccount {
    pub(super) fn of(organization: &Organization, id: &str, status_retired: bool) -> Option<Self> {
        let account = organization.accounts.get(id)?;
        Some(Self {
            id: id.to_owned(),
            arn: organization.account_arn(id),
            email: account.email.clone(),
            name: account.name.clone(),
            status: (!status_retired).then(|| account.state.status()),
            state: account.state.state(),
            joined_method: account.joined_method,
            joined_timestamp: account.joined,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateOrganizationRequest {
    feature_set: Option<FeatureSet>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FeatureSet {
    All,
    ConsolidatedBilling,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneOrganization {
    organization: ShownOrganization,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownOrganization {
    id: String,
    arn: String,
    feature_set: FeatureSet,
    master_account_arn: String,
    master_account_id: String,
    master_account_email: String,
    available_policy_types: Vec<AvailableType>,
}

/// The field that shows service control policies whether or not they are enabled; it is kept for old clients.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AvailableType {
    r#type: &'static str,
    status: &'static str,
}

impl OneOrganization {
    fn of(organization: &Organization) -> Self {
        let management = &organization.management;
        let email = organization.accounts.get(management).map(|account| account.email.clone());
        let feature_set = if organization.all_features { FeatureSet::All } else { FeatureSet::ConsolidatedBilling };
        Self {
            organization: ShownOrganization {
                id: organization.id.clone(),
                arn: organization.arn(),
                feature_set,
                master_account_arn: organization.account_arn(management),
                master_account_id: management.clone(),
                master_account_email: email.unwrap_or_default(),
                available_policy_types: vec![AvailableType { r#type: "SERVICE_CONTROL_POLICY", status: "ENABLED" }],
            },
        }
    }
}

pub(super) fn create_organization(
    world: &mut World,
    caller: &Caller,
    request: CreateOrganizationRequest,
) -> Result<OneOrganization, AwsError> {
    if world.organization.exists(&caller.account) {
        let message = "The provided account is already a member of an organization.";
        return Err(AwsError::new("AlreadyInOrganizationException", message));
    }
    let (id, root) = (format!("o-{}", world.dice.letters(10)), format!("r-{}", world.dice.letters(4)));
    let all_features = request.feature_set.unwrap_or(FeatureSet::All) == FeatureSet::All;
    let mut organization = Organization::new(id.clone(), caller.account.clone(), root.clone(), all_features);
    let management = Account {
        name: "management".to_owned(),
        email: format!("management+{}@example.com", caller.account),
        parent: root,
        state: AccountState::Active,
        joined_method: "INVITED",
        joined: world.now,
    };
    organization.accounts.insert(caller.account.clone(), management);
    let answer = OneOrganization::of(&organization);
    world.organization.membership.insert(caller.account.clone(), id.clone());
    world.organization.organizations.insert(id, organization);
    identity::ensure_service_linked_role(world, &caller.account, ServiceLinked::Organizations);
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoParameters {}

pub(super) fn describe_organization(
    world: &mut World,
    caller: &Caller,
    _: NoParameters,
) -> Result<OneOrganization, AwsError> {
    Ok(OneOrganization::of(as_member(world, caller)?))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AccountRequest {
    account_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneAccount {
    account: ShownAccount,
}

pub(super) fn describe_account(
    world: &mut World,
    caller: &Caller,
    request: AccountRequest,
) -> Result<OneAccount, AwsError> {
    let status_retired = world.organization.status_retired;
    let organization = as_reader(world, caller)?;
    let account = ShownAccount::of(organization, &request.account_id, status_retired).ok_or_else(no_account)?;
    Ok(OneAccount { account })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAccountsRequest {
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AccountList {
    accounts: Vec<ShownAccount>,
    next_token: Option<String>,
}

pub(super) fn list_accounts(
    world: &mut World,
    caller: &Caller,
    request: ListAccountsRequest,
) -> Result<AccountList, AwsError> {
    let accounts = shown_accounts(world, caller, |_| true)?;
    let page = page(world, "accounts", accounts, request.max_results, request.next_token)?;
    Ok(AccountList { accounts: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListForParentRequest {
    parent_id: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

pub(super) fn list_accounts_for_parent(
    world: &mut World,
    caller: &Caller,
    request: ListForParentRequest,
) -> Result<AccountList, AwsError> {
    as_reader(world, caller)?.check_parent(&request.parent_id)?;
    let accounts = shown_accounts(world, caller, |account| account.parent == request.parent_id)?;
    let list = format!("accounts of {}", request.parent_id);
    let page = page(world, &list, accounts, request.max_results, request.next_token)?;
    Ok(AccountList { accounts: page.items, next_token: page.next_token })
}

fn shown_accounts(
    world: &World,
    caller: &Caller,
    wanted: impl Fn(&Account) -> bool,
) -> Result<Vec<(String, ShownAccount)>, AwsError> {
    let status_retired = world.organization.status_retired;
    let organization = as_reader(world, caller)?;
    let ids = organization.accounts.iter().filter(|(_, account)| wanted(account)).map(|(id, _)| id);
    Ok(ids.filter_map(|id| Some((id.clone(), ShownAccount::of(organization, id, status_retired)?))).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct MoveRequest {
    account_id: String,
    source_parent_id: String,
    destination_parent_id: String,
}

/// Moves an account from one root or unit to another.
///
/// # Errors
/// `AccountNotFoundException`, `SourceParentNotFoundException` (also when the account is not there),
/// `DestinationParentNotFoundException`, `DuplicateAccountException` when it is there already.
pub(super) fn move_account(world: &mut World, caller: &Caller, request: MoveRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    let parent = organization.accounts.get(&request.account_id).ok_or_else(no_account)?.parent.clone();
    if !organization.is_parent(&request.destination_parent_id) {
        let message = "We can't find the destination container (a root or OU) with the ParentId that you specified.";
        return Err(AwsError::new("DestinationParentNotFoundException", message));
    }
    if parent == request.destination_parent_id {
        let message = "That account is already present in the specified destination.";
        return Err(AwsError::new("DuplicateAccountException", message));
    }
    if parent != request.source_parent_id {
        let message = "We can't find a source root or OU with the ParentId that you specified.";
        return Err(AwsError::new("SourceParentNotFoundException", message));
    }
    let account = organization.accounts.get_mut(&request.account_id).ok_or_else(no_account)?;
    account.parent = request.destination_parent_id;
    Ok(Empty {})
}

/// Closes an account: at once it can neither call nor be entered; it is shown as pending, then closed, then not at all.
pub(super) fn close_account(world: &mut World, caller: &Caller, request: AccountRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    if request.account_id == organization.management {
        let message = "You can't close the management account of an organization.";
        return Err(violates("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", message));
    }
    let account = organization.accounts.get_mut(&request.account_id).ok_or_else(no_account)?;
    match account.state {
        AccountState::PendingActivation | AccountState::Active | AccountState::Suspended => {
            account.state = AccountState::PendingClosure;
        }
        AccountState::PendingClosure => {
            let message = "The account is already pending closure.";
            return Err(AwsError::new("ConflictException", message));
        }
        AccountState::Closed => {
            return Err(AwsError::new("AccountAlreadyClosedException", "The account is already closed."));
        }
    }
    let event = Event::AccountClosed { organization: organization.id.clone(), account: request.account_id };
    world.later(CLOSING_SECONDS, world::Event::Organization(event));
    Ok(Empty {})
}

pub(super) fn finish_closing(world: &mut World, organization: &str, account: &str) {
    let of = world.organization.organizations.get_mut(organization);
    let Some(closing) = of.and_then(|of| of.accounts.get_mut(account)) else { return };
    closing.state = AccountState::Closed;
    let event = Event::AccountGone { organization: organization.to_owned(), account: account.to_owned() };
    world.exactly_after(SHOWN_AFTER_CLOSING, world::Event::Organization(event));
}

/// Takes an account out of its organization.
pub(super) fn forget(world: &mut World, organization: &str, account: &str) {
    if let Some(of) = world.organization.organizations.get_mut(organization) {
        of.accounts.remove(account);
        of.delegated.remove(account);
        of.tags.remove(account);
        of.policies.forget(account);
    }
    world.organization.membership.remove(account);
}

/// Makes a member a stand-alone account again; the management account says so.
pub(super) fn remove_account(world: &mut World, caller: &Caller, request: AccountRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?.id.clone();
    part(world, &organization, &request.account_id)
}

/// Takes the caller's own account out of its organization.
pub(super) fn leave_organization(world: &mut World, caller: &Caller, _: NoParameters) -> Result<Empty, AwsError> {
    let organization = as_member(world, caller)?.id.clone();
    part(world, &organization, &caller.account)
}

fn part(world: &mut World, id: &str, account: &str) -> Result<Empty, AwsError> {
    let organization = world.organization.organizations.get(id).ok_or_else(no_account)?;
    if account == organization.management {
        let message = "You can't remove the management account from its organization.";
        return Err(AwsError::new("MasterCannotLeaveOrganizationException", message));
    }
    let held = organization.accounts.get(account).ok_or_else(no_account)?;
    if organization.delegated.contains_key(account) {
        let message = "You can't remove an account that is registered as a delegated administrator.";
        return Err(violates("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", message));
    }
    match held.state {
        AccountState::PendingActivation | AccountState::Active | AccountState::Suspended => {}
        // Closed accounts leave by themselves when their time is over ("Closing a member account in your organization").
        AccountState::PendingClosure | AccountState::Closed => {
            let message = "You can't remove an account that is closed or pending closure.";
            return Err(violates("ACCOUNT_CANNOT_LEAVE_ORGANIZATION", message));
        }
    }
    forget(world, id, account);
    Ok(Empty {})
}

/// Deletes an organization that has no member left but its management account.
pub(super) fn delete_organization(world: &mut World, caller: &Caller, _: NoParameters) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    if organization.accounts.len() > 1 || !organization.units.is_empty() {
        let message = "The organization isn't empty. Remove all accounts and organizational units first.";
        return Err(AwsError::new("OrganizationNotEmptyException", message));
    }
    let id = organization.id.clone();
    world.organization.organizations.remove(&id);
    world.organization.membership.remove(&caller.account);
    world.sharing.stop_sharing_within(&id);
    Ok(Empty {})
}
