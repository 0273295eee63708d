//! Trust policies: who may assume a role.
//!
//! A document is read once, when a role is made or its policy changed; what is read is what the sandbox can judge in
//! full. An element, operator or condition key that it does not model is an error at that moment, never ignored: a
//! trust policy that was half understood would let in the wrong caller or keep out the right one. As in AWS, the ARN of
//! a role stands for that very role: one made later under the same name is another (IAM User Guide, "AWS JSON policy
//! elements: Principal").

use serde_json::Value;

use super::policy::condition::{self, Condition};
use super::policy::keys::Context;
use super::policy::pattern::Pattern;
use super::policy::text::{DocumentText, OneOrMany, StatementText};
use super::policy::{actions, malformed, size};
use super::{Role, is_account_id};
use crate::call::{AccountId, AwsError, Caller, Principal};

/// The quota "Role trust policy length", in characters (IAM and STS quotas page); 4,096 at most after a raise.
const LONGEST: usize = 2048;

/// A trust policy as it can be judged.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The document as it was given, for the answers.
    pub text: String,
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    allow: bool,
    trusted: Vec<Trusted>,
    actions: Vec<Pattern>,
    conditions: Vec<Condition>,
}

/// Whom a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trusted {
    Everybody,
    Account(AccountId),
    /// A role, by its unique id.
    Role(String),
    /// One session of a role: `arn:aws:sts::..:assumed-role/ROLE/SESSION`.
    Session(String),
    /// An AWS service, which never calls here.
    Service,
}

/// One attempt to assume a role, with all that a policy may ask about.
pub(super) struct Attempt<'a> {
    pub caller: &'a Caller,
    pub caller_arn: String,
    /// The role that the caller is a session of.
    pub caller_role: Option<&'a Role>,
    /// `sts:AssumeRole`, and `sts:TagSession` or `sts:SetSourceIdentity` where the request does these besides.
    pub actions: Vec<&'static str>,
    pub context: Context,
}

/// What a trust policy says to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The very role or session is let in: in one account that is enough.
    AllowedItself,
    /// The account is let in, or everybody: the caller's own policies have a say.
    AllowedByAccount,
    Denied,
}

impl Trust {
    /// Decides as IAM does, for each action: a Deny that fits wins, else an Allow that fits, else no.
    pub(super) fn judge(&self, attempt: &Attempt) -> Verdict {
        let mut itself = true;
        for action in &attempt.actions {
            let fitting = |allow: bool| self.statements.iter().filter(move |it| it.allow == allow);
            let mut denying = fitting(false).filter_map(|it| it.fits(attempt, action));
            let allowing: Vec<bool> = fitting(true).filter_map(|it| it.fits(attempt, action)).collect();
            if denying.next().is_some() || allowing.is_empty() {
                return Verdict::Denied;
            }
            itself &= allowing.contains(&true);
        }
        if itself { Verdict::AllowedItself } else { Verdict::AllowedByAccount }
    }

    /// Reads a document. `role_id` finds the unique id of a role that is there.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for what is no trust policy, `LimitExceeded` 409 for one that is too long, and
    /// `NotModelled` for what the sandbox cannot judge.
    pub(super) fn read(text: &str, role_id: &dyn Fn(&str, &str) -> Option<String>) -> Result<Self, AwsError> {
        if size(text) > LONGEST {
            let message = format!("Cannot exceed quota for ACLSizePerRole: {LONGEST}");
            return Err(AwsError::new("LimitExceeded", message).with_status(409));
        }
        let document = DocumentText::read(text)?;
        let variables = document.has_variables();
        let statements = document.statement.into_iter().map(|statement| Statement::read(statement, variables, role_id));
        Ok(Self { text: text.to_owned(), statements: statements.collect::<Result<_, _>>()? })
    }
}

impl Statement {
    /// Says whether the statement is about an attempt, and if so whether it names the very caller.
    fn fits(&self, attempt: &Attempt, action: &str) -> Option<bool> {
        let named: Vec<&Trusted> = self.trusted.iter().filter(|trusted| trusted.is(attempt)).collect();
        let fits = !named.is_empty()
            && self.actions.iter().any(|pattern| pattern.fits(&action.to_ascii_lowercase(), &attempt.context))
            && self.conditions.iter().all(|condition| condition.holds(&attempt.context));
        fits.then(|| named.iter().any(|trusted| trusted.is_exact()))
    }

    fn read(
        text: StatementText,
        variables: bool,
        role_id: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Result<Self, AwsError> {
        let allow = text.allows()?;
        if text.not_principal.is_some() || text.not_action.is_some() {
            return Err(AwsError::not_modelled("NotPrincipal or NotAction in a trust policy"));
        }
        if text.resource.is_some() || text.not_resource.is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
        let principal = text.principal.ok_or_else(|| malformed("Missing required field Principal"))?;
        let named = text.action.ok_or_else(|| malformed("Missing required field Action"))?;
        let named: Vec<String> = named.into_iter().collect();
        if named.iter().any(|action| !action.to_ascii_lowercase().starts_with("sts:")) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
        let actions = actions(OneOrMany::Many(named))?;
        let conditions = condition::read(text.condition, variables)?;
        Ok(Self { allow, trusted: trusted(principal, role_id)?, actions, conditions })
    }
}

impl Trusted {
    /// Says whether a role or a session itself is meant, and not all of an account.
    fn is_exact(&self) -> bool {
        match self {
            Trusted::Role(_) | Trusted::Session(_) => true,
            Trusted::Everybody | Trusted::Account(_) | Trusted::Service => false,
        }
    }

    fn is(&self, attempt: &Attempt) -> bool {
        match self {
            Trusted::Everybody => true,
            Trusted::Account(account) => *account == attempt.caller.account,
            Trusted::Role(id) => attempt.caller_role.is_some_and(|role| role.id == *id),
            Trusted::Session(arn) => {
                matches!(attempt.caller.principal, Principal::AssumedRole { .. }) && *arn == attempt.caller_arn
            }
            Trusted::Service => false,
        }
    }
}

/// Reads a Principal: `"*"`, or `{"AWS": .., "Service": ..}`.
fn trusted(principal: Value, role_id: &dyn Fn(&str, &str) -> Option<String>) -> Result<Vec<Trusted>, AwsError> {
    let kinds = match principal {
        Value::String(text) if text == "*" => return Ok(vec![Trusted::Everybody]),
        Value::Object(kinds) => kinds,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(malformed("Invalid principal in policy"));
        }
    };
    let mut all = Vec::new();
    for (kind, names) in kinds {
        let names: OneOrMany<String> =
            serde_json::from_value(names).map_err(|_| malformed(format!("Invalid principal in policy: \"{kind}\"")))?;
        for name in names {
            all.push(match kind.as_str() {
                "AWS" => aws_principal(&name, role_id)?,
                "Service" => Trusted::Service,
                "Federated" | "CanonicalUser" => {
                    return Err(AwsError::not_modelled(format!("the {kind} principal of a trust policy")));
                }
                _ => return Err(malformed(format!("Invalid principal in policy: \"{kind}\":\"{name}\""))),
            });
        }
    }
    Ok(all)
}

fn aws_principal(name: &str, role_id: &dyn Fn(&str, &str) -> Option<String>) -> Result<Trusted, AwsError> {
    let invalid = || malformed(format!("Invalid principal in policy: \"AWS\":\"{name}\""));
    if name == "*" {
        return Ok(Trusted::Everybody);
    }
    if is_account_id(name) {
        return Ok(Trusted::Account(name.to_owned()));
    }
    if let Some((account, role)) = super::roles::parse_role_arn(name) {
        return role_id(account, role).map(Trusted::Role).ok_or_else(invalid);
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", "aws", "iam", "", account, "root"] if is_account_id(account) => {
            Ok(Trusted::Account((*account).to_owned()))
        }
        ["arn", "aws", "sts", "", account, session]
            if is_account_id(account) && session.starts_with("assumed-role/") =>
        {
            Ok(Trusted::Session(name.to_owned()))
        }
        _ => Err(invalid()),
    }
}
