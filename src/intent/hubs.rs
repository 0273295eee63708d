//! `hubs`, `share` and `peer_hubs`: the transit gateways, who may attach to them, and which are peered.

use std::collections::{BTreeMap, BTreeSet};

use super::decode::{Declared, DeclaredHub, Decoder};
use super::problems::Span;
use super::shape;
use super::tree::{Node, Value};
use super::types::{Hub, HubKind, HubPair, Share};
use crate::model::{HubName, TransitGatewayId};

/// The ASNs for private use (RFC 6996), which are those that a transit gateway takes (EC2 API reference,
/// `TransitGatewayRequestOptions`).
const PRIVATE_16_BIT: std::ops::RangeInclusive<u32> = 64_512..=65_534;
const PRIVATE_32_BIT: std::ops::RangeInclusive<u32> = 4_200_000_000..=4_294_967_294;

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<HubName, Hub>> {
    let entries = decoder.entries(node, "hubs by name")?;
    let mut hubs = BTreeMap::new();
    let mut declared = BTreeMap::new();
    let mut adopted: BTreeMap<TransitGatewayId, Span> = BTreeMap::new();
    if matches!(&node.value, Value::Map(all) if all.is_empty()) {
        decoder
            .wrong(node.at, "a network needs at least one hub")
            .help("for instance `eu: { region: eu-west-1, adopt: tgw-0123456789abcdef0 }`");
    }
    for entry in entries {
        let name = decoder.name::<HubName>(&entry.key, entry.key_span, "a hub's name");
        let hub = hub(decoder, &entry.node, &mut adopted);
        let Some(name) = name else { continue };
        let made = matches!(&hub, Some(Hub { kind: HubKind::Make { .. }, .. }));
        let region = hub.as_ref().map(|hub| hub.region.clone());
        declared.insert(name.clone(), DeclaredHub { span: entry.key_span, made, region });
        if let Some(hub) = hub {
            hubs.insert(name, hub);
        }
    }
    if declared.len() == Decoder::entry_count(node) {
        decoder.declared.hubs = Some(declared);
    }
    Some(hubs)
}

fn hub(decoder: &mut Decoder, node: &Node, adopted: &mut BTreeMap<TransitGatewayId, Span>) -> Option<Hub> {
    let mut fields = decoder.open::<shape::Hub>(node, "a hub")?;
    let region = fields.get(decoder, "region", |d, n| d.parsed(n, "a region"));
    let adopt = fields.get(decoder, "adopt", |d, n| {
        let id: TransitGatewayId = d.parsed(n, "a transit gateway id")?;
        if let Some(before) = adopted.insert(id.clone(), n.span) {
            d.wrong(n.span, format!("{id} is adopted twice"))
                .also(before, "first adopted here")
                .help("each hub is a transit gateway of its own");
        }
        Some(HubKind::Adopt(id))
    });
    let referencing = fields.get_or(decoder, "security_group_referencing", false, Decoder::boolean);
    if let Some(place) = fields.place("security_group_referencing").filter(|_| fields.place("adopt").is_some()) {
        decoder
            .wrong(place, "the settings of an adopted transit gateway are reported, never changed")
            .help("leave the line out, and turn the option on where the transit gateway is kept");
    }
    let make = fields
        .get(decoder, "asn", asn)
        .and_then(|asn| Some(HubKind::Make { asn, security_group_referencing: referencing? }));
    let both = fields.both(
        decoder,
        "adopt",
        "asn",
        "`adopt` takes a transit gateway as it is; `asn` makes a new one: keep one of them",
    );
    if fields.place("adopt").is_none() && fields.place("asn").is_none() {
        decoder
            .wrong(fields.at, "neither `adopt` nor `asn` says which transit gateway this is")
            .help("name the one that exists, `adopt: tgw-0123456789abcdef0`, or have one made, `asn: 64512`");
    }
    fields.close(decoder);
    if both {
        return None;
    }
    Some(Hub { region: region?, kind: adopt.or(make)? })
}

fn asn(decoder: &mut Decoder, node: &Node) -> Option<u32> {
    let asn = decoder.number(node)?;
    if PRIVATE_16_BIT.contains(&asn) || PRIVATE_32_BIT.contains(&asn) {
        return Some(asn);
    }
    decoder
        .wrong(node.span, format!("{asn} is not an ASN for private use"))
        .help("a transit gateway takes 64512 to 65534 and 4200000000 to 4294967294");
    None
}

/// Reads the name of a declared hub.
pub(super) fn reference(decoder: &mut Decoder, node: &Node) -> Option<HubName> {
    let (text, _) = decoder.scalar(node, "a hub's name")?;
    known(decoder, text, node.span)
}

/// Reads the name of a declared hub that stands as a key.
pub(super) fn known(decoder: &mut Decoder, text: &str, span: Span) -> Option<HubName> {
    let name = decoder.name::<HubName>(text, span, "a hub's name")?;
    let unknown = |declared: &Declared| match &declared.hubs {
        Some(hubs) if !hubs.contains_key(&name) => Some(hubs.keys().cloned().collect::<Vec<_>>()),
        Some(_) | None => None,
    };
    if let Some(hubs) = unknown(&decoder.declared) {
        let known: Vec<&str> = hubs.iter().map(HubName::as_str).collect();
        decoder.unknown_word(span, text, "is not among the hubs", &known);
        return None;
    }
    Some(name)
}

/// Reads `share`.
pub(super) fn share(decoder: &mut Decoder, node: &Node) -> Option<Share> {
    let mut fields = decoder.open::<shape::Share>(node, "with whom to share")?;
    let with = fields.get(decoder, "with", |d, n| match &n.value {
        Value::Scalar { .. } => {
            let share = d.word(n, &[("organization", Which::Organization), ("members", Which::Members)])?;
            Some(match share {
                Which::Organization => Share::Organization,
                Which::Members => Share::Members,
            })
        }
        Value::Map(_) | Value::List(_) | Value::Refused => {
            let mut fields = d.open::<shape::ShareOus>(n, "organization, members or { ous: [...] }")?;
            let ous = fields.get(d, "ous", |d, n| d.set(n, "organizational units", Decoder::ou));
            fields.close(d);
            ous.map(Share::Ous)
        }
    });
    fields.close(decoder);
    with
}

#[derive(Clone, Copy)]
enum Which {
    Organization,
    Members,
}

/// Reads `peer_hubs`; a mesh becomes all pairs of `hubs`.
pub(super) fn peers(decoder: &mut Decoder, node: &Node, hubs: &BTreeMap<HubName, Hub>) -> Option<BTreeSet<HubPair>> {
    if let Value::Scalar { .. } = &node.value {
        decoder.word(node, &[("mesh", ())])?;
        let pairs = |one: &HubName| {
            hubs.keys().filter_map(|other| HubPair::new(one.clone(), other.clone())).collect::<Vec<_>>()
        };
        return Some(hubs.keys().flat_map(pairs).collect());
    }
    let mut first: BTreeMap<HubPair, Span> = BTreeMap::new();
    for item in decoder.items(node, "pairs of hubs")? {
        let Some((one, other)) = decoder.pair(item, "hubs", reference) else { continue };
        let Some(pair) = HubPair::new(one, other) else {
            decoder.wrong(item.span, "a hub cannot be peered with itself").help("name two different hubs");
            continue;
        };
        if let Some(before) = first.get(&pair).copied() {
            decoder
                .wrong(item.span, format!("{pair} is peered twice"))
                .also(before, "first peered here")
                .help("once is enough");
            continue;
        }
        first.insert(pair, item.span);
    }
    Some(first.into_keys().collect())
}
