//! Resource shares, invitations to them, and roles.

use serde_json::Value;
use transitd::api::answer::Thing;
use transitd::api::{ApiError, ShareSide};
use transitd::model::{Invitation, ResourceShare, Role, ShareAssociation};

use super::{some, text};

pub fn role(answer: &Value) -> Result<Role, ApiError> {
    let seen = &answer["Role"];
    let thing = Thing::new("role", text(seen, "RoleName"));
    Ok(Role {
        name: thing.text("RoleName", text(seen, "RoleName"))?,
        trust: thing.policy("AssumeRolePolicyDocument", text(seen, "AssumeRolePolicyDocument"))?,
    })
}

pub fn share(seen: &Value) -> Result<ResourceShare, ApiError> {
    let thing = Thing::new("resource share", text(seen, "resourceShareArn"));
    Ok(ResourceShare {
        arn: thing.text("resourceShareArn", text(seen, "resourceShareArn"))?,
        name: thing.text("name", text(seen, "name"))?,
        state: thing.share_state(text(seen, "status"))?,
        allow_external: thing.has("allowExternalPrincipals", seen["allowExternalPrincipals"].as_bool())?,
        tags: thing.tags(some(seen, "tags").iter().map(|tag| (text(tag, "key"), text(tag, "value"))))?,
    })
}

pub fn association(side: ShareSide, seen: &Value) -> Result<ShareAssociation, ApiError> {
    let thing = Thing::new("association of resource share", text(seen, "resourceShareArn"));
    Ok(ShareAssociation {
        share: thing.text("resourceShareArn", text(seen, "resourceShareArn"))?,
        entity: thing.text("associatedEntity", text(seen, "associatedEntity"))?,
        state: thing.share_state(text(seen, "status"))?,
        external: thing.is_external(side, seen["external"].as_bool())?,
    })
}

pub fn invitation(seen: &Value) -> Result<Invitation, ApiError> {
    let thing = Thing::new("invitation", text(seen, "resourceShareInvitationArn"));
    Ok(Invitation {
        arn: thing.text("resourceShareInvitationArn", text(seen, "resourceShareInvitationArn"))?,
        share: thing.text("resourceShareArn", text(seen, "resourceShareArn"))?,
        sent: thing.has("invitationTimestamp", text(seen, "invitationTimestamp").and_then(|at| at.parse().ok()))?,
        state: thing.invitation_state(text(seen, "status"))?,
    })
}
