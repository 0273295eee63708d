//! The home account's side in one region: gateways, attachments, tables, and what each table lists.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::api::{ReadCall, Reader, ShareSide};
use crate::model::{
    HubInventory, Scope, ShareInventory, TransitGateway, TransitGatewayId, TransitGatewayRouteTable, is_of_network,
};

use super::{Survey, listed};

pub(super) async fn read(
    reader: &Reader,
    scope: &Scope,
    survey: &Survey,
    named: &BTreeSet<TransitGatewayId>,
    at_once: &Arc<Semaphore>,
) -> HubInventory {
    let at = reader.now();
    let (all_gateways, attachments, vpc_attachments, tables) = tokio::join!(
        reader.list::<TransitGateway>(scope, &ReadCall::DescribeTransitGateways),
        reader.list(scope, &ReadCall::DescribeTransitGatewayAttachments),
        reader.list(scope, &ReadCall::DescribeTransitGatewayVpcAttachments),
        reader.list::<TransitGatewayRouteTable>(scope, &ReadCall::DescribeTransitGatewayRouteTables),
    );
    let mut inventory = HubInventory {
        gateways: listed(at, all_gateways),
        attachments: listed(at, attachments),
        vpc_attachments: listed(at, vpc_attachments),
        tables: listed(at, tables),
        associations: BTreeMap::new(),
        propagations: BTreeMap::new(),
        routes: BTreeMap::new(),
        references: BTreeMap::new(),
        prefix_lists: None,
        shares: None,
    };
    if survey.prefix_lists {
        let at = reader.now();
        let lists = reader.list(scope, &ReadCall::DescribeManagedPrefixLists).await;
        inventory.prefix_lists = Some(listed(at, lists));
    }
    if survey.shares {
        inventory.shares = Some(shares(reader, scope).await);
    }
    // A gateway that was made carries the network's tags; one that was adopted is named.
    let made = inventory.gateways.known().unwrap_or_default().iter();
    let made = made.filter(|gateway| is_of_network(&gateway.tags, &survey.network)).map(|gateway| gateway.id.clone());
    let gateways: BTreeSet<TransitGatewayId> = made.chain(named.iter().cloned()).collect();
    let mut reads = JoinSet::new();
    // A table that is on its way out or in has nothing to list, and AWS may refuse to list it.
    let ours = inventory.tables.known().unwrap_or_default().iter();
    for table in ours.filter(|table| gateways.contains(&table.gateway) && table.state.is_usable()) {
        let (reader, scope, table, at_once) = (reader.clone(), scope.clone(), table.id.clone(), at_once.clone());
        reads.spawn(async move {
            let _turn = at_once.acquire().await;
            let at = reader.now();
            let associations = ReadCall::GetTransitGatewayRouteTableAssociations { table: table.clone() };
            let propagations = ReadCall::GetTransitGatewayRouteTablePropagations { table: table.clone() };
            let routes = ReadCall::SearchTransitGatewayRoutes { table: table.clone() };
            let references = ReadCall::GetTransitGatewayPrefixListReferences { table: table.clone() };
            let (associations, propagations, routes, references) = tokio::join!(
                reader.list(&scope, &associations),
                reader.list(&scope, &propagations),
                reader.list(&scope, &routes),
                reader.list(&scope, &references),
            );
            (table, listed(at, associations), listed(at, propagations), listed(at, routes), listed(at, references))
        });
    }
    while let Some(done) = reads.join_next().await {
        let (table, associations, propagations, routes, references) =
            done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        inventory.associations.insert(table.clone(), associations);
        inventory.propagations.insert(table.clone(), propagations);
        inventory.routes.insert(table.clone(), routes);
        inventory.references.insert(table, references);
    }
    inventory
}

async fn shares(reader: &Reader, scope: &Scope) -> ShareInventory {
    let at = reader.now();
    let of = |of| ReadCall::GetResourceShareAssociations { of };
    let (principals, resources) = (of(ShareSide::Principals), of(ShareSide::Resources));
    let (shares, principals, resources) = tokio::join!(
        reader.list(scope, &ReadCall::GetResourceShares),
        reader.list(scope, &principals),
        reader.list(scope, &resources),
    );
    ShareInventory { shares: listed(at, shares), principals: listed(at, principals), resources: listed(at, resources) }
}
