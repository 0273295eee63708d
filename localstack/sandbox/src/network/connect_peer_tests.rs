use serde_json::{Value, json};

use crate::network::support::{Bench, text};

const ONE: &str = "111111111111";

/// A transit gateway with a range of its own, and a Connect attachment over a VPC's.
fn bench(blocks: &[&str]) -> (Bench, String) {
    let mut bench = Bench::new();
    let gateway = bench.transit_gateway(ONE, json!({"TransitGatewayCidrBlocks": blocks}));
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let transport = bench.attachment(ONE, &gateway, &vpc);
    bench.wait();
    let connect = bench.connect(ONE, &transport);
    (bench, connect)
}

fn asked(connect: &str, inside: &str) -> Value {
    json!({"TransitGatewayAttachmentId": connect, "PeerAddress": "10.0.0.10", "InsideCidrBlocks": [inside]})
}

fn make(bench: &mut Bench, connect: &str, inside: &str) -> Value {
    bench.ec2(ONE, "CreateTransitGatewayConnectPeer", asked(connect, inside))["TransitGatewayConnectPeer"].clone()
}

#[test]
fn the_first_inside_address_is_the_appliances_and_the_next_two_are_the_transit_gateways() {
    let (mut bench, connect) = bench(&["192.0.2.0/24"]);
    let peer = make(&mut bench, &connect, "169.254.6.0/29");
    let configuration = &peer["ConnectPeerConfiguration"];
    assert_eq!(configuration["TransitGatewayAddress"], "192.0.2.1");
    let session = |own: &str| {
        json!({"TransitGatewayAsn": 64512, "PeerAsn": 64512, "TransitGatewayAddress": own,
            "PeerAddress": "169.254.6.1", "BgpStatus": "down"})
    };
    assert_eq!(configuration["BgpConfigurations"], json!([session("169.254.6.2"), session("169.254.6.3")]));
    bench.wait();
    bench.bring(&connect, &["10.9.0.0/16"]);
    let shown = bench.ec2(ONE, "DescribeTransitGatewayConnectPeers", json!({}));
    let shown = &shown["TransitGatewayConnectPeers"][0];
    assert_eq!(shown["State"], "available");
    assert_eq!(shown["ConnectPeerConfiguration"]["BgpConfigurations"][0]["BgpStatus"], "up");
    let next = make(&mut bench, &connect, "169.254.7.0/29");
    assert_eq!(next["ConnectPeerConfiguration"]["TransitGatewayAddress"], "192.0.2.2", "the next that is free");
}

#[test]
fn what_cannot_be_inside_is_refused_and_so_is_a_fifth_peer() {
    let (mut bench, connect) = bench(&["192.0.2.0/24"]);
    for inside in ["169.254.6.0/28", "169.254.0.0/29", "169.254.169.248/29", "10.0.0.0/29", "fd00::/64"] {
        let asked = asked(&connect, inside);
        bench.refused(ONE, "CreateTransitGatewayConnectPeer", asked, "InvalidParameterValue");
    }
    bench.refused(ONE, "CreateTransitGatewayConnectPeer", asked(&connect, "fd00::/125"), "MissingParameter");
    for number in 6..10 {
        make(&mut bench, &connect, &format!("169.254.{number}.0/29"));
    }
    let again = asked(&connect, "169.254.10.0/29");
    bench.refused(ONE, "CreateTransitGatewayConnectPeer", again, "TransitGatewayConnectPeerLimitExceeded");
}

#[test]
fn an_inside_range_serves_one_peer_and_an_own_address_needs_a_range() {
    let (mut bench, connect) = bench(&["192.0.2.0/24"]);
    make(&mut bench, &connect, "169.254.6.0/29");
    let again = asked(&connect, "169.254.6.0/29");
    bench.refused(ONE, "CreateTransitGatewayConnectPeer", again, "InvalidParameterValue");
    let mut elsewhere = asked(&connect, "169.254.7.0/29");
    elsewhere["TransitGatewayAddress"] = json!("198.51.100.1");
    bench.refused(ONE, "CreateTransitGatewayConnectPeer", elsewhere, "InvalidParameterValue");

    let (mut bench, connect) = self::bench(&[]);
    let nowhere = asked(&connect, "169.254.6.0/29");
    bench.refused(ONE, "CreateTransitGatewayConnectPeer", nowhere, "InvalidParameterValue");
}

#[test]
fn a_peer_goes_before_its_attachment() {
    let (mut bench, connect) = bench(&["192.0.2.0/24"]);
    let peer = text(&make(&mut bench, &connect, "169.254.6.0/29")["TransitGatewayConnectPeerId"]);
    let (peer, attachment) =
        (json!({"TransitGatewayConnectPeerId": peer}), json!({"TransitGatewayAttachmentId": connect}));
    bench.refused(ONE, "DeleteTransitGatewayConnectPeer", peer.clone(), "IncorrectState");
    bench.wait();
    bench.refused(ONE, "DeleteTransitGatewayConnect", attachment.clone(), "IncorrectState");
    bench.refused(
        "222222222222",
        "DeleteTransitGatewayConnectPeer",
        peer.clone(),
        "InvalidTransitGatewayConnectPeerID.NotFound",
    );
    let gone = bench.ec2(ONE, "DeleteTransitGatewayConnectPeer", peer.clone());
    assert_eq!(gone["TransitGatewayConnectPeer"]["State"], "deleting");
    bench.refused(ONE, "DeleteTransitGatewayConnect", attachment.clone(), "IncorrectState");
    bench.wait();
    bench.ec2(ONE, "DeleteTransitGatewayConnect", attachment);
    bench.refused(ONE, "DeleteTransitGatewayConnectPeer", peer, "InvalidTransitGatewayConnectPeerID.NotFound");
}
