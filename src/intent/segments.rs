//! `segments`: the routing domains, and which VPCs and attachments belong to them.

use std::collections::{BTreeMap, BTreeSet};

use super::decode::{Declared, DeclaredSegment, Decoder, Fields};
use super::members;
use super::problems::Span;
use super::tree::{Entry, Node};
use super::types::{Inside, ManagedKind, MemberRule, Mode, Routing, Segment, SpokeRoutes};
use super::words::{DirectConnectGatewayId, VpnConnectionId};
use super::{hubs, shape};
use crate::model::{
    AttachmentId, Cidr, Destination, GivenKey, GivenKind, HubName, SegmentName, TransitGatewayRouteTableId,
};

const INSIDE: [(&str, Inside); 2] = [("open", Inside::Open), ("closed", Inside::Closed)];
const ROUTING: [(&str, Routing); 2] = [("propagated", Routing::Propagated), ("static", Routing::Static)];

/// What must not appear twice in the whole section, with its first place.
#[derive(Default)]
pub(super) struct Seen {
    pub rules: Vec<(MemberRule, Span)>,
    tables: BTreeMap<TransitGatewayRouteTableId, Span>,
    /// By the hub too where one thing may be attached to several.
    attachments: BTreeMap<(GivenKey, Option<HubName>), Span>,
}

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<SegmentName, Segment>> {
    let entries = decoder.entries(node, "segments by name")?;
    let mut segments = BTreeMap::new();
    let mut declared = BTreeMap::new();
    let mut seen = Seen::default();
    for entry in entries {
        let name = decoder.name::<SegmentName>(&entry.key, entry.key_span, "a segment's name");
        let before = decoder.problems.len();
        let segment = segment(decoder, &entry.node, &mut seen);
        let sound = decoder.problems.len() == before && decoder.declared.hubs.is_some();
        let Some(name) = name else { continue };
        let inspects = segment.as_ref().is_none_or(Segment::inspects);
        let hubs = segment.as_ref().map(|segment| segment.hubs.clone()).unwrap_or_default();
        declared.insert(name.clone(), DeclaredSegment { span: entry.key_span, sound, inspects, hubs });
        if let Some(segment) = segment {
            segments.insert(name, segment);
        }
    }
    if declared.len() == Decoder::entry_count(node) {
        decoder.declared.segments = Some(declared);
    }
    Some(segments)
}

fn segment(decoder: &mut Decoder, node: &Node, seen: &mut Seen) -> Option<Segment> {
    let mut fields = decoder.open::<shape::Segment>(node, "a segment")?;
    let before = decoder.problems.len();
    let hubs = fields.get(decoder, "hubs", |d, n| d.set(n, "hubs", hubs::reference));
    let hubs_are_known = decoder.problems.len() == before && decoder.declared.hubs.is_some();
    let members = fields.get(decoder, "members", |d, n| members::read(d, n, seen)).unwrap_or_default();
    let inside = fields.get_or(decoder, "inside", Inside::Closed, |d, n| d.word(n, &INSIDE));
    let spoke_routes = fields.get(decoder, "spoke_routes", spoke_routes);
    let adopted_tables = fields.get(decoder, "table", |d, n| tables(d, n, seen)).unwrap_or_default();
    let manage = fields.get(decoder, "manage", manage).unwrap_or_default();
    let ignore_cidrs = fields.get(decoder, "ignore_cidrs", |d, n| d.set(n, "ranges", Decoder::cidr));
    let routing = fields.get_or(decoder, "routing", Routing::Propagated, |d, n| d.word(n, &ROUTING));
    let appliance_mode = fields.get_or(decoder, "appliance_mode", false, Decoder::boolean);
    let attachments = fields.get(decoder, "attachments", |d, n| attachments(d, n, seen)).unwrap_or_default();
    let cidrs = fields.get(decoder, "cidrs", |d, n| d.set(n, "ranges", Decoder::cidr));
    agree(decoder, &fields, routing, appliance_mode);
    is_static_throughout(decoder, &fields, routing, &attachments);
    let hubs = hubs.unwrap_or_else(|| decoder.declared.hub_names());
    one_hub_in_a_region(decoder, &fields, &hubs);
    if hubs_are_known {
        stands_there(decoder, &fields, &hubs, adopted_tables.keys().chain(attachments.keys()));
    }
    ignored_is_not_wanted(decoder, &fields, ignore_cidrs.as_ref(), spoke_routes.as_ref(), cidrs.as_ref());
    fields.close(decoder);
    Some(Segment {
        hubs,
        members,
        inside: inside?,
        spoke_routes,
        adopted_tables,
        manage,
        ignore_cidrs: ignore_cidrs.unwrap_or_default(),
        routing: routing?,
        appliance_mode: appliance_mode?,
        attachments,
        cidrs: cidrs.unwrap_or_default(),
    })
}

/// Checks that a VPC of the segment knows where to be attached: in one region the segment stands on one hub.
fn one_hub_in_a_region(decoder: &mut Decoder, fields: &Fields<'_>, hubs: &BTreeSet<HubName>) {
    let Some(members) = fields.place("members") else { return };
    for (region, there) in decoder.declared.hubs_by_region(hubs) {
        if there.len() > 1 {
            let names = there.iter().map(|hub| format!("`{hub}`")).collect::<Vec<_>>().join(" and ");
            let one_each =
                decoder.declared.hubs_by_region(hubs).values().map(|there| there[0].to_string()).collect::<Vec<_>>();
            decoder
                .wrong(
                    fields.place("hubs").unwrap_or(members),
                    format!("{names} both stand in {region}, and nothing says to which of them a VPC is attached"),
                )
                .help(format!(
                    "say on which hubs the segment stands, one in each region: `hubs: [{}]`",
                    one_each.join(", ")
                ));
        }
    }
}

/// Checks that what the segment names by hub is on hubs that it stands on.
fn stands_there<'h>(
    decoder: &mut Decoder,
    fields: &Fields<'_>,
    hubs: &BTreeSet<HubName>,
    named: impl Iterator<Item = &'h HubName>,
) {
    let Some(place) = fields.place("hubs") else { return };
    let elsewhere: BTreeSet<&HubName> = named.filter(|hub| !hubs.contains(*hub)).collect();
    for hub in elsewhere {
        decoder
            .wrong(place, format!("the segment has a table or attachments on `{hub}`, and does not stand there"))
            .help(format!("add `{hub}` to `hubs`, or take it out of `table` and `attachments`"));
    }
}

/// Checks what one segment's keys say of each other.
fn agree(decoder: &mut Decoder, fields: &Fields<'_>, routing: Option<Routing>, appliance_mode: Option<bool>) {
    let members = fields.place("members");
    let attachments = fields.place("attachments");
    if members.is_none() && attachments.is_none() {
        decoder
            .wrong(fields.at, "nothing can ever belong to this segment: it has neither `members` nor `attachments`")
            .help("say which VPCs belong to it, for instance `members: [{ vpc_tags: { network: prod } }]`");
    }
    if let Some(place) = fields.place("ignore_cidrs").filter(|_| routing == Some(Routing::Propagated)) {
        decoder
            .wrong(place, "`ignore_cidrs` needs `routing: static`")
            .help("propagation brings all of a VPC's ranges into the table; only static routes can leave some out");
    }
    if let Some(place) = fields.place("ignore_cidrs").filter(|_| members.is_none() && attachments.is_some()) {
        decoder
            .wrong(place, "`ignore_cidrs` needs `members`")
            .help("it leaves out ranges of member VPCs; what lies behind other attachments is said by `cidrs` alone");
    }
    if let Some(place) = fields.place("appliance_mode").filter(|_| members.is_none() && attachments.is_some()) {
        decoder
            .wrong(place, "`appliance_mode` needs `members`")
            .help("it is an option of VPC attachments; a `network_function` inspects without it");
    }
    if let Some(place) = fields.place("cidrs").filter(|_| attachments.is_none()) {
        decoder
            .wrong(place, "`cidrs` needs `attachments`")
            .help("it says what BGP may bring over VPN and Direct Connect attachments, and this segment has none");
    }
    if let Some(place) = fields.place("spoke_routes") {
        if members.is_none() && attachments.is_some() {
            decoder
                .wrong(place, "`spoke_routes` needs `members`")
                .help("it says what the route tables of member VPCs hold, and this segment has no member VPCs");
        }
        if appliance_mode == Some(true) {
            decoder
                .wrong(place, "`spoke_routes` and `appliance_mode: true` exclude each other")
                .help("the route tables around firewalls are read and proved, never written: leave `spoke_routes` out");
        }
    }
}

/// Checks that static routes can take the place of what BGP would bring: AWS has one static route for one range, it leads to
/// one attachment, and that cannot be a Connect attachment ("Connect attachments and Connect peers", requirements).
fn is_static_throughout(
    decoder: &mut Decoder,
    fields: &Fields<'_>,
    routing: Option<Routing>,
    attachments: &BTreeMap<HubName, BTreeSet<GivenKey>>,
) {
    let Some(place) = fields.place("routing").filter(|_| routing == Some(Routing::Static)) else { return };
    let to_networks = |given: &&GivenKey| match given.kind {
        GivenKind::Vpn | GivenKind::DirectConnectGateway | GivenKind::Connect => true,
        GivenKind::NetworkFunction => false,
    };
    if attachments.values().flatten().any(|given| to_networks(&given)) && fields.place("cidrs").is_none() {
        decoder
            .wrong(place, "`routing: static` needs `cidrs` here: nothing says which ranges lie behind the attachments")
            .help("name them, for instance `cidrs: [172.16.0.0/12]`, or leave `routing` out, so that BGP brings them");
    }
    if attachments.values().flatten().any(|given| given.kind == GivenKind::Connect) {
        decoder
            .wrong(place, "a Connect attachment takes no static routes")
            .help("leave `routing` out: what lies behind a Connect attachment comes by BGP alone");
    }
    for (hub, _) in attachments.iter().filter(|(_, given)| given.iter().filter(to_networks).count() > 1) {
        decoder
            .wrong(place, format!("a static route leads to one attachment, and there are several on `{hub}`"))
            .help("leave `routing` out, so that BGP chooses among them, or give each a segment of its own");
    }
}

/// Checks that what is never routed is not asked for in the same breath.
fn ignored_is_not_wanted(
    decoder: &mut Decoder,
    fields: &Fields<'_>,
    ignored: Option<&BTreeSet<Cidr>>,
    spoke_routes: Option<&SpokeRoutes>,
    expected: Option<&BTreeSet<Cidr>>,
) {
    let (Some(place), Some(ignored)) = (fields.place("ignore_cidrs"), ignored) else { return };
    for range in ignored.iter().filter(|range| range.is_everything()) {
        decoder
            .wrong(place, format!("{range} is every address: none of the segment's VPCs would ever be reached"))
            .help("name just the ranges that are used in several VPCs, such as 100.64.0.0/10");
    }
    let holding = |range: &Cidr| ignored.iter().find(|wide| wide.contains(range) && !wide.is_everything()).copied();
    let sent = spoke_routes.iter().flat_map(|routes| &routes.cidrs).filter_map(|range| Some((*range, holding(range)?)));
    for (range, wide) in sent.collect::<Vec<_>>() {
        decoder
            .wrong(place, format!("{wide} is ignored, and `spoke_routes` send {range} to the hub"))
            .help("a range that is never routed has nobody to be sent to: take it out of one of the two");
    }
    let expected = expected.into_iter().flatten().filter_map(|range| Some((*range, holding(range)?)));
    for (range, wide) in expected.collect::<Vec<_>>() {
        decoder
            .wrong(place, format!("{wide} is ignored, and {range} is expected in `cidrs`"))
            .help("take it out of one of the two");
    }
}

fn spoke_routes(decoder: &mut Decoder, node: &Node) -> Option<SpokeRoutes> {
    let mut fields = decoder.open::<shape::SpokeRoutes>(node, "`cidrs` and `tables`")?;
    let mut ipv6: Vec<(Cidr, Span)> = Vec::new();
    let sent = fields.get(decoder, "cidrs", |d, n| {
        d.set(n, "ranges", |d, n| {
            let destination = super::routes::destination(d, n)?;
            if let Some(cidr) = destination.cidr().filter(Cidr::is_ipv6) {
                ipv6.push((cidr, n.span));
            }
            Some(destination)
        })
    });
    decoder.declared.ipv6_spoke_routes.append(&mut ipv6);
    let tables = fields.get(decoder, "tables", Decoder::tables);
    fields.close(decoder);
    let mut routes = SpokeRoutes { cidrs: BTreeSet::new(), prefix_lists: BTreeSet::new(), tables: tables? };
    for destination in sent? {
        match destination {
            Destination::Cidr(cidr) => routes.cidrs.insert(cidr),
            Destination::PrefixList(list) => routes.prefix_lists.insert(list),
        };
    }
    Some(routes)
}

fn tables(
    decoder: &mut Decoder,
    node: &Node,
    seen: &mut Seen,
) -> Option<BTreeMap<HubName, TransitGatewayRouteTableId>> {
    let mut tables = BTreeMap::new();
    for Entry { key, key_span, node } in
        decoder.entries(node, "a table for each hub: { eu: tgw-rtb-0123456789abcdef0 }")?
    {
        let hub = hubs::known(decoder, key, *key_span);
        let made = |declared: &Declared, hub: &HubName| {
            declared.hubs.as_ref().and_then(|hubs| hubs.get(hub)).filter(|hub| hub.made).map(|hub| hub.span)
        };
        if let Some(span) = hub.as_ref().and_then(|hub| made(&decoder.declared, hub)) {
            decoder
                .wrong(*key_span, format!("transitd makes the hub `{key}`, so there is no table to adopt on it"))
                .also(span, "this hub is made")
                .help("leave the table out: it will be made too");
        }
        let table: Option<TransitGatewayRouteTableId> = decoder.parsed(node, "a transit gateway route table id");
        let (Some(hub), Some(table)) = (hub, table) else { continue };
        if let Some(before) = seen.tables.insert(table.clone(), node.span) {
            decoder
                .wrong(node.span, format!("{table} is adopted twice"))
                .also(before, "first adopted here")
                .help("a table belongs to one segment on one hub");
        }
        tables.insert(hub, table);
    }
    Some(tables)
}

/// The kinds of things, as the file calls them.
pub(super) const KINDS: [(&str, ManagedKind); 5] = [
    ("attachments", ManagedKind::Attachments),
    ("associations", ManagedKind::Associations),
    ("propagations", ManagedKind::Propagations),
    ("static_routes", ManagedKind::StaticRoutes),
    ("vpc_routes", ManagedKind::VpcRoutes),
];

/// The words for enforcing and observing.
pub(super) const MODES: [(&str, Mode); 2] = [("enforce", Mode::Enforce), ("observe", Mode::Observe)];

fn manage(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<ManagedKind, Mode>> {
    let mut fields = decoder.open::<shape::Manage>(node, "kinds of things, each `enforce` or `observe`")?;
    let mut manage = BTreeMap::new();
    for (name, kind) in KINDS {
        if let Some(mode) = fields.get(decoder, name, |d, n| d.word(n, &MODES)) {
            manage.insert(kind, mode);
        }
    }
    fields.close(decoder);
    Some(manage)
}

fn attachments(decoder: &mut Decoder, node: &Node, seen: &mut Seen) -> Option<BTreeMap<HubName, BTreeSet<GivenKey>>> {
    let mut attachments: BTreeMap<HubName, BTreeSet<GivenKey>> = BTreeMap::new();
    for Entry { key, key_span, node } in
        decoder.entries(node, "attachments for each hub: { eu: [{ vpn: vpn-0123456789abcdef0 }] }")?
    {
        let hub = hubs::known(decoder, key, *key_span);
        let Some(items) = decoder.each(node, "attachments", given) else { continue };
        let Some(hub) = hub else { continue };
        for (attachment, span) in items {
            // A Direct Connect gateway may be attached to several transit gateways; all else ends at one.
            let where_else = match attachment.kind {
                GivenKind::DirectConnectGateway => Some(hub.clone()),
                GivenKind::Vpn | GivenKind::Connect | GivenKind::NetworkFunction => None,
            };
            if let Some(before) = seen.attachments.insert((attachment.clone(), where_else), span) {
                decoder
                    .wrong(span, "this attachment is placed twice")
                    .also(before, "first placed here")
                    .help("an attachment is associated with one table");
            }
            attachments.entry(hub.clone()).or_default().insert(attachment);
        }
    }
    Some(attachments)
}

fn given(decoder: &mut Decoder, node: &Node) -> Option<GivenKey> {
    let mut fields =
        decoder.open::<shape::Given>(node, "`vpn`, `direct_connect_gateway`, `connect` or `network_function`")?;
    let vpn = fields.get(decoder, "vpn", |d, n| d.parsed::<VpnConnectionId>(n, "a VPN connection id"));
    let gateway = fields.get(decoder, "direct_connect_gateway", |d, n| {
        d.parsed::<DirectConnectGatewayId>(n, "a Direct Connect gateway id")
    });
    let connect = fields.get(decoder, "connect", |d, n| d.parsed::<AttachmentId>(n, "an attachment id"));
    let function = fields.get(decoder, "network_function", |d, n| d.parsed::<AttachmentId>(n, "an attachment id"));
    let given = |kind, id: Option<String>| id.map(|id| GivenKey { kind, id });
    let all = [
        given(GivenKind::Vpn, vpn.map(|id| id.to_string())),
        given(GivenKind::DirectConnectGateway, gateway.map(|id| id.to_string())),
        given(GivenKind::Connect, connect.map(|id| id.to_string())),
        given(GivenKind::NetworkFunction, function.map(|id| id.to_string())),
    ];
    let named = GIVEN.iter().filter(|name| fields.place(name).is_some()).count();
    if named == 0 {
        decoder.wrong(fields.at, "no attachment is named").help("for instance `vpn: vpn-0123456789abcdef0`");
    }
    if named > 1 {
        decoder
            .wrong(fields.at, "one item names several attachments")
            .help("write each attachment as an item of its own");
    }
    fields.close(decoder);
    all.into_iter().flatten().next().filter(|_| named == 1)
}

/// The keys by which an attachment that others make is named.
const GIVEN: [&str; 4] = ["vpn", "direct_connect_gateway", "connect", "network_function"];

/// Reads the name of a declared segment.
pub(super) fn reference(decoder: &mut Decoder, node: &Node) -> Option<SegmentName> {
    let (text, _) = decoder.scalar(node, "a segment's name")?;
    let name = decoder.name::<SegmentName>(text, node.span, "a segment's name")?;
    let unknown = |declared: &Declared| match &declared.segments {
        Some(segments) if !segments.contains_key(&name) => Some(segments.keys().cloned().collect::<Vec<_>>()),
        Some(_) | None => None,
    };
    if let Some(segments) = unknown(&decoder.declared) {
        let known: Vec<&str> = segments.iter().map(SegmentName::as_str).collect();
        decoder.unknown_word(node.span, text, "is not among the segments", &known);
        return None;
    }
    Some(name)
}
