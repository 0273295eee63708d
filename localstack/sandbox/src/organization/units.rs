//! The tree: one root, organizational units under it.

use serde::{Deserialize, Serialize};

use super::listing::page;
use super::structure::Unit;
use super::tags::Tag;
use super::{Empty, Organization, as_management, as_reader, policies, violates};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// How deep units may nest under the root, and how many there may be ("Quotas for AWS Organizations").
const DEEPEST: usize = 5;
const MOST: usize = 2000;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownUnit {
    id: String,
    arn: String,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneUnit {
    organizational_unit: ShownUnit,
}

impl Organization {
    fn shown_unit(&self, id: &str) -> Result<ShownUnit, AwsError> {
        let unit = self.units.get(id).ok_or_else(no_unit)?;
        Ok(ShownUnit { id: id.to_owned(), arn: self.unit_arn(id), name: unit.name.clone() })
    }

    pub(super) fn check_parent(&self, id: &str) -> Result<(), AwsError> {
        let missing = || AwsError::new("ParentNotFoundException", "You specified parent that doesn't exist.");
        if self.is_parent(id) { Ok(()) } else { Err(missing()) }
    }

    fn check_name(&self, parent: &str, name: &str) -> Result<(), AwsError> {
        if self.units.values().any(|unit| unit.parent == parent && unit.name == name) {
            let message = "An OU with the same name already exists.";
            return Err(AwsError::new("DuplicateOrganizationalUnitException", message));
        }
        Ok(())
    }
}

fn no_unit() -> AwsError {
    AwsError::new("OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateUnitRequest {
    parent_id: String,
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create_unit(world: &mut World, caller: &Caller, request: CreateUnitRequest) -> Result<OneUnit, AwsError> {
    let suffix = world.dice.letters(8);
    let organization = as_management(world, caller)?;
    organization.check_parent(&request.parent_id)?;
    organization.check_name(&request.parent_id, &request.name)?;
    // The path to the parent starts with the root, so its length is the depth of what is put under the parent.
    if organization.path_to(&request.parent_id).len() > DEEPEST {
        return Err(violates(
            "OU_DEPTH_LIMIT_EXCEEDED",
            "You have exceeded the nesting limit of organizational units.",
        ));
    }
    if organization.units.len() >= MOST {
        return Err(violates("OU_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of organizational units."));
    }
    let id = format!("ou-{}-{suffix}", organization.root.trim_start_matches("r-"));
    organization.put_tags(&id, request.tags)?;
    organization.units.insert(id.clone(), Unit { name: request.name, parent: request.parent_id });
    organization.policies.welcome(&id);
    Ok(OneUnit { organizational_unit: organization.shown_unit(&id)? })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UnitRequest {
    organizational_unit_id: String,
}

pub(super) fn describe_unit(world: &mut World, caller: &Caller, request: UnitRequest) -> Result<OneUnit, AwsError> {
    let organization = as_reader(world, caller)?;
    Ok(OneUnit { organizational_unit: organization.shown_unit(&request.organizational_unit_id)? })
}

pub(super) fn delete_unit(world: &mut World, caller: &Caller, request: UnitRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    let id = request.organizational_unit_id;
    if !organization.units.contains_key(&id) {
        return Err(no_unit());
    }
    let accounts = organization.accounts.values().any(|account| account.parent == id);
    if accounts || organization.units.values().any(|unit| unit.parent == id) {
        let message = "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.";
        return Err(AwsError::new("OrganizationalUnitNotEmptyException", message));
    }
    organization.units.remove(&id);
    organization.tags.remove(&id);
    organization.policies.forget(&id);
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateUnitRequest {
    organizational_unit_id: String,
    name: Option<String>,
}

pub(super) fn update_unit(world: &mut World, caller: &Caller, request: UpdateUnitRequest) -> Result<OneUnit, AwsError> {
    let organization = as_management(world, caller)?;
    let id = request.organizational_unit_id;
    let unit = organization.units.get(&id).ok_or_else(no_unit)?;
    if let Some(name) = request.name.filter(|name| *name != unit.name) {
        let parent = unit.parent.clone();
        organization.check_name(&parent, &name)?;
        organization.units.insert(id.clone(), Unit { name, parent });
    }
    Ok(OneUnit { organizational_unit: organization.shown_unit(&id)? })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRootsRequest {
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RootList {
    roots: Vec<ShownRoot>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ShownRoot {
    id: String,
    arn: String,
    name: &'static str,
    policy_types: Vec<PolicyType>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyType {
    r#type: &'static str,
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneRoot {
    pub root: ShownRoot,
}

impl ShownRoot {
    pub(super) fn of(organization: &Organization) -> Self {
        let enabled = organization.policies.is_enabled();
        let policy_types = enabled.then_some(PolicyType { r#type: policies::TYPE, status: "ENABLED" });
        Self {
            id: organization.root.clone(),
            arn: organization.root_arn(),
            name: "Root",
            policy_types: policy_types.into_iter().collect(),
        }
    }
}

pub(super) fn list_roots(world: &mut World, caller: &Caller, request: ListRootsRequest) -> Result<RootList, AwsError> {
    let organization = as_reader(world, caller)?;
    let roots = vec![(organization.root.clone(), ShownRoot::of(organization))];
    let page = page(world, "roots", roots, request.max_results, request.next_token)?;
    Ok(RootList { roots: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListUnitsRequest {
    parent_id: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UnitList {
    organizational_units: Vec<ShownUnit>,
    next_token: Option<String>,
}

pub(super) fn list_units_for_parent(
    world: &mut World,
    caller: &Caller,
    request: ListUnitsRequest,
) -> Result<UnitList, AwsError> {
    let organization = as_reader(world, caller)?;
    organization.check_parent(&request.parent_id)?;
    let under = organization.units.iter().filter(|(_, unit)| unit.parent == request.parent_id);
    let units = under.map(|(id, _)| Ok((id.clone(), organization.shown_unit(id)?))).collect::<Result<_, AwsError>>()?;
    let list = format!("units of {}", request.parent_id);
    let page = page(world, &list, units, request.max_results, request.next_token)?;
    Ok(UnitList { organizational_units: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListChildrenRequest {
    parent_id: String,
    child_type: ChildType,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ChildType {
    Account,
    OrganizationalUnit,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChildList {
    children: Vec<Child>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    id: String,
    r#type: ChildType,
}

pub(super) fn list_children(
    world: &mut World,
    caller: &Caller,
    request: ListChildrenRequest,
) -> Result<ChildList, AwsError> {
    let organization = as_reader(world, caller)?;
    organization.check_parent(&request.parent_id)?;
    let parent = &request.parent_id;
    let (kind, ids): (&str, Vec<&String>) = match request.child_type {
        ChildType::Account => {
            let under = organization.accounts.iter().filter(|(_, account)| account.parent == *parent);
            ("accounts", under.map(|(id, _)| id).collect())
        }
        ChildType::OrganizationalUnit => {
            let under = organization.units.iter().filter(|(_, unit)| unit.parent == *parent);
            ("units", under.map(|(id, _)| id).collect())
        }
    };
    let children = ids.into_iter().map(|id| (id.clone(), Child { id: id.clone(), r#type: request.child_type }));
    let (list, children) = (format!("child {kind} of {parent}"), children.collect());
    let page = page(world, &list, children, request.max_results, request.next_token)?;
    Ok(ChildList { children: page.items, next_token: page.next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListParentsRequest {
    child_id: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ParentList {
    parents: Vec<Parent>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parent {
    id: String,
    r#type: &'static str,
}

/// Lists the one parent that an account or unit has.
pub(super) fn list_parents(
    world: &mut World,
    caller: &Caller,
    request: ListParentsRequest,
) -> Result<ParentList, AwsError> {
    let organization = as_reader(world, caller)?;
    let unit = organization.units.get(&request.child_id).map(|unit| &unit.parent);
    let account = organization.accounts.get(&request.child_id).map(|account| &account.parent);
    let parent = unit.or(account);
    let message = "You specified an organizational unit (OU) or account that doesn't exist.";
    let parent = parent.ok_or_else(|| AwsError::new("ChildNotFoundException", message))?;
    let r#type = if *parent == organization.root { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
    let parents = vec![(parent.clone(), Parent { id: parent.clone(), r#type })];
    let list = format!("parents of {}", request.child_id);
    let page = page(world, &list, parents, request.max_results, request.next_token)?;
    Ok(ParentList { parents: page.items, next_token: page.next_token })
}
