//! The one door: who calls, is the call well formed, which handler answers; and the log of all calls.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{AwsError, Call, Caller, Service};
use crate::clock::{Clock, Pace};
use crate::random::Dice;
use crate::world::World;
use crate::{identity, network, notification, organization, shapes, sharing, throttling};

/// How a sandbox starts.
#[derive(Clone, Debug)]
pub struct Settings {
    pub seed: u64,
    pub pace: Pace,
    pub clock: Clock,
}

impl Default for Settings {
    /// Seed 1, AWS's own pace, a clock that stands still until it is advanced.
    fn default() -> Self {
        Self { seed: 1, pace: Pace::Times { factor: 1.0 }, clock: Clock::manual() }
    }
}

/// How many characters of a name the log keeps, whatever somebody sends for one; AWS's longest has about sixty.
const LONGEST_NAME: usize = 128;

/// One call as the log keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    pub at: Timestamp,
    pub request_id: String,
    /// Empty when the key was not known.
    pub account: String,
    pub region: String,
    pub service: &'static str,
    pub action: String,
    /// `ok`, or the error's code.
    pub outcome: String,
}

impl LogEntry {
    /// Tells whether the call changes nothing, by what its name begins with.
    pub fn is_read(&self) -> bool {
        ["Describe", "Get", "List", "Search", "AssumeRole"].iter().any(|verb| self.action.starts_with(verb))
    }
}

/// A local AWS.
#[derive(Clone, Debug)]
pub struct Sandbox {
    pub world: World,
    clock: Clock,
    /// Dice of their own, so that a further read does not change what the world's dice give next.
    request_ids: Dice,
    log: Vec<LogEntry>,
    /// How many entries were dropped from the beginning of the log.
    log_dropped: usize,
}

/// What came of a call, with the id under which the log has it.
#[derive(Debug)]
pub struct Answered {
    pub request_id: String,
    pub outcome: Result<Value, AwsError>,
}

impl Sandbox {
    pub fn new(settings: Settings) -> Self {
        let world = World::new(settings.clock.now(), settings.pace, settings.seed);
        Self { world, clock: settings.clock, request_ids: Dice::new(!settings.seed), log: Vec::new(), log_dropped: 0 }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock on, and lets happen what is due by then.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.world.settle(self.clock.now());
    }

    /// Returns the world as it is by now, for those who change it from outside of AWS's calls.
    pub fn settled(&mut self) -> &mut World {
        self.world.settle(self.clock.now());
        &mut self.world
    }

    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    pub fn clear_log(&mut self) {
        self.log.clear();
        self.log_dropped = 0;
    }

    /// Lists the log from the entry with that index on, as far as it is still there, and the index of the next entry.
    pub fn log_since(&self, index: usize) -> (&[LogEntry], usize) {
        let kept = self.log.get(index.saturating_sub(self.log_dropped)..).unwrap_or_default();
        (kept, self.log_dropped + self.log.len())
    }

    /// Drops the older half of the log when it is longer than this: for a server, which nobody clears.
    pub fn bound_log(&mut self, most: usize) {
        if self.log.len() > most {
            let half = self.log.len() - most / 2;
            self.log.drain(..half);
            self.log_dropped += half;
        }
    }

    /// Answers one call.
    ///
    /// # Errors
    /// What AWS would answer: a code, an HTTP status and a message.
    pub fn call(&mut self, call: &Call) -> Result<Value, AwsError> {
        self.answered(call).outcome
    }

    /// Answers one call, and says under which id.
    pub fn answered(&mut self, call: &Call) -> Answered {
        let request_id = self.request_ids.uuid();
        let now = self.clock.now();
        self.world.settle(now);
        self.world.credentials_now = self.clock.credentials_now();
        let caller = identity::authenticate(&self.world, call, request_id.clone());
        let account = caller.as_ref().map(|caller| caller.account.clone()).unwrap_or_default();
        let outcome = caller.and_then(|caller| answer(&mut self.world, &caller, call));
        self.record(now, &request_id, account, call, &outcome);
        Answered { request_id, outcome }
    }

    /// Returns a fresh id, for an answer that is to no call.
    pub fn request_id(&mut self) -> String {
        self.request_ids.uuid()
    }

    /// Keeps in the log a call that a door could not read; its parameters are not known.
    pub fn unread(&mut self, call: &Call, error: AwsError) -> Answered {
        let request_id = self.request_ids.uuid();
        let outcome = Err(error);
        self.record(self.clock.now(), &request_id, String::new(), call, &outcome);
        Answered { request_id, outcome }
    }

    fn record(
        &mut self,
        at: Timestamp,
        request_id: &str,
        account: String,
        call: &Call,
        outcome: &Result<Value, AwsError>,
    ) {
        self.log.push(LogEntry {
            at,
            request_id: request_id.to_owned(),
            account,
            region: call.region.chars().take(LONGEST_NAME).collect(),
            service: call.service.name(),
            action: call.action.chars().take(LONGEST_NAME).collect(),
            outcome: outcome.as_ref().map_or_else(|error| error.code.clone(), |_| "ok".to_owned()),
        });
    }
}

fn answer(world: &mut World, caller: &Caller, call: &Call) -> Result<Value, AwsError> {
    let operation = shapes::operation(call.service, &call.action)?;
    operation.check_input(&call.params)?;
    throttling::admit(world, caller, call)?;
    identity::authorization::authorize(world, caller, call)?;
    let answer = dispatch(world, caller, call)?;
    // Neither door may give what AWS could not have given; a handler that does so is wrong, not the call.
    if let Err(bug) = operation.check_output(&answer) {
        panic!("{bug}");
    }
    Ok(answer)
}

fn dispatch(world: &mut World, caller: &Caller, call: &Call) -> Result<Value, AwsError> {
    match call.service {
        Service::Ec2 => network::answer(world, caller, &call.action, &call.params),
        Service::Iam => identity::answer_iam(world, caller, &call.action, &call.params),
        Service::Organizations => organization::answer(world, caller, &call.action, &call.params),
        Service::Ram => sharing::answer(world, caller, &call.action, &call.params),
        Service::Sns => notification::answer(world, caller, &call.action, &call.params),
        Service::Sts => identity::answer_sts(world, caller, &call.action, &call.params),
    }
}

/// Runs a handler whose request and answer are plain structs with AWS's member names (`#[serde(rename_all = "PascalCase")]`).
pub fn typed<I: DeserializeOwned, O: Serialize>(
    world: &mut World,
    caller: &Caller,
    params: &Value,
    handler: fn(&mut World, &Caller, I) -> Result<O, AwsError>,
) -> Result<Value, AwsError> {
    let input = I::deserialize(params).map_err(|error| {
        AwsError::new("UnsupportedParameter", format!("the sandbox does not model this request: {error}"))
    })?;
    let output = handler(world, caller, input)?;
    Ok(serde_json::to_value(output).expect("an answer is plain data"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::Principal;

    fn call(service: Service, action: &str, params: Value) -> Call {
        Call {
            access_key_id: "111111111111".to_owned(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service,
            action: action.to_owned(),
            params,
        }
    }

    #[test]
    fn every_operation_of_the_table_is_answered() {
        let caller = Caller {
            account: "111111111111".to_owned(),
            region: "us-east-1".to_owned(),
            principal: Principal::Root,
            request_id: String::new(),
        };
        let mut unanswered = Vec::new();
        for service in Service::ALL {
            for name in shapes::service(service).operations.keys() {
                let mut world = World::new(Timestamp::UNIX_EPOCH, Pace::Instant, 1);
                let answer = dispatch(&mut world, &caller, &call(service, name, json!({})));
                if answer.is_err_and(|error| ["InvalidAction", "NotModelled"].contains(&error.code.as_str())) {
                    unanswered.push((service, name.as_str()));
                }
            }
        }
        assert_eq!(unanswered, []);
    }

    #[test]
    fn what_is_not_modelled_never_succeeds() {
        let mut sandbox = Sandbox::new(Settings::default());
        let asked = json!({"IncludeManagedResources": true});
        let error = sandbox.call(&call(Service::Ec2, "DescribeNetworkInterfaces", asked)).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("NotModelled", 501));
    }

    #[test]
    fn a_bounded_log_drops_its_beginning_and_counts_on() {
        let mut sandbox = Sandbox::new(Settings::default());
        let actions = ["DescribeVpcs", "DescribeSubnets", "DescribeRouteTables", "DescribeRegions", "DescribeTags"];
        for action in actions {
            sandbox.call(&call(Service::Ec2, action, json!({}))).unwrap();
            sandbox.bound_log(4);
        }
        let named = |from| {
            let (log, next) = sandbox.log_since(from);
            (log.iter().map(|entry| entry.action.clone()).collect::<Vec<_>>(), next)
        };
        assert_eq!(named(0), (actions[3..].iter().map(|it| (*it).to_owned()).collect(), 5));
        assert_eq!(named(4), (vec!["DescribeTags".to_owned()], 5));
        assert_eq!(named(9), (vec![], 5));
    }

    #[test]
    fn the_log_has_every_call_and_what_came_of_it() {
        let mut sandbox = Sandbox::new(Settings::default());
        sandbox.call(&call(Service::Sts, "GetCallerIdentity", json!({}))).unwrap();
        let stranger =
            Call { access_key_id: "AKIASTRANGER".to_owned(), ..call(Service::Ec2, "DescribeVpcs", json!({})) };
        sandbox.call(&stranger).unwrap_err();
        let log: Vec<_> = sandbox.log().iter().map(|entry| (entry.account.as_str(), entry.outcome.as_str())).collect();
        assert_eq!(log, [("111111111111", "ok"), ("", "AuthFailure")]);
        assert_ne!(sandbox.log()[0].request_id, sandbox.log()[1].request_id);
    }
}
