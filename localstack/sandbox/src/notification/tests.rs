use serde_json::{Value, json};

use crate::call::{AwsError, Call, Service};
use crate::sandbox::{Sandbox, Settings};

const ACCOUNT: &str = "111111111111";

fn ask(sandbox: &mut Sandbox, account: &str, action: &str, params: Value) -> Result<Value, AwsError> {
    sandbox.call(&Call {
        access_key_id: account.to_owned(),
        session_token: None,
        region: "eu-central-1".to_owned(),
        service: Service::Sns,
        action: action.to_owned(),
        params,
    })
}

fn with_a_topic() -> (Sandbox, String) {
    let mut sandbox = Sandbox::new(Settings::default());
    let made = ask(&mut sandbox, ACCOUNT, "CreateTopic", json!({"Name": "people"})).unwrap();
    let arn = made["TopicArn"].as_str().unwrap().to_owned();
    assert_eq!(arn, "arn:aws:sns:eu-central-1:111111111111:people");
    (sandbox, arn)
}

#[test]
fn a_topic_is_made_once_listed_and_gone() {
    let (mut sandbox, arn) = with_a_topic();
    let again = ask(&mut sandbox, ACCOUNT, "CreateTopic", json!({"Name": "people"})).unwrap();
    assert_eq!(again["TopicArn"], json!(arn));
    let tagged = json!({"Name": "people", "Tags": [{"Key": "a", "Value": "b"}]});
    assert_eq!(ask(&mut sandbox, ACCOUNT, "CreateTopic", tagged).unwrap_err().code, "InvalidParameter");
    let listed = |sandbox: &mut Sandbox| ask(sandbox, ACCOUNT, "ListTopics", json!({})).unwrap()["Topics"].clone();
    assert_eq!(listed(&mut sandbox), json!([{"TopicArn": arn}]));
    for _ in 0..2 {
        ask(&mut sandbox, ACCOUNT, "DeleteTopic", json!({"TopicArn": arn})).unwrap();
        assert_eq!(listed(&mut sandbox), json!([]));
    }
}

#[test]
fn topics_are_listed_by_the_hundred() {
    let mut sandbox = Sandbox::new(Settings::default());
    for number in 0..101 {
        ask(&mut sandbox, ACCOUNT, "CreateTopic", json!({"Name": format!("t{number}")})).unwrap();
    }
    let first = ask(&mut sandbox, ACCOUNT, "ListTopics", json!({})).unwrap();
    assert_eq!(first["Topics"].as_array().unwrap().len(), 100);
    let last = ask(&mut sandbox, ACCOUNT, "ListTopics", json!({"NextToken": first["NextToken"]})).unwrap();
    assert_eq!((last["Topics"].as_array().unwrap().len(), &last["NextToken"]), (1, &Value::Null));
}

#[test]
fn what_is_published_is_kept_to_be_read() {
    let (mut sandbox, arn) = with_a_topic();
    let asked = json!({
        "TopicArn": arn, "Subject": "it asks", "Message": "{\"default\": \"x\"}", "MessageStructure": "json",
    });
    let published = ask(&mut sandbox, ACCOUNT, "Publish", asked).unwrap();
    let kept = &sandbox.world.notification.topics[&arn].published;
    assert_eq!(kept.len(), 1);
    assert_eq!(json!(kept[0].id), published["MessageId"]);
    assert_eq!((kept[0].subject.as_deref(), kept[0].structured), (Some("it asks"), true));
    for _ in 0..200 {
        ask(&mut sandbox, ACCOUNT, "Publish", json!({"TopicArn": arn, "Message": "x"})).unwrap();
    }
    assert_eq!(sandbox.world.notification.topics[&arn].published.len(), 100);
}

#[test]
fn what_will_not_do_is_not_published() {
    let (mut sandbox, arn) = with_a_topic();
    let elsewhere = arn.replace("eu-central-1", "eu-west-1");
    let (nobody, fits) = (format!("{arn}s"), "x".repeat(262_144));
    for (asked, code) in [
        (json!({"Message": "x"}), "InvalidParameter"),
        (json!({"TopicArn": "people", "Message": "x"}), "InvalidParameter"),
        (json!({"TopicArn": elsewhere, "Message": "x"}), "InvalidParameter"),
        (json!({"TopicArn": nobody, "Message": "x"}), "NotFound"),
        (json!({"TopicArn": arn, "Message": ""}), "InvalidParameter"),
        (json!({"TopicArn": arn, "Message": format!("{fits}x")}), "InvalidParameter"),
        (json!({"TopicArn": arn, "Message": "x", "Subject": "two\nlines"}), "InvalidParameter"),
        (json!({"TopicArn": arn, "Message": "x", "Subject": "s".repeat(100)}), "InvalidParameter"),
        (json!({"TopicArn": arn, "Message": "x", "MessageStructure": "xml"}), "InvalidParameter"),
        (json!({"TopicArn": arn, "Message": "x", "MessageStructure": "json"}), "InvalidParameter"),
        (json!({"TopicArn": arn, "Message": "{}", "MessageStructure": "json"}), "InvalidParameter"),
    ] {
        assert_eq!(ask(&mut sandbox, ACCOUNT, "Publish", asked.clone()).unwrap_err().code, code, "{asked}");
    }
    ask(&mut sandbox, ACCOUNT, "Publish", json!({"TopicArn": arn, "Message": fits})).unwrap();
}

#[test]
fn another_account_is_not_let_in() {
    let (mut sandbox, arn) = with_a_topic();
    for (action, asked) in
        [("Publish", json!({"TopicArn": arn, "Message": "x"})), ("DeleteTopic", json!({"TopicArn": arn}))]
    {
        let error = ask(&mut sandbox, "222222222222", action, asked).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("AuthorizationError", 403));
    }
}
