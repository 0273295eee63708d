//! Connect attachments: GRE tunnels that run over another attachment of the same transit gateway.
//!
//! The transport is a VPC or a Direct Connect gateway attachment, and cannot go before what it carries; neither can a
//! Connect attachment before its peers ([`super::connect_peer`]). Which prefixes come over one is set from outside (see
//! [`super::given_attachment`]).

use jiff::Timestamp;

use super::attachment::{self, ResourceType};
use super::connect_peer;
use super::describe::describe_request;
use super::filters::Sieve;
use super::given_attachment::{self, GivenAttachment, begin_deleting};
use super::members::{answer, request, words};
use super::resource::{Kind, incorrect_state, invalid_value};
use super::shelf::Key;
use super::tags::{Tag, TagSpecification, on_creation};
use super::vpc_attachment::State;
use crate::call::{AwsError, Caller};
use crate::world::World;

words! { Protocol { Gre = "gre" } }

request! { "PascalCase" RequestedOptions { protocol: Option<Protocol> } }
request! { "PascalCase"
    CreateTransitGatewayConnect {
        transport_transit_gateway_attachment_id: String, options: RequestedOptions,
        tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase" Options { protocol: Protocol } }
answer! { "PascalCase"
    Description {
        transit_gateway_attachment_id: String, transport_transit_gateway_attachment_id: String,
        transit_gateway_id: String, state: State, creation_time: Timestamp, options: Options, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OneConnect { transit_gateway_connect: Description } }

fn description(world: &World, it: &GivenAttachment) -> Description {
    Description {
        transit_gateway_attachment_id: it.id.clone(),
        transport_transit_gateway_attachment_id: it.resource.clone(),
        transit_gateway_id: it.transit_gateway.clone(),
        state: it.state,
        creation_time: it.created,
        options: Options { protocol: Protocol::Gre },
        tags: world.network.tags.of(&it.transit_gateway_owner, &it.id),
    }
}

/// Finds one of the caller's Connect attachments, whatever its state.
fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Option<&'w GivenAttachment> {
    let it = world.network.given_attachments.get(id)?;
    let is_own = given_attachment::shows(it, &caller.account, &caller.region);
    (is_own && it.resource_type == ResourceType::Connect).then_some(it)
}

/// Finds one of the caller's Connect attachments that is not deleted.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.NotFound`.
pub fn live<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w GivenAttachment, AwsError> {
    let it = own(world, caller, id).filter(|it| it.state != State::Deleted);
    it.ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))
}

fn one(world: &World, caller: &Caller, id: &str) -> Result<OneConnect, AwsError> {
    let it = own(world, caller, id).ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))?;
    Ok(OneConnect { transit_gateway_connect: description(world, it) })
}

pub fn create(world: &mut World, caller: &Caller, input: CreateTransitGatewayConnect) -> Result<OneConnect, AwsError> {
    let tags = on_creation(Kind::TransitGatewayAttachment, &input.tag_specifications)?;
    let transport = attachment::seen(world, caller, &input.transport_transit_gateway_attachment_id)?;
    match transport.resource_type() {
        ResourceType::Vpc | ResourceType::DirectConnectGateway => {}
        ResourceType::NetworkFunction | ResourceType::Connect | ResourceType::Vpn | ResourceType::Peering => {
            let message = format!("{} cannot be the transport of a Connect attachment.", transport.id());
            return Err(invalid_value(message));
        }
    }
    if !transport.state().carries_traffic() {
        return Err(incorrect_state(transport.id()));
    }
    let (gateway, transport) = (transport.transit_gateway().to_owned(), transport.id().to_owned());
    let id = given_attachment::make(world, caller, &gateway, ResourceType::Connect, &transport, &caller.account)?;
    world.network.tags.set(&caller.account, &id, &tags);
    one(world, caller, &id)
}

describe_request! { DescribeTransitGatewayConnects { transit_gateway_attachment_ids: Kind::TransitGatewayAttachment } }
answer! { "PascalCase" DescribedConnects { transit_gateway_connects: Vec<Description>, next_token: Option<String> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("options.protocol", |it| vec![it.options.protocol.word().to_owned()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.transit_gateway_attachment_id.clone()]),
        ("transit-gateway-id", |it| vec![it.transit_gateway_id.clone()]),
        ("transport-transit-gateway-attachment-id", |it| vec![it.transport_transit_gateway_attachment_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGatewayConnects,
) -> Result<DescribedConnects, AwsError> {
    let world = &*world;
    let page = input.question().answer(
        world,
        caller,
        &SIEVE,
        world.network.given_attachments.ids(&Key::place(caller)),
        |id| {
            let it = own(world, caller, id)?;
            Some(description(world, it))
        },
    )?;
    Ok(DescribedConnects { transit_gateway_connects: page.items, next_token: page.next })
}

request! { "PascalCase" NamedConnect { transit_gateway_attachment_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: NamedConnect) -> Result<OneConnect, AwsError> {
    let id = input.transit_gateway_attachment_id;
    Kind::TransitGatewayAttachment.check(&id)?;
    let it = live(world, caller, &id)?;
    if it.state != State::Available || connect_peer::are_on(world, &id) {
        return Err(incorrect_state(&id));
    }
    begin_deleting(world, &id);
    one(world, caller, &id)
}

/// Tells whether a Connect attachment that is not over runs over this one.
pub fn is_transport(world: &World, gateway: &str, id: &str) -> bool {
    let given = world.network.given_attachments.under(&Key::TransitGateway(gateway.to_owned()));
    given.into_iter().any(|it| it.resource_type == ResourceType::Connect && it.resource == id && !it.state.is_over())
}
