//! Conditions: an operator, a key, and values of which one must fit.

use jiff::Timestamp;

use super::keys::{Context, Key};
use super::malformed;
use super::pattern::{ArnPattern, Pattern, Reading};
use super::text::{ConditionText, Scalar};
use crate::call::AwsError;

/// One operator over one key.
#[derive(Clone, Debug)]
pub struct Condition {
    quantifier: Quantifier,
    /// With `IfExists`, an absent key is no obstacle.
    if_exists: bool,
    key: Key,
    test: Test,
}

/// How many of a key's values have to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    /// Without a word for it: the one that there is. Of several, one has to pass, or all where the operator is a Not.
    Plain,
    /// `ForAllValues`: all; a key that is absent passes.
    All,
    /// `ForAnyValue`: one; a key that is absent does not pass.
    Any,
}

#[derive(Clone, Debug)]
enum Test {
    /// Whether the key is absent.
    Absent(Vec<bool>),
    /// Whether one of the values fits; with `not`, whether none does.
    Fits { not: bool, values: Vec<Value> },
}

#[derive(Clone, Debug)]
enum Value {
    Text(Pattern),
    TextInAnyCase(String),
    Arn(ArnPattern),
    Bool(bool),
    Number(Order, f64),
    Date(Order, Timestamp),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Reads the conditions of a statement.
///
/// # Errors
/// `MalformedPolicyDocument` for values that are not of the operator's type, `NotModelled` for an operator or a key that
/// the sandbox does not know.
pub fn read(text: ConditionText, variables: bool) -> Result<Vec<Condition>, AwsError> {
    let mut conditions = Vec::new();
    for (operator, keys) in text.0 {
        for (key, values) in keys.0 {
            let values = values.into_iter().map(Scalar::text).collect::<Vec<_>>();
            conditions.push(Condition::read(&operator, &key, &values, variables)?);
        }
    }
    Ok(conditions)
}

impl Condition {
    fn read(operator: &str, key: &str, values: &[String], variables: bool) -> Result<Self, AwsError> {
        let (quantifier, name) = match operator.split_once(':') {
            None => (Quantifier::Plain, operator),
            Some(("ForAllValues", name)) => (Quantifier::All, name),
            Some(("ForAnyValue", name)) => (Quantifier::Any, name),
            Some(_) => return Err(malformed(format!("Invalid Condition type : {operator}."))),
        };
        let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |name| (name, true));
        if values.is_empty() {
            return Err(malformed(format!("The condition {operator} over {key} has no values")));
        }
        Ok(Self { quantifier, if_exists, key: Key::read(key)?, test: Test::read(name, values, variables)? })
    }

    /// Returns the key that it asks for.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Says whether the condition holds for a request.
    pub fn holds(&self, context: &Context) -> bool {
        let actual = context.values(&self.key);
        let (not, values) = match &self.test {
            Test::Absent(wanted) => return wanted.contains(&actual.is_none()),
            Test::Fits { not, values } => (*not, values),
        };
        let Some(actual) = actual else {
            return match self.quantifier {
                Quantifier::Plain => not || self.if_exists,
                Quantifier::All => true,
                Quantifier::Any => self.if_exists,
            };
        };
        let passes = |actual: &String| values.iter().any(|value| value.fits(actual, context)) != not;
        match self.quantifier {
            Quantifier::All => actual.iter().all(passes),
            Quantifier::Any => actual.iter().any(passes),
            Quantifier::Plain if not => actual.iter().all(passes),
            Quantifier::Plain => actual.iter().any(passes),
        }
    }
}

impl Test {
    fn read(operator: &str, values: &[String], variables: bool) -> Result<Self, AwsError> {
        let exact = Reading { wild: false, variables };
        let wild = Reading { wild: true, variables };
        let all = |not: bool, read: &dyn Fn(&String) -> Result<Value, AwsError>| {
            Ok(Test::Fits { not, values: values.iter().map(read).collect::<Result<_, _>>()? })
        };
        let text = |not, reading| all(not, &|value| Ok(Value::Text(Pattern::read(value, reading)?)));
        let any_case = |not| {
            all(not, &|value| {
                if variables && value.contains("${") {
                    return Err(AwsError::not_modelled(format!("the policy variable in '{value}' in any case")));
                }
                Ok(Value::TextInAnyCase(value.clone()))
            })
        };
        let arn = |not| all(not, &|value| Ok(Value::Arn(ArnPattern::read(value, variables)?)));
        let number = |not, order| all(not, &|value| Ok(Value::Number(order, self::number(value)?)));
        let date = |not, order| all(not, &|value| Ok(Value::Date(order, self::date(value)?)));
        match operator {
            "StringEquals" => text(false, exact),
            "StringNotEquals" => text(true, exact),
            "StringLike" => text(false, wild),
            "StringNotLike" => text(true, wild),
            "StringEqualsIgnoreCase" => any_case(false),
            "StringNotEqualsIgnoreCase" => any_case(true),
            // ArnEquals and ArnLike do the same (IAM User Guide, "ARN condition operators").
            "ArnEquals" | "ArnLike" => arn(false),
            "ArnNotEquals" | "ArnNotLike" => arn(true),
            "Bool" => all(false, &|value| Ok(Value::Bool(boolean(value)?))),
            "Null" => Ok(Test::Absent(values.iter().map(boolean).collect::<Result<_, _>>()?)),
            "NumericEquals" => number(false, Order::Equal),
            "NumericNotEquals" => number(true, Order::Equal),
            "NumericLessThan" => number(false, Order::Less),
            "NumericLessThanEquals" => number(false, Order::LessOrEqual),
            "NumericGreaterThan" => number(false, Order::Greater),
            "NumericGreaterThanEquals" => number(false, Order::GreaterOrEqual),
            "DateEquals" => date(false, Order::Equal),
            "DateNotEquals" => date(true, Order::Equal),
            "DateLessThan" => date(false, Order::Less),
            "DateLessThanEquals" => date(false, Order::LessOrEqual),
            "DateGreaterThan" => date(false, Order::Greater),
            "DateGreaterThanEquals" => date(false, Order::GreaterOrEqual),
            other => Err(AwsError::not_modelled(format!("the condition operator {other}"))),
        }
    }
}

impl Value {
    fn fits(&self, actual: &str, context: &Context) -> bool {
        match self {
            Value::Text(pattern) => pattern.fits(actual, context),
            Value::TextInAnyCase(text) => text.eq_ignore_ascii_case(actual),
            Value::Arn(pattern) => pattern.fits(actual, context),
            Value::Bool(wanted) => actual.eq_ignore_ascii_case(if *wanted { "true" } else { "false" }),
            Value::Number(order, bound) => actual.parse::<f64>().is_ok_and(|actual| order.holds(actual, *bound)),
            Value::Date(order, bound) => date(actual).is_ok_and(|actual| order.holds(actual, *bound)),
        }
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, actual: T, bound: T) -> bool {
        match self {
            Order::Equal => actual == bound,
            Order::Less => actual < bound,
            Order::LessOrEqual => actual <= bound,
            Order::Greater => actual > bound,
            Order::GreaterOrEqual => actual >= bound,
        }
    }
}

fn boolean(text: &String) -> Result<bool, AwsError> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(malformed(format!("'{text}' is not a boolean"))),
    }
}

fn number(text: &str) -> Result<f64, AwsError> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| malformed(format!("'{text}' is not a number")))
}

/// Reads a date as IAM has them: ISO 8601 with or without a time, or seconds since 1970.
fn date(text: &str) -> Result<Timestamp, AwsError> {
    let whole = text.parse::<Timestamp>().ok();
    let day = || format!("{text}T00:00:00Z").parse::<Timestamp>().ok();
    let seconds = || text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    whole.or_else(day).or_else(seconds).ok_or_else(|| malformed(format!("'{text}' is not a date")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn try_read(text: Json) -> Result<Vec<Condition>, AwsError> {
        let text: ConditionText = serde_json::from_value(text).unwrap();
        read(text, true)
    }

    fn holds(text: Json, context: &Context) -> bool {
        try_read(text).unwrap().iter().all(|condition| condition.holds(context))
    }

    #[test]
    fn each_operator_compares_in_its_own_way() {
        let mut context = Context::of([
            ("aws:PrincipalArn", "arn:aws:iam::111111111111:role/net/Daemon"),
            ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
            ("aws:EpochTime", "100"),
            ("aws:SecureTransport", "true"),
        ]);
        context.put_all("aws:TagKeys", ["a".to_owned(), "b".to_owned()]);
        let arn = |pattern: &str| format!("arn:aws:iam::111111111111:{pattern}");
        for (text, wanted) in [
            (json!({"StringEquals": {"aws:PrincipalArn": [arn("role/other"), arn("role/net/Daemon")]}}), true),
            (json!({"StringEquals": {"aws:PrincipalArn": arn("role/*")}}), false),
            (json!({"StringLike": {"aws:PrincipalArn": "arn:*Daemon"}}), true),
            (json!({"ArnLike": {"aws:PrincipalArn": "arn:*Daemon"}}), false),
            (json!({"ArnLike": {"aws:PrincipalArn": arn("role/*")}}), true),
            (json!({"ArnNotLike": {"aws:PrincipalArn": arn("role/*")}}), false),
            (json!({"StringEqualsIgnoreCase": {"aws:PrincipalArn": arn("role/net/daemon")}}), true),
            (json!({"StringNotEquals": {"aws:PrincipalArn": arn("role/net/daemon")}}), true),
            (json!({"Bool": {"aws:SecureTransport": true}}), true),
            (json!({"Bool": {"aws:SecureTransport": "false"}}), false),
            (json!({"NumericLessThan": {"aws:EpochTime": 101}}), true),
            (json!({"NumericGreaterThanEquals": {"aws:EpochTime": "101"}}), false),
            (json!({"DateGreaterThan": {"aws:CurrentTime": "2025-12-31"}}), true),
            (json!({"DateLessThan": {"aws:CurrentTime": "2025-12-31T12:00:00Z"}}), false),
            (json!({"Null": {"aws:PrincipalArn": "false"}}), true),
            (json!({"Null": {"aws:SourceIdentity": "false"}}), false),
            (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}), true),
            (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}), false),
            (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b"]}}), true),
            (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["c"]}}), false),
        ] {
            assert_eq!(holds(text.clone(), &context), wanted, "{text}");
        }
    }

    #[test]
    fn an_absent_key_fits_nothing_but_what_asks_for_absence() {
        for (text, wanted) in [
            (json!({"StringEquals": {"aws:SourceIdentity": "a"}}), false),
            (json!({"StringEqualsIfExists": {"aws:SourceIdentity": "a"}}), true),
            (json!({"StringNotEquals": {"aws:SourceIdentity": "a"}}), true),
            (json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}), false),
            (json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), true),
            (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}), true),
            (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}), false),
            (json!({"Null": {"aws:SourceIdentity": true}}), true),
        ] {
            assert_eq!(holds(text.clone(), &Context::default()), wanted, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_judged_is_refused_when_it_is_read() {
        for (text, code) in [
            (json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), "NotModelled"),
            (json!({"StringEquals": {"aws:SourceIp": "10.0.0.1"}}), "NotModelled"),
            (json!({"StringIs": {"aws:PrincipalArn": "a"}}), "NotModelled"),
            (json!({"ForSome:StringEquals": {"aws:PrincipalArn": "a"}}), "MalformedPolicyDocument"),
            (json!({"Bool": {"aws:SecureTransport": "perhaps"}}), "MalformedPolicyDocument"),
            (json!({"NumericEquals": {"aws:EpochTime": "NaN"}}), "MalformedPolicyDocument"),
            (json!({"DateEquals": {"aws:CurrentTime": "soon"}}), "MalformedPolicyDocument"),
            (json!({"ArnLike": {"aws:PrincipalArn": "role"}}), "MalformedPolicyDocument"),
            (json!({"StringEquals": {"aws:PrincipalArn": []}}), "MalformedPolicyDocument"),
        ] {
            assert_eq!(try_read(text.clone()).unwrap_err().code, code, "{text}");
        }
    }
}
