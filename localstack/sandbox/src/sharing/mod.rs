//! RAM: which accounts, organizational units and organizations may use what another account owns.
//!
//! | room | what is in it |
//! |---|---|
//! | [`resource_share`] | shares: made, changed, deleted, listed |
//! | [`association`] | what is shared by a share and with whom, and from when on that counts |
//! | [`principal`] | accounts, units and organizations, and who is meant by them |
//! | [`invitation`] | what accounts outside the organization are asked first |
//! | [`listing`] | ListResources and ListPrincipals |
//!
//! RAM is regional. Transit gateways are the only resources that the sandbox shares.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{AccountId, AwsError, Caller};
use crate::network::members::told;
use crate::network::paging::{Asked, Page, page};
use crate::organization::OrgId;
use crate::world::World;

pub mod association;
pub mod invitation;
pub mod listing;
pub mod principal;
pub mod resource_share;

use invitation::Invitation;
use resource_share::ResourceShare;

/// All shares and invitations.
#[derive(Debug, Default)]
pub struct Sharing {
    shares: BTreeMap<String, ResourceShare>,
    /// Share ARNs by owner and Region.
    by_place: BTreeMap<(AccountId, String), BTreeSet<String>>,
    /// Share ARNs by principal as it is written in them.
    by_principal: BTreeMap<String, BTreeSet<String>>,
    invitations: BTreeMap<String, Invitation>,
    /// Organizations that RAM may share within.
    organizations: BTreeSet<OrgId>,
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
    handler(world, caller, params)
}

/// Tells whether the sandbox models a RAM action.
pub fn answers(action: &str) -> bool {
    ACTIONS.contains(&action)
}

type Handler = fn(&mut World, &Caller, &Value) -> Result<Value, AwsError>;

macro_rules! handlers {
    ($($action:literal => $handler:path,)*) => {
        /// All RAM actions that the sandbox models.
        pub const ACTIONS: &[&str] = &[$($action),*];

        fn handler(action: &str) -> Option<Handler> {
            match action {
                $($action => Some(|world, caller, params| run(world, caller, params, $handler)),)*
                _ => None,
            }
        }
    };
}

handlers! {
    "AcceptResourceShareInvitation" => invitation::accept,
    "AssociateResourceShare" => association::associate,
    "CreateResourceShare" => resource_share::create,
    "DeleteResourceShare" => resource_share::delete,
    "DisassociateResourceShare" => association::disassociate,
    "EnableSharingWithAwsOrganization" => principal::enable_sharing_with_organization,
    "GetResourceShareAssociations" => association::get,
    "GetResourceShareInvitations" => invitation::get,
    "GetResourceShares" => resource_share::get,
    "ListPrincipals" => listing::principals,
    "ListResources" => listing::resources,
    "RejectResourceShareInvitation" => invitation::reject,
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
    action: &'static str,
    max_results: Option<i64>,
    next_token: Option<&str>,
    rows: &BTreeMap<String, T>,
) -> Result<Page<T>, AwsError> {
    let asked = Asked { action, max_results, next_token, sizes: (1, 500) };
    page(&asked, rows.keys().map(String::as_str), |key| rows.get(key).cloned()).map_err(|error| {
        let code =
            if error.code == "InvalidNextToken" { "InvalidNextTokenException" } else { "InvalidMaxResultsException" };
        AwsError { code: code.to_owned(), ..error }
    })
}

fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterException", message)
}

fn not_permitted(message: impl Into<String>) -> AwsError {
    AwsError::new("OperationNotPermittedException", message)
}

fn unknown(what: &str) -> AwsError {
    AwsError::new("UnknownResourceException", format!("{what} could not be found."))
}

#[cfg(test)]
mod tests;
