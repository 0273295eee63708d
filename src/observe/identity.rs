//! Is this the right place? Asked before anything else.

use crate::api::{ReadCall, Reader};
use crate::model::{Account, AccountId, CallerIdentity, Listed, Organization, OrganizationId, Trouble};

use super::{AccountSource, Survey};

/// Why nothing was read: this is not the declared place, or it cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misplaced {
    #[error("the credentials are those of account {actual} ({arn}), and the config says that home is {declared}")]
    WrongAccount { declared: AccountId, actual: AccountId, arn: String },
    #[error("account {account} belongs to organization {actual}, and the config says {declared}")]
    WrongOrganization { account: AccountId, declared: OrganizationId, actual: OrganizationId },
    #[error(
        "the organization's list of accounts does not have the home account {home}: it has {listed} others, and cannot be the list of this organization"
    )]
    NotListed { home: AccountId, listed: usize },
    #[error("could not tell whether this is the right account and organization: {0}")]
    Unclear(Trouble),
}

/// Compares the account and the organization that AWS names with the declared ones.
pub(super) async fn check(reader: &Reader, survey: &Survey) -> Result<Organization, Misplaced> {
    let scope = survey.home_scope();
    let who: CallerIdentity = reader.one(&scope, &ReadCall::GetCallerIdentity).await.map_err(Misplaced::Unclear)?;
    if who.account != survey.home {
        return Err(Misplaced::WrongAccount { declared: survey.home.clone(), actual: who.account, arn: who.arn });
    }
    let organization: Organization =
        reader.one(&scope, &ReadCall::DescribeOrganization).await.map_err(Misplaced::Unclear)?;
    if organization.id != survey.organization {
        return Err(Misplaced::WrongOrganization {
            account: who.account,
            declared: survey.organization.clone(),
            actual: organization.id,
        });
    }
    Ok(organization)
}

/// Refuses a list of accounts that cannot be the organization's: an empty one, or one without the account that asks.
pub(super) fn check_list(survey: &Survey, accounts: &Listed<Account>) -> Result<(), Misplaced> {
    let (AccountSource::Organizations { .. }, Some(listed)) = (&survey.accounts, accounts.known()) else {
        return Ok(());
    };
    if listed.iter().any(|account| account.id == survey.home) {
        return Ok(());
    }
    Err(Misplaced::NotListed { home: survey.home.clone(), listed: listed.len() })
}
