//! The hubs: each an adopted transit gateway of the home account.

use crate::intent::{HubKind, Intent};
use crate::model::{Scope, Topology, WantedHub};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for (name, hub) in &intent.hubs {
        match &hub.kind {
            HubKind::Adopt(gateway) => {
                let scope = Scope::new(&intent.home.account, &hub.region);
                topology.hubs.insert(name.clone(), WantedHub { scope, gateway: gateway.clone() });
            }
            // Refused by the intent's checks as not supported yet.
            HubKind::Make { .. } => {}
        }
    }
}
