//! Internet gateways: the other thing that a VPC route may aim at. One for each VPC.

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Nothing, answer, request};
use super::resource::Kind;
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{route_table_association, visibility, vpc};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

#[derive(Clone, Debug)]
pub struct InternetGateway {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    /// The VPC that it is attached to.
    pub vpc: Option<String>,
}

impl Kept for InternetGateway {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone())]
    }
}

/// Finds an internet gateway that the caller owns.
///
/// # Errors
/// `InvalidInternetGatewayID.Malformed` and `InvalidInternetGatewayID.NotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w InternetGateway, AwsError> {
    Kind::InternetGateway.check(id)?;
    let gateway = world.network.internet_gateways.get(id);
    gateway
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::InternetGateway.not_found(id))
}

request! { "PascalCase" CreateInternetGateway { tag_specifications: Vec<TagSpecification> } }
answer! { "PascalCase" GatewayAttachment { state: &'static str, vpc_id: String } }
answer! { "PascalCase"
    InternetGatewayDescription {
        internet_gateway_id: String, owner_id: String, attachments: Vec<GatewayAttachment>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" CreatedInternetGateway { internet_gateway: InternetGatewayDescription } }

pub fn create(
    world: &mut World,
    caller: &Caller,
    input: CreateInternetGateway,
) -> Result<CreatedInternetGateway, AwsError> {
    let tags = on_creation(Kind::InternetGateway, &input.tag_specifications)?;
    check_room(world, caller)?;
    let id = Kind::InternetGateway.new_id(&mut world.dice);
    world.network.internet_gateways.insert(InternetGateway {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        vpc: None,
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    Ok(CreatedInternetGateway { internet_gateway: description(world, own(world, caller, &id)?) })
}

/// Checks that an account may have one more internet gateway in a Region.
///
/// # Errors
/// `InternetGatewayLimitExceeded`.
pub fn check_room(world: &World, caller: &Caller) -> Result<(), AwsError> {
    let quota = world.network.quotas.internet_gateways_per_region;
    if world.network.internet_gateways.count(&Key::place(caller)) < quota {
        return Ok(());
    }
    let message = "The maximum number of internet gateways has been reached.";
    Err(AwsError::new("InternetGatewayLimitExceeded", message))
}

fn description(world: &World, gateway: &InternetGateway) -> InternetGatewayDescription {
    InternetGatewayDescription {
        internet_gateway_id: gateway.id.clone(),
        owner_id: gateway.owner.clone(),
        attachments: gateway
            .vpc
            .iter()
            .map(|vpc| GatewayAttachment { state: "available", vpc_id: vpc.clone() })
            .collect(),
        tags: world.network.tags.of(&gateway.owner, &gateway.id),
    }
}

request! { "PascalCase" AttachInternetGateway { internet_gateway_id: String, vpc_id: String } }

pub fn attach(world: &mut World, caller: &Caller, input: AttachInternetGateway) -> Result<Nothing, AwsError> {
    let gateway = own(world, caller, &input.internet_gateway_id)?;
    let vpc = vpc::own(world, caller, &input.vpc_id)?.id.clone();
    let mut others = world.network.internet_gateways.under(&Key::place(caller));
    let taken = gateway.vpc.is_some().then_some(&gateway.id);
    let taken = taken.or_else(|| others.any(|it| it.vpc.as_ref() == Some(&vpc)).then_some(&vpc)).cloned();
    drop(others);
    if let Some(id) = taken {
        return Err(AwsError::new("Resource.AlreadyAssociated", format!("resource {id} is already attached")));
    }
    if let Some(gateway) = world.network.internet_gateways.get_mut(&input.internet_gateway_id) {
        gateway.vpc = Some(vpc);
    }
    Ok(Nothing {})
}

pub fn detach(world: &mut World, caller: &Caller, input: AttachInternetGateway) -> Result<Nothing, AwsError> {
    let gateway = own(world, caller, &input.internet_gateway_id)?;
    let vpc = &vpc::own(world, caller, &input.vpc_id)?.id;
    if gateway.vpc.as_ref() != Some(vpc) {
        let message = format!("resource {} is not attached to network {vpc}", gateway.id);
        return Err(AwsError::new("Gateway.NotAttached", message));
    }
    if let Some(gateway) = world.network.internet_gateways.get_mut(&input.internet_gateway_id) {
        gateway.vpc = None;
    }
    route_table_association::forget_gateway(world, &input.vpc_id, &input.internet_gateway_id);
    Ok(Nothing {})
}

request! { "PascalCase" DeleteInternetGateway { internet_gateway_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteInternetGateway) -> Result<Nothing, AwsError> {
    let gateway = own(world, caller, &input.internet_gateway_id)?;
    let id = gateway.id.clone();
    if gateway.vpc.is_some() {
        let message = format!("The internetGateway '{id}' has dependencies and cannot be deleted.");
        return Err(AwsError::new("DependencyViolation", message));
    }
    world.network.internet_gateways.remove(&id);
    world.network.tags.forget(&[&caller.account], &id);
    Ok(Nothing {})
}

describe_request! { DescribeInternetGateways { internet_gateway_ids: Kind::InternetGateway } }
answer! { "PascalCase"
    DescribedInternetGateways { internet_gateways: Vec<InternetGatewayDescription>, next_token: Option<String> }
}

const SIEVE: Sieve<InternetGatewayDescription> = Sieve {
    fields: &[
        ("attachment.state", |it| it.attachments.iter().map(|it| it.state.to_owned()).collect()),
        ("attachment.vpc-id", |it| it.attachments.iter().map(|it| it.vpc_id.clone()).collect()),
        ("internet-gateway-id", |it| vec![it.internet_gateway_id.clone()]),
        ("owner-id", |it| vec![it.owner_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeInternetGateways,
) -> Result<DescribedInternetGateways, AwsError> {
    let world = &*world;
    let page = input.question().names_or_pages("internetGatewayIds")?.answer(
        world,
        caller,
        &SIEVE,
        world.network.internet_gateways.ids(&Key::place(caller)),
        |id| {
            let gateway = own(world, caller, id).ok()?;
            Some(description(world, gateway))
        },
    )?;
    Ok(DescribedInternetGateways { internet_gateways: page.items, next_token: page.next })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    #[test]
    fn a_vpc_has_one_gateway_and_routes_to_it_die_with_the_attachment() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let table = bench.route_table(ONE, &vpc);
        let made = |bench: &mut Bench| {
            bench.ec2(ONE, "CreateInternetGateway", json!({}))["InternetGateway"]["InternetGatewayId"].clone()
        };
        let (one, two) = (made(&mut bench), made(&mut bench));
        let route = json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": one});
        bench.refused(ONE, "CreateRoute", route.clone(), "InvalidParameterValue");
        bench.ec2(ONE, "AttachInternetGateway", json!({"InternetGatewayId": one, "VpcId": vpc}));
        let second = json!({"InternetGatewayId": two, "VpcId": vpc});
        bench.refused(ONE, "AttachInternetGateway", second, "Resource.AlreadyAssociated");
        bench.ec2(ONE, "CreateRoute", route);
        let shown = bench.ec2(ONE, "DescribeInternetGateways", json!({"InternetGatewayIds": [one]}));
        let attached = json!([{"State": "available", "VpcId": vpc}]);
        assert_eq!(shown["InternetGateways"][0]["Attachments"], attached);
        bench.refused(ONE, "DeleteInternetGateway", json!({"InternetGatewayId": one}), "DependencyViolation");
        bench.ec2(ONE, "DetachInternetGateway", json!({"InternetGatewayId": one, "VpcId": vpc}));
        let tables = bench.ec2(ONE, "DescribeRouteTables", json!({"RouteTableIds": [table]}));
        assert_eq!(tables["RouteTables"][0]["Routes"][1]["State"], "blackhole");
    }
}
