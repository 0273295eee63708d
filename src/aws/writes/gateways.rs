//! Transit gateways, their route tables, and tags.

use aws_sdk_ec2::types;

use super::{Writes, each, made_with_id, tagged, word};
use crate::api::{ApiError, Reply};
use crate::model::{Tags, TransitGatewayId, TransitGatewayOptions, TransitGatewayRouteTableId};

impl Writes<'_> {
    pub(super) async fn create_gateway(&self, options: &TransitGatewayOptions, tags: &Tags) -> Result<Reply, ApiError> {
        let asn = i64::try_from(options.asn)
            .map_err(|_| ApiError::not_sent(format!("no autonomous system has the number {}", options.asn)))?;
        let options = types::TransitGatewayRequestOptions::builder()
            .amazon_side_asn(asn)
            .auto_accept_shared_attachments(word(options.auto_accept))
            .default_route_table_association(word(options.default_association))
            .default_route_table_propagation(word(options.default_propagation))
            .dns_support(word(options.dns))
            .vpn_ecmp_support(word(options.vpn_ecmp))
            .security_group_referencing_support(word(options.security_group_referencing))
            .multicast_support(word(options.multicast))
            .build();
        let call = self
            .ec2
            .create_transit_gateway()
            .options(options)
            .set_tag_specifications(tagged(types::ResourceType::TransitGateway, tags))
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        let made = answer.transit_gateway().and_then(|gateway| gateway.transit_gateway_id());
        made_with_id("transit gateway", "TransitGatewayId", made)
    }

    /// Sets every option that can be changed and that transitd changes: neither the ASN nor multicast.
    pub(super) async fn modify_gateway(
        &self,
        gateway: &TransitGatewayId,
        options: &TransitGatewayOptions,
    ) -> Result<Reply, ApiError> {
        let options = types::ModifyTransitGatewayOptions::builder()
            .auto_accept_shared_attachments(word(options.auto_accept))
            .default_route_table_association(word(options.default_association))
            .default_route_table_propagation(word(options.default_propagation))
            .dns_support(word(options.dns))
            .vpn_ecmp_support(word(options.vpn_ecmp))
            .security_group_referencing_support(word(options.security_group_referencing))
            .build();
        let call = self
            .ec2
            .modify_transit_gateway()
            .transit_gateway_id(gateway.as_str())
            .options(options)
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn create_table(&self, gateway: &TransitGatewayId, tags: &Tags) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .create_transit_gateway_route_table()
            .transit_gateway_id(gateway.as_str())
            .set_tag_specifications(tagged(types::ResourceType::TransitGatewayRouteTable, tags))
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        let made = answer.transit_gateway_route_table().and_then(|table| table.transit_gateway_route_table_id());
        made_with_id("transit gateway route table", "TransitGatewayRouteTableId", made)
    }

    pub(super) async fn delete_table(&self, table: &TransitGatewayRouteTableId) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .delete_transit_gateway_route_table()
            .transit_gateway_route_table_id(table.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn create_tags(&self, resource: &str, tags: &Tags) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .create_tags()
            .resources(resource)
            .set_tags(Some(each(tags)))
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }
}
