//! The conditions of a trust policy: an operator, a key, and values of which one must fit.

use serde_json::Value;

use super::{Attempt, like, malformed};
use crate::call::{AwsError, Principal};

/// One operator over one key.
#[derive(Clone, Debug)]
pub struct Condition {
    operator: Operator,
    /// With `IfExists`, an absent key is no obstacle.
    if_exists: bool,
    key: Key,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Text(Comparison),
    /// The same, but none of the values may fit; an absent key fits none.
    NotText(Comparison),
    Bool,
    /// Whether the key is absent.
    Null,
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Equal,
    EqualInAnyCase,
    Like,
}

/// The keys that the sandbox knows; policies write them in any case.
#[derive(Clone, Copy, Debug)]
enum Key {
    ExternalId,
    RoleSessionName,
    PrincipalArn,
    PrincipalAccount,
    PrincipalOrgId,
    MultiFactorAuthPresent,
}

pub(super) fn read(text: serde_json::Map<String, Value>) -> Result<Vec<Condition>, AwsError> {
    let mut conditions = Vec::new();
    for (operator, keys) in text {
        let Value::Object(keys) = keys else {
            return Err(malformed(format!("Invalid condition: {operator}")));
        };
        let (name, if_exists) = match operator.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (operator.as_str(), false),
        };
        for (key, values) in keys {
            let values = if let Value::Array(values) = values { values } else { vec![values] };
            let values = values.into_iter().map(value).collect::<Result<Vec<_>, _>>()?;
            conditions.push(Condition { operator: Operator::named(name)?, if_exists, key: Key::named(&key)?, values });
        }
    }
    Ok(conditions)
}

fn value(value: Value) -> Result<String, AwsError> {
    match value {
        Value::String(text) if text.contains("${") => {
            Err(AwsError::not_modelled(format!("the policy variable in '{text}'")))
        }
        Value::String(text) => Ok(text),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Number(_) | Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(malformed(format!("Invalid condition value: {value}")))
        }
    }
}

impl Condition {
    pub(super) fn holds(&self, attempt: &Attempt) -> bool {
        let actual = self.key.value(attempt);
        let fits =
            |comparison: Comparison, actual: &str| self.values.iter().any(|value| comparison.fits(value, actual));
        match (self.operator, actual) {
            (Operator::Null, actual) => self.values.iter().any(|value| value == &actual.is_none().to_string()),
            (_, None) if self.if_exists => true,
            (Operator::NotText(_), None) => true,
            (Operator::Text(_) | Operator::Bool, None) => false,
            (Operator::Text(comparison), Some(actual)) => fits(comparison, &actual),
            (Operator::NotText(comparison), Some(actual)) => !fits(comparison, &actual),
            (Operator::Bool, Some(actual)) => fits(Comparison::EqualInAnyCase, &actual),
        }
    }
}

impl Operator {
    fn named(name: &str) -> Result<Self, AwsError> {
        Ok(match name {
            "StringEquals" => Operator::Text(Comparison::Equal),
            "StringNotEquals" => Operator::NotText(Comparison::Equal),
            "StringEqualsIgnoreCase" => Operator::Text(Comparison::EqualInAnyCase),
            "StringNotEqualsIgnoreCase" => Operator::NotText(Comparison::EqualInAnyCase),
            // ArnEquals and ArnLike do the same (IAM User Guide, "ARN condition operators").
            "StringLike" | "ArnEquals" | "ArnLike" => Operator::Text(Comparison::Like),
            "StringNotLike" | "ArnNotEquals" | "ArnNotLike" => Operator::NotText(Comparison::Like),
            "Bool" => Operator::Bool,
            "Null" => Operator::Null,
            other => return Err(AwsError::not_modelled(format!("the condition operator {other}"))),
        })
    }
}

impl Comparison {
    fn fits(self, value: &str, actual: &str) -> bool {
        match self {
            Comparison::Equal => value == actual,
            Comparison::EqualInAnyCase => value.eq_ignore_ascii_case(actual),
            Comparison::Like => like(value, actual),
        }
    }
}

impl Key {
    fn named(name: &str) -> Result<Self, AwsError> {
        Ok(match name.to_lowercase().as_str() {
            "sts:externalid" => Key::ExternalId,
            "sts:rolesessionname" => Key::RoleSessionName,
            "aws:principalarn" => Key::PrincipalArn,
            "aws:principalaccount" => Key::PrincipalAccount,
            "aws:principalorgid" => Key::PrincipalOrgId,
            "aws:multifactorauthpresent" => Key::MultiFactorAuthPresent,
            _ => return Err(AwsError::not_modelled(format!("the condition key {name}"))),
        })
    }

    /// Returns what the key holds in this attempt.
    fn value(self, attempt: &Attempt) -> Option<String> {
        match self {
            Key::ExternalId => attempt.external_id.map(str::to_owned),
            Key::RoleSessionName => Some(attempt.session_name.to_owned()),
            // For a session it is the role's ARN, not the session's (IAM User Guide, "AWS global condition context keys").
            Key::PrincipalArn => match &attempt.caller.principal {
                Principal::Root => Some(attempt.caller_arn.clone()),
                Principal::AssumedRole { .. } => attempt.caller_role.map(|role| role.arn.clone()),
            },
            Key::PrincipalAccount => Some(attempt.caller.account.clone()),
            Key::PrincipalOrgId => attempt.organization.clone(),
            // Nobody here has signed in with a second factor, and a session of a role never carries one.
            Key::MultiFactorAuthPresent => None,
        }
    }
}
