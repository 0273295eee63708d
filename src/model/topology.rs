//! The topology: every resource that the intent asks for, given the accounts and VPCs that were seen.

use std::collections::{BTreeMap, BTreeSet};

use super::cidr::Cidr;
use super::ids::{AccountId, HubName, SegmentName, SubnetId, TransitGatewayId, TransitGatewayRouteTableId, ZoneId};
use super::key::{
    Attached, AttachedKey, AttachmentKey, Kind, Principal, PropagationKey, StaticRouteKey, TableKey, VpcKey,
    VpcRouteKey,
};
use super::problem::Problem;
use super::scope::Scope;
use super::seen::AttachmentOptions;

/// What should be. Ordered throughout, so that what is made from it does not depend on the order of anything read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    pub hubs: BTreeMap<HubName, WantedHub>,
    /// The resource share of each hub that is shared.
    pub shares: BTreeMap<HubName, WantedShare>,
    pub tables: BTreeMap<TableKey, WantedTable>,
    pub attachments: BTreeMap<AttachmentKey, WantedAttachment>,
    /// What others have attached and a segment takes in, by hub.
    pub given: BTreeMap<AttachedKey, SegmentName>,
    /// Each attachment's table.
    pub associations: BTreeMap<AttachedKey, TableKey>,
    pub propagations: BTreeSet<PropagationKey>,
    pub static_routes: BTreeMap<StaticRouteKey, WantedStaticRoute>,
    pub vpc_routes: BTreeMap<VpcRouteKey, HubName>,
    /// Every VPC that belongs to a segment, and to which.
    pub members: BTreeMap<VpcKey, SegmentName>,
    /// VPCs that nothing is done to, since the intent says two things of them or cannot be applied to them.
    pub frozen: BTreeSet<VpcKey>,
    /// Propagations that are declared but withheld, since ranges would overlap: neither made nor called undeclared.
    pub withheld: BTreeSet<PropagationKey>,
    /// Static routes that are declared but withheld, for the same reason or because what they lead to is not known.
    pub withheld_routes: BTreeSet<StaticRouteKey>,
    /// What each segment is only observed in: differences of these kinds are reported and not repaired.
    pub observed: BTreeMap<SegmentName, BTreeSet<Kind>>,
    /// For each segment on each hub, what it shall be able to send to: ranges, and the VPC that each is of.
    pub reach: BTreeMap<TableKey, BTreeSet<Reached>>,
    /// What BGP may bring from each segment that says so.
    pub expected: BTreeMap<SegmentName, Vec<Cidr>>,
    /// Pairs of segments between which no routed path may be, the lesser name first, each with the segment that may carry one
    /// all the same.
    pub isolated: BTreeMap<(SegmentName, SegmentName), Option<SegmentName>>,
    /// Accounts that the file leaves alone.
    pub excluded: BTreeSet<AccountId>,
    /// What keeps parts of the intent from being wanted at all, each with what it concerns.
    pub problems: Vec<Problem>,
}

/// A range that a segment shall reach on a hub.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    pub cidr: Cidr,
    /// Whose range it is; none for what lies outside AWS, and for the internet.
    pub of: Option<Attached>,
    /// Where the segment's table has to send it: the attachment of the range itself, or the firewalls before it; none where
    /// BGP decides which of several attachments carries it, and where the firewalls are not to be found.
    pub via: Option<Attached>,
}

/// A hub's transit gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedHub {
    pub scope: Scope,
    pub gateway: WantedGateway,
}

/// Whether a hub's gateway exists and is adopted, or transitd makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedGateway {
    Adopted(TransitGatewayId),
    Made { asn: u64, security_group_referencing: bool },
}

/// A hub's resource share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedShare {
    /// With whom, each with what RAM calls it: an account's id, an ARN.
    pub principals: BTreeMap<Principal, String>,
    /// Whether accounts may be invited that are not known to belong to the organization.
    pub allow_external: bool,
    /// Whether everyone that it is to be shared with is known. If not, nobody is taken out.
    pub complete: bool,
    /// The members that the hub has to be visible in, through whichever principal.
    pub accounts: BTreeSet<AccountId>,
}

/// A segment's table: one that exists and is adopted, or one that transitd makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedTable {
    Adopted(TransitGatewayRouteTableId),
    Made,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedAttachment {
    pub segment: SegmentName,
    pub vpc: VpcKey,
    /// For each availability zone to attach in, the subnets that would do. None when the subnets are not known.
    pub subnets: Option<BTreeMap<ZoneId, BTreeSet<SubnetId>>>,
    pub options: AttachmentOptions,
}

/// A static route of a segment's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedStaticRoute {
    pub via: RouteVia,
    /// Why it is wanted.
    pub purpose: RoutePurpose,
}

/// Where a static route leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteVia {
    Attachment(Attached),
    Blackhole,
}

/// What a static route is for, in the words of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoutePurpose {
    /// `routes`.
    Declared,
    /// `inspect`: the way to the other segment leads through the firewalls.
    Inspect,
    /// `egress`: the way to the internet does.
    Egress,
    /// `routing: static`: instead of a propagation.
    Connect,
}
