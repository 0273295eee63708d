//! What stands in the way: a part of the network that cannot be brought in line, and why. The rest goes on.

use std::collections::BTreeSet;

use serde::Serialize;

use super::cidr::Cidr;
use super::fault::Trouble;
use super::ids::{
    AccountId, AttachmentId, HubName, PrefixListId, RouteTableId, SegmentName, SubnetId, TransitGatewayId,
    TransitGatewayRouteTableId, ZoneId,
};
use super::key::{
    Attached, AttachedKey, AttachmentKey, GivenKey, Key, PrincipalKey, StaticRouteKey, TableKey, VpcKey, VpcRouteKey,
};

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

/// Why an attachment failed or was rejected, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The hub's owner, or somebody with its keys, said no.
    Rejected,
    /// The account has no service-linked role for transit gateways, and none could be made.
    NoServiceLinkedRole,
    /// The account has the role; something else went wrong.
    Other,
    /// The account's roles could not be read.
    Unknown,
}

/// A quota of AWS that a plan can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quota {
    /// Attachments of one transit gateway.
    AttachmentsPerHub,
    /// Route tables of one transit gateway.
    TablesPerHub,
    /// Static and propagated routes of one transit gateway, over all its tables.
    RoutesPerHub,
    /// Routes of one VPC route table, of one address family.
    RoutesPerVpcTable,
    /// Transit gateways that one VPC is attached to.
    HubsPerVpc,
}

/// One thing that blocks a part of the network. `report/wording.rs` puts each into words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum Problem {
    /// Two segments that must not reach each other can, by this path. First of all, since reports keep this order.
    IsolationBroken { one: SegmentName, other: SegmentName, hub: HubName, path: String },
    /// Whether two segments can reach each other cannot be told: something that decides it is unknown.
    IsolationUnclear { one: SegmentName, other: SegmentName, hub: HubName, unknown: String },
    /// Several gateways carry the ownership tags of one hub.
    HubDoubled { hub: HubName, ids: BTreeSet<TransitGatewayId> },
    /// A setting of a made gateway that is decided at its creation differs from the declared one.
    HubSettingFixed { hub: HubName, gateway: TransitGatewayId, setting: String, have: String, want: String },
    /// A setting of an adopted gateway is unlike what transitd gives the hubs that it makes: worth knowing, never changed.
    HubSetting { hub: HubName, gateway: TransitGatewayId, setting: String, have: String, usual: String },
    /// Several resource shares carry the ownership tags of one hub's.
    ShareDoubled { hub: HubName, arns: BTreeSet<String> },
    /// RAM says that the share, or a part of it, failed.
    ShareFailed { key: Key, state: String },
    /// The unit that the hub is to be shared with is not in the organization.
    PrincipalMissing { principal: PrincipalKey },
    /// An account outside the organization was invited, and its invitation is nowhere to be seen, or was refused or too old.
    InvitationLost { principal: PrincipalKey, state: String },
    /// The account that was invited has said no.
    InvitationRejected { principal: PrincipalKey },
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
    NotCovered { segment: SegmentName, reaches: Option<Attached>, cidr: Cidr },
    /// The member cannot see the hub: it is not shared with it, or not yet.
    HubNotShared { attachment: AttachmentKey, gateway: TransitGatewayId },
    /// The attachment failed or was rejected.
    AttachmentFailed { attachment: AttachmentKey, id: AttachmentId, cause: Cause },
    /// A subnet that is attached and no longer tagged is the only one of its zone that the tags allow to be swapped for:
    /// swapping it cuts the zone's traffic.
    SubnetSwap { attachment: AttachmentKey, zone: ZoneId, have: SubnetId, want: SubnetId, held: Held },
    /// The member role lets in whoever knows its name: its trust asks for no external id, though the file has one.
    RoleTrustOpen { account: AccountId, role: String },
    /// An attachment that others make and a segment takes in is not there.
    GivenMissing { segment: SegmentName, hub: HubName, given: GivenKey },
    /// It is there, and not usable.
    GivenNotAvailable { segment: SegmentName, hub: HubName, given: GivenKey, id: AttachmentId, state: String },
    /// BGP brings a range that the segment does not expect.
    UnexpectedRange { segment: SegmentName, table: TableKey, attachment: AttachmentId, cidr: Cidr },
    /// The segment that traffic is to be inspected in has nothing on the hub that could inspect it.
    InspectionMissing { through: SegmentName, hub: HubName },
    /// The segment that traffic is to be inspected in has several attachments on the hub, and a route leads to one.
    InspectionAmbiguous { through: SegmentName, hub: HubName, candidates: BTreeSet<String> },
    /// A segment's table learns straight what it is to reach through firewalls: what no static route covers passes them by.
    InspectionBypassed { table: TableKey, of: Attached, attachment: AttachmentId },
    /// No table of the inspection VPC leads a range back to the hub that it has to answer to.
    InspectionReturn { vpc: VpcKey, cidrs: Vec<Cidr> },
    /// Two segments are connected, and share no hub in a region where both have VPCs.
    NoCommonHub { one: SegmentName, other: SegmentName, region: String },
    /// A declared route leads to a VPC that no segment attaches to the hub.
    RouteTargetMissing { route: StaticRouteKey, target: String },
    /// A static route is there for a declared destination, leads elsewhere, and is not ours.
    ForeignStaticRoute { route: StaticRouteKey, target: String },
    /// Two parts of the file want different static routes for one destination in one table.
    RoutesCollide { route: StaticRouteKey, one: String, other: String },
    /// The prefix list that a route names cannot be seen where the route is to be.
    PrefixListMissing { list: PrefixListId, account: AccountId },
    /// What is declared does not fit into a quota; what came first is kept, the rest is left out.
    OverQuota { quota: Quota, of: String, limit: usize, wanted: usize, left_out: usize },
    /// Somebody else keeps undoing this: made `times` times in a day, and left alone now.
    Contested { key: Key, times: u32 },
    /// A VPC has left its segment, and is kept as it was until then.
    Departing { attachment: AttachmentKey, why: String, until: jiff::Timestamp },
    /// Far fewer of these were seen than the last time all was well: nothing is taken away until a person looks.
    Shrunk { what: String, before: usize, now: usize },
    /// AWS names a state that transitd does not know.
    StateUnclear { key: Key, state: String },
    /// The attachment is associated with another table; moving it would cut its traffic.
    AssociatedElsewhere { attachment: AttachedKey, id: AttachmentId, table: TransitGatewayRouteTableId, held: Held },
    /// A route of a segment's table leads a range that the segment shall reach elsewhere, or nowhere.
    Shadowed { table: TableKey, of: Attached, cidr: Cidr, by: String },
    /// The propagation is enabled, and the table has no route for the range all the same.
    NotRouted { table: TableKey, of: Attached, cidr: Cidr },
    /// A more specific route of a member's table leads a range that the member shall reach elsewhere, or nowhere.
    RouteShadowed { vpc: VpcKey, table: RouteTableId, destination: String, target: String, reaches: Option<Attached> },
    /// The hub would propagate a new attachment into a segment's table that shall not reach it.
    DefaultPropagationOpens { attachment: AttachmentKey, table: TableKey },
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
    /// Tells whether a person has to hear of it: it keeps something declared from being so, or it ends in a removal, or in
    /// none, unless a person says otherwise.
    pub fn asks_for_a_person(&self) -> bool {
        self.blocks() || matches!(self, Problem::Departing { .. } | Problem::Shrunk { .. })
    }

    /// Tells whether the problem keeps something declared from being so. What does not is worth knowing, no more.
    pub fn blocks(&self) -> bool {
        match self {
            Problem::HubDefaultTable { .. }
            | Problem::HubAutoAccepts { .. }
            | Problem::HubSetting { .. }
            | Problem::RoleTrustOpen { .. }
            | Problem::UnexpectedRange { .. }
            | Problem::Departing { .. }
            | Problem::Shrunk { .. }
            | Problem::RuleFitsNothing { .. }
            | Problem::ExcludeFitsNothing { .. } => false,
            Problem::HubMissing { .. }
            | Problem::HubDoubled { .. }
            | Problem::HubSettingFixed { .. }
            | Problem::ShareDoubled { .. }
            | Problem::ShareFailed { .. }
            | Problem::PrincipalMissing { .. }
            | Problem::InvitationLost { .. }
            | Problem::InvitationRejected { .. }
            | Problem::SubnetSwap { .. }
            | Problem::GivenMissing { .. }
            | Problem::GivenNotAvailable { .. }
            | Problem::InspectionMissing { .. }
            | Problem::InspectionAmbiguous { .. }
            | Problem::InspectionReturn { .. }
            | Problem::InspectionBypassed { .. }
            | Problem::NoCommonHub { .. }
            | Problem::RouteTargetMissing { .. }
            | Problem::ForeignStaticRoute { .. }
            | Problem::RoutesCollide { .. }
            | Problem::PrefixListMissing { .. }
            | Problem::OverQuota { .. }
            | Problem::Contested { .. }
            | Problem::IsolationBroken { .. }
            | Problem::IsolationUnclear { .. }
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
    /// A table of the hub that is no segment's, and what stands in it, in words.
    Table {
        hub: HubName,
        id: TransitGatewayRouteTableId,
        name: Option<String>,
        associated: Vec<String>,
        propagated: Vec<String>,
        static_routes: Vec<String>,
    },
    /// An association with a segment's table that is not declared.
    Association { table: TableKey, attachment: AttachmentId, resource: String },
    /// A propagation into a segment's table that is not declared.
    Propagation { table: TableKey, attachment: AttachmentId, resource: String },
    /// A propagation of a member into a table that is no segment's: whatever is associated there reaches the member.
    PropagationElsewhere { hub: HubName, table: TransitGatewayRouteTableId, attachment: AttachmentId, resource: String },
    /// A static or blackhole route in a segment's table that is not declared.
    TransitGatewayRoute { table: TableKey, destination: String, blackhole: bool },
    /// A transit gateway that carries the network's ownership tags, and is no hub of the file.
    Hub { id: TransitGatewayId, region: String, name: Option<String> },
    /// A resource share of ours for a hub that the file no longer shares.
    Share { hub: HubName, arn: String },
    /// A principal of our share that the file does not name.
    Principal { hub: HubName, principal: String },
    /// A subnet that is attached and not chosen.
    AttachedSubnet { attachment: AttachmentKey, subnet: SubnetId },
    /// A route to the hub in a member's table that is not declared.
    VpcRoute { vpc: VpcKey, table: RouteTableId, destination: String },
}
