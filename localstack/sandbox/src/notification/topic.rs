//! A topic: a name in an account's Region. FIFO topics are not modelled, nor are other accounts let in by a topic's policy.

use std::collections::{BTreeMap, VecDeque};

use super::{Message, invalid};
use crate::call::{AwsError, Caller};
use crate::network::members::{answer, request};
use crate::world::World;

/// The most topics in a page.
const PAGE: usize = 100;
/// The longest name.
const LONGEST_NAME: usize = 256;

#[derive(Clone, Debug)]
pub struct Topic {
    pub arn: String,
    pub owner: String,
    pub region: String,
    pub tags: BTreeMap<String, String>,
    /// What was published last, oldest first.
    pub published: VecDeque<Message>,
}

request! { "PascalCase" CreateTopic { name: String, tags: Vec<Tag> } }
request! { "PascalCase" Tag { key: String, value: String } }
request! { "PascalCase" DeleteTopic { topic_arn: String } }
request! { "PascalCase" ListTopics { next_token: Option<String> } }
answer! { "PascalCase" TopicArn { topic_arn: String } }
answer! { "PascalCase" Topics { topics: Vec<TopicArn>, next_token: Option<String> } }
answer! { "PascalCase" Nothing {} }

/// Returns the ARN that a topic of that name has.
pub fn arn(caller: &Caller, name: &str) -> String {
    format!("arn:aws:sns:{}:{}:{name}", caller.region, caller.account)
}

/// Makes a topic, or returns the one that there is by that name.
///
/// # Errors
/// `InvalidParameter` for a name that will not do, and for tags that differ from those of the topic that there is.
pub fn create(world: &mut World, caller: &Caller, input: CreateTopic) -> Result<TopicArn, AwsError> {
    if input.name.ends_with(".fifo") {
        return Err(AwsError::not_modelled("FIFO topics".to_owned()));
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !(1..=LONGEST_NAME).contains(&input.name.len()) || !input.name.bytes().all(is_letter) {
        return Err(invalid("Topic Name"));
    }
    let arn = arn(caller, &input.name);
    let tags: BTreeMap<String, String> = input.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    let topics = &mut world.notification.topics;
    let topic = topics.entry(arn.clone()).or_insert_with(|| Topic {
        arn: arn.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        tags: tags.clone(),
        published: VecDeque::new(),
    });
    if !tags.is_empty() && topic.tags != tags {
        return Err(invalid("Tags Reason: Topic already exists with different tags"));
    }
    Ok(TopicArn { topic_arn: arn })
}

/// Deletes a topic; one that is not there is deleted already.
///
/// # Errors
/// See [`of`].
pub fn delete(world: &mut World, caller: &Caller, input: DeleteTopic) -> Result<Nothing, AwsError> {
    match of(world, caller, &input.topic_arn) {
        Ok(topic) => {
            let arn = topic.arn.clone();
            world.notification.topics.remove(&arn);
            Ok(Nothing {})
        }
        Err(error) if error.code == "NotFound" => Ok(Nothing {}),
        Err(error) => Err(error),
    }
}

/// Lists the caller's topics in the Region, 100 to a page.
///
/// # Errors
/// `InvalidParameter` for a token that nobody gave.
pub fn list(world: &mut World, caller: &Caller, input: ListTopics) -> Result<Topics, AwsError> {
    let own = world.notification.topics.values().filter(|it| it.owner == caller.account && it.region == caller.region);
    let all: Vec<TopicArn> = own.map(|it| TopicArn { topic_arn: it.arn.clone() }).collect();
    let start = match input.next_token {
        None => 0,
        Some(token) => {
            token.parse::<usize>().ok().filter(|start| *start < all.len()).ok_or_else(|| invalid("NextToken"))?
        }
    };
    let end = all.len().min(start + PAGE);
    let next_token = (end < all.len()).then(|| end.to_string());
    Ok(Topics { topics: all.into_iter().take(end).skip(start).collect(), next_token })
}

/// Finds a topic that a caller may do with as it likes.
///
/// # Errors
/// `InvalidParameter` for what is no ARN of a topic in the Region that is asked, `AuthorizationError` 403 for another
/// account's (its default policy lets its owner alone in), `NotFound` 404.
pub fn of<'w>(world: &'w mut World, caller: &Caller, arn: &str) -> Result<&'w mut Topic, AwsError> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "sns", region, account, _] = parts.as_slice() else { return Err(invalid("TopicArn")) };
    if *region != caller.region {
        return Err(invalid("TopicArn"));
    }
    if *account != caller.account {
        let message = format!("account {} is not authorized to use the topic {arn}", caller.account);
        return Err(AwsError::new("AuthorizationError", message).with_status(403));
    }
    let topic = world.notification.topics.get_mut(arn);
    topic.ok_or_else(|| AwsError::new("NotFound", "Topic does not exist").with_status(404))
}
