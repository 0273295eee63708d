use std::time::Duration;

use serde_json::{Value, json};

use crate::network::support::{Bench, text};
use crate::network::switches::DefaultAssociation;

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

fn both(table: &str, attachment: &str) -> Value {
    json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment})
}

fn of_table(bench: &mut Bench, table: &str) -> Value {
    let asked = json!({"TransitGatewayRouteTableId": table});
    bench.ec2(HUB, "GetTransitGatewayRouteTableAssociations", asked)["Associations"].clone()
}

/// A plain transit gateway with two tables and an available attachment.
fn attached() -> (Bench, String, String, String) {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(HUB);
    let (one, two) = (bench.transit_gateway_route_table(HUB, &hub), bench.transit_gateway_route_table(HUB, &hub));
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let attachment = bench.attachment(HUB, &hub, &vpc);
    bench.wait();
    (bench, one, two, attachment)
}

#[test]
fn moving_an_association_takes_a_gap() {
    let (mut bench, one, two, attachment) = attached();
    let made = bench.ec2(HUB, "AssociateTransitGatewayRouteTable", both(&one, &attachment));
    assert_eq!(made["Association"]["State"], "associating");
    let busy = both(&one, &attachment);
    bench.refused(HUB, "DisassociateTransitGatewayRouteTable", busy, "IncorrectState");
    bench.wait();
    assert_eq!(of_table(&mut bench, &one)[0]["State"], "associated");
    for table in [&one, &two] {
        let error = bench.refused(
            HUB,
            "AssociateTransitGatewayRouteTable",
            both(table, &attachment),
            "Resource.AlreadyAssociated",
        );
        assert_eq!(
            error.message,
            format!("Transit Gateway Attachment {attachment} is already associated to a route table.")
        );
    }
    bench.ec2(HUB, "DisassociateTransitGatewayRouteTable", both(&one, &attachment));
    bench.refused(HUB, "AssociateTransitGatewayRouteTable", both(&two, &attachment), "Resource.AlreadyAssociated");
    let gone = json!({"TransitGatewayRouteTableId": one});
    let error = bench.refused(HUB, "DeleteTransitGatewayRouteTable", gone, "IncorrectState");
    assert_eq!(error.message, format!("{one} has associated attachments"));
    bench.wait();
    assert_eq!(of_table(&mut bench, &one), json!([]));
    bench.associate(HUB, &two, &attachment);
}

#[test]
fn disassociating_takes_about_a_minute() {
    let (mut bench, one, _, attachment) = attached();
    bench.associate(HUB, &one, &attachment);
    bench.wait();
    bench.ec2(HUB, "DisassociateTransitGatewayRouteTable", both(&one, &attachment));
    bench.sandbox.advance(Duration::from_secs(10));
    assert_eq!(of_table(&mut bench, &one)[0]["State"], "disassociating");
}

#[test]
fn an_attachment_that_is_not_available_cannot_be_associated() {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(HUB);
    let table = bench.transit_gateway_route_table(HUB, &hub);
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let attachment = bench.attachment(HUB, &hub, &vpc);
    let error = bench.refused(HUB, "AssociateTransitGatewayRouteTable", both(&table, &attachment), "IncorrectState");
    assert_eq!(error.message, format!("{attachment} is in invalid state"));
}

#[test]
fn an_attachment_of_another_transit_gateway_is_not_found() {
    let (mut bench, _, _, attachment) = attached();
    let other = bench.plain_transit_gateway(HUB);
    let table = bench.transit_gateway_route_table(HUB, &other);
    let asked = both(&table, &attachment);
    bench.refused(HUB, "AssociateTransitGatewayRouteTable", asked, "InvalidTransitGatewayAttachmentID.NotFound");
}

#[test]
fn disassociating_what_is_not_associated_has_two_codes() {
    let (mut bench, one, _, attachment) = attached();
    for (switch, code) in [(false, "InvalidparameterValue"), (true, "InvalidAssociation.NotFound")] {
        bench.sandbox.world.network.switches.disassociate_says_not_found = switch;
        bench.refused(HUB, "DisassociateTransitGatewayRouteTable", both(&one, &attachment), code);
    }
}

#[test]
fn the_association_field_lags_if_switched_so() {
    let (mut bench, one, _, attachment) = attached();
    bench.sandbox.world.network.switches.association_field_lag_seconds = 300.0;
    let field = |bench: &mut Bench| {
        let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}));
        shown["TransitGatewayAttachments"][0]["Association"]["State"].clone()
    };
    bench.associate(HUB, &one, &attachment);
    assert_eq!(field(&mut bench), Value::Null);
    bench.wait();
    assert_eq!(field(&mut bench), "associated");
    bench.ec2(HUB, "DisassociateTransitGatewayRouteTable", both(&one, &attachment));
    bench.sandbox.advance(Duration::from_secs(200));
    assert_eq!(of_table(&mut bench, &one), json!([]));
    assert_eq!(field(&mut bench), "associated");
    bench.wait();
    assert_eq!(field(&mut bench), Value::Null);
}

#[test]
fn default_tables_are_joined_when_the_attachment_is_available_or_accepted() {
    for (switch, early) in [(DefaultAssociation::AtAvailable, 0), (DefaultAssociation::AtAccept, 1)] {
        let mut bench = Bench::new();
        bench.sandbox.world.network.switches.default_association = switch;
        let hub = bench.transit_gateway(HUB, json!({}));
        bench.share(HUB, &hub, SPOKE);
        let vpc = bench.vpc(SPOKE, "10.0.0.0/16");
        let attachment = bench.attachment(SPOKE, &hub, &vpc);
        let tables = bench.ec2(HUB, "DescribeTransitGatewayRouteTables", json!({}));
        let table = text(&tables["TransitGatewayRouteTables"][0]["TransitGatewayRouteTableId"]);
        assert_eq!(of_table(&mut bench, &table), json!([]), "not at request time");
        bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
        assert_eq!(of_table(&mut bench, &table).as_array().unwrap().len(), early);
        bench.wait();
        assert_eq!(of_table(&mut bench, &table)[0]["State"], "associated");
        let routes = bench.routes(HUB, &table);
        assert_eq!(routes, [("10.0.0.0/16".into(), "propagated".into(), "active".into(), attachment)]);
    }
}

#[test]
fn the_association_goes_with_the_attachment() {
    let (mut bench, one, _, attachment) = attached();
    bench.associate(HUB, &one, &attachment);
    bench.wait();
    bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    bench.wait();
    assert_eq!(of_table(&mut bench, &one), json!([]));
}
