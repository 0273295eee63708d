//! The nouns: what the network is made of, in types that cannot hold nonsense. Depends on nothing else of ours.

pub mod cidr;
pub mod event;
pub mod fault;
pub mod finding;
pub mod history;
pub mod ids;
pub mod key;
pub mod orders;
pub mod ownership;
pub mod plain;
pub mod problem;
pub mod scope;
pub mod seen;
pub mod snapshot;
pub mod topology;

pub use cidr::Cidr;
pub use event::{Event, Happened};
pub use fault::{Fault, Trouble};
pub use finding::Finding;
pub use history::{Counts, History, Owned, Refused, Removal, Sent};
pub use ids::*;
pub use key::{
    Attached, AttachedKey, AttachmentKey, GivenKey, GivenKind, Key, Kind, Principal, PrincipalKey, PropagationKey,
    StaticRouteKey, TableKey, VpcKey, VpcRouteKey,
};
pub use orders::{Hold, PAUSE_TAG, Pause};
pub use ownership::{BLACKHOLE, HUB_TAG, NAME_TAG, NETWORK_TAG, SEGMENT_TAG, is_named, is_of_network};
pub use plain::plain;
pub use problem::{Cause, Held, Problem, Quota, Unmanaged};
pub use scope::Scope;
pub use seen::*;
pub use snapshot::{HubInventory, ListId, Listed, MemberInventory, ShareInventory, Snapshot};
pub use topology::{
    Reached, RoutePurpose, RouteVia, Topology, WantedAttachment, WantedGateway, WantedHub, WantedShare,
    WantedStaticRoute, WantedTable,
};
