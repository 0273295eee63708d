//! RAM beyond the plain way: quotas, tokens, purged invitations, permissions, tags, empty pages, departures.

use std::time::Duration;

use serde_json::{Value, json};

use crate::network::support::{Bench, text};

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

fn gateway(bench: &mut Bench) -> String {
    let gateway = bench.plain_transit_gateway(HUB);
    format!("arn:aws:ec2:us-east-1:{HUB}:transit-gateway/{gateway}")
}

fn share(bench: &mut Bench, more: Value) -> String {
    let mut asked = json!({"name": "hub"});
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    text(&bench.ram(HUB, "CreateResourceShare", asked).unwrap()["resourceShare"]["resourceShareArn"])
}

fn refused(bench: &mut Bench, account: &str, action: &str, params: Value, code: &str) {
    let error = bench.ram(account, action, params.clone()).expect_err(&format!("{action} {params} succeeded"));
    assert_eq!(error.code, code, "{action} {params}: {error}");
}

fn invitations(bench: &mut Bench, account: &str) -> Vec<Value> {
    let answer = bench.ram(account, "GetResourceShareInvitations", json!({})).unwrap();
    answer["resourceShareInvitations"].as_array().unwrap().clone()
}

fn status(bench: &mut Bench, share: &str, kind: &str) -> String {
    let asked = json!({"associationType": kind, "resourceShareArns": [share]});
    let answer = bench.ram(HUB, "GetResourceShareAssociations", asked).unwrap();
    text(&answer["resourceShareAssociations"][0]["status"])
}

#[test]
fn an_accepted_invitation_is_forgotten_and_the_association_stays() {
    let mut bench = Bench::new();
    let arn = gateway(&mut bench);
    let share = share(&mut bench, json!({"resourceArns": [arn], "principals": [SPOKE]}));
    let invitation = invitations(&mut bench, SPOKE)[0]["resourceShareInvitationArn"].clone();
    let named = json!({"resourceShareInvitationArn": invitation});
    bench.ram(SPOKE, "AcceptResourceShareInvitation", named.clone()).unwrap();
    bench.sandbox.advance(Duration::from_secs(6 * 24 * 3600));
    assert_eq!(invitations(&mut bench, SPOKE)[0]["status"], "ACCEPTED");
    bench.sandbox.advance(Duration::from_secs(24 * 3600));
    assert!(invitations(&mut bench, SPOKE).is_empty());
    assert_eq!(status(&mut bench, &share, "PRINCIPAL"), "ASSOCIATED");
    let code = "ResourceShareInvitationArnNotFoundException";
    refused(&mut bench, SPOKE, "AcceptResourceShareInvitation", named, code);
    let shown = bench.ram(SPOKE, "GetResourceShares", json!({"resourceOwner": "OTHER-ACCOUNTS"})).unwrap();
    assert_eq!(shown["resourceShares"][0]["resourceShareArn"], json!(share));
}

#[test]
fn a_pending_invitation_shows_what_it_would_share_until_it_is_answered() {
    let mut bench = Bench::new();
    let arn = gateway(&mut bench);
    share(&mut bench, json!({"resourceArns": [arn], "principals": [SPOKE]}));
    bench.wait();
    let invitation = invitations(&mut bench, SPOKE)[0]["resourceShareInvitationArn"].clone();
    let named = json!({"resourceShareInvitationArn": invitation});
    let shown = bench.ram(SPOKE, "ListPendingInvitationResources", named.clone()).unwrap();
    assert_eq!(
        (&shown["resources"][0]["arn"], &shown["resources"][0]["type"]),
        (&json!(arn), &json!("ec2:TransitGateway"))
    );
    let code = "ResourceShareInvitationArnNotFoundException";
    refused(&mut bench, "333333333333", "ListPendingInvitationResources", named.clone(), code);
    bench.ram(SPOKE, "RejectResourceShareInvitation", named.clone()).unwrap();
    let code = "ResourceShareInvitationAlreadyRejectedException";
    refused(&mut bench, SPOKE, "ListPendingInvitationResources", named, code);
}

#[test]
fn a_client_token_counts_for_every_write_and_for_all_its_parameters() {
    let mut bench = Bench::new();
    let arn = gateway(&mut bench);
    let share = share(&mut bench, json!({}));
    let asked = json!({"resourceShareArn": share, "resourceArns": [arn], "clientToken": "token"});
    let first = bench.ram(HUB, "AssociateResourceShare", asked.clone()).unwrap();
    bench.wait();
    assert_eq!(bench.ram(HUB, "AssociateResourceShare", asked).unwrap(), first, "the first answer again");
    let other = json!({"resourceShareArn": share, "principals": [SPOKE], "clientToken": "token"});
    refused(&mut bench, HUB, "AssociateResourceShare", other.clone(), "IdempotentParameterMismatchException");
    assert_eq!(invitations(&mut bench, SPOKE).len(), 0);
    bench.sandbox.advance(Duration::from_secs(24 * 3600));
    bench.ram(HUB, "AssociateResourceShare", other).unwrap();
    let bad = json!({"name": "s", "clientToken": "a b"});
    refused(&mut bench, HUB, "CreateResourceShare", bad, "InvalidClientTokenException");
}

#[test]
fn what_is_on_its_way_out_can_be_neither_taken_out_nor_put_back() {
    let mut bench = Bench::new();
    let arn = gateway(&mut bench);
    let share = share(&mut bench, json!({"resourceArns": [arn]}));
    bench.wait();
    let asked = json!({"resourceShareArn": share, "resourceArns": [arn]});
    bench.ram(HUB, "DisassociateResourceShare", asked.clone()).unwrap();
    refused(&mut bench, HUB, "DisassociateResourceShare", asked.clone(), "InvalidStateTransitionException");
    refused(&mut bench, HUB, "AssociateResourceShare", asked.clone(), "InvalidStateTransitionException");
    bench.wait();
    assert_eq!(status(&mut bench, &share, "RESOURCE"), "DISASSOCIATED");
    refused(&mut bench, HUB, "DisassociateResourceShare", asked.clone(), "UnknownResourceException");
    bench.ram(HUB, "AssociateResourceShare", asked).unwrap();
    bench.wait();
    assert_eq!(status(&mut bench, &share, "RESOURCE"), "ASSOCIATED");
}

#[test]
fn quotas_are_kept_and_leave_nothing_half_made() {
    let mut bench = Bench::new();
    bench.sandbox.world.sharing.quotas.pending_invitations = 1;
    let asked = |name: &str, principals: &[&str]| json!({"name": name, "principals": principals});
    let code = "ResourceShareLimitExceededException";
    refused(&mut bench, HUB, "CreateResourceShare", asked("a", &[SPOKE, "333333333333"]), code);
    let shown = bench.ram(HUB, "GetResourceShares", json!({"resourceOwner": "SELF"})).unwrap();
    assert_eq!(shown["resourceShares"], json!([]));
    bench.ram(HUB, "CreateResourceShare", asked("a", &[SPOKE])).unwrap();
    refused(&mut bench, HUB, "CreateResourceShare", asked("b", &["333333333333"]), code);
    let named = json!({"resourceShareInvitationArn": invitations(&mut bench, SPOKE)[0]["resourceShareInvitationArn"]});
    bench.ram(SPOKE, "AcceptResourceShareInvitation", named).unwrap();
    bench.ram(HUB, "CreateResourceShare", asked("b", &["333333333333"])).unwrap();
    bench.sandbox.world.sharing.quotas.shares_per_region = 2;
    refused(&mut bench, HUB, "CreateResourceShare", json!({"name": "c"}), code);
    bench.sandbox.world.sharing.quotas.principals_per_share = 0;
    bench.sandbox.world.sharing.quotas.shares_per_region = 3;
    refused(&mut bench, HUB, "CreateResourceShare", asked("c", &["444444444444"]), code);
}

#[test]
fn a_share_has_the_permission_of_what_it_shares() {
    let mut bench = Bench::new();
    let arn = gateway(&mut bench);
    let of_gateways = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionTransitGateway";
    let share = share(&mut bench, json!({"resourceArns": [arn], "permissionArns": [of_gateways]}));
    bench.wait();
    let listed = bench.ram(HUB, "ListResourceSharePermissions", json!({"resourceShareArn": share})).unwrap();
    let permission = &listed["permissions"][0];
    assert_eq!((&permission["arn"], &permission["status"]), (&json!(of_gateways), &json!("ASSOCIATED")));
    let all = bench.ram(HUB, "ListPermissions", json!({"resourceType": "ec2:transitgateway"})).unwrap();
    assert_eq!(all["permissions"].as_array().unwrap().len(), 1);
    let own = bench.ram(HUB, "ListPermissions", json!({"permissionType": "CUSTOMER_MANAGED"})).unwrap();
    assert_eq!(own["permissions"], json!([]));
    let got = bench.ram(HUB, "GetPermission", json!({"permissionArn": of_gateways})).unwrap();
    let document: Value = serde_json::from_str(got["permission"]["permission"].as_str().unwrap()).unwrap();
    assert_eq!(document["Effect"], "Allow");
    let out = json!({"resourceShareArn": share, "permissionArn": of_gateways});
    refused(&mut bench, HUB, "DisassociateResourceSharePermission", out.clone(), "OperationNotPermittedException");
    bench.ram(HUB, "DisassociateResourceShare", json!({"resourceShareArn": share, "resourceArns": [arn]})).unwrap();
    bench.ram(HUB, "DisassociateResourceSharePermission", out.clone()).unwrap();
    refused(&mut bench, HUB, "DisassociateResourceSharePermission", out.clone(), "UnknownResourceException");
    bench.ram(HUB, "AssociateResourceSharePermission", out).unwrap();
    let other = json!({"resourceShareArn": share, "permissionArn": "arn:aws:ram::aws:permission/None"});
    refused(&mut bench, HUB, "AssociateResourceSharePermission", other, "UnknownResourceException");
    let version = json!({"permissionArn": of_gateways, "permissionVersion": 9});
    refused(&mut bench, HUB, "GetPermission", version, "UnknownResourceException");
}

#[test]
fn shares_are_tagged_and_found_by_their_tags() {
    let mut bench = Bench::new();
    let share = share(&mut bench, json!({"tags": [{"key": "a", "value": "1"}]}));
    bench.ram(HUB, "TagResource", json!({"resourceShareArn": share, "tags": [{"key": "b", "value": "2"}]})).unwrap();
    let find = |bench: &mut Bench, key: &str, value: &str| {
        let filters = json!([{"tagKey": key, "tagValues": [value]}]);
        let asked = json!({"resourceOwner": "SELF", "tagFilters": filters});
        bench.ram(HUB, "GetResourceShares", asked).unwrap()["resourceShares"].as_array().unwrap().len()
    };
    assert_eq!((find(&mut bench, "a", "1"), find(&mut bench, "b", "2"), find(&mut bench, "b", "1")), (1, 1, 0));
    bench.ram(HUB, "UntagResource", json!({"resourceShareArn": share, "tagKeys": ["b"]})).unwrap();
    assert_eq!(find(&mut bench, "b", "2"), 0);
    let tag = |key: &str| json!({"resourceShareArn": share, "tags": [{"key": key, "value": ""}]});
    refused(&mut bench, HUB, "TagResource", tag("aws:x"), "InvalidParameterException");
    refused(&mut bench, SPOKE, "TagResource", tag("x"), "UnknownResourceException");
    let many: Vec<Value> = (0..50).map(|number| json!({"key": format!("k{number}"), "value": ""})).collect();
    let asked = json!({"resourceShareArn": share, "tags": many});
    refused(&mut bench, HUB, "TagResource", asked, "TagLimitExceededException");
}

#[test]
fn an_empty_page_may_come_first_and_the_rest_follows() {
    let mut bench = Bench::new();
    let share = share(&mut bench, json!({}));
    bench.sandbox.world.sharing.switches.empty_pages = true;
    let first = bench.ram(HUB, "GetResourceShares", json!({"resourceOwner": "SELF"})).unwrap();
    assert_eq!(first["resourceShares"], json!([]));
    let asked = json!({"resourceOwner": "SELF", "nextToken": first["nextToken"]});
    let second = bench.ram(HUB, "GetResourceShares", asked).unwrap();
    assert_eq!(second["resourceShares"][0]["resourceShareArn"], json!(share));
    assert!(second.get("nextToken").is_none());
    let other = json!({"resourceOwner": "SELF", "nextToken": "nonsense"});
    refused(&mut bench, HUB, "GetResourceShares", other, "InvalidNextTokenException");
}

/// An organization of the hub's with one member that it shares its gateway with, by account id.
fn member(retains: bool) -> (Bench, String) {
    let mut bench = Bench::new();
    bench.organizations(HUB, "CreateOrganization", json!({"FeatureSet": "ALL"}));
    bench.ram(HUB, "EnableSharingWithAwsOrganization", json!({})).unwrap();
    bench.organizations(HUB, "CreateAccount", json!({"Email": "a@example.com", "AccountName": "spoke"}));
    let arn = gateway(&mut bench);
    let accounts = bench.organizations(HUB, "ListAccounts", json!({}));
    let account = accounts["Accounts"].as_array().unwrap().iter().find(|it| it["Id"] != HUB).unwrap();
    let account = text(&account["Id"]);
    let retain = json!({"retainSharingOnAccountLeaveOrganization": retains});
    let more = json!({"resourceArns": [arn], "principals": [account], "resourceShareConfiguration": retain});
    share(&mut bench, more);
    bench.wait();
    (bench, account)
}

#[test]
fn an_account_that_leaves_keeps_a_share_only_if_the_share_retains_it() {
    for retains in [false, true] {
        let (mut bench, account) = member(retains);
        let sees = |bench: &mut Bench| {
            let shown = bench.ec2(&account, "DescribeTransitGateways", json!({}));
            !shown["TransitGateways"].as_array().unwrap().is_empty()
        };
        assert!(sees(&mut bench));
        bench.organizations(&account, "LeaveOrganization", json!({}));
        assert_eq!(sees(&mut bench), retains);
    }
    let mut bench = Bench::new();
    let retain = json!({"retainSharingOnAccountLeaveOrganization": true});
    let asked = json!({"name": "s", "allowExternalPrincipals": false, "resourceShareConfiguration": retain});
    refused(&mut bench, HUB, "CreateResourceShare", asked, "InvalidParameterException");
}

#[test]
fn a_subnet_is_shared_within_the_organization_alone() {
    let (mut bench, account) = member(false);
    let vpc = bench.vpc(HUB, "10.0.0.0/16");
    let subnet = bench.subnet(HUB, &vpc, "10.0.0.0/24", 0);
    let arn = format!("arn:aws:ec2:us-east-1:{HUB}:subnet/{subnet}");
    share(&mut bench, json!({"resourceArns": [arn], "principals": [account]}));
    bench.wait();
    let asked = json!({"resourceOwner": "OTHER-ACCOUNTS", "resourceType": "ec2:Subnet"});
    assert_eq!(bench.ram(&account, "ListResources", asked).unwrap()["resources"][0]["arn"], json!(arn));
    let asked = json!({"name": "s", "resourceArns": [arn], "principals": ["999999999999"]});
    refused(&mut bench, HUB, "CreateResourceShare", asked, "OperationNotPermittedException");
    let asked = json!({"resourceOwner": "OTHER-ACCOUNTS", "resourceType": "ec2:Coffee"});
    refused(&mut bench, &account, "ListResources", asked, "InvalidParameterException");
    let types = bench.ram(HUB, "ListResourceTypes", json!({})).unwrap();
    assert_eq!(types["resourceTypes"].as_array().unwrap().len(), super::resource_type::TYPES.len());
}

#[test]
fn ending_rams_access_ends_sharing_within_the_organization() {
    let (mut bench, account) = member(false);
    let service = json!({"ServicePrincipal": "ram.amazonaws.com"});
    bench.organizations(HUB, "DisableAWSServiceAccess", service);
    let asked = json!({"name": "s", "principals": [account], "allowExternalPrincipals": false});
    refused(&mut bench, HUB, "CreateResourceShare", asked, "OperationNotPermittedException");
}
