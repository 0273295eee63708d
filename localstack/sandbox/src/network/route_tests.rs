use std::time::Duration;

use serde_json::{Value, json};

use crate::network::support::Bench;
use crate::network::walk::{Path, Start, walk};

const HUB: &str = "111111111111";

fn routes(bench: &mut Bench, table: &str) -> Vec<Value> {
    let tables = bench.ec2(HUB, "DescribeRouteTables", json!({"RouteTableIds": [table]}));
    tables["RouteTables"][0]["Routes"].as_array().unwrap().clone()
}

/// A VPC with a table and an attachment to a transit gateway of the same account.
fn attached() -> (Bench, String, String, String) {
    let mut bench = Bench::new();
    let hub = bench.transit_gateway(HUB, json!({}));
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let attachment = bench.attachment(HUB, &hub, &vpc);
    let table = bench.route_table(HUB, &vpc);
    (bench, hub, attachment, table)
}

#[test]
fn a_route_to_a_transit_gateway_waits_for_the_attachment() {
    let (mut bench, hub, _, table) = attached();
    let asked = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": hub});
    let error = bench.refused(HUB, "CreateRoute", asked.clone(), "InvalidTransitGatewayID.NotFound");
    assert_eq!(error.message, format!("The transitGateway ID '{hub}' does not exist."));
    bench.sandbox.advance(Duration::from_secs(600));
    assert_eq!(bench.ec2(HUB, "CreateRoute", asked.clone()), json!({"Return": true}));
    bench.refused(HUB, "CreateRoute", asked, "RouteAlreadyExists");
}

#[test]
fn destinations_are_normalised_when_made_and_exact_afterwards() {
    let (mut bench, hub, _, table) = attached();
    bench.sandbox.advance(Duration::from_secs(600));
    let asked = |range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range, "TransitGatewayId": hub});
    bench.ec2(HUB, "CreateRoute", asked("100.68.0.18/18"));
    assert_eq!(routes(&mut bench, &table)[1]["DestinationCidrBlock"], "100.68.0.0/18");
    bench.refused(HUB, "ReplaceRoute", asked("100.68.0.18/18"), "InvalidParameterValue");
    bench.ec2(HUB, "ReplaceRoute", asked("100.68.0.0/18"));
    let gone = |range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range});
    bench.refused(HUB, "DeleteRoute", gone("100.68.0.18/18"), "InvalidRoute.NotFound");
    bench.ec2(HUB, "DeleteRoute", gone("100.68.0.0/18"));
    bench.refused(HUB, "DeleteRoute", gone("100.68.0.0/18"), "InvalidRoute.NotFound");
}

#[test]
fn replacing_what_is_not_there_points_to_create_route() {
    let (mut bench, hub, _, table) = attached();
    bench.sandbox.advance(Duration::from_secs(600));
    let asked = json!({"RouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": hub});
    let error = bench.refused(HUB, "ReplaceRoute", asked, "InvalidParameterValue");
    assert!(error.message.ends_with("Use CreateRoute instead."), "{error}");
}

#[test]
fn local_routes_can_be_neither_removed_nor_outdone() {
    let (mut bench, hub, _, table) = attached();
    bench.sandbox.advance(Duration::from_secs(600));
    let local = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"});
    bench.refused(HUB, "DeleteRoute", local, "InvalidParameterValue");
    let inside = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.1.0/24", "TransitGatewayId": hub});
    bench.refused(HUB, "CreateRoute", inside, "InvalidParameterValue");
}

#[test]
fn a_route_outlives_its_attachment_as_a_blackhole_and_revives_if_switched_so() {
    for (revives, state) in [(true, "active"), (false, "blackhole")] {
        let (mut bench, hub, attachment, table) = attached();
        bench.sandbox.world.network.switches.revive_blackholes = revives;
        bench.sandbox.advance(Duration::from_secs(600));
        let asked = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": hub});
        bench.ec2(HUB, "CreateRoute", asked);
        bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
        bench.sandbox.advance(Duration::from_secs(600));
        assert_eq!(routes(&mut bench, &table)[1]["State"], "blackhole");
        let vpc = bench.ec2(HUB, "DescribeVpcs", json!({}))["Vpcs"][0]["VpcId"].as_str().unwrap().to_owned();
        bench.attach_again(HUB, &hub, &vpc);
        bench.sandbox.advance(Duration::from_secs(600));
        assert_eq!(routes(&mut bench, &table)[1]["State"], state);
    }
}

#[test]
fn ipv6_destinations_are_kept_apart() {
    let (mut bench, hub, _, table) = attached();
    bench.sandbox.advance(Duration::from_secs(600));
    let asked = json!({"RouteTableId": table, "DestinationIpv6CidrBlock": "2001:db8::/32", "TransitGatewayId": hub});
    bench.ec2(HUB, "CreateRoute", asked);
    let route = routes(&mut bench, &table)[1].clone();
    assert_eq!(route["DestinationIpv6CidrBlock"], "2001:db8::/32");
    assert!(route.get("DestinationCidrBlock").is_none());
}

#[test]
fn a_table_holds_only_so_many_routes() {
    let (mut bench, hub, _, table) = attached();
    bench.sandbox.world.network.quotas.routes_per_route_table = 1;
    bench.sandbox.advance(Duration::from_secs(600));
    let asked = |range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range, "TransitGatewayId": hub});
    bench.ec2(HUB, "CreateRoute", asked("10.1.0.0/16"));
    bench.refused(HUB, "CreateRoute", asked("10.2.0.0/16"), "RouteLimitExceeded");
}

#[test]
fn for_one_range_a_route_of_its_own_wins_over_a_prefix_list_and_a_longer_one_over_both() {
    let (mut bench, hub, _, table) = attached();
    bench.sandbox.advance(Duration::from_secs(600));
    let vpcs = bench.ec2(HUB, "DescribeVpcs", json!({}));
    let vpc = vpcs["Vpcs"][0]["VpcId"].as_str().unwrap().to_owned();
    let made = bench.ec2(HUB, "CreateInternetGateway", json!({}));
    let gateway = made["InternetGateway"]["InternetGatewayId"].as_str().unwrap().to_owned();
    bench.ec2(HUB, "AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
    let list = bench.prefix_list(HUB, &["10.2.0.0/16", "10.3.1.0/24"], 2);
    bench.ec2(
        HUB,
        "CreateRoute",
        json!({"RouteTableId": table, "DestinationPrefixListId": list, "TransitGatewayId": hub}),
    );
    for range in ["10.2.0.0/16", "10.3.0.0/16"] {
        let route = json!({"RouteTableId": table, "DestinationCidrBlock": range, "GatewayId": gateway});
        bench.ec2(HUB, "CreateRoute", route);
    }
    let subnet = bench.subnet(HUB, &vpc, "10.0.200.0/24", 3);
    bench.ec2(HUB, "AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": subnet}));
    let left = |to: &str| {
        let path = walk(&bench.sandbox.world, Start::Subnet(&subnet), to.parse().unwrap());
        match path {
            Path::Left { .. } => true,
            Path::Dropped { at, .. } => {
                assert!(at.starts_with("tgw-rtb-"), "{at}: it reached the transit gateway");
                false
            }
            Path::Delivered { .. } | Path::Handed { .. } => panic!("{path:?}"),
        }
    };
    assert_eq!(["10.2.0.9", "10.3.9.9", "10.3.1.9"].map(left), [true, true, false]);
}
