//! `transitd hold`, `release`, `pause` and `resume`: a person's orders, given beside the daemon and in force at once.

use clap::Args;
use serde_json::json;

use super::{Common, Exit, Failure, Format, Surroundings, duration, print_json};
use crate::model::Hold;
use crate::store::{Order, Ordered, Orders};

/// What a hold's name may be, as the help of a command says it.
const NAMES: &str = "A resource is an id as AWS writes it (vpc-…, rtb-…, tgw-…, tgw-rtb-…, tgw-attach-…, an account), a range, \
or the name of a step as reports show it. Several words narrow it down: 'rtb-0abc 10.0.0.0/8' is that one route.";

#[derive(Debug, Args)]
#[command(after_help = NAMES)]
pub(super) struct HoldArguments {
    /// What to leave alone
    #[arg(value_parser = resource)]
    resource: String,
    /// For how long, such as 30m, 2h or 48h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    time: std::time::Duration,
    /// Why, for whoever reads it next
    #[arg(long, value_parser = reason)]
    why: String,
}

#[derive(Debug, Args)]
#[command(after_help = NAMES)]
pub(super) struct ReleaseArguments {
    /// What is held, in the words in which it was held
    #[arg(value_parser = resource)]
    resource: String,
    /// Why, for whoever reads it next
    #[arg(long, default_value = "")]
    why: String,
}

#[derive(Debug, Args)]
pub(super) struct PauseArguments {
    /// Why, for whoever reads it next
    #[arg(long, value_parser = reason)]
    why: String,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArguments {
    /// Why, for whoever reads it next
    #[arg(long, default_value = "")]
    why: String,
}

pub(super) fn hold(common: &Common, asked: &HoldArguments, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    let until = around.clock.now() + asked.time;
    let what = Ordered::Hold { name: asked.resource.clone(), until };
    let (orders, order) = give(common, what, &asked.why, around)?;
    let Order { at: since, by, why, .. } = order;
    let hold = Hold { name: asked.resource.clone(), why, by, since, until };
    let known = orders.covered(&hold)?;
    let mut said = hold.to_string();
    if known == 0 {
        said.push_str("\nnote: nothing that transitd has done so far goes by that name; it is held all the same");
    }
    say(common, &said, json!({ "order": "hold", "hold": hold, "known": known }), around)
}

pub(super) fn release(
    common: &Common,
    asked: &ReleaseArguments,
    around: &mut Surroundings<'_>,
) -> Result<Exit, Failure> {
    let now = around.clock.now();
    let orders = open(common)?;
    let held = orders.holds(now)?;
    if !held.iter().any(|hold| hold.name == asked.resource) {
        let names: Vec<String> = held.iter().map(|hold| format!("'{}'", hold.name)).collect();
        let names = if names.is_empty() { "nothing is".to_owned() } else { format!("held: {}", names.join(", ")) };
        return Err(Failure::new(format!("'{}' is not held; {names}", asked.resource)));
    }
    let what = Ordered::Release { name: asked.resource.clone() };
    let (_, order) = give(common, what, &asked.why, around)?;
    let said = format!("{} is released by {}", asked.resource, order.by);
    say(common, &said, json!({ "order": "release", "name": asked.resource, "by": order.by }), around)
}

pub(super) fn pause(common: &Common, asked: &PauseArguments, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    let (orders, _) = give(common, Ordered::Pause, &asked.why, around)?;
    let pause = orders.pause()?.ok_or_else(|| Failure::new("the pause was ended at once by somebody else"))?;
    say(common, &pause.to_string(), json!({ "order": "pause", "pause": pause }), around)
}

pub(super) fn resume(common: &Common, asked: &ResumeArguments, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    if open(common)?.pause()?.is_none() {
        let why = "the network is not paused from here; a report names the hub whose tag pauses it, if one does";
        return Err(Failure::new(why));
    }
    let (_, order) = give(common, Ordered::Resume, &asked.why, around)?;
    let said = format!("resumed by {}", order.by);
    say(common, &said, json!({ "order": "resume", "by": order.by }), around)
}

fn open(common: &Common) -> Result<Orders, Failure> {
    let orders = Orders::open(&common.state)?;
    orders.ok_or_else(|| {
        let directory = common.state.display();
        Failure::new(format!(
            "there is no state in {directory} yet: --state names the directory that transitd runs with"
        ))
    })
}

fn give(common: &Common, what: Ordered, why: &str, around: &Surroundings<'_>) -> Result<(Orders, Order), Failure> {
    let orders = open(common)?;
    // Who stands behind a shared login is worth more than the login.
    let name = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(around.variable).filter(|name| !name.is_empty());
    let by = name.unwrap_or_else(|| "somebody".to_owned());
    let order = Order { at: around.clock.now(), by, what, why: why.to_owned() };
    orders.give(&order)?;
    Ok((orders, order))
}

fn say(
    common: &Common,
    text: &str,
    mut value: serde_json::Value,
    around: &mut Surroundings<'_>,
) -> Result<Exit, Failure> {
    match common.format {
        Format::Text => writeln!(around.out, "{text}")?,
        Format::Json => {
            value["format"] = json!("transitd.order/1");
            value["exit"] = json!(Exit::InSync.code());
            print_json(around, &value)?;
        }
    }
    Ok(Exit::InSync)
}

/// Reads what is to be held. A short word would cover far more than anybody meant.
fn resource(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || words.iter().any(|word| word.len() < 3) {
        return Err("expected an id, a range or a step's name, in words of three letters at least".to_owned());
    }
    Ok(words.join(" "))
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("expected a reason: somebody reads it at night".to_owned()) } else { Ok(text.to_owned()) }
}
