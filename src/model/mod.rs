//! The nouns: what the network is made of, in types that cannot hold nonsense. Depends on nothing else of ours.

pub mod cidr;
pub mod fault;
pub mod history;
pub mod ids;
pub mod key;
pub mod problem;
pub mod scope;
pub mod seen;
pub mod snapshot;
pub mod topology;

pub use cidr::Cidr;
pub use fault::{Fault, Trouble};
pub use history::{History, Owned, Refused, Sent};
pub use ids::*;
pub use key::{AttachmentKey, Key, Kind, PropagationKey, TableKey, VpcKey, VpcRouteKey};
pub use problem::{Held, Problem, Unmanaged};
pub use scope::Scope;
pub use seen::*;
pub use snapshot::{HubInventory, ListId, Listed, MemberInventory, Snapshot};
pub use topology::{Topology, WantedAttachment, WantedHub, WantedTable};
