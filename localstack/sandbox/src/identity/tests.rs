use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clock::Pace;
use crate::sandbox::{Sandbox, Settings};

const HUB: &str = "111111111111";
const MEMBER: &str = "222222222222";

fn sandbox() -> Sandbox {
    Sandbox::new(Settings { pace: Pace::Instant, ..Settings::default() })
}

/// A key and, for a session, its token.
#[derive(Clone, Debug)]
struct Key(String, Option<String>);

fn root(account: &str) -> Key {
    Key(account.to_owned(), None)
}

fn call(sandbox: &mut Sandbox, key: &Key, service: Service, action: &str, params: Value) -> Result<Value, AwsError> {
    sandbox.call(&Call {
        access_key_id: key.0.clone(),
        session_token: key.1.clone(),
        region: "eu-west-1".to_owned(),
        service,
        action: action.to_owned(),
        params,
    })
}

fn make_role(sandbox: &mut Sandbox, account: &str, name: &str, trust: Value) -> Result<Value, AwsError> {
    let params = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string(), "MaxSessionDuration": 7200});
    call(sandbox, &root(account), Service::Iam, "CreateRole", params)
}

fn trusting(principal: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [allow(principal, json!({}))]})
}

fn allow(principal: Value, condition: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition})
}

fn assume(sandbox: &mut Sandbox, key: &Key, account: &str, role: &str, more: Value) -> Result<Key, AwsError> {
    let mut params = json!({"RoleArn": format!("arn:aws:iam::{account}:role/{role}"), "RoleSessionName": "transitd"});
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = call(sandbox, key, Service::Sts, "AssumeRole", params)?;
    let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    Ok(Key(text("AccessKeyId"), Some(text("SessionToken"))))
}

fn identity(sandbox: &mut Sandbox, key: &Key) -> Result<Value, AwsError> {
    call(sandbox, key, Service::Sts, "GetCallerIdentity", json!({}))
}

#[test]
fn an_account_outside_any_organization_may_call() {
    let answer = identity(&mut sandbox(), &root(HUB)).unwrap();
    assert_eq!(answer["Account"], HUB);
    assert_eq!(answer["Arn"], "arn:aws:iam::111111111111:root");
}

#[test]
fn each_service_has_its_own_code_for_an_unknown_key() {
    let mut sandbox = sandbox();
    let stranger = Key("AKIASTRANGER".to_owned(), None);
    let mut refusal = |service, action| {
        let error = call(&mut sandbox, &stranger, service, action, json!({})).unwrap_err();
        (error.code, error.status)
    };
    assert_eq!(refusal(Service::Ec2, "DescribeVpcs"), ("AuthFailure".to_owned(), 401));
    assert_eq!(refusal(Service::Sts, "GetCallerIdentity"), ("InvalidClientTokenId".to_owned(), 403));
    assert_eq!(refusal(Service::Iam, "ListRoles"), ("InvalidClientTokenId".to_owned(), 403));
    assert_eq!(refusal(Service::Organizations, "ListRoots"), ("UnrecognizedClientException".to_owned(), 403));
    assert_eq!(refusal(Service::Ram, "ListResources"), ("UnrecognizedClientException".to_owned(), 403));
}

#[test]
fn a_session_is_known_by_key_and_token_together_until_it_ends() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!({"AWS": HUB}))).unwrap();
    let key = assume(&mut sandbox, &root(HUB), MEMBER, "spoke", json!({"DurationSeconds": 900})).unwrap();
    assert_eq!(identity(&mut sandbox, &key).unwrap()["Arn"], "arn:aws:sts::222222222222:assumed-role/spoke/transitd");
    for token in [None, Some("another".to_owned())] {
        let error = identity(&mut sandbox, &Key(key.0.clone(), token)).unwrap_err();
        assert_eq!(error.code, "InvalidClientTokenId");
    }
    sandbox.advance(Duration::from_secs(899));
    identity(&mut sandbox, &key).unwrap();
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(identity(&mut sandbox, &key).unwrap_err().code, "ExpiredToken");
    let error = call(&mut sandbox, &key, Service::Ec2, "DescribeVpcs", json!({})).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("RequestExpired", 400));
    let error = call(&mut sandbox, &key, Service::Organizations, "ListRoots", json!({})).unwrap_err();
    assert_eq!(error.code, "ExpiredTokenException");
}

#[test]
fn only_whom_the_trust_policy_names_gets_in() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, HUB, "daemon", trusting(json!({"AWS": HUB}))).unwrap();
    make_role(&mut sandbox, HUB, "other", trusting(json!({"AWS": HUB}))).unwrap();
    let daemon_arn = "arn:aws:iam::111111111111:role/daemon";
    make_role(&mut sandbox, MEMBER, "exact", trusting(json!({"AWS": [daemon_arn]}))).unwrap();
    make_role(&mut sandbox, MEMBER, "account", trusting(json!({"AWS": "arn:aws:iam::111111111111:root"}))).unwrap();
    make_role(&mut sandbox, MEMBER, "anybody", trusting(json!("*"))).unwrap();
    make_role(&mut sandbox, MEMBER, "service", trusting(json!({"Service": "ec2.amazonaws.com"}))).unwrap();

    let daemon = assume(&mut sandbox, &root(HUB), HUB, "daemon", json!({})).unwrap();
    let other = assume(&mut sandbox, &root(HUB), HUB, "other", json!({})).unwrap();
    let third = root("333333333333");
    let mut enters = |key: &Key, role: &str| assume(&mut sandbox, key, MEMBER, role, json!({})).is_ok();
    assert_eq!([enters(&daemon, "exact"), enters(&other, "exact"), enters(&root(HUB), "exact")], [true, false, false]);
    assert_eq!([enters(&daemon, "account"), enters(&other, "account"), enters(&third, "account")], [true, true, false]);
    assert_eq!([enters(&third, "anybody"), enters(&third, "service"), enters(&third, "missing")], [true, false, false]);

    let error = assume(&mut sandbox, &other, MEMBER, "exact", json!({})).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("AccessDenied", 403));
    assert_eq!(
        error.message,
        "User: arn:aws:sts::111111111111:assumed-role/other/transitd is not authorized to perform: sts:AssumeRole on \
         resource: arn:aws:iam::222222222222:role/exact"
    );
}

#[test]
fn a_role_made_again_is_not_the_one_that_was_trusted() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, HUB, "daemon", trusting(json!({"AWS": HUB}))).unwrap();
    let trust = trusting(json!({"AWS": "arn:aws:iam::111111111111:role/daemon"}));
    make_role(&mut sandbox, MEMBER, "spoke", trust).unwrap();
    call(&mut sandbox, &root(HUB), Service::Iam, "DeleteRole", json!({"RoleName": "daemon"})).unwrap();
    make_role(&mut sandbox, HUB, "daemon", trusting(json!({"AWS": HUB}))).unwrap();
    let daemon = assume(&mut sandbox, &root(HUB), HUB, "daemon", json!({})).unwrap();
    assert_eq!(assume(&mut sandbox, &daemon, MEMBER, "spoke", json!({})).unwrap_err().code, "AccessDenied");
}

#[test]
fn every_condition_must_hold() {
    let mut sandbox = sandbox();
    let condition = json!({
        "StringEquals": {"sts:ExternalId": ["first", "second"], "AWS:principalaccount": HUB},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/dae?on"},
        "StringNotEquals": {"sts:RoleSessionName": "mallory"},
    });
    let trust = json!({"Statement": allow(json!({"AWS": HUB}), condition)});
    make_role(&mut sandbox, MEMBER, "spoke", trust).unwrap();
    make_role(&mut sandbox, HUB, "daemon", trusting(json!({"AWS": HUB}))).unwrap();
    let daemon = assume(&mut sandbox, &root(HUB), HUB, "daemon", json!({})).unwrap();
    let mut enters = |key: &Key, more: Value| assume(&mut sandbox, key, MEMBER, "spoke", more).is_ok();
    assert!(enters(&daemon, json!({"ExternalId": "second"})));
    assert!(!enters(&daemon, json!({})));
    assert!(!enters(&daemon, json!({"ExternalId": "third"})));
    assert!(!enters(&daemon, json!({"ExternalId": "first", "RoleSessionName": "mallory"})));
    assert!(!enters(&root(HUB), json!({"ExternalId": "first"})));
}

#[test]
fn a_condition_on_an_absent_key_fails_unless_it_says_if_exists() {
    let mut sandbox = sandbox();
    let mfa = |operator: &str| json!({"Statement": [allow(json!({"AWS": HUB}), json!({operator: {"aws:MultiFactorAuthPresent": "true"}}))]});
    make_role(&mut sandbox, MEMBER, "strict", mfa("Bool")).unwrap();
    make_role(&mut sandbox, MEMBER, "lax", mfa("BoolIfExists")).unwrap();
    make_role(&mut sandbox, MEMBER, "absent", mfa("Null")).unwrap();
    assert!(assume(&mut sandbox, &root(HUB), MEMBER, "strict", json!({})).is_err());
    assert!(assume(&mut sandbox, &root(HUB), MEMBER, "lax", json!({})).is_ok());
    assert!(assume(&mut sandbox, &root(HUB), MEMBER, "absent", json!({})).is_ok());
}

#[test]
fn a_deny_wins_over_any_allow() {
    let mut sandbox = sandbox();
    let deny = json!({
        "Effect": "Deny", "Principal": "*", "Action": "sts:*",
        "Condition": {"StringNotEqualsIfExists": {"sts:ExternalId": "right"}},
    });
    let trust = json!({"Statement": [allow(json!("*"), json!({})), deny]});
    make_role(&mut sandbox, MEMBER, "spoke", trust).unwrap();
    assert!(assume(&mut sandbox, &root(HUB), MEMBER, "spoke", json!({"ExternalId": "right"})).is_ok());
    assert!(assume(&mut sandbox, &root(HUB), MEMBER, "spoke", json!({"ExternalId": "wrong"})).is_err());
}

#[test]
fn what_cannot_be_judged_is_an_error_and_not_ignored() {
    let mut sandbox = sandbox();
    let with = |condition: Value| json!({"Statement": [allow(json!({"AWS": HUB}), condition)]});
    let mut code = |trust: Value| make_role(&mut sandbox, MEMBER, "spoke", trust).unwrap_err().code;
    assert_eq!(code(with(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))), "NotModelled");
    assert_eq!(code(with(json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}}))), "NotModelled");
    assert_eq!(code(with(json!({"BinaryEquals": {"sts:ExternalId": "x"}}))), "NotModelled");
    let mut variable = with(json!({"StringEquals": {"sts:ExternalId": "${aws:username}"}}));
    variable["Version"] = json!("2012-10-17");
    assert_eq!(code(variable), "NotModelled");
    assert_eq!(code(trusting(json!({"Federated": "accounts.google.com"}))), "NotModelled");
    let not_principal = json!({"Effect": "Allow", "NotPrincipal": {"AWS": HUB}, "Action": "sts:AssumeRole"});
    assert_eq!(code(json!({"Statement": [not_principal]})), "NotModelled");
}

#[test]
fn a_document_that_is_no_trust_policy_is_malformed() {
    let mut sandbox = sandbox();
    let mut code = |trust: Value| make_role(&mut sandbox, MEMBER, "spoke", trust).unwrap_err().code;
    assert_eq!(code(json!("nonsense")), "MalformedPolicyDocument");
    assert_eq!(
        code(json!({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]})),
        "MalformedPolicyDocument"
    );
    assert_eq!(code(trusting(json!({"AWS": "arn:aws:iam::111111111111:role/missing"}))), "MalformedPolicyDocument");
    assert_eq!(code(trusting(json!({"AWS": "not-an-account"}))), "MalformedPolicyDocument");
    let other_service = json!({"Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "s3:GetObject"});
    assert_eq!(code(json!({"Statement": [other_service]})), "MalformedPolicyDocument");
    let long = json!({"Statement": [allow(json!({"AWS": HUB}), json!({"StringEquals": {"sts:ExternalId": "x".repeat(2048)}}))]});
    assert_eq!(code(long), "LimitExceeded");
}

#[test]
fn sessions_last_no_longer_than_the_role_and_an_hour_when_chained() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!("*"))).unwrap();
    let root = root(HUB);
    let first = assume(&mut sandbox, &root, MEMBER, "spoke", json!({"DurationSeconds": 7200})).unwrap();
    let longer = assume(&mut sandbox, &root, MEMBER, "spoke", json!({"DurationSeconds": 7201})).unwrap_err();
    assert_eq!(longer.code, "ValidationError");
    assert!(longer.message.contains("MaxSessionDuration"), "{}", longer.message);
    let chained = assume(&mut sandbox, &first, MEMBER, "spoke", json!({"DurationSeconds": 3601})).unwrap_err();
    assert!(chained.message.contains("role chaining"), "{}", chained.message);
    assume(&mut sandbox, &first, MEMBER, "spoke", json!({"DurationSeconds": 3600})).unwrap();
    let short = assume(&mut sandbox, &root, MEMBER, "spoke", json!({"DurationSeconds": 899})).unwrap_err();
    assert_eq!(short.code, "ValidationError");
}

#[test]
fn names_and_external_ids_are_checked() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!("*"))).unwrap();
    let mut code = |more: Value| assume(&mut sandbox, &root(HUB), MEMBER, "spoke", more).map(|_| ()).unwrap_err().code;
    assert_eq!(code(json!({"RoleSessionName": "a b"})), "ValidationError");
    assert_eq!(code(json!({"RoleSessionName": "a"})), "ValidationError");
    assert_eq!(code(json!({"ExternalId": "x"})), "ValidationError");
    assert_eq!(code(json!({"ExternalId": "x\"y"})), "ValidationError");
    assert_eq!(code(json!({"RoleArn": "arn:aws:iam::222222222222:user/spoke"})), "ValidationError");
    assert_eq!(code(json!({"SourceIdentity": "some body"})), "ValidationError");
    assert_eq!(code(json!({"SerialNumber": "arn:aws:iam::111111111111:mfa/me"})), "UnsupportedParameter");
}

#[test]
fn answers_have_documents_percent_encoded() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!("*"))).unwrap();
    let answer = call(&mut sandbox, &root(MEMBER), Service::Iam, "GetRole", json!({"RoleName": "spoke"})).unwrap();
    let document = answer["Role"]["AssumeRolePolicyDocument"].as_str().unwrap();
    assert!(document.starts_with("%7B%22"), "{document}");
    assert!(document.contains("%22Version%22%3A%222012-10-17%22"), "{document}");
}

#[test]
fn a_role_with_policies_is_not_deleted() {
    let mut sandbox = sandbox();
    let key = root(MEMBER);
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!("*"))).unwrap();
    let mut iam = |action: &str, params: Value| call(&mut sandbox, &key, Service::Iam, action, params);
    let document = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    iam("PutRolePolicy", json!({"RoleName": "spoke", "PolicyName": "all", "PolicyDocument": document})).unwrap();
    let error = iam("DeleteRole", json!({"RoleName": "spoke"})).unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("DeleteConflict", 409));
    iam("DeleteRolePolicy", json!({"RoleName": "spoke", "PolicyName": "all"})).unwrap();
    iam("DeleteRole", json!({"RoleName": "spoke"})).unwrap();
    assert_eq!(iam("GetRole", json!({"RoleName": "spoke"})).unwrap_err().code, "NoSuchEntity");
}

#[test]
fn the_transit_gateway_role_is_made_once() {
    let mut sandbox = sandbox();
    let params = json!({"AWSServiceName": "transitgateway.amazonaws.com"});
    let key = root(MEMBER);
    let made = call(&mut sandbox, &key, Service::Iam, "CreateServiceLinkedRole", params.clone()).unwrap();
    assert_eq!(made["Role"]["RoleName"], "AWSServiceRoleForVPCTransitGateway");
    let again = call(&mut sandbox, &key, Service::Iam, "CreateServiceLinkedRole", params).unwrap_err();
    assert_eq!(again.code, "InvalidInput");
    let roles =
        call(&mut sandbox, &key, Service::Iam, "ListRoles", json!({"PathPrefix": "/aws-service-role/"})).unwrap();
    assert_eq!(roles["Roles"].as_array().unwrap().len(), 1);
}

#[test]
fn lists_go_on_after_their_marker() {
    let mut sandbox = sandbox();
    for name in ["a", "b", "c"] {
        make_role(&mut sandbox, MEMBER, name, trusting(json!("*"))).unwrap();
    }
    let mut list = |params: Value| call(&mut sandbox, &root(MEMBER), Service::Iam, "ListRoles", params);
    let first = list(json!({"MaxItems": 2})).unwrap();
    assert_eq!((&first["IsTruncated"], first["Roles"].as_array().unwrap().len()), (&json!(true), 2));
    let rest = list(json!({"Marker": first["Marker"]})).unwrap();
    assert_eq!((&rest["IsTruncated"], &rest["Roles"][0]["RoleName"]), (&json!(false), &json!("c")));
    assert_eq!(list(json!({"Marker": "somewhere"})).unwrap_err().code, "ValidationError");
}

#[test]
fn tags_and_a_source_identity_need_the_trust_policys_word() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, MEMBER, "plain", trusting(json!({"AWS": HUB}))).unwrap();
    let more = json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    let condition = json!({"StringEquals": {"aws:RequestTag/team": "net"}, "StringLike": {"sts:SourceIdentity": "a*"}});
    let mut statement = allow(json!({"AWS": HUB}), condition);
    statement["Action"] = more;
    make_role(&mut sandbox, MEMBER, "open", json!({"Statement": [statement]})).unwrap();
    let asked = |team: &str, source: &str| json!({"Tags": [{"Key": "team", "Value": team}], "SourceIdentity": source});
    let mut enters = |role: &str, more: Value| assume(&mut sandbox, &root(HUB), MEMBER, role, more).is_ok();
    assert!(!enters("plain", json!({"Tags": [{"Key": "team", "Value": "net"}]})));
    assert!(!enters("plain", json!({"SourceIdentity": "ada"})));
    assert!(enters("open", asked("net", "ada")));
    assert!(!enters("open", asked("other", "ada")));
    assert!(!enters("open", asked("net", "bob")));
}

#[test]
fn transitive_tags_and_the_source_identity_go_on_with_the_chain() {
    let mut sandbox = sandbox();
    let mut statement = allow(json!("*"), json!({}));
    statement["Action"] = json!("sts:*");
    make_role(&mut sandbox, MEMBER, "first", json!({"Statement": [statement]})).unwrap();
    let condition = json!({"StringEquals": {"aws:PrincipalTag/team": "net", "aws:SourceIdentity": "ada"}});
    make_role(&mut sandbox, MEMBER, "second", json!({"Statement": [allow(json!("*"), condition.clone())]})).unwrap();
    make_role(&mut sandbox, MEMBER, "third", json!({"Statement": [allow(json!("*"), condition)]})).unwrap();
    let tags = json!([{"Key": "team", "Value": "net"}, {"Key": "only", "Value": "here"}]);
    let more = json!({"Tags": tags, "TransitiveTagKeys": ["team"], "SourceIdentity": "ada"});
    let first = assume(&mut sandbox, &root(HUB), MEMBER, "first", more).unwrap();
    let second = assume(&mut sandbox, &first, MEMBER, "second", json!({})).unwrap();
    assume(&mut sandbox, &second, MEMBER, "third", json!({})).unwrap();
    let again = json!({"Tags": [{"Key": "TEAM", "Value": "other"}]});
    let error = assume(&mut sandbox, &first, MEMBER, "first", again).unwrap_err();
    assert_eq!(error.code, "InvalidParameterValue", "a transitive tag is not changed");
}

#[test]
fn roles_are_tagged_changed_and_read_back() {
    let mut sandbox = sandbox();
    let key = root(MEMBER);
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!("*"))).unwrap();
    let mut iam = |action: &str, params: Value| call(&mut sandbox, &key, Service::Iam, action, params);
    iam("TagRole", json!({"RoleName": "spoke", "Tags": [{"Key": "Team", "Value": "a"}, {"Key": "b", "Value": "c"}]}))
        .unwrap();
    iam("TagRole", json!({"RoleName": "spoke", "Tags": [{"Key": "team", "Value": "d"}]})).unwrap();
    iam("UntagRole", json!({"RoleName": "spoke", "TagKeys": ["B"]})).unwrap();
    let tags = iam("ListRoleTags", json!({"RoleName": "spoke"})).unwrap()["Tags"].clone();
    assert_eq!(tags, json!([{"Key": "Team", "Value": "d"}]));
    iam("UpdateRole", json!({"RoleName": "spoke", "Description": "x", "MaxSessionDuration": 3600})).unwrap();
    let role = iam("GetRole", json!({"RoleName": "spoke"})).unwrap()["Role"].clone();
    assert_eq!((&role["Description"], &role["MaxSessionDuration"], &role["Tags"]), (&json!("x"), &json!(3600), &tags));
    let reserved = iam("TagRole", json!({"RoleName": "spoke", "Tags": [{"Key": "aws:x", "Value": ""}]}));
    assert_eq!(reserved.unwrap_err().code, "InvalidInput");
}

#[test]
fn a_managed_policy_has_versions_of_which_one_counts() {
    let mut sandbox = sandbox();
    let key = root(MEMBER);
    let document = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
            .to_string()
    };
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!({"AWS": MEMBER}))).unwrap();
    let session = assume(&mut sandbox, &key, MEMBER, "spoke", json!({})).unwrap();
    let made = call(
        &mut sandbox,
        &key,
        Service::Iam,
        "CreatePolicy",
        json!({"PolicyName": "net", "PolicyDocument": document("ec2:Describe*")}),
    )
    .unwrap();
    let arn = made["Policy"]["Arn"].clone();
    call(&mut sandbox, &key, Service::Iam, "AttachRolePolicy", json!({"RoleName": "spoke", "PolicyArn": arn})).unwrap();
    let reads = |sandbox: &mut Sandbox| call(sandbox, &session, Service::Ec2, "DescribeVpcs", json!({})).is_ok();
    assert!(reads(&mut sandbox));
    let iam = |sandbox: &mut Sandbox, action: &str, params: Value| call(sandbox, &key, Service::Iam, action, params);
    let version = json!({"PolicyArn": arn, "PolicyDocument": document("iam:*"), "SetAsDefault": true});
    iam(&mut sandbox, "CreatePolicyVersion", version.clone()).unwrap();
    assert!(!reads(&mut sandbox));
    let shown = iam(&mut sandbox, "GetPolicy", json!({"PolicyArn": arn})).unwrap();
    assert_eq!((&shown["Policy"]["DefaultVersionId"], &shown["Policy"]["AttachmentCount"]), (&json!("v2"), &json!(1)));
    let named = |version: &str| json!({"PolicyArn": arn, "VersionId": version});
    assert_eq!(iam(&mut sandbox, "DeletePolicyVersion", named("v2")).unwrap_err().code, "DeleteConflict");
    assert_eq!(iam(&mut sandbox, "GetPolicyVersion", named("v9")).unwrap_err().code, "NoSuchEntity");
    iam(&mut sandbox, "SetDefaultPolicyVersion", named("v1")).unwrap();
    assert!(reads(&mut sandbox));
    for _ in 0..3 {
        iam(&mut sandbox, "CreatePolicyVersion", version.clone()).unwrap();
    }
    assert_eq!(iam(&mut sandbox, "CreatePolicyVersion", version).unwrap_err().code, "LimitExceeded");
    let versions = iam(&mut sandbox, "ListPolicyVersions", json!({"PolicyArn": arn})).unwrap();
    assert_eq!(versions["Versions"].as_array().unwrap().len(), 5);
    let roles = iam(&mut sandbox, "ListEntitiesForPolicy", json!({"PolicyArn": arn})).unwrap();
    assert_eq!(roles["PolicyRoles"][0]["RoleName"], "spoke");
    assert_eq!(iam(&mut sandbox, "DeletePolicy", json!({"PolicyArn": arn})).unwrap_err().code, "DeleteConflict");
    iam(&mut sandbox, "DetachRolePolicy", json!({"RoleName": "spoke", "PolicyArn": arn})).unwrap();
    assert!(!reads(&mut sandbox), "a role that had a policy is no administrator when it is gone");
    assert_eq!(iam(&mut sandbox, "DeletePolicy", json!({"PolicyArn": arn})).unwrap_err().code, "DeleteConflict");
    iam(&mut sandbox, "SetDefaultPolicyVersion", named("v1")).unwrap();
    for version in ["v2", "v3", "v4", "v5"] {
        iam(&mut sandbox, "DeletePolicyVersion", named(version)).unwrap();
    }
    iam(&mut sandbox, "DeletePolicy", json!({"PolicyArn": arn})).unwrap();
    let local = iam(&mut sandbox, "ListPolicies", json!({"Scope": "Local"})).unwrap();
    assert_eq!(local["Policies"], json!([]));
}

#[test]
fn a_policy_of_awss_that_is_not_known_here_is_not_attached() {
    let mut sandbox = sandbox();
    make_role(&mut sandbox, MEMBER, "spoke", trusting(json!("*"))).unwrap();
    let mut attach = |arn: &str| {
        let params = json!({"RoleName": "spoke", "PolicyArn": arn});
        call(&mut sandbox, &root(MEMBER), Service::Iam, "AttachRolePolicy", params)
    };
    attach("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
    assert_eq!(attach("arn:aws:iam::aws:policy/AmazonS3FullAccess").unwrap_err().code, "NotModelled");
    assert_eq!(attach("arn:aws:iam::222222222222:policy/none").unwrap_err().code, "NoSuchEntity");
}
