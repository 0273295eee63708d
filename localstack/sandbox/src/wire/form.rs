//! Requests of the query protocols: form parameters whose names are paths, `TagSpecification.1.Tag.1.Key`.
//!
//! EC2 writes a list as `NAME.1`, `NAME.2`; IAM and STS write `NAME.member.1`. AWS does not say what happens to a
//! parameter that is given twice or to a list with a gap in its numbers; no client sends such, so they are refused.

use std::collections::BTreeMap;

use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::{Read, Unreadable};
use crate::call::{AwsError, Service};
use crate::shapes::{self, Fault, Protocol, ServiceTable, Shape, Structure, join};

/// The most parameters in a request: far more than any client sends, and few enough to be read at once.
const MOST_PARAMETERS: usize = 10_000;

/// The longest name of a parameter, in bytes; the longest in the table has about a hundred.
const LONGEST_NAME: usize = 1024;

/// The deepest path. The deepest in the table has about ten parts.
const DEEPEST: usize = 32;

/// What stands under one name.
#[derive(Debug, Default)]
struct Node {
    value: Option<String>,
    children: BTreeMap<String, Node>,
}

/// Reads a request's action and parameters from the query string and the body.
pub(super) fn read(service: Service, parts: &Parts, body: &[u8]) -> Read {
    let table = shapes::service(service);
    let unreadable = |action: &str, error| Unreadable { action: action.to_owned(), error };
    let mut root = Node::default();
    let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    for (count, (name, value)) in pairs.chain(form_urlencoded::parse(body)).enumerate() {
        if count >= MOST_PARAMETERS {
            return Err(unreadable("", malformed("The request has too many parameters")));
        }
        root.insert(&name, &value).map_err(|error| unreadable("", error))?;
    }
    let mut take = |name: &str| root.children.remove(name).and_then(|node| node.value);
    let Some(action) = take("Action") else {
        return Err(unreadable("", AwsError::new("MissingAction", "The request must contain the parameter Action")));
    };
    let version = take("Version").unwrap_or_default();
    if version != table.version {
        let message = format!("The requested version ({version}) of service {service} does not exist");
        return Err(unreadable(&action, AwsError::new("NoSuchVersion", message)));
    }
    let operation = shapes::operation(service, &action).map_err(|error| unreadable(&action, error))?;
    let reader = Reader { table };
    let params = match &operation.input {
        Some(input) => reader.structure(table.structure(input), root, ""),
        None => match root.children.into_iter().next() {
            Some((name, _)) => Err(table.refuse(&name, &Value::Null, Fault::Unknown)),
            None => Ok(Value::Object(Map::new())),
        },
    };
    params.map(|params| (operation, params)).map_err(|error| unreadable(&action, error))
}

impl Node {
    fn insert(&mut self, path: &str, value: &str) -> Result<(), AwsError> {
        if path.contains(char::REPLACEMENT_CHARACTER) || value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(malformed("The request has text that is not UTF-8"));
        }
        if path.len() > LONGEST_NAME {
            return Err(malformed("The request has a parameter with a name that is too long"));
        }
        let mut node = self;
        for (depth, name) in path.split('.').enumerate() {
            if name.is_empty() || depth >= DEEPEST {
                return Err(malformed(format!("The parameter name '{path}' is malformed")));
            }
            node = node.children.entry(name.to_owned()).or_default();
        }
        match node.value.replace(value.to_owned()) {
            None => Ok(()),
            Some(_) => Err(malformed(format!("The parameter {path} is given twice"))),
        }
    }

    /// Says whether the parameter was given without a value and without parts: an empty list or nothing.
    fn is_bare(&self) -> bool {
        self.children.is_empty() && self.value.as_deref().is_none_or(str::is_empty)
    }
}

struct Reader {
    table: &'static ServiceTable,
}

impl Reader {
    fn structure(&self, structure: &Structure, node: Node, path: &str) -> Result<Value, AwsError> {
        if let Some(value) = node.value {
            return Err(self.wrong_type(path, value, "structure"));
        }
        let mut members = Map::new();
        for (name, child) in node.children {
            let path = join(path, &name);
            let Some(member) = structure.members.iter().find(|member| member.input_name == name) else {
                return Err(self.table.refuse(&path, &Value::Null, Fault::Unknown));
            };
            members.insert(member.name.clone(), self.value(&member.shape, child, &path)?);
        }
        Ok(Value::Object(members))
    }

    fn value(&self, shape: &str, node: Node, path: &str) -> Result<Value, AwsError> {
        let shape = self.table.shape(shape);
        match shape {
            Shape::Structure(structure) => return self.structure(structure, node, path),
            Shape::List { of, item, .. } => return self.list(of, item.as_deref(), node, path),
            Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean | Shape::Timestamp => {}
        }
        if let Some(name) = node.children.keys().next() {
            return Err(self.table.refuse(&join(path, name), &Value::Null, Fault::Unknown));
        }
        let text = node.value.unwrap_or_default();
        let read = match shape {
            Shape::Integer { .. } => text.parse::<i64>().ok().map(Value::from).ok_or("integer"),
            Shape::Boolean => match text.as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err("boolean"),
            },
            Shape::Timestamp => {
                text.parse::<jiff::Timestamp>().map(|time| Value::String(time.to_string())).map_err(|_| "timestamp")
            }
            Shape::Text { .. } | Shape::Structure(_) | Shape::List { .. } => Ok(Value::String(text.clone())),
        };
        read.map_err(|wanted| self.wrong_type(path, text, wanted))
    }

    fn list(&self, of: &str, item: Option<&str>, mut node: Node, path: &str) -> Result<Value, AwsError> {
        if node.is_bare() {
            return Ok(Value::Array(Vec::new()));
        }
        if let Some(value) = node.value {
            return Err(self.wrong_type(path, value, "list"));
        }
        let mut path = path.to_owned();
        match self.table.protocol {
            Protocol::Ec2 => {}
            Protocol::Query | Protocol::Json | Protocol::RestJson => {
                let around = item.unwrap_or("member");
                if let Some(name) = node.children.keys().find(|name| *name != around) {
                    return Err(self.table.refuse(&join(&path, name), &Value::Null, Fault::Unknown));
                }
                path = join(&path, around);
                node = node.children.remove(around).unwrap_or_default();
            }
        }
        let mut numbered = BTreeMap::new();
        for (name, child) in node.children {
            // `01` and `+1` are no numbers of a list.
            let number = name.parse::<usize>().ok().filter(|number| number.to_string() == name);
            let Some(number) = number else {
                return Err(self.table.refuse(&join(&path, &name), &Value::Null, Fault::Unknown));
            };
            numbered.insert(number, child);
        }
        let mut items = Vec::with_capacity(numbered.len());
        for (index, (number, child)) in numbered.into_iter().enumerate() {
            let path = join(&path, &number.to_string());
            if number != index + 1 {
                return Err(malformed(format!("The list has no element before {path}")));
            }
            items.push(self.value(of, child, &path)?);
        }
        Ok(Value::Array(items))
    }

    fn wrong_type(&self, path: &str, value: String, wanted: &'static str) -> AwsError {
        self.table.refuse(path, &Value::String(value), Fault::Type { wanted })
    }
}

fn malformed(message: impl Into<String>) -> AwsError {
    AwsError::new("MalformedQueryString", message)
}
