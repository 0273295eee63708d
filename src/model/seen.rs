//! What AWS answers, thing by thing, reduced to what transitd decides by.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cidr::Cidr;
use super::ids::{
    AccountId, AttachmentId, OrganizationId, OuPath, PrefixListId, RouteTableId, SubnetId, TransitGatewayId,
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
    /// Its tags in the organization; none are read unless some segment chooses by them.
    pub tags: Tags,
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

/// An organizational unit with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedUnit {
    pub path: OuPath,
    pub id: String,
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

/// What a route matches: a range, or all ranges of a prefix list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    Cidr(Cidr),
    PrefixList(PrefixListId),
}

impl Destination {
    /// Returns the range, if it is one.
    pub fn cidr(&self) -> Option<Cidr> {
        match self {
            Destination::Cidr(cidr) => Some(*cidr),
            Destination::PrefixList(_) => None,
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Destination::Cidr(cidr) => f.pad(&cidr.to_string()),
            Destination::PrefixList(list) => f.pad(list.as_str()),
        }
    }
}

impl Serialize for Destination {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A prefix list that an account can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixList {
    pub id: PrefixListId,
    pub name: String,
    /// How many entries it may ever have: what counts against the quota of a table that refers to it, whatever it holds now
    /// ("Work with customer-managed prefix lists"). None for the lists that AWS manages.
    pub max_entries: Option<u32>,
}

/// A prefix list reference of a transit gateway route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixListReference {
    pub prefix_list: PrefixListId,
    pub state: Progress,
    /// Where it leads; none for a blackhole.
    pub attachment: Option<AttachmentId>,
}

/// Where a route of a VPC's route table leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Local,
    TransitGateway(TransitGatewayId),
    /// Anything else, by its id: an internet gateway, an interface, a peering.
    Other(String),
}

impl Target {
    /// Returns the transit gateway, if it leads to one.
    pub fn gateway(&self) -> Option<&TransitGatewayId> {
        match self {
            Target::TransitGateway(id) => Some(id),
            Target::Local | Target::Other(_) => None,
        }
    }
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

    /// Returns the state in EC2's words; several of them come to one, and then it is the commonest.
    pub fn word(&self) -> &str {
        match self {
            Progress::PendingAcceptance => "pendingAcceptance",
            Progress::Coming => "pending",
            Progress::Ready => "available",
            Progress::Changing => "modifying",
            Progress::Going => "deleting",
            Progress::Gone => "deleted",
            Progress::Failed => "failed",
            Progress::Rejected => "rejected",
            Progress::Unclear(word) => word,
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
    pub options: TransitGatewayOptions,
    pub tags: Tags,
}

/// The options of a transit gateway that a made hub has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitGatewayOptions {
    /// The private ASN on Amazon's side; fixed here, since changing it ends BGP sessions.
    pub asn: u64,
    pub auto_accept: bool,
    pub default_association: bool,
    pub default_propagation: bool,
    pub dns: bool,
    pub vpn_ecmp: bool,
    pub security_group_referencing: bool,
    /// Decided at creation for good (EC2 API reference, `TransitGatewayRequestOptions`).
    pub multicast: bool,
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
    /// Those of the account that asks: the hub's side and the member's side each have their own.
    pub tags: Tags,
}

/// A VPC attachment with what only this call tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VpcAttachment {
    pub id: AttachmentId,
    pub gateway: TransitGatewayId,
    pub vpc: VpcId,
    pub vpc_owner: AccountId,
    pub subnets: Vec<SubnetId>,
    pub options: AttachmentOptions,
    pub state: Progress,
    /// Those of the account that asks: the hub's side and the member's side each have their own.
    pub tags: Tags,
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
    /// The prefix list that brought it, if one did: then it is not a route by itself.
    pub prefix_list: Option<PrefixListId>,
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
    pub security_group_referencing: bool,
}

/// A resource share of the home account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceShare {
    pub arn: String,
    pub name: String,
    pub state: ShareState,
    /// Whether accounts outside the organization may be invited.
    pub allow_external: bool,
    pub tags: Tags,
}

/// How far a share, or what it is associated with, is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareState {
    /// `PENDING`, `ASSOCIATING`: on its way, or waiting for an invitation to be accepted.
    Coming,
    /// `ACTIVE`, `ASSOCIATED`.
    Ready,
    /// `DELETING`, `DISASSOCIATING`, `SUSPENDING`.
    Going,
    /// `DELETED`, `DISASSOCIATED`.
    Gone,
    /// `FAILED`, `SUSPENDED`.
    Failed(String),
    /// A word that transitd does not know.
    Unclear(String),
}

impl ShareState {
    /// Reads a state as RAM writes it, of a share or of an association.
    pub fn from_word(word: &str) -> Self {
        match word {
            "PENDING" | "ASSOCIATING" | "RESTORING" => ShareState::Coming,
            "ACTIVE" | "ASSOCIATED" => ShareState::Ready,
            "DELETING" | "DISASSOCIATING" | "SUSPENDING" => ShareState::Going,
            "DELETED" | "DISASSOCIATED" => ShareState::Gone,
            "FAILED" | "SUSPENDED" => ShareState::Failed(word.to_owned()),
            other => ShareState::Unclear(other.to_owned()),
        }
    }

    /// Tells whether the thing is there, or on its way to be there.
    pub fn is_live(&self) -> bool {
        match self {
            ShareState::Coming | ShareState::Ready | ShareState::Unclear(_) => true,
            ShareState::Going | ShareState::Gone | ShareState::Failed(_) => false,
        }
    }
}

/// What a resource share is associated with: a principal, or a resource, by what RAM calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareAssociation {
    pub share: String,
    /// An account id, the ARN of a unit or of the organization, or the ARN of a resource.
    pub entity: String,
    pub state: ShareState,
    /// Whether the principal is outside the organization.
    pub external: bool,
}

/// An invitation to a resource share, as the invited account finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub arn: String,
    pub share: String,
    pub sent: Timestamp,
    pub state: InvitationState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    Pending,
    Accepted,
    Rejected,
    Expired,
}

impl InvitationState {
    pub fn word(self) -> &'static str {
        match self {
            InvitationState::Pending => "pending",
            InvitationState::Accepted => "accepted",
            InvitationState::Rejected => "rejected",
            InvitationState::Expired => "expired",
        }
    }
}

/// An IAM role of a member account, as far as it can be the cause of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub name: String,
    /// Who may assume it: the policy document, as JSON text.
    pub trust: String,
}
