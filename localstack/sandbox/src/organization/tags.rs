//! Tags on roots, units, accounts and policies.

use serde::{Deserialize, Serialize};

use super::listing::page;
use super::{Empty, Organization, as_management, as_reader, invalid, violates};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The most tags on one thing ("Quotas for AWS Organizations").
const MOST: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

impl Organization {
    /// Puts tags on a thing; a tag of the same key is replaced.
    pub(super) fn put_tags(&mut self, id: &str, tags: Vec<Tag>) -> Result<(), AwsError> {
        if tags.iter().any(|tag| tag.key.to_lowercase().starts_with("aws:")) {
            return Err(invalid("INVALID_SYSTEM_TAGS_PARAMETER", "The tag key prefix aws: is reserved."));
        }
        let mut all = self.tags.get(id).cloned().unwrap_or_default();
        for tag in tags {
            all.retain(|known| known.key != tag.key);
            all.push(tag);
        }
        if all.len() > MOST {
            return Err(violates("MAX_TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed."));
        }
        all.sort_by(|one, other| one.key.cmp(&other.key));
        self.tags.insert(id.to_owned(), all);
        Ok(())
    }

    fn check_target(&self, id: &str) -> Result<(), AwsError> {
        if self.arn_of(id).is_some() {
            return Ok(());
        }
        let message = "You specified a target that doesn't exist.";
        Err(AwsError::new("TargetNotFoundException", message))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagRequest {
    resource_id: String,
    tags: Vec<Tag>,
}

pub(super) fn tag_resource(world: &mut World, caller: &Caller, request: TagRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    organization.check_target(&request.resource_id)?;
    organization.put_tags(&request.resource_id, request.tags)?;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UntagRequest {
    resource_id: String,
    tag_keys: Vec<String>,
}

pub(super) fn untag_resource(world: &mut World, caller: &Caller, request: UntagRequest) -> Result<Empty, AwsError> {
    let organization = as_management(world, caller)?;
    organization.check_target(&request.resource_id)?;
    if let Some(tags) = organization.tags.get_mut(&request.resource_id) {
        tags.retain(|tag| !request.tag_keys.contains(&tag.key));
    }
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListTagsRequest {
    resource_id: String,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagList {
    tags: Vec<Tag>,
    next_token: Option<String>,
}

pub(super) fn list_tags_for_resource(
    world: &mut World,
    caller: &Caller,
    request: ListTagsRequest,
) -> Result<TagList, AwsError> {
    let organization = as_reader(world, caller)?;
    let id = request.resource_id;
    organization.check_target(&id)?;
    let tags = organization.tags.get(&id).cloned().unwrap_or_default();
    let tags = tags.into_iter().map(|tag| (tag.key.clone(), tag)).collect();
    let page = page(world, &format!("tags of {id}"), tags, None, request.next_token)?;
    Ok(TagList { tags: page.items, next_token: page.next_token })
}
