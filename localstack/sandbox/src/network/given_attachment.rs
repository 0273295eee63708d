//! Attachments that a transit gateway is given: VPN, Connect, Direct Connect gateway and network function.
//!
//! Their makers stand elsewhere: a VPN connection and a Connect attachment come by calls of EC2, the other two by
//! services that the sandbox does not model, so [`give`] makes them. The transit gateway's owner alone sees them.
//! What BGP brings over one is set by [`bring`]; a network function brings nothing. `pending → available → deleting →
//! deleted`.

use std::collections::BTreeSet;

use ipnet::IpNet;
use jiff::Timestamp;

use super::association::Association;
use super::attachment::{self, ResourceType, Side, join_default_tables, leave_routing};
use super::resource::{Kind, incorrect_state};
use super::shelf::{Kept, Key};
use super::transit_gateway::{self, RECORD_LIFE};
use super::vpc_attachment::State;
use super::{connect, propagation, visibility};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// A VPN takes some minutes; the others are guessed to be like VPC attachments.
const CREATE_SECONDS: f64 = 120.0;
const DELETE_SECONDS: f64 = 60.0;

#[derive(Clone, Debug)]
pub struct GivenAttachment {
    pub id: String,
    pub transit_gateway: String,
    pub transit_gateway_owner: AccountId,
    pub region: String,
    pub resource_type: ResourceType,
    /// A VPN connection, a Direct Connect gateway's UUID, a firewall's ARN, or for Connect the transport attachment.
    pub resource: String,
    pub resource_owner: AccountId,
    pub state: State,
    pub created: Timestamp,
    pub association: Option<Association>,
    /// What DescribeTransitGatewayAttachments says of the association; it may lag.
    pub shown_association: Option<Association>,
    /// The route tables that it propagates to, in order.
    pub propagations: Vec<String>,
    /// What BGP brings, in order.
    pub prefixes: Vec<IpNet>,
}

impl GivenAttachment {
    fn side(&self) -> Side {
        Side { transit_gateway: self.transit_gateway.clone(), attachment: self.id.clone() }
    }
}

impl Kept for GivenAttachment {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![
            Key::Place(self.transit_gateway_owner.clone(), self.region.clone()),
            Key::TransitGateway(self.transit_gateway.clone()),
        ]
    }
}

/// Tells whether an account sees it in a Region.
pub fn shows(attachment: &GivenAttachment, account: &str, region: &str) -> bool {
    attachment.region == region && attachment.transit_gateway_owner == account
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Available,
    Deleted,
    Forgotten,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let Some(it) = world.network.given_attachments.get_mut(id) else { return };
    match (event, it.state) {
        (Event::Available, State::Pending) => {
            it.state = State::Available;
            let side = it.side();
            join_default_tables(world, &side);
            propagation::attachment_available(world, &side);
        }
        (Event::Deleted, State::Deleting) => {
            it.state = State::Deleted;
            let side = it.side();
            leave_routing(world, &side);
            let event = super::Event::GivenAttachment(id.to_owned(), Event::Forgotten);
            world.exactly_after(RECORD_LIFE, world::Event::Network(event));
        }
        (Event::Forgotten, _) => {
            if let Some(it) = world.network.given_attachments.remove(id) {
                world.network.tags.forget(&[&it.transit_gateway_owner], id);
            }
        }
        // It has meanwhile gone another way.
        (Event::Available | Event::Deleted, _) => {}
    }
}

/// Makes an attachment, pending, of a transit gateway that the caller owns. Answers its id.
///
/// # Errors
/// What [`transit_gateway::own`] answers, `IncorrectState` for a transit gateway that is not available, and
/// `TransitGatewayAttachmentLimitExceeded`.
pub fn make(
    world: &mut World,
    caller: &Caller,
    gateway: &str,
    resource_type: ResourceType,
    resource: &str,
    resource_owner: &str,
) -> Result<String, AwsError> {
    check_gateway(world, caller, gateway)?;
    let id = Kind::TransitGatewayAttachment.new_id(&mut world.dice);
    world.network.given_attachments.insert(GivenAttachment {
        id: id.clone(),
        transit_gateway: gateway.to_owned(),
        transit_gateway_owner: caller.account.clone(),
        region: caller.region.clone(),
        resource_type,
        resource: resource.to_owned(),
        resource_owner: resource_owner.to_owned(),
        state: State::Pending,
        created: world.now,
        association: None,
        shown_association: None,
        propagations: Vec::new(),
        prefixes: Vec::new(),
    });
    visibility::hide(world, &caller.account, &id);
    let event = super::Event::GivenAttachment(id.clone(), Event::Available);
    world.later(CREATE_SECONDS, world::Event::Network(event));
    Ok(id)
}

/// Checks that a transit gateway is the caller's and has room for one more attachment.
///
/// # Errors
/// As [`make`].
pub fn check_gateway(world: &World, caller: &Caller, gateway: &str) -> Result<(), AwsError> {
    let gateway = transit_gateway::own(world, caller, gateway)?;
    if !matches!(gateway.state, transit_gateway::State::Available | transit_gateway::State::Modifying) {
        return Err(incorrect_state(&gateway.id));
    }
    if !attachment::has_room(&world.network, &gateway.id) {
        let message = format!("The maximum number of attachments of {} has been reached.", gateway.id);
        return Err(AwsError::new("TransitGatewayAttachmentLimitExceeded", message));
    }
    Ok(())
}

pub fn begin_deleting(world: &mut World, id: &str) {
    if let Some(it) = world.network.given_attachments.get_mut(id) {
        it.state = State::Deleting;
        let event = super::Event::GivenAttachment(id.to_owned(), Event::Deleted);
        world.later(DELETE_SECONDS, world::Event::Network(event));
    }
}

/// Gives a transit gateway an attachment of a service that the sandbox does not model; without a resource's id, one is
/// made up. Answers the attachment's id.
///
/// # Errors
/// `InvalidParameterValue` for a kind that has calls of its own, and what [`make`] answers.
pub fn give(
    world: &mut World,
    caller: &Caller,
    gateway: &str,
    resource_type: ResourceType,
    resource: Option<&str>,
) -> Result<String, AwsError> {
    let made_up = match resource_type {
        ResourceType::DirectConnectGateway => world.dice.uuid(),
        ResourceType::NetworkFunction => {
            let name = world.dice.letters(8);
            format!("arn:aws:network-firewall:{}:{}:firewall/{name}", caller.region, caller.account)
        }
        ResourceType::Vpc | ResourceType::Connect | ResourceType::Vpn | ResourceType::Peering => {
            let message = format!("An attachment of type {} is made by calls of EC2.", resource_type.word());
            return Err(super::resource::invalid_value(message));
        }
    };
    make(world, caller, gateway, resource_type, resource.unwrap_or(&made_up), &caller.account)
}

/// Takes an attachment away that [`give`] gave.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.NotFound`, and `IncorrectState` for one that is not available.
pub fn take(world: &mut World, id: &str) -> Result<(), AwsError> {
    let it = world.network.given_attachments.get(id).ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))?;
    if it.state != State::Available || connect::is_transport(world, &it.transit_gateway, id) {
        return Err(incorrect_state(id));
    }
    begin_deleting(world, id);
    Ok(())
}

/// Sets the prefixes that BGP brings over an attachment, from now on and wherever it propagates.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.NotFound`, and `InvalidParameterValue` where there is no BGP.
pub fn bring(world: &mut World, id: &str, prefixes: &[IpNet]) -> Result<(), AwsError> {
    let it = world.network.given_attachments.get_mut(id);
    let it = it.ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))?;
    match it.resource_type {
        ResourceType::DirectConnectGateway | ResourceType::Connect | ResourceType::Vpn => {}
        ResourceType::NetworkFunction | ResourceType::Vpc | ResourceType::Peering => {
            return Err(super::resource::invalid_value(format!("There is no BGP over {id}.")));
        }
    }
    let sorted: BTreeSet<IpNet> = prefixes.iter().map(IpNet::trunc).collect();
    it.prefixes = sorted.into_iter().collect();
    let (side, works) = (it.side(), it.state.carries_traffic());
    if works {
        propagation::prefixes_changed(world, &side);
    }
    Ok(())
}

#[cfg(test)]
#[path = "given_attachment_tests.rs"]
mod tests;
