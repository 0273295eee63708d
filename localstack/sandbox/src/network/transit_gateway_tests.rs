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

#[test]
fn security_groups_are_referred_to_by_option_at_the_gateway_and_at_the_attachment() {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(HUB);
    let shown = |bench: &mut Bench| {
        bench.ec2(HUB, "DescribeTransitGateways", json!({}))["TransitGateways"][0]["Options"].clone()
    };
    assert_eq!(shown(&mut bench)["SecurityGroupReferencingSupport"], "disable");
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let attachment = bench.attachment(HUB, &hub, &vpc);
    bench.wait();
    let at = |bench: &mut Bench| {
        let shown = bench.ec2(HUB, "DescribeTransitGatewayVpcAttachments", json!({}));
        shown["TransitGatewayVpcAttachments"][0]["Options"]["SecurityGroupReferencingSupport"].clone()
    };
    assert_eq!(at(&mut bench), "enable");
    let on = json!({"TransitGatewayId": hub, "Options": {"SecurityGroupReferencingSupport": "enable"}});
    bench.ec2(HUB, "ModifyTransitGateway", on);
    let off = json!({"TransitGatewayAttachmentId": attachment,
        "Options": {"SecurityGroupReferencingSupport": "disable"}});
    bench.ec2(HUB, "ModifyTransitGatewayVpcAttachment", off);
    bench.wait();
    assert_eq!(
        (&shown(&mut bench)["SecurityGroupReferencingSupport"], at(&mut bench)),
        (&json!("enable"), json!("disable"))
    );
}

#[test]
fn every_option_that_can_be_changed_is_changed_and_multicast_is_not_among_them() {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(HUB);
    let changes = json!({"AmazonSideAsn": 64600, "AutoAcceptSharedAttachments": "enable", "VpnEcmpSupport": "disable",
        "DnsSupport": "disable", "SecurityGroupReferencingSupport": "enable",
        "AddTransitGatewayCidrBlocks": ["10.99.0.0/24"]});
    bench.ec2(HUB, "ModifyTransitGateway", json!({"TransitGatewayId": hub, "Options": changes}));
    bench.wait();
    let shown = bench.ec2(HUB, "DescribeTransitGateways", json!({}))["TransitGateways"][0]["Options"].clone();
    for (name, value) in changes.as_object().unwrap().iter().filter(|(name, _)| !name.starts_with("Add")) {
        assert_eq!(shown[name], *value, "{name}");
    }
    assert_eq!(shown["TransitGatewayCidrBlocks"], json!(["10.99.0.0/24"]));
    let multicast = json!({"TransitGatewayId": hub, "Options": {"MulticastSupport": "enable"}});
    assert!(bench.call(HUB, "ModifyTransitGateway", multicast).is_err());
}

#[test]
fn an_account_has_so_many_transit_gateways_in_a_region() {
    let mut bench = Bench::new();
    bench.sandbox.world.network.quotas.transit_gateways_per_region = 5;
    for _ in 0..5 {
        bench.ec2(HUB, "CreateTransitGateway", json!({}));
    }
    bench.refused(HUB, "CreateTransitGateway", json!({}), "TransitGatewayLimitExceeded");
    bench.region = "eu-west-1".to_owned();
    bench.ec2(HUB, "CreateTransitGateway", json!({}));
}
