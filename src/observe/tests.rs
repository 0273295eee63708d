//! The right place comes first, and what cannot be read is unknown.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;

use super::*;
use crate::api::{ApiError, Clock, Items, Line, Pace, Page, Policy, Read, ReadCall, Roles, Sending, Session};
use crate::model::{AccountState, CallerIdentity, Fault, Organization, OrganizationalUnit, PlacedUnit, Role, Tags};
use crate::specimen::{BILLING, HOME, TOOLS, converged, id, now, region, scope};

struct Standing;

#[async_trait]
impl Clock for Standing {
    fn now(&self) -> Timestamp {
        now()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// Answers out of the specimen, but for what it is told to answer otherwise.
struct Specimen {
    account: &'static str,
    organization: &'static str,
    /// Calls that are refused, by scope's account and action.
    denied: Vec<(&'static str, &'static str)>,
    asked: Mutex<Vec<String>>,
}

fn keys() -> Items {
    Items::Credentials(vec![crate::api::Credentials::Session {
        access_key_id: "ASIA".into(),
        secret_access_key: "planted".into(),
        session_token: "planted".into(),
        expires: Timestamp::MAX,
    }])
}

impl Specimen {
    fn items(&self, scope: &Scope, call: &ReadCall) -> Items {
        let seen = converged();
        let hub = &seen.hubs[&region()];
        let list = |items: Vec<Account>| Items::Accounts(items);
        let of = |scope: &Scope| seen.members[scope].clone();
        match call {
            ReadCall::GetCallerIdentity => {
                Items::Identity(vec![CallerIdentity { account: id(self.account), arn: "arn".into() }])
            }
            ReadCall::AssumeRole { .. } => keys(),
            ReadCall::DescribeOrganization => Items::Organization(vec![Organization {
                id: id(self.organization),
                management_account: id("100000000001"),
            }]),
            ReadCall::ListAccounts => list(
                seen.accounts.known().unwrap().iter().map(|account| Account { ou: None, ..account.clone() }).collect(),
            ),
            ReadCall::ListRoots => Items::Units(vec![OrganizationalUnit { id: "r-1".into(), name: "Root".into() }]),
            ReadCall::ListOrganizationalUnitsForParent { parent } => Items::Units(match parent.as_str() {
                "r-1" => vec![OrganizationalUnit { id: "ou-1".into(), name: "Workloads".into() }],
                "ou-1" => vec![OrganizationalUnit { id: "ou-2".into(), name: "Prod".into() }],
                _ => vec![],
            }),
            ReadCall::ListAccountsForParent { parent } => {
                let wanted: &[&str] = match parent.as_str() {
                    "r-1" => &[HOME, TOOLS],
                    "ou-2" => &[BILLING],
                    _ => &[],
                };
                let all = seen.accounts.known().unwrap().iter();
                list(all.filter(|account| wanted.contains(&account.id.as_str())).cloned().collect())
            }
            ReadCall::DescribeVpcs => Items::Vpcs(of(scope).vpcs.known().unwrap().to_vec()),
            ReadCall::DescribeSubnets => Items::Subnets(of(scope).subnets.known().unwrap().to_vec()),
            ReadCall::DescribeRouteTables => Items::RouteTables(of(scope).route_tables.known().unwrap().to_vec()),
            ReadCall::DescribeTransitGateways => Items::TransitGateways(hub.gateways.known().unwrap().to_vec()),
            ReadCall::DescribeTransitGatewayAttachments => {
                Items::Attachments(hub.attachments.known().unwrap().to_vec())
            }
            ReadCall::DescribeTransitGatewayVpcAttachments => {
                let own = seen.members.get(scope).map(|member| &member.attachments);
                Items::VpcAttachments(own.unwrap_or(&hub.vpc_attachments).known().unwrap().to_vec())
            }
            ReadCall::GetTransitGatewayPrefixListReferences { table } => {
                Items::PrefixListReferences(hub.references[table].known().unwrap().to_vec())
            }
            ReadCall::DescribeManagedPrefixLists => Items::PrefixLists(vec![]),
            ReadCall::GetResourceShares => Items::ResourceShares(vec![]),
            ReadCall::GetResourceShareAssociations { .. } => Items::ShareAssociations(vec![]),
            ReadCall::GetResourceShareInvitations => Items::Invitations(vec![]),
            ReadCall::ListTagsForResource { .. } => Items::AccountTags(vec![Tags::new()]),
            ReadCall::GetRole { role } => Items::Roles(vec![Role { name: role.to_string(), trust: String::new() }]),
            ReadCall::DescribeTransitGatewayRouteTables => {
                Items::TransitGatewayRouteTables(hub.tables.known().unwrap().to_vec())
            }
            ReadCall::GetTransitGatewayRouteTableAssociations { table } => {
                Items::Associations(hub.associations[table].known().unwrap().to_vec())
            }
            ReadCall::GetTransitGatewayRouteTablePropagations { table } => {
                Items::Propagations(hub.propagations[table].known().unwrap().to_vec())
            }
            ReadCall::SearchTransitGatewayRoutes { table } => {
                Items::TransitGatewayRoutes(hub.routes[table].known().unwrap().to_vec())
            }
        }
    }
}

#[async_trait]
impl Read for Specimen {
    async fn page(&self, session: &Session, call: &ReadCall, _: Option<&str>) -> Result<Page, ApiError> {
        let entered = if let ReadCall::AssumeRole { role_arn, .. } = call { role_arn.split(':').nth(4) } else { None };
        let account = entered.unwrap_or(session.scope.account.as_str()).to_owned();
        self.asked.lock().unwrap().push(format!("{account} {}", call.action()));
        if self.denied.iter().any(|(of, action)| *of == account && *action == call.action()) {
            return Err(ApiError {
                code: "AccessDenied".into(),
                status: Some(403),
                message: "no".into(),
                request_id: None,
                sending: Sending::Answered,
            });
        }
        Ok(Page { items: self.items(&session.scope, call), next: None })
    }
}

fn specimen(denied: Vec<(&'static str, &'static str)>) -> Specimen {
    Specimen { account: HOME, organization: "o-a1b2c3d4e5", denied, asked: Mutex::default() }
}

async fn look(specimen: Arc<Specimen>) -> Result<Snapshot, Misplaced> {
    let clock = Arc::new(Standing);
    let line = Line {
        pace: Arc::new(Pace::new(clock.clone())),
        clock,
        policy: Arc::new(Policy::default()),
        deadline: Timestamp::MAX,
    };
    let roles = Roles {
        network: id("corp"),
        home_account: id(HOME),
        home_role: None,
        member_role: id("transitd-member"),
        external_id: None,
        region: region(),
    };
    let survey = Survey {
        home: id(HOME),
        organization: id("o-a1b2c3d4e5"),
        accounts: AccountSource::Organizations { units: true, tags: false },
        region: region(),
        network: id("corp"),
        shares: false,
        prefix_lists: false,
        member_prefix_lists: false,
        invitations: false,
        roles: vec![],
        gateways: BTreeMap::from([(region(), BTreeSet::from([id("tgw-1")]))]),
        of_interest: Box::new(|account| account.state == AccountState::Active && account.id.as_str() != HOME),
    };
    observe(&Reader::new(specimen, roles, line), &Arc::new(survey)).await
}

#[tokio::test]
async fn what_is_there_is_seen_whole() {
    let mut expected = converged();
    // The specimen's tools account stands at the root here.
    crate::specimen::items(&mut expected.accounts)[2].ou = Some(id("/"));
    let unit = |path: &str, of: &str| PlacedUnit { path: id(path), id: of.to_owned() };
    let units = vec![unit("/", "r-1"), unit("Workloads", "ou-1"), unit("Workloads/Prod", "ou-2")];
    expected.units = Some(crate::specimen::complete(units));
    assert_eq!(look(Arc::new(specimen(vec![]))).await.unwrap(), expected);
}

#[tokio::test]
async fn in_the_wrong_account_or_organization_nothing_else_is_read() {
    let wrong = Arc::new(Specimen { account: BILLING, ..specimen(vec![]) });
    assert!(matches!(look(wrong.clone()).await, Err(Misplaced::WrongAccount { .. })));
    assert_eq!(*wrong.asked.lock().unwrap(), [format!("{HOME} GetCallerIdentity")]);
    let wrong = Arc::new(Specimen { organization: "o-zzzzzzzzzz", ..specimen(vec![]) });
    assert!(matches!(look(wrong.clone()).await, Err(Misplaced::WrongOrganization { .. })));
    assert_eq!(wrong.asked.lock().unwrap().len(), 2);
    let unclear = Arc::new(specimen(vec![(HOME, "DescribeOrganization")]));
    assert!(matches!(look(unclear).await, Err(Misplaced::Unclear(trouble)) if trouble.fault == Fault::Denied));
}

#[tokio::test]
async fn an_account_that_cannot_be_entered_is_unknown_with_one_call_and_the_others_are_read() {
    let closed = Arc::new(specimen(vec![(BILLING, "AssumeRole")]));
    let seen = look(closed.clone()).await.unwrap();
    let unknown = seen.unknown(&id(HOME));
    assert_eq!(unknown.len(), 5);
    assert!(unknown.keys().all(|list| list.to_string().starts_with(BILLING)), "{unknown:?}");
    assert!(seen.members[&scope(TOOLS)].vpcs.known().is_some());
    let calls = closed.asked.lock().unwrap();
    assert_eq!(calls.iter().filter(|call| call.starts_with(BILLING)).count(), 1, "{calls:?}");
}

#[tokio::test]
async fn any_read_that_is_denied_makes_just_its_list_unknown() {
    for (account, action, lists) in [
        (HOME, "DescribeTransitGateways", 1),
        (HOME, "DescribeTransitGatewayAttachments", 1),
        (HOME, "DescribeTransitGatewayVpcAttachments", 1),
        (HOME, "DescribeTransitGatewayRouteTables", 1),
        (HOME, "GetTransitGatewayRouteTableAssociations", 2),
        (HOME, "GetTransitGatewayRouteTablePropagations", 2),
        (HOME, "SearchTransitGatewayRoutes", 2),
        (BILLING, "DescribeVpcs", 1),
        (BILLING, "DescribeSubnets", 1),
        (BILLING, "DescribeRouteTables", 1),
        (BILLING, "DescribeTransitGateways", 1),
        (BILLING, "DescribeTransitGatewayVpcAttachments", 1),
        (HOME, "GetTransitGatewayPrefixListReferences", 2),
    ] {
        let seen = look(Arc::new(specimen(vec![(account, action)]))).await.unwrap();
        assert_eq!(seen.unknown(&id(HOME)).len(), lists, "{action}");
    }
}

#[tokio::test]
async fn a_unit_that_cannot_be_read_makes_the_accounts_unknown_and_none_is_entered() {
    for action in ["ListAccounts", "ListRoots", "ListAccountsForParent", "ListOrganizationalUnitsForParent"] {
        let seen = look(Arc::new(specimen(vec![(HOME, action)]))).await.unwrap();
        assert!(seen.accounts.known().is_none(), "{action}");
        assert!(seen.members.is_empty(), "{action}");
    }
}
