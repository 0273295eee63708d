//! RAM: which accounts, organizational units and organizations may use what another account owns.
//!
//! | room | what is in it |
//! |---|---|
//! | [`resource_share`] | shares: made, changed, deleted, listed |
//! | [`association`] | what is shared by a share and with whom, and from when on that counts |
//! | [`principal`] | accounts, units and organizations, and who is meant by them |
//! | [`invitation`] | what accounts outside the organization are asked first |
//! | [`listing`] | ListResources and ListPrincipals |
//! | [`resource_type`], [`permission`], [`permission_association`], [`resource_policy`] | what can be shared, and what those whom it reaches may do with it |
//! | [`tags`], [`idempotency`] | tags on shares; client tokens |
//!
//! RAM is regional.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{AccountId, AwsError, Caller};
use crate::handlers::handlers;
use crate::identity::authorization;
use crate::identity::policy::keys::Context;
use crate::network::members::told;
use crate::network::paging::{Asked, Page, first_token, page};
use crate::organization::OrgId;
use crate::world::World;

pub mod association;
pub mod idempotency;
pub mod invitation;
pub mod listing;
pub mod permission;
pub mod permission_association;
pub mod principal;
pub mod resource_policy;
pub mod resource_share;
pub mod resource_type;
pub mod tags;

use invitation::Invitation;
use resource_share::ResourceShare;

/// All shares and invitations.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    pub shares: BTreeMap<String, ResourceShare>,
    /// Share ARNs by owner and Region.
    pub(crate) by_place: BTreeMap<(AccountId, String), BTreeSet<String>>,
    /// Share ARNs by principal as it is written in them.
    pub(crate) by_principal: BTreeMap<String, BTreeSet<String>>,
    pub invitations: BTreeMap<String, Invitation>,
    /// Organizations that RAM may share within.
    pub(crate) organizations: BTreeSet<OrgId>,
    pub(crate) tokens: idempotency::Tokens,
    pub switches: Switches,
    pub quotas: Quotas,
}

/// What RAM's documents leave open.
#[derive(Clone, Debug)]
pub struct Switches {
    /// How long an invitation is still listed after it was answered or has expired. AWS takes it away some time later
    /// and does not say when; the association that came of it stays.
    pub answered_invitations_listed: Duration,
    /// Every listing starts with an empty page that has a token, as AWS reserves the right to do.
    pub empty_pages: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { answered_invitations_listed: Duration::from_secs(7 * 24 * 3600), empty_pages: false }
    }
}

/// How many of each there may be ("Service quotas for AWS RAM").
#[derive(Clone, Debug)]
pub struct Quotas {
    pub shares_per_region: usize,
    pub resources_per_share: usize,
    pub principals_per_share: usize,
    /// Unanswered invitations of one sender in one Region.
    pub pending_invitations: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            shares_per_region: 25_000,
            resources_per_share: 5000,
            principals_per_share: 5000,
            pending_invitations: 250,
        }
    }
}

impl Sharing {
    /// Returns the ARN of the organization that RAM shares within and that an account manages.
    pub fn shares_within_organization_of(&self, world: &World, account: &str) -> Option<String> {
        let id = world.organization.organization_of(account)?;
        let organization = world.organization.organization(&id)?;
        (organization.management == account && self.organizations.contains(&id)).then(|| organization.arn())
    }

    /// Returns what a share, or an invitation to one, brings to a request that names it ("Condition keys for AWS RAM").
    pub fn context_of(&self, world: &World, arn: &str) -> Context {
        let invitation = self.invitations.get(arn);
        let share = self.shares.get(invitation.map_or(arn, |it| &it.share));
        let mut tags = BTreeMap::new();
        let Some(share) = share else { return Context::default() };
        tags.extend(share.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        let mut context = authorization::context::of_resource(world, &share.owner, "ram", &tags);
        context.put("ram:AllowsExternalPrincipals", share.allow_external.to_string());
        context.put("ram:ResourceShareName", &share.name);
        context.put("ram:ShareOwnerAccountId", &share.owner);
        context
    }

    /// Ends sharing within an organization that is no more, or that took RAM's access away.
    pub fn stop_sharing_within(&mut self, organization: &str) {
        self.organizations.remove(organization);
    }
}

/// Something that happens by itself.
#[derive(Clone, Debug)]
pub enum Event {
    ResourceAssociated {
        share: String,
        resource: String,
    },
    PrincipalAssociated {
        share: String,
        principal: String,
    },
    /// The principal sees from now on what is shared.
    PrincipalSees {
        share: String,
        principal: String,
    },
    ResourceDisassociated {
        share: String,
        resource: String,
    },
    PrincipalDisassociated {
        share: String,
        principal: String,
    },
    InvitationExpired(String),
    /// An answered or expired invitation is listed no longer.
    InvitationForgotten(String),
    ShareDeleted(String),
    ShareForgotten(String),
}

pub fn happen(world: &mut World, event: Event) {
    match event {
        Event::ResourceAssociated { share, resource } => association::resource_associated(world, &share, &resource),
        Event::PrincipalAssociated { share, principal } => association::principal_associated(world, &share, &principal),
        Event::PrincipalSees { share, principal } => association::principal_sees(world, &share, &principal),
        Event::ResourceDisassociated { share, resource } => association::resource_gone(world, &share, &resource),
        Event::PrincipalDisassociated { share, principal } => association::principal_gone(world, &share, &principal),
        Event::InvitationExpired(id) => invitation::expire(world, &id),
        Event::InvitationForgotten(id) => invitation::forget(world, &id),
        Event::ShareDeleted(id) => resource_share::become_deleted(world, &id),
        Event::ShareForgotten(id) => resource_share::forget(world, &id),
    }
}

/// Tells whether a resource is shared with an account, and the account sees it by now.
pub fn reaches(world: &World, account: &str, resource: &str) -> bool {
    association::shares_with(world, account).any(|share| share.offers(resource))
}

/// Lists the ARNs of all resources that are shared with an account, in all Regions.
pub fn shared_with(world: &World, account: &str) -> BTreeSet<String> {
    association::shares_with(world, account).flat_map(|share| share.offered().map(str::to_owned)).collect()
}

/// Answers one RAM call.
///
/// # Errors
/// `NotModelled` for what the sandbox does not model, and what the operation answers.
pub fn answer(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    let Some(handler) = handler(action) else { return Err(AwsError::not_modelled(format!("RAM's {action}"))) };
    if let Some(answer) = idempotency::recall(world, caller, action, params)? {
        return Ok(answer);
    }
    let answer = handler(world, caller, params)?;
    idempotency::remember(world, caller, action, params, &answer);
    Ok(answer)
}

handlers! {
    "AcceptResourceShareInvitation" => invitation::accept,
    "AssociateResourceShare" => association::associate,
    "AssociateResourceSharePermission" => permission::associate,
    "CreateResourceShare" => resource_share::create,
    "DeleteResourceShare" => resource_share::delete,
    "DisassociateResourceShare" => association::disassociate,
    "DisassociateResourceSharePermission" => permission::disassociate,
    "EnableSharingWithAwsOrganization" => principal::enable_sharing_with_organization,
    "GetPermission" => permission::get,
    "GetResourcePolicies" => resource_policy::get,
    "GetResourceShareAssociations" => association::get,
    "GetResourceShareInvitations" => invitation::get,
    "GetResourceShares" => resource_share::get,
    "ListPendingInvitationResources" => invitation::resources,
    "ListPermissionAssociations" => permission_association::list,
    "ListPermissionVersions" => permission::versions,
    "ListPermissions" => permission::list,
    "ListPrincipals" => listing::principals,
    "ListResourceSharePermissions" => permission::of_share,
    "ListResourceTypes" => permission::types,
    "ListResources" => listing::resources,
    "RejectResourceShareInvitation" => invitation::reject,
    "TagResource" => tags::tag,
    "UntagResource" => tags::untag,
    "UpdateResourceShare" => resource_share::update,
}

fn run<I: DeserializeOwned, O: Serialize>(
    world: &mut World,
    caller: &Caller,
    params: &Value,
    handler: fn(&mut World, &Caller, I) -> Result<O, AwsError>,
) -> Result<Value, AwsError> {
    let input = I::deserialize(params).map_err(AwsError::not_modelled)?;
    handler(world, caller, input).map(|answer| told(&answer))
}

/// Answers one page of a RAM list: 1 to 500 rows (RAM API Reference).
fn rows<T: Clone>(
    world: &World,
    action: &'static str,
    max_results: Option<i64>,
    next_token: Option<&str>,
    rows: &BTreeMap<String, T>,
) -> Result<Page<T>, AwsError> {
    let asked = Asked { action, max_results, next_token, sizes: (1, 500) };
    let found = page(&asked, rows.keys().map(String::as_str), |key| rows.get(key).cloned()).map_err(|error| {
        let code =
            if error.code == "InvalidNextToken" { "InvalidNextTokenException" } else { "InvalidMaxResultsException" };
        AwsError { code: code.to_owned(), ..error }
    })?;
    if world.sharing.switches.empty_pages && next_token.is_none() {
        return Ok(Page { items: Vec::new(), next: Some(first_token(action)) });
    }
    Ok(found)
}

fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterException", message)
}

fn not_permitted(message: impl Into<String>) -> AwsError {
    AwsError::new("OperationNotPermittedException", message)
}

fn limit_exceeded(what: &str) -> AwsError {
    AwsError::new("ResourceShareLimitExceededException", format!("The quota of {what} is reached."))
}

fn unknown(what: &str) -> AwsError {
    AwsError::new("UnknownResourceException", format!("{what} could not be found."))
}

#[cfg(test)]
mod depth_tests;
#[cfg(test)]
mod tests;
