//! Trusted access of services, and delegated administrators.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::accounts::ShownAccount;
use super::listing::page;
use super::{AccountState, Empty, as_management, as_reader, invalid, no_account, violates};
use crate::call::{AwsError, Caller};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ServiceRequest {
    service_principal: String,
}

pub(super) fn enable_service_access(
    world: &mut World,
    caller: &Caller,
    request: ServiceRequest,
) -> Result<Empty, AwsError> {
    let now = world.now;
    let organization = as_management(world, caller)?;
    if !organization.all_features {
        return Err(violates("ALL_FEATURES_REQUIRED", "Your organization must have all features enabled."));
    }
    if !request.service_principal.ends_with(".amazonaws.com") {
        let message = "You specified an unrecognized service principal.";
        return Err(invalid("UNRECOGNIZED_SERVICE_PRINCIPAL", message));
    }
    organization.services.entry(request.service_principal).or_insert(now);
    Ok(Empty {})
}

/// Takes a service's access away; what it did for the organization ends. Its delegated administrators stay until they
/// are deregistered, so such a service is refused.
pub(super) fn disable_service_access(
    world: &mut World,
    caller: &Caller,
    request: ServiceRequest,
) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    let service = request.service_principal;
    if organization.delegated.values().any(|services| services.contains_key(&service)) {
        let message = "You must deregister the service's delegated administrators first.";
        return Err(violates("DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", message));
    }
    organization.services.remove(&service);
    let id = organization.id.clone();
    if service == crate::sharing::principal::SERVICE {
        world.sharing.stop_sharing_within(&id);
    }
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRequest {
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ServiceList {
    enabled_service_principals: Vec<EnabledService>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnabledService {
    service_principal: String,
    date_enabled: Timestamp,
}

pub(super) fn list_service_access(
    world: &mut World,
    caller: &Caller,
    request: ListRequest,
) -> Result<ServiceList, AwsError> {
    let services = &as_reader(world, caller)?.services;
    let services = services.iter().map(|(service, since)| {
        (service.clone(), EnabledService { service_principal: service.clone(), date_enabled: *since })
    });
    let services = services.collect();
    let page = page(world, "services", services, request.max_results, request.next_token)?;
    Ok(ServiceList { enabled_service_principals: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DelegationRequest {
    account_id: String,
    service_principal: String,
}

/// Makes a member a service's delegated administrator.
///
/// # Errors
/// `ConstraintViolationException` for the management account, a closed account, or a service without trusted access;
/// `AccountAlreadyRegisteredException`.
pub(super) fn register(world: &mut World, caller: &Caller, request: DelegationRequest) -> Result<Empty, AwsError> {
    let now = world.now;
    let organization = as_management(world, caller)?;
    let account = organization.accounts.get(&request.account_id).ok_or_else(no_account)?;
    if request.account_id == organization.management {
        let message = "You can't register the management account as a delegated administrator.";
        return Err(violates("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", message));
    }
    if account.state != AccountState::Active {
        let message = "You can't register a suspended account as a delegated administrator.";
        return Err(violates("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", message));
    }
    if !organization.services.contains_key(&request.service_principal) {
        let message = "You must enable service access before you register a delegated administrator.";
        return Err(violates("SERVICE_ACCESS_NOT_ENABLED", message));
    }
    let services = organization.delegated.entry(request.account_id).or_default();
    if services.contains_key(&request.service_principal) {
        let message = "The specified account is already a delegated administrator for this AWS service.";
        return Err(AwsError::new("AccountAlreadyRegisteredException", message));
    }
    services.insert(request.service_principal, now);
    Ok(Empty {})
}

pub(super) fn deregister(world: &mut World, caller: &Caller, request: DelegationRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    if !organization.accounts.contains_key(&request.account_id) {
        return Err(no_account());
    }
    let services = organization.delegated.get_mut(&request.account_id);
    let removed = services.and_then(|services| services.remove(&request.service_principal));
    if removed.is_none() {
        let message = "The specified account is not a delegated administrator for this AWS service.";
        return Err(AwsError::new("AccountNotRegisteredException", message));
    }
    organization.delegated.retain(|_, services| !services.is_empty());
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAdministratorsRequest {
    service_principal: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdministratorList {
    delegated_administrators: Vec<Administrator>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Administrator {
    #[serde(flatten)]
    account: ShownAccount,
    delegation_enabled_date: Timestamp,
}

pub(super) fn list_administrators(
    world: &mut World,
    caller: &Caller,
    request: ListAdministratorsRequest,
) -> Result<AdministratorList, AwsError> {
    let status_retired = world.organization.status_retired;
    let organization = as_reader(world, caller)?;
    let wanted = request.service_principal.as_deref();
    let administrators = organization.delegated.iter().filter_map(|(id, services)| {
        let services = services.iter().filter(|(service, _)| wanted.is_none_or(|wanted| wanted == service.as_str()));
        let since = services.map(|(_, since)| *since).min()?;
        let account = ShownAccount::of(organization, id, status_retired)?;
        Some((id.clone(), Administrator { account, delegation_enabled_date: since }))
    });
    let administrators = administrators.collect();
    let list = format!("administrators of {}", wanted.unwrap_or("any"));
    let page = page(world, &list, administrators, request.max_results, request.next_token)?;
    Ok(AdministratorList { delegated_administrators: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListDelegatedServicesRequest {
    account_id: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DelegatedServiceList {
    delegated_services: Vec<DelegatedService>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DelegatedService {
    service_principal: String,
    delegation_enabled_date: Timestamp,
}

/// Lists the services that an account is a delegated administrator of.
///
/// # Errors
/// `AccountNotFoundException`, `AccountNotRegisteredException` for one that is none.
pub(super) fn list_delegated_services(
    world: &mut World,
    caller: &Caller,
    request: ListDelegatedServicesRequest,
) -> Result<DelegatedServiceList, AwsError> {
    let organization = as_reader(world, caller)?;
    if !organization.accounts.contains_key(&request.account_id) {
        return Err(no_account());
    }
    let services = organization.delegated.get(&request.account_id).ok_or_else(|| {
        let message = "The specified account is not a delegated administrator for any AWS service.";
        AwsError::new("AccountNotRegisteredException", message)
    })?;
    let services = services.iter().map(|(service, since)| {
        let row = DelegatedService { service_principal: service.clone(), delegation_enabled_date: *since };
        (service.clone(), row)
    });
    let (list, services) = (format!("services of {}", request.account_id), services.collect());
    let page = page(world, &list, services, request.max_results, request.next_token)?;
    Ok(DelegatedServiceList { delegated_services: page.items, next_token: page.next_token })
}
