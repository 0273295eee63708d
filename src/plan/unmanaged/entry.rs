//! Associations and propagations that stand in a segment's table and are not declared to.

use std::collections::BTreeSet;

use crate::api::WriteCall;
use crate::model::{
    AttachedKey, AttachmentId, HubInventory, Key, ListId, PropagationKey, TableKey, TransitGatewayRouteTableId,
    Unmanaged,
};

use super::{Place, Resource, Resources, departed, is_undeclared};
use crate::plan::draft::Draft;
use crate::plan::removal::{self, Removal};

/// How an attachment stands in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The table has its ranges.
    Propagated,
    /// What it sends is looked up there.
    Associated,
}

pub(super) fn compare(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
    resources: &Resources,
    how: How,
) {
    for attachment in live(hub.inventory, id, how) {
        let Some(resource) = resources.get(attachment) else { continue };
        if is_foreign(draft, table, resource, how) {
            take_out(draft, hub, table, id, attachment, resource, how);
        }
    }
}

/// Lists the attachments that stand in a table so.
pub(super) fn live<'i>(
    inventory: &'i HubInventory,
    table: &TransitGatewayRouteTableId,
    how: How,
) -> Vec<&'i AttachmentId> {
    match how {
        How::Propagated => {
            let list = inventory.propagations.get(table).and_then(|list| list.known()).unwrap_or_default().iter();
            list.filter(|it| it.state.is_live()).map(|it| &it.attachment).collect()
        }
        How::Associated => {
            let list = inventory.associations.get(table).and_then(|list| list.known()).unwrap_or_default().iter();
            list.filter(|it| it.state.is_live()).map(|it| &it.attachment).collect()
        }
    }
}

/// Lists the attachments that stand in some table, or are led to by a static route of one, by our doing.
pub(super) fn ours<'i>(draft: &Draft<'_>, inventory: &'i HubInventory) -> BTreeSet<&'i AttachmentId> {
    let written: BTreeSet<&str> = draft.past.owned.values().map(|owned| owned.value.as_str()).collect();
    let tables = inventory.propagations.keys().map(|table| (table, How::Propagated));
    let tables = tables.chain(inventory.associations.keys().map(|table| (table, How::Associated)));
    let entries = tables.flat_map(|(table, how)| live(inventory, table, how).into_iter().map(move |it| (table, it)));
    let statics = inventory.routes.iter().flat_map(|(table, list)| {
        let routes = list.known().unwrap_or_default().iter().filter(|route| route.is_static);
        routes.flat_map(|route| &route.attachments).map(move |it| (table, it))
    });
    entries.chain(statics).filter(|(table, it)| written.contains(value(table, it).as_str())).map(|(_, it)| it).collect()
}

/// What the ledger says of an entry.
fn value(table: &TransitGatewayRouteTableId, attachment: &AttachmentId) -> String {
    format!("{table} {attachment}")
}

/// Takes an entry away if it is ours, once what leads to its VPC is gone, and reports it otherwise.
fn take_out(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
    attachment: &AttachmentId,
    resource: &Resource,
    how: How,
) {
    let (of, scope) = (resource.of.clone(), hub.scope.clone());
    let (thing_of, text, at) = (table.clone(), resource.text.clone(), attachment.clone());
    let (thing, key, list, call) = match how {
        How::Propagated => (
            Unmanaged::Propagation { table: thing_of, attachment: at.clone(), resource: text },
            of.map(|of| Key::Propagation(PropagationKey { table: table.clone(), of })),
            ListId::Propagations(scope.clone(), id.clone()),
            WriteCall::DisableTransitGatewayRouteTablePropagation { table: id.clone(), attachment: at },
        ),
        How::Associated => (
            Unmanaged::Association { table: thing_of, attachment: at.clone(), resource: text },
            of.map(|of| Key::Association(AttachedKey { hub: hub.name.clone(), of })),
            ListId::Associations(scope.clone(), id.clone()),
            WriteCall::DisassociateTransitGatewayRouteTable { table: id.clone(), attachment: at },
        ),
    };
    let Some(key) = key.filter(|key| draft.wrote(key, &value(id, attachment))) else {
        return draft.undeclared(thing, false);
    };
    let vpc = resource.vpc();
    let mut evidence = vpc.map(|vpc| removal::of_vpc(draft, hub.name, vpc)).unwrap_or_default();
    evidence.insert(list);
    let goes_first = |removed: &Key| match how {
        How::Propagated => matches!(removed, Key::VpcRoute(_)),
        How::Associated => matches!(removed, Key::VpcRoute(_) | Key::Propagation(_)),
    };
    let removal = Removal {
        after: draft.removed(|removed| vpc.is_some() && removed.vpc() == vpc && goes_first(removed)),
        segment: Some(table.segment.clone()),
        departed: vpc.and_then(|vpc| departed(draft, hub.name, vpc)),
        ..Removal::new(key, scope, call, thing, evidence)
    };
    removal::remove(draft, removal);
}

/// Tells whether something in a segment's table is surely not declared to be there.
fn is_foreign(draft: &Draft<'_>, key: &TableKey, resource: &Resource, how: How) -> bool {
    let Some(of) = &resource.of else { return true };
    let attached = AttachedKey { hub: key.hub.clone(), of: of.clone() };
    let declared = match how {
        How::Propagated => {
            let propagation = PropagationKey { table: key.clone(), of: of.clone() };
            draft.want.propagations.contains(&propagation) || draft.want.withheld.contains(&propagation)
        }
        // A member's association with another segment's table is no stranger but drift, and reported as that.
        How::Associated => draft.want.associations.contains_key(&attached),
    };
    let Some(vpc) = of.vpc() else { return !declared };
    if draft.want.frozen.contains(vpc) {
        return false;
    }
    !declared && (draft.want.associations.contains_key(&attached) || is_undeclared(draft, &key.hub, vpc))
}
