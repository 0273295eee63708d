use serde_json::{Value, json};

use crate::network::support::{Bench, text};
use crate::network::walk::Why;
use crate::network::{Path, Start, walk};

const ONE: &str = "111111111111";

/// A VPC with an internet gateway and two subnets: one that leads out, and one whose table is empty.
struct Site {
    vpc: String,
    outer: String,
    inner: String,
    table: String,
}

fn site(bench: &mut Bench) -> Site {
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let outer = bench.subnet(ONE, &vpc, "10.0.0.0/28", 0);
    let inner = bench.subnet(ONE, &vpc, "10.0.1.0/24", 0);
    let made = bench.ec2(ONE, "CreateInternetGateway", json!({}));
    let internet = text(&made["InternetGateway"]["InternetGatewayId"]);
    bench.ec2(ONE, "AttachInternetGateway", json!({"InternetGatewayId": internet, "VpcId": vpc}));
    let out = bench.route_table(ONE, &vpc);
    let route = json!({"RouteTableId": out, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": internet});
    bench.ec2(ONE, "CreateRoute", route);
    bench.ec2(ONE, "AssociateRouteTable", json!({"RouteTableId": out, "SubnetId": outer}));
    let table = bench.route_table(ONE, &vpc);
    bench.ec2(ONE, "AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": inner}));
    Site { vpc, outer, inner, table }
}

fn address(bench: &mut Bench) -> String {
    text(&bench.ec2(ONE, "AllocateAddress", json!({}))["AllocationId"])
}

fn made(bench: &mut Bench, asked: Value) -> String {
    text(&bench.ec2(ONE, "CreateNatGateway", asked)["NatGateway"]["NatGatewayId"])
}

fn shown(bench: &mut Bench, gateway: &str) -> Value {
    bench.ec2(ONE, "DescribeNatGateways", json!({"NatGatewayIds": [gateway]}))["NatGateways"][0].clone()
}

#[test]
fn traffic_goes_on_by_the_table_of_its_subnet() {
    let mut bench = Bench::new();
    let site = site(&mut bench);
    let allocation = address(&mut bench);
    let gateway = made(&mut bench, json!({"SubnetId": site.outer, "AllocationId": allocation}));
    let route = json!({"RouteTableId": site.table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": gateway});
    bench.ec2(ONE, "CreateRoute", route);
    let out = |bench: &Bench| walk(&bench.sandbox.world, Start::Subnet(&site.inner), "192.0.2.1".parse().unwrap());
    assert!(matches!(out(&bench), Path::Dropped { why: Why::Blackhole, .. }), "it is pending");
    bench.wait();
    let path = out(&bench);
    assert!(matches!(&path, Path::Left { hops, .. } if hops.contains(&gateway)), "{path:?}");
    bench.ec2(ONE, "DeleteNatGateway", json!({"NatGatewayId": gateway}));
    assert!(matches!(out(&bench), Path::Dropped { why: Why::Blackhole, .. }));
}

#[test]
fn one_that_leads_back_to_itself_is_a_loop() {
    let mut bench = Bench::new();
    let site = site(&mut bench);
    let gateway = made(&mut bench, json!({"SubnetId": site.inner, "ConnectivityType": "private"}));
    bench.wait();
    let route = json!({"RouteTableId": site.table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": gateway});
    bench.ec2(ONE, "CreateRoute", route);
    let path = walk(&bench.sandbox.world, Start::Subnet(&site.inner), "192.0.2.1".parse().unwrap());
    assert_eq!(path, Path::Dropped { at: gateway, why: Why::Loop });
}

#[test]
fn it_is_listed_for_an_hour_after_its_end_and_holds_its_subnet_no_longer() {
    let mut bench = Bench::new();
    let site = site(&mut bench);
    let gateway = made(&mut bench, json!({"SubnetId": site.inner, "ConnectivityType": "private"}));
    assert_eq!(shown(&mut bench, &gateway)["State"], "pending");
    let subnet = json!({"SubnetId": site.inner});
    bench.refused(ONE, "DeleteSubnet", subnet.clone(), "DependencyViolation");
    bench.wait();
    bench.ec2(ONE, "DeleteNatGateway", json!({"NatGatewayId": gateway}));
    assert_eq!(shown(&mut bench, &gateway)["State"], "deleting");
    bench.wait();
    let gone = shown(&mut bench, &gateway);
    assert_eq!((&gone["State"], &gone["NatGatewayAddresses"]), (&json!("deleted"), &json!([])));
    assert!(gone["DeleteTime"].is_string());
    let target = json!({"RouteTableId": site.table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": gateway});
    bench.refused(ONE, "CreateRoute", target, "InvalidNatGatewayID.NotFound");
    bench.ec2(ONE, "DeleteSubnet", subnet);
    bench.sandbox.advance(std::time::Duration::from_secs(3600));
    bench.refused(ONE, "DescribeNatGateways", json!({"NatGatewayIds": [gateway]}), "NatGatewayNotFound");
}

#[test]
fn what_is_missing_when_it_is_made_fails_it() {
    let mut bench = Bench::new();
    let site = site(&mut bench);
    let bare = bench.vpc(ONE, "10.1.0.0/16");
    let no_way_out = bench.subnet(ONE, &bare, "10.1.0.0/24", 1);
    let allocation = address(&mut bench);
    let first = made(&mut bench, json!({"SubnetId": site.outer, "AllocationId": allocation}));
    bench.wait();
    let second = made(&mut bench, json!({"SubnetId": site.outer, "AllocationId": allocation}));
    let other = address(&mut bench);
    let third = made(&mut bench, json!({"SubnetId": no_way_out, "AllocationId": other}));
    bench.wait();
    assert_eq!(shown(&mut bench, &first)["State"], "available");
    for (failed, code) in [(second, "Resource.AlreadyAssociated"), (third, "Gateway.NotAttached")] {
        let failed = shown(&mut bench, &failed);
        assert_eq!((&failed["State"], &failed["FailureCode"]), (&json!("failed"), &json!(code)));
    }
    bench.sandbox.world.network.quotas.nat_gateways_per_zone = 20;
    let all: Vec<String> =
        (0..11).map(|_| made(&mut bench, json!({"SubnetId": site.outer, "ConnectivityType": "private"}))).collect();
    bench.wait();
    let states: Vec<Value> = all.iter().map(|it| shown(&mut bench, it)["State"].clone()).collect();
    assert_eq!(states.iter().filter(|state| **state == "available").count(), 10, "a /28 has eleven, and one is taken");
    let failed = bench.ec2(ONE, "DescribeNatGateways", json!({"Filter": [{"Name": "state", "Values": ["failed"]}]}));
    let codes: Vec<&Value> = failed["NatGateways"].as_array().unwrap().iter().map(|it| &it["FailureCode"]).collect();
    assert!(codes.contains(&&json!("InsufficientFreeAddressesInSubnet")), "{codes:?}");
}

#[test]
fn five_stand_in_a_zone_and_those_that_are_gone_do_not_count() {
    let mut bench = Bench::new();
    let site = site(&mut bench);
    let asked = json!({"SubnetId": site.inner, "ConnectivityType": "private"});
    let all: Vec<String> = (0..5).map(|_| made(&mut bench, asked.clone())).collect();
    bench.refused(ONE, "CreateNatGateway", asked.clone(), "NatGatewayLimitExceeded");
    let elsewhere = bench.subnet(ONE, &site.vpc, "10.0.2.0/24", 1);
    made(&mut bench, json!({"SubnetId": elsewhere, "ConnectivityType": "private"}));
    bench.ec2(ONE, "DeleteNatGateway", json!({"NatGatewayId": all[0]}));
    bench.refused(ONE, "CreateNatGateway", asked.clone(), "NatGatewayLimitExceeded");
    bench.wait();
    made(&mut bench, asked);
}

#[test]
fn an_address_in_use_is_not_released() {
    let mut bench = Bench::new();
    let site = site(&mut bench);
    let allocation = address(&mut bench);
    let gateway = made(&mut bench, json!({"SubnetId": site.outer, "AllocationId": allocation}));
    bench.wait();
    let release = json!({"AllocationId": allocation});
    bench.refused(ONE, "ReleaseAddress", release.clone(), "InvalidIPAddress.InUse");
    bench.ec2(ONE, "DeleteNatGateway", json!({"NatGatewayId": gateway}));
    bench.wait();
    bench.ec2(ONE, "ReleaseAddress", release);
    for _ in 0..5 {
        address(&mut bench);
    }
    bench.refused(ONE, "AllocateAddress", json!({}), "AddressLimitExceeded");
}
