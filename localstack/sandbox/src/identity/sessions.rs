//! STS: who am I, AssumeRole, and what a refusal has encoded.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::authorization::{self, Asked, context, refusal};
use super::policy::keys::Context;
use super::policy::{Policy, size};
use super::roles::{Tag, parse_role_arn};
use super::trust::{Attempt, Verdict};
use super::{Identity, Role, caller_arn, is_account_id, policies};
use crate::call::{AccountId, AwsError, Caller, Principal};
use crate::world::World;

/// The cap on the life of a session that another session made ("role chaining", IAM User Guide), and also the default
/// life of any session.
const ONE_HOUR: u32 = 3600;

/// How long an expired session is remembered, so that its key is called expired and not unknown.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// The longest session policy in characters, the most managed ones, and the most tags (IAM and STS quotas page).
const LONGEST_POLICY: usize = 2048;
const MOST_POLICIES: usize = 10;
const MOST_TAGS: usize = 50;

/// What AssumeRole made.
#[derive(Clone, Debug)]
pub struct Session {
    pub account: AccountId,
    pub role: String,
    /// The RoleSessionName.
    pub name: String,
    pub expires: Timestamp,
    token: String,
    /// The role itself: another one of the same name is not this session's.
    pub(super) role_id: String,
    /// What the session may do at most, if it was given policies.
    limits: Option<Limits>,
    /// Session tags, and which of them go on to the sessions that this one makes.
    tags: BTreeMap<String, String>,
    transitive: Vec<String>,
    pub(super) source_identity: Option<String>,
}

#[derive(Clone, Debug)]
struct Limits {
    inline: Option<Policy>,
    managed: Vec<String>,
}

impl Session {
    /// Lists the session policies; none where the session was given none.
    pub(super) fn policies<'w>(&'w self, world: &'w World) -> Option<Vec<&'w Policy>> {
        let limits = self.limits.as_ref()?;
        let managed = limits.managed.iter().filter_map(|arn| world.identity.managed_policy(&self.account, arn));
        Some(limits.inline.iter().chain(managed).collect())
    }

    fn transitive_tags(&self) -> BTreeMap<String, String> {
        let goes_on = |key: &String| self.transitive.contains(key);
        self.tags.iter().filter(|(key, _)| goes_on(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

/// Returns the tags of a principal: its role's, and over them its session's.
pub(super) fn principal_tags(role: Option<&Role>, session: Option<&Session>) -> BTreeMap<String, String> {
    let mut tags = role.map(Role::tags).unwrap_or_default();
    tags.extend(session.into_iter().flat_map(|session| session.tags.clone()));
    tags
}

/// Returns what any session of a role would bring to a request.
pub(super) fn context_of_role(world: &World, account: &str, role: &Role) -> Context {
    let principal = Principal::AssumedRole { role: role.name.clone(), session: String::new(), key: String::new() };
    let (account, region) = (account.to_owned(), super::GLOBAL_REGION.to_owned());
    context::of_caller(world, &Caller { account, region, principal, request_id: String::new() })
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
        Principal::AssumedRole { session, key, .. } => {
            // A session outlives its role by what is left of its life.
            let id = world.identity.sessions.get(key).map_or("AROAGONE", |held| held.role_id.as_str());
            format!("{id}:{session}")
        }
    };
    Ok(CallerIdentity { user_id, account: caller.account.clone(), arn: caller_arn(caller) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AccessKeyRequest {
    access_key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AccessKeyInfo {
    account: String,
}

pub(super) fn get_access_key_info(
    world: &mut World,
    _: &Caller,
    request: AccessKeyRequest,
) -> Result<AccessKeyInfo, AwsError> {
    let id = request.access_key_id;
    if is_account_id(&id) {
        return Ok(AccessKeyInfo { account: id });
    }
    let session = world.identity.sessions.get(&id);
    let account = session.map(|session| session.account.clone());
    let account = account.ok_or_else(|| AwsError::new("ValidationError", "The access key id is not valid."))?;
    Ok(AccessKeyInfo { account })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DecodeRequest {
    encoded_message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Decoded {
    decoded_message: String,
}

pub(super) fn decode_authorization_message(
    _: &mut World,
    _: &Caller,
    request: DecodeRequest,
) -> Result<Decoded, AwsError> {
    let decoded_message = refusal::decode(&request.encoded_message)
        .ok_or_else(|| AwsError::new("InvalidAuthorizationMessageException", "The message cannot be decoded."))?;
    Ok(Decoded { decoded_message })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AssumeRoleRequest {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<u32>,
    external_id: Option<String>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyDescriptor>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
    source_identity: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyDescriptor {
    /// Its name is in small letters, alone of all.
    arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumeRoleAnswer {
    credentials: Credentials,
    assumed_role_user: AssumedRoleUser,
    packed_policy_size: Option<usize>,
    source_identity: Option<String>,
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

/// Gives a session of a role to whom its trust policy and the caller's own policies let in.
///
/// # Errors
/// `AccessDenied` 403 when a policy does not let the caller in, or the role or its account is not there: AWS does not
/// tell these apart. `ValidationError` for a session name, external id or duration that will not do,
/// `MalformedPolicyDocument` and `PackedPolicyTooLarge` for session policies.
pub(super) fn assume_role(
    world: &mut World,
    caller: &Caller,
    request: AssumeRoleRequest,
) -> Result<AssumeRoleAnswer, AwsError> {
    let (account, name) = parse_role_arn(&request.role_arn)
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
    let held = authorization::session_of(world, caller);
    let tags = session_tags(held, &request.tags)?;
    let source_identity =
        held.and_then(|held| held.source_identity.clone()).or_else(|| request.source_identity.clone());
    judge(world, caller, role, account, &request, denied)?;
    let limits = limits(world, account, &request)?;
    let seconds = duration(request.duration_seconds, role.max_session_duration, &caller.principal)?;
    let mut transitive: Vec<String> = held.into_iter().flat_map(|held| held.transitive.clone()).collect();
    transitive.extend(request.transitive_tag_keys.iter().filter(|key| tags.contains_key(*key)).cloned());
    let session = Session {
        account: account.to_owned(),
        role: name.to_owned(),
        name: request.role_session_name,
        expires: world.credentials_now + SignedDuration::from_secs(i64::from(seconds)),
        token: String::new(),
        role_id: role.id.clone(),
        limits,
        tags,
        transitive,
        source_identity,
    };
    Ok(open_session(world, session))
}

/// Asks the trust policy and the caller's own policies.
fn judge(
    world: &World,
    caller: &Caller,
    role: &Role,
    account: &str,
    request: &AssumeRoleRequest,
    denied: impl Fn() -> AwsError,
) -> Result<(), AwsError> {
    let mut own = context::of_resource(world, account, "iam", &role.tags());
    own.put_all("sts:ExternalId", request.external_id.clone());
    own.put("sts:RoleSessionName", &request.role_session_name);
    own.put_all("sts:SourceIdentity", request.source_identity.clone());
    own.put_all("sts:TransitiveTagKeys", request.transitive_tag_keys.clone());
    let tags = request.tags.iter().map(|tag| (tag.key.clone(), Some(tag.value.clone()))).collect();
    context::put_request_tags(&mut own, &tags);
    let mut actions = vec!["sts:AssumeRole"];
    if !request.tags.is_empty() {
        actions.push("sts:TagSession");
    }
    if request.source_identity.is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    let caller_role = match &caller.principal {
        Principal::Root => None,
        Principal::AssumedRole { role, .. } => world.identity.role(&caller.account, role),
    };
    let mut whole = context::of_caller(world, caller);
    whole.extend(&own);
    let caller_arn = caller_arn(caller);
    let attempt = Attempt { caller, caller_arn, caller_role, actions: actions.clone(), context: whole };
    let exact = match role.trust.judge(&attempt) {
        Verdict::AllowedItself => caller.account == account,
        Verdict::AllowedByAccount => false,
        Verdict::Denied => return Err(denied()),
    };
    for action in actions {
        let asked = Asked { action: action.to_owned(), resource: role.arn.clone(), context: own.clone() };
        authorization::authorize_entering(world, caller, &asked, exact)?;
    }
    Ok(())
}

/// Puts together the tags that the caller's session hands on and those that are asked for.
fn session_tags(held: Option<&Session>, asked: &[Tag]) -> Result<BTreeMap<String, String>, AwsError> {
    let mut tags = held.map(Session::transitive_tags).unwrap_or_default();
    let mut seen: Vec<&str> = Vec::new();
    for tag in asked {
        if seen.iter().any(|known| known.eq_ignore_ascii_case(&tag.key)) {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(AwsError::new("InvalidParameterValue", message));
        }
        if tags.keys().any(|known| known.eq_ignore_ascii_case(&tag.key)) {
            let message = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
            return Err(AwsError::new("InvalidParameterValue", message));
        }
        seen.push(&tag.key);
    }
    tags.extend(asked.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
    if tags.len() > MOST_TAGS {
        let message = format!("A session has {MOST_TAGS} tags at most.");
        return Err(AwsError::new("ValidationError", message));
    }
    Ok(tags)
}

fn limits(world: &World, account: &str, request: &AssumeRoleRequest) -> Result<Option<Limits>, AwsError> {
    if request.policy.is_none() && request.policy_arns.is_empty() {
        return Ok(None);
    }
    let long = request.policy.as_ref().is_some_and(|text| size(text) > LONGEST_POLICY);
    if long || request.policy_arns.len() > MOST_POLICIES {
        let message = "The session policies are larger than the limits allow.";
        return Err(AwsError::new("PackedPolicyTooLarge", message));
    }
    let inline = request.policy.as_deref().map(Policy::read).transpose()?;
    let managed: Vec<String> = request.policy_arns.iter().map(|it| it.arn.clone()).collect();
    for arn in &managed {
        policies::check_managed(world, account, arn).map_err(|error| AwsError {
            code: "MalformedPolicyDocument".to_owned(),
            status: 400,
            ..error
        })?;
    }
    Ok(Some(Limits { inline, managed }))
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

fn open_session(world: &mut World, mut session: Session) -> AssumeRoleAnswer {
    let access_key_id = format!("ASIA{}", world.dice.letters(16).to_uppercase());
    let secret_access_key = world.dice.letters(40);
    session.token = format!("sandbox//{}", world.dice.letters(120));
    let now = world.credentials_now;
    let (account, role, name) = (&session.account, &session.role, &session.name);
    let limit = session.limits.as_ref().and_then(|limits| limits.inline.as_ref());
    let answer = AssumeRoleAnswer {
        credentials: Credentials {
            access_key_id: access_key_id.clone(),
            secret_access_key,
            session_token: session.token.clone(),
            expiration: session.expires,
        },
        assumed_role_user: AssumedRoleUser {
            assumed_role_id: format!("{}:{name}", session.role_id),
            arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        },
        packed_policy_size: limit.map(|policy| (size(&policy.text) * 100).div_ceil(LONGEST_POLICY)),
        source_identity: session.source_identity.clone(),
    };
    let sessions = &mut world.identity.sessions;
    if sessions.len() % 1024 == 1023 {
        sessions.retain(|_, session| session.expires + REMEMBERED > now);
    }
    sessions.insert(access_key_id, session);
    answer
}
