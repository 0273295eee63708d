//! Resource shares: whom a hub is shared with, by the organization or by invitation.

use super::made::{MADE, owned, with_made_hub};
use super::*;
use crate::model::{Invitation, InvitationState, ResourceShare, ShareAssociation, ShareInventory, ShareState};
use crate::specimen::complete;

fn shared() -> crate::intent::Intent {
    let text = CONFIG.replace("eu: { region: eu-west-1, adopt: tgw-1 }", MADE);
    intent_of(&format!("{text}share: {{ with: members }}\n"))
}

fn share(state: ShareState) -> ResourceShare {
    ResourceShare {
        arn: "arn:share".into(),
        name: "transitd-corp-eu".into(),
        state,
        allow_external: false,
        tags: tags(&[("Name", "transitd-corp-eu"), ("transitd:network", "corp"), ("transitd:hub", "eu")]),
    }
}

fn of_share(entity: &str, state: ShareState) -> ShareAssociation {
    ShareAssociation { share: "arn:share".into(), entity: entity.into(), state, external: false }
}

/// The specimen with a made hub that is shared with its two members.
fn with_share() -> (Snapshot, History) {
    let (mut seen, past) = with_made_hub();
    let gateway = "arn:aws:ec2:eu-west-1:111111111111:transit-gateway/tgw-1";
    hub(&mut seen).shares = Some(ShareInventory {
        shares: complete(vec![share(ShareState::Ready)]),
        principals: complete(vec![of_share(BILLING, ShareState::Ready), of_share(TOOLS, ShareState::Ready)]),
        resources: complete(vec![of_share(gateway, ShareState::Ready)]),
    });
    (seen, past)
}

fn shares(seen: &mut Snapshot) -> &mut ShareInventory {
    hub(seen).shares.as_mut().unwrap()
}

#[test]
fn a_share_that_is_as_declared_plans_nothing() {
    let (seen, past) = with_share();
    assert_eq!(shown(&plan(&shared(), &seen, &past)), "");
}

#[test]
fn a_share_lacks_itself_its_gateway_or_a_principal_and_each_is_mended_by_itself() {
    let (mut seen, past) = with_share();
    items(&mut shares(&mut seen).shares).clear();
    assert!(shown(&plan(&shared(), &seen, &past)).starts_with("create resource share eu [CreateResourceShare]"));
    let (mut seen, past) = with_share();
    items(&mut shares(&mut seen).resources).clear();
    let lacking = shown(&plan(&shared(), &seen, &past));
    assert_eq!(lacking, "replace resource share eu [AssociateResourceShare]");
    let (mut seen, past) = with_share();
    items(&mut shares(&mut seen).principals).pop();
    let lacking = shown(&plan(&shared(), &seen, &past));
    assert_eq!(lacking, "create principal eu with account 333333333333 [AssociateResourceShare]");
}

#[test]
fn a_share_that_has_lost_its_tags_gets_them_back_and_other_tags_stay() {
    let (mut seen, mut past) = with_share();
    owned(&mut past, "resource share eu", Some("arn:share"), "transitd-corp-eu");
    let tags = &mut items(&mut shares(&mut seen).shares)[0].tags;
    tags.remove("transitd:hub");
    tags.insert("Name".into(), "by hand".into());
    let plan = plan(&shared(), &seen, &past);
    assert_eq!(shown(&plan), "tag resource share eu [TagResource]");
    let Why::Tags { missing } = &plan.steps[0].why else { panic!("{:?}", plan.steps) };
    assert_eq!(missing.keys().collect::<Vec<_>>(), ["transitd:hub"]);
}

#[test]
fn an_account_that_was_let_in_by_somebody_else_is_reported_and_one_of_ours_goes_where_the_file_says_so() {
    let stranger = "999999999999";
    let (mut seen, mut past) = with_share();
    items(&mut shares(&mut seen).principals).push(of_share(stranger, ShareState::Ready));
    let removing = Policy { remove: BTreeSet::from([Kind::Principal]), ..policy() };
    let reported = plan_with(&shared(), &seen, &past, &removing);
    assert!(reported.steps.is_empty() && reported.unmanaged.len() == 1, "{}", shown(&reported));
    owned(&mut past, "principal eu with account 999999999999", None, stranger);
    let kept = plan(&shared(), &seen, &past);
    assert!(kept.steps.is_empty() && kept.leftovers.len() == 1, "{}", shown(&kept));
    let removed = shown(&plan_with(&shared(), &seen, &past, &removing));
    assert_eq!(removed, "remove principal eu with account 999999999999 [DisassociateResourceShare]");
}

#[test]
fn nobody_is_taken_out_of_a_share_while_it_is_not_known_who_belongs_in_it() {
    let (mut seen, mut past) = with_share();
    owned(&mut past, "principal eu with account 222222222222", None, BILLING);
    seen.members.get_mut(&scope(BILLING)).unwrap().vpcs = Listed::Unknown(denied());
    let removing = Policy { remove: BTreeSet::from([Kind::Principal, Kind::Share]), ..policy() };
    let plan = plan_with(&shared(), &seen, &past, &removing);
    assert!(!shown(&plan).contains("remove"), "{}", shown(&plan));
}

/// The specimen where one account was invited: its association stands so, and these are the invitations that it finds,
/// each a minute after the one before.
fn with_invited(association: ShareState, found: &[InvitationState]) -> (Snapshot, History) {
    let (mut seen, past) = with_share();
    items(&mut shares(&mut seen).shares)[0].allow_external = true;
    let theirs = &mut items(&mut shares(&mut seen).principals)[0];
    (theirs.state, theirs.external) = (association, true);
    let invitation = |(minute, state): (i64, &InvitationState)| Invitation {
        // The arns are drawn, and say nothing of the order.
        arn: format!("arn:invitation/{}", 9 - minute),
        share: "arn:share".into(),
        sent: now() - SignedDuration::from_hours(1) + SignedDuration::from_mins(minute),
        state: *state,
    };
    let member = seen.members.get_mut(&scope(BILLING)).unwrap();
    member.invitations = Some(complete((0..).zip(found).map(invitation).collect()));
    // Not in the share, it does not see the gateway, and is not attached.
    items(&mut member.gateways).clear();
    items(&mut hub(&mut seen).vpc_attachments).retain(|it| it.vpc_owner.as_str() != BILLING);
    (seen, past)
}

/// The config with a list of accounts, in which outsiders may stand.
fn external() -> crate::intent::Intent {
    let text = CONFIG.replace("eu: { region: eu-west-1, adopt: tgw-1 }", MADE);
    let list = format!("list: [{{ id: \"{BILLING}\", name: b, ou: Workloads/Prod }}, {{ id: \"{TOOLS}\", name: c }}]");
    intent_of(&format!("{}share: {{ with: members }}\n", text.replace("from: organizations", &list)))
}

#[test]
fn an_invitation_is_answered_where_it_waits_and_what_became_of_it_is_told() {
    use InvitationState::{Accepted, Expired, Pending, Rejected};
    const ACCEPT: &str = "accept principal eu with account 222222222222 [AcceptResourceShareInvitation]";
    const SHARE: &str = "create principal eu with account 222222222222 [AssociateResourceShare]";
    let cases: [(ShareState, &[InvitationState], &str); 10] = [
        (ShareState::Coming, &[Pending], ACCEPT),
        (ShareState::Coming, &[Rejected, Pending], ACCEPT),
        (ShareState::Coming, &[Accepted], "pending principal eu with account 222222222222"),
        (ShareState::Coming, &[Pending, Rejected], "problem InvitationRejected"),
        (ShareState::Coming, &[Accepted, Expired], "problem InvitationLost"),
        (ShareState::Coming, &[], "problem InvitationLost"),
        (ShareState::Gone, &[Accepted, Rejected], "problem InvitationRejected"),
        // An old no that was followed by a yes; and one that was asked and never answered.
        (ShareState::Gone, &[Rejected, Accepted], SHARE),
        (ShareState::Gone, &[Expired], SHARE),
        (ShareState::Gone, &[], SHARE),
    ];
    for (association, found, expected) in cases {
        let (seen, past) = with_invited(association.clone(), found);
        let plan = shown(&plan(&external(), &seen, &past));
        let told: Vec<&str> = plan.lines().filter(|line| line.contains("principal")).collect();
        assert!(told.len() == 1 && told[0].starts_with(expected), "{association:?} {found:?}: {plan}");
    }
}

#[test]
fn an_account_that_is_shut_out_is_told_once_and_one_on_its_way_is_waited_for() {
    let of_attachments = |plan: &Plan| plan.steps.iter().filter(|step| step.kind == Kind::Attachment).count();
    let (seen, past) = with_invited(ShareState::Coming, &[InvitationState::Rejected]);
    let shut_out = plan(&external(), &seen, &past);
    assert_eq!((shut_out.problems.len(), of_attachments(&shut_out)), (1, 0), "{}", shown(&shut_out));
    let (seen, past) = with_invited(ShareState::Coming, &[InvitationState::Pending]);
    let invited = plan(&external(), &seen, &past);
    assert!(invited.problems.is_empty() && of_attachments(&invited) > 0, "{}", shown(&invited));
    assert!(shown(&invited).contains("waits for resource share eu"), "{}", shown(&invited));
}

#[test]
fn right_after_a_write_an_invitation_may_still_be_out_of_sight() {
    let (seen, mut past) = with_invited(ShareState::Coming, &[]);
    past.last_write = Some(now() - SignedDuration::from_secs(10));
    let plan = plan(&external(), &seen, &past);
    assert!(plan.problems.is_empty() && !plan.pending.is_empty(), "{}", shown(&plan));
}
