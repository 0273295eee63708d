//! The organization, its units and accounts, and the roles in them.

use aws_sandbox::Service;
use aws_sandbox::identity::roles::Tag;
use aws_sandbox::organization::AccountState;
use jiff::Timestamp;
use serde_json::json;

use super::ComesTo::{Ignored, Reported};
use super::Row;
use super::how::ask;
use crate::world::Bench;

/// What drift says where an account fits its segment no more.
const BILLING_LEFT: &[&str] = &[
    "no longer declared: association billing.main/attachment vpc billing/billing.main eu/prod",
    "no longer declared: association billing.side/attachment vpc billing/billing.side eu/prod",
    "no longer declared: attachment eu billing.main/attachment billing false billing.main vpc",
    "no longer declared: attachment eu billing.side/attachment billing false billing.side vpc",
    "no longer declared: principal eu billing",
    "no longer declared: propagation billing.main/attachment vpc billing/billing.main eu/inspection",
    "no longer declared: propagation billing.main/attachment vpc billing/billing.main eu/prod",
    "no longer declared: propagation billing.side/attachment vpc billing/billing.side eu/inspection",
    "no longer declared: propagation billing.side/attachment vpc billing/billing.side eu/prod",
    "no longer declared: transit-gateway-route false 0.0.0.0/0 eu/prod",
    "no longer declared: transit-gateway-route false 10.1.0.0/16 eu/shared",
    "no longer declared: transit-gateway-route false 10.2.0.0/16 eu/shared",
    "no longer declared: vpc-route 0.0.0.0/0 billing.main/second billing/billing.main",
    "no longer declared: vpc-route 0.0.0.0/0 billing.main/table billing/billing.main",
    "no longer declared: vpc-route 0.0.0.0/0 billing.side/second billing/billing.side",
    "no longer declared: vpc-route 0.0.0.0/0 billing.side/table billing/billing.side",
    "no longer declared: vpc-route 10.0.0.0/8 billing.main/second billing/billing.main",
    "no longer declared: vpc-route 10.0.0.0/8 billing.main/table billing/billing.main",
    "no longer declared: vpc-route 10.0.0.0/8 billing.side/second billing/billing.side",
    "no longer declared: vpc-route 10.0.0.0/8 billing.side/table billing/billing.side",
    "problem: rule-fits-nothing ou: Workloads/Prod prod",
];

/// What drift says where an account cannot be entered: what is in it is unknown, and nothing is concluded.
const TOOLS_CLOSED: &[&str] = &[
    "unknown: tools/eu-west-1 VPCs",
    "unknown: tools/eu-west-1 its own VPC attachments",
    "unknown: tools/eu-west-1 route tables",
    "unknown: tools/eu-west-1 subnets",
    "unknown: tools/eu-west-1 transit gateways shared with it",
];

pub fn rows() -> Vec<Row> {
    [organization(), accounts(), roles()].into_iter().flatten().collect()
}

/// Changes an account directly.
fn account(bench: &Bench<'_>, name: &str, change: impl FnOnce(&mut aws_sandbox::organization::structure::Account)) {
    let mut sandbox = bench.seed.lock();
    let organization = sandbox.settled().organization.organizations.values_mut().next().expect("an organization");
    change(organization.accounts.get_mut(&bench.id(name)).expect("an account"));
}

/// Changes the member role of an account directly.
fn role(bench: &Bench<'_>, name: &str, change: impl FnOnce(&mut aws_sandbox::identity::Role)) {
    let mut sandbox = bench.seed.lock();
    let account = sandbox.settled().identity.accounts.get_mut(&bench.id(name)).expect("an account");
    change(account.roles.get_mut("transitd-member").expect("a role"));
}

fn organization() -> Vec<Row> {
    vec![
        row!(
            "organization",
            "management",
            |bench| {
                let mut sandbox = bench.seed.lock();
                let organization =
                    sandbox.settled().organization.organizations.values_mut().next().expect("an organization");
                organization.management = bench.id("lab");
            },
            &[],
            Ignored("the organization is known by its id")
        ),
        row!(
            "unit",
            "name",
            |bench| ask(
                bench,
                "management",
                Service::Organizations,
                "UpdateOrganizationalUnit",
                json!({ "OrganizationalUnitId": "{unit Prod}", "Name": "Production" })
            ),
            BILLING_LEFT,
            Reported
        ),
        row!(
            "unit",
            "parent",
            |bench| {
                let mut sandbox = bench.seed.lock();
                let organization =
                    sandbox.settled().organization.organizations.values_mut().next().expect("an organization");
                let root = organization.root.clone();
                organization.units.get_mut(&bench.id("unit Prod")).expect("a unit").parent = root;
            },
            BILLING_LEFT,
            Reported
        ),
        row!(
            "organization-tags",
            "tags",
            |bench| ask(
                bench,
                "management",
                Service::Organizations,
                "UntagResource",
                json!({ "ResourceId": "{data}", "TagKeys": ["era"] })
            ),
            &[
                "no longer declared: association data.one/attachment vpc data/data.one old/legacy",
                "no longer declared: association data.two/attachment vpc data/data.two old/legacy",
                "no longer declared: attachment old data.one/attachment data false data.one vpc",
                "no longer declared: attachment old data.two/attachment data false data.two vpc",
                "no longer declared: principal old data",
                "no longer declared: transit-gateway-route false 10.4.0.0/16 old/legacy",
                "no longer declared: transit-gateway-route false 10.5.0.0/16 old/legacy",
                "no longer declared: vpc-route 10.4.0.0/16 data.two/second data/data.two",
                "no longer declared: vpc-route 10.4.0.0/16 data.two/table data/data.two",
                "no longer declared: vpc-route 10.5.0.0/16 data.one/second data/data.one",
                "no longer declared: vpc-route 10.5.0.0/16 data.one/table data/data.one"
            ],
            Reported
        ),
        row!(
            "organization-tags",
            "tags",
            |bench| ask(
                bench,
                "management",
                Service::Organizations,
                "TagResource",
                json!({ "ResourceId": "{data}", "Tags": [{ "Key": "cost", "Value": "7" }] })
            ),
            &[],
            Ignored("no segment speaks of this tag")
        ),
    ]
}

fn accounts() -> Vec<Row> {
    const KIND: &str = "account";
    vec![
        row!(
            KIND,
            "name",
            |bench| account(bench, "billing", |it| it.name = "invoices".into()),
            &[],
            Ignored("accounts are known by their ids")
        ),
        row!(
            KIND,
            "email",
            |bench| account(bench, "billing", |it| it.email = "other@example.com".into()),
            &[],
            Ignored("accounts are known by their ids")
        ),
        row!(
            KIND,
            "parent",
            |bench| {
                let root = bench
                    .seed
                    .lock()
                    .world
                    .organization
                    .organizations
                    .values()
                    .next()
                    .expect("an organization")
                    .root
                    .clone();
                account(bench, "billing", |it| it.parent = root);
            },
            BILLING_LEFT,
            Reported
        ),
        row!(
            KIND,
            "state",
            |bench| account(bench, "tools", |it| it.state = AccountState::Suspended),
            &[
                "no longer declared: association tools.main/attachment vpc tools/tools.main eu/shared",
                "no longer declared: attachment eu tools.main/attachment tools false tools.main vpc",
                "no longer declared: principal eu tools",
                "no longer declared: propagation tools.main/attachment vpc tools/tools.main eu/inspection",
                "no longer declared: propagation tools.main/attachment vpc tools/tools.main eu/onprem",
                "no longer declared: transit-gateway-route false 10.3.0.0/16 eu/prod",
                "problem: route-target-missing eu/shared 10.77.0.0/16 tools/tools.main"
            ],
            Reported
        ),
        row!(
            KIND,
            "joined_method",
            |bench| account(bench, "billing", |it| it.joined_method = "INVITED"),
            &[],
            Ignored("how it joined decides nothing")
        ),
        row!(
            KIND,
            "joined",
            |bench| account(bench, "billing", |it| it.joined = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
    ]
}

fn roles() -> Vec<Row> {
    const KIND: &str = "role";
    const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    const OWN: &str = "the role lets transitd in as before";
    vec![
        row!(KIND, "id", |bench| role(bench, "tools", |it| it.id = "AROAOTHER".into()), &[], Ignored(OWN)),
        row!(
            KIND,
            "arn",
            |bench| role(bench, "tools", |it| it.arn = "arn:aws:iam::999999999999:role/other".into()),
            TOOLS_CLOSED,
            Reported
        ),
        row!(KIND, "name", |bench| role(bench, "tools", |it| it.name = "other".into()), &[], Ignored(OWN)),
        row!(
            KIND,
            "name",
            |bench| {
                let mut sandbox = bench.seed.lock();
                let account = sandbox.settled().identity.accounts.get_mut(&bench.id("tools")).expect("an account");
                account.roles.remove("transitd-member");
            },
            TOOLS_CLOSED,
            Reported
        ),
        row!(
            KIND,
            "path",
            |bench| role(bench, "tools", |it| it.path = "/other/".into()),
            &[],
            Ignored("the role is known by its ARN, and that has a row of its own")
        ),
        row!(
            KIND,
            "description",
            |bench| role(bench, "tools", |it| it.description = Some("somebody's".into())),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "created",
            |bench| role(bench, "tools", |it| it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "max_session_duration",
            |bench| role(bench, "tools", |it| it.max_session_duration = 900),
            TOOLS_CLOSED,
            Reported
        ),
        row!(
            KIND,
            "trust",
            |bench| {
                let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "arn:aws:iam::{lab}:root" } }] });
                let document = bench.world.names.fill(&trust.to_string());
                ask(
                    bench,
                    "tools",
                    Service::Iam,
                    "UpdateAssumeRolePolicy",
                    json!({ "RoleName": "transitd-member", "PolicyDocument": document }),
                );
            },
            TOOLS_CLOSED,
            Reported
        ),
        row!(
            KIND,
            "tags",
            |bench| role(bench, "tools", |it| it.tags.push(Tag { key: "a".into(), value: "b".into() })),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "inline",
            |bench| ask(
                bench,
                "tools",
                Service::Iam,
                "PutRolePolicy",
                json!({ "RoleName": "transitd-member", "PolicyName": "some", "PolicyDocument": EVERYTHING })
            ),
            &[],
            Ignored("what a role may do shows when it is done")
        ),
        row!(
            KIND,
            "attached",
            |bench| role(bench, "tools", |it| it.attached.push("arn:aws:iam::aws:policy/ReadOnlyAccess".into())),
            &[],
            Ignored("what a role may do shows when it is done")
        ),
        row!(
            KIND,
            "boundary",
            |bench| role(bench, "tools", |it| it.boundary = Some("arn:aws:iam::aws:policy/ReadOnlyAccess".into())),
            &[],
            Ignored("what a role may do shows when it is done")
        ),
        row!(
            KIND,
            "is_held",
            |bench| role(bench, "tools", |it| it.is_held = true),
            &[
                "unknown: tools/eu-west-1 VPCs",
                "unknown: tools/eu-west-1 its own VPC attachments",
                "unknown: tools/eu-west-1 prefix lists that it can see",
                "unknown: tools/eu-west-1 route tables",
                "unknown: tools/eu-west-1 subnets",
                "unknown: tools/eu-west-1 transit gateways shared with it"
            ],
            Reported
        ),
    ]
}
