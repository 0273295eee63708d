//! What AWS answers, thing by thing, reduced to what transitd decides by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cidr::Cidr;
use super::ids::{
    AccountId, AttachmentId, OrganizationId, OuPath, RouteTableId, SubnetId, TransitGatewayId,
    TransitGatewayRouteTableId, VpcId, ZoneId,
};

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// An account of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub state: AccountState,
    /// Where it stands in the organization; none when it was listed but not found below any unit.
    pub ou: Option<OuPath>,
}

/// An account's state: Organizations' `State`, or the older `Status` where that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountState {
    Active,
    /// Suspended, closing, closed or not yet activated, in AWS's own word.
    SetAside(String),
}

/// The organization as a member sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub management_account: AccountId,
}

/// A root or an organizational unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationalUnit {
    pub id: String,
    pub name: String,
}

/// Whom AWS takes us for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    pub account: AccountId,
    pub arn: String,
}

/// A VPC, in the account that owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    pub id: VpcId,
    pub owner: AccountId,
    pub is_default: bool,
    /// Every range that is associated, of both families.
    pub cidrs: Vec<Cidr>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    pub id: SubnetId,
    pub vpc: VpcId,
    pub zone: ZoneId,
    pub tags: Tags,
}

/// A VPC's route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTable {
    pub id: RouteTableId,
    pub vpc: VpcId,
    /// Associated with an internet or virtual private gateway: it routes what comes in from there and takes no transit gateway.
    pub is_edge: bool,
    pub routes: Vec<Route>,
    pub tags: Tags,
}

/// A route of a VPC's route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub destination: Destination,
    pub target: Target,
    pub state: RouteState,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    Cidr(Cidr),
    PrefixList(String),
}

/// Where a route of a VPC's route table leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Local,
    TransitGateway(TransitGatewayId),
    /// Anything else, by its id: an internet gateway, an interface, a peering.
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteState {
    Active,
    Blackhole,
    /// Any other word, such as `pending`.
    Other,
}

/// How far a thing is on its way: the states of gateways, tables, attachments, associations and propagations in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Asked for, and waiting for the other side's yes: `pendingAcceptance`.
    PendingAcceptance,
    /// Being made: `pending`, `initiating`, `associating`, `enabling` …
    Coming,
    /// `available`, `associated`, `enabled`.
    Ready,
    /// Being changed: `modifying`, `rollingBack`. Traffic flows.
    Changing,
    /// Being removed: `deleting`, `disassociating`, `disabling`, `rejecting`, `failing`.
    Going,
    /// Gone, though still listed: `deleted`, `disassociated`, `disabled`.
    Gone,
    /// `failed`.
    Failed,
    /// `rejected`.
    Rejected,
    /// A word that transitd does not know: nothing is done to such a thing.
    Unclear(String),
}

impl Progress {
    /// Reads a state as EC2 writes it, for any of the kinds that move through these stages.
    pub fn from_word(word: &str) -> Self {
        match word {
            "pendingAcceptance" => Progress::PendingAcceptance,
            "pending" | "initiating" | "initiatingRequest" | "associating" | "enabling" => Progress::Coming,
            "available" | "associated" | "enabled" => Progress::Ready,
            "modifying" | "rollingBack" => Progress::Changing,
            "deleting" | "disassociating" | "disabling" | "rejecting" | "failing" => Progress::Going,
            "deleted" | "disassociated" | "disabled" => Progress::Gone,
            "failed" => Progress::Failed,
            "rejected" => Progress::Rejected,
            other => Progress::Unclear(other.to_owned()),
        }
    }

    /// Tells whether the thing is there, or on its way to be there.
    pub fn is_live(&self) -> bool {
        match self {
            Progress::PendingAcceptance | Progress::Coming | Progress::Ready | Progress::Changing => true,
            Progress::Going | Progress::Gone | Progress::Failed | Progress::Rejected => false,
            Progress::Unclear(_) => true,
        }
    }

    /// Tells whether AWS takes calls that build on the thing.
    pub fn is_usable(&self) -> bool {
        matches!(self, Progress::Ready | Progress::Changing)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitGateway {
    pub id: TransitGatewayId,
    pub owner: AccountId,
    pub state: Progress,
    /// The table that new attachments land in by themselves, if that is on.
    pub default_association: Option<TransitGatewayRouteTableId>,
    /// The table that new attachments propagate to by themselves, if that is on.
    pub default_propagation: Option<TransitGatewayRouteTableId>,
    pub auto_accept: bool,
    pub tags: Tags,
}

/// An attachment of any type, as the hub's account lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: AttachmentId,
    pub gateway: TransitGatewayId,
    /// `vpc`, `vpn`, `direct-connect-gateway`, `peering`, `connect` …
    pub resource_type: String,
    pub resource_id: String,
    pub resource_owner: Option<AccountId>,
    pub state: Progress,
}

/// A VPC attachment with what only this call tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VpcAttachment {
    pub id: AttachmentId,
    pub gateway: TransitGatewayId,
    pub vpc: VpcId,
    pub vpc_owner: AccountId,
    pub subnets: Vec<SubnetId>,
    pub dns: bool,
    pub ipv6: bool,
    pub appliance_mode: bool,
    pub state: Progress,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitGatewayRouteTable {
    pub id: TransitGatewayRouteTableId,
    pub gateway: TransitGatewayId,
    pub state: Progress,
    pub tags: Tags,
}

/// An attachment's association with a transit gateway route table, as that table lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    pub attachment: AttachmentId,
    pub resource_type: String,
    pub resource_id: String,
    pub state: Progress,
}

/// An attachment's propagation to a transit gateway route table, as that table lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Propagation {
    pub attachment: AttachmentId,
    pub resource_type: String,
    pub resource_id: String,
    pub state: Progress,
}

/// A route of a transit gateway route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitGatewayRoute {
    pub destination: Destination,
    pub is_static: bool,
    pub state: RouteState,
    pub attachments: Vec<AttachmentId>,
}

/// The options of a VPC attachment that the intent decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentOptions {
    pub dns: bool,
    pub ipv6: bool,
    pub appliance_mode: bool,
}

impl VpcAttachment {
    pub fn options(&self) -> AttachmentOptions {
        AttachmentOptions { dns: self.dns, ipv6: self.ipv6, appliance_mode: self.appliance_mode }
    }
}
