//! What a share shares, and with whom.
//!
//! Both come by associations: `ASSOCIATING → ASSOCIATED → DISASSOCIATING → DISASSOCIATED`. A principal in the
//! organization gets there by itself, one outside it when the invitation is accepted. Then it takes up to about a
//! minute until the principal sees the resource (seen in terraform-aws-modules/terraform-aws-transit-gateway#89).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::principal::{Principal, Way, later, names_of, way};
use super::resource_share::{ResourceShare, Status as ShareStatus, no_share, own, shares_of};
use super::resource_type::{self, ResourceType};
use super::{Event, invalid, invitation, limit_exceeded, rows, unknown};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request, words};
use crate::world::World;

/// Associating and disassociating takes seconds.
const SETTLING_SECONDS: f64 = 5.0;
/// The share reaches the other account within a minute.
const SEEING_SECONDS: f64 = 25.0;
/// The most items of each kind that one call may name (RAM service quotas).
const MOST_ITEMS: usize = 100;

words! {
    Status {
        Associating = "ASSOCIATING", Associated = "ASSOCIATED", Failed = "FAILED", Disassociating = "DISASSOCIATING",
        Disassociated = "DISASSOCIATED", Suspended = "SUSPENDED", Suspending = "SUSPENDING", Restoring = "RESTORING",
    }
}
words! { Kind { Principal = "PRINCIPAL", Resource = "RESOURCE" } }

#[derive(Clone, Debug)]
pub struct Association {
    pub status: Status,
    pub created: Timestamp,
    pub updated: Timestamp,
    /// Whether it came by an invitation, and so does not hang on the organization.
    pub invited: bool,
    /// Whether it stood outside the owner's organization when it came.
    pub external: bool,
    /// Whether the principal sees what is shared by now.
    pub sees: bool,
}

impl Association {
    fn new(now: Timestamp, invited: bool, external: bool) -> Self {
        Self { status: Status::Associating, created: now, updated: now, invited, external, sees: false }
    }

    pub fn is_live(&self) -> bool {
        matches!(self.status, Status::Associating | Status::Associated)
    }
}

/// Lists the shares that reach an account by now.
pub fn shares_with<'w>(world: &'w World, account: &str) -> impl Iterator<Item = &'w ResourceShare> {
    let mut arns = BTreeSet::new();
    for name in names_of(world, account) {
        for arn in world.sharing.by_principal.get(&name).into_iter().flatten() {
            let share = world.sharing.shares.get(arn);
            if share.is_some_and(|share| reaches_by(world, share, &name, account)) {
                arns.insert(arn);
            }
        }
    }
    arns.into_iter().filter_map(|arn| world.sharing.shares.get(arn))
}

/// Tells whether a share reaches an account by one of its principals. Whoever came without an invitation must still be in
/// the owner's organization, unless the share retains the accounts that it names.
fn reaches_by(world: &World, share: &ResourceShare, name: &str, account: &str) -> bool {
    let Some(association) = share.principals.get(name) else { return false };
    let organization = world.organization.organization_of(&share.owner);
    let inside = || organization.is_some_and(|id| world.organization.is_member(&id, account));
    share.status == ShareStatus::Active
        && association.status == Status::Associated
        && association.sees
        && (association.invited || inside() || (share.retains && name == account))
}

/// Checks what is to be shared and with whom.
///
/// # Errors
/// `UnknownResourceException`, `MalformedArnException`, `InvalidParameterException` and what [`way`] answers.
pub fn check(
    world: &World,
    caller: &Caller,
    mut allow_external: bool,
    resources: &[String],
    principals: &[String],
) -> Result<(), AwsError> {
    if resources.len() > MOST_ITEMS || principals.len() > MOST_ITEMS {
        return Err(invalid(format!("No more than {MOST_ITEMS} resources or principals can be named in one call.")));
    }
    for arn in resources {
        // What its owner may share only within the organization takes the whole share there.
        allow_external &= resource_type::check(world, caller, arn)?.outside;
    }
    for text in principals {
        if *text == caller.account {
            return Err(invalid("A resource cannot be shared with the account that owns it."));
        }
        way(world, &caller.account, &Principal::read(text)?, allow_external)?;
    }
    Ok(())
}

/// Refuses what the quotas of a share, or of its owner's invitations, leave no room for; and what is on its way out.
fn check_room(world: &World, arn: &str, resources: &[String], principals: &[String]) -> Result<(), AwsError> {
    let Some(share) = world.sharing.shares.get(arn) else { return Err(unknown(arn)) };
    let leaving = |held: &BTreeMap<String, Association>, name: &String| {
        held.get(name).is_some_and(|it| it.status == Status::Disassociating)
    };
    let mut names = resources.iter().map(|name| (&share.resources, name));
    let mut others = principals.iter().map(|name| (&share.principals, name));
    if let Some((_, name)) = names.find(|(held, name)| leaving(held, name)) {
        return Err(in_transition(name));
    }
    if let Some((_, name)) = others.find(|(held, name)| leaving(held, name)) {
        return Err(in_transition(name));
    }
    let quotas = &world.sharing.quotas;
    let after = |held: &BTreeMap<String, Association>, names: &[String]| {
        let new = names.iter().filter(|name| !held.get(*name).is_some_and(Association::is_live)).count();
        held.values().filter(|it| it.is_live()).count() + new
    };
    if after(&share.resources, resources) > quotas.resources_per_share {
        return Err(limit_exceeded("resources in a resource share"));
    }
    if after(&share.principals, principals) > quotas.principals_per_share {
        return Err(limit_exceeded("principals in a resource share"));
    }
    let mut invited = 0;
    for name in principals.iter().filter(|name| !share.principals.get(*name).is_some_and(Association::is_live)) {
        let way = way(world, &share.owner, &Principal::read(name)?, share.allow_external)?;
        invited += usize::from(way == Way::Invited);
    }
    if invited > 0 && invitation::pending_of(world, &share.owner, &share.region) + invited > quotas.pending_invitations
    {
        return Err(limit_exceeded("pending invitations"));
    }
    Ok(())
}

/// Makes the error for an association that is on its way out.
fn in_transition(name: &str) -> AwsError {
    let message = format!("The association of {name} is in a state that does not allow the operation.");
    AwsError::new("InvalidStateTransitionException", message)
}

/// Adds what [`check`] has passed; what is there already stays as it is. Answers the associations by entity.
///
/// # Errors
/// What [`way`] answers.
pub fn add(
    world: &mut World,
    caller: &Caller,
    arn: &str,
    resources: &[String],
    principals: &[String],
) -> Result<(), AwsError> {
    let now = world.now;
    check_room(world, arn, resources, principals)?;
    for resource in resources {
        let Some(share) = world.sharing.shares.get_mut(arn) else { return Err(unknown(arn)) };
        if !share.resources.get(resource).is_some_and(Association::is_live) {
            share.resources.insert(resource.clone(), Association::new(now, false, false));
            share.permissions.extend(ResourceType::of(resource).map(|it| it.name));
            let event = Event::ResourceAssociated { share: arn.to_owned(), resource: resource.clone() };
            later(world, SETTLING_SECONDS, event);
        }
    }
    for text in principals {
        let Some(share) = world.sharing.shares.get(arn) else { return Err(unknown(arn)) };
        if share.principals.get(text).is_some_and(Association::is_live) {
            continue;
        }
        let way = way(world, &caller.account, &Principal::read(text)?, share.allow_external)?;
        let own = world.organization.organization_of(&caller.account);
        let external = way == Way::Invited && !own.is_some_and(|own| world.organization.is_member(&own, text));
        world.sharing.by_principal.entry(text.clone()).or_default().insert(arn.to_owned());
        if let Some(share) = world.sharing.shares.get_mut(arn) {
            share.principals.insert(text.clone(), Association::new(now, way == Way::Invited, external));
        }
        match way {
            Way::Inside => {
                let event = Event::PrincipalAssociated { share: arn.to_owned(), principal: text.clone() };
                later(world, SETTLING_SECONDS, event);
            }
            Way::Invited => invitation::send(world, arn, text),
        }
    }
    Ok(())
}

fn resource_mut<'w>(world: &'w mut World, share: &str, resource: &str) -> Option<&'w mut Association> {
    world.sharing.shares.get_mut(share)?.resources.get_mut(resource)
}

fn principal_mut<'w>(world: &'w mut World, share: &str, principal: &str) -> Option<&'w mut Association> {
    world.sharing.shares.get_mut(share)?.principals.get_mut(principal)
}

fn pass(association: Option<&mut Association>, now: Timestamp, from: Status, to: Status) -> bool {
    match association {
        Some(association) if association.status == from => {
            association.status = to;
            association.updated = now;
            true
        }
        Some(_) | None => false,
    }
}

pub fn resource_associated(world: &mut World, share: &str, resource: &str) {
    let now = world.now;
    pass(resource_mut(world, share, resource), now, Status::Associating, Status::Associated);
}

pub fn principal_associated(world: &mut World, share: &str, principal: &str) {
    let now = world.now;
    if pass(principal_mut(world, share, principal), now, Status::Associating, Status::Associated) {
        let event = Event::PrincipalSees { share: share.to_owned(), principal: principal.to_owned() };
        later(world, SEEING_SECONDS, event);
    }
}

pub fn principal_sees(world: &mut World, share: &str, principal: &str) {
    if let Some(association) = principal_mut(world, share, principal) {
        association.sees = association.status == Status::Associated;
    }
}

pub fn resource_gone(world: &mut World, share: &str, resource: &str) {
    let now = world.now;
    pass(resource_mut(world, share, resource), now, Status::Disassociating, Status::Disassociated);
}

pub fn principal_gone(world: &mut World, share: &str, principal: &str) {
    let now = world.now;
    pass(principal_mut(world, share, principal), now, Status::Disassociating, Status::Disassociated);
}

request! { "camelCase"
    ChangeResourceShare {
        resource_share_arn: String, resource_arns: Vec<String>, principals: Vec<String>, client_token: Option<String>,
    }
}
answer! { "camelCase"
    Description {
        resource_share_arn: String, resource_share_name: String, associated_entity: String, association_type: Kind,
        status: Status, creation_time: Timestamp, last_updated_time: Timestamp, external: bool,
    }
}
answer! { "camelCase" Changed { resource_share_associations: Vec<Description>, client_token: Option<String> } }

fn description(share: &ResourceShare, kind: Kind, entity: &str, association: &Association) -> Description {
    Description {
        resource_share_arn: share.arn.clone(),
        resource_share_name: share.name.clone(),
        associated_entity: entity.to_owned(),
        association_type: kind,
        status: association.status,
        creation_time: association.created,
        last_updated_time: association.updated,
        external: association.external,
    }
}

fn changed(world: &World, input: ChangeResourceShare) -> Result<Changed, AwsError> {
    let share =
        world.sharing.shares.get(&input.resource_share_arn).ok_or_else(|| unknown(&input.resource_share_arn))?;
    let resources =
        input.resource_arns.iter().filter_map(|entity| Some((Kind::Resource, entity, share.resources.get(entity)?)));
    let principals =
        input.principals.iter().filter_map(|entity| Some((Kind::Principal, entity, share.principals.get(entity)?)));
    let all = resources.chain(principals);
    Ok(Changed {
        resource_share_associations: all.map(|(kind, entity, it)| description(share, kind, entity, it)).collect(),
        client_token: input.client_token,
    })
}

/// Adds resources and principals. Naming what is there already changes nothing.
pub fn associate(world: &mut World, caller: &Caller, input: ChangeResourceShare) -> Result<Changed, AwsError> {
    let share = own(world, caller, &input.resource_share_arn)?;
    check(world, caller, share.allow_external, &input.resource_arns, &input.principals)?;
    add(world, caller, &input.resource_share_arn, &input.resource_arns, &input.principals)?;
    changed(world, input)
}

/// Takes resources and principals out. An account that came by an invitation may also take itself out.
pub fn disassociate(world: &mut World, caller: &Caller, input: ChangeResourceShare) -> Result<Changed, AwsError> {
    let leaves = input.resource_arns.is_empty() && input.principals == [caller.account.clone()];
    let arn = input.resource_share_arn.clone();
    let share = match own(world, caller, &arn) {
        Ok(share) => share,
        Err(_) if leaves => {
            let share = shares_with(world, &caller.account).find(|it| it.arn == arn);
            let share = share.ok_or_else(|| no_share(&arn))?;
            if !share.principals.get(&caller.account).is_some_and(|it| it.invited) {
                return Err(super::not_permitted("An account of the same organization cannot leave a resource share."));
            }
            share
        }
        Err(error) => return Err(error),
    };
    let resources = input.resource_arns.iter().map(|name| (name, share.resources.get(name)));
    let principals = input.principals.iter().map(|name| (name, share.principals.get(name)));
    for (name, association) in resources.chain(principals) {
        match association {
            Some(association) if association.is_live() => {}
            Some(association) if association.status == Status::Disassociating => return Err(in_transition(name)),
            Some(_) | None => return Err(unknown(&format!("The association of {name}"))),
        }
    }
    let now = world.now;
    for resource in &input.resource_arns {
        if let Some(association) = resource_mut(world, &arn, resource) {
            (association.status, association.updated) = (Status::Disassociating, now);
        }
        later(world, SETTLING_SECONDS, Event::ResourceDisassociated { share: arn.clone(), resource: resource.clone() });
    }
    for principal in &input.principals {
        if let Some(association) = principal_mut(world, &arn, principal) {
            (association.status, association.updated) = (Status::Disassociating, now);
        }
        invitation::withdraw(world, &arn, Some(principal));
        later(
            world,
            SETTLING_SECONDS,
            Event::PrincipalDisassociated { share: arn.clone(), principal: principal.clone() },
        );
    }
    changed(world, input)
}

request! { "camelCase"
    GetResourceShareAssociations {
        association_type: Option<Kind>, resource_share_arns: Vec<String>, resource_arn: Option<String>,
        principal: Option<String>, association_status: Option<Status>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "camelCase" Associations { resource_share_associations: Vec<Description>, next_token: Option<String> } }

/// Lists the associations of one kind of the caller's own shares.
pub fn get(world: &mut World, caller: &Caller, input: GetResourceShareAssociations) -> Result<Associations, AwsError> {
    let kind = input.association_type.ok_or_else(|| invalid("associationType must be given"))?;
    let (entity, foreign) = match kind {
        Kind::Principal => (&input.principal, &input.resource_arn),
        Kind::Resource => (&input.resource_arn, &input.principal),
    };
    if foreign.is_some() {
        return Err(invalid(format!("Associations of type {} cannot be asked for by the other type", kind.word())));
    }
    let all = shares_of(world, caller);
    if let Some(arn) = input.resource_share_arns.iter().find(|arn| !all.iter().any(|it| it.arn == **arn)) {
        return Err(no_share(arn));
    }
    let mut found = BTreeMap::new();
    for share in all {
        if !input.resource_share_arns.is_empty() && !input.resource_share_arns.contains(&share.arn) {
            continue;
        }
        let held = match kind {
            Kind::Principal => &share.principals,
            Kind::Resource => &share.resources,
        };
        for (name, association) in held {
            if entity.as_ref().is_none_or(|wanted| wanted == name)
                && input.association_status.is_none_or(|status| association.status == status)
            {
                found.insert(format!("{}\t{name}", share.arn), description(share, kind, name, association));
            }
        }
    }
    let page = rows(world, "GetResourceShareAssociations", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Associations { resource_share_associations: page.items, next_token: page.next })
}
