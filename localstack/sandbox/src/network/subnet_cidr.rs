//! A subnet's IPv6 range: one at most, a /64 out of its VPC's, that comes and goes while the IPv4 range stays.
//!
//! The change is over by the next call; only its own answer says `associating` or `disassociating`.

use ipnet::IpNet;

use super::cidr;
use super::members::{answer, request};
use super::resource::{Kind, missing};
use super::shelf::Key;
use super::subnet::{self, Subnet, own};
use crate::call::{AwsError, Caller};
use crate::world::World;

answer! { "PascalCase" State { state: &'static str } }
answer! { "PascalCase" Association { association_id: String, ipv6_cidr_block: String, ipv6_cidr_block_state: State } }
answer! { "PascalCase" ChangedSubnetCidrBlock { subnet_id: String, ipv6_cidr_block_association: Association } }

/// Tells a subnet's IPv6 range and its association's id, which follows from the subnet's.
pub fn association(subnet: &Subnet, state: &'static str) -> Option<Association> {
    subnet.ipv6.map(|range| Association {
        association_id: id_for(subnet),
        ipv6_cidr_block: range.to_string(),
        ipv6_cidr_block_state: State { state },
    })
}

/// Returns the id of the association that a subnet has or would have.
pub fn id_for(subnet: &Subnet) -> String {
    subnet.id.replacen("subnet-", "subnet-cidr-assoc-", 1)
}

/// Checks an IPv6 range for a subnet of a VPC: a /64 that is the VPC's, and no other subnet's.
///
/// # Errors
/// `InvalidSubnet.Range` and `InvalidSubnet.Conflict`.
pub fn check(world: &World, vpc: &str, range: &IpNet) -> Result<(), AwsError> {
    if !matches!(range, IpNet::V6(_)) || range.prefix_len() != 64 {
        return Err(subnet::invalid_range(range));
    }
    subnet::check_place(world, vpc, range)
}

request! { "PascalCase" AssociateSubnetCidrBlock { subnet_id: String, ipv6_cidr_block: Option<String> } }

pub fn associate(
    world: &mut World,
    caller: &Caller,
    input: AssociateSubnetCidrBlock,
) -> Result<ChangedSubnetCidrBlock, AwsError> {
    let subnet = own(world, caller, &input.subnet_id)?;
    let text = input.ipv6_cidr_block.as_deref().ok_or_else(|| missing("ipv6CidrBlock"))?;
    let range = cidr::normalised("ipv6CidrBlock", text)?;
    if let Some(held) = subnet.ipv6 {
        let message = format!("The subnet {} already has the IPv6 CIDR block {held}.", subnet.id);
        return Err(AwsError::new("OperationNotPermitted", message));
    }
    check(world, &subnet.vpc, &range)?;
    let id = subnet.id.clone();
    changed(world, &id, Some(range), "associating")
}

request! { "PascalCase" DisassociateSubnetCidrBlock { association_id: String } }

pub fn disassociate(
    world: &mut World,
    caller: &Caller,
    input: DisassociateSubnetCidrBlock,
) -> Result<ChangedSubnetCidrBlock, AwsError> {
    let wanted = &input.association_id;
    let found = world
        .network
        .subnets
        .under(&Key::place(caller))
        .find(|it| it.ipv6.is_some() && id_for(it) == *wanted)
        .map(|it| it.id.clone());
    let Some(id) = found else {
        let message = format!("The subnet CIDR block association ID '{wanted}' does not exist");
        return Err(AwsError::new("InvalidSubnetCidrBlockAssociationID.NotFound", message));
    };
    changed(world, &id, None, "disassociating")
}

/// Gives a subnet another IPv6 range or none, and tells the one that changed.
fn changed(
    world: &mut World,
    id: &str,
    range: Option<IpNet>,
    state: &'static str,
) -> Result<ChangedSubnetCidrBlock, AwsError> {
    let Some(subnet) = world.network.subnets.get_mut(id) else { return Err(Kind::Subnet.not_found(id)) };
    let before = association(subnet, state);
    subnet.ipv6 = range;
    subnet.attributes.ipv6_addresses &= range.is_some();
    let association = association(subnet, state).or(before);
    let ipv6_cidr_block_association = association.ok_or_else(|| Kind::Subnet.not_found(id))?;
    Ok(ChangedSubnetCidrBlock { subnet_id: id.to_owned(), ipv6_cidr_block_association })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::network::support::{Bench, text};

    const ONE: &str = "111111111111";

    #[test]
    fn an_ipv6_range_comes_and_goes_and_its_attribute_with_it() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        bench.ec2(ONE, "AssociateVpcCidrBlock", json!({"VpcId": vpc, "AmazonProvidedIpv6CidrBlock": true}));
        bench.sandbox.advance(Duration::from_secs(60));
        let shown = bench.ec2(ONE, "DescribeVpcs", json!({}));
        let whole = text(&shown["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]);
        let range = whole.replace("/56", "/64");
        let subnet = bench.subnet(ONE, &vpc, "10.0.0.0/24", 0);
        let asked = |range: &str| json!({"SubnetId": subnet, "Ipv6CidrBlock": range});
        bench.refused(ONE, "AssociateSubnetCidrBlock", asked(&whole), "InvalidSubnet.Range");
        bench.refused(ONE, "AssociateSubnetCidrBlock", asked("2001:db8::/64"), "InvalidSubnet.Range");
        let made = bench.ec2(ONE, "AssociateSubnetCidrBlock", asked(&range));
        assert_eq!(made["Ipv6CidrBlockAssociation"]["Ipv6CidrBlockState"]["State"], "associating");
        bench.refused(ONE, "AssociateSubnetCidrBlock", asked(&range), "OperationNotPermitted");
        let other = bench.subnet(ONE, &vpc, "10.0.1.0/24", 0);
        let same = json!({"SubnetId": other, "Ipv6CidrBlock": range});
        bench.refused(ONE, "AssociateSubnetCidrBlock", same, "InvalidSubnet.Conflict");
        let on = json!({"SubnetId": subnet, "AssignIpv6AddressOnCreation": {"Value": true}});
        bench.ec2(ONE, "ModifySubnetAttribute", on);

        let association = json!({"AssociationId": made["Ipv6CidrBlockAssociation"]["AssociationId"]});
        bench.ec2(ONE, "DisassociateSubnetCidrBlock", association.clone());
        let shown = bench.ec2(ONE, "DescribeSubnets", json!({"SubnetIds": [subnet]}))["Subnets"][0].clone();
        assert_eq!(shown["Ipv6CidrBlockAssociationSet"], json!([]));
        assert_eq!(shown["AssignIpv6AddressOnCreation"], Value::Bool(false));
        bench.refused(ONE, "DisassociateSubnetCidrBlock", association, "InvalidSubnetCidrBlockAssociationID.NotFound");
    }
}
