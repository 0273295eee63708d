//! The tags by which transitd knows its own.
//!
//! They are set when a thing is made. They prove ownership only of what has no natural key (gateways, tables, shares), and
//! there together with the ledger; on attachments, whose tags are kept per account, they are for people to read.

use super::ids::NetworkName;
use super::seen::Tags;

/// The tag that names a thing for people.
pub const NAME_TAG: &str = "Name";
/// The tag that names the network which a thing belongs to.
pub const NETWORK_TAG: &str = "transitd:network";
/// The tag that names the hub whose gateway or share it is.
pub const HUB_TAG: &str = "transitd:hub";
/// The tag that names the segment whose table it is.
pub const SEGMENT_TAG: &str = "transitd:segment";

/// Tells whether a thing carries a network's ownership tag.
pub fn is_of_network(tags: &Tags, network: &NetworkName) -> bool {
    tags.get(NETWORK_TAG).map(String::as_str) == Some(network.as_str())
}

/// Tells whether the ownership tags say that a thing is the one of a network that `tag` gives this name.
pub fn is_named(tags: &Tags, network: &NetworkName, tag: &str, name: &str) -> bool {
    is_of_network(tags, network) && tags.get(tag).map(String::as_str) == Some(name)
}

/// What the ledger calls the target of a static route to nowhere.
pub const BLACKHOLE: &str = "blackhole";
