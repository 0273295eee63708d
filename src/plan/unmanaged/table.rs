//! Tables that are no segment's any more, and in all tables what is not declared to be there.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::WriteCall;
use crate::model::{
    Association, Attached, AttachedKey, AttachmentKey, Key, ListId, NAME_TAG, Progress, SEGMENT_TAG, SegmentName,
    TableKey, TransitGatewayRouteTable, TransitGatewayRouteTableId, Unmanaged, is_of_network,
};

use super::entry::{self, How};
use super::{Place, Resources, attached, static_route};
use crate::plan::draft::Draft;
use crate::plan::removal::{self, Removal};

/// Lists the tables that are no segment's, and in the segments' tables what is not declared.
pub(super) fn compare(draft: &mut Draft<'_>, hub: &Place<'_>, resources: &Resources) {
    let mut segments = segments(draft, hub);
    for table in hub.inventory.tables.known().unwrap_or_default() {
        let is_here = table.gateway == hub.gateway && table.state.is_live();
        if !is_here || segments.contains_key(&table.id) || draft.frozen_tables.contains(&table.id) {
            continue;
        }
        match abandoned(draft, hub, table) {
            // Its contents go first; whether the table itself goes is decided once that is known.
            Some(key) => {
                segments.insert(table.id.clone(), key);
            }
            None => {
                draft.undeclared(of_table(hub, table), is_of_network(&table.tags, &draft.policy.network));
                elsewhere(draft, hub, &table.id, resources);
            }
        }
    }
    // In all tables what leads to an attachment goes before any association.
    for (id, key) in &segments {
        static_route::compare(draft, hub, key, id, resources);
        entry::compare(draft, hub, key, id, resources, How::Propagated);
    }
    for (id, key) in &segments {
        entry::compare(draft, hub, key, id, resources, How::Associated);
    }
}

fn segments(draft: &Draft<'_>, hub: &Place<'_>) -> BTreeMap<TransitGatewayRouteTableId, TableKey> {
    let of_hub = draft.tables.iter().filter(|(key, _)| key.hub == *hub.name);
    of_hub.filter_map(|(key, found)| Some((found.id.known()?.clone(), key.clone()))).collect()
}

fn of_table(hub: &Place<'_>, table: &TransitGatewayRouteTable) -> Unmanaged {
    let name = table.tags.get(NAME_TAG).cloned();
    Unmanaged::Table { hub: hub.name.clone(), id: table.id.clone(), name }
}

/// Returns the key of a table that transitd made for a segment which the file no longer has.
fn abandoned(draft: &Draft<'_>, hub: &Place<'_>, table: &TransitGatewayRouteTable) -> Option<TableKey> {
    let segment: SegmentName = table.tags.get(SEGMENT_TAG)?.parse().ok()?;
    let key = TableKey { hub: hub.name.clone(), segment };
    let ours = draft.made(&Key::Table(key.clone()), table.id.as_str());
    (ours && is_of_network(&table.tags, &draft.policy.network) && !draft.want.tables.contains_key(&key)).then_some(key)
}

/// Takes away the tables of segments that the file no longer has, once nothing is associated with them.
pub(super) fn abandoned_tables(draft: &mut Draft<'_>, hub: &Place<'_>) {
    for table in hub.inventory.tables.known().unwrap_or_default() {
        let is_here = table.gateway == hub.gateway && table.state.is_live();
        let Some(key) = abandoned(draft, hub, table).filter(|_| is_here) else { continue };
        let id = table.id.clone();
        let mut after = draft.removed(|removed| removed.table() == Some(&key));
        let associated = hub.inventory.associations.get(&id).and_then(|list| list.known()).unwrap_or_default();
        let (mut going, mut stays) = (None, draft.has_strange_route(&key));
        for association in associated.iter().filter(|association| association.state != Progress::Gone) {
            match leaves(draft, hub, association) {
                Leaves::By(step) => after.push(step),
                Leaves::Already(of) => going = Some(of.unwrap_or_else(|| Key::Table(key.clone()))),
                Leaves::Never => stays = true,
            }
        }
        draft.see(&Key::Table(key.clone()));
        // What somebody else has in it keeps it; a VPC that is held will leave it.
        if stays && removal::is_held_up(draft, &Key::Table(key.clone())).is_none() {
            draft.undeclared(of_table(hub, table), true);
            continue;
        }
        let scope = hub.scope.clone();
        let evidence = BTreeSet::from([
            ListId::Tables(scope.clone()),
            ListId::Associations(scope.clone(), id.clone()),
            ListId::Propagations(scope.clone(), id.clone()),
            ListId::TransitGatewayRoutes(scope.clone(), id.clone()),
        ]);
        let call = WriteCall::DeleteTransitGatewayRouteTable { table: id };
        let removal = Removal {
            after,
            going,
            segment: Some(key.segment.clone()),
            ..Removal::new(Key::Table(key), scope, call, of_table(hub, table), evidence)
        };
        removal::remove(draft, removal);
    }
}

/// How an association leaves its table.
enum Leaves {
    /// By taking away this: itself, or the attachment.
    By(Key),
    /// AWS is busy with that; the association, where it can be named.
    Already(Option<Key>),
    Never,
}

fn leaves(draft: &Draft<'_>, hub: &Place<'_>, association: &Association) -> Leaves {
    let all = hub.inventory.attachments.known().unwrap_or_default();
    let Some(attachment) = all.iter().find(|attachment| attachment.id == association.attachment) else {
        return Leaves::Already(None);
    };
    let of = attached(attachment, hub.scope);
    let this = of.clone().map(|of| Key::Association(AttachedKey { hub: hub.name.clone(), of }));
    if association.state == Progress::Going || !attachment.state.is_live() {
        return Leaves::Already(this);
    }
    let vpc = of.as_ref().and_then(Attached::vpc);
    let attachment = vpc.map(|vpc| Key::Attachment(AttachmentKey { hub: hub.name.clone(), vpc: vpc.clone() }));
    let step = draft.removed(|removed| Some(removed) == this.as_ref() || Some(removed) == attachment.as_ref());
    step.into_iter().next().map_or(Leaves::Never, Leaves::By)
}

/// Lists the members that propagate into a table of nobody's segment.
fn elsewhere(draft: &mut Draft<'_>, hub: &Place<'_>, table: &TransitGatewayRouteTableId, resources: &Resources) {
    for propagation in hub.inventory.propagations.get(table).and_then(|list| list.known()).unwrap_or_default() {
        let Some(resource) = resources.get(&propagation.attachment).filter(|_| propagation.state.is_live()) else {
            continue;
        };
        let of = resource.of.clone().map(|of| AttachedKey { hub: hub.name.clone(), of });
        if of.is_some_and(|of| draft.want.associations.contains_key(&of)) {
            let thing = Unmanaged::PropagationElsewhere {
                hub: hub.name.clone(),
                table: table.clone(),
                attachment: propagation.attachment.clone(),
                resource: resource.text.clone(),
            };
            draft.undeclared(thing, false);
        }
    }
}
