//! Service-linked roles: made by a service on first use or by hand, and deleted only when the service needs them no more.
//!
//! The one that matters to networks is AWSServiceRoleForVPCTransitGateway: it comes to be with an account's first
//! transit gateway VPC attachment, and without it an attachment ends `failed` ("Service-linked roles for transit
//! gateways", VPC guide). Deleting one is a task: it is asked for, and some time later it is done, or has failed and says
//! what still uses the role (IAM API, DeleteServiceLinkedRole).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Event;
use super::authorization::{self, Asked};
use super::policy::keys::Context;
use super::roles::{OneRole, new_role, no_role};
use crate::call::{AwsError, Caller};
use crate::network::vpc_attachment::VpcAttachment;
use crate::world::{self, World};

/// A deletion takes some seconds: no figure is published.
const DELETION_SECONDS: f64 = 10.0;

/// What a service-linked role is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceLinked {
    TransitGateway,
    ResourceAccessManager,
    Organizations,
}

impl ServiceLinked {
    const ALL: [ServiceLinked; 3] =
        [ServiceLinked::TransitGateway, ServiceLinked::ResourceAccessManager, ServiceLinked::Organizations];

    /// Finds what is linked to a service.
    pub fn to(service: &str) -> Option<ServiceLinked> {
        Self::ALL.into_iter().find(|linked| linked.service() == service)
    }

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

    /// Returns the ARN of the role in an account, whether or not it is there.
    pub fn role_arn(self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role/aws-service-role/{}/{}", self.service(), self.role_name())
    }

    /// Lists, by Region, the ARNs of what keeps the role from being deleted; an empty Region for what has none.
    fn used_by(self, world: &World, account: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        match self {
            ServiceLinked::TransitGateway => {
                let attachments = world.network.vpc_attachments.iter();
                for it in attachments.filter(|it| it.vpc_owner == account && !it.state.is_over()) {
                    used.entry(it.region.clone()).or_default().insert(attachment_arn(it));
                }
            }
            ServiceLinked::ResourceAccessManager => {
                if let Some(organization) = world.sharing.shares_within_organization_of(world, account) {
                    used.entry(super::GLOBAL_REGION.to_owned()).or_default().insert(organization);
                }
            }
            ServiceLinked::Organizations => {
                let organization = world.organization.organization_of(account);
                let organization = organization.and_then(|id| world.organization.organization(&id));
                if let Some(organization) = organization {
                    used.entry(super::GLOBAL_REGION.to_owned()).or_default().insert(organization.account_arn(account));
                }
            }
        }
        used
    }
}

fn attachment_arn(attachment: &VpcAttachment) -> String {
    let (region, owner, id) = (&attachment.region, &attachment.vpc_owner, &attachment.id);
    format!("arn:aws:ec2:{region}:{owner}:transit-gateway-attachment/{id}")
}

/// A deletion that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Deletion {
    account: String,
    linked: ServiceLinked,
    outcome: Option<BTreeMap<String, BTreeSet<String>>>,
}

/// Makes a service's role in an account unless it is there, as services do on first use. Where the sandbox is told that
/// attachments fail, transit gateways' role is not made: that is why they fail there.
pub fn ensure_service_linked_role(world: &mut World, account: &str, linked: ServiceLinked) {
    if world.identity.role(account, linked.role_name()).is_some() || cannot_be_made(world, account, linked) {
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

fn cannot_be_made(world: &World, account: &str, linked: ServiceLinked) -> bool {
    linked == ServiceLinked::TransitGateway && world.network.switches.attachments_fail_in.contains(account)
}

/// Says whether an attachment of an account's VPC can come to be: the role of transit gateways is there, and the
/// sandbox is not told that attachments fail in the account.
pub fn attachments_can_be_made(world: &World, account: &str) -> bool {
    let linked = ServiceLinked::TransitGateway;
    !cannot_be_made(world, account, linked) && world.identity.role(account, linked.role_name()).is_some()
}

/// Makes the role of transit gateways on behalf of whoever makes an attachment, if that caller may make it. If not, the
/// attachment will fail.
pub fn make_transit_gateway_role(world: &mut World, caller: &Caller) {
    let linked = ServiceLinked::TransitGateway;
    if world.identity.role(&caller.account, linked.role_name()).is_none() {
        let (account, service) = (&caller.account, linked.service());
        let mut context = Context::default();
        context.put("aws:ResourceAccount", account);
        context.put("iam:AWSServiceName", service);
        let resource = linked.role_arn(account);
        let asked = Asked { action: "iam:CreateServiceLinkedRole".to_owned(), resource, context };
        if authorization::may(world, caller, &asked) {
            ensure_service_linked_role(world, account, linked);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateRequest {
    #[serde(rename = "AWSServiceName")]
    service: String,
    #[serde(rename = "Description")]
    description: Option<String>,
}

pub(super) fn create(world: &mut World, caller: &Caller, request: CreateRequest) -> Result<OneRole, AwsError> {
    let linked = ServiceLinked::to(&request.service)
        .ok_or_else(|| AwsError::not_modelled(format!("a role linked to {}", request.service)))?;
    let name = linked.role_name();
    if world.identity.role(&caller.account, name).is_some() {
        let message =
            format!("Service role name {name} has been taken in this account, please try a different suffix.");
        return Err(AwsError::new("InvalidInput", message));
    }
    if cannot_be_made(world, &caller.account, linked) {
        let message = format!(
            "User: {} is not authorized to perform: iam:CreateServiceLinkedRole on resource: \
             arn:aws:iam::{}:role/aws-service-role/{}/{name} with an explicit deny in a service control policy",
            super::caller_arn(caller),
            caller.account,
            linked.service()
        );
        return Err(AwsError::new("AccessDenied", message).with_status(403));
    }
    ensure_service_linked_role(world, &caller.account, linked);
    let role = world.identity.role_mut(&caller.account, name)?;
    role.description = request.description;
    Ok(OneRole { role: role.shown() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteRequest {
    role_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeletionTask {
    deletion_task_id: String,
}

/// Asks for a deletion. While one is under way, asking again names the same task.
pub(super) fn delete(world: &mut World, caller: &Caller, request: DeleteRequest) -> Result<DeletionTask, AwsError> {
    let name = request.role_name;
    let linked = ServiceLinked::ALL.into_iter().find(|linked| linked.role_name() == name);
    let role = world.identity.role(&caller.account, &name).ok_or_else(|| no_role(&name))?;
    let Some(linked) = linked.filter(|_| role.path.starts_with("/aws-service-role/")) else {
        let message = format!("The role {name} is not a service-linked role.");
        return Err(AwsError::new("InvalidInput", message));
    };
    let mut tasks = world.identity.deletions.iter();
    let under_way = tasks.find(|(_, it)| it.account == caller.account && it.linked == linked && it.outcome.is_none());
    if let Some((id, _)) = under_way {
        return Ok(DeletionTask { deletion_task_id: id.clone() });
    }
    let id = format!("task/aws-service-role/{}/{name}/{}", linked.service(), world.dice.uuid());
    let deletion = Deletion { account: caller.account.clone(), linked, outcome: None };
    world.identity.deletions.insert(id.clone(), deletion);
    world.later(DELETION_SECONDS, world::Event::Identity(Event::LinkedRoleDeleted(id.clone())));
    Ok(DeletionTask { deletion_task_id: id })
}

/// Ends a deletion: the role goes unless something still uses it.
pub(super) fn finish_deletion(world: &mut World, id: &str) {
    let Some(deletion) = world.identity.deletions.get(id).cloned() else { return };
    let used = deletion.linked.used_by(world, &deletion.account);
    if used.is_empty()
        && let Some(account) = world.identity.accounts.get_mut(&deletion.account)
    {
        account.roles.remove(deletion.linked.role_name());
    }
    if let Some(deletion) = world.identity.deletions.get_mut(id) {
        deletion.outcome = Some(used);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StatusRequest {
    deletion_task_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeletionStatus {
    status: &'static str,
    reason: Option<Reason>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reason {
    reason: String,
    role_usage_list: Vec<Usage>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Usage {
    region: String,
    resources: BTreeSet<String>,
}

pub(super) fn deletion_status(
    world: &mut World,
    caller: &Caller,
    request: StatusRequest,
) -> Result<DeletionStatus, AwsError> {
    let id = request.deletion_task_id;
    let deletion = world.identity.deletions.get(&id).filter(|it| it.account == caller.account);
    let deletion = deletion.ok_or_else(|| {
        AwsError::new("NoSuchEntity", format!("The deletion task {id} cannot be found.")).with_status(404)
    })?;
    Ok(match &deletion.outcome {
        None => DeletionStatus { status: "IN_PROGRESS", reason: None },
        Some(used) if used.is_empty() => DeletionStatus { status: "SUCCEEDED", reason: None },
        Some(used) => {
            let usage = used.iter().map(|(region, arns)| Usage { region: region.clone(), resources: arns.clone() });
            let reason = format!("{} is in use by {}.", deletion.linked.role_name(), deletion.linked.service());
            let reason = Reason { reason, role_usage_list: usage.collect() };
            DeletionStatus { status: "FAILED", reason: Some(reason) }
        }
    })
}

#[cfg(test)]
#[path = "linked_tests.rs"]
mod tests;
