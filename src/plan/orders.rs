//! What people ordered, as the planner sees it: a held thing is left alone whatever drift says, and while the network is
//! paused nothing is sent at all. Either way the plan shows what would be done.

use std::collections::BTreeSet;

use crate::api::WriteCall;
use crate::model::{
    HUB_TAG, History, Hold, HubName, Key, NetworkName, PAUSE_TAG, Pause, Snapshot, Topology, TransitGateway,
    WantedGateway, is_named,
};

use super::draft::Draft;
use super::fingerprint;
use super::step::{Left, StepId};

/// Returns the holds that are in force.
pub(super) fn holds(seen: &Snapshot, past: &History) -> Vec<Hold> {
    past.holds.iter().filter(|hold| hold.is_in_force(seen.at)).cloned().collect()
}

/// Returns everything that pauses the network: a command, and the tag on any of its hubs.
pub(super) fn pauses(want: &Topology, seen: &Snapshot, past: &History, network: &NetworkName) -> Vec<Pause> {
    let tagged = want.hubs.iter().flat_map(|(hub, wanted)| {
        let gateways = seen.hubs.get(&wanted.scope.region).and_then(|inventory| inventory.gateways.known());
        let ours = gateways.unwrap_or_default().iter().filter(|it| is_hub(it, hub, &wanted.gateway, network));
        ours.filter_map(|gateway| gateway.tags.get(PAUSE_TAG))
            .map(|value| Pause::Tag { hub: hub.clone(), value: value.clone() })
    });
    past.pause.iter().cloned().chain(tagged).collect()
}

fn is_hub(gateway: &TransitGateway, hub: &HubName, wanted: &WantedGateway, network: &NetworkName) -> bool {
    match wanted {
        WantedGateway::Adopted(id) => gateway.id == *id,
        WantedGateway::Made { .. } => is_named(&gateway.tags, network, HUB_TAG, hub.as_str()),
    }
}

impl Draft<'_> {
    /// Tells whether a person's order keeps a step from being sent.
    pub(super) fn ordered(&self, id: &StepId, key: &Key, call: &WriteCall) -> Option<Left> {
        if !self.holds.is_empty() && self.is_held(id, key, call) {
            return Some(Left::Held);
        }
        (!self.pauses.is_empty()).then_some(Left::Paused)
    }

    fn is_held(&self, id: &StepId, key: &Key, call: &WriteCall) -> bool {
        let hubs = key.hub().into_iter().chain(self.hubs_led_to(key));
        let also: Vec<&str> = hubs
            .flat_map(|hub| {
                let gateway = self.hubs.get(hub).and_then(|hub| hub.gateway.id.known());
                gateway.map(|id| id.as_str()).into_iter().chain([hub.as_str()])
            })
            .collect();
        let call = fingerprint(call);
        self.holds.iter().any(|hold| hold.covers(id.as_str(), &call, &also))
    }

    /// Returns the hubs that a route of a VPC leads to, as it is there and as it is declared.
    fn hubs_led_to(&self, key: &Key) -> BTreeSet<&HubName> {
        let Key::VpcRoute(route) = key else { return BTreeSet::new() };
        let live = self.seen.route(route).and_then(|live| {
            let mut hubs = self.hubs.iter();
            hubs.find(|(_, hub)| live.target.gateway().is_some_and(|id| hub.gateway.id.known() == Some(id)))
        });
        let declared = self.want.attachments.keys().filter(|it| it.vpc == route.vpc).map(|it| &it.hub);
        declared.chain(live.map(|(name, _)| name)).collect()
    }
}
