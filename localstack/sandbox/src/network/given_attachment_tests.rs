use serde_json::json;

use crate::call::{Caller, Principal};
use crate::network::attachment::ResourceType;
use crate::network::given_attachment::{bring, give, take};
use crate::network::support::{Bench, text};
use crate::network::walk::{Path, Start, walk};

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

fn caller() -> Caller {
    Caller {
        account: HUB.to_owned(),
        region: "us-east-1".to_owned(),
        principal: Principal::Root,
        request_id: String::new(),
    }
}

fn given(bench: &mut Bench, gateway: &str, kind: ResourceType) -> String {
    let id = give(&mut bench.sandbox.world, &caller(), gateway, kind, None).unwrap();
    bench.wait();
    id
}

#[test]
fn what_is_given_shows_in_the_list_of_all_attachments_and_to_the_owner_alone() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    bench.share(HUB, &gateway, SPOKE);
    let firewall = given(&mut bench, &gateway, ResourceType::NetworkFunction);
    let (vpn, over_vpn) = bench.vpn(HUB, &gateway);
    let dx = given(&mut bench, &gateway, ResourceType::DirectConnectGateway);
    let made = bench.ec2(
        HUB,
        "CreateTransitGatewayConnect",
        json!({"TransportTransitGatewayAttachmentId": dx, "Options": {"Protocol": "gre"}}),
    );
    let connect = text(&made["TransitGatewayConnect"]["TransitGatewayAttachmentId"]);
    bench.wait();
    let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}));
    let shown = shown["TransitGatewayAttachments"].as_array().unwrap();
    let row = |id: &str| shown.iter().find(|it| it["TransitGatewayAttachmentId"] == id).unwrap();
    for (id, kind) in
        [(&firewall, "network-function"), (&over_vpn, "vpn"), (&dx, "direct-connect-gateway"), (&connect, "connect")]
    {
        assert_eq!((&row(id)["ResourceType"], &row(id)["State"]), (&json!(kind), &json!("available")));
    }
    assert_eq!(row(&over_vpn)["ResourceId"], vpn);
    assert_eq!(row(&connect)["ResourceId"], dx);
    assert_eq!(text(&row(&dx)["ResourceId"]).len(), 36, "a UUID");
    let to_the_spoke = bench.ec2(SPOKE, "DescribeTransitGatewayAttachments", json!({}));
    assert_eq!(to_the_spoke["TransitGatewayAttachments"], json!([]));
    let by_type = json!({"Filters": [{"Name": "resource-type", "Values": ["connect"]}]});
    let found = bench.ec2(HUB, "DescribeTransitGatewayAttachments", by_type);
    assert_eq!(found["TransitGatewayAttachments"].as_array().unwrap().len(), 1);
}

#[test]
fn what_bgp_brings_is_propagated_and_follows_it() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let table = bench.transit_gateway_route_table(HUB, &gateway);
    let (_, attachment) = bench.vpn(HUB, &gateway);
    bench.bring(&attachment, &["192.168.0.0/16"]);
    bench.propagate(HUB, &table, &attachment);
    let destinations =
        |bench: &mut Bench| -> Vec<String> { bench.routes(HUB, &table).into_iter().map(|(range, ..)| range).collect() };
    assert_eq!(destinations(&mut bench), ["192.168.0.0/16"]);
    bench.bring(&attachment, &["172.16.0.0/12", "192.168.1.0/24"]);
    assert_eq!(destinations(&mut bench), ["172.16.0.0/12", "192.168.1.0/24"]);
    let asked = json!({"TransitGatewayRouteTableId": table});
    let listed = bench.ec2(HUB, "GetTransitGatewayRouteTablePropagations", asked);
    assert_eq!(listed["TransitGatewayRouteTablePropagations"][0]["ResourceType"], "vpn");
    bench.bring(&attachment, &[]);
    assert_eq!(destinations(&mut bench), Vec::<String>::new());
}

#[test]
fn a_packet_is_delivered_to_the_attachment_and_comes_in_by_its_association() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let table = bench.transit_gateway_route_table(HUB, &gateway);
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let spoke = bench.attachment(HUB, &gateway, &vpc);
    let dx = given(&mut bench, &gateway, ResourceType::DirectConnectGateway);
    for attachment in [&spoke, &dx] {
        bench.associate(HUB, &table, attachment);
    }
    bench.wait();
    let listed = bench.ec2(
        HUB,
        "GetTransitGatewayRouteTableAssociations",
        json!({"TransitGatewayRouteTableId": table,
            "Filters": [{"Name": "resource-type", "Values": ["direct-connect-gateway"]}]}),
    );
    assert_eq!(listed["Associations"][0]["TransitGatewayAttachmentId"], dx);
    let main = text(&bench.ec2(HUB, "DescribeRouteTables", json!({}))["RouteTables"][0]["RouteTableId"]);
    let route = json!({"RouteTableId": main, "DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": gateway});
    bench.ec2(HUB, "CreateRoute", route);
    let route = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "192.168.0.0/16",
        "TransitGatewayAttachmentId": dx});
    bench.ec2(HUB, "CreateTransitGatewayRoute", route);
    let path = walk(&bench.sandbox.world, Start::Vpc(&vpc), "192.168.0.1".parse().unwrap());
    assert!(matches!(&path, Path::Handed { attachment, .. } if *attachment == dx), "{path:?}");
    take(&mut bench.sandbox.world, &dx).unwrap();
    bench.wait();
    let path = walk(&bench.sandbox.world, Start::Vpc(&vpc), "192.168.0.1".parse().unwrap());
    assert!(matches!(path, Path::Dropped { .. }), "{path:?}");
}

#[test]
fn a_given_attachment_joins_the_default_tables() {
    let mut bench = Bench::new();
    let gateway = bench.transit_gateway(HUB, json!({}));
    let (_, attachment) = bench.vpn(HUB, &gateway);
    bench.bring(&attachment, &["192.168.0.0/16"]);
    bench.wait();
    let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}));
    let table = text(&shown["TransitGatewayAttachments"][0]["Association"]["TransitGatewayRouteTableId"]);
    assert_eq!(bench.routes(HUB, &table)[0].3, attachment);
}

#[test]
fn a_transit_gateway_with_any_attachment_stays_and_a_transport_as_well() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let dx = given(&mut bench, &gateway, ResourceType::DirectConnectGateway);
    let asked = json!({"TransportTransitGatewayAttachmentId": dx, "Options": {"Protocol": "gre"}});
    let made = bench.ec2(HUB, "CreateTransitGatewayConnect", asked);
    let connect = made["TransitGatewayConnect"]["TransitGatewayAttachmentId"].clone();
    bench.wait();
    let error = bench.refused(HUB, "DeleteTransitGateway", json!({"TransitGatewayId": gateway}), "IncorrectState");
    assert!(error.message.contains("non-deleted DirectConnect Gateway Attachments"), "{error}");
    assert_eq!(take(&mut bench.sandbox.world, &dx).unwrap_err().code, "IncorrectState");
    bench.ec2(HUB, "DeleteTransitGatewayConnect", json!({"TransitGatewayAttachmentId": connect}));
    bench.wait();
    let shown = bench.ec2(HUB, "DescribeTransitGatewayConnects", json!({}));
    assert_eq!(shown["TransitGatewayConnects"][0]["State"], "deleted");
    take(&mut bench.sandbox.world, &dx).unwrap();
    bench.wait();
    bench.ec2(HUB, "DeleteTransitGateway", json!({"TransitGatewayId": gateway}));
}

#[test]
fn only_what_has_no_calls_of_its_own_is_given_and_only_bgp_brings() {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    let world = &mut bench.sandbox.world;
    for kind in [ResourceType::Vpc, ResourceType::Vpn, ResourceType::Connect] {
        assert_eq!(give(world, &caller(), &gateway, kind, None).unwrap_err().code, "InvalidParameterValue");
    }
    let firewall = given(&mut bench, &gateway, ResourceType::NetworkFunction);
    let world = &mut bench.sandbox.world;
    assert_eq!(bring(world, &firewall, &[]).unwrap_err().code, "InvalidParameterValue");
}

#[test]
fn equal_routes_of_two_vpns_share_the_load_where_that_is_on() {
    for (ecmp, many) in [("enable", 2), ("disable", 1)] {
        let mut bench = Bench::new();
        let gateway = bench.transit_gateway(HUB, json!({"VpnEcmpSupport": ecmp}));
        let table = bench.transit_gateway_route_table(HUB, &gateway);
        let attachments: Vec<String> = (0..2).map(|_| bench.vpn(HUB, &gateway).1).collect();
        for attachment in &attachments {
            bench.propagate(HUB, &table, attachment);
            bench.bring(attachment, &["10.9.0.0/16"]);
        }
        let mut found = |attachment: &str| {
            let filters = json!([{"Name": "attachment.transit-gateway-attachment-id", "Values": [attachment]}]);
            let asked = json!({"TransitGatewayRouteTableId": table, "Filters": filters});
            bench.ec2(HUB, "SearchTransitGatewayRoutes", asked)["Routes"].clone()
        };
        let routes = found(&attachments[0]);
        assert_eq!(routes[0]["TransitGatewayAttachments"].as_array().unwrap().len(), many, "{ecmp}");
        assert_eq!(found(&attachments[1]).as_array().unwrap().len(), many - 1, "{ecmp}: the second is in it as well");
        bench.bring(&attachments[0], &[]);
        let filters = json!([{"Name": "type", "Values": ["propagated"]}]);
        let asked = json!({"TransitGatewayRouteTableId": table, "Filters": filters});
        let left = bench.ec2(HUB, "SearchTransitGatewayRoutes", asked)["Routes"].clone();
        assert_eq!(left[0]["TransitGatewayAttachments"].as_array().unwrap().len(), 1);
        assert_eq!(left[0]["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"], attachments[1]);
    }
}
