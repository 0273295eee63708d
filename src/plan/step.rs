//! A step: one typed change, which is exactly one write call, with its reason.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::WriteCall;
use crate::model::{AttachmentOptions, Key, Kind, ListId, Scope, SubnetId, TransitGatewayRouteTableId};

/// A step's name, made of what it does and to what; the same from pass to pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct StepId(String);

impl StepId {
    pub fn new(verb: Verb, key: &Key) -> Self {
        Self(format!("{} {} {key}", verb.word(), key.kind().words()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a step does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Create,
    Accept,
    Modify,
    Replace,
    /// Takes away what stands in the way of what is declared.
    Clear,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Accept => "accept",
            Verb::Modify => "modify",
            Verb::Replace => "replace",
            Verb::Clear => "clear",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub id: StepId,
    pub kind: Kind,
    pub key: Key,
    pub scope: Scope,
    pub call: WriteCall,
    /// Steps of the same plan that this one builds on; all of them come before it.
    pub after: Vec<StepId>,
    pub outlook: Outlook,
    pub why: Why,
    pub risk: Risk,
    /// What made a removal right: the lists that show the thing to be undeclared or in the way.
    #[serde(serialize_with = "lists_as_text")]
    pub evidence: BTreeSet<ListId>,
}

/// Whether a step can be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outlook {
    Ready,
    Waits { on: Wait },
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "for", rename_all = "kebab-case")]
pub enum Wait {
    /// Something that an earlier step makes, or that AWS is making.
    Present { kind: Kind, key: Key },
    /// An old thing that AWS is still removing.
    Gone { kind: Kind, key: Key },
    /// A write whose answer was lost, or that does not show yet, may still turn out to have been done.
    Seen { until: Timestamp },
}

/// The difference that a step mends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "drift", rename_all = "kebab-case")]
pub enum Why {
    /// Declared, and not there.
    Missing,
    /// Asked for by the member, declared, and not accepted.
    NotAccepted,
    /// Zones that are declared and not attached.
    SubnetsMissing { subnets: Vec<SubnetId> },
    /// Options that differ from the declared ones.
    Options { have: AttachmentOptions, want: AttachmentOptions },
    /// Associated with a table that is not the segment's.
    WrongTable { table: TransitGatewayRouteTableId },
    /// The route is there and leads nowhere, though the attachment is there.
    Blackholed,
    /// Our own route leads to what we wrote last, which is no longer right.
    OldTarget { target: String },
}

/// What a step can do to traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Only adds.
    Adds,
    /// Changes in place, in one call.
    Changes,
    /// Takes something away that carries no declared traffic.
    Removes,
    /// Cuts traffic, for about this many seconds.
    Cuts { seconds: u32 },
}

fn lists_as_text<S: serde::Serializer>(lists: &BTreeSet<ListId>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(lists.iter().map(ToString::to_string))
}
