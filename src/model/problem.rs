//! What stands in the way: a part of the network that cannot be brought in line, and why. The rest goes on.

use std::collections::BTreeSet;

use serde::Serialize;

use super::cidr::Cidr;
use super::fault::Trouble;
use super::ids::{
    AccountId, AttachmentId, HubName, RouteTableId, SegmentName, SubnetId, TransitGatewayId,
    TransitGatewayRouteTableId, ZoneId,
};
use super::key::{AttachmentKey, Key, TableKey, VpcKey, VpcRouteKey};

/// What keeps a step that cuts traffic from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// It waits for a person's word: `gaps: ask`.
    Ask,
    /// The file forbids it: `gaps: forbid`.
    Forbid,
    /// The file freezes today.
    Freeze,
}

/// One thing that blocks a part of the network. `report/wording.rs` puts each into words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum Problem {
    /// The adopted gateway is not among those of the home account.
    HubMissing { hub: HubName, gateway: TransitGatewayId },
    /// The gateway is there, but not available.
    HubNotAvailable { hub: HubName, gateway: TransitGatewayId, state: String },
    /// The gateway belongs to another account than the home account.
    HubForeign { hub: HubName, gateway: TransitGatewayId, owner: AccountId },
    /// The gateway puts new attachments into a table by itself, before transitd does.
    HubDefaultTable { hub: HubName, gateway: TransitGatewayId, association: bool, propagation: bool },
    /// The table that the ledger or the file names is gone.
    TableMissing { table: TableKey, id: TransitGatewayRouteTableId },
    /// The adopted table belongs to another gateway.
    TableOfOtherGateway { table: TableKey, id: TransitGatewayRouteTableId, gateway: TransitGatewayId },
    /// Several tables carry the ownership tags of one.
    TableDoubled { table: TableKey, ids: BTreeSet<TransitGatewayRouteTableId> },
    /// A VPC fits more than one segment.
    TwoSegments { vpc: VpcKey, segments: BTreeSet<SegmentName> },
    /// The account was listed, but its organizational unit could not be told.
    AccountPlaceless { account: AccountId },
    /// None of the VPC's subnets carries the tags that say where to attach.
    NoSubnetTagged { vpc: VpcKey },
    /// Two subnets of one zone carry the tag, and neither is attached.
    SubnetsAmbiguous { vpc: VpcKey, zone: ZoneId, subnets: BTreeSet<SubnetId> },
    /// None of the VPC's route tables carries the tags that say which are to send to the hub.
    NoTableTagged { vpc: VpcKey },
    /// The zone is attached through a subnet that does not carry the tag, and AWS takes one subnet for each zone.
    ZoneTaken { attachment: AttachmentKey, zone: ZoneId },
    /// Ranges of two VPCs that meet in a table overlap.
    Overlap { hub: HubName, one: VpcKey, one_cidr: Cidr, other: VpcKey, other_cidr: Cidr },
    /// What a segment's VPCs send to the hub does not cover a range that they shall reach.
    NotCovered { segment: SegmentName, reaches: VpcKey, cidr: Cidr },
    /// The member cannot see the hub: it is not shared with it, or not yet.
    HubNotShared { attachment: AttachmentKey, gateway: TransitGatewayId },
    /// The attachment failed or was rejected.
    AttachmentFailed { attachment: AttachmentKey, id: AttachmentId, rejected: bool },
    /// AWS names a state that transitd does not know.
    StateUnclear { key: Key, state: String },
    /// The attachment is associated with another table; moving it would cut its traffic.
    AssociatedElsewhere { attachment: AttachmentKey, id: AttachmentId, table: TransitGatewayRouteTableId, held: Held },
    /// A route of a segment's table leads a range that the segment shall reach elsewhere, or nowhere.
    Shadowed { table: TableKey, vpc: VpcKey, cidr: Cidr, by: String },
    /// The propagation is enabled, and the table has no route for the range all the same.
    NotRouted { table: TableKey, vpc: VpcKey, cidr: Cidr },
    /// A more specific route of a member's table leads a range that the member shall reach elsewhere, or nowhere.
    RouteShadowed { vpc: VpcKey, table: RouteTableId, destination: String, target: String, reaches: VpcKey },
    /// The hub would propagate a new attachment into a segment's table that shall not reach it.
    DefaultPropagationOpens { attachment: AttachmentKey, table: TableKey },
    /// The table is ours by the ledger, and its ownership tags are gone: without the ledger nobody could tell.
    TableUntagged { table: TableKey, id: TransitGatewayRouteTableId },
    /// The hub accepts every attachment that an account asks for which it is shared with.
    HubAutoAccepts { hub: HubName, gateway: TransitGatewayId },
    /// A rule of a segment names a unit, an account or a VPC that is nowhere to be seen; the rule in the file's words.
    RuleFitsNothing { segment: SegmentName, rule: String },
    /// An account that the file leaves out is not in the organization.
    ExcludeFitsNothing { account: AccountId },
    /// The route leads elsewhere and is not ours to replace.
    ForeignRoute { route: VpcRouteKey, target: String },
    /// AWS refused the step, and will until something changes.
    StepRefused { step: String, trouble: Trouble },
}

impl Problem {
    /// Tells whether the problem keeps something declared from being so. What does not is worth knowing, no more.
    pub fn blocks(&self) -> bool {
        match self {
            Problem::HubDefaultTable { .. }
            | Problem::HubAutoAccepts { .. }
            | Problem::RuleFitsNothing { .. }
            | Problem::ExcludeFitsNothing { .. } => false,
            Problem::HubMissing { .. }
            | Problem::HubNotAvailable { .. }
            | Problem::HubForeign { .. }
            | Problem::TableMissing { .. }
            | Problem::TableOfOtherGateway { .. }
            | Problem::TableDoubled { .. }
            | Problem::TwoSegments { .. }
            | Problem::AccountPlaceless { .. }
            | Problem::NoSubnetTagged { .. }
            | Problem::SubnetsAmbiguous { .. }
            | Problem::NoTableTagged { .. }
            | Problem::ZoneTaken { .. }
            | Problem::Overlap { .. }
            | Problem::NotCovered { .. }
            | Problem::HubNotShared { .. }
            | Problem::AttachmentFailed { .. }
            | Problem::StateUnclear { .. }
            | Problem::AssociatedElsewhere { .. }
            | Problem::Shadowed { .. }
            | Problem::NotRouted { .. }
            | Problem::RouteShadowed { .. }
            | Problem::DefaultPropagationOpens { .. }
            | Problem::TableUntagged { .. }
            | Problem::ForeignRoute { .. }
            | Problem::StepRefused { .. } => true,
        }
    }
}

/// Something that is there and that we neither declared nor made: reported, never touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "unmanaged", rename_all = "kebab-case")]
pub enum Unmanaged {
    /// An attachment that no segment declares; `pending` when it asks to be accepted.
    Attachment {
        hub: HubName,
        id: AttachmentId,
        resource_type: String,
        resource: String,
        owner: Option<AccountId>,
        pending: bool,
    },
    /// A table of the hub that is no segment's.
    Table { hub: HubName, id: TransitGatewayRouteTableId, name: Option<String> },
    /// An association with a segment's table that is not declared.
    Association { table: TableKey, attachment: AttachmentId, resource: String },
    /// A propagation into a segment's table that is not declared.
    Propagation { table: TableKey, attachment: AttachmentId, resource: String },
    /// A propagation of a member into a table that is no segment's: whatever is associated there reaches the member.
    PropagationElsewhere { hub: HubName, table: TransitGatewayRouteTableId, attachment: AttachmentId, resource: String },
    /// A static or blackhole route in a segment's table that is not declared.
    TransitGatewayRoute { table: TableKey, destination: String, blackhole: bool },
    /// A subnet that is attached and not chosen.
    AttachedSubnet { attachment: AttachmentKey, subnet: SubnetId },
    /// A route to the hub in a member's table that is not declared.
    VpcRoute { vpc: VpcKey, table: RouteTableId, destination: String },
}
