//! The versions of a managed policy: up to five, one of which counts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::customer_policies::{Version, limit_exceeded, read};
use super::{Empty, PageOf, managed, url_encoded};
use crate::call::{AwsError, Caller};
use crate::world::World;

/// The quota "Managed policy versions" (IAM and STS quotas page).
const MOST_VERSIONS: usize = 5;

fn no_version(arn: &str, version: &str) -> AwsError {
    let message = format!("Policy {arn} version {version} does not exist or is not attachable.");
    AwsError::new("NoSuchEntity", message).with_status(404)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateVersionRequest {
    policy_arn: String,
    policy_document: String,
    set_as_default: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneVersion {
    policy_version: ShownVersion,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownVersion {
    document: Option<String>,
    version_id: String,
    is_default_version: bool,
    create_date: Timestamp,
}

pub(super) fn create(
    world: &mut World,
    caller: &Caller,
    request: CreateVersionRequest,
) -> Result<OneVersion, AwsError> {
    let now = world.now;
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    let document = read(&request.policy_document)?;
    if policy.versions.len() >= MOST_VERSIONS {
        return Err(limit_exceeded(format!(
            "A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version."
        )));
    }
    policy.latest += 1;
    policy.updated = now;
    policy.versions.insert(policy.latest, Version { document, created: now });
    if request.set_as_default == Some(true) {
        policy.default = policy.latest;
    }
    let policy_version = ShownVersion {
        document: None,
        version_id: format!("v{}", policy.latest),
        is_default_version: policy.default == policy.latest,
        create_date: now,
    };
    Ok(OneVersion { policy_version })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct VersionRequest {
    policy_arn: String,
    version_id: String,
}

fn number(request: &VersionRequest) -> Result<u32, AwsError> {
    let number = request.version_id.strip_prefix('v').and_then(|number| number.parse().ok());
    number.ok_or_else(|| no_version(&request.policy_arn, &request.version_id))
}

pub(super) fn get(world: &mut World, caller: &Caller, request: VersionRequest) -> Result<OneVersion, AwsError> {
    let number = number(&request)?;
    let missing = || no_version(&request.policy_arn, &request.version_id);
    if let Some(policy) = managed::of_aws(&request.policy_arn) {
        let version = ShownVersion {
            document: Some(url_encoded(&policy.text)),
            version_id: request.version_id.clone(),
            is_default_version: true,
            create_date: Timestamp::UNIX_EPOCH,
        };
        return if number == 1 { Ok(OneVersion { policy_version: version }) } else { Err(missing()) };
    }
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    let version = policy.versions.get(&number).ok_or_else(missing)?;
    let policy_version = ShownVersion {
        document: Some(url_encoded(&version.document.text)),
        version_id: request.version_id.clone(),
        is_default_version: policy.default == number,
        create_date: version.created,
    };
    Ok(OneVersion { policy_version })
}

pub(super) fn set_default(world: &mut World, caller: &Caller, request: VersionRequest) -> Result<Empty, AwsError> {
    let number = number(&request)?;
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    if !policy.versions.contains_key(&number) {
        return Err(no_version(&request.policy_arn, &request.version_id));
    }
    policy.default = number;
    Ok(Empty {})
}

pub(super) fn delete(world: &mut World, caller: &Caller, request: VersionRequest) -> Result<Empty, AwsError> {
    let number = number(&request)?;
    let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
    if policy.default == number {
        let message = "Cannot delete the default version of a policy.";
        return Err(AwsError::new("DeleteConflict", message).with_status(409));
    }
    policy.versions.remove(&number).ok_or_else(|| no_version(&request.policy_arn, &request.version_id))?;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListVersionsRequest {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VersionList {
    versions: Vec<ShownVersion>,
    is_truncated: bool,
    marker: Option<String>,
}

pub(super) fn list(world: &mut World, caller: &Caller, request: ListVersionsRequest) -> Result<VersionList, AwsError> {
    let shown = |number: u32, is_default_version: bool, create_date: Timestamp| ShownVersion {
        document: None,
        version_id: format!("v{number}"),
        is_default_version,
        create_date,
    };
    let versions = if managed::of_aws(&request.policy_arn).is_some() {
        vec![shown(1, true, Timestamp::UNIX_EPOCH)]
    } else {
        let policy = world.identity.customer_policy_mut(&caller.account, &request.policy_arn)?;
        let versions = policy.versions.iter().rev();
        versions.map(|(number, version)| shown(*number, policy.default == *number, version.created)).collect()
    };
    let page = PageOf::cut(versions, request.marker, request.max_items)?;
    Ok(VersionList { versions: page.items, is_truncated: page.marker.is_some(), marker: page.marker })
}
