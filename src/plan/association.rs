//! The associations: which table an attachment's traffic is looked up in.
//!
//! AWS has no call that moves one: it is taken away, seen to be gone, and made anew, and for about a minute nothing
//! that the attachment sends is routed. That is a step that a person has to allow, but for one case: an attachment that
//! transitd has just made, and that the hub put into its default table by itself, carries nothing yet.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::api::WriteCall;
use crate::model::{
    Attached, AttachedKey, AttachmentId, AttachmentKey, Held, Key, ListId, Problem, Progress,
    TransitGatewayRouteTableId, WantedHub,
};

use super::Gaps;
use super::draft::{Change, Draft, Found};
use super::needed;
use super::step::{Risk, StepId, Verb, Wait, Why};

/// How long an attachment is without its table while it is moved, in seconds: disassociation takes about a minute
/// (awslabs/landing-zone-accelerator-on-aws polls for it in steps of 60 seconds) and association some tens of seconds.
const MOVE_SECONDS: u32 = 90;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (key, table) in &want.associations {
        let (Some(hub), Some(attachment)) = (want.hubs.get(&key.hub), draft.attachments.get(key).cloned()) else {
            continue;
        };
        let Some(table) = draft.tables.get(table).cloned() else { continue };
        let live = attachment.id.known().and_then(|id| {
            let live = &draft.hubs.get(&key.hub)?.live;
            live.associations.get(id).map(|(table, state)| ((*table).clone(), (*state).clone()))
        });
        match live {
            Some((of, state)) if table.id.known() == Some(&of) => {
                right_table(draft, key, &state, hub, &attachment, table)
            }
            Some((of, state)) => wrong_table(draft, key, of, &state, hub, &attachment, table),
            // It may stand in a table whose list is not known: then nothing is done.
            None if draft.hubs.get(&key.hub).is_some_and(|hub| !hub.live.associations_unknown.is_empty()) => {}
            None => associate(draft, key, hub, &attachment, table, None, Vec::new()),
        }
    }
}

/// Tells what a route that leads to an attachment waits for, and comes after: the association, if that is under way. Before it
/// the route would only swallow traffic that takes another way, or what comes back would be looked up nowhere. None where nobody
/// brings the association about: its being frozen, refused or unknown is reported, and the route hangs on it.
pub(super) fn awaited(draft: &Draft<'_>, of: &AttachedKey) -> Option<(Option<Wait>, Option<StepId>)> {
    if draft.associated.contains(of) {
        return Some((None, None));
    }
    let association = Key::Association(of.clone());
    let step = draft.planned(&StepId::new(Verb::Create, &association));
    draft.associating.contains(of).then(|| (Some(Draft::until_present(association)), step))
}

fn right_table(
    draft: &mut Draft<'_>,
    key: &AttachedKey,
    state: &Progress,
    hub: &WantedHub,
    attachment: &Found<AttachmentId>,
    table: Found<TransitGatewayRouteTableId>,
) {
    let this = Key::Association(key.clone());
    if state.is_live() {
        draft.confirm(Verb::Create, &this);
        draft.confirm(Verb::Clear, &this);
    }
    match state {
        Progress::Ready | Progress::Changing => {
            draft.in_place(&this);
            draft.associated.insert(key.clone());
        }
        Progress::Coming | Progress::PendingAcceptance => {
            draft.associating.insert(key.clone());
            draft.pending(this);
        }
        Progress::Going | Progress::Gone | Progress::Failed | Progress::Rejected => {
            let wait = Wait::Gone { kind: this.kind(), key: this };
            associate(draft, key, hub, attachment, table, Some(wait), Vec::new());
        }
        Progress::Unclear(_) => draft.unclear(this, state),
    }
}

fn wrong_table(
    draft: &mut Draft<'_>,
    key: &AttachedKey,
    of: TransitGatewayRouteTableId,
    state: &Progress,
    hub: &WantedHub,
    attachment: &Found<AttachmentId>,
    table: Found<TransitGatewayRouteTableId>,
) {
    let this = Key::Association(key.clone());
    let Some(id) = attachment.id.known().cloned() else { return };
    let going = Some(Wait::Gone { kind: this.kind(), key: this.clone() });
    match state {
        Progress::Going | Progress::Gone | Progress::Failed | Progress::Rejected => {
            draft.confirm(Verb::Clear, &this);
            return associate(draft, key, hub, attachment, table, going, Vec::new());
        }
        // On its way into a table that is not its own: looked at again once it is there.
        Progress::Coming | Progress::PendingAcceptance => {
            draft.associating.insert(key.clone());
            return draft.pending(this);
        }
        Progress::Unclear(_) => return draft.unclear(this, state),
        Progress::Ready | Progress::Changing => {}
    }
    let landed = landed_by_default(draft, key, &id, &of);
    let risk = if landed { Risk::Removes } else { Risk::Cuts { seconds: MOVE_SECONDS } };
    let held = match draft.policy.gaps {
        _ if draft.policy.frozen => Some(Held::Freeze),
        _ if landed => None,
        Gaps::Ask => Some(Held::Ask),
        Gaps::Forbid => Some(Held::Forbid),
        Gaps::Allow => None,
    };
    if let Some(held) = held {
        return draft.problem(Problem::AssociatedElsewhere { attachment: key.clone(), id, table: of, held });
    }
    // What would not be followed by its own association stays where it is.
    if let Some(problem) = draft.stopped(&this, &associate_call(attachment, &table)) {
        return draft.problem(problem);
    }
    let change = Change {
        verb: Verb::Clear,
        key: this,
        scope: hub.scope.clone(),
        call: WriteCall::DisassociateTransitGatewayRouteTable { table: of.clone(), attachment: id },
        after: Vec::new(),
        wait: table.wait.clone(),
        why: Why::WrongTable { table: of.clone() },
        risk,
        evidence: evidence(key, hub, of),
    };
    if let Some(cleared) = draft.step(change) {
        associate(draft, key, hub, attachment, table, going, vec![cleared]);
    }
}

/// Names what shows that the association is not the declared one.
fn evidence(key: &AttachedKey, hub: &WantedHub, of: TransitGatewayRouteTableId) -> BTreeSet<ListId> {
    let mut evidence = BTreeSet::from([
        ListId::Accounts,
        ListId::Attachments(hub.scope.clone()),
        ListId::VpcAttachments(hub.scope.clone()),
        ListId::Associations(hub.scope.clone(), of),
    ]);
    evidence.extend(key.of.vpc().map(|vpc| ListId::Vpcs(vpc.scope())));
    evidence
}

/// For how long an attachment may be taken for one that was only just made.
const YOUNG: SignedDuration = SignedDuration::from_hours(1);

/// Tells whether the hub itself put the attachment where it is, right after transitd made it: the ledger has this very
/// attachment, no association of it was ever ours, and it carries nothing: it was made just now, or its VPC sends nothing to
/// the hub.
fn landed_by_default(draft: &Draft<'_>, key: &AttachedKey, id: &AttachmentId, of: &TransitGatewayRouteTableId) -> bool {
    let Attached::Vpc(vpc) = &key.of else { return false };
    let attachment = AttachmentKey { hub: key.hub.clone(), vpc: vpc.clone() };
    let attachment = Key::Attachment(attachment);
    let made = draft.made(&attachment, id.as_str());
    let since = draft.past.owned.get(&attachment.ledger()).map(|owned| draft.seen.at.duration_since(owned.at));
    let association = draft.past.owned.get(&Key::Association(key.clone()).ledger());
    // What was written says which attachment it was: `TABLE ATTACHMENT`.
    let associated = association.is_some_and(|owned| owned.value.split(' ').next_back() == Some(id.as_str()));
    let Some(gateway) = draft.hubs.get(&key.hub).and_then(|hub| hub.seen) else { return false };
    let tables_known = draft.seen.members.get(&vpc.scope()).is_some_and(|member| member.route_tables.known().is_some());
    let carries_nothing =
        since.is_some_and(|since| since < YOUNG) || (tables_known && !needed::sends(draft, vpc, &gateway.id));
    made && !associated && gateway.default_association.as_ref() == Some(of) && carries_nothing
}

fn associate_call(attachment: &Found<AttachmentId>, table: &Found<TransitGatewayRouteTableId>) -> WriteCall {
    WriteCall::AssociateTransitGatewayRouteTable { table: table.id.clone(), attachment: attachment.id.clone() }
}

fn associate(
    draft: &mut Draft<'_>,
    key: &AttachedKey,
    hub: &WantedHub,
    attachment: &Found<AttachmentId>,
    table: Found<TransitGatewayRouteTableId>,
    wait: Option<Wait>,
    mut after: Vec<StepId>,
) {
    after.extend(attachment.steps.iter().chain(&table.steps).cloned());
    let change = Change {
        verb: Verb::Create,
        key: Key::Association(key.clone()),
        scope: hub.scope.clone(),
        call: associate_call(attachment, &table),
        after,
        wait: wait.or_else(|| attachment.wait.clone()).or(table.wait),
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    if draft.step(change).is_some() {
        draft.associating.insert(key.clone());
    }
}
