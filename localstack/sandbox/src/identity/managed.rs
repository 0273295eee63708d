//! AWS's own managed policies, as far as they concern the services that the sandbox has.
//!
//! Each says of these services what AWS's document says; what it says of others is left out, since nobody can call
//! them. (AWS Managed Policy Reference Guide.) A policy that is not here cannot be attached.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::policy::Policy;

const PREFIX: &str = "arn:aws:iam::aws:policy/";

const EC2_READS: [&str; 3] = ["ec2:Describe*", "ec2:Get*", "ec2:Search*"];
const RAM_READS: [&str; 2] = ["ram:Get*", "ram:List*"];
const IAM_READS: [&str; 5] =
    ["iam:Get*", "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy", "iam:Generate*"];
const ORGANIZATIONS_READS: [&str; 2] = ["organizations:Describe*", "organizations:List*"];

fn documents() -> Vec<(&'static str, Value)> {
    let allow = |actions: Value| json!([{"Effect": "Allow", "Action": actions, "Resource": "*"}]);
    let mut reads: Vec<&str> = Vec::new();
    reads.extend(EC2_READS);
    reads.extend(RAM_READS);
    reads.extend(IAM_READS);
    reads.extend(ORGANIZATIONS_READS);
    reads.push("sts:GetAccessKeyInfo");
    let mut iam = vec!["iam:*"];
    iam.extend([
        "organizations:DescribeAccount",
        "organizations:DescribeOrganization",
        "organizations:DescribeOrganizationalUnit",
        "organizations:DescribePolicy",
        "organizations:ListChildren",
        "organizations:ListParents",
        "organizations:ListPolicies",
        "organizations:ListPoliciesForTarget",
        "organizations:ListRoots",
        "organizations:ListTargetsForPolicy",
    ]);
    let gateways = json!({"StringEquals": {"iam:AWSServiceName": "transitgateway.amazonaws.com"}});
    let ec2 = json!([
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": gateways},
    ]);
    let power = json!([
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": [
                "iam:CreateServiceLinkedRole",
                "iam:DeleteServiceLinkedRole",
                "iam:ListRoles",
                "organizations:DescribeEffectivePolicy",
                "organizations:DescribeOrganization",
            ],
            "Resource": "*",
        },
    ]);
    vec![
        ("AdministratorAccess", allow(json!("*"))),
        ("AmazonEC2FullAccess", ec2),
        ("AWSOrganizationsFullAccess", allow(json!("organizations:*"))),
        ("AWSOrganizationsReadOnlyAccess", allow(json!(ORGANIZATIONS_READS))),
        ("AWSResourceAccessManagerFullAccess", allow(json!("ram:*"))),
        ("AWSResourceAccessManagerReadOnlyAccess", allow(json!(RAM_READS))),
        ("IAMFullAccess", allow(json!(iam))),
        ("IAMReadOnlyAccess", allow(json!(IAM_READS))),
        ("PowerUserAccess", power),
        ("ReadOnlyAccess", allow(json!(reads))),
    ]
}

fn table() -> &'static BTreeMap<String, Policy> {
    static TABLE: OnceLock<BTreeMap<String, Policy>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read = |(name, statements): (&str, Value)| {
            let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
            (format!("{PREFIX}{name}"), Policy::read(&text).expect("AWS's own policies can be read"))
        };
        documents().into_iter().map(read).collect()
    })
}

/// Finds one of AWS's policies.
pub fn of_aws(arn: &str) -> Option<&'static Policy> {
    table().get(arn)
}

/// Lists the ARNs of all of AWS's policies that are here.
pub fn arns() -> impl Iterator<Item = &'static String> {
    table().keys()
}

/// Says whether an ARN is that of a policy of AWS's own, known here or not.
pub fn is_of_aws(arn: &str) -> bool {
    arn.starts_with(PREFIX)
}
