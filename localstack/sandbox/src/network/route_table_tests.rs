use serde_json::json;

use crate::network::support::Bench;

const ONE: &str = "111111111111";

#[test]
fn a_subnet_has_one_table_and_a_table_in_use_stays() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let subnet = bench.subnet(ONE, &vpc, "10.0.0.0/24", 0);
    let (one, two) = (bench.route_table(ONE, &vpc), bench.route_table(ONE, &vpc));
    let asked = |table: &str| json!({"RouteTableId": table, "SubnetId": subnet});
    let association = bench.ec2(ONE, "AssociateRouteTable", asked(&one))["AssociationId"].clone();
    bench.refused(ONE, "AssociateRouteTable", asked(&two), "Resource.AlreadyAssociated");
    bench.refused(ONE, "DeleteRouteTable", json!({"RouteTableId": one}), "DependencyViolation");
    let found = bench.ec2(
        ONE,
        "DescribeRouteTables",
        json!({"Filters": [{"Name": "association.subnet-id", "Values": [subnet]}]}),
    );
    assert_eq!(found["RouteTables"][0]["RouteTableId"], one);
    bench.ec2(ONE, "DisassociateRouteTable", json!({"AssociationId": association}));
    bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": one}));
}

#[test]
fn the_main_table_can_be_neither_deleted_nor_disassociated_but_replaced() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let main = bench.ec2(ONE, "DescribeRouteTables", json!({}))["RouteTables"][0].clone();
    let association = main["Associations"][0]["RouteTableAssociationId"].clone();
    bench.refused(ONE, "DeleteRouteTable", json!({"RouteTableId": main["RouteTableId"]}), "DependencyViolation");
    bench.refused(ONE, "DisassociateRouteTable", json!({"AssociationId": association}), "InvalidParameterValue");
    let other = bench.route_table(ONE, &vpc);
    let asked = json!({"AssociationId": association, "RouteTableId": other});
    bench.ec2(ONE, "ReplaceRouteTableAssociation", asked);
    bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": main["RouteTableId"]}));
}

#[test]
fn pages_hold_a_hundred_tables_at_most() {
    let mut bench = Bench::new();
    bench.refused(ONE, "DescribeRouteTables", json!({"MaxResults": 101}), "InvalidParameterValue");
    bench.ec2(ONE, "DescribeRouteTables", json!({"MaxResults": 100}));
}

#[test]
fn a_client_token_gives_the_same_table_again() {
    let mut bench = Bench::new();
    let (one, two) = (bench.vpc(ONE, "10.0.0.0/16"), bench.vpc(ONE, "10.1.0.0/16"));
    let asked = |vpc: &str| json!({"VpcId": vpc, "ClientToken": "token"});
    let first = bench.ec2(ONE, "CreateRouteTable", asked(&one))["RouteTable"]["RouteTableId"].clone();
    let again = bench.ec2(ONE, "CreateRouteTable", asked(&one))["RouteTable"]["RouteTableId"].clone();
    assert_eq!(first, again);
    bench.refused(ONE, "CreateRouteTable", asked(&two), "IdempotentParameterMismatch");
}

/// A VPC with a subnet, a table of its own, an internet gateway and an attachment to a transit gateway.
fn edge() -> (Bench, String, String, String, String) {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let hub = bench.plain_transit_gateway(ONE);
    bench.attachment(ONE, &hub, &vpc);
    bench.wait();
    let made = bench.ec2(ONE, "CreateInternetGateway", json!({}));
    let gateway = made["InternetGateway"]["InternetGatewayId"].as_str().unwrap().to_owned();
    let table = bench.route_table(ONE, &vpc);
    (bench, vpc, hub, gateway, table)
}

#[test]
fn a_table_at_the_edge_of_a_vpc_shows_its_gateway_and_takes_no_routes_out() {
    let (mut bench, vpc, hub, gateway, table) = edge();
    let asked = json!({"RouteTableId": table, "GatewayId": gateway});
    bench.refused(ONE, "AssociateRouteTable", asked.clone(), "InvalidParameterValue");
    bench.ec2(ONE, "AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
    let association = bench.ec2(ONE, "AssociateRouteTable", asked.clone())["AssociationId"].clone();
    assert_eq!(bench.ec2(ONE, "AssociateRouteTable", asked)["AssociationId"], association);
    let filters = json!([{"Name": "association.gateway-id", "Values": [gateway]}]);
    let found = bench.ec2(ONE, "DescribeRouteTables", json!({"Filters": filters}));
    let shown = &found["RouteTables"][0]["Associations"][0];
    assert_eq!((&shown["GatewayId"], &shown["Main"]), (&json!(gateway), &json!(false)));
    let route = json!({"RouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": hub});
    bench.refused(ONE, "CreateRoute", route, "InvalidParameterValue");
    bench.refused(ONE, "DeleteRouteTable", json!({"RouteTableId": table}), "DependencyViolation");
    let other = bench.route_table(ONE, &vpc);
    let second = json!({"RouteTableId": other, "GatewayId": gateway});
    bench.refused(ONE, "AssociateRouteTable", second, "Resource.AlreadyAssociated");
    let moved = json!({"AssociationId": association, "RouteTableId": other});
    let moved = bench.ec2(ONE, "ReplaceRouteTableAssociation", moved)["NewAssociationId"].clone();
    bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": table}));
    bench.ec2(ONE, "DisassociateRouteTable", json!({"AssociationId": moved}));
    bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": other}));
}

#[test]
fn a_table_with_routes_out_does_not_serve_the_edge_and_a_detached_gateway_is_forgotten() {
    let (mut bench, vpc, hub, gateway, table) = edge();
    bench.ec2(ONE, "AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
    let route = json!({"RouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": hub});
    bench.ec2(ONE, "CreateRoute", route);
    let asked = |table: &str| json!({"RouteTableId": table, "GatewayId": gateway});
    bench.refused(ONE, "AssociateRouteTable", asked(&table), "InvalidParameterValue");
    let clean = bench.route_table(ONE, &vpc);
    bench.ec2(ONE, "AssociateRouteTable", asked(&clean));
    bench.ec2(ONE, "DetachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
    bench.ec2(ONE, "DeleteRouteTable", json!({"RouteTableId": clean}));
}
