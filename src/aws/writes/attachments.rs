//! VPC attachments, and which table they are associated with and propagate to.

use aws_sdk_ec2::types;

use super::{Writes, made_with_id, tagged, word};
use crate::api::{ApiError, Reply};
use crate::model::{
    AttachmentId, AttachmentOptions, SubnetId, Tags, TransitGatewayId, TransitGatewayRouteTableId, VpcId,
};

impl Writes<'_> {
    pub(super) async fn create_attachment(
        &self,
        gateway: &TransitGatewayId,
        vpc: &VpcId,
        subnets: &[SubnetId],
        options: AttachmentOptions,
        tags: &Tags,
    ) -> Result<Reply, ApiError> {
        let options = types::CreateTransitGatewayVpcAttachmentRequestOptions::builder()
            .dns_support(word(options.dns))
            .ipv6_support(word(options.ipv6))
            .appliance_mode_support(word(options.appliance_mode))
            .security_group_referencing_support(word(options.security_group_referencing))
            .build();
        let call = self
            .ec2
            .create_transit_gateway_vpc_attachment()
            .transit_gateway_id(gateway.as_str())
            .vpc_id(vpc.as_str())
            .set_subnet_ids(Some(subnets.iter().map(ToString::to_string).collect()))
            .options(options)
            .set_tag_specifications(tagged(types::ResourceType::TransitGatewayAttachment, tags))
            .customize()
            .config_override(self.trip.ec2());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        let made = answer.transit_gateway_vpc_attachment().and_then(|made| made.transit_gateway_attachment_id());
        made_with_id("VPC attachment", "TransitGatewayAttachmentId", made)
    }

    pub(super) async fn modify_attachment(
        &self,
        attachment: &AttachmentId,
        add_subnets: &[SubnetId],
        remove_subnets: &[SubnetId],
        options: Option<AttachmentOptions>,
    ) -> Result<Reply, ApiError> {
        let options = options.map(|options| {
            types::ModifyTransitGatewayVpcAttachmentRequestOptions::builder()
                .dns_support(word(options.dns))
                .ipv6_support(word(options.ipv6))
                .appliance_mode_support(word(options.appliance_mode))
                .security_group_referencing_support(word(options.security_group_referencing))
                .build()
        });
        let some = |ids: &[SubnetId]| (!ids.is_empty()).then(|| ids.iter().map(ToString::to_string).collect());
        let call = self
            .ec2
            .modify_transit_gateway_vpc_attachment()
            .transit_gateway_attachment_id(attachment.as_str())
            .set_add_subnet_ids(some(add_subnets))
            .set_remove_subnet_ids(some(remove_subnets))
            .set_options(options)
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn accept(&self, attachment: &AttachmentId) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .accept_transit_gateway_vpc_attachment()
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn delete_attachment(&self, attachment: &AttachmentId) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .delete_transit_gateway_vpc_attachment()
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn associate(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .associate_transit_gateway_route_table()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn disassociate(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .disassociate_transit_gateway_route_table()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn propagate(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .enable_transit_gateway_route_table_propagation()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }

    pub(super) async fn stop_propagating(
        &self,
        table: &TransitGatewayRouteTableId,
        attachment: &AttachmentId,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ec2
            .disable_transit_gateway_route_table_propagation()
            .transit_gateway_route_table_id(table.as_str())
            .transit_gateway_attachment_id(attachment.as_str())
            .customize()
            .config_override(self.trip.ec2());
        self.trip.done(call.send().await)
    }
}
