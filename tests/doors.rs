//! The contract of a door, kept by both: in process, and through the AWS SDK over the wire.
//!
//! Two sandboxes are made alike, down to the ids. Each call goes to one of them in process and to the other over HTTP;
//! answers and errors must be equal in everything, request ids included. So whatever is tested behind the door in
//! process holds behind the door to AWS, as far as the sandbox speaks as AWS does.

#[path = "doors/pair.rs"]
mod pair;
mod support;
#[path = "doors/world.rs"]
mod world;

use pair::{Pair, assume};
use transitd::api::{Items, ReadCall, Ref, Session, WriteCall};
use transitd::model::{
    AccountState, AttachmentId, AttachmentOptions, Destination, Key, Progress, RouteState, Target, TransitGatewayRoute,
    TransitGatewayRouteTableId,
};
use world::{EXTERNAL_ID, HOME, Member};

const PLAIN: AttachmentOptions = AttachmentOptions { dns: true, ipv6: false, appliance_mode: false };

fn table_call(pair: &Pair) -> WriteCall {
    let tags = [("transitd".to_owned(), "corp".to_owned()), ("empty".to_owned(), String::new())].into();
    WriteCall::CreateTransitGatewayRouteTable { gateway: pair.world.gateway.parse().unwrap(), tags }
}

fn attach_call(pair: &Pair, member: &Member) -> WriteCall {
    WriteCall::CreateTransitGatewayVpcAttachment {
        gateway: pair.world.gateway.parse().unwrap(),
        vpc: member.vpc.parse().unwrap(),
        subnets: vec![member.subnets[0].parse().unwrap()],
        options: PLAIN,
        tags: [("transitd".to_owned(), "corp".to_owned())].into(),
    }
}

/// A table with one member's attachment associated and propagating.
struct Connected {
    table: TransitGatewayRouteTableId,
    attachment: AttachmentId,
    member: Session,
}

impl Connected {
    async fn new(pair: &Pair) -> Self {
        let (home, member) = (pair.home(), pair.member(&pair.world.alpha).await);
        let table: TransitGatewayRouteTableId = pair.write(&home, &table_call(pair)).await.id.unwrap().parse().unwrap();
        let made = pair.write(&member, &attach_call(pair, &pair.world.alpha)).await;
        let attachment: AttachmentId = made.id.unwrap().parse().unwrap();
        pair.settle().await;
        let it = Self { table, attachment, member };
        let accept = WriteCall::AcceptTransitGatewayVpcAttachment { attachment: Ref::Known(it.attachment.clone()) };
        pair.write(&home, &accept).await;
        pair.settle().await;
        pair.write(&home, &it.associate()).await;
        pair.write(&home, &it.propagate()).await;
        pair.settle().await;
        it
    }

    fn associate(&self) -> WriteCall {
        WriteCall::AssociateTransitGatewayRouteTable {
            table: Ref::Known(self.table.clone()),
            attachment: Ref::Known(self.attachment.clone()),
        }
    }

    fn propagate(&self) -> WriteCall {
        WriteCall::EnableTransitGatewayRouteTablePropagation {
            table: Ref::Known(self.table.clone()),
            attachment: Ref::Known(self.attachment.clone()),
        }
    }
}

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
    assert_eq!((&plain.default_association, plain.auto_accept), (&None, false));
    assert!(busy.default_association.is_some() && busy.default_propagation.is_some() && busy.auto_accept);
    let member = pair.member(&pair.world.beta).await;
    let Items::TransitGateways(shared) = pair.read(&member, &ReadCall::DescribeTransitGateways).await else { panic!() };
    assert_eq!(shared.len(), 1);
    assert_eq!((shared[0].owner.as_str(), &shared[0].state), (HOME, &Progress::Ready));
}

#[tokio::test]
async fn a_connection_is_built_the_same_step_by_step() {
    let pair = Pair::new().await;
    let (home, member) = (pair.home(), pair.member(&pair.world.alpha).await);
    pair.write(&home, &table_call(&pair)).await;
    let Items::TransitGatewayRouteTables(tables) = pair.read(&home, &ReadCall::DescribeTransitGatewayRouteTables).await
    else {
        panic!()
    };
    assert!(tables.iter().any(|table| table.state == Progress::Coming && table.tags.len() == 2), "{tables:?}");
    pair.write(&member, &attach_call(&pair, &pair.world.alpha)).await;
    for session in [&home, &member] {
        pair.read(session, &ReadCall::DescribeTransitGatewayAttachments).await;
        pair.read(session, &ReadCall::DescribeTransitGatewayVpcAttachments).await;
    }
    pair.settle().await;
    let Items::VpcAttachments(attachments) = pair.read(&home, &ReadCall::DescribeTransitGatewayVpcAttachments).await
    else {
        panic!()
    };
    assert_eq!((attachments.len(), &attachments[0].state), (1, &Progress::PendingAcceptance));
    assert_eq!(attachments[0].options(), PLAIN);
}

#[tokio::test]
async fn what_is_in_a_table_reads_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let home = pair.home();
    let table = it.table.clone();
    let associations = pair.read(&home, &ReadCall::GetTransitGatewayRouteTableAssociations { table }).await;
    assert!(matches!(associations, Items::Associations(all) if all.len() == 1 && all[0].state == Progress::Ready));
    let table = it.table.clone();
    let propagations = pair.read(&home, &ReadCall::GetTransitGatewayRouteTablePropagations { table }).await;
    assert!(matches!(propagations, Items::Propagations(all) if all.len() == 1 && all[0].state == Progress::Ready));
    let routes = routes(&pair, &it.table).await;
    assert!(
        !routes.is_empty()
            && routes.iter().all(|route| !route.is_static && route.attachments == [it.attachment.clone()])
    );
    let Items::Attachments(all) = pair.read(&home, &ReadCall::DescribeTransitGatewayAttachments).await else {
        panic!()
    };
    assert_eq!(all[0].resource_owner.as_ref().map(|owner| owner.as_str()), Some(pair.world.alpha.account.as_str()));
}

async fn routes(pair: &Pair, table: &TransitGatewayRouteTableId) -> Vec<TransitGatewayRoute> {
    let call = ReadCall::SearchTransitGatewayRoutes { table: table.clone() };
    let pages = pair.pages(&pair.home(), &call).await;
    let routes = pages.into_iter().map(|page| {
        let Items::TransitGatewayRoutes(routes) = page.items else { panic!("{:?}", page.items) };
        routes
    });
    routes.flatten().collect()
}

#[tokio::test]
async fn a_table_with_more_routes_than_a_page_reads_the_same_to_its_end() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    pair.both(|sandbox| world::fill_with_blackholes(sandbox, it.table.as_str(), 1010));
    let all = routes(&pair, &it.table).await;
    let blackholes = all.iter().filter(|route| route.state == RouteState::Blackhole && route.attachments.is_empty());
    assert_eq!(blackholes.count(), 1010);
}

#[tokio::test]
async fn routes_that_are_cut_short_without_a_token_are_an_error_to_both() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    pair.both(|sandbox| {
        sandbox.world.network.switches.route_search_has_tokens = false;
        world::fill_with_blackholes(sandbox, it.table.as_str(), 1010);
    });
    let call = ReadCall::SearchTransitGatewayRoutes { table: it.table.clone() };
    assert_eq!(pair.unread(&pair.home(), &call).await, "StrangeAnswer");
}

#[tokio::test]
async fn an_attachment_is_changed_and_moved_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let options = AttachmentOptions { dns: false, ipv6: false, appliance_mode: true };
    let subnet = pair.world.alpha.subnets[1].parse().unwrap();
    let modify = |add_subnets, options| WriteCall::ModifyTransitGatewayVpcAttachment {
        attachment: Ref::Known(it.attachment.clone()),
        add_subnets,
        options,
    };
    pair.write(&it.member, &modify(vec![subnet], Some(options))).await;
    assert_eq!(pair.unwritten(&it.member, &modify(vec![], Some(PLAIN))).await, "IncorrectState");
    pair.settle().await;
    let Items::VpcAttachments(all) = pair.read(&pair.home(), &ReadCall::DescribeTransitGatewayVpcAttachments).await
    else {
        panic!()
    };
    assert_eq!((all[0].subnets.len(), all[0].options()), (2, options));
    let leave =
        WriteCall::DisassociateTransitGatewayRouteTable { table: it.table.clone(), attachment: it.attachment.clone() };
    pair.write(&pair.home(), &leave).await;
    let call = ReadCall::GetTransitGatewayRouteTableAssociations { table: it.table.clone() };
    let Items::Associations(going) = pair.read(&pair.home(), &call).await else { panic!() };
    assert_eq!(going[0].state, Progress::Going);
    pair.settle().await;
    assert!(matches!(pair.read(&pair.home(), &call).await, Items::Associations(none) if none.is_empty()));
}

#[tokio::test]
async fn routes_of_a_vpc_are_made_and_replaced_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let (route_table, gateway) = (pair.world.alpha.route_table.parse().unwrap(), pair.world.gateway.parse().unwrap());
    for range in ["10.0.0.0/8", "2001:db8::/32"] {
        let (route_table, gateway, destination) =
            (Clone::clone(&route_table), Clone::clone(&gateway), range.parse().unwrap());
        pair.write(&it.member, &WriteCall::CreateRoute { route_table, destination, gateway }).await;
    }
    let again = |range: &str| WriteCall::CreateRoute {
        route_table: Clone::clone(&route_table),
        destination: range.parse().unwrap(),
        gateway: Clone::clone(&gateway),
    };
    assert_eq!(pair.unwritten(&it.member, &again("10.0.0.0/8")).await, "RouteAlreadyExists");
    let replace = |range: &str| WriteCall::ReplaceRoute {
        route_table: Clone::clone(&route_table),
        destination: range.parse().unwrap(),
        gateway: Clone::clone(&gateway),
    };
    pair.write(&it.member, &replace("0.0.0.0/0")).await;
    assert_eq!(pair.unwritten(&it.member, &replace("192.168.0.0/16")).await, "InvalidParameterValue");
    let Items::RouteTables(tables) = pair.read(&it.member, &ReadCall::DescribeRouteTables).await else { panic!() };
    let table = tables.iter().find(|table| table.id == route_table).unwrap();
    let ours = Target::TransitGateway(gateway.clone());
    let to_us: Vec<&Destination> =
        table.routes.iter().filter(|route| route.target == ours).map(|route| &route.destination).collect();
    assert_eq!(to_us.len(), 3, "{table:?}");
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
