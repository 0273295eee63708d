//! The intent as plain values: what one config file declares, after every check has passed.
//!
//! An `Intent` is made by [`crate::intent::parse`] alone. Inside one, every name refers to something declared, every
//! CIDR has no host bits, every list that is a set has no duplicates, and everything that the file leaves out has its
//! default, so that no later stage knows defaults. Maps and sets are ordered: two files that differ only in the order
//! of their entries give equal intents, except where the order means something (member rules, freezes, routes).
//!
//! All words of the config have a place here, those that this version refuses as "not supported yet" too; which those
//! are is said in one table, `unsupported.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use jiff::civil::Date;

use super::words::{ExternalIdText, ListenAddress, TopicArn, VariableName, WebhookUrl};
use crate::model::{
    AccountId, Cidr, Destination, GivenKey, GivenKind, HubName, NetworkName, OrganizationId, OuPath, PrefixListId,
    Region, RoleName, SegmentName, TransitGatewayId, TransitGatewayRouteTableId, VpcId,
};

/// Tags that a thing must carry: each key with exactly this value. AWS tag keys and values are case-sensitive.
pub type TagFilter = BTreeMap<String, String>;

/// Holds what one config file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The version of the config's language. Always 1.
    pub version: u32,
    /// The ownership name: what transitd makes is tagged with it.
    pub network: NetworkName,
    pub home: Home,
    pub accounts: Accounts,
    /// At least one.
    pub hubs: BTreeMap<HubName, Hub>,
    pub share: Option<Share>,
    /// May be empty: a network of hubs without segments is only observed.
    pub segments: BTreeMap<SegmentName, Segment>,
    /// How a member VPC is attached. `Some` whenever a segment has member rules.
    pub attach: Option<Attach>,
    /// Who reaches whom, both ways. Pairs not listed are not connected.
    pub connect: BTreeSet<SegmentPair>,
    /// Pairs connected only through an inspection segment. Never also in `connect`.
    pub inspect: BTreeMap<SegmentPair, SegmentName>,
    /// Through which inspection segment each segment reaches the internet.
    pub egress: BTreeMap<SegmentName, SegmentName>,
    /// Pairs between which no routed path may be, with the inspection segment that may carry one.
    pub isolate: BTreeMap<SegmentPair, Option<SegmentName>>,
    /// Further static routes in segments' tables, in the order of the file.
    pub routes: Vec<DeclaredRoute>,
    /// Pairs of hubs to peer. `mesh` in the file is spelt out here.
    pub peer_hubs: BTreeSet<HubPair>,
    /// Direct VPC peerings, by name.
    pub peer_vpcs: BTreeMap<String, VpcPeering>,
    pub safety: Safety,
    pub daemon: Daemon,
}

impl Intent {
    /// Tells whether the VPCs of two segments reach one another directly. For a segment and itself, that is
    /// `inside: open`. A pair under `inspect` is not connected in this sense.
    #[must_use]
    pub fn connected(&self, a: &SegmentName, b: &SegmentName) -> bool {
        if a == b {
            return self.segments.get(a).is_some_and(|segment| segment.inside == Inside::Open);
        }
        SegmentPair::new(a.clone(), b.clone()).is_some_and(|pair| self.connect.contains(&pair))
    }

    /// Lists the segments whose VPCs a segment reaches directly, in order of name; itself too if it is open inside.
    pub fn reaches<'a>(&'a self, from: &'a SegmentName) -> impl Iterator<Item = &'a SegmentName> + 'a {
        self.segments.keys().filter(move |to| self.connected(from, to))
    }

    /// Tells whether a segment stands on a hub: has a table there.
    #[must_use]
    pub fn stands_on(&self, segment: &SegmentName, hub: &HubName) -> bool {
        self.segments.get(segment).is_some_and(|segment| segment.hubs.contains(hub))
    }

    /// Returns the hub that a segment's VPCs of a region are attached to: the file's checks let there be one at most.
    #[must_use]
    pub fn hub_of<'a>(&'a self, segment: &SegmentName, region: &'a Region) -> Option<&'a HubName> {
        self.hubs_in(region).map(|(hub, _)| hub).find(|hub| self.stands_on(segment, hub))
    }

    /// Tells whether some route of the file is to a prefix list, in a hub's table or in a member's.
    #[must_use]
    pub fn names_prefix_lists(&self) -> bool {
        self.routes.iter().any(|route| matches!(route.to, Destination::PrefixList(_)))
            || self.spokes_name_prefix_lists()
    }

    /// Tells whether some route of the members' tables is to a prefix list.
    #[must_use]
    pub fn spokes_name_prefix_lists(&self) -> bool {
        let mut spokes = self.segments.values().filter_map(|segment| segment.spoke_routes.as_ref());
        spokes.any(|routes| !routes.prefix_lists.is_empty())
    }

    /// Lists the regions that hold a hub, each once, in order of name.
    #[must_use]
    pub fn hub_regions(&self) -> BTreeSet<&Region> {
        self.hubs.values().map(|hub| &hub.region).collect()
    }

    /// Lists the hubs that stand in one region, in order of name.
    pub fn hubs_in<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = (&'a HubName, &'a Hub)> + 'a {
        self.hubs.iter().filter(move |(_, hub)| hub.region == *region)
    }
}

/// Holds two different segments, the lesser name first: `[a, b]` and `[b, a]` are one pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentPair {
    a: SegmentName,
    b: SegmentName,
}

impl SegmentPair {
    /// Makes the pair, in either order; `None` if both are one segment.
    #[must_use]
    pub fn new(one: SegmentName, other: SegmentName) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self { a: one, b: other }),
            std::cmp::Ordering::Greater => Some(Self { a: other, b: one }),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Returns both names, the lesser first.
    #[must_use]
    pub fn names(&self) -> (&SegmentName, &SegmentName) {
        (&self.a, &self.b)
    }

    /// Tells whether the segment is one of the two.
    #[must_use]
    pub fn has(&self, segment: &SegmentName) -> bool {
        self.a == *segment || self.b == *segment
    }
}

impl fmt::Display for SegmentPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", self.a, self.b)
    }
}

/// Holds two different hubs, the lesser name first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HubPair {
    a: HubName,
    b: HubName,
}

impl HubPair {
    /// Makes the pair, in either order; `None` if both are one hub.
    #[must_use]
    pub fn new(one: HubName, other: HubName) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self { a: one, b: other }),
            std::cmp::Ordering::Greater => Some(Self { a: other, b: one }),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Returns both names, the lesser first.
    #[must_use]
    pub fn names(&self) -> (&HubName, &HubName) {
        (&self.a, &self.b)
    }
}

impl fmt::Display for HubPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {}]", self.a, self.b)
    }
}

/// The central network account: owns the hubs; the daemon runs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub account: AccountId,
    /// Checked against AWS before anything else is believed.
    pub organization: OrganizationId,
    /// A role to assume in the home account too; `None` uses the credentials as they come.
    pub role: Option<RoleName>,
}

/// Which accounts the network knows, and how they are entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    pub source: AccountSource,
    /// Assumed in every member account.
    pub role: MemberRole,
    /// Accounts that are left alone, each with the reason that the file gives. Never the home account.
    pub exclude: BTreeMap<AccountId, String>,
}

/// Where the list of accounts comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountSource {
    /// AWS Organizations is asked on every pass.
    Organizations,
    /// The file lists them, for where Organizations cannot be read.
    List(BTreeMap<AccountId, ListedAccount>),
}

/// What the file says about an account that it lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAccount {
    pub name: String,
    /// Where the account would stand in the organization; `None` fits no rule that names an organizational unit.
    pub ou: Option<OuPath>,
    pub tags: BTreeMap<String, String>,
}

/// The role that transitd assumes in each member account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRole {
    pub name: RoleName,
    pub external_id: Option<ExternalId>,
}

/// The external id that a member role's trust policy asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalId {
    /// The file says it.
    Text(ExternalIdText),
    /// The environment says it, in this variable. Read by the composition root, never here.
    Env(VariableName),
}

/// A transit gateway of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    pub region: Region,
    pub kind: HubKind,
}

/// Whether a hub is made or exists already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubKind {
    /// One that exists: its settings are reported, never changed, and it is never deleted.
    Adopt(TransitGatewayId),
    /// One that transitd makes, with this private ASN on Amazon's side.
    Make {
        asn: u32,
        /// Whether security groups of one VPC may name those of another on the hub. Off unless the file says otherwise, as in
        /// EC2's `CreateTransitGateway`.
        security_group_referencing: bool,
    },
}

/// With whom the hubs are shared through RAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Share {
    /// The whole organization.
    Organization,
    /// These organizational units.
    Ous(BTreeSet<OuPath>),
    /// Just the accounts that have a member VPC.
    Members,
}

/// A routing domain: attachments that share one transit gateway route table per hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The hubs that it stands on; at least one. In one region its VPCs are attached to one of them.
    pub hubs: BTreeSet<HubName>,
    /// Which VPCs belong to it: those that fit any of these. In the order of the file, so that a report can name the
    /// first that fits.
    pub members: Vec<MemberRule>,
    /// Whether its own VPCs reach one another. Closed unless the file says open.
    pub inside: Inside,
    /// What the route tables of its VPCs send to the hub; `None`: all of them, just the ranges that there are to reach.
    pub spoke_routes: Option<SpokeRoutes>,
    /// Tables that exist already and serve as this segment's table, by hub.
    pub adopted_tables: BTreeMap<HubName, TransitGatewayRouteTableId>,
    /// Kinds of things that are not enforced alike; what is not named is enforced.
    pub manage: BTreeMap<ManagedKind, Mode>,
    /// Ranges that are never routed. Empty unless `routing` is static.
    pub ignore_cidrs: BTreeSet<Cidr>,
    pub routing: Routing,
    /// Set on the segments that firewalls stand in: their attachments keep both directions of a flow in one
    /// availability zone, and their own tables are read and proved, never written.
    pub appliance_mode: bool,
    /// Attachments that others make, placed in it, by hub.
    pub attachments: BTreeMap<HubName, BTreeSet<GivenKey>>,
    /// What BGP may bring over its on-prem attachments; anything else is a finding.
    pub cidrs: BTreeSet<Cidr>,
}

impl Segment {
    /// Tells whether firewalls stand in it: VPCs whose attachments keep both directions of a flow together, or a firewall that
    /// is attached by itself, whose attachment does so by nature ("Network Firewall", transit gateway-attached firewalls).
    #[must_use]
    pub fn inspects(&self) -> bool {
        let mut given = self.attachments.values().flatten();
        self.appliance_mode || given.any(|given| given.kind == GivenKind::NetworkFunction)
    }

    /// Lists the hubs on which something of the segment's can be: all that it stands on if it has VPCs, or else those where
    /// others have attached something.
    #[must_use]
    pub fn reachable_on(&self) -> BTreeSet<&HubName> {
        if self.members.is_empty() { self.attachments.keys().collect() } else { self.hubs.iter().collect() }
    }

    /// Tells whether something lies behind the segment's attachments that the file does not name.
    #[must_use]
    pub fn hides_ranges(&self) -> bool {
        let mut given = self.attachments.values().flatten();
        self.cidrs.is_empty() && given.any(|given| given.kind != GivenKind::NetworkFunction)
    }
}

/// Says which VPCs belong to a segment. All that it names must fit; it names at least one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRule {
    /// The account stands in this organizational unit or below it.
    pub ou: Option<OuPath>,
    /// The account is one of these; empty means any account.
    pub accounts: BTreeSet<AccountId>,
    /// The account carries these tags; empty means any.
    pub account_tags: TagFilter,
    /// Only this VPC.
    pub vpc: Option<VpcId>,
    /// The VPC carries these tags; empty means any.
    pub vpc_tags: TagFilter,
}

/// Whether a segment's own VPCs reach one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inside {
    Open,
    Closed,
}

/// How the tables of those that reach a segment learn of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Routing {
    /// Attachments propagate: all CIDRs of their VPC, and what BGP brings.
    Propagated,
    /// Static routes alone, so that some CIDRs of a VPC can be left out, and nothing comes by BGP that the file does not name.
    Static,
}

/// What the route tables of member VPCs send to the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokeRoutes {
    /// The ranges to send; at least one, or a prefix list.
    pub cidrs: BTreeSet<Cidr>,
    /// The prefix lists to send; each has to be visible in the member's account.
    pub prefix_lists: BTreeSet<PrefixListId>,
    pub tables: Tables,
}

/// Which route tables of a VPC are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tables {
    All,
    /// Those that carry all of these tags; at least one.
    Tagged(TagFilter),
}

/// The kinds of things that transitd manages, where the file treats them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ManagedKind {
    Attachments,
    Associations,
    Propagations,
    /// Static routes in transit gateway route tables.
    StaticRoutes,
    /// Routes in the route tables of VPCs.
    VpcRoutes,
}

/// Whether differences are repaired or only reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    Enforce,
    Observe,
}

/// How a member VPC is attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The subnets to attach carry these tags, one in each availability zone; at least one tag.
    pub subnets: TagFilter,
    /// DNS support of the attachment. On unless the file says otherwise, as in EC2's `CreateTransitGatewayVpcAttachment`.
    pub dns: bool,
    /// IPv6 support of the attachment. Off unless the file says otherwise, as in EC2.
    pub ipv6: bool,
    /// Security group referencing of the attachment: it works where the hub has it on too. On unless the file says
    /// otherwise, as in EC2.
    pub security_group_referencing: bool,
}

/// A static route in one segment's table on one hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredRoute {
    pub segment: SegmentName,
    pub hub: HubName,
    pub to: Destination,
    pub via: Via,
}

/// Where a declared route sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Nowhere: the traffic is dropped.
    Blackhole,
    /// To the attachment of this VPC of this account.
    AttachmentOf { account: AccountId, vpc: VpcId },
}

/// A direct peering of two VPCs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcPeering {
    pub requester: PeeringSide,
    pub accepter: PeeringSide,
    pub dns: PeeringDns,
    pub routes: PeeringRoutes,
}

/// One side of a VPC peering. It names the VPC, its tags, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeeringSide {
    pub account: AccountId,
    pub region: Region,
    pub vpc: Option<VpcId>,
    pub vpc_tags: TagFilter,
}

/// Which side of a peering resolves the other's public names to private addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeeringDns {
    Both,
    Requester,
    Accepter,
    Neither,
}

/// Which route tables get routes to the other side; `None` on a side: none there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeeringRoutes {
    pub requester: Option<Tables>,
    pub accepter: Option<Tables>,
}

/// The limits on what a pass may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// What happens to things that are ours and no longer declared.
    pub undeclared: Undeclared,
    pub removals: Removals,
    /// What happens when a VPC no longer fits its segment; `None` if the file does not say.
    pub departures: Option<Departures>,
    pub gaps: Gaps,
    /// Times in which nothing is removed and nothing is cut, in the order of the file.
    pub freeze: Vec<Freeze>,
    /// What AWS lets the network have, where it was raised.
    pub quotas: Quotas,
}

/// What happens to things that are provably ours and no longer declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    /// For every kind that `kinds` does not name.
    pub otherwise: UndeclaredAction,
    pub kinds: BTreeMap<ManagedKind, UndeclaredAction>,
}

impl Undeclared {
    /// Returns what happens to things of this kind.
    #[must_use]
    pub fn action(&self, kind: ManagedKind) -> UndeclaredAction {
        self.kinds.get(&kind).copied().unwrap_or(self.otherwise)
    }
}

/// Whether an undeclared thing of ours is only reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UndeclaredAction {
    Report,
    Remove,
}

/// How many things may be removed: counts of removals in a sliding time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removals {
    pub per_hour: u32,
    pub per_day: u32,
    pub per_segment_per_day: u32,
}

/// What happens when a VPC no longer fits its segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departures {
    /// For how long it is kept as it was.
    pub hold_for: Duration,
}

/// What becomes of a step that cuts traffic for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gaps {
    /// It waits for a person's word.
    Ask,
    Allow,
    Forbid,
}

/// A time in which nothing is removed and nothing is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// The first frozen day, in UTC.
    pub from: Date,
    /// The last frozen day, in UTC; not before `from`.
    pub until: Date,
    pub why: String,
}

impl Freeze {
    /// Tells whether a day, in UTC, is frozen. Both ends are.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// How much AWS lets the network have. The defaults are those of AWS ("Quotas for your transit gateways", "Amazon VPC
/// quotas"); whoever had one raised says so in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    pub attachments_per_hub: usize,
    pub tables_per_hub: usize,
    /// Static and propagated routes over all tables of one hub.
    pub routes_per_hub: usize,
    /// Routes of one VPC route table, of one address family; those that a virtual private gateway brings are not counted.
    pub routes_per_vpc_table: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { attachments_per_hub: 5000, tables_per_hub: 20, routes_per_hub: 10_000, routes_per_vpc_table: 500 }
    }
}

/// How the daemon runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daemon {
    /// The time from the start of a pass to the start of the next.
    pub every: Duration,
    pub mode: Mode,
    /// Where health and metrics can be asked for.
    pub listen: ListenAddress,
    /// Where a person is told of what the daemon cannot decide.
    pub webhook: Option<Webhook>,
    /// The SNS topic that tells a person of the same.
    pub sns: Option<TopicArn>,
}

/// Where notices are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Webhook {
    Url(WebhookUrl),
    /// The environment variable that holds the address: whoever knows it may post there too.
    Env(VariableName),
}
