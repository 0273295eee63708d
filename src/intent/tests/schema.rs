//! The JSON Schema and the decoder say the same.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{EVERYTHING, change};
use crate::intent::decode::Decoder;
use crate::intent::{config, schema, schema_text, tree};

#[test]
fn the_checked_in_schema_is_the_generated_one() {
    let checked_in = include_str!("../../../config/transitd.schema.json");
    let generated = schema_text();
    if checked_in != generated {
        let difference = similar::TextDiff::from_lines(checked_in, &generated).unified_diff().to_string();
        panic!("run `transitd schema > config/transitd.schema.json`:\n{difference}");
    }
}

/// Every mapping that the schema describes is read by the decoder, key by key: `Fields` asserts that the keys read are
/// those of the schema, so it is enough that each mapping occurs.
#[test]
fn the_schema_knows_exactly_the_keys_that_are_read() {
    let mut decoder = Decoder::default();
    let text = change(EVERYTHING, "from: organizations", r#"list: [{ id: "333333333333", name: shared }]"#);
    let text = change(&text, "with: organization", "with: { ous: [Workloads] }");
    let text = change(&text, "undeclared: report ", "undeclared: { vpc_routes: report } ");
    let text = change(&text, "routes: all ", "routes: { requester: all } ");
    let (root, problems) = tree::read(&text);
    assert!(problems.is_empty());
    config::read(&mut decoder, &root.unwrap());

    let schema = schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let described: BTreeSet<&str> = definitions
        .iter()
        .filter(|(_, definition)| definition.get("properties").is_some())
        .map(|(name, _)| name.as_str())
        .chain(["transitd"])
        .collect();
    let read: BTreeSet<&str> = decoder.shapes.known.keys().map(String::as_str).collect();
    assert_eq!(described, read);
}

#[test]
fn no_key_without_a_description_and_no_required_key_without_an_example() {
    fn check(name: &str, schema: &Value) {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].is_string(), "{name}.{key} has no description");
            let example = property["examples"].get(0).is_some();
            assert!(example || !required.contains(&key.as_str()), "{name}.{key} has no example");
        }
    }
    let schema = schema();
    check("transitd", &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        check(name, definition);
    }
}

#[test]
fn the_schema_promises_no_null() {
    assert!(!schema_text().contains("null"));
}
