//! Resource shares. The owner makes, changes and deletes them; those they reach can list them.
//!
//! A deleted share stays listed for about two hours.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::association::{self, Association, Status as AssociationStatus};
use super::principal::later;
use super::{Event, invalid, limit_exceeded, permission, rows, tags, unknown};
use crate::call::{AccountId, AwsError, Caller};
use crate::network::members::{answer, request, words};
use crate::world::World;

/// Deleting takes a few seconds.
const DELETE_SECONDS: f64 = 5.0;
/// How long a deleted share stays listed (RAM User Guide, "Deleting a resource share").
const RECORD_LIFE: Duration = Duration::from_secs(2 * 3600);

words! {
    Status { Pending = "PENDING", Active = "ACTIVE", Failed = "FAILED", Deleting = "DELETING", Deleted = "DELETED" }
}
words! { ResourceOwner { Own = "SELF", Others = "OTHER-ACCOUNTS" } }

#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

#[derive(Clone, Debug)]
pub struct ResourceShare {
    pub arn: String,
    pub name: String,
    pub owner: AccountId,
    pub region: String,
    pub allow_external: bool,
    pub status: Status,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub tags: Vec<Tag>,
    pub resources: BTreeMap<String, Association>,
    pub principals: BTreeMap<String, Association>,
    /// Types whose managed permission it has.
    pub permissions: BTreeSet<&'static str>,
    /// Whether accounts that it names keep what is shared when they leave the organization.
    pub retains: bool,
}

impl ResourceShare {
    /// Tells whether a resource is shared by it now.
    pub fn offers(&self, resource: &str) -> bool {
        self.status == Status::Active
            && self.resources.get(resource).is_some_and(|it| it.status == AssociationStatus::Associated)
    }

    /// Lists what is shared by it now.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        self.resources.keys().map(String::as_str).filter(|arn| self.offers(arn))
    }
}

/// Finds a share that the caller owns and that is not deleted.
///
/// # Errors
/// `MalformedArnException` and `UnknownResourceException`.
pub fn own<'w>(world: &'w World, caller: &Caller, arn: &str) -> Result<&'w ResourceShare, AwsError> {
    let share = world.sharing.shares.get(arn);
    share
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .filter(|it| !matches!(it.status, Status::Deleting | Status::Deleted))
        .ok_or_else(|| no_share(arn))
}

/// Makes the error for an ARN that is no share's, or not even like one.
pub fn no_share(arn: &str) -> AwsError {
    if arn.starts_with("arn:aws:ram:") {
        return unknown(&format!("ResourceShare {arn}"));
    }
    AwsError::new("MalformedArnException", format!("The resource share ARN {arn} is malformed."))
}

request! { "camelCase" Configuration { retain_sharing_on_account_leave_organization: Option<bool> } }
answer! { "camelCase" ShownConfiguration { retain_sharing_on_account_leave_organization: bool } }
request! { "camelCase"
    CreateResourceShare {
        name: String, resource_arns: Vec<String>, principals: Vec<String>, tags: Vec<Tag>,
        allow_external_principals: Option<bool>, permission_arns: Vec<String>, client_token: Option<String>,
        resource_share_configuration: Configuration,
    }
}
answer! { "camelCase"
    Description {
        resource_share_arn: String, name: String, owning_account_id: String, allow_external_principals: bool,
        status: Status, tags: Option<Vec<Tag>>, creation_time: Timestamp, last_updated_time: Timestamp,
        feature_set: &'static str, resource_share_configuration: ShownConfiguration,
    }
}
answer! { "camelCase" OneShare { resource_share: Description, client_token: Option<String> } }

/// Makes a share.
///
/// # Errors
/// `InvalidParameterException`, `ResourceShareLimitExceededException`, and what [`association::check`],
/// [`tags::check`] and [`permission::named`] answer.
pub fn create(world: &mut World, caller: &Caller, input: CreateResourceShare) -> Result<OneShare, AwsError> {
    if input.name.is_empty() {
        return Err(invalid("The name of a resource share must not be empty."));
    }
    let permissions = permission::named(&input.permission_arns)?;
    tags::check(&[], &input.tags)?;
    let live = shares_of(world, caller).into_iter().filter(|it| it.status != Status::Deleted).count();
    if live >= world.sharing.quotas.shares_per_region {
        return Err(limit_exceeded("resource shares"));
    }
    let retains = input.resource_share_configuration.retain_sharing_on_account_leave_organization.unwrap_or(false);
    if retains && input.allow_external_principals == Some(false) {
        return Err(invalid("Sharing can be retained only where external principals are allowed."));
    }
    let allow_external = input.allow_external_principals.unwrap_or(true);
    association::check(world, caller, allow_external, &input.resource_arns, &input.principals)?;
    let id = uuid(world);
    let arn = format!("arn:aws:ram:{}:{}:resource-share/{id}", caller.region, caller.account);
    let share = ResourceShare {
        arn: arn.clone(),
        name: input.name,
        owner: caller.account.clone(),
        region: caller.region.clone(),
        allow_external,
        status: Status::Active,
        created: world.now,
        updated: world.now,
        tags: input.tags,
        resources: BTreeMap::new(),
        principals: BTreeMap::new(),
        permissions: permissions.into_iter().collect(),
        retains,
    };
    let place = (caller.account.clone(), caller.region.clone());
    world.sharing.by_place.entry(place).or_default().insert(arn.clone());
    world.sharing.shares.insert(arn.clone(), share);
    if let Err(error) = association::add(world, caller, &arn, &input.resource_arns, &input.principals) {
        forget(world, &arn);
        return Err(error);
    }
    let share = own(world, caller, &arn)?;
    Ok(OneShare { resource_share: description(share, caller), client_token: input.client_token })
}

/// Makes an id in the manner of RAM's ARNs.
pub fn uuid(world: &mut World) -> String {
    let (high, low) = (world.dice.next(), world.dice.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// Lists the shares of the caller's account in the Region.
pub fn shares_of<'w>(world: &'w World, caller: &Caller) -> Vec<&'w ResourceShare> {
    let place = (caller.account.clone(), caller.region.clone());
    let arns = world.sharing.by_place.get(&place).into_iter().flatten();
    arns.filter_map(|arn| world.sharing.shares.get(arn)).collect()
}

/// Tells about a share; its tags show to the owner alone.
fn description(share: &ResourceShare, caller: &Caller) -> Description {
    Description {
        resource_share_arn: share.arn.clone(),
        name: share.name.clone(),
        owning_account_id: share.owner.clone(),
        allow_external_principals: share.allow_external,
        status: share.status,
        tags: (share.owner == caller.account).then(|| share.tags.clone()),
        creation_time: share.created,
        last_updated_time: share.updated,
        feature_set: "STANDARD",
        resource_share_configuration: ShownConfiguration {
            retain_sharing_on_account_leave_organization: share.retains,
        },
    }
}

request! { "camelCase"
    UpdateResourceShare {
        resource_share_arn: String, name: Option<String>, allow_external_principals: Option<bool>,
        client_token: Option<String>,
    }
}

pub fn update(world: &mut World, caller: &Caller, input: UpdateResourceShare) -> Result<OneShare, AwsError> {
    let share = own(world, caller, &input.resource_share_arn)?;
    if input.allow_external_principals == Some(false) && share.principals.values().any(|it| it.is_live() && it.external)
    {
        let message = "The resource share has principals from outside the organization.";
        return Err(invalid(message));
    }
    let now = world.now;
    let Some(share) = world.sharing.shares.get_mut(&input.resource_share_arn) else {
        return Err(unknown(&input.resource_share_arn));
    };
    share.name = input.name.unwrap_or_else(|| share.name.clone());
    share.allow_external = input.allow_external_principals.unwrap_or(share.allow_external);
    share.updated = now;
    Ok(OneShare { resource_share: description(share, caller), client_token: input.client_token })
}

request! { "camelCase" DeleteResourceShare { resource_share_arn: String, client_token: Option<String> } }
answer! { "camelCase" Deleted { return_value: bool, client_token: Option<String> } }

/// Deletes a share: nobody is shared with from now on. Attachments that were made stay.
pub fn delete(world: &mut World, caller: &Caller, input: DeleteResourceShare) -> Result<Deleted, AwsError> {
    own(world, caller, &input.resource_share_arn)?;
    let now = world.now;
    if let Some(share) = world.sharing.shares.get_mut(&input.resource_share_arn) {
        share.status = Status::Deleting;
        share.updated = now;
    }
    later(world, DELETE_SECONDS, Event::ShareDeleted(input.resource_share_arn));
    Ok(Deleted { return_value: true, client_token: input.client_token })
}

pub fn become_deleted(world: &mut World, arn: &str) {
    let now = world.now;
    let Some(share) = world.sharing.shares.get_mut(arn) else { return };
    share.status = Status::Deleted;
    share.updated = now;
    for association in share.resources.values_mut().chain(share.principals.values_mut()) {
        association.status = AssociationStatus::Disassociated;
    }
    super::invitation::withdraw(world, arn, None);
    world.exactly_after(RECORD_LIFE, crate::world::Event::Sharing(Event::ShareForgotten(arn.to_owned())));
}

pub fn forget(world: &mut World, arn: &str) {
    let Some(share) = world.sharing.shares.remove(arn) else { return };
    if let Some(arns) = world.sharing.by_place.get_mut(&(share.owner, share.region)) {
        arns.remove(arn);
    }
    for principal in share.principals.keys() {
        if let Some(arns) = world.sharing.by_principal.get_mut(principal) {
            arns.remove(arn);
        }
    }
    world.sharing.invitations.retain(|_, it| it.share != arn);
}

request! { "camelCase" TagFilter { tag_key: String, tag_values: Vec<String> } }
request! { "camelCase"
    GetResourceShares {
        resource_owner: Option<ResourceOwner>, resource_share_arns: Vec<String>, resource_share_status: Option<Status>,
        name: Option<String>, tag_filters: Vec<TagFilter>, permission_arn: Option<String>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "camelCase" Shares { resource_shares: Vec<Description>, next_token: Option<String> } }

pub fn get(world: &mut World, caller: &Caller, input: GetResourceShares) -> Result<Shares, AwsError> {
    let world = &*world;
    let owner = input.resource_owner.ok_or_else(|| invalid("resourceOwner must be given"))?;
    let all = sides(world, caller, owner);
    if let Some(arn) = input.resource_share_arns.iter().find(|arn| !all.iter().any(|it| it.arn == **arn)) {
        return Err(no_share(arn));
    }
    let permission = input.permission_arn.as_deref().map(permission::find).transpose()?;
    let tagged = |share: &ResourceShare, filter: &TagFilter| {
        share.owner == caller.account
            && share.tags.iter().any(|tag| {
                tag.key == filter.tag_key && (filter.tag_values.is_empty() || filter.tag_values.contains(&tag.value))
            })
    };
    let wanted = |share: &&&ResourceShare| {
        (input.resource_share_arns.is_empty() || input.resource_share_arns.contains(&share.arn))
            && input.resource_share_status.is_none_or(|status| share.status == status)
            && input.name.as_ref().is_none_or(|name| share.name == *name)
            && permission.is_none_or(|of| share.permissions.contains(of.name))
            && input.tag_filters.iter().all(|filter| tagged(share, filter))
    };
    let found: BTreeMap<String, Description> =
        all.iter().filter(wanted).map(|share| (share.arn.clone(), description(share, caller))).collect();
    let page = rows(world, "GetResourceShares", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Shares { resource_shares: page.items, next_token: page.next })
}

/// Lists the caller's own shares in the Region, or those of others that reach it.
pub fn sides<'w>(world: &'w World, caller: &Caller, owner: ResourceOwner) -> Vec<&'w ResourceShare> {
    match owner {
        ResourceOwner::Own => shares_of(world, caller),
        ResourceOwner::Others => association::shares_with(world, &caller.account)
            .filter(|it| it.region == caller.region && it.owner != caller.account)
            .collect(),
    }
}
