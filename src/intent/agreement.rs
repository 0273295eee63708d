//! What connections ask of the segments that they join: a hub in common, ranges to lead to, and one way for each pair.
//!
//! Only what the file alone decides is judged here, whatever accounts and VPCs there are.

use std::collections::{BTreeMap, BTreeSet};

use super::connections::Connections;
use super::decode::Decoder;
use super::problems::Span;
use super::types::{Segment, SegmentPair};
use crate::model::{HubName, SegmentName};

/// The segments that could be read in full, and what is said between them.
pub(super) struct Agreement<'a> {
    segments: BTreeMap<&'a SegmentName, &'a Segment>,
    connections: &'a Connections,
}

impl<'a> Agreement<'a> {
    pub fn of(decoder: &Decoder, segments: &'a BTreeMap<SegmentName, Segment>, connections: &'a Connections) -> Self {
        let declared = decoder.declared.segments.as_ref();
        let sound = |name: &SegmentName| declared.and_then(|all| all.get(name)).is_some_and(|segment| segment.sound);
        Self { segments: segments.iter().filter(|(name, _)| sound(name)).collect(), connections }
    }

    /// Reports every connection that the segments cannot keep. Over peered hubs, segments may reach each other without a hub in
    /// common.
    pub fn check(&self, decoder: &mut Decoder, peered: bool) {
        if !peered {
            self.share_a_hub(decoder);
        }
        self.lead_somewhere(decoder);
        self.have_one_way(decoder);
        self.stay_apart(decoder);
    }

    /// Lists the hubs on which something of a segment's can be; none if it could not be read.
    fn hubs(&self, segment: &SegmentName) -> Option<BTreeSet<&'a HubName>> {
        self.segments.get(segment).map(|segment| segment.reachable_on())
    }

    /// Lists the segments whose traffic firewalls see, and which their table therefore leads to, with where that is said.
    fn answered_by(&self, through: &SegmentName) -> BTreeMap<&SegmentName, Span> {
        let out = self.connections.ways_out().iter().filter(|(_, (at, _))| at == through);
        let pairs = self.connections.inspected().iter().filter(|(_, (at, _))| at == through);
        let out = out.map(|(from, (_, span))| (from, *span));
        let pairs = pairs.flat_map(|(pair, (_, span))| {
            let (one, other) = pair.names();
            [(one, *span), (other, *span)]
        });
        out.chain(pairs).collect()
    }

    fn share_a_hub(&self, decoder: &mut Decoder) {
        let pairs = self.connections.connected().iter().map(|(pair, span)| (pair, *span, None));
        let inspected = self.connections.inspected().iter().map(|(pair, (at, span))| (pair, *span, Some(at)));
        for (pair, span, through) in pairs.chain(inspected) {
            let (one, other) = pair.names();
            let (Some(here), Some(there)) = (self.hubs(one), self.hubs(other)) else { continue };
            let common: BTreeSet<&HubName> = here.intersection(&there).copied().collect();
            if common.is_empty() {
                strangers(decoder, span, (one, &here), (other, &there));
                continue;
            }
            let Some(through) = through else { continue };
            let Some(guarded) = self.hubs(through).filter(|hubs| hubs.is_disjoint(&common)) else { continue };
            decoder
                .wrong(span, format!("`{through}` is on {}, and {pair} meet on {}", list(&guarded), list(&common)))
                .help(format!(
                    "place `{through}` on {} too: traffic cannot leave the hub to be inspected",
                    list(&common)
                ));
        }
        for (from, (through, span)) in self.connections.ways_out() {
            let (Some(here), Some(there)) = (self.hubs(from), self.hubs(through)) else { continue };
            if here.is_disjoint(&there) {
                strangers(decoder, *span, (from, &here), (through, &there));
            }
        }
    }

    /// Checks that a route to what lies outside AWS has a range to lead to.
    fn lead_somewhere(&self, decoder: &mut Decoder) {
        for (pair, (through, span)) in self.connections.inspected() {
            for hidden in self.hidden(pair) {
                decoder
                    .wrong(*span, format!("nothing says what lies behind `{hidden}`, so no route leads there through `{through}`"))
                    .help(format!("say so in `{hidden}`, for instance `cidrs: [172.16.0.0/12]`: BGP brings it to `{through}` alone"));
            }
        }
        for (pair, span) in self.connections.connected() {
            let (one, other) = pair.names();
            for hidden in self.hidden(pair) {
                let sender = if hidden == one { other } else { one };
                let sends_what_is_there = self.segments.get(sender).is_some_and(|segment| {
                    !segment.members.is_empty() && segment.spoke_routes.is_none() && !segment.appliance_mode
                });
                if sends_what_is_there {
                    decoder
                        .wrong(*span, format!("the VPCs of `{sender}` send to the hub what the file names, and nothing says what lies behind `{hidden}`"))
                        .help(format!("say so in `{hidden}`, for instance `cidrs: [172.16.0.0/12]`, or give `{sender}` its `spoke_routes`"));
                }
            }
        }
    }

    fn hidden<'p>(&self, pair: &'p SegmentPair) -> impl Iterator<Item = &'p SegmentName> {
        let (one, other) = pair.names();
        [one, other].into_iter().filter(|name| self.segments.get(*name).is_some_and(|segment| segment.hides_ranges()))
    }

    /// Checks that no pair has two ways: a firewall's table leads straight to whom it answers.
    fn have_one_way(&self, decoder: &mut Decoder) {
        for (pair, (through, span)) in self.connections.inspected().iter().filter(|(pair, (at, _))| !pair.has(at)) {
            let (one, other) = pair.names();
            for (guard, guarded) in [(one, other), (other, one)] {
                let Some(before) = self.answered_by(guard).get(guarded).copied() else { continue };
                decoder
                    .wrong(*span, format!("`{guard}` answers `{guarded}` straight, and not through `{through}`"))
                    .also(before, format!("`{guard}` inspects its traffic"))
                    .help(
                        "take the pair out of `inspect`: what firewalls send back goes straight to where it came from",
                    );
            }
        }
        for (from, (through, span)) in self.connections.ways_out() {
            let Some((further, next)) = self.connections.ways_out().get(through) else { continue };
            decoder
                .wrong(
                    *span,
                    format!("`{from}` goes out through `{through}`, which goes out through `{further}` itself"),
                )
                .also(*next, "the next way out")
                .help(format!(
                    "what comes back to `{further}` would not find `{from}`: name the segment that ends at the internet"
                ));
        }
    }

    /// Checks that what is isolated does not meet in a firewall's table.
    fn stay_apart(&self, decoder: &mut Decoder) {
        // A pair that is inspected all the same is reported as that.
        let isolated = self.connections.isolated().iter();
        for (pair, (except, span)) in isolated.filter(|(pair, _)| !self.connections.inspected().contains_key(pair)) {
            let (one, other) = pair.names();
            for (guard, guarded) in [(one, other), (other, one)] {
                let Some(before) = self.answered_by(guard).get(guarded).copied() else { continue };
                decoder
                    .wrong(*span, format!("{pair} is isolated, and `{guard}` inspects the traffic of `{guarded}`"))
                    .also(before, "said here")
                    .help("firewalls have to answer whom they inspect: drop the isolation, or inspect elsewhere");
            }
            for (from, to) in [(one, other), (other, one)] {
                let Some((through, out)) = self.connections.ways_out().get(from) else { continue };
                if through == to || except.as_ref() == Some(through) || !self.leads_to(through, to) {
                    continue;
                }
                decoder
                    .wrong(*span, format!("{pair} is isolated, and everything that `{from}` sends to `{through}` can be sent on to `{to}`"))
                    .also(*out, format!("`{from}` goes out through `{through}`"))
                    .help(match except {
                        None => format!("say `except_through: {through}`, if its firewalls are to keep the two apart"),
                        Some(_) => format!("an isolation excepts one segment: let it be `{through}`, or choose another way out"),
                    });
                break;
            }
        }
    }

    fn leads_to(&self, through: &SegmentName, to: &SegmentName) -> bool {
        let pair = SegmentPair::new(through.clone(), to.clone());
        self.answered_by(through).contains_key(to)
            || pair.is_some_and(|pair| self.connections.connected().contains_key(&pair))
    }
}

type Placed<'a> = (&'a SegmentName, &'a BTreeSet<&'a HubName>);

fn strangers(decoder: &mut Decoder, span: Span, (one, here): Placed<'_>, (other, there): Placed<'_>) {
    let place = |name: &SegmentName, decoder: &Decoder| {
        decoder.declared.segments.as_ref().and_then(|all| all.get(name)).map(|segment| segment.span)
    };
    let (first, second) = (place(one, decoder), place(other, decoder));
    let problem = decoder
        .wrong(span, format!("`{one}` is on {}, and `{other}` on {}: they share no hub", list(here), list(there)))
        .help("let both stand on one hub, in `hubs`, or place an attachment of the one where the other is");
    for (place, name) in [(first, one), (second, other)] {
        if let Some(place) = place {
            problem.also(place, format!("`{name}` and its hubs"));
        }
    }
}

fn list(hubs: &BTreeSet<&HubName>) -> String {
    hubs.iter().map(|hub| format!("`{hub}`")).collect::<Vec<_>>().join(" and ")
}
