//! Routes of transit gateway route tables, and references to prefix lists in these: to an attachment, or to nowhere.
//!
//! Each call says both where it leads and whether that is nowhere, so that it reads the same whatever was there before.

use super::Writes;
use crate::api::{ApiError, Reply};
use crate::model::{AttachmentId, Cidr, Destination, PrefixListId, TransitGatewayRouteTableId};

impl Writes<'_> {
    pub(super) async fn create_gateway_route(
        &self,
        table: &TransitGatewayRouteTableId,
        destination: &Destination,
        attachment: Option<&AttachmentId>,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .create_transit_gateway_route()
            .transit_gateway_route_table_id(table.as_str())
            .destination_cidr_block(range(destination)?.to_string())
            .set_transit_gateway_attachment_id(attachment.map(ToString::to_string))
            .blackhole(attachment.is_none())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn replace_gateway_route(
        &self,
        table: &TransitGatewayRouteTableId,
        destination: &Destination,
        attachment: Option<&AttachmentId>,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .replace_transit_gateway_route()
            .transit_gateway_route_table_id(table.as_str())
            .destination_cidr_block(range(destination)?.to_string())
            .set_transit_gateway_attachment_id(attachment.map(ToString::to_string))
            .blackhole(attachment.is_none())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn delete_gateway_route(
        &self,
        table: &TransitGatewayRouteTableId,
        destination: &Destination,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .delete_transit_gateway_route()
            .transit_gateway_route_table_id(table.as_str())
            .destination_cidr_block(range(destination)?.to_string())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn create_reference(
        &self,
        table: &TransitGatewayRouteTableId,
        list: &PrefixListId,
        attachment: Option<&AttachmentId>,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .create_transit_gateway_prefix_list_reference()
            .transit_gateway_route_table_id(table.as_str())
            .prefix_list_id(list.as_str())
            .set_transit_gateway_attachment_id(attachment.map(ToString::to_string))
            .blackhole(attachment.is_none())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn modify_reference(
        &self,
        table: &TransitGatewayRouteTableId,
        list: &PrefixListId,
        attachment: Option<&AttachmentId>,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .modify_transit_gateway_prefix_list_reference()
            .transit_gateway_route_table_id(table.as_str())
            .prefix_list_id(list.as_str())
            .set_transit_gateway_attachment_id(attachment.map(ToString::to_string))
            .blackhole(attachment.is_none())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn delete_reference(
        &self,
        table: &TransitGatewayRouteTableId,
        list: &PrefixListId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .delete_transit_gateway_prefix_list_reference()
            .transit_gateway_route_table_id(table.as_str())
            .prefix_list_id(list.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }
}

/// Returns the range that a route leads to, of either family. A prefix list is no route's destination there but has
/// references of its own, so that a call with one is a bug of the caller's.
fn range(destination: &Destination) -> Result<Cidr, ApiError> {
    match destination {
        Destination::Cidr(range) => Ok(*range),
        Destination::PrefixList(list) => {
            Err(ApiError::not_sent(format!("no route of a transit gateway leads to {list}: a reference does")))
        }
    }
}
