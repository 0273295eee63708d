//! The static routes and prefix list references of the segments' tables. Only ours are ever changed: what leads elsewhere at
//! the same destination is a conflict, reported and left alone. A route is led elsewhere in one call, never taken away first.

use std::collections::BTreeSet;

use crate::api::{Ref, WriteCall};
use crate::model::{
    AttachedKey, AttachmentId, BLACKHOLE, Destination, HubInventory, Key, ListId, Problem, Progress, RouteState,
    RouteVia, StaticRouteKey, TransitGatewayRouteTableId, WantedStaticRoute,
};

use super::association;
use super::draft::{Change, Draft, Found};
use super::removal;
use super::step::{Risk, StepId, Verb, Wait, Why};

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (key, wanted) in &want.static_routes {
        let Some(hub) = draft.hubs.get(&key.table.hub) else { continue };
        let inventory = hub.inventory;
        let Some(table) = draft.tables.get(&key.table).cloned() else { continue };
        let Some(target) = target(draft, key, wanted) else { continue };
        let place = Place { key, wanted, table, target };
        let live = match place.table.id.known() {
            None => Live::Absent,
            // A table that is on its way in lists nothing yet.
            Some(_) if place.table.wait.is_some() => Live::Absent,
            Some(id) => match live(inventory, id, &key.destination) {
                Some(live) => live,
                None => continue,
            },
        };
        match live {
            Live::Absent => write(draft, place, Verb::Create, missing(wanted), None, BTreeSet::new()),
            Live::Coming => draft.pending(Key::StaticRoute(key.clone())),
            Live::Going => {
                let this = Key::StaticRoute(key.clone());
                let wait = Some(Wait::Gone { kind: this.kind(), key: this });
                write(draft, place, Verb::Create, missing(wanted), wait, BTreeSet::new());
            }
            Live::To(at) => present(draft, place, at),
        }
    }
}

/// A wanted route, with the table that it is to be in and the attachment that it is to lead to; none for one to nowhere.
struct Place<'a> {
    key: &'a StaticRouteKey,
    wanted: &'a WantedStaticRoute,
    table: Found<TransitGatewayRouteTableId>,
    target: Option<Found<AttachmentId>>,
}

fn missing(wanted: &WantedStaticRoute) -> Why {
    Why::MissingRoute { purpose: wanted.purpose }
}

/// What is there for a destination.
enum Live {
    Absent,
    Coming,
    Going,
    /// To an attachment, or to nowhere.
    To(Option<AttachmentId>),
}

/// Looks up the static route, or the reference, of a destination; none where the list is not known.
fn live(inventory: &HubInventory, table: &TransitGatewayRouteTableId, destination: &Destination) -> Option<Live> {
    match destination {
        Destination::Cidr(_) => {
            let routes = inventory.routes.get(table)?.known()?;
            let mut of_its_own = routes.iter().filter(|route| route.is_static && route.prefix_list.is_none());
            let found = of_its_own.find(|route| route.destination == *destination);
            Some(match found {
                None => Live::Absent,
                // A blackhole may still name the attachment that it led to.
                Some(route) if route.state == RouteState::Blackhole => Live::To(None),
                Some(route) => Live::To(route.attachments.first().cloned()),
            })
        }
        Destination::PrefixList(list) => {
            let references = inventory.references.get(table)?.known()?;
            Some(match references.iter().find(|reference| reference.prefix_list == *list) {
                None => Live::Absent,
                Some(reference) => match &reference.state {
                    Progress::Coming | Progress::PendingAcceptance => Live::Coming,
                    Progress::Going => Live::Going,
                    Progress::Gone | Progress::Failed | Progress::Rejected => Live::Absent,
                    Progress::Ready | Progress::Changing | Progress::Unclear(_) => {
                        Live::To(reference.attachment.clone())
                    }
                },
            })
        }
    }
}

/// Where a wanted route leads: an attachment that can be built on, or nowhere. None where it cannot be built on.
fn target(draft: &Draft<'_>, key: &StaticRouteKey, wanted: &WantedStaticRoute) -> Option<Option<Found<AttachmentId>>> {
    match &wanted.via {
        RouteVia::Blackhole => Some(None),
        RouteVia::Attachment(of) => {
            let of = AttachedKey { hub: key.table.hub.clone(), of: of.clone() };
            draft.attachments.get(&of).cloned().map(Some)
        }
    }
}

fn present(draft: &mut Draft<'_>, place: Place<'_>, at: Option<AttachmentId>) {
    let Place { key, target, table, .. } = &place;
    let this = Key::StaticRoute((*key).clone());
    draft.confirm(Verb::Create, &this);
    let to = target.as_ref().and_then(|target| target.id.known());
    if at.as_ref() == to && target.is_some() == at.is_some() {
        draft.confirm(Verb::Replace, &this);
        draft.in_place(&this);
        draft.routed.insert((*key).clone());
        return;
    }
    let Some(table_id) = table.id.known() else { return };
    let written = value(table_id, at.as_ref());
    if draft.wrote(&this, &written) {
        let leads = at.is_some();
        let why = Why::OldTarget { target: at.map_or_else(|| "nowhere".to_owned(), |at| at.to_string()) };
        // Where the attachment that it leads to still is, what is unknown may be why it should lead elsewhere.
        let evidence = if leads { removal::of_route(draft) } else { BTreeSet::new() };
        return write(draft, place, Verb::Replace, why, None, evidence);
    }
    if at.is_none() && lost_its_attachment(draft, key, table_id) {
        return write(draft, place, Verb::Replace, Why::Blackholed, None, BTreeSet::new());
    }
    let target = at.map_or_else(|| "nowhere: a blackhole".to_owned(), |at| at.to_string());
    draft.problem(Problem::ForeignStaticRoute { route: (*key).clone(), target });
}

/// Tells whether a blackhole is what became of our own route when the attachment that it led to was deleted: a route that
/// a person has led to nowhere looks the same, but for the attachment, which is still there then.
pub(super) fn lost_its_attachment(draft: &Draft<'_>, key: &StaticRouteKey, table: &TransitGatewayRouteTableId) -> bool {
    let Some(owned) = draft.past.owned.get(&Key::StaticRoute(key.clone()).ledger()) else { return false };
    let Some((of, was)) = owned.value.split_once(' ') else { return false };
    let Some(attachments) = draft.hubs.get(&key.table.hub).and_then(|hub| hub.inventory.attachments.known()) else {
        return false;
    };
    let lives = attachments.iter().any(|live| live.id.as_str() == was && live.state.is_live());
    of == table.as_str() && was != BLACKHOLE && !lives
}

/// Puts a route's target into the ledger's words.
pub(super) fn value(table: &TransitGatewayRouteTableId, at: Option<&AttachmentId>) -> String {
    format!("{table} {}", at.map_or(BLACKHOLE, AttachmentId::as_str))
}

/// A route is written once the attachment that it leads to is there and associated.
fn write(
    draft: &mut Draft<'_>,
    place: Place<'_>,
    verb: Verb,
    why: Why,
    wait: Option<Wait>,
    evidence: BTreeSet<ListId>,
) {
    let Place { key, wanted, table, target } = place;
    let mut wait = wait.or_else(|| target.as_ref().and_then(|target| target.wait.clone())).or(table.wait.clone());
    let mut after: Vec<StepId> = table.steps.clone();
    after.extend(target.iter().flat_map(|target| target.steps.clone()));
    if let RouteVia::Attachment(of) = &wanted.via {
        let of = AttachedKey { hub: key.table.hub.clone(), of: of.clone() };
        let Some((association, step)) = association::awaited(draft, &of) else { return };
        after.extend(step);
        wait = wait.or(association);
    }
    let attachment = target.map(|target| target.id);
    let Some(call) = call(verb, table.id, key.destination.clone(), attachment) else { return };
    draft.step(Change {
        verb,
        key: Key::StaticRoute(key.clone()),
        scope: draft.want.hubs[&key.table.hub].scope.clone(),
        call,
        after,
        wait,
        why,
        risk: if verb == Verb::Create { Risk::Adds } else { Risk::Changes },
        evidence,
    });
}

fn call(
    verb: Verb,
    table: Ref<TransitGatewayRouteTableId>,
    destination: Destination,
    attachment: Option<Ref<AttachmentId>>,
) -> Option<WriteCall> {
    Some(match (verb == Verb::Create, destination) {
        (true, Destination::PrefixList(prefix_list)) => {
            WriteCall::CreateTransitGatewayPrefixListReference { table, prefix_list, attachment }
        }
        (true, destination) => WriteCall::CreateTransitGatewayRoute { table, destination, attachment },
        (false, Destination::PrefixList(prefix_list)) => {
            let table = table.known()?.clone();
            WriteCall::ModifyTransitGatewayPrefixListReference { table, prefix_list, attachment }
        }
        (false, destination) => {
            let table = table.known()?.clone();
            WriteCall::ReplaceTransitGatewayRoute { table, destination, attachment }
        }
    })
}
