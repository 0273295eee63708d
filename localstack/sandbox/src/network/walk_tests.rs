use std::net::IpAddr;

use serde_json::json;

use super::{Path, Start, Why, walk};
use crate::network::support::Bench;

const HUB: &str = "111111111111";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Two VPCs on one transit gateway, both associated with one table and propagating to it, with routes to 10.0.0.0/8.
fn connected() -> (Bench, Vec<String>, Vec<String>, String, String) {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let table = bench.transit_gateway_route_table(HUB, &gateway);
    let vpcs: Vec<String> = ["10.1.0.0/16", "10.2.0.0/16"].iter().map(|range| bench.vpc(HUB, range)).collect();
    let attachments: Vec<String> = vpcs.iter().map(|vpc| bench.attachment(HUB, &gateway, vpc)).collect();
    bench.wait();
    for attachment in &attachments {
        bench.associate(HUB, &table, attachment);
        bench.propagate(HUB, &table, attachment);
    }
    let tables = bench.ec2(HUB, "DescribeRouteTables", json!({}))["RouteTables"].clone();
    for main in tables.as_array().unwrap() {
        let route = json!({"RouteTableId": main["RouteTableId"], "DestinationCidrBlock": "10.0.0.0/8",
            "TransitGatewayId": gateway});
        bench.ec2(HUB, "CreateRoute", route);
    }
    bench.wait();
    (bench, vpcs, attachments, table, gateway)
}

fn dropped(path: &Path) -> Option<Why> {
    match path {
        Path::Dropped { why, .. } => Some(*why),
        Path::Delivered { .. } | Path::Left { .. } | Path::Handed { .. } => None,
    }
}

#[test]
fn a_packet_crosses_the_transit_gateway() {
    let (bench, vpcs, attachments, table, gateway) = connected();
    let Path::Delivered { vpc, hops } = walk(&bench.sandbox.world, Start::Vpc(&vpcs[0]), ip("10.2.3.4")) else {
        panic!("not delivered");
    };
    assert_eq!(vpc, vpcs[1]);
    assert_eq!(hops[1..], [gateway, attachments[0].clone(), table, attachments[1].clone()]);
}

#[test]
fn a_packet_ends_where_a_piece_is_missing() {
    let (mut bench, vpcs, attachments, table, _) = connected();
    let go = |bench: &Bench, to: &str| dropped(&walk(&bench.sandbox.world, Start::Vpc(&vpcs[0]), ip(to)));
    assert_eq!(go(&bench, "192.168.0.1"), Some(Why::NoRoute));
    assert_eq!(go(&bench, "10.3.0.1"), Some(Why::NoRoute));
    let hole = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.2.3.0/24", "Blackhole": true});
    bench.ec2(HUB, "CreateTransitGatewayRoute", hole);
    assert_eq!(go(&bench, "10.2.3.4"), Some(Why::Blackhole));
    assert_eq!(go(&bench, "10.2.4.4"), None);
    let both = json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachments[0]});
    bench.ec2(HUB, "DisassociateTransitGatewayRouteTable", both);
    assert_eq!(go(&bench, "10.2.4.4"), Some(Why::NoAssociation));
    bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachments[0]}));
    assert_eq!(go(&bench, "10.2.4.4"), Some(Why::Blackhole));
    assert_eq!(dropped(&walk(&bench.sandbox.world, Start::Subnet("subnet-x"), ip("10.2.0.1"))), Some(Why::NoStart));
}

#[test]
fn an_exit_that_is_being_deleted_drops_the_packet() {
    let (mut bench, vpcs, attachments, ..) = connected();
    bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachments[1]}));
    let path = walk(&bench.sandbox.world, Start::Vpc(&vpcs[0]), ip("10.2.0.1"));
    assert_eq!(dropped(&path), Some(Why::AttachmentDown));
}

#[test]
fn a_subnet_follows_its_own_table() {
    let (mut bench, vpcs, ..) = connected();
    let subnet = bench.subnet(HUB, &vpcs[0], "10.1.9.0/24", 1);
    let table = bench.route_table(HUB, &vpcs[0]);
    let path = walk(&bench.sandbox.world, Start::Subnet(&subnet), ip("10.2.0.1"));
    assert_eq!(dropped(&path), None);
    bench.ec2(HUB, "AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": subnet}));
    let path = walk(&bench.sandbox.world, Start::Subnet(&subnet), ip("10.2.0.1"));
    assert_eq!(path, Path::Dropped { at: table, why: Why::NoRoute });
}

#[test]
fn a_route_to_the_wrong_vpc_loops_and_is_noticed() {
    let (mut bench, vpcs, attachments, table, _) = connected();
    let wrong = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16",
        "TransitGatewayAttachmentId": attachments[1]});
    bench.ec2(HUB, "CreateTransitGatewayRoute", wrong);
    let path = walk(&bench.sandbox.world, Start::Vpc(&vpcs[0]), ip("10.9.0.1"));
    assert_eq!(dropped(&path), Some(Why::Loop));
}

#[test]
fn a_packet_leaves_by_the_internet_gateway() {
    let (mut bench, vpcs, ..) = connected();
    let made = bench.ec2(HUB, "CreateInternetGateway", json!({}));
    let gateway = made["InternetGateway"]["InternetGatewayId"].clone();
    bench.ec2(HUB, "AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpcs[0]}));
    let asked = json!({"Filters": [{"Name": "vpc-id", "Values": [vpcs[0]]}]});
    let table = bench.ec2(HUB, "DescribeRouteTables", asked)["RouteTables"][0]["RouteTableId"].clone();
    let route = json!({"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway});
    bench.ec2(HUB, "CreateRoute", route);
    let path = walk(&bench.sandbox.world, Start::Vpc(&vpcs[0]), ip("1.1.1.1"));
    assert!(matches!(path, Path::Left { .. }), "{path:?}");
}
