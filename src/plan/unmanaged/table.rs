//! Tables that are no segment's any more, and in all tables what is not declared to be there.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::WriteCall;
use crate::model::{
    Association, Attached, AttachedKey, AttachmentId, AttachmentKey, Key, ListId, NAME_TAG, Progress, SEGMENT_TAG,
    SegmentName, TableKey, TransitGatewayRouteTable, TransitGatewayRouteTableId, Unmanaged, WantedTable, is_of_network,
};

use super::entry::{self, How};
use super::{Place, Resources, attached, static_route};
use crate::plan::draft::Draft;
use crate::plan::removal::{self, Removal};
use crate::plan::step::Verb;

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
            Some(Abandoned { key, replaced: false }) => {
                segments.insert(table.id.clone(), key);
            }
            Some(Abandoned { replaced: true, .. }) => {}
            None => {
                let ours = is_of_network(&table.tags, &draft.policy.network);
                draft.undeclared(of_table(hub, table, resources), ours);
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

fn of_table(hub: &Place<'_>, table: &TransitGatewayRouteTable, resources: &Resources) -> Unmanaged {
    let named = |id: &AttachmentId| resources.get(id).map_or_else(|| id.to_string(), |it| it.text.clone());
    let all = |how| entry::live(hub.inventory, &table.id, how).into_iter().map(named).collect();
    let statics = static_route::live_statics(hub, &table.id).into_iter();
    let routes = statics.map(|route| match &route.to {
        Some(to) => format!("{} to {}", route.destination, named(to)),
        None => format!("blackhole {}", route.destination),
    });
    Unmanaged::Table {
        hub: hub.name.clone(),
        id: table.id.clone(),
        name: table.tags.get(NAME_TAG).cloned(),
        associated: all(How::Associated),
        propagated: all(How::Propagated),
        static_routes: routes.collect(),
    }
}

/// A table that transitd made, and that is no segment's any more.
struct Abandoned {
    /// What it was made as.
    key: TableKey,
    /// Whether the segment has another table by now, one that was there before.
    replaced: bool,
}

fn abandoned(draft: &Draft<'_>, hub: &Place<'_>, table: &TransitGatewayRouteTable) -> Option<Abandoned> {
    let segment: SegmentName = table.tags.get(SEGMENT_TAG)?.parse().ok()?;
    let key = TableKey { hub: hub.name.clone(), segment };
    let ours = draft.made(&Key::Table(key.clone()), table.id.as_str());
    let replaced = match draft.want.tables.get(&key) {
        Some(WantedTable::Made) => return None,
        Some(WantedTable::Adopted(id)) => *id != table.id && draft.tables.contains_key(&key),
        None => false,
    };
    (ours && is_of_network(&table.tags, &draft.policy.network)).then_some(Abandoned { key, replaced })
}

/// Takes away the tables that are no segment's any more, once nothing is associated with them.
pub(super) fn abandoned_tables(draft: &mut Draft<'_>, hub: &Place<'_>, resources: &Resources) {
    for table in hub.inventory.tables.known().unwrap_or_default() {
        let is_here = table.gateway == hub.gateway && table.state.is_live();
        let Some(Abandoned { key, replaced }) = abandoned(draft, hub, table).filter(|_| is_here) else { continue };
        let id = table.id.clone();
        // What a replaced table has of ours goes with it.
        let (mut after, strange) = if replaced {
            (Vec::new(), static_route::has_strange(draft, hub, &key, &id))
        } else {
            (draft.removed(|removed| removed.table() == Some(&key)), draft.has_strange_route(&key))
        };
        let associated = hub.inventory.associations.get(&id).and_then(|list| list.known()).unwrap_or_default();
        let (mut going, mut stays) = (None, strange);
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
            draft.undeclared(of_table(hub, table, resources), true);
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
            ..Removal::new(Key::Table(key), scope, call, of_table(hub, table, resources), evidence)
        };
        removal::remove(draft, removal);
    }
    replaced_and_gone(draft, hub);
}

/// Believes of the tables that were replaced, and that are nowhere to be seen, that they were removed: the one in their place
/// goes by the same name.
fn replaced_and_gone(draft: &mut Draft<'_>, hub: &Place<'_>) {
    let Some(live) = hub.inventory.tables.known() else { return };
    let adopted = draft.want.tables.iter().filter(|(key, _)| key.hub == *hub.name).filter_map(|(key, wanted)| {
        let WantedTable::Adopted(id) = wanted else { return None };
        let made = draft.past.owned.get(&Key::Table(key.clone()).ledger())?.id.clone()?;
        let is_gone = !live.iter().any(|table| table.id.as_str() == made && table.state.is_live());
        (made != id.as_str() && is_gone).then(|| Key::Table(key.clone()))
    });
    let gone: Vec<Key> = adopted.collect();
    gone.iter().for_each(|key| draft.confirm(Verb::Remove, key));
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
    for attachment in entry::live(hub.inventory, table, How::Propagated) {
        let Some(resource) = resources.get(attachment) else { continue };
        let of = resource.of.clone().map(|of| AttachedKey { hub: hub.name.clone(), of });
        if of.is_some_and(|of| draft.want.associations.contains_key(&of)) {
            let thing = Unmanaged::PropagationElsewhere {
                hub: hub.name.clone(),
                table: table.clone(),
                attachment: attachment.clone(),
                resource: resource.text.clone(),
            };
            draft.undeclared(thing, false);
        }
    }
}
