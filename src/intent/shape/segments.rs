//! `segments` and `attach`: which VPCs belong where, and how they are attached.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::json;

use super::texts::{
    Account, Attachment, DirectConnectGateway, Name, Ou, Range, RangeOrPrefixList, Tags, TransitGatewayTable, Vpc, Vpn,
};

/// A routing domain. It has `members`, `attachments`, or both.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Segment {
    /// The hubs that it stands on, by name; all if left out. In one region its VPCs are attached to one hub, so where several
    /// stand in a region this says which.
    #[schemars(length(min = 1))]
    pub hubs: Option<Vec<Name>>,
    /// Which VPCs belong to it: those that fit any of these rules. A VPC that fits two segments is frozen and reported.
    #[schemars(length(min = 1))]
    pub members: Option<Vec<MemberRule>>,
    /// Whether its own VPCs reach one another. Closed if left out.
    pub inside: Option<InsideWord>,
    /// What the route tables of its VPCs send to the hub. Left out, all of them send just the ranges that there are to reach.
    pub spoke_routes: Option<SpokeRoutes>,
    /// Route tables that exist already and serve as this segment's table, by hub.
    pub table: Option<BTreeMap<Name, TransitGatewayTable>>,
    /// Kinds of things that are only observed, or enforced, apart from the rest.
    pub manage: Option<Manage>,
    /// Ranges that are never routed. Needs `routing: static`.
    pub ignore_cidrs: Option<Vec<Range>>,
    /// How the tables of those that reach the segment learn of its ranges: by propagation (if left out), or by static routes to
    /// its VPCs' ranges, without `ignore_cidrs`, and to its `cidrs`.
    pub routing: Option<RoutingWord>,
    /// Set on the segments that firewalls stand in. Their own route tables are read and proved, never written.
    pub appliance_mode: Option<bool>,
    /// Attachments that others make (VPN, Direct Connect, Connect, network functions), placed in this segment, by hub. They are
    /// never made and never deleted; one that is missing is reported.
    pub attachments: Option<BTreeMap<Name, Vec<Given>>>,
    /// What BGP may bring over those attachments. Anything else is a finding.
    pub cidrs: Option<Vec<Range>>,
}

/// A rule for VPCs. All that it names must fit; it names at least one thing.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
pub struct MemberRule {
    /// The account stands in this organizational unit or below it.
    pub ou: Option<Ou>,
    /// The account is this one.
    pub account: Option<Account>,
    /// The account is one of these.
    #[schemars(length(min = 1))]
    pub accounts: Option<Vec<Account>>,
    /// The account carries these tags.
    #[schemars(extend("minProperties" = 1))]
    pub account_tags: Option<Tags>,
    /// The VPC is this one.
    pub vpc: Option<Vpc>,
    /// The VPC carries these tags.
    #[schemars(extend("minProperties" = 1))]
    pub vpc_tags: Option<Tags>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum InsideWord {
    Open,
    Closed,
}

/// What the route tables of member VPCs send to the hub.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SpokeRoutes {
    /// The destinations: ranges, and prefix lists by id.
    #[schemars(length(min = 1), example = json!(["10.0.0.0/8"]))]
    pub cidrs: Vec<RangeOrPrefixList>,
    /// Which of a VPC's route tables.
    #[schemars(example = &"all")]
    pub tables: Tables,
}

/// All route tables of a VPC, or those with certain tags.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Tables {
    All(AllWord),
    Tagged(Tagged),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum AllWord {
    All,
}

/// Things that carry all of these tags.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Tagged {
    /// The tags.
    #[schemars(extend("minProperties" = 1), example = json!({"tier": "private"}))]
    pub tags: Tags,
}

/// Kinds of things, each enforced (if left out) or only observed.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Manage {
    /// VPC attachments.
    pub attachments: Option<ModeWord>,
    /// Associations of attachments with the segment's tables.
    pub associations: Option<ModeWord>,
    /// Propagations into the segment's tables.
    pub propagations: Option<ModeWord>,
    /// Static routes in the segment's tables.
    pub static_routes: Option<ModeWord>,
    /// Routes in the route tables of the VPCs.
    pub vpc_routes: Option<ModeWord>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum ModeWord {
    Enforce,
    Observe,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum RoutingWord {
    Propagated,
    Static,
}

/// An attachment that others make. Exactly one of its keys.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1, "maxProperties" = 1))]
pub struct Given {
    /// A VPN connection.
    pub vpn: Option<Vpn>,
    /// A Direct Connect gateway.
    pub direct_connect_gateway: Option<DirectConnectGateway>,
    /// A Connect attachment, by the attachment's own id.
    pub connect: Option<Attachment>,
    /// A firewall that is attached by itself, by the attachment's own id.
    pub network_function: Option<Attachment>,
}

/// How a member VPC is attached.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Attach {
    /// The subnets to attach: one per availability zone. A VPC with none of them is reported, not guessed at.
    #[schemars(example = json!({"tags": {"transitd": "attach"}}))]
    pub subnets: Tagged,
    /// DNS support of the attachment. On if left out.
    pub dns: Option<bool>,
    /// IPv6 support of the attachment. Off if left out.
    pub ipv6: Option<bool>,
    /// Whether security groups of one VPC may name those of another; works where the hub has it on too. On if left out.
    pub security_group_referencing: Option<bool>,
}
