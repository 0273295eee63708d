//! The hubs' resource shares: one for each hub that is shared. Whom it lets in is [`super::principal`]'s.

use std::collections::BTreeSet;

use crate::api::{Ref, WriteCall};
use crate::model::{
    HUB_TAG, HubName, Key, ListId, Principal, PrincipalKey, Problem, ResourceShare, Scope, ShareAssociation,
    ShareInventory, ShareState, Tags, Unmanaged, WantedShare, is_named,
};

use super::draft::{Change, Draft, Found};
use super::removal::{self, Removal};
use super::step::{Risk, Verb, Wait, Why};
use super::{principal, tag};

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (name, wanted) in &want.shares {
        let Some(hub) = draft.hubs.get(name) else { continue };
        let Some(inventory) = &hub.inventory.shares else { continue };
        let Some(shares) = inventory.shares.known() else { continue };
        let gateway = hub.gateway.clone();
        let mut ours = ours(draft, name, shares);
        match (ours.next(), ours.next()) {
            (Some(one), Some(other)) => {
                let arns = [one, other].into_iter().chain(ours).map(|share| share.arn.clone()).collect();
                draft.problem(Problem::ShareDoubled { hub: name.clone(), arns });
            }
            (Some(share), None) => present(draft, name, wanted, gateway, share, inventory),
            (None, _) => create(draft, name, wanted, gateway),
        }
    }
}

/// Lists the shares that are a hub's by their tags or by the ledger, and are there.
pub(super) fn ours<'s>(
    draft: &Draft<'_>,
    name: &HubName,
    shares: &'s [ResourceShare],
) -> std::vec::IntoIter<&'s ResourceShare> {
    let owned = draft.past.owned.get(&Key::Share(name.clone()).ledger()).and_then(|owned| owned.id.clone());
    let is_ours = |share: &&ResourceShare| {
        let tagged = is_named(&share.tags, &draft.policy.network, HUB_TAG, name.as_str());
        share.state.is_live() && (tagged || owned.as_deref() == Some(share.arn.as_str()))
    };
    shares.iter().filter(is_ours).collect::<Vec<_>>().into_iter()
}

type Gateway = Found<crate::model::TransitGatewayId>;

fn create(draft: &mut Draft<'_>, name: &HubName, wanted: &WantedShare, gateway: Gateway) {
    let this = Key::Share(name.clone());
    let change = Change {
        verb: Verb::Create,
        key: this.clone(),
        scope: scope(draft, name),
        call: WriteCall::CreateResourceShare {
            name: share_name(draft, name),
            gateway: gateway.id,
            allow_external: wanted.allow_external,
            tags: tags(draft, name),
        },
        after: gateway.steps,
        wait: gateway.wait,
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    let Some(step) = draft.step(change) else { return };
    draft.sharing.insert(name.clone());
    let wait = Some(Draft::until_present(this.clone()));
    let share = Found { id: Ref::Planned(this), wait, steps: vec![step] };
    for (key, entity) in principals(name, wanted) {
        principal::compare(draft, &key, entity, &share, None);
    }
}

fn present(
    draft: &mut Draft<'_>,
    name: &HubName,
    wanted: &WantedShare,
    gateway: Gateway,
    share: &ResourceShare,
    inventory: &ShareInventory,
) {
    let this = Key::Share(name.clone());
    draft.confirm(Verb::Create, &this);
    let found = match &share.state {
        ShareState::Ready => Found::usable(share.arn.clone()),
        ShareState::Coming => {
            draft.pending(this.clone());
            draft.sharing.insert(name.clone());
            let wait = Some(Draft::until_present(this.clone()));
            Found { id: Ref::Known(share.arn.clone()), wait, steps: Vec::new() }
        }
        ShareState::Unclear(state) => {
            return draft.problem(Problem::StateUnclear { key: this, state: state.clone() });
        }
        ShareState::Going | ShareState::Gone | ShareState::Failed(_) => return,
    };
    let (Some(resources), Some(principals)) = (inventory.resources.known(), inventory.principals.known()) else {
        return;
    };
    resource(draft, name, gateway, share, resources);
    settings(draft, name, wanted, share);
    let arn = share.arn.clone();
    let (scope, tags) = (scope(draft, name), tags(draft, name));
    tag::compare(draft, Verb::Tag, this, &scope, &share.tags, &tags, |tags| WriteCall::TagResource {
        share: arn,
        tags,
    });
    for (key, entity) in self::principals(name, wanted) {
        let live = principals.iter().filter(|live| live.share == share.arn && live.entity == entity);
        let live = live.min_by_key(|live| !live.state.is_live());
        principal::compare(draft, &key, entity, &found, live);
    }
}

/// Lists whom the file lets into a hub's share, each with what RAM calls it.
fn principals<'w>(name: &HubName, wanted: &'w WantedShare) -> impl Iterator<Item = (PrincipalKey, &'w str)> {
    let key = |principal: &Principal| PrincipalKey { hub: name.clone(), principal: principal.clone() };
    wanted.principals.iter().map(move |(principal, entity)| (key(principal), entity.as_str()))
}

/// Takes out whom the file no longer names, and takes away the share of a hub that it no longer shares. To be looked at once it
/// is known which VPCs have left.
pub(super) fn abandoned(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (name, wanted) in want.shares.iter().filter(|(_, wanted)| wanted.complete) {
        let inventory = draft.hubs.get(name).and_then(|hub| hub.inventory.shares.as_ref());
        let Some(inventory) = inventory else { continue };
        let (Some(shares), Some(principals)) = (inventory.shares.known(), inventory.principals.known()) else {
            continue;
        };
        let ours: Vec<&ResourceShare> = ours(draft, name, shares).collect();
        if let [share] = ours.as_slice() {
            principal::undeclared(draft, name, wanted, share, principals);
        }
    }
    for name in want.hubs.keys().filter(|name| !want.shares.contains_key(*name)) {
        let inventory = draft.hubs.get(name).and_then(|hub| hub.inventory.shares.as_ref());
        let Some(shares) = inventory.and_then(|inventory| inventory.shares.known()) else { continue };
        let ours: Vec<&ResourceShare> = ours(draft, name, shares).collect();
        for share in ours {
            let key = Key::Share(name.clone());
            let thing = Unmanaged::Share { hub: name.clone(), arn: share.arn.clone() };
            if !draft.made(&key, &share.arn) {
                draft.undeclared(thing, true);
                continue;
            }
            let scope = scope(draft, name);
            let evidence = BTreeSet::from([ListId::Shares(scope.clone())]);
            let call = WriteCall::DeleteResourceShare { share: share.arn.clone() };
            removal::remove(draft, Removal::new(key, scope, call, thing, evidence));
        }
    }
}

/// Sees to it that the share is of the hub's gateway.
fn resource(
    draft: &mut Draft<'_>,
    name: &HubName,
    gateway: Gateway,
    share: &ResourceShare,
    resources: &[ShareAssociation],
) {
    let this = Key::Share(name.clone());
    let is_gateway = |live: &&ShareAssociation| {
        let id = gateway.id.known().map(crate::model::TransitGatewayId::as_str);
        live.share == share.arn && live.entity.rsplit('/').next() == id
    };
    match resources.iter().filter(is_gateway).min_by_key(|live| !live.state.is_live()).map(|live| &live.state) {
        Some(ShareState::Ready) => {
            draft.confirm(Verb::Replace, &this);
            draft.in_place(&this);
        }
        Some(ShareState::Coming) => {
            draft.sharing.insert(name.clone());
            draft.pending(this);
        }
        Some(ShareState::Failed(state)) => draft.problem(Problem::ShareFailed { key: this, state: state.clone() }),
        Some(ShareState::Unclear(state)) => draft.problem(Problem::StateUnclear { key: this, state: state.clone() }),
        live @ (Some(ShareState::Going | ShareState::Gone) | None) => {
            let going = matches!(live, Some(ShareState::Going));
            let wait = going.then(|| Wait::Gone { kind: this.kind(), key: this.clone() });
            draft.sharing.insert(name.clone());
            draft.step(Change {
                verb: Verb::Replace,
                key: this,
                scope: scope(draft, name),
                call: WriteCall::AssociateResourceShare {
                    share: Ref::Known(share.arn.clone()),
                    gateway: Some(gateway.id),
                    principals: Vec::new(),
                },
                after: gateway.steps,
                wait: wait.or(gateway.wait),
                why: Why::NotShared,
                risk: Risk::Adds,
                evidence: BTreeSet::new(),
            });
        }
    }
}

/// Lets in, or no longer lets in, accounts from outside the organization.
fn settings(draft: &mut Draft<'_>, name: &HubName, wanted: &WantedShare, share: &ResourceShare) {
    let this = Key::Share(name.clone());
    if share.allow_external == wanted.allow_external {
        return draft.confirm(Verb::Modify, &this);
    }
    draft.step(Change {
        verb: Verb::Modify,
        key: this,
        scope: scope(draft, name),
        call: WriteCall::UpdateResourceShare {
            share: Ref::Known(share.arn.clone()),
            name: share.name.clone(),
            allow_external: wanted.allow_external,
        },
        after: Vec::new(),
        wait: None,
        why: Why::ExternalAccounts { have: share.allow_external, want: wanted.allow_external },
        risk: Risk::Changes,
        evidence: BTreeSet::new(),
    });
}

/// Returns where a hub's share is.
pub(super) fn scope(draft: &Draft<'_>, name: &HubName) -> Scope {
    draft.want.hubs[name].scope.clone()
}

fn share_name(draft: &Draft<'_>, name: &HubName) -> String {
    format!("transitd-{}-{name}", draft.policy.network)
}

fn tags(draft: &Draft<'_>, name: &HubName) -> Tags {
    tag::ownership(&draft.policy.network, share_name(draft, name), (HUB_TAG, name.as_str()))
}
