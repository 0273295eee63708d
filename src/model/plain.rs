//! What the journal holds as JSON, such as a call, in a line for people.

use serde_json::Value;

/// Puts an object into words. The member `head` says what it is: `{"drift":"wrong-table","found":"rtb-1"}` becomes
/// `wrong table: found rtb-1`. What is no such object stays as it is.
pub fn plain(json: &str, head: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(json) else { return json.to_owned() };
    let Some(Value::String(what)) = members.remove(head) else { return json.to_owned() };
    // Names of calls have no dashes.
    let what = what.replace('-', " ");
    if members.is_empty() { what } else { format!("{what}: {}", listed(&members)) }
}

fn listed(members: &serde_json::Map<String, Value>) -> String {
    let each = members.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), worded(value)));
    each.collect::<Vec<_>>().join(", ")
}

fn worded(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(is) => if *is { "on" } else { "off" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(worded).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => format!("({})", listed(members)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_journaled_reads_like_a_line_of_text() {
        assert_eq!(plain(r#"{"drift":"missing"}"#, "drift"), "missing");
        let call = r#"{"action":"CreateRoute","route_table":"rtb-1","destination":"10.0.0.0/8","gateway":null}"#;
        assert_eq!(plain(call, "action"), "CreateRoute: destination 10.0.0.0/8, gateway none, route table rtb-1");
        let why = r#"{"drift":"old-target","was":{"gateway":"tgw-1","dns":true},"of":["a","b"]}"#;
        assert_eq!(plain(why, "drift"), "old target: of [a, b], was (dns on, gateway tgw-1)");
    }

    #[test]
    fn what_is_not_understood_is_told_as_it_is() {
        for text in ["", "not JSON", "[1]", r#"{"else":"x"}"#] {
            assert_eq!(plain(text, "drift"), text);
        }
    }
}
