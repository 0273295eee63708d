//! The contract of a door, kept by both: in process, and through the AWS SDK over the wire.
//!
//! Two sandboxes are made alike, down to the ids. Each call goes to one of them in process and to the other over HTTP;
//! answers and errors must be equal in everything, request ids included. So whatever is tested behind the door in
//! process holds behind the door to AWS, as far as the sandbox speaks as AWS does.

#[path = "doors/attachments.rs"]
mod attachments;
#[path = "doors/connected.rs"]
mod connected;
#[path = "doors/hubs.rs"]
mod hubs;
#[path = "doors/pair.rs"]
mod pair;
#[path = "doors/routes.rs"]
mod routes;
#[path = "doors/shares.rs"]
mod shares;
mod support;
#[path = "doors/vpc_routes.rs"]
mod vpc_routes;
#[path = "doors/world.rs"]
mod world;

use connected::{Connected, attach_call};
use pair::{Pair, assume};
use transitd::api::{Items, ReadCall, Ref, WriteCall};
use transitd::model::{AccountState, Key, Progress, Target};
use world::{EXTERNAL_ID, HOME};

#[tokio::test]
async fn keys_and_identities_are_the_same() {
    let pair = Pair::new().await;
    let Items::Identity(who) = pair.read(&pair.home(), &ReadCall::GetCallerIdentity).await else { panic!() };
    assert_eq!(who[0].account.as_str(), HOME);
    let member = pair.member(&pair.world.alpha).await;
    let Items::Identity(who) = pair.read(&member, &ReadCall::GetCallerIdentity).await else { panic!() };
    assert_eq!(who[0].account.as_str(), pair.world.alpha.account);
    assert!(who[0].arn.ends_with("assumed-role/transitd-member/transitd-corp"), "{who:?}");
}

#[tokio::test]
async fn a_role_that_lets_nobody_in_is_denied_the_same() {
    let pair = Pair::new().await;
    let (home, alpha) = (pair.home(), &pair.world.alpha.account);
    assert_eq!(pair.unread(&home, &assume(alpha, None)).await, "AccessDenied");
    assert_eq!(pair.unread(&home, &assume(alpha, Some("wrong-secret"))).await, "AccessDenied");
    assert_eq!(pair.unread(&home, &assume(HOME, Some(EXTERNAL_ID))).await, "AccessDenied");
}

#[tokio::test]
async fn keys_that_have_run_out_are_refused_the_same() {
    let pair = Pair::new().await;
    let member = pair.member(&pair.world.alpha).await;
    for _ in 0..7 {
        pair.settle().await;
    }
    assert_eq!(pair.unread(&member, &ReadCall::DescribeVpcs).await, "RequestExpired");
    assert_eq!(pair.unread(&member, &ReadCall::GetCallerIdentity).await, "ExpiredToken");
}

#[tokio::test]
async fn the_organization_reads_the_same_page_by_page() {
    let pair = Pair::new().await;
    let home = pair.home();
    let Items::Organization(organization) = pair.read(&home, &ReadCall::DescribeOrganization).await else { panic!() };
    assert_eq!(organization[0].management_account.as_str(), HOME);
    let Items::Accounts(accounts) = pair.read(&home, &ReadCall::ListAccounts).await else { panic!() };
    assert_eq!(accounts.len(), 4);
    let closed = accounts.iter().find(|account| account.name == "closed").unwrap();
    assert!(matches!(&closed.state, AccountState::SetAside(word) if word != "ACTIVE"), "{closed:?}");
    let Items::Units(roots) = pair.read(&home, &ReadCall::ListRoots).await else { panic!() };
    assert_eq!(roots[0].id, pair.world.root);
    let parent = pair.world.root.clone();
    let pages = pair.pages(&home, &ReadCall::ListOrganizationalUnitsForParent { parent: parent.clone() }).await;
    assert_eq!(pages.iter().map(|page| units(&page.items)).collect::<Vec<_>>(), [20, 3]);
    let below = pair.read(&home, &ReadCall::ListAccountsForParent { parent }).await;
    assert!(matches!(below, Items::Accounts(accounts) if accounts.len() == 4));
}

fn units(items: &Items) -> usize {
    if let Items::Units(units) = items { units.len() } else { panic!("{items:?}") }
}

#[tokio::test]
async fn what_only_the_management_account_may_see_is_denied_the_same() {
    let pair = Pair::new().await;
    let member = pair.member(&pair.world.beta).await;
    assert_eq!(pair.unread(&member, &ReadCall::ListAccounts).await, "AccessDeniedException");
    let nowhere = ReadCall::ListAccountsForParent { parent: "ou-abcd-12345678".into() };
    assert_eq!(pair.unread(&pair.home(), &nowhere).await, "ParentNotFoundException");
}

#[tokio::test]
async fn vpcs_subnets_and_route_tables_read_the_same() {
    let pair = Pair::new().await;
    let member = pair.member(&pair.world.alpha).await;
    let Items::Vpcs(vpcs) = pair.read(&member, &ReadCall::DescribeVpcs).await else { panic!() };
    let vpc = vpcs.iter().find(|vpc| vpc.id.as_str() == pair.world.alpha.vpc).unwrap();
    assert_eq!(vpc.cidrs.len(), 3, "{vpc:?}");
    assert_eq!(vpc.tags.get("empty").map(String::as_str), Some(""));
    let Items::Subnets(subnets) = pair.read(&member, &ReadCall::DescribeSubnets).await else { panic!() };
    assert!(subnets.iter().any(|subnet| subnet.zone.as_str() == "euw1-az2"), "{subnets:?}");
    let Items::RouteTables(tables) = pair.read(&member, &ReadCall::DescribeRouteTables).await else { panic!() };
    let table = tables.iter().find(|table| table.id.as_str() == pair.world.alpha.route_table).unwrap();
    assert!(table.routes.iter().any(|route| route.target == Target::Local), "{table:?}");
    assert!(table.routes.iter().any(|route| matches!(&route.target, Target::Other(id) if id.starts_with("igw-"))));
}

#[tokio::test]
async fn a_list_of_several_pages_reads_the_same() {
    let pair = Pair::new().await;
    pair.both(|sandbox| world::add_route_tables(sandbox, &pair.world.alpha, 120));
    let member = pair.member(&pair.world.alpha).await;
    let pages = pair.pages(&member, &ReadCall::DescribeRouteTables).await;
    assert_eq!(pages.len(), 2);
}

#[tokio::test]
async fn gateways_read_the_same_to_their_owner_and_to_those_they_are_shared_with() {
    let pair = Pair::new().await;
    let Items::TransitGateways(all) = pair.read(&pair.home(), &ReadCall::DescribeTransitGateways).await else {
        panic!()
    };
    let find = |id: &str| all.iter().find(|gateway| gateway.id.as_str() == id).unwrap();
    let (plain, busy) = (find(&pair.world.gateway), find(&pair.world.busy_gateway));
    assert_eq!((&plain.default_association, plain.options.auto_accept), (&None, false));
    assert!(busy.default_association.is_some() && busy.default_propagation.is_some() && busy.options.auto_accept);
    let member = pair.member(&pair.world.beta).await;
    let Items::TransitGateways(shared) = pair.read(&member, &ReadCall::DescribeTransitGateways).await else { panic!() };
    assert_eq!(shared.len(), 1);
    assert_eq!((shared[0].owner.as_str(), &shared[0].state), (HOME, &Progress::Ready));
}

#[tokio::test]
async fn what_is_there_already_is_refused_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let attach = attach_call(&pair, &pair.world.alpha);
    assert_eq!(pair.unwritten(&it.member, &attach).await, "DuplicateTransitGatewayAttachment");
    assert_eq!(pair.unwritten(&pair.home(), &it.associate()).await, "Resource.AlreadyAssociated");
    assert_eq!(pair.unwritten(&pair.home(), &it.propagate()).await, "TransitGatewayRouteTablePropagation.Duplicate");
}

#[tokio::test]
async fn what_is_not_there_or_not_ones_own_is_refused_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let table = it.table.clone();
    let foreign = ReadCall::SearchTransitGatewayRoutes { table };
    assert_eq!(pair.unread(&it.member, &foreign).await, "InvalidRouteTableID.NotFound");
    let accept = WriteCall::AcceptTransitGatewayVpcAttachment {
        attachment: Ref::Known("tgw-attach-0123456789abcdef0".parse().unwrap()),
    };
    assert_eq!(pair.unwritten(&pair.home(), &accept).await, "InvalidTransitGatewayAttachmentID.NotFound");
}

#[tokio::test]
async fn a_throttled_call_is_refused_the_same() {
    let pair = Pair::new().await;
    pair.both(|sandbox| sandbox.world.network.throttling = true);
    let home = pair.home();
    for _ in 0..100 {
        pair.read(&home, &ReadCall::DescribeTransitGateways).await;
    }
    assert_eq!(pair.unread(&home, &ReadCall::DescribeTransitGateways).await, "RequestLimitExceeded");
    let calls = pair.calls();
    assert_eq!(calls.iter().filter(|(_, outcome)| outcome == "RequestLimitExceeded").count(), 1, "sent again");
}

#[tokio::test]
async fn a_call_that_lacks_an_id_is_sent_by_neither() {
    let pair = Pair::new().await;
    let before = pair.calls().len();
    let planned = Ref::Planned(Key::Hub("hub".parse().unwrap()));
    let call = WriteCall::AcceptTransitGatewayVpcAttachment { attachment: planned };
    assert_eq!(pair.not_sent(&pair.home(), &call).await, "NotSent");
    assert_eq!(pair.calls().len(), before);
}
