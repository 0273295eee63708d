//! What is there and not declared: somebody else's, reported and never touched, or our own, taken away or kept as the file
//! says.
//!
//! Only what is surely undeclared counts. Where the account or its VPCs are not known, nothing is said. The order is that in
//! which things can go: first what leads to an attachment, then its association, then itself, then the table.

mod attachment;
mod entry;
mod static_route;
mod table;
mod vpc_route;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    AccountId, Attached, Attachment, AttachmentId, AttachmentKey, GivenKey, GivenKind, HubInventory, HubName, Key,
    NAME_TAG, Problem, Scope, TransitGatewayId, Unmanaged, VpcKey, is_of_network,
};

use super::draft::Draft;
use super::needed::Needed;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    attachment::departures(draft);
    draft.needed = Needed::of(draft);
    vpc_route::compare(draft);
    for (name, wanted) in &want.hubs {
        let Some((inventory, gateway)) =
            draft.hubs.get(name).and_then(|hub| Some((hub.inventory, hub.gateway.id.known()?.clone())))
        else {
            continue;
        };
        let hub = Place { name, scope: &wanted.scope, inventory, gateway };
        let resources = resources(&hub);
        table::compare(draft, &hub, &resources);
        attachment::compare(draft, &hub, &resources);
        table::abandoned_tables(draft, &hub, &resources);
    }
    hubs(draft);
}

/// One hub, while what hangs on it is looked through.
struct Place<'a> {
    name: &'a HubName,
    scope: &'a Scope,
    inventory: &'a HubInventory,
    gateway: TransitGatewayId,
}

/// What an attachment is, for those of a hub that are there.
type Resources = BTreeMap<AttachmentId, Resource>;

struct Resource {
    text: String,
    /// What it is by its natural key; none for the types that transitd does not know.
    of: Option<Attached>,
}

impl Resource {
    fn vpc(&self) -> Option<&VpcKey> {
        self.of.as_ref().and_then(Attached::vpc)
    }
}

fn resources(hub: &Place<'_>) -> Resources {
    let live = hub.inventory.attachments.known().unwrap_or_default().iter();
    let live = live.filter(|attachment| attachment.gateway == hub.gateway && attachment.state.is_live());
    live.map(|attachment| {
        (attachment.id.clone(), Resource { text: describe(attachment), of: attached(attachment, hub.scope) })
    })
    .collect()
}

fn describe(attachment: &Attachment) -> String {
    match &attachment.resource_owner {
        Some(owner) => format!("{} {owner}/{}", attachment.resource_type, attachment.resource_id),
        None => format!("{} {}", attachment.resource_type, attachment.resource_id),
    }
}

pub(super) fn attached(attachment: &Attachment, scope: &Scope) -> Option<Attached> {
    if attachment.resource_type == "vpc" {
        let (account, vpc) = (attachment.resource_owner.clone()?, attachment.resource_id.parse().ok()?);
        return Some(Attached::Vpc(VpcKey { account, region: scope.region.clone(), vpc }));
    }
    let kinds = [GivenKind::Vpn, GivenKind::DirectConnectGateway, GivenKind::Connect, GivenKind::NetworkFunction];
    let named = |id: &str, kind| GivenKey { kind, id: id.to_owned() };
    let ids = [attachment.resource_id.as_str(), attachment.id.as_str()];
    let mut each = kinds.into_iter().flat_map(|kind| ids.map(|id| named(id, kind)));
    each.find(|given| given.names(attachment)).map(Attached::Given)
}

/// Tells whether a VPC is surely no member: everything that could have made it one was read.
pub(super) fn is_undeclared(draft: &Draft<'_>, hub: &HubName, vpc: &VpcKey) -> bool {
    let key = AttachmentKey { hub: hub.clone(), vpc: vpc.clone() };
    let is_declared = draft.want.attachments.contains_key(&key);
    if is_declared || draft.want.frozen.contains(vpc) || is_placeless(draft, Some(&vpc.account)) {
        return false;
    }
    // An account that was not entered is one in which no segment can have VPCs.
    let owner = draft.seen.members.get(&vpc.scope());
    draft.seen.accounts.known().is_some() && owner.is_none_or(|member| member.vpcs.known().is_some())
}

/// Tells whether nobody can say where an account stands in the organization: it may be moving.
fn is_placeless(draft: &Draft<'_>, of: Option<&AccountId>) -> bool {
    let mut all = draft.want.problems.iter();
    all.any(|problem| matches!(problem, Problem::AccountPlaceless { account } if of.is_none_or(|of| of == account)))
}

/// Returns the departed attachment that a thing is of: with something of ours to it, or still attached, of a VPC that is no
/// member.
fn departed(draft: &Draft<'_>, hub: &HubName, vpc: &VpcKey) -> Option<AttachmentKey> {
    let key = AttachmentKey { hub: hub.clone(), vpc: vpc.clone() };
    let ours = || draft.past.owned.contains_key(&Key::Attachment(key.clone()).ledger()) || is_attached(draft, &key);
    let has_left = draft.departing.contains_key(&key) || (is_undeclared(draft, hub, vpc) && ours());
    has_left.then_some(key)
}

fn is_attached(draft: &Draft<'_>, key: &AttachmentKey) -> bool {
    let (Some(hub), Some(wanted)) = (draft.hubs.get(&key.hub), draft.want.hubs.get(&key.hub)) else { return false };
    let live = hub.inventory.attachments.known().unwrap_or_default().iter();
    let mut live = live.filter(|live| Some(&live.gateway) == hub.gateway.id.known() && live.state.is_live());
    live.any(|live| attached(live, &wanted.scope).as_ref().and_then(Attached::vpc) == Some(&key.vpc))
}

/// Tells whether every VPC is known that a route may be declared for.
fn all_vpcs_known(draft: &Draft<'_>) -> bool {
    let mut members = draft.seen.members.values();
    let known = draft.seen.accounts.known().is_some() && members.all(|member| member.vpcs.known().is_some());
    known && !is_placeless(draft, None)
}

/// Lists gateways that carry the network's tags and are no hub of the file: never deleted, whatever the file says.
fn hubs(draft: &mut Draft<'_>) {
    let known: BTreeSet<TransitGatewayId> =
        draft.hubs.values().filter_map(|hub| hub.gateway.id.known().cloned()).collect();
    let all_known = draft.want.hubs.keys().all(|hub| draft.hubs.contains_key(hub));
    for (region, inventory) in draft.seen.hubs.iter().filter(|_| all_known) {
        for gateway in inventory.gateways.known().unwrap_or_default() {
            let ours = is_of_network(&gateway.tags, &draft.policy.network) && gateway.owner == draft.policy.home;
            if ours && gateway.state.is_live() && !known.contains(&gateway.id) {
                let (id, name) = (gateway.id.clone(), gateway.tags.get(NAME_TAG).cloned());
                draft.undeclared(Unmanaged::Hub { id, region: region.to_string(), name }, true);
            }
        }
    }
}
