//! Publishing a notice to an SNS topic: to each kind of subscriber what it can read.

use serde_json::json;

use crate::daemon::Notice;

/// How long a message may be, in bytes (SNS API reference, `Publish`: 262,144, all forms of it together).
const LONGEST: usize = 262_144;

/// Publishes a notice.
///
/// # Errors
/// Why it did not arrive.
pub async fn publish(topic: &str, notice: &Notice) -> Result<(), String> {
    crate::aws::publish(topic, &notice.subject, &message(notice)).await
}

/// Puts a notice into a message with a form for each kind of subscriber: text for an inbox, a line for a telephone, and
/// the data for all others, which are programs.
fn message(notice: &Notice) -> String {
    let Notice { subject, text, data } = notice;
    let whole = json!({ "default": data.to_string(), "email": text, "sms": subject }).to_string();
    if whole.len() <= LONGEST {
        return whole;
    }
    // As JSON in JSON, a character of one byte may take six.
    let cut: String = text.chars().take(LONGEST / 8 / 4).collect();
    json!({ "default": format!("{cut} .."), "sms": subject }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(text: &str) -> Notice {
        let data = json!({ "format": "transitd.notice/1", "text": text });
        Notice { subject: "transitd corp: 1 matter".to_owned(), text: text.to_owned(), data }
    }

    #[test]
    fn each_kind_of_subscriber_gets_what_it_can_read() {
        let message: serde_json::Value = serde_json::from_str(&message(&notice("it asks"))).unwrap();
        let data: serde_json::Value = serde_json::from_str(message["default"].as_str().unwrap()).unwrap();
        assert_eq!(data["format"], "transitd.notice/1");
        assert_eq!((&message["email"], &message["sms"]), (&json!("it asks"), &json!("transitd corp: 1 matter")));
    }

    #[test]
    fn a_message_is_never_longer_than_sns_takes() {
        for word in ["a", "\u{1}", "\"", "\u{10348}"] {
            for times in [LONGEST / 4, LONGEST, 4 * LONGEST] {
                let message = message(&notice(&word.repeat(times)));
                assert!(message.len() <= LONGEST, "{word} {times} times: {}", message.len());
                let message: serde_json::Value = serde_json::from_str(&message).unwrap();
                assert!(message["default"].as_str().is_some_and(|text| text.len() > 1000));
            }
        }
    }
}
