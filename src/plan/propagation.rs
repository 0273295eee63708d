//! The propagations: which attachments a segment's table learns the ranges of.

use std::collections::BTreeSet;

use crate::api::WriteCall;
use crate::model::{AttachedKey, Key, Progress, PropagationKey};

use super::draft::{Change, Draft};
use super::step::{Risk, Verb, Wait, Why};

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    // Where ranges overlap, what was ours before goes on; what came later is withheld.
    let established = |key: &&PropagationKey| draft.past.owned.contains_key(&Key::Propagation((*key).clone()).ledger());
    let established: Vec<&PropagationKey> = want.withheld.iter().filter(established).collect();
    for key in want.propagations.iter().chain(established) {
        let of = AttachedKey { hub: key.table.hub.clone(), of: key.of.clone() };
        let (Some(attachment), Some(table)) =
            (draft.attachments.get(&of).cloned(), draft.tables.get(&key.table).cloned())
        else {
            continue;
        };
        let this = Key::Propagation(key.clone());
        let mut wait = attachment.wait.or(table.wait);
        if let (Some(table), Some(attachment)) = (table.id.known(), attachment.id.known())
            && let Some(live) = draft.hubs.get(&key.table.hub).map(|hub| &hub.live)
        {
            if live.propagations_unknown.contains(table) {
                continue;
            }
            match live.propagations.get(&(table, attachment)).map(|state| (*state).clone()) {
                None | Some(Progress::Gone | Progress::Failed | Progress::Rejected) => {}
                Some(Progress::Ready | Progress::Changing) => {
                    in_place(draft, key);
                    continue;
                }
                Some(Progress::Coming | Progress::PendingAcceptance) => {
                    draft.confirm(Verb::Create, &this);
                    draft.pending(this);
                    continue;
                }
                Some(Progress::Going) => wait = Some(Wait::Gone { kind: this.kind(), key: this.clone() }),
                Some(state @ Progress::Unclear(_)) => {
                    draft.unclear(this, &state);
                    continue;
                }
            }
        }
        let Some(hub) = want.hubs.get(&key.table.hub) else { continue };
        let change = Change {
            verb: Verb::Create,
            key: this,
            scope: hub.scope.clone(),
            call: WriteCall::EnableTransitGatewayRouteTablePropagation { table: table.id, attachment: attachment.id },
            after: attachment.steps.into_iter().chain(table.steps).collect(),
            wait,
            why: Why::Missing,
            risk: Risk::Adds,
            evidence: BTreeSet::new(),
        };
        draft.step(change);
    }
}

fn in_place(draft: &mut Draft<'_>, key: &PropagationKey) {
    let this = Key::Propagation(key.clone());
    draft.confirm(Verb::Create, &this);
    draft.in_place(&this);
    draft.propagated.insert(key.clone());
}
