//! Egress-only internet gateways: the way out for IPv6, and no way in. One for each VPC.
//!
//! Unlike an internet gateway it is made for a VPC and stays with it until it is deleted. No document says what deleting
//! one does that routes lead to: here it goes, and they turn `blackhole`.

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{answer, request};
use super::resource::Kind;
use super::shelf::{Kept, Key};
use super::tags::{Tag, TagSpecification, on_creation};
use super::{visibility, vpc};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

/// What MaxResults may say (EC2 API Reference).
const SIZES: (i64, i64) = (5, 255);

#[derive(Clone, Debug)]
pub struct EgressOnlyInternetGateway {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub vpc: String,
    pub client_token: Option<String>,
}

impl Kept for EgressOnlyInternetGateway {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::Vpc(self.vpc.clone())]
    }
}

/// Finds an egress-only internet gateway that the caller owns.
///
/// # Errors
/// `InvalidEgressOnlyInternetGatewayId.Malformed` and `InvalidGatewayID.NotFound`.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w EgressOnlyInternetGateway, AwsError> {
    Kind::EgressOnlyInternetGateway.check(id)?;
    let gateway = world.network.egress_only_internet_gateways.get(id);
    gateway
        .filter(|it| it.owner == caller.account && it.region == caller.region)
        .ok_or_else(|| Kind::EgressOnlyInternetGateway.not_found(id))
}

request! { "PascalCase"
    CreateEgressOnlyInternetGateway {
        vpc_id: String, client_token: Option<String>, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase" GatewayAttachment { state: &'static str, vpc_id: String } }
answer! { "PascalCase"
    Description {
        egress_only_internet_gateway_id: String, attachments: Vec<GatewayAttachment>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" Created { client_token: Option<String>, egress_only_internet_gateway: Description } }

/// Makes one for a VPC. The same client token gives the same one again.
pub fn create(world: &mut World, caller: &Caller, input: CreateEgressOnlyInternetGateway) -> Result<Created, AwsError> {
    let tags = on_creation(Kind::EgressOnlyInternetGateway, &input.tag_specifications)?;
    let vpc = vpc::own(world, caller, &input.vpc_id)?.id.clone();
    let held = world.network.egress_only_internet_gateways.under(&Key::Vpc(vpc.clone())).next();
    if let Some(held) = held {
        if input.client_token.is_some() && held.client_token == input.client_token {
            let egress_only_internet_gateway = description(world, held);
            return Ok(Created { client_token: input.client_token, egress_only_internet_gateway });
        }
        return Err(AwsError::new("Resource.AlreadyAssociated", format!("resource {vpc} is already attached")));
    }
    let id = Kind::EgressOnlyInternetGateway.new_id(&mut world.dice);
    world.network.egress_only_internet_gateways.insert(EgressOnlyInternetGateway {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        vpc,
        client_token: input.client_token.clone(),
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    let egress_only_internet_gateway = description(world, own(world, caller, &id)?);
    Ok(Created { client_token: input.client_token, egress_only_internet_gateway })
}

fn description(world: &World, gateway: &EgressOnlyInternetGateway) -> Description {
    Description {
        egress_only_internet_gateway_id: gateway.id.clone(),
        attachments: vec![GatewayAttachment { state: "attached", vpc_id: gateway.vpc.clone() }],
        tags: world.network.tags.of(&gateway.owner, &gateway.id),
    }
}

request! { "PascalCase" DeleteEgressOnlyInternetGateway { egress_only_internet_gateway_id: String } }
answer! { "PascalCase" Deleted { return_code: bool } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteEgressOnlyInternetGateway) -> Result<Deleted, AwsError> {
    let id = own(world, caller, &input.egress_only_internet_gateway_id)?.id.clone();
    world.network.egress_only_internet_gateways.remove(&id);
    world.network.tags.forget(&[&caller.account], &id);
    Ok(Deleted { return_code: true })
}

describe_request! {
    DescribeEgressOnlyInternetGateways { egress_only_internet_gateway_ids: Kind::EgressOnlyInternetGateway }
        in pages of SIZES
}
answer! { "PascalCase"
    Described { egress_only_internet_gateways: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve { fields: &[], tags: Some(|it| &it.tags) };

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeEgressOnlyInternetGateways,
) -> Result<Described, AwsError> {
    let world = &*world;
    let ids = world.network.egress_only_internet_gateways.ids(&Key::place(caller));
    let question = input.question().names_or_pages("egressOnlyInternetGatewayIds")?;
    let page =
        question.answer(world, caller, &SIEVE, ids, |id| Some(description(world, own(world, caller, id).ok()?)))?;
    Ok(Described { egress_only_internet_gateways: page.items, next_token: page.next })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::{Bench, text};
    use crate::network::{Path, Start, walk};

    const ONE: &str = "111111111111";

    #[test]
    fn ipv6_leaves_by_it_until_it_is_deleted() {
        let mut bench = Bench::new();
        let made =
            bench.ec2(ONE, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16", "AmazonProvidedIpv6CidrBlock": true}));
        let vpc = text(&made["Vpc"]["VpcId"]);
        let other = bench.vpc(ONE, "10.1.0.0/16");
        let made = bench.ec2(ONE, "CreateEgressOnlyInternetGateway", json!({"VpcId": vpc}));
        let gateway = text(&made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]);
        let again = json!({"VpcId": vpc, "ClientToken": "another"});
        bench.refused(ONE, "CreateEgressOnlyInternetGateway", again, "Resource.AlreadyAssociated");
        let tables = bench.ec2(ONE, "DescribeRouteTables", json!({}))["RouteTables"].clone();
        let table =
            |of: &str| tables.as_array().unwrap().iter().find(|it| it["VpcId"] == of).unwrap()["RouteTableId"].clone();
        let route = json!({"RouteTableId": table(&vpc), "DestinationIpv6CidrBlock": "::/0",
            "EgressOnlyInternetGatewayId": gateway});
        let mut elsewhere = route.clone();
        elsewhere["RouteTableId"] = table(&other);
        bench.refused(ONE, "CreateRoute", elsewhere, "InvalidParameterValue");
        let ipv4 = json!({"RouteTableId": table(&vpc), "DestinationCidrBlock": "0.0.0.0/0",
            "EgressOnlyInternetGatewayId": gateway});
        bench.refused(ONE, "CreateRoute", ipv4, "InvalidParameterValue");
        bench.ec2(ONE, "CreateRoute", route);
        let out = |bench: &Bench| walk(&bench.sandbox.world, Start::Vpc(&vpc), "2001:db8::1".parse().unwrap());
        assert!(matches!(out(&bench), Path::Left { gateway: by, .. } if by == gateway));
        bench.refused(ONE, "DeleteVpc", json!({"VpcId": vpc}), "DependencyViolation");
        bench.ec2(ONE, "DeleteEgressOnlyInternetGateway", json!({"EgressOnlyInternetGatewayId": gateway}));
        assert!(matches!(out(&bench), Path::Dropped { .. }));
        bench.ec2(ONE, "DeleteVpc", json!({"VpcId": vpc}));
    }
}
