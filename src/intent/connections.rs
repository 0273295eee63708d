//! `connect`, `inspect`, `egress` and `isolate`: who reaches whom, through what, and who never does.
//!
//! The four speak of the same pairs and must not contradict each other: a pair is connected directly, or through an
//! inspection segment, or not at all; and a pair that is isolated is connected at most through the segment that the
//! isolation excepts.

use std::collections::{BTreeMap, BTreeSet};

use super::decode::{Decoder, Fields};
use super::problems::Span;
use super::tree::Node;
use super::types::SegmentPair;
use super::{segments, shape};
use crate::model::SegmentName;

/// What the four sections say, each pair with its place.
#[derive(Debug, Default)]
pub(super) struct Connections {
    connect: BTreeMap<SegmentPair, Span>,
    inspect: BTreeMap<SegmentPair, (SegmentName, Span)>,
    egress: BTreeMap<SegmentName, (SegmentName, Span)>,
    isolate: BTreeMap<SegmentPair, (Option<SegmentName>, Span)>,
}

impl Connections {
    pub fn read(decoder: &mut Decoder, config: &mut Fields<'_>) -> Self {
        let connections = Self {
            connect: config.get(decoder, "connect", connect).unwrap_or_default(),
            inspect: config.get(decoder, "inspect", inspect).unwrap_or_default(),
            egress: config.get(decoder, "egress", egress).unwrap_or_default(),
            isolate: config.get(decoder, "isolate", isolate).unwrap_or_default(),
        };
        connections.agree(decoder);
        connections
    }

    /// Returns where each pair is connected.
    pub fn connected(&self) -> &BTreeMap<SegmentPair, Span> {
        &self.connect
    }

    /// Returns through what each pair is inspected, and where that is said.
    pub fn inspected(&self) -> &BTreeMap<SegmentPair, (SegmentName, Span)> {
        &self.inspect
    }

    /// Returns through what each segment reaches the internet, and where that is said.
    pub fn ways_out(&self) -> &BTreeMap<SegmentName, (SegmentName, Span)> {
        &self.egress
    }

    /// Returns what each isolation excepts, and where it is said.
    pub fn isolated(&self) -> &BTreeMap<SegmentPair, (Option<SegmentName>, Span)> {
        &self.isolate
    }

    pub fn connect(&self) -> BTreeSet<SegmentPair> {
        self.connect.keys().cloned().collect()
    }

    pub fn inspect(&self) -> BTreeMap<SegmentPair, SegmentName> {
        self.inspect.iter().map(|(pair, (through, _))| (pair.clone(), through.clone())).collect()
    }

    pub fn egress(&self) -> BTreeMap<SegmentName, SegmentName> {
        self.egress.iter().map(|(from, (through, _))| (from.clone(), through.clone())).collect()
    }

    pub fn isolate(&self) -> BTreeMap<SegmentPair, Option<SegmentName>> {
        self.isolate.iter().map(|(pair, (except, _))| (pair.clone(), except.clone())).collect()
    }

    fn agree(&self, decoder: &mut Decoder) {
        for (pair, (through, span)) in &self.inspect {
            if let Some(connected) = self.connect.get(pair) {
                decoder
                    .wrong(*span, format!("{pair} is inspected, and connected without inspection too"))
                    .also(*connected, "connected here")
                    .help(format!("take the pair out of `connect`: traffic would pass `{through}` by"));
            }
        }
        for (pair, (except, span)) in &self.isolate {
            if let Some(connected) = self.connect.get(pair) {
                decoder
                    .wrong(*span, format!("{pair} is isolated, and connected too"))
                    .also(*connected, "connected here")
                    .help(match except {
                        None => "take the pair out of `connect`, or drop the isolation".to_owned(),
                        Some(through) => format!("connect the pair by `inspect` through `{through}` instead"),
                    });
            }
            match (self.inspect.get(pair), except) {
                (Some((through, inspected)), except) if except.as_ref() != Some(through) => {
                    decoder
                        .wrong(*span, format!("{pair} is isolated, and connected through `{through}` too"))
                        .also(*inspected, "inspected here")
                        .help(format!("say `except_through: {through}`, or take the pair out of `inspect`"));
                }
                (Some(_) | None, _) => {}
            }
        }
    }
}

fn connect(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<SegmentPair, Span>> {
    let mut pairs = BTreeMap::new();
    for item in decoder.items(node, "pairs of segments")? {
        let Some(pair) = pair(decoder, item, "to let its own VPCs reach one another, say `inside: open` there") else {
            continue;
        };
        if let Some(before) = pairs.insert(pair.clone(), item.span) {
            decoder
                .wrong(item.span, format!("{pair} is connected twice"))
                .also(before, "first connected here")
                .help("a pair is connected both ways: one entry is enough");
        }
    }
    Some(pairs)
}

fn inspect(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<SegmentPair, (SegmentName, Span)>> {
    let mut pairs: BTreeMap<SegmentPair, (SegmentName, Span)> = BTreeMap::new();
    for item in decoder.items(node, "pairs to inspect")? {
        let Some(mut fields) = decoder.open::<shape::Inspect>(item, "a pair to inspect") else { continue };
        let between = fields.get(decoder, "between", |d, n| pair(d, n, "name two different segments"));
        let through = fields.get(decoder, "through", |d, n| Some((inspection_segment(d, n)?, n.span)));
        fields.close(decoder);
        let (Some(pair), Some((through, span))) = (between, through) else { continue };
        if pair.has(&through) {
            decoder
                .wrong(span, format!("`{through}` cannot stand between itself and another segment"))
                .help("name the segment that the firewalls stand in");
        }
        if let Some((_, before)) = pairs.get(&pair) {
            let before = *before;
            decoder
                .wrong(item.span, format!("{pair} is inspected twice"))
                .also(before, "first inspected here")
                .help("keep one of them");
            continue;
        }
        pairs.insert(pair, (through, item.span));
    }
    Some(pairs)
}

fn egress(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<SegmentName, (SegmentName, Span)>> {
    let mut all: BTreeMap<SegmentName, (SegmentName, Span)> = BTreeMap::new();
    for item in decoder.items(node, "ways to the internet")? {
        let Some(mut fields) = decoder.open::<shape::Egress>(item, "a way to the internet") else { continue };
        let from = fields.node(decoder, "from");
        let from = from.and_then(|node| Some((decoder.set(node, "segments", segments::reference)?, node.span)));
        let through = fields.get(decoder, "through", inspection_segment);
        fields.close(decoder);
        let (Some((from, span)), Some(through)) = (from, through) else { continue };
        for segment in from {
            if segment == through {
                decoder
                    .wrong(span, format!("`{segment}` cannot reach the internet through itself"))
                    .help("take it out of `from`: where firewalls stand, the way out is already");
                continue;
            }
            if let Some((_, before)) = all.get(&segment) {
                let before = *before;
                decoder
                    .wrong(span, format!("`{segment}` has two ways to the internet"))
                    .also(before, "the first one")
                    .help("a default route has one target: keep one of them");
                continue;
            }
            all.insert(segment, (through.clone(), span));
        }
    }
    Some(all)
}

fn isolate(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<SegmentPair, (Option<SegmentName>, Span)>> {
    let mut pairs: BTreeMap<SegmentPair, (Option<SegmentName>, Span)> = BTreeMap::new();
    for item in decoder.items(node, "pairs to isolate")? {
        let Some(mut fields) = decoder.open::<shape::Isolate>(item, "a pair to isolate") else { continue };
        let between = fields.get(decoder, "between", |d, n| {
            pair(d, n, "name two different segments; for the VPCs of one segment, say `inside: closed` there")
        });
        let except = fields.get_or(decoder, "except_through", None, |d, n| inspection_segment(d, n).map(Some));
        fields.close(decoder);
        let (Some(pair), Some(except)) = (between, except) else { continue };
        if let Some((_, before)) = pairs.get(&pair) {
            let before = *before;
            decoder
                .wrong(item.span, format!("{pair} is isolated twice"))
                .also(before, "first isolated here")
                .help("keep one of them");
            continue;
        }
        pairs.insert(pair, (except, item.span));
    }
    Some(pairs)
}

/// Reads two different declared segments.
fn pair(decoder: &mut Decoder, node: &Node, help_if_one: &str) -> Option<SegmentPair> {
    let (one, other) = decoder.pair(node, "segments", segments::reference)?;
    let pair = SegmentPair::new(one.clone(), other);
    if pair.is_none() {
        decoder.wrong(node.span, format!("both are the segment `{one}`")).help(help_if_one);
    }
    pair
}

/// Reads the name of a declared segment that firewalls stand in.
fn inspection_segment(decoder: &mut Decoder, node: &Node) -> Option<SegmentName> {
    let name = segments::reference(decoder, node)?;
    let plain =
        decoder.declared.segments.as_ref().and_then(|all| all.get(&name)).filter(|one| one.sound && !one.inspects);
    if let Some(declared) = plain.map(|segment| segment.span) {
        decoder
            .wrong(node.span, format!("`{name}` is not an inspection segment"))
            .also(declared, "declared without appliance mode, and without a network function")
            .help("say `appliance_mode: true` there: without it the two directions of a flow may meet different firewalls");
    }
    Some(name)
}
