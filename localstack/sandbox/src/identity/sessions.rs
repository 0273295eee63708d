//! STS: who am I, and AssumeRole.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::trust::{Attempt, Verdict};
use super::{Identity, caller_arn};
use crate::call::{AccountId, AwsError, Caller, Principal};
use crate::world::World;

/// The cap on the life of a session that another session made ("role chaining", IAM User Guide), and also the default
/// life of any session.
const ONE_HOUR: u32 = 3600;

/// How long an expired session is remembered, so that its key is called expired and not unknown.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// What AssumeRole made.
#[derive(Clone, Debug)]
pub struct Session {
    pub account: AccountId,
    pub role: String,
    /// The RoleSessionName.
    pub name: String,
    pub expires: Timestamp,
    token: String,
}

impl Identity {
    /// Finds the session of a key; the token must be the one that was given with the key.
    pub(super) fn session(&self, access_key_id: &str, token: Option<&str>) -> Option<&Session> {
        self.sessions.get(access_key_id).filter(|session| token == Some(session.token.as_str()))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CallerIdentity {
    user_id: String,
    account: String,
    arn: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoParameters {}

pub(super) fn get_caller_identity(
    world: &mut World,
    caller: &Caller,
    _: NoParameters,
) -> Result<CallerIdentity, AwsError> {
    let user_id = match &caller.principal {
        Principal::Root => caller.account.clone(),
        Principal::AssumedRole { role, session } => {
            // A session outlives its role by what is left of its life.
            let id = world.identity.role(&caller.account, role).map_or("AROAGONE", |role| role.id.as_str());
            format!("{id}:{session}")
        }
    };
    Ok(CallerIdentity { user_id, account: caller.account.clone(), arn: caller_arn(caller) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AssumeRoleRequest {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<u32>,
    external_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleAnswer {
    credentials: Credentials,
    assumed_role_user: AssumedRoleUser,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

/// Gives a session of a role to whom its trust policy lets in.
///
/// # Errors
/// `AccessDenied` 403 when the policy does not let the caller in, or the role or its account is not there: AWS does not
/// tell these apart. `ValidationError` for a session name, external id or duration that will not do.
pub(super) fn assume_role(
    world: &mut World,
    caller: &Caller,
    request: AssumeRoleRequest,
) -> Result<AssumeRoleAnswer, AwsError> {
    check_characters("roleSessionName", &request.role_session_name, "_+=,.@-", r"[\w+=,.@-]*")?;
    if let Some(external_id) = &request.external_id {
        check_characters("externalId", external_id, "_+=,.@:/-", r"[\w+=,.@:\/-]*")?;
    }
    let (account, name) = super::roles::parse_role_arn(&request.role_arn)
        .ok_or_else(|| AwsError::new("ValidationError", format!("{} is invalid", request.role_arn)))?;

    let denied = || {
        let message = format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
            caller_arn(caller),
            request.role_arn
        );
        AwsError::new("AccessDenied", message).with_status(403)
    };
    if world.organization.is_closed(account) {
        return Err(denied());
    }
    let role = world.identity.role(account, name).filter(|role| role.arn == request.role_arn).ok_or_else(denied)?;
    let attempt = Attempt {
        caller,
        caller_arn: caller_arn(caller),
        caller_role: match &caller.principal {
            Principal::Root => None,
            Principal::AssumedRole { role, .. } => world.identity.role(&caller.account, role),
        },
        organization: world.organization.organization_of(&caller.account),
        external_id: request.external_id.as_deref(),
        session_name: &request.role_session_name,
    };
    match role.trust.judge(&attempt) {
        Verdict::Allowed => {}
        Verdict::Denied => return Err(denied()),
    }
    let seconds = duration(request.duration_seconds, role.max_session_duration, &caller.principal)?;
    Ok(open_session(world, account.to_owned(), name.to_owned(), request.role_session_name, seconds))
}

/// Decides the session's life in seconds; that it is at least 900 is in the shape table.
fn duration(asked: Option<u32>, longest: u32, principal: &Principal) -> Result<u32, AwsError> {
    let seconds = asked.unwrap_or(ONE_HOUR);
    let chained = matches!(principal, Principal::AssumedRole { .. });
    if chained && seconds > ONE_HOUR {
        let message =
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        return Err(AwsError::new("ValidationError", message));
    }
    if seconds > longest {
        let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(AwsError::new("ValidationError", message));
    }
    Ok(seconds)
}

fn open_session(world: &mut World, account: AccountId, role: String, name: String, seconds: u32) -> AssumeRoleAnswer {
    let access_key_id = format!("ASIA{}", world.dice.letters(16).to_uppercase());
    let secret_access_key = world.dice.letters(40);
    let token = format!("sandbox//{}", world.dice.letters(120));
    let now = world.credentials_now;
    let expires = now + SignedDuration::from_secs(i64::from(seconds));
    let role_id = world.identity.role(&account, &role).map(|role| role.id.clone()).unwrap_or_default();
    let answer = AssumeRoleAnswer {
        credentials: Credentials {
            access_key_id: access_key_id.clone(),
            secret_access_key,
            session_token: token.clone(),
            expiration: expires,
        },
        assumed_role_user: AssumedRoleUser {
            assumed_role_id: format!("{role_id}:{name}"),
            arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        },
    };
    let sessions = &mut world.identity.sessions;
    if sessions.len() % 1024 == 1023 {
        sessions.retain(|_, session| session.expires + REMEMBERED > now);
    }
    sessions.insert(access_key_id, Session { account, role, name, expires, token });
    answer
}

fn check_characters(what: &str, text: &str, besides: &str, pattern: &str) -> Result<(), AwsError> {
    if text.chars().all(|character| character.is_ascii_alphanumeric() || besides.contains(character)) {
        return Ok(());
    }
    let message = format!(
        "1 validation error detected: Value '{text}' at '{what}' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: {pattern}"
    );
    Err(AwsError::new("ValidationError", message))
}
