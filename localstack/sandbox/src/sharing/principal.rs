//! With whom a share shares: an account, an organizational unit or an organization.
//!
//! Units and organizations can be named only where RAM may share within the organization, which its management account
//! turns on once. ("Sharing your AWS resources", RAM User Guide.)

use super::{Event, invalid, not_permitted};
use crate::call::{AwsError, Caller};
use crate::identity::{ServiceLinked, ensure_service_linked_role, is_account_id};
use crate::network::members::{answer, request};
use crate::organization::OrgId;
use crate::world::World;

/// The service principal by which Organizations knows RAM.
pub const SERVICE: &str = "ram.amazonaws.com";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    Account(String),
    Unit { organization: OrgId, unit: String },
    Organization(OrgId),
}

impl Principal {
    /// Reads a principal as callers write it.
    ///
    /// # Errors
    /// `MalformedArnException` for what is none, `InvalidParameterException` for roles and users, with whom transit
    /// gateways cannot be shared.
    pub fn read(text: &str) -> Result<Principal, AwsError> {
        if is_account_id(text) {
            return Ok(Principal::Account(text.to_owned()));
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let malformed = || AwsError::new("MalformedArnException", format!("The principal {text} is malformed."));
        let ["arn", "aws", service, _, _, rest] = parts[..] else { return Err(malformed()) };
        if service == "iam" {
            return Err(invalid(format!("Transit gateways cannot be shared with {text}")));
        }
        if service != "organizations" {
            return Err(malformed());
        }
        match rest.split('/').collect::<Vec<_>>()[..] {
            ["organization", id] => Ok(Principal::Organization(id.to_owned())),
            ["ou", organization, unit] => {
                Ok(Principal::Unit { organization: organization.to_owned(), unit: unit.to_owned() })
            }
            _ => Err(malformed()),
        }
    }
}

/// How a principal comes into a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In the owner's organization, which RAM shares within: by itself.
    Inside,
    /// By an invitation.
    Invited,
}

/// Decides how a principal comes into a share of an owner.
///
/// # Errors
/// `OperationNotPermittedException` where only the own organization is allowed, or sharing within it is off;
/// `UnknownResourceException` for a unit that does not exist.
pub fn way(world: &World, owner: &str, principal: &Principal, allow_external: bool) -> Result<Way, AwsError> {
    let own = world.organization.organization_of(owner);
    let shares_within = own.as_ref().is_some_and(|id| world.sharing.organizations.contains(id));
    let refused = || {
        not_permitted(
            "The resource you are attempting to share can only be shared within your AWS Organization. This error may \
             also occur if you have not enabled sharing with your AWS organization.",
        )
    };
    match principal {
        Principal::Account(id) => {
            let inside = own.as_ref().is_some_and(|own| world.organization.is_member(own, id));
            match (inside && shares_within, allow_external) {
                (true, _) => Ok(Way::Inside),
                (false, true) => Ok(Way::Invited),
                (false, false) => Err(refused()),
            }
        }
        Principal::Organization(id) => {
            if own.as_ref() == Some(id) && shares_within {
                Ok(Way::Inside)
            } else {
                Err(refused())
            }
        }
        Principal::Unit { organization, unit } => {
            if own.as_ref() != Some(organization) || !shares_within {
                return Err(refused());
            }
            let exists = world.organization.organization(organization).is_some_and(|it| it.is_parent(unit));
            if exists { Ok(Way::Inside) } else { Err(super::unknown(&format!("Organizational unit {unit}"))) }
        }
    }
}

/// Lists how an account may be written in a share: its id, its units and its organization.
pub fn names_of(world: &World, account: &str) -> Vec<String> {
    let mut names = vec![account.to_owned()];
    let id = world.organization.organization_of(account);
    if let Some(organization) = id.and_then(|id| world.organization.organization(&id)) {
        names.push(organization.arn());
        names.extend(world.organization.ou_path(account).iter().map(|unit| organization.unit_arn(unit)));
    }
    names
}

request! { "camelCase" EnableSharing {} }
answer! { "camelCase" Enabled { return_value: bool } }

/// Turns on sharing within the organization; the management account does so.
pub fn enable_sharing_with_organization(
    world: &mut World,
    caller: &Caller,
    _input: EnableSharing,
) -> Result<Enabled, AwsError> {
    let id = world.organization.organization_of(&caller.account);
    let organization = id.and_then(|id| world.organization.organization(&id));
    let Some(organization) = organization.filter(|it| it.management == caller.account) else {
        return Err(not_permitted("Only the management account of an organization can enable sharing within it."));
    };
    if !organization.all_features {
        return Err(not_permitted("The organization does not have all features enabled."));
    }
    let id = organization.id.clone();
    world.organization.enable_service_access(&id, SERVICE, world.now);
    ensure_service_linked_role(world, &caller.account, ServiceLinked::ResourceAccessManager);
    world.sharing.organizations.insert(id);
    Ok(Enabled { return_value: true })
}

/// Lets an event of the sharing happen after about `median_seconds`.
pub fn later(world: &mut World, median_seconds: f64, event: Event) {
    world.later(median_seconds, crate::world::Event::Sharing(event));
}
