//! The rules for taking away: only what transitd made, only after a look to which nothing was denied, never more than the
//! budgets have room for, and no VPC before its hold is over. Judged from the calls and the world, not by transitd's word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sandbox::Sandbox;
use jiff::{SignedDuration, Timestamp};
use transitd::api::{Ref, Reply, WriteCall};
use transitd::store::{Entry, EntryId};

use crate::wish::Removes;

/// What is known of making and taking away, shared by the door, the memory and the test.
#[derive(Clone, Default)]
pub struct Removals(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// What transitd has made, and AWS has.
    made: BTreeSet<String>,
    /// Reads of the present look that failed, and were not made again with success.
    failing: BTreeSet<String>,
    /// What the present look was told of memberships. Only a look that comes to its end is remembered.
    told: Vec<(String, bool)>,
    /// When the present look began, until its first write: what is read later is no evidence of it.
    look: Option<Timestamp>,
    /// When the last look began.
    began: Timestamp,
    /// What was taken away, when, and for which segment.
    spent: Vec<(EntryId, Timestamp, Option<String>)>,
    /// VPCs that are members no more as far as transitd was told, and since which look.
    left: BTreeMap<String, Timestamp>,
    limits: Option<Removes>,
    /// Whether the hub associates by itself.
    defaults: bool,
}

/// By how much a hold may seem too short. A look is taken to begin with the last try of its first call, and that may have been
/// tried a few times.
const TRIES: SignedDuration = SignedDuration::from_secs(60);

impl Known {
    fn is_held(&self, vpc: &str, now: Timestamp) -> bool {
        let hold = SignedDuration::from_mins(self.limits.map_or(0, |limits| limits.hold_minutes));
        self.left.get(vpc).is_some_and(|since| now < *since + hold - TRIES)
    }
}

impl Removals {
    pub fn new(limits: Option<Removes>, defaults: bool) -> Self {
        Self(Arc::new(Mutex::new(Known { limits, defaults, ..Known::default() })))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a look begins: what failed before is read again.
    pub fn look(&self, now: Timestamp) {
        let mut known = self.known();
        known.failing.clear();
        known.told.clear();
        known.look = Some(now);
        known.began = now;
    }

    /// Notes what became of a read.
    pub fn read(&self, name: String, failed: bool) {
        let mut known = self.known();
        if known.look.is_some() && failed {
            known.failing.insert(name);
        } else {
            known.failing.remove(&name);
        }
    }

    /// Notes that transitd was told of VPCs whether they are members.
    pub fn told(&self, memberships: Vec<(String, bool)>) {
        let mut known = self.known();
        if known.look.is_some() {
            known.told.extend(memberships);
        }
    }

    /// Notes that transitd has come to the end of a look, and remembers who has left.
    pub fn learned(&self) {
        let mut known = self.known();
        let began = known.began;
        for (vpc, is_member) in std::mem::take(&mut known.told) {
            if is_member {
                known.left.remove(&vpc);
            } else {
                known.left.entry(vpc).or_insert(began);
            }
        }
    }

    /// Judges a write that is about to be sent, as it is journaled.
    pub fn journaled(&self, id: EntryId, entry: &Entry) -> Vec<String> {
        let mut known = self.known();
        known.look = None;
        if !entry.removes {
            return Vec::new();
        }
        let mut wrongs = Vec::new();
        if let Some(read) = known.failing.first() {
            wrongs.push(format!("taken away while {read} is unknown: {}", entry.step));
        }
        known.spent.push((id, entry.at, entry.segment.as_ref().map(ToString::to_string)));
        let held = known.left.keys().find(|vpc| entry.step.contains(*vpc) && known.is_held(vpc, known.began));
        wrongs.extend(held.map(|vpc| format!("{vpc} has left and is held, and loses what it had: {}", entry.step)));
        let Some(limits) = known.limits else {
            wrongs.push(format!("taken away, and the file says to remove nothing: {}", entry.step));
            return wrongs;
        };
        let within = |hours: i64, segment: bool| {
            let since = entry.at - SignedDuration::from_hours(hours);
            let ours = entry.segment.as_ref().map(ToString::to_string);
            known.spent.iter().filter(|(_, at, of)| *at > since && (!segment || *of == ours)).count()
        };
        let counts = [("hour", within(1, false), limits.per_hour), ("day", within(24, false), limits.per_day)];
        let of_segment = entry.segment.as_ref().map(|_| ("segment and day", within(24, true), limits.per_segment));
        for (what, count, limit) in counts.into_iter().chain(of_segment) {
            if count > limit {
                wrongs.push(format!("{count} removals in the {what}, and the budget is {limit}: {}", entry.step));
            }
        }
        wrongs
    }

    /// Notes that what was journaled came to nothing: it does not count.
    pub fn not_done(&self, id: EntryId) {
        self.known().spent.retain(|(entry, ..)| *entry != id);
    }

    /// Judges a write that is about to reach AWS.
    pub fn sending(&self, call: &WriteCall, sandbox: &Sandbox) -> Vec<String> {
        let known = self.known();
        let Some(thing) = taken(call) else { return Vec::new() };
        let by_itself = known.defaults && thing.starts_with("association");
        let mut wrongs = Vec::new();
        if !by_itself && !known.made.contains(&thing) {
            wrongs.push(format!("taken away, and transitd never made it: {thing}"));
        }
        if let WriteCall::DisassociateResourceShare { principals, .. } = call {
            let attachments = sandbox.world.network.vpc_attachments.iter().filter(|it| it.state.carries_traffic());
            let theirs = attachments.filter(|it| principals.contains(&it.vpc_owner));
            let held = theirs.filter(|it| known.is_held(&it.vpc, sandbox.now()));
            wrongs.extend(held.map(|it| format!("{} is held, and its account taken out of the share", it.vpc)));
        }
        if let WriteCall::DeleteTransitGatewayVpcAttachment { attachment } = call {
            let attachment = sandbox.world.network.vpc_attachments.get(attachment.as_str());
            let vpc = attachment.map(|it| it.vpc.clone()).unwrap_or_default();
            match known.left.get(&vpc) {
                None => wrongs.push(format!("{vpc} is a member, and detached")),
                Some(since) if known.is_held(&vpc, sandbox.now()) => {
                    wrongs.push(format!("{vpc} left at {since}, is held, and is detached at {}", sandbox.now()));
                }
                Some(_) => {}
            }
        }
        wrongs
    }

    /// Counts what was taken away.
    pub fn count(&self) -> usize {
        self.known().spent.len()
    }

    /// Notes a write that AWS has done.
    pub fn done(&self, call: &WriteCall, reply: &Reply) {
        let mut known = self.known();
        if let Some(thing) = taken(call) {
            known.made.remove(&thing);
        }
        known.made.extend(made(call, reply));
    }
}

/// Names what a call takes away.
fn taken(call: &WriteCall) -> Option<String> {
    Some(match call {
        WriteCall::DeleteRoute { route_table, destination } => format!("route {route_table} {destination}"),
        WriteCall::DeleteTransitGatewayRoute { table, destination } => format!("static {table} {destination}"),
        WriteCall::DeleteTransitGatewayPrefixListReference { table, prefix_list } => {
            format!("static {table} {prefix_list}")
        }
        WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment } => {
            format!("propagation {table} {attachment}")
        }
        WriteCall::DisassociateTransitGatewayRouteTable { table, attachment } => {
            format!("association {table} {attachment}")
        }
        WriteCall::DeleteTransitGatewayVpcAttachment { attachment } => attachment.to_string(),
        WriteCall::DeleteTransitGatewayRouteTable { table } => table.to_string(),
        WriteCall::DeleteResourceShare { share } => share.clone(),
        WriteCall::DisassociateResourceShare { share, principals } => format!("{share} {}", principals.join(" ")),
        WriteCall::CreateTransitGateway { .. }
        | WriteCall::ModifyTransitGateway { .. }
        | WriteCall::CreateResourceShare { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::AssociateResourceShare { .. }
        | WriteCall::AcceptResourceShareInvitation { .. }
        | WriteCall::CreateTransitGatewayRouteTable { .. }
        | WriteCall::CreateTransitGatewayVpcAttachment { .. }
        | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::CreateTransitGatewayRoute { .. }
        | WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::CreateRoute { .. }
        | WriteCall::ReplaceRoute { .. }
        | WriteCall::CreateTags { .. }
        | WriteCall::TagResource { .. } => return None,
    })
}

/// Names what a call has made.
fn made(call: &WriteCall, reply: &Reply) -> Option<String> {
    fn id<T: std::fmt::Display>(of: &Ref<T>) -> String {
        of.known().map(ToString::to_string).unwrap_or_default()
    }
    Some(match call {
        WriteCall::CreateRoute { route_table, destination, .. } => format!("route {route_table} {destination}"),
        WriteCall::CreateTransitGatewayRoute { table, destination, .. } => {
            format!("static {} {destination}", id(table))
        }
        WriteCall::CreateTransitGatewayPrefixListReference { table, prefix_list, .. } => {
            format!("static {} {prefix_list}", id(table))
        }
        WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
            format!("propagation {} {}", id(table), id(attachment))
        }
        WriteCall::AssociateTransitGatewayRouteTable { table, attachment } => {
            format!("association {} {}", id(table), id(attachment))
        }
        WriteCall::AssociateResourceShare { share, principals, .. } => {
            format!("{} {}", id(share), principals.join(" "))
        }
        WriteCall::CreateTransitGatewayVpcAttachment { .. }
        | WriteCall::CreateTransitGatewayRouteTable { .. }
        | WriteCall::CreateResourceShare { .. } => reply.id.clone()?,
        WriteCall::CreateTransitGateway { .. }
        | WriteCall::ModifyTransitGateway { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::DisassociateResourceShare { .. }
        | WriteCall::DeleteResourceShare { .. }
        | WriteCall::AcceptResourceShareInvitation { .. }
        | WriteCall::DeleteTransitGatewayRouteTable { .. }
        | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::DeleteTransitGatewayRoute { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
        | WriteCall::ReplaceRoute { .. }
        | WriteCall::DeleteRoute { .. }
        | WriteCall::CreateTags { .. }
        | WriteCall::TagResource { .. } => return None,
    })
}
