//! Policy documents: what they allow and deny.
//!
//! | room | what is in it |
//! |---|---|
//! | [`text`] | the JSON |
//! | [`pattern`] | wildcards, ARNs, variables |
//! | [`keys`], [`condition`] | what a request has, and what a statement asks of it |
//!
//! A document is read once, when it is put; what is read is what can be judged in full. An element, operator, key or
//! variable that the sandbox does not know is an error at that moment, never ignored: a policy that is half understood
//! lets in the wrong caller or keeps out the right one. The same document serves as inline, managed, session and service
//! control policy and as permissions boundary: they differ in how their verdicts count, not in what they say.

use std::collections::BTreeSet;

use crate::call::AwsError;

pub mod condition;
pub mod keys;
pub mod pattern;
pub mod text;

use condition::Condition;
use keys::Context;
use pattern::{ArnPattern, Pattern, Reading};
use text::{DocumentText, OneOrMany, StatementText};

/// What is asked of a policy.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// `ec2:CreateRoute`
    pub action: &'q str,
    /// An ARN, or `*` for an action that takes no resource.
    pub resource: &'q str,
    pub context: &'q Context,
}

/// What a policy says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A statement denies, whatever others allow.
    Denied,
    Allowed,
    /// No statement fits, which is a no.
    Silent,
}

impl Verdict {
    /// Puts together what several policies say: a Deny wins, else an Allow.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        let mut sum = Verdict::Silent;
        for verdict in verdicts {
            match verdict {
                Verdict::Denied => return Verdict::Denied,
                Verdict::Allowed => sum = Verdict::Allowed,
                Verdict::Silent => {}
            }
        }
        sum
    }
}

/// A policy as it can be judged.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The document as it was given.
    pub text: String,
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    allow: bool,
    actions: Named<Pattern>,
    resources: Named<ArnPattern>,
    conditions: Vec<Condition>,
}

/// What a statement names, or what it leaves out (`NotAction`, `NotResource`).
#[derive(Clone, Debug)]
enum Named<T> {
    These(Vec<T>),
    AllBut(Vec<T>),
}

impl<T> Named<T> {
    fn has(&self, fits: impl Fn(&T) -> bool) -> bool {
        match self {
            Named::These(these) => these.iter().any(fits),
            Named::AllBut(these) => !these.iter().any(fits),
        }
    }
}

impl Policy {
    /// Reads an identity policy: everything but the trust policy of a role.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for what is no policy, `NotModelled` for what the sandbox cannot judge.
    pub fn read(text: &str) -> Result<Self, AwsError> {
        let document = DocumentText::read(text)?;
        let variables = document.has_variables();
        let mut sids = BTreeSet::new();
        let mut statements = Vec::new();
        for statement in document.statement {
            if let Some(sid) = &statement.sid {
                if !sid.chars().all(|character| character.is_ascii_alphanumeric()) {
                    return Err(malformed(format!("Statement IDs (SID) must be alpha-numeric: {sid}")));
                }
                if !sid.is_empty() && !sids.insert(sid.clone()) {
                    return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
                }
            }
            statements.push(Statement::read(statement, variables)?);
        }
        if statements.is_empty() {
            return Err(malformed("Policy statement must contain statements."));
        }
        Ok(Self { text: text.to_owned(), statements })
    }

    /// Lists the keys that the conditions on a thing ask for and that the request has nothing under.
    pub fn missing(&self, question: &Question) -> Vec<String> {
        let action = question.action.to_ascii_lowercase();
        let about = self.statements.iter().filter(|statement| statement.is_about(question, &action));
        let keys = about.flat_map(|statement| &statement.conditions).map(Condition::key);
        keys.filter(|key| question.context.values(key).is_none()).map(|key| key.name().to_owned()).collect()
    }

    pub fn judge(&self, question: &Question) -> Verdict {
        let action = question.action.to_ascii_lowercase();
        let fitting = self.statements.iter().filter(|statement| statement.fits(question, &action));
        Verdict::of(fitting.map(|statement| if statement.allow { Verdict::Allowed } else { Verdict::Denied }))
    }
}

impl Statement {
    fn fits(&self, question: &Question, action: &str) -> bool {
        self.is_about(question, action) && self.conditions.iter().all(|condition| condition.holds(question.context))
    }

    /// Says whether action and resource fit, whatever the conditions say.
    fn is_about(&self, question: &Question, action: &str) -> bool {
        let context = question.context;
        self.actions.has(|pattern| pattern.fits(action, context))
            && self.resources.has(|pattern| pattern.fits(question.resource, context))
    }

    fn read(text: StatementText, variables: bool) -> Result<Self, AwsError> {
        let allow = text.allows()?;
        if text.principal.is_some() || text.not_principal.is_some() {
            return Err(malformed("Policy document should not specify a principal."));
        }
        let actions = match (text.action, text.not_action) {
            (Some(these), None) => Named::These(actions(these)?),
            (None, Some(these)) => Named::AllBut(actions(these)?),
            (Some(_), Some(_)) => return Err(malformed("Statement/policy already has instance of Action")),
            (None, None) => return Err(malformed("Policy statement must contain actions.")),
        };
        let resources = match (text.resource, text.not_resource) {
            (Some(these), None) => Named::These(resources(these, variables)?),
            (None, Some(these)) => Named::AllBut(resources(these, variables)?),
            (Some(_), Some(_)) => return Err(malformed("Statement/policy already has instance of Resource")),
            (None, None) => return Err(malformed("Policy statement must contain resources.")),
        };
        Ok(Self { allow, actions, resources, conditions: condition::read(text.condition, variables)? })
    }
}

/// Reads patterns of actions: `service:Action`, or `*` for all.
pub(super) fn actions(texts: OneOrMany<String>) -> Result<Vec<Pattern>, AwsError> {
    let reading = Reading { wild: true, variables: false };
    let read = texts.into_iter().map(|text| match text.split_once(':') {
        None if text != "*" => {
            Err(malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."))
        }
        Some((service, action)) if service.is_empty() || service.contains('*') || action.is_empty() => {
            Err(malformed(format!("The action {text} is not valid")))
        }
        Some(_) | None => Pattern::read(&text.to_ascii_lowercase(), reading),
    });
    let read = read.collect::<Result<Vec<_>, _>>()?;
    if read.is_empty() { Err(malformed("Policy statement must contain actions.")) } else { Ok(read) }
}

fn resources(texts: OneOrMany<String>, variables: bool) -> Result<Vec<ArnPattern>, AwsError> {
    let read = texts.into_iter().map(|text| ArnPattern::read(&text, variables)).collect::<Result<Vec<_>, _>>()?;
    if read.is_empty() { Err(malformed("Policy statement must contain resources.")) } else { Ok(read) }
}

/// Counts a document's characters as IAM's quotas do: white space is free.
pub fn size(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}

pub(super) fn malformed(message: impl Into<String>) -> AwsError {
    AwsError::new("MalformedPolicyDocument", message)
}

#[cfg(test)]
mod tests;
