//! Routes of VPCs' route tables.

use transitd::api::{Items, ReadCall, WriteCall};
use transitd::model::{Destination, RouteTableId, Target};

use crate::connected::{Connected, gateway};
use crate::pair::Pair;
use crate::world;

fn range(text: &str) -> Destination {
    Destination::Cidr(text.parse().unwrap())
}

fn table(pair: &Pair) -> RouteTableId {
    pair.world.alpha.route_table.parse().unwrap()
}

fn create(pair: &Pair, to: &Destination) -> WriteCall {
    WriteCall::CreateRoute { route_table: table(pair), destination: to.clone(), gateway: gateway(pair) }
}

fn replace(pair: &Pair, to: &Destination) -> WriteCall {
    WriteCall::ReplaceRoute { route_table: table(pair), destination: to.clone(), gateway: gateway(pair) }
}

fn delete(pair: &Pair, to: &Destination) -> WriteCall {
    WriteCall::DeleteRoute { route_table: table(pair), destination: to.clone() }
}

/// Returns what leads to the shared gateway, in order.
async fn ours(pair: &Pair, it: &Connected) -> Vec<Destination> {
    let items = pair.read(&it.member, &ReadCall::DescribeRouteTables).await;
    let Items::RouteTables(tables) = items else { panic!("{items:?}") };
    let table = tables.iter().find(|seen| seen.id == table(pair)).unwrap();
    let to_us = Target::TransitGateway(pair.world.gateway.parse().unwrap());
    let mut all: Vec<Destination> =
        table.routes.iter().filter(|route| route.target == to_us).map(|route| route.destination.clone()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn routes_of_a_vpc_are_made_replaced_and_taken_away_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let list = pair.both(|sandbox| world::add_prefix_list(sandbox, &pair.world.alpha.account, 5));
    let list = Destination::PrefixList(list.parse().unwrap());
    let mut made = vec![range("10.0.0.0/8"), range("2001:db8::/32"), list];
    for to in &made {
        pair.write(&it.member, &create(&pair, to)).await;
        assert_eq!(pair.unwritten(&it.member, &create(&pair, to)).await, "RouteAlreadyExists");
        pair.write(&it.member, &replace(&pair, to)).await;
    }
    // Led to the internet until now.
    made.push(range("0.0.0.0/0"));
    pair.write(&it.member, &replace(&pair, &made[3])).await;
    assert_eq!(pair.unwritten(&it.member, &replace(&pair, &range("192.168.0.0/16"))).await, "InvalidParameterValue");
    made.sort();
    assert_eq!(ours(&pair, &it).await, made);
    for to in &made {
        pair.write(&it.member, &delete(&pair, to)).await;
        assert_eq!(pair.unwritten(&it.member, &delete(&pair, to)).await, "InvalidRoute.NotFound");
    }
    assert_eq!(ours(&pair, &it).await, []);
}
