//! What may be asked of peering attachments, and by whom.
//!
//! The requester must own its transit gateway. The other's owner accepts or rejects, in its own Region; the side that
//! asked cannot. There is no client token: a second request for the same pair is refused as a duplicate.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::attachment::has_room;
use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Switch, answer, request};
use super::peering_attachment::{
    CREATE_SECONDS, DELETE_SECONDS, End, Event, PeeringAttachment, REJECT_SECONDS, REQUEST_SECONDS, at, later, seen,
    set_state,
};
use super::resource::{Kind, check_account_id, incorrect_state, invalid_value};
use super::shelf::Key;
use super::tags::{Tag, TagSpecification, on_creation};
use super::vpc_attachment::State;
use super::{transit_gateway, visibility, zones};
use crate::call::{AwsError, Caller};
use crate::world::World;

request! { "PascalCase" RequestedOptions { dynamic_routing: Option<Switch> } }
request! { "PascalCase"
    CreateTransitGatewayPeeringAttachment {
        transit_gateway_id: String, peer_transit_gateway_id: String, peer_account_id: String, peer_region: String,
        options: RequestedOptions, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase" Party { transit_gateway_id: String, owner_id: String, region: String } }
answer! { "PascalCase" Options { dynamic_routing: Switch } }
answer! { "PascalCase" Status { code: State, message: Option<String> } }
answer! { "PascalCase"
    Description {
        transit_gateway_attachment_id: String, accepter_transit_gateway_attachment_id: String,
        requester_tgw_info: Party, accepter_tgw_info: Party, options: Options, status: Status, state: State,
        creation_time: Timestamp, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OnePeering { transit_gateway_peering_attachment: Description } }

fn party(end: &End) -> Party {
    Party { transit_gateway_id: end.transit_gateway.clone(), owner_id: end.owner.clone(), region: end.region.clone() }
}

fn description(world: &World, it: &PeeringAttachment, end: &End) -> Description {
    Description {
        transit_gateway_attachment_id: end.attachment.clone(),
        accepter_transit_gateway_attachment_id: it.accepter.attachment.clone(),
        requester_tgw_info: party(&it.requester),
        accepter_tgw_info: party(&it.accepter),
        options: Options { dynamic_routing: it.dynamic_routing },
        status: Status { code: it.state, message: it.message.clone() },
        state: it.state,
        creation_time: it.created,
        tags: world.network.tags.of(&end.owner, &end.tagged()),
    }
}

fn one(world: &World, caller: &Caller, id: &str) -> Result<OnePeering, AwsError> {
    let (it, end) = seen(world, caller, id)?;
    Ok(OnePeering { transit_gateway_peering_attachment: description(world, it, end) })
}

pub fn create(
    world: &mut World,
    caller: &Caller,
    input: CreateTransitGatewayPeeringAttachment,
) -> Result<OnePeering, AwsError> {
    let tags = on_creation(Kind::TransitGatewayAttachment, &input.tag_specifications)?;
    let gateway = transit_gateway::own(world, caller, &input.transit_gateway_id)?;
    Kind::TransitGateway.check(&input.peer_transit_gateway_id)?;
    check_account_id("PeerAccountId", &input.peer_account_id)?;
    zones::zones(&input.peer_account_id, &input.peer_region)?;
    if input.peer_transit_gateway_id == gateway.id {
        return Err(invalid_value("A transit gateway cannot be peered with itself."));
    }
    if !matches!(gateway.state, transit_gateway::State::Available | transit_gateway::State::Modifying) {
        return Err(incorrect_state(&gateway.id));
    }
    if input.options.dynamic_routing.is_some_and(Switch::is_on) {
        // Seen in terraform-provider-aws#41360; between transit gateways there are only static routes.
        return Err(AwsError::new("IncorrectState", "You cannot create a dynamic peering attachment."));
    }
    let gateway = gateway.id.clone();
    check_room(world, &gateway, &input.peer_transit_gateway_id)?;
    let id = Kind::TransitGatewayAttachment.new_id(&mut world.dice);
    let one_id = input.peer_region != caller.region && !world.network.switches.peering_ids_differ;
    let theirs = if one_id { id.clone() } else { Kind::TransitGatewayAttachment.new_id(&mut world.dice) };
    let end = |attachment: &str, transit_gateway: String, owner: String, region: String| End {
        attachment: attachment.to_owned(),
        transit_gateway,
        owner,
        region,
        association: None,
        shown_association: None,
    };
    let requester = end(&id, gateway, caller.account.clone(), caller.region.clone());
    let accepter = end(&theirs, input.peer_transit_gateway_id, input.peer_account_id, input.peer_region);
    world.network.tags.set(&caller.account, &requester.tagged(), &tags);
    visibility::hide(world, &caller.account, &id);
    visibility::hide(world, &accepter.owner, &theirs);
    world.network.peering_attachments.insert(PeeringAttachment {
        id: id.clone(),
        requester,
        accepter,
        state: State::InitiatingRequest,
        message: None,
        created: world.now,
        dynamic_routing: Switch::Disable,
    });
    later(world, REQUEST_SECONDS, &id, Event::Requested);
    one(world, caller, &id)
}

/// Refuses a second peering of the same pair, and more of them than the quotas allow.
fn check_room(world: &World, gateway: &str, peer: &str) -> Result<(), AwsError> {
    let all = world.network.peering_attachments.under(&Key::TransitGateway(gateway.to_owned()));
    let live: Vec<&PeeringAttachment> = all.filter(|it| !it.state.is_over()).collect();
    if live.iter().any(|it| it.across(gateway).transit_gateway == peer) {
        let message = format!("{gateway} has non-deleted Transit Gateway Attachments with same peer {peer}.");
        return Err(AwsError::new("DuplicateTransitGatewayAttachment", message));
    }
    let waits = |it: &&&PeeringAttachment| matches!(it.state, State::InitiatingRequest | State::PendingAcceptance);
    let quotas = &world.network.quotas;
    if live.len() >= quotas.peerings_per_transit_gateway
        || live.iter().filter(waits).count() >= quotas.pending_peerings_per_transit_gateway
        || !has_room(&world.network, gateway)
    {
        let message = format!("The maximum number of peering attachments of {gateway} has been reached.");
        return Err(AwsError::new("TransitGatewayAttachmentLimitExceeded", message));
    }
    Ok(())
}

request! { "PascalCase" NamedPeering { transit_gateway_attachment_id: String } }

/// Finds a peering that waits for the caller's word.
fn waiting(world: &World, caller: &Caller, input: &NamedPeering, word: &str) -> Result<String, AwsError> {
    let id = &input.transit_gateway_attachment_id;
    let (it, end) = seen(world, caller, id)?;
    if end.transit_gateway == it.requester.transit_gateway {
        return Err(invalid_value(format!("Cannot {word} {id} as the source of the peering request.")));
    }
    if it.state != State::PendingAcceptance {
        return Err(incorrect_state(id));
    }
    Ok(it.id.clone())
}

pub fn accept(world: &mut World, caller: &Caller, input: NamedPeering) -> Result<OnePeering, AwsError> {
    let id = waiting(world, caller, &input, "accept")?;
    set_state(world, &id, State::Pending);
    later(world, CREATE_SECONDS, &id, Event::Available);
    one(world, caller, &input.transit_gateway_attachment_id)
}

pub fn reject(world: &mut World, caller: &Caller, input: NamedPeering) -> Result<OnePeering, AwsError> {
    let id = waiting(world, caller, &input, "reject")?;
    set_state(world, &id, State::Rejecting);
    later(world, REJECT_SECONDS, &id, Event::Rejected);
    one(world, caller, &input.transit_gateway_attachment_id)
}

pub fn delete(world: &mut World, caller: &Caller, input: NamedPeering) -> Result<OnePeering, AwsError> {
    let (it, _) = seen(world, caller, &input.transit_gateway_attachment_id)?;
    let id = it.id.clone();
    if !matches!(it.state, State::PendingAcceptance | State::Available) {
        return Err(incorrect_state(&input.transit_gateway_attachment_id));
    }
    set_state(world, &id, State::Deleting);
    later(world, DELETE_SECONDS, &id, Event::Deleted);
    one(world, caller, &input.transit_gateway_attachment_id)
}

describe_request! { DescribeTransitGatewayPeeringAttachments { transit_gateway_attachment_ids: Kind::TransitGatewayAttachment } }
answer! { "PascalCase"
    DescribedPeerings { transit_gateway_peering_attachments: Vec<Description>, next_token: Option<String> }
}

/// A description, and which of its parties is the caller's.
struct Row {
    shown: Description,
    local: Party,
    remote: Party,
}

const SIEVE: Sieve<Row> = Sieve {
    fields: &[
        ("local-owner-id", |it| vec![it.local.owner_id.clone()]),
        ("remote-owner-id", |it| vec![it.remote.owner_id.clone()]),
        ("state", |it| vec![it.shown.state.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.shown.transit_gateway_attachment_id.clone()]),
        ("transit-gateway-id", |it| vec![it.local.transit_gateway_id.clone()]),
    ],
    tags: Some(|it| &it.shown.tags),
};

/// Lists the ids of the peering attachments that an account has a side of in a Region, in order.
pub fn ids_at(world: &World, caller: &Caller) -> BTreeSet<String> {
    let all = world.network.peering_attachments.under(&Key::place(caller));
    let own = all.flat_map(|it| it.ends().into_iter().filter(move |end| it.shows(end)));
    own.filter(|end| end.is_at(&caller.account, &caller.region)).map(|end| end.attachment.clone()).collect()
}

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGatewayPeeringAttachments,
) -> Result<DescribedPeerings, AwsError> {
    let world = &*world;
    let ids = ids_at(world, caller);
    let page = input.question().answer(world, caller, &SIEVE, ids.iter().map(String::as_str), |id| {
        let (it, end) = at(&world.network, &caller.account, &caller.region, id)?;
        Some(Row {
            shown: description(world, it, end),
            local: party(end),
            remote: party(it.across(&end.transit_gateway)),
        })
    })?;
    let transit_gateway_peering_attachments = page.items.into_iter().map(|row| row.shown).collect();
    Ok(DescribedPeerings { transit_gateway_peering_attachments, next_token: page.next })
}
