//! The hubs' resource shares: one for each hub that is shared, and with whom.
//!
//! What counts is RAM's word on the share and on each principal of it. An invitation is only the way there: RAM purges it
//! once it was answered, and a principal that is associated needs none.

use std::collections::BTreeSet;

use crate::api::{Ref, WriteCall};
use crate::model::{
    AccountId, HUB_TAG, HubName, Invitation, InvitationState, Key, Kind, ListId, Principal, PrincipalKey, Problem,
    ResourceShare, Scope, ShareAssociation, ShareInventory, ShareState, Tags, Unmanaged, WantedShare, is_named,
};

use super::draft::{Change, Draft, Found};
use super::removal::{self, Departure, Removal};
use super::step::{Risk, Verb, Wait, Why};
use super::tag;

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
    for (principal, entity) in &wanted.principals {
        self::principal(draft, name, principal, entity, &share, None);
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
    for (principal, entity) in &wanted.principals {
        let live = principals.iter().filter(|live| live.share == share.arn && live.entity == *entity);
        let live = live.min_by_key(|live| !live.state.is_live());
        self::principal(draft, name, principal, entity, &found, live);
    }
}

/// Takes out the principals of our share that the file no longer names, and reports those that somebody else has let in.
fn undeclared(
    draft: &mut Draft<'_>,
    name: &HubName,
    wanted: &WantedShare,
    share: &ResourceShare,
    principals: &[ShareAssociation],
) {
    let declared: BTreeSet<&String> = wanted.principals.values().collect();
    let live = principals.iter().filter(|live| live.share == share.arn && live.state.is_live());
    for live in live.filter(|live| !declared.contains(&live.entity)) {
        let thing = Unmanaged::Principal { hub: name.clone(), principal: live.entity.clone() };
        let Some(principal) = ours_by_ledger(draft, name, &live.entity) else {
            draft.undeclared(thing, false);
            continue;
        };
        let after = match leaving(draft, name, wanted, &principal) {
            Some(after) => after,
            None => {
                draft.undeclared(thing, true);
                continue;
            }
        };
        let scope = scope(draft, name);
        let mut evidence = removal::of_route(draft);
        evidence.extend([ListId::Shares(scope.clone()), ListId::SharePrincipals(scope.clone())]);
        evidence.insert(ListId::Attachments(scope.clone()));
        let key = Key::Principal(PrincipalKey { hub: name.clone(), principal });
        let (share, principals) = (share.arn.clone(), vec![live.entity.clone()]);
        let call = WriteCall::DisassociateResourceShare { share, principals };
        removal::remove(draft, Removal { after, ..Removal::new(key, scope, call, thing, evidence) });
    }
}

/// Lists what has to be gone before a principal is taken out: the attachments of an account that is let in by nothing else. None
/// where one of them stays: without the share its owner could neither see the hub nor change anything about the attachment.
fn leaving(draft: &Draft<'_>, name: &HubName, wanted: &WantedShare, principal: &Principal) -> Option<Vec<Key>> {
    let Principal::Account(account) = principal else { return Some(Vec::new()) };
    if wanted.accounts.contains(account) {
        return Some(Vec::new());
    }
    let hub = draft.hubs.get(name)?;
    let gateway = hub.gateway.id.known()?;
    let attached = hub.inventory.attachments.known()?.iter().filter(|live| {
        live.gateway == *gateway && live.state.is_live() && live.resource_owner.as_ref() == Some(account)
    });
    let goes = |id: &str| {
        let of_hub = |key: &Key| matches!(key, Key::Attachment(key) if key.hub == *name && key.vpc.vpc.as_str() == id);
        draft.removed(of_hub).into_iter().next()
    };
    let held = |id: &str| {
        let mut departing = draft.departing.iter().filter(|(_, departure)| matches!(departure, Departure::Held));
        departing.any(|(key, _)| key.hub == *name && key.vpc.vpc.as_str() == id)
    };
    let mut after = Vec::new();
    for live in attached {
        match goes(&live.resource_id) {
            Some(key) => after.push(key),
            // It is shown as what waits for the VPC that is held.
            None if held(&live.resource_id) => {}
            None => return None,
        }
    }
    Some(after)
}

/// Returns the principal that the ledger says we let in as this entity.
fn ours_by_ledger(draft: &Draft<'_>, name: &HubName, entity: &str) -> Option<Principal> {
    let prefix = format!("{} {name} with ", Kind::Principal.words());
    let mut rows = draft.past.owned.iter().filter(|(_, owned)| owned.value == entity);
    rows.find_map(|(key, _)| Principal::read(key.strip_prefix(&prefix)?))
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
            undeclared(draft, name, wanted, share, principals);
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

/// Lets in, or no longer lets in, accounts from outside the organization; and gives the share its name back.
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

/// Sees to it that a principal is in the share. Where it does not get there, and the cause is told already, its attachments
/// are not asked for.
fn principal(
    draft: &mut Draft<'_>,
    name: &HubName,
    principal: &Principal,
    entity: &str,
    share: &Found<String>,
    live: Option<&ShareAssociation>,
) {
    let this = PrincipalKey { hub: name.clone(), principal: principal.clone() };
    let comes = match live {
        Some(live) => stands(draft, &this, entity, share, live),
        None => associate(draft, name, principal, entity, share),
    };
    if let (false, Principal::Account(account)) = (comes, principal) {
        draft.shut_out.insert((name.clone(), account.clone()));
    }
}

/// Looks at a principal of the share. Tells whether it is in it, or gets there.
fn stands(
    draft: &mut Draft<'_>,
    key: &PrincipalKey,
    entity: &str,
    share: &Found<String>,
    live: &ShareAssociation,
) -> bool {
    let PrincipalKey { hub: name, principal } = key;
    let this = Key::Principal(key.clone());
    if live.state.is_live() {
        draft.confirm(Verb::Create, &this);
    }
    match &live.state {
        ShareState::Ready => {
            draft.confirm(Verb::Accept, &this);
            draft.in_place(&this);
            true
        }
        ShareState::Coming => {
            draft.sharing.insert(name.clone());
            match principal {
                Principal::Account(account) if live.external => invited(draft, key, account, live),
                Principal::Account(_) | Principal::Unit(_) | Principal::Organization => {
                    draft.pending(this);
                    true
                }
            }
        }
        ShareState::Going => {
            let wait = Some(Wait::Gone { kind: this.kind(), key: this });
            associate(draft, name, principal, entity, &Found { wait, ..share.clone() })
        }
        // Somebody said no: that is not asked again behind their back.
        ShareState::Gone if is_rejected(draft, key, &live.share) => rejected(draft, key),
        ShareState::Gone => associate(draft, name, principal, entity, share),
        ShareState::Failed(state) => {
            draft.problem(Problem::ShareFailed { key: this, state: state.clone() });
            false
        }
        ShareState::Unclear(state) => {
            draft.problem(Problem::StateUnclear { key: this, state: state.clone() });
            false
        }
    }
}

/// Accepts the invitation of an account outside the organization, on its own side. Tells whether the account gets in.
fn invited(draft: &mut Draft<'_>, key: &PrincipalKey, account: &AccountId, live: &ShareAssociation) -> bool {
    let this = Key::Principal(key.clone());
    let Some(invitation) = invitation(draft, key, &live.share) else {
        draft.pending(this);
        return true;
    };
    match invitation.map(|invitation| (invitation.state, invitation.arn.clone())) {
        Some((InvitationState::Pending, invitation)) => {
            let change = Change {
                verb: Verb::Accept,
                key: this,
                scope: Scope::new(account, &scope(draft, &key.hub).region),
                call: WriteCall::AcceptResourceShareInvitation { invitation },
                after: Vec::new(),
                wait: None,
                why: Why::NotAcceptedInvitation,
                risk: Risk::Adds,
                evidence: BTreeSet::new(),
            };
            draft.step(change).is_some()
        }
        // RAM takes a while to believe it.
        Some((InvitationState::Accepted, _)) => {
            draft.pending(this);
            true
        }
        Some((InvitationState::Rejected, _)) => rejected(draft, key),
        Some((InvitationState::Expired, _)) => lost(draft, key, InvitationState::Expired.word()),
        // RAM takes a while to show a new one.
        None if draft.wrote_recently() => {
            draft.pending(this);
            true
        }
        None => lost(draft, key, "nowhere to be seen"),
    }
}

fn lost(draft: &mut Draft<'_>, key: &PrincipalKey, state: &str) -> bool {
    draft.problem(Problem::InvitationLost { principal: key.clone(), state: state.to_owned() });
    false
}

fn rejected(draft: &mut Draft<'_>, key: &PrincipalKey) -> bool {
    draft.problem(Problem::InvitationRejected { principal: key.clone() });
    false
}

/// Returns the last invitation of an account to a share, as the account finds it; none where its list is not known.
fn invitation<'a>(draft: &Draft<'a>, key: &PrincipalKey, share: &str) -> Option<Option<&'a Invitation>> {
    let Principal::Account(account) = &key.principal else { return None };
    let member = draft.seen.members.get(&Scope::new(account, &scope(draft, &key.hub).region))?;
    let invitations = member.invitations.as_ref()?.known()?;
    Some(invitations.iter().filter(|invitation| invitation.share == share).max_by_key(|invitation| invitation.sent))
}

fn is_rejected(draft: &Draft<'_>, key: &PrincipalKey, share: &str) -> bool {
    invitation(draft, key, share).flatten().is_some_and(|last| last.state == InvitationState::Rejected)
}

/// Lets a principal into the share. Tells whether it will be.
fn associate(
    draft: &mut Draft<'_>,
    name: &HubName,
    principal: &Principal,
    entity: &str,
    share: &Found<String>,
) -> bool {
    let this = Key::Principal(PrincipalKey { hub: name.clone(), principal: principal.clone() });
    draft.sharing.insert(name.clone());
    let change = Change {
        verb: Verb::Create,
        key: this,
        scope: scope(draft, name),
        call: WriteCall::AssociateResourceShare {
            share: share.id.clone(),
            gateway: None,
            principals: vec![entity.to_owned()],
        },
        after: share.steps.clone(),
        wait: share.wait.clone(),
        why: Why::Missing,
        risk: Risk::Adds,
        evidence: BTreeSet::new(),
    };
    draft.step(change).is_some()
}

fn scope(draft: &Draft<'_>, name: &HubName) -> Scope {
    draft.want.hubs[name].scope.clone()
}

fn share_name(draft: &Draft<'_>, name: &HubName) -> String {
    format!("transitd-{}-{name}", draft.policy.network)
}

fn tags(draft: &Draft<'_>, name: &HubName) -> Tags {
    tag::ownership(&draft.policy.network, share_name(draft, name), (HUB_TAG, name.as_str()))
}
