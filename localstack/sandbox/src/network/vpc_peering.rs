//! VPC peering connections: two VPCs joined, in any accounts and Regions.
//!
//! | from | trigger | to | seen for |
//! |---|---|---|---|
//! | `initiating-request` | the VPCs can be joined | `pending-acceptance` | |
//! | `initiating-request` | ranges overlap, or there is no such VPC | `failed` | 2 h, by the requester alone |
//! | `pending-acceptance` | accept, by the accepter VPC's owner in its Region | `provisioning → active` | |
//! | `pending-acceptance` | reject, by the same | `rejected` | 2 d by the requester, 2 h by the accepter |
//! | `pending-acceptance` | seven days | `expired` | 2 d by both |
//! | `pending-acceptance` | delete, by the requester | `deleted` | 2 h by who deletes, 2 d by the other |
//! | `active` | delete, by either; `deleting` in between across Regions | `deleted` | the same |
//!
//! (VPC peering guide, "VPC peering connection lifecycle".) Each side has its own tags, routes and DNS option. Packets go
//! from the one VPC to the other and no further.

use std::time::Duration;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use super::members::words;
use super::resource::Kind;
use super::shelf::{Kept, Key};
use super::vpc::Vpc;
use super::{Network, cidr, tags};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// Each transition that nobody waits for takes seconds.
pub const SETTLING_SECONDS: f64 = 5.0;
/// How long a request waits for acceptance.
pub const REQUEST_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
const SHORT: SignedDuration = SignedDuration::from_hours(2);
const LONG: SignedDuration = SignedDuration::from_hours(48);

words! {
    Status {
        InitiatingRequest = "initiating-request", PendingAcceptance = "pending-acceptance", Active = "active",
        Deleted = "deleted", Rejected = "rejected", Failed = "failed", Expired = "expired",
        Provisioning = "provisioning", Deleting = "deleting",
    }
}

impl Status {
    /// Tells whether this is the last one that it will have.
    pub fn is_over(self) -> bool {
        matches!(self, Status::Deleted | Status::Rejected | Status::Failed | Status::Expired)
    }

    /// Tells whether the two VPCs are joined, or about to be.
    pub fn is_accepted(self) -> bool {
        matches!(self, Status::Provisioning | Status::Active)
    }
}

/// One side of a peering connection.
#[derive(Clone, Debug)]
pub struct Party {
    pub vpc: String,
    pub owner: AccountId,
    pub region: String,
    /// Whether names of hosts here resolve to private addresses when the other VPC asks.
    pub dns_resolution: bool,
    /// When its record is no longer listed here, once it is over.
    pub listed_until: Option<Timestamp>,
}

impl Party {
    pub fn is_at(&self, account: &str, region: &str) -> bool {
        self.owner == account && self.region == region
    }
}

#[derive(Clone, Debug)]
pub struct VpcPeeringConnection {
    pub id: String,
    pub requester: Party,
    pub accepter: Party,
    pub status: Status,
    pub expires: Timestamp,
}

impl VpcPeeringConnection {
    pub fn parties(&self) -> [&Party; 2] {
        [&self.requester, &self.accepter]
    }

    /// Returns the VPC across from a VPC; none if it has no side.
    pub fn across(&self, vpc: &str) -> Option<&str> {
        match [&*self.requester.vpc, &*self.accepter.vpc] {
            [own, other] | [other, own] if own == vpc => Some(other),
            [_, _] => None,
        }
    }

    /// Tells whether an account sees it in a Region at a time.
    pub fn shows(&self, account: &str, region: &str, now: Timestamp) -> bool {
        let listed = |party: &Party| party.is_at(account, region) && party.listed_until.is_none_or(|until| now < until);
        let reached = self.status != Status::InitiatingRequest;
        listed(&self.requester) || reached && listed(&self.accepter)
    }
}

impl Kept for VpcPeeringConnection {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        let of = |it: &Party| [Key::Place(it.owner.clone(), it.region.clone()), Key::Vpc(it.vpc.clone())];
        [of(&self.requester), of(&self.accepter)].concat()
    }
}

/// Finds a peering connection that the caller has a side of and that is listed.
///
/// # Errors
/// `InvalidVpcPeeringConnectionId.Malformed` and `InvalidVpcPeeringConnectionID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w VpcPeeringConnection, AwsError> {
    Kind::VpcPeeringConnection.check(id)?;
    let peering = world.network.vpc_peering_connections.get(id);
    peering
        .filter(|it| it.shows(&caller.account, &caller.region, world.now))
        .ok_or_else(|| Kind::VpcPeeringConnection.not_found(id))
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Requested,
    Active,
    Expired,
    Deleted,
    Forgotten,
}

pub fn later(world: &mut World, id: &str, event: Event) {
    world.later(SETTLING_SECONDS, world::Event::Network(super::Event::VpcPeering(id.to_owned(), event)));
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let now = world.now;
    let Some(it) = world.network.vpc_peering_connections.get(id) else { return };
    match (event, it.status) {
        (Event::Requested, Status::InitiatingRequest) => {
            if can_be_joined(&world.network, it) {
                set_status(world, id, Status::PendingAcceptance);
            } else {
                end(world, id, Status::Failed, (now + SHORT, now));
            }
        }
        (Event::Active, Status::Provisioning) => set_status(world, id, Status::Active),
        (Event::Expired, Status::PendingAcceptance) => end(world, id, Status::Expired, (now + LONG, now + LONG)),
        (Event::Deleted, Status::Deleting) => set_status(world, id, Status::Deleted),
        (Event::Forgotten, _) => {
            if let Some(it) = world.network.vpc_peering_connections.remove(id) {
                for party in it.parties() {
                    world.network.tags.forget(&[&party.owner], &tags::at_region(id, &party.region));
                }
            }
        }
        // It has meanwhile gone another way.
        (Event::Requested | Event::Active | Event::Expired | Event::Deleted, _) => {}
    }
}

/// Tells whether both VPCs are there and no IPv4 ranges of theirs overlap.
fn can_be_joined(network: &Network, it: &VpcPeeringConnection) -> bool {
    let vpc = |party: &Party| network.vpcs.get(&party.vpc).filter(|vpc| party.is_at(&vpc.owner, &vpc.region));
    let (Some(one), Some(other)) = (vpc(&it.requester), vpc(&it.accepter)) else { return false };
    let v4 =
        |vpc: &Vpc| -> Vec<IpNet> { vpc.associated().filter(|range| matches!(range, IpNet::V4(_))).copied().collect() };
    let others = v4(other);
    !v4(one).iter().any(|range| others.iter().any(|held| cidr::overlap(range, held)))
}

pub fn set_status(world: &mut World, id: &str, status: Status) {
    if let Some(it) = world.network.vpc_peering_connections.get_mut(id) {
        it.status = status;
    }
}

/// Ends a peering connection; its record is listed until these times, for the requester and for the accepter.
fn end(world: &mut World, id: &str, status: Status, until: (Timestamp, Timestamp)) {
    let Some(it) = world.network.vpc_peering_connections.get_mut(id) else { return };
    it.status = status;
    (it.requester.listed_until, it.accepter.listed_until) = (Some(until.0), Some(until.1));
    let after = until.0.max(until.1).duration_since(world.now);
    let event = world::Event::Network(super::Event::VpcPeering(id.to_owned(), Event::Forgotten));
    world.exactly_after(after.unsigned_abs(), event);
}

pub fn reject(world: &mut World, id: &str) {
    let now = world.now;
    end(world, id, Status::Rejected, (now + LONG, now + SHORT));
}

/// Deletes a peering connection at the word of an account; across Regions that takes a moment.
pub fn delete(world: &mut World, id: &str, deleter: &str) {
    let now = world.now;
    let Some(it) = world.network.vpc_peering_connections.get(id) else { return };
    let across = it.requester.region != it.accepter.region && it.status == Status::Active;
    let one_account = it.requester.owner == it.accepter.owner;
    let span = |party: &Party| if one_account || party.owner == deleter { now + SHORT } else { now + LONG };
    let until = (span(&it.requester), span(&it.accepter));
    end(world, id, if across { Status::Deleting } else { Status::Deleted }, until);
    if across {
        later(world, id, Event::Deleted);
    }
}

/// Lists the peering connections that keep a VPC from being deleted: those that join it, and requests by others.
pub fn holds(network: &Network, vpc: &str) -> bool {
    let all = network.vpc_peering_connections.under(&Key::Vpc(vpc.to_owned()));
    all.into_iter().any(|it| match it.status {
        Status::Provisioning | Status::Active => true,
        Status::PendingAcceptance => it.accepter.vpc == vpc && it.requester.owner != it.accepter.owner,
        Status::InitiatingRequest
        | Status::Deleting
        | Status::Deleted
        | Status::Rejected
        | Status::Failed
        | Status::Expired => false,
    })
}

/// Ends the requests of a VPC that is deleted.
pub fn forget_vpc(world: &mut World, vpc: &str, owner: &str) {
    let all = world.network.vpc_peering_connections.under(&Key::Vpc(vpc.to_owned()));
    let waiting: Vec<String> = all.filter(|it| !it.status.is_over()).map(|it| it.id.clone()).collect();
    for id in waiting {
        delete(world, &id, owner);
    }
}

#[cfg(test)]
#[path = "vpc_peering_tests.rs"]
mod tests;
