//! Resource shares, invitations, and what else tells about accounts: roles and tags.

use transitd::api::{Items, ReadCall, Ref, Session, ShareSide, WriteCall};
use transitd::model::{Invitation, InvitationState, Progress, ResourceShare, Role, ShareAssociation, ShareState, Tags};

use crate::connected::{Connected, attach_call, gateway};
use crate::pair::Pair;
use crate::world::{self, EXTERNAL_ID, HOME, ROLE};

fn create(pair: &Pair, allow_external: bool) -> WriteCall {
    WriteCall::CreateResourceShare {
        name: "transitd corp".into(),
        gateway: gateway(pair),
        allow_external,
        tags: [("transitd:hub".to_owned(), "eu".to_owned()), ("empty".to_owned(), String::new())].into(),
    }
}

fn take_in(share: &str, principal: &str) -> WriteCall {
    WriteCall::AssociateResourceShare {
        share: Ref::Known(share.to_owned()),
        gateway: None,
        principals: vec![principal.to_owned()],
    }
}

/// Makes a share with one principal and returns its ARN.
async fn share(pair: &Pair, principal: &str, allow_external: bool) -> String {
    let arn = pair.write(&pair.home(), &create(pair, allow_external)).await.id.unwrap();
    pair.write(&pair.home(), &take_in(&arn, principal)).await;
    pair.settle().await;
    arn
}

async fn seen(pair: &Pair, arn: &str) -> ResourceShare {
    let items = pair.read(&pair.home(), &ReadCall::GetResourceShares).await;
    let Items::ResourceShares(all) = items else { panic!("{items:?}") };
    all.into_iter().find(|share| share.arn == arn).unwrap()
}

async fn associations(pair: &Pair, arn: &str, of: ShareSide) -> Vec<ShareAssociation> {
    let items = pair.read(&pair.home(), &ReadCall::GetResourceShareAssociations { of }).await;
    let Items::ShareAssociations(all) = items else { panic!("{items:?}") };
    all.into_iter().filter(|association| association.share == arn).collect()
}

async fn invitations(pair: &Pair, session: &Session) -> Vec<Invitation> {
    let items = pair.read(session, &ReadCall::GetResourceShareInvitations).await;
    let Items::Invitations(all) = items else { panic!("{items:?}") };
    all
}

#[tokio::test]
async fn a_share_is_made_and_changed_the_same() {
    let pair = Pair::new().await;
    let organization = pair.both(world::organization_arn);
    let arn = share(&pair, &organization, false).await;
    let mut expected = ResourceShare {
        arn: arn.clone(),
        name: "transitd corp".into(),
        state: ShareState::Ready,
        allow_external: false,
        tags: [("transitd:hub".to_owned(), "eu".to_owned()), ("empty".to_owned(), String::new())].into(),
    };
    assert_eq!(seen(&pair, &arn).await, expected);
    let of = |entity: &str| ShareAssociation {
        share: arn.clone(),
        entity: entity.to_owned(),
        state: ShareState::Ready,
        external: false,
    };
    assert_eq!(associations(&pair, &arn, ShareSide::Principals).await, [of(&organization)]);
    let shared = pair.home().scope.transit_gateway_arn(&pair.world.gateway.parse().unwrap());
    assert_eq!(associations(&pair, &arn, ShareSide::Resources).await, [of(&shared)]);
    let update =
        WriteCall::UpdateResourceShare { share: Ref::Known(arn.clone()), name: "other".into(), allow_external: true };
    pair.write(&pair.home(), &update).await;
    let tag = WriteCall::TagResource { share: arn.clone(), tags: [("Name".to_owned(), "hub".to_owned())].into() };
    pair.write(&pair.home(), &tag).await;
    (expected.name, expected.allow_external) = ("other".into(), true);
    expected.tags.insert("Name".to_owned(), "hub".to_owned());
    assert_eq!(seen(&pair, &arn).await, expected);
}

#[tokio::test]
async fn principals_and_gateways_are_taken_in_and_out_the_same() {
    let pair = Pair::new().await;
    let home = pair.home();
    let (alpha, beta) = (pair.world.alpha.account.clone(), pair.world.beta.account.clone());
    let arn = share(&pair, &alpha, false).await;
    let associate = WriteCall::AssociateResourceShare {
        share: Ref::Known(arn.clone()),
        gateway: Some(Ref::Known(pair.world.busy_gateway.parse().unwrap())),
        principals: vec![beta.clone()],
    };
    pair.write(&home, &associate).await;
    let coming = associations(&pair, &arn, ShareSide::Principals).await;
    assert!(coming.iter().any(|it| it.entity == beta && it.state == ShareState::Coming), "{coming:?}");
    pair.settle().await;
    assert_eq!(associations(&pair, &arn, ShareSide::Resources).await.len(), 2);
    let out = WriteCall::DisassociateResourceShare { share: arn.clone(), principals: vec![alpha.clone()] };
    pair.write(&home, &out).await;
    let going = associations(&pair, &arn, ShareSide::Principals).await;
    assert!(going.iter().any(|it| it.entity == alpha && it.state == ShareState::Going), "{going:?}");
    pair.settle().await;
    assert_eq!(pair.unwritten(&home, &out).await, "UnknownResourceException");
    let delete = WriteCall::DeleteResourceShare { share: arn.clone() };
    pair.write(&home, &delete).await;
    assert_eq!(seen(&pair, &arn).await.state, ShareState::Going);
    pair.settle().await;
    assert_eq!(seen(&pair, &arn).await.state, ShareState::Gone);
    assert_eq!(pair.unwritten(&home, &delete).await, "UnknownResourceException");
}

#[tokio::test]
async fn an_outsider_is_invited_and_comes_in_the_same() {
    let pair = Pair::new().await;
    let outsider = pair.both(world::add_outsider);
    let session = pair.member(&outsider).await;
    let arn = share(&pair, &outsider.account, true).await;
    let principals = associations(&pair, &arn, ShareSide::Principals).await;
    assert_eq!((&principals[0].state, principals[0].external), (&ShareState::Coming, true));
    let pending = invitations(&pair, &session).await;
    assert_eq!((pending.len(), pending[0].state), (1, InvitationState::Pending));
    assert_eq!(pending[0].share, arn);
    let accept = WriteCall::AcceptResourceShareInvitation { invitation: pending[0].arn.clone() };
    pair.write(&session, &accept).await;
    pair.settle().await;
    assert_eq!(invitations(&pair, &session).await[0].state, InvitationState::Accepted);
    assert_eq!(associations(&pair, &arn, ShareSide::Principals).await[0].state, ShareState::Ready);
    assert_eq!(pair.unwritten(&session, &accept).await, "ResourceShareInvitationAlreadyAcceptedException");
    let Items::TransitGateways(shared) = pair.read(&session, &ReadCall::DescribeTransitGateways).await else {
        panic!()
    };
    assert_eq!((shared.len(), &shared[0].state), (1, &Progress::Ready));
    assert_eq!(invitations(&pair, &pair.home()).await, []);
}

#[tokio::test]
async fn a_share_that_cannot_be_is_refused_the_same() {
    let pair = Pair::new().await;
    let home = pair.home();
    let arn = share(&pair, &pair.world.alpha.account, false).await;
    assert_eq!(pair.unwritten(&home, &take_in(&arn, HOME)).await, "InvalidParameterException");
    let outsider = pair.both(world::add_outsider).account;
    assert_eq!(pair.unwritten(&home, &take_in(&arn, &outsider)).await, "OperationNotPermittedException");
    let nobodys = WriteCall::CreateResourceShare {
        name: "none".into(),
        gateway: Ref::Known("tgw-0123456789abcdef0".parse().unwrap()),
        allow_external: false,
        tags: Tags::new(),
    };
    assert_eq!(pair.unwritten(&home, &nobodys).await, "UnknownResourceException");
    let unknown = WriteCall::DeleteResourceShare { share: "resource-share/none".into() };
    assert_eq!(pair.unwritten(&home, &unknown).await, "MalformedArnException");
    let invitation = format!("arn:aws:ram:eu-west-1:{HOME}:resource-share-invitation/none");
    let accept = WriteCall::AcceptResourceShareInvitation { invitation };
    assert_eq!(pair.unwritten(&home, &accept).await, "ResourceShareInvitationArnNotFoundException");
}

#[tokio::test]
async fn an_empty_page_is_no_end_to_either() {
    let pair = Pair::new().await;
    pair.both(|sandbox| sandbox.world.sharing.switches.empty_pages = true);
    let calls = [
        ReadCall::GetResourceShares,
        ReadCall::GetResourceShareAssociations { of: ShareSide::Principals },
        ReadCall::GetResourceShareInvitations,
    ];
    for call in calls {
        let pages = pair.pages(&pair.home(), &call).await;
        assert_eq!(pages.len(), 2, "{call:?}");
        assert!(pages[0].next.is_some());
    }
}

#[tokio::test]
async fn an_accounts_tags_read_the_same() {
    let pair = Pair::new().await;
    let alpha = &pair.world.alpha;
    let tags: Tags = [("stage".to_owned(), "prod".to_owned()), ("empty".to_owned(), String::new())].into();
    pair.both(|sandbox| world::tag_account(sandbox, &alpha.account, &tags));
    let of = |account: &str| ReadCall::ListTagsForResource { account: account.parse().unwrap() };
    let Items::AccountTags(read) = pair.read(&pair.home(), &of(&alpha.account)).await else { panic!() };
    assert_eq!(read, [tags]);
    let Items::AccountTags(none) = pair.read(&pair.home(), &of(&pair.world.beta.account)).await else { panic!() };
    assert_eq!(none, [Tags::new()]);
    assert_eq!(pair.unread(&pair.home(), &of("999999999999")).await, "TargetNotFoundException");
    let member = pair.member(alpha).await;
    assert_eq!(pair.unread(&member, &of(&alpha.account)).await, "AccessDeniedException");
}

async fn role(pair: &Pair, session: &Session, name: &str) -> Role {
    let items = pair.read(session, &ReadCall::GetRole { role: name.parse().unwrap() }).await;
    let Items::Roles(mut roles) = items else { panic!("{items:?}") };
    assert_eq!(roles.len(), 1);
    roles.remove(0)
}

#[tokio::test]
async fn a_roles_trust_is_read_as_it_was_written() {
    let pair = Pair::new().await;
    let member = pair.member(&pair.world.alpha).await;
    let seen = role(&pair, &member, ROLE).await;
    assert_eq!(seen.name, ROLE);
    let trust: serde_json::Value = serde_json::from_str(&seen.trust).unwrap();
    assert_eq!(trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"], EXTERNAL_ID);
    assert_eq!(trust["Statement"][0]["Principal"]["AWS"], format!("arn:aws:iam::{HOME}:root"));
}

#[tokio::test]
async fn the_role_of_transit_gateways_is_found_once_it_is_made() {
    let pair = Pair::new().await;
    let (name, path) = ("AWSServiceRoleForVPCTransitGateway", "aws-service-role/transitgateway.amazonaws.com");
    let call = ReadCall::GetRole { role: format!("{path}/{name}").parse().unwrap() };
    let member = pair.member(&pair.world.alpha).await;
    assert_eq!(pair.unread(&member, &call).await, "NoSuchEntity");
    let it = Connected::new(&pair).await;
    let seen = role(&pair, &it.member, &format!("{path}/{name}")).await;
    assert_eq!(seen.name, name);
    assert!(seen.trust.contains("transitgateway.amazonaws.com"), "{seen:?}");
}

#[tokio::test]
async fn what_concerns_a_gateway_that_was_not_made_yet_is_sent_by_neither() {
    let pair = Pair::new().await;
    let before = pair.calls().len();
    let planned = || Ref::Planned(transitd::model::Key::Hub("hub".parse().unwrap()));
    let call = WriteCall::AssociateResourceShare {
        share: Ref::Known("arn".into()),
        gateway: Some(planned()),
        principals: vec![],
    };
    assert_eq!(pair.not_sent(&pair.home(), &call).await, "NotSent");
    let WriteCall::CreateTransitGatewayVpcAttachment { vpc, subnets, options, tags, .. } =
        attach_call(&pair, &pair.world.alpha)
    else {
        unreachable!()
    };
    let call = WriteCall::CreateTransitGatewayVpcAttachment { gateway: planned(), vpc, subnets, options, tags };
    assert_eq!(pair.not_sent(&pair.home(), &call).await, "NotSent");
    assert_eq!(pair.calls().len(), before);
}
