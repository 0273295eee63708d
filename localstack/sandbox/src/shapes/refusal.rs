//! How each service refuses a request that does not fit the table.
//!
//! A client matches on codes, so the code for each kind of fault is that of the service: EC2's from its error page;
//! IAM's and STS's `ValidationError` with the wording of AWS's common validation; `InvalidInputException` of
//! Organizations; RAM's from its model, operation by operation. None of them says what it does with a member that it
//! does not know: `UnknownParameter` is EC2's, and the others follow it as their protocol suggests.

use serde_json::Value;

use super::{Protocol, ServiceTable};
use crate::call::AwsError;

/// What is wrong with a value, before a service has put it in its own words.
pub(crate) enum Fault<'a> {
    Unknown,
    Missing,
    Type { wanted: &'static str },
    Bounds { constraint: String },
    Pattern { pattern: &'a str },
}

impl ServiceTable {
    /// Puts a fault in the service's own words; `path` leads to the value.
    pub(crate) fn refuse(&self, path: &str, value: &Value, fault: Fault) -> AwsError {
        match self.protocol {
            Protocol::Ec2 => ec2(path, value, fault),
            Protocol::Query => query(path, value, fault),
            Protocol::Json => organizations(path, value, fault),
            Protocol::RestJson => ram(path, value, fault),
        }
    }
}

/// Leads a path on to a member.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// How much of a value stands in a message, in characters.
const SHOWN: usize = 256;

/// Puts a value into a message: text as it is, the rest as JSON; cut short when it is long.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn ec2(path: &str, value: &Value, fault: Fault) -> AwsError {
    match fault {
        Fault::Unknown => AwsError::new("UnknownParameter", format!("The parameter {path} is not recognized")),
        Fault::Missing => AwsError::new("MissingParameter", format!("The request must contain the parameter {path}")),
        Fault::Type { wanted } => AwsError::new(
            "InvalidParameterValue",
            format!("Invalid value '{}' for {path}. It must be of type {wanted}.", shown(value)),
        ),
        Fault::Bounds { constraint } => AwsError::new(
            "InvalidParameterValue",
            format!("Value ({}) for parameter {path} is invalid. {constraint}", shown(value)),
        ),
        Fault::Pattern { pattern } => ec2(path, value, Fault::Bounds { constraint: to_satisfy(pattern) }),
    }
}

fn query(path: &str, value: &Value, fault: Fault) -> AwsError {
    match fault {
        Fault::Unknown => AwsError::new("UnknownParameter", format!("The parameter {path} is not recognized")),
        Fault::Missing => AwsError::new("ValidationError", violation(path, &Value::Null, "Member must not be null")),
        Fault::Type { wanted } => AwsError::new(
            "MalformedInput",
            format!("Invalid value '{}' for {path}. It must be of type {wanted}.", shown(value)),
        ),
        Fault::Bounds { constraint } => AwsError::new("ValidationError", violation(path, value, &constraint)),
        Fault::Pattern { pattern } => AwsError::new("ValidationError", violation(path, value, &to_satisfy(pattern))),
    }
}

/// The sentence of AWS's common validation; it starts each name with a small letter.
fn violation(path: &str, value: &Value, constraint: &str) -> String {
    let path: Vec<String> = path.split('.').map(uncapitalised).collect();
    let value = if value.is_null() { "null".to_owned() } else { format!("'{}'", shown(value)) };
    format!(
        "1 validation error detected: Value {value} at '{}' failed to satisfy constraint: {constraint}",
        path.join(".")
    )
}

fn to_satisfy(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn uncapitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn organizations(path: &str, value: &Value, fault: Fault) -> AwsError {
    match fault {
        Fault::Unknown => unknown_member(path),
        Fault::Missing => AwsError::new("InvalidInputException", format!("You must provide a value for {path}.")),
        Fault::Type { wanted } => wrong_type(path, wanted),
        Fault::Bounds { constraint } => AwsError::new("InvalidInputException", violation(path, value, &constraint)),
        Fault::Pattern { .. } => {
            let message = "You provided a value that does not match the required pattern.";
            AwsError::new("InvalidInputException", message).for_reason("INVALID_PATTERN")
        }
    }
}

fn ram(path: &str, value: &Value, fault: Fault) -> AwsError {
    match fault {
        Fault::Unknown => unknown_member(path),
        Fault::Missing => {
            AwsError::new("MissingRequiredParameterException", format!("You must provide a value for {path}."))
        }
        Fault::Type { wanted } => wrong_type(path, wanted),
        Fault::Bounds { constraint } if path == "maxResults" => {
            AwsError::new("InvalidMaxResultsException", violation(path, value, &constraint))
        }
        Fault::Bounds { constraint } => AwsError::new("InvalidParameterException", violation(path, value, &constraint)),
        Fault::Pattern { pattern } => ram(path, value, Fault::Bounds { constraint: to_satisfy(pattern) }),
    }
}

fn unknown_member(path: &str) -> AwsError {
    AwsError::new("ValidationException", format!("The member {path} is not recognized"))
}

fn wrong_type(path: &str, wanted: &str) -> AwsError {
    AwsError::new("SerializationException", format!("{path} can not be converted to a {wanted}"))
}
