//! Which shares have which managed permissions, seen from the permissions.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::association::Status;
use super::permission::VERSION;
use super::resource_share::{ResourceOwner, sides};
use super::resource_type::{self, ResourceType};
use super::rows;
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request, words};
use crate::world::World;

words! {
    FeatureSet {
        FromPolicy = "CREATED_FROM_POLICY", Promoting = "PROMOTING_TO_STANDARD", Standard = "STANDARD",
    }
}
request! { "camelCase"
    ListPermissionAssociations {
        permission_arn: Option<String>, permission_version: Option<i64>, association_status: Option<Status>,
        resource_type: Option<String>, feature_set: Option<FeatureSet>, default_version: Option<bool>,
        resource_owner: Option<ResourceOwner>, resource_share_arn: Option<String>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "camelCase"
    AssociatedPermission {
        arn: String, permission_version: String, default_version: bool, resource_type: &'static str, status: Status,
        feature_set: FeatureSet, last_updated_time: Timestamp, resource_share_arn: String,
    }
}
answer! { "camelCase" Associations { permissions: Vec<AssociatedPermission>, next_token: Option<String> } }

/// Lists the permissions of the caller's own shares, or of those that reach it; every permission here is in its one
/// version, and every share of the feature set STANDARD.
pub fn list(world: &mut World, caller: &Caller, input: ListPermissionAssociations) -> Result<Associations, AwsError> {
    let wanted = input.resource_type.as_deref().map(resource_type::read).transpose()?;
    let standard = input.feature_set.is_none_or(|asked| asked == FeatureSet::Standard);
    let version = input.permission_version.is_none_or(|asked| asked == VERSION);
    let associated = input.association_status.is_none_or(|asked| asked == Status::Associated);
    let mut found = BTreeMap::new();
    for share in sides(world, caller, input.resource_owner.unwrap_or(ResourceOwner::Own)) {
        let fits = input.resource_share_arn.as_ref().is_none_or(|arn| *arn == share.arn);
        let held = share.permissions.iter().filter_map(|name| ResourceType::named(name));
        for of in held.filter(|_| fits && standard && version && associated) {
            let arn = of.permission_arn();
            let named = input.permission_arn.as_ref().is_none_or(|asked| *asked == arn);
            if !named || wanted.is_some_and(|wanted| wanted.name != of.name) {
                continue;
            }
            let row = AssociatedPermission {
                arn,
                permission_version: VERSION.to_string(),
                default_version: true,
                resource_type: of.name,
                status: Status::Associated,
                feature_set: FeatureSet::Standard,
                last_updated_time: share.updated,
                resource_share_arn: share.arn.clone(),
            };
            found.insert(format!("{}\t{}", row.arn, share.arn), row);
        }
    }
    let page = rows(world, "ListPermissionAssociations", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Associations { permissions: page.items, next_token: page.next })
}
