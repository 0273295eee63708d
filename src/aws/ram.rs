//! RAM: what the home account shares, with whom, and who was invited.

use aws_sdk_ram::Client;
use aws_sdk_ram::types;

use super::trip::{Trip, moment};
use crate::api::answer::{self, Thing};
use crate::api::{ApiError, Items, Page, ShareSide};
use crate::model::{Invitation, ResourceShare, ShareAssociation};

pub(super) async fn get_shares(ram: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ram
        .get_resource_shares()
        .resource_owner(types::ResourceOwner::SelfValue)
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ram());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("GetResourceShares", Some("answer")).has("resourceShares", answer.resource_shares)?;
    let shares = seen.iter().map(share).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::ResourceShares(shares), next: answer::next(answer.next_token) })
}

pub(super) async fn get_associations(ram: &Client, trip: &Trip<'_>, side: ShareSide) -> Result<Page, ApiError> {
    let kind = match side {
        ShareSide::Principals => types::ResourceShareAssociationType::Principal,
        ShareSide::Resources => types::ResourceShareAssociationType::Resource,
    };
    let call = ram
        .get_resource_share_associations()
        .association_type(kind)
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ram());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("GetResourceShareAssociations", Some("answer"));
    let seen = list.has("resourceShareAssociations", answer.resource_share_associations)?;
    let associations = seen.iter().map(|seen| association(side, seen)).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::ShareAssociations(associations), next: answer::next(answer.next_token) })
}

pub(super) async fn get_invitations(ram: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ram
        .get_resource_share_invitations()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ram());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("GetResourceShareInvitations", Some("answer"));
    let seen = list.has("resourceShareInvitations", answer.resource_share_invitations)?;
    let invitations = seen.iter().map(invitation).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::Invitations(invitations), next: answer::next(answer.next_token) })
}

fn share(seen: &types::ResourceShare) -> Result<ResourceShare, ApiError> {
    let thing = Thing::new("resource share", seen.resource_share_arn());
    Ok(ResourceShare {
        arn: thing.text("resourceShareArn", seen.resource_share_arn())?,
        name: thing.text("name", seen.name())?,
        state: thing.share_state(seen.status().map(types::ResourceShareStatus::as_str))?,
        allow_external: thing.has("allowExternalPrincipals", seen.allow_external_principals())?,
        tags: thing.tags(seen.tags().iter().map(|tag| (tag.key(), tag.value())))?,
    })
}

fn association(side: ShareSide, seen: &types::ResourceShareAssociation) -> Result<ShareAssociation, ApiError> {
    let thing = Thing::new("association of resource share", seen.resource_share_arn());
    Ok(ShareAssociation {
        share: thing.text("resourceShareArn", seen.resource_share_arn())?,
        entity: thing.text("associatedEntity", seen.associated_entity())?,
        state: thing.share_state(seen.status().map(types::ResourceShareAssociationStatus::as_str))?,
        external: thing.is_external(side, seen.external())?,
    })
}

fn invitation(seen: &types::ResourceShareInvitation) -> Result<Invitation, ApiError> {
    let thing = Thing::new("invitation", seen.resource_share_invitation_arn());
    Ok(Invitation {
        arn: thing.text("resourceShareInvitationArn", seen.resource_share_invitation_arn())?,
        share: thing.text("resourceShareArn", seen.resource_share_arn())?,
        sent: thing.has("invitationTimestamp", seen.invitation_timestamp().and_then(moment))?,
        state: thing.invitation_state(seen.status().map(types::ResourceShareInvitationStatus::as_str))?,
    })
}
