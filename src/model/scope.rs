//! A scope: one account in one region, the unit of credentials, rate limits and failure.

use std::fmt;

use serde::Serialize;

use super::ids::{AccountId, Region};

/// One account in one region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Scope {
    pub account: AccountId,
    pub region: Region,
}

impl Scope {
    pub fn new(account: &AccountId, region: &Region) -> Self {
        Self { account: account.clone(), region: region.clone() }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}
