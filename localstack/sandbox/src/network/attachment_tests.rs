use std::time::Duration;

use serde_json::json;

use crate::clock::Pace;
use crate::network::support::{Bench, text};
use crate::sandbox::{Sandbox, Settings};

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";
const OTHER: &str = "333333333333";

fn named(attachment: &str) -> serde_json::Value {
    json!({"TransitGatewayAttachmentId": attachment})
}

/// A transit gateway shared with a spoke, and the spoke's VPC with a request to attach it.
fn requested() -> (Bench, String, String, String) {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(HUB);
    bench.share(HUB, &hub, SPOKE);
    let vpc = bench.vpc(SPOKE, "10.1.0.0/16");
    let attachment = bench.attachment(SPOKE, &hub, &vpc);
    (bench, hub, vpc, attachment)
}

#[test]
fn another_accounts_attachment_waits_for_the_hub_alone() {
    let (mut bench, _, _, attachment) = requested();
    bench.wait();
    assert_eq!(bench.state(SPOKE, &attachment), "pendingAcceptance");
    assert_eq!(bench.state(HUB, &attachment), "pendingAcceptance");
    bench.refused(SPOKE, "AcceptTransitGatewayVpcAttachment", named(&attachment), "UnauthorizedOperation");
    bench.refused(
        OTHER,
        "AcceptTransitGatewayVpcAttachment",
        named(&attachment),
        "InvalidTransitGatewayAttachmentID.NotFound",
    );
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
    assert_eq!(bench.state(SPOKE, &attachment), "pending");
    bench.wait();
    assert_eq!(bench.state(SPOKE, &attachment), "available");
}

#[test]
fn the_hubs_own_and_auto_accepted_attachments_need_nobodys_word() {
    let mut bench = Bench::new();
    let hub = bench.transit_gateway(HUB, json!({"AutoAcceptSharedAttachments": "enable"}));
    bench.share(HUB, &hub, SPOKE);
    for account in [HUB, SPOKE] {
        let vpc = bench.vpc(account, "10.1.0.0/16");
        let attachment = bench.attachment(account, &hub, &vpc);
        assert_eq!(bench.state(account, &attachment), "pending");
        bench.wait();
        assert_eq!(bench.state(account, &attachment), "available");
    }
}

#[test]
fn a_rejected_attachment_stays_listed_for_two_hours_and_blocks_nothing() {
    let (mut bench, hub, vpc, attachment) = requested();
    bench.ec2(HUB, "RejectTransitGatewayVpcAttachment", named(&attachment));
    assert_eq!(bench.state(SPOKE, &attachment), "rejecting");
    bench.wait();
    assert_eq!(bench.state(SPOKE, &attachment), "rejected");
    bench.refused(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment), "IncorrectState");
    bench.attach_again(SPOKE, &hub, &vpc);
    bench.sandbox.advance(Duration::from_secs(2 * 3600));
    let shown = bench.ec2(SPOKE, "DescribeTransitGatewayVpcAttachments", json!({}));
    assert_eq!(shown["TransitGatewayVpcAttachments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_accept_is_an_incorrect_state_unless_switched() {
    for (succeeds, ok) in [(false, false), (true, true)] {
        let (mut bench, _, _, attachment) = requested();
        bench.sandbox.world.network.switches.second_accept_succeeds = succeeds;
        bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
        bench.wait();
        let again = bench.call(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
        assert_eq!(again.is_ok(), ok);
    }
}

#[test]
fn either_side_deletes_and_a_deleting_one_still_blocks_its_pair() {
    for account in [HUB, SPOKE] {
        let (mut bench, hub, vpc, attachment) = requested();
        bench.ec2(account, "DeleteTransitGatewayVpcAttachment", named(&attachment));
        let subnets = bench.ec2(SPOKE, "DescribeSubnets", json!({}));
        let subnet = &subnets["Subnets"][0]["SubnetId"];
        let again = json!({"TransitGatewayId": hub, "VpcId": vpc, "SubnetIds": [subnet]});
        let error = bench.refused(
            SPOKE,
            "CreateTransitGatewayVpcAttachment",
            again.clone(),
            "DuplicateTransitGatewayAttachment",
        );
        assert_eq!(error.message, format!("{hub} has non-deleted Transit Gateway Attachments with same VPC ID."));
        bench.wait();
        assert_eq!(bench.state(account, &attachment), "deleted");
        bench.refused(
            account,
            "DeleteTransitGatewayVpcAttachment",
            named(&attachment),
            "InvalidTransitGatewayAttachmentID.NotFound",
        );
        bench.ec2(SPOKE, "CreateTransitGatewayVpcAttachment", again);
    }
}

#[test]
fn a_failed_attachment_cannot_be_deleted_and_goes_by_itself() {
    let (mut bench, hub, vpc, attachment) = requested();
    bench.sandbox.world.network.switches.attachments_fail_in.insert(SPOKE.to_owned());
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
    bench.wait();
    assert_eq!(bench.state(HUB, &attachment), "failed");
    bench.refused(HUB, "DeleteTransitGatewayVpcAttachment", named(&attachment), "IncorrectState");
    let subnets = bench.ec2(SPOKE, "DescribeSubnets", json!({}));
    let again = json!({"TransitGatewayId": hub, "VpcId": vpc, "SubnetIds": [subnets["Subnets"][0]["SubnetId"]]});
    bench.refused(SPOKE, "CreateTransitGatewayVpcAttachment", again, "DuplicateTransitGatewayAttachment");
    bench.sandbox.advance(Duration::from_secs(2 * 3600));
    bench.sandbox.world.network.switches.attachments_fail_in.clear();
    bench.attach_again(SPOKE, &hub, &vpc);
}

#[test]
fn a_failed_attachment_blocks_its_pair_only_if_switched_so() {
    let (mut bench, hub, vpc, attachment) = requested();
    bench.sandbox.world.network.switches.attachments_fail_in.insert(SPOKE.to_owned());
    bench.sandbox.world.network.switches.failed_attachments_block = false;
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
    bench.wait();
    bench.attach_again(SPOKE, &hub, &vpc);
}

#[test]
fn the_two_sides_see_a_new_attachment_each_in_its_own_time() {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(HUB);
    bench.share(HUB, &hub, SPOKE);
    let vpc = bench.vpc(SPOKE, "10.1.0.0/16");
    let subnet = bench.subnet(SPOKE, &vpc, "10.1.0.0/24", 0);
    bench.sandbox.world.network.visibility_lag_seconds = 100.0;
    let asked = json!({"TransitGatewayId": hub, "VpcId": vpc, "SubnetIds": [subnet]});
    bench.ec2(SPOKE, "CreateTransitGatewayVpcAttachment", asked);
    let mut since = [None; 2];
    for second in 0..=100 {
        for (side, account) in [HUB, SPOKE].into_iter().enumerate() {
            let shown = bench.ec2(account, "DescribeTransitGatewayAttachments", json!({}));
            if shown["TransitGatewayAttachments"] != json!([]) {
                since[side].get_or_insert(second);
            }
        }
        bench.sandbox.advance(Duration::from_secs(1));
    }
    let [Some(hub), Some(spoke)] = since else { panic!("not seen within the bound: {since:?}") };
    assert!(hub > 0 && spoke > 0 && hub != spoke, "{since:?}");
}

#[test]
fn an_unaccepted_attachment_expires_only_if_switched_so() {
    for (days, state) in [(None, "pendingAcceptance"), (Some(7), "failed")] {
        let mut bench = Bench::new();
        bench.sandbox.world.network.switches.pending_acceptance_expires_days = days;
        let hub = bench.plain_transit_gateway(HUB);
        bench.share(HUB, &hub, SPOKE);
        let vpc = bench.vpc(SPOKE, "10.1.0.0/16");
        let attachment = bench.attachment(SPOKE, &hub, &vpc);
        bench.sandbox.advance(Duration::from_secs(7 * 24 * 3600 + 60));
        assert_eq!(bench.state(HUB, &attachment), state);
    }
}

#[test]
fn each_side_has_its_own_tags() {
    let (mut bench, _, _, attachment) = requested();
    let tag = |value: &str| json!({"Resources": [attachment], "Tags": [{"Key": "Name", "Value": value}]});
    bench.ec2(SPOKE, "CreateTags", tag("spoke"));
    let tags = |bench: &mut Bench, account: &str| {
        let shown = bench.ec2(account, "DescribeTransitGatewayAttachments", json!({}));
        shown["TransitGatewayAttachments"][0]["Tags"].clone()
    };
    assert_eq!(tags(&mut bench, HUB), json!([]));
    bench.ec2(HUB, "CreateTags", tag("hub"));
    assert_eq!(tags(&mut bench, SPOKE)[0]["Value"], "spoke");
    assert_eq!(tags(&mut bench, HUB)[0]["Value"], "hub");
    bench.refused(OTHER, "CreateTags", tag("other"), "InvalidTransitGatewayAttachmentID.NotFound");
}

#[test]
fn an_attachment_has_one_subnet_in_each_zone_and_only_of_its_vpc() {
    let (mut bench, hub, vpc, _) = requested();
    let other = bench.vpc(SPOKE, "10.2.0.0/16");
    let foreign = bench.subnet(SPOKE, &other, "10.2.1.0/24", 0);
    let (one, two) = (bench.subnet(SPOKE, &vpc, "10.1.1.0/24", 1), bench.subnet(SPOKE, &vpc, "10.1.2.0/24", 1));
    let asked = |vpc: &str, subnets: &[&String]| json!({"TransitGatewayId": hub, "VpcId": vpc, "SubnetIds": subnets});
    for (subnets, code) in
        [(vec![&one, &two], "DuplicateSubnetsInSameZone"), (vec![&foreign], "InvalidSubnetID.NotFound")]
    {
        bench.refused(SPOKE, "CreateTransitGatewayVpcAttachment", asked(&vpc, &subnets), code);
    }
    bench.refused(SPOKE, "CreateTransitGatewayVpcAttachment", asked(&vpc, &[]), "MissingParameter");
}

#[test]
fn modifying_removes_before_it_adds() {
    let (mut bench, _, vpc, attachment) = requested();
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
    bench.wait();
    let shown = bench.ec2(SPOKE, "DescribeTransitGatewayVpcAttachments", json!({}));
    let first = text(&shown["TransitGatewayVpcAttachments"][0]["SubnetIds"][0]);
    let (same, next) = (bench.subnet(SPOKE, &vpc, "10.1.1.0/24", 0), bench.subnet(SPOKE, &vpc, "10.1.2.0/24", 1));
    let change = |add: &[&String], remove: &[&String]| json!({"TransitGatewayAttachmentId": attachment, "AddSubnetIds": add, "RemoveSubnetIds": remove});
    let action = "ModifyTransitGatewayVpcAttachment";
    bench.refused(SPOKE, action, change(&[&next], &[&first]), "InsufficientSubnetsException");
    bench.refused(SPOKE, action, change(&[&same], &[]), "DuplicateSubnetsInSameZone");
    bench.refused(SPOKE, action, change(&[], &[&next]), "InvalidSubnetID.NotFound");
    bench.refused(HUB, action, change(&[&next], &[]), "UnauthorizedOperation");
    bench.ec2(SPOKE, action, change(&[&next], &[]));
    bench.refused(SPOKE, action, change(&[], &[&first]), "IncorrectState");
    bench.wait();
    bench.ec2(SPOKE, action, change(&[], &[&first]));
    bench.refused(SPOKE, "DeleteSubnet", json!({"SubnetId": next}), "DependencyViolation");
    bench.ec2(SPOKE, "DeleteSubnet", json!({"SubnetId": first}));
}

#[test]
fn options_have_awss_defaults_and_change_one_by_one() {
    let (mut bench, _, _, attachment) = requested();
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named(&attachment));
    bench.wait();
    let asked = json!({"TransitGatewayAttachmentId": attachment, "Options": {"ApplianceModeSupport": "enable"}});
    let changed = bench.ec2(SPOKE, "ModifyTransitGatewayVpcAttachment", asked);
    assert_eq!(
        changed["TransitGatewayVpcAttachment"]["Options"],
        json!({"DnsSupport": "enable", "SecurityGroupReferencingSupport": "enable", "Ipv6Support": "disable",
            "ApplianceModeSupport": "enable"})
    );
}

#[test]
fn the_generic_view_has_owners_and_association_but_no_subnets() {
    let (mut bench, hub, vpc, attachment) = requested();
    let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}))["TransitGatewayAttachments"][0].clone();
    assert_eq!(shown["TransitGatewayId"], hub);
    assert_eq!(shown["TransitGatewayOwnerId"], HUB);
    assert_eq!(shown["ResourceOwnerId"], SPOKE);
    assert_eq!(shown["ResourceId"], vpc);
    assert_eq!(shown["ResourceType"], "vpc");
    assert!(shown.get("SubnetIds").is_none() && shown.get("Association").is_none());
    let asked = |name: &str, value: &str| json!({"Filters": [{"Name": name, "Values": [value]}]});
    for (name, value, count) in [
        ("resource-owner-id", SPOKE, 1),
        ("resource-owner-id", HUB, 0),
        ("transit-gateway-attachment-id", attachment.as_str(), 1),
        ("state", "available", 0),
    ] {
        let found = bench.ec2(HUB, "DescribeTransitGatewayAttachments", asked(name, value));
        assert_eq!(found["TransitGatewayAttachments"].as_array().unwrap().len(), count, "{name}={value}");
    }
    bench.refused(HUB, "DescribeTransitGatewayVpcAttachments", asked("resource-id", &vpc), "InvalidParameterValue");
}

#[test]
fn a_vpc_attached_cannot_go() {
    let (mut bench, _, vpc, attachment) = requested();
    let subnets = bench.ec2(SPOKE, "DescribeSubnets", json!({}));
    let subnet = subnets["Subnets"][0]["SubnetId"].clone();
    bench.refused(SPOKE, "DeleteSubnet", json!({"SubnetId": subnet}), "DependencyViolation");
    bench.ec2(SPOKE, "DeleteTransitGatewayVpcAttachment", named(&attachment));
    bench.wait();
    bench.ec2(SPOKE, "DeleteSubnet", json!({"SubnetId": subnet}));
    bench.ec2(SPOKE, "DeleteVpc", json!({"VpcId": vpc}));
}

#[test]
fn attachments_are_limited_for_each_vpc() {
    let mut bench = Bench::new();
    bench.sandbox.world.network.quotas.transit_gateways_per_vpc = 1;
    let (one, two) = (bench.plain_transit_gateway(HUB), bench.plain_transit_gateway(HUB));
    let vpc = bench.vpc(HUB, "10.1.0.0/16");
    bench.attachment(HUB, &one, &vpc);
    let subnets = bench.ec2(HUB, "DescribeSubnets", json!({}));
    let asked = json!({"TransitGatewayId": two, "VpcId": vpc, "SubnetIds": [subnets["Subnets"][0]["SubnetId"]]});
    bench.refused(HUB, "CreateTransitGatewayVpcAttachment", asked, "TransitGatewayAttachmentLimitExceeded");
}

#[test]
fn attachments_that_are_over_do_not_count_against_the_transit_gateways_quota() {
    let mut bench = Bench::new();
    bench.sandbox.world.network.quotas.attachments_per_transit_gateway = 1;
    let hub = bench.plain_transit_gateway(HUB);
    let (one, two) = (bench.vpc(HUB, "10.1.0.0/16"), bench.vpc(HUB, "10.2.0.0/16"));
    let attachment = bench.attachment(HUB, &hub, &one);
    let subnet = bench.subnet(HUB, &two, "10.2.0.0/24", 0);
    let asked = json!({"TransitGatewayId": hub, "VpcId": two, "SubnetIds": [subnet]});
    let code = "TransitGatewayAttachmentLimitExceeded";
    bench.refused(HUB, "CreateTransitGatewayVpcAttachment", asked.clone(), code);
    bench.wait();
    bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", named(&attachment));
    bench.wait();
    bench.ec2(HUB, "CreateTransitGatewayVpcAttachment", asked);
}

#[test]
fn under_an_instant_pace_everything_is_done_by_the_next_call() {
    let mut bench = Bench::new();
    bench.sandbox = Sandbox::new(Settings { pace: Pace::Instant, ..Settings::default() });
    let made = bench.ec2(HUB, "CreateTransitGateway", json!({}));
    let hub = text(&made["TransitGateway"]["TransitGatewayId"]);
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let attachment = bench.attachment(HUB, &hub, &vpc);
    assert_eq!(bench.state(HUB, &attachment), "available");
    let shown = bench.ec2(HUB, "DescribeTransitGatewayAttachments", json!({}));
    assert_eq!(shown["TransitGatewayAttachments"][0]["Association"]["State"], "associated");
}
