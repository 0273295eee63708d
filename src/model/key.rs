//! Natural keys: what makes a thing this thing, before it has an id and in every account's eyes.
//!
//! Never a tag: the tags of an attachment are kept per account, and the other side cannot see them.

use std::fmt;

use serde::{Serialize, Serializer};

use super::ids::{AccountId, HubName, OuPath, Region, RouteTableId, SegmentName, VpcId};
use super::scope::Scope;
use super::seen::{Attachment, Destination};

/// A VPC, with where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VpcKey {
    pub account: AccountId,
    pub region: Region,
    pub vpc: VpcId,
}

impl VpcKey {
    pub fn scope(&self) -> Scope {
        Scope::new(&self.account, &self.region)
    }
}

impl fmt::Display for VpcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.vpc)
    }
}

/// One VPC on one hub: AWS allows one attachment for the pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentKey {
    pub hub: HubName,
    pub vpc: VpcKey,
}

impl fmt::Display for AttachmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.hub, self.vpc)
    }
}

/// An attachment that others make, and that is placed in a segment where it stands: never made, never deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GivenKey {
    pub kind: GivenKind,
    /// What is attached, in AWS's words: `vpn-…`, a Direct Connect gateway's UUID; the attachment's own id where AWS gives
    /// the attached thing none that a person would write.
    pub id: String,
}

/// The types of attachments that others make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GivenKind {
    Vpn,
    DirectConnectGateway,
    /// An attachment over another one, for an appliance that speaks GRE and BGP.
    Connect,
    /// A firewall of AWS Network Firewall that is attached by itself.
    NetworkFunction,
}

impl GivenKind {
    /// Returns the attachment's resource type as EC2 writes it.
    pub fn resource_type(self) -> &'static str {
        match self {
            GivenKind::Vpn => "vpn",
            GivenKind::DirectConnectGateway => "direct-connect-gateway",
            GivenKind::Connect => "connect",
            GivenKind::NetworkFunction => "network-function",
        }
    }
}

impl GivenKey {
    /// Tells whether an attachment is the one that this key names.
    pub fn names(&self, attachment: &Attachment) -> bool {
        let id = match self.kind {
            GivenKind::Vpn | GivenKind::DirectConnectGateway => attachment.resource_id.as_str(),
            GivenKind::Connect | GivenKind::NetworkFunction => attachment.id.as_str(),
        };
        attachment.resource_type == self.kind.resource_type() && id == self.id
    }
}

impl fmt::Display for GivenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.resource_type(), self.id)
    }
}

/// What is attached to a hub.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attached {
    Vpc(VpcKey),
    Given(GivenKey),
}

impl Attached {
    /// Returns the VPC, if it is one.
    pub fn vpc(&self) -> Option<&VpcKey> {
        match self {
            Attached::Vpc(vpc) => Some(vpc),
            Attached::Given(_) => None,
        }
    }
}

impl From<&VpcKey> for Attached {
    fn from(vpc: &VpcKey) -> Self {
        Attached::Vpc(vpc.clone())
    }
}

impl fmt::Display for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Attached::Vpc(vpc) => write!(f, "{vpc}"),
            Attached::Given(given) => write!(f, "{given}"),
        }
    }
}

/// One thing that is attached to one hub, by whomever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachedKey {
    pub hub: HubName,
    pub of: Attached,
}

impl From<&AttachmentKey> for AttachedKey {
    fn from(key: &AttachmentKey) -> Self {
        Self { hub: key.hub.clone(), of: Attached::from(&key.vpc) }
    }
}

impl fmt::Display for AttachedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.hub, self.of)
    }
}

/// With whom a hub is shared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    Organization,
    Unit(OuPath),
    Account(AccountId),
}

impl Principal {
    /// Reads what [`Principal`] is written as; none for anything else.
    pub fn read(text: &str) -> Option<Self> {
        if text == Principal::Organization.to_string() {
            return Some(Principal::Organization);
        }
        if let Some(path) = text.strip_prefix("unit ") {
            return path.parse().ok().map(Principal::Unit);
        }
        text.strip_prefix("account ")?.parse().ok().map(Principal::Account)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Principal::Organization => f.write_str("the organization"),
            Principal::Unit(path) => write!(f, "unit {path}"),
            Principal::Account(account) => write!(f, "account {account}"),
        }
    }
}

/// A principal of a hub's resource share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalKey {
    pub hub: HubName,
    pub principal: Principal,
}

impl fmt::Display for PrincipalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.hub, self.principal)
    }
}

/// A segment's table on one hub. AWS knows no such key: what transitd makes carries it in its ownership tags.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableKey {
    pub hub: HubName,
    pub segment: SegmentName,
}

impl fmt::Display for TableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.hub, self.segment)
    }
}

/// An attachment's propagation into a segment's table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropagationKey {
    pub table: TableKey,
    pub of: Attached,
}

/// A static route, or a prefix list reference, of a segment's table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StaticRouteKey {
    pub table: TableKey,
    pub destination: Destination,
}

impl fmt::Display for StaticRouteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.table, self.destination)
    }
}

/// A route of a VPC's route table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VpcRouteKey {
    pub vpc: VpcKey,
    pub table: RouteTableId,
    pub destination: Destination,
}

impl fmt::Display for VpcRouteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {}", self.vpc, self.table, self.destination)
    }
}

/// The key of anything that transitd keeps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Hub(HubName),
    /// A hub's resource share.
    Share(HubName),
    Principal(PrincipalKey),
    Table(TableKey),
    Attachment(AttachmentKey),
    Association(AttachedKey),
    Propagation(PropagationKey),
    StaticRoute(StaticRouteKey),
    VpcRoute(VpcRouteKey),
}

/// The kinds of things that transitd keeps, in the order in which they build on one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Hub,
    Share,
    Principal,
    Table,
    Attachment,
    Association,
    Propagation,
    StaticRoute,
    VpcRoute,
}

impl Kind {
    /// Returns the kind's name in AWS's words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Hub => "transit gateway",
            Kind::Share => "resource share",
            Kind::Principal => "principal",
            Kind::Table => "route table",
            Kind::Attachment => "attachment",
            Kind::Association => "association",
            Kind::Propagation => "propagation",
            Kind::StaticRoute => "static route",
            Kind::VpcRoute => "VPC route",
        }
    }
}

impl Key {
    pub fn kind(&self) -> Kind {
        match self {
            Key::Hub(_) => Kind::Hub,
            Key::Share(_) => Kind::Share,
            Key::Principal(_) => Kind::Principal,
            Key::Table(_) => Kind::Table,
            Key::Attachment(_) => Kind::Attachment,
            Key::Association(_) => Kind::Association,
            Key::Propagation(_) => Kind::Propagation,
            Key::StaticRoute(_) => Kind::StaticRoute,
            Key::VpcRoute(_) => Kind::VpcRoute,
        }
    }

    /// Returns the name under which the store keeps the thing: its kind and its key, without doubt for all kinds.
    pub fn ledger(&self) -> String {
        format!("{} {self}", self.kind().words())
    }

    /// Returns the hub that the thing belongs to; none for what belongs to a VPC alone.
    pub fn hub(&self) -> Option<&HubName> {
        match self {
            Key::Hub(hub) | Key::Share(hub) => Some(hub),
            Key::Principal(key) => Some(&key.hub),
            Key::Table(table) => Some(&table.hub),
            Key::Attachment(key) => Some(&key.hub),
            Key::Association(key) => Some(&key.hub),
            Key::Propagation(key) => Some(&key.table.hub),
            Key::StaticRoute(key) => Some(&key.table.hub),
            Key::VpcRoute(_) => None,
        }
    }

    /// Returns the segment's table that the thing stands in, if it stands in one.
    pub fn table(&self) -> Option<&TableKey> {
        match self {
            Key::Propagation(key) => Some(&key.table),
            Key::StaticRoute(key) => Some(&key.table),
            Key::Hub(_)
            | Key::Share(_)
            | Key::Principal(_)
            | Key::Table(_)
            | Key::Attachment(_)
            | Key::Association(_)
            | Key::VpcRoute(_) => None,
        }
    }

    /// Returns the VPC that the thing is of, if it is of one.
    pub fn vpc(&self) -> Option<&VpcKey> {
        match self {
            Key::Hub(_) | Key::Share(_) | Key::Principal(_) | Key::Table(_) | Key::StaticRoute(_) => None,
            Key::Attachment(key) => Some(&key.vpc),
            Key::Association(key) => key.of.vpc(),
            Key::Propagation(key) => key.of.vpc(),
            Key::VpcRoute(key) => Some(&key.vpc),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Hub(hub) | Key::Share(hub) => write!(f, "{hub}"),
            Key::Principal(key) => write!(f, "{key}"),
            Key::Table(table) => write!(f, "{table}"),
            Key::Attachment(key) => write!(f, "{key}"),
            Key::Association(key) => write!(f, "{key}"),
            Key::Propagation(key) => write!(f, "{} < {}", key.table, key.of),
            Key::StaticRoute(key) => write!(f, "{key}"),
            Key::VpcRoute(key) => write!(f, "{key}"),
        }
    }
}

macro_rules! serialize_as_text {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

serialize_as_text!(VpcKey AttachmentKey Attached AttachedKey GivenKey Principal PrincipalKey TableKey StaticRouteKey VpcRouteKey Key);
