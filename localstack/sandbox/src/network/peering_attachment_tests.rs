use std::time::Duration;

use serde_json::{Value, json};

use crate::network::support::{Bench, text};
use crate::network::walk::{Path, Start, walk};

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";

/// Transit gateways of two accounts, the second one's in eu-west-1.
fn two() -> (Bench, String, String) {
    let mut bench = Bench::new();
    let one = bench.plain_transit_gateway(ONE);
    let two = there(&mut bench, |bench| bench.plain_transit_gateway(TWO));
    (bench, one, two)
}

/// Does something in eu-west-1.
fn there<T>(bench: &mut Bench, mut what: impl FnMut(&mut Bench) -> T) -> T {
    let here = std::mem::replace(&mut bench.region, "eu-west-1".to_owned());
    let done = what(bench);
    bench.region = here;
    done
}

fn asked(one: &str, two: &str) -> Value {
    json!({"TransitGatewayId": one, "PeerTransitGatewayId": two, "PeerAccountId": TWO, "PeerRegion": "eu-west-1"})
}

fn request(bench: &mut Bench, asked: Value) -> String {
    let made = bench.ec2(ONE, "CreateTransitGatewayPeeringAttachment", asked);
    let made = &made["TransitGatewayPeeringAttachment"];
    assert_eq!(made["State"], "initiatingRequest");
    text(&made["TransitGatewayAttachmentId"])
}

fn shown(bench: &mut Bench, account: &str) -> Value {
    let all = bench.ec2(account, "DescribeTransitGatewayPeeringAttachments", json!({}));
    all["TransitGatewayPeeringAttachments"].clone()
}

fn named(id: &str) -> Value {
    json!({"TransitGatewayAttachmentId": id})
}

#[test]
fn a_peering_waits_for_ever_and_is_accepted_by_the_other_side_in_its_region() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, asked(&one, &two));
    assert_eq!(there(&mut bench, |bench| shown(bench, TWO)), json!([]), "the request has not reached it");
    bench.sandbox.advance(Duration::from_secs(30 * 24 * 3600));
    assert_eq!(shown(&mut bench, ONE)[0]["State"], "pendingAcceptance");
    let error = bench.refused(ONE, "AcceptTransitGatewayPeeringAttachment", named(&id), "InvalidParameterValue");
    assert_eq!(error.message, format!("Cannot accept {id} as the source of the peering request."));
    let not_found = "InvalidTransitGatewayAttachmentID.NotFound";
    bench.refused(TWO, "AcceptTransitGatewayPeeringAttachment", named(&id), not_found);
    there(&mut bench, |bench| {
        let begun = bench.ec2(TWO, "AcceptTransitGatewayPeeringAttachment", named(&id));
        assert_eq!(begun["TransitGatewayPeeringAttachment"]["State"], "pending");
    });
    bench.sandbox.advance(Duration::from_secs(1800));
    let ours = shown(&mut bench, ONE)[0].clone();
    let theirs = there(&mut bench, |bench| shown(bench, TWO)[0].clone());
    for side in [&ours, &theirs] {
        assert_eq!((&side["State"], &side["TransitGatewayAttachmentId"]), (&json!("available"), &json!(id)));
        assert_eq!(side["RequesterTgwInfo"], json!({"TransitGatewayId": one, "OwnerId": ONE, "Region": "us-east-1"}));
        assert_eq!(side["AccepterTgwInfo"], json!({"TransitGatewayId": two, "OwnerId": TWO, "Region": "eu-west-1"}));
    }
    let generic = there(&mut bench, |bench| bench.ec2(TWO, "DescribeTransitGatewayAttachments", json!({})));
    let generic = &generic["TransitGatewayAttachments"][0];
    assert_eq!((&generic["ResourceType"], &generic["ResourceId"]), (&json!("peering"), &json!(one)));
    assert_eq!((&generic["TransitGatewayId"], &generic["ResourceOwnerId"]), (&json!(two), &json!(ONE)));
}

#[test]
fn a_request_is_rejected_or_deleted_and_stays_listed_for_two_hours() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, asked(&one, &two));
    bench.wait();
    bench.refused(ONE, "CreateTransitGatewayPeeringAttachment", asked(&one, &two), "DuplicateTransitGatewayAttachment");
    bench.refused(ONE, "RejectTransitGatewayPeeringAttachment", named(&id), "InvalidParameterValue");
    there(&mut bench, |bench| {
        let begun = bench.ec2(TWO, "RejectTransitGatewayPeeringAttachment", named(&id));
        assert_eq!(begun["TransitGatewayPeeringAttachment"]["State"], "rejecting");
    });
    bench.wait();
    assert_eq!(shown(&mut bench, ONE)[0]["State"], "rejected");
    bench.refused(ONE, "DeleteTransitGatewayPeeringAttachment", named(&id), "IncorrectState");
    let again = request(&mut bench, asked(&one, &two));
    bench.wait();
    bench.ec2(ONE, "DeleteTransitGatewayPeeringAttachment", named(&again));
    bench.wait();
    let states: Vec<String> = shown(&mut bench, ONE).as_array().unwrap().iter().map(|it| text(&it["State"])).collect();
    assert!(states.contains(&"deleted".to_owned()) && states.contains(&"rejected".to_owned()), "{states:?}");
    bench.sandbox.advance(Duration::from_secs(3 * 3600));
    assert_eq!(shown(&mut bench, ONE), json!([]));
}

#[test]
fn within_one_region_each_side_has_an_id_of_its_own() {
    let mut bench = Bench::new();
    let (one, two) = (bench.plain_transit_gateway(ONE), bench.plain_transit_gateway(ONE));
    let asked = json!({"TransitGatewayId": one, "PeerTransitGatewayId": two, "PeerAccountId": ONE,
        "PeerRegion": "us-east-1"});
    let id = request(&mut bench, asked);
    bench.wait();
    let both = shown(&mut bench, ONE);
    assert_eq!(both.as_array().unwrap().len(), 2);
    let accepter = text(&both[0]["AccepterTransitGatewayAttachmentId"]);
    assert_ne!(accepter, id);
    bench.refused(ONE, "AcceptTransitGatewayPeeringAttachment", named(&id), "InvalidParameterValue");
    bench.ec2(ONE, "AcceptTransitGatewayPeeringAttachment", named(&accepter));
    bench.sandbox.advance(Duration::from_secs(1800));
    let table = bench.transit_gateway_route_table(ONE, &two);
    bench.associate(ONE, &table, &accepter);
    let wrong = json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": id});
    let not_found = "InvalidTransitGatewayAttachmentID.NotFound";
    bench.refused(ONE, "AssociateTransitGatewayRouteTable", wrong, not_found);
}

#[test]
fn the_id_may_differ_across_regions_as_well() {
    let (mut bench, one, two) = two();
    bench.sandbox.world.network.switches.peering_ids_differ = true;
    let id = request(&mut bench, asked(&one, &two));
    bench.wait();
    let theirs = there(&mut bench, |bench| shown(bench, TWO)[0]["TransitGatewayAttachmentId"].clone());
    assert_ne!(theirs, json!(id));
    assert_eq!(shown(&mut bench, ONE)[0]["AccepterTransitGatewayAttachmentId"], theirs);
}

#[test]
fn a_request_to_nobody_fails_and_a_foreign_transit_gateway_asks_nothing() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, asked(&one, "tgw-0123456789abcdef0"));
    bench.wait();
    let failed = shown(&mut bench, ONE)[0].clone();
    assert_eq!((&failed["State"], &failed["TransitGatewayAttachmentId"]), (&json!("failed"), &json!(id)));
    assert!(text(&failed["Status"]["Message"]).contains("tgw-0123456789abcdef0"));
    let foreign = json!({"TransitGatewayId": two, "PeerTransitGatewayId": one, "PeerAccountId": ONE,
        "PeerRegion": "us-east-1"});
    bench.refused(ONE, "CreateTransitGatewayPeeringAttachment", foreign, "InvalidTransitGatewayID.NotFound");
    let dynamic = json!({"TransitGatewayId": one, "PeerTransitGatewayId": two, "PeerAccountId": TWO,
        "PeerRegion": "eu-west-1", "Options": {"DynamicRouting": "enable"}});
    bench.refused(ONE, "CreateTransitGatewayPeeringAttachment", dynamic, "IncorrectState");
}

#[test]
fn quotas_hold_for_requests_that_wait() {
    let (mut bench, one, two) = two();
    bench.sandbox.world.network.quotas.pending_peerings_per_transit_gateway = 1;
    request(&mut bench, asked(&one, &two));
    let third = there(&mut bench, |bench| bench.plain_transit_gateway(TWO));
    let more = asked(&one, &third);
    bench.refused(ONE, "CreateTransitGatewayPeeringAttachment", more, "TransitGatewayAttachmentLimitExceeded");
}

/// A VPC on each of two peered transit gateways of one account, in two Regions, with routes all the way.
struct Joined {
    bench: Bench,
    vpcs: [String; 2],
    tables: [String; 2],
    peering: String,
}

fn joined() -> Joined {
    let mut bench = Bench::new();
    let one = bench.plain_transit_gateway(ONE);
    let (two, peering) = bench.gateways_peered(ONE, &one);
    let side = |bench: &mut Bench, gateway: &str, range: &str, other: &str| {
        let vpc = text(&bench.ec2(ONE, "CreateVpc", json!({"CidrBlock": range}))["Vpc"]["VpcId"]);
        let subnet = json!({"VpcId": vpc, "CidrBlock": range.replace("/16", "/24")});
        bench.ec2(ONE, "CreateSubnet", subnet);
        let attachment = bench.attach_again(ONE, gateway, &vpc);
        let table = bench.transit_gateway_route_table(ONE, gateway);
        bench.wait();
        for attachment in [&attachment, &peering] {
            bench.associate(ONE, &table, attachment);
        }
        bench.propagate(ONE, &table, &attachment);
        let route = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": other,
            "TransitGatewayAttachmentId": peering});
        bench.ec2(ONE, "CreateTransitGatewayRoute", route);
        let asked = json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]});
        let main = bench.ec2(ONE, "DescribeRouteTables", asked)["RouteTables"][0]["RouteTableId"].clone();
        let route = json!({"RouteTableId": main, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": gateway});
        bench.ec2(ONE, "CreateRoute", route);
        bench.wait();
        (vpc, table)
    };
    let (vpc_one, table_one) = side(&mut bench, &one, "10.1.0.0/16", "10.2.0.0/16");
    let (vpc_two, table_two) = there(&mut bench, |bench| side(bench, &two, "10.2.0.0/16", "10.1.0.0/16"));
    Joined { bench, vpcs: [vpc_one, vpc_two], tables: [table_one, table_two], peering }
}

#[test]
fn packets_cross_a_peering_by_static_routes_of_both_sides() {
    let Joined { mut bench, vpcs, tables, peering } = joined();
    let go = |bench: &Bench, from: &str, to: &str| walk(&bench.sandbox.world, Start::Vpc(from), to.parse().unwrap());
    for (from, to, address) in [(&vpcs[0], &vpcs[1], "10.2.0.9"), (&vpcs[1], &vpcs[0], "10.1.0.9")] {
        let path = go(&bench, from, address);
        assert!(matches!(&path, Path::Delivered { vpc, .. } if vpc == to), "{path:?}");
    }
    let propagation = json!({"TransitGatewayRouteTableId": tables[0], "TransitGatewayAttachmentId": peering});
    bench.refused(ONE, "EnableTransitGatewayRouteTablePropagation", propagation, "InvalidParameterValue");
    let rows = json!({"TransitGatewayRouteTableId": tables[0],
        "Filters": [{"Name": "attachment.resource-type", "Values": ["peering"]}]});
    let found = bench.ec2(ONE, "SearchTransitGatewayRoutes", rows);
    assert_eq!(found["Routes"][0]["TransitGatewayAttachments"][0]["ResourceType"], "peering");
    let loops = json!({"TransitGatewayRouteTableId": tables[1], "DestinationCidrBlock": "10.2.0.0/24",
        "TransitGatewayAttachmentId": peering});
    there(&mut bench, |bench| bench.ec2(ONE, "CreateTransitGatewayRoute", loops.clone()));
    let back = json!({"TransitGatewayRouteTableId": tables[0], "DestinationCidrBlock": "10.2.0.0/24",
        "TransitGatewayAttachmentId": peering});
    bench.ec2(ONE, "CreateTransitGatewayRoute", back);
    assert!(matches!(go(&bench, &vpcs[0], "10.2.0.9"), Path::Dropped { .. }));
}

#[test]
fn deleting_a_peering_from_one_side_ends_the_routing_of_both() {
    let Joined { mut bench, tables, peering, .. } = joined();
    let gateway = text(&shown(&mut bench, ONE)[0]["RequesterTgwInfo"]["TransitGatewayId"]);
    let attachment = bench.ec2(ONE, "DescribeTransitGatewayVpcAttachments", json!({}));
    let attachment = attachment["TransitGatewayVpcAttachments"][0]["TransitGatewayAttachmentId"].clone();
    bench.ec2(ONE, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    bench.wait();
    let error = bench.refused(ONE, "DeleteTransitGateway", json!({"TransitGatewayId": gateway}), "IncorrectState");
    assert!(error.message.contains("Cross Region Peering"), "{error}");
    there(&mut bench, |bench| bench.ec2(ONE, "DeleteTransitGatewayPeeringAttachment", named(&peering)));
    bench.wait();
    let state = |bench: &mut Bench, table: &str| {
        let rows = bench.routes(ONE, table);
        rows.iter().find(|row| row.1 == "static").unwrap().2.clone()
    };
    assert_eq!(state(&mut bench, &tables[0]), "blackhole");
    assert_eq!(there(&mut bench, |bench| state(bench, &tables[1])), "blackhole");
    let associations = json!({"TransitGatewayRouteTableId": tables[0]});
    let rows = bench.ec2(ONE, "GetTransitGatewayRouteTableAssociations", associations);
    assert_eq!(rows["Associations"], json!([]));
    bench.ec2(ONE, "DeleteTransitGateway", json!({"TransitGatewayId": gateway}));
}

#[test]
fn tags_are_each_sides_own_even_in_one_account() {
    let mut bench = Bench::new();
    let one = bench.plain_transit_gateway(ONE);
    let (_, id) = bench.gateways_peered(ONE, &one);
    let tag = |value: &str| json!({"Resources": [id], "Tags": [{"Key": "Name", "Value": value}]});
    bench.ec2(ONE, "CreateTags", tag("here"));
    there(&mut bench, |bench| bench.ec2(ONE, "CreateTags", tag("there")));
    let value = |bench: &mut Bench| text(&shown(bench, ONE)[0]["Tags"][0]["Value"]);
    assert_eq!((value(&mut bench), there(&mut bench, value)), ("here".to_owned(), "there".to_owned()));
    let listed = bench.ec2(ONE, "DescribeTags", json!({}))["Tags"].clone();
    assert_eq!((&listed[0]["ResourceId"], &listed[0]["Value"]), (&json!(id), &json!("here")));
    bench.ec2(ONE, "DeleteTags", json!({"Resources": [id]}));
    assert_eq!(shown(&mut bench, ONE)[0]["Tags"], json!([]));
    assert_eq!(there(&mut bench, value), "there");
    let by_tag = json!({"Filters": [{"Name": "tag:Name", "Values": ["there"]}]});
    let found = bench.ec2(ONE, "DescribeTransitGatewayPeeringAttachments", by_tag);
    assert_eq!(found["TransitGatewayPeeringAttachments"], json!([]));
}

#[test]
fn a_peering_joins_the_default_association_table_and_propagates_to_none() {
    let mut bench = Bench::new();
    let one = bench.transit_gateway(ONE, json!({}));
    bench.gateways_peered(ONE, &one);
    bench.wait();
    let rows = bench.ec2(ONE, "DescribeTransitGatewayAttachments", json!({}));
    let table = text(&rows["TransitGatewayAttachments"][0]["Association"]["TransitGatewayRouteTableId"]);
    let asked = json!({"TransitGatewayRouteTableId": table});
    let propagations = bench.ec2(ONE, "GetTransitGatewayRouteTablePropagations", asked);
    assert_eq!(propagations["TransitGatewayRouteTablePropagations"], json!([]));
}
