//! What a subnet gives to what is launched in it, and ModifySubnetAttribute, which sets it one by one.

use super::members::{Nothing, answer, request, words};
use super::resource::{Kind, invalid_combination, invalid_value, missing};
use super::subnet::own;
use super::vpc::AttributeValue;
use crate::call::{AwsError, Caller};
use crate::world::World;

words! { HostnameType { IpName = "ip-name", ResourceName = "resource-name" } }

/// What is launched gets: public addresses, IPv6 addresses, synthetic IPv6 answers of the resolver, a name after its
/// address or its id, and records for that name.
#[derive(Clone, Debug)]
pub struct Attributes {
    pub public_addresses: bool,
    pub ipv6_addresses: bool,
    pub dns64: bool,
    pub hostname_type: HostnameType,
    pub a_records: bool,
    pub aaaa_records: bool,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            public_addresses: false,
            ipv6_addresses: false,
            dns64: false,
            hostname_type: HostnameType::IpName,
            a_records: false,
            aaaa_records: false,
        }
    }
}

answer! { "PascalCase"
    PrivateDnsNameOptions {
        hostname_type: HostnameType,
        #[serde(rename = "EnableResourceNameDnsARecord")]
        a_records: bool,
        #[serde(rename = "EnableResourceNameDnsAAAARecord")]
        aaaa_records: bool,
    }
}

impl Attributes {
    pub fn names(&self) -> PrivateDnsNameOptions {
        PrivateDnsNameOptions {
            hostname_type: self.hostname_type,
            a_records: self.a_records,
            aaaa_records: self.aaaa_records,
        }
    }
}

request! { "PascalCase"
    ModifySubnetAttribute {
        subnet_id: String,
        map_public_ip_on_launch: Option<AttributeValue>,
        assign_ipv6_address_on_creation: Option<AttributeValue>,
        #[serde(rename = "EnableDns64")]
        enable_dns64: Option<AttributeValue>,
        private_dns_hostname_type_on_launch: Option<HostnameType>,
        #[serde(rename = "EnableResourceNameDnsARecordOnLaunch")]
        a_records: Option<AttributeValue>,
        #[serde(rename = "EnableResourceNameDnsAAAARecordOnLaunch")]
        aaaa_records: Option<AttributeValue>,
    }
}

/// Changes one attribute; EC2 takes no more than one in a call.
pub fn modify(world: &mut World, caller: &Caller, input: ModifySubnetAttribute) -> Result<Nothing, AwsError> {
    let id = own(world, caller, &input.subnet_id)?.id.clone();
    let Some(subnet) = world.network.subnets.get_mut(&id) else { return Err(Kind::Subnet.not_found(&id)) };
    let has_ipv6 = subnet.ipv6.is_some();
    let attributes = &mut subnet.attributes;
    let switches = [
        (input.map_public_ip_on_launch, &mut attributes.public_addresses),
        (input.assign_ipv6_address_on_creation, &mut attributes.ipv6_addresses),
        (input.enable_dns64, &mut attributes.dns64),
        (input.a_records, &mut attributes.a_records),
        (input.aaaa_records, &mut attributes.aaaa_records),
    ];
    let asked: Vec<_> = switches.into_iter().filter_map(|(value, held)| Some((value?.value, held))).collect();
    match asked.len() + usize::from(input.private_dns_hostname_type_on_launch.is_some()) {
        0 => return Err(missing("attribute")),
        1 => {}
        _ => return Err(invalid_combination("Fields for multiple attribute types specified")),
    }
    if input.assign_ipv6_address_on_creation.is_some_and(|it| it.value) && !has_ipv6 {
        return Err(invalid_value(format!("Subnet {id} has no IPv6 CIDR block.")));
    }
    for (value, held) in asked {
        *held = value;
    }
    attributes.hostname_type = input.private_dns_hostname_type_on_launch.unwrap_or(attributes.hostname_type);
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    #[test]
    fn attributes_are_set_one_by_one() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let subnet = bench.subnet(ONE, &vpc, "10.0.0.0/24", 0);
        let on = json!({"Value": true});
        let ipv6 = json!({"SubnetId": subnet, "AssignIpv6AddressOnCreation": on});
        bench.refused(ONE, "ModifySubnetAttribute", ipv6, "InvalidParameterValue");
        bench.refused(ONE, "ModifySubnetAttribute", json!({"SubnetId": subnet}), "MissingParameter");
        let two = json!({"SubnetId": subnet, "EnableDns64": on, "PrivateDnsHostnameTypeOnLaunch": "resource-name"});
        bench.refused(ONE, "ModifySubnetAttribute", two, "InvalidParameterCombination");
        let fresh = bench.ec2(ONE, "DescribeSubnets", json!({}))["Subnets"][0].clone();
        assert_eq!((&fresh["MapPublicIpOnLaunch"], &fresh["EnableDns64"]), (&json!(false), &json!(false)));
        for change in [
            json!({"SubnetId": subnet, "MapPublicIpOnLaunch": on}),
            json!({"SubnetId": subnet, "EnableDns64": on}),
            json!({"SubnetId": subnet, "PrivateDnsHostnameTypeOnLaunch": "resource-name"}),
            json!({"SubnetId": subnet, "EnableResourceNameDnsAAAARecordOnLaunch": on}),
        ] {
            bench.ec2(ONE, "ModifySubnetAttribute", change);
        }
        let shown = bench.ec2(ONE, "DescribeSubnets", json!({}))["Subnets"][0].clone();
        assert_eq!((&shown["MapPublicIpOnLaunch"], &shown["EnableDns64"]), (&json!(true), &json!(true)));
        let names = json!({"HostnameType": "resource-name", "EnableResourceNameDnsARecord": false,
            "EnableResourceNameDnsAAAARecord": true});
        assert_eq!(shown["PrivateDnsNameOptionsOnLaunch"], names);
    }
}
