//! ListResources and ListPrincipals: the same associations seen from the one side and from the other.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::association::Status as AssociationStatus;
use super::resource_share::{ResourceOwner, sides};
use super::{invalid, rows};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request};
use crate::world::World;

/// What RAM calls a transit gateway.
const TYPE: &str = "ec2:TransitGateway";

request! { "camelCase"
    ListResources {
        resource_owner: Option<ResourceOwner>, principal: Option<String>, resource_type: Option<String>,
        resource_arns: Vec<String>, resource_share_arns: Vec<String>, max_results: Option<i64>,
        next_token: Option<String>,
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

pub fn resources(world: &mut World, caller: &Caller, input: ListResources) -> Result<Resources, AwsError> {
    let owner = input.resource_owner.ok_or_else(|| invalid("resourceOwner must be given"))?;
    let mut found = BTreeMap::new();
    let wanted_type = input.resource_type.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(TYPE));
    for share in sides(world, caller, owner).into_iter().filter(|_| wanted_type) {
        // For the caller's own shares the principal is whom they are shared with, for others' the owner.
        let fits = input.principal.as_ref().is_none_or(|principal| match owner {
            ResourceOwner::Own => share.principals.get(principal).is_some_and(|it| it.is_live()),
            ResourceOwner::Others => share.owner == *principal,
        });
        if !fits || !named(&input.resource_share_arns, &share.arn) {
            continue;
        }
        for (arn, association) in share.resources.iter().filter(|(arn, _)| named(&input.resource_arns, arn)) {
            if association.status != AssociationStatus::Associated {
                continue;
            }
            let row = Resource {
                arn: arn.clone(),
                r#type: TYPE,
                resource_share_arn: share.arn.clone(),
                status: "AVAILABLE",
                creation_time: association.created,
                last_updated_time: association.updated,
                resource_region_scope: "REGIONAL",
            };
            found.insert(format!("{arn}\t{}", share.arn), row);
        }
    }
    let page = rows("ListResources", input.max_results, input.next_token.as_deref(), &found)?;
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
    let wanted_type = input.resource_type.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(TYPE));
    for share in sides(world, caller, owner).into_iter().filter(|_| wanted_type) {
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
    let page = rows("ListPrincipals", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Principals { principals: page.items, next_token: page.next })
}
