//! A step: one typed change, which is exactly one write call, with its reason.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::WriteCall;
use crate::model::{
    AttachmentOptions, Key, Kind, ListId, RoutePurpose, Scope, SegmentName, SubnetId, Tags, TransitGatewayOptions,
    TransitGatewayRouteTableId,
};

/// A step's name, made of what it does and to what; the same from pass to pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(String);

impl StepId {
    pub fn new(verb: Verb, key: &Key) -> Self {
        Self(format!("{} {} {key}", verb.word(), key.kind().words()))
    }

    /// Takes a name that [`StepId::new`] once made, as the store has kept it.
    pub fn read(text: &str) -> Self {
        Self(text.to_owned())
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
    /// Sets tags on the side of whoever owns the thing.
    Tag,
    /// Sets tags on the hub's side of an attachment.
    TagAtHub,
    /// Takes away what stands in the way of what is declared.
    Clear,
    /// Takes away what nothing declares any more.
    Remove,
}

impl Verb {
    pub(super) fn word(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Accept => "accept",
            Verb::Modify => "modify",
            Verb::Replace => "replace",
            Verb::Tag => "tag",
            Verb::TagAtHub => "tag at the hub",
            Verb::Clear => "clear",
            Verb::Remove => "remove",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub id: StepId,
    pub kind: Kind,
    pub key: Key,
    /// The segment that the thing belongs to, if it belongs to one.
    pub segment: Option<SegmentName>,
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

impl Step {
    /// Tells whether the step takes away what nothing declares any more: what the budgets count.
    pub fn is_removal(&self) -> bool {
        matches!(self.why, Why::Undeclared | Why::Departed { .. } | Why::SubnetsUndeclared { .. })
    }
}

/// Whether a step can be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outlook {
    Ready,
    Waits {
        on: Wait,
    },
    /// It is not sent, however long one waits: a person has said so, or has to say something.
    Left {
        why: Left,
    },
}

impl Outlook {
    /// Tells whether looking again soon changes nothing about it.
    pub fn rests(&self) -> bool {
        match self {
            Outlook::Ready | Outlook::Waits { on: Wait::Present { .. } | Wait::Gone { .. } | Wait::Seen { .. } } => {
                false
            }
            Outlook::Waits { on: Wait::Budget { .. } } | Outlook::Left { .. } => true,
        }
    }
}

/// Why a step is shown and not sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "left", rename_all = "kebab-case")]
pub enum Left {
    /// The file says that this kind is only observed in this segment.
    Observed,
    /// The file freezes today.
    Frozen,
    /// Something could not be read: nothing is taken away before everything was.
    Unknown,
    /// Far fewer things were seen than before.
    Shrunk,
    /// A VPC that has left its segment is held, and may need it.
    Departing,
    /// What takes its place is not there yet, or what it leads to is left as it is.
    Needed,
    /// A person told transitd to leave it alone for a time.
    Held,
    /// A person told transitd to write nothing.
    Paused,
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
    /// As much was taken away as may be for now.
    Budget { until: Timestamp },
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
    /// A static route that is declared, or that comes of something declared, and is not there.
    MissingRoute { purpose: RoutePurpose },
    /// Settings of a made gateway that differ from the declared ones.
    Settings { have: TransitGatewayOptions, want: TransitGatewayOptions },
    /// A share that lets in more, or less, than it should.
    ExternalAccounts { have: bool, want: bool },
    /// The share is there, and not of the gateway.
    NotShared,
    /// The invited account has not accepted.
    NotAcceptedInvitation,
    /// Tags that are missing, or have another value.
    Tags { missing: Tags },
    /// Subnets that are attached and not declared.
    SubnetsUndeclared { subnets: Vec<SubnetId> },
    /// A subnet of the zone is attached in place of the declared one.
    SubnetSwapped { have: SubnetId, want: SubnetId },
    /// Nothing declares it any more.
    Undeclared,
    /// Its VPC has left the segment, and was held for as long as the file says.
    Departed { reason: String },
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
