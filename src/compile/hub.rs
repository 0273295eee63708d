//! The hubs: each a transit gateway of the home account, adopted or made.

use crate::intent::{HubKind, Intent};
use crate::model::{Scope, Topology, WantedGateway, WantedHub};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for (name, hub) in &intent.hubs {
        let gateway = match &hub.kind {
            HubKind::Adopt(gateway) => WantedGateway::Adopted(gateway.clone()),
            HubKind::Make { asn, security_group_referencing } => {
                WantedGateway::Made { asn: u64::from(*asn), security_group_referencing: *security_group_referencing }
            }
        };
        let scope = Scope::new(&intent.home.account, &hub.region);
        topology.hubs.insert(name.clone(), WantedHub { scope, gateway });
    }
}
