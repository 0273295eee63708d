//! Answers of the query protocols. EC2's own manner: the members beside `requestId`, `item` around list elements. IAM's
//! and STS's: the members in a result element, `ResponseMetadata` after it, `member` around list elements.

use quick_xml::escape::escape;
use serde_json::Value;

use super::time::{self, Format};
use crate::call::AwsError;
use crate::shapes::{Operation, Protocol, ServiceTable, Shape};

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// Writes an answer that the table knows.
pub(super) fn answer(operation: &Operation, answer: &Value, request_id: &str) -> String {
    let table = operation.table();
    let mut writer = Writer { table, text: DECLARATION.to_owned() };
    let name = &operation.name;
    let namespace = table.namespace.as_deref().unwrap_or_default().trim_end_matches('/');
    writer.text.push_str(&format!("\n<{name}Response xmlns=\"{namespace}/\">"));
    match table.protocol {
        Protocol::Ec2 => {
            writer.element("requestId", request_id);
            match &operation.output {
                Some(output) => writer.members(output, answer),
                None => writer.element("return", "true"),
            }
        }
        Protocol::Query | Protocol::Json | Protocol::RestJson => {
            if let Some(output) = &operation.output {
                let wrapper = operation.wrapper.clone().unwrap_or_else(|| format!("{name}Result"));
                writer.open(&wrapper);
                writer.members(output, answer);
                writer.close(&wrapper);
            }
            writer.open("ResponseMetadata");
            writer.element("RequestId", request_id);
            writer.close("ResponseMetadata");
        }
    }
    writer.close(&format!("{name}Response"));
    writer.text
}

/// Writes an error in EC2's form, or in that of the other query services.
pub(super) fn error(protocol: Protocol, error: &AwsError, request_id: &str) -> String {
    let (code, message, request_id) = (clean(&error.code), clean(&error.message), clean(request_id));
    match protocol {
        Protocol::Ec2 => format!(
            "{DECLARATION}\n<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
             <RequestID>{request_id}</RequestID></Response>"
        ),
        Protocol::Query | Protocol::Json | Protocol::RestJson => {
            let fault = if error.status < 500 { "Sender" } else { "Receiver" };
            format!(
                "{DECLARATION}\n<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        }
    }
}

struct Writer<'a> {
    table: &'a ServiceTable,
    text: String,
}

impl Writer<'_> {
    fn open(&mut self, name: &str) {
        self.text.push_str(&format!("<{name}>"));
    }

    fn close(&mut self, name: &str) {
        self.text.push_str(&format!("</{name}>"));
    }

    fn element(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text.push_str(&clean(text));
        self.close(name);
    }

    fn members(&mut self, structure: &str, value: &Value) {
        for member in &self.table.structure(structure).members {
            match value.get(&member.name) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    self.open(&member.output_name);
                    self.value(&member.shape, value);
                    self.close(&member.output_name);
                }
            }
        }
    }

    fn value(&mut self, shape: &str, value: &Value) {
        match (self.table.shape(shape), value) {
            (Shape::Structure(_), _) => self.members(shape, value),
            (Shape::List { of, item, .. }, _) => {
                let around = item.as_deref().unwrap_or("member");
                for element in value.as_array().into_iter().flatten() {
                    self.open(around);
                    self.value(of, element);
                    self.close(around);
                }
            }
            (Shape::Timestamp, Value::String(text)) => {
                let format = match self.table.protocol {
                    Protocol::Ec2 => Format::Milliseconds,
                    Protocol::Query | Protocol::Json | Protocol::RestJson => Format::Seconds,
                };
                let text = text.parse().map_or_else(|_| text.clone(), |at| time::text(at, format));
                self.text.push_str(&clean(&text));
            }
            (Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean, Value::String(text)) => {
                self.text.push_str(&clean(text));
            }
            (Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean | Shape::Timestamp, other) => {
                self.text.push_str(&clean(&other.to_string()));
            }
        }
    }
}

/// Makes text fit to stand in XML: escaped, and without the characters that XML 1.0 cannot hold at all.
fn clean(text: &str) -> String {
    let allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let text: String = text.chars().map(|c| if allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
    // A bare carriage return would be read back as a line feed.
    escape(text).replace('\r', "&#xD;")
}
