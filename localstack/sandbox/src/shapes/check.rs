//! The check of requests and answers against the table.
//!
//! A request with an unknown member, a missing one, a wrong type or a value out of bounds is refused in the service's
//! own words. Members that AWS's own parsers would ignore are refused too, so that a misspelt one is found. An answer
//! that does not fit is a bug of the sandbox.

use serde_json::Value;

use super::refusal::{Fault, join};
use super::{Operation, Protocol, ServiceTable, Shape, Structure};
use crate::call::AwsError;

impl Operation {
    /// Checks a request in canonical form: nothing unknown, nothing required missing, all of the right type and within
    /// the bounds that the model states. Null counts as absent.
    ///
    /// # Errors
    /// The service's own code for the fault, with the path of the member in the message.
    pub fn check_input(&self, params: &Value) -> Result<(), AwsError> {
        self.checked(params).map_err(|error| self.in_its_words(error))
    }

    /// Puts a fault of RAM's that this operation has no error for into one that it has. Accepting and rejecting an
    /// invitation have none of them: what they must be told is an ARN.
    fn in_its_words(&self, error: AwsError) -> AwsError {
        const ALL: [&str; 3] =
            ["InvalidMaxResultsException", "MissingRequiredParameterException", "InvalidParameterException"];
        let lacks = |code: &str| !self.faults.iter().any(|it| it == code);
        let code = match error.code.as_str() {
            code if !ALL.contains(&code) || !lacks(code) => return error,
            _ if lacks("InvalidParameterException") => "MalformedArnException",
            _ => "InvalidParameterException",
        };
        AwsError { code: code.to_owned(), ..error }
    }

    fn checked(&self, params: &Value) -> Result<(), AwsError> {
        let table = self.table();
        let check = Check { table };
        match (&self.input, params) {
            (Some(input), Value::Object(_)) => check.structure(table.structure(input), params, ""),
            (None, Value::Object(members)) => match members.keys().next() {
                Some(name) => Err(table.refuse(name, params, Fault::Unknown)),
                None => Ok(()),
            },
            (_, Value::Null) => self.checked(&Value::Object(serde_json::Map::new())),
            _ => Err(table.refuse("request", params, Fault::Type { wanted: "structure" })),
        }
    }

    /// Checks an answer in canonical form: nothing that the table does not know, and each value of its type.
    ///
    /// # Errors
    /// What is wrong, for whoever mends the sandbox.
    pub fn check_output(&self, answer: &Value) -> Result<(), String> {
        let fault = match &self.output {
            Some(output) => misfit(self.table(), output, answer),
            None if answer.as_object().is_some_and(serde_json::Map::is_empty) => None,
            None => Some(" has members where AWS answers with none".to_owned()),
        };
        fault.map_or(Ok(()), |fault| Err(format!("the answer of {}{fault}", self.name)))
    }
}

/// Says where, from here on, and how a value does not fit its shape.
fn misfit(table: &ServiceTable, shape: &str, value: &Value) -> Option<String> {
    match (table.shape(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => members.iter().find_map(|(name, value)| {
            let fault = match structure.member(name) {
                None => Some(" is not known to the table".to_owned()),
                Some(_) if value.is_null() => None,
                Some(member) => misfit(table, &member.shape, value),
            };
            fault.map(|fault| format!(".{name}{fault}"))
        }),
        (Shape::List { of, .. }, Value::Array(items)) => {
            items.iter().enumerate().find_map(|(index, item)| Some(format!("[{index}]{}", misfit(table, of, item)?)))
        }
        (Shape::Text { values, .. }, Value::String(text)) if values.is_empty() || values.contains(text) => None,
        (Shape::Text { .. }, Value::String(text)) => Some(format!(": '{text}' is none of AWS's values")),
        (Shape::Integer { .. }, Value::Number(number)) if number.is_i64() => None,
        (Shape::Boolean, Value::Bool(_)) => None,
        (Shape::Timestamp, Value::String(text)) if text.parse::<jiff::Timestamp>().is_ok() => None,
        (Shape::Structure(_), _) => Some(format!(": {value} is not a structure")),
        (Shape::List { .. }, _) => Some(format!(": {value} is not a list")),
        (Shape::Text { .. }, _) => Some(format!(": {value} is not a string")),
        (Shape::Integer { .. }, _) => Some(format!(": {value} is not an integer")),
        (Shape::Boolean, _) => Some(format!(": {value} is not a boolean")),
        (Shape::Timestamp, _) => Some(format!(": {value} is not a timestamp")),
    }
}

struct Check {
    table: &'static ServiceTable,
}

impl Check {
    fn structure(&self, structure: &Structure, value: &Value, path: &str) -> Result<(), AwsError> {
        let Value::Object(given) = value else {
            return Err(self.table.refuse(path, value, Fault::Type { wanted: "structure" }));
        };
        if let Some((name, value)) = given.iter().find(|(name, _)| structure.member(name).is_none()) {
            return Err(self.table.refuse(&join(path, name), value, Fault::Unknown));
        }
        for member in &structure.members {
            let path = || join(path, self.spelling(&member.name, &member.input_name));
            match given.get(&member.name) {
                None | Some(Value::Null) if member.required => {
                    return Err(self.table.refuse(&path(), &Value::Null, Fault::Missing));
                }
                None | Some(Value::Null) => {}
                Some(value) => self.value(&member.shape, value, &path())?,
            }
        }
        Ok(())
    }

    fn value(&self, shape: &str, value: &Value, path: &str) -> Result<(), AwsError> {
        let fault = match (self.table.shape(shape), value) {
            (Shape::Structure(structure), _) => return self.structure(structure, value, path),
            (Shape::List { of, min, max, .. }, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(of, item, &self.element(path, index))?;
                }
                out_of(items.len() as u64, *min, *max, "length")
            }
            (Shape::Text { values, .. }, Value::String(text)) if !values.is_empty() && !values.contains(text) => {
                let known = values.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                Some(Fault::Bounds { constraint: format!("Member must satisfy enum value set: [{known}]") })
            }
            (Shape::Text { pattern, min, max, .. }, Value::String(text)) => {
                let misfits = pattern.as_ref().filter(|pattern| !pattern.fits(text));
                let misfits = misfits.map(|pattern| Fault::Pattern { pattern: &pattern.text });
                out_of(text.chars().count() as u64, *min, *max, "length").or(misfits)
            }
            (Shape::Integer { long, min, max }, Value::Number(number)) => match number.as_i64() {
                Some(number) if *long || i32::try_from(number).is_ok() => out_of(number, *min, *max, "value"),
                _ => Some(Fault::Type { wanted: "integer" }),
            },
            (Shape::Boolean, Value::Bool(_)) => None,
            (Shape::Timestamp, Value::String(text)) => match text.parse::<jiff::Timestamp>() {
                Ok(_) => None,
                Err(_) => Some(Fault::Type { wanted: "timestamp" }),
            },
            (Shape::List { .. }, _) => Some(Fault::Type { wanted: "list" }),
            (Shape::Text { .. }, _) => Some(Fault::Type { wanted: "string" }),
            (Shape::Integer { .. }, _) => Some(Fault::Type { wanted: "integer" }),
            (Shape::Boolean, _) => Some(Fault::Type { wanted: "boolean" }),
            (Shape::Timestamp, _) => Some(Fault::Type { wanted: "timestamp" }),
        };
        fault.map_or(Ok(()), |fault| Err(self.table.refuse(path, value, fault)))
    }

    /// The name of a member as the service's messages have it: on the wire for EC2, else the model's.
    fn spelling<'a>(&self, name: &'a str, input_name: &'a str) -> &'a str {
        match self.table.protocol {
            Protocol::Ec2 => input_name,
            Protocol::Query | Protocol::Json | Protocol::RestJson => name,
        }
    }

    fn element(&self, path: &str, index: usize) -> String {
        let number = index + 1;
        match self.table.protocol {
            Protocol::Ec2 => format!("{path}.{number}"),
            Protocol::Query | Protocol::Json | Protocol::RestJson => format!("{path}.{number}.member"),
        }
    }
}

fn out_of<N: PartialOrd + std::fmt::Display>(
    number: N,
    min: Option<N>,
    max: Option<N>,
    what: &str,
) -> Option<Fault<'static>> {
    let side = |word: &str, bound: N| {
        Some(Fault::Bounds { constraint: format!("Member must have {what} {word} than or equal to {bound}") })
    };
    match (min, max) {
        (Some(min), _) if number < min => side("greater", min),
        (_, Some(max)) if number > max => side("less", max),
        _ => None,
    }
}
