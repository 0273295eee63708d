//! The policies that RAM writes for what is shared: one for each resource, with a statement for each kind of principal.
//!
//! What such a policy allows is the managed permission of the resource's type. Its wording is not documented: only that
//! it is a policy for the resource (RAM API Reference, GetResourcePolicies). Nothing here decides by it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::principal::Principal;
use super::resource_share::{ResourceOwner, sides};
use super::resource_type::{self, ResourceType};
use super::rows;
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request};
use crate::world::World;

request! { "camelCase"
    GetResourcePolicies {
        resource_arns: Vec<String>, principal: Option<String>, max_results: Option<i64>, next_token: Option<String>,
    }
}
answer! { "camelCase" Policies { policies: Vec<String>, next_token: Option<String> } }

/// Gives the policies of resources that the caller owns; what is not shared, or not with the principal, has none.
///
/// # Errors
/// `MalformedArnException`, `ResourceArnNotFoundException`.
pub fn get(world: &mut World, caller: &Caller, input: GetResourcePolicies) -> Result<Policies, AwsError> {
    let mut found = BTreeMap::new();
    for arn in &input.resource_arns {
        let kind = resource_type::check(world, caller, arn).map_err(|error| match error.code.as_str() {
            "UnknownResourceException" => AwsError::new("ResourceArnNotFoundException", error.message),
            _ => error,
        })?;
        let shares = sides(world, caller, ResourceOwner::Own).into_iter().filter(|share| share.offers(arn));
        let principals = shares.flat_map(|share| share.principals.iter().filter(|(_, it)| it.is_live()));
        let principals: BTreeSet<&str> = principals.map(|(name, _)| name.as_str()).collect();
        if !principals.is_empty() && input.principal.as_deref().is_none_or(|asked| principals.contains(asked)) {
            found.insert(arn.clone(), policy(kind, arn, &principals)?);
        }
    }
    let page = rows(world, "GetResourcePolicies", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Policies { policies: page.items, next_token: page.next })
}

fn policy(kind: &ResourceType, arn: &str, principals: &BTreeSet<&str>) -> Result<String, AwsError> {
    let (mut accounts, mut organizations, mut units) = (Vec::new(), Vec::new(), Vec::new());
    for name in principals {
        match Principal::read(name)? {
            Principal::Account(id) => accounts.push(id),
            Principal::Organization(id) => organizations.push(id),
            Principal::Unit { organization, unit } => units.push(format!("{organization}/*/{unit}/*")),
        }
    }
    let mut statements: Vec<Value> = Vec::new();
    let mut allow = |principal: Value, condition: Option<Value>| {
        let mut statement = json!({"Sid": format!("RamStatement{}", statements.len() + 1), "Effect": "Allow",
            "Principal": principal, "Action": kind.allows, "Resource": arn});
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        statements.push(statement);
    };
    if !accounts.is_empty() {
        allow(json!({"AWS": accounts}), None);
    }
    if !organizations.is_empty() {
        allow(json!("*"), Some(json!({"StringEquals": {"aws:PrincipalOrgID": organizations}})));
    }
    if !units.is_empty() {
        allow(json!("*"), Some(json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": units}})));
    }
    Ok(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}
