//! The organization's accounts, and where each one stands.

use std::collections::BTreeMap;

use crate::api::{ReadCall, Reader};
use crate::model::{Account, AccountId, Listed, OrganizationalUnit, OuPath, Scope, Trouble};

use super::{AccountSource, Survey, listed};

/// Lists the accounts. One unit that cannot be read makes the whole list unknown: an account that is not seen in its
/// place is no account that has left it.
pub(super) async fn read(reader: &Reader, survey: &Survey) -> Listed<Account> {
    let at = reader.now();
    match &survey.accounts {
        AccountSource::Given(accounts) => Listed::Complete { items: accounts.clone(), at },
        AccountSource::Organizations { units } => {
            let Some(region) = survey.gateways.keys().next() else { return Listed::Complete { items: vec![], at } };
            listed(at, from_organizations(reader, &Scope::new(&survey.home, region), *units).await)
        }
    }
}

async fn from_organizations(reader: &Reader, scope: &Scope, units: bool) -> Result<Vec<Account>, Trouble> {
    let mut accounts: Vec<Account> = reader.list(scope, &ReadCall::ListAccounts).await?;
    if units {
        let places = places(reader, scope).await?;
        for account in &mut accounts {
            account.ou = places.get(&account.id).cloned();
        }
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(accounts)
}

/// Walks the tree of organizational units from the roots down.
async fn places(reader: &Reader, scope: &Scope) -> Result<BTreeMap<AccountId, OuPath>, Trouble> {
    let mut places = BTreeMap::new();
    let roots: Vec<OrganizationalUnit> = reader.list(scope, &ReadCall::ListRoots).await?;
    let mut open: Vec<(String, OuPath)> = roots.into_iter().map(|root| (root.id, OuPath::root())).collect();
    while let Some((parent, path)) = open.pop() {
        let accounts: Vec<Account> =
            reader.list(scope, &ReadCall::ListAccountsForParent { parent: parent.clone() }).await?;
        places.extend(accounts.into_iter().map(|account| (account.id, path.clone())));
        let units: Vec<OrganizationalUnit> =
            reader.list(scope, &ReadCall::ListOrganizationalUnitsForParent { parent }).await?;
        open.extend(units.into_iter().map(|unit| (unit.id, path.child(&unit.name))));
    }
    Ok(places)
}
