//! An attachment of any kind, as the routing of one transit gateway sees it.
//!
//! Associations, propagations and routes are the same for all kinds; only what an attachment leads to, and where the
//! prefixes that it brings come from, differ. An attachment is named by its transit gateway and its id together, since
//! the two sides of a peering may carry one id.

use std::borrow::Cow;

use ipnet::IpNet;
use jiff::Timestamp;

use super::association::{self, Association};
use super::given_attachment::GivenAttachment;
use super::members::words;
use super::peering_attachment::{End, PeeringAttachment};
use super::propagation;
use super::resource::{Kind, incorrect_state};
use super::shelf::Key;
use super::vpc_attachment::{State, VpcAttachment};
use super::{Network, given_attachment, peering_attachment, vpc_attachment};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

words! {
    /// What an attachment leads to. Of propagated routes with one prefix, that of the earlier kind in this order wins
    /// (VPC guide, "Transit gateway route tables", on the order in which routes are evaluated).
    ResourceType {
        Vpc = "vpc", NetworkFunction = "network-function", DirectConnectGateway = "direct-connect-gateway",
        Connect = "connect", Vpn = "vpn", Peering = "peering",
    }
}

/// An attachment as one transit gateway has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub transit_gateway: String,
    pub attachment: String,
}

/// An attachment of any kind.
#[derive(Clone, Copy, Debug)]
pub enum Attachment<'w> {
    Vpc(&'w VpcAttachment),
    Given(&'w GivenAttachment),
    /// A peering, and the side of it that is meant.
    Peering(&'w PeeringAttachment, &'w End),
}

impl<'w> Attachment<'w> {
    pub fn id(self) -> &'w str {
        match self {
            Attachment::Vpc(it) => &it.id,
            Attachment::Given(it) => &it.id,
            Attachment::Peering(_, end) => &end.attachment,
        }
    }

    pub fn transit_gateway(self) -> &'w str {
        match self {
            Attachment::Vpc(it) => &it.transit_gateway,
            Attachment::Given(it) => &it.transit_gateway,
            Attachment::Peering(_, end) => &end.transit_gateway,
        }
    }

    pub fn transit_gateway_owner(self) -> &'w AccountId {
        match self {
            Attachment::Vpc(it) => &it.transit_gateway_owner,
            Attachment::Given(it) => &it.transit_gateway_owner,
            Attachment::Peering(_, end) => &end.owner,
        }
    }

    pub fn side(self) -> Side {
        Side { transit_gateway: self.transit_gateway().to_owned(), attachment: self.id().to_owned() }
    }

    pub fn resource_type(self) -> ResourceType {
        match self {
            Attachment::Vpc(_) => ResourceType::Vpc,
            Attachment::Given(it) => it.resource_type,
            Attachment::Peering(..) => ResourceType::Peering,
        }
    }

    /// Returns the id of what it leads to: a VPC, a VPN connection, a Direct Connect gateway, a transport attachment, the
    /// transit gateway across.
    pub fn resource(self) -> &'w str {
        match self {
            Attachment::Vpc(it) => &it.vpc,
            Attachment::Given(it) => &it.resource,
            Attachment::Peering(it, end) => &it.across(&end.transit_gateway).transit_gateway,
        }
    }

    pub fn resource_owner(self) -> &'w AccountId {
        match self {
            Attachment::Vpc(it) => &it.vpc_owner,
            Attachment::Given(it) => &it.resource_owner,
            Attachment::Peering(it, end) => &it.across(&end.transit_gateway).owner,
        }
    }

    pub fn state(self) -> State {
        match self {
            Attachment::Vpc(it) => it.state,
            Attachment::Given(it) => it.state,
            Attachment::Peering(it, _) => it.state,
        }
    }

    pub fn created(self) -> Timestamp {
        match self {
            Attachment::Vpc(it) => it.created,
            Attachment::Given(it) => it.created,
            Attachment::Peering(it, _) => it.created,
        }
    }

    /// Returns the route table that decides about what comes in through it.
    pub fn association(self) -> Option<&'w Association> {
        match self {
            Attachment::Vpc(it) => it.association.as_ref(),
            Attachment::Given(it) => it.association.as_ref(),
            Attachment::Peering(_, end) => end.association.as_ref(),
        }
    }

    /// Returns what DescribeTransitGatewayAttachments says of the association; it may lag.
    pub fn shown_association(self) -> Option<&'w Association> {
        match self {
            Attachment::Vpc(it) => it.shown_association.as_ref(),
            Attachment::Given(it) => it.shown_association.as_ref(),
            Attachment::Peering(_, end) => end.shown_association.as_ref(),
        }
    }

    /// Lists the route tables that it propagates to, in order.
    pub fn propagations(self) -> &'w [String] {
        match self {
            Attachment::Vpc(it) => &it.propagations,
            Attachment::Given(it) => &it.propagations,
            Attachment::Peering(..) => &[],
        }
    }

    /// Lists the prefixes that it brings where it propagates.
    pub fn prefixes(self, network: &'w Network) -> Cow<'w, [IpNet]> {
        match self {
            Attachment::Vpc(it) => Cow::Owned(propagation::ranges(network, it)),
            Attachment::Given(it) => Cow::Borrowed(&it.prefixes),
            Attachment::Peering(..) => Cow::Borrowed(&[]),
        }
    }
}

/// Where routing writes down an attachment's association.
#[derive(Debug)]
pub struct AssociationMut<'w> {
    pub association: &'w mut Option<Association>,
    pub shown_association: &'w mut Option<Association>,
}

/// Finds a transit gateway's attachment, whatever its state.
pub fn find<'w>(network: &'w Network, transit_gateway: &str, id: &str) -> Option<Attachment<'w>> {
    let vpc = network.vpc_attachments.get(id).map(Attachment::Vpc);
    let found = vpc.or_else(|| network.given_attachments.get(id).map(Attachment::Given));
    let peering = || peering_attachment::of_gateway(network, transit_gateway, id);
    let found = found.or_else(|| peering().map(|(it, end)| Attachment::Peering(it, end)))?;
    (found.transit_gateway() == transit_gateway).then_some(found)
}

pub fn find_side<'w>(network: &'w Network, side: &Side) -> Option<Attachment<'w>> {
    find(network, &side.transit_gateway, &side.attachment)
}

/// Finds where an attachment's association is written down, to change it.
pub fn association_mut<'w>(network: &'w mut Network, side: &Side) -> Option<AssociationMut<'w>> {
    let peering = match find_side(network, side)? {
        Attachment::Peering(it, _) => it.id.clone(),
        Attachment::Vpc(it) => {
            let it = network.vpc_attachments.get_mut(&it.id.clone())?;
            let (association, shown_association) = (&mut it.association, &mut it.shown_association);
            return Some(AssociationMut { association, shown_association });
        }
        Attachment::Given(it) => {
            let it = network.given_attachments.get_mut(&it.id.clone())?;
            let (association, shown_association) = (&mut it.association, &mut it.shown_association);
            return Some(AssociationMut { association, shown_association });
        }
    };
    let it = network.peering_attachments.get_mut(&peering)?;
    let is_requester = it.requester.transit_gateway == side.transit_gateway;
    let end = if is_requester { &mut it.requester } else { &mut it.accepter };
    let (association, shown_association) = (&mut end.association, &mut end.shown_association);
    Some(AssociationMut { association, shown_association })
}

/// Finds where it is written down to which tables an attachment propagates; a peering never does.
pub fn propagations_mut<'w>(network: &'w mut Network, side: &Side) -> Option<&'w mut Vec<String>> {
    match find_side(network, side)? {
        Attachment::Vpc(_) => network.vpc_attachments.get_mut(&side.attachment).map(|it| &mut it.propagations),
        Attachment::Given(_) => network.given_attachments.get_mut(&side.attachment).map(|it| &mut it.propagations),
        Attachment::Peering(..) => None,
    }
}

/// Finds an attachment of a transit gateway that is not deleted; the caller owns the transit gateway.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.Malformed`, and `InvalidTransitGatewayAttachmentID.NotFound`, also for an
/// attachment of another transit gateway.
pub fn of_gateway<'w>(world: &'w World, transit_gateway: &str, id: &str) -> Result<Attachment<'w>, AwsError> {
    Kind::TransitGatewayAttachment.check(id)?;
    find(&world.network, transit_gateway, id)
        .filter(|it| it.state() != State::Deleted)
        .ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))
}

/// Finds an attachment that a route may lead to.
///
/// # Errors
/// As [`of_gateway`], and `IncorrectState` for one that carries no traffic.
pub fn target_of<'w>(world: &'w World, transit_gateway: &str, id: &str) -> Result<Attachment<'w>, AwsError> {
    let attachment = of_gateway(world, transit_gateway, id)?;
    if attachment.state().carries_traffic() { Ok(attachment) } else { Err(incorrect_state(id)) }
}

/// Finds, in an account's Region, an attachment of which it has a side, whatever its state.
pub fn at<'w>(network: &'w Network, account: &str, region: &str, id: &str) -> Option<Attachment<'w>> {
    if let Some(it) = network.vpc_attachments.get(id) {
        return vpc_attachment::has_side(it, account, region).then_some(Attachment::Vpc(it));
    }
    if let Some(it) = network.given_attachments.get(id) {
        return given_attachment::shows(it, account, region).then_some(Attachment::Given(it));
    }
    peering_attachment::at(network, account, region, id).map(|(it, end)| Attachment::Peering(it, end))
}

/// Finds an attachment of which the caller has a side, and that is not deleted.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.Malformed` and `InvalidTransitGatewayAttachmentID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<Attachment<'w>, AwsError> {
    Kind::TransitGatewayAttachment.check(id)?;
    at(&world.network, &caller.account, &caller.region, id)
        .filter(|it| it.state() != State::Deleted)
        .ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))
}

/// Lists all attachments of a transit gateway, whatever their state.
pub fn all_of<'w>(network: &'w Network, transit_gateway: &str) -> impl Iterator<Item = Attachment<'w>> + use<'w> {
    let key = Key::TransitGateway(transit_gateway.to_owned());
    let vpcs = network.vpc_attachments.under(&key).map(Attachment::Vpc);
    let peerings = network.peering_attachments.under(&key).filter_map({
        let gateway = transit_gateway.to_owned();
        move |it| Some(Attachment::Peering(it, it.ends().into_iter().find(|end| end.transit_gateway == gateway)?))
    });
    vpcs.chain(network.given_attachments.under(&key).map(Attachment::Given)).chain(peerings)
}

/// Tells whether a transit gateway may have one more attachment.
///
/// Looking at each takes long where there are thousands, and matters only near the quota.
pub fn has_room(network: &Network, transit_gateway: &str) -> bool {
    let key = Key::TransitGateway(transit_gateway.to_owned());
    let most = network.quotas.attachments_per_transit_gateway;
    let listed = network.vpc_attachments.count(&key)
        + network.given_attachments.count(&key)
        + network.peering_attachments.count(&key);
    listed < most || all_of(network, transit_gateway).filter(|it| !it.state().is_over()).count() < most
}

/// Associates and propagates an attachment with the transit gateway's default tables, where there are any.
pub fn join_default_tables(world: &mut World, side: &Side) {
    let Some(attachment) = find_side(&world.network, side) else { return };
    let Some(gateway) = world.network.transit_gateways.get(&side.transit_gateway) else { return };
    let (to_associate, to_propagate) = (
        gateway.options.association_default_route_table_id.clone(),
        gateway.options.propagation_default_route_table_id.clone(),
    );
    // Nothing propagates over a peering ("Transit gateway peering attachments").
    let propagates = attachment.resource_type() != ResourceType::Peering;
    if let Some(table) = to_associate.filter(|_| attachment.association().is_none()) {
        association::begin(world, side, &table);
    }
    if let Some(table) = to_propagate.filter(|_| propagates) {
        propagation::begin(world, side, &table);
    }
}

/// Drops an attachment that is no more out of all routing: static routes to it stay as blackholes.
pub fn leave_routing(world: &mut World, side: &Side) {
    association::drop_all(world, side);
    propagation::drop_all(world, side);
    super::transit_gateway_route::blackhole_all(world, side);
}
