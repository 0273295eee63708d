//! The calls that build a connection, and one that stands.

use transitd::api::{Ref, Session, WriteCall};
use transitd::model::{AttachmentId, AttachmentOptions, TransitGatewayId, TransitGatewayRouteTableId};

use crate::pair::Pair;
use crate::world::Member;

pub const PLAIN: AttachmentOptions =
    AttachmentOptions { dns: true, ipv6: false, appliance_mode: false, security_group_referencing: false };

/// The gateway that is shared, in which nothing happens by itself.
pub fn gateway(pair: &Pair) -> Ref<TransitGatewayId> {
    Ref::Known(pair.world.gateway.parse().unwrap())
}

pub fn table_call(pair: &Pair) -> WriteCall {
    let tags = [("transitd".to_owned(), "corp".to_owned()), ("empty".to_owned(), String::new())].into();
    WriteCall::CreateTransitGatewayRouteTable { gateway: gateway(pair), tags }
}

pub fn attach_call(pair: &Pair, member: &Member) -> WriteCall {
    WriteCall::CreateTransitGatewayVpcAttachment {
        gateway: gateway(pair),
        vpc: member.vpc.parse().unwrap(),
        subnets: vec![member.subnets[0].parse().unwrap()],
        options: PLAIN,
        tags: [("transitd".to_owned(), "corp".to_owned())].into(),
    }
}

/// A table with one member's attachment associated and propagating.
pub struct Connected {
    pub table: TransitGatewayRouteTableId,
    pub attachment: AttachmentId,
    pub member: Session,
}

impl Connected {
    pub async fn new(pair: &Pair) -> Self {
        let (home, member) = (pair.home(), pair.member(&pair.world.alpha).await);
        let table: TransitGatewayRouteTableId = pair.write(&home, &table_call(pair)).await.id.unwrap().parse().unwrap();
        let made = pair.write(&member, &attach_call(pair, &pair.world.alpha)).await;
        let attachment: AttachmentId = made.id.unwrap().parse().unwrap();
        pair.settle().await;
        let it = Self { table, attachment, member };
        let accept = WriteCall::AcceptTransitGatewayVpcAttachment { attachment: Ref::Known(it.attachment.clone()) };
        pair.write(&home, &accept).await;
        pair.settle().await;
        pair.write(&home, &it.associate()).await;
        pair.write(&home, &it.propagate()).await;
        pair.settle().await;
        it
    }

    pub fn associate(&self) -> WriteCall {
        WriteCall::AssociateTransitGatewayRouteTable {
            table: Ref::Known(self.table.clone()),
            attachment: Ref::Known(self.attachment.clone()),
        }
    }

    pub fn propagate(&self) -> WriteCall {
        WriteCall::EnableTransitGatewayRouteTablePropagation {
            table: Ref::Known(self.table.clone()),
            attachment: Ref::Known(self.attachment.clone()),
        }
    }

    pub fn disassociate(&self) -> WriteCall {
        WriteCall::DisassociateTransitGatewayRouteTable {
            table: self.table.clone(),
            attachment: self.attachment.clone(),
        }
    }
}
