//! How each service says that a caller may not.
//!
//! EC2 adds a message that only sts:DecodeAuthorizationMessage reads, for whoever may ("Amazon EC2 API error codes",
//! UnauthorizedOperation). Here it is the JSON itself, in base64, with a checksum: nothing is secret in a sandbox.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::caller_arn;
use super::super::policy::Question;
use super::layers::Reason;
use crate::call::{AwsError, Caller, Service};

/// Makes the refusal of a thing on behalf of a call to a service.
pub fn of(caller: &Caller, question: &Question, reason: Reason, service: Service) -> AwsError {
    let words = reason.layer.words();
    let why = if reason.explicit {
        format!("with an explicit deny in a{} {words}", if words.starts_with('i') { "n" } else { "" })
    } else {
        format!("because no {words} allows the {} action", question.action)
    };
    let said = format!(
        "User: {} is not authorized to perform: {} on resource: {} {why}",
        caller_arn(caller),
        question.action,
        question.resource
    );
    match service {
        Service::Ec2 => {
            let message = format!(
                "You are not authorized to perform this operation. {said}. Encoded authorization failure message: {}",
                encoded(caller, question, reason)
            );
            AwsError::new("UnauthorizedOperation", message).with_status(403)
        }
        Service::Iam | Service::Sts => AwsError::new("AccessDenied", said).with_status(403),
        Service::Organizations => AwsError::new("AccessDeniedException", said),
        Service::Ram => AwsError::new("AccessDeniedException", said).with_status(403),
        Service::Sns => AwsError::new("AuthorizationError", said).with_status(403),
    }
}

fn encoded(caller: &Caller, question: &Question, reason: Reason) -> String {
    let conditions: Vec<Value> = question
        .context
        .iter()
        .map(|(key, values)| {
            let values: Vec<Value> = values.iter().map(|value| json!({"value": value})).collect();
            json!({"key": key, "values": {"items": values}})
        })
        .collect();
    let message = json!({
        "allowed": false,
        "explicitDeny": reason.explicit,
        "matchedStatements": {"items": []},
        "failures": {"items": []},
        "context": {
            "principal": {"id": caller.account, "arn": caller_arn(caller)},
            "action": question.action,
            "resource": question.resource,
            "conditions": {"items": conditions},
        },
    });
    let text = message.to_string();
    URL_SAFE_NO_PAD.encode(format!("{:016x}{text}", checksum(&text)))
}

/// Reads what a refusal has encoded.
pub fn decode(message: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(message).ok()?).ok()?;
    let (sum, text) = (text.get(..16)?, text.get(16..)?);
    (u64::from_str_radix(sum, 16).ok()? == checksum(text)).then(|| text.to_owned())
}

/// FNV-1a: enough to tell a message from what somebody made up.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
