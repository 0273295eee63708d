//! Trust policies: who may assume a role.
//!
//! A document is read once, when a role is made or its policy changed; what is read is what the sandbox can judge in
//! full. An element, operator or condition key that it does not model is an error at that moment, never ignored: a
//! trust policy that was half understood would let in the wrong caller or keep out the right one. As in AWS, the ARN of
//! a role stands for that very role: one made later under the same name is another (IAM User Guide, "AWS JSON policy
//! elements: Principal").

mod condition;

use serde::Deserialize;
use serde_json::Value;

use super::{Role, is_account_id};
use crate::call::{AccountId, AwsError, Caller, Principal};

pub(super) use condition::Condition;

/// The quota "Role trust policy length", in characters (IAM and STS quotas page); 4,096 at most after a raise.
const LONGEST: usize = 2048;

/// A trust policy as it can be judged.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The document as it was given, for the answers.
    pub(super) text: String,
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    allow: bool,
    trusted: Vec<Trusted>,
    /// Patterns of actions, in lower case.
    actions: Vec<String>,
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
    /// The caller's organization.
    pub organization: Option<String>,
    pub external_id: Option<&'a str>,
    pub session_name: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    Denied,
}

impl Trust {
    /// Decides as IAM does: a Deny that fits wins, else an Allow that fits, else no.
    pub(super) fn judge(&self, attempt: &Attempt) -> Verdict {
        let fits =
            |allow: bool| self.statements.iter().any(|statement| statement.allow == allow && statement.fits(attempt));
        if !fits(false) && fits(true) { Verdict::Allowed } else { Verdict::Denied }
    }

    /// Reads a document. `role_id` finds the unique id of a role that is there.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for what is no trust policy, `LimitExceeded` 409 for one that is too long, and
    /// `NotModelled` for what the sandbox cannot judge.
    pub(super) fn read(text: &str, role_id: &dyn Fn(&str, &str) -> Option<String>) -> Result<Self, AwsError> {
        if text.chars().filter(|character| !character.is_whitespace()).count() > LONGEST {
            let message = format!("Cannot exceed quota for ACLSizePerRole: {LONGEST}");
            return Err(AwsError::new("LimitExceeded", message).with_status(409));
        }
        let document: Document = serde_json::from_str(text)
            .map_err(|error| malformed(format!("This policy contains invalid Json: {error}")))?;
        if let Some(version) =
            document.version.filter(|version| !["2012-10-17", "2008-10-17"].contains(&version.as_str()))
        {
            return Err(malformed(format!("The policy must contain a valid version string, not {version}")));
        }
        let statements = document.statement.into_iter().map(|statement| Statement::read(statement, role_id));
        Ok(Self { text: text.to_owned(), statements: statements.collect::<Result<_, _>>()? })
    }
}

impl Statement {
    fn fits(&self, attempt: &Attempt) -> bool {
        self.actions.iter().any(|action| like(action, "sts:assumerole"))
            && self.trusted.iter().any(|trusted| trusted.is(attempt))
            && self.conditions.iter().all(|condition| condition.holds(attempt))
    }

    fn read(text: StatementText, role_id: &dyn Fn(&str, &str) -> Option<String>) -> Result<Self, AwsError> {
        let allow = match text.effect.as_str() {
            "Allow" => true,
            "Deny" => false,
            other => return Err(malformed(format!("Invalid effect: {other}"))),
        };
        if text.not_principal.is_some() || text.not_action.is_some() {
            return Err(AwsError::not_modelled("NotPrincipal or NotAction in a trust policy"));
        }
        if text.resource.is_some() || text.not_resource.is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
        let principal = text.principal.ok_or_else(|| malformed("Missing required field Principal"))?;
        let actions = text.action.ok_or_else(|| malformed("Missing required field Action"))?;
        let actions: Vec<String> = actions.into_iter().map(|action| action.to_lowercase()).collect();
        if actions.iter().any(|action| !action.starts_with("sts:")) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
        Ok(Self { allow, trusted: trusted(principal, role_id)?, actions, conditions: condition::read(text.condition)? })
    }
}

impl Trusted {
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

/// Matches `*` (any text) and `?` (any character), as IAM's patterns have them.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Where to go on after the last star, when what followed it did not fit.
    let mut star: Option<(usize, usize)> = None;
    let (mut p, mut t) = (0, 0);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(character) if *character == '?' || *character == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|character| *character == '*')
}

fn malformed(message: impl Into<String>) -> AwsError {
    AwsError::new("MalformedPolicyDocument", message)
}

// The document's own text.

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    statement: OneOrMany<StatementText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StatementText {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    effect: String,
    principal: Option<Value>,
    not_principal: Option<Value>,
    action: Option<OneOrMany<String>>,
    not_action: Option<Value>,
    resource: Option<Value>,
    not_resource: Option<Value>,
    #[serde(default)]
    condition: serde_json::Map<String, Value>,
}

/// One thing, or a list of them: policies allow both nearly everywhere.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> IntoIterator for OneOrMany<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
        .into_iter()
    }
}
