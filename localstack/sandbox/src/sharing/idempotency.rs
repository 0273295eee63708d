//! Client tokens: the same call with the same token is done once, and answers the same again.
//!
//! ("Ensuring idempotency", RAM API Reference.) A token counts for one account, Region and action. Used again with other
//! parameters it is `IdempotentParameterMismatchException`. How long AWS remembers one is not said: a day here.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// The longest token (RAM API Reference: 64 ASCII characters).
const LONGEST: usize = 64;

/// Account, Region, action and token.
type Key = (AccountId, String, String, String);

/// What was answered to calls with a token.
#[derive(Clone, Debug, Default)]
pub struct Tokens(BTreeMap<Key, Answered>);

#[derive(Clone, Debug)]
struct Answered {
    at: Timestamp,
    asked: Value,
    answer: Value,
}

fn key(caller: &Caller, action: &str, params: &Value) -> Option<Key> {
    let token = params.get("clientToken")?.as_str()?;
    Some((caller.account.clone(), caller.region.clone(), action.to_owned(), token.to_owned()))
}

/// Finds what was answered to the same call with the same token.
///
/// # Errors
/// `InvalidClientTokenException` for a token that will not do, `IdempotentParameterMismatchException` for one that came
/// with other parameters.
pub fn recall(world: &World, caller: &Caller, action: &str, params: &Value) -> Result<Option<Value>, AwsError> {
    let Some(key) = key(caller, action, params) else { return Ok(None) };
    if key.3.is_empty() || key.3.len() > LONGEST || !key.3.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(AwsError::new("InvalidClientTokenException", "The client token is not valid."));
    }
    let Some(known) = world.sharing.tokens.0.get(&key).filter(|known| world.now < known.at + REMEMBERED) else {
        return Ok(None);
    };
    if known.asked != *params {
        let message = "The client token was used before with other parameters.";
        return Err(AwsError::new("IdempotentParameterMismatchException", message));
    }
    Ok(Some(known.answer.clone()))
}

/// Keeps what was answered, if the call had a token.
pub fn remember(world: &mut World, caller: &Caller, action: &str, params: &Value, answer: &Value) {
    let Some(key) = key(caller, action, params) else { return };
    let now = world.now;
    let tokens = &mut world.sharing.tokens.0;
    if tokens.len() % 1024 == 1023 {
        tokens.retain(|_, known| now < known.at + REMEMBERED);
    }
    tokens.insert(key, Answered { at: now, asked: params.clone(), answer: answer.clone() });
}
