//! Reads a list to its end: paced, tried again where that is safe, with the right account's keys.
//!
//! A list comes back whole or not at all: what cannot be read to its end is a [`Trouble`], never a shorter list.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::attempts::{Call, Line, trouble};
use super::calls::{Items, Page, ReadCall};
use super::credentials::{self, Keys, Roles};
use super::door::{ApiError, Read};
use super::faults::Intention;
use super::limits;
use super::pace::Pace;
use super::session::{Credentials, Session};
use crate::model::{AccountId, Fault, Scope, Trouble};

/// Reads, and nothing else. Cheap to clone; clones share pace and keys.
#[derive(Clone)]
pub struct Reader {
    door: Arc<dyn Read>,
    keys: Arc<Keys>,
    roles: Arc<Roles>,
    pub line: Line,
}

impl Reader {
    pub fn new(door: Arc<dyn Read>, roles: Roles, line: Line) -> Self {
        Self { door, keys: Arc::default(), roles: Arc::new(roles), line }
    }

    /// Returns the same reader with another end of its time.
    pub fn until(&self, deadline: Timestamp) -> Self {
        Self { line: Line { deadline, ..self.line.clone() }, ..self.clone() }
    }

    pub fn now(&self) -> Timestamp {
        self.line.clock.now()
    }

    /// Returns the pace that its calls keep.
    pub fn pace(&self) -> Arc<Pace> {
        self.line.pace.clone()
    }

    /// Returns how many scopes may be read at the same time.
    pub fn at_once(&self) -> usize {
        self.line.policy.at_once
    }

    /// Reads a list to its end.
    ///
    /// # Errors
    /// When any page could not be read: the list is unknown then.
    pub async fn list<T: Item>(&self, scope: &Scope, call: &ReadCall) -> Result<Vec<T>, Trouble> {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        let mut tokens = BTreeSet::new();
        for _ in 0..self.line.policy.pages {
            let page = self.page(scope, call, token.as_deref()).await?;
            let strange = |what: String| trouble(call.action(), Fault::Unexpected, ApiError::strange(what));
            items.extend(T::take(page.items).map_err(|items| strange(format!("the answer holds {items:?}")))?);
            match page.next {
                None => return Ok(items),
                Some(next) if !tokens.insert(next.clone()) => {
                    return Err(strange("the list leads back to a page that was read".to_owned()));
                }
                next => token = next,
            }
        }
        let error = ApiError::strange(format!("the list has more than {} pages", self.line.policy.pages));
        Err(trouble(call.action(), Fault::Unexpected, error))
    }

    /// Makes a call that answers with exactly one thing.
    ///
    /// # Errors
    /// When the call failed, or answered none or several.
    pub async fn one<T: Item>(&self, scope: &Scope, call: &ReadCall) -> Result<T, Trouble> {
        let mut items = self.list::<T>(scope, call).await?;
        match items.pop() {
            Some(item) if items.is_empty() => Ok(item),
            _ => Err(trouble(call.action(), Fault::Unexpected, ApiError::strange("not one thing was answered"))),
        }
    }

    /// Returns keys for an account, assuming its role if the ones at hand are none or old.
    ///
    /// # Errors
    /// When the role could not be assumed.
    pub async fn credentials(&self, account: &AccountId) -> Result<Credentials, Trouble> {
        let Some(call) = self.roles.assume(account) else { return Ok(Credentials::Ambient) };
        let slot = self.keys.slot(account);
        let mut held = slot.lock().await;
        if let Some(keys) = held.as_ref().filter(|keys| credentials::is_fresh(keys, self.line.clock.now())) {
            return Ok(keys.clone());
        }
        // A member's role is assumed with the home account's keys, the home account's with those of the process.
        let by = if *account == self.roles.home_account {
            Credentials::Ambient
        } else {
            Box::pin(self.credentials(&self.roles.home_account)).await?
        };
        let session = Session { scope: Scope::new(&self.roles.home_account, &self.roles.region), credentials: by };
        let page = self.attempts(&session, &call, None).await?;
        let keys =
            credentials::from_answer(page.items).map_err(|error| trouble(call.action(), Fault::Unexpected, error))?;
        *held = Some(keys.clone());
        Ok(keys)
    }

    /// Forgets an account's keys if they are still the ones that failed.
    pub async fn forget(&self, account: &AccountId, failed: &Credentials) {
        let slot = self.keys.slot(account);
        let mut held = slot.lock().await;
        if held.as_ref() == Some(failed) {
            *held = None;
        }
    }

    /// Reads one page, with fresh keys once if the ones at hand are not taken.
    async fn page(&self, scope: &Scope, call: &ReadCall, token: Option<&str>) -> Result<Page, Trouble> {
        let mut refreshed = false;
        loop {
            let credentials = self.credentials(&scope.account).await?;
            let session = Session { scope: scope.clone(), credentials };
            match self.attempts(&session, call, token).await {
                Ok(page) => return Ok(page),
                Err(trouble)
                    if trouble.fault == Fault::StaleCredentials
                        && !refreshed
                        && session.credentials != Credentials::Ambient =>
                {
                    refreshed = true;
                    self.forget(&scope.account, &session.credentials).await;
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    async fn attempts(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, Trouble> {
        let paid = Call {
            scope: &session.scope,
            service: call.service(),
            action: call.action(),
            intention: Intention::Read,
            limit: limits::read(call),
        };
        self.line.call(paid, || self.door.page(session, call, token)).await
    }
}

/// Something that lists are made of.
pub trait Item: Sized {
    /// Takes the items out of a page, or gives the page back when it holds something else.
    ///
    /// # Errors
    /// The page's items, untouched.
    fn take(items: Items) -> Result<Vec<Self>, Items>;
}

macro_rules! items {
    ($($name:ident($item:ident))*) => {$(
        impl Item for crate::model::$item {
            fn take(items: Items) -> Result<Vec<Self>, Items> {
                if let Items::$name(items) = items { Ok(items) } else { Err(items) }
            }
        }
    )*};
}

items! {
    Identity(CallerIdentity)
    Organization(Organization)
    Accounts(Account)
    Units(OrganizationalUnit)
    Vpcs(Vpc)
    Subnets(Subnet)
    RouteTables(RouteTable)
    TransitGateways(TransitGateway)
    Attachments(Attachment)
    VpcAttachments(VpcAttachment)
    TransitGatewayRouteTables(TransitGatewayRouteTable)
    Associations(Association)
    Propagations(Propagation)
    TransitGatewayRoutes(TransitGatewayRoute)
    AccountTags(Tags)
    Roles(Role)
    PrefixLists(PrefixList)
    PrefixListReferences(PrefixListReference)
    ResourceShares(ResourceShare)
    ShareAssociations(ShareAssociation)
    Invitations(Invitation)
}
