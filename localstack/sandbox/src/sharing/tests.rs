use std::time::Duration;

use serde_json::{Value, json};

use crate::network::support::{Bench, text};

const HUB: &str = "111111111111";
const SPOKE: &str = "222222222222";

struct Shared {
    bench: Bench,
    gateway: String,
    arn: String,
}

impl Shared {
    fn new() -> Self {
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway(HUB);
        let arn = format!("arn:aws:ec2:us-east-1:{HUB}:transit-gateway/{gateway}");
        Self { bench, gateway, arn }
    }

    /// An organization of the hub's account, with a unit that has one account in it: (account, its unit's ARN).
    fn in_organization() -> (Self, String, String, String) {
        let mut it = Self::new();
        it.bench.organizations(HUB, "CreateOrganization", json!({"FeatureSet": "ALL"}));
        let asked = json!({"Email": "a@example.com", "AccountName": "spoke"});
        it.bench.organizations(HUB, "CreateAccount", asked);
        it.bench.wait();
        let accounts = it.bench.organizations(HUB, "ListAccounts", json!({}));
        let spoke = accounts["Accounts"].as_array().unwrap().iter().find(|it| it["Id"] != HUB).unwrap()["Id"].clone();
        let root = text(&it.bench.organizations(HUB, "ListRoots", json!({}))["Roots"][0]["Id"]);
        let unit = it.bench.organizations(HUB, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "nets"}));
        let unit = &unit["OrganizationalUnit"];
        let asked = json!({"AccountId": spoke, "SourceParentId": root, "DestinationParentId": unit["Id"]});
        it.bench.organizations(HUB, "MoveAccount", asked);
        let organization = it.bench.organizations(HUB, "DescribeOrganization", json!({}));
        let organization = text(&organization["Organization"]["Arn"]);
        (it, text(&spoke), text(&unit["Arn"]), organization)
    }

    fn share_with(&mut self, principal: &str) -> String {
        let asked = json!({"name": "hub", "resourceArns": [self.arn], "principals": [principal]});
        text(&self.bench.ram(HUB, "CreateResourceShare", asked).unwrap()["resourceShare"]["resourceShareArn"])
    }

    fn sees(&mut self, account: &str) -> bool {
        let shown = self.bench.ec2(account, "DescribeTransitGateways", json!({}));
        shown["TransitGateways"].as_array().unwrap().iter().any(|it| it["TransitGatewayId"] == self.gateway)
    }

    fn invitations(&mut self, account: &str) -> Vec<Value> {
        let answer = self.bench.ram(account, "GetResourceShareInvitations", json!({})).unwrap();
        answer["resourceShareInvitations"].as_array().unwrap().clone()
    }

    fn status(&mut self, share: &str) -> String {
        let asked = json!({"associationType": "PRINCIPAL", "resourceShareArns": [share]});
        let answer = self.bench.ram(HUB, "GetResourceShareAssociations", asked).unwrap();
        text(&answer["resourceShareAssociations"][0]["status"])
    }

    fn refused(&mut self, account: &str, action: &str, params: Value, code: &str) {
        let error = self.bench.ram(account, action, params).unwrap_err();
        assert_eq!(error.code, code, "{action}: {error}");
    }
}

#[test]
fn an_outside_account_sees_a_transit_gateway_only_after_accepting() {
    let mut it = Shared::new();
    let share = it.share_with(SPOKE);
    it.bench.wait();
    assert_eq!(it.status(&share), "ASSOCIATING");
    assert!(!it.sees(SPOKE));
    let invitation = it.invitations(SPOKE)[0].clone();
    assert_eq!((&invitation["status"], &invitation["senderAccountId"]), (&json!("PENDING"), &json!(HUB)));
    let named = json!({"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]});
    let not_found = "ResourceShareInvitationArnNotFoundException";
    it.refused("333333333333", "AcceptResourceShareInvitation", named.clone(), not_found);
    it.bench.ram(SPOKE, "AcceptResourceShareInvitation", named.clone()).unwrap();
    assert_eq!(it.status(&share), "ASSOCIATED");
    assert!(!it.sees(SPOKE), "it takes a while to arrive");
    it.bench.sandbox.advance(Duration::from_secs(90));
    assert!(it.sees(SPOKE));
    let again = "ResourceShareInvitationAlreadyAcceptedException";
    it.refused(SPOKE, "AcceptResourceShareInvitation", named, again);
}

#[test]
fn a_rejected_or_unanswered_invitation_comes_to_nothing() {
    for rejects in [true, false] {
        let mut it = Shared::new();
        let share = it.share_with(SPOKE);
        let named = json!({"resourceShareInvitationArn": it.invitations(SPOKE)[0]["resourceShareInvitationArn"]});
        let code = if rejects {
            it.bench.ram(SPOKE, "RejectResourceShareInvitation", named.clone()).unwrap();
            "ResourceShareInvitationAlreadyRejectedException"
        } else {
            it.bench.sandbox.advance(Duration::from_secs(7 * 24 * 3600));
            "ResourceShareInvitationExpiredException"
        };
        it.refused(SPOKE, "AcceptResourceShareInvitation", named, code);
        assert_eq!(it.status(&share), "DISASSOCIATED");
        assert!(!it.sees(SPOKE));
    }
}

#[test]
fn within_an_organization_nobody_is_invited_once_sharing_is_enabled() {
    let (mut it, spoke, unit, organization) = Shared::in_organization();
    let asked = |arn: &str, principal: &str| json!({"name": "s", "resourceArns": [arn], "principals": [principal]});
    let arn = it.arn.clone();
    it.refused(HUB, "CreateResourceShare", asked(&arn, &unit), "OperationNotPermittedException");
    it.refused(&spoke, "EnableSharingWithAwsOrganization", json!({}), "OperationNotPermittedException");
    it.bench.ram(HUB, "EnableSharingWithAwsOrganization", json!({})).unwrap();
    for principal in [spoke.as_str(), unit.as_str(), organization.as_str()] {
        let share = it.share_with(principal);
        it.bench.wait();
        assert_eq!(it.status(&share), "ASSOCIATED");
        assert!(it.sees(&spoke), "{principal}");
        assert!(it.invitations(&spoke).is_empty());
        it.bench.ram(HUB, "DeleteResourceShare", json!({"resourceShareArn": share})).unwrap();
        assert!(!it.sees(&spoke), "{principal}");
    }
    assert!(!it.sees(SPOKE), "an account outside sees nothing");
}

#[test]
fn an_account_that_leaves_its_unit_is_no_longer_reached_by_it() {
    let (mut it, spoke, unit, _) = Shared::in_organization();
    it.bench.ram(HUB, "EnableSharingWithAwsOrganization", json!({})).unwrap();
    it.share_with(&unit);
    it.bench.wait();
    assert!(it.sees(&spoke));
    let root = it.bench.organizations(HUB, "ListRoots", json!({}))["Roots"][0]["Id"].clone();
    let unit = unit.rsplit_once('/').unwrap().1;
    let asked = json!({"AccountId": spoke, "SourceParentId": unit, "DestinationParentId": root});
    it.bench.organizations(HUB, "MoveAccount", asked);
    assert!(!it.sees(&spoke));
}

#[test]
fn without_external_principals_only_the_organization_can_be_named() {
    let (mut it, ..) = Shared::in_organization();
    it.bench.ram(HUB, "EnableSharingWithAwsOrganization", json!({})).unwrap();
    let asked = json!({"name": "s", "principals": [SPOKE], "allowExternalPrincipals": false});
    it.refused(HUB, "CreateResourceShare", asked, "OperationNotPermittedException");
}

#[test]
fn attachments_outlive_the_share_and_new_ones_cannot_be_made() {
    let mut it = Shared::new();
    let gateway = it.gateway.clone();
    let share = it.bench.share(HUB, &gateway, SPOKE);
    let vpc = it.bench.vpc(SPOKE, "10.1.0.0/16");
    let attachment = it.bench.attachment(SPOKE, &gateway, &vpc);
    let named = json!({"TransitGatewayAttachmentId": attachment});
    it.bench.ec2(HUB, "AcceptTransitGatewayVpcAttachment", named.clone());
    it.bench.wait();
    let asked = json!({"resourceShareArn": share, "principals": [SPOKE]});
    let changed = it.bench.ram(HUB, "DisassociateResourceShare", asked).unwrap();
    assert_eq!(changed["resourceShareAssociations"][0]["status"], "DISASSOCIATING");
    it.bench.wait();
    assert!(!it.sees(SPOKE));
    assert_eq!(it.bench.state(SPOKE, &attachment), "available");
    let other = it.bench.vpc(SPOKE, "10.2.0.0/16");
    let subnet = it.bench.subnet(SPOKE, &other, "10.2.0.0/24", 0);
    let asked = json!({"TransitGatewayId": gateway, "VpcId": other, "SubnetIds": [subnet]});
    let code = "InvalidTransitGatewayID.NotFound";
    let error = it.bench.refused(SPOKE, "CreateTransitGatewayVpcAttachment", asked, code);
    assert_eq!(error.message, format!("Transit Gateway {gateway} was deleted or does not exist."));
    it.bench.ec2(SPOKE, "DeleteTransitGatewayVpcAttachment", named);
}

#[test]
fn a_consumer_sees_the_transit_gateway_but_may_not_change_it() {
    let mut it = Shared::new();
    let gateway = it.gateway.clone();
    it.bench.share(HUB, &gateway, SPOKE);
    let asked = json!({"TransitGatewayId": gateway});
    it.bench.refused(SPOKE, "DeleteTransitGateway", asked.clone(), "UnauthorizedOperation");
    it.bench.refused(SPOKE, "CreateTransitGatewayRouteTable", asked, "UnauthorizedOperation");
}

#[test]
fn an_invited_account_may_leave() {
    let mut it = Shared::new();
    let gateway = it.gateway.clone();
    let share = it.bench.share(HUB, &gateway, SPOKE);
    let leave = json!({"resourceShareArn": share, "principals": [SPOKE]});
    it.refused("333333333333", "DisassociateResourceShare", leave.clone(), "UnknownResourceException");
    it.bench.ram(SPOKE, "DisassociateResourceShare", leave).unwrap();
    assert!(!it.sees(SPOKE));
}

#[test]
fn shares_are_listed_from_both_sides() {
    let mut it = Shared::new();
    let gateway = it.gateway.clone();
    let share = it.bench.share(HUB, &gateway, SPOKE);
    let list =
        |it: &mut Shared, account: &str, action: &str, params: Value| it.bench.ram(account, action, params).unwrap();
    let own = list(&mut it, HUB, "GetResourceShares", json!({"resourceOwner": "SELF"}));
    assert_eq!(own["resourceShares"][0]["status"], "ACTIVE");
    let others = list(&mut it, SPOKE, "GetResourceShares", json!({"resourceOwner": "OTHER-ACCOUNTS"}));
    assert_eq!(others["resourceShares"][0]["resourceShareArn"], share);
    assert!(others["resourceShares"][0].get("tags").is_none());
    let resources = list(&mut it, SPOKE, "ListResources", json!({"resourceOwner": "OTHER-ACCOUNTS"}));
    assert_eq!(resources["resources"][0]["arn"], it.arn);
    let principals = list(&mut it, HUB, "ListPrincipals", json!({"resourceOwner": "SELF"}));
    assert_eq!(
        (&principals["principals"][0]["id"], &principals["principals"][0]["external"]),
        (&json!(SPOKE), &json!(true))
    );
    let nobody = list(&mut it, "333333333333", "GetResourceShares", json!({"resourceOwner": "OTHER-ACCOUNTS"}));
    assert_eq!(nobody["resourceShares"], json!([]));
}

#[test]
fn a_client_token_gives_the_same_share_again() {
    let mut it = Shared::new();
    let asked = |name: &str| json!({"name": name, "clientToken": "once"});
    let one = it.bench.ram(HUB, "CreateResourceShare", asked("a")).unwrap();
    let two = it.bench.ram(HUB, "CreateResourceShare", asked("a")).unwrap();
    assert_eq!(one["resourceShare"]["resourceShareArn"], two["resourceShare"]["resourceShareArn"]);
    it.refused(HUB, "CreateResourceShare", asked("b"), "IdempotentParameterMismatchException");
}

#[test]
fn only_what_is_ones_own_can_be_shared() {
    let mut it = Shared::new();
    let arn = it.arn.clone();
    let asked = json!({"name": "s", "resourceArns": [arn]});
    it.refused(SPOKE, "CreateResourceShare", asked, "UnknownResourceException");
    let asked = |principal: &str| json!({"name": "s", "principals": [principal]});
    it.refused(HUB, "CreateResourceShare", asked("nobody"), "MalformedArnException");
    let role = "arn:aws:iam::222222222222:role/net";
    it.refused(HUB, "CreateResourceShare", asked(role), "InvalidParameterException");
}

#[test]
fn a_deleted_share_is_listed_for_two_hours() {
    let mut it = Shared::new();
    let share = it.share_with(SPOKE);
    it.bench.ram(HUB, "DeleteResourceShare", json!({"resourceShareArn": share})).unwrap();
    it.bench.wait();
    let asked = json!({"resourceOwner": "SELF"});
    let shares = it.bench.ram(HUB, "GetResourceShares", asked.clone()).unwrap();
    assert_eq!(shares["resourceShares"][0]["status"], "DELETED");
    assert_eq!(it.invitations(SPOKE)[0]["status"], "EXPIRED");
    it.refused(HUB, "DeleteResourceShare", json!({"resourceShareArn": share}), "UnknownResourceException");
    it.bench.sandbox.advance(Duration::from_secs(2 * 3600));
    assert_eq!(it.bench.ram(HUB, "GetResourceShares", asked).unwrap()["resourceShares"], json!([]));
}

#[test]
fn an_account_of_the_organization_is_invited_while_sharing_within_it_is_off() {
    let (mut it, spoke, ..) = Shared::in_organization();
    let share = it.share_with(&spoke);
    let named = json!({"resourceShareInvitationArn": it.invitations(&spoke)[0]["resourceShareInvitationArn"]});
    it.bench.ram(&spoke, "AcceptResourceShareInvitation", named).unwrap();
    it.bench.wait();
    assert!(it.sees(&spoke));
    let asked = json!({"associationType": "PRINCIPAL", "resourceShareArns": [share]});
    let answer = it.bench.ram(HUB, "GetResourceShareAssociations", asked).unwrap();
    assert_eq!(answer["resourceShareAssociations"][0]["external"], false);
}

#[test]
fn every_action_is_one_of_rams() {
    for action in super::ACTIONS {
        assert!(crate::shapes::operation(crate::Service::Ram, action).is_ok(), "{action}");
    }
}

#[test]
fn an_account_that_leaves_the_organization_is_reached_no_longer_by_its_own_id_either() {
    let (mut it, spoke, ..) = Shared::in_organization();
    it.bench.ram(HUB, "EnableSharingWithAwsOrganization", json!({})).unwrap();
    it.share_with(&spoke);
    it.bench.wait();
    assert!(it.sees(&spoke));
    it.bench.organizations(HUB, "RemoveAccountFromOrganization", json!({"AccountId": spoke}));
    assert!(!it.sees(&spoke));
}

#[test]
fn others_no_longer_see_a_share_that_is_being_deleted() {
    let mut it = Shared::new();
    let gateway = it.gateway.clone();
    let share = it.bench.share(HUB, &gateway, SPOKE);
    it.bench.ram(HUB, "DeleteResourceShare", json!({"resourceShareArn": share})).unwrap();
    let asked = json!({"resourceOwner": "OTHER-ACCOUNTS"});
    assert_eq!(it.bench.ram(SPOKE, "GetResourceShares", asked).unwrap()["resourceShares"], json!([]));
}
