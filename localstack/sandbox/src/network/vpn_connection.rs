//! VPN connections to a transit gateway, each with its attachment.
//!
//! Connections to virtual private gateways, and what is negotiated in the tunnels, are not modelled; which prefixes come
//! over one is set from outside (see [`super::given_attachment`]), and its two tunnels are up when some do. The transit
//! gateway's owner makes them, as no other account may. `pending → available → deleting → deleted`.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::attachment::ResourceType;
use super::describe::describe_request;
use super::filters::{Sieve, none};
use super::members::{Nothing, answer, request, words};
use super::resource::{Kind, incorrect_state, invalid_value, missing};
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::transit_gateway::RECORD_LIFE;
use super::vpc_attachment::State as AttachmentState;
use super::{customer_gateway, given_attachment, visibility};
use crate::call::{AccountId, AwsError, Caller};
use crate::random::Dice;
use crate::world::{self, World};

/// Minutes, as for the attachment.
const CREATE_SECONDS: f64 = 180.0;
const DELETE_SECONDS: f64 = 60.0;

words! { State { Pending = "pending", Available = "available", Deleting = "deleting", Deleted = "deleted" } }

#[derive(Clone, Debug)]
pub struct VpnConnection {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub customer_gateway: String,
    pub transit_gateway: String,
    pub attachment: String,
    pub state: State,
    /// Whether routes are static instead of coming by BGP.
    pub static_routes_only: bool,
}

impl Kept for VpnConnection {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::TransitGateway(self.transit_gateway.clone())]
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Available,
    Deleted,
    Forgotten,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let Some(it) = world.network.vpn_connections.get_mut(id) else { return };
    match (event, it.state) {
        (Event::Available, State::Pending) => it.state = State::Available,
        (Event::Deleted, State::Deleting) => {
            it.state = State::Deleted;
            let event = super::Event::VpnConnection(id.to_owned(), Event::Forgotten);
            world.exactly_after(RECORD_LIFE, world::Event::Network(event));
        }
        (Event::Forgotten, _) => {
            if let Some(it) = world.network.vpn_connections.remove(id) {
                world.network.tags.forget(&[&it.owner], id);
            }
        }
        (Event::Available | Event::Deleted, _) => {}
    }
}

/// Tells whether a connection that is not deleted ends at a customer gateway.
pub fn uses(world: &World, caller: &Caller, gateway: &str) -> bool {
    let mut own = world.network.vpn_connections.under(&Key::place(caller));
    own.any(|it| it.customer_gateway == gateway && it.state != State::Deleted)
}

fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w VpnConnection, AwsError> {
    Kind::VpnConnection.check(id)?;
    let connection = world.network.vpn_connections.get(id);
    connection
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::VpnConnection.not_found(id))
}

request! { "PascalCase"
    RequestedOptions {
        static_routes_only: bool, enable_acceleration: Option<bool>, tunnel_inside_ip_version: Option<String>,
        outside_ip_address_type: Option<String>, local_ipv4_network_cidr: Option<String>,
        remote_ipv4_network_cidr: Option<String>,
    }
}
request! { "PascalCase"
    CreateVpnConnection {
        customer_gateway_id: String, r#type: Option<String>, transit_gateway_id: Option<String>,
        options: RequestedOptions, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    Options {
        static_routes_only: bool, enable_acceleration: bool, tunnel_inside_ip_version: &'static str,
        outside_ip_address_type: &'static str, local_ipv4_network_cidr: &'static str,
        remote_ipv4_network_cidr: &'static str,
    }
}
answer! { "PascalCase"
    Tunnel {
        outside_ip_address: String, status: &'static str, accepted_route_count: usize, last_status_change: Timestamp,
    }
}
answer! { "PascalCase" StaticRoute {} }
answer! { "PascalCase"
    Description {
        vpn_connection_id: String, state: State, r#type: customer_gateway::Type, category: &'static str,
        customer_gateway_id: String, transit_gateway_id: String, gateway_association_state: &'static str,
        options: Options, vgw_telemetry: Vec<Tunnel>, routes: Vec<StaticRoute>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OneVpnConnection { vpn_connection: Description } }

impl RequestedOptions {
    /// Returns the options of a connection; what concerns the tunnels can only be asked for as it is without asking.
    fn read(&self) -> Result<Options, AwsError> {
        let options = Options::new(self.static_routes_only);
        let as_ever = [
            (self.enable_acceleration.map(|it| it.to_string()), "false"),
            (self.tunnel_inside_ip_version.clone(), options.tunnel_inside_ip_version),
            (self.outside_ip_address_type.clone(), options.outside_ip_address_type),
            (self.local_ipv4_network_cidr.clone(), options.local_ipv4_network_cidr),
            (self.remote_ipv4_network_cidr.clone(), options.remote_ipv4_network_cidr),
        ];
        match as_ever.iter().find_map(|(asked, always)| asked.as_ref().filter(|asked| asked != always)) {
            Some(other) => Err(AwsError::not_modelled(format!("the option {other} of a VPN connection"))),
            None => Ok(options),
        }
    }
}

impl Options {
    fn new(static_routes_only: bool) -> Self {
        Self {
            static_routes_only,
            enable_acceleration: false,
            tunnel_inside_ip_version: "ipv4",
            outside_ip_address_type: "PublicIpv4",
            local_ipv4_network_cidr: "0.0.0.0/0",
            remote_ipv4_network_cidr: "0.0.0.0/0",
        }
    }
}

/// Makes a connection and its attachment.
pub fn create(world: &mut World, caller: &Caller, input: CreateVpnConnection) -> Result<OneVpnConnection, AwsError> {
    let tags = on_creation(Kind::VpnConnection, &input.tag_specifications)?;
    let options = input.options.read()?;
    if input.r#type.is_some_and(|word| word != customer_gateway::Type::Ipsec.word()) {
        return Err(invalid_value("A VPN connection is of the type ipsec.1"));
    }
    let customer_gateway = customer_gateway::own(world, caller, &input.customer_gateway_id)?.id.clone();
    let gateway = input.transit_gateway_id.ok_or_else(|| missing("transitGatewayId"))?;
    given_attachment::check_gateway(world, caller, &gateway)?;
    let held = world.network.vpn_connections.under(&Key::place(caller));
    if held.filter(|it| it.state != State::Deleted).count() >= world.network.quotas.vpn_connections_per_region {
        let message = "The maximum number of VPN connections has been reached.";
        return Err(AwsError::new("VpnConnectionLimitExceeded", message));
    }
    let id = Kind::VpnConnection.new_id(&mut world.dice);
    let attachment = given_attachment::make(world, caller, &gateway, ResourceType::Vpn, &id, &caller.account)?;
    world.network.vpn_connections.insert(VpnConnection {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        customer_gateway,
        transit_gateway: gateway,
        attachment,
        state: State::Pending,
        static_routes_only: options.static_routes_only,
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    later(world, CREATE_SECONDS, &id, Event::Available);
    Ok(OneVpnConnection { vpn_connection: description(world, own(world, caller, &id)?) })
}

fn later(world: &mut World, seconds: f64, id: &str, event: Event) {
    world.later(seconds, world::Event::Network(super::Event::VpnConnection(id.to_owned(), event)));
}

fn description(world: &World, it: &VpnConnection) -> Description {
    Description {
        vpn_connection_id: it.id.clone(),
        state: it.state,
        r#type: customer_gateway::Type::Ipsec,
        category: "VPN",
        customer_gateway_id: it.customer_gateway.clone(),
        transit_gateway_id: it.transit_gateway.clone(),
        gateway_association_state: if it.state == State::Available { "associated" } else { "not-associated" },
        options: Options::new(it.static_routes_only),
        vgw_telemetry: tunnels(world, it),
        // Routes of its own has a connection to a virtual private gateway alone.
        routes: Vec::new(),
        tags: world.network.tags.of(&it.owner, &it.id),
    }
}

/// Tells the two tunnels of a connection, whose addresses follow from its id.
fn tunnels(world: &World, it: &VpnConnection) -> Vec<Tunnel> {
    let attachment = world.network.given_attachments.get(&it.attachment);
    let brought = attachment.map_or(0, |attachment| attachment.prefixes.len());
    let mut dice = Dice::of(&it.id);
    let mut tunnel = || Tunnel {
        // Out of 198.18.0.0/15, which nobody routes (RFC 2544).
        outside_ip_address: Ipv4Addr::from(0xc612_0000 | (dice.next() % 0x2_0000) as u32).to_string(),
        status: if brought > 0 { "UP" } else { "DOWN" },
        accepted_route_count: brought,
        last_status_change: attachment.map_or(world.now, |attachment| attachment.created),
    };
    vec![tunnel(), tunnel()]
}

/// Returns the ASN behind a connection.
fn asn(world: &World, it: &VpnConnection) -> String {
    world.network.customer_gateways.get(&it.customer_gateway).map(|it| it.asn.to_string()).unwrap_or_default()
}

describe_request! { DescribeVpnConnections { vpn_connection_ids: Kind::VpnConnection } without pages }
answer! { "PascalCase" DescribedVpnConnections { vpn_connections: Vec<Description> } }

/// A connection as it is shown, and what it can be asked by besides.
struct Row {
    shown: Description,
    asn: String,
}

const SIEVE: Sieve<Row> = Sieve {
    fields: &[
        ("bgp-asn", |it| vec![it.asn.clone()]),
        ("customer-gateway-configuration", none),
        ("customer-gateway-id", |it| vec![it.shown.customer_gateway_id.clone()]),
        ("option.static-routes-only", |it| vec![it.shown.options.static_routes_only.to_string()]),
        ("route.destination-cidr-block", none),
        ("state", |it| vec![it.shown.state.word().to_owned()]),
        ("transit-gateway-id", |it| vec![it.shown.transit_gateway_id.clone()]),
        ("type", |it| vec![it.shown.r#type.word().to_owned()]),
        ("vpn-gateway-id", none),
        ("vpn-connection-id", |it| vec![it.shown.vpn_connection_id.clone()]),
    ],
    tags: Some(|it| &it.shown.tags),
};

/// Lists VPN connections; this call has no pages.
pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeVpnConnections,
) -> Result<DescribedVpnConnections, AwsError> {
    let world = &*world;
    let page = input.question().answer(
        world,
        caller,
        &SIEVE,
        world.network.vpn_connections.ids(&Key::place(caller)),
        |id| {
            let connection = own(world, caller, id).ok()?;
            Some(Row { shown: description(world, connection), asn: asn(world, connection) })
        },
    )?;
    Ok(DescribedVpnConnections { vpn_connections: page.items.into_iter().map(|row| row.shown).collect() })
}

request! { "PascalCase" DeleteVpnConnection { vpn_connection_id: String } }

/// Deletes a connection, and its attachment with it.
pub fn delete(world: &mut World, caller: &Caller, input: DeleteVpnConnection) -> Result<Nothing, AwsError> {
    let it = own(world, caller, &input.vpn_connection_id)?;
    let (id, attachment) = (it.id.clone(), it.attachment.clone());
    match it.state {
        State::Available => {}
        State::Pending => return Err(incorrect_state(&id)),
        State::Deleting | State::Deleted => return Ok(Nothing {}),
    }
    if let Some(it) = world.network.vpn_connections.get_mut(&id) {
        it.state = State::Deleting;
    }
    let lives = |it: &given_attachment::GivenAttachment| it.state != AttachmentState::Deleted;
    if world.network.given_attachments.get(&attachment).is_some_and(lives) {
        given_attachment::begin_deleting(world, &attachment);
    }
    later(world, DELETE_SECONDS, &id, Event::Deleted);
    Ok(Nothing {})
}

#[cfg(test)]
#[path = "vpn_connection_tests.rs"]
mod tests;
