//! SNS: topics, and what was published to them. Nobody subscribes here; what would have been sent is kept to be read.
//!
//! Source: SNS API Reference, unless another is named.

mod publish;
pub mod topic;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::{AwsError, Caller};
use crate::sandbox::typed;
use crate::world::World;

pub use publish::Message;
pub use topic::Topic;

/// All topics.
#[derive(Clone, Debug, Default)]
pub struct Notification {
    /// By ARN.
    pub topics: BTreeMap<String, Topic>,
}

pub fn answer(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    match action {
        "CreateTopic" => typed(world, caller, params, topic::create),
        "DeleteTopic" => typed(world, caller, params, topic::delete),
        "ListTopics" => typed(world, caller, params, topic::list),
        "Publish" => typed(world, caller, params, publish::publish),
        other => Err(AwsError::not_modelled(format!("SNS's {other}"))),
    }
}

fn invalid(what: &str) -> AwsError {
    AwsError::new("InvalidParameter", format!("Invalid parameter: {what}"))
}
