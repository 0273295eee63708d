//! The topology: every resource that the intent asks for, given the accounts and VPCs that were seen.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::{HubName, SegmentName, SubnetId, TransitGatewayId, TransitGatewayRouteTableId, ZoneId};
use super::key::{AttachmentKey, PropagationKey, TableKey, VpcKey, VpcRouteKey};
use super::problem::Problem;
use super::scope::Scope;
use super::seen::AttachmentOptions;

/// What should be. Ordered throughout, so that what is made from it does not depend on the order of anything read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    pub hubs: BTreeMap<HubName, WantedHub>,
    pub tables: BTreeMap<TableKey, WantedTable>,
    pub attachments: BTreeMap<AttachmentKey, WantedAttachment>,
    /// Each attachment's table.
    pub associations: BTreeMap<AttachmentKey, TableKey>,
    pub propagations: BTreeSet<PropagationKey>,
    pub vpc_routes: BTreeMap<VpcRouteKey, HubName>,
    /// Every VPC that belongs to a segment, and to which.
    pub members: BTreeMap<VpcKey, SegmentName>,
    /// VPCs that nothing is done to, since the intent says two things of them or cannot be applied to them.
    pub frozen: BTreeSet<VpcKey>,
    /// Propagations that are declared but withheld, since ranges would overlap: neither made nor called undeclared.
    pub withheld: BTreeSet<PropagationKey>,
    /// What keeps parts of the intent from being wanted at all, each with what it concerns.
    pub problems: Vec<Problem>,
}

/// A transit gateway that exists and is adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedHub {
    pub scope: Scope,
    pub gateway: TransitGatewayId,
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
