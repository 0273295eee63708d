//! What is in transit gateway route tables: associations, propagations, routes and references to prefix lists.

use transitd::api::{Items, ReadCall, Ref, WriteCall};
use transitd::model::{
    AttachmentId, Destination, PrefixList, PrefixListId, PrefixListReference, Progress, RouteState,
    TransitGatewayRoute, TransitGatewayRouteTableId,
};

use crate::connected::Connected;
use crate::pair::Pair;
use crate::world::{self, HOME};

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

fn range(text: &str) -> Destination {
    Destination::Cidr(text.parse().unwrap())
}

fn create(it: &Connected, to: &Destination, attachment: Option<&AttachmentId>) -> WriteCall {
    WriteCall::CreateTransitGatewayRoute {
        table: Ref::Known(it.table.clone()),
        destination: to.clone(),
        attachment: attachment.cloned().map(Ref::Known),
    }
}

fn replace(it: &Connected, to: &Destination, attachment: Option<&AttachmentId>) -> WriteCall {
    WriteCall::ReplaceTransitGatewayRoute {
        table: it.table.clone(),
        destination: to.clone(),
        attachment: attachment.cloned().map(Ref::Known),
    }
}

fn delete(it: &Connected, to: &Destination) -> WriteCall {
    WriteCall::DeleteTransitGatewayRoute { table: it.table.clone(), destination: to.clone() }
}

/// Returns where a static route leads: none for a blackhole.
async fn leads(pair: &Pair, it: &Connected, to: &Destination) -> Option<AttachmentId> {
    let all = routes(pair, &it.table).await;
    let route =
        all.iter().find(|route| route.is_static && route.destination == *to).unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(route.state == RouteState::Blackhole, route.attachments.is_empty(), "{route:?}");
    route.attachments.first().cloned()
}

#[tokio::test]
async fn static_routes_are_made_led_elsewhere_and_taken_away_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let (home, here) = (pair.home(), Some(&it.attachment));
    let (four, six) = (range("192.168.0.0/16"), range("2001:db8::/32"));
    pair.write(&home, &create(&it, &four, here)).await;
    pair.write(&home, &create(&it, &six, None)).await;
    assert_eq!((leads(&pair, &it, &four).await.as_ref(), leads(&pair, &it, &six).await), (here, None));
    assert_eq!(pair.unwritten(&home, &create(&it, &four, None)).await, "RouteAlreadyExists");
    pair.write(&home, &replace(&it, &four, None)).await;
    pair.write(&home, &replace(&it, &six, here)).await;
    assert_eq!((leads(&pair, &it, &four).await, leads(&pair, &it, &six).await.as_ref()), (None, here));
    for to in [&four, &six] {
        pair.write(&home, &delete(&it, to)).await;
        assert_eq!(pair.unwritten(&home, &delete(&it, to)).await, "InvalidRoute.NotFound");
    }
    assert!(routes(&pair, &it.table).await.iter().all(|route| !route.is_static));
}

#[tokio::test]
async fn a_route_to_a_prefix_list_is_sent_by_neither() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let before = pair.calls().len();
    let list = Destination::PrefixList("pl-0123456789abcdef0".parse().unwrap());
    for call in [create(&it, &list, None), replace(&it, &list, None), delete(&it, &list)] {
        assert_eq!(pair.not_sent(&pair.home(), &call).await, "NotSent");
    }
    assert_eq!(pair.calls().len(), before);
}

async fn references(pair: &Pair, it: &Connected) -> Vec<PrefixListReference> {
    let call = ReadCall::GetTransitGatewayPrefixListReferences { table: it.table.clone() };
    let items = pair.read(&pair.home(), &call).await;
    let Items::PrefixListReferences(all) = items else { panic!("{items:?}") };
    all
}

#[tokio::test]
async fn references_to_prefix_lists_are_made_led_elsewhere_and_taken_away_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let home = pair.home();
    let prefix_list: PrefixListId = pair.both(|sandbox| world::add_prefix_list(sandbox, HOME, 5)).parse().unwrap();
    let create = |prefix_list: &PrefixListId, attachment| WriteCall::CreateTransitGatewayPrefixListReference {
        table: Ref::Known(it.table.clone()),
        prefix_list: prefix_list.clone(),
        attachment,
    };
    let here = || Some(Ref::Known(it.attachment.clone()));
    pair.write(&home, &create(&prefix_list, here())).await;
    assert_eq!(references(&pair, &it).await[0].state, Progress::Coming);
    pair.settle().await;
    let expected = PrefixListReference {
        prefix_list: prefix_list.clone(),
        state: Progress::Ready,
        attachment: Some(it.attachment.clone()),
    };
    assert_eq!(references(&pair, &it).await, std::slice::from_ref(&expected));
    let brought: Vec<TransitGatewayRoute> =
        routes(&pair, &it.table).await.into_iter().filter(|route| route.prefix_list.is_some()).collect();
    assert_eq!(brought.len(), 2, "{brought:?}");
    assert!(brought.iter().all(|route| route.prefix_list == Some(prefix_list.clone()) && route.is_static));
    assert!(pair.unwritten(&home, &create(&prefix_list, None)).await.ends_with(".Duplicate"));
    let nowhere = WriteCall::ModifyTransitGatewayPrefixListReference {
        table: it.table.clone(),
        prefix_list: prefix_list.clone(),
        attachment: None,
    };
    pair.write(&home, &nowhere).await;
    pair.settle().await;
    assert_eq!(references(&pair, &it).await, [PrefixListReference { attachment: None, ..expected }]);
    let delete = WriteCall::DeleteTransitGatewayPrefixListReference {
        table: it.table.clone(),
        prefix_list: prefix_list.clone(),
    };
    pair.write(&home, &delete).await;
    assert_eq!(references(&pair, &it).await[0].state, Progress::Going);
    pair.settle().await;
    assert_eq!(references(&pair, &it).await, []);
    assert!(pair.unwritten(&home, &delete).await.ends_with(".NotFound"));
    let unknown = create(&"pl-0123456789abcdef0".parse().unwrap(), None);
    assert_eq!(pair.unwritten(&home, &unknown).await, "InvalidPrefixListID.NotFound");
}

#[tokio::test]
async fn prefix_lists_read_the_same_page_by_page() {
    let pair = Pair::new().await;
    pair.both(|sandbox| {
        sandbox.world.network.quotas.prefix_lists_per_region = 200;
        (0..101).for_each(|_| drop(world::add_prefix_list(sandbox, HOME, 7)));
    });
    let pages = pair.pages(&pair.home(), &ReadCall::DescribeManagedPrefixLists).await;
    let pages = pages.iter().map(|page| {
        let Items::PrefixLists(lists) = &page.items else { panic!("{:?}", page.items) };
        lists
    });
    let (ours, of_aws): (Vec<_>, Vec<_>) = pages.clone().flatten().partition(|list| list.name == "ours");
    assert!(ours.len() == 101 && ours.iter().all(|list| list.max_entries == Some(7)), "{ours:?}");
    // AWS's own have no most.
    let is_of_aws = |list: &&PrefixList| list.name.starts_with("com.amazonaws.") && list.max_entries.is_none();
    assert!(!of_aws.is_empty() && of_aws.iter().all(is_of_aws), "{of_aws:?}");
    assert_eq!(pages.map(Vec::len).collect::<Vec<_>>(), [100, 1 + of_aws.len()]);
}
