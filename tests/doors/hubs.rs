//! Transit gateways and their route tables: made, changed and taken away.

use transitd::api::{Items, ReadCall, Ref, WriteCall};
use transitd::model::{Progress, Tags, TransitGateway, TransitGatewayId, TransitGatewayOptions};

use crate::connected::{Connected, table_call};
use crate::pair::Pair;

/// Each option is the other way round than AWS's default.
const ODD: TransitGatewayOptions = TransitGatewayOptions {
    asn: 4_200_000_001,
    auto_accept: true,
    default_association: false,
    default_propagation: false,
    dns: false,
    vpn_ecmp: false,
    security_group_referencing: true,
    multicast: true,
};

async fn gateway(pair: &Pair, id: &TransitGatewayId) -> TransitGateway {
    let items = pair.read(&pair.home(), &ReadCall::DescribeTransitGateways).await;
    let Items::TransitGateways(all) = items else { panic!("{items:?}") };
    all.into_iter().find(|gateway| gateway.id == *id).unwrap()
}

#[tokio::test]
async fn a_gateway_is_made_and_changed_the_same() {
    let pair = Pair::new().await;
    let home = pair.home();
    let tags: Tags = [("transitd:hub".to_owned(), "eu".to_owned())].into();
    let made = pair.write(&home, &WriteCall::CreateTransitGateway { options: ODD, tags: tags.clone() }).await;
    let id: TransitGatewayId = made.id.unwrap().parse().unwrap();
    let seen = gateway(&pair, &id).await;
    assert_eq!((seen.options, &seen.state, &seen.tags), (ODD, &Progress::Coming, &tags));
    assert_eq!((seen.default_association, seen.default_propagation), (None, None));
    let plain = TransitGatewayOptions {
        auto_accept: false,
        dns: true,
        vpn_ecmp: true,
        security_group_referencing: false,
        ..ODD
    };
    let modify = |options| WriteCall::ModifyTransitGateway { gateway: id.clone(), options };
    assert_eq!(pair.unwritten(&home, &modify(plain)).await, "IncorrectState");
    pair.settle().await;
    // What cannot be changed is not sent along.
    let other = TransitGatewayOptions { asn: 64513, multicast: false, ..plain };
    pair.write(&home, &modify(other)).await;
    pair.settle().await;
    assert_eq!(gateway(&pair, &id).await.options, plain);
    let tables = TransitGatewayOptions { default_association: true, default_propagation: true, ..plain };
    assert_eq!(pair.unwritten(&home, &modify(tables)).await, "InvalidParameterCombination");
}

#[tokio::test]
async fn a_gateway_with_tables_of_its_own_is_made_the_same() {
    let pair = Pair::new().await;
    let options = TransitGatewayOptions { default_association: true, default_propagation: true, ..ODD };
    let made = pair.write(&pair.home(), &WriteCall::CreateTransitGateway { options, tags: Tags::new() }).await;
    let id: TransitGatewayId = made.id.unwrap().parse().unwrap();
    pair.settle().await;
    let seen = gateway(&pair, &id).await;
    assert_eq!(seen.options, options);
    assert!(seen.default_association.is_some() && seen.default_association == seen.default_propagation, "{seen:?}");
    let off = TransitGatewayOptions { default_association: false, default_propagation: false, ..options };
    pair.write(&pair.home(), &WriteCall::ModifyTransitGateway { gateway: id.clone(), options: off }).await;
    pair.settle().await;
    let seen = gateway(&pair, &id).await;
    assert_eq!((seen.options, seen.default_association, seen.default_propagation), (off, None, None));
}

#[tokio::test]
async fn a_gateway_that_cannot_be_is_refused_the_same() {
    let pair = Pair::new().await;
    let make =
        |asn| WriteCall::CreateTransitGateway { options: TransitGatewayOptions { asn, ..ODD }, tags: Tags::new() };
    assert_eq!(pair.unwritten(&pair.home(), &make(65_535)).await, "InvalidParameterValue");
    let foreign = WriteCall::ModifyTransitGateway { gateway: pair.world.gateway.parse().unwrap(), options: ODD };
    let member = pair.member(&pair.world.alpha).await;
    assert_eq!(pair.unwritten(&member, &foreign).await, "UnauthorizedOperation");
    let before = pair.calls().len();
    assert_eq!(pair.not_sent(&pair.home(), &make(u64::MAX)).await, "NotSent");
    assert_eq!(pair.calls().len(), before);
}

#[tokio::test]
async fn a_table_is_taken_away_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let home = pair.home();
    let delete = WriteCall::DeleteTransitGatewayRouteTable { table: it.table.clone() };
    assert_eq!(pair.unwritten(&home, &delete).await, "IncorrectState");
    pair.write(&home, &it.disassociate()).await;
    pair.settle().await;
    pair.write(&home, &delete).await;
    let items = pair.read(&home, &ReadCall::DescribeTransitGatewayRouteTables).await;
    let Items::TransitGatewayRouteTables(tables) = items else { panic!("{items:?}") };
    assert!(tables.iter().any(|table| table.id == it.table && table.state == Progress::Going), "{tables:?}");
    pair.settle().await;
    assert_eq!(pair.unwritten(&home, &delete).await, "InvalidRouteTableID.NotFound");
}

#[tokio::test]
async fn gateways_and_tables_are_tagged_the_same() {
    let pair = Pair::new().await;
    let home = pair.home();
    let table = pair.write(&home, &table_call(&pair)).await.id.unwrap();
    let tags: Tags = [("empty".to_owned(), "no longer".to_owned()), ("Name".to_owned(), "prod".to_owned())].into();
    for resource in [&table, &pair.world.gateway] {
        let call = WriteCall::CreateTags { resource: Ref::Known(resource.clone()), tags: tags.clone() };
        pair.write(&home, &call).await;
    }
    let id: TransitGatewayId = pair.world.gateway.parse().unwrap();
    let seen = gateway(&pair, &id).await;
    assert!(tags.iter().all(|tag| seen.tags.contains_key(tag.0)), "{seen:?}");
    let items = pair.read(&home, &ReadCall::DescribeTransitGatewayRouteTables).await;
    let Items::TransitGatewayRouteTables(tables) = items else { panic!("{items:?}") };
    let seen = tables.iter().find(|seen| seen.id.as_str() == table).unwrap();
    assert_eq!(seen.tags.len(), 3, "the tag that was there stays: {seen:?}");
}
