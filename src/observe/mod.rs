//! Looks at AWS and says what is there: fan-out over scopes, list by list. Decides nothing.
//!
//! First of all it makes sure that this is the right place: the home account and its organization. A wrong account
//! or a wrong endpoint is not an empty network, and ends the pass before anything else is read.

mod accounts;
mod hub;
mod identity;
mod member;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::api::Reader;
use crate::model::{
    Account, AccountId, Listed, NetworkName, OrganizationId, Region, RoleName, Scope, Snapshot, TransitGatewayId,
    Trouble,
};

pub use identity::Misplaced;

/// What to look at: all that observing needs to know of the intent.
pub struct Survey {
    pub home: AccountId,
    pub organization: OrganizationId,
    pub accounts: AccountSource,
    /// The region of calls that are of none.
    pub region: Region,
    /// Whose tags made gateways carry: the tables of these are read too.
    pub network: NetworkName,
    /// The hubs' gateways that are known by id, by region: these regions are looked at, and the tables of these gateways are
    /// read.
    pub gateways: BTreeMap<Region, BTreeSet<TransitGatewayId>>,
    /// Whether the home account's resource shares are looked at.
    pub shares: bool,
    /// Whether the hubs' prefix lists are looked at.
    pub prefix_lists: bool,
    /// Whether the members' prefix lists are looked at.
    pub member_prefix_lists: bool,
    /// Whether members are asked for invitations to resource shares.
    pub invitations: bool,
    /// The roles that a member is asked for while it has no attachment that works.
    pub roles: Vec<RoleName>,
    /// Which accounts may own a VPC of the network; the others are not entered.
    pub of_interest: Box<dyn Fn(&Account) -> bool + Send + Sync>,
}

impl Survey {
    /// Returns where calls are made that are of no region: the home account, in the network's region.
    fn home_scope(&self) -> Scope {
        Scope::new(&self.home, &self.region)
    }
}

/// Where the list of accounts comes from.
pub enum AccountSource {
    /// Organizations, with each account's organizational unit if `units` is set, and its tags if `tags` is.
    Organizations {
        units: bool,
        tags: bool,
    },
    Given(Vec<Account>),
}

/// Looks at everything that the survey names.
///
/// # Errors
/// When this is the wrong account or the wrong organization, or that cannot be told. What else cannot be read is
/// unknown in the snapshot, and the rest is read all the same.
pub async fn observe(reader: &Reader, survey: &Arc<Survey>) -> Result<Snapshot, Misplaced> {
    let at = reader.now();
    let organization = identity::check(reader, survey).await?;
    let (accounts, units) = accounts::read(reader, survey).await;
    identity::check_list(survey, &accounts)?;
    let entered: Vec<AccountId> = accounts
        .known()
        .unwrap_or_default()
        .iter()
        .filter(|account| (survey.of_interest)(account))
        .map(|account| account.id.clone())
        .collect();

    let at_once = Arc::new(Semaphore::new(reader.at_once()));
    let mut members = JoinSet::new();
    for account in &entered {
        for region in survey.gateways.keys() {
            let (reader, scope, at_once) = (reader.clone(), Scope::new(account, region), at_once.clone());
            let survey = survey.clone();
            members.spawn(async move {
                let _turn = at_once.acquire().await;
                let inventory = member::read(&reader, &scope, &survey).await;
                (scope, inventory)
            });
        }
    }
    let mut hubs = BTreeMap::new();
    for (region, gateways) in &survey.gateways {
        let scope = Scope::new(&survey.home, region);
        hubs.insert(region.clone(), hub::read(reader, &scope, survey, gateways, &at_once).await);
    }
    let mut seen = BTreeMap::new();
    while let Some(done) = members.join_next().await {
        let (scope, inventory) = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        seen.insert(scope, inventory);
    }
    Ok(Snapshot { at, organization, accounts, units, hubs, members: seen })
}

/// Makes a list of what a read came to; `at` is when the reading began.
fn listed<T>(at: jiff::Timestamp, read: Result<Vec<T>, Trouble>) -> Listed<T> {
    match read {
        Ok(items) => Listed::Complete { items, at },
        Err(trouble) => Listed::Unknown(trouble),
    }
}

#[cfg(test)]
mod tests;
