//! Sessions held to policies, layer by layer and service by service.

use serde_json::{Value, json};

use super::*;
use crate::clock::Pace;
use crate::sandbox::{Sandbox, Settings};

const HUB: &str = "111111111111";
const OTHER: &str = "222222222222";
const REGION: &str = "eu-west-1";

/// A sandbox, and a session of a role in the hub's account.
struct Held {
    sandbox: Sandbox,
    key: (String, Option<String>),
}

fn statement(effect: &str, actions: Value, resources: Value, condition: Value) -> Value {
    json!({"Effect": effect, "Action": actions, "Resource": resources, "Condition": condition})
}

fn allow(actions: Value, resources: Value) -> Value {
    statement("Allow", actions, resources, json!({}))
}

fn document(statements: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

impl Held {
    /// A session of a role with this policy.
    fn new(statements: Value) -> Self {
        let mut held = Self::administrator();
        held.put(statements);
        held
    }

    /// A session of a role that never had a policy.
    fn administrator() -> Self {
        let sandbox = Sandbox::new(Settings { pace: Pace::Instant, ..Settings::default() });
        let mut held = Self { sandbox, key: (HUB.to_owned(), None) };
        let trust = document(json!([{"Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "sts:*"}]));
        held.root(Service::Iam, "CreateRole", json!({"RoleName": "it", "AssumeRolePolicyDocument": trust}));
        held.enter(json!({}));
        held
    }

    fn enter(&mut self, more: Value) {
        let mut asked = json!({"RoleArn": format!("arn:aws:iam::{HUB}:role/it"), "RoleSessionName": "test"});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.root(Service::Sts, "AssumeRole", asked)["Credentials"].clone();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        self.key = (text("AccessKeyId"), Some(text("SessionToken")));
    }

    fn put(&mut self, statements: Value) {
        let asked = json!({"RoleName": "it", "PolicyName": "all", "PolicyDocument": document(statements)});
        self.root(Service::Iam, "PutRolePolicy", asked);
    }

    fn send(
        &mut self,
        key: (String, Option<String>),
        service: Service,
        action: &str,
        params: Value,
    ) -> Result<Value, AwsError> {
        let (access_key_id, session_token) = key;
        let (region, action) = (REGION.to_owned(), action.to_owned());
        self.sandbox.call(&Call { access_key_id, session_token, region, service, action, params })
    }

    /// Calls as an account's root; the call must succeed.
    fn as_account(&mut self, account: &str, service: Service, action: &str, params: Value) -> Value {
        let answer = self.send((account.to_owned(), None), service, action, params.clone());
        answer.unwrap_or_else(|error| panic!("{action} {params}: {error}"))
    }

    fn root(&mut self, service: Service, action: &str, params: Value) -> Value {
        self.as_account(HUB, service, action, params)
    }

    fn call(&mut self, service: Service, action: &str, params: Value) -> Result<Value, AwsError> {
        self.send(self.key.clone(), service, action, params)
    }

    fn ec2(&mut self, action: &str, params: Value) -> Result<Value, AwsError> {
        self.call(Service::Ec2, action, params)
    }

    fn denied(&mut self, action: &str, params: Value) -> AwsError {
        let error = self.ec2(action, params.clone()).expect_err(&format!("{action} {params}"));
        assert_eq!((error.code.as_str(), error.status), ("UnauthorizedOperation", 403), "{action}: {error}");
        error
    }

    fn vpc(&mut self, account: &str) -> String {
        let made = self.as_account(account, Service::Ec2, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}));
        made["Vpc"]["VpcId"].as_str().unwrap().to_owned()
    }

    fn subnet(&mut self, account: &str, vpc: &str) -> String {
        let asked = json!({"VpcId": vpc, "CidrBlock": "10.0.0.0/24"});
        self.as_account(account, Service::Ec2, "CreateSubnet", asked)["Subnet"]["SubnetId"].as_str().unwrap().to_owned()
    }

    fn gateway(&mut self) -> String {
        let made = self.root(Service::Ec2, "CreateTransitGateway", json!({}));
        made["TransitGateway"]["TransitGatewayId"].as_str().unwrap().to_owned()
    }

    fn tag(&mut self, id: &str, key: &str, value: &str) {
        self.root(Service::Ec2, "CreateTags", json!({"Resources": [id], "Tags": [{"Key": key, "Value": value}]}));
    }
}

#[test]
fn a_role_that_never_had_a_policy_is_an_administrators_unless_all_are_held() {
    let mut held = Held::administrator();
    held.ec2("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})).unwrap();
    held.sandbox.world.identity.enforcement = Enforcement::Always;
    held.denied("DescribeVpcs", json!({}));
    held.call(Service::Sts, "GetCallerIdentity", json!({})).unwrap();
    held.sandbox.world.identity.enforcement = Enforcement::Never;
    held.put(json!([statement("Deny", json!("*"), json!("*"), json!({}))]));
    held.ec2("DescribeVpcs", json!({})).unwrap();
    held.sandbox.world.identity.enforcement = Enforcement::WherePoliciesAre;
    held.denied("DescribeVpcs", json!({}));
    held.root(Service::Iam, "DeleteRolePolicy", json!({"RoleName": "it", "PolicyName": "all"}));
    held.denied("DescribeVpcs", json!({}));
}

#[test]
fn each_service_refuses_in_its_own_way() {
    let mut held = Held::new(json!([allow(json!("ec2:DescribeVpcs"), json!("*"))]));
    held.ec2("DescribeVpcs", json!({})).unwrap();
    let error = held.denied("DescribeSubnets", json!({}));
    assert!(
        error.message.contains("because no identity-based policy allows the ec2:DescribeSubnets action"),
        "{error}"
    );
    let mut refusal = |service, action: &str, params| {
        let error = held.call(service, action, params).unwrap_err();
        (error.code, error.status)
    };
    let role = json!({"RoleName": "it"});
    assert_eq!(refusal(Service::Iam, "GetRole", role), ("AccessDenied".to_owned(), 403));
    let ram = refusal(Service::Ram, "ListResources", json!({"resourceOwner": "SELF"}));
    assert_eq!(ram, ("AccessDeniedException".to_owned(), 403));
    assert_eq!(refusal(Service::Organizations, "ListRoots", json!({})), ("AccessDeniedException".to_owned(), 400));
    let enters = json!({"RoleArn": format!("arn:aws:iam::{HUB}:role/it"), "RoleSessionName": "again"});
    assert_eq!(refusal(Service::Sts, "AssumeRole", enters), ("AccessDenied".to_owned(), 403));
}

#[test]
fn a_dry_run_tells_the_same_and_does_nothing() {
    let mut held = Held::new(json!([allow(json!(["ec2:CreateVpc", "ec2:DescribeVpcs"]), json!("*"))]));
    let asked = json!({"CidrBlock": "10.0.0.0/16", "DryRun": true});
    let error = held.ec2("CreateVpc", asked.clone()).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("DryRunOperation", 412));
    held.put(json!([allow(json!("ec2:DescribeVpcs"), json!("*"))]));
    held.denied("CreateVpc", asked);
    assert_eq!(held.ec2("DescribeVpcs", json!({})).unwrap()["Vpcs"], json!([]));
}

#[test]
fn a_refusals_encoded_message_can_be_read_by_whoever_may() {
    let mut held = Held::new(json!([allow(json!("sts:DecodeAuthorizationMessage"), json!("*"))]));
    let error = held.denied("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}));
    let (_, encoded) = error.message.rsplit_once("message: ").unwrap();
    let asked = json!({"EncodedMessage": encoded});
    let decoded = held.call(Service::Sts, "DecodeAuthorizationMessage", asked.clone()).unwrap();
    let decoded: Value = serde_json::from_str(decoded["DecodedMessage"].as_str().unwrap()).unwrap();
    assert_eq!((&decoded["allowed"], &decoded["context"]["action"]), (&json!(false), &json!("ec2:CreateVpc")));
    assert_eq!(decoded["context"]["resource"], format!("arn:aws:ec2:{REGION}:{HUB}:vpc/*"));
    let made_up = json!({"EncodedMessage": format!("{encoded}A")});
    let error = held.call(Service::Sts, "DecodeAuthorizationMessage", made_up).unwrap_err();
    assert_eq!(error.code, "InvalidAuthorizationMessageException");
    held.put(json!([allow(json!("ec2:*"), json!("*"))]));
    let error = held.call(Service::Sts, "DecodeAuthorizationMessage", asked).unwrap_err();
    assert_eq!(error.code, "AccessDenied");
}

#[test]
fn a_write_is_judged_on_the_resource_that_it_names_and_on_its_tags() {
    let mut held = Held::administrator();
    let (mine, others) = (held.vpc(HUB), held.vpc(HUB));
    held.tag(&mine, "managed-by", "net");
    let owned = json!({"StringEquals": {"aws:ResourceTag/managed-by": "net"}});
    held.put(json!([
        statement("Allow", json!("ec2:CreateSubnet"), json!("arn:aws:ec2:*:*:vpc/*"), owned),
        allow(json!("ec2:CreateSubnet"), json!("arn:aws:ec2:*:*:subnet/*"))
    ]));
    held.ec2("CreateSubnet", json!({"VpcId": mine, "CidrBlock": "10.0.0.0/24"})).unwrap();
    let error = held.denied("CreateSubnet", json!({"VpcId": others, "CidrBlock": "10.0.0.0/24"}));
    assert!(error.message.contains(&format!("on resource: arn:aws:ec2:{REGION}:{HUB}:vpc/{others}")), "{error}");
    let vpc = json!({"ArnLike": {"ec2:Vpc": format!("arn:aws:ec2:{REGION}:{HUB}:vpc/{mine}")}});
    held.put(json!([statement("Allow", json!("ec2:DeleteSubnet"), json!("*"), vpc)]));
    let (one, two) = (held.subnet_of(&mine), held.subnet(HUB, &others));
    held.ec2("DeleteSubnet", json!({"SubnetId": one})).unwrap();
    held.denied("DeleteSubnet", json!({"SubnetId": two}));
}

impl Held {
    fn subnet_of(&mut self, vpc: &str) -> String {
        let filters = json!([{"Name": "vpc-id", "Values": [vpc]}]);
        let found = self.root(Service::Ec2, "DescribeSubnets", json!({"Filters": filters}));
        found["Subnets"][0]["SubnetId"].as_str().unwrap().to_owned()
    }
}

#[test]
fn an_attachment_is_judged_on_everything_that_it_joins() {
    let mut held = Held::administrator();
    let (gateway, vpc) = (held.gateway(), held.vpc(HUB));
    let subnet = held.subnet(HUB, &vpc);
    let asked = json!({"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet], "DryRun": true});
    let arn = |kind: &str| format!("arn:aws:ec2:*:*:{kind}/*");
    let kinds = ["transit-gateway", "vpc", "subnet", "transit-gateway-attachment"];
    for left_out in kinds {
        let rest: Vec<String> = kinds.iter().filter(|kind| **kind != left_out).map(|kind| arn(kind)).collect();
        held.put(json!([allow(json!("ec2:CreateTransitGatewayVpcAttachment"), json!(rest))]));
        let error = held.denied("CreateTransitGatewayVpcAttachment", asked.clone());
        assert!(error.message.contains(&format!(":{left_out}/")), "{error}");
    }
    let all: Vec<String> = kinds.iter().map(|kind| arn(kind)).collect();
    held.put(json!([allow(json!("ec2:CreateTransitGatewayVpcAttachment"), json!(all))]));
    assert_eq!(held.ec2("CreateTransitGatewayVpcAttachment", asked).unwrap_err().code, "DryRunOperation");
}

#[test]
fn an_attachments_arn_has_the_account_of_the_vpcs_owner() {
    let mut held = Held::administrator();
    let gateway = held.gateway();
    let arn = format!("arn:aws:ec2:{REGION}:{HUB}:transit-gateway/{gateway}");
    held.root(Service::Ram, "CreateResourceShare", json!({"name": "s", "resourceArns": [arn], "principals": [OTHER]}));
    let invitations = held.as_account(OTHER, Service::Ram, "GetResourceShareInvitations", json!({}));
    let named =
        json!({"resourceShareInvitationArn": invitations["resourceShareInvitations"][0]["resourceShareInvitationArn"]});
    held.as_account(OTHER, Service::Ram, "AcceptResourceShareInvitation", named);
    let vpc = held.vpc(OTHER);
    let subnet = held.subnet(OTHER, &vpc);
    let asked = json!({"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]});
    let made = held.as_account(OTHER, Service::Ec2, "CreateTransitGatewayVpcAttachment", asked);
    let attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"].clone();
    let accept = json!({"TransitGatewayAttachmentId": attachment});
    let action = json!("ec2:AcceptTransitGatewayVpcAttachment");
    held.put(json!([allow(action.clone(), json!(format!("arn:aws:ec2:*:{HUB}:transit-gateway-attachment/*")))]));
    held.denied("AcceptTransitGatewayVpcAttachment", accept.clone());
    held.put(json!([allow(action, json!("arn:aws:ec2:*:*:transit-gateway-attachment/*"))]));
    held.ec2("AcceptTransitGatewayVpcAttachment", accept).unwrap();
}

#[test]
fn tags_on_creation_need_a_word_of_their_own() {
    let mut held = Held::new(json!([allow(json!("ec2:CreateVpc"), json!("*"))]));
    let tagged = |key: &str| {
        let tags = json!([{"Key": key, "Value": "net"}]);
        json!({"CidrBlock": "10.0.0.0/16", "TagSpecifications": [{"ResourceType": "vpc", "Tags": tags}]})
    };
    held.ec2("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})).unwrap();
    held.denied("CreateVpc", tagged("team"));
    let when = json!({
        "StringEquals": {"ec2:CreateAction": "CreateVpc", "aws:RequestTag/team": "net"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
    });
    let tags = statement("Allow", json!("ec2:CreateTags"), json!("arn:aws:ec2:*:*:vpc/*"), when);
    held.put(json!([allow(json!("ec2:CreateVpc"), json!("*")), tags]));
    let made = held.ec2("CreateVpc", tagged("team")).unwrap();
    held.denied("CreateVpc", tagged("other"));
    let later = json!({"Resources": [made["Vpc"]["VpcId"]], "Tags": [{"Key": "team", "Value": "net"}]});
    held.denied("CreateTags", later);
}

#[test]
fn only_what_the_role_and_its_session_and_its_boundary_allow_is_allowed() {
    let mut held = Held::new(json!([allow(json!("ec2:*"), json!("*"))]));
    held.enter(json!({"Policy": document(json!([allow(json!(["ec2:DescribeVpcs", "iam:GetRole"]), json!("*"))]))}));
    held.ec2("DescribeVpcs", json!({})).unwrap();
    let error = held.denied("DescribeSubnets", json!({}));
    assert!(error.message.contains("because no session policy allows"), "{error}");
    assert_eq!(held.call(Service::Iam, "GetRole", json!({"RoleName": "it"})).unwrap_err().code, "AccessDenied");
    held.enter(json!({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/AWSOrganizationsReadOnlyAccess"}]}));
    held.denied("DescribeVpcs", json!({}));
    held.enter(json!({}));
    let boundary =
        json!({"PolicyName": "bound", "PolicyDocument": document(json!([allow(json!("ec2:Describe*"), json!("*"))]))});
    let arn = held.root(Service::Iam, "CreatePolicy", boundary)["Policy"]["Arn"].clone();
    held.root(Service::Iam, "PutRolePermissionsBoundary", json!({"RoleName": "it", "PermissionsBoundary": arn}));
    held.ec2("DescribeVpcs", json!({})).unwrap();
    let error = held.denied("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}));
    assert!(error.message.contains("because no permissions boundary allows"), "{error}");
    held.root(Service::Iam, "DeleteRolePermissionsBoundary", json!({"RoleName": "it"}));
    held.ec2("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})).unwrap();
}

#[test]
fn a_session_of_an_administrator_is_held_by_its_session_policy() {
    let mut held = Held::administrator();
    held.enter(json!({"Policy": document(json!([allow(json!("ec2:Describe*"), json!("*"))]))}));
    held.ec2("DescribeVpcs", json!({})).unwrap();
    held.denied("CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}));
}

#[test]
fn a_session_may_do_nothing_once_its_role_is_gone() {
    let mut held = Held::administrator();
    held.root(Service::Iam, "DeleteRole", json!({"RoleName": "it"}));
    held.denied("DescribeVpcs", json!({}));
    let trust = document(json!([{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]));
    held.root(Service::Iam, "CreateRole", json!({"RoleName": "it", "AssumeRolePolicyDocument": trust}));
    held.denied("DescribeVpcs", json!({}));
    held.call(Service::Sts, "GetCallerIdentity", json!({})).unwrap();
}

/// An organization of the hub's: its root, one unit under it, and a member in the unit.
fn organization(held: &mut Held) -> (String, String, String) {
    let of = |held: &mut Held, action: &str, params: Value| held.root(Service::Organizations, action, params);
    of(held, "CreateOrganization", json!({}));
    let made = of(held, "CreateAccount", json!({"AccountName": "a", "Email": "a@example.com"}));
    let asked = json!({"CreateAccountRequestId": made["CreateAccountStatus"]["Id"]});
    let status = of(held, "DescribeCreateAccountStatus", asked);
    let member = status["CreateAccountStatus"]["AccountId"].as_str().unwrap().to_owned();
    let root = of(held, "ListRoots", json!({}))["Roots"][0]["Id"].as_str().unwrap().to_owned();
    let made = of(held, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "net"}));
    let unit = made["OrganizationalUnit"]["Id"].as_str().unwrap().to_owned();
    let asked = json!({"AccountId": member, "SourceParentId": root, "DestinationParentId": unit});
    of(held, "MoveAccount", asked);
    (root, unit, member)
}

#[test]
fn service_control_policies_hold_members_by_every_level_and_never_the_management_account() {
    let mut held = Held::administrator();
    let (root, unit, member) = organization(&mut held);
    let of = |held: &mut Held, action: &str, params: Value| held.root(Service::Organizations, action, params);
    let deny = document(json!([statement("Deny", json!("ec2:CreateVpc"), json!("*"), json!({}))]));
    let asked = json!({"Name": "no VPCs", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": deny});
    let policy = of(&mut held, "CreatePolicy", asked)["Policy"]["PolicySummary"]["Id"].clone();
    of(&mut held, "EnablePolicyType", json!({"RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY"}));
    let create = |held: &mut Held, account: &str| {
        held.send((account.to_owned(), None), Service::Ec2, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}))
    };
    create(&mut held, &member).unwrap();
    for target in [&root, &unit, &member] {
        let attachment = json!({"PolicyId": policy, "TargetId": target});
        of(&mut held, "AttachPolicy", attachment.clone());
        let error = create(&mut held, &member).unwrap_err();
        assert_eq!(error.code, "UnauthorizedOperation", "{target}");
        assert!(error.message.contains("with an explicit deny in a service control policy"), "{error}");
        create(&mut held, HUB).unwrap();
        of(&mut held, "DetachPolicy", attachment);
    }
    create(&mut held, &member).unwrap();
    let reads = document(json!([allow(json!("ec2:Describe*"), json!("*"))]));
    let asked = json!({"Name": "reads", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": reads});
    let policy = of(&mut held, "CreatePolicy", asked)["Policy"]["PolicySummary"]["Id"].clone();
    of(&mut held, "AttachPolicy", json!({"PolicyId": policy, "TargetId": unit}));
    of(&mut held, "DetachPolicy", json!({"PolicyId": "p-FullAWSAccess", "TargetId": unit}));
    assert_eq!(create(&mut held, &member).unwrap_err().code, "UnauthorizedOperation", "the unit allows reads alone");
    let asked = json!({"AccountId": member, "SourceParentId": unit, "DestinationParentId": root});
    of(&mut held, "MoveAccount", asked);
    create(&mut held, &member).unwrap();
}

#[test]
fn entering_a_role_needs_the_callers_policies_unless_the_role_trusts_the_caller_itself() {
    let mut held = Held::administrator();
    let (_, _, member) = organization(&mut held);
    let trust = |principal: Value| {
        document(json!([{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]))
    };
    let itself = format!("arn:aws:iam::{HUB}:role/it");
    for (account, name, principal) in
        [(HUB, "exact", json!(itself)), (HUB, "account", json!(HUB)), (member.as_str(), "exact", json!(itself))]
    {
        let asked = json!({"RoleName": name, "AssumeRolePolicyDocument": trust(principal)});
        held.as_account(account, Service::Iam, "CreateRole", asked);
    }
    let enters = |held: &mut Held, account: &str, name: &str| {
        let asked = json!({"RoleArn": format!("arn:aws:iam::{account}:role/{name}"), "RoleSessionName": "test"});
        held.call(Service::Sts, "AssumeRole", asked).map(|_| ()).map_err(|error| error.code)
    };
    let denied = Err("AccessDenied".to_owned());
    held.put(json!([allow(json!("ec2:*"), json!("*"))]));
    assert_eq!(enters(&mut held, HUB, "exact"), Ok(()), "one account, and the role itself is named");
    assert_eq!(enters(&mut held, HUB, "account"), denied);
    assert_eq!(enters(&mut held, &member, "exact"), denied, "another account");
    held.put(json!([statement("Deny", json!("sts:AssumeRole"), json!("*"), json!({}))]));
    assert_eq!(enters(&mut held, HUB, "exact"), denied, "a Deny is a Deny");
    let id = held.root(Service::Organizations, "DescribeOrganization", json!({}))["Organization"]["Id"].clone();
    let within = |id: Value| json!({"StringEquals": {"aws:ResourceOrgID": id}});
    held.put(json!([statement("Allow", json!("sts:AssumeRole"), json!("arn:aws:iam::*:role/exact"), within(id))]));
    assert_eq!(enters(&mut held, &member, "exact"), Ok(()));
    held.put(json!([statement("Allow", json!("sts:AssumeRole"), json!("*"), within(json!("o-other")))]));
    assert_eq!(enters(&mut held, &member, "exact"), denied);
}

#[test]
fn without_leave_to_make_the_service_linked_role_an_attachment_fails() {
    for (allowed, state) in [(false, "failed"), (true, "available")] {
        let mut held = Held::administrator();
        let (gateway, vpc) = (held.gateway(), held.vpc(HUB));
        let subnet = held.subnet(HUB, &vpc);
        let named = json!({"StringEquals": {"iam:AWSServiceName": "transitgateway.amazonaws.com"}});
        let role =
            "arn:aws:iam::*:role/aws-service-role/transitgateway.amazonaws.com/AWSServiceRoleForVPCTransitGateway*";
        let linked = statement("Allow", json!("iam:CreateServiceLinkedRole"), json!(role), named);
        let ec2 = allow(json!("ec2:*"), json!("*"));
        held.put(if allowed { json!([ec2, linked]) } else { json!([ec2]) });
        let asked = json!({"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]});
        held.ec2("CreateTransitGatewayVpcAttachment", asked).unwrap();
        held.ec2("DescribeVpcs", json!({})).unwrap();
        let shown = held.ec2("DescribeTransitGatewayVpcAttachments", json!({})).unwrap();
        assert_eq!(shown["TransitGatewayVpcAttachments"][0]["State"], state);
    }
}

#[test]
fn rams_own_keys_are_judged() {
    let mut held = Held::administrator();
    let external = json!({"Bool": {"ram:RequestedAllowsExternalPrincipals": "false"}});
    let named = json!({"StringEquals": {"ram:ResourceShareName": "mine"}});
    held.put(json!([
        statement("Allow", json!("ram:CreateResourceShare"), json!("*"), external),
        statement("Allow", json!("ram:DeleteResourceShare"), json!("arn:aws:ram:*:*:resource-share/*"), named),
    ]));
    let create = |held: &mut Held, name: &str, outside: bool| {
        let asked = json!({"name": name, "allowExternalPrincipals": outside});
        held.call(Service::Ram, "CreateResourceShare", asked)
    };
    assert_eq!(create(&mut held, "mine", true).unwrap_err().code, "AccessDeniedException");
    let delete = |held: &mut Held, share: Value| {
        let arn = share["resourceShare"]["resourceShareArn"].clone();
        held.call(Service::Ram, "DeleteResourceShare", json!({"resourceShareArn": arn}))
    };
    let mine = create(&mut held, "mine", false).unwrap();
    let other = create(&mut held, "other", false).unwrap();
    delete(&mut held, mine).unwrap();
    assert_eq!(delete(&mut held, other).unwrap_err().code, "AccessDeniedException");
}

#[test]
fn enabling_sharing_needs_what_it_does_in_other_services() {
    let mut held = Held::administrator();
    organization(&mut held);
    let all = [
        "ram:EnableSharingWithAwsOrganization",
        "iam:CreateServiceLinkedRole",
        "organizations:EnableAWSServiceAccess",
        "organizations:DescribeOrganization",
    ];
    for left_out in all {
        let rest: Vec<&str> = all.into_iter().filter(|action| *action != left_out).collect();
        held.put(json!([allow(json!(rest), json!("*"))]));
        let error = held.call(Service::Ram, "EnableSharingWithAwsOrganization", json!({})).unwrap_err();
        assert_eq!(error.code, "AccessDeniedException", "{left_out}");
    }
    held.put(json!([allow(json!(all), json!("*"))]));
    held.call(Service::Ram, "EnableSharingWithAwsOrganization", json!({})).unwrap();
}

#[test]
fn organizations_and_iam_are_judged_on_what_they_name() {
    let mut held = Held::administrator();
    let (root, unit, member) = organization(&mut held);
    held.put(json!([
        allow(json!("organizations:ListAccountsForParent"), json!(format!("arn:aws:organizations::{HUB}:ou/*/{unit}"))),
        allow(json!("iam:GetRole"), json!("arn:aws:iam::*:role/i*")),
        allow(json!("organizations:TagResource"), json!(format!("arn:aws:organizations::*:account/*/{member}"))),
    ]));
    let of = |held: &mut Held, action: &str, params: Value| held.call(Service::Organizations, action, params);
    of(&mut held, "ListAccountsForParent", json!({"ParentId": unit})).unwrap();
    let error = of(&mut held, "ListAccountsForParent", json!({"ParentId": root})).unwrap_err();
    assert_eq!(error.code, "AccessDeniedException");
    let tags = |id: &str| json!({"ResourceId": id, "Tags": [{"Key": "a", "Value": "b"}]});
    of(&mut held, "TagResource", tags(&member)).unwrap();
    assert_eq!(of(&mut held, "TagResource", tags(&unit)).unwrap_err().code, "AccessDeniedException");
    held.call(Service::Iam, "GetRole", json!({"RoleName": "it"})).unwrap();
    let error = held.call(Service::Iam, "GetRole", json!({"RoleName": "other"})).unwrap_err();
    assert_eq!(error.code, "AccessDenied", "whether it is there or not");
}

#[test]
fn a_simulation_says_what_the_calls_would() {
    let mut held = Held::new(json!([
        allow(json!("ec2:Describe*"), json!("*")),
        statement("Deny", json!("ec2:DescribeSubnets"), json!("*"), json!({})),
        statement(
            "Allow",
            json!("ec2:CreateTags"),
            json!("*"),
            json!({"StringEquals": {"ec2:CreateAction": "CreateVpc"}})
        ),
    ]));
    let actions = json!(["ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:CreateVpc", "ec2:CreateTags"]);
    let asked = json!({"PolicySourceArn": format!("arn:aws:iam::{HUB}:role/it"), "ActionNames": actions});
    let decisions = |answer: &Value| -> Vec<String> {
        let results = answer["EvaluationResults"].as_array().unwrap().iter();
        results.map(|it| it["EvalDecision"].as_str().unwrap().to_owned()).collect()
    };
    let answer = held.root(Service::Iam, "SimulatePrincipalPolicy", asked.clone());
    assert_eq!(decisions(&answer), ["allowed", "explicitDeny", "implicitDeny", "implicitDeny"]);
    assert_eq!(answer["EvaluationResults"][3]["MissingContextValues"], json!(["ec2:createaction"]));
    assert_eq!(answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"], "role_it_all");
    let mut with = asked.clone();
    let entry =
        json!({"ContextKeyName": "ec2:CreateAction", "ContextKeyType": "string", "ContextKeyValues": ["CreateVpc"]});
    with["ContextEntries"] = json!([entry]);
    with["PolicyInputList"] = json!([document(json!([allow(json!("ec2:CreateVpc"), json!("*"))]))]);
    let answer = held.root(Service::Iam, "SimulatePrincipalPolicy", with);
    assert_eq!(decisions(&answer), ["allowed", "explicitDeny", "allowed", "allowed"]);
    let mut other = asked.clone();
    other["PolicySourceArn"] = json!(format!("arn:aws:iam::{HUB}:role/none"));
    let error = held.send((HUB.to_owned(), None), Service::Iam, "SimulatePrincipalPolicy", other).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("NoSuchEntity", 404));
    let error = held.call(Service::Iam, "SimulatePrincipalPolicy", asked).unwrap_err();
    assert_eq!(error.code, "AccessDenied");
}

/// Actions that change something and that AWS judges on no resource.
const ON_NOTHING: [&str; 15] = [
    "CreateAccount",
    "CreateDefaultVpc",
    "CreateOrganization",
    "CreateResourceShare",
    "DecodeAuthorizationMessage",
    "DeleteOrganization",
    "DisableAWSServiceAccess",
    "EnableAWSServiceAccess",
    "EnableSharingWithAwsOrganization",
    "LeaveOrganization",
    "ModifyVpcPeeringConnectionOptions",
    "SimulateCustomPolicy",
    "CreatePolicy",
    "CreateVpnConnectionRoute",
    "DeleteVpnConnectionRoute",
];

#[test]
fn every_write_of_the_table_is_judged_on_resources_or_known_not_to_be() {
    let mut unknown = Vec::new();
    for service in Service::ALL {
        for action in crate::shapes::service(service).operations.keys() {
            let reads = ["Describe", "Get", "List", "Search"].iter().any(|verb| action.starts_with(verb));
            if !reads && kinds(service, action).is_empty() && !ON_NOTHING.contains(&action.as_str()) {
                unknown.push(format!("{service}:{action}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}: derive shapes/permissions.json anew, or say so here");
}
