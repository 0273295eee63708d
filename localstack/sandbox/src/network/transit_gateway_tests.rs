use std::time::Duration;

use serde_json::json;

use crate::network::support::Bench;

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

#[test]
fn a_transit_gateway_takes_its_time_and_has_awss_defaults() {
    let mut bench = Bench::new();
    let made = bench.ec2(HUB, "CreateTransitGateway", json!({}))["TransitGateway"].clone();
    assert_eq!(made["State"], "pending");
    let options = &made["Options"];
    assert_eq!(options["AmazonSideAsn"], 64512);
    assert_eq!(options["AutoAcceptSharedAttachments"], "disable");
    assert_eq!(options["AssociationDefaultRouteTableId"], options["PropagationDefaultRouteTableId"]);
    assert_eq!(options["SecurityGroupReferencingSupport"], "disable");
    bench.sandbox.advance(Duration::from_secs(300));
    assert_eq!(bench.ec2(HUB, "DescribeTransitGateways", json!({}))["TransitGateways"][0]["State"], "available");
}

#[test]
fn no_table_is_made_with_both_defaults_off() {
    let mut bench = Bench::new();
    let options = json!({"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"});
    bench.transit_gateway(HUB, options);
    let tables = bench.ec2(HUB, "DescribeTransitGatewayRouteTables", json!({}));
    assert_eq!(tables["TransitGatewayRouteTables"], json!([]));
}

#[test]
fn nobody_else_sees_one_that_is_not_shared() {
    let mut bench = Bench::new();
    let hub = bench.transit_gateway(HUB, json!({}));
    assert_eq!(bench.ec2(SPOKE, "DescribeTransitGateways", json!({}))["TransitGateways"], json!([]));
    let asked = json!({"TransitGatewayIds": [hub]});
    bench.refused(SPOKE, "DescribeTransitGateways", asked, "InvalidTransitGatewayID.NotFound");
}

#[test]
fn default_tables_are_switched_by_the_rules() {
    let mut bench = Bench::new();
    let off = json!({"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"});
    let hub = bench.transit_gateway(HUB, off.clone());
    let table = bench.transit_gateway_route_table(HUB, &hub);
    let asked = |options: serde_json::Value| json!({"TransitGatewayId": hub, "Options": options});
    let on = json!({"DefaultRouteTableAssociation": "enable"});
    bench.refused(HUB, "ModifyTransitGateway", asked(on), "InvalidParameterCombination");
    let id_alone = json!({"AssociationDefaultRouteTableId": table});
    bench.refused(HUB, "ModifyTransitGateway", asked(id_alone), "InvalidParameterCombination");
    let unknown = json!({"DefaultRouteTableAssociation": "enable",
        "AssociationDefaultRouteTableId": "tgw-rtb-00000000000000000"});
    bench.refused(HUB, "ModifyTransitGateway", asked(unknown), "InvalidRouteTableID.NotFound");
    let both = json!({"DefaultRouteTableAssociation": "enable", "AssociationDefaultRouteTableId": table});
    bench.ec2(HUB, "ModifyTransitGateway", asked(both));
    bench.refused(HUB, "ModifyTransitGateway", asked(off.clone()), "IncorrectState");
    bench.sandbox.advance(Duration::from_secs(60));
    let shown = bench.ec2(HUB, "DescribeTransitGatewayRouteTables", json!({}));
    assert_eq!(shown["TransitGatewayRouteTables"][0]["DefaultAssociationRouteTable"], true);
    let changed = bench.ec2(HUB, "ModifyTransitGateway", asked(off));
    assert!(changed["TransitGateway"]["Options"].get("AssociationDefaultRouteTableId").is_none());
}

#[test]
fn deleting_waits_for_attachments_and_takes_the_tables_along() {
    let mut bench = Bench::new();
    let hub = bench.transit_gateway(HUB, json!({}));
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let attachment = bench.attachment(HUB, &hub, &vpc);
    bench.sandbox.advance(Duration::from_secs(600));
    let error = bench.refused(HUB, "DeleteTransitGateway", json!({"TransitGatewayId": hub}), "IncorrectState");
    assert!(error.message.contains(&attachment), "{error}");
    bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    bench.sandbox.advance(Duration::from_secs(600));
    bench.ec2(HUB, "DeleteTransitGateway", json!({"TransitGatewayId": hub}));
    bench.sandbox.advance(Duration::from_secs(600));
    assert_eq!(bench.ec2(HUB, "DescribeTransitGateways", json!({}))["TransitGateways"][0]["State"], "deleted");
    bench.refused(HUB, "DeleteTransitGateway", json!({"TransitGatewayId": hub}), "InvalidTransitGatewayID.NotFound");
    bench.sandbox.advance(Duration::from_secs(2 * 3600));
    assert_eq!(bench.ec2(HUB, "DescribeTransitGateways", json!({}))["TransitGateways"], json!([]));
}

#[test]
fn blocks_and_asn_are_checked() {
    let mut bench = Bench::new();
    for options in [
        json!({"TransitGatewayCidrBlocks": ["10.0.0.0/25"]}),
        json!({"TransitGatewayCidrBlocks": ["10.0.0.0"]}),
        json!({"AmazonSideAsn": 65535}),
    ] {
        bench.refused(HUB, "CreateTransitGateway", json!({"Options": options}), "InvalidParameterValue");
    }
    bench
        .transit_gateway(HUB, json!({"TransitGatewayCidrBlocks": ["10.0.0.0/24"], "AmazonSideAsn": 4_200_000_000_i64}));
}
