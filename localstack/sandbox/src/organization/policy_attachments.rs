//! Which service control policies are attached to what, and whether the type is enabled at all.

use serde::{Deserialize, Serialize};

use super::listing::page;
use super::policies::{PolicyList, check_type, no_policy};
use super::units::{OneRoot, ShownRoot};
use super::{Empty, Organization, as_management, as_reader, violates};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The most policies of the type on one target ("Quotas for AWS Organizations").
const MOST_ATTACHED: usize = 5;

impl Organization {
    fn check_policy_target(&self, id: &str) -> Result<(), AwsError> {
        if self.is_parent(id) || self.accounts.contains_key(id) {
            return Ok(());
        }
        let message = "We can't find a root, OU, account, or policy with the TargetId that you specified.";
        Err(AwsError::new("TargetNotFoundException", message))
    }

    /// Lists everything that a policy may be attached to.
    fn targets(&self) -> Vec<String> {
        let below = self.units.keys().chain(self.accounts.keys());
        std::iter::once(&self.root).chain(below).cloned().collect()
    }
}

fn not_enabled() -> AwsError {
    let message = "This operation can be performed only for enabled policy types.";
    AwsError::new("PolicyTypeNotEnabledException", message)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AttachmentRequest {
    policy_id: String,
    target_id: String,
}

pub(super) fn attach(world: &mut World, caller: &Caller, request: AttachmentRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    organization.policies.document(&request.policy_id).ok_or_else(no_policy)?;
    organization.check_policy_target(&request.target_id)?;
    if !organization.policies.enabled {
        return Err(not_enabled());
    }
    let held = organization.policies.attached.entry(request.target_id).or_default();
    if held.contains(&request.policy_id) {
        let message = "The selected policy is already attached to the specified target.";
        return Err(AwsError::new("DuplicatePolicyAttachmentException", message));
    }
    if held.len() >= MOST_ATTACHED {
        let message = "You have exceeded the number of policies attached to an entity.";
        return Err(violates("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message));
    }
    held.insert(request.policy_id);
    Ok(Empty {})
}

pub(super) fn detach(world: &mut World, caller: &Caller, request: AttachmentRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    organization.policies.document(&request.policy_id).ok_or_else(no_policy)?;
    organization.check_policy_target(&request.target_id)?;
    let held = organization.policies.attached.get_mut(&request.target_id);
    let held = held.filter(|held| held.contains(&request.policy_id)).ok_or_else(|| {
        AwsError::new("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    })?;
    if held.len() == 1 {
        let message = "You can't remove the last service control policy that is attached to an entity.";
        return Err(violates("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message));
    }
    held.remove(&request.policy_id);
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListForTargetRequest {
    target_id: String,
    filter: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

pub(super) fn list_for_target(
    world: &mut World,
    caller: &Caller,
    request: ListForTargetRequest,
) -> Result<PolicyList, AwsError> {
    check_type(&request.filter)?;
    let organization = as_reader(world, caller)?;
    organization.check_policy_target(&request.target_id)?;
    let held = organization.policies.attached.get(&request.target_id).into_iter().flatten();
    let found = held.filter_map(|id| Some((id.clone(), organization.summary(id)?))).collect();
    let list = format!("policies of {}", request.target_id);
    let page = page(world, &list, found, request.max_results, request.next_token)?;
    Ok(PolicyList { policies: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListTargetsRequest {
    policy_id: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TargetList {
    targets: Vec<Target>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    target_id: String,
    arn: Option<String>,
    name: String,
    r#type: &'static str,
}

pub(super) fn list_targets(
    world: &mut World,
    caller: &Caller,
    request: ListTargetsRequest,
) -> Result<TargetList, AwsError> {
    let organization = as_reader(world, caller)?;
    organization.policies.document(&request.policy_id).ok_or_else(no_policy)?;
    let holding = organization.policies.attached.iter().filter(|(_, held)| held.contains(&request.policy_id));
    let target = |id: &String| {
        let account = organization.accounts.get(id).map(|it| (it.name.clone(), "ACCOUNT"));
        let unit = || organization.units.get(id).map(|it| (it.name.clone(), "ORGANIZATIONAL_UNIT"));
        let (name, r#type) = account.or_else(unit).unwrap_or_else(|| ("Root".to_owned(), "ROOT"));
        Target { target_id: id.clone(), arn: organization.arn_of(id), name, r#type }
    };
    let found = holding.map(|(id, _)| (id.clone(), target(id))).collect();
    let list = format!("targets of {}", request.policy_id);
    let page = page(world, &list, found, request.max_results, request.next_token)?;
    Ok(TargetList { targets: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TypeRequest {
    root_id: String,
    policy_type: String,
}

fn check_root(organization: &Organization, id: &str) -> Result<(), AwsError> {
    if organization.root == id {
        return Ok(());
    }
    Err(AwsError::new("RootNotFoundException", "We can't find a root with the RootId that you specified."))
}

/// Enables service control policies; from then on everything has the one that allows everything.
pub(super) fn enable_type(world: &mut World, caller: &Caller, request: TypeRequest) -> Result<OneRoot, AwsError> {
    check_type(&request.policy_type)?;
    let organization = as_management(world, caller)?;
    check_root(organization, &request.root_id)?;
    if !organization.all_features {
        let message = "You can't use the policy type: the organization does not have all features enabled.";
        return Err(AwsError::new("PolicyTypeNotAvailableForOrganizationException", message));
    }
    if organization.policies.enabled {
        let message = "The specified policy type is already enabled in the specified root.";
        return Err(AwsError::new("PolicyTypeAlreadyEnabledException", message));
    }
    organization.policies.enabled = true;
    for target in organization.targets() {
        organization.policies.welcome(&target);
    }
    Ok(OneRoot { root: ShownRoot::of(organization) })
}

/// Disables service control policies; all are detached.
pub(super) fn disable_type(world: &mut World, caller: &Caller, request: TypeRequest) -> Result<OneRoot, AwsError> {
    check_type(&request.policy_type)?;
    let organization = as_management(world, caller)?;
    check_root(organization, &request.root_id)?;
    if !organization.policies.enabled {
        return Err(not_enabled());
    }
    organization.policies.enabled = false;
    organization.policies.attached.clear();
    Ok(OneRoot { root: ShownRoot::of(organization) })
}
