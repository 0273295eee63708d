//! Connect peers: the GRE tunnels of a Connect attachment, each with two BGP sessions inside.
//!
//! The transit gateway's end has an address out of the transit gateway's own CIDR blocks, so it has to have some. Inside
//! a tunnel the first address is the appliance's and the next two are the transit gateway's. No two peers of a transit
//! gateway share an inside range. (VPC guide, "Transit gateway Connect attachments and Connect peers".) `pending →
//! available → deleting → deleted`.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;

use super::connect::Protocol;
use super::describe::describe_request;
use super::filters::Sieve;
use super::given_attachment::GivenAttachment;
use super::members::{answer, request, words};
use super::resource::{Kind, incorrect_state, invalid_value, missing};
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::transit_gateway::RECORD_LIFE;
use super::{cidr, connect, visibility, vpc_attachment};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// No document tells how long; the attachment below takes its minutes, a tunnel is guessed to take one.
const CREATE_SECONDS: f64 = 60.0;
const DELETE_SECONDS: f64 = 60.0;
/// Ranges inside 169.254.0.0/16 that AWS keeps ("Transit gateway Connect attachments and Connect peers").
const KEPT: [&str; 7] = [
    "169.254.0.0/29",
    "169.254.1.0/29",
    "169.254.2.0/29",
    "169.254.3.0/29",
    "169.254.4.0/29",
    "169.254.5.0/29",
    "169.254.169.248/29",
];

words! { State { Pending = "pending", Available = "available", Deleting = "deleting", Deleted = "deleted" } }

#[derive(Clone, Debug)]
pub struct ConnectPeer {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    /// The Connect attachment, and its transit gateway.
    pub attachment: String,
    pub transit_gateway: String,
    pub state: State,
    pub created: Timestamp,
    /// The outer addresses of the tunnel.
    pub transit_gateway_address: IpAddr,
    pub peer_address: IpAddr,
    pub inside: Vec<IpNet>,
    pub peer_asn: i64,
}

impl Kept for ConnectPeer {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![
            Key::Place(self.owner.clone(), self.region.clone()),
            Key::Attachment(self.attachment.clone()),
            Key::TransitGateway(self.transit_gateway.clone()),
        ]
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Available,
    Deleted,
    Forgotten,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let Some(it) = world.network.connect_peers.get_mut(id) else { return };
    match (event, it.state) {
        (Event::Available, State::Pending) => it.state = State::Available,
        (Event::Deleted, State::Deleting) => {
            it.state = State::Deleted;
            let event = super::Event::ConnectPeer(id.to_owned(), Event::Forgotten);
            world.exactly_after(RECORD_LIFE, world::Event::Network(event));
        }
        (Event::Forgotten, _) => {
            if let Some(it) = world.network.connect_peers.remove(id) {
                world.network.tags.forget(&[&it.owner], id);
            }
        }
        // It has meanwhile gone another way.
        (Event::Available | Event::Deleted, _) => {}
    }
}

/// Tells whether a Connect attachment has peers that are not deleted.
pub fn are_on(world: &World, attachment: &str) -> bool {
    live(world, &Key::Attachment(attachment.to_owned())).next().is_some()
}

fn live<'w>(world: &'w World, key: &Key) -> impl Iterator<Item = &'w ConnectPeer> + use<'w> {
    world.network.connect_peers.under(key).filter(|it| it.state != State::Deleted)
}

request! { "PascalCase" BgpOptions { peer_asn: Option<i64> } }
request! { "PascalCase"
    CreateTransitGatewayConnectPeer {
        transit_gateway_attachment_id: String, transit_gateway_address: Option<String>, peer_address: String,
        bgp_options: BgpOptions, inside_cidr_blocks: Vec<String>, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    BgpConfiguration {
        transit_gateway_asn: i64, peer_asn: i64, transit_gateway_address: String, peer_address: String,
        bgp_status: &'static str,
    }
}
answer! { "PascalCase"
    Configuration {
        transit_gateway_address: String, peer_address: String, inside_cidr_blocks: Vec<String>, protocol: Protocol,
        bgp_configurations: Vec<BgpConfiguration>,
    }
}
answer! { "PascalCase"
    Description {
        transit_gateway_connect_peer_id: String, transit_gateway_attachment_id: String, state: State,
        creation_time: Timestamp, connect_peer_configuration: Configuration, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OnePeer { transit_gateway_connect_peer: Description } }

pub fn create(world: &mut World, caller: &Caller, input: CreateTransitGatewayConnectPeer) -> Result<OnePeer, AwsError> {
    let tags = on_creation(Kind::TransitGatewayConnectPeer, &input.tag_specifications)?;
    Kind::TransitGatewayAttachment.check(&input.transit_gateway_attachment_id)?;
    let attachment = connect::live(world, caller, &input.transit_gateway_attachment_id)?;
    if attachment.state != vpc_attachment::State::Available {
        return Err(incorrect_state(&attachment.id));
    }
    let peers = live(world, &Key::Attachment(attachment.id.clone())).count();
    if peers >= world.network.quotas.peers_per_connect_attachment {
        let message = format!("The maximum number of Connect peers of {} has been reached.", attachment.id);
        return Err(AwsError::new("TransitGatewayConnectPeerLimitExceeded", message));
    }
    let peer_address = address("PeerAddress", &input.peer_address)?;
    let inside = inside(world, attachment, &input.inside_cidr_blocks)?;
    let transit_gateway_address = own_address(world, attachment, input.transit_gateway_address.as_deref())?;
    if transit_gateway_address.is_ipv4() != peer_address.is_ipv4() {
        return Err(invalid_value("Both ends of a Connect peer have addresses of one family"));
    }
    let peer_asn = input.bgp_options.peer_asn.unwrap_or_else(|| asn(world, &attachment.transit_gateway));
    let (attachment, transit_gateway) = (attachment.id.clone(), attachment.transit_gateway.clone());
    let id = Kind::TransitGatewayConnectPeer.new_id(&mut world.dice);
    world.network.connect_peers.insert(ConnectPeer {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        attachment,
        transit_gateway,
        state: State::Pending,
        created: world.now,
        transit_gateway_address,
        peer_address,
        inside,
        peer_asn,
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    later(world, CREATE_SECONDS, &id, Event::Available);
    one(world, caller, &id)
}

fn later(world: &mut World, seconds: f64, id: &str, event: Event) {
    world.later(seconds, world::Event::Network(super::Event::ConnectPeer(id.to_owned(), event)));
}

fn asn(world: &World, gateway: &str) -> i64 {
    world.network.transit_gateways.get(gateway).map_or(0, |it| it.options.amazon_side_asn)
}

fn address(name: &str, text: &str) -> Result<IpAddr, AwsError> {
    text.parse().map_err(|_| invalid_value(format!("Value ({text}) for parameter {name} is invalid.")))
}

/// Reads the inside ranges: a /29 of 169.254.0.0/16, and beside it perhaps a /125 of fd00::/8.
fn inside(world: &World, attachment: &GivenAttachment, blocks: &[String]) -> Result<Vec<IpNet>, AwsError> {
    let read = |text: &String| cidr::normalised("InsideCidrBlocks", text);
    let blocks: Vec<IpNet> = blocks.iter().map(read).collect::<Result<_, _>>()?;
    let fits = |block: &IpNet, within: &str, length: u8| {
        block.prefix_len() == length && within.parse::<IpNet>().is_ok_and(|within| within.contains(block))
    };
    for block in &blocks {
        let allowed = fits(block, "169.254.0.0/16", 29) || fits(block, "fd00::/8", 125);
        if !allowed || KEPT.iter().any(|kept| kept.parse() == Ok(*block)) {
            return Err(invalid_value(format!("{block} cannot be the inside CIDR block of a Connect peer")));
        }
        let key = Key::TransitGateway(attachment.transit_gateway.clone());
        if live(world, &key).any(|it| it.inside.contains(block)) {
            return Err(invalid_value(format!("{block} is in use by another Connect peer of the transit gateway")));
        }
    }
    let of = |v4: bool| blocks.iter().filter(|it| it.addr().is_ipv4() == v4).count();
    match (of(true), of(false)) {
        (0, _) => Err(missing("InsideCidrBlocks")),
        (1, 0 | 1) => Ok(blocks),
        _ => Err(invalid_value("A Connect peer has one inside CIDR block of a family")),
    }
}

/// Finds the address of the transit gateway's end: the one that is asked for, or the first that is free.
fn own_address(world: &World, attachment: &GivenAttachment, asked: Option<&str>) -> Result<IpAddr, AwsError> {
    let gateway = &attachment.transit_gateway;
    let blocks = world.network.transit_gateways.get(gateway).map(|it| &it.options.transit_gateway_cidr_blocks);
    let blocks: Vec<IpNet> = blocks.into_iter().flatten().filter_map(|block| block.parse().ok()).collect();
    if let Some(text) = asked {
        let wanted = address("TransitGatewayAddress", text)?;
        if !blocks.iter().any(|block| block.contains(&wanted)) {
            return Err(invalid_value(format!("{wanted} is in none of the CIDR blocks of {gateway}")));
        }
        return Ok(wanted);
    }
    let key = Key::TransitGateway(gateway.clone());
    let taken = |address: &IpAddr| live(world, &key).any(|it| it.transit_gateway_address == *address);
    let mut free = blocks.iter().flat_map(|block| block.hosts()).filter(|address| !taken(address));
    free.next().ok_or_else(|| invalid_value(format!("{gateway} has no CIDR block with a free address")))
}

/// Finds one of the caller's peers, whatever its state.
fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Option<&'w ConnectPeer> {
    let it = world.network.connect_peers.get(id)?;
    (it.owner == caller.account && it.region == caller.region).then_some(it)
}

/// Tells whether a peer is the caller's.
pub fn is_callers(world: &World, caller: &Caller, id: &str) -> bool {
    own(world, caller, id).is_some()
}

fn one(world: &World, caller: &Caller, id: &str) -> Result<OnePeer, AwsError> {
    let it = own(world, caller, id).ok_or_else(|| Kind::TransitGatewayConnectPeer.not_found(id))?;
    Ok(OnePeer { transit_gateway_connect_peer: description(world, it) })
}

fn description(world: &World, it: &ConnectPeer) -> Description {
    Description {
        transit_gateway_connect_peer_id: it.id.clone(),
        transit_gateway_attachment_id: it.attachment.clone(),
        state: it.state,
        creation_time: it.created,
        connect_peer_configuration: Configuration {
            transit_gateway_address: it.transit_gateway_address.to_string(),
            peer_address: it.peer_address.to_string(),
            inside_cidr_blocks: it.inside.iter().map(IpNet::to_string).collect(),
            protocol: Protocol::Gre,
            bgp_configurations: sessions(world, it),
        },
        tags: world.network.tags.of(&it.owner, &it.id),
    }
}

/// Tells the two BGP sessions of each inside range; they are up when something comes over the attachment.
fn sessions(world: &World, it: &ConnectPeer) -> Vec<BgpConfiguration> {
    let brings = world.network.given_attachments.get(&it.attachment).is_some_and(|it| !it.prefixes.is_empty());
    let bgp_status = if brings && it.state == State::Available { "up" } else { "down" };
    let transit_gateway_asn = asn(world, &it.transit_gateway);
    let session = |appliance: IpAddr, own: IpAddr| BgpConfiguration {
        transit_gateway_asn,
        peer_asn: it.peer_asn,
        transit_gateway_address: own.to_string(),
        peer_address: appliance.to_string(),
        bgp_status,
    };
    let of_range = |range: &IpNet| {
        let mut hosts = range.hosts().filter(|host| *host != range.network());
        let appliance = hosts.next();
        let own: Vec<IpAddr> = hosts.take(2).collect();
        appliance.into_iter().flat_map(move |appliance| own.clone().into_iter().map(move |own| (appliance, own)))
    };
    it.inside.iter().flat_map(of_range).map(|(appliance, own)| session(appliance, own)).collect()
}

describe_request! {
    DescribeTransitGatewayConnectPeers { transit_gateway_connect_peer_ids: Kind::TransitGatewayConnectPeer }
}
answer! { "PascalCase"
    DescribedPeers { transit_gateway_connect_peers: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("state", |it| vec![it.state.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.transit_gateway_attachment_id.clone()]),
        ("transit-gateway-connect-peer-id", |it| vec![it.transit_gateway_connect_peer_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGatewayConnectPeers,
) -> Result<DescribedPeers, AwsError> {
    let world = &*world;
    let candidates = world.network.connect_peers.ids(&Key::place(caller));
    let build = |id: &str| Some(description(world, own(world, caller, id)?));
    let page = input.question().answer(world, caller, &SIEVE, candidates, build)?;
    Ok(DescribedPeers { transit_gateway_connect_peers: page.items, next_token: page.next })
}

request! { "PascalCase" DeleteTransitGatewayConnectPeer { transit_gateway_connect_peer_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteTransitGatewayConnectPeer) -> Result<OnePeer, AwsError> {
    let id = input.transit_gateway_connect_peer_id;
    Kind::TransitGatewayConnectPeer.check(&id)?;
    let it = own(world, caller, &id).filter(|it| it.state != State::Deleted);
    let it = it.ok_or_else(|| Kind::TransitGatewayConnectPeer.not_found(&id))?;
    if it.state != State::Available {
        return Err(incorrect_state(&id));
    }
    if let Some(it) = world.network.connect_peers.get_mut(&id) {
        it.state = State::Deleting;
    }
    later(world, DELETE_SECONDS, &id, Event::Deleted);
    one(world, caller, &id)
}

#[cfg(test)]
#[path = "connect_peer_tests.rs"]
mod tests;
