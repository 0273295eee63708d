//! Routes of VPCs' route tables.

use super::Writes;
use crate::api::{ApiError, Reply, answer};
use crate::model::{Destination, RouteTableId, TransitGatewayId};

impl Writes<'_> {
    pub(super) async fn create_route(
        &self,
        table: &RouteTableId,
        destination: &Destination,
        gateway: &TransitGatewayId,
    ) -> Result<Reply, ApiError> {
        let to = Members::of(destination);
        let call = self
            .ec2
            .create_route()
            .route_table_id(table.as_str())
            .set_destination_cidr_block(to.four)
            .set_destination_ipv6_cidr_block(to.six)
            .set_destination_prefix_list_id(to.list)
            .transit_gateway_id(gateway.as_str())
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        answer::done(format_args!("CreateRoute in {table} to {destination}"), answer.r#return())
    }

    pub(super) async fn replace_route(
        &self,
        table: &RouteTableId,
        destination: &Destination,
        gateway: &TransitGatewayId,
    ) -> Result<Reply, ApiError> {
        let to = Members::of(destination);
        let call = self
            .ec2
            .replace_route()
            .route_table_id(table.as_str())
            .set_destination_cidr_block(to.four)
            .set_destination_ipv6_cidr_block(to.six)
            .set_destination_prefix_list_id(to.list)
            .transit_gateway_id(gateway.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn delete_route(
        &self,
        table: &RouteTableId,
        destination: &Destination,
    ) -> Result<Reply, ApiError> {
        let to = Members::of(destination);
        let call = self
            .ec2
            .delete_route()
            .route_table_id(table.as_str())
            .set_destination_cidr_block(to.four)
            .set_destination_ipv6_cidr_block(to.six)
            .set_destination_prefix_list_id(to.list)
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }
}

/// A destination in the one member that is for its kind.
#[derive(Default)]
struct Members {
    four: Option<String>,
    six: Option<String>,
    list: Option<String>,
}

impl Members {
    fn of(destination: &Destination) -> Self {
        let text = Some(destination.to_string());
        match destination {
            Destination::Cidr(range) if range.is_ipv6() => Self { six: text, ..Self::default() },
            Destination::Cidr(_) => Self { four: text, ..Self::default() },
            Destination::PrefixList(_) => Self { list: text, ..Self::default() },
        }
    }
}
