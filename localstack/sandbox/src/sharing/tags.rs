//! Tags on shares; they belong to the share, not to what is shared, and only the owner sees them.

use super::resource_share::{Tag, own};
use super::{invalid, unknown};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request};
use crate::world::World;

/// The most tags on one share (RAM User Guide, "Tag restrictions").
const MOST: usize = 50;

/// Checks tags that are to be set, beside those that are there.
///
/// # Errors
/// `InvalidParameterException` for keys and values that will not do, `TagLimitExceededException` beyond 50.
pub fn check(present: &[Tag], added: &[Tag]) -> Result<(), AwsError> {
    for (at, tag) in added.iter().enumerate() {
        if tag.key.is_empty() || tag.key.chars().count() > 128 {
            return Err(invalid(format!("The tag key '{}' is not 1 to 128 characters long.", tag.key)));
        }
        if tag.value.chars().count() > 256 {
            return Err(invalid(format!("The value of tag '{}' is longer than 256 characters.", tag.key)));
        }
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid(format!("The tag key '{}' starts with aws:, which is reserved.", tag.key)));
        }
        if added[..at].iter().any(|other| other.key == tag.key) {
            return Err(invalid(format!("The tag key '{}' is given twice.", tag.key)));
        }
    }
    let new = added.iter().filter(|tag| !present.iter().any(|old| old.key == tag.key)).count();
    if present.len() + new > MOST {
        return Err(AwsError::new("TagLimitExceededException", format!("A resource share has {MOST} tags at most.")));
    }
    Ok(())
}

request! { "camelCase"
    TagResource { resource_share_arn: Option<String>, resource_arn: Option<String>, tags: Vec<Tag> }
}
answer! { "camelCase" Nothing {} }

/// Finds the share that a tagging call names: permissions, the other thing that RAM tags, are AWS's own here.
fn target<'i>(share: Option<&'i String>, other: Option<&'i String>) -> Result<&'i String, AwsError> {
    match (share, other) {
        (Some(arn), None) => Ok(arn),
        (None, Some(arn)) if arn.contains(":permission/") => Err(unknown(&format!("Permission {arn}"))),
        (None, Some(arn)) => Ok(arn),
        (Some(_), Some(_)) => Err(invalid("Name either resourceShareArn or resourceArn.")),
        (None, None) => Err(invalid("Name what is to be tagged: resourceShareArn or resourceArn.")),
    }
}

pub fn tag(world: &mut World, caller: &Caller, input: TagResource) -> Result<Nothing, AwsError> {
    let arn = target(input.resource_share_arn.as_ref(), input.resource_arn.as_ref())?;
    check(&own(world, caller, arn)?.tags, &input.tags)?;
    if let Some(share) = world.sharing.shares.get_mut(arn) {
        share.tags.retain(|old| !input.tags.iter().any(|tag| tag.key == old.key));
        share.tags.extend(input.tags);
        share.tags.sort_by(|one, other| one.key.cmp(&other.key));
    }
    Ok(Nothing {})
}

request! { "camelCase"
    UntagResource { resource_share_arn: Option<String>, resource_arn: Option<String>, tag_keys: Vec<String> }
}

pub fn untag(world: &mut World, caller: &Caller, input: UntagResource) -> Result<Nothing, AwsError> {
    let arn = target(input.resource_share_arn.as_ref(), input.resource_arn.as_ref())?;
    own(world, caller, arn)?;
    if let Some(share) = world.sharing.shares.get_mut(arn) {
        share.tags.retain(|tag| !input.tag_keys.contains(&tag.key));
    }
    Ok(Nothing {})
}
