//! A scope: one account in one region, the unit of credentials, rate limits and failure.

use std::fmt;

use serde::Serialize;

use super::ids::{AccountId, Region, TransitGatewayId};

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

    /// Returns the name by which RAM shares a transit gateway of this scope.
    pub fn transit_gateway_arn(&self, gateway: &TransitGatewayId) -> String {
        let Self { account, region } = self;
        format!("arn:{}:ec2:{region}:{account}:transit-gateway/{gateway}", region.partition())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}
