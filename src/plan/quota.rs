//! Does it all fit? AWS's quotas are reckoned with before the first write, not met in the middle.
//!
//! What is there stays. What a plan would add is taken in the plan's order, which is the same from pass to pass, as long as
//! there is room; what does not fit is left out with all that builds on it, and the rest goes on. Nothing is reckoned
//! where what is there is not known.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::WriteCall;
use crate::model::{
    Attached, AttachedKey, AttachmentId, Cidr, Destination, HubInventory, HubName, Key, Listed, PrefixList,
    PrefixListId, Problem, Progress, Quota, Region, RouteTable, RouteTableId, Scope, Target, TransitGatewayId, VpcKey,
};

use super::draft::Draft;
use super::step::{Outlook, Step, StepId};

/// How many transit gateways a VPC can be attached to; AWS raises it for nobody ("Quotas for your transit gateways").
const HUBS_PER_VPC: usize = 5;

pub(super) fn forecast(draft: &mut Draft<'_>) {
    lists_in_sight(draft);
    attachments(draft);
    hubs_per_vpc(draft);
    tables(draft);
    hub_routes(draft);
    vpc_routes(draft);
}

/// What there is room for in one place.
struct Room {
    of: String,
    limit: usize,
    /// What is there, and what was let in.
    taken: usize,
    left_out: usize,
}

impl Room {
    fn new(of: impl ToString, limit: usize, taken: usize) -> Self {
        Self { of: of.to_string(), limit, taken, left_out: 0 }
    }

    fn has(&self, more: usize) -> bool {
        self.taken.saturating_add(more) <= self.limit
    }
}

/// Lets steps in as long as there is room wherever they need some. Leaves the others out, with what builds on them.
fn fit<K: Ord>(
    draft: &mut Draft<'_>,
    quota: Quota,
    mut rooms: BTreeMap<K, Room>,
    needs: impl Fn(&Draft<'_>, &Step) -> Vec<(K, usize)>,
) {
    let mut left_out: BTreeSet<StepId> = BTreeSet::new();
    for step in draft.steps().iter().filter(|step| is_sent(step)) {
        let needed = needs(draft, step);
        let full: Vec<&(K, usize)> =
            needed.iter().filter(|(at, more)| rooms.get(at).is_some_and(|room| !room.has(*more))).collect();
        if full.is_empty() {
            for (at, more) in &needed {
                if let Some(room) = rooms.get_mut(at) {
                    room.taken += more;
                }
            }
            continue;
        }
        for (at, more) in full {
            if let Some(room) = rooms.get_mut(at) {
                room.left_out += more;
            }
        }
        left_out.insert(step.id.clone());
    }
    draft.leave_out(left_out);
    for room in rooms.into_values().filter(|room| room.left_out > 0) {
        let Room { of, limit, taken, left_out } = room;
        draft.problem(Problem::OverQuota { quota, of, limit, wanted: taken + left_out, left_out });
    }
}

/// What is only shown takes no room.
fn is_sent(step: &Step) -> bool {
    match step.outlook {
        Outlook::Ready | Outlook::Waits { .. } => true,
        Outlook::Left { .. } => false,
    }
}

/// Tells whether a thing still counts: AWS counts what it has not taken away yet.
fn counts(state: &Progress) -> bool {
    state.is_live() || *state == Progress::Going
}

/// The hubs as they are: of those that are to be made, nothing is there.
fn hubs<'a>(draft: &Draft<'a>) -> Vec<(HubName, Option<(&'a HubInventory, TransitGatewayId)>)> {
    let each = draft.hubs.iter();
    each.map(|(name, hub)| (name.clone(), hub.gateway.id.known().map(|id| (hub.inventory, id.clone())))).collect()
}

fn attachments(draft: &mut Draft<'_>) {
    let limit = draft.policy.quotas.attachments_per_hub;
    let mut rooms = BTreeMap::new();
    for (name, there) in hubs(draft) {
        let taken = match there {
            None => 0,
            Some((inventory, gateway)) => match inventory.attachments.known() {
                None => continue,
                Some(list) => list.iter().filter(|it| it.gateway == gateway && counts(&it.state)).count(),
            },
        };
        rooms.insert(name.clone(), Room::new(format!("hub {name}"), limit, taken));
    }
    fit(draft, Quota::AttachmentsPerHub, rooms, |_, step| match (&step.call, &step.key) {
        (WriteCall::CreateTransitGatewayVpcAttachment { .. }, Key::Attachment(key)) => vec![(key.hub.clone(), 1)],
        (_, _) => Vec::new(),
    });
}

fn hubs_per_vpc(draft: &mut Draft<'_>) {
    let mut rooms: BTreeMap<VpcKey, Room> = BTreeMap::new();
    for key in draft.want.attachments.keys() {
        let member = draft.seen.members.get(&key.vpc.scope());
        let Some(own) = member.and_then(|member| member.attachments.known()) else { continue };
        let taken = own.iter().filter(|it| it.vpc == key.vpc.vpc && counts(&it.state)).count();
        rooms.entry(key.vpc.clone()).or_insert_with(|| Room::new(&key.vpc, HUBS_PER_VPC, taken));
    }
    fit(draft, Quota::HubsPerVpc, rooms, |_, step| match (&step.call, &step.key) {
        (WriteCall::CreateTransitGatewayVpcAttachment { .. }, Key::Attachment(key)) => vec![(key.vpc.clone(), 1)],
        (_, _) => Vec::new(),
    });
}

fn tables(draft: &mut Draft<'_>) {
    let limit = draft.policy.quotas.tables_per_hub;
    let mut rooms = BTreeMap::new();
    for (name, there) in hubs(draft) {
        let taken = match there {
            None => 0,
            Some((inventory, gateway)) => match inventory.tables.known() {
                None => continue,
                Some(list) => list.iter().filter(|it| it.gateway == gateway && counts(&it.state)).count(),
            },
        };
        rooms.insert(name.clone(), Room::new(format!("hub {name}"), limit, taken));
    }
    fit(draft, Quota::TablesPerHub, rooms, |_, step| match (&step.call, &step.key) {
        (WriteCall::CreateTransitGatewayRouteTable { .. }, Key::Table(key)) => vec![(key.hub.clone(), 1)],
        (_, _) => Vec::new(),
    });
}

fn hub_routes(draft: &mut Draft<'_>) {
    let limit = draft.policy.quotas.routes_per_hub;
    let mut rooms = BTreeMap::new();
    for (name, there) in hubs(draft) {
        let taken = match there {
            None => 0,
            Some((inventory, gateway)) => match routes_of(inventory, &gateway) {
                None => continue,
                Some(routes) => routes,
            },
        };
        rooms.insert(name.clone(), Room::new(format!("hub {name}"), limit, taken));
    }
    fit(draft, Quota::RoutesPerHub, rooms, |draft, step| {
        let more = match (&step.call, &step.key) {
            (WriteCall::EnableTransitGatewayRouteTablePropagation { .. }, Key::Propagation(key)) => {
                propagated(draft, &AttachedKey { hub: key.table.hub.clone(), of: key.of.clone() })
            }
            (WriteCall::CreateTransitGatewayVpcAttachment { .. }, Key::Attachment(key)) => {
                let by_itself = draft.hubs.get(&key.hub).and_then(|hub| hub.seen?.default_propagation.as_ref());
                by_itself.map_or(0, |_| propagated(draft, &AttachedKey::from(key)))
            }
            (WriteCall::CreateTransitGatewayRoute { .. }, _) => 1,
            (WriteCall::CreateTransitGatewayPrefixListReference { prefix_list, .. }, _) => {
                entries(hub_lists(draft, &step.scope.region), prefix_list)
            }
            (_, _) => 0,
        };
        step.key.hub().map(|hub| (hub.clone(), more)).into_iter().collect()
    });
}

/// Counts the routes over all tables of a gateway; none where some list of them is not known.
fn routes_of(inventory: &HubInventory, gateway: &TransitGatewayId) -> Option<usize> {
    let mut all = 0;
    for table in inventory.tables.known()?.iter().filter(|it| it.gateway == *gateway && it.state.is_usable()) {
        let routes = inventory.routes.get(&table.id)?.known()?;
        all += routes.iter().filter(|route| route.prefix_list.is_none()).count();
        for reference in inventory.references.get(&table.id)?.known()?.iter().filter(|it| counts(&it.state)) {
            all += entries(inventory.prefix_lists.as_ref(), &reference.prefix_list);
        }
    }
    Some(all)
}

/// Counts what an attachment brings into each table that learns it: every range of a VPC; for BGP what it brings elsewhere,
/// or else what the file expects.
fn propagated(draft: &Draft<'_>, key: &AttachedKey) -> usize {
    match &key.of {
        Attached::Vpc(vpc) => ranges(draft, vpc).len(),
        Attached::Given(_) => {
            let id = draft.attachments.get(key).and_then(|found| found.id.known().cloned());
            let brought = id.and_then(|id| brought(draft.hubs.get(&key.hub)?.inventory, &id));
            let segment = draft.want.given.get(key);
            let expected = segment.and_then(|segment| draft.want.expected.get(segment)).map_or(0, Vec::len);
            brought.unwrap_or(expected)
        }
    }
}

fn ranges<'a>(draft: &Draft<'a>, key: &VpcKey) -> &'a [Cidr] {
    let vpcs = draft.seen.members.get(&key.scope()).and_then(|member| member.vpcs.known()).unwrap_or_default();
    vpcs.iter().find(|vpc| vpc.id == key.vpc).map(|vpc| vpc.cidrs.as_slice()).unwrap_or_default()
}

/// Counts what an attachment brings into the table that learns most of it; none where none learns anything.
fn brought(inventory: &HubInventory, id: &AttachmentId) -> Option<usize> {
    let tables = inventory.routes.values().filter_map(|list| list.known());
    let counts = tables.map(|routes| routes.iter().filter(|it| !it.is_static && it.attachments.contains(id)).count());
    counts.max().filter(|most| *most > 0)
}

fn hub_lists<'a>(draft: &Draft<'a>, region: &Region) -> Option<&'a Listed<PrefixList>> {
    draft.seen.hubs.get(region).and_then(|hub| hub.prefix_lists.as_ref())
}

fn member_lists<'a>(draft: &Draft<'a>, scope: &Scope) -> Option<&'a Listed<PrefixList>> {
    draft.seen.members.get(scope).and_then(|member| member.prefix_lists.as_ref())
}

/// Returns how much a route to a prefix list takes: as many as the list may ever have. One where that is not known, and for the
/// lists of AWS, which say nothing of it.
fn entries(lists: Option<&Listed<PrefixList>>, id: &PrefixListId) -> usize {
    let list = lists.and_then(|lists| lists.known()).and_then(|lists| lists.iter().find(|list| list.id == *id));
    let max = list.and_then(|list| list.max_entries).and_then(|max| usize::try_from(max).ok());
    max.unwrap_or(1)
}

/// One family of a VPC's route table: AWS counts IPv4 and IPv6 apart.
type Half = (Scope, RouteTableId, bool);

fn vpc_routes(draft: &mut Draft<'_>) {
    let limit = draft.policy.quotas.routes_per_vpc_table;
    let mut rooms: BTreeMap<Half, Room> = BTreeMap::new();
    for step in draft.steps() {
        let (WriteCall::CreateRoute { .. }, Key::VpcRoute(key)) = (&step.call, &step.key) else { continue };
        let tables = draft.seen.members.get(&step.scope).and_then(|member| member.route_tables.known());
        let Some(table) = tables.unwrap_or_default().iter().find(|table| table.id == key.table) else { continue };
        for (ipv6, family) in [(false, "IPv4"), (true, "IPv6")] {
            let taken = held(draft, &step.scope, table, ipv6);
            let room = || Room::new(format!("{} of {}, {family}", key.table, key.vpc), limit, taken);
            rooms.entry((step.scope.clone(), key.table.clone(), ipv6)).or_insert_with(room);
        }
    }
    fit(draft, Quota::RoutesPerVpcTable, rooms, |draft, step| {
        let WriteCall::CreateRoute { route_table, destination, .. } = &step.call else { return Vec::new() };
        let sizes = [false, true].map(|ipv6| (ipv6, size(draft, &step.scope, destination, ipv6)));
        let needed = sizes.into_iter().filter(|(_, more)| *more > 0);
        needed.map(|(ipv6, more)| ((step.scope.clone(), route_table.clone(), ipv6), more)).collect()
    });
}

/// Counts the routes of one family in a VPC's table. What a virtual private gateway brings has a quota of its own.
fn held(draft: &Draft<'_>, scope: &Scope, table: &RouteTable, ipv6: bool) -> usize {
    let own = table.routes.iter().filter(|route| match &route.target {
        Target::Other(id) => !id.starts_with("vgw-"),
        Target::Local | Target::TransitGateway(_) => true,
    });
    own.map(|route| size(draft, scope, &route.destination, ipv6)).sum()
}

/// Returns how much a route of a VPC's table takes of one family's quota. Of which family a prefix list is, is not read: it
/// counts in both.
fn size(draft: &Draft<'_>, scope: &Scope, destination: &Destination, ipv6: bool) -> usize {
    match destination {
        Destination::Cidr(cidr) => usize::from(cidr.is_ipv6() == ipv6),
        Destination::PrefixList(list) => entries(member_lists(draft, scope), list),
    }
}

/// Leaves out the routes to prefix lists that cannot be seen where the route is to be.
fn lists_in_sight(draft: &mut Draft<'_>) {
    let mut left_out = BTreeSet::new();
    let mut missing = BTreeSet::new();
    for step in draft.steps() {
        let (list, there) =
            if let WriteCall::CreateRoute { destination: Destination::PrefixList(list), .. } = &step.call {
                (list, member_lists(draft, &step.scope))
            } else if let WriteCall::CreateTransitGatewayPrefixListReference { prefix_list, .. } = &step.call {
                (prefix_list, hub_lists(draft, &step.scope.region))
            } else {
                continue;
            };
        if there.and_then(|there| there.known()).is_some_and(|there| there.iter().all(|it| it.id != *list)) {
            missing.insert(Problem::PrefixListMissing { list: list.clone(), account: step.scope.account.clone() });
            left_out.insert(step.id.clone());
        }
    }
    draft.leave_out(left_out);
    missing.into_iter().for_each(|problem| draft.problem(problem));
}

#[cfg(test)]
mod tests;
