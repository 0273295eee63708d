//! The hubs: is each one there, ours and available? One that is not freezes all that hangs on it.
//!
//! An adopted gateway is looked up by its id and never changed. A made one is known by its tags and the ledger ([`claim`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Ref, WriteCall};
use crate::model::{
    HUB_TAG, HubInventory, HubName, Key, Problem, Progress, Tags, TransitGateway, TransitGatewayId,
    TransitGatewayOptions, WantedGateway, WantedHub, is_named,
};

use super::claim::{Claim, claim};
use super::draft::{Change, Draft, Found, Hub};
use super::live::Live;
use super::step::{Risk, Verb, Why};
use super::tag;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (name, wanted) in &want.hubs {
        let Some(inventory) = draft.seen.hubs.get(&wanted.scope.region) else { continue };
        let Some(gateways) = inventory.gateways.known() else { continue };
        match &wanted.gateway {
            WantedGateway::Adopted(id) => adopted(draft, name, id, inventory, gateways),
            WantedGateway::Made { .. } => made(draft, name, wanted, inventory, gateways),
        }
    }
}

fn adopted<'a>(
    draft: &mut Draft<'a>,
    name: &HubName,
    id: &TransitGatewayId,
    inventory: &'a HubInventory,
    gateways: &'a [TransitGateway],
) {
    let (hub, gateway) = (name.clone(), id.clone());
    let Some(live) = gateways.iter().find(|live| live.id == *id) else {
        return draft.problem(Problem::HubMissing { hub, gateway });
    };
    if live.owner != draft.policy.home {
        return draft.problem(Problem::HubForeign { hub, gateway, owner: live.owner.clone() });
    }
    if !matches!(live.state, Progress::Ready | Progress::Changing) {
        return unavailable(draft, name, live);
    }
    let (association, propagation) = (live.default_association.is_some(), live.default_propagation.is_some());
    if association || propagation {
        draft.problem(Problem::HubDefaultTable { hub, gateway: gateway.clone(), association, propagation });
    }
    if live.options.auto_accept {
        draft.problem(Problem::HubAutoAccepts { hub: name.clone(), gateway: gateway.clone() });
    }
    for (setting, is_on) in [("DnsSupport", live.options.dns), ("VpnEcmpSupport", live.options.vpn_ecmp)] {
        if !is_on {
            let (hub, gateway) = (name.clone(), gateway.clone());
            let (have, usual) = ("disable".to_owned(), "enable".to_owned());
            draft.problem(Problem::HubSetting { hub, gateway, setting: setting.to_owned(), have, usual });
        }
    }
    usable(draft, name, inventory, live);
}

/// Reports a gateway that nothing can be built on, or waits for it.
fn unavailable(draft: &mut Draft<'_>, name: &HubName, live: &TransitGateway) {
    let (hub, gateway) = (name.clone(), live.id.clone());
    match &live.state {
        Progress::Coming => draft.pending(Key::Hub(hub)),
        Progress::Gone | Progress::Going => draft.problem(Problem::HubMissing { hub, gateway }),
        state @ (Progress::Unclear(_)
        | Progress::Failed
        | Progress::Rejected
        | Progress::PendingAcceptance
        | Progress::Ready
        | Progress::Changing) => {
            draft.problem(Problem::HubNotAvailable { hub, gateway, state: state.word().to_owned() });
        }
    }
}

fn usable<'a>(draft: &mut Draft<'a>, name: &HubName, inventory: &'a HubInventory, live: &'a TransitGateway) {
    let gateway = Found::usable(live.id.clone());
    draft.in_place(&Key::Hub(name.clone()));
    draft.hubs.insert(name.clone(), Hub { inventory, live: Live::of(inventory, &live.id), gateway, seen: Some(live) });
}

fn made<'a>(
    draft: &mut Draft<'a>,
    name: &HubName,
    wanted: &WantedHub,
    inventory: &'a HubInventory,
    gateways: &'a [TransitGateway],
) {
    let owned = draft.past.owned.get(&Key::Hub(name.clone()).ledger()).and_then(|owned| owned.id.clone());
    let is_ours = |gateway: &TransitGateway| {
        gateway.owner == draft.policy.home && is_named(&gateway.tags, &draft.policy.network, HUB_TAG, name.as_str())
    };
    let is_there = |gateway: &TransitGateway| gateway.state.is_live();
    let is_candidate = |gateway: &&TransitGateway| {
        is_there(gateway) && (is_ours(gateway) || owned.as_deref() == Some(gateway.id.as_str()))
    };
    let candidates: BTreeMap<TransitGatewayId, &'a TransitGateway> =
        gateways.iter().filter(is_candidate).map(|gateway| (gateway.id.clone(), gateway)).collect();
    match claim(draft, &Key::Hub(name.clone()), owned.as_deref(), &candidates) {
        Claim::Absent => create(draft, name, wanted, inventory),
        Claim::Found(live) => found(draft, name, wanted, inventory, live),
        Claim::Doubled(ids) => draft.problem(Problem::HubDoubled { hub: name.clone(), ids }),
        Claim::Gone { ledger: gateway, other: _ } => {
            draft.problem(Problem::HubMissing { hub: name.clone(), gateway });
        }
    }
}

fn found<'a>(
    draft: &mut Draft<'a>,
    name: &HubName,
    wanted: &WantedHub,
    inventory: &'a HubInventory,
    live: &'a TransitGateway,
) {
    let this = Key::Hub(name.clone());
    draft.confirm(Verb::Create, &this);
    let tags = tags(draft, name);
    match &live.state {
        Progress::Ready | Progress::Changing => {}
        // Tables and shares wait for it, and are planned all the same.
        Progress::Coming => {
            draft.pending(this.clone());
            let wait = Some(Draft::until_present(this));
            let gateway = Found { id: Ref::Known(live.id.clone()), wait, steps: Vec::new() };
            let hub = Hub { inventory, live: Live::of(inventory, &live.id), gateway, seen: Some(live) };
            draft.hubs.insert(name.clone(), hub);
            return;
        }
        Progress::PendingAcceptance
        | Progress::Going
        | Progress::Gone
        | Progress::Failed
        | Progress::Rejected
        | Progress::Unclear(_) => return unavailable(draft, name, live),
    }
    usable(draft, name, inventory, live);
    tag::compare(draft, Verb::Tag, this, &wanted.scope, &live.tags, &tags, tag::on(live.id.as_str()));
    settings(draft, name, wanted, live);
}

/// Sets the settings that differ, and reports those that are decided at creation.
fn settings(draft: &mut Draft<'_>, name: &HubName, wanted: &WantedHub, live: &TransitGateway) {
    let this = Key::Hub(name.clone());
    let (have, want) = (live.options, options(wanted));
    let word = |on: bool| if on { "enable" } else { "disable" }.to_owned();
    let fixed = [
        ("AmazonSideAsn", have.asn.to_string(), want.asn.to_string()),
        ("MulticastSupport", word(have.multicast), word(want.multicast)),
    ];
    for (setting, have, want) in fixed.into_iter().filter(|(_, have, want)| have != want) {
        let (hub, gateway) = (name.clone(), live.id.clone());
        draft.problem(Problem::HubSettingFixed { hub, gateway, setting: setting.to_owned(), have, want });
    }
    let reachable = TransitGatewayOptions { asn: have.asn, multicast: have.multicast, ..want };
    if have == reachable {
        return draft.confirm(Verb::Modify, &this);
    }
    if live.state == Progress::Changing {
        return draft.pending(this);
    }
    draft.step(Change {
        verb: Verb::Modify,
        key: this,
        scope: wanted.scope.clone(),
        call: WriteCall::ModifyTransitGateway { gateway: live.id.clone(), options: reachable },
        after: Vec::new(),
        wait: None,
        why: Why::Settings { have, want: reachable },
        risk: Risk::Changes,
        evidence: BTreeSet::new(),
    });
}

/// Returns what a made gateway is set to. Both default tables are off and nothing is accepted by itself: an attachment goes
/// where it is declared to go, or nowhere.
fn options(wanted: &WantedHub) -> TransitGatewayOptions {
    let (asn, security_group_referencing) = match &wanted.gateway {
        WantedGateway::Made { asn, security_group_referencing } => (*asn, *security_group_referencing),
        WantedGateway::Adopted(_) => (0, false),
    };
    TransitGatewayOptions {
        asn,
        auto_accept: false,
        default_association: false,
        default_propagation: false,
        dns: true,
        vpn_ecmp: true,
        security_group_referencing,
        multicast: false,
    }
}

fn tags(draft: &Draft<'_>, name: &HubName) -> Tags {
    let network = &draft.policy.network;
    tag::ownership(network, format!("{network}/{name}"), (HUB_TAG, name.as_str()))
}

fn create<'a>(draft: &mut Draft<'a>, name: &HubName, wanted: &WantedHub, inventory: &'a HubInventory) {
    let this = Key::Hub(name.clone());
    let change = Change {
        verb: Verb::Create,
        key: this.clone(),
        scope: wanted.scope.clone(),
        call: WriteCall::CreateTransitGateway { options: options(wanted), tags: tags(draft, name) },
        after: Vec::new(),
        wait: None,
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    if let Some(step) = draft.step(change) {
        let wait = Some(Draft::until_present(this.clone()));
        let gateway = Found { id: Ref::Planned(this), wait, steps: vec![step] };
        draft.hubs.insert(name.clone(), Hub { inventory, live: Live::nothing(), gateway, seen: None });
    }
}
