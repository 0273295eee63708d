//! The hubs: is each one there, ours and available? One that is not freezes all that hangs on it.

use crate::model::{Key, Problem, Progress};

use super::draft::Draft;
use super::live::Live;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (name, wanted) in &want.hubs {
        let Some(inventory) = draft.seen.hubs.get(&wanted.scope.region) else { continue };
        let Some(gateways) = inventory.gateways.known() else { continue };
        let (hub, gateway) = (name.clone(), wanted.gateway.clone());
        let Some(live) = gateways.iter().find(|live| live.id == gateway) else {
            draft.problem(Problem::HubMissing { hub, gateway });
            continue;
        };
        if live.owner != draft.policy.home {
            draft.problem(Problem::HubForeign { hub, gateway, owner: live.owner.clone() });
            continue;
        }
        match &live.state {
            Progress::Ready | Progress::Changing => {}
            Progress::Coming => {
                draft.pending(Key::Hub(hub));
                continue;
            }
            Progress::Gone | Progress::Going => {
                draft.problem(Problem::HubMissing { hub, gateway });
                continue;
            }
            state @ (Progress::Unclear(_) | Progress::Failed | Progress::Rejected | Progress::PendingAcceptance) => {
                draft.problem(Problem::HubNotAvailable { hub, gateway, state: format!("{state:?}").to_lowercase() });
                continue;
            }
        }
        let (association, propagation) = (live.default_association.is_some(), live.default_propagation.is_some());
        if association || propagation {
            draft.problem(Problem::HubDefaultTable { hub, gateway: gateway.clone(), association, propagation });
        }
        if live.auto_accept {
            draft.problem(Problem::HubAutoAccepts { hub: name.clone(), gateway: gateway.clone() });
        }
        draft.in_place(&Key::Hub(name.clone()));
        draft.hubs.insert(name.clone(), (inventory, Live::of(inventory, &gateway)));
    }
}
