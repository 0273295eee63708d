//! The making of accounts: a request, and some time later an account or the reason why there is none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::listing::page;
use super::structure::{Account, Creation, CreationOutcome};
use super::tags::Tag;
use super::{AccountState, Event, as_management, as_reader, violates};
use crate::call::{AwsError, Caller};
use crate::identity::{self, ORGANIZATION_ACCESS_ROLE, ServiceLinked};
use crate::network::default_vpc;
use crate::world::{self, World};

/// About how long AWS takes to create an account, in seconds: its documentation says minutes, and gives no figure.
const CREATION_SECONDS: f64 = 60.0;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateAccountRequest {
    email: String,
    account_name: String,
    role_name: Option<String>,
    /// Says whether IAM users see the bill, of which there is none here.
    #[serde(rename = "IamUserAccessToBilling")]
    _iam_user_access_to_billing: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreationStatus {
    create_account_status: ShownCreation,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ShownCreation {
    id: String,
    account_name: String,
    state: &'static str,
    requested_timestamp: Timestamp,
    completed_timestamp: Option<Timestamp>,
    account_id: Option<String>,
    failure_reason: Option<&'static str>,
}

impl ShownCreation {
    fn of(id: String, creation: &Creation) -> Self {
        let (state, completed_timestamp, account_id, failure_reason) = match &creation.outcome {
            CreationOutcome::InProgress => ("IN_PROGRESS", None, None, None),
            CreationOutcome::Succeeded { account, at } => ("SUCCEEDED", Some(*at), Some(account.clone()), None),
            CreationOutcome::Failed { reason, at } => ("FAILED", Some(*at), None, Some(*reason)),
        };
        let (account_name, requested_timestamp) = (creation.account_name.clone(), creation.requested);
        Self { id, account_name, state, requested_timestamp, completed_timestamp, account_id, failure_reason }
    }
}

/// Starts the making of an account. It is there some time later, and DescribeCreateAccountStatus tells its id.
pub(super) fn create_account(
    world: &mut World,
    caller: &Caller,
    request: CreateAccountRequest,
) -> Result<CreationStatus, AwsError> {
    let (now, quota) = (world.now, world.organization.account_quota);
    let id = format!("car-{}", world.dice.letters(32));
    let organization = as_management(world, caller)?;
    let pending = organization.creations.values();
    let pending = pending.filter(|creation| matches!(creation.outcome, CreationOutcome::InProgress)).count();
    if organization.accounts.len() + pending >= quota {
        let message = "You have exceeded the allowed number of AWS accounts.";
        return Err(violates("ACCOUNT_NUMBER_LIMIT_EXCEEDED", message));
    }
    let creation = Creation {
        account_name: request.account_name,
        email: request.email,
        role_name: request.role_name.unwrap_or_else(|| ORGANIZATION_ACCESS_ROLE.to_owned()),
        tags: request.tags,
        requested: now,
        outcome: CreationOutcome::InProgress,
    };
    let answer = CreationStatus { create_account_status: ShownCreation::of(id.clone(), &creation) };
    organization.creations.insert(id.clone(), creation);
    let event = Event::AccountCreated { organization: organization.id.clone(), request: id };
    world.later(CREATION_SECONDS, world::Event::Organization(event));
    Ok(answer)
}

pub(super) fn finish_creation(world: &mut World, organization: &str, request: &str) {
    let at = world.now;
    let account = fresh_account_id(world);
    // An address is good for one account in all of AWS (Organizations API, CreateAccount: EMAIL_ALREADY_EXISTS).
    let creation =
        world.organization.organizations.get(organization).and_then(|organization| organization.creations.get(request));
    let Some(creation) = creation.cloned() else { return };
    let all = world.organization.organizations.values().flat_map(|organization| organization.accounts.values());
    let taken = all.into_iter().any(|account| account.email.eq_ignore_ascii_case(&creation.email));
    let Some(of) = world.organization.organizations.get_mut(organization) else { return };
    let mut failure = taken.then_some("EMAIL_ALREADY_EXISTS");
    if failure.is_none() && of.put_tags(&account, creation.tags).is_err() {
        failure = Some("INTERNAL_FAILURE");
    }
    let outcome = match failure {
        Some(reason) => CreationOutcome::Failed { reason, at },
        None => CreationOutcome::Succeeded { account: account.clone(), at },
    };
    of.creations.entry(request.to_owned()).and_modify(|creation| creation.outcome = outcome);
    if failure.is_some() {
        return;
    }
    let made = Account {
        name: creation.account_name,
        email: creation.email,
        parent: of.root.clone(),
        state: AccountState::Active,
        joined_method: "CREATED",
        joined: at,
    };
    of.accounts.insert(account.clone(), made);
    of.policies.welcome(&account);
    let management = of.management.clone();
    world.organization.membership.insert(account.clone(), organization.to_owned());
    identity::make_organization_access_role(world, &account, &creation.role_name, &management);
    identity::ensure_service_linked_role(world, &account, ServiceLinked::Organizations);
    default_vpc::account_born(world, &account);
}

fn fresh_account_id(world: &mut World) -> String {
    loop {
        let id = world.dice.digits(12);
        if !world.organization.exists(&id) && !world.organization.gone.contains(&id) {
            return id;
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreationRequest {
    create_account_request_id: String,
}

pub(super) fn describe_creation(
    world: &mut World,
    caller: &Caller,
    request: CreationRequest,
) -> Result<CreationStatus, AwsError> {
    let id = request.create_account_request_id;
    let creation = as_reader(world, caller)?.creations.get(&id);
    let message = "We can't find a create account request with the CreateAccountRequestId that you specified.";
    let creation = creation.ok_or_else(|| AwsError::new("CreateAccountStatusNotFoundException", message))?;
    Ok(CreationStatus { create_account_status: ShownCreation::of(id, creation) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListCreationsRequest {
    #[serde(default)]
    states: Vec<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreationList {
    create_account_statuses: Vec<ShownCreation>,
    next_token: Option<String>,
}

pub(super) fn list_creations(
    world: &mut World,
    caller: &Caller,
    request: ListCreationsRequest,
) -> Result<CreationList, AwsError> {
    let all = as_reader(world, caller)?.creations.iter();
    let shown = all.map(|(id, creation)| (id.clone(), ShownCreation::of(id.clone(), creation)));
    let wanted = |state: &str| request.states.is_empty() || request.states.iter().any(|wanted| wanted == state);
    let creations = shown.filter(|(_, creation)| wanted(creation.state)).collect();
    let list = format!("creations {}", request.states.join(" "));
    let page = page(world, &list, creations, request.max_results, request.next_token)?;
    Ok(CreationList { create_account_statuses: page.items, next_token: page.next_token })
}
