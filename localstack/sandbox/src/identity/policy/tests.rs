use serde_json::{Value, json};

use super::*;

fn judge(statements: Value, action: &str, resource: &str) -> Verdict {
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let context = Context::of([("aws:PrincipalAccount", "111111111111")]);
    Policy::read(&document).unwrap().judge(&Question { action, resource, context: &context })
}

fn allow(actions: Value, resources: Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}

const VPC: &str = "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1";

#[test]
fn actions_fit_in_any_case_and_by_wildcards() {
    for (pattern, wanted) in [
        ("ec2:CreateVpc", true),
        ("EC2:createvpc", true),
        ("ec2:Create*", true),
        ("ec2:*Vpc", true),
        ("ec2:CreateVp?", true),
        ("*", true),
        ("ec2:CreateVpcs", false),
        ("iam:*", false),
    ] {
        let verdict = judge(allow(json!(pattern), json!("*")), "ec2:CreateVpc", VPC);
        assert_eq!(verdict == Verdict::Allowed, wanted, "{pattern}");
    }
}

#[test]
fn a_deny_wins_wherever_it_stands() {
    let all = allow(json!("*"), json!("*"));
    let deny = json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:ec2:*:*:vpc/*"});
    assert_eq!(judge(json!([deny, all]), "ec2:DeleteVpc", VPC), Verdict::Denied);
    assert_eq!(judge(json!([all, deny]), "ec2:DeleteVpc", VPC), Verdict::Denied);
    assert_eq!(judge(json!([all, deny]), "ec2:DescribeVpcs", "*"), Verdict::Allowed);
    assert_eq!(judge(json!([deny]), "iam:GetRole", "*"), Verdict::Silent);
}

#[test]
fn what_is_left_out_is_everything_else() {
    let not_iam = json!({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"});
    assert_eq!(judge(not_iam.clone(), "ec2:CreateVpc", VPC), Verdict::Allowed);
    assert_eq!(judge(not_iam, "iam:CreateRole", "*"), Verdict::Silent);
    let not_this = json!({"Effect": "Allow", "Action": "ec2:*", "NotResource": VPC});
    assert_eq!(judge(not_this.clone(), "ec2:DeleteVpc", VPC), Verdict::Silent);
    assert_eq!(judge(not_this, "ec2:DeleteVpc", &format!("{VPC}2")), Verdict::Allowed);
}

#[test]
fn an_action_without_resources_is_allowed_only_on_a_star() {
    assert_eq!(judge(allow(json!("ec2:*"), json!(VPC)), "ec2:DescribeVpcs", "*"), Verdict::Silent);
    assert_eq!(judge(allow(json!("ec2:*"), json!("*")), "ec2:DescribeVpcs", "*"), Verdict::Allowed);
}

#[test]
fn a_resource_may_have_variables_in_newer_documents_only() {
    let own = allow(json!("ec2:*"), json!("arn:aws:ec2:*:${aws:PrincipalAccount}:vpc/*"));
    assert_eq!(judge(own.clone(), "ec2:DeleteVpc", VPC), Verdict::Allowed);
    let old = Policy::read(&json!({"Statement": own}).to_string()).unwrap();
    let context = Context::of([("aws:PrincipalAccount", "111111111111")]);
    let question = Question { action: "ec2:DeleteVpc", resource: VPC, context: &context };
    assert_eq!(old.judge(&question), Verdict::Silent, "the text itself is meant");
}

#[test]
fn what_is_no_policy_is_malformed() {
    let whole = allow(json!("ec2:*"), json!("*"));
    let with = |name: &str, value: Value| {
        let mut statement = whole.clone();
        statement[name] = value;
        statement
    };
    let without = |name: &str| {
        let mut statement = whole.clone();
        statement.as_object_mut().unwrap().remove(name);
        statement
    };
    for (statements, version) in [
        (json!([]), "2012-10-17"),
        (json!("all"), "2012-10-17"),
        (whole.clone(), "2020-01-01"),
        (without("Effect"), "2012-10-17"),
        (without("Action"), "2012-10-17"),
        (without("Resource"), "2012-10-17"),
        (with("Effect", json!("Perhaps")), "2012-10-17"),
        (with("Action", json!("CreateVpc")), "2012-10-17"),
        (with("Action", json!("*:CreateVpc")), "2012-10-17"),
        (with("Action", json!([])), "2012-10-17"),
        (with("NotAction", json!("iam:*")), "2012-10-17"),
        (with("Resource", json!("vpc-1")), "2012-10-17"),
        (with("Principal", json!("*")), "2012-10-17"),
        (with("Colour", json!("red")), "2012-10-17"),
        (with("Sid", json!("a b")), "2012-10-17"),
        (json!([with("Sid", json!("a")), with("Sid", json!("a"))]), "2012-10-17"),
    ] {
        let document = json!({"Version": version, "Statement": statements}).to_string();
        let error = Policy::read(&document).expect_err(&document);
        assert_eq!(error.code, "MalformedPolicyDocument", "{document}");
    }
    for text in ["", "[]", "{}", "{\"Statement\": {\"Effect\": \"Allow\", \"Effect\": \"Deny\"}}"] {
        assert_eq!(Policy::read(text).unwrap_err().code, "MalformedPolicyDocument", "{text}");
    }
    let twice = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}, "Bool": {"aws:SecureTransport": "false"}}}}"#;
    assert!(Policy::read(twice).unwrap_err().message.contains("given twice"));
}
