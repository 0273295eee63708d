//! SNS: a message to a topic.

use aws_config::Region;
use aws_config::retry::RetryConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{DisplayErrorContext, ProvideErrorMetadata as _};

use super::connect::settings;

/// Publishes a message that has a form for each kind of subscriber (`MessageStructure: json`), with the keys of the
/// process, in the region that the topic's ARN names. Sent once: whoever asks sends it again.
///
/// # Errors
/// Why it was not taken: AWS's code and message, or what happened on the way.
pub async fn publish(topic: &str, subject: &str, message: &str) -> Result<(), String> {
    let region = topic.split(':').nth(3).ok_or_else(|| format!("'{topic}' is not the ARN of a topic"))?;
    let settings = settings().region(Region::new(region.to_owned())).retry_config(RetryConfig::disabled());
    let call = Client::new(&settings.load().await)
        .publish()
        .topic_arn(topic)
        .subject(subject)
        .message(message)
        .message_structure("json");
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            (None, _) => DisplayErrorContext(&error).to_string(),
        }),
    }
}
