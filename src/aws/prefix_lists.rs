//! EC2's prefix lists, and the references to them in transit gateway route tables.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;

use super::trip::Trip;
use crate::api::answer::{self, Thing};
use crate::api::{ApiError, Items, Page};
use crate::model::{PrefixList, PrefixListReference, TransitGatewayRouteTableId};

pub(super) async fn describe_lists(ec2: &Client, trip: &Trip<'_>) -> Result<Page, ApiError> {
    let call = ec2
        .describe_managed_prefix_lists()
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let seen = Thing::new("DescribeManagedPrefixLists", Some("answer")).has("PrefixLists", answer.prefix_lists)?;
    let lists = seen.iter().map(list).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::PrefixLists(lists), next: answer::next(answer.next_token) })
}

pub(super) async fn get_references(
    ec2: &Client,
    trip: &Trip<'_>,
    table: &TransitGatewayRouteTableId,
) -> Result<Page, ApiError> {
    let call = ec2
        .get_transit_gateway_prefix_list_references()
        .transit_gateway_route_table_id(table.as_str())
        .set_max_results(trip.page_size)
        .set_next_token(trip.token.clone())
        .customize()
        .config_override(trip.ec2());
    let answer = call.send().await.map_err(|error| trip.failed(error))?;
    let list = Thing::new("transit gateway route table", Some(table.as_str()));
    let seen = list.has("TransitGatewayPrefixListReferences", answer.transit_gateway_prefix_list_references)?;
    let references = seen.iter().map(reference).collect::<Result<_, _>>()?;
    Ok(Page { items: Items::PrefixListReferences(references), next: answer::next(answer.next_token) })
}

fn list(seen: &types::ManagedPrefixList) -> Result<PrefixList, ApiError> {
    let thing = Thing::new("prefix list", seen.prefix_list_id());
    Ok(PrefixList {
        id: thing.name("PrefixListId", seen.prefix_list_id())?,
        name: thing.text("PrefixListName", seen.prefix_list_name())?,
        max_entries: thing.max_entries(seen.max_entries().map(i64::from))?,
    })
}

fn reference(seen: &types::TransitGatewayPrefixListReference) -> Result<PrefixListReference, ApiError> {
    let thing = Thing::new("prefix list reference", seen.prefix_list_id());
    let attachment = seen.transit_gateway_attachment().and_then(|it| it.transit_gateway_attachment_id());
    Ok(PrefixListReference {
        prefix_list: thing.name("PrefixListId", seen.prefix_list_id())?,
        state: thing.progress(seen.state().map(types::TransitGatewayPrefixListReferenceState::as_str))?,
        attachment: thing.referred(seen.blackhole(), attachment)?,
    })
}
