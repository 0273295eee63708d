//! The JSON Schema of the config file, and what the decoder asks of it.

use std::collections::BTreeMap;
use std::rc::Rc;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::shape;

/// Returns the JSON Schema (draft 2020-12) of the config file.
#[must_use]
pub fn schema() -> Value {
    generate::<shape::Config>()
}

/// Returns the schema as text, as it stands in `config/transitd.schema.json`: with a newline at the end.
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

fn generate<S: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<S>().to_value();
    forbid_null(&mut schema);
    // The order of keys is otherwise decided by whichever crate of a build turns serde_json's `preserve_order` on.
    schema.sort_all_objects();
    schema
}

/// Takes `null` out of the types of optional keys: schemars means "may be left out" by it, and to the decoder a key
/// without a value is a mistake.
fn forbid_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|one| one != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [Value::Object(only)] = &choices[..] {
                    let only = only.clone();
                    object.remove("anyOf");
                    object.extend(only);
                }
            }
            object.values_mut().for_each(forbid_null);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What the schema says of one mapping.
#[derive(Debug)]
pub(super) struct Shape {
    pub keys: BTreeMap<String, Key>,
}

/// What the schema says of one key.
#[derive(Debug)]
pub(super) struct Key {
    pub required: bool,
    /// One sentence, or more, for people.
    pub about: String,
    /// The key with a good value, as one line of YAML.
    pub example: Option<String>,
}

/// The shapes asked for so far: a long list of accounts asks for the same one again and again.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub known: BTreeMap<String, Rc<Shape>>,
}

impl Shapes {
    pub fn of<S: JsonSchema>(&mut self) -> Rc<Shape> {
        let name = S::schema_name().into_owned();
        Rc::clone(self.known.entry(name).or_insert_with(|| Rc::new(Shape::from_schema(&generate::<S>()))))
    }
}

impl Shape {
    fn from_schema(schema: &Value) -> Self {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let key = |(name, property): (&String, &Value)| {
            let example = property["examples"].get(0).map(|example| format!("{name}: {}", flow(example)));
            let about = property["description"].as_str().unwrap_or_default().to_owned();
            (name.clone(), Key { required: required.contains(&name.as_str()), about, example })
        };
        Self { keys: properties.map(key).collect() }
    }
}

/// Writes a value as YAML on one line. Only texts that YAML would take for something else are quoted.
fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}
