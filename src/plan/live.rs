//! What is live, indexed by natural key: the hub's lists turned round so that each comparison is a look-up.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    AttachmentId, HubInventory, Progress, TransitGatewayId, TransitGatewayRouteTable, TransitGatewayRouteTableId,
    VpcAttachment, VpcId,
};

/// One gateway's part of the hub's inventory. Each index is there only if the lists that it is made of are complete.
#[derive(Debug, Default)]
pub(super) struct Live<'a> {
    /// The one record that counts for each VPC; older records of deleted attachments are passed over.
    pub attachments: Option<BTreeMap<&'a VpcId, &'a VpcAttachment>>,
    pub tables: Option<BTreeMap<&'a TransitGatewayRouteTableId, &'a TransitGatewayRouteTable>>,
    /// Each attachment's association, over the tables whose list is known.
    pub associations: BTreeMap<&'a AttachmentId, (&'a TransitGatewayRouteTableId, &'a Progress)>,
    /// Tables whose associations are not known.
    pub associations_unknown: BTreeSet<&'a TransitGatewayRouteTableId>,
    pub propagations: BTreeMap<(&'a TransitGatewayRouteTableId, &'a AttachmentId), &'a Progress>,
    pub propagations_unknown: BTreeSet<&'a TransitGatewayRouteTableId>,
}

impl Live<'_> {
    /// A gateway that is not there yet: nothing hangs on it.
    pub fn nothing() -> Self {
        Live { attachments: Some(BTreeMap::new()), tables: Some(BTreeMap::new()), ..Live::default() }
    }
}

impl<'a> Live<'a> {
    pub fn of(inventory: &'a HubInventory, gateway: &TransitGatewayId) -> Self {
        let tables = inventory.tables.known().map(|tables| {
            tables.iter().filter(|table| table.gateway == *gateway).map(|table| (&table.id, table)).collect()
        });
        let mut live = Live { attachments: attachments(inventory, gateway), tables, ..Live::default() };
        // A table that is being made or removed lists nothing that counts, and is not asked.
        let usable = live.tables.iter().flatten().filter(|(_, table)| table.state.is_usable());
        let ids: Vec<_> = usable.map(|(id, _)| *id).collect();
        for table in ids {
            match inventory.associations.get(table).and_then(|list| list.known()) {
                None => {
                    live.associations_unknown.insert(table);
                }
                Some(list) => {
                    for association in list.iter().filter(|association| association.state != Progress::Gone) {
                        live.associations.insert(&association.attachment, (table, &association.state));
                    }
                }
            }
            match inventory.propagations.get(table).and_then(|list| list.known()) {
                None => {
                    live.propagations_unknown.insert(table);
                }
                Some(list) => {
                    for propagation in list.iter().filter(|propagation| propagation.state != Progress::Gone) {
                        live.propagations.insert((table, &propagation.attachment), &propagation.state);
                    }
                }
            }
        }
        live
    }
}

/// Takes for each VPC the record that says most: one that lives, else one that is going, else one that failed.
fn attachments<'a>(
    inventory: &'a HubInventory,
    gateway: &TransitGatewayId,
) -> Option<BTreeMap<&'a VpcId, &'a VpcAttachment>> {
    let mut found: BTreeMap<&VpcId, &VpcAttachment> = BTreeMap::new();
    for attachment in inventory.vpc_attachments.known()?.iter().filter(|attachment| attachment.gateway == *gateway) {
        if attachment.state == Progress::Gone {
            continue;
        }
        let better = found.get(&attachment.vpc).is_none_or(|other| rank(attachment) < rank(other));
        if better {
            found.insert(&attachment.vpc, attachment);
        }
    }
    Some(found)
}

/// Orders records of one VPC; the id settles ties, so that the order of AWS's answer does not matter.
fn rank(attachment: &VpcAttachment) -> (u8, &AttachmentId) {
    let class = match &attachment.state {
        Progress::Ready | Progress::Changing => 0,
        Progress::Coming | Progress::PendingAcceptance => 1,
        Progress::Unclear(_) => 2,
        Progress::Going => 3,
        Progress::Failed | Progress::Rejected => 4,
        Progress::Gone => 5,
    };
    (class, &attachment.id)
}
