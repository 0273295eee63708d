//! Sets by name what a server may be told at its start: the switches, the quotas, throttling, delayed visibility.
//!
//! The names are those of the fields, so that a new switch or quota can be set as soon as it is there. A value is
//! written as in JSON; a word needs no quotes (`default_association=at-accept`).

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Network;

/// Sets one thing, written as `name=value`.
///
/// # Errors
/// Says what is wrong, and which names there are, when the name or the value will not do.
pub fn set(network: &mut Network, assignment: &str) -> Result<(), String> {
    let Some((name, text)) = assignment.split_once('=') else {
        return Err(format!("'{assignment}' is not of the form NAME=VALUE"));
    };
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match name {
        "throttling" => network.throttling = read(name, value)?,
        "visibility_lag_seconds" => network.visibility_lag_seconds = not_negative(name, read(name, value)?)?,
        _ if fields(&network.switches).contains_key(name) => {
            network.switches = with(&network.switches, name, value)?;
            not_negative("association_field_lag_seconds", network.switches.association_field_lag_seconds)?;
        }
        _ if fields(&network.quotas).contains_key(name) => network.quotas = with(&network.quotas, name, value)?,
        _ => return Err(format!("there is no '{name}' to set; there are {}", names().join(", "))),
    }
    Ok(())
}

/// Returns the names of all that can be set.
pub fn names() -> Vec<String> {
    let network = Network::default();
    let mut names = vec!["throttling".to_owned(), "visibility_lag_seconds".to_owned()];
    names.extend(fields(&network.switches).into_iter().map(|(name, _)| name));
    names.extend(fields(&network.quotas).into_iter().map(|(name, _)| name));
    names
}

fn fields<T: Serialize>(whole: &T) -> Map<String, Value> {
    match serde_json::to_value(whole) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("switches and quotas are plain structs, not {other:?}"),
    }
}

fn with<T: Serialize + DeserializeOwned>(whole: &T, name: &str, value: Value) -> Result<T, String> {
    let mut fields = fields(whole);
    fields.insert(name.to_owned(), value);
    read(name, Value::Object(fields))
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("{name}: {error}"))
}

fn not_negative(name: &str, seconds: f64) -> Result<f64, String> {
    if seconds.is_finite() && seconds >= 0.0 {
        Ok(seconds)
    } else {
        Err(format!("{name}: {seconds} is no span of time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::switches::DefaultAssociation;

    #[test]
    fn each_kind_of_thing_is_set_by_its_fields_name() {
        let mut network = Network::default();
        for assignment in [
            "throttling=true",
            "visibility_lag_seconds=2.5",
            "second_accept_succeeds=true",
            "default_association=at-accept",
            "pending_acceptance_expires_days=7",
            "attachments_fail_in=[\"111111111111\"]",
            "routes_per_route_table=3",
        ] {
            set(&mut network, assignment).expect(assignment);
        }
        assert!(network.throttling && network.switches.second_accept_succeeds);
        assert_eq!(network.visibility_lag_seconds, 2.5);
        assert_eq!(network.switches.default_association, DefaultAssociation::AtAccept);
        assert_eq!(network.switches.pending_acceptance_expires_days, Some(7));
        assert!(network.switches.attachments_fail_in.contains("111111111111"));
        assert_eq!(network.quotas.routes_per_route_table, 3);
        assert!(network.switches.revive_blackholes, "what was not named stays as it was");
    }

    #[test]
    fn what_cannot_be_set_is_refused_and_changes_nothing() {
        let mut network = Network::default();
        for (assignment, said) in [
            ("second_accept_succeeds", "NAME=VALUE"),
            ("second_accept_suceeds=true", "there are throttling, "),
            ("second_accept_succeeds=maybe", "second_accept_succeeds: "),
            ("default_association=sometime", "default_association: "),
            ("routes_per_route_table=-1", "routes_per_route_table: "),
            ("visibility_lag_seconds=-1", "no span of time"),
        ] {
            let error = set(&mut network, assignment).expect_err(assignment);
            assert!(error.contains(said), "{error}");
        }
        assert_eq!(fields(&network.switches), fields(&Network::default().switches));
        assert_eq!(fields(&network.quotas), fields(&Network::default().quotas));
    }
}
