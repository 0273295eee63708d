//! Peering attachments: two transit gateways joined, within a Region or across, within an account or across.
//!
//! | from | trigger | to |
//! |---|---|---|
//! | (none) | create, by the owner of one transit gateway | `initiatingRequest → pendingAcceptance`, or `failed` |
//! | `pendingAcceptance` | accept / reject, by the owner of the other, in its Region | `pending → available` / `rejecting → rejected` |
//! | `pendingAcceptance`, `available` | delete, by either | `deleting → deleted` |
//!
//! (VPC guide, "Transit gateway peering attachments".) It must be accepted even within one account, and waits for that for
//! ever. Each side associates it, writes static routes and tags by itself; nothing propagates over it. Both sides know it by
//! one id, unless they are in one Region: then each has an id of its own (seen in terraform-provider-aws#23828, #24000).

use jiff::Timestamp;

use super::Network;
use super::association::Association;
use super::attachment::{Side, join_default_tables, leave_routing};
use super::members::Switch;
use super::resource::Kind;
use super::shelf::{Kept, Key};
use super::tags;
use super::transit_gateway::{self, RECORD_LIFE};
use super::vpc_attachment::State;
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// Until it waits for acceptance; more than four minutes from there to available (terraform-provider-aws#25606).
pub const REQUEST_SECONDS: f64 = 10.0;
pub const CREATE_SECONDS: f64 = 270.0;
pub const REJECT_SECONDS: f64 = 10.0;
pub const DELETE_SECONDS: f64 = 60.0;

/// One side of a peering.
#[derive(Clone, Debug)]
pub struct End {
    /// The attachment's id as this side knows it.
    pub attachment: String,
    pub transit_gateway: String,
    pub owner: AccountId,
    pub region: String,
    pub association: Option<Association>,
    /// What DescribeTransitGatewayAttachments says of the association; it may lag.
    pub shown_association: Option<Association>,
}

impl End {
    pub fn side(&self) -> Side {
        Side { transit_gateway: self.transit_gateway.clone(), attachment: self.attachment.clone() }
    }

    /// Returns the name that its tags are kept under: one account may have both sides under one id.
    pub fn tagged(&self) -> String {
        tags::at_region(&self.attachment, &self.region)
    }

    pub fn is_at(&self, account: &str, region: &str) -> bool {
        self.owner == account && self.region == region
    }
}

#[derive(Clone, Debug)]
pub struct PeeringAttachment {
    /// The requester's id for it.
    pub id: String,
    pub requester: End,
    pub accepter: End,
    pub state: State,
    /// Why it failed.
    pub message: Option<String>,
    pub created: Timestamp,
    pub dynamic_routing: Switch,
}

impl PeeringAttachment {
    pub fn ends(&self) -> [&End; 2] {
        [&self.requester, &self.accepter]
    }

    /// Returns the side across from that of a transit gateway.
    pub fn across(&self, transit_gateway: &str) -> &End {
        if self.requester.transit_gateway == transit_gateway { &self.accepter } else { &self.requester }
    }

    /// Tells whether a side sees it: the accepter does not before the request has reached it.
    pub fn shows(&self, end: &End) -> bool {
        let reached =
            self.state != State::InitiatingRequest && !(self.state == State::Failed && self.message.is_some());
        reached || end.transit_gateway == self.requester.transit_gateway
    }
}

impl Kept for PeeringAttachment {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        let of = |end: &End| {
            [
                Key::Place(end.owner.clone(), end.region.clone()),
                Key::TransitGateway(end.transit_gateway.clone()),
                Key::Attachment(end.attachment.clone()),
            ]
        };
        [of(&self.requester), of(&self.accepter)].concat()
    }
}

/// Finds a peering's side by the transit gateway and the attachment's id there.
pub fn of_gateway<'w>(network: &'w Network, gateway: &str, id: &str) -> Option<(&'w PeeringAttachment, &'w End)> {
    find(network, id, |end| end.transit_gateway == gateway)
}

/// Finds a peering's side by the place and the attachment's id there.
pub fn at<'w>(network: &'w Network, account: &str, region: &str, id: &str) -> Option<(&'w PeeringAttachment, &'w End)> {
    find(network, id, |end| end.is_at(account, region)).filter(|(it, end)| it.shows(end))
}

fn find<'w>(network: &'w Network, id: &str, is: impl Fn(&End) -> bool) -> Option<(&'w PeeringAttachment, &'w End)> {
    let mut all = network.peering_attachments.under(&Key::Attachment(id.to_owned()));
    all.find_map(|it| Some((it, it.ends().into_iter().find(|end| end.attachment == id && is(end))?)))
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Requested,
    Available,
    Rejected,
    Deleted,
    Forgotten,
}

pub fn later(world: &mut World, seconds: f64, id: &str, event: Event) {
    world.later(seconds, world::Event::Network(super::Event::PeeringAttachment(id.to_owned(), event)));
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let Some(it) = world.network.peering_attachments.get(id) else { return };
    match (event, it.state) {
        (Event::Requested, State::InitiatingRequest) => {
            let fault = unreachable(world, &it.accepter);
            let Some(it) = world.network.peering_attachments.get_mut(id) else { return };
            it.message = fault;
            if it.message.is_some() {
                end(world, id, State::Failed);
            } else {
                it.state = State::PendingAcceptance;
            }
        }
        (Event::Available, State::Pending) => {
            let sides = it.ends().map(End::side);
            set_state(world, id, State::Available);
            for side in sides {
                join_default_tables(world, &side);
            }
        }
        (Event::Rejected, State::Rejecting) => end(world, id, State::Rejected),
        (Event::Deleted, State::Deleting) => end(world, id, State::Deleted),
        (Event::Forgotten, _) => {
            if let Some(it) = world.network.peering_attachments.remove(id) {
                for end in it.ends() {
                    world.network.tags.forget(&[&end.owner], &end.tagged());
                }
            }
        }
        // It has meanwhile gone another way.
        (Event::Requested | Event::Available | Event::Rejected | Event::Deleted, _) => {}
    }
}

/// Says why a request cannot reach the other side, if so.
fn unreachable(world: &World, accepter: &End) -> Option<String> {
    let gateway = world.network.transit_gateways.get(&accepter.transit_gateway);
    let there = gateway.is_some_and(|it| {
        accepter.is_at(&it.owner, &it.region)
            && matches!(it.state, transit_gateway::State::Available | transit_gateway::State::Modifying)
    });
    (!there).then(|| format!("Transit Gateway {} was deleted or does not exist.", accepter.transit_gateway))
}

pub fn set_state(world: &mut World, id: &str, state: State) {
    if let Some(it) = world.network.peering_attachments.get_mut(id) {
        it.state = state;
    }
}

/// Ends a peering: the routing of both sides goes with it, the record stays for a while.
fn end(world: &mut World, id: &str, state: State) {
    let Some(it) = world.network.peering_attachments.get_mut(id) else { return };
    it.state = state;
    for side in it.ends().map(End::side) {
        leave_routing(world, &side);
    }
    let event = super::Event::PeeringAttachment(id.to_owned(), Event::Forgotten);
    world.exactly_after(RECORD_LIFE, world::Event::Network(event));
}

/// Finds a peering that the caller has a side of and that is not deleted, and that side.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.Malformed` and `InvalidTransitGatewayAttachmentID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<(&'w PeeringAttachment, &'w End), AwsError> {
    Kind::TransitGatewayAttachment.check(id)?;
    at(&world.network, &caller.account, &caller.region, id)
        .filter(|(it, _)| it.state != State::Deleted)
        .ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))
}

#[cfg(test)]
#[path = "peering_attachment_tests.rs"]
mod tests;
