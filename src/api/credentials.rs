//! Whose keys a call is signed with: AssumeRole through the door, kept, and refreshed before they run out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::calls::{Items, ReadCall};
use super::door::ApiError;
use super::session::Credentials;
use crate::model::{AccountId, NetworkName, Region, RoleName};

/// How long a session is asked for, in seconds: the most that a chained role may have, and what every role allows.
pub const SESSION_SECONDS: u32 = 3600;
/// How long before their end keys are no longer used: a fifth of their life, for clocks that differ and calls that wait.
const SPARE_SECONDS: i64 = 720;

/// Which roles to assume.
#[derive(Clone)]
pub struct Roles {
    pub network: NetworkName,
    pub home_account: AccountId,
    /// A role to assume in the home account before anything else.
    pub home_role: Option<RoleName>,
    pub member_role: RoleName,
    /// What the member role's trust asks for.
    pub external_id: Option<String>,
    /// Where STS is called: a region of the network.
    pub region: Region,
}

impl Roles {
    /// Returns the call that gives keys for an account; none where the keys of the process serve.
    pub fn assume(&self, account: &AccountId) -> Option<ReadCall> {
        let is_home = *account == self.home_account;
        let role = if is_home { self.home_role.as_ref()? } else { &self.member_role };
        Some(ReadCall::AssumeRole {
            role_arn: format!("arn:{}:iam::{account}:role/{role}", self.region.partition()),
            session_name: self.session_name(),
            external_id: if is_home { None } else { self.external_id.clone() },
            seconds: SESSION_SECONDS,
        })
    }

    /// Returns `transitd-` and the network's name, cut to the 64 characters that STS takes.
    fn session_name(&self) -> String {
        format!("transitd-{}", self.network).chars().take(64).collect()
    }
}

/// The keys that are held, by account. Several calls that want the same account's keys wait for one AssumeRole.
#[derive(Default)]
pub struct Keys {
    held: Mutex<BTreeMap<AccountId, Slot>>,
}

/// One account's keys; the lock is held while they are asked for.
pub type Slot = Arc<tokio::sync::Mutex<Option<Credentials>>>;

impl Keys {
    pub fn slot(&self, account: &AccountId) -> Slot {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).entry(account.clone()).or_default().clone()
    }
}

/// Tells whether keys can still be used for a while.
pub fn is_fresh(credentials: &Credentials, now: Timestamp) -> bool {
    match credentials {
        Credentials::Ambient => true,
        Credentials::Session { expires, .. } => now + SignedDuration::from_secs(SPARE_SECONDS) < *expires,
    }
}

/// Takes the keys out of AssumeRole's answer.
pub fn from_answer(items: Items) -> Result<Credentials, ApiError> {
    let Items::Credentials(mut keys) = items else {
        return Err(ApiError::strange("AssumeRole answered something that is no keys"));
    };
    match keys.pop() {
        Some(key) if keys.is_empty() => Ok(key),
        Some(_) | None => Err(ApiError::strange("AssumeRole answered not exactly one set of keys")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles() -> Roles {
        Roles {
            network: "corp".parse().unwrap(),
            home_account: "111111111111".parse().unwrap(),
            home_role: None,
            member_role: "transitd-member".parse().unwrap(),
            external_id: Some("planted-secret".into()),
            region: "eu-west-1".parse().unwrap(),
        }
    }

    #[test]
    fn the_external_id_goes_to_members_and_never_to_the_home_role() {
        let member = roles().assume(&"222222222222".parse().unwrap()).unwrap();
        assert_eq!(
            member,
            ReadCall::AssumeRole {
                role_arn: "arn:aws:iam::222222222222:role/transitd-member".into(),
                session_name: "transitd-corp".into(),
                external_id: Some("planted-secret".into()),
                seconds: 3600,
            }
        );
        let home = "111111111111".parse().unwrap();
        assert_eq!(roles().assume(&home), None);
        let with_role = Roles { home_role: Some("hub".parse().unwrap()), ..roles() };
        assert!(matches!(with_role.assume(&home), Some(ReadCall::AssumeRole { external_id: None, .. })));
    }

    #[test]
    fn keys_are_given_up_a_fifth_of_their_life_before_they_end() {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let keys = Credentials::Session {
            access_key_id: "ASIA".into(),
            secret_access_key: "planted-secret".into(),
            session_token: "planted-token".into(),
            expires: start + SignedDuration::from_secs(3600),
        };
        assert!(is_fresh(&keys, start + SignedDuration::from_secs(2879)));
        assert!(!is_fresh(&keys, start + SignedDuration::from_secs(2880)));
        assert!(!format!("{keys:?}").contains("planted"));
    }

    #[test]
    fn arns_name_the_partition_of_the_region() {
        let china = Roles { region: "cn-north-1".parse().unwrap(), ..roles() };
        let Some(ReadCall::AssumeRole { role_arn, .. }) = china.assume(&"222222222222".parse().unwrap()) else {
            panic!("no call");
        };
        assert!(role_arn.starts_with("arn:aws-cn:iam::"), "{role_arn}");
    }
}
