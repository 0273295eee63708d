//! What an organization is made of: a root, units under it, and accounts in these.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::handshakes::Handshake;
use super::policies::Policies;
use super::tags::Tag;
use crate::call::AccountId;

/// An organization's id, `o-` and ten letters or digits.
pub type OrgId = String;

/// All organizations. An account is in at most one.
#[derive(Clone, Debug)]
pub struct Organizations {
    pub organizations: BTreeMap<OrgId, Organization>,
    pub(crate) membership: BTreeMap<AccountId, OrgId>,
    /// Accounts that were closed and are no longer shown.
    pub(crate) gone: BTreeSet<AccountId>,
    pub(crate) handshakes: BTreeMap<String, Handshake>,
    /// A listing now and then starts with an empty page that has a token, as AWS reserves the right to do.
    pub empty_pages: bool,
    /// Answers leave out an account's `Status`, as AWS said they would from 9 September 2026 on.
    pub status_retired: bool,
    /// How many accounts an organization may have. AWS starts at 10 and raises it up to the default here
    /// ("Quotas for AWS Organizations").
    pub account_quota: usize,
}

impl Default for Organizations {
    fn default() -> Self {
        Self {
            organizations: BTreeMap::new(),
            membership: BTreeMap::new(),
            gone: BTreeSet::new(),
            handshakes: BTreeMap::new(),
            empty_pages: false,
            status_retired: false,
            account_quota: 50_000,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Organization {
    pub id: OrgId,
    pub management: AccountId,
    /// `r-` and four letters or digits.
    pub root: String,
    pub all_features: bool,
    pub units: BTreeMap<String, Unit>,
    pub accounts: BTreeMap<AccountId, Account>,
    pub(crate) creations: BTreeMap<String, Creation>,
    /// Services with trusted access, by principal, and since when.
    pub(crate) services: BTreeMap<String, Timestamp>,
    /// Delegated administrators: for which services, and since when.
    pub(crate) delegated: BTreeMap<AccountId, BTreeMap<String, Timestamp>>,
    /// By the id of root, unit, account or policy.
    pub tags: BTreeMap<String, Vec<Tag>>,
    pub(crate) policies: Policies,
}

/// An organizational unit.
#[derive(Clone, Debug)]
pub struct Unit {
    pub name: String,
    /// The root's or a unit's id.
    pub parent: String,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub email: String,
    pub parent: String,
    pub state: AccountState,
    /// `INVITED` or `CREATED`.
    pub joined_method: &'static str,
    pub joined: Timestamp,
}

/// An account's life. `Status` is the older and coarser field for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Made, and its sign-up not complete yet.
    PendingActivation,
    Active,
    /// AWS has suspended it: for bills that are not paid, for instance.
    Suspended,
    PendingClosure,
    Closed,
}

impl AccountState {
    const ALL: [AccountState; 5] = [
        AccountState::PendingActivation,
        AccountState::Active,
        AccountState::Suspended,
        AccountState::PendingClosure,
        AccountState::Closed,
    ];

    /// Finds a state by the word that `State` has for it.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.state() == word)
    }

    pub(super) fn state(self) -> &'static str {
        match self {
            AccountState::PendingActivation => "PENDING_ACTIVATION",
            AccountState::Active => "ACTIVE",
            AccountState::Suspended => "SUSPENDED",
            AccountState::PendingClosure => "PENDING_CLOSURE",
            AccountState::Closed => "CLOSED",
        }
    }

    /// Says it as `Status` does, which has no words for an account's first and last state: both are shown as
    /// suspended, since such an account cannot be used.
    pub(super) fn status(self) -> &'static str {
        match self {
            AccountState::Active => "ACTIVE",
            AccountState::PendingClosure => "PENDING_CLOSURE",
            AccountState::PendingActivation | AccountState::Suspended | AccountState::Closed => "SUSPENDED",
        }
    }
}

/// A request to create an account, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Creation {
    pub account_name: String,
    pub email: String,
    pub role_name: String,
    pub tags: Vec<Tag>,
    pub requested: Timestamp,
    pub outcome: CreationOutcome,
}

#[derive(Clone, Debug)]
pub(crate) enum CreationOutcome {
    InProgress,
    Succeeded { account: AccountId, at: Timestamp },
    Failed { reason: &'static str, at: Timestamp },
}

impl Organizations {
    /// Returns the organization that an account is in.
    pub fn organization_of(&self, account: &str) -> Option<OrgId> {
        self.membership.get(account).cloned()
    }

    pub fn organization(&self, id: &str) -> Option<&Organization> {
        self.organizations.get(id)
    }

    /// Says whether an account is in the organization.
    pub fn is_member(&self, id: &str, account: &str) -> bool {
        self.membership.get(account).is_some_and(|of| of == id)
    }

    /// Says whether some organization has the account.
    pub fn exists(&self, account: &str) -> bool {
        self.membership.contains_key(account)
    }

    /// Says whether the account is suspended, closed, or about to be, or not ready: it can neither call nor be entered.
    pub fn is_closed(&self, account: &str) -> bool {
        let organization = self.membership.get(account).and_then(|id| self.organizations.get(id));
        let state = organization.and_then(|organization| Some(organization.accounts.get(account)?.state));
        match state {
            Some(AccountState::Active) => false,
            Some(
                AccountState::PendingActivation
                | AccountState::Suspended
                | AccountState::PendingClosure
                | AccountState::Closed,
            ) => true,
            None => self.gone.contains(account),
        }
    }

    /// Puts a member into a state, as AWS does for its own reasons; no call of anybody's can. Says whether there is
    /// such a member.
    pub fn put_into(&mut self, account: &str, state: AccountState) -> bool {
        let organization = self.membership.get(account).and_then(|id| self.organizations.get_mut(id));
        let held = organization.and_then(|organization| organization.accounts.get_mut(account));
        held.map(|held| held.state = state).is_some()
    }

    /// Returns the ids from the root down to the account's own unit; empty for an account in no organization.
    pub fn ou_path(&self, account: &str) -> Vec<String> {
        let organization = self.membership.get(account).and_then(|id| self.organizations.get(id));
        let found = organization.and_then(|organization| Some((organization, organization.accounts.get(account)?)));
        found.map_or_else(Vec::new, |(organization, account)| organization.path_to(&account.parent))
    }

    /// Says whether a service has trusted access in the organization.
    pub fn has_service_access(&self, id: &str, service: &str) -> bool {
        self.organizations.get(id).is_some_and(|organization| organization.services.contains_key(service))
    }

    /// Gives a service trusted access, as some services' own calls do.
    pub fn enable_service_access(&mut self, id: &str, service: &str, now: Timestamp) {
        if let Some(organization) = self.organizations.get_mut(id) {
            organization.services.entry(service.to_owned()).or_insert(now);
        }
    }
}

impl Organization {
    pub(super) fn new(id: OrgId, management: AccountId, root: String, all_features: bool) -> Self {
        Self {
            id,
            management,
            root,
            all_features,
            units: BTreeMap::new(),
            accounts: BTreeMap::new(),
            creations: BTreeMap::new(),
            services: BTreeMap::new(),
            delegated: BTreeMap::new(),
            tags: BTreeMap::new(),
            policies: Policies::default(),
        }
    }

    /// Returns the tags of a root, unit, account or policy.
    pub fn tags_of(&self, id: &str) -> BTreeMap<String, String> {
        let tags = self.tags.get(id).into_iter().flatten();
        tags.map(|tag| (tag.key.clone(), tag.value.clone())).collect()
    }

    pub fn arn(&self) -> String {
        format!("arn:aws:organizations::{}:organization/{}", self.management, self.id)
    }

    pub fn root_arn(&self) -> String {
        format!("arn:aws:organizations::{}:root/{}/{}", self.management, self.id, self.root)
    }

    pub fn unit_arn(&self, unit: &str) -> String {
        format!("arn:aws:organizations::{}:ou/{}/{unit}", self.management, self.id)
    }

    pub fn account_arn(&self, account: &str) -> String {
        format!("arn:aws:organizations::{}:account/{}/{account}", self.management, self.id)
    }

    /// Says whether an id is that of the root or of a unit.
    pub fn is_parent(&self, id: &str) -> bool {
        self.root == id || self.units.contains_key(id)
    }

    /// Returns the ids from the root down to a root or unit, both included.
    pub(super) fn path_to(&self, parent: &str) -> Vec<String> {
        let mut path = vec![parent.to_owned()];
        let mut at = parent;
        while let Some(unit) = self.units.get(at) {
            at = &unit.parent;
            path.push(at.to_owned());
        }
        path.reverse();
        path
    }
}
