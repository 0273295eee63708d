//! Transit gateways: their states and options, and who sees them.
//!
//! The owner sees a transit gateway, and so does each account that a resource share reaches, while it is shared. Only
//! the owner may change it. With a default option on, one route table is made along with it and serves both defaults.
//! `pending → available → (modifying → available) → deleting → deleted`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net};
use jiff::Timestamp;

use super::attachment::{self, ResourceType};
use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Switch, answer, request, words};
use super::resource::{Kind, incorrect_state, invalid_combination, invalid_value, not_authorized};
use super::shelf::{Kept, Key, merged};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{cidr, shareable, transit_gateway_route_table, visibility};
use crate::call::{AccountId, AwsError, Caller};
use crate::sharing;
use crate::world::{self, World};

/// Making one takes about 50 seconds, deleting one about a minute (seen live); changing options a few seconds.
const CREATE_SECONDS: f64 = 50.0;
const DELETE_SECONDS: f64 = 60.0;
const MODIFY_SECONDS: f64 = 5.0;
/// How long a record stays listed when it is over. AWS says so of attachments; here it holds for all of the kind.
pub const RECORD_LIFE: Duration = Duration::from_secs(2 * 3600);

words! {
    State {
        Pending = "pending", Available = "available", Modifying = "modifying", Deleting = "deleting",
        Deleted = "deleted",
    }
}

#[derive(Clone, Debug)]
pub struct TransitGateway {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub description: String,
    pub state: State,
    pub created: Timestamp,
    pub options: Options,
}

answer! { "PascalCase"
    Options {
        amazon_side_asn: i64, transit_gateway_cidr_blocks: Vec<String>, auto_accept_shared_attachments: Switch,
        default_route_table_association: Switch, association_default_route_table_id: Option<String>,
        default_route_table_propagation: Switch, propagation_default_route_table_id: Option<String>,
        vpn_ecmp_support: Switch, dns_support: Switch, security_group_referencing_support: Switch,
        multicast_support: Switch,
    }
}

impl Kept for TransitGateway {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone())]
    }
}

impl TransitGateway {
    pub fn arn(&self) -> String {
        Kind::TransitGateway.arn(&self.region, &self.owner, &self.id)
    }
}

#[derive(Clone, Debug)]
pub enum Event {
    Available,
    Deleted,
    Forgotten,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    match event {
        Event::Available => {
            if let Some(gateway) = world.network.transit_gateways.get_mut(id)
                && matches!(gateway.state, State::Pending | State::Modifying)
            {
                gateway.state = State::Available;
            }
        }
        Event::Deleted => {
            if let Some(gateway) = world.network.transit_gateways.get_mut(id) {
                gateway.state = State::Deleted;
            }
            let tables = &world.network.transit_gateway_route_tables;
            let tables: Vec<String> = tables.ids(&Key::TransitGateway(id.to_owned())).map(str::to_owned).collect();
            for table in tables {
                transit_gateway_route_table::end(world, &table);
            }
            let event = super::Event::TransitGateway(id.to_owned(), Event::Forgotten);
            world.exactly_after(RECORD_LIFE, world::Event::Network(event));
        }
        Event::Forgotten => {
            if let Some(gateway) = world.network.transit_gateways.remove(id) {
                world.network.tags.forget(&[&gateway.owner], id);
            }
        }
    }
}

/// Finds a transit gateway that the caller owns or that is shared with it, and that is not deleted.
///
/// # Errors
/// `InvalidTransitGatewayID.Malformed` and `InvalidTransitGatewayID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w TransitGateway, AwsError> {
    Kind::TransitGateway.check(id)?;
    let gateway = world.network.transit_gateways.get(id);
    gateway
        .filter(|it| it.region == caller.region && it.state != State::Deleted)
        .filter(|it| it.owner == caller.account || sharing::reaches(world, &caller.account, &it.arn()))
        .ok_or_else(|| Kind::TransitGateway.not_found(id))
}

/// Finds a transit gateway that the caller owns.
///
/// # Errors
/// As [`seen`], and `UnauthorizedOperation` for one that is only shared with the caller.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w TransitGateway, AwsError> {
    let gateway = seen(world, caller, id)?;
    if gateway.owner == caller.account { Ok(gateway) } else { Err(not_authorized()) }
}

request! { "PascalCase"
    RequestedOptions {
        amazon_side_asn: Option<i64>, auto_accept_shared_attachments: Option<Switch>,
        default_route_table_association: Option<Switch>, default_route_table_propagation: Option<Switch>,
        vpn_ecmp_support: Option<Switch>, dns_support: Option<Switch>,
        security_group_referencing_support: Option<Switch>, multicast_support: Option<Switch>,
        transit_gateway_cidr_blocks: Vec<String>,
    }
}
request! { "PascalCase"
    CreateTransitGateway {
        description: String, options: RequestedOptions, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    Description {
        transit_gateway_id: String, transit_gateway_arn: String, state: State, owner_id: String, description: String,
        creation_time: Timestamp, options: Options, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OneTransitGateway { transit_gateway: Description } }

pub fn create(world: &mut World, caller: &Caller, input: CreateTransitGateway) -> Result<OneTransitGateway, AwsError> {
    let tags = on_creation(Kind::TransitGateway, &input.tag_specifications)?;
    let asked = input.options;
    let asn = checked_asn(asked.amazon_side_asn.unwrap_or(64512))?;
    let blocks = checked_blocks(&asked.transit_gateway_cidr_blocks)?;
    let held = world.network.transit_gateways.under(&Key::place(caller)).filter(|it| it.state != State::Deleted);
    if held.count() >= world.network.quotas.transit_gateways_per_region {
        let message = "The maximum number of transit gateways has been reached.";
        return Err(AwsError::new("TransitGatewayLimitExceeded", message));
    }
    let id = Kind::TransitGateway.new_id(&mut world.dice);
    let association = asked.default_route_table_association.unwrap_or(Switch::Enable);
    let propagation = asked.default_route_table_propagation.unwrap_or(Switch::Enable);
    let table = (association.is_on() || propagation.is_on())
        .then(|| transit_gateway_route_table::make(world, caller, &id, &[]));
    let gateway = TransitGateway {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        description: input.description,
        state: State::Pending,
        created: world.now,
        options: Options {
            amazon_side_asn: asn,
            transit_gateway_cidr_blocks: blocks,
            auto_accept_shared_attachments: asked.auto_accept_shared_attachments.unwrap_or(Switch::Disable),
            default_route_table_association: association,
            association_default_route_table_id: table.clone().filter(|_| association.is_on()),
            default_route_table_propagation: propagation,
            propagation_default_route_table_id: table.filter(|_| propagation.is_on()),
            vpn_ecmp_support: asked.vpn_ecmp_support.unwrap_or(Switch::Enable),
            dns_support: asked.dns_support.unwrap_or(Switch::Enable),
            security_group_referencing_support: asked.security_group_referencing_support.unwrap_or(Switch::Disable),
            multicast_support: asked.multicast_support.unwrap_or(Switch::Disable),
        },
    };
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    let transit_gateway = description(world, caller, &gateway);
    world.network.transit_gateways.insert(gateway);
    world.later(CREATE_SECONDS, world::Event::Network(super::Event::TransitGateway(id, Event::Available)));
    Ok(OneTransitGateway { transit_gateway })
}

/// Checks a private ASN (EC2 API Reference, TransitGatewayRequestOptions).
fn checked_asn(asn: i64) -> Result<i64, AwsError> {
    if (64512..=65534).contains(&asn) || (4_200_000_000..=4_294_967_294).contains(&asn) {
        return Ok(asn);
    }
    Err(invalid_value(format!("Value ({asn}) for parameter AmazonSideAsn is invalid.")))
}

const LINK_LOCAL: IpNet = IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16));

/// Checks the blocks for Connect peers: /24 or larger (/64 for IPv6), five at most, and none of the link-local
/// addresses that the tunnels inside have ("Transit gateway CIDR blocks", "Transit gateway quotas").
fn checked_blocks(blocks: &[String]) -> Result<Vec<String>, AwsError> {
    if blocks.len() > 5 {
        return Err(invalid_value("A transit gateway has at most 5 CIDR blocks"));
    }
    let read = |text: &String| {
        let block = cidr::normalised("TransitGatewayCidrBlocks", text)?;
        let most = if matches!(block, IpNet::V4(_)) { 24 } else { 64 };
        if block.prefix_len() > most {
            return Err(invalid_value(format!("The transit gateway CIDR block {block} is smaller than a /{most}")));
        }
        if cidr::overlap(&block, &LINK_LOCAL) {
            return Err(invalid_value(format!("The transit gateway CIDR block {block} is of {LINK_LOCAL}")));
        }
        Ok(block.to_string())
    };
    blocks.iter().map(read).collect()
}

/// Tells what a caller sees; tags are the owner's, and show to the owner alone.
fn description(world: &World, caller: &Caller, gateway: &TransitGateway) -> Description {
    Description {
        transit_gateway_id: gateway.id.clone(),
        transit_gateway_arn: gateway.arn(),
        state: gateway.state,
        owner_id: gateway.owner.clone(),
        description: gateway.description.clone(),
        creation_time: gateway.created,
        options: gateway.options.clone(),
        tags: world.network.tags.of(&caller.account, &gateway.id),
    }
}

describe_request! { DescribeTransitGateways { transit_gateway_ids: Kind::TransitGateway } }
answer! { "PascalCase"
    DescribedTransitGateways { transit_gateways: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("options.amazon-side-asn", |it| vec![it.options.amazon_side_asn.to_string()]),
        ("options.association-default-route-table-id", |it| {
            it.options.association_default_route_table_id.iter().cloned().collect()
        }),
        ("options.auto-accept-shared-attachments", |it| {
            vec![it.options.auto_accept_shared_attachments.word().to_owned()]
        }),
        ("options.default-route-table-association", |it| {
            vec![it.options.default_route_table_association.word().to_owned()]
        }),
        ("options.default-route-table-propagation", |it| {
            vec![it.options.default_route_table_propagation.word().to_owned()]
        }),
        ("options.dns-support", |it| vec![it.options.dns_support.word().to_owned()]),
        ("options.propagation-default-route-table-id", |it| {
            it.options.propagation_default_route_table_id.iter().cloned().collect()
        }),
        ("options.vpn-ecmp-support", |it| vec![it.options.vpn_ecmp_support.word().to_owned()]),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("transit-gateway-id", |it| vec![it.transit_gateway_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGateways,
) -> Result<DescribedTransitGateways, AwsError> {
    let world = &*world;
    let shared = shareable::shared_with(world, &caller.account, Kind::TransitGateway);
    let candidates = merged(world.network.transit_gateways.ids(&Key::place(caller)), shared.iter().map(String::as_str));
    let page = input.question().answer(world, caller, &SIEVE, candidates, |id| {
        let gateway = world.network.transit_gateways.get(id)?;
        let sees = gateway.owner == caller.account || seen(world, caller, id).is_ok();
        (sees && gateway.region == caller.region).then(|| description(world, caller, gateway))
    })?;
    Ok(DescribedTransitGateways { transit_gateways: page.items, next_token: page.next })
}

request! { "PascalCase"
    ChangedOptions {
        amazon_side_asn: Option<i64>, auto_accept_shared_attachments: Option<Switch>,
        default_route_table_association: Option<Switch>, association_default_route_table_id: Option<String>,
        default_route_table_propagation: Option<Switch>, propagation_default_route_table_id: Option<String>,
        vpn_ecmp_support: Option<Switch>, dns_support: Option<Switch>,
        security_group_referencing_support: Option<Switch>, add_transit_gateway_cidr_blocks: Vec<String>,
        remove_transit_gateway_cidr_blocks: Vec<String>,
    }
}
request! { "PascalCase"
    ModifyTransitGateway { transit_gateway_id: String, description: Option<String>, options: ChangedOptions }
}

/// Changes options; only attachments that come later feel it.
pub fn modify(world: &mut World, caller: &Caller, input: ModifyTransitGateway) -> Result<OneTransitGateway, AwsError> {
    let gateway = own(world, caller, &input.transit_gateway_id)?;
    if gateway.state != State::Available {
        return Err(incorrect_state(&gateway.id));
    }
    let (mut options, asked) = (gateway.options.clone(), input.options);
    let id = gateway.id.clone();
    if let Some(asn) = asked.amazon_side_asn {
        options.amazon_side_asn = checked_asn(asn)?;
    }
    options.auto_accept_shared_attachments =
        asked.auto_accept_shared_attachments.unwrap_or(options.auto_accept_shared_attachments);
    options.vpn_ecmp_support = asked.vpn_ecmp_support.unwrap_or(options.vpn_ecmp_support);
    options.dns_support = asked.dns_support.unwrap_or(options.dns_support);
    options.security_group_referencing_support =
        asked.security_group_referencing_support.unwrap_or(options.security_group_referencing_support);
    let blocks = &mut options.transit_gateway_cidr_blocks;
    blocks.retain(|block| !asked.remove_transit_gateway_cidr_blocks.contains(block));
    blocks.extend(asked.add_transit_gateway_cidr_blocks);
    *blocks = checked_blocks(blocks)?;
    (options.default_route_table_association, options.association_default_route_table_id) = default_table(
        world,
        &id,
        (options.default_route_table_association, options.association_default_route_table_id),
        (asked.default_route_table_association, asked.association_default_route_table_id),
    )?;
    (options.default_route_table_propagation, options.propagation_default_route_table_id) = default_table(
        world,
        &id,
        (options.default_route_table_propagation, options.propagation_default_route_table_id),
        (asked.default_route_table_propagation, asked.propagation_default_route_table_id),
    )?;
    let Some(gateway) = world.network.transit_gateways.get_mut(&id) else {
        return Err(Kind::TransitGateway.not_found(&id));
    };
    gateway.options = options;
    gateway.description = input.description.unwrap_or_else(|| gateway.description.clone());
    gateway.state = State::Modifying;
    world.later(MODIFY_SECONDS, world::Event::Network(super::Event::TransitGateway(id.clone(), Event::Available)));
    Ok(OneTransitGateway { transit_gateway: description(world, caller, own(world, caller, &id)?) })
}

type DefaultTable = (Switch, Option<String>);

/// Works out a default option and its table: enabling needs a table, disabling takes none and drops the one there is.
fn default_table(
    world: &World,
    gateway: &str,
    now: DefaultTable,
    asked: (Option<Switch>, Option<String>),
) -> Result<DefaultTable, AwsError> {
    if let Some(table) = &asked.1 {
        transit_gateway_route_table::of_gateway(world, gateway, table)?;
    }
    match (asked.0.unwrap_or(now.0), asked.1) {
        (Switch::Enable, Some(table)) => Ok((Switch::Enable, Some(table))),
        (Switch::Enable, None) if now.1.is_some() => Ok((Switch::Enable, now.1)),
        (Switch::Enable, None) => Err(invalid_combination("Enabling a default route table needs the table's ID")),
        (Switch::Disable, None) => Ok((Switch::Disable, None)),
        (Switch::Disable, Some(_)) => {
            Err(invalid_combination("A default route table's ID cannot be given while the default is disabled"))
        }
    }
}

request! { "PascalCase" DeleteTransitGateway { transit_gateway_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteTransitGateway) -> Result<OneTransitGateway, AwsError> {
    let gateway = own(world, caller, &input.transit_gateway_id)?;
    let id = gateway.id.clone();
    if gateway.state != State::Available {
        return Err(incorrect_state(&id));
    }
    let mut live: BTreeMap<ResourceType, Vec<&str>> = BTreeMap::new();
    for it in attachment::all_of(&world.network, &id).filter(|it| !it.state().is_over()) {
        live.entry(it.resource_type()).or_default().push(it.id());
    }
    if let Some((kind, ids)) = live.first_key_value() {
        let message = format!("{id} has non-deleted {} Attachments: {}.", name_of(*kind), ids.join(", "));
        return Err(AwsError::new("IncorrectState", message));
    }
    if let Some(gateway) = world.network.transit_gateways.get_mut(&id) {
        gateway.state = State::Deleting;
    }
    world.later(DELETE_SECONDS, world::Event::Network(super::Event::TransitGateway(id.clone(), Event::Deleted)));
    Ok(OneTransitGateway { transit_gateway: description(world, caller, own(world, caller, &id)?) })
}

/// Returns what AWS's message calls a kind of attachment.
fn name_of(kind: ResourceType) -> &'static str {
    match kind {
        ResourceType::Vpc => "VPC",
        ResourceType::NetworkFunction => "Network Function",
        ResourceType::DirectConnectGateway => "DirectConnect Gateway",
        ResourceType::Connect => "Connect",
        ResourceType::Vpn => "VPN",
        ResourceType::Peering => "Cross Region Peering",
    }
}

#[cfg(test)]
#[path = "transit_gateway_tests.rs"]
mod tests;
