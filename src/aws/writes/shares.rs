//! Resource shares, and invitations to them.

use aws_sdk_ram::types::Tag;

use super::{Writes, made_with_id};
use crate::api::{ApiError, Reply, answer};
use crate::model::{Tags, TransitGatewayId};

impl Writes<'_> {
    pub(super) async fn create_share(
        &self,
        name: &str,
        gateway: &TransitGatewayId,
        allow_external: bool,
        tags: &Tags,
    ) -> Result<Reply, ApiError> {
        let call = self
            .ram
            .create_resource_share()
            .name(name)
            .resource_arns(self.trip.scope().transit_gateway_arn(gateway))
            .allow_external_principals(allow_external)
            .set_tags(Some(of_ram(tags)))
            .customize()
            .config_override(self.trip.ram());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        let made = answer.resource_share().and_then(|share| share.resource_share_arn());
        made_with_id("resource share", "resourceShareArn", made)
    }

    pub(super) async fn update_share(&self, share: &str, name: &str, allow_external: bool) -> Result<Reply, ApiError> {
        let call = self
            .ram
            .update_resource_share()
            .resource_share_arn(share)
            .name(name)
            .allow_external_principals(allow_external)
            .customize()
            .config_override(self.trip.ram());
        self.trip.done(call.send().await)
    }

    pub(super) async fn associate_share(
        &self,
        share: &str,
        gateway: Option<&TransitGatewayId>,
        principals: &[String],
    ) -> Result<Reply, ApiError> {
        let gateway = gateway.map(|gateway| vec![self.trip.scope().transit_gateway_arn(gateway)]);
        let call = self
            .ram
            .associate_resource_share()
            .resource_share_arn(share)
            .set_resource_arns(gateway)
            .set_principals(Some(principals.to_vec()))
            .customize()
            .config_override(self.trip.ram());
        self.trip.done(call.send().await)
    }

    pub(super) async fn disassociate_share(&self, share: &str, principals: &[String]) -> Result<Reply, ApiError> {
        let call = self
            .ram
            .disassociate_resource_share()
            .resource_share_arn(share)
            .set_principals(Some(principals.to_vec()))
            .customize()
            .config_override(self.trip.ram());
        self.trip.done(call.send().await)
    }

    pub(super) async fn delete_share(&self, share: &str) -> Result<Reply, ApiError> {
        let call =
            self.ram.delete_resource_share().resource_share_arn(share).customize().config_override(self.trip.ram());
        let answer = call.send().await.map_err(|error| self.trip.failed(error))?;
        answer::done(format_args!("DeleteResourceShare of {share}"), answer.return_value())
    }

    pub(super) async fn tag_share(&self, share: &str, tags: &Tags) -> Result<Reply, ApiError> {
        let call = self
            .ram
            .tag_resource()
            .resource_share_arn(share)
            .set_tags(Some(of_ram(tags)))
            .customize()
            .config_override(self.trip.ram());
        self.trip.done(call.send().await)
    }

    pub(super) async fn accept_invitation(&self, invitation: &str) -> Result<Reply, ApiError> {
        let call = self
            .ram
            .accept_resource_share_invitation()
            .resource_share_invitation_arn(invitation)
            .customize()
            .config_override(self.trip.ram());
        self.trip.done(call.send().await)
    }
}

fn of_ram(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
