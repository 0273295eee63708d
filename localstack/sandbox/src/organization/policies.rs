//! Service control policies: what the members of an organization may do at most.
//!
//! They are attached to the root, to units and to accounts, once the type is enabled on the root; then everything has
//! `FullAWSAccess` until somebody takes it away. At each level from the root down to the account some policy must allow,
//! and none may deny. The management account is never held. ("SCP evaluation", Organizations User Guide.) Of the types
//! of policies there is this one alone. What is attached to what is in [`policy_attachments`](super::policy_attachments).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::listing::page;
use super::tags::Tag;
use super::{Empty, Organization, Organizations, as_management, as_reader, violates};
use crate::call::{AwsError, Caller};
use crate::identity::policy::{Policy, size};
use crate::world::World;

pub(super) const TYPE: &str = "SERVICE_CONTROL_POLICY";
/// The id of the policy that allows everything; it is AWS's own.
const FULL_ACCESS: &str = "p-FullAWSAccess";
const FULL_ACCESS_DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// The longest document in characters, and the most policies in an organization ("Quotas for AWS Organizations").
const LONGEST: usize = 5120;
const MOST: usize = 2000;

/// The policies of an organization.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policies {
    pub(super) enabled: bool,
    own: BTreeMap<String, OwnPolicy>,
    /// Policies by the id of root, unit or account; kept up while the type is enabled.
    pub(super) attached: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug)]
struct OwnPolicy {
    name: String,
    description: String,
    document: Policy,
}

fn full_access() -> &'static Policy {
    static FULL: OnceLock<Policy> = OnceLock::new();
    FULL.get_or_init(|| Policy::read(FULL_ACCESS_DOCUMENT).expect("a policy that allows everything"))
}

impl Policies {
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    pub(super) fn document(&self, id: &str) -> Option<&Policy> {
        if id == FULL_ACCESS { Some(full_access()) } else { self.own.get(id).map(|policy| &policy.document) }
    }

    /// Gives a new unit or account what everything new has.
    pub fn welcome(&mut self, target: &str) {
        if self.enabled {
            self.attached.entry(target.to_owned()).or_default().insert(FULL_ACCESS.to_owned());
        }
    }

    pub fn forget(&mut self, target: &str) {
        self.attached.remove(target);
    }
}

impl Organizations {
    /// Lists the service control policies that hold an account, by level from the root down to the account itself; none
    /// where none count.
    pub fn service_control_policies(&self, account: &str) -> Vec<Vec<&Policy>> {
        let organization = self.membership.get(account).and_then(|id| self.organizations.get(id));
        let Some(organization) = organization.filter(|it| it.policies.enabled && it.management != account) else {
            return Vec::new();
        };
        let policies = &organization.policies;
        let mut levels = self.ou_path(account);
        levels.push(account.to_owned());
        let of = |target: &String| {
            let ids = policies.attached.get(target).into_iter().flatten();
            ids.filter_map(|id| policies.document(id)).collect()
        };
        levels.iter().map(of).collect()
    }
}

impl Organization {
    fn policy_arn(&self, id: &str) -> String {
        if id == FULL_ACCESS {
            return format!("arn:aws:organizations::aws:policy/service_control_policy/{id}");
        }
        format!("arn:aws:organizations::{}:policy/{}/service_control_policy/{id}", self.management, self.id)
    }

    /// Returns the ARN of a root, unit, account or policy by its id.
    pub fn arn_of(&self, id: &str) -> Option<String> {
        if id == self.root {
            Some(self.root_arn())
        } else if self.units.contains_key(id) {
            Some(self.unit_arn(id))
        } else if self.accounts.contains_key(id) {
            Some(self.account_arn(id))
        } else {
            self.policies.document(id).map(|_| self.policy_arn(id))
        }
    }

    pub(super) fn summary(&self, id: &str) -> Option<Summary> {
        let own = self.policies.own.get(id);
        if own.is_none() && id != FULL_ACCESS {
            return None;
        }
        Some(Summary {
            id: id.to_owned(),
            arn: self.policy_arn(id),
            name: own.map_or("FullAWSAccess", |policy| &policy.name).to_owned(),
            description: own.map_or("Allows access to every operation", |policy| &policy.description).to_owned(),
            r#type: TYPE,
            aws_managed: own.is_none(),
        })
    }

    fn shown_policy(&self, id: &str) -> Result<OnePolicy, AwsError> {
        let document = self.policies.document(id).ok_or_else(no_policy)?;
        let policy_summary = self.summary(id).ok_or_else(no_policy)?;
        Ok(OnePolicy { policy: Shown { policy_summary, content: document.text.clone() } })
    }
}

pub(super) fn no_policy() -> AwsError {
    AwsError::new("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
}

pub(super) fn check_type(kind: &str) -> Result<(), AwsError> {
    if kind == TYPE { Ok(()) } else { Err(AwsError::not_modelled(format!("the policy type {kind}"))) }
}

fn read(text: &str) -> Result<Policy, AwsError> {
    if size(text) > LONGEST {
        return Err(violates("POLICY_CONTENT_LIMIT_EXCEEDED", "You have exceeded the policy size limit."));
    }
    Policy::read(text).map_err(|error| match error.code.as_str() {
        "MalformedPolicyDocument" => AwsError { code: "MalformedPolicyDocumentException".to_owned(), ..error },
        _ => error,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Summary {
    id: String,
    arn: String,
    name: String,
    description: String,
    r#type: &'static str,
    aws_managed: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    policy_summary: Summary,
    content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnePolicy {
    policy: Shown,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateRequest {
    content: String,
    description: String,
    name: String,
    r#type: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create(world: &mut World, caller: &Caller, request: CreateRequest) -> Result<OnePolicy, AwsError> {
    check_type(&request.r#type)?;
    let suffix = world.dice.letters(8);
    let organization = as_management(world, caller)?;
    if !organization.all_features {
        let message = "You can't use the policy type: the organization does not have all features enabled.";
        return Err(AwsError::new("PolicyTypeNotAvailableForOrganizationException", message));
    }
    let document = read(&request.content)?;
    check_name(organization, None, &request.name)?;
    if organization.policies.own.len() >= MOST {
        return Err(violates("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of policies."));
    }
    let id = format!("p-{suffix}");
    organization.put_tags(&id, request.tags)?;
    let policy = OwnPolicy { name: request.name, description: request.description, document };
    organization.policies.own.insert(id.clone(), policy);
    organization.shown_policy(&id)
}

fn check_name(organization: &Organization, except: Option<&str>, name: &str) -> Result<(), AwsError> {
    let mut others = organization.policies.own.iter().filter(|(id, _)| Some(id.as_str()) != except);
    if others.any(|(_, policy)| policy.name == name) {
        return Err(AwsError::new("DuplicatePolicyException", "A policy with the same name already exists."));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateRequest {
    policy_id: String,
    name: Option<String>,
    description: Option<String>,
    content: Option<String>,
}

pub(super) fn update(world: &mut World, caller: &Caller, request: UpdateRequest) -> Result<OnePolicy, AwsError> {
    let organization = as_management(world, caller)?;
    let id = request.policy_id;
    check_own(organization, &id)?;
    let document = request.content.as_deref().map(read).transpose()?;
    if let Some(name) = &request.name {
        check_name(organization, Some(&id), name)?;
    }
    let policy = organization.policies.own.get_mut(&id).ok_or_else(no_policy)?;
    policy.name = request.name.unwrap_or_else(|| policy.name.clone());
    policy.description = request.description.unwrap_or_else(|| policy.description.clone());
    policy.document = document.unwrap_or_else(|| policy.document.clone());
    organization.shown_policy(&id)
}

/// Checks that a policy is the organization's own: AWS's can be neither changed nor deleted.
fn check_own(organization: &Organization, id: &str) -> Result<(), AwsError> {
    if organization.policies.own.contains_key(id) {
        return Ok(());
    }
    if id == FULL_ACCESS {
        let message = "You can't modify or delete a policy that is managed by AWS. (IMMUTABLE_POLICY)";
        return Err(AwsError::new("InvalidInputException", message));
    }
    Err(no_policy())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PolicyRequest {
    policy_id: String,
}

pub(super) fn delete(world: &mut World, caller: &Caller, request: PolicyRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    check_own(organization, &request.policy_id)?;
    if organization.policies.attached.values().any(|held| held.contains(&request.policy_id)) {
        let message = "The policy is attached to one or more entities. You must detach it before you delete it.";
        return Err(AwsError::new("PolicyInUseException", message));
    }
    organization.policies.own.remove(&request.policy_id);
    organization.tags.remove(&request.policy_id);
    Ok(Empty {})
}

pub(super) fn describe(world: &mut World, caller: &Caller, request: PolicyRequest) -> Result<OnePolicy, AwsError> {
    as_reader(world, caller)?.shown_policy(&request.policy_id)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRequest {
    filter: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyList {
    pub policies: Vec<Summary>,
    pub next_token: Option<String>,
}

pub(super) fn list(world: &mut World, caller: &Caller, request: ListRequest) -> Result<PolicyList, AwsError> {
    check_type(&request.filter)?;
    let organization = as_reader(world, caller)?;
    let full = FULL_ACCESS.to_owned();
    let ids = std::iter::once(&full).chain(organization.policies.own.keys());
    let mut found: Vec<_> = ids.filter_map(|id| Some((id.clone(), organization.summary(id)?))).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let page = page(world, "policies", found, request.max_results, request.next_token)?;
    Ok(PolicyList { policies: page.items, next_token: page.next_token })
}
