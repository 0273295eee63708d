//! What is missing or cannot be read is an error, member by member.

use super::*;
use crate::model::VpcId;

const THING: Thing<'static> = Thing { kind: "VPC", id: Some("vpc-1") };

fn ids<'a>(gateway: Option<&'a str>, transit: Option<&'a str>, others: &'a [Option<&'a str>]) -> TargetIds<'a> {
    TargetIds { gateway, transit_gateway: transit, others }
}

#[test]
fn what_is_missing_is_named_and_never_defaulted() {
    let error = THING.name::<VpcId>("VpcId", None).unwrap_err();
    assert_eq!((error.code.as_str(), error.message.as_str()), (ApiError::STRANGE, "VPC vpc-1 came without VpcId"));
    assert!(THING.text("Name", Some("")).is_err());
    assert!(THING.cidr("CidrBlock", Some("10.0.0.0/33")).is_err());
    assert!(THING.is_enabled("DnsSupport", Some("enabled")).is_err());
    assert!(THING.progress(None).is_err());
    assert!(THING.holds_range(Some("new-word")).is_err());
    assert!(THING.is_static(None).is_err());
    assert!(THING.account_state(None, None).is_err());
    assert!(THING.tags([(None, Some("value"))]).is_err());
    let nameless = Thing::new("VPC", None).name::<VpcId>("VpcId", None).unwrap_err();
    assert_eq!(nameless.message, "VPC without an id came without VpcId");
}

#[test]
fn a_route_to_nowhere_is_believed_of_a_blackhole_alone() {
    let nothing = ids(None, None, &[None, None]);
    assert_eq!(THING.target(&nothing, RouteState::Blackhole).unwrap(), Target::Other("none".into()));
    assert!(THING.target(&nothing, RouteState::Active).is_err());
    assert!(THING.target(&nothing, RouteState::Other).is_err());
}

#[test]
fn what_a_living_thing_must_have_may_be_gone_from_a_dead_one() {
    let none: Option<&[String]> = None;
    assert!(THING.subnets(none, &Progress::Ready).is_err());
    assert_eq!(THING.subnets(none, &Progress::Gone).unwrap(), []);
    assert!(THING.default_table("Default", Some("enable"), None, &Progress::Ready).is_err());
    assert_eq!(THING.default_table("Default", Some("enable"), None, &Progress::Coming).unwrap(), None);
    assert_eq!(THING.default_table("Default", Some("disable"), Some("tgw-rtb-1"), &Progress::Ready).unwrap(), None);
}

#[test]
fn a_list_that_is_cut_short_is_an_error() {
    assert!(THING.is_whole(Some(true), None).is_err());
    assert!(THING.is_whole(Some(true), Some("more")).is_ok());
    assert!(THING.is_whole(Some(false), None).is_ok());
    assert!(THING.is_whole(None, None).is_err());
}

#[test]
fn targets_are_told_apart_by_the_member_that_names_them() {
    let target = |ids| THING.target(&ids, RouteState::Active).unwrap();
    assert_eq!(target(ids(Some("local"), None, &[])), Target::Local);
    assert_eq!(target(ids(Some("igw-1"), None, &[])), Target::Other("igw-1".into()));
    assert_eq!(target(ids(None, Some("tgw-1"), &[])), Target::TransitGateway("tgw-1".parse().unwrap()));
    assert_eq!(target(ids(None, None, &[None, Some("pcx-1")])), Target::Other("pcx-1".into()));
}

#[test]
fn the_range_of_a_route_counts_before_its_prefix_list() {
    let range = THING.destination([Some("10.1.2.3/16"), None], Some("pl-1")).unwrap();
    assert_eq!(range, Destination::Cidr("10.1.0.0/16".parse().unwrap()));
    let six = THING.destination([None, Some("2001:db8::/32")], None).unwrap();
    assert_eq!(six, Destination::Cidr("2001:db8::/32".parse().unwrap()));
    assert_eq!(
        THING.destination([None, None], Some("pl-1")).unwrap(),
        Destination::PrefixList("pl-1".parse().unwrap())
    );
    assert!(THING.destination([None, None], None).is_err());
}

#[test]
fn an_accounts_state_counts_before_its_older_status() {
    let suspended = AccountState::SetAside("SUSPENDED".into());
    assert_eq!(THING.account_state(Some("SUSPENDED"), Some("ACTIVE")).unwrap(), suspended);
    assert_eq!(THING.account_state(None, Some("ACTIVE")).unwrap(), AccountState::Active);
}

#[test]
fn an_option_that_an_endpoint_does_not_offer_is_off() {
    assert!(!THING.is_enabled_where_offered("Option", None).unwrap());
    assert!(THING.is_enabled_where_offered("Option", Some("enable")).unwrap());
    assert!(THING.is_enabled_where_offered("Option", Some("new-word")).is_err());
}

#[test]
fn a_trust_policy_is_read_as_it_was_written() {
    let policy = |text| THING.policy("AssumeRolePolicyDocument", Some(text));
    assert_eq!(policy("%7B%22Sid%22%3A%20%22a+b%25%C3%A9%22%7D").unwrap(), r#"{"Sid": "a+b%é"}"#);
    assert_eq!(policy(r#"{"Version":"2012-10-17"}"#).unwrap(), r#"{"Version":"2012-10-17"}"#);
    for broken in ["%7B%7", "%7B%+1%7D", "%7B%FF%7D", "%7B", ""] {
        assert_eq!(policy(broken).unwrap_err().code, ApiError::STRANGE, "{broken}");
    }
    assert!(THING.policy("AssumeRolePolicyDocument", None).is_err());
}

#[test]
fn a_reference_without_an_attachment_leads_nowhere() {
    let attachment = "tgw-attach-1";
    assert_eq!(THING.referred(Some(false), Some(attachment)).unwrap(), Some(attachment.parse().unwrap()));
    assert_eq!(THING.referred(Some(true), Some(attachment)).unwrap(), None);
    assert_eq!(THING.referred(Some(false), None).unwrap(), None);
    assert!(THING.referred(Some(false), Some("vpc-1")).is_err());
}

#[test]
fn a_principal_that_may_be_anywhere_is_not_believed() {
    assert!(THING.is_external(ShareSide::Principals, None).is_err());
    assert!(THING.is_external(ShareSide::Principals, Some(true)).unwrap());
    assert!(!THING.is_external(ShareSide::Resources, None).unwrap());
}

#[test]
fn states_of_shares_and_invitations_and_figures_are_read_strictly() {
    assert!(THING.share_state(None).is_err());
    assert_eq!(THING.share_state(Some("NEW")).unwrap(), ShareState::Unclear("NEW".into()));
    assert_eq!(THING.invitation_state(Some("PENDING")).unwrap(), InvitationState::Pending);
    assert!(THING.invitation_state(Some("NEW")).is_err());
    assert_eq!((THING.max_entries(Some(20)).unwrap(), THING.max_entries(None).unwrap()), (Some(20), None));
    assert!(THING.max_entries(Some(-1)).is_err());
    assert_eq!(THING.asn(Some(4_200_000_000)).unwrap(), 4_200_000_000);
    assert!(THING.asn(Some(-1)).is_err() && THING.asn(None).is_err());
}

#[test]
fn a_success_that_is_not_a_yes_is_not_believed() {
    assert!(done(format_args!("DeleteResourceShare"), Some(true)).is_ok());
    assert!(done(format_args!("DeleteResourceShare"), Some(false)).is_err());
    let error = done(format_args!("DeleteResourceShare of arn"), None).unwrap_err();
    assert_eq!(error.message, "DeleteResourceShare of arn returned None");
}

#[test]
fn a_range_that_is_going_is_no_longer_the_vpcs() {
    assert!(THING.holds_range(Some("associating")).unwrap());
    assert!(!THING.holds_range(Some("disassociating")).unwrap());
}
