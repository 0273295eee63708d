//! Elastic IP addresses, as far as NAT gateways use them.
//!
//! Nothing of an association is kept: an address is in use as long as a NAT gateway has it, the first one that asked for
//! it. Instances and interfaces of people's, which could have one too, are not modelled.

use std::net::Ipv4Addr;

use super::filters::{Filter, Sieve, none};
use super::members::{Nothing, answer, request};
use super::nat_gateway::{NatGateway, State};
use super::paging::Asked;
use super::resource::{Kind, missing};
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{describe, network_interface, visibility};
use crate::call::{AccountId, AwsError, Caller};
use crate::random::Dice;
use crate::world::World;

#[derive(Clone, Debug)]
pub struct ElasticIp {
    /// The allocation's id.
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub public: Ipv4Addr,
}

impl Kept for ElasticIp {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone())]
    }
}

/// Finds an address that the caller owns.
///
/// # Errors
/// `InvalidAllocationID.Malformed` and `InvalidAllocationID.NotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w ElasticIp, AwsError> {
    Kind::ElasticIp.check(id)?;
    let address = world.network.elastic_ips.get(id);
    address
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::ElasticIp.not_found(id))
}

/// Finds the NAT gateway that uses an address: of those that want it the first, and one that is made before others.
pub fn user<'w>(world: &'w World, id: &str) -> Option<&'w NatGateway> {
    let address = world.network.elastic_ips.get(id)?;
    let there = world.network.nat_gateways.under(&Key::Place(address.owner.clone(), address.region.clone()));
    let wanting = there.filter(|it| it.allocation.as_deref() == Some(id) && it.state.holds_interface());
    wanting.min_by_key(|it| (it.state == State::Pending, it.created, &it.id))
}

/// Tells the id of the association of an address with a NAT gateway.
pub fn association_id(address: &str, gateway: &str) -> String {
    Dice::of(&format!("{address} {gateway}")).id("eipassoc")
}

request! { "PascalCase" AllocateAddress { domain: Option<String>, tag_specifications: Vec<TagSpecification> } }
answer! { "PascalCase"
    Allocated {
        allocation_id: String, public_ip: String, domain: &'static str, public_ipv4_pool: &'static str,
        network_border_group: String,
    }
}

pub fn allocate(world: &mut World, caller: &Caller, input: AllocateAddress) -> Result<Allocated, AwsError> {
    let tags = on_creation(Kind::ElasticIp, &input.tag_specifications)?;
    if let Some(other) = input.domain.filter(|domain| domain != "vpc") {
        return Err(AwsError::not_modelled(format!("an address of the domain {other}")));
    }
    if world.network.elastic_ips.count(&Key::place(caller)) >= world.network.quotas.elastic_ips_per_region {
        let message = "The maximum number of addresses has been reached.";
        return Err(AwsError::new("AddressLimitExceeded", message));
    }
    let id = Kind::ElasticIp.new_id(&mut world.dice);
    // Out of 198.18.0.0/15, which nobody routes (RFC 2544).
    let public = Ipv4Addr::from(0xc612_0000 | (Dice::of(&id).next() % 0x2_0000) as u32);
    let (owner, region) = (caller.account.clone(), caller.region.clone());
    world.network.elastic_ips.insert(ElasticIp { id: id.clone(), owner, region, public });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    Ok(Allocated {
        allocation_id: id,
        public_ip: public.to_string(),
        domain: "vpc",
        public_ipv4_pool: "amazon",
        network_border_group: caller.region.clone(),
    })
}

request! { "PascalCase" ReleaseAddress { allocation_id: Option<String> } }

pub fn release(world: &mut World, caller: &Caller, input: ReleaseAddress) -> Result<Nothing, AwsError> {
    let id = input.allocation_id.ok_or_else(|| missing("AllocationId"))?;
    let address = own(world, caller, &id)?;
    if user(world, &id).is_some() {
        let message = format!("Address {} is in use.", address.public);
        return Err(AwsError::new("InvalidIPAddress.InUse", message));
    }
    world.network.elastic_ips.remove(&id);
    world.network.tags.forget(&[&caller.account], &id);
    Ok(Nothing {})
}

request! { "PascalCase"
    DescribeAddresses { allocation_ids: Vec<String>, public_ips: Vec<String>, filters: Vec<Filter> }
}
answer! { "PascalCase"
    Description {
        allocation_id: String, public_ip: String, domain: &'static str, public_ipv4_pool: &'static str,
        network_border_group: String, association_id: Option<String>, network_interface_id: Option<String>,
        network_interface_owner_id: Option<String>, private_ip_address: Option<String>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" Described { addresses: Vec<Description> } }

fn description(world: &World, it: &ElasticIp) -> Description {
    let user = user(world, &it.id);
    let subnet = user.and_then(|user| world.network.subnets.get(&user.subnet));
    let interfaces = subnet.map(|subnet| network_interface::of(world, subnet)).unwrap_or_default();
    let interface = interfaces.iter().find(|held| user.is_some_and(|user| user.id == held.holder.id()));
    Description {
        allocation_id: it.id.clone(),
        public_ip: it.public.to_string(),
        domain: "vpc",
        public_ipv4_pool: "amazon",
        network_border_group: it.region.clone(),
        association_id: user.map(|user| association_id(&it.id, &user.id)),
        network_interface_id: interface.map(|held| held.id.clone()),
        network_interface_owner_id: user.map(|user| user.owner.clone()),
        private_ip_address: interface.map(|held| held.address.to_string()),
        tags: world.network.tags.of(&it.owner, &it.id),
    }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("allocation-id", |it| vec![it.allocation_id.clone()]),
        ("association-id", |it| it.association_id.iter().cloned().collect()),
        ("instance-id", none),
        ("network-border-group", |it| vec![it.network_border_group.clone()]),
        ("network-interface-id", |it| it.network_interface_id.iter().cloned().collect()),
        ("network-interface-owner-id", |it| it.network_interface_owner_id.iter().cloned().collect()),
        ("private-ip-address", |it| it.private_ip_address.iter().cloned().collect()),
        ("public-ip", |it| vec![it.public_ip.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

/// Lists the caller's addresses, all at once: this list has no pages.
pub fn describe(world: &mut World, caller: &Caller, input: DescribeAddresses) -> Result<Described, AwsError> {
    let world = &*world;
    let own_addresses = || world.network.elastic_ips.under(&Key::place(caller));
    let unknown = input.public_ips.iter().find(|asked| own_addresses().all(|it| it.public.to_string() != **asked));
    if let Some(unknown) = unknown {
        return Err(AwsError::new("InvalidAddress.NotFound", format!("Address '{unknown}' not found.")));
    }
    let question = describe::Question {
        asked: Asked::new("DescribeAddresses", None, &None, (1, i64::MAX)),
        kind: Kind::ElasticIp,
        ids: &input.allocation_ids,
        filters: &input.filters,
    };
    let named = |it: &ElasticIp| input.public_ips.is_empty() || input.public_ips.contains(&it.public.to_string());
    let ids = world.network.elastic_ips.ids(&Key::place(caller));
    let page = question.answer(world, caller, &SIEVE, ids, |id| {
        own(world, caller, id).ok().filter(|it| named(it)).map(|it| description(world, it))
    })?;
    Ok(Described { addresses: page.items })
}
