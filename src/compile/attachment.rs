//! The attachments: each member VPC on its segment's hub in its region, in the subnets that carry the tags.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{Attach, Intent};
use crate::model::{
    AttachmentKey, AttachmentOptions, Problem, SegmentName, Snapshot, SubnetId, Topology, VpcKey, WantedAttachment,
    ZoneId,
};

use super::membership::carries;

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    let Some(attach) = &intent.attach else { return };
    let members: Vec<(VpcKey, SegmentName)> =
        topology.members.iter().map(|(vpc, segment)| (vpc.clone(), segment.clone())).collect();
    for (vpc, segment) in members {
        let Some(hub) = intent.hub_of(&segment, &vpc.region) else { continue };
        let subnets = chosen(attach, seen, &vpc);
        if subnets.as_ref().is_some_and(BTreeMap::is_empty) {
            topology.problems.push(Problem::NoSubnetTagged { vpc: vpc.clone() });
        }
        let options = AttachmentOptions {
            dns: attach.dns,
            ipv6: attach.ipv6,
            appliance_mode: intent.segments.get(&segment).is_some_and(|segment| segment.appliance_mode),
            security_group_referencing: attach.security_group_referencing,
        };
        let key = AttachmentKey { hub: hub.clone(), vpc: vpc.clone() };
        topology.attachments.insert(key, WantedAttachment { segment, vpc, subnets, options });
    }
}

/// Returns the tagged subnets by zone; none when the subnets are not known.
fn chosen(attach: &Attach, seen: &Snapshot, vpc: &VpcKey) -> Option<BTreeMap<ZoneId, BTreeSet<SubnetId>>> {
    let subnets = seen.members.get(&vpc.scope())?.subnets.known()?;
    let mut zones: BTreeMap<ZoneId, BTreeSet<SubnetId>> = BTreeMap::new();
    for subnet in subnets.iter().filter(|subnet| subnet.vpc == vpc.vpc && carries(&subnet.tags, &attach.subnets)) {
        zones.entry(subnet.zone.clone()).or_default().insert(subnet.id.clone());
    }
    Some(zones)
}
