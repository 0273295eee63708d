//! The JSON protocols: JSON 1.1, where the operation stands in `X-Amz-Target`, and REST-JSON, where it is the path.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::{Map, Value, json};

use super::{Read, Unreadable, time};
use crate::call::{AwsError, Service};
use crate::shapes::{self, Fault, Location, Member, Operation, Protocol, ServiceTable, Shape, Structure, join};

/// The longest list in a request, where the table has no bound of its own: as many items as a form may have parameters.
const MOST_ITEMS: usize = 10_000;

/// Reads a JSON 1.1 request.
pub(super) fn read(service: Service, headers: &HeaderMap, body: &[u8]) -> Read {
    let table = shapes::service(service);
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let prefix = table.target_prefix.as_deref().unwrap_or_default();
    let action = target.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    let unreadable = |error| Unreadable { action: action.to_owned(), error };
    let operation = shapes::operation(service, action).map_err(unreadable)?;
    let params = document(body).and_then(|body| read_input(operation, body, Map::new())).map_err(unreadable)?;
    Ok((operation, params))
}

/// Reads a REST-JSON request: members stand in the query string or in the body.
pub(super) fn read_rest(service: Service, parts: &Parts, body: &[u8]) -> Read {
    let table = shapes::service(service);
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let mut operations = table.operations.values();
    let found = operations
        .find(|operation| operation.method.as_deref() == Some(method) && operation.uri.as_deref() == Some(path));
    let Some(operation) = found else {
        let message = format!("Unable to determine service/operation name to be authorized: {method} {path}");
        let error = AwsError::new("UnknownOperationException", message).with_status(404);
        return Err(Unreadable { action: format!("{method} {path}"), error });
    };
    let unreadable = |error| Unreadable { action: operation.name.clone(), error };
    let given = query_string(table, operation, parts.uri.query().unwrap_or_default()).map_err(unreadable)?;
    let params = document(body).and_then(|body| read_input(operation, body, given)).map_err(unreadable)?;
    Ok((operation, params))
}

/// Parses a body; none at all counts as an empty document.
fn document(body: &[u8]) -> Result<Value, AwsError> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(body)
        .map_err(|error| AwsError::new("SerializationException", format!("The request is no JSON document: {error}")))
}

fn query_string(table: &ServiceTable, operation: &Operation, query: &str) -> Result<Map<String, Value>, AwsError> {
    let structure = operation.input.as_deref().map(|input| table.structure(input));
    let mut given = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let member = structure.and_then(|structure| {
            structure.members.iter().find(|member| in_query(member) && member.input_name == name)
        });
        let Some(member) = member else {
            return Err(table.refuse(&name, &Value::Null, Fault::Unknown));
        };
        if given.insert(member.name.clone(), Value::String(value.into_owned())).is_some() {
            let message = format!("The parameter {name} is given twice");
            return Err(AwsError::new("SerializationException", message));
        }
    }
    Ok(given)
}

fn in_query(member: &Member) -> bool {
    match member.location {
        Some(Location::QueryString) => true,
        None => false,
    }
}

/// Turns a request's document into canonical form; `given` is what already stood outside of it.
fn read_input(operation: &Operation, body: Value, given: Map<String, Value>) -> Result<Value, AwsError> {
    let reader = Reader { table: operation.table() };
    let mut members = given;
    match &operation.input {
        Some(input) => {
            if let Value::Object(more) = reader.structure(reader.table.structure(input), body, "")? {
                members.extend(more);
            }
        }
        None => {
            if let Some(name) = body.as_object().and_then(|members| members.keys().next()) {
                return Err(reader.table.refuse(name, &Value::Null, Fault::Unknown));
            }
        }
    }
    Ok(Value::Object(members))
}

/// Renames members and turns times into text. Types are checked later, with the bounds: by any door alike.
struct Reader {
    table: &'static ServiceTable,
}

impl Reader {
    fn structure(&self, structure: &Structure, value: Value, path: &str) -> Result<Value, AwsError> {
        let Value::Object(given) = value else {
            return Err(self.table.refuse(path, &value, Fault::Type { wanted: "structure" }));
        };
        let mut members = Map::new();
        for (name, value) in given {
            let path = join(path, &name);
            let mut known = structure.members.iter().filter(|member| !in_query(member));
            let Some(member) = known.find(|member| member.input_name == name) else {
                return Err(self.table.refuse(&path, &value, Fault::Unknown));
            };
            members.insert(member.name.clone(), self.value(&member.shape, value, &path)?);
        }
        Ok(Value::Object(members))
    }

    fn value(&self, shape: &str, value: Value, path: &str) -> Result<Value, AwsError> {
        match (self.table.shape(shape), value) {
            (_, Value::Null) => Ok(Value::Null),
            (Shape::Structure(structure), value) => self.structure(structure, value, path),
            (Shape::List { .. }, Value::Array(items)) if items.len() > MOST_ITEMS => {
                let constraint = format!("Member must have length less than or equal to {MOST_ITEMS}");
                Err(self.table.refuse(path, &Value::Null, Fault::Bounds { constraint }))
            }
            (Shape::List { of, .. }, Value::Array(items)) => {
                let items = items.into_iter().enumerate();
                items.map(|(index, item)| self.value(of, item, &format!("{path}.{}.member", index + 1))).collect()
            }
            (Shape::Timestamp, Value::Number(seconds)) => {
                let at = seconds.as_f64().and_then(time::from_epoch);
                let wrong = || self.table.refuse(path, &Value::Number(seconds), Fault::Type { wanted: "timestamp" });
                at.map(|at| Value::String(at.to_string())).ok_or_else(wrong)
            }
            (Shape::Timestamp, value) => Err(self.table.refuse(path, &value, Fault::Type { wanted: "timestamp" })),
            (Shape::List { .. } | Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean, value) => Ok(value),
        }
    }
}

/// Writes an answer that the table knows.
pub(super) fn answer(operation: &Operation, answer: &Value) -> String {
    operation
        .output
        .as_deref()
        .map_or_else(|| "{}".to_owned(), |out| written(operation.table(), out, answer).to_string())
}

fn written(table: &ServiceTable, shape: &str, value: &Value) -> Value {
    match (table.shape(shape), value) {
        (Shape::Structure(structure), _) => {
            let present = structure.members.iter().filter_map(|member| match value.get(&member.name) {
                None | Some(Value::Null) => None,
                Some(value) => Some((member.output_name.clone(), written(table, &member.shape, value))),
            });
            Value::Object(present.collect())
        }
        (Shape::List { of, .. }, Value::Array(items)) => items.iter().map(|item| written(table, of, item)).collect(),
        (Shape::Timestamp, Value::String(text)) => text.parse().map_or(Value::Null, time::epoch),
        (
            Shape::List { .. } | Shape::Timestamp | Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean,
            value,
        ) => value.clone(),
    }
}

/// Writes an error: JSON 1.1 has the code in the body, REST-JSON in a header.
pub(super) fn error(protocol: Protocol, error: &AwsError) -> String {
    match protocol {
        Protocol::Json | Protocol::Ec2 | Protocol::Query => {
            let mut body = json!({"__type": error.code, "Message": error.message});
            if let Some(reason) = &error.reason {
                body["Reason"] = json!(reason);
            }
            body.to_string()
        }
        Protocol::RestJson => json!({"message": error.message}).to_string(),
    }
}
