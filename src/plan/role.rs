//! The members' roles, as far as they were read: one that lets in whoever knows its name is worth knowing of.

use serde_json::Value;

use crate::model::Problem;

use super::draft::Draft;

pub(super) fn compare(draft: &mut Draft<'_>) {
    if !draft.policy.external_id {
        return;
    }
    let name = draft.policy.member_role.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    for (scope, member) in &draft.seen.members {
        let roles = member.roles.as_ref().and_then(|roles| roles.known()).unwrap_or_default();
        if roles.iter().any(|role| role.name == name && lets_in_without_id(&role.trust)) {
            draft.problem(Problem::RoleTrustOpen { account: scope.account.clone(), role: name.clone() });
        }
    }
}

/// Tells whether some statement of a trust policy allows the role to be assumed without an external id ("The confused deputy
/// problem"). A policy that cannot be read is not judged: the role was assumed, so AWS could read it.
fn lets_in_without_id(trust: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<Value>(trust) else { return false };
    let stated = &policy["Statement"];
    let statements = stated.as_array().map_or_else(|| vec![stated], |several| several.iter().collect());
    let asks = |statement: &Value| {
        let operators = statement["Condition"].as_object().into_iter().flat_map(|operators| operators.values());
        operators
            .filter_map(Value::as_object)
            .any(|keys| keys.keys().any(|key| key.eq_ignore_ascii_case("sts:ExternalId")))
    };
    statements.into_iter().any(|statement| statement["Effect"] == "Allow" && !asks(statement))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_that_lets_somebody_in_has_to_ask_for_the_external_id() {
        let asks = r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}"#;
        let open = r#"{"Effect": "Allow", "Action": "sts:AssumeRole"}"#;
        assert!(!lets_in_without_id(&format!(r#"{{"Statement": {asks}}}"#)));
        assert!(!lets_in_without_id(&format!(r#"{{"Statement": [{asks}]}}"#)));
        assert!(lets_in_without_id(&format!(r#"{{"Statement": [{asks}, {open}]}}"#)));
        assert!(!lets_in_without_id("no policy at all"));
    }
}
