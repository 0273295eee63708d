//! A VPC's ranges of addresses: the primary one, which stays, and secondary ones that come and go.
//!
//! A range that becomes associated gets a local route in each of the VPC's tables, and is propagated wherever the VPC's
//! attachments propagate.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::members::{answer, request, words};
use super::resource::{Kind, invalid_value, missing};
use super::shelf::Key;
use super::vpc::{Event, Vpc, own};
use super::{cidr, propagation};
use crate::call::{AwsError, Caller};
use crate::random::Dice;
use crate::world::{self, World};

/// Adding or removing a range takes a moment.
const SETTLING_SECONDS: f64 = 5.0;

words! { State { Associating = "associating", Associated = "associated", Disassociating = "disassociating" } }

#[derive(Clone, Debug)]
pub struct CidrAssociation {
    pub id: String,
    pub cidr: IpNet,
    pub state: State,
}

impl CidrAssociation {
    pub fn primary(dice: &mut Dice, cidr: IpNet) -> Self {
        Self { id: dice.id("vpc-cidr-assoc"), cidr, state: State::Associated }
    }

    /// Makes an association with a /56 from Amazon's pool.
    pub fn amazon_provided(dice: &mut Dice, state: State) -> Self {
        let bits = (0x2600_1f18_u128 << 96) | (u128::from(dice.next() & 0xff_ffff) << 72);
        let cidr = IpNet::V6(Ipv6Net::new_assert(bits.into(), 56));
        Self { id: dice.id("vpc-cidr-assoc"), cidr, state }
    }

    pub fn as_ipv4(&self) -> Option<CidrBlockAssociation> {
        matches!(self.cidr, IpNet::V4(_)).then(|| CidrBlockAssociation {
            association_id: self.id.clone(),
            cidr_block: self.cidr.to_string(),
            cidr_block_state: BlockState { state: self.state },
        })
    }

    pub fn as_ipv6(&self, region: &str) -> Option<Ipv6CidrBlockAssociation> {
        matches!(self.cidr, IpNet::V6(_)).then(|| Ipv6CidrBlockAssociation {
            association_id: self.id.clone(),
            ipv6_cidr_block: self.cidr.to_string(),
            ipv6_cidr_block_state: BlockState { state: self.state },
            network_border_group: region.to_owned(),
            ipv6_pool: "Amazon",
        })
    }
}

answer! { "PascalCase" BlockState { state: State } }
answer! { "PascalCase" CidrBlockAssociation { association_id: String, cidr_block: String, cidr_block_state: BlockState } }
answer! { "PascalCase"
    Ipv6CidrBlockAssociation {
        association_id: String, ipv6_cidr_block: String, ipv6_cidr_block_state: BlockState,
        network_border_group: String, ipv6_pool: &'static str,
    }
}

/// Checks that an IPv4 range is between /16 and /28 ("VPC CIDR blocks").
///
/// # Errors
/// `InvalidVpc.Range`.
pub fn check_size(range: &IpNet) -> Result<(), AwsError> {
    if matches!(range, IpNet::V4(_)) && (16..=28).contains(&range.prefix_len()) {
        return Ok(());
    }
    Err(AwsError::new("InvalidVpc.Range", format!("The CIDR '{range}' is invalid.")))
}

const fn block(a: u8, b: u8, length: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, 0, 0), length))
}

const TEN: IpNet = block(10, 0, 8);
const HUNDRED_SEVENTY_TWO: IpNet = block(172, 16, 12);
const HUNDRED_NINETY_TWO: IpNet = block(192, 168, 16);
const PRIVATE: [IpNet; 3] = [TEN, HUNDRED_SEVENTY_TWO, HUNDRED_NINETY_TWO];
/// AWS's services use these for themselves.
const SERVICES: IpNet = block(198, 19, 16);

/// Checks that a range may stand beside the primary one ("VPC CIDR blocks", restrictions of CIDR block associations):
/// private ranges are not mixed, and some that AWS uses itself are never added.
///
/// # Errors
/// `InvalidVpc.Range`.
fn check_company(vpc: &Vpc, range: &IpNet) -> Result<(), AwsError> {
    let Some(primary) = vpc.cidrs.first().map(|held| held.cidr) else { return Ok(()) };
    let family = |range: &IpNet| PRIVATE.into_iter().find(|block| block.contains(range));
    let strange = family(range).is_some_and(|of| family(&primary) != Some(of));
    let taken = SERVICES.contains(range) && !SERVICES.contains(&primary)
        || block(172, 31, 16).contains(range)
        || block(10, 0, 16).contains(range) && vpc.cidrs.iter().any(|held| block(10, 0, 15).contains(&held.cidr));
    if !strange && !taken {
        return Ok(());
    }
    let message = format!(
        "The CIDR '{range}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or \
         use a publicly-routable CIDR. For additional restrictions, see \
         https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
    );
    Err(AwsError::new("InvalidVpc.Range", message))
}

/// Checks that no route of the VPC is for the range or a part of it: its local route would come in between ("VPC CIDR
/// blocks", which does not name the error).
fn check_routes(world: &World, vpc: &Vpc, range: &IpNet) -> Result<(), AwsError> {
    let tables = world.network.route_tables.under(&Key::Vpc(vpc.id.clone()));
    match tables.flat_map(|table| table.routes.keys()).find(|destination| range.contains(*destination)) {
        Some(destination) => {
            let message = format!("The CIDR '{range}' is the same as or larger than the route to {destination}.");
            Err(AwsError::new("InvalidVpc.Range", message))
        }
        None => Ok(()),
    }
}

request! { "PascalCase"
    AssociateVpcCidrBlock { vpc_id: String, cidr_block: Option<String>, amazon_provided_ipv6_cidr_block: bool }
}
answer! { "PascalCase"
    ChangedVpcCidrBlock {
        vpc_id: String, cidr_block_association: Option<CidrBlockAssociation>,
        ipv6_cidr_block_association: Option<Ipv6CidrBlockAssociation>,
    }
}

pub fn associate(
    world: &mut World,
    caller: &Caller,
    input: AssociateVpcCidrBlock,
) -> Result<ChangedVpcCidrBlock, AwsError> {
    let vpc = own(world, caller, &input.vpc_id)?;
    let id = vpc.id.clone();
    let association = match (&input.cidr_block, input.amazon_provided_ipv6_cidr_block) {
        (Some(_), true) => return Err(super::resource::invalid_combination("Only one range can be added at a time")),
        (None, false) => return Err(missing("cidrBlock")),
        (None, true) => CidrAssociation::amazon_provided(&mut world.dice, State::Associating),
        (Some(text), false) => {
            let range = cidr::normalised("cidrBlock", text)?;
            check_size(&range)?;
            check_company(vpc, &range)?;
            check_routes(world, vpc, &range)?;
            if let Some(held) = vpc.cidrs.iter().find(|held| cidr::overlap(&held.cidr, &range)) {
                let message = format!("The CIDR '{range}' overlaps the VPC's own '{}'.", held.cidr);
                return Err(AwsError::new("InvalidVpc.Range", message));
            }
            let most = world.network.quotas.ipv4_cidrs_per_vpc;
            if vpc.cidrs.iter().filter(|held| matches!(held.cidr, IpNet::V4(_))).count() >= most {
                let message = format!("This network '{id}' has met its maximum number of allowed CIDRs: {most}");
                return Err(AwsError::new("CidrLimitExceeded", message));
            }
            CidrAssociation { id: world.dice.id("vpc-cidr-assoc"), cidr: range, state: State::Associating }
        }
    };
    let event = Event::CidrAssociated(association.id.clone());
    world.later(SETTLING_SECONDS, world::Event::Network(super::Event::Vpc(id.clone(), event)));
    let answer = changed(&id, &caller.region, &association);
    if let Some(vpc) = world.network.vpcs.get_mut(&id) {
        vpc.cidrs.push(association);
    }
    Ok(answer)
}

fn changed(vpc: &str, region: &str, association: &CidrAssociation) -> ChangedVpcCidrBlock {
    ChangedVpcCidrBlock {
        vpc_id: vpc.to_owned(),
        cidr_block_association: association.as_ipv4(),
        ipv6_cidr_block_association: association.as_ipv6(region),
    }
}

pub fn become_associated(world: &mut World, vpc: &str, association: &str) {
    let held = world.network.vpcs.get_mut(vpc).and_then(|it| it.cidrs.iter_mut().find(|it| it.id == association));
    if let Some(held) = held
        && held.state == State::Associating
    {
        held.state = State::Associated;
        let range = held.cidr;
        propagation::range_added(world, vpc, range);
    }
}

request! { "PascalCase" DisassociateVpcCidrBlock { association_id: String } }

pub fn disassociate(
    world: &mut World,
    caller: &Caller,
    input: DisassociateVpcCidrBlock,
) -> Result<ChangedVpcCidrBlock, AwsError> {
    let wanted = &input.association_id;
    let found = world
        .network
        .vpcs
        .under(&Key::place(caller))
        .find_map(|vpc| Some((vpc, vpc.cidrs.iter().position(|it| it.id == *wanted)?)));
    let Some((vpc, at)) = found else {
        let message = format!("The vpc CIDR block association ID '{wanted}' does not exist");
        return Err(AwsError::new("InvalidVpcCidrBlockAssociationID.NotFound", message));
    };
    if at == 0 {
        let message = format!(
            "The vpc CIDR block with association ID {wanted} may not be disassociated. It is the primary IPv4 CIDR \
             block of the VPC"
        );
        return Err(AwsError::new("OperationNotPermitted", message));
    }
    let (id, range) = (vpc.id.clone(), vpc.cidrs[at].cidr);
    let inside = Key::Vpc(id.clone());
    if world
        .network
        .subnets
        .under(&inside)
        .any(|it| range.contains(&it.cidr) || it.ipv6.is_some_and(|v6| range.contains(&v6)))
    {
        let message = format!("The vpc currently has a subnet within CIDR block {range}");
        return Err(AwsError::new("InvalidCidrBlock.InUse", message));
    }
    let Some(vpc) = world.network.vpcs.get_mut(&id) else { return Err(Kind::Vpc.not_found(&id)) };
    if vpc.cidrs[at].state != State::Associated {
        return Err(invalid_value(format!("The CIDR block association {wanted} is not associated")));
    }
    vpc.cidrs[at].state = State::Disassociating;
    let answer = changed(&id, &caller.region, &vpc.cidrs[at]);
    propagation::range_removed(world, &id, range);
    let event = Event::CidrDisassociated(wanted.clone());
    world.later(SETTLING_SECONDS, world::Event::Network(super::Event::Vpc(id, event)));
    Ok(answer)
}

pub fn become_disassociated(world: &mut World, vpc: &str, association: &str) {
    if let Some(vpc) = world.network.vpcs.get_mut(vpc) {
        vpc.cidrs.retain(|it| it.id != association);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    #[test]
    fn a_secondary_range_comes_with_a_local_route_and_takes_it_away_again() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let added = bench.ec2(ONE, "AssociateVpcCidrBlock", json!({"VpcId": vpc, "CidrBlock": "100.64.0.0/16"}));
        assert_eq!(added["CidrBlockAssociation"]["CidrBlockState"]["State"], "associating");
        bench.sandbox.advance(Duration::from_secs(60));
        let routes = |bench: &mut Bench| {
            let tables = bench.ec2(ONE, "DescribeRouteTables", json!({}));
            tables["RouteTables"][0]["Routes"].as_array().unwrap().len()
        };
        assert_eq!(routes(&mut bench), 2);
        let association = &added["CidrBlockAssociation"]["AssociationId"];
        bench.ec2(ONE, "DisassociateVpcCidrBlock", json!({"AssociationId": association}));
        bench.sandbox.advance(Duration::from_secs(60));
        assert_eq!(routes(&mut bench), 1);
    }

    #[test]
    fn ranges_of_one_vpc_do_not_overlap_and_are_five_at_most() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let add = |range: &str| json!({"VpcId": vpc, "CidrBlock": range});
        bench.refused(ONE, "AssociateVpcCidrBlock", add("10.0.128.0/17"), "InvalidVpc.Range");
        bench.refused(ONE, "AssociateVpcCidrBlock", add("10.0.0.0/8"), "InvalidVpc.Range");
        for number in 1..5 {
            bench.ec2(ONE, "AssociateVpcCidrBlock", add(&format!("10.{number}.0.0/16")));
        }
        bench.refused(ONE, "AssociateVpcCidrBlock", add("10.9.0.0/16"), "CidrLimitExceeded");
    }

    #[test]
    fn private_ranges_are_not_mixed_and_awss_own_are_never_added() {
        for (primary, range, passes) in [
            ("10.2.0.0/16", "10.0.0.0/16", true),
            ("10.1.0.0/16", "10.0.0.0/16", false),
            ("10.0.0.0/24", "10.0.1.0/24", false),
            ("10.0.0.0/16", "10.1.0.0/16", true),
            ("10.0.0.0/16", "172.16.0.0/16", false),
            ("10.0.0.0/16", "192.168.1.0/24", false),
            ("10.0.0.0/16", "198.19.0.0/20", false),
            ("10.0.0.0/16", "198.18.0.0/20", true),
            ("10.0.0.0/16", "100.64.0.0/16", true),
            ("10.0.0.0/16", "3.0.0.0/16", true),
            ("172.16.0.0/16", "172.17.0.0/16", true),
            ("172.16.0.0/16", "172.31.0.0/16", false),
            ("192.168.0.0/17", "192.168.128.0/17", true),
            ("192.168.0.0/17", "10.0.0.0/16", false),
            ("100.64.0.0/16", "10.0.0.0/16", false),
            ("100.64.0.0/16", "100.65.0.0/16", true),
            ("198.19.0.0/20", "198.19.16.0/20", true),
        ] {
            let mut bench = Bench::new();
            let vpc = bench.vpc(ONE, primary);
            let answer = bench.call(ONE, "AssociateVpcCidrBlock", json!({"VpcId": vpc, "CidrBlock": range}));
            let code = answer.err().map(|error| error.code);
            assert_eq!(code.as_deref(), (!passes).then_some("InvalidVpc.Range"), "{range} beside {primary}");
        }
    }

    #[test]
    fn a_range_is_smaller_than_every_route_that_it_meets() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.1.0.0/16");
        let internet =
            bench.ec2(ONE, "CreateInternetGateway", json!({}))["InternetGateway"]["InternetGatewayId"].clone();
        bench.ec2(ONE, "AttachInternetGateway", json!({"VpcId": vpc, "InternetGatewayId": internet}));
        let table = bench.route_table(ONE, &vpc);
        let route = json!({"RouteTableId": table, "DestinationCidrBlock": "10.2.0.0/20", "GatewayId": internet});
        bench.ec2(ONE, "CreateRoute", route);
        let add = |range: &str| json!({"VpcId": vpc, "CidrBlock": range});
        for range in ["10.2.0.0/16", "10.2.0.0/20"] {
            bench.refused(ONE, "AssociateVpcCidrBlock", add(range), "InvalidVpc.Range");
        }
        bench.ec2(ONE, "AssociateVpcCidrBlock", add("10.2.0.0/21"));
    }

    #[test]
    fn the_primary_range_and_one_with_a_subnet_stay() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let primary =
            bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"][0]["CidrBlockAssociationSet"][0]["AssociationId"].clone();
        bench.refused(ONE, "DisassociateVpcCidrBlock", json!({"AssociationId": primary}), "OperationNotPermitted");
        let added = bench.ec2(ONE, "AssociateVpcCidrBlock", json!({"VpcId": vpc, "CidrBlock": "10.1.0.0/16"}));
        bench.sandbox.advance(Duration::from_secs(60));
        bench.subnet(ONE, &vpc, "10.1.0.0/24", 0);
        let association = &added["CidrBlockAssociation"]["AssociationId"];
        bench.refused(ONE, "DisassociateVpcCidrBlock", json!({"AssociationId": association}), "InvalidCidrBlock.InUse");
    }
}
