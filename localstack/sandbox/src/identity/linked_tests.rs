//! Service-linked roles over their whole life, and what hangs on them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::call::{AwsError, Call, Service};
use crate::network::support::{Bench, text};

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";
const ROLE: &str = "AWSServiceRoleForVPCTransitGateway";

fn iam(bench: &mut Bench, account: &str, action: &str, params: Value) -> Result<Value, AwsError> {
    bench.sandbox.call(&Call {
        access_key_id: account.to_owned(),
        session_token: None,
        region: "us-east-1".to_owned(),
        service: Service::Iam,
        action: action.to_owned(),
        params,
    })
}

/// A gateway of the hub's that the spoke is shared, and a VPC of the spoke's.
fn shared() -> (Bench, String, String) {
    let mut bench = Bench::new();
    let gateway = bench.plain_transit_gateway(HUB);
    bench.share(HUB, &gateway, SPOKE);
    let vpc = bench.vpc(SPOKE, "10.1.0.0/16");
    (bench, gateway, vpc)
}

fn has_role(bench: &mut Bench, account: &str) -> bool {
    match iam(bench, account, "GetRole", json!({"RoleName": ROLE})) {
        Ok(found) => text(&found["Role"]["Path"]) == "/aws-service-role/transitgateway.amazonaws.com/",
        Err(error) => {
            assert_eq!(error.code, "NoSuchEntity");
            false
        }
    }
}

/// Asks for the deletion of the role, waits, and tells the task's end.
fn delete_role(bench: &mut Bench, account: &str) -> Value {
    let asked = iam(bench, account, "DeleteServiceLinkedRole", json!({"RoleName": ROLE})).unwrap();
    let again = iam(bench, account, "DeleteServiceLinkedRole", json!({"RoleName": ROLE})).unwrap();
    assert_eq!(asked, again, "one task at a time");
    let status = |bench: &mut Bench| {
        iam(bench, account, "GetServiceLinkedRoleDeletionStatus", json!({"DeletionTaskId": asked["DeletionTaskId"]}))
    };
    assert_eq!(status(bench).unwrap()["Status"], "IN_PROGRESS");
    bench.wait();
    status(bench).unwrap()
}

#[test]
fn the_first_attachment_of_an_account_makes_the_role_of_transit_gateways() {
    let (mut bench, gateway, vpc) = shared();
    assert!(!has_role(&mut bench, SPOKE));
    bench.attachment(SPOKE, &gateway, &vpc);
    assert!(has_role(&mut bench, SPOKE));
    assert!(!has_role(&mut bench, HUB), "it is the VPC's owner who needs it");
}

#[test]
fn the_role_cannot_go_while_an_attachment_uses_it() {
    let (mut bench, gateway, vpc) = shared();
    let attachment = bench.attachment(SPOKE, &gateway, &vpc);
    let refused = delete_role(&mut bench, SPOKE);
    assert_eq!(refused["Status"], "FAILED");
    let usage = &refused["Reason"]["RoleUsageList"][0];
    let arn = format!("arn:aws:ec2:us-east-1:{SPOKE}:transit-gateway-attachment/{attachment}");
    assert_eq!((&usage["Region"], &usage["Resources"]), (&json!("us-east-1"), &json!([arn])));
    assert!(has_role(&mut bench, SPOKE));
    bench.ec2(SPOKE, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    bench.wait();
    assert_eq!(delete_role(&mut bench, SPOKE)["Status"], "SUCCEEDED");
    assert!(!has_role(&mut bench, SPOKE));
    bench.attach_again(SPOKE, &gateway, &vpc);
    assert!(has_role(&mut bench, SPOKE), "the next attachment makes it again");
}

#[test]
fn where_the_role_cannot_be_made_attachments_fail_and_the_role_is_missing() {
    let (mut bench, gateway, vpc) = shared();
    bench.sandbox.world.network.switches.attachments_fail_in.insert(SPOKE.to_owned());
    let attachment = bench.attachment(SPOKE, &gateway, &vpc);
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    bench.wait();
    assert_eq!(bench.state(SPOKE, &attachment), "failed");
    assert!(!has_role(&mut bench, SPOKE));
    let service = json!({"AWSServiceName": "transitgateway.amazonaws.com"});
    let error = iam(&mut bench, SPOKE, "CreateServiceLinkedRole", service.clone()).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("AccessDenied", 403));
    bench.sandbox.world.network.switches.attachments_fail_in.clear();
    iam(&mut bench, SPOKE, "CreateServiceLinkedRole", service).unwrap();
    bench.sandbox.advance(Duration::from_secs(2 * 3600));
    let attachment = bench.attach_again(SPOKE, &gateway, &vpc);
    bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    bench.wait();
    assert_eq!(bench.state(SPOKE, &attachment), "available");
}

#[test]
fn the_roles_of_organizations_and_of_ram_stay_while_they_are_needed() {
    let mut bench = Bench::new();
    bench.organizations(HUB, "CreateOrganization", json!({"FeatureSet": "ALL"}));
    bench.ram(HUB, "EnableSharingWithAwsOrganization", json!({})).unwrap();
    for role in ["AWSServiceRoleForOrganizations", "AWSServiceRoleForResourceAccessManager"] {
        let outcome = |bench: &mut Bench| {
            let asked = iam(bench, HUB, "DeleteServiceLinkedRole", json!({"RoleName": role})).unwrap();
            bench.wait();
            let asked = json!({"DeletionTaskId": asked["DeletionTaskId"]});
            text(&iam(bench, HUB, "GetServiceLinkedRoleDeletionStatus", asked).unwrap()["Status"])
        };
        assert_eq!(outcome(&mut bench), "FAILED", "{role}");
    }
    bench.organizations(HUB, "DeleteOrganization", json!({}));
    let asked = json!({"RoleName": "AWSServiceRoleForOrganizations"});
    iam(&mut bench, HUB, "DeleteServiceLinkedRole", asked).unwrap();
    bench.wait();
    let roles = iam(&mut bench, HUB, "ListRoles", json!({"PathPrefix": "/aws-service-role/"})).unwrap();
    assert_eq!(roles["Roles"].as_array().unwrap().len(), 1);
}

#[test]
fn other_roles_and_others_tasks_are_refused() {
    let mut bench = Bench::new();
    let missing = iam(&mut bench, HUB, "DeleteServiceLinkedRole", json!({"RoleName": "none"})).unwrap_err();
    assert_eq!((missing.code.as_str(), missing.status), ("NoSuchEntity", 404));
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
    iam(&mut bench, HUB, "CreateRole", json!({"RoleName": "own", "AssumeRolePolicyDocument": trust})).unwrap();
    let own = iam(&mut bench, HUB, "DeleteServiceLinkedRole", json!({"RoleName": "own"})).unwrap_err();
    assert_eq!(own.code, "InvalidInput");
    iam(&mut bench, HUB, "CreateServiceLinkedRole", json!({"AWSServiceName": "transitgateway.amazonaws.com"})).unwrap();
    let task = iam(&mut bench, HUB, "DeleteServiceLinkedRole", json!({"RoleName": ROLE})).unwrap();
    let asked = json!({"DeletionTaskId": task["DeletionTaskId"]});
    let error = iam(&mut bench, SPOKE, "GetServiceLinkedRoleDeletionStatus", asked).unwrap_err();
    assert_eq!(error.code, "NoSuchEntity");
}
