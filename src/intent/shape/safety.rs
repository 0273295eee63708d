//! `safety` and `daemon`: limits, and how the daemon runs.

use schemars::JsonSchema;

use super::FromEnvironment;
use super::segments::ModeWord;
use super::texts::{Day, Listen, TimeSpan, Topic, WebhookWord, Why};

/// The limits on what transitd may do.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Safety {
    /// What happens to things that are provably ours and no longer declared. Reported if left out.
    pub undeclared: Option<Undeclared>,
    /// How many things may be removed.
    pub removals: Option<Removals>,
    /// What happens when a VPC no longer fits its segment.
    pub departures: Option<Departures>,
    /// What becomes of steps that cut traffic for a time: they ask a person if left out.
    pub gaps: Option<GapsWord>,
    /// Times in which nothing is removed and nothing is cut.
    pub freeze: Option<Vec<Freeze>>,
    /// What AWS lets the network have, where a quota was raised.
    pub quotas: Option<Quotas>,
}

/// Quotas of AWS. What is declared and does not fit is reported before anything is written, and left out.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Quotas {
    /// Attachments of one transit gateway. 5000 if left out.
    #[schemars(range(min = 1))]
    pub attachments_per_hub: Option<u32>,
    /// Route tables of one transit gateway. 20 if left out.
    #[schemars(range(min = 1))]
    pub tables_per_hub: Option<u32>,
    /// Routes over all tables of one transit gateway. 10000 if left out.
    #[schemars(range(min = 1))]
    pub routes_per_hub: Option<u32>,
    /// Routes of one VPC route table, for each address family. 500 if left out.
    #[schemars(range(min = 1))]
    pub routes_per_vpc_table: Option<u32>,
}

/// For all kinds alike, or kind by kind.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Undeclared {
    Word(UndeclaredWord),
    Kinds(UndeclaredKinds),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum UndeclaredWord {
    Report,
    Remove,
}

/// Kinds of things; those left out are reported.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UndeclaredKinds {
    /// VPC attachments.
    pub attachments: Option<UndeclaredWord>,
    /// Associations of attachments with tables.
    pub associations: Option<UndeclaredWord>,
    /// Propagations into tables.
    pub propagations: Option<UndeclaredWord>,
    /// Static routes in transit gateway route tables.
    pub static_routes: Option<UndeclaredWord>,
    /// Routes in the route tables of VPCs.
    pub vpc_routes: Option<UndeclaredWord>,
}

/// How many things may be removed.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Removals {
    /// In any hour. 5 if left out.
    pub per_hour: Option<u32>,
    /// In any day. 20 if left out.
    pub per_day: Option<u32>,
    /// In any day, from any one segment. 10 if left out.
    pub per_segment_per_day: Option<u32>,
}

/// What happens when a VPC no longer fits its segment.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Departures {
    /// For how long it is kept as it was.
    #[schemars(example = &"24h")]
    pub hold_for: TimeSpan,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum GapsWord {
    Ask,
    Allow,
    Forbid,
}

/// A time in which nothing is removed and nothing is cut.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Freeze {
    /// The first day.
    #[schemars(example = &"2026-12-20")]
    pub from: Day,
    /// The last day.
    #[schemars(example = &"2027-01-04")]
    pub until: Day,
    /// Why.
    #[schemars(example = &"year end")]
    pub why: Why,
}

/// How the daemon runs.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Daemon {
    /// The time from the start of one pass to the start of the next. 5m if left out.
    pub every: Option<TimeSpan>,
    /// Whether differences are repaired or only reported; with `observe`, `transitd apply` refuses too. Enforced if left out.
    pub mode: Option<ModeWord>,
    /// Where `/healthz`, `/readyz` and `/metrics` are served, or `off`. 127.0.0.1:9464 if left out: this machine alone.
    pub listen: Option<Listen>,
    /// Where a notice is posted, as JSON, when transitd stops and asks, and again when that is over.
    pub webhook: Option<Webhook>,
    /// The SNS topic that the same notices are published to, in any region, with the keys of the hub's role.
    pub sns: Option<Topic>,
}

/// Where notices are posted: the address itself, or the environment variable that holds it.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum Webhook {
    Url(WebhookWord),
    FromEnvironment(FromEnvironment),
}
