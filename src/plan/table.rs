//! The segments' tables. One that transitd made is known by its tags and the ledger ([`claim`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Ref, WriteCall};
use crate::model::{
    HubName, Key, NetworkName, Problem, Progress, SEGMENT_TAG, TableKey, Tags, TransitGatewayId,
    TransitGatewayRouteTable, TransitGatewayRouteTableId, WantedTable, is_named,
};

use super::claim::{Claim, claim};
use super::draft::{Change, Draft, Found};
use super::step::{Risk, Verb, Why};
use super::tag;

/// Returns the tags that a segment's table is made with.
pub(super) fn tags(network: &NetworkName, key: &TableKey) -> Tags {
    tag::ownership(network, format!("{network}/{}", key.segment), (SEGMENT_TAG, key.segment.as_str()))
}

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (key, wanted) in &want.tables {
        let Some(live) = draft.hubs.get(&key.hub).and_then(|hub| hub.live.tables.clone()) else { continue };
        match wanted {
            WantedTable::Adopted(id) => adopted(draft, key, id, live.get(id).copied()),
            WantedTable::Made => made(draft, key, &live),
        }
    }
}

fn adopted(
    draft: &mut Draft<'_>,
    key: &TableKey,
    id: &TransitGatewayRouteTableId,
    live: Option<&TransitGatewayRouteTable>,
) {
    match live {
        Some(live) => found(draft, key, live),
        None => match elsewhere(draft, &key.hub, id) {
            Some(gateway) => freeze(
                draft,
                [id.clone()],
                Problem::TableOfOtherGateway { table: key.clone(), id: id.clone(), gateway },
            ),
            None => draft.problem(Problem::TableMissing { table: key.clone(), id: id.clone() }),
        },
    }
}

fn elsewhere(draft: &Draft<'_>, hub: &HubName, id: &TransitGatewayRouteTableId) -> Option<TransitGatewayId> {
    let inventory = draft.hubs.get(hub)?.inventory;
    inventory.tables.known()?.iter().find(|table| table.id == *id).map(|table| table.gateway.clone())
}

fn made(
    draft: &mut Draft<'_>,
    key: &TableKey,
    live: &BTreeMap<&TransitGatewayRouteTableId, &TransitGatewayRouteTable>,
) {
    // What was made on another gateway is another table: the hub has been led to a new one since.
    let Some(hub) = draft.hubs.get(&key.hub) else { return };
    let owned = draft.past.owned.get(&Key::Table(key.clone()).ledger());
    let here = |value: &str| hub.gateway.id.known().is_some_and(|gateway| gateway.as_str() == value);
    let owned = owned.filter(|owned| here(&owned.value)).and_then(|owned| owned.id.clone());
    let is_ours = |table: &TransitGatewayRouteTable| {
        is_named(&table.tags, &draft.policy.network, SEGMENT_TAG, key.segment.as_str())
    };
    let candidates: BTreeMap<_, _> = live
        .iter()
        .filter(|(id, table)| table.state.is_live() && (is_ours(table) || owned.as_deref() == Some(id.as_str())))
        .map(|(id, table)| ((*id).clone(), *table))
        .collect();
    match claim(draft, &Key::Table(key.clone()), owned.as_deref(), &candidates) {
        Claim::Absent => create(draft, key),
        Claim::Found(table) => {
            found(draft, key, table);
            labelled(draft, key, table);
        }
        Claim::Doubled(ids) => freeze(draft, ids.clone(), Problem::TableDoubled { table: key.clone(), ids }),
        Claim::Gone { ledger: id, other } => freeze(draft, other, Problem::TableMissing { table: key.clone(), id }),
    }
}

/// Reports what keeps a table from being used. Its ids are named there, and not called undeclared besides.
fn freeze(draft: &mut Draft<'_>, ids: impl IntoIterator<Item = TransitGatewayRouteTableId>, problem: Problem) {
    draft.frozen_tables.extend(ids);
    draft.problem(problem);
}

/// Gives a table of ours its tags back, where they are lost.
fn labelled(draft: &mut Draft<'_>, key: &TableKey, table: &TransitGatewayRouteTable) {
    if !table.state.is_usable() {
        return;
    }
    let (scope, tags) = (draft.want.hubs[&key.hub].scope.clone(), tags(&draft.policy.network, key));
    tag::compare(draft, Verb::Tag, Key::Table(key.clone()), &scope, &table.tags, &tags, tag::on(table.id.as_str()));
}

fn create(draft: &mut Draft<'_>, key: &TableKey) {
    let (Some(hub), Some(there)) = (draft.want.hubs.get(&key.hub), draft.hubs.get(&key.hub)) else { return };
    let gateway = there.gateway.clone();
    let change = Change {
        verb: Verb::Create,
        key: Key::Table(key.clone()),
        scope: hub.scope.clone(),
        call: WriteCall::CreateTransitGatewayRouteTable { gateway: gateway.id, tags: tags(&draft.policy.network, key) },
        after: gateway.steps,
        wait: gateway.wait,
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    if let Some(step) = draft.step(change) {
        let key_of = Key::Table(key.clone());
        let wait = Some(Draft::until_present(key_of.clone()));
        draft.tables.insert(key.clone(), Found { id: Ref::Planned(key_of), wait, steps: vec![step] });
    }
}

fn found(draft: &mut Draft<'_>, key: &TableKey, table: &TransitGatewayRouteTable) {
    let key_of = Key::Table(key.clone());
    match &table.state {
        Progress::Ready | Progress::Changing => {
            draft.confirm(Verb::Create, &key_of);
            draft.in_place(&key_of);
            draft.tables.insert(key.clone(), Found::usable(table.id.clone()));
        }
        Progress::Coming | Progress::PendingAcceptance => {
            draft.confirm(Verb::Create, &key_of);
            draft.pending(key_of.clone());
            let wait = Some(Draft::until_present(key_of));
            draft.tables.insert(key.clone(), Found { id: Ref::Known(table.id.clone()), wait, steps: Vec::new() });
        }
        Progress::Going | Progress::Gone | Progress::Failed | Progress::Rejected => {
            draft.problem(Problem::TableMissing { table: key.clone(), id: table.id.clone() });
        }
        state @ Progress::Unclear(_) => draft.unclear(key_of, state),
    }
}
