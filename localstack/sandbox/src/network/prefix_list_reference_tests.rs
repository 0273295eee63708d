use serde_json::{Value, json};

use crate::network::support::{Bench, text};
use crate::network::walk::{Path, Start, walk};

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

struct Hub {
    bench: Bench,
    gateway: String,
    table: String,
    vpcs: [String; 2],
    attachments: [String; 2],
}

/// Two VPCs on one table; each reaches the transit gateway, and no routes lead back.
fn hub() -> Hub {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let table = bench.transit_gateway_route_table(HUB, &gateway);
    let vpcs = ["10.1.0.0/16", "10.2.0.0/16"].map(|range| bench.vpc(HUB, range));
    let attachments = [&vpcs[0], &vpcs[1]].map(|vpc| bench.attachment(HUB, &gateway, vpc));
    bench.wait();
    for attachment in &attachments {
        bench.associate(HUB, &table, attachment);
    }
    bench.wait();
    Hub { bench, gateway, table, vpcs, attachments }
}

fn reference(table: &str, list: &str, attachment: &str) -> Value {
    json!({"TransitGatewayRouteTableId": table, "PrefixListId": list, "TransitGatewayAttachmentId": attachment})
}

#[test]
fn a_reference_makes_static_routes_that_follow_the_list() {
    let Hub { mut bench, table, attachments, .. } = hub();
    let list = bench.prefix_list(HUB, &["10.2.0.0/16"], 3);
    let asked = reference(&table, &list, &attachments[1]);
    let made = bench.ec2(HUB, "CreateTransitGatewayPrefixListReference", asked.clone());
    let made = &made["TransitGatewayPrefixListReference"];
    assert_eq!((&made["State"], &made["Blackhole"]), (&json!("pending"), &json!(false)));
    assert_eq!(made["TransitGatewayAttachment"]["ResourceType"], "vpc");
    bench.refused(HUB, "CreateTransitGatewayPrefixListReference", asked, "InvalidPrefixListReference.Duplicate");
    bench.wait();
    let filters = json!([{"Name": "prefix-list-id", "Values": [list]}]);
    let asked = json!({"TransitGatewayRouteTableId": table, "Filters": filters});
    let found = bench.ec2(HUB, "SearchTransitGatewayRoutes", asked.clone());
    let route = &found["Routes"][0];
    assert_eq!(
        (&route["PrefixListId"], &route["Type"], &route["State"]),
        (&json!(list), &json!("static"), &json!("active"))
    );
    let change = json!({"PrefixListId": list, "CurrentVersion": 1, "AddEntries": [{"Cidr": "10.3.0.0/16"}]});
    bench.ec2(HUB, "ModifyManagedPrefixList", change);
    bench.wait();
    assert_eq!(bench.ec2(HUB, "SearchTransitGatewayRoutes", asked)["Routes"].as_array().unwrap().len(), 2);
    let asked = json!({"TransitGatewayRouteTableId": table});
    let listed = bench.ec2(HUB, "GetTransitGatewayPrefixListReferences", asked);
    assert_eq!(listed["TransitGatewayPrefixListReferences"][0]["State"], "available");
}

#[test]
fn a_static_route_wins_over_a_list_and_a_list_over_a_propagation() {
    let Hub { mut bench, table, attachments, .. } = hub();
    bench.propagate(HUB, &table, &attachments[1]);
    let row = |kind: &str, to: &str| ("10.2.0.0/16".to_owned(), kind.to_owned(), "active".to_owned(), to.to_owned());
    assert_eq!(bench.routes(HUB, &table), [row("propagated", &attachments[1])]);
    let list = bench.prefix_list(HUB, &["10.2.0.0/16"], 1);
    bench.ec2(HUB, "CreateTransitGatewayPrefixListReference", reference(&table, &list, &attachments[0]));
    assert_eq!(bench.routes(HUB, &table), [row("static", &attachments[0])]);
    let route = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.2.0.0/16",
        "TransitGatewayAttachmentId": attachments[1]});
    bench.ec2(HUB, "CreateTransitGatewayRoute", route);
    assert_eq!(bench.routes(HUB, &table), [row("static", &attachments[1])]);
}

#[test]
fn packets_follow_lists_in_both_kinds_of_tables() {
    let Hub { mut bench, gateway, table, vpcs, attachments } = hub();
    let list = bench.prefix_list(HUB, &["10.2.0.0/16"], 1);
    let main = json!({"Filters": [{"Name": "vpc-id", "Values": [vpcs[0]]}]});
    let main = text(&bench.ec2(HUB, "DescribeRouteTables", main)["RouteTables"][0]["RouteTableId"]);
    let route = json!({"RouteTableId": main, "DestinationPrefixListId": list, "TransitGatewayId": gateway});
    bench.ec2(HUB, "CreateRoute", route.clone());
    bench.refused(HUB, "CreateRoute", route, "RouteAlreadyExists");
    bench.ec2(HUB, "CreateTransitGatewayPrefixListReference", reference(&table, &list, &attachments[1]));
    let go = |bench: &Bench| walk(&bench.sandbox.world, Start::Vpc(&vpcs[0]), "10.2.0.9".parse().unwrap());
    assert!(matches!(go(&bench), Path::Delivered { vpc, .. } if vpc == vpcs[1]));
    let tables = bench.ec2(HUB, "DescribeRouteTables", json!({"RouteTableIds": [main]}));
    assert_eq!(tables["RouteTables"][0]["Routes"][1]["DestinationPrefixListId"], list);
    let hole = json!({"TransitGatewayRouteTableId": table, "PrefixListId": list, "Blackhole": true});
    bench.ec2(HUB, "ModifyTransitGatewayPrefixListReference", hole);
    assert!(matches!(go(&bench), Path::Dropped { .. }));
    bench.ec2(HUB, "DeleteRoute", json!({"RouteTableId": main, "DestinationPrefixListId": list}));
    let again = json!({"RouteTableId": main, "DestinationPrefixListId": list});
    bench.refused(HUB, "DeleteRoute", again, "InvalidRoute.NotFound");
}

#[test]
fn a_list_weighs_what_it_may_hold() {
    let Hub { mut bench, table, attachments, .. } = hub();
    bench.sandbox.world.network.quotas.routes_per_transit_gateway = 10;
    let big = bench.prefix_list(HUB, &["10.2.0.0/16"], 11);
    let asked = reference(&table, &big, &attachments[1]);
    bench.refused(HUB, "CreateTransitGatewayPrefixListReference", asked, "RouteLimitExceeded");
    let list = bench.prefix_list(HUB, &["10.2.0.0/16"], 10);
    bench.ec2(HUB, "CreateTransitGatewayPrefixListReference", reference(&table, &list, &attachments[1]));
    let hole = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16", "Blackhole": true});
    bench.refused(HUB, "CreateTransitGatewayRoute", hole, "RouteLimitExceeded");
}

#[test]
fn a_reference_turns_into_a_blackhole_with_its_attachment_and_goes_when_deleted() {
    let Hub { mut bench, table, attachments, .. } = hub();
    let list = bench.prefix_list(HUB, &["10.2.0.0/16"], 1);
    bench.ec2(HUB, "CreateTransitGatewayPrefixListReference", reference(&table, &list, &attachments[1]));
    let gone = json!({"TransitGatewayAttachmentId": attachments[1]});
    bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", gone);
    bench.wait();
    assert_eq!(bench.routes(HUB, &table)[0].2, "blackhole");
    let asked = json!({"TransitGatewayRouteTableId": table,
        "Filters": [{"Name": "is-blackhole", "Values": ["true"]}]});
    let listed = bench.ec2(HUB, "GetTransitGatewayPrefixListReferences", asked);
    assert_eq!(listed["TransitGatewayPrefixListReferences"].as_array().unwrap().len(), 1);
    let named = json!({"TransitGatewayRouteTableId": table, "PrefixListId": list});
    bench.ec2(HUB, "DeleteTransitGatewayPrefixListReference", named.clone());
    bench.wait();
    assert_eq!(bench.routes(HUB, &table), []);
    bench.refused(HUB, "DeleteTransitGatewayPrefixListReference", named, "InvalidPrefixListReference.NotFound");
}

#[test]
fn tables_and_lists_of_others_cannot_be_referred_to() {
    let Hub { mut bench, table, .. } = hub();
    let foreign = bench.prefix_list(SPOKE, &["10.2.0.0/16"], 1);
    let hole = json!({"TransitGatewayRouteTableId": table, "PrefixListId": foreign, "Blackhole": true});
    bench.refused(HUB, "CreateTransitGatewayPrefixListReference", hole.clone(), "InvalidPrefixListID.NotFound");
    bench.refused(SPOKE, "CreateTransitGatewayPrefixListReference", hole, "InvalidRouteTableID.NotFound");
}
