//! What is written and what is read are the same, for every operation of the table.
//!
//! The other side of each codec is written here from the protocols' descriptions: a client that writes requests and
//! reads answers.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

use super::*;
use crate::random::Dice;
use crate::shapes::{Location, ServiceTable, Shape};

/// How deep made-up values go: some shapes hold themselves.
const DEPTH: usize = 8;

/// Makes up a value of a shape; each member is there half of the time.
fn made_up(table: &ServiceTable, shape: &str, dice: &mut Dice, depth: usize) -> Value {
    match table.shape(shape) {
        Shape::Text { values, .. } if !values.is_empty() => {
            let at = dice.next() as usize % values.len();
            values.iter().nth(at).cloned().map_or(Value::Null, Value::String)
        }
        Shape::Text { .. } => {
            const SOME: [&str; 8] = ["", "a", " <b>&amp;\"' ", "ü€😀", "10.0.0.0/16", "x\ty\nz", "&#x41;", "]]>"];
            json!(SOME[dice.next() as usize % SOME.len()])
        }
        Shape::Integer { long: true, .. } => json!((dice.next() as i64) >> 3),
        Shape::Integer { long: false, .. } => json!(dice.next() as i32),
        Shape::Boolean => json!(dice.next().is_multiple_of(2)),
        Shape::Timestamp => {
            let at = jiff::Timestamp::from_second((dice.next() % 4_000_000_000) as i64).unwrap();
            json!(at)
        }
        Shape::List { of, .. } => {
            let count = if depth == 0 { 0 } else { dice.next() % 4 };
            (0..count).map(|_| made_up(table, of, dice, depth - 1)).collect()
        }
        Shape::Structure(structure) => {
            let mut members = Map::new();
            for member in &structure.members {
                if depth > 0 && dice.next().is_multiple_of(2) {
                    members.insert(member.name.clone(), made_up(table, &member.shape, dice, depth - 1));
                }
            }
            Value::Object(members)
        }
    }
}

/// Takes out what the query protocols cannot say: structures without members, and for EC2 empty lists.
fn sayable(protocol: Protocol, value: Value) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let members: Map<_, _> =
                members.into_iter().filter_map(|(name, value)| Some((name, sayable(protocol, value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(|item| sayable(protocol, item)).collect();
            (!items.is_empty() || protocol == Protocol::Query).then_some(Value::Array(items))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value),
    }
}

fn write_form(table: &ServiceTable, shape: &str, value: &Value, path: &str, form: &mut Vec<(String, String)>) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (table.shape(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            for (name, value) in members {
                let member = structure.member(name).unwrap();
                write_form(table, &member.shape, value, &under(&member.input_name), form);
            }
        }
        (Shape::List { .. }, Value::Array(items)) if items.is_empty() => form.push((path.to_owned(), String::new())),
        (Shape::List { of, item, .. }, Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                let number = (index + 1).to_string();
                let path = match table.protocol {
                    Protocol::Ec2 => under(&number),
                    Protocol::Query | Protocol::Json | Protocol::RestJson => {
                        under(&format!("{}.{number}", item.as_deref().unwrap_or("member")))
                    }
                };
                write_form(table, of, value, &path, form);
            }
        }
        (_, Value::String(text)) => form.push((path.to_owned(), text.clone())),
        (_, other) => form.push((path.to_owned(), other.to_string())),
    }
}

/// An XML element: its name and what is in it.
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

fn parse_xml(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element { name: String::new(), text: String::new(), children: Vec::new() }];
    loop {
        match reader.read_event().expect("an answer is well-formed") {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                open.push(Element { name, text: String::new(), children: Vec::new() });
            }
            Event::End(_) => {
                let element = open.pop().unwrap();
                open.last_mut().unwrap().children.push(element);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().unwrap().map(String::from);
                let named = || quick_xml::escape::resolve_xml_entity(&name).unwrap().to_owned();
                let resolved = character.unwrap_or_else(named);
                open.last_mut().unwrap().text.push_str(&resolved);
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            Event::Empty(_) | Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {
                panic!("an answer has none of these: {text}")
            }
        }
    }
    let mut root = open.pop().unwrap();
    assert!(open.is_empty());
    root.children.pop().unwrap()
}

fn read_xml(table: &ServiceTable, shape: &str, element: &Element) -> Value {
    match table.shape(shape) {
        Shape::Structure(structure) => {
            let members = element.children.iter().filter_map(|child| {
                let member = structure.members.iter().find(|member| member.output_name == child.name)?;
                Some((member.name.clone(), read_xml(table, &member.shape, child)))
            });
            Value::Object(members.collect())
        }
        Shape::List { of, item, .. } => {
            let around = item.as_deref().unwrap_or("member");
            let items = element.children.iter();
            items
                .map(|child| {
                    assert_eq!(child.name, around);
                    read_xml(table, of, child)
                })
                .collect()
        }
        Shape::Integer { .. } => json!(element.text.parse::<i64>().unwrap()),
        Shape::Boolean => json!(element.text.parse::<bool>().unwrap()),
        Shape::Timestamp => json!(element.text.parse::<jiff::Timestamp>().unwrap()),
        Shape::Text { .. } => json!(element.text),
    }
}

fn read_json(table: &ServiceTable, shape: &str, value: &Value) -> Value {
    match (table.shape(shape), value) {
        (Shape::Structure(structure), Value::Object(members)) => {
            let members = members.iter().map(|(name, value)| {
                let member = structure.members.iter().find(|member| member.output_name == *name).unwrap();
                (member.name.clone(), read_json(table, &member.shape, value))
            });
            Value::Object(members.collect())
        }
        (Shape::List { of, .. }, Value::Array(items)) => items.iter().map(|item| read_json(table, of, item)).collect(),
        (Shape::Timestamp, seconds) => json!(jiff::Timestamp::from_second(seconds.as_f64().unwrap() as i64).unwrap()),
        (_, value) => value.clone(),
    }
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    Service::ALL.into_iter().flat_map(|service| shapes::service(service).operations.values())
}

fn parts(method: &str, uri: &str, target: &str) -> Parts {
    let request = HttpRequest::builder().method(method).uri(uri).header("x-amz-target", target);
    request.body(()).unwrap().into_parts().0
}

fn read_back(operation: &'static Operation, params: &Value) -> Read {
    let table = operation.table();
    let input = operation.input.as_deref().unwrap_or_default();
    match table.protocol {
        Protocol::Ec2 | Protocol::Query => {
            let mut form =
                vec![("Action".to_owned(), operation.name.clone()), ("Version".to_owned(), table.version.clone())];
            if operation.input.is_some() {
                write_form(table, input, params, "", &mut form);
            }
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            form::read(operation.service, &parts("POST", "/", ""), body.as_bytes())
        }
        Protocol::Json => {
            let target = format!("{}.{}", table.target_prefix.as_deref().unwrap(), operation.name);
            json::read(operation.service, &parts("POST", "/", &target).headers, params.to_string().as_bytes())
        }
        Protocol::RestJson => {
            let structure = operation.input.as_deref().map(|input| table.structure(input));
            let in_query = |name: &str| {
                structure.and_then(|structure| structure.member(name)).unwrap().location == Some(Location::QueryString)
            };
            let (query, body): (Vec<_>, Vec<_>) =
                params.as_object().unwrap().iter().partition(|(name, _)| in_query(name));
            let mut address = form_urlencoded::Serializer::new(String::new());
            for (name, value) in query {
                address.append_pair(name, value.as_str().unwrap());
            }
            let uri = format!("{}?{}", operation.uri.as_deref().unwrap(), address.finish());
            let body: Map<String, Value> =
                body.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let parts = parts(operation.method.as_deref().unwrap(), &uri, "");
            json::read_rest(operation.service, &parts, Value::Object(body).to_string().as_bytes())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn a_request_is_read_as_it_was_meant(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        for operation in operations() {
            let table = operation.table();
            let params = operation.input.as_deref().map(|input| made_up(table, input, &mut dice, DEPTH));
            let params = params.and_then(|params| match table.protocol {
                Protocol::Ec2 | Protocol::Query => sayable(table.protocol, params),
                Protocol::Json | Protocol::RestJson => Some(params),
            });
            let params = params.unwrap_or_else(|| json!({}));
            let (found, read) = read_back(operation, &params).unwrap();
            prop_assert_eq!(&found.name, &operation.name);
            prop_assert!(read == params, "{}: {} is not {}", operation.name, read, params);
        }
    }

    #[test]
    fn an_answer_is_read_as_it_was_meant(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        for operation in operations() {
            let (table, Some(output)) = (operation.table(), operation.output.as_deref()) else { continue };
            let answer = made_up(table, output, &mut dice, DEPTH);
            prop_assert_eq!(operation.check_output(&answer), Ok(()));
            let read = match table.protocol {
                Protocol::Ec2 => read_xml(table, output, &parse_xml(&xml::answer(operation, &answer, "id"))),
                Protocol::Query => {
                    let response = parse_xml(&xml::answer(operation, &answer, "id"));
                    prop_assert_eq!(&response.children[1].name, "ResponseMetadata");
                    read_xml(table, output, &response.children[0])
                }
                Protocol::Json | Protocol::RestJson => {
                    read_json(table, output, &serde_json::from_str(&json::answer(operation, &answer)).unwrap())
                }
            };
            prop_assert!(read == answer, "{}: {} is not {}", operation.name, read, answer);
        }
    }
}

#[test]
fn an_answer_with_a_member_that_the_table_lacks_is_found_out() {
    let operation = shapes::operation(Service::Ec2, "DescribeVpcs").unwrap();
    let misspelt = json!({"Vpcs": [{"VpcId": "vpc-1", "Cidr": "10.0.0.0/16"}]});
    let bug = operation.check_output(&misspelt).unwrap_err();
    assert_eq!(bug, "the answer of DescribeVpcs.Vpcs[0].Cidr is not known to the table");
    let odd = json!({"Vpcs": [{"State": "sleepy"}]});
    assert!(operation.check_output(&odd).unwrap_err().contains("'sleepy' is none of AWS's values"));
}

#[test]
fn characters_that_xml_cannot_hold_are_replaced() {
    let operation = shapes::operation(Service::Sts, "GetCallerIdentity").unwrap();
    let answer = json!({"Arn": "a\u{0}b\u{b}\u{ffff}\r"});
    let response = parse_xml(&xml::answer(operation, &answer, "id"));
    assert_eq!(response.children[0].children[0].text, "a\u{fffd}b\u{fffd}\u{fffd}\r");
}

#[test]
fn times_are_written_as_each_protocol_has_them() {
    let at: jiff::Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
    assert_eq!(time::text(at, time::Format::Milliseconds), "2026-01-02T03:04:05.678Z");
    assert_eq!(time::text(at, time::Format::Seconds), "2026-01-02T03:04:05Z");
    assert_eq!(time::epoch(at), json!(1767323045.678));
    assert_eq!(time::from_epoch(1767323045.678), Some(at));
    assert_eq!([time::from_epoch(f64::NAN), time::from_epoch(1e300)], [None, None]);
}
