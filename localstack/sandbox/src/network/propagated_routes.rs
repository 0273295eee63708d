//! The routes that propagations bring into one route table.
//!
//! Of VPCs, first come, first served: a range that overlaps another VPC's gets no route, and waits until that one goes
//! ("How transit gateways work": VPCs with identical or overlapping ranges). What BGP brings may be more or less specific
//! than anything. Of one prefix there is one route, by the kind of attachment and then by who came first; the others
//! wait, and no list shows them ("Transit gateway route tables").

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::attachment::ResourceType;
use super::cidr;

#[derive(Clone, Debug, Default)]
pub struct PropagatedRoutes {
    /// The attachments that propagate, whatever they bring.
    attachments: BTreeMap<String, ResourceType>,
    admitted: BTreeMap<IpNet, String>,
    /// In the order in which they came.
    waiting: Vec<(IpNet, String)>,
}

impl PropagatedRoutes {
    pub fn attachments(&self) -> impl Iterator<Item = &String> {
        self.attachments.keys()
    }

    pub fn has(&self, attachment: &str) -> bool {
        self.attachments.contains_key(attachment)
    }

    /// Lists the routes, in the order of their destinations.
    pub fn admitted(&self) -> impl Iterator<Item = (&IpNet, &String)> {
        self.admitted.iter()
    }

    pub fn len(&self) -> usize {
        self.admitted.len()
    }

    pub fn is_empty(&self) -> bool {
        self.admitted.is_empty()
    }

    pub fn get(&self, range: &IpNet) -> Option<&String> {
        self.admitted.get(range)
    }

    /// Lists the other attachments of the holder's kind that bring a range as well.
    pub fn beside<'p>(&'p self, range: &'p IpNet) -> impl Iterator<Item = &'p String> {
        let kind = self.get(range).map(|holder| self.kind(holder));
        let same = self.waiting.iter().filter(move |(held, _)| held == range);
        same.map(|(_, holder)| holder).filter(move |holder| Some(self.kind(holder)) == kind)
    }

    /// Lists all that an attachment brings, admitted or not.
    pub fn offered_by(&self, attachment: &str) -> BTreeSet<IpNet> {
        let waiting = self.waiting.iter().map(|(range, holder)| (range, holder));
        self.admitted
            .iter()
            .chain(waiting)
            .filter(|(_, holder)| *holder == attachment)
            .map(|(range, _)| *range)
            .collect()
    }

    /// Lets an attachment propagate; false if it does already.
    pub fn join(&mut self, attachment: &str, kind: ResourceType) -> bool {
        self.attachments.insert(attachment.to_owned(), kind).is_none()
    }

    fn kind(&self, attachment: &str) -> ResourceType {
        self.attachments.get(attachment).copied().unwrap_or(ResourceType::Vpc)
    }

    /// Takes an attachment's range in, or puts it on the waiting list. `strict` keeps out of what VPCs bring all that
    /// overlaps, not only the equal.
    pub fn offer(&mut self, attachment: &str, range: IpNet, strict: bool) {
        let brought = (range, attachment.to_owned());
        if self.admitted.get(&range) == Some(&brought.1) || self.waiting.contains(&brought) {
            return;
        }
        if let Some(holder) = self.admitted.get(&range)
            && self.kind(attachment) < self.kind(holder)
        {
            // The better kind takes the route over; the other is the first to have it back.
            let displaced = (range, holder.clone());
            self.admitted.remove(&range);
            self.waiting.insert(0, displaced);
        }
        if self.is_free(attachment, &range, strict) {
            self.admitted.insert(range, brought.1);
        } else {
            self.waiting.push(brought);
            self.let_in(strict);
        }
    }

    fn is_free(&self, attachment: &str, range: &IpNet, strict: bool) -> bool {
        if self.admitted.contains_key(range) {
            return false;
        }
        if !strict || self.kind(attachment) != ResourceType::Vpc {
            return true;
        }
        // Ranges hold one another or are apart, so what overlaps is a range of a shorter prefix around this one, or
        // starts inside it.
        let around =
            (0..range.prefix_len()).filter_map(|len| IpNet::new(range.addr(), len).ok()).map(|net| net.trunc());
        let inside = self.admitted.range(*range..).take_while(|(held, _)| range.contains(&first(held)));
        let others = |holder: &String| holder != attachment && self.kind(holder) == ResourceType::Vpc;
        !around.filter_map(|net| self.admitted.get(&net)).any(others)
            && !inside.filter(|(held, _)| cidr::overlap(held, range)).any(|(_, holder)| others(holder))
    }

    /// Takes back one range of an attachment, and lets in what waited for it.
    pub fn withdraw(&mut self, attachment: &str, range: &IpNet, strict: bool) {
        if self.admitted.get(range).is_some_and(|holder| holder == attachment) {
            self.admitted.remove(range);
        }
        self.waiting.retain(|(held, holder)| !(held == range && holder == attachment));
        self.let_in(strict);
    }

    /// Takes back all that an attachment brought, and the propagation itself; false if it did not propagate.
    pub fn leave(&mut self, attachment: &str, strict: bool) -> bool {
        self.admitted.retain(|_, holder| holder != attachment);
        self.waiting.retain(|(_, holder)| holder != attachment);
        self.let_in(strict);
        self.attachments.remove(attachment).is_some()
    }

    /// Lets in what can be by now: the better kinds first, and of one kind who came first.
    fn let_in(&mut self, strict: bool) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|(_, attachment)| self.kind(attachment));
        for (range, attachment) in waiting {
            if self.is_free(&attachment, &range, strict) {
                self.admitted.insert(range, attachment);
            } else {
                self.waiting.push((range, attachment));
            }
        }
    }
}

fn first(range: &IpNet) -> IpAddr {
    range.network()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    fn held(routes: &PropagatedRoutes) -> Vec<(String, String)> {
        routes.admitted().map(|(range, attachment)| (range.to_string(), attachment.clone())).collect()
    }

    #[test]
    fn the_first_of_equal_ranges_wins_and_the_next_follows_when_it_goes() {
        let mut routes = PropagatedRoutes::default();
        for attachment in ["one", "two", "three"] {
            assert!(routes.join(attachment, ResourceType::Vpc));
            routes.offer(attachment, net("10.0.0.0/16"), true);
        }
        assert_eq!(held(&routes), [("10.0.0.0/16".into(), "one".into())]);
        assert!(routes.leave("one", true));
        assert_eq!(held(&routes), [("10.0.0.0/16".into(), "two".into())]);
        assert!(!routes.leave("one", true));
    }

    #[test]
    fn overlapping_ranges_stay_out_only_when_strict() {
        for (strict, count) in [(true, 1), (false, 3)] {
            let mut routes = PropagatedRoutes::default();
            routes.offer("one", net("10.1.0.0/16"), strict);
            routes.offer("two", net("10.0.0.0/8"), strict);
            routes.offer("three", net("10.1.2.0/24"), strict);
            assert_eq!(routes.len(), count, "strict: {strict}");
        }
    }

    #[test]
    fn of_one_prefix_the_better_kind_has_the_route_and_the_other_has_it_back() {
        let mut routes = PropagatedRoutes::default();
        for (attachment, kind) in [
            ("vpn", ResourceType::Vpn),
            ("connect", ResourceType::Connect),
            ("dx", ResourceType::DirectConnectGateway),
            ("vpc", ResourceType::Vpc),
        ] {
            routes.join(attachment, kind);
            routes.offer(attachment, net("10.0.0.0/16"), true);
            assert_eq!(held(&routes), [("10.0.0.0/16".into(), attachment.into())]);
        }
        for (leaves, next) in [("vpc", "dx"), ("dx", "connect"), ("connect", "vpn")] {
            routes.leave(leaves, true);
            assert_eq!(held(&routes), [("10.0.0.0/16".into(), next.into())]);
        }
    }

    #[test]
    fn what_bgp_brings_may_overlap_a_vpc() {
        let mut routes = PropagatedRoutes::default();
        routes.join("vpn", ResourceType::Vpn);
        routes.offer("vpn", net("10.0.0.0/8"), true);
        routes.offer("vpc", net("10.1.0.0/16"), true);
        routes.offer("vpn", net("10.1.2.0/24"), true);
        assert_eq!(routes.len(), 3);
    }

    #[test]
    fn ranges_of_one_attachment_do_not_stand_in_each_others_way() {
        let mut routes = PropagatedRoutes::default();
        routes.offer("one", net("10.1.0.0/16"), true);
        routes.offer("one", net("10.1.2.0/24"), true);
        assert_eq!(routes.len(), 2);
    }

    proptest! {
        #[test]
        fn admitted_ranges_of_two_attachments_never_overlap_and_none_waits_without_cause(
            offers in prop::collection::vec((0_u8..5, 8_u8..20, 0_u8..4, prop::bool::ANY), 1..40)
        ) {
            let mut routes = PropagatedRoutes::default();
            for (attachment, len, third, leaves) in offers {
                let attachment = attachment.to_string();
                if leaves {
                    routes.leave(&attachment, true);
                } else {
                    let text = format!("10.{}.0.0/{len}", third * 16);
                    routes.offer(&attachment, net(&text).trunc(), true);
                }
                let all: Vec<_> = routes.admitted().collect();
                for (at, one) in all.iter().enumerate() {
                    for other in &all[at + 1..] {
                        prop_assert!(one.1 == other.1 || !cidr::overlap(one.0, other.0));
                    }
                }
                for (range, attachment) in &routes.waiting {
                    prop_assert!(all.iter().any(|(held, holder)| *holder != attachment && cidr::overlap(held, range)));
                }
            }
        }
    }
}
