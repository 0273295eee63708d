//! VPC attachments of transit gateways: their states, over the two accounts that they belong to.
//!
//! | from | trigger | to |
//! |---|---|---|
//! | (none) | create, by the transit gateway's owner or where it accepts by itself | `pending → available` |
//! | (none) | create, by another account | `pendingAcceptance` |
//! | `pendingAcceptance` | accept / reject, by the transit gateway's owner | `pending → available` / `rejecting → rejected` |
//! | `pending` | AWS cannot make it | `failing → failed` |
//! | `available` | modify, by the VPC's owner | `modifying → available` |
//! | `pendingAcceptance`, `available` | delete, by either | `deleting → deleted` |
//!
//! (VPC guide, "Transit gateway VPC attachments".) Deleted, failed and rejected ones stay listed for two hours. The
//! transit gateway's owner sees all of its attachments, the VPC's owner its own; each has its own tags.

use std::time::Duration;

use jiff::Timestamp;

use super::attachment::{Side, join_default_tables, leave_routing};
use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Switch, answer, words};
use super::resource::Kind;
use super::route_target::Target;
use super::shelf::{Kept, Key};
use super::switches::DefaultAssociation;
use super::tags::Tag;
use super::transit_gateway::RECORD_LIFE;
use super::{association, propagation, route};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::{self, World};

/// One to two minutes until available, about one until deleted; modifying and rejecting are guesses between.
const CREATE_SECONDS: f64 = 90.0;
const DELETE_SECONDS: f64 = 60.0;
pub const MODIFY_SECONDS: f64 = 60.0;
pub const REJECT_SECONDS: f64 = 10.0;

words! {
    /// The states of attachments of all kinds; only a peering is ever `initiatingRequest`.
    State {
        InitiatingRequest = "initiatingRequest", PendingAcceptance = "pendingAcceptance", Pending = "pending", Available = "available",
        Modifying = "modifying", Deleting = "deleting", Deleted = "deleted", Failing = "failing", Failed = "failed",
        Rejecting = "rejecting", Rejected = "rejected",
    }
}

impl State {
    /// Tells whether packets pass.
    pub fn carries_traffic(self) -> bool {
        matches!(self, State::Available | State::Modifying)
    }

    /// Tells whether there are network interfaces in the subnets.
    pub fn holds_interfaces(self) -> bool {
        matches!(self, State::Pending | State::Available | State::Modifying | State::Deleting)
    }

    /// Tells whether the VPC and the subnets are spoken for.
    pub fn holds_interfaces_or_waits(self) -> bool {
        self.holds_interfaces() || self == State::PendingAcceptance
    }

    /// Tells whether this is the last state that it will have.
    pub fn is_over(self) -> bool {
        matches!(self, State::Deleted | State::Failed | State::Rejected)
    }
}

#[derive(Clone, Debug)]
pub struct VpcAttachment {
    pub id: String,
    pub transit_gateway: String,
    pub transit_gateway_owner: AccountId,
    pub vpc: String,
    pub vpc_owner: AccountId,
    pub region: String,
    pub state: State,
    pub subnets: Vec<String>,
    pub options: Options,
    pub created: Timestamp,
    /// The route table that decides about what comes in through it.
    pub association: Option<association::Association>,
    /// What DescribeTransitGatewayAttachments says of the association; it may lag.
    pub shown_association: Option<association::Association>,
    /// The route tables that it propagates to, in order.
    pub propagations: Vec<String>,
}

answer! { "PascalCase"
    Options {
        dns_support: Switch, security_group_referencing_support: Switch, ipv6_support: Switch,
        appliance_mode_support: Switch,
    }
}

impl VpcAttachment {
    /// Names it as its transit gateway's routing does.
    pub fn side(&self) -> Side {
        Side { transit_gateway: self.transit_gateway.clone(), attachment: self.id.clone() }
    }
}

impl Kept for VpcAttachment {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![
            Key::Place(self.vpc_owner.clone(), self.region.clone()),
            Key::Place(self.transit_gateway_owner.clone(), self.region.clone()),
            Key::Vpc(self.vpc.clone()),
            Key::TransitGateway(self.transit_gateway.clone()),
        ]
    }
}

#[derive(Clone, Debug)]
pub enum Event {
    Available,
    Modified,
    Rejected,
    Deleted,
    /// The time to accept it is over.
    Expired,
    Failing,
    Failed,
    Forgotten,
}

/// Lets an attachment that needs no acceptance any more come to be.
pub fn begin(world: &mut World, id: &str) {
    let Some(attachment) = world.network.vpc_attachments.get_mut(id) else { return };
    attachment.state = State::Pending;
    let (owner, side) = (attachment.vpc_owner.clone(), attachment.side());
    let fails = !crate::identity::attachments_can_be_made(world, &owner);
    if world.network.switches.default_association == DefaultAssociation::AtAccept {
        join_default_tables(world, &side);
    }
    schedule(world, id, CREATE_SECONDS, if fails { Event::Failing } else { Event::Available });
}

pub fn begin_deleting(world: &mut World, id: &str) {
    if let Some(attachment) = world.network.vpc_attachments.get_mut(id) {
        attachment.state = State::Deleting;
        schedule(world, id, DELETE_SECONDS, Event::Deleted);
    }
}

/// Lets an attachment's event happen after about `median_seconds`.
pub fn schedule(world: &mut World, id: &str, median_seconds: f64, event: Event) {
    world.later(median_seconds, world::Event::Network(super::Event::VpcAttachment(id.to_owned(), event)));
}

/// Lets an attachment that nobody accepts expire, where that is switched on.
pub fn schedule_expiry(world: &mut World, id: &str) {
    if let Some(days) = world.network.switches.pending_acceptance_expires_days {
        let after = Duration::from_secs(u64::from(days) * 24 * 3600);
        world.exactly_after(after, world::Event::Network(super::Event::VpcAttachment(id.to_owned(), Event::Expired)));
    }
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    let Some(attachment) = world.network.vpc_attachments.get_mut(id) else { return };
    match (event, attachment.state) {
        (Event::Available, State::Pending) => {
            attachment.state = State::Available;
            let side = attachment.side();
            if world.network.switches.default_association == DefaultAssociation::AtAvailable {
                join_default_tables(world, &side);
            }
            propagation::attachment_available(world, &side);
        }
        (Event::Modified, State::Modifying) => attachment.state = State::Available,
        (Event::Rejected, State::Rejecting) => end(world, id, State::Rejected),
        (Event::Deleted, State::Deleting) => end(world, id, State::Deleted),
        (Event::Expired, State::PendingAcceptance) => end(world, id, State::Failed),
        (Event::Failing, State::Pending) => {
            attachment.state = State::Failing;
            schedule(world, id, REJECT_SECONDS, Event::Failed);
        }
        (Event::Failed, State::Failing) => end(world, id, State::Failed),
        (Event::Forgotten, _) => {
            if let Some(it) = world.network.vpc_attachments.remove(id) {
                world.network.tags.forget(&[&it.vpc_owner, &it.transit_gateway_owner], id);
            }
        }
        // The attachment has meanwhile gone another way.
        (
            Event::Available
            | Event::Modified
            | Event::Rejected
            | Event::Deleted
            | Event::Expired
            | Event::Failing
            | Event::Failed,
            _,
        ) => {}
    }
}

/// Ends an attachment: its routing goes with it, its record stays for a while.
fn end(world: &mut World, id: &str, state: State) {
    let Some(attachment) = world.network.vpc_attachments.get_mut(id) else { return };
    attachment.state = state;
    let (vpc, side) = (attachment.vpc.clone(), attachment.side());
    leave_routing(world, &side);
    route::orphan(world, &vpc, &Target::TransitGateway(side.transit_gateway));
    let event = super::Event::VpcAttachment(id.to_owned(), Event::Forgotten);
    world.exactly_after(RECORD_LIFE, world::Event::Network(event));
}

/// Finds an attachment that the caller has a side of, and that is not over.
///
/// # Errors
/// `InvalidTransitGatewayAttachmentID.Malformed` and `InvalidTransitGatewayAttachmentID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w VpcAttachment, AwsError> {
    Kind::TransitGatewayAttachment.check(id)?;
    let attachment = world.network.vpc_attachments.get(id);
    attachment
        .filter(|it| has_side(it, &caller.account, &caller.region) && it.state != State::Deleted)
        .ok_or_else(|| Kind::TransitGatewayAttachment.not_found(id))
}

/// Tells whether an account is the transit gateway's owner or the VPC's.
pub fn has_side(attachment: &VpcAttachment, account: &str, region: &str) -> bool {
    attachment.region == region && (attachment.vpc_owner == account || attachment.transit_gateway_owner == account)
}

answer! { "PascalCase"
    Description {
        transit_gateway_attachment_id: String, transit_gateway_id: String, vpc_id: String, vpc_owner_id: String,
        state: State, subnet_ids: Vec<String>, creation_time: Timestamp, options: Options, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OneAttachment { transit_gateway_vpc_attachment: Description } }

pub fn description(world: &World, caller: &Caller, attachment: &VpcAttachment) -> Description {
    Description {
        transit_gateway_attachment_id: attachment.id.clone(),
        transit_gateway_id: attachment.transit_gateway.clone(),
        vpc_id: attachment.vpc.clone(),
        vpc_owner_id: attachment.vpc_owner.clone(),
        state: attachment.state,
        subnet_ids: attachment.subnets.clone(),
        creation_time: attachment.created,
        options: attachment.options.clone(),
        tags: world.network.tags.of(&caller.account, &attachment.id),
    }
}

describe_request! { DescribeTransitGatewayVpcAttachments { transit_gateway_attachment_ids: Kind::TransitGatewayAttachment } }
answer! { "PascalCase"
    DescribedVpcAttachments { transit_gateway_vpc_attachments: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("state", |it| vec![it.state.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.transit_gateway_attachment_id.clone()]),
        ("transit-gateway-id", |it| vec![it.transit_gateway_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGatewayVpcAttachments,
) -> Result<DescribedVpcAttachments, AwsError> {
    let world = &*world;
    let page = input.question().answer(
        world,
        caller,
        &SIEVE,
        world.network.vpc_attachments.ids(&Key::place(caller)),
        |id| {
            let attachment = world.network.vpc_attachments.get(id)?;
            has_side(attachment, &caller.account, &caller.region).then(|| description(world, caller, attachment))
        },
    )?;
    Ok(DescribedVpcAttachments { transit_gateway_vpc_attachments: page.items, next_token: page.next })
}
