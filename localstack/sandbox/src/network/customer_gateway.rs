//! Customer gateways: the far ends of VPN connections, as the customer describes them.

use std::net::Ipv4Addr;

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Nothing, answer, request, words};
use super::resource::{Kind, invalid_value, missing};
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{visibility, vpn_connection};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

words! { State { Available = "available" } }
words! { Type { Ipsec = "ipsec.1" } }

#[derive(Clone, Debug)]
pub struct CustomerGateway {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub asn: i64,
    pub address: Ipv4Addr,
    pub device_name: Option<String>,
}

impl Kept for CustomerGateway {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone())]
    }
}

/// Finds a customer gateway that the caller owns.
///
/// # Errors
/// `InvalidCustomerGatewayId.Malformed` and `InvalidCustomerGatewayID.NotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w CustomerGateway, AwsError> {
    Kind::CustomerGateway.check(id)?;
    let gateway = world.network.customer_gateways.get(id);
    gateway
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::CustomerGateway.not_found(id))
}

request! { "PascalCase"
    CreateCustomerGateway {
        bgp_asn: Option<i64>, ip_address: Option<String>, public_ip: Option<String>, r#type: Option<Type>,
        device_name: Option<String>, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    Description {
        customer_gateway_id: String, state: State, r#type: Type, ip_address: String, bgp_asn: String,
        device_name: Option<String>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OneCustomerGateway { customer_gateway: Description } }

/// Makes a customer gateway; the same address and ASN give the one there is (EC2 API Reference).
pub fn create(
    world: &mut World,
    caller: &Caller,
    input: CreateCustomerGateway,
) -> Result<OneCustomerGateway, AwsError> {
    let tags = on_creation(Kind::CustomerGateway, &input.tag_specifications)?;
    let text = input.ip_address.or(input.public_ip).ok_or_else(|| missing("ipAddress"))?;
    let address: Ipv4Addr =
        text.parse().map_err(|_| invalid_value(format!("Value ({text}) for parameter ipAddress is invalid.")))?;
    let asn = input.bgp_asn.unwrap_or(65000);
    if !(1..=2_147_483_647).contains(&asn) {
        return Err(invalid_value(format!("Value ({asn}) for parameter bgpAsn is invalid.")));
    }
    let mut own_gateways = world.network.customer_gateways.under(&Key::place(caller));
    let same = |it: &&CustomerGateway| (it.asn, it.address, &it.device_name) == (asn, address, &input.device_name);
    if let Some(held) = own_gateways.find(same) {
        return Ok(OneCustomerGateway { customer_gateway: description(world, held) });
    }
    drop(own_gateways);
    let held = world.network.customer_gateways.count(&Key::place(caller));
    if held >= world.network.quotas.customer_gateways_per_region {
        let message = "The maximum number of customer gateways has been reached.";
        return Err(AwsError::new("CustomerGatewayLimitExceeded", message));
    }
    let id = Kind::CustomerGateway.new_id(&mut world.dice);
    world.network.customer_gateways.insert(CustomerGateway {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        asn,
        address,
        device_name: input.device_name,
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    Ok(OneCustomerGateway { customer_gateway: description(world, own(world, caller, &id)?) })
}

fn description(world: &World, gateway: &CustomerGateway) -> Description {
    Description {
        customer_gateway_id: gateway.id.clone(),
        state: State::Available,
        r#type: Type::Ipsec,
        ip_address: gateway.address.to_string(),
        bgp_asn: gateway.asn.to_string(),
        device_name: gateway.device_name.clone(),
        tags: world.network.tags.of(&gateway.owner, &gateway.id),
    }
}

describe_request! { DescribeCustomerGateways { customer_gateway_ids: Kind::CustomerGateway } without pages }
answer! { "PascalCase" DescribedCustomerGateways { customer_gateways: Vec<Description> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("bgp-asn", |it| vec![it.bgp_asn.clone()]),
        ("customer-gateway-id", |it| vec![it.customer_gateway_id.clone()]),
        ("device-name", |it| it.device_name.iter().cloned().collect()),
        ("ip-address", |it| vec![it.ip_address.clone()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("type", |it| vec![it.r#type.word().to_owned()]),
    ],
    tags: Some(|it| &it.tags),
};

/// Lists customer gateways; this call has no pages.
pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeCustomerGateways,
) -> Result<DescribedCustomerGateways, AwsError> {
    let world = &*world;
    let page = input.question().answer(
        world,
        caller,
        &SIEVE,
        world.network.customer_gateways.ids(&Key::place(caller)),
        |id| {
            let gateway = own(world, caller, id).ok()?;
            Some(description(world, gateway))
        },
    )?;
    Ok(DescribedCustomerGateways { customer_gateways: page.items })
}

request! { "PascalCase" DeleteCustomerGateway { customer_gateway_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteCustomerGateway) -> Result<Nothing, AwsError> {
    let id = own(world, caller, &input.customer_gateway_id)?.id.clone();
    if vpn_connection::uses(world, caller, &id) {
        // The code of a gateway in use (EC2 User Guide, "Error codes": the gateway is in use).
        let message = format!("The customer gateway is in use. ({id})");
        return Err(AwsError::new("IncorrectState", message));
    }
    world.network.customer_gateways.remove(&id);
    world.network.tags.forget(&[&caller.account], &id);
    Ok(Nothing {})
}
