//! ListResources and ListPrincipals: the same associations seen from the one side and from the other.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::association::Status as AssociationStatus;
use super::permission::Scope;
use super::resource_share::{ResourceOwner, ResourceShare, sides};
use super::resource_type::{self, ResourceType};
use super::{invalid, rows};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request};
use crate::world::World;

request! { "camelCase"
    ListResources {
        resource_owner: Option<ResourceOwner>, principal: Option<String>, resource_type: Option<String>,
        resource_arns: Vec<String>, resource_share_arns: Vec<String>, resource_region_scope: Option<Scope>,
        max_results: Option<i64>, next_token: Option<String>,
    }
}
answer! { "camelCase"
    Resource {
        arn: String, r#type: &'static str, resource_share_arn: String, status: &'static str,
        creation_time: Timestamp, last_updated_time: Timestamp, resource_region_scope: &'static str,
    }
}
answer! { "camelCase" Resources { resources: Vec<Resource>, next_token: Option<String> } }

fn named(names: &[String], one: &String) -> bool {
    names.is_empty() || names.contains(one)
}

/// Describes one resource of a share; none for what is not shared by it.
pub fn resource(share: &ResourceShare, arn: &str) -> Option<Resource> {
    let association = share.resources.get(arn).filter(|it| it.status == AssociationStatus::Associated)?;
    Some(Resource {
        arn: arn.to_owned(),
        r#type: ResourceType::of(arn)?.name,
        resource_share_arn: share.arn.clone(),
        status: "AVAILABLE",
        creation_time: association.created,
        last_updated_time: association.updated,
        resource_region_scope: "REGIONAL",
    })
}

pub fn resources(world: &mut World, caller: &Caller, input: ListResources) -> Result<Resources, AwsError> {
    let owner = input.resource_owner.ok_or_else(|| invalid("resourceOwner must be given"))?;
    let mut found = BTreeMap::new();
    let wanted = input.resource_type.as_deref().map(resource_type::read).transpose()?;
    let regional = input.resource_region_scope.is_none_or(Scope::has_regional);
    for share in sides(world, caller, owner).into_iter().filter(|_| regional) {
        // For the caller's own shares the principal is whom they are shared with, for others' the owner.
        let fits = input.principal.as_ref().is_none_or(|principal| match owner {
            ResourceOwner::Own => share.principals.get(principal).is_some_and(|it| it.is_live()),
            ResourceOwner::Others => share.owner == *principal,
        });
        if !fits || !named(&input.resource_share_arns, &share.arn) {
            continue;
        }
        for arn in share.resources.keys().filter(|arn| named(&input.resource_arns, arn)) {
            let row = resource(share, arn).filter(|row| wanted.is_none_or(|wanted| wanted.name == row.r#type));
            found.extend(row.map(|row| (format!("{arn}\t{}", share.arn), row)));
        }
    }
    let page = rows(world, "ListResources", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Resources { resources: page.items, next_token: page.next })
}

request! { "camelCase"
    ListPrincipals {
        resource_owner: Option<ResourceOwner>, resource_arn: Option<String>, principals: Vec<String>,
        resource_type: Option<String>, resource_share_arns: Vec<String>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "camelCase"
    PrincipalRow {
        id: String, resource_share_arn: String, creation_time: Timestamp, last_updated_time: Timestamp, external: bool,
    }
}
answer! { "camelCase" Principals { principals: Vec<PrincipalRow>, next_token: Option<String> } }

pub fn principals(world: &mut World, caller: &Caller, input: ListPrincipals) -> Result<Principals, AwsError> {
    let owner = input.resource_owner.ok_or_else(|| invalid("resourceOwner must be given"))?;
    let mut found = BTreeMap::new();
    let wanted = input.resource_type.as_deref().map(resource_type::read).transpose()?;
    let offers = |share: &ResourceShare, wanted: &ResourceType| {
        share.offered().any(|arn| ResourceType::of(arn).is_some_and(|it| it.name == wanted.name))
    };
    for share in sides(world, caller, owner) {
        if wanted.is_some_and(|wanted| !offers(share, wanted)) {
            continue;
        }
        if !named(&input.resource_share_arns, &share.arn)
            || input.resource_arn.as_ref().is_some_and(|arn| !share.offers(arn))
        {
            continue;
        }
        let mut add = |id: &String, creation_time, last_updated_time, external| {
            if named(&input.principals, id) {
                let resource_share_arn = share.arn.clone();
                let row =
                    PrincipalRow { id: id.clone(), resource_share_arn, creation_time, last_updated_time, external };
                found.insert(format!("{id}\t{}", share.arn), row);
            }
        };
        match owner {
            ResourceOwner::Own => {
                for (id, it) in share.principals.iter().filter(|(_, it)| it.status == AssociationStatus::Associated) {
                    add(id, it.created, it.updated, it.external);
                }
            }
            ResourceOwner::Others => {
                let external = share.principals.get(&caller.account).is_some_and(|it| it.external);
                add(&share.owner, share.created, share.updated, external);
            }
        }
    }
    let page = rows(world, "ListPrincipals", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Principals { principals: page.items, next_token: page.next })
}
