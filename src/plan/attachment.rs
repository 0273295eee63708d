//! The VPC attachments: asked for by the member, accepted by the hub, kept as declared. Never replaced, never deleted.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Ref, WriteCall};
use crate::model::{
    AttachmentKey, Key, Problem, Progress, PropagationKey, SubnetId, TableKey, Tags, TransitGatewayId, Unmanaged,
    VpcAttachment, WantedAttachment, WantedHub, ZoneId,
};

use super::draft::{Change, Draft, Found};
use super::step::{Risk, StepId, Verb, Wait, Why};
use super::table::NETWORK_TAG;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (key, wanted) in &want.attachments {
        let Some(hub) = want.hubs.get(&key.hub) else { continue };
        let Some(live) = draft.hubs.get(&key.hub).and_then(|(_, live)| live.attachments.as_ref()) else { continue };
        match live.get(&key.vpc.vpc).copied() {
            Some(live) => present(draft, key, wanted, hub, live),
            None => create(draft, key, wanted, hub, None),
        }
    }
}

fn present(
    draft: &mut Draft<'_>,
    key: &AttachmentKey,
    wanted: &WantedAttachment,
    hub: &WantedHub,
    live: &VpcAttachment,
) {
    let this = Key::Attachment(key.clone());
    if live.state.is_live() {
        draft.confirm(Verb::Create, &this);
    }
    match &live.state {
        Progress::Ready => {
            draft.confirm(Verb::Accept, &this);
            draft.attachments.insert(key.clone(), Found::usable(live.id.clone()));
            modify(draft, key, wanted, live);
        }
        Progress::Changing => {
            draft.confirm(Verb::Accept, &this);
            draft.pending(this);
            draft.attachments.insert(key.clone(), Found::usable(live.id.clone()));
        }
        Progress::Coming => {
            draft.confirm(Verb::Accept, &this);
            draft.pending(this.clone());
            coming(draft, key, live, Vec::new());
        }
        Progress::PendingAcceptance => {
            let change = Change {
                verb: Verb::Accept,
                key: this,
                scope: hub.scope.clone(),
                call: WriteCall::AcceptTransitGatewayVpcAttachment { attachment: Ref::Known(live.id.clone()) },
                after: Vec::new(),
                wait: None,
                why: Why::NotAccepted,
                risk: Risk::Adds,
                evidence: BTreeSet::new(),
            };
            // Refused for good, it does not come, and nothing waits for it.
            if let Some(step) = draft.step(change) {
                coming(draft, key, live, vec![step]);
            }
        }
        Progress::Going => {
            let wait = Wait::Gone { kind: this.kind(), key: this };
            create(draft, key, wanted, hub, Some(wait));
        }
        Progress::Failed | Progress::Rejected => draft.problem(Problem::AttachmentFailed {
            attachment: key.clone(),
            id: live.id.clone(),
            rejected: live.state == Progress::Rejected,
        }),
        // `Live` passes over what is gone.
        Progress::Gone => {}
        state @ Progress::Unclear(_) => draft.unclear(this, state),
    }
}

/// Lets what builds on an attachment wait until it is there.
fn coming(draft: &mut Draft<'_>, key: &AttachmentKey, live: &VpcAttachment, steps: Vec<StepId>) {
    let wait = Some(Draft::until_present(Key::Attachment(key.clone())));
    draft.attachments.insert(key.clone(), Found { id: Ref::Known(live.id.clone()), wait, steps });
}

fn create(draft: &mut Draft<'_>, key: &AttachmentKey, wanted: &WantedAttachment, hub: &WantedHub, wait: Option<Wait>) {
    let Some(zones) = &wanted.subnets else { return };
    if zones.is_empty() || is_newcomer_in_overlap(draft, key) || !sees_hub(draft, key, &hub.gateway) {
        return;
    }
    if let Some(table) = opened_by_default(draft, key, &hub.gateway) {
        return draft.problem(Problem::DefaultPropagationOpens { attachment: key.clone(), table });
    }
    let Some(subnets) = choose(draft, key, zones, &BTreeSet::new()) else { return };
    let this = Key::Attachment(key.clone());
    let change = Change {
        verb: Verb::Create,
        key: this.clone(),
        scope: key.vpc.scope(),
        call: WriteCall::CreateTransitGatewayVpcAttachment {
            gateway: hub.gateway.clone(),
            vpc: key.vpc.vpc.clone(),
            subnets,
            options: wanted.options,
            tags: tags(draft, key, wanted),
        },
        after: Vec::new(),
        wait,
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    let Some(created) = draft.step(change) else { return };
    let mut steps = vec![created];
    let auto_accept = draft.gateway(&key.hub, &hub.gateway).is_some_and(|gateway| gateway.auto_accept);
    if key.vpc.account != hub.scope.account && !auto_accept {
        let change = Change {
            verb: Verb::Accept,
            key: this.clone(),
            scope: hub.scope.clone(),
            call: WriteCall::AcceptTransitGatewayVpcAttachment { attachment: Ref::Planned(this.clone()) },
            after: steps.clone(),
            wait: Some(Draft::until_present(this.clone())),
            why: Why::NotAccepted,
            risk: Risk::Adds,
            evidence: BTreeSet::new(),
        };
        steps.extend(draft.step(change));
    }
    let wait = Some(Draft::until_present(this.clone()));
    draft.attachments.insert(key.clone(), Found { id: Ref::Planned(this), wait, steps });
}

/// Tells whether some propagation of the VPC is withheld for overlap, and none was ever ours: then it is the one that
/// came later, and is not attached before a person has decided.
fn is_newcomer_in_overlap(draft: &Draft<'_>, key: &AttachmentKey) -> bool {
    let mut withheld = draft.want.withheld.iter().filter(|of| of.vpc == key.vpc && of.table.hub == key.hub).peekable();
    withheld.peek().is_some()
        && !withheld.any(|of| draft.past.owned.contains_key(&Key::Propagation(of.clone()).ledger()))
}

/// Returns the segment whose table the hub would propagate the attachment into by itself, though it shall not reach it.
fn opened_by_default(draft: &Draft<'_>, key: &AttachmentKey, gateway: &TransitGatewayId) -> Option<TableKey> {
    let default = draft.gateway(&key.hub, gateway)?.default_propagation.as_ref()?;
    let (table, _) = draft.tables.iter().find(|(of, found)| of.hub == key.hub && found.id.known() == Some(default))?;
    let propagation = PropagationKey { table: table.clone(), vpc: key.vpc.clone() };
    (!draft.want.propagations.contains(&propagation)).then(|| table.clone())
}

/// Tells whether the member can see the gateway, and reports it if not. What is not known is not reported again.
fn sees_hub(draft: &mut Draft<'_>, key: &AttachmentKey, gateway: &TransitGatewayId) -> bool {
    if key.vpc.account == draft.policy.home {
        return true;
    }
    let member = draft.seen.members.get(&key.vpc.scope());
    let Some(visible) = member.and_then(|member| member.gateways.known()) else { return false };
    if visible.iter().any(|seen| seen.id == *gateway) {
        return true;
    }
    draft.problem(Problem::HubNotShared { attachment: key.clone(), gateway: gateway.clone() });
    false
}

/// Chooses the subnet of each zone: none where one of the zone's is attached already. None when a zone is ambiguous.
fn choose(
    draft: &mut Draft<'_>,
    key: &AttachmentKey,
    zones: &BTreeMap<ZoneId, BTreeSet<SubnetId>>,
    attached: &BTreeSet<&SubnetId>,
) -> Option<Vec<SubnetId>> {
    let mut chosen = Vec::new();
    let mut clear = true;
    for (zone, subnets) in zones {
        if subnets.iter().any(|subnet| attached.contains(subnet)) {
            continue;
        }
        if subnets.len() > 1 {
            let (vpc, zone, subnets) = (key.vpc.clone(), zone.clone(), subnets.clone());
            draft.problem(Problem::SubnetsAmbiguous { vpc, zone, subnets });
            clear = false;
        }
        chosen.extend(subnets.first().cloned());
    }
    clear.then_some(chosen)
}

/// Adds the subnets that are missing and sets the options that differ, in one call each.
fn modify(draft: &mut Draft<'_>, key: &AttachmentKey, wanted: &WantedAttachment, live: &VpcAttachment) {
    let this = Key::Attachment(key.clone());
    let missing = missing_subnets(draft, key, wanted, live);
    // One difference at a time, so that each step has one reason: subnets first.
    let options = (missing.is_empty() && live.options() != wanted.options).then_some(wanted.options);
    let why = match options {
        None if missing.is_empty() => {
            draft.confirm(Verb::Modify, &this);
            return draft.in_place(&this);
        }
        None => Why::SubnetsMissing { subnets: missing.clone() },
        Some(want) => Why::Options { have: live.options(), want },
    };
    let change = Change {
        verb: Verb::Modify,
        key: this,
        scope: key.vpc.scope(),
        call: WriteCall::ModifyTransitGatewayVpcAttachment {
            attachment: Ref::Known(live.id.clone()),
            add_subnets: missing,
            options,
        },
        after: Vec::new(),
        wait: None,
        why,
        risk: Risk::Changes,
        evidence: BTreeSet::new(),
    };
    draft.step(change);
}

/// Finds the zones that are declared and not attached, and reports the subnets that are attached and not declared.
fn missing_subnets(
    draft: &mut Draft<'_>,
    key: &AttachmentKey,
    wanted: &WantedAttachment,
    live: &VpcAttachment,
) -> Vec<SubnetId> {
    let Some(zones) = wanted.subnets.as_ref().filter(|zones| !zones.is_empty()) else { return Vec::new() };
    let attached: BTreeSet<&SubnetId> = live.subnets.iter().collect();
    for subnet in &live.subnets {
        if !zones.values().any(|subnets| subnets.contains(subnet)) {
            let thing = Unmanaged::AttachedSubnet { attachment: key.clone(), subnet: subnet.clone() };
            draft.undeclared(thing, false);
        }
    }
    // A zone that is attached through a subnet without the tag cannot take a second one: AWS allows one for each zone.
    let taken = taken_zones(draft, key, live);
    let open = zones
        .iter()
        .filter(|(zone, subnets)| subnets.iter().any(|subnet| attached.contains(subnet)) || !taken.contains(zone));
    let open: BTreeMap<ZoneId, BTreeSet<SubnetId>> =
        open.map(|(zone, subnets)| (zone.clone(), subnets.clone())).collect();
    for zone in zones.keys().filter(|zone| !open.contains_key(*zone)) {
        draft.problem(Problem::ZoneTaken { attachment: key.clone(), zone: zone.clone() });
    }
    choose(draft, key, &open, &attached).unwrap_or_default()
}

fn taken_zones(draft: &Draft<'_>, key: &AttachmentKey, live: &VpcAttachment) -> BTreeSet<ZoneId> {
    let subnets = draft.seen.members.get(&key.vpc.scope()).and_then(|member| member.subnets.known());
    let attached = subnets.unwrap_or_default().iter().filter(|subnet| live.subnets.contains(&subnet.id));
    attached.map(|subnet| subnet.zone.clone()).collect()
}

fn tags(draft: &Draft<'_>, key: &AttachmentKey, wanted: &WantedAttachment) -> Tags {
    let network = &draft.policy.network;
    BTreeMap::from([
        ("Name".to_owned(), format!("{network}/{}/{}", key.hub, wanted.segment)),
        (NETWORK_TAG.to_owned(), network.to_string()),
    ])
}
