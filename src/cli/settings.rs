//! From the config file to what the stages need: the intent, the external id, the doors.

use std::fs;
use std::sync::Arc;

use serde_json::json;

use crate::api::Policy as CallPolicy;
use crate::daemon::Address;
use crate::intent::{self, Daemon, ExternalId, Intent, Problems, Webhook, WebhookUrl};
use crate::pass::Observer;
use crate::report::Style;

use super::{Common, Doors, Exit, Failure, Format, Lookup, Surroundings};

/// Reads the config file. Its problems are an `Err` in the inner result.
pub(super) fn read(common: &Common) -> Result<Result<Intent, Problems>, Failure> {
    let name = common.config.display().to_string();
    let text = fs::read_to_string(&common.config)
        .map_err(|error| Failure::new(format!("the config file {name} could not be read: {error}")))?;
    Ok(intent::parse(&name, &text))
}

/// Reads the config file for a command that needs a good one, and prints its problems otherwise.
pub(super) fn intent(common: &Common, around: &mut Surroundings<'_>) -> Result<Result<Intent, Exit>, Failure> {
    match read(common)? {
        Ok(intent) => Ok(Ok(intent)),
        Err(problems) => {
            print_problems(&problems, common, around)?;
            Ok(Err(Exit::CouldNotRun))
        }
    }
}

/// Prints a config file's problems: for people on standard error, as data on standard output.
pub(super) fn print_problems(
    problems: &Problems,
    common: &Common,
    around: &mut Surroundings<'_>,
) -> Result<(), Failure> {
    match common.format {
        Format::Text => {
            let colour = common.style(around) == Style::Colour;
            write!(around.err, "{}", problems.render(colour))?;
        }
        Format::Json => {
            let told = json!({ "format": "transitd.check/1", "exit": Exit::CouldNotRun.code(), "problems": problems.to_json() });
            super::print_json(around, &told)?;
        }
    }
    Ok(())
}

/// Connects to AWS and makes the observer of the intent's network.
pub(super) async fn observer(
    intent: Intent,
    allow_gaps: bool,
    around: &Surroundings<'_>,
) -> Result<(Observer, Doors), Failure> {
    let external_id = external_id(&intent, around.variable)?;
    let doors = around.connect.connect().await;
    let calls = CallPolicy { seed: jitter_seed(around), ..CallPolicy::default() };
    let observer = Observer::new(Arc::new(intent), external_id, doors.read.clone(), around.clock.clone(), calls);
    let mut observer = observer.ok_or_else(|| Failure::new("the config declares no hub".to_owned()))?;
    if allow_gaps {
        observer.allow_gaps();
    }
    Ok((observer, doors))
}

/// Several transitd that fail together should not come back together: the jitter differs from start to start.
pub(super) fn jitter_seed(around: &Surroundings<'_>) -> u64 {
    u64::try_from(around.clock.now().as_nanosecond() & i128::from(u64::MAX)).unwrap_or_default()
}

/// Returns the member role's external id, looked up if the file says where.
pub(super) fn external_id(intent: &Intent, variable: &Lookup<'_>) -> Result<Option<String>, Failure> {
    match &intent.accounts.role.external_id {
        None => Ok(None),
        Some(ExternalId::Text(text)) => Ok(Some(text.to_string())),
        Some(ExternalId::Env(name)) => looked_up(name.as_str(), "the member role's external id", variable).map(Some),
    }
}

/// Returns where notices are sent, looked up if the file says where.
pub(super) fn addresses(daemon: &Daemon, variable: &Lookup<'_>) -> Result<Vec<Address>, Failure> {
    let webhook = match &daemon.webhook {
        None => None,
        Some(Webhook::Url(url)) => Some(url.to_string()),
        Some(Webhook::Env(name)) => {
            let found = looked_up(name.as_str(), "the address that notices are posted to", variable)?;
            // What is wrong is not shown: whoever knows the address may post there.
            let is_one = found.parse::<WebhookUrl>().is_ok();
            let wrong = format!("the environment variable {name} should hold an https:// address to post notices to");
            if is_one { Some(found) } else { return Err(Failure::new(wrong)) }
        }
    };
    let topic = daemon.sns.as_ref().map(|topic| Address::Topic(topic.to_string()));
    Ok(webhook.map(Address::Webhook).into_iter().chain(topic).collect())
}

fn looked_up(name: &str, what: &str, variable: &Lookup<'_>) -> Result<String, Failure> {
    variable(name).filter(|value| !value.is_empty()).ok_or_else(|| {
        Failure::new(format!("the environment variable {name} is not set; the config says that it holds {what}"))
    })
}
