//! Organizations: who belongs to the organization, and where in it.

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types;

use super::trip::Trip;
use crate::api::answer::{self, Thing};
use crate::api::{ApiError, Items, Page};
use crate::model::{Account, AccountId, Organization, OrganizationalUnit, Tags};

pub(super) async fn describe_organization(client: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = client.describe_organization().customize().config_override(trip.organizations());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("DescribeOrganization", Some("answer")).has("Organization", answer.organization())?;
    let thing = Thing::new("organization", seen.id());
    let organization = Organization {
        id: thing.name("Id", seen.id())?,
        management_account: thing.name("MasterAccountId", seen.master_account_id())?,
    };
    Ok(Page { items: Items::Organization(vec![organization]), next: None })
}

pub(super) async fn list_accounts(client: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = client
        .list_accounts()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.organizations());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("ListAccounts", Some("answer")).has("Accounts", answer.accounts)?;
    accounts(&seen, answer.next_token)
}

pub(super) async fn list_accounts_for_parent(client: &Client, trip: &Trip<'_>, parent: &str) -> Result<Page, ApiError> {
    let call = client
        .list_accounts_for_parent()
        .parent_id(parent)
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.organizations());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("ListAccountsForParent", Some(parent)).has("Accounts", answer.accounts)?;
    accounts(&seen, answer.next_token)
}

pub(super) async fn list_roots(client: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = client
        .list_roots()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.organizations());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("ListRoots", Some("answer")).has("Roots", answer.roots)?;
    let roots = seen.iter().map(|root| unit("root", root.id(), root.name())).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Units(roots), next: answer::next(answer.next_token) })
}

pub(super) async fn list_units(client: &Client, trip: &Trip<'_>, parent: &str) -> Result<Page, ApiError> {
    let call = client
        .list_organizational_units_for_parent()
        .parent_id(parent)
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.organizations());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("ListOrganizationalUnitsForParent", Some(parent));
    let seen = list.has("OrganizationalUnits", answer.organizational_units)?;
    let units =
        seen.iter().map(|seen| unit("organizational unit", seen.id(), seen.name())).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Units(units), next: answer::next(answer.next_token) })
}

pub(super) async fn list_tags(client: &Client, trip: &Trip<'_>, account: &AccountId) -> Result<Page, ApiError> {
    let call = client
        .list_tags_for_resource()
        .resource_id(account.as_str())
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.organizations());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let thing = Thing::new("account", Some(account.as_str()));
    let seen = thing.has("Tags", answer.tags)?;
    let tags = thing.tags(seen.iter().map(|tag| (Some(tag.key()), Some(tag.value()))))?;
    Ok(Page { items: Items::AccountTags(vec![tags]), next: answer::next(answer.next_token) })
}

fn accounts(seen: &[types::Account], next: Option<String>) -> Result<Page, ApiError> {
    let accounts = seen.iter().map(account).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Accounts(accounts), next: answer::next(next) })
}

fn account(seen: &types::Account) -> Result<Account, ApiError> {
    let thing = Thing::new("account", seen.id());
    let state = seen.state().map(types::AccountState::as_str);
    let status = seen.status().map(types::AccountStatus::as_str);
    Ok(Account {
        id: thing.name("Id", seen.id())?,
        name: thing.text("Name", seen.name())?,
        state: thing.account_state(state, status)?,
        ou: None,
        tags: Tags::new(),
    })
}

fn unit(kind: &'static str, id: Option<&str>, name: Option<&str>) -> Result<OrganizationalUnit, ApiError> {
    let thing = Thing::new(kind, id);
    Ok(OrganizationalUnit { id: thing.text("Id", id)?, name: thing.text("Name", name)? })
}
