//! The text of a policy document: JSON with one thing or a list of things nearly everywhere.
//!
//! A name that is given twice is an error; taking the last would ignore the first.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::malformed;
use crate::call::AwsError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DocumentText {
    pub version: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<String>,
    pub statement: OneOrMany<StatementText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StatementText {
    pub sid: Option<String>,
    pub effect: String,
    pub principal: Option<Value>,
    pub not_principal: Option<Value>,
    pub action: Option<OneOrMany<String>>,
    pub not_action: Option<OneOrMany<String>>,
    pub resource: Option<OneOrMany<String>>,
    pub not_resource: Option<OneOrMany<String>>,
    #[serde(default)]
    pub condition: ConditionText,
}

/// Operators, with keys, with values.
pub type ConditionText = Pairs<Pairs<OneOrMany<Scalar>>>;

impl DocumentText {
    /// Reads a document.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`.
    pub fn read(text: &str) -> Result<Self, AwsError> {
        let document: Self =
            serde_json::from_str(text).map_err(|error| malformed(format!("Syntax errors in policy: {error}")))?;
        match document.version.as_deref() {
            None | Some("2012-10-17" | "2008-10-17") => Ok(document),
            Some(version) => Err(malformed(format!("The policy must contain a valid version string, not {version}"))),
        }
    }

    /// Says whether `${key}` is a variable in it: only documents of the newer version have them.
    pub fn has_variables(&self) -> bool {
        self.version.as_deref() == Some("2012-10-17")
    }
}

impl StatementText {
    /// Reads the effect: whether the statement allows.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`.
    pub fn allows(&self) -> Result<bool, AwsError> {
        match self.effect.as_str() {
            "Allow" => Ok(true),
            "Deny" => Ok(false),
            other => Err(malformed(format!("Invalid effect: {other}"))),
        }
    }
}

/// One thing, or a list of them.
pub enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Things(PhantomData))
    }
}

/// Reads one thing or a list. By hand, so that an error says what is wrong within.
struct Things<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Things<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one thing or a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(OneOrMany::Many)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(OneOrMany::One)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(OneOrMany::One)
    }

    fn visit_bool<E: serde::de::Error>(self, yes: bool) -> Result<Self::Value, E> {
        T::deserialize(yes.into_deserializer()).map(OneOrMany::One)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(OneOrMany::One)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(OneOrMany::One)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(OneOrMany::One)
    }
}

impl<T> IntoIterator for OneOrMany<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
        .into_iter()
    }
}

/// A condition's value; `true` and `1` are as good as their texts.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Bool(bool),
    Number(serde_json::Number),
}

impl Scalar {
    pub fn text(self) -> String {
        match self {
            Scalar::Text(text) => text,
            Scalar::Bool(yes) => yes.to_string(),
            Scalar::Number(number) => number.to_string(),
        }
    }
}

/// An object as pairs, in the order of the text, no name twice.
pub struct Pairs<T>(pub Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfPairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfPairs<T> {
            type Value = Pairs<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let (mut pairs, mut names) = (Vec::new(), BTreeSet::new());
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format!("{name} is given twice")));
                    }
                    pairs.push((name, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(OfPairs(PhantomData))
    }
}
