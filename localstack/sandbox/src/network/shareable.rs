//! What RAM may share of EC2's: transit gateways, prefix lists and subnets.
//!
//! A subnet goes to accounts of the owner's organization alone, and not out of a default VPC (VPC guide, "Share your VPC
//! subnets with other accounts").

use std::collections::BTreeSet;

use super::resource::Kind;
use crate::call::Caller;
use crate::sharing;
use crate::world::World;

/// A resource that can be shared, as an ARN names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shareable<'a> {
    pub kind: Kind,
    pub id: &'a str,
}

/// Reads an ARN; none if RAM shares no such thing, or the sandbox does not model it.
pub fn read(arn: &str) -> Option<Shareable<'_>> {
    let rest = arn.strip_prefix("arn:aws:ec2:")?;
    let (kind, id) = rest.splitn(3, ':').nth(2)?.split_once('/')?;
    let kind = [Kind::TransitGateway, Kind::PrefixList, Kind::Subnet].into_iter().find(|it| it.tag_type() == kind)?;
    Some(Shareable { kind, id })
}

impl Shareable<'_> {
    /// Returns RAM's name of the type.
    pub fn ram_type(&self) -> &'static str {
        match self.kind {
            Kind::TransitGateway => "ec2:TransitGateway",
            Kind::PrefixList => "ec2:PrefixList",
            Kind::Subnet => "ec2:Subnet",
            Kind::CustomerGateway
            | Kind::DhcpOptions
            | Kind::EgressOnlyInternetGateway
            | Kind::ElasticIp
            | Kind::InternetGateway
            | Kind::NatGateway
            | Kind::NetworkAcl
            | Kind::NetworkInterface
            | Kind::RouteTable
            | Kind::SecurityGroup
            | Kind::TransitGatewayAttachment
            | Kind::TransitGatewayConnectPeer
            | Kind::TransitGatewayRouteTable
            | Kind::Vpc
            | Kind::VpcPeeringConnection
            | Kind::VpnConnection => unreachable!("only the three kinds above are read"),
        }
    }

    /// Tells whether accounts outside the owner's organization can have it.
    pub fn leaves_organization(&self) -> bool {
        self.kind != Kind::Subnet
    }

    /// Tells whether the caller owns it and may share it.
    pub fn is_callers(&self, world: &World, caller: &Caller) -> bool {
        let network = &world.network;
        let is_here = |owner: &str, region: &str| owner == caller.account && region == caller.region;
        if let Some(it) = network.subnets.get(self.id).filter(|_| self.kind == Kind::Subnet) {
            let is_default = network.vpcs.get(&it.vpc).is_some_and(|vpc| vpc.is_default);
            return is_here(&it.owner, &it.region) && !is_default;
        }
        network.transit_gateways.get(self.id).is_some_and(|it| is_here(&it.owner, &it.region))
            || network.prefix_lists.get(self.id).is_some_and(|it| is_here(&it.owner, &it.region))
    }
}

/// Lists the ids of what of one kind is shared with an account, in all Regions.
pub fn shared_with(world: &World, account: &str, kind: Kind) -> BTreeSet<String> {
    let arns = sharing::shared_with(world, account);
    arns.iter().filter_map(|arn| read(arn)).filter(|it| it.kind == kind).map(|it| it.id.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::network::support::{Bench, text};

    const MANAGEMENT: &str = "111111111111";

    #[test]
    fn arns_of_the_three_kinds_are_read_and_no_others() {
        let read_type = |arn: &str| read(arn).map(|it| it.ram_type());
        assert_eq!(read_type("arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1"), Some("ec2:Subnet"));
        assert_eq!(read_type("arn:aws:ec2:eu-west-1:111111111111:prefix-list/pl-1"), Some("ec2:PrefixList"));
        assert_eq!(read_type("arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1"), None);
        assert_eq!(read_type("arn:aws:s3:::bucket/key"), None);
    }

    /// An organization with a member, and a VPC of the management account with two subnets, one shared.
    fn shared_subnet() -> (Bench, String, String, [String; 2]) {
        let mut bench = Bench::new();
        bench.organizations(MANAGEMENT, "CreateOrganization", json!({"FeatureSet": "ALL"}));
        let asked = json!({"AccountName": "member", "Email": "member@example.com"});
        bench.organizations(MANAGEMENT, "CreateAccount", asked);
        bench.wait();
        let accounts = bench.organizations(MANAGEMENT, "ListAccounts", json!({}))["Accounts"].clone();
        let member = accounts.as_array().unwrap().iter().find(|it| it["Name"] == "member").unwrap();
        let member = text(&member["Id"]);
        let vpc = bench.vpc(MANAGEMENT, "10.0.0.0/16");
        let subnets =
            [("10.0.0.0/24", 0), ("10.0.1.0/24", 1)].map(|(range, zone)| bench.subnet(MANAGEMENT, &vpc, range, zone));
        bench.ram(MANAGEMENT, "EnableSharingWithAwsOrganization", json!({})).unwrap();
        let arn = format!("arn:aws:ec2:us-east-1:{MANAGEMENT}:subnet/{}", subnets[0]);
        let asked = json!({"name": "net", "resourceArns": [arn], "principals": [member]});
        bench.ram(MANAGEMENT, "CreateResourceShare", asked).unwrap();
        bench.wait();
        (bench, member, vpc, subnets)
    }

    #[test]
    fn a_participant_sees_the_vpc_and_the_shared_subnet_under_their_owner() {
        let (mut bench, member, vpc, subnets) = shared_subnet();
        let vpcs = bench.ec2(&member, "DescribeVpcs", json!({}));
        assert_eq!((&vpcs["Vpcs"][0]["VpcId"], &vpcs["Vpcs"][0]["OwnerId"]), (&json!(vpc), &json!(MANAGEMENT)));
        let shown = bench.ec2(&member, "DescribeSubnets", json!({}))["Subnets"].clone();
        assert_eq!(shown.as_array().unwrap().len(), 1);
        assert_eq!((&shown[0]["SubnetId"], &shown[0]["OwnerId"]), (&json!(subnets[0]), &json!(MANAGEMENT)));
        let zones = bench.ec2(&member, "DescribeAvailabilityZones", json!({"ZoneIds": ["use1-az1"]}));
        assert_eq!(
            shown[0]["AvailabilityZone"], zones["AvailabilityZones"][0]["ZoneName"],
            "in the member's own names"
        );
        let named = json!({"SubnetIds": [subnets[1]]});
        bench.refused(&member, "DescribeSubnets", named, "InvalidSubnetID.NotFound");
        let tables = bench.ec2(&member, "DescribeRouteTables", json!({}))["RouteTables"].clone();
        assert_eq!(tables[0]["OwnerId"], MANAGEMENT);
    }

    #[test]
    fn a_participant_changes_nothing_of_the_vpc() {
        let (mut bench, member, vpc, subnets) = shared_subnet();
        let gateway = bench.plain_transit_gateway(&member);
        let attach = json!({"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnets[0]]});
        bench.refused(&member, "CreateTransitGatewayVpcAttachment", attach, "UnauthorizedOperation");
        let subnet = json!({"VpcId": vpc, "CidrBlock": "10.0.9.0/24"});
        bench.refused(&member, "CreateSubnet", subnet, "UnauthorizedOperation");
        bench.refused(&member, "DeleteSubnet", json!({"SubnetId": subnets[0]}), "UnauthorizedOperation");
        let tables = bench.ec2(&member, "DescribeRouteTables", json!({}))["RouteTables"].clone();
        let route = json!({"RouteTableId": tables[0]["RouteTableId"], "DestinationCidrBlock": "10.9.0.0/16",
            "TransitGatewayId": gateway});
        bench.refused(&member, "CreateRoute", route, "UnauthorizedOperation");
        bench.refused(&member, "CreateRouteTable", json!({"VpcId": vpc}), "UnauthorizedOperation");
        let tags = json!({"Resources": [subnets[0]], "Tags": [{"Key": "a", "Value": "b"}]});
        bench.refused(&member, "CreateTags", tags, "InvalidSubnetID.NotFound");
    }

    #[test]
    fn a_subnet_is_not_shared_outside_the_organization() {
        let (mut bench, _, _, subnets) = shared_subnet();
        let arn = format!("arn:aws:ec2:us-east-1:{MANAGEMENT}:subnet/{}", subnets[0]);
        let asked = json!({"name": "out", "resourceArns": [arn], "principals": ["999999999999"]});
        let error = bench.ram(MANAGEMENT, "CreateResourceShare", asked).unwrap_err();
        assert_eq!(error.code, "OperationNotPermittedException");
    }
}
