use std::time::Duration;

use serde_json::json;

use super::*;
use crate::call::{Call, Service};
use crate::clock::Pace;
use crate::sandbox::{Sandbox, Settings};

const MANAGEMENT: &str = "111111111111";

struct Fixture {
    sandbox: Sandbox,
    root: String,
}

impl Fixture {
    /// An organization of the management account alone.
    fn new(pace: Pace) -> Self {
        let mut fixture = Self { sandbox: Sandbox::new(Settings { pace, ..Settings::default() }), root: String::new() };
        fixture.ok("CreateOrganization", json!({"FeatureSet": "ALL"}));
        fixture.root = fixture.ok("ListRoots", json!({}))["Roots"][0]["Id"].as_str().unwrap().to_owned();
        fixture
    }

    fn call(&mut self, account: &str, action: &str, params: Value) -> Result<Value, AwsError> {
        self.sandbox.call(&Call {
            access_key_id: account.to_owned(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service: Service::Organizations,
            action: action.to_owned(),
            params,
        })
    }

    fn ok(&mut self, action: &str, params: Value) -> Value {
        self.call(MANAGEMENT, action, params).unwrap()
    }

    fn code(&mut self, action: &str, params: Value) -> String {
        self.call(MANAGEMENT, action, params).unwrap_err().code
    }

    fn account(&mut self, name: &str) -> String {
        let params = json!({"AccountName": name, "Email": format!("{name}@example.com")});
        let request = self.ok("CreateAccount", params)["CreateAccountStatus"]["Id"].clone();
        let status = self.ok("DescribeCreateAccountStatus", json!({"CreateAccountRequestId": request}));
        status["CreateAccountStatus"]["AccountId"].as_str().unwrap().to_owned()
    }

    fn unit(&mut self, parent: &str, name: &str) -> Result<String, AwsError> {
        let answer = self.call(MANAGEMENT, "CreateOrganizationalUnit", json!({"ParentId": parent, "Name": name}))?;
        Ok(answer["OrganizationalUnit"]["Id"].as_str().unwrap().to_owned())
    }

    fn state(&mut self, account: &str) -> (String, String) {
        let account = self.ok("DescribeAccount", json!({"AccountId": account}));
        let text = |name: &str| account["Account"][name].as_str().unwrap().to_owned();
        (text("State"), text("Status"))
    }

    fn delegate(&mut self, account: &str) {
        self.ok("EnableAWSServiceAccess", json!({"ServicePrincipal": "ram.amazonaws.com"}));
        let params = json!({"AccountId": account, "ServicePrincipal": "ram.amazonaws.com"});
        self.ok("RegisterDelegatedAdministrator", params);
    }
}

#[test]
fn an_account_is_there_some_time_after_it_was_asked_for() {
    let mut fixture = Fixture::new(Pace::Times { factor: 1.0 });
    let params = json!({"AccountName": "a", "Email": "first@example.com"});
    let asked = fixture.ok("CreateAccount", params)["CreateAccountStatus"].clone();
    assert_eq!(asked["State"], "IN_PROGRESS");
    assert_eq!(fixture.ok("ListAccounts", json!({}))["Accounts"].as_array().unwrap().len(), 1);
    fixture.sandbox.advance(Duration::from_secs(600));
    let status = fixture.ok("DescribeCreateAccountStatus", json!({"CreateAccountRequestId": asked["Id"]}));
    let status = &status["CreateAccountStatus"];
    assert_eq!(status["State"], "SUCCEEDED");
    let id = status["AccountId"].as_str().unwrap();
    assert_eq!(fixture.ok("ListAccounts", json!({}))["Accounts"].as_array().unwrap().len(), 2);
    let organizations = &fixture.sandbox.world.organization;
    assert_eq!(organizations.organization_of(id), organizations.organization_of(MANAGEMENT));
    assert_eq!(organizations.ou_path(id), std::slice::from_ref(&fixture.root));
}

#[test]
fn an_address_is_good_for_one_account() {
    let mut fixture = Fixture::new(Pace::Instant);
    fixture.account("a");
    let params = json!({"AccountName": "b", "Email": "A@example.com"});
    let request = fixture.ok("CreateAccount", params)["CreateAccountStatus"]["Id"].clone();
    let status = fixture.ok("DescribeCreateAccountStatus", json!({"CreateAccountRequestId": request}));
    assert_eq!(status["CreateAccountStatus"]["State"], "FAILED");
    assert_eq!(status["CreateAccountStatus"]["FailureReason"], "EMAIL_ALREADY_EXISTS");
}

#[test]
fn the_management_account_gets_into_accounts_that_it_made() {
    let mut fixture = Fixture::new(Pace::Instant);
    let account = fixture.account("a");
    let assume = |sandbox: &mut Sandbox, from: &str| {
        sandbox.call(&Call {
            access_key_id: from.to_owned(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service: Service::Sts,
            action: "AssumeRole".to_owned(),
            params: json!({
                "RoleArn": format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole"),
                "RoleSessionName": "test",
            }),
        })
    };
    assume(&mut fixture.sandbox, MANAGEMENT).unwrap();
    assert_eq!(assume(&mut fixture.sandbox, "999999999999").unwrap_err().code, "AccessDenied");
    fixture.ok("CloseAccount", json!({"AccountId": account}));
    assert_eq!(assume(&mut fixture.sandbox, MANAGEMENT).unwrap_err().code, "AccessDenied");
}

#[test]
fn reading_is_for_management_and_delegated_administrators() {
    let mut fixture = Fixture::new(Pace::Instant);
    let member = fixture.account("a");
    let denied = fixture.call(&member, "ListAccounts", json!({})).unwrap_err();
    assert_eq!((denied.code.as_str(), denied.status), ("AccessDeniedException", 400));
    fixture.call(&member, "DescribeOrganization", json!({})).unwrap();
    fixture.delegate(&member);
    fixture.call(&member, "ListAccounts", json!({})).unwrap();
    let (root, unit) = (fixture.root.clone(), json!({"AccountId": MANAGEMENT, "ServicePrincipal": "x.amazonaws.com"}));
    let create = json!({"ParentId": root, "Name": "a"});
    assert_eq!(fixture.call(&member, "CreateOrganizationalUnit", create).unwrap_err().code, "AccessDeniedException");
    assert_eq!(
        fixture.call(&member, "RegisterDelegatedAdministrator", unit).unwrap_err().code,
        "AccessDeniedException"
    );
    let outside = fixture.call("222222222222", "DescribeOrganization", json!({})).unwrap_err();
    assert_eq!(outside.code, "AWSOrganizationsNotInUseException");
}

#[test]
fn delegation_needs_trusted_access_and_ends_when_taken_back() {
    let mut fixture = Fixture::new(Pace::Instant);
    let member = fixture.account("a");
    let params = json!({"AccountId": member, "ServicePrincipal": "ram.amazonaws.com"});
    assert_eq!(fixture.code("RegisterDelegatedAdministrator", params.clone()), "ConstraintViolationException");
    fixture.delegate(&member);
    assert_eq!(fixture.code("RegisterDelegatedAdministrator", params.clone()), "AccountAlreadyRegisteredException");
    let all = fixture.ok("ListDelegatedAdministrators", json!({}));
    assert_eq!(all["DelegatedAdministrators"][0]["Id"], json!(member));
    let others = fixture.ok("ListDelegatedAdministrators", json!({"ServicePrincipal": "sso.amazonaws.com"}));
    assert_eq!(others["DelegatedAdministrators"], json!([]));
    assert_eq!(
        fixture.code("RemoveAccountFromOrganization", json!({"AccountId": member})),
        "ConstraintViolationException"
    );
    fixture.ok("DeregisterDelegatedAdministrator", params.clone());
    assert_eq!(fixture.code("DeregisterDelegatedAdministrator", params), "AccountNotRegisteredException");
    assert!(fixture.call(&member, "ListAccounts", json!({})).is_err());
}

#[test]
fn units_nest_five_deep_and_names_differ_under_one_parent() {
    let mut fixture = Fixture::new(Pace::Instant);
    let mut parent = fixture.root.clone();
    for depth in 0..5 {
        parent = fixture.unit(&parent, &format!("level-{depth}")).unwrap();
    }
    assert_eq!(fixture.unit(&parent, "too deep").unwrap_err().code, "ConstraintViolationException");
    let root = fixture.root.clone();
    assert_eq!(fixture.unit(&root, "level-0").unwrap_err().code, "DuplicateOrganizationalUnitException");
    assert_eq!(fixture.unit("ou-none-00000000", "x").unwrap_err().code, "ParentNotFoundException");
    let children = fixture.ok("ListChildren", json!({"ParentId": root, "ChildType": "ORGANIZATIONAL_UNIT"}));
    let child = children["Children"][0]["Id"].clone();
    assert_eq!(
        fixture.code("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": child})),
        "OrganizationalUnitNotEmptyException"
    );
    fixture.ok("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": parent}));
}

#[test]
fn a_unit_keeps_its_id_when_renamed() {
    let mut fixture = Fixture::new(Pace::Instant);
    let root = fixture.root.clone();
    let unit = fixture.unit(&root, "old").unwrap();
    fixture.unit(&root, "taken").unwrap();
    let rename = |name: &str| json!({"OrganizationalUnitId": unit, "Name": name});
    assert_eq!(fixture.code("UpdateOrganizationalUnit", rename("taken")), "DuplicateOrganizationalUnitException");
    let renamed = fixture.ok("UpdateOrganizationalUnit", rename("new"));
    assert_eq!(renamed["OrganizationalUnit"]["Name"], "new");
    assert_eq!(renamed["OrganizationalUnit"]["Id"], json!(unit));
}

#[test]
fn an_account_moves_from_where_it_is_to_where_it_is_not() {
    let mut fixture = Fixture::new(Pace::Instant);
    let (account, root) = (fixture.account("a"), fixture.root.clone());
    let unit = fixture.unit(&root, "net").unwrap();
    let travel = |account: &str, from: &str, to: &str| json!({"AccountId": account, "SourceParentId": from, "DestinationParentId": to});
    assert_eq!(fixture.code("MoveAccount", travel(&account, &unit, &root)), "DuplicateAccountException");
    assert_eq!(fixture.code("MoveAccount", travel(&account, "r-zzzz", &unit)), "SourceParentNotFoundException");
    assert_eq!(
        fixture.code("MoveAccount", travel(&account, &root, "ou-none-00000000")),
        "DestinationParentNotFoundException"
    );
    assert_eq!(fixture.code("MoveAccount", travel("999999999999", &root, &unit)), "AccountNotFoundException");
    assert_eq!(fixture.code("MoveAccount", travel("12", &root, &unit)), "InvalidInputException");
    fixture.ok("MoveAccount", travel(&account, &root, &unit));
    assert_eq!(fixture.sandbox.world.organization.ou_path(&account), [root, unit.clone()]);
    assert_eq!(fixture.ok("ListParents", json!({"ChildId": account}))["Parents"][0]["Id"], json!(unit));
    let there = fixture.ok("ListAccountsForParent", json!({"ParentId": unit}));
    assert_eq!(there["Accounts"][0]["Id"], json!(account));
}

#[test]
fn a_closed_account_is_out_at_once_and_shown_for_ninety_days() {
    let mut fixture = Fixture::new(Pace::Times { factor: 1.0 });
    fixture.ok("CreateAccount", json!({"AccountName": "a", "Email": "first@example.com"}));
    fixture.sandbox.advance(Duration::from_secs(600));
    let accounts = fixture.ok("ListAccounts", json!({}));
    let ids = accounts["Accounts"].as_array().unwrap().iter().map(|account| account["Id"].as_str().unwrap());
    let account = ids.into_iter().find(|id| *id != MANAGEMENT).unwrap().to_owned();
    assert_eq!(fixture.state(&account), ("ACTIVE".to_owned(), "ACTIVE".to_owned()));
    assert_eq!(fixture.code("CloseAccount", json!({"AccountId": MANAGEMENT})), "ConstraintViolationException");
    fixture.ok("CloseAccount", json!({"AccountId": account}));
    assert_eq!(fixture.state(&account), ("PENDING_CLOSURE".to_owned(), "PENDING_CLOSURE".to_owned()));
    assert!(fixture.call(&account, "DescribeOrganization", json!({})).is_err());
    assert_eq!(fixture.code("CloseAccount", json!({"AccountId": account})), "ConflictException");
    fixture.sandbox.advance(Duration::from_secs(600));
    assert_eq!(fixture.state(&account), ("CLOSED".to_owned(), "SUSPENDED".to_owned()));
    assert_eq!(fixture.code("CloseAccount", json!({"AccountId": account})), "AccountAlreadyClosedException");
    fixture.sandbox.advance(Duration::from_secs(91 * 24 * 3600));
    assert_eq!(fixture.code("DescribeAccount", json!({"AccountId": account})), "AccountNotFoundException");
    assert!(fixture.sandbox.world.organization.is_closed(&account));
}

#[test]
fn the_old_status_field_can_be_gone() {
    let mut fixture = Fixture::new(Pace::Instant);
    fixture.sandbox.world.organization.status_retired = true;
    let accounts = fixture.ok("ListAccounts", json!({}));
    assert_eq!(
        (&accounts["Accounts"][0]["Status"], &accounts["Accounts"][0]["State"]),
        (&Value::Null, &json!("ACTIVE"))
    );
}

#[test]
fn a_removed_account_stands_alone() {
    let mut fixture = Fixture::new(Pace::Instant);
    let account = fixture.account("a");
    assert_eq!(
        fixture.code("RemoveAccountFromOrganization", json!({"AccountId": MANAGEMENT})),
        "MasterCannotLeaveOrganizationException"
    );
    fixture.ok("RemoveAccountFromOrganization", json!({"AccountId": account}));
    assert_eq!(
        fixture.code("RemoveAccountFromOrganization", json!({"AccountId": account})),
        "AccountNotFoundException"
    );
    let alone = fixture.call(&account, "DescribeOrganization", json!({})).unwrap_err();
    assert_eq!(alone.code, "AWSOrganizationsNotInUseException");
    fixture.call(&account, "CreateOrganization", json!({})).unwrap();
}

#[test]
fn pages_hold_what_was_asked_for_and_tokens_are_for_one_list() {
    let mut fixture = Fixture::new(Pace::Instant);
    for number in 0..4 {
        fixture.account(&format!("account-{number}"));
    }
    let first = fixture.ok("ListAccounts", json!({"MaxResults": 3}));
    assert_eq!(first["Accounts"].as_array().unwrap().len(), 3);
    let token = &first["NextToken"];
    let rest = fixture.ok("ListAccounts", json!({"MaxResults": 3, "NextToken": token}));
    assert_eq!((rest["Accounts"].as_array().unwrap().len(), &rest["NextToken"]), (2, &Value::Null));
    assert_eq!(fixture.code("ListRoots", json!({"NextToken": token})), "InvalidInputException");
    assert_eq!(fixture.code("ListAccounts", json!({"NextToken": "nonsense"})), "InvalidInputException");
    assert_eq!(fixture.code("ListAccounts", json!({"MaxResults": 21})), "InvalidInputException");
}

#[test]
fn an_empty_page_may_come_first_and_the_rest_follows() {
    let mut fixture = Fixture::new(Pace::Instant);
    fixture.account("a");
    fixture.sandbox.world.organization.empty_pages = true;
    let mut empty = 0;
    for _ in 0..20 {
        let mut page = fixture.ok("ListAccounts", json!({}));
        if page["Accounts"] == json!([]) {
            empty += 1;
            assert_eq!(fixture.code("ListRoots", json!({"NextToken": page["NextToken"]})), "InvalidInputException");
            page = fixture.ok("ListAccounts", json!({"NextToken": page["NextToken"]}));
        }
        assert_eq!((page["Accounts"].as_array().unwrap().len(), &page["NextToken"]), (2, &Value::Null));
    }
    assert!((1..20).contains(&empty), "{empty} of 20 listings began with an empty page");
}

#[test]
fn tags_are_replaced_by_key_and_taken_away() {
    let mut fixture = Fixture::new(Pace::Instant);
    let account = fixture.account("a");
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    fixture.ok("TagResource", json!({"ResourceId": account, "Tags": [tag("b", "1"), tag("a", "1")]}));
    fixture.ok("TagResource", json!({"ResourceId": account, "Tags": [tag("b", "2")]}));
    let tags = fixture.ok("ListTagsForResource", json!({"ResourceId": account}));
    assert_eq!(tags["Tags"], json!([tag("a", "1"), tag("b", "2")]));
    fixture.ok("UntagResource", json!({"ResourceId": account, "TagKeys": ["a"]}));
    let tags = fixture.ok("ListTagsForResource", json!({"ResourceId": account}));
    assert_eq!(tags["Tags"], json!([tag("b", "2")]));
    assert_eq!(
        fixture.code("ListTagsForResource", json!({"ResourceId": "ou-none-00000000"})),
        "TargetNotFoundException"
    );
    let reserved = json!({"ResourceId": account, "Tags": [tag("aws:x", "1")]});
    assert_eq!(fixture.code("TagResource", reserved), "InvalidInputException");
}

#[test]
fn organizations_stand_side_by_side() {
    let mut fixture = Fixture::new(Pace::Instant);
    fixture.call("222222222222", "CreateOrganization", json!({})).unwrap();
    let organizations = &fixture.sandbox.world.organization;
    assert_ne!(organizations.organization_of(MANAGEMENT), organizations.organization_of("222222222222"));
    let again = fixture.call("222222222222", "CreateOrganization", json!({})).unwrap_err();
    assert_eq!(again.code, "AlreadyInOrganizationException");
}

#[test]
fn the_account_quota_is_kept() {
    let mut fixture = Fixture::new(Pace::Instant);
    fixture.sandbox.world.organization.account_quota = 2;
    fixture.account("a");
    let params = json!({"AccountName": "b", "Email": "second@example.com"});
    assert_eq!(fixture.code("CreateAccount", params), "ConstraintViolationException");
}

#[test]
fn a_suspended_account_is_shown_so_and_can_neither_call_nor_be_entered() {
    let mut fixture = Fixture::new(Pace::Instant);
    let account = fixture.account("a");
    for (state, status) in [
        (AccountState::Suspended, ("SUSPENDED", "SUSPENDED")),
        (AccountState::PendingActivation, ("PENDING_ACTIVATION", "SUSPENDED")),
    ] {
        assert!(fixture.sandbox.world.organization.put_into(&account, state));
        let (shown, old) = fixture.state(&account);
        assert_eq!((shown.as_str(), old.as_str()), status);
        let error = fixture.call(&account, "DescribeOrganization", json!({})).unwrap_err();
        assert_eq!(error.code, "UnrecognizedClientException");
    }
    assert!(fixture.sandbox.world.organization.put_into(&account, AccountState::Active));
    fixture.call(&account, "DescribeOrganization", json!({})).unwrap();
    assert!(!fixture.sandbox.world.organization.put_into("999999999999", AccountState::Active));
}

#[test]
fn a_member_leaves_by_itself_and_the_management_account_cannot() {
    let mut fixture = Fixture::new(Pace::Instant);
    let (member, delegate) = (fixture.account("a"), fixture.account("b"));
    fixture.delegate(&delegate);
    fixture.call(&member, "LeaveOrganization", json!({})).unwrap();
    let gone = fixture.call(&member, "DescribeOrganization", json!({})).unwrap_err();
    assert_eq!(gone.code, "AWSOrganizationsNotInUseException");
    assert_eq!(fixture.code("DescribeAccount", json!({"AccountId": member})), "AccountNotFoundException");
    let held = fixture.call(&delegate, "LeaveOrganization", json!({})).unwrap_err();
    assert_eq!(held.code, "ConstraintViolationException");
    assert_eq!(fixture.code("LeaveOrganization", json!({})), "MasterCannotLeaveOrganizationException");
    assert_eq!(fixture.code("DeleteOrganization", json!({})), "OrganizationNotEmptyException");
    let administers = json!({"AccountId": delegate, "ServicePrincipal": "ram.amazonaws.com"});
    let service = json!({"ServicePrincipal": "ram.amazonaws.com"});
    assert_eq!(fixture.code("DisableAWSServiceAccess", service.clone()), "ConstraintViolationException");
    let services = fixture.ok("ListDelegatedServicesForAccount", json!({"AccountId": delegate}));
    assert_eq!(services["DelegatedServices"][0]["ServicePrincipal"], "ram.amazonaws.com");
    fixture.ok("DeregisterDelegatedAdministrator", administers);
    let none = json!({"AccountId": delegate});
    assert_eq!(fixture.code("ListDelegatedServicesForAccount", none.clone()), "AccountNotRegisteredException");
    fixture.ok("DisableAWSServiceAccess", service);
    let services = fixture.ok("ListAWSServiceAccessForOrganization", json!({}));
    assert_eq!(services["EnabledServicePrincipals"], json!([]));
    fixture.ok("RemoveAccountFromOrganization", none);
    fixture.ok("DeleteOrganization", json!({}));
    assert_eq!(fixture.code("DescribeOrganization", json!({})), "AWSOrganizationsNotInUseException");
}

#[test]
fn requests_for_accounts_are_listed_by_their_state() {
    let mut fixture = Fixture::new(Pace::Instant);
    fixture.account("a");
    let params = json!({"AccountName": "b", "Email": "a@example.com"});
    fixture.ok("CreateAccount", params);
    let count = |fixture: &mut Fixture, params: Value| {
        fixture.ok("ListCreateAccountStatus", params)["CreateAccountStatuses"].as_array().unwrap().len()
    };
    assert_eq!(count(&mut fixture, json!({})), 2);
    assert_eq!(count(&mut fixture, json!({"States": ["FAILED"]})), 1);
    assert_eq!(count(&mut fixture, json!({"States": ["IN_PROGRESS"]})), 0);
}

#[test]
fn a_closed_account_is_not_removed_by_hand() {
    let mut fixture = Fixture::new(Pace::Instant);
    let account = fixture.account("a");
    fixture.ok("CloseAccount", json!({"AccountId": account}));
    assert_eq!(
        fixture.code("RemoveAccountFromOrganization", json!({"AccountId": account})),
        "ConstraintViolationException"
    );
}

#[test]
fn an_account_that_is_invited_joins_when_it_accepts() {
    let mut fixture = Fixture::new(Pace::Instant);
    let invite = |fixture: &mut Fixture, account: &str| {
        let target = json!({"Id": account, "Type": "ACCOUNT"});
        fixture.call(MANAGEMENT, "InviteAccountToOrganization", json!({"Target": target, "Notes": "come"}))
    };
    let other = "222222222222";
    let handshake = invite(&mut fixture, other).unwrap()["Handshake"].clone();
    assert_eq!((&handshake["State"], &handshake["Action"]), (&json!("OPEN"), &json!("INVITE")));
    assert_eq!(invite(&mut fixture, other).unwrap_err().code, "DuplicateHandshakeException");
    let named = json!({"HandshakeId": handshake["Id"]});
    let stranger = fixture.call("333333333333", "AcceptHandshake", named.clone()).unwrap_err();
    assert_eq!(stranger.code, "HandshakeNotFoundException");
    assert_eq!(fixture.code("AcceptHandshake", named.clone()), "AccessDeniedException");
    let listed = fixture.call(other, "ListHandshakesForAccount", json!({})).unwrap();
    assert_eq!(listed["Handshakes"][0]["Id"], handshake["Id"]);
    fixture.call(other, "AcceptHandshake", named.clone()).unwrap();
    let account = fixture.ok("DescribeAccount", json!({"AccountId": other}));
    assert_eq!(
        (&account["Account"]["State"], &account["Account"]["JoinedMethod"]),
        (&json!("ACTIVE"), &json!("INVITED"))
    );
    let again = fixture.call(other, "DeclineHandshake", named).unwrap_err();
    assert_eq!(again.code, "InvalidHandshakeTransitionException");
    assert_eq!(invite(&mut fixture, other).unwrap_err().code, "HandshakeConstraintViolationException");
    assert_eq!(fixture.ok("ListHandshakesForOrganization", json!({}))["Handshakes"].as_array().unwrap().len(), 1);
    let none = json!({"Filter": {"ActionType": "ENABLE_ALL_FEATURES"}});
    assert_eq!(fixture.ok("ListHandshakesForOrganization", none)["Handshakes"], json!([]));
}

#[test]
fn a_handshake_is_declined_canceled_or_expires_and_is_then_forgotten() {
    for (who, action, state) in [
        (Some("222222222222"), "DeclineHandshake", "DECLINED"),
        (Some(MANAGEMENT), "CancelHandshake", "CANCELED"),
        (None, "", "EXPIRED"),
    ] {
        let mut fixture = Fixture::new(Pace::Instant);
        let target = json!({"Id": "222222222222", "Type": "ACCOUNT"});
        let made = fixture.ok("InviteAccountToOrganization", json!({"Target": target}));
        let named = json!({"HandshakeId": made["Handshake"]["Id"]});
        match who {
            Some(who) => drop(fixture.call(who, action, named.clone()).unwrap()),
            None => fixture.sandbox.advance(Duration::from_secs(15 * 24 * 3600)),
        }
        assert_eq!(fixture.ok("DescribeHandshake", named.clone())["Handshake"]["State"], state);
        let late = fixture.call("222222222222", "AcceptHandshake", named.clone()).unwrap_err();
        assert_eq!(late.code, "InvalidHandshakeTransitionException");
        fixture.sandbox.advance(Duration::from_secs(30 * 24 * 3600));
        assert_eq!(fixture.code("DescribeHandshake", named), "HandshakeNotFoundException");
    }
}
