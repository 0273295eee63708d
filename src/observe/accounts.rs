//! The organization's accounts, and where each one stands.

use std::collections::BTreeMap;

use crate::api::{ReadCall, Reader};
use crate::model::{
    Account, AccountId, AccountState, Listed, OrganizationalUnit, OuPath, PlacedUnit, Scope, Tags, Trouble,
};

use super::{AccountSource, Survey, listed};

/// Lists the accounts, and the units if something is said of them. One unit that cannot be read makes the whole list unknown:
/// an account that is not seen in its place is no account that has left it.
pub(super) async fn read(reader: &Reader, survey: &Survey) -> (Listed<Account>, Option<Listed<PlacedUnit>>) {
    let at = reader.now();
    let (units, tags) = match &survey.accounts {
        AccountSource::Given(accounts) => return (Listed::Complete { items: accounts.clone(), at }, None),
        AccountSource::Organizations { units, tags } => (*units, *tags),
    };
    let scope = survey.home_scope();
    if !units {
        return (listed(at, accounts(reader, &scope, &BTreeMap::new(), tags).await), None);
    }
    match tree(reader, &scope).await {
        Ok(tree) => {
            let accounts = accounts(reader, &scope, &tree.places, tags).await;
            (listed(at, accounts), Some(Listed::Complete { items: tree.units, at }))
        }
        Err(trouble) => (Listed::Unknown(trouble.clone()), Some(Listed::Unknown(trouble))),
    }
}

async fn accounts(
    reader: &Reader,
    scope: &Scope,
    places: &BTreeMap<AccountId, OuPath>,
    tags: bool,
) -> Result<Vec<Account>, Trouble> {
    let mut accounts: Vec<Account> = reader.list(scope, &ReadCall::ListAccounts).await?;
    for account in &mut accounts {
        account.ou = places.get(&account.id).cloned();
        if tags && account.state == AccountState::Active {
            let asked = ReadCall::ListTagsForResource { account: account.id.clone() };
            account.tags = reader.list::<Tags>(scope, &asked).await?.into_iter().flatten().collect();
        }
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(accounts)
}

/// The organization from its root down.
#[derive(Default)]
struct Tree {
    places: BTreeMap<AccountId, OuPath>,
    units: Vec<PlacedUnit>,
}

/// Walks the tree of organizational units from the roots down.
async fn tree(reader: &Reader, scope: &Scope) -> Result<Tree, Trouble> {
    let mut tree = Tree::default();
    let roots: Vec<OrganizationalUnit> = reader.list(scope, &ReadCall::ListRoots).await?;
    let mut open: Vec<(String, OuPath)> = roots.into_iter().map(|root| (root.id, OuPath::root())).collect();
    while let Some((parent, path)) = open.pop() {
        let accounts: Vec<Account> =
            reader.list(scope, &ReadCall::ListAccountsForParent { parent: parent.clone() }).await?;
        tree.places.extend(accounts.into_iter().map(|account| (account.id, path.clone())));
        let units: Vec<OrganizationalUnit> =
            reader.list(scope, &ReadCall::ListOrganizationalUnitsForParent { parent: parent.clone() }).await?;
        open.extend(units.into_iter().map(|unit| (unit.id, path.child(&unit.name))));
        tree.units.push(PlacedUnit { path, id: parent });
    }
    tree.units.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(tree)
}
