//! What is there and not declared: somebody else's, reported and never touched, or our own, taken away or kept as the file
//! says.
//!
//! Only what is surely undeclared counts. Where the account or its VPCs are not known, nothing is said. The order is that in
//! which things can go: first what leads to an attachment, then its association, then itself, then the table.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::WriteCall;
use crate::model::{
    Attached, AttachedKey, Attachment, AttachmentId, AttachmentKey, Destination, GivenKey, GivenKind, HubInventory,
    HubName, Key, ListId, NAME_TAG, Progress, PropagationKey, Route, RouteState, RouteTable, SEGMENT_TAG, Scope,
    SegmentName, StaticRouteKey, TableKey, Target, TransitGatewayId, TransitGatewayRouteTable,
    TransitGatewayRouteTableId, Unmanaged, VpcKey, VpcRouteKey, is_of_network,
};

use super::draft::Draft;
use super::removal::{self, Removal};
use super::static_route;

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    departures(draft);
    vpc_routes(draft);
    for (name, wanted) in &want.hubs {
        let Some((inventory, gateway)) =
            draft.hubs.get(name).and_then(|hub| Some((hub.inventory, hub.gateway.id.known()?.clone())))
        else {
            continue;
        };
        let hub = Place { name, scope: &wanted.scope, inventory, gateway };
        let resources = resources(&hub);
        tables(draft, &hub, &resources);
        attachments(draft, &hub, &resources);
        abandoned_tables(draft, &hub);
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

fn attached(attachment: &Attachment, scope: &Scope) -> Option<Attached> {
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

/// Lists the undeclared attachments.
fn attachments(draft: &mut Draft<'_>, hub: &Place<'_>, resources: &Resources) {
    for attachment in hub.inventory.attachments.known().unwrap_or_default() {
        let Some(resource) = resources.get(&attachment.id) else { continue };
        let is_undeclared = match &resource.of {
            Some(Attached::Vpc(vpc)) => is_undeclared(draft, hub.name, vpc),
            Some(of @ Attached::Given(_)) => {
                !draft.want.given.contains_key(&AttachedKey { hub: hub.name.clone(), of: of.clone() })
            }
            None => true,
        };
        if !is_undeclared {
            continue;
        }
        let thing = Unmanaged::Attachment {
            hub: hub.name.clone(),
            id: attachment.id.clone(),
            resource_type: attachment.resource_type.clone(),
            resource: attachment.resource_id.clone(),
            owner: attachment.resource_owner.clone(),
            pending: attachment.state == Progress::PendingAcceptance,
        };
        let key = resource.vpc().map(|vpc| AttachmentKey { hub: hub.name.clone(), vpc: vpc.clone() });
        match key.filter(|key| draft.made(&Key::Attachment(key.clone()), attachment.id.as_str())) {
            Some(key) => detach(draft, hub, key, attachment.id.clone(), thing),
            None => draft.undeclared(thing, false),
        }
    }
}

/// Takes a departed VPC's attachment away, once nothing leads to it any more.
fn detach(draft: &mut Draft<'_>, hub: &Place<'_>, key: AttachmentKey, id: AttachmentId, thing: Unmanaged) {
    let going = is_leaving_its_table(hub, &id).then(|| Key::Association(AttachedKey::from(&key)));
    let removal = Removal {
        scope: hub.scope.clone(),
        call: WriteCall::DeleteTransitGatewayVpcAttachment { attachment: id },
        thing,
        evidence: removal::of_vpc(draft, hub.name, &key.vpc),
        after: draft.removed(|removed| removed.vpc() == Some(&key.vpc)),
        going,
        segment: None,
        departed: Some(key.clone()),
        key: Key::Attachment(key),
    };
    removal::remove(draft, removal);
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

/// Finds the VPCs that have left their segments: attached by us, and members of nothing any more.
fn departures(draft: &mut Draft<'_>) {
    let mut departed: BTreeSet<AttachmentKey> = BTreeSet::new();
    for (name, hub) in &draft.hubs {
        let (Some(gateway), Some(scope)) = (hub.gateway.id.known(), draft.want.hubs.get(name).map(|hub| &hub.scope))
        else {
            continue;
        };
        let live = hub.inventory.attachments.known().unwrap_or_default().iter();
        for attachment in live.filter(|live| live.gateway == *gateway && live.state.is_live()) {
            let Some(Attached::Vpc(vpc)) = attached(attachment, scope) else { continue };
            let key = AttachmentKey { hub: name.clone(), vpc };
            let ours = draft.made(&Key::Attachment(key.clone()), attachment.id.as_str());
            if ours && is_undeclared(draft, name, &key.vpc) && !draft.want.excluded.contains(&key.vpc.account) {
                departed.insert(key);
            }
        }
    }
    for key in &departed {
        removal::depart(draft, key);
    }
}

/// Returns the departed attachment that a thing is of: ours by the ledger, of a VPC that is no member and that the file does
/// not leave alone.
fn departed(draft: &Draft<'_>, hub: &HubName, vpc: &VpcKey) -> Option<AttachmentKey> {
    let key = AttachmentKey { hub: hub.clone(), vpc: vpc.clone() };
    let ours = draft.past.owned.contains_key(&Key::Attachment(key.clone()).ledger());
    (ours && is_undeclared(draft, hub, vpc)).then_some(key)
}

/// Lists the tables that are no segment's, and in the segments' tables what is not declared.
fn tables(draft: &mut Draft<'_>, hub: &Place<'_>, resources: &Resources) {
    let mut segments = segments(draft, hub);
    for table in hub.inventory.tables.known().unwrap_or_default() {
        let is_here = table.gateway == hub.gateway && table.state.is_live();
        if !is_here || segments.contains_key(&table.id) || draft.frozen_tables.contains(&table.id) {
            continue;
        }
        match abandoned(draft, hub, table) {
            // Its contents go first; whether the table itself goes is decided once that is known.
            Some(key) => {
                segments.insert(table.id.clone(), key);
            }
            None => {
                draft.undeclared(of_table(hub, table), is_of_network(&table.tags, &draft.policy.network));
                elsewhere(draft, hub, &table.id, resources);
            }
        }
    }
    // In all tables what leads to an attachment goes before any association.
    for (id, key) in &segments {
        leads(draft, hub, key, id, resources);
    }
    for (id, key) in &segments {
        associations(draft, hub, key, id, resources);
    }
}

fn segments(draft: &Draft<'_>, hub: &Place<'_>) -> BTreeMap<TransitGatewayRouteTableId, TableKey> {
    let of_hub = draft.tables.iter().filter(|(key, _)| key.hub == *hub.name);
    of_hub.filter_map(|(key, found)| Some((found.id.known()?.clone(), key.clone()))).collect()
}

fn of_table(hub: &Place<'_>, table: &TransitGatewayRouteTable) -> Unmanaged {
    let name = table.tags.get(NAME_TAG).cloned();
    Unmanaged::Table { hub: hub.name.clone(), id: table.id.clone(), name }
}

/// Returns the key of a table that transitd made for a segment which the file no longer has.
fn abandoned(draft: &Draft<'_>, hub: &Place<'_>, table: &TransitGatewayRouteTable) -> Option<TableKey> {
    let segment: SegmentName = table.tags.get(SEGMENT_TAG)?.parse().ok()?;
    let key = TableKey { hub: hub.name.clone(), segment };
    let ours = draft.made(&Key::Table(key.clone()), table.id.as_str());
    (ours && is_of_network(&table.tags, &draft.policy.network) && !draft.want.tables.contains_key(&key)).then_some(key)
}

/// Takes away the tables of segments that the file no longer has, once nothing is associated with them.
fn abandoned_tables(draft: &mut Draft<'_>, hub: &Place<'_>) {
    for table in hub.inventory.tables.known().unwrap_or_default() {
        let is_here = table.gateway == hub.gateway && table.state.is_live();
        let Some(key) = abandoned(draft, hub, table).filter(|_| is_here) else { continue };
        let id = table.id.clone();
        let mut after = draft.removed(|removed| match removed {
            Key::Propagation(removed) => removed.table == key,
            Key::StaticRoute(removed) => removed.table == key,
            Key::Hub(_)
            | Key::Share(_)
            | Key::Principal(_)
            | Key::Table(_)
            | Key::Attachment(_)
            | Key::Association(_)
            | Key::VpcRoute(_) => false,
        });
        let associated = hub.inventory.associations.get(&id).and_then(|list| list.known()).unwrap_or_default();
        let (mut going, mut stays) = (None, draft.has_strange_route(&key));
        for association in associated.iter().filter(|association| association.state != Progress::Gone) {
            match leaves(draft, hub, association) {
                Leaves::By(step) => after.push(step),
                Leaves::Already(of) => going = Some(of.unwrap_or_else(|| Key::Table(key.clone()))),
                Leaves::Never => stays = true,
            }
        }
        draft.see(&Key::Table(key.clone()));
        // What somebody else has in it keeps it; a VPC that is held will leave it.
        if stays && removal::is_held_up(draft, &Key::Table(key.clone())).is_none() {
            draft.undeclared(of_table(hub, table), true);
            continue;
        }
        let scope = hub.scope.clone();
        let evidence = BTreeSet::from([
            ListId::Tables(scope.clone()),
            ListId::Associations(scope.clone(), id.clone()),
            ListId::Propagations(scope.clone(), id.clone()),
            ListId::TransitGatewayRoutes(scope.clone(), id.clone()),
        ]);
        let removal = Removal {
            scope,
            call: WriteCall::DeleteTransitGatewayRouteTable { table: id },
            thing: of_table(hub, table),
            evidence,
            after,
            going,
            segment: Some(key.segment.clone()),
            departed: None,
            key: Key::Table(key),
        };
        removal::remove(draft, removal);
    }
}

/// Tells whether AWS is taking an attachment out of its table.
fn is_leaving_its_table(hub: &Place<'_>, attachment: &AttachmentId) -> bool {
    let mut all = hub.inventory.associations.values().filter_map(|list| list.known()).flatten();
    all.any(|association| association.attachment == *attachment && association.state == Progress::Going)
}

/// How an association leaves its table.
enum Leaves {
    /// By taking away this: itself, or the attachment.
    By(Key),
    /// AWS is busy with that; the association, where it can be named.
    Already(Option<Key>),
    Never,
}

fn leaves(draft: &Draft<'_>, hub: &Place<'_>, association: &crate::model::Association) -> Leaves {
    let all = hub.inventory.attachments.known().unwrap_or_default();
    let Some(attachment) = all.iter().find(|attachment| attachment.id == association.attachment) else {
        return Leaves::Already(None);
    };
    let of = attached(attachment, hub.scope);
    let this = of.clone().map(|of| Key::Association(AttachedKey { hub: hub.name.clone(), of }));
    if association.state == Progress::Going || !attachment.state.is_live() {
        return Leaves::Already(this);
    }
    let vpc = of.as_ref().and_then(Attached::vpc);
    let attachment = vpc.map(|vpc| Key::Attachment(AttachmentKey { hub: hub.name.clone(), vpc: vpc.clone() }));
    let step = draft.removed(|removed| Some(removed) == this.as_ref() || Some(removed) == attachment.as_ref());
    step.into_iter().next().map_or(Leaves::Never, Leaves::By)
}

/// Lists the members that propagate into a table of nobody's segment.
fn elsewhere(draft: &mut Draft<'_>, hub: &Place<'_>, table: &TransitGatewayRouteTableId, resources: &Resources) {
    for propagation in hub.inventory.propagations.get(table).and_then(|list| list.known()).unwrap_or_default() {
        let Some(resource) = resources.get(&propagation.attachment).filter(|_| propagation.state.is_live()) else {
            continue;
        };
        let of = resource.of.clone().map(|of| AttachedKey { hub: hub.name.clone(), of });
        if of.is_some_and(|of| draft.want.associations.contains_key(&of)) {
            let thing = Unmanaged::PropagationElsewhere {
                hub: hub.name.clone(),
                table: table.clone(),
                attachment: propagation.attachment.clone(),
                resource: resource.text.clone(),
            };
            draft.undeclared(thing, false);
        }
    }
}

/// Looks through the static routes and the propagations of a table.
fn leads(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    key: &TableKey,
    id: &TransitGatewayRouteTableId,
    resources: &Resources,
) {
    static_routes(draft, hub, key, id, resources);
    for propagation in hub.inventory.propagations.get(id).and_then(|list| list.known()).unwrap_or_default() {
        let live = resources.get(&propagation.attachment).filter(|_| propagation.state.is_live());
        if let Some(resource) = live.filter(|resource| is_foreign(draft, key, resource, true)) {
            self::propagation(draft, hub, key, id, &propagation.attachment, resource);
        }
    }
}

fn associations(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    key: &TableKey,
    id: &TransitGatewayRouteTableId,
    resources: &Resources,
) {
    for association in hub.inventory.associations.get(id).and_then(|list| list.known()).unwrap_or_default() {
        let live = resources.get(&association.attachment).filter(|_| association.state.is_live());
        if let Some(resource) = live.filter(|resource| is_foreign(draft, key, resource, false)) {
            self::association(draft, hub, key, id, &association.attachment, resource);
        }
    }
}

fn propagation(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
    attachment: &AttachmentId,
    resource: &Resource,
) {
    let (table, attachment) = (table.clone(), attachment.clone());
    let thing = Unmanaged::Propagation {
        table: table.clone(),
        attachment: attachment.clone(),
        resource: resource.text.clone(),
    };
    let key = resource.of.clone().map(|of| Key::Propagation(PropagationKey { table: table.clone(), of }));
    let Some(key) = key.filter(|key| draft.wrote(key, &format!("{id} {attachment}"))) else {
        return draft.undeclared(thing, false);
    };
    let vpc = resource.vpc();
    let mut evidence = vpc.map(|vpc| removal::of_vpc(draft, hub.name, vpc)).unwrap_or_default();
    evidence.insert(ListId::Propagations(hub.scope.clone(), id.clone()));
    let removal = Removal {
        key,
        scope: hub.scope.clone(),
        call: WriteCall::DisableTransitGatewayRouteTablePropagation { table: id.clone(), attachment },
        thing,
        evidence,
        after: draft.removed(|removed| matches!(removed, Key::VpcRoute(route) if Some(&route.vpc) == vpc)),
        going: None,
        segment: Some(table.segment),
        departed: vpc.and_then(|vpc| departed(draft, hub.name, vpc)),
    };
    removal::remove(draft, removal);
}

fn association(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
    attachment: &AttachmentId,
    resource: &Resource,
) {
    let (table, attachment) = (table.clone(), attachment.clone());
    let thing = Unmanaged::Association {
        table: table.clone(),
        attachment: attachment.clone(),
        resource: resource.text.clone(),
    };
    let key = resource.of.clone().map(|of| Key::Association(AttachedKey { hub: hub.name.clone(), of }));
    let Some(key) = key.filter(|key| draft.wrote(key, &format!("{id} {attachment}"))) else {
        return draft.undeclared(thing, false);
    };
    let vpc = resource.vpc();
    let mut evidence = vpc.map(|vpc| removal::of_vpc(draft, hub.name, vpc)).unwrap_or_default();
    evidence.insert(ListId::Associations(hub.scope.clone(), id.clone()));
    let removal = Removal {
        key,
        scope: hub.scope.clone(),
        call: WriteCall::DisassociateTransitGatewayRouteTable { table: id.clone(), attachment },
        thing,
        evidence,
        after: draft.removed(|removed| match removed {
            Key::VpcRoute(route) => Some(&route.vpc) == vpc,
            Key::Propagation(propagation) => propagation.of.vpc() == vpc && vpc.is_some(),
            Key::Hub(_)
            | Key::Share(_)
            | Key::Principal(_)
            | Key::Table(_)
            | Key::Attachment(_)
            | Key::Association(_)
            | Key::StaticRoute(_) => false,
        }),
        going: None,
        segment: Some(table.segment),
        departed: vpc.and_then(|vpc| departed(draft, hub.name, vpc)),
    };
    removal::remove(draft, removal);
}

/// One static route, or prefix list reference, as it is there.
struct Static {
    destination: Destination,
    blackhole: bool,
    to: Option<AttachmentId>,
}

/// Lists the static routes and the prefix list references of a table that are not declared.
fn static_routes(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
    resources: &Resources,
) {
    if !all_vpcs_known(draft) {
        return;
    }
    for route in live_statics(hub, id) {
        let key = StaticRouteKey { table: table.clone(), destination: route.destination.clone() };
        if draft.want.static_routes.contains_key(&key) || draft.want.withheld_routes.contains(&key) {
            continue;
        }
        let thing = Unmanaged::TransitGatewayRoute {
            table: table.clone(),
            destination: route.destination.to_string(),
            blackhole: route.blackhole,
        };
        let lost = route.to.is_none() && static_route::lost_its_attachment(draft, &key, id);
        let this = Key::StaticRoute(key);
        let ours = lost || draft.wrote(&this, &static_route::value(id, route.to.as_ref()));
        if !ours {
            draft.undeclared(thing, false);
            continue;
        }
        let (table_id, destination) = (id.clone(), route.destination);
        let call = match destination {
            Destination::PrefixList(prefix_list) => {
                WriteCall::DeleteTransitGatewayPrefixListReference { table: table_id, prefix_list }
            }
            destination @ Destination::Cidr(_) => WriteCall::DeleteTransitGatewayRoute { table: table_id, destination },
        };
        let vpc = route.to.as_ref().and_then(|to| resources.get(to)).and_then(Resource::vpc);
        let mut evidence = removal::of_route(draft);
        evidence.insert(ListId::TransitGatewayRoutes(hub.scope.clone(), id.clone()));
        let removal = Removal {
            key: this,
            scope: hub.scope.clone(),
            call,
            thing,
            evidence,
            after: Vec::new(),
            going: None,
            segment: Some(table.segment.clone()),
            departed: vpc.and_then(|vpc| departed(draft, hub.name, vpc)),
        };
        removal::remove(draft, removal);
    }
}

fn live_statics(hub: &Place<'_>, id: &TransitGatewayRouteTableId) -> Vec<Static> {
    let routes = hub.inventory.routes.get(id).and_then(|list| list.known()).unwrap_or_default().iter();
    let routes = routes.filter(|route| route.is_static && route.prefix_list.is_none()).map(|route| {
        let blackhole = route.state == RouteState::Blackhole;
        let to = route.attachments.first().filter(|_| !blackhole).cloned();
        Static { destination: route.destination.clone(), blackhole, to }
    });
    let references = hub.inventory.references.get(id).and_then(|list| list.known()).unwrap_or_default().iter();
    let references = references.filter(|reference| reference.state.is_live()).map(|reference| Static {
        destination: Destination::PrefixList(reference.prefix_list.clone()),
        blackhole: reference.attachment.is_none(),
        to: reference.attachment.clone(),
    });
    routes.chain(references).collect()
}

/// Tells whether something in a segment's table is surely not declared to be there.
fn is_foreign(draft: &Draft<'_>, key: &TableKey, resource: &Resource, propagation: bool) -> bool {
    let Some(of) = &resource.of else { return true };
    let attached = AttachedKey { hub: key.hub.clone(), of: of.clone() };
    let declared = if propagation {
        let propagation = PropagationKey { table: key.clone(), of: of.clone() };
        draft.want.propagations.contains(&propagation) || draft.want.withheld.contains(&propagation)
    } else {
        // A member's association with another segment's table is no stranger but drift, and reported as that.
        draft.want.associations.contains_key(&attached)
    };
    let Some(vpc) = of.vpc() else { return !declared };
    if draft.want.frozen.contains(vpc) {
        return false;
    }
    !declared && (draft.want.associations.contains_key(&attached) || is_undeclared(draft, &key.hub, vpc))
}

/// Tells whether every VPC is known that a route may be declared for.
fn all_vpcs_known(draft: &Draft<'_>) -> bool {
    let mut members = draft.seen.members.values();
    draft.seen.accounts.known().is_some() && members.all(|member| member.vpcs.known().is_some())
}

/// Lists the routes of entered accounts that lead to a hub and that nothing declares. Where some account's VPCs are not known,
/// a route may lead to them.
fn vpc_routes(draft: &mut Draft<'_>) {
    let want = draft.want;
    if !all_vpcs_known(draft) {
        return;
    }
    let gateways: BTreeMap<TransitGatewayId, HubName> =
        draft.hubs.iter().filter_map(|(name, hub)| Some((hub.gateway.id.known()?.clone(), name.clone()))).collect();
    for (scope, member) in &draft.seen.members {
        for table in member.route_tables.known().unwrap_or_default() {
            let vpc = VpcKey { account: scope.account.clone(), region: scope.region.clone(), vpc: table.vpc.clone() };
            // One that is shared with the account is its owner's, and a frozen one is left alone.
            let own = member.vpcs.known().unwrap_or_default().iter();
            let own = own.into_iter().any(|seen| seen.id == vpc.vpc && seen.owner == vpc.account);
            // And the tables around firewalls are others' to write: what leads back to the hub there belongs there.
            if !own || want.frozen.contains(&vpc) || is_firewalls(draft, &vpc) {
                continue;
            }
            for route in &table.routes {
                let Target::TransitGateway(gateway) = &route.target else { continue };
                let Some(hub) = gateways.get(gateway) else { continue };
                vpc_route(draft, hub, &vpc, table, route, gateway);
            }
        }
    }
}

fn is_firewalls(draft: &Draft<'_>, vpc: &VpcKey) -> bool {
    let mut attachments = draft.want.attachments.iter();
    attachments.any(|(key, wanted)| key.vpc == *vpc && wanted.options.appliance_mode)
}

fn vpc_route(
    draft: &mut Draft<'_>,
    hub: &HubName,
    vpc: &VpcKey,
    table: &RouteTable,
    route: &Route,
    gateway: &TransitGatewayId,
) {
    let key = VpcRouteKey { vpc: vpc.clone(), table: table.id.clone(), destination: route.destination.clone() };
    if draft.want.vpc_routes.contains_key(&key) {
        return;
    }
    let thing =
        Unmanaged::VpcRoute { vpc: vpc.clone(), table: table.id.clone(), destination: route.destination.to_string() };
    let this = Key::VpcRoute(key);
    if !draft.wrote(&this, gateway.as_str()) {
        return draft.undeclared(thing, false);
    }
    let mut evidence = removal::of_route(draft);
    evidence.insert(ListId::RouteTables(vpc.scope()));
    let removal = Removal {
        key: this,
        scope: vpc.scope(),
        call: WriteCall::DeleteRoute { route_table: table.id.clone(), destination: route.destination.clone() },
        thing,
        evidence,
        after: Vec::new(),
        going: None,
        segment: draft.want.members.get(vpc).cloned(),
        departed: departed(draft, hub, vpc),
    };
    removal::remove(draft, removal);
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
