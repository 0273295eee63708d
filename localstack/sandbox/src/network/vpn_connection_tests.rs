use serde_json::json;

use crate::network::support::Bench;

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

#[test]
fn a_connection_comes_and_goes_with_its_attachment() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let (vpn, attachment) = bench.vpn(HUB, &gateway);
    let shown = bench.ec2(HUB, "DescribeVpnConnections", json!({"VpnConnectionIds": [vpn]}));
    let shown = &shown["VpnConnections"][0];
    assert_eq!((&shown["State"], &shown["TransitGatewayId"]), (&json!("available"), &json!(gateway)));
    let customer = json!({"CustomerGatewayId": shown["CustomerGatewayId"]});
    bench.refused(HUB, "DeleteCustomerGateway", customer.clone(), "IncorrectState");
    bench.ec2(HUB, "DeleteVpnConnection", json!({"VpnConnectionId": vpn}));
    let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}));
    assert_eq!(shown["TransitGatewayAttachments"][0]["State"], "deleting");
    bench.wait();
    let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}));
    assert_eq!(shown["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"], attachment);
    assert_eq!(shown["TransitGatewayAttachments"][0]["State"], "deleted");
    let shown = bench.ec2(HUB, "DescribeVpnConnections", json!({}));
    assert_eq!(shown["VpnConnections"][0]["State"], "deleted");
    bench.ec2(HUB, "DeleteCustomerGateway", customer);
    assert_eq!(bench.ec2(HUB, "DescribeCustomerGateways", json!({}))["CustomerGateways"], json!([]));
}

#[test]
fn both_tunnels_are_up_when_something_comes_over_them() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let (vpn, attachment) = bench.vpn(HUB, &gateway);
    let mut tunnels = || {
        let shown = bench.ec2(HUB, "DescribeVpnConnections", json!({"VpnConnectionIds": [vpn]}));
        let shown = shown["VpnConnections"][0].clone();
        bench.bring(&attachment, &["10.9.0.0/16", "10.10.0.0/16"]);
        let tunnels = shown["VgwTelemetry"].as_array().unwrap().clone();
        assert_ne!(tunnels[0]["OutsideIpAddress"], tunnels[1]["OutsideIpAddress"]);
        tunnels.iter().map(|it| (it["Status"].clone(), it["AcceptedRouteCount"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(tunnels(), vec![(json!("DOWN"), json!(0)); 2]);
    assert_eq!(tunnels(), vec![(json!("UP"), json!(2)); 2]);
}

#[test]
fn what_concerns_the_tunnels_cannot_be_asked_for() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let asked = json!({"Type": "ipsec.1", "BgpAsn": 65000, "IpAddress": "203.0.113.9"});
    let customer = bench.ec2(HUB, "CreateCustomerGateway", asked)["CustomerGateway"]["CustomerGatewayId"].clone();
    let asked = |options| json!({"Type": "ipsec.1", "CustomerGatewayId": customer, "TransitGatewayId": gateway, "Options": options});
    bench.refused(HUB, "CreateVpnConnection", asked(json!({"EnableAcceleration": true})), "NotModelled");
    bench.refused(HUB, "CreateVpnConnection", asked(json!({"TunnelInsideIpVersion": "ipv6"})), "NotModelled");
    let plain = json!({"EnableAcceleration": false, "LocalIpv4NetworkCidr": "0.0.0.0/0", "StaticRoutesOnly": true});
    let made = bench.ec2(HUB, "CreateVpnConnection", asked(plain));
    assert_eq!(made["VpnConnection"]["Options"]["StaticRoutesOnly"], true);
}

#[test]
fn only_the_transit_gateways_owner_connects_to_it() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    bench.share(HUB, &gateway, SPOKE);
    let asked = json!({"Type": "ipsec.1", "BgpAsn": 65000, "IpAddress": "203.0.113.9"});
    let customer = bench.ec2(SPOKE, "CreateCustomerGateway", asked)["CustomerGateway"]["CustomerGatewayId"].clone();
    let asked = json!({"Type": "ipsec.1", "CustomerGatewayId": customer, "TransitGatewayId": gateway});
    bench.refused(SPOKE, "CreateVpnConnection", asked.clone(), "UnauthorizedOperation");
    bench.refused(HUB, "CreateVpnConnection", asked, "InvalidCustomerGatewayID.NotFound");
}

#[test]
fn the_same_customer_gateway_again_is_the_one_there_is() {
    let mut bench = Bench::new();
    let asked = |address: &str| json!({"Type": "ipsec.1", "BgpAsn": 65000, "IpAddress": address});
    let mut made = |address: &str| {
        bench.ec2(HUB, "CreateCustomerGateway", asked(address))["CustomerGateway"]["CustomerGatewayId"].clone()
    };
    let one = made("203.0.113.9");
    assert_eq!(one, made("203.0.113.9"));
    assert_ne!(one, made("203.0.113.10"));
    bench.refused(HUB, "CreateCustomerGateway", asked("nowhere"), "InvalidParameterValue");
}
