//! Whom a hub's share lets in: the organization, units, and accounts, those from outside by invitation.
//!
//! What counts is RAM's word on each principal of the share. An invitation is only the way there: RAM purges it once it was
//! answered, and a principal that is associated needs none.

use std::collections::BTreeSet;

use crate::api::WriteCall;
use crate::model::{
    AccountId, HubName, Invitation, InvitationState, Key, Kind, ListId, Principal, PrincipalKey, Problem,
    ResourceShare, Scope, ShareAssociation, ShareState, Unmanaged, WantedShare,
};

use super::draft::{Change, Draft, Found};
use super::removal::{self, Departure, Removal};
use super::share::scope;
use super::step::{Risk, Verb, Wait, Why};

/// Sees to it that a principal is in the share. Where it does not get there, and the cause is told already, its attachments
/// are not asked for.
pub(super) fn compare(
    draft: &mut Draft<'_>,
    key: &PrincipalKey,
    entity: &str,
    share: &Found<String>,
    live: Option<&ShareAssociation>,
) {
    let comes = match live {
        Some(live) => stands(draft, key, entity, share, live),
        None => associate(draft, key, entity, share),
    };
    if let (false, Principal::Account(account)) = (comes, &key.principal) {
        draft.shut_out.insert((key.hub.clone(), account.clone()));
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
            draft.sharing.insert(key.hub.clone());
            match &key.principal {
                Principal::Account(account) if live.external => invited(draft, key, account, live),
                Principal::Account(_) | Principal::Unit(_) | Principal::Organization => comes(draft, this),
            }
        }
        ShareState::Going => {
            let wait = Some(Wait::Gone { kind: this.kind(), key: this });
            associate(draft, key, entity, &Found { wait, ..share.clone() })
        }
        // Somebody said no: that is not asked again behind their back.
        ShareState::Gone if is_rejected(draft, key, &live.share) => {
            stuck(draft, Problem::InvitationRejected { principal: key.clone() })
        }
        ShareState::Gone => associate(draft, key, entity, share),
        ShareState::Failed(state) => stuck(draft, Problem::ShareFailed { key: this, state: state.clone() }),
        ShareState::Unclear(state) => stuck(draft, Problem::StateUnclear { key: this, state: state.clone() }),
    }
}

/// Notes that RAM is busy with a principal, which gets in.
fn comes(draft: &mut Draft<'_>, this: Key) -> bool {
    draft.pending(this);
    true
}

/// Tells what keeps a principal out.
fn stuck(draft: &mut Draft<'_>, problem: Problem) -> bool {
    draft.problem(problem);
    false
}

/// Accepts the invitation of an account outside the organization, on its own side. Tells whether the account gets in.
fn invited(draft: &mut Draft<'_>, key: &PrincipalKey, account: &AccountId, live: &ShareAssociation) -> bool {
    let this = Key::Principal(key.clone());
    let Some(invitation) = invitation(draft, key, &live.share) else { return comes(draft, this) };
    let lost = |state: &str| Problem::InvitationLost { principal: key.clone(), state: state.to_owned() };
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
        Some((InvitationState::Accepted, _)) => comes(draft, this),
        Some((InvitationState::Rejected, _)) => stuck(draft, Problem::InvitationRejected { principal: key.clone() }),
        Some((InvitationState::Expired, _)) => stuck(draft, lost(InvitationState::Expired.word())),
        // RAM takes a while to show a new one.
        None if draft.wrote_recently() => comes(draft, this),
        None => stuck(draft, lost("nowhere to be seen")),
    }
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
fn associate(draft: &mut Draft<'_>, key: &PrincipalKey, entity: &str, share: &Found<String>) -> bool {
    draft.sharing.insert(key.hub.clone());
    let change = Change {
        verb: Verb::Create,
        key: Key::Principal(key.clone()),
        scope: scope(draft, &key.hub),
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

/// Takes out the principals of our share that the file no longer names, and reports those that somebody else has let in.
pub(super) fn undeclared(
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
        let Some(after) = leaving(draft, name, wanted, &principal) else {
            draft.undeclared(thing, true);
            continue;
        };
        let scope = scope(draft, name);
        let mut evidence = removal::of_route(draft);
        evidence.extend([ListId::Shares, ListId::SharePrincipals, ListId::Attachments].map(|list| list(scope.clone())));
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
