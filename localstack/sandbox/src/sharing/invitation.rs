//! Invitations: what an account outside the organization must accept before a share reaches it.
//!
//! For transit gateways they live 7 days (RAM User Guide). What happened to an invitation stays listed until its share
//! is forgotten; that it was accepted is a fact of the share's association.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::association::{principal_associated, principal_gone};
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

impl Invitation {
    /// Ends an invitation that nobody answered.
    pub fn lapse(&mut self) {
        if self.status == Status::Pending {
            self.status = Status::Expired;
        }
    }
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

/// Takes back what was not answered yet.
pub fn withdraw(world: &mut World, share: &str, receiver: &str) {
    let held = world.sharing.invitations.values_mut();
    held.filter(|it| it.share == share && it.receiver == receiver).for_each(Invitation::lapse);
}

pub fn expire(world: &mut World, arn: &str) {
    let Some(invitation) = world.sharing.invitations.get_mut(arn) else { return };
    if invitation.status == Status::Pending {
        invitation.status = Status::Expired;
        let (share, receiver) = (invitation.share.clone(), invitation.receiver.clone());
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

/// Answers a pending invitation to the caller.
fn respond(
    world: &mut World,
    caller: &Caller,
    input: NamedInvitation,
    status: Status,
) -> Result<OneInvitation, AwsError> {
    let arn = &input.resource_share_invitation_arn;
    let held = world.sharing.invitations.get_mut(arn);
    let Some(invitation) = held.filter(|it| it.receiver == caller.account && it.region == caller.region) else {
        let message = format!("ResourceShareInvitation {arn} could not be found.");
        return Err(AwsError::new("ResourceShareInvitationArnNotFoundException", message));
    };
    let said = match invitation.status {
        Status::Pending => None,
        Status::Accepted => Some("AlreadyAccepted"),
        Status::Rejected => Some("AlreadyRejected"),
        Status::Expired => Some("Expired"),
    };
    if let Some(said) = said {
        let message = format!("ResourceShareInvitation {arn} is {}.", invitation.status.word());
        return Err(AwsError::new(format!("ResourceShareInvitation{said}Exception"), message));
    }
    invitation.status = status;
    let answer = OneInvitation { resource_share_invitation: description(invitation), client_token: input.client_token };
    let (share, receiver) = (invitation.share.clone(), invitation.receiver.clone());
    if status == Status::Accepted {
        principal_associated(world, &share, &receiver);
    } else {
        give_up(world, &share, &receiver);
    }
    Ok(answer)
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
        let message = format!("ResourceShareInvitation {arn} could not be found.");
        return Err(AwsError::new("ResourceShareInvitationArnNotFoundException", message));
    }
    let named = |names: &[String], arn: &String| names.is_empty() || names.contains(arn);
    let wanted = own.into_iter().filter(|it| {
        named(&input.resource_share_invitation_arns, &it.arn) && named(&input.resource_share_arns, &it.share)
    });
    let found: BTreeMap<String, Description> = wanted.map(|it| (it.arn.clone(), description(it))).collect();
    let page = rows("GetResourceShareInvitations", input.max_results, input.next_token.as_deref(), &found)?;
    Ok(Invitations { resource_share_invitations: page.items, next_token: page.next })
}
