//! NAT gateways: private ones, and public ones with an Elastic IP address.
//!
//! Each stands in a subnet, where it has a network interface. `pending → available → deleting → deleted`, and a deleted
//! one is listed for about an hour more; where something is missing, `pending → failed`, told by FailureCode (EC2 API
//! Reference, NatGateway). Deleting one leaves the routes to it, which turn `blackhole`. Regional ones, and secondary
//! addresses, are not modelled.

use std::time::Duration;

use jiff::Timestamp;

use super::filters::{Filter, Sieve};
use super::members::{answer, request, words};
use super::paging::{Asked, SIZES};
use super::resource::{Kind, invalid_combination, missing};
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{describe, elastic_ip, network_interface, subnet, visibility};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// About as long as AWS's own take; no document tells.
const CREATE_SECONDS: f64 = 100.0;
const DELETE_SECONDS: f64 = 45.0;
/// How long one that is deleted or failed is listed (VPC guide, "NAT gateways": about an hour).
const RECORD_LIFE: Duration = Duration::from_secs(3600);

words! {
    State {
        Pending = "pending", Failed = "failed", Available = "available", Deleting = "deleting", Deleted = "deleted",
    }
}
words! { Connectivity { Private = "private", Public = "public" } }

impl State {
    /// "May still be processing traffic" while it is deleted, here not: routes to it are `blackhole` at once.
    pub fn carries_traffic(self) -> bool {
        self == State::Available
    }

    /// Tells whether it has its network interface, and counts against quotas.
    pub fn holds_interface(self) -> bool {
        matches!(self, State::Pending | State::Available | State::Deleting)
    }
}

/// Why one could not be made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Failure {
    pub code: &'static str,
    pub message: String,
}

#[derive(Clone, Debug)]
pub struct NatGateway {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub vpc: String,
    pub subnet: String,
    pub state: State,
    pub failure: Option<Failure>,
    /// The allocation of its Elastic IP address; a private one has none.
    pub allocation: Option<String>,
    pub created: Timestamp,
    pub deleted: Option<Timestamp>,
    pub client_token: Option<String>,
}

impl Kept for NatGateway {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::Vpc(self.vpc.clone())]
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Made,
    Deleted,
    Forgotten,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let failure = world.network.nat_gateways.get(id).and_then(|it| failure(world, it));
    let now = world.now;
    let Some(it) = world.network.nat_gateways.get_mut(id) else { return };
    match (event, it.state) {
        (Event::Made, State::Pending) => match failure {
            None => it.state = State::Available,
            Some(_) => (it.state, it.failure) = (State::Failed, failure),
        },
        (Event::Deleted, State::Deleting) => (it.state, it.deleted) = (State::Deleted, Some(now)),
        (Event::Forgotten, State::Failed | State::Deleted) => {
            if let Some(it) = world.network.nat_gateways.remove(id) {
                world.network.tags.forget(&[&it.owner], id);
            }
            return;
        }
        // It has meanwhile gone another way.
        (Event::Made | Event::Deleted | Event::Forgotten, _) => return,
    }
    if !it.state.holds_interface() {
        let event = super::Event::NatGateway(id.to_owned(), Event::Forgotten);
        world.exactly_after(RECORD_LIFE, world::Event::Network(event));
    }
}

/// Tells what one lacks that is pending.
fn failure(world: &World, it: &NatGateway) -> Option<Failure> {
    let subnet = world.network.subnets.get(&it.subnet)?;
    if network_interface::of(world, subnet).iter().all(|held| held.holder.id() != it.id) {
        let message = "Subnet has insufficient free addresses to create this NAT gateway".to_owned();
        return Some(Failure { code: "InsufficientFreeAddressesInSubnet", message });
    }
    let allocation = it.allocation.as_ref()?;
    let key = Key::Place(it.owner.clone(), it.region.clone());
    if !world.network.internet_gateways.under(&key).any(|gateway| gateway.vpc.as_ref() == Some(&it.vpc)) {
        let message = format!("Network {} has no Internet gateway attached", it.vpc);
        return Some(Failure { code: "Gateway.NotAttached", message });
    }
    if elastic_ip::user(world, allocation).is_some_and(|user| user.id != it.id) {
        let message = format!("Elastic IP address {allocation} is already associated");
        return Some(Failure { code: "Resource.AlreadyAssociated", message });
    }
    None
}

/// Finds a NAT gateway that the caller owns, whatever its state.
///
/// # Errors
/// `NatGatewayMalformed` and `NatGatewayNotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w NatGateway, AwsError> {
    Kind::NatGateway.check(id)?;
    let gateway = world.network.nat_gateways.get(id);
    gateway
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::NatGateway.not_found(id))
}

/// Finds a NAT gateway that a route can be aimed at: one that is not gone.
///
/// # Errors
/// `NatGatewayMalformed` and `InvalidNatGatewayID.NotFound`, which is what CreateRoute says of it.
pub fn target<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w NatGateway, AwsError> {
    Kind::NatGateway.check(id)?;
    own(world, caller, id).ok().filter(|it| it.state.holds_interface()).ok_or_else(|| {
        let message = format!("The natGateway ID '{id}' does not exist");
        AwsError::new("InvalidNatGatewayID.NotFound", message)
    })
}

request! { "PascalCase"
    CreateNatGateway {
        subnet_id: Option<String>, allocation_id: Option<String>, connectivity_type: Option<Connectivity>,
        client_token: Option<String>, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    Address {
        allocation_id: Option<String>, association_id: Option<String>, public_ip: Option<String>,
        network_interface_id: String, private_ip: String, is_primary: bool, status: &'static str,
    }
}
answer! { "PascalCase"
    Description {
        nat_gateway_id: String, state: State, connectivity_type: Connectivity, vpc_id: String, subnet_id: String,
        create_time: Timestamp, delete_time: Option<Timestamp>, failure_code: Option<&'static str>,
        failure_message: Option<String>, nat_gateway_addresses: Vec<Address>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" Created { client_token: Option<String>, nat_gateway: Description } }

/// Makes one in a subnet. The same client token gives the same one again.
pub fn create(world: &mut World, caller: &Caller, input: CreateNatGateway) -> Result<Created, AwsError> {
    let tags = on_creation(Kind::NatGateway, &input.tag_specifications)?;
    let asked = input.subnet_id.as_deref().ok_or_else(|| missing("SubnetId"))?;
    let subnet = subnet::own(world, caller, asked)?;
    match (input.connectivity_type.unwrap_or(Connectivity::Public), &input.allocation_id) {
        (Connectivity::Public, None) => return Err(missing("AllocationId")),
        (Connectivity::Private, Some(_)) => {
            return Err(invalid_combination("A private NAT gateway cannot have an Elastic IP address"));
        }
        (Connectivity::Public, Some(id)) => drop(elastic_ip::own(world, caller, id)?),
        (Connectivity::Private, None) => {}
    }
    let mut own = world.network.nat_gateways.under(&Key::place(caller));
    let made = own.find(|it| it.client_token.is_some() && it.client_token == input.client_token);
    if let Some(it) = made {
        if (&it.subnet, &it.allocation) != (&subnet.id, &input.allocation_id) {
            let message = "The client token was used before with other parameters.";
            return Err(AwsError::new("IdempotentParameterMismatch", message));
        }
        return Ok(Created { client_token: input.client_token, nat_gateway: description(world, it) });
    }
    drop(own);
    check_room(world, caller, &subnet.zone.id)?;
    let (vpc, subnet) = (subnet.vpc.clone(), subnet.id.clone());
    let id = Kind::NatGateway.new_id(&mut world.dice);
    world.network.nat_gateways.insert(NatGateway {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        vpc,
        subnet,
        state: State::Pending,
        failure: None,
        allocation: input.allocation_id,
        created: world.now,
        deleted: None,
        client_token: input.client_token.clone(),
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    later(world, &id, CREATE_SECONDS, Event::Made);
    let nat_gateway = description(world, self::own(world, caller, &id)?);
    Ok(Created { client_token: input.client_token, nat_gateway })
}

/// Checks that an account may have one more in a zone.
fn check_room(world: &World, caller: &Caller, zone: &str) -> Result<(), AwsError> {
    let network = &world.network;
    let held = network.nat_gateways.under(&Key::place(caller)).filter(|it| it.state.holds_interface());
    let there = held.filter(|it| network.subnets.get(&it.subnet).is_some_and(|subnet| subnet.zone.id == zone));
    if there.count() < network.quotas.nat_gateways_per_zone {
        return Ok(());
    }
    let message = "The maximum number of NAT gateways has been reached.";
    Err(AwsError::new("NatGatewayLimitExceeded", message))
}

fn later(world: &mut World, id: &str, seconds: f64, event: Event) {
    world.later(seconds, world::Event::Network(super::Event::NatGateway(id.to_owned(), event)));
}

fn description(world: &World, it: &NatGateway) -> Description {
    let subnet = world.network.subnets.get(&it.subnet);
    let held = subnet.into_iter().flat_map(|subnet| network_interface::of(world, subnet));
    let addresses = held.filter(|held| held.holder.id() == it.id).map(|held| {
        let address = it.allocation.as_ref().and_then(|id| world.network.elastic_ips.get(id));
        let address =
            address.filter(|address| elastic_ip::user(world, &address.id).is_some_and(|user| user.id == it.id));
        Address {
            allocation_id: address.map(|address| address.id.clone()),
            association_id: address.map(|address| elastic_ip::association_id(&address.id, &it.id)),
            public_ip: address.map(|address| address.public.to_string()),
            network_interface_id: held.id.clone(),
            private_ip: held.address.to_string(),
            is_primary: true,
            status: "succeeded",
        }
    });
    Description {
        nat_gateway_id: it.id.clone(),
        state: it.state,
        connectivity_type: if it.allocation.is_some() { Connectivity::Public } else { Connectivity::Private },
        vpc_id: it.vpc.clone(),
        subnet_id: it.subnet.clone(),
        create_time: it.created,
        delete_time: it.deleted,
        failure_code: it.failure.as_ref().map(|failure| failure.code),
        failure_message: it.failure.as_ref().map(|failure| failure.message.clone()),
        nat_gateway_addresses: addresses.collect(),
        tags: world.network.tags.of(&it.owner, &it.id),
    }
}

request! { "PascalCase" DeleteNatGateway { nat_gateway_id: String } }
answer! { "PascalCase" Deleted { nat_gateway_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteNatGateway) -> Result<Deleted, AwsError> {
    let id = own(world, caller, &input.nat_gateway_id)?.id.clone();
    if let Some(it) = world.network.nat_gateways.get_mut(&id)
        && matches!(it.state, State::Pending | State::Available)
    {
        it.state = State::Deleting;
        later(world, &id, DELETE_SECONDS, Event::Deleted);
    }
    Ok(Deleted { nat_gateway_id: id })
}

request! { "PascalCase"
    DescribeNatGateways {
        nat_gateway_ids: Vec<String>, filter: Vec<Filter>, max_results: Option<i64>, next_token: Option<String>,
    }
}
answer! { "PascalCase" Described { nat_gateways: Vec<Description>, next_token: Option<String> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("nat-gateway-id", |it| vec![it.nat_gateway_id.clone()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("subnet-id", |it| vec![it.subnet_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(world: &mut World, caller: &Caller, input: DescribeNatGateways) -> Result<Described, AwsError> {
    let world = &*world;
    let question = describe::Question {
        asked: Asked::new("DescribeNatGateways", input.max_results, &input.next_token, SIZES),
        kind: Kind::NatGateway,
        ids: &input.nat_gateway_ids,
        filters: &input.filter,
    };
    let ids = world.network.nat_gateways.ids(&Key::place(caller));
    let question = question.names_or_pages("natGatewayIds")?;
    let page =
        question.answer(world, caller, &SIEVE, ids, |id| Some(description(world, own(world, caller, id).ok()?)))?;
    Ok(Described { nat_gateways: page.items, next_token: page.next })
}

#[cfg(test)]
#[path = "nat_gateway_tests.rs"]
mod tests;
