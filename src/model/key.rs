//! Natural keys: what makes a thing this thing, before it has an id and in every account's eyes.
//!
//! Never a tag: the tags of an attachment are kept per account, and the other side cannot see them.

use std::fmt;

use serde::{Serialize, Serializer};

use super::cidr::Cidr;
use super::ids::{AccountId, HubName, Region, RouteTableId, SegmentName, VpcId};
use super::scope::Scope;

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
    pub vpc: VpcKey,
}

/// A route of a VPC's route table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VpcRouteKey {
    pub vpc: VpcKey,
    pub table: RouteTableId,
    pub destination: Cidr,
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
    Table(TableKey),
    Attachment(AttachmentKey),
    Association(AttachmentKey),
    Propagation(PropagationKey),
    VpcRoute(VpcRouteKey),
}

/// The kinds of things that transitd keeps, in the order in which they build on one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Hub,
    Table,
    Attachment,
    Association,
    Propagation,
    VpcRoute,
}

impl Kind {
    /// Returns the kind's name in AWS's words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Hub => "transit gateway",
            Kind::Table => "route table",
            Kind::Attachment => "attachment",
            Kind::Association => "association",
            Kind::Propagation => "propagation",
            Kind::VpcRoute => "VPC route",
        }
    }
}

impl Key {
    pub fn kind(&self) -> Kind {
        match self {
            Key::Hub(_) => Kind::Hub,
            Key::Table(_) => Kind::Table,
            Key::Attachment(_) => Kind::Attachment,
            Key::Association(_) => Kind::Association,
            Key::Propagation(_) => Kind::Propagation,
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
            Key::Hub(hub) => Some(hub),
            Key::Table(table) => Some(&table.hub),
            Key::Attachment(key) | Key::Association(key) => Some(&key.hub),
            Key::Propagation(key) => Some(&key.table.hub),
            Key::VpcRoute(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Hub(hub) => write!(f, "{hub}"),
            Key::Table(table) => write!(f, "{table}"),
            Key::Attachment(key) | Key::Association(key) => write!(f, "{key}"),
            Key::Propagation(key) => write!(f, "{} < {}", key.table, key.vpc),
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

serialize_as_text!(VpcKey AttachmentKey TableKey VpcRouteKey Key);
