use serde_json::{Value, json};

use crate::network::support::{Bench, text};

const HUB: &str = "111111111111";

fn both(table: &str, attachment: &str) -> Value {
    json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment})
}

struct Hub {
    bench: Bench,
    gateway: String,
    table: String,
}

impl Hub {
    fn new() -> Self {
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway(HUB);
        let table = bench.transit_gateway_route_table(HUB, &gateway);
        Self { bench, gateway, table }
    }

    /// Attaches a new VPC and waits.
    fn attach(&mut self, range: &str) -> (String, String) {
        let vpc = self.bench.vpc(HUB, range);
        let attachment = self.bench.attachment(HUB, &self.gateway, &vpc);
        self.bench.wait();
        (vpc, attachment)
    }

    fn destinations(&mut self) -> Vec<(String, String)> {
        let routes = self.bench.routes(HUB, &self.table);
        routes.into_iter().map(|(range, _, _, attachment)| (range, attachment)).collect()
    }
}

#[test]
fn a_propagation_brings_all_ranges_and_follows_them() {
    let mut hub = Hub::new();
    let (vpc, attachment) = hub.attach("10.0.0.0/16");
    let table = hub.table.clone();
    let made = hub.bench.ec2(HUB, "EnableTransitGatewayRouteTablePropagation", both(&table, &attachment));
    assert_eq!(made["Propagation"]["State"], "enabled");
    assert_eq!(hub.destinations(), [("10.0.0.0/16".to_owned(), attachment.clone())]);
    let asked = json!({"VpcId": vpc, "CidrBlock": "100.64.0.0/16"});
    let added = hub.bench.ec2(HUB, "AssociateVpcCidrBlock", asked);
    hub.bench.wait();
    assert_eq!(hub.destinations().len(), 2);
    let association = text(&added["CidrBlockAssociation"]["AssociationId"]);
    hub.bench.ec2(HUB, "DisassociateVpcCidrBlock", json!({"AssociationId": association}));
    hub.bench.wait();
    assert_eq!(hub.destinations().len(), 1);
    hub.bench.ec2(HUB, "DisableTransitGatewayRouteTablePropagation", both(&table, &attachment));
    assert_eq!(hub.destinations(), []);
}

#[test]
fn the_same_propagation_twice_is_a_duplicate_and_an_absent_one_has_two_codes() {
    let mut hub = Hub::new();
    let (_, attachment) = hub.attach("10.0.0.0/16");
    let table = hub.table.clone();
    let asked = both(&table, &attachment);
    hub.bench.propagate(HUB, &table, &attachment);
    let action = "EnableTransitGatewayRouteTablePropagation";
    hub.bench.refused(HUB, action, asked.clone(), "TransitGatewayRouteTablePropagation.Duplicate");
    hub.bench.ec2(HUB, "DisableTransitGatewayRouteTablePropagation", asked.clone());
    for (switch, code) in [(false, "TransitGatewayRouteTablePropagation.NotFound"), (true, "InvalidparameterValue")] {
        hub.bench.sandbox.world.network.switches.disable_propagation_says_parameter = switch;
        hub.bench.refused(HUB, "DisableTransitGatewayRouteTablePropagation", asked.clone(), code);
    }
}

#[test]
fn an_attachment_that_is_not_available_cannot_propagate() {
    let mut hub = Hub::new();
    let vpc = hub.bench.vpc(HUB, "10.0.0.0/16");
    let attachment = hub.bench.attachment(HUB, &hub.gateway, &vpc);
    let asked = both(&hub.table, &attachment);
    hub.bench.refused(HUB, "EnableTransitGatewayRouteTablePropagation", asked, "IncorrectState");
}

#[test]
fn an_overlapping_range_gets_in_when_the_first_attachment_goes() {
    let mut hub = Hub::new();
    let (_, one) = hub.attach("10.0.0.0/16");
    let (_, two) = hub.attach("10.0.0.0/16");
    let table = hub.table.clone();
    hub.bench.propagate(HUB, &table, &one);
    hub.bench.propagate(HUB, &table, &two);
    assert_eq!(hub.destinations(), [("10.0.0.0/16".to_owned(), one.clone())]);
    hub.bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": one}));
    hub.bench.wait();
    assert_eq!(hub.destinations(), [("10.0.0.0/16".to_owned(), two)]);
}

#[test]
fn ipv6_ranges_come_only_with_ipv6_support() {
    let mut hub = Hub::new();
    let (vpc, attachment) = hub.attach("10.0.0.0/16");
    hub.bench.ec2(HUB, "AssociateVpcCidrBlock", json!({"VpcId": vpc, "AmazonProvidedIpv6CidrBlock": true}));
    hub.bench.wait();
    let table = hub.table.clone();
    hub.bench.propagate(HUB, &table, &attachment);
    assert_eq!(hub.destinations().len(), 1);
    for (support, count) in [("enable", 2), ("disable", 1)] {
        let options = json!({"Ipv6Support": support});
        let asked = json!({"TransitGatewayAttachmentId": attachment, "Options": options});
        hub.bench.ec2(HUB, "ModifyTransitGatewayVpcAttachment", asked);
        hub.bench.wait();
        assert_eq!(hub.destinations().len(), count, "{support}");
    }
}

#[test]
fn propagations_are_listed_by_table_and_by_attachment_in_pages() {
    let mut hub = Hub::new();
    let table = hub.table.clone();
    for number in 0..6 {
        let (_, attachment) = hub.attach(&format!("10.{number}.0.0/16"));
        hub.bench.propagate(HUB, &table, &attachment);
        let asked = json!({"TransitGatewayAttachmentId": attachment});
        let listed = hub.bench.ec2(HUB, "GetTransitGatewayAttachmentPropagations", asked);
        let expected = json!([{"TransitGatewayRouteTableId": table, "State": "enabled"}]);
        assert_eq!(listed["TransitGatewayAttachmentPropagations"], expected);
    }
    let action = "GetTransitGatewayRouteTablePropagations";
    let asked = json!({"TransitGatewayRouteTableId": table, "MaxResults": 5});
    let first = hub.bench.ec2(HUB, action, asked);
    assert_eq!(first["TransitGatewayRouteTablePropagations"].as_array().unwrap().len(), 5);
    let asked = json!({"TransitGatewayRouteTableId": table, "MaxResults": 5, "NextToken": first["NextToken"]});
    let second = hub.bench.ec2(HUB, action, asked);
    assert_eq!(second["TransitGatewayRouteTablePropagations"].as_array().unwrap().len(), 1);
    assert!(second.get("NextToken").is_none());
}

#[test]
fn a_table_that_is_deleted_takes_its_propagations_along() {
    let mut hub = Hub::new();
    let (_, attachment) = hub.attach("10.0.0.0/16");
    let table = hub.table.clone();
    hub.bench.propagate(HUB, &table, &attachment);
    hub.bench.ec2(HUB, "DeleteTransitGatewayRouteTable", json!({"TransitGatewayRouteTableId": table}));
    hub.bench.wait();
    let asked = json!({"TransitGatewayAttachmentId": attachment});
    let listed = hub.bench.ec2(HUB, "GetTransitGatewayAttachmentPropagations", asked);
    assert_eq!(listed["TransitGatewayAttachmentPropagations"], json!([]));
}
