//! `segments`: the routing domains, and which VPCs and attachments belong to them.

use std::collections::{BTreeMap, BTreeSet};

use super::decode::{Declared, DeclaredSegment, Decoder, Fields};
use super::members;
use super::problems::Span;
use super::tree::{Entry, Node};
use super::types::{Inside, ManagedKind, MemberRule, Mode, OnPremAttachment, Routing, Segment, SpokeRoutes};
use super::{hubs, shape};
use crate::model::{Cidr, HubName, SegmentName, TransitGatewayRouteTableId};

const INSIDE: [(&str, Inside); 2] = [("open", Inside::Open), ("closed", Inside::Closed)];
const ROUTING: [(&str, Routing); 2] = [("propagated", Routing::Propagated), ("static", Routing::Static)];

/// What must not appear twice in the whole section, with its first place.
#[derive(Default)]
pub(super) struct Seen {
    pub rules: Vec<(MemberRule, Span)>,
    tables: BTreeMap<TransitGatewayRouteTableId, Span>,
    attachments: BTreeMap<OnPremAttachment, (HubName, Span)>,
}

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<SegmentName, Segment>> {
    let entries = decoder.entries(node, "segments by name")?;
    let mut segments = BTreeMap::new();
    let mut declared = BTreeMap::new();
    let mut seen = Seen::default();
    for entry in entries {
        let name = decoder.name::<SegmentName>(&entry.key, entry.key_span, "a segment's name");
        let segment = segment(decoder, &entry.node, &mut seen);
        let Some(name) = name else { continue };
        let appliance_mode = match &segment {
            Some(segment) => segment.appliance_mode,
            // Reported already: what refers to it is not judged by what could not be read.
            None => true,
        };
        declared.insert(name.clone(), DeclaredSegment { span: entry.key_span, appliance_mode });
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
    fields.close(decoder);
    Some(Segment {
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

fn spoke_routes(decoder: &mut Decoder, node: &Node) -> Option<SpokeRoutes> {
    let mut fields = decoder.open::<shape::SpokeRoutes>(node, "`cidrs` and `tables`")?;
    let mut ipv6: Vec<(Cidr, Span)> = Vec::new();
    let cidrs = fields.get(decoder, "cidrs", |d, n| {
        d.set(n, "ranges", |d, n| {
            let cidr = d.cidr(n)?;
            if cidr.is_ipv6() {
                ipv6.push((cidr, n.span));
            }
            Some(cidr)
        })
    });
    decoder.declared.ipv6_spoke_routes.append(&mut ipv6);
    let tables = fields.get(decoder, "tables", Decoder::tables);
    fields.close(decoder);
    Some(SpokeRoutes { cidrs: cidrs?, tables: tables? })
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

fn attachments(
    decoder: &mut Decoder,
    node: &Node,
    seen: &mut Seen,
) -> Option<BTreeMap<HubName, BTreeSet<OnPremAttachment>>> {
    let mut attachments: BTreeMap<HubName, BTreeSet<OnPremAttachment>> = BTreeMap::new();
    for Entry { key, key_span, node } in
        decoder.entries(node, "attachments for each hub: { eu: [{ vpn: vpn-0123456789abcdef0 }] }")?
    {
        let hub = hubs::known(decoder, key, *key_span);
        let Some(items) = decoder.each(node, "attachments", on_prem) else { continue };
        let Some(hub) = hub else { continue };
        for (attachment, span) in items {
            // A Direct Connect gateway may be attached to several transit gateways; a VPN ends at one.
            let twice = match seen.attachments.get(&attachment) {
                Some((there, before)) => match &attachment {
                    OnPremAttachment::Vpn(_) => Some(*before),
                    OnPremAttachment::DirectConnectGateway(_) => (*there == hub).then_some(*before),
                },
                None => None,
            };
            if let Some(before) = twice {
                decoder
                    .wrong(span, "this attachment is placed twice")
                    .also(before, "first placed here")
                    .help("an attachment is associated with one table");
            }
            seen.attachments.insert(attachment.clone(), (hub.clone(), span));
            attachments.entry(hub.clone()).or_default().insert(attachment);
        }
    }
    Some(attachments)
}

fn on_prem(decoder: &mut Decoder, node: &Node) -> Option<OnPremAttachment> {
    let mut fields = decoder.open::<shape::OnPrem>(node, "`vpn` or `direct_connect_gateway`")?;
    let vpn = fields.get(decoder, "vpn", |d, n| d.parsed(n, "a VPN connection id")).map(OnPremAttachment::Vpn);
    let gateway = fields
        .get(decoder, "direct_connect_gateway", |d, n| d.parsed(n, "a Direct Connect gateway id"))
        .map(OnPremAttachment::DirectConnectGateway);
    let both = fields.both(decoder, "vpn", "direct_connect_gateway", "write each attachment as an item of its own");
    if fields.place("vpn").is_none() && fields.place("direct_connect_gateway").is_none() {
        decoder.wrong(fields.at, "no attachment is named").help("for instance `vpn: vpn-0123456789abcdef0`");
    }
    fields.close(decoder);
    if both { None } else { vpn.or(gateway) }
}

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
