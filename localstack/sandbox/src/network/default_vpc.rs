//! Default VPCs: one for each account and Region at most, ready for use (VPC guide, "Default VPCs").
//!
//! 172.31.0.0/16 with a /20 in every zone, an internet gateway, and a route to it in the main table. Every account of
//! AWS is born with one in each Region; here in the Regions of [`super::switches::Switches::born_with_default_vpcs`], which start
//! empty, since organizations that use a network of their own delete them.

use ipnet::IpNet;

use super::internet_gateway::{self, InternetGateway};
use super::members::request;
use super::resource::Kind;
use super::route_target::Target;
use super::shelf::Key;
use super::subnet::{self, Subnet};
use super::subnet_attribute::Attributes;
use super::vpc::{self, CreatedVpc};
use super::{route_table, zones};
use crate::call::{AwsError, Caller, Principal};
use crate::world::World;

request! { "PascalCase" CreateDefaultVpc {} }

pub fn create(world: &mut World, caller: &Caller, _: CreateDefaultVpc) -> Result<CreatedVpc, AwsError> {
    if let Some(held) = world.network.vpcs.under(&Key::place(caller)).find(|it| it.is_default) {
        let message = format!("A Default VPC already exists for this account in this region: {}", held.id);
        return Err(AwsError::new("DefaultVpcAlreadyExists", message));
    }
    let id = make(world, caller)?;
    vpc::created(world, caller, &id)
}

/// Makes the default VPC and all that belongs to it.
fn make(world: &mut World, caller: &Caller) -> Result<String, AwsError> {
    let zones = zones::zones(&caller.account, &caller.region)?;
    vpc::check_room(world, caller)?;
    internet_gateway::check_room(world, caller)?;
    let range: IpNet = "172.31.0.0/16".parse().expect("a range");
    let id =
        vpc::make(world, caller, range, vpc::Plan { is_default: true, dns_hostnames: true, ..vpc::Plan::default() });
    let blocks = range.subnets(20).expect("a /16 holds /20s");
    for (zone, cidr) in zones.into_iter().zip(blocks) {
        let subnet = Subnet {
            id: Kind::Subnet.new_id(&mut world.dice),
            owner: caller.account.clone(),
            region: caller.region.clone(),
            vpc: id.clone(),
            cidr,
            ipv6: None,
            zone,
            state: subnet::State::Pending,
            default_for_zone: true,
            attributes: Attributes { public_addresses: true, ..Attributes::default() },
        };
        subnet::put(world, subnet, &[]);
    }
    let gateway = Kind::InternetGateway.new_id(&mut world.dice);
    world.network.internet_gateways.insert(InternetGateway {
        id: gateway.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        vpc: Some(id.clone()),
    });
    let everywhere: IpNet = "0.0.0.0/0".parse().expect("a range");
    route_table::add_to_main(world, &id, everywhere, Target::InternetGateway(gateway));
    Ok(id)
}

/// Gives a new account its default VPCs.
///
/// # Panics
/// When [`super::switches::Switches::born_with_default_vpcs`] has a Region that there is not.
pub fn account_born(world: &mut World, account: &str) {
    for region in world.network.switches.born_with_default_vpcs.clone() {
        let caller =
            Caller { account: account.to_owned(), region, principal: Principal::Root, request_id: String::new() };
        make(world, &caller).expect("a Region of the sandbox");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::{Bench, text};

    const ONE: &str = "111111111111";

    #[test]
    fn a_default_vpc_comes_with_subnets_a_gateway_and_a_route() {
        let mut bench = Bench::new();
        let made = bench.ec2(ONE, "CreateDefaultVpc", json!({}))["Vpc"].clone();
        assert_eq!((&made["IsDefault"], &made["CidrBlock"]), (&json!(true), &json!("172.31.0.0/16")));
        bench.refused(ONE, "CreateDefaultVpc", json!({}), "DefaultVpcAlreadyExists");
        bench.wait();
        let subnets = bench.ec2(ONE, "DescribeSubnets", json!({}))["Subnets"].clone();
        let subnets = subnets.as_array().unwrap();
        assert_eq!(subnets.len(), 6);
        assert!(subnets.iter().all(|it| it["DefaultForAz"] == true && it["MapPublicIpOnLaunch"] == true));
        let tables = bench.ec2(ONE, "DescribeRouteTables", json!({}))["RouteTables"].clone();
        assert_eq!(tables[0]["Routes"][1]["DestinationCidrBlock"], "0.0.0.0/0");
        assert_eq!(tables[0]["Routes"][1]["State"], "active");
        let defaults = json!({"Filters": [{"Name": "is-default", "Values": ["true"]}]});
        assert_eq!(bench.ec2(ONE, "DescribeVpcs", defaults)["Vpcs"][0]["VpcId"], made["VpcId"]);
    }

    #[test]
    fn accounts_are_born_with_default_vpcs_where_that_is_set() {
        let mut bench = Bench::new();
        bench.organizations(ONE, "CreateOrganization", json!({"FeatureSet": "ALL"}));
        bench.sandbox.world.network.switches.born_with_default_vpcs = ["eu-west-1".to_owned()].into();
        let asked = json!({"AccountName": "member", "Email": "member@example.com"});
        bench.organizations(ONE, "CreateAccount", asked);
        bench.wait();
        let accounts = bench.organizations(ONE, "ListAccounts", json!({}))["Accounts"].clone();
        let member = accounts.as_array().unwrap().iter().find(|it| it["Name"] == "member").unwrap();
        let member = text(&member["Id"]);
        assert_eq!(bench.ec2(&member, "DescribeVpcs", json!({}))["Vpcs"], json!([]));
        bench.region = "eu-west-1".to_owned();
        assert_eq!(bench.ec2(&member, "DescribeVpcs", json!({}))["Vpcs"][0]["IsDefault"], true);
    }
}
