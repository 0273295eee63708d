//! `inspect`, `egress`, `isolate`, `routes`, `peer_hubs` and `peer_vpcs`: what reaches what, and over which way.

use schemars::JsonSchema;
use serde_json::json;

use super::segments::{AllWord, Tables};
use super::texts::{Account, AccountVpc, Name, RangeOrPrefixList, RegionName, Tags, Vpc};

/// A pair of segments that reach each other only through firewalls.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Inspect {
    /// The two segments.
    #[schemars(example = json!(["prod", "shared"]))]
    pub between: (Name, Name),
    /// The segment that the firewalls stand in.
    #[schemars(example = &"inspection")]
    pub through: Name,
}

/// Segments that reach the internet through firewalls.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Egress {
    /// The segments.
    #[schemars(length(min = 1), example = json!(["prod", "dev"]))]
    pub from: Vec<Name>,
    /// The segment that the firewalls stand in.
    #[schemars(example = &"inspection")]
    pub through: Name,
}

/// A pair of segments between which no path may ever be.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Isolate {
    /// The two segments.
    #[schemars(example = json!(["prod", "dev"]))]
    pub between: (Name, Name),
    /// The inspection segment that may carry a path nevertheless.
    pub except_through: Option<Name>,
}

/// A static route in one segment's table on one hub.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Route {
    /// The segment in whose table it stands.
    #[schemars(rename = "in", example = &"dev")]
    pub segment: Name,
    /// The hub whose table it is.
    #[schemars(example = &"eu")]
    pub on: Name,
    /// The destination.
    #[schemars(example = &"10.66.0.0/16")]
    pub to: RangeOrPrefixList,
    /// Where it sends.
    #[schemars(example = &"blackhole")]
    pub via: Via,
}

/// Nowhere, or to the attachment of a VPC.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Via {
    Blackhole(BlackholeWord),
    Attachment(ViaAttachment),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum BlackholeWord {
    Blackhole,
}

/// The attachment of a VPC.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ViaAttachment {
    /// The account and the VPC.
    #[schemars(example = &"222222222222/vpc-0123456789abcdef0")]
    pub attachment_of: AccountVpc,
}

/// Every pair of hubs, or a list of pairs.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum PeerHubs {
    Mesh(MeshWord),
    Pairs(Vec<(Name, Name)>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum MeshWord {
    Mesh,
}

/// A direct peering of two VPCs.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PeerVpcs {
    /// A name for the peering.
    #[schemars(example = &"metrics")]
    pub name: Name,
    /// The side that asks for the peering.
    #[schemars(example = json!({"account": "333333333333", "region": "eu-west-1", "vpc_tags": {"name": "metrics"}}))]
    pub requester: PeeringSide,
    /// The side that accepts it.
    #[schemars(example = json!({"account": "222222222222", "region": "eu-west-1", "vpc_tags": {"name": "billing"}}))]
    pub accepter: PeeringSide,
    /// Which side resolves the other's public names to private addresses. Neither if left out.
    pub dns: Option<PeeringDnsWord>,
    /// Which route tables get routes to the other side.
    #[schemars(example = &"all")]
    pub routes: PeeringRoutes,
}

/// One side of a VPC peering. It names the VPC, its tags, or both.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PeeringSide {
    /// The account.
    #[schemars(example = &"333333333333")]
    pub account: Account,
    /// The region.
    #[schemars(example = &"eu-west-1")]
    pub region: RegionName,
    /// The VPC.
    pub vpc: Option<Vpc>,
    /// The VPC carries these tags.
    #[schemars(extend("minProperties" = 1))]
    pub vpc_tags: Option<Tags>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum PeeringDnsWord {
    Both,
    Requester,
    Accepter,
    Neither,
}

/// All route tables on both sides, or chosen ones.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum PeeringRoutes {
    All(AllWord),
    Chosen(PeeringTables),
}

/// Which route tables on each side; a side left out gets none.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
pub struct PeeringTables {
    /// On the requester's side.
    pub requester: Option<Tables>,
    /// On the accepter's side.
    pub accepter: Option<Tables>,
}
