use std::time::Duration;

use serde_json::{Value, json};

use crate::network::support::{Bench, text};
use crate::network::walk::{Path, Start, Why, walk};

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";
const HOUR: Duration = Duration::from_secs(3600);

/// VPCs of two accounts in one Region, which do not overlap.
fn two() -> (Bench, String, String) {
    let mut bench = Bench::new();
    let (one, two) = (bench.vpc(ONE, "10.1.0.0/16"), bench.vpc(TWO, "10.2.0.0/16"));
    (bench, one, two)
}

fn request(bench: &mut Bench, one: &str, two: &str, owner: &str) -> String {
    let asked = json!({"VpcId": one, "PeerVpcId": two, "PeerOwnerId": owner});
    let made = bench.ec2(ONE, "CreateVpcPeeringConnection", asked);
    let made = &made["VpcPeeringConnection"];
    assert_eq!(made["Status"]["Code"], "initiating-request");
    let id = text(&made["VpcPeeringConnectionId"]);
    bench.wait();
    id
}

fn named(id: &str) -> Value {
    json!({"VpcPeeringConnectionId": id})
}

/// Tells the status that an account sees, or nothing.
fn status(bench: &mut Bench, account: &str) -> String {
    let shown = bench.ec2(account, "DescribeVpcPeeringConnections", json!({}));
    shown["VpcPeeringConnections"][0]["Status"]["Code"].as_str().unwrap_or_default().to_owned()
}

fn active(bench: &mut Bench, one: &str, two: &str) -> String {
    let id = request(bench, one, two, TWO);
    bench.ec2(TWO, "AcceptVpcPeeringConnection", named(&id));
    bench.wait();
    id
}

#[test]
fn a_request_is_accepted_by_the_accepter_and_then_shows_its_ranges() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, &one, &two, TWO);
    let shown = bench.ec2(ONE, "DescribeVpcPeeringConnections", json!({}))["VpcPeeringConnections"][0].clone();
    assert_eq!(shown["Status"]["Code"], "pending-acceptance");
    assert_eq!(shown["RequesterVpcInfo"]["CidrBlock"], "10.1.0.0/16");
    assert!(shown["AccepterVpcInfo"].get("CidrBlock").is_none());
    bench.refused(ONE, "AcceptVpcPeeringConnection", named(&id), "OperationNotPermitted");
    let begun = bench.ec2(TWO, "AcceptVpcPeeringConnection", named(&id));
    assert_eq!(begun["VpcPeeringConnection"]["Status"]["Code"], "provisioning");
    bench.wait();
    let shown = bench.ec2(ONE, "DescribeVpcPeeringConnections", json!({}))["VpcPeeringConnections"][0].clone();
    assert_eq!(shown["Status"]["Code"], "active");
    assert_eq!(shown["AccepterVpcInfo"]["CidrBlockSet"], json!([{"CidrBlock": "10.2.0.0/16"}]));
    bench.refused(TWO, "AcceptVpcPeeringConnection", named(&id), "InvalidStateTransition");
    let again = json!({"VpcId": one, "PeerVpcId": two, "PeerOwnerId": TWO});
    bench.refused(ONE, "CreateVpcPeeringConnection", again, "VpcPeeringConnectionAlreadyExists");
    let back = json!({"VpcId": two, "PeerVpcId": one, "PeerOwnerId": ONE});
    bench.refused(TWO, "CreateVpcPeeringConnection", back, "VpcPeeringConnectionAlreadyExists");
}

#[test]
fn overlapping_ranges_fail_and_the_requester_alone_sees_it_for_two_hours() {
    let (mut bench, one, _) = two();
    let same = bench.vpc(TWO, "10.1.128.0/17");
    let id = request(&mut bench, &one, &same, TWO);
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("failed".to_owned(), String::new()));
    bench.refused(ONE, "DeleteVpcPeeringConnection", named(&id), "InvalidStateTransition");
    bench.sandbox.advance(3 * HOUR);
    assert_eq!(status(&mut bench, ONE), "");
    request(&mut bench, &one, "vpc-0123456789abcdef0", TWO);
    assert_eq!(status(&mut bench, ONE), "failed");
}

#[test]
fn a_request_expires_after_seven_days_and_both_see_it_for_two() {
    let (mut bench, one, two) = two();
    request(&mut bench, &one, &two, TWO);
    bench.sandbox.advance(6 * 24 * HOUR);
    assert_eq!(status(&mut bench, TWO), "pending-acceptance");
    bench.sandbox.advance(24 * HOUR);
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("expired".to_owned(), "expired".to_owned()));
    bench.sandbox.advance(49 * HOUR);
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), (String::new(), String::new()));
}

#[test]
fn a_rejected_one_is_seen_for_two_days_by_the_requester_and_two_hours_by_the_accepter() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, &one, &two, TWO);
    bench.refused(ONE, "RejectVpcPeeringConnection", named(&id), "OperationNotPermitted");
    bench.refused(TWO, "DeleteVpcPeeringConnection", named(&id), "InvalidStateTransition");
    bench.ec2(TWO, "RejectVpcPeeringConnection", named(&id));
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("rejected".to_owned(), "rejected".to_owned()));
    bench.sandbox.advance(3 * HOUR);
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("rejected".to_owned(), String::new()));
    bench.sandbox.advance(48 * HOUR);
    assert_eq!(status(&mut bench, ONE), "");
}

#[test]
fn either_side_deletes_an_active_one_and_the_other_sees_it_longer() {
    let (mut bench, one, two) = two();
    let id = active(&mut bench, &one, &two);
    bench.ec2(TWO, "DeleteVpcPeeringConnection", named(&id));
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("deleted".to_owned(), "deleted".to_owned()));
    bench.sandbox.advance(3 * HOUR);
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("deleted".to_owned(), String::new()));
    active(&mut bench, &one, &two);
}

#[test]
fn across_regions_it_is_accepted_in_the_accepters_and_takes_a_moment_to_delete() {
    let mut bench = Bench::new();
    let one = bench.vpc(ONE, "10.1.0.0/16");
    bench.region = "eu-west-1".to_owned();
    let two = bench.vpc(ONE, "10.2.0.0/16");
    bench.region = "us-east-1".to_owned();
    let asked = json!({"VpcId": one, "PeerVpcId": two, "PeerRegion": "eu-west-1"});
    let made = bench.ec2(ONE, "CreateVpcPeeringConnection", asked);
    let id = text(&made["VpcPeeringConnection"]["VpcPeeringConnectionId"]);
    bench.wait();
    let error = bench.refused(ONE, "AcceptVpcPeeringConnection", named(&id), "OperationNotPermitted");
    assert!(error.message.starts_with("Incorrect region (us-east-1)"), "{error}");
    bench.region = "eu-west-1".to_owned();
    bench.ec2(ONE, "AcceptVpcPeeringConnection", named(&id));
    bench.wait();
    let tag = json!({"Resources": [id], "Tags": [{"Key": "Name", "Value": "there"}]});
    bench.ec2(ONE, "CreateTags", tag);
    bench.ec2(ONE, "DeleteVpcPeeringConnection", named(&id));
    assert_eq!(status(&mut bench, ONE), "deleting");
    bench.wait();
    assert_eq!(status(&mut bench, ONE), "deleted");
    bench.region = "us-east-1".to_owned();
    let shown = bench.ec2(ONE, "DescribeVpcPeeringConnections", json!({}));
    assert_eq!(shown["VpcPeeringConnections"][0]["Tags"], json!([]), "tags are of the Region where they are set");
}

#[test]
fn each_side_sets_its_own_dns_option_while_active() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, &one, &two, TWO);
    let ours = json!({"VpcPeeringConnectionId": id,
        "RequesterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": true}});
    let error = bench.refused(ONE, "ModifyVpcPeeringConnectionOptions", ours.clone(), "OperationNotPermitted");
    assert!(error.message.contains("is not active"), "{error}");
    bench.ec2(TWO, "AcceptVpcPeeringConnection", named(&id));
    bench.wait();
    let disabled = "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled";
    bench.refused(ONE, "ModifyVpcPeeringConnectionOptions", ours.clone(), disabled);
    bench.ec2(ONE, "ModifyVpcAttribute", json!({"VpcId": one, "EnableDnsHostnames": {"Value": true}}));
    let set = bench.ec2(ONE, "ModifyVpcPeeringConnectionOptions", ours.clone());
    assert_eq!(set, json!({"RequesterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": true}}));
    bench.refused(TWO, "ModifyVpcPeeringConnectionOptions", ours, "OperationNotPermitted");
    let shown = bench.ec2(TWO, "DescribeVpcPeeringConnections", json!({}))["VpcPeeringConnections"][0].clone();
    let option = |side: &str| shown[side]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"].clone();
    assert_eq!((option("RequesterVpcInfo"), option("AccepterVpcInfo")), (json!(true), json!(false)));
}

#[test]
fn routes_lead_over_it_to_the_other_vpc_and_no_further() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, &one, &two, TWO);
    let third = bench.vpc(ONE, "10.3.0.0/16");
    let asked = json!({"Filters": [{"Name": "vpc-id", "Values": [one]}]});
    let main = text(&bench.ec2(ONE, "DescribeRouteTables", asked)["RouteTables"][0]["RouteTableId"]);
    let route = |table: &str, range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range, "VpcPeeringConnectionId": id});
    bench.ec2(ONE, "CreateRoute", route(&main, "10.0.0.0/8"));
    let state = |bench: &mut Bench| {
        let tables = bench.ec2(ONE, "DescribeRouteTables", json!({"RouteTableIds": [main]}));
        let route = tables["RouteTables"][0]["Routes"][1].clone();
        assert_eq!(route["VpcPeeringConnectionId"], id);
        text(&route["State"])
    };
    assert_eq!(state(&mut bench), "blackhole", "it waits for acceptance");
    bench.ec2(TWO, "AcceptVpcPeeringConnection", named(&id));
    bench.wait();
    assert_eq!(state(&mut bench), "active");
    let go = |bench: &Bench, to: &str| walk(&bench.sandbox.world, Start::Vpc(&one), to.parse().unwrap());
    assert!(matches!(go(&bench, "10.2.0.9"), Path::Delivered { vpc, .. } if vpc == two));
    assert!(matches!(go(&bench, "10.3.0.9"), Path::Dropped { why: Why::NotTransitive, .. }));
    let other = bench.route_table(ONE, &third);
    bench.refused(ONE, "CreateRoute", route(&other, "10.2.0.0/16"), "InvalidParameterValue");
    bench.ec2(ONE, "DeleteVpcPeeringConnection", named(&id));
    assert_eq!(state(&mut bench), "blackhole");
    bench.refused(ONE, "CreateRoute", route(&main, "10.2.0.0/16"), "InvalidVpcPeeringConnectionID.NotFound");
}

#[test]
fn a_peered_vpc_and_one_that_another_account_asks_for_stay() {
    let (mut bench, one, two) = two();
    let id = request(&mut bench, &one, &two, TWO);
    bench.refused(TWO, "DeleteVpc", json!({"VpcId": two}), "DependencyViolation");
    bench.ec2(TWO, "AcceptVpcPeeringConnection", named(&id));
    bench.wait();
    for (account, vpc) in [(ONE, &one), (TWO, &two)] {
        bench.refused(account, "DeleteVpc", json!({"VpcId": vpc}), "DependencyViolation");
    }
    bench.ec2(ONE, "DeleteVpcPeeringConnection", named(&id));
    bench.ec2(TWO, "DeleteVpc", json!({"VpcId": two}));
}

#[test]
fn quotas_hold_for_active_ones_and_for_requests() {
    let (mut bench, one, two) = two();
    bench.sandbox.world.network.quotas.active_vpc_peerings_per_vpc = 1;
    bench.sandbox.world.network.quotas.outstanding_vpc_peerings = 1;
    active(&mut bench, &one, &two);
    let (third, fourth) = (bench.vpc(TWO, "10.3.0.0/16"), bench.vpc(ONE, "10.4.0.0/16"));
    let asked = |vpc: &str| json!({"VpcId": vpc, "PeerVpcId": third, "PeerOwnerId": TWO});
    let full = "ActiveVpcPeeringConnectionPerVpcLimitExceeded";
    bench.refused(ONE, "CreateVpcPeeringConnection", asked(&one), full);
    bench.ec2(ONE, "CreateVpcPeeringConnection", asked(&fourth));
    let more = json!({"VpcId": fourth, "PeerVpcId": two, "PeerOwnerId": TWO});
    bench.refused(ONE, "CreateVpcPeeringConnection", more, "OutstandingVpcPeeringConnectionLimitExceeded");
}

#[test]
fn peerings_are_listed_by_filters_and_strangers_see_none() {
    let (mut bench, one, two) = two();
    let id = active(&mut bench, &one, &two);
    for (name, value, count) in [
        ("status-code", "active", 1),
        ("status-code", "pending-acceptance", 0),
        ("accepter-vpc-info.owner-id", TWO, 1),
        ("requester-vpc-info.vpc-id", one.as_str(), 1),
        ("requester-vpc-info.cidr-block", "10.2.0.0/16", 0),
    ] {
        let asked = json!({"Filters": [{"Name": name, "Values": [value]}]});
        let found = bench.ec2(ONE, "DescribeVpcPeeringConnections", asked)["VpcPeeringConnections"].clone();
        assert_eq!(found.as_array().unwrap().len(), count, "{name}");
    }
    let stranger = json!({"VpcPeeringConnectionIds": [id]});
    let not_found = "InvalidVpcPeeringConnectionID.NotFound";
    bench.refused("333333333333", "DescribeVpcPeeringConnections", stranger, not_found);
}

#[test]
fn the_accepter_does_not_see_a_request_before_it_has_reached_it() {
    let (mut bench, one, two) = two();
    let asked = json!({"VpcId": one, "PeerVpcId": two, "PeerOwnerId": TWO});
    let made = bench.ec2(ONE, "CreateVpcPeeringConnection", asked);
    let id = text(&made["VpcPeeringConnection"]["VpcPeeringConnectionId"]);
    assert_eq!((status(&mut bench, ONE), status(&mut bench, TWO)), ("initiating-request".to_owned(), String::new()));
    bench.refused(TWO, "AcceptVpcPeeringConnection", named(&id), "InvalidVpcPeeringConnectionID.NotFound");
    bench.wait();
    assert_eq!(status(&mut bench, TWO), "pending-acceptance");
}
