//! How requests and answers are written down: plain structs whose fields are AWS's members.
//!
//! A request refuses members that it does not have, so that what the sandbox does not model is never ignored. An
//! answer may hold `None`: [`told`] leaves such members out, since AWS never answers null.

use serde::Serialize;
use serde_json::Value;

/// Declares a request. The first word is serde's name for the service's way of writing members.
macro_rules! request {
    ($case:tt $(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, serde::Deserialize)]
        #[serde(rename_all = $case, deny_unknown_fields, default)]
        pub struct $name { $($(#[$of])* pub $field: $type),* }
    };
}

/// Declares an answer, or a part of one.
macro_rules! answer {
    ($case:tt $(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize)]
        #[serde(rename_all = $case)]
        pub struct $name { $($(#[$of])* pub $field: $type),* }
    };
}

/// Declares an enum with the words that AWS writes for its values.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),* }

        impl $name {
            /// Returns AWS's word for it.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    };
}

pub(crate) use {answer, request, words};

words! {
    /// The two positions of nearly every option of a transit gateway.
    Switch { Enable = "enable", Disable = "disable" }
}

impl Switch {
    pub fn is_on(self) -> bool {
        match self {
            Switch::Enable => true,
            Switch::Disable => false,
        }
    }
}

answer! { "PascalCase"
    /// The answer of an operation that only says that it was done.
    Done { r#return: bool }
}

answer! { "PascalCase"
    /// The answer of an operation that says nothing.
    Nothing {}
}

/// Turns an answer into the value that the caller gets, without the members that are absent.
pub fn told<T: Serialize>(answer: &T) -> Value {
    let mut value = serde_json::to_value(answer).expect("an answer is plain data");
    leave_out_absent(&mut value);
    value
}

fn leave_out_absent(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(leave_out_absent);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_absent),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    answer! { "PascalCase" Sample { vpc_id: Option<String>, tags: Vec<Option<u8>> } }
    request! { "PascalCase" Asked { vpc_id: Option<String> } }

    #[test]
    fn an_absent_member_is_left_out_and_an_empty_list_stays() {
        let value = told(&Sample { vpc_id: None, tags: Vec::new() });
        assert_eq!(value, serde_json::json!({"Tags": []}));
    }

    #[test]
    fn a_member_that_a_request_does_not_have_is_refused() {
        let read = serde_json::from_value::<Asked>(serde_json::json!({"VpcId": "vpc-1", "Other": 1}));
        assert!(read.unwrap_err().to_string().contains("unknown field `Other`"));
    }
}
