//! A session: where a call goes, and whose keys it is signed with.

use std::fmt;

use jiff::Timestamp;

use crate::model::Scope;

/// Where a call goes and whose keys it is signed with.
#[derive(Clone, Debug)]
pub struct Session {
    pub scope: Scope,
    pub credentials: Credentials,
}

/// Keys for calls.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Those that the process was started with: the door finds them as the AWS CLI does.
    Ambient,
    /// Those of an assumed role.
    Session { access_key_id: String, secret_access_key: String, session_token: String, expires: Timestamp },
}

impl fmt::Debug for Credentials {
    /// Shows which key it is, never the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::Ambient => f.write_str("Ambient"),
            Credentials::Session { access_key_id, expires, .. } => {
                write!(f, "Session({access_key_id} until {expires})")
            }
        }
    }
}
