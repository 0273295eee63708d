//! What undeclared things are still needed for: nothing is taken away while what takes its place is not there, nor while it
//! leads to something that is left as it is.
//!
//! Judged from what is declared and what is there, not from the steps: a step that was refused, left out for a quota or
//! never made leaves its place just as empty.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::WriteCall;
use crate::model::{
    AccountId, Attached, AttachedKey, AttachmentId, AttachmentKey, Cidr, Destination, HubName, Key, Problem,
    RouteTableId, Scope, StaticRouteKey, TableKey, TransitGatewayId, TransitGatewayRoute, TransitGatewayRouteTableId,
    VpcKey,
};

use super::draft::{Draft, Hub};
use super::removal::Departure;
use super::unmanaged::{attached, is_undeclared};

#[derive(Debug, Default)]
pub(super) struct Needed {
    /// What is declared to a table, and does not stand in it yet.
    moving: BTreeSet<AttachedKey>,
    /// The ranges that segments' tables shall lead somewhere, and do not.
    tables: BTreeMap<TableKey, Vec<Cidr>>,
    /// The same of VPCs' route tables, and accounts in which a declared route cannot be written down.
    route_tables: BTreeMap<RouteTableId, Vec<Cidr>>,
    accounts: BTreeSet<AccountId>,
    /// VPCs none of whose route tables is chosen any more.
    untagged: BTreeSet<VpcKey>,
    /// Tables that something stands in which is declared to another.
    stood_in: BTreeSet<TransitGatewayRouteTableId>,
    /// Static routes that lead to what is left as it is.
    statics: BTreeSet<(TransitGatewayRouteTableId, Destination)>,
    /// The ranges of what is left as it is.
    ranges: BTreeSet<Cidr>,
    /// Departed VPCs that declared routes lead to, or that send to the hub and are members on another.
    used: BTreeSet<AttachmentKey>,
}

impl Needed {
    /// Looks for it once all that is declared was compared, and departures are known.
    pub fn of(draft: &Draft<'_>) -> Self {
        let mut needed = Self::default();
        needed.places(draft);
        for (name, hub) in &draft.hubs {
            if let (Some(gateway), Some(wanted)) = (hub.gateway.id.known(), draft.want.hubs.get(name)) {
                needed.hub(draft, name, hub, gateway, &wanted.scope);
            }
        }
        needed
    }

    /// Tells whether something that nothing declares any more has to stay for now.
    pub fn keeps(&self, draft: &Draft<'_>, key: &Key, call: &WriteCall) -> bool {
        let lacks = |ranges: Option<&Vec<Cidr>>, taken: &[Cidr]| {
            ranges.into_iter().flatten().any(|lacking| taken.iter().any(|taken| taken.overlaps(lacking)))
        };
        match key {
            Key::VpcRoute(route) => {
                let to = route.destination.cidr();
                lacks(self.route_tables.get(&route.table), &of(&route.destination))
                    || self.accounts.contains(&route.vpc.account)
                    || self.untagged.contains(&route.vpc)
                    || self.moving.iter().any(|moving| moving.of.vpc() == Some(&route.vpc))
                    || to.is_some_and(|to| self.ranges.iter().any(|kept| kept.contains(&to)))
            }
            Key::StaticRoute(route) => {
                let at = table_of(call).map(|table| (table.clone(), route.destination.clone()));
                lacks(self.tables.get(&route.table), &of(&route.destination))
                    || self.is_stood_in(call)
                    || at.is_some_and(|at| self.statics.contains(&at))
            }
            Key::Propagation(propagation) => {
                let of = AttachedKey { hub: propagation.table.hub.clone(), of: propagation.of.clone() };
                lacks(self.tables.get(&propagation.table), &propagated(draft, call))
                    || self.moving.contains(&of)
                    || self.is_stood_in(call)
            }
            Key::Hub(_)
            | Key::Share(_)
            | Key::Principal(_)
            | Key::Table(_)
            | Key::Attachment(_)
            | Key::Association(_) => false,
        }
    }

    /// Tells whether a departed VPC has to stay though its time is over.
    pub fn uses(&self, departed: &AttachmentKey) -> bool {
        self.used.contains(departed)
    }

    fn is_stood_in(&self, call: &WriteCall) -> bool {
        table_of(call).is_some_and(|table| self.stood_in.contains(table))
    }

    /// Finds the places that are declared and empty.
    fn places(&mut self, draft: &Draft<'_>) {
        let want = draft.want;
        self.moving.extend(want.associations.keys().filter(|key| !draft.associated.contains(*key)).cloned());
        for key in want.propagations.iter().filter(|key| !draft.propagated.contains(*key)) {
            let reach = want.reach.get(&key.table).into_iter().flatten();
            let ranges = reach.filter(|reached| reached.via.as_ref() == Some(&key.of)).map(|reached| reached.cidr);
            self.tables.entry(key.table.clone()).or_default().extend(ranges);
        }
        for key in want.static_routes.keys().chain(&want.withheld_routes) {
            if !is_routed(draft, &key.table, &key.destination) {
                self.tables.entry(key.table.clone()).or_default().extend(of(&key.destination));
            }
        }
        for key in want.vpc_routes.keys().filter(|key| draft.seen.route(key).is_none()) {
            self.route_tables.entry(key.table.clone()).or_default().extend(of(&key.destination));
        }
        for problem in &want.problems {
            if let Problem::PrefixListMissing { account, .. } = problem {
                self.accounts.insert(account.clone());
            }
            if let Problem::NoTableTagged { vpc } = problem {
                self.untagged.insert(vpc.clone());
            }
        }
    }

    fn hub(&mut self, draft: &Draft<'_>, name: &HubName, hub: &Hub<'_>, gateway: &TransitGatewayId, scope: &Scope) {
        let live = hub.inventory.attachments.known().unwrap_or_default().iter();
        for attachment in live.filter(|live| live.gateway == *gateway && live.state.is_live()) {
            let Some(of) = attached(attachment, scope) else { continue };
            let key = AttachedKey { hub: name.clone(), of };
            let table = hub.live.associations.get(&attachment.id).map(|(table, _)| (*table).clone());
            if self.moving.contains(&key) {
                self.stood_in.extend(table);
            }
            let left_alone = self.moving.contains(&key) || is_left_alone(draft, &key);
            if left_alone {
                self.statics.extend(statics_to(hub, &attachment.id));
            }
            let Attached::Vpc(vpc) = &key.of else { continue };
            let of_hub = AttachmentKey { hub: name.clone(), vpc: vpc.clone() };
            let departing = draft.departing.get(&of_hub);
            if left_alone || (departing.is_none() && is_undeclared(draft, name, vpc)) {
                self.ranges.extend(ranges(draft, hub, vpc, &attachment.id));
            }
            if matches!(departing, Some(Departure::Over { .. })) {
                let declared = statics_to(hub, &attachment.id).into_iter().any(|at| is_declared(draft, name, &at));
                let sends = draft.want.members.contains_key(vpc) && sends(draft, vpc, gateway);
                self.used.extend((declared || sends).then_some(of_hub));
            }
        }
    }
}

/// Returns the ranges of a destination; what a prefix list holds is not known.
fn of(destination: &Destination) -> Vec<Cidr> {
    destination.cidr().map_or_else(|| vec![Cidr::EVERY_IPV4, Cidr::EVERY_IPV6], |cidr| vec![cidr])
}

/// Lists the ranges that a propagation brings into its table.
fn propagated(draft: &Draft<'_>, call: &WriteCall) -> Vec<Cidr> {
    let WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment } = call else { return Vec::new() };
    let lists = draft.hubs.values().filter_map(|hub| hub.inventory.routes.get(table)?.known());
    brought(lists.flatten(), attachment).collect()
}

/// Lists the ranges among routes that an attachment's propagations bring.
fn brought<'r>(
    routes: impl Iterator<Item = &'r TransitGatewayRoute>,
    attachment: &AttachmentId,
) -> impl Iterator<Item = Cidr> {
    let brought = routes.filter(|route| !route.is_static && route.attachments.contains(attachment));
    brought.filter_map(|route| route.destination.cidr())
}

/// Tells whether a thing is one that nothing is done to: frozen, or of an account that the file leaves alone.
fn is_left_alone(draft: &Draft<'_>, key: &AttachedKey) -> bool {
    key.of.vpc().is_some_and(|vpc| draft.want.frozen.contains(vpc) || draft.want.excluded.contains(&vpc.account))
}

/// Tells whether a segment's table has a static route, or a reference, for a destination, wherever it leads.
fn is_routed(draft: &Draft<'_>, table: &TableKey, destination: &Destination) -> bool {
    let Some(hub) = draft.hubs.get(&table.hub) else { return false };
    let Some(id) = draft.tables.get(table).and_then(|found| found.id.known()) else { return false };
    let routes = hub.inventory.routes.get(id).and_then(|list| list.known()).unwrap_or_default();
    let references = hub.inventory.references.get(id).and_then(|list| list.known()).unwrap_or_default();
    match destination {
        Destination::Cidr(_) => routes.iter().any(|route| route.is_static && route.destination == *destination),
        Destination::PrefixList(list) => {
            references.iter().any(|reference| reference.prefix_list == *list && reference.state.is_live())
        }
    }
}

/// Lists the static routes and references that lead to an attachment, in whatever table.
pub(super) fn statics_to(hub: &Hub<'_>, to: &AttachmentId) -> Vec<(TransitGatewayRouteTableId, Destination)> {
    let routes = hub.inventory.routes.iter().flat_map(|(table, list)| {
        let led = list.known().unwrap_or_default().iter();
        let led = led.filter(|route| route.is_static && route.prefix_list.is_none() && route.attachments.contains(to));
        led.map(|route| (table.clone(), route.destination.clone()))
    });
    let references = hub.inventory.references.iter().flat_map(|(table, list)| {
        let led = list.known().unwrap_or_default().iter().filter(|it| it.attachment.as_ref() == Some(to));
        led.map(|it| (table.clone(), Destination::PrefixList(it.prefix_list.clone())))
    });
    routes.chain(references).collect()
}

/// Tells whether a static route is declared, or withheld and so kept as it is.
fn is_declared(draft: &Draft<'_>, hub: &HubName, at: &(TransitGatewayRouteTableId, Destination)) -> bool {
    let (id, destination) = at;
    let mut of_hub = draft.tables.iter().filter(|(key, _)| key.hub == *hub);
    let Some((table, _)) = of_hub.find(|(_, found)| found.id.known() == Some(id)) else { return false };
    let key = StaticRouteKey { table: table.clone(), destination: destination.clone() };
    draft.want.static_routes.contains_key(&key) || draft.want.withheld_routes.contains(&key)
}

/// Lists the ranges of an attached VPC: its own, and what the hub's tables have for its attachment.
pub(super) fn ranges(draft: &Draft<'_>, hub: &Hub<'_>, vpc: &VpcKey, attachment: &AttachmentId) -> BTreeSet<Cidr> {
    let own = draft.seen.members.get(&vpc.scope()).and_then(|member| member.vpcs.known()).unwrap_or_default().iter();
    let own = own.filter(|seen| seen.id == vpc.vpc).flat_map(|seen| seen.cidrs.iter().copied());
    let tables = hub.inventory.routes.values().filter_map(|list| list.known()).flatten();
    own.chain(brought(tables, attachment)).collect()
}

/// Tells whether a VPC sends something to a gateway, by whose doing ever.
pub(super) fn sends(draft: &Draft<'_>, vpc: &VpcKey, gateway: &TransitGatewayId) -> bool {
    draft.seen.routes_to(vpc, gateway).next().is_some()
}

/// Returns the table of a hub that a removal is made in.
fn table_of(call: &WriteCall) -> Option<&TransitGatewayRouteTableId> {
    if let WriteCall::DisableTransitGatewayRouteTablePropagation { table, .. }
    | WriteCall::DeleteTransitGatewayRoute { table, .. }
    | WriteCall::DeleteTransitGatewayPrefixListReference { table, .. } = call
    {
        return Some(table);
    }
    None
}
