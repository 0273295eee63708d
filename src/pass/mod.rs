//! One pass, and passes until the network is in sync: the stages of the crate put one behind the other.
//!
//! ```text
//! observe → compile → plan            a look: reads only
//!                       └ review → apply      a pass: one look, and what it made ready
//! ```

mod act;
mod converge;
mod record;
mod refusals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::api::{Clock, Line, Pace, Policy as CallPolicy, Read, Reader, Roles, Tally};
use crate::compile;
use crate::intent::{self, HubKind, Intent, ManagedKind, UndeclaredAction};
use crate::model::{
    Account, AccountId, AccountState, History, Key, Kind, Region, Snapshot, Topology, TransitGatewayId,
};
use crate::observe::{self, AccountSource, Misplaced, Survey};
use crate::plan::{self, Budgets, Gaps, Plan, Policy, Quotas, SERVICE_LINKED_ROLE, VISIBILITY};
use crate::review;

pub use act::{Actor, Broken, Ended, Pass, learn, with};
pub use converge::Converge;
pub use refusals::Refusals;

/// Looks at the network and compares. Holds nothing that could change it: a dry run is a type.
pub struct Observer {
    pub intent: Arc<Intent>,
    policy: Policy,
    /// Where calls are made that are of no region.
    region: Region,
    reader: Reader,
    pace: Arc<Pace>,
    door: Arc<dyn Read>,
}

/// What one look came to.
pub struct Look {
    pub seen: Snapshot,
    pub want: Topology,
    pub plan: Plan,
    /// What the plan was made by.
    pub policy: Policy,
    /// How many calls were paid for.
    pub calls: u64,
}

impl Observer {
    /// Makes an observer of an intent's network behind a door. `external_id` is the member role's, already looked up.
    ///
    /// None when the intent has no hub, which the intent's checks refuse.
    pub fn new(
        intent: Arc<Intent>,
        external_id: Option<String>,
        door: Arc<dyn Read>,
        clock: Arc<dyn Clock>,
        calls: CallPolicy,
    ) -> Option<Self> {
        let pace = Arc::new(Pace::new(clock.clone()));
        let line = Line { pace: pace.clone(), clock, policy: Arc::new(calls), deadline: Timestamp::MAX };
        Self::with_line(intent, external_id, door, pace, line)
    }

    /// Returns an observer of another intent behind the same door, at the same pace: a new config is no reason to call
    /// AWS any faster.
    pub fn renewed(&self, intent: Arc<Intent>, external_id: Option<String>) -> Option<Self> {
        Self::with_line(intent, external_id, self.door.clone(), self.pace.clone(), self.reader.line.clone())
    }

    fn with_line(
        intent: Arc<Intent>,
        external_id: Option<String>,
        door: Arc<dyn Read>,
        pace: Arc<Pace>,
        line: Line,
    ) -> Option<Self> {
        let region = intent.hub_regions().into_iter().next()?.clone();
        let roles = Roles {
            network: intent.network.clone(),
            home_account: intent.home.account.clone(),
            home_role: intent.home.role.clone(),
            member_role: intent.accounts.role.name.clone(),
            external_id,
            region: region.clone(),
        };
        let policy = Policy {
            network: intent.network.clone(),
            home: intent.home.account.clone(),
            gaps: gaps(intent.safety.gaps),
            frozen: false,
            visibility: VISIBILITY,
            accept_shrink: false,
            external_id: intent.accounts.role.external_id.is_some(),
            member_role: intent.accounts.role.name.clone(),
            remove: removed(&intent),
            departures: departures(&intent),
            budgets: budgets(&intent),
            quotas: quotas(&intent),
        };
        Some(Self { intent, policy, region, reader: Reader::new(door.clone(), roles, line), pace, door })
    }

    /// Reads everything and compares it with the intent. `deadline` ends the reading.
    ///
    /// # Errors
    /// When this is not the declared account or organization, or that cannot be told.
    pub async fn look(&self, past: &History, deadline: Timestamp) -> Result<Look, Misplaced> {
        let before = self.pace.attempts();
        let seen = observe::observe(&self.reader.until(deadline), &Arc::new(self.survey(past))).await?;
        let want = compile::compile(&self.intent, &seen);
        let policy = self.policy(seen.at);
        let mut plan = plan::plan(&want, &seen, past, &policy);
        plan.problems.extend(review::isolation(&want, &seen, past, &policy.network));
        Ok(Look { seen, want, plan, policy, calls: self.pace.attempts() - before })
    }

    /// Returns the reader of a look that ends at `deadline`; a pass goes on with it.
    pub fn reader(&self, deadline: Timestamp) -> Reader {
        self.reader.until(deadline)
    }

    /// Returns what each action came to so far.
    pub fn tallies(&self) -> BTreeMap<&'static str, Tally> {
        self.pace.tallies()
    }

    /// Returns the policy of a pass that began at `at`: days of a freeze are days in UTC.
    fn policy(&self, at: Timestamp) -> Policy {
        let today = at.to_zoned(TimeZone::UTC).date();
        let frozen = self.intent.safety.freeze.iter().any(|freeze| freeze.covers(today));
        Policy { frozen, ..self.policy.clone() }
    }

    /// Takes a sharp fall in accounts, VPCs or declared things for meant.
    pub fn accept_shrink(&mut self) {
        self.policy.accept_shrink = true;
    }

    /// Allows steps that cut traffic, unless the file forbids them.
    pub fn allow_gaps(&mut self) {
        if self.policy.gaps == Gaps::Ask {
            self.policy.gaps = Gaps::Allow;
        }
    }

    /// Says what to look at: what the intent names, and what the ledger has.
    fn survey(&self, past: &History) -> Survey {
        let mut gateways: BTreeMap<Region, BTreeSet<TransitGatewayId>> = BTreeMap::new();
        for (name, hub) in &self.intent.hubs {
            let of_region = gateways.entry(hub.region.clone()).or_default();
            match &hub.kind {
                HubKind::Adopt(gateway) => of_region.extend([gateway.clone()]),
                HubKind::Make { .. } => {
                    let owned = past.owned.get(&Key::Hub(name.clone()).ledger());
                    of_region.extend(owned.and_then(|owned| owned.id.as_ref()?.parse::<TransitGatewayId>().ok()));
                }
            }
        }
        let shared = past.owned.keys().any(|key| key.starts_with(Kind::Share.words()));
        let referred = past.owned.keys().any(|key| key.contains(" pl-"));
        let listed = matches!(self.intent.accounts.source, intent::AccountSource::List(_));
        // Where something of ours is left, it is looked at, though no segment speaks of the account any more.
        let left: BTreeSet<AccountId> =
            past.owned.keys().flat_map(|key| key.split([' ', '/'])).filter_map(|part| part.parse().ok()).collect();
        let intent = self.intent.clone();
        let role = self.intent.accounts.role.name.clone();
        Survey {
            home: self.intent.home.account.clone(),
            organization: self.intent.home.organization.clone(),
            accounts: self.accounts(),
            region: self.region.clone(),
            network: self.intent.network.clone(),
            gateways,
            shares: self.intent.share.is_some() || shared,
            prefix_lists: self.intent.names_prefix_lists() || referred,
            member_prefix_lists: self.intent.spokes_name_prefix_lists(),
            invitations: listed && self.intent.share.is_some(),
            roles: SERVICE_LINKED_ROLE.parse().into_iter().chain([role]).collect(),
            of_interest: Box::new(move |account| {
                let is_left = left.contains(&account.id) && account.state == AccountState::Active;
                let excluded = intent.accounts.exclude.contains_key(&account.id);
                compile::may_own_members(&intent, account) || (is_left && !excluded)
            }),
        }
    }

    fn accounts(&self) -> AccountSource {
        match &self.intent.accounts.source {
            intent::AccountSource::Organizations => {
                let rules = || self.intent.segments.values().flat_map(|segment| &segment.members);
                let shared = matches!(self.intent.share, Some(intent::Share::Ous(_)));
                AccountSource::Organizations {
                    units: shared || rules().any(|rule| rule.ou.is_some()),
                    tags: rules().any(|rule| !rule.account_tags.is_empty()),
                }
            }
            intent::AccountSource::List(listed) => AccountSource::Given(
                listed
                    .iter()
                    .map(|(id, account)| Account {
                        id: id.clone(),
                        name: account.name.clone(),
                        state: AccountState::Active,
                        ou: account.ou.clone(),
                        tags: account.tags.clone(),
                    })
                    .collect(),
            ),
        }
    }
}

fn gaps(declared: intent::Gaps) -> Gaps {
    match declared {
        intent::Gaps::Ask => Gaps::Ask,
        intent::Gaps::Allow => Gaps::Allow,
        intent::Gaps::Forbid => Gaps::Forbid,
    }
}

/// Returns the kinds that are removed when nothing declares them: those that the file names, and with `undeclared: remove` the
/// tables and shares too. Gateways never.
fn removed(intent: &Intent) -> BTreeSet<Kind> {
    let undeclared = &intent.safety.undeclared;
    let each = MANAGED.into_iter().filter(|kind| undeclared.action(*kind) == UndeclaredAction::Remove);
    let mut kinds: BTreeSet<Kind> = each.map(compile::kind_of).collect();
    if undeclared.otherwise == UndeclaredAction::Remove {
        kinds.extend([Kind::Table, Kind::Share, Kind::Principal]);
    }
    kinds
}

const MANAGED: [ManagedKind; 5] = [
    ManagedKind::Attachments,
    ManagedKind::Associations,
    ManagedKind::Propagations,
    ManagedKind::StaticRoutes,
    ManagedKind::VpcRoutes,
];

fn departures(intent: &Intent) -> Option<SignedDuration> {
    intent
        .safety
        .departures
        .map(|departures| SignedDuration::try_from(departures.hold_for).unwrap_or(SignedDuration::MAX))
}

fn budgets(intent: &Intent) -> Budgets {
    let removals = intent.safety.removals;
    let size = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
    Budgets {
        per_hour: size(removals.per_hour),
        per_day: size(removals.per_day),
        per_segment_per_day: size(removals.per_segment_per_day),
    }
}

fn quotas(intent: &Intent) -> Quotas {
    let quotas = intent.safety.quotas;
    Quotas {
        attachments_per_hub: quotas.attachments_per_hub,
        tables_per_hub: quotas.tables_per_hub,
        routes_per_hub: quotas.routes_per_hub,
        routes_per_vpc_table: quotas.routes_per_vpc_table,
    }
}
