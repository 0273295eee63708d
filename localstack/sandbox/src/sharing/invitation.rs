//! Invitations: what an account outside the organization must accept before a share reaches it.
//!
//! For transit gateways they live 7 days (RAM User Guide). What happened to an invitation stays listed for a time (see
//! [`super::Switches`]); that it was accepted is a fact of the share's association, which stays.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::association::{principal_associated, principal_gone};
use super::listing::{Resources, resource};
use super::permission::Scope;
use super::resource_share::uuid;
use super::{Event, rows};
use crate::call::{AccountId, AwsError, Caller};
use crate::network::members::{answer, request, words};
use crate::world::World;

const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

words! { Status { Pending = "PENDING", Accepted = "ACCEPTED", Rejected = "REJECTED", Expired = "EXPIRED" } }

#[derive(Clone, Debug)]
pub struct Invitation {
    pub arn: String,
    pub share: String,
    pub share_name: String,
    pub region: String,
    pub sender: AccountId,
    pub receiver: AccountId,
    pub sent: Timestamp,
    pub status: Status,
}

/// Counts the invitations of a sender in a Region that nobody has answered yet.
pub fn pending_of(world: &World, sender: &str, region: &str) -> usize {
    let sent = world.sharing.invitations.values();
    sent.filter(|it| it.status == Status::Pending && it.sender == sender && it.region == region).count()
}

/// Invites an account into a share.
pub fn send(world: &mut World, share: &str, receiver: &str) {
    let id = uuid(world);
    let Some(held) = world.sharing.shares.get(share) else { return };
    let arn = format!("arn:aws:ram:{}:{}:resource-share-invitation/{id}", held.region, held.owner);
    let invitation = Invitation {
        arn: arn.clone(),
        share: share.to_owned(),
        share_name: held.name.clone(),
        region: held.region.clone(),
        sender: held.owner.clone(),
        receiver: receiver.to_owned(),
        sent: world.now,
        status: Status::Pending,
    };
    world.sharing.invitations.insert(arn.clone(), invitation);
    world.exactly_after(LIFE, crate::world::Event::Sharing(Event::InvitationExpired(arn)));
}

/// Takes back what was not answered yet: of one receiver, or of all.
pub fn withdraw(world: &mut World, share: &str, receiver: Option<&str>) {
    let held = world.sharing.invitations.values();
    let fits = held.filter(|it| it.share == share && receiver.is_none_or(|wanted| it.receiver == wanted));
    let pending: Vec<String> = fits.filter(|it| it.status == Status::Pending).map(|it| it.arn.clone()).collect();
    for arn in pending {
        end(world, &arn, Status::Expired);
    }
}

/// Gives an invitation its last status, and lets it be listed a while longer.
fn end(world: &mut World, arn: &str, status: Status) {
    if let Some(invitation) = world.sharing.invitations.get_mut(arn) {
        invitation.status = status;
        let listed = world.sharing.switches.answered_invitations_listed;
        world.exactly_after(listed, crate::world::Event::Sharing(Event::InvitationForgotten(arn.to_owned())));
    }
}

pub fn forget(world: &mut World, arn: &str) {
    world.sharing.invitations.remove(arn);
}

pub fn expire(world: &mut World, arn: &str) {
    let Some(invitation) = world.sharing.invitations.get(arn) else { return };
    if invitation.status == Status::Pending {
        let (share, receiver) = (invitation.share.clone(), invitation.receiver.clone());
        end(world, arn, Status::Expired);
        give_up(world, &share, &receiver);
    }
}

/// Ends the association that waited for an answer.
fn give_up(world: &mut World, share: &str, receiver: &str) {
    if let Some(association) = world.sharing.shares.get_mut(share).and_then(|it| it.principals.get_mut(receiver)) {
        association.status = super::association::Status::Disassociating;
        principal_gone(world, share, receiver);
    }
}

request! { "camelCase" NamedInvitation { resource_share_invitation_arn: String, client_token: Option<String> } }
answer! { "camelCase"
    Description {
        resource_share_invitation_arn: String, resource_share_name: String, resource_share_arn: String,
        sender_account_id: String, receiver_account_id: String, invitation_timestamp: Timestamp, status: Status,
    }
}
answer! { "camelCase" OneInvitation { resource_share_invitation: Description, client_token: Option<String> } }

fn description(invitation: &Invitation) -> Description {
    Description {
        resource_share_invitation_arn: invitation.arn.clone(),
        resource_share_name: invitation.share_name.clone(),
        resource_share_arn: invitation.share.clone(),
        sender_account_id: invitation.sender.clone(),
        receiver_account_id: invitation.receiver.clone(),
        invitation_timestamp: invitation.sent,
        status: invitation.status,
    }
}

fn not_found(arn: &str) -> AwsError {
    let message = format!("ResourceShareInvitation {arn} could not be found.");
    AwsError::new("ResourceShareInvitationArnNotFoundException", message)
}

/// Finds an invitation that the caller was sent.
fn received<'w>(world: &'w World, caller: &Caller, arn: &str) -> Result<&'w Invitation, AwsError> {
    if !arn.starts_with("arn:aws:ram:") {
        return Err(AwsError::new("MalformedArnException", format!("The invitation ARN {arn} is malformed.")));
    }
    let held = world.sharing.invitations.get(arn);
    held.filter(|it| it.receiver == caller.account && it.region == caller.region).ok_or_else(|| not_found(arn))
}

fn check_pending(invitation: &Invitation) -> Result<(), AwsError> {
    let said = match invitation.status {
        Status::Pending => return Ok(()),
        Status::Accepted => "AlreadyAccepted",
        Status::Rejected => "AlreadyRejected",
        Status::Expired => "Expired",
    };
    let message = format!("ResourceShareInvitation {} is {}.", invitation.arn, invitation.status.word());
    Err(AwsError::new(format!("ResourceShareInvitation{said}Exception"), message))
}

/// Answers a pending invitation to the caller.
fn respond(
    world: &mut World,
    caller: &Caller,
    input: NamedInvitation,
    status: Status,
) -> Result<OneInvitation, AwsError> {
    let arn = &input.resource_share_invitation_arn;
    let invitation = received(world, caller, arn)?;
    check_pending(invitation)?;
    let (share, receiver) = (invitation.share.clone(), invitation.receiver.clone());
    end(world, arn, status);
    if status == Status::Accepted {
        principal_associated(world, &share, &receiver);
    } else {
        give_up(world, &share, &receiver);
    }
    let invitation = world.sharing.invitations.get(arn).ok_or_else(|| not_found(arn))?;
    Ok(OneInvitation { resource_share_invitation: description(invitation), client_token: input.client_token })
}

pub fn accept(world: &mut World, caller: &Caller, input: NamedInvitation) -> Result<OneInvitation, AwsError> {
    respond(world, caller, input, Status::Accepted)
}

pub fn reject(world: &mut World, caller: &Caller, input: NamedInvitation) -> Result<OneInvitation, AwsError> {
    respond(world, caller, input, Status::Rejected)
}

request! { "camelCase"
    GetResourceShareInvitations {
        resource_share_invitation_arns: Vec<String>, resource_share_arns: Vec<String>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
answer! { "camelCase" Invitations { resource_share_invitations: Vec<Description>, next_token: Option<String> } }

/// Lists the invitations that the caller was sent.
pub fn get(world: &mut World, caller: &Caller, input: GetResourceShareInvitations) -> Result<Invitations, AwsError> {
    let all = world.sharing.invitations.values();
    let own: Vec<&Invitation> = all.filter(|it| it.receiver == caller.account && it.region == caller.region).collect();
    if let Some(arn) = input.resource_share_invitation_arns.iter().find(|arn| !own.iter().any(|it| it.arn == **arn)) {
        return Err(not_found(arn));
    }
    let named = |names: &[String], arn: &String| names.is_empty() || names.contains(arn);
    let wanted = own.into_iter().filter(|it| {
        named(&input.resource_share_invitation_arns, &it.arn) && named(&input.resource_share_arns, &it.share)
    });
    let found: BTreeMap<String, Description> = wanted.map(|it| (it.arn.clone(), description(it))).collect();
    let page = rows(world, "GetResourceShareInvitations", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Invitations { resource_share_invitations: page.items, next_token: page.next })
}

request! { "camelCase"
    ListPendingInvitationResources {
        resource_share_invitation_arn: String, resource_region_scope: Option<Scope>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}

/// Lists what the caller would be shared with by a pending invitation.
pub fn resources(
    world: &mut World,
    caller: &Caller,
    input: ListPendingInvitationResources,
) -> Result<Resources, AwsError> {
    let invitation = received(world, caller, &input.resource_share_invitation_arn)?;
    check_pending(invitation)?;
    let regional = input.resource_region_scope.is_none_or(Scope::has_regional);
    let share = world.sharing.shares.get(&invitation.share).filter(|_| regional);
    let offered = share.into_iter().flat_map(|share| share.offered().map(move |arn| (share, arn)));
    let found = offered.filter_map(|(share, arn)| Some((arn.to_owned(), resource(share, arn)?))).collect();
    let action = "ListPendingInvitationResources";
    let page = rows(world, action, input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Resources { resources: page.items, next_token: page.next })
}
