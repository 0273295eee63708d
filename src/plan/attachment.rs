//! The attachments. A VPC's is asked for by the member, accepted by the hub and kept as declared: never replaced. What others
//! attach is looked up where it stands: never made, never deleted.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Ref, WriteCall};
use crate::model::{
    Attached, AttachedKey, AttachmentKey, Cause, GivenKey, Held, Key, Problem, Progress, PropagationKey, SEGMENT_TAG,
    SegmentName, SubnetId, TableKey, Tags, TransitGatewayId, Unmanaged, VpcAttachment, WantedAttachment, WantedHub,
    ZoneId,
};

use super::draft::{Change, Draft, Found};
use super::step::{Risk, StepId, Verb, Wait, Why};
use super::{Gaps, tag};

/// How long a zone is without its attachment while one of its subnets is swapped for another, in seconds: one change of the
/// attachment to take the old one away and one to add the new, each of them a minute or two.
const SWAP_SECONDS: u32 = 240;

/// The role that EC2 attaches VPCs with ("Service-linked roles for transit gateways").
pub const SERVICE_LINKED_ROLE: &str = "AWSServiceRoleForVPCTransitGateway";

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (key, wanted) in &want.attachments {
        let Some(hub) = want.hubs.get(&key.hub) else { continue };
        let Some(live) = draft.hubs.get(&key.hub).and_then(|hub| hub.live.attachments.as_ref()) else { continue };
        match live.get(&key.vpc.vpc).copied() {
            Some(live) => present(draft, key, wanted, hub, live),
            None => create(draft, key, wanted, None),
        }
    }
    for (key, segment) in &want.given {
        if let Attached::Given(given) = &key.of {
            self::given(draft, key, given, segment);
        }
    }
}

/// Looks up what others have attached.
fn given(draft: &mut Draft<'_>, key: &AttachedKey, given: &GivenKey, segment: &SegmentName) {
    let Some(hub) = draft.hubs.get(&key.hub) else { return };
    let Some(list) = hub.inventory.attachments.known() else { return };
    // On a gateway that is to be made nobody has attached anything.
    let gateway = hub.gateway.id.known();
    let named = list.iter().filter(|live| Some(&live.gateway) == gateway && given.names(live));
    let live =
        named.filter(|live| live.state != Progress::Gone).min_by_key(|live| (!live.state.is_live(), live.id.clone()));
    let (segment, hub, given) = (segment.clone(), key.hub.clone(), given.clone());
    let Some(live) = live else { return draft.problem(Problem::GivenMissing { segment, hub, given }) };
    match &live.state {
        Progress::Ready | Progress::Changing => {
            draft.attachments.insert(key.clone(), Found::usable(live.id.clone()));
        }
        state @ (Progress::PendingAcceptance
        | Progress::Coming
        | Progress::Going
        | Progress::Gone
        | Progress::Failed
        | Progress::Rejected
        | Progress::Unclear(_)) => {
            let state = state.word().to_owned();
            draft.problem(Problem::GivenNotAvailable { segment, hub, given, id: live.id.clone(), state });
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
            draft.attachments.insert(AttachedKey::from(key), Found::usable(live.id.clone()));
            modify(draft, key, wanted, live);
            labelled(draft, key, wanted, hub, live);
        }
        Progress::Changing => {
            draft.confirm(Verb::Accept, &this);
            draft.pending(this);
            draft.attachments.insert(AttachedKey::from(key), Found::usable(live.id.clone()));
        }
        Progress::Coming => {
            draft.confirm(Verb::Accept, &this);
            draft.pending(this.clone());
            coming(draft, key, live, Vec::new());
            label_once_there(draft, key, wanted, Ref::Known(live.id.to_string()), &[]);
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
                coming(draft, key, live, vec![step.clone()]);
                label_once_there(draft, key, wanted, Ref::Known(live.id.to_string()), &[step]);
            }
        }
        Progress::Going => {
            let wait = Wait::Gone { kind: this.kind(), key: this };
            create(draft, key, wanted, Some(wait));
        }
        Progress::Failed | Progress::Rejected => draft.problem(Problem::AttachmentFailed {
            attachment: key.clone(),
            id: live.id.clone(),
            cause: cause(draft, key, live),
        }),
        // `Live` passes over what is gone.
        Progress::Gone => {}
        state @ Progress::Unclear(_) => draft.unclear(this, state),
    }
}

/// Tells why an attachment did not come about, as far as the account's roles tell.
fn cause(draft: &Draft<'_>, key: &AttachmentKey, live: &VpcAttachment) -> Cause {
    if live.state == Progress::Rejected {
        return Cause::Rejected;
    }
    let roles = draft.seen.members.get(&key.vpc.scope()).and_then(|member| member.roles.as_ref());
    match roles.and_then(|roles| roles.known()) {
        None => Cause::Unknown,
        Some(roles) if roles.iter().any(|role| role.name == SERVICE_LINKED_ROLE) => Cause::Other,
        Some(_) => Cause::NoServiceLinkedRole,
    }
}

/// Lets what builds on an attachment wait until it is there.
fn coming(draft: &mut Draft<'_>, key: &AttachmentKey, live: &VpcAttachment, steps: Vec<StepId>) {
    let wait = Some(Draft::until_present(Key::Attachment(key.clone())));
    draft.attachments.insert(AttachedKey::from(key), Found { id: Ref::Known(live.id.clone()), wait, steps });
}

fn create(draft: &mut Draft<'_>, key: &AttachmentKey, wanted: &WantedAttachment, wait: Option<Wait>) {
    let Some(zones) = &wanted.subnets else { return };
    let Some(hub) = draft.hubs.get(&key.hub) else { return };
    let (gateway, auto_accept) = (hub.gateway.clone(), hub.seen.is_some_and(|seen| seen.options.auto_accept));
    if zones.is_empty() || is_newcomer_in_overlap(draft, key) {
        return;
    }
    let Some(sight) = sees_hub(draft, key, gateway.id.known()) else { return };
    if let Some(table) = opened_by_default(draft, key) {
        return draft.problem(Problem::DefaultPropagationOpens { attachment: key.clone(), table });
    }
    let Some(subnets) = choose(draft, key, zones, &BTreeSet::new()) else { return };
    let this = Key::Attachment(key.clone());
    let change = Change {
        verb: Verb::Create,
        key: this.clone(),
        scope: key.vpc.scope(),
        call: WriteCall::CreateTransitGatewayVpcAttachment {
            gateway: gateway.id,
            vpc: key.vpc.vpc.clone(),
            subnets,
            options: wanted.options,
            tags: tags(draft, key, wanted),
        },
        after: gateway.steps.into_iter().chain(sight.steps).collect(),
        wait: wait.or(gateway.wait).or(sight.wait),
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    let Some(created) = draft.step(change) else { return };
    let mut steps = vec![created];
    if key.vpc.account != draft.policy.home && !auto_accept {
        let change = Change {
            verb: Verb::Accept,
            key: this.clone(),
            scope: draft.want.hubs[&key.hub].scope.clone(),
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
    label_once_there(draft, key, wanted, Ref::Planned(this.clone()), &steps);
    draft.attachments.insert(AttachedKey::from(key), Found { id: Ref::Planned(this), wait, steps });
}

/// Plans to name an attachment on the hub's side, where what the member has named it cannot be seen.
fn label_once_there(
    draft: &mut Draft<'_>,
    key: &AttachmentKey,
    wanted: &WantedAttachment,
    resource: Ref<String>,
    after: &[StepId],
) {
    if key.vpc.account == draft.policy.home {
        return;
    }
    let (this, tags) = (Key::Attachment(key.clone()), tags(draft, key, wanted));
    let change = Change {
        verb: Verb::TagAtHub,
        key: this.clone(),
        scope: draft.want.hubs[&key.hub].scope.clone(),
        call: WriteCall::CreateTags { resource, tags: tags.clone() },
        after: after.to_vec(),
        wait: Some(Draft::until_present(this)),
        why: Why::Tags { missing: tags },
        risk: Risk::Changes,
        evidence: BTreeSet::new(),
    };
    draft.step(change);
}

/// Tells whether some propagation of the VPC is withheld for overlap, and none was ever ours: then it is the one that
/// came later, and is not attached before a person has decided.
fn is_newcomer_in_overlap(draft: &Draft<'_>, key: &AttachmentKey) -> bool {
    let of_vpc = |of: &&PropagationKey| of.of.vpc() == Some(&key.vpc) && of.table.hub == key.hub;
    let mut withheld = draft.want.withheld.iter().filter(of_vpc).peekable();
    withheld.peek().is_some()
        && !withheld.any(|of| draft.past.owned.contains_key(&Key::Propagation(of.clone()).ledger()))
}

/// Returns the segment whose table the hub would propagate the attachment into by itself, though it shall not reach it.
fn opened_by_default(draft: &Draft<'_>, key: &AttachmentKey) -> Option<TableKey> {
    let default = draft.hubs.get(&key.hub)?.seen?.default_propagation.as_ref()?;
    let (table, _) = draft.tables.iter().find(|(of, found)| of.hub == key.hub && found.id.known() == Some(default))?;
    let propagation = PropagationKey { table: table.clone(), of: Attached::from(&key.vpc) };
    (!draft.want.propagations.contains(&propagation)).then(|| table.clone())
}

/// Whether a member can see the gateway now, or what it waits for.
struct Sight {
    wait: Option<Wait>,
    steps: Vec<StepId>,
}

/// Tells whether the member can see the gateway, or will once it is shared; reports it if not. None where that is so, or not
/// known.
fn sees_hub(draft: &mut Draft<'_>, key: &AttachmentKey, gateway: Option<&TransitGatewayId>) -> Option<Sight> {
    let now = Sight { wait: None, steps: Vec::new() };
    if key.vpc.account == draft.policy.home {
        return Some(now);
    }
    let visible = draft.seen.members.get(&key.vpc.scope())?.gateways.known()?;
    if visible.iter().any(|seen| Some(&seen.id) == gateway) {
        return Some(now);
    }
    if draft.shut_out.contains(&(key.hub.clone(), key.vpc.account.clone())) {
        return None;
    }
    let share = draft.want.shares.get(&key.hub).filter(|share| share.accounts.contains(&key.vpc.account));
    if share.is_some() && (draft.sharing.contains(&key.hub) || draft.wrote_recently()) {
        let share = Key::Share(key.hub.clone());
        let steps = draft.planned(&StepId::new(Verb::Create, &share)).into_iter().collect();
        return Some(Sight { wait: Some(Draft::until_present(share)), steps });
    }
    match gateway.cloned() {
        Some(gateway) => draft.problem(Problem::HubNotShared { attachment: key.clone(), gateway }),
        // The hub is to be made, and nobody shares it: said once it is there.
        None => return Some(now),
    }
    None
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

/// Adds the subnets that are missing, sets the options that differ, swaps and takes away subnets: one difference at a time,
/// so that each step has one reason, and what adds comes before what takes away.
fn modify(draft: &mut Draft<'_>, key: &AttachmentKey, wanted: &WantedAttachment, live: &VpcAttachment) {
    let this = Key::Attachment(key.clone());
    let missing = missing_subnets(draft, key, wanted, live);
    let (mut add_subnets, mut remove_subnets, mut options) = (Vec::new(), Vec::new(), None);
    let (why, risk) = if !missing.is_empty() {
        add_subnets.clone_from(&missing);
        (Why::SubnetsMissing { subnets: missing }, Risk::Changes)
    } else if live.options != wanted.options {
        options = Some(wanted.options);
        (Why::Options { have: live.options, want: wanted.options }, Risk::Changes)
    } else if let Some((have, want)) = swap(draft, key, wanted, live) {
        remove_subnets.push(have.clone());
        (Why::SubnetSwapped { have, want }, Risk::Cuts { seconds: SWAP_SECONDS })
    } else {
        let Some(subnets) = removable_subnets(draft, key, wanted, live) else {
            // Where the subnets are not known, nothing is known to be as it should be.
            let Some(zones) = &wanted.subnets else { return };
            let is_attached = |subnet: &SubnetId| live.subnets.contains(subnet);
            if zones.values().all(|subnets| subnets.iter().any(is_attached)) {
                draft.confirm(Verb::Modify, &this);
            }
            return draft.in_place(&this);
        };
        remove_subnets.clone_from(&subnets);
        (Why::SubnetsUndeclared { subnets }, Risk::Removes)
    };
    let evidence = match risk {
        Risk::Cuts { .. } | Risk::Removes => super::removal::of_vpc(draft, &key.hub, &key.vpc),
        Risk::Adds | Risk::Changes => BTreeSet::new(),
    };
    let change = Change {
        verb: Verb::Modify,
        key: this,
        scope: key.vpc.scope(),
        call: WriteCall::ModifyTransitGatewayVpcAttachment {
            attachment: Ref::Known(live.id.clone()),
            add_subnets,
            remove_subnets,
            options,
        },
        after: Vec::new(),
        wait: None,
        why,
        risk,
        evidence,
    };
    if risk == Risk::Removes {
        draft.removal(change, Some(wanted.segment.clone()), false);
    } else {
        draft.step(change);
    }
}

/// Lists the subnets that are attached without being tagged, of an attachment that is ours and where the file says to remove
/// what is undeclared: their zones lose their way to the hub. None where there are none, or would be none left.
fn removable_subnets(
    draft: &Draft<'_>,
    key: &AttachmentKey,
    wanted: &WantedAttachment,
    live: &VpcAttachment,
) -> Option<Vec<SubnetId>> {
    let zones = wanted.subnets.as_ref().filter(|zones| !zones.is_empty())?;
    let ours = draft.made(&Key::Attachment(key.clone()), live.id.as_str());
    let removes = draft.policy.remove.contains(&crate::model::Kind::Attachment);
    let taken = taken_zones(draft, key, live);
    let is_extra = |subnet: &&SubnetId| taken.get(*subnet).is_some_and(|zone| !zones.contains_key(zone));
    let extra: Vec<SubnetId> = live.subnets.iter().filter(is_extra).cloned().collect();
    (ours && removes && !extra.is_empty() && extra.len() < live.subnets.len()).then_some(extra)
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
    let taken = taken_zones(draft, key, live);
    let removable = removable_subnets(draft, key, wanted, live).unwrap_or_default();
    for subnet in live.subnets.iter().filter(|subnet| !removable.contains(subnet)) {
        let is_swapped = taken.get(subnet).is_some_and(|zone| zones.contains_key(zone));
        if !is_swapped && !zones.values().any(|subnets| subnets.contains(subnet)) {
            let thing = Unmanaged::AttachedSubnet { attachment: key.clone(), subnet: subnet.clone() };
            draft.undeclared(thing, false);
        }
    }
    // A zone that is attached through a subnet without the tag cannot take a second one: AWS allows one for each zone.
    let taken: BTreeSet<&ZoneId> = taken.values().collect();
    let open = zones
        .iter()
        .filter(|(zone, subnets)| subnets.iter().any(|subnet| attached.contains(subnet)) || !taken.contains(zone));
    let open: BTreeMap<ZoneId, BTreeSet<SubnetId>> =
        open.map(|(zone, subnets)| (zone.clone(), subnets.clone())).collect();
    choose(draft, key, &open, &attached).unwrap_or_default()
}

/// Finds a zone that is attached through a subnet without the tag, while another of its subnets has it: the old one has to
/// go before the new one can come, and for that time the zone is cut off. Only with a person's word, one zone at a time, and
/// never the last subnet (AWS wants one to stay).
fn swap(
    draft: &mut Draft<'_>,
    key: &AttachmentKey,
    wanted: &WantedAttachment,
    live: &VpcAttachment,
) -> Option<(SubnetId, SubnetId)> {
    let zones = wanted.subnets.as_ref()?;
    let mut allowed = None;
    for (subnet, zone) in taken_zones(draft, key, live) {
        let Some(tagged) = zones.get(&zone).filter(|tagged| !tagged.contains(&subnet)) else { continue };
        let Some(want) = tagged.first().filter(|_| tagged.len() == 1).cloned() else { continue };
        let held = match draft.policy.gaps {
            _ if draft.policy.frozen => Some(Held::Freeze),
            _ if live.subnets.len() < 2 => {
                draft.problem(Problem::ZoneTaken { attachment: key.clone(), zone });
                continue;
            }
            Gaps::Ask => Some(Held::Ask),
            Gaps::Forbid => Some(Held::Forbid),
            Gaps::Allow => None,
        };
        match held {
            Some(held) => {
                draft.problem(Problem::SubnetSwap { attachment: key.clone(), zone, have: subnet, want, held });
            }
            None => allowed = allowed.or(Some((subnet, want))),
        }
    }
    allowed
}

/// Returns the zone of each attached subnet that is known.
fn taken_zones(draft: &Draft<'_>, key: &AttachmentKey, live: &VpcAttachment) -> BTreeMap<SubnetId, ZoneId> {
    let subnets = draft.seen.members.get(&key.vpc.scope()).and_then(|member| member.subnets.known());
    let attached = subnets.unwrap_or_default().iter().filter(|subnet| live.subnets.contains(&subnet.id));
    attached.map(|subnet| (subnet.id.clone(), subnet.zone.clone())).collect()
}

/// Names the attachment on both sides, since each account sees only its own tags.
fn labelled(
    draft: &mut Draft<'_>,
    key: &AttachmentKey,
    wanted: &WantedAttachment,
    hub: &WantedHub,
    live: &VpcAttachment,
) {
    let (this, tags) = (Key::Attachment(key.clone()), tags(draft, key, wanted));
    let home = key.vpc.account == draft.policy.home;
    tag::compare(draft, Verb::TagAtHub, this.clone(), &hub.scope, &live.tags, &tags, tag::on(live.id.as_str()));
    let own_side = draft.seen.members.get(&key.vpc.scope()).and_then(|member| member.attachments.known());
    let own = own_side.and_then(|list| list.iter().find(|own| own.id == live.id));
    if let Some(own) = own.filter(|_| !home) {
        tag::compare(draft, Verb::Tag, this, &key.vpc.scope(), &own.tags, &tags, tag::on(own.id.as_str()));
    }
}

fn tags(draft: &Draft<'_>, key: &AttachmentKey, wanted: &WantedAttachment) -> Tags {
    let network = &draft.policy.network;
    let name = format!("{network}/{}/{}", key.hub, wanted.segment);
    tag::ownership(network, name, (SEGMENT_TAG, wanted.segment.as_str()))
}
