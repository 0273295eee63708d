//! What is there and not declared: somebody else's, reported and never touched, or a leftover of our own.
//!
//! Only what is surely undeclared is listed. Where the account or its VPCs are not known, nothing is said.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Attachment, AttachmentId, AttachmentKey, Destination, HubInventory, HubName, Key, Progress, PropagationKey, Route,
    RouteState, RouteTable, TableKey, Target, TransitGatewayRouteTableId, Unmanaged, VpcKey, VpcRouteKey, WantedHub,
};

use super::draft::Draft;
use super::table::is_of_network;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    for (name, hub) in &want.hubs {
        if draft.hubs.contains_key(name) {
            let resources = attachments(draft, name, hub);
            tables(draft, name, hub, &resources);
        }
    }
    vpc_routes(draft);
}

/// What an attachment is, for those of a hub that are there.
type Resources = BTreeMap<AttachmentId, Resource>;

struct Resource {
    text: String,
    /// The VPC, if it is one.
    vpc: Option<VpcKey>,
}

/// Lists the undeclared attachments; returns every attachment's resource, for the tables' sake.
fn attachments(draft: &mut Draft<'_>, name: &HubName, hub: &WantedHub) -> Resources {
    let Some(list) = draft.hubs.get(name).and_then(|(inventory, _)| inventory.attachments.known()) else {
        return Resources::new();
    };
    let mut resources = Resources::new();
    for attachment in list.iter().filter(|attachment| attachment.gateway == hub.gateway && attachment.state.is_live()) {
        let vpc = vpc_of(attachment, hub);
        let known = match &vpc {
            Some(vpc) => is_undeclared(draft, name, vpc),
            None => true,
        };
        if known {
            let key = vpc.clone().map(|vpc| Key::Attachment(AttachmentKey { hub: name.clone(), vpc }));
            let ours = key.is_some_and(|key| draft.made(&key, attachment.id.as_str()));
            let thing = Unmanaged::Attachment {
                hub: name.clone(),
                id: attachment.id.clone(),
                resource_type: attachment.resource_type.clone(),
                resource: attachment.resource_id.clone(),
                owner: attachment.resource_owner.clone(),
                pending: attachment.state == Progress::PendingAcceptance,
            };
            draft.undeclared(thing, ours);
        }
        resources.insert(attachment.id.clone(), Resource { text: describe(attachment), vpc });
    }
    resources
}

fn describe(attachment: &Attachment) -> String {
    match &attachment.resource_owner {
        Some(owner) => format!("{} {owner}/{}", attachment.resource_type, attachment.resource_id),
        None => format!("{} {}", attachment.resource_type, attachment.resource_id),
    }
}

fn vpc_of(attachment: &Attachment, hub: &WantedHub) -> Option<VpcKey> {
    let is_vpc = attachment.resource_type == "vpc";
    let (account, vpc) = (attachment.resource_owner.clone()?, attachment.resource_id.parse().ok()?);
    is_vpc.then(|| VpcKey { account, region: hub.scope.region.clone(), vpc })
}

/// Tells whether a VPC is surely no member: everything that could have made it one was read.
fn is_undeclared(draft: &Draft<'_>, hub: &HubName, vpc: &VpcKey) -> bool {
    let key = AttachmentKey { hub: hub.clone(), vpc: vpc.clone() };
    if draft.want.attachments.contains_key(&key) || draft.want.frozen.contains(vpc) {
        return false;
    }
    // An account that was not entered is one in which no segment can have VPCs.
    let owner = draft.seen.members.get(&vpc.scope());
    draft.seen.accounts.known().is_some() && owner.is_none_or(|member| member.vpcs.known().is_some())
}

/// Lists the tables that are no segment's, and in the segments' tables what is not declared.
fn tables(draft: &mut Draft<'_>, name: &HubName, hub: &WantedHub, resources: &Resources) {
    let segments: BTreeMap<TransitGatewayRouteTableId, TableKey> = draft
        .tables
        .iter()
        .filter(|(key, _)| key.hub == *name)
        .filter_map(|(key, found)| Some((found.id.known()?.clone(), key.clone())))
        .collect();
    let Some((inventory, _)) = draft.hubs.get(name) else { return };
    let inventory = *inventory;
    for table in inventory.tables.known().unwrap_or_default() {
        let is_here = table.gateway == hub.gateway && table.state.is_live();
        if is_here && !segments.contains_key(&table.id) && !draft.frozen_tables.contains(&table.id) {
            let name_tag = table.tags.get("Name").cloned();
            let thing = Unmanaged::Table { hub: name.clone(), id: table.id.clone(), name: name_tag };
            // With our tag it is the table of a segment that is no longer declared.
            draft.undeclared(thing, is_of_network(table, &draft.policy.network));
            elsewhere(draft, name, &table.id, inventory, resources);
        }
    }
    for (id, key) in &segments {
        contents(draft, key, id, inventory, resources);
    }
}

/// Lists the members that propagate into a table of nobody's segment.
fn elsewhere(
    draft: &mut Draft<'_>,
    name: &HubName,
    table: &TransitGatewayRouteTableId,
    inventory: &HubInventory,
    resources: &Resources,
) {
    for propagation in inventory.propagations.get(table).and_then(|list| list.known()).unwrap_or_default() {
        let Some(resource) = resources.get(&propagation.attachment).filter(|_| propagation.state.is_live()) else {
            continue;
        };
        let of = resource.vpc.clone().map(|vpc| AttachmentKey { hub: name.clone(), vpc });
        if of.is_some_and(|of| draft.want.attachments.contains_key(&of)) {
            let thing = Unmanaged::PropagationElsewhere {
                hub: name.clone(),
                table: table.clone(),
                attachment: propagation.attachment.clone(),
                resource: resource.text.clone(),
            };
            draft.undeclared(thing, false);
        }
    }
}

fn contents(
    draft: &mut Draft<'_>,
    key: &TableKey,
    id: &TransitGatewayRouteTableId,
    inventory: &HubInventory,
    resources: &Resources,
) {
    for association in inventory.associations.get(id).and_then(|list| list.known()).unwrap_or_default() {
        let Some(resource) = resources.get(&association.attachment).filter(|_| association.state.is_live()) else {
            continue;
        };
        if is_foreign(draft, key, resource, false) {
            let (attachment, text) = (association.attachment.clone(), resource.text.clone());
            let of = resource.vpc.clone().map(|vpc| AttachmentKey { hub: key.hub.clone(), vpc });
            let ours = of.is_some_and(|of| draft.wrote(&Key::Association(of), &format!("{id} {attachment}")));
            draft.undeclared(Unmanaged::Association { table: key.clone(), attachment, resource: text }, ours);
        }
    }
    for propagation in inventory.propagations.get(id).and_then(|list| list.known()).unwrap_or_default() {
        let Some(resource) = resources.get(&propagation.attachment).filter(|_| propagation.state.is_live()) else {
            continue;
        };
        if is_foreign(draft, key, resource, true) {
            let (attachment, text) = (propagation.attachment.clone(), resource.text.clone());
            let of = resource.vpc.clone().map(|vpc| PropagationKey { table: key.clone(), vpc });
            let ours = of.is_some_and(|of| draft.wrote(&Key::Propagation(of), &format!("{id} {attachment}")));
            draft.undeclared(Unmanaged::Propagation { table: key.clone(), attachment, resource: text }, ours);
        }
    }
    for route in inventory.routes.get(id).and_then(|list| list.known()).unwrap_or_default() {
        if route.is_static {
            let thing = Unmanaged::TransitGatewayRoute {
                table: key.clone(),
                destination: text(&route.destination),
                blackhole: route.state == RouteState::Blackhole,
            };
            draft.undeclared(thing, false);
        }
    }
}

/// Tells whether something in a segment's table is surely not declared to be there.
fn is_foreign(draft: &Draft<'_>, key: &TableKey, resource: &Resource, propagation: bool) -> bool {
    let Some(vpc) = &resource.vpc else { return true };
    if draft.want.frozen.contains(vpc) {
        return false;
    }
    let attachment = AttachmentKey { hub: key.hub.clone(), vpc: vpc.clone() };
    let declared = if propagation {
        let propagation = PropagationKey { table: key.clone(), vpc: vpc.clone() };
        draft.want.propagations.contains(&propagation) || draft.want.withheld.contains(&propagation)
    } else {
        // A member's association with another segment's table is no stranger but drift, and reported as that.
        draft.want.associations.contains_key(&attachment)
    };
    !declared && (draft.want.attachments.contains_key(&attachment) || is_undeclared(draft, &key.hub, vpc))
}

/// Lists the routes of entered accounts that lead to a hub and that nothing declares. Where some account's VPCs are not known,
/// a route may lead to them.
fn vpc_routes(draft: &mut Draft<'_>) {
    let want = draft.want;
    let all_known = draft.seen.members.values().all(|member| member.vpcs.known().is_some());
    if draft.seen.accounts.known().is_none() || !all_known {
        return;
    }
    let gateways: BTreeSet<_> = want.hubs.values().map(|hub| &hub.gateway).collect();
    for (scope, member) in &draft.seen.members {
        for table in member.route_tables.known().unwrap_or_default() {
            let vpc = VpcKey { account: scope.account.clone(), region: scope.region.clone(), vpc: table.vpc.clone() };
            // One that is shared with the account is its owner's, and a frozen one is left alone.
            let own = member.vpcs.known().unwrap_or_default().iter();
            let own = own.into_iter().any(|seen| seen.id == vpc.vpc && seen.owner == vpc.account);
            if !own || want.frozen.contains(&vpc) {
                continue;
            }
            for route in &table.routes {
                let Target::TransitGateway(gateway) = &route.target else { continue };
                if gateways.contains(gateway) && !declares(draft, &vpc, table, route) {
                    let ours =
                        key(&vpc, table, route).is_some_and(|key| draft.wrote(&Key::VpcRoute(key), gateway.as_str()));
                    let thing = Unmanaged::VpcRoute {
                        vpc: vpc.clone(),
                        table: table.id.clone(),
                        destination: text(&route.destination),
                    };
                    draft.undeclared(thing, ours);
                }
            }
        }
    }
}

fn declares(draft: &Draft<'_>, vpc: &VpcKey, table: &RouteTable, route: &Route) -> bool {
    key(vpc, table, route).is_some_and(|key| draft.want.vpc_routes.contains_key(&key))
}

/// Returns a route's key; none for a prefix list, which this version does not declare.
fn key(vpc: &VpcKey, table: &RouteTable, route: &Route) -> Option<VpcRouteKey> {
    match &route.destination {
        Destination::Cidr(destination) => {
            Some(VpcRouteKey { vpc: vpc.clone(), table: table.id.clone(), destination: *destination })
        }
        Destination::PrefixList(_) => None,
    }
}

fn text(destination: &Destination) -> String {
    match destination {
        Destination::Cidr(cidr) => cidr.to_string(),
        Destination::PrefixList(list) => list.clone(),
    }
}
