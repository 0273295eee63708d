//! One pass, and passes until the network is in sync: the stages of the crate put one behind the other.
//!
//! ```text
//! observe → compile → plan            a look: reads only
//!                       └ review → apply      a pass: one look, and what it made ready
//! ```

mod converge;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::{Clock, Line, Pace, Policy as CallPolicy, Read, Reader, Roles};
use crate::compile;
use crate::intent::{self, HubKind, Intent};
use crate::model::{Account, AccountState, History, Snapshot, Topology};
use crate::observe::{self, AccountSource, Misplaced, Survey};
use crate::plan::{self, Gaps, Plan, Policy, VISIBILITY};

pub use converge::{Broken, Converge, Ended, Pass};

/// Looks at the network and compares. Holds nothing that could change it: a dry run is a type.
pub struct Observer {
    pub intent: Arc<Intent>,
    policy: Policy,
    reader: Reader,
    pace: Arc<Pace>,
}

/// What one look came to.
pub struct Look {
    pub seen: Snapshot,
    pub want: Topology,
    pub plan: Plan,
    /// What the plan was made by.
    pub policy: Policy,
    /// How many calls were paid for so far.
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
        let region = intent.hub_regions().into_iter().next()?.clone();
        let roles = Roles {
            network: intent.network.clone(),
            home_account: intent.home.account.clone(),
            home_role: intent.home.role.clone(),
            member_role: intent.accounts.role.name.clone(),
            external_id,
            region,
        };
        let policy = Policy {
            network: intent.network.clone(),
            home: intent.home.account.clone(),
            gaps: gaps(intent.safety.gaps),
            frozen: false,
            visibility: VISIBILITY,
        };
        let pace = Arc::new(Pace::new(clock.clone()));
        let line = Line { pace: pace.clone(), clock, policy: Arc::new(calls), deadline: Timestamp::MAX };
        Some(Self { intent, policy, reader: Reader::new(door, roles, line), pace })
    }

    /// Reads everything and compares it with the intent. `deadline` ends the reading.
    ///
    /// # Errors
    /// When this is not the declared account or organization, or that cannot be told.
    pub async fn look(&self, past: &History, deadline: Timestamp) -> Result<Look, Misplaced> {
        let seen = observe::observe(&self.reader.until(deadline), &self.survey()).await?;
        let want = compile::compile(&self.intent, &seen);
        let policy = self.policy(seen.at);
        let plan = plan::plan(&want, &seen, past, &policy);
        Ok(Look { seen, want, plan, policy, calls: self.pace.attempts() })
    }

    /// Returns the policy of a pass that began at `at`: days of a freeze are days in UTC.
    fn policy(&self, at: Timestamp) -> Policy {
        let today = at.to_zoned(TimeZone::UTC).date();
        let frozen = self.intent.safety.freeze.iter().any(|freeze| freeze.covers(today));
        Policy { frozen, ..self.policy.clone() }
    }

    /// Allows steps that cut traffic, unless the file forbids them.
    pub fn allow_gaps(&mut self) {
        if self.policy.gaps == Gaps::Ask {
            self.policy.gaps = Gaps::Allow;
        }
    }

    fn survey(&self) -> Survey {
        let mut gateways: BTreeMap<_, std::collections::BTreeSet<_>> = BTreeMap::new();
        for hub in self.intent.hubs.values() {
            let of_region = gateways.entry(hub.region.clone()).or_default();
            match &hub.kind {
                HubKind::Adopt(gateway) => {
                    of_region.insert(gateway.clone());
                }
                HubKind::Make { .. } => {}
            }
        }
        let intent = self.intent.clone();
        Survey {
            home: self.intent.home.account.clone(),
            organization: self.intent.home.organization.clone(),
            accounts: self.accounts(),
            gateways,
            of_interest: Box::new(move |account| compile::may_own_members(&intent, account)),
        }
    }

    fn accounts(&self) -> AccountSource {
        match &self.intent.accounts.source {
            intent::AccountSource::Organizations => {
                let mut rules = self.intent.segments.values().flat_map(|segment| &segment.members);
                AccountSource::Organizations { units: rules.any(|rule| rule.ou.is_some()) }
            }
            intent::AccountSource::List(listed) => AccountSource::Given(
                listed
                    .iter()
                    .map(|(id, account)| Account {
                        id: id.clone(),
                        name: account.name.clone(),
                        state: AccountState::Active,
                        ou: account.ou.clone(),
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
