//! What is so in the world, whatever transitd believes: judged from the sandbox's own state.

use std::collections::{BTreeMap, BTreeSet};

use aws_sandbox::Sandbox;
use aws_sandbox::network::route_target::Target;
use aws_sandbox::network::shelf::Key;
use aws_sandbox::network::walk::{Path, Start, walk};

use crate::world::{IsThere as _, Land};

impl Land {
    /// Follows a packet from every subnet to every other VPC, and says where it went against the intent. What the file once
    /// let through may still get through where transitd was kept from learning that it had made the way.
    pub fn misrouted(&self, calm: bool) -> Vec<String> {
        let sandbox = self.seed.lock();
        let mut wrongs = Vec::new();
        for (from, one) in self.members.iter().enumerate() {
            for (to, other) in self.members.iter().enumerate().filter(|(_, other)| other.vpc != one.vpc) {
                let observed = [one, other].iter().any(|it| self.wish.segments[it.segment].observed);
                let should = self.may_reach(from, to);
                let pair = (one.segment.min(other.segment), one.segment.max(other.segment));
                for subnet in &one.subnets {
                    let path = walk(&sandbox.world, Start::Subnet(subnet), other.address);
                    let hops = match &path {
                        Path::Delivered { vpc, hops } if *vpc == other.vpc => Some(hops),
                        Path::Delivered { .. } | Path::Handed { .. } | Path::Left { .. } | Path::Dropped { .. } => None,
                    };
                    let names = format!("{} of s{} -> {} of s{}", one.vpc, one.segment, other.vpc, other.segment);
                    match hops {
                        None if should && !observed => wrongs.push(format!("{names} should arrive: {path:?}")),
                        // Where the way to the internet leads through firewalls, what they send on is theirs to say.
                        Some(hops) if !should && self.wish.egress && self.passes_firewalls(&sandbox, hops) => {}
                        Some(_) if !should && (calm || !self.once.contains(&pair)) => {
                            wrongs.push(format!("{names} should not arrive: {path:?}"));
                        }
                        Some(hops)
                            if should
                                && self.wish.inspected.contains(&pair)
                                && !self.passes_firewalls(&sandbox, hops) =>
                        {
                            wrongs.push(format!("{names} should pass the firewalls: {path:?}"));
                        }
                        Some(_) | None => {}
                    }
                }
            }
        }
        wrongs
    }

    fn passes_firewalls(&self, sandbox: &Sandbox, hops: &[String]) -> bool {
        let Some(firewalls) = &self.firewalls else { return false };
        let mut attachments = sandbox.world.network.vpc_attachments.under(&Key::Vpc(firewalls.vpc.clone()));
        attachments.any(|it| hops.contains(&it.id))
    }

    /// Names the attachments that are not as the intent says: in every tagged subnet, with DNS.
    pub fn misattached(&self) -> Vec<String> {
        let sandbox = self.seed.lock();
        let attachments = &sandbox.world.network.vpc_attachments;
        let mut wrongs = Vec::new();
        let belonging = self.members.iter().enumerate().filter(|(at, _)| self.belongs(*at)).map(|(_, member)| member);
        for member in belonging.chain(&self.firewalls) {
            let appliance = member.segment == usize::MAX;
            let mut all = attachments.under(&Key::Vpc(member.vpc.clone()));
            let is_right = all.find(|it| it.state.carries_traffic()).is_some_and(|it| {
                let subnets: BTreeSet<&String> = it.subnets.iter().collect();
                let options = it.options.dns_support.is_on() && it.options.appliance_mode_support.is_on() == appliance;
                subnets == member.subnets.iter().collect() && options
            });
            if !is_right {
                wrongs.push(format!("the attachment of {} is not as declared", member.vpc));
            }
        }
        wrongs
    }

    /// Writes down everything that is none of transitd's, as text that can be compared.
    pub fn undeclared(&self) -> BTreeMap<String, String> {
        let sandbox = self.seed.lock();
        let network = &sandbox.world.network;
        let mut all = BTreeMap::new();
        for vpc in &self.strangers.vpcs {
            let key = Key::Vpc(vpc.clone());
            let attachments: Vec<_> = network.vpc_attachments.under(&key).collect();
            let tables: Vec<_> = network.route_tables.under(&key).collect();
            all.insert(vpc.clone(), format!("{attachments:?} {tables:?}"));
        }
        for table in &self.strangers.tables {
            all.insert(table.clone(), format!("{:?}", network.transit_gateway_route_tables.get(table)));
        }
        for (table, range) in &self.strangers.blackholes {
            let table = network.transit_gateway_route_tables.get(table);
            let range = range.parse().expect("a range");
            let route = table.map(|table| table.static_routes.get(&range).cloned());
            all.insert(format!("blackhole {range}"), format!("{route:?}"));
        }
        for (table, range, to) in &self.strangers.taken_over {
            // What its attachment leaves behind is a blackhole, and nobody's.
            if network.vpc_attachments.get(to).is_some_and(|it| it.state.carries_traffic()) {
                let table = network.transit_gateway_route_tables.get(table);
                let key = range.parse().expect("a range");
                let route = table.map(|table| table.static_routes.get(&key).cloned());
                all.insert(format!("taken over {range}"), format!("{route:?}"));
            }
        }
        for member in &self.members {
            for table in network.route_tables.under(&Key::Vpc(member.vpc.clone())) {
                let is_ours = |target: &Target| matches!(target, Target::TransitGateway(_));
                let own: Vec<_> = table.routes.iter().filter(|(_, route)| !is_ours(&route.target)).collect();
                all.insert(table.id.clone(), format!("{own:?} {:?}", table.subnets));
            }
        }
        if let Some(hub) = &self.wish.adopts {
            all.insert(hub.clone(), format!("{:?}", network.transit_gateways.get(hub)));
        }
        all
    }

    /// Names what there is twice: live tables with the same ownership tags, live attachments of one VPC.
    pub fn doubled(&self) -> Vec<String> {
        let sandbox = self.seed.lock();
        let network = &sandbox.world.network;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for gateway in network.transit_gateways.iter() {
            let tags = network.tags.of(&gateway.owner, &gateway.id);
            if tags.iter().any(|tag| tag.key == "transitd:hub") {
                *counts.entry("hub".to_owned()).or_default() += 1;
            }
        }
        for share in sandbox.world.sharing.shares.values() {
            if share.tags.iter().any(|tag| tag.key == "transitd:hub") {
                *counts.entry("share".to_owned()).or_default() += 1;
            }
        }
        for table in network.transit_gateway_route_tables.iter() {
            let tags = network.tags.of(&table.owner, &table.id);
            let segment = tags.iter().find(|tag| tag.key == "transitd:segment");
            if let (Some(segment), true) = (segment, table.state.is_there()) {
                *counts.entry(format!("route table of {}", segment.value)).or_default() += 1;
            }
        }
        for attachment in network.vpc_attachments.iter().filter(|it| it.state.holds_interfaces_or_waits()) {
            *counts.entry(format!("attachment of {}", attachment.vpc)).or_default() += 1;
        }
        counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(what, count)| format!("{count} times the {what}"))
            .collect()
    }
}
