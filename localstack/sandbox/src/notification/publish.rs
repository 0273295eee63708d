//! Publishing to a topic.

use jiff::Timestamp;
use serde_json::Value;

use super::{invalid, topic};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request};
use crate::world::World;

/// The longest message in bytes: 256 KiB, all forms of it together.
const LONGEST: usize = 262_144;
/// How long a subject may not be any more.
const TOO_LONG_A_SUBJECT: usize = 100;
/// How many messages of a topic are kept.
const KEPT: usize = 100;

/// What was published.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Message {
    pub at: Timestamp,
    pub id: String,
    pub subject: Option<String>,
    /// As it was sent: with `structured`, a JSON object with a form for each protocol.
    pub message: String,
    pub structured: bool,
}

request! { "PascalCase" Publish {
    topic_arn: Option<String>, target_arn: Option<String>, phone_number: Option<String>, message: String,
    subject: Option<String>, message_structure: Option<String>, message_deduplication_id: Option<String>,
    message_group_id: Option<String>,
} }
answer! { "PascalCase" Published { message_id: String } }

/// Publishes a message to a topic.
///
/// # Errors
/// `InvalidParameter` for a message, a subject or a structure that will not do; see [`topic::of`].
pub fn publish(world: &mut World, caller: &Caller, input: Publish) -> Result<Published, AwsError> {
    if input.phone_number.is_some() || input.message_deduplication_id.is_some() || input.message_group_id.is_some() {
        return Err(AwsError::not_modelled("messages to telephones, and in groups".to_owned()));
    }
    let Some(arn) = input.topic_arn.or(input.target_arn) else {
        return Err(invalid("TopicArn or TargetArn Reason: no value for required parameter"));
    };
    if input.message.is_empty() {
        return Err(invalid("Empty message"));
    }
    if input.message.len() > LONGEST {
        return Err(invalid("Message too long"));
    }
    if input.subject.as_deref().is_some_and(|subject| !is_subject(subject)) {
        return Err(invalid("Subject"));
    }
    let structured = match input.message_structure.as_deref() {
        None => false,
        Some("json") => {
            check_structure(&input.message)?;
            true
        }
        Some(_) => return Err(invalid("MessageStructure")),
    };
    let (at, id) = (world.now, world.dice.uuid());
    let topic = topic::of(world, caller, &arn)?;
    let Publish { subject, message, .. } = input;
    topic.published.push_back(Message { at, id: id.clone(), subject, message, structured });
    if topic.published.len() > KEPT {
        topic.published.pop_front();
    }
    Ok(Published { message_id: id })
}

/// Says whether a text may be a subject: ASCII that begins with a letter, a digit or punctuation, without line breaks or
/// control characters, and less than 100 characters long.
fn is_subject(text: &str) -> bool {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte);
    (1..TOO_LONG_A_SUBJECT).contains(&text.len()) && text.bytes().all(is_plain) && !text.starts_with(' ')
}

fn check_structure(message: &str) -> Result<(), AwsError> {
    let read: Result<Value, _> = serde_json::from_str(message);
    let Ok(Value::Object(forms)) = read else {
        return Err(invalid("Message Structure - JSON message body failed to parse"));
    };
    match forms.get("default") {
        Some(Value::String(_)) => Ok(()),
        Some(_) | None => Err(invalid("Message Structure - No default entry in JSON message body")),
    }
}
