//! The shape of the config file, for the JSON Schema and for the decoder alike.
//!
//! These types are described, never constructed: schemars turns them into the schema that editors use, and the decoder
//! asks the same schema which keys a mapping knows, which of them must be there, and what a good value looks like. So
//! the schema cannot promise a key that the decoder does not read, nor the other way round. Their doc comments are the
//! schema's descriptions, and are shown to people.
#![expect(dead_code, reason = "described through schemars, never constructed")]

mod connections;
mod safety;
mod segments;
mod texts;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::json;

pub use connections::*;
pub use safety::*;
pub use segments::*;
pub use texts::*;

/// One network of an AWS organization, as transitd shall keep it.
#[derive(JsonSchema)]
#[schemars(rename = "transitd", deny_unknown_fields)]
pub struct Config {
    /// The version of this language: 1.
    #[schemars(range(min = 1, max = 1), example = 1)]
    pub version: u32,
    /// The network's name. What transitd makes is tagged with it.
    #[schemars(example = &"corp")]
    pub network: Name,
    /// The central network account: owns the hubs; transitd runs here.
    #[schemars(example = json!({"account": "111111111111", "organization": "o-a1b2c3d4e5"}))]
    pub home: Home,
    /// The member accounts, and the role to enter them with.
    #[schemars(example = json!({"from": "organizations", "role": {"name": "transitd-member"}}))]
    pub accounts: Accounts,
    /// The transit gateways of the network, by a name of your choice. Two may stand in one region.
    #[schemars(extend("minProperties" = 1), example = json!({"eu": {"region": "eu-west-1", "adopt": "tgw-0123456789abcdef0"}}))]
    pub hubs: BTreeMap<Name, Hub>,
    /// With whom the hubs are shared through RAM.
    pub share: Option<Share>,
    /// The routing domains, by name: VPCs and other attachments that share one route table per hub.
    #[schemars(example = json!({"prod": {"members": [{"vpc_tags": {"network": "prod"}}]}}))]
    pub segments: BTreeMap<Name, Segment>,
    /// How a member VPC is attached. Needed as soon as a segment has member rules.
    #[schemars(example = json!({"subnets": {"tags": {"transitd": "attach"}}}))]
    pub attach: Option<Attach>,
    /// Pairs of segments that reach each other, both ways. Pairs not listed are not connected.
    #[schemars(example = json!([["dev", "shared"]]))]
    pub connect: Option<Vec<(Name, Name)>>,
    /// Pairs of segments that reach each other only through firewalls, both ways.
    pub inspect: Option<Vec<Inspect>>,
    /// The segments that reach the internet, and through which inspection segment.
    pub egress: Option<Vec<Egress>>,
    /// Pairs of segments between which no path may ever be. Proved on every plan.
    pub isolate: Option<Vec<Isolate>>,
    /// Further static routes in the segments' tables.
    pub routes: Option<Vec<Route>>,
    /// Which hubs are peered with each other.
    pub peer_hubs: Option<PeerHubs>,
    /// Direct VPC peerings, for the pairs that want one.
    pub peer_vpcs: Option<Vec<PeerVpcs>>,
    /// The limits on what transitd may do.
    pub safety: Option<Safety>,
    /// How the daemon runs.
    pub daemon: Option<Daemon>,
}

/// The central network account.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Home {
    /// The account that owns the hubs.
    #[schemars(example = &"111111111111")]
    pub account: Account,
    /// The organization's id. Checked first: a wrong account or endpoint is not an empty network.
    #[schemars(example = &"o-a1b2c3d4e5")]
    pub organization: Organization,
    /// A role to assume in the home account too.
    pub role: Option<Role>,
}

/// The member accounts. Exactly one of `from` and `list`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Accounts {
    /// Ask AWS Organizations for the accounts.
    pub from: Option<FromWord>,
    /// A fixed list of accounts, where Organizations cannot be read.
    pub list: Option<Vec<Listed>>,
    /// The role that transitd assumes in every member account.
    #[schemars(example = json!({"name": "transitd-member"}))]
    pub role: MemberRole,
    /// Accounts that are left alone.
    pub exclude: Option<Vec<Excluded>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum FromWord {
    Organizations,
}

/// An account of a fixed list.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Listed {
    /// The account's id.
    #[schemars(example = &"222222222222")]
    pub id: Account,
    /// The account's name.
    #[schemars(example = &"billing")]
    pub name: String,
    /// Where it stands in the organization.
    pub ou: Option<Ou>,
    /// The account's tags.
    pub tags: Option<Tags>,
}

/// The role that transitd assumes in every member account.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MemberRole {
    /// The role's name.
    #[schemars(example = &"transitd-member")]
    pub name: Role,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<ExternalId>,
}

/// An external id: the text itself, or the environment variable that holds it.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum ExternalId {
    Text(ExternalIdWord),
    FromEnvironment(FromEnvironment),
}

/// Something that the environment says.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FromEnvironment {
    /// The variable's name.
    #[schemars(example = &"TRANSITD_EXTERNAL_ID")]
    pub env: Variable,
}

/// An account that is left alone.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Excluded {
    /// The account's id.
    #[schemars(example = &"999999999999")]
    pub account: Account,
    /// Why it is left alone.
    #[schemars(example = &"being closed")]
    pub why: Why,
}

/// A transit gateway of the network. Exactly one of `adopt` and `asn`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Hub {
    /// The region it stands in.
    #[schemars(example = &"eu-west-1")]
    pub region: RegionName,
    /// A transit gateway that exists. Its settings are reported, never changed.
    pub adopt: Option<TransitGateway>,
    /// Make the transit gateway, with this private ASN: 64512 to 65534, or 4200000000 to 4294967294.
    #[schemars(range(min = 64512, max = 4_294_967_294_u32))]
    pub asn: Option<u32>,
    /// Whether security groups of one VPC may name those of another on a hub that is made. Off if left out.
    pub security_group_referencing: Option<bool>,
}

/// With whom the hubs are shared through RAM.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Share {
    /// The whole organization, some organizational units, or just the accounts with member VPCs.
    #[schemars(example = &"organization")]
    pub with: ShareWith,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum ShareWith {
    Word(ShareWord),
    Ous(ShareOus),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum ShareWord {
    Organization,
    Members,
}

/// Some organizational units.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ShareOus {
    /// The units, by path.
    #[schemars(length(min = 1), example = json!(["Workloads"]))]
    pub ous: Vec<Ou>,
}
