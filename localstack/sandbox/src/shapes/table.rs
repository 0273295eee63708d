//! The table of shapes as values, and how it is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use regex::Regex;
use serde::Deserialize;

use crate::call::Service;

/// How a service's messages are put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Form parameters in, XML out, in EC2's own manner.
    Ec2,
    /// Form parameters in, XML out: IAM and STS.
    Query,
    /// JSON 1.1, the operation in `X-Amz-Target`: Organizations.
    Json,
    /// JSON, the operation in method and path: RAM.
    RestJson,
}

/// What the table has of one service.
#[derive(Debug)]
pub struct ServiceTable {
    pub protocol: Protocol,
    /// The API's version, `2016-11-15`, which a query request names.
    pub version: String,
    /// The XML namespace of answers; the JSON protocols have none.
    pub namespace: Option<String>,
    /// What stands before the dot in `X-Amz-Target`.
    pub target_prefix: Option<String>,
    pub operations: BTreeMap<String, Operation>,
    shapes: ByName<Shape>,
}

/// A map by names that the program knows: every value of every answer is looked up in one, so the hash is a fast one
/// (FNV-1a), and not one that withstands chosen keys.
type ByName<T> = HashMap<String, T, BuildHasherDefault<Fnv>>;

#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl ServiceTable {
    /// Returns a shape by the name that a member, a list or an operation gives.
    pub fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).expect("every name in the table is that of a shape; reading it checks that")
    }

    /// Returns the structure of that name.
    pub fn structure(&self, name: &str) -> &Structure {
        match self.shape(name) {
            Shape::Structure(structure) => structure,
            Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean | Shape::Timestamp | Shape::List { .. } => {
                unreachable!("requests and answers are structures; reading the table checks that")
            }
        }
    }
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    pub service: Service,
    pub name: String,
    /// The request's structure; none when it takes no parameters.
    pub input: Option<String>,
    /// The answer's structure; none when AWS answers with nothing.
    pub output: Option<String>,
    /// The HTTP method, REST-JSON only.
    pub method: Option<String>,
    /// The path, REST-JSON only.
    pub uri: Option<String>,
    /// The errors that it has for a request that does not fit, REST-JSON only.
    pub faults: Vec<String>,
    /// The element around the answer's members, query protocol only.
    pub wrapper: Option<String>,
}

impl Operation {
    pub fn table(&self) -> &'static ServiceTable {
        super::service(self.service)
    }
}

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// Text, with its length in characters, the values that it may have, and what it has to look like.
    Text {
        values: BTreeSet<String>,
        pattern: Option<Pattern>,
        min: Option<u64>,
        max: Option<u64>,
    },
    /// A whole number of 64 bits (`long`) or 32.
    Integer {
        long: bool,
        min: Option<i64>,
        max: Option<i64>,
    },
    Boolean,
    Timestamp,
    Structure(Structure),
    /// A list; `item` is its elements' name on the wire, where it is not the protocol's own.
    List {
        of: String,
        item: Option<String>,
        min: Option<u64>,
        max: Option<u64>,
    },
}

/// What a text has to look like, from end to end.
#[derive(Debug)]
pub struct Pattern {
    /// As the model writes it.
    pub text: String,
    whole: Regex,
}

impl Pattern {
    /// Reads a model's pattern, in which `\w` and `\d` stand for ASCII alone.
    fn new(text: String) -> Self {
        let ascii = text.replace(r"\w", "[0-9A-Za-z_]").replace(r"\d", "[0-9]");
        let whole = Regex::new(&format!("^(?:{ascii})$")).expect("a pattern of the model is one of the crate's");
        Self { text, whole }
    }

    pub fn fits(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

/// A structure's members, by AWS's names and in AWS's order.
#[derive(Debug)]
pub struct Structure {
    pub members: Vec<Member>,
    places: ByName<usize>,
}

impl Structure {
    fn new(members: Vec<Member>) -> Self {
        let places = members.iter().enumerate().map(|(place, member)| (member.name.clone(), place)).collect();
        Self { members, places }
    }

    pub fn member(&self, name: &str) -> Option<&Member> {
        self.places.get(name).and_then(|place| self.members.get(*place))
    }
}

#[derive(Debug)]
pub struct Member {
    pub name: String,
    /// The name of its shape.
    pub shape: String,
    pub required: bool,
    /// What a request calls it on the wire.
    pub input_name: String,
    /// What an answer calls it on the wire.
    pub output_name: String,
    /// Where it stands in a request when not in the body.
    pub location: Option<Location>,
}

/// A place in a REST request outside the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    QueryString,
}

// The table's own text.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    #[serde(rename = "source")]
    _source: String,
    services: BTreeMap<String, ServiceText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceText {
    protocol: Protocol,
    version: String,
    namespace: Option<String>,
    target_prefix: Option<String>,
    operations: BTreeMap<String, OperationText>,
    shapes: BTreeMap<String, ShapeText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationText {
    input: Option<String>,
    output: Option<String>,
    method: Option<String>,
    uri: Option<String>,
    #[serde(default)]
    faults: Vec<String>,
    wrapper: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum ShapeText {
    String {
        #[serde(default, rename = "enum")]
        values: BTreeSet<String>,
        pattern: Option<String>,
        min: Option<u64>,
        max: Option<u64>,
    },
    Integer {
        min: Option<i64>,
        max: Option<i64>,
    },
    Long {
        min: Option<i64>,
        max: Option<i64>,
    },
    Structure {
        #[serde(default)]
        required: Vec<String>,
        members: serde_json::Map<String, serde_json::Value>,
    },
    List {
        of: String,
        item: Option<String>,
        min: Option<u64>,
        max: Option<u64>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberText {
    #[serde(rename = "type")]
    shape: String,
    #[serde(rename = "in")]
    input_name: Option<String>,
    #[serde(rename = "out")]
    output_name: Option<String>,
    at: Option<Location>,
}

/// Reads the table, and checks that every name in it leads somewhere.
///
/// # Panics
/// When the table, which is part of the program, is not what `derive.py` writes.
pub(super) fn read(text: &str) -> BTreeMap<Service, ServiceTable> {
    let mut table: TableText = serde_json::from_str(text).expect("the table is in the form that derive.py writes");
    Service::ALL
        .into_iter()
        .map(|service| {
            let text = table.services.remove(service.name()).expect("the table has every service");
            (service, service_table(service, text))
        })
        .collect()
}

fn service_table(service: Service, text: ServiceText) -> ServiceTable {
    let mut shapes: ByName<Shape> = ByName::from_iter([
        ("string".to_owned(), Shape::Text { values: BTreeSet::new(), pattern: None, min: None, max: None }),
        ("integer".to_owned(), Shape::Integer { long: false, min: None, max: None }),
        ("long".to_owned(), Shape::Integer { long: true, min: None, max: None }),
        ("boolean".to_owned(), Shape::Boolean),
        ("timestamp".to_owned(), Shape::Timestamp),
    ]);
    for (name, shape) in text.shapes {
        let earlier = shapes.insert(name.clone(), shape_of(shape));
        assert!(earlier.is_none(), "{service}: the shape {name} has the name of a bare type");
    }
    let operations = text
        .operations
        .into_iter()
        .map(|(name, operation)| {
            let OperationText { input, output, method, uri, faults, wrapper } = operation;
            (name.clone(), Operation { service, name, input, output, method, uri, faults, wrapper })
        })
        .collect();
    let ServiceText { protocol, version, namespace, target_prefix, .. } = text;
    let table = ServiceTable { protocol, version, namespace, target_prefix, operations, shapes };
    check_names(service, &table);
    table
}

fn shape_of(text: ShapeText) -> Shape {
    match text {
        ShapeText::String { values, pattern, min, max } => {
            Shape::Text { values, pattern: pattern.map(Pattern::new), min, max }
        }
        ShapeText::Integer { min, max } => Shape::Integer { long: false, min, max },
        ShapeText::Long { min, max } => Shape::Integer { long: true, min, max },
        ShapeText::List { of, item, min, max } => Shape::List { of, item, min, max },
        ShapeText::Structure { required, members } => {
            let members = members.into_iter().map(|(name, member)| {
                let required = required.contains(&name);
                member_of(name, member, required)
            });
            Shape::Structure(Structure::new(members.collect()))
        }
    }
}

fn member_of(name: String, text: serde_json::Value, required: bool) -> Member {
    let text = match text.as_str() {
        Some(shape) => MemberText { shape: shape.to_owned(), input_name: None, output_name: None, at: None },
        None => serde_json::from_value(text).expect("a member is the name of its shape, or an object"),
    };
    Member {
        required,
        shape: text.shape,
        input_name: text.input_name.unwrap_or_else(|| name.clone()),
        output_name: text.output_name.unwrap_or_else(|| name.clone()),
        location: text.at,
        name,
    }
}

fn check_names(service: Service, table: &ServiceTable) {
    let known = |name: &String| assert!(table.shapes.contains_key(name), "{service}: no shape {name}");
    for shape in table.shapes.values() {
        match shape {
            Shape::Structure(structure) => structure.members.iter().for_each(|member| known(&member.shape)),
            Shape::List { of, .. } => known(of),
            Shape::Text { .. } | Shape::Integer { .. } | Shape::Boolean | Shape::Timestamp => {}
        }
    }
    for operation in table.operations.values() {
        for name in operation.input.iter().chain(&operation.output) {
            let structure = matches!(table.shapes.get(name), Some(Shape::Structure(_)));
            assert!(structure, "{service}: {} has {name}, which is no structure", operation.name);
        }
        let rest = operation.method.is_some() && operation.uri.is_some();
        assert_eq!(rest, table.protocol == Protocol::RestJson, "{service}: {} has a path or lacks it", operation.name);
    }
}
