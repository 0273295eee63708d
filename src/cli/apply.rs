//! `transitd apply`: passes until the network is as declared.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{ApplyArguments, Common, Exit, Failure, Format, Surroundings, print_json, settings};
use crate::intent::{Home, Mode};
use crate::model::NetworkName;
use crate::pass::{Broken, Converge, Ended, Pass};
use crate::plan::Plan;
use crate::report::{self, PassView, Style, View};
use crate::store::{Lock, Locked, SqliteStore};

pub(super) async fn run(
    common: &Common,
    arguments: &ApplyArguments,
    around: &mut Surroundings<'_>,
) -> Result<Exit, Failure> {
    let intent = match settings::intent(common, around)? {
        Ok(intent) => intent,
        Err(exit) => return Ok(exit),
    };
    let (network, home) = (intent.network.clone(), intent.home.clone());
    if intent.daemon.mode == Mode::Observe {
        return Err(Failure::new(
            "the config says `daemon: { mode: observe }`: nothing is written until it says enforce",
        ));
    }
    let store = SqliteStore::open(&common.state, &network)?;
    let _lock = match Lock::take(&common.state, &around.holder)? {
        Locked::Mine(lock) => lock,
        Locked::Theirs(holder) => {
            return Err(Failure::new(format!("the state in {} is in use by {holder}", common.state.display())));
        }
    };
    let (observer, doors) = settings::observer(intent, arguments.allow_gaps, around).await?;
    let converge = Converge {
        observer,
        door: doors.write,
        store: Arc::new(Mutex::new(store)),
        clock: around.clock.clone(),
        deadline: around.clock.now() + arguments.time,
        stop: around.stop.clone(),
    };

    let style = common.style(around);
    let mut passes: Vec<Value> = Vec::new();
    // Until a pass is over, nobody knows that all is in sync.
    let mut exit = Exit::Drift;
    let out = &mut *around.out;
    let mut printed = Ok(());
    let mut last: Option<Pass> = None;
    let ended = converge
        .run(|pass| {
            exit = Exit::of(&pass.plan, &pass.outcomes);
            let view = view(&pass, &network, &home);
            // A pass that found all as the one before left it, and did nothing, is not worth a line.
            let quiet =
                pass.outcomes.is_empty() && last.as_ref().is_some_and(|last| tells_the_same(&last.plan, &pass.plan));
            match common.format {
                Format::Text if quiet => {}
                Format::Text => {
                    let text = report::pass_text(&view, style);
                    if printed.is_ok() {
                        printed = write!(out, "{text}").and_then(|()| out.flush());
                    }
                }
                Format::Json => passes.push(report::pass_json(&view)),
            }
            last = Some(pass);
        })
        .await;
    printed?;
    let standing = last.as_ref().map(|pass| report::standing_text(&view(pass, &network, &home).view, style));
    finish(ended, exit, passes, standing.unwrap_or_default(), common.format, style, around)
}

/// Tells whether two plans say the same to a person: what is to be done, what is waited for, what stands in the way.
fn tells_the_same(before: &Plan, now: &Plan) -> bool {
    before.steps == now.steps
        && before.pending == now.pending
        && before.problems == now.problems
        && before.unknown.keys().eq(now.unknown.keys())
}

fn view<'a>(pass: &'a Pass, network: &'a NetworkName, home: &'a Home) -> PassView<'a> {
    PassView {
        number: pass.number,
        view: View {
            network,
            home: &home.account,
            organization: &home.organization,
            plan: &pass.plan,
            want: &pass.want,
            seen: &pass.seen,
            calls: pass.calls,
        },
        outcomes: &pass.outcomes,
    }
}

/// Says how it ended. What was done is said even if it could not go on.
fn finish(
    ended: Result<Ended, Broken>,
    last: Exit,
    passes: Vec<Value>,
    standing: String,
    format: Format,
    style: Style,
    around: &mut Surroundings<'_>,
) -> Result<Exit, Failure> {
    let unfinished = if last == Exit::InSync { Exit::Drift } else { last };
    let (word, exit) = match &ended {
        Ok(Ended::InSync) => ("in sync", last),
        Ok(Ended::Blocked) => ("stopped: what can be done is done", last),
        Ok(Ended::TimeOver) => ("stopped: the time is over", unfinished),
        Ok(Ended::Stopped) => ("stopped: asked to", unfinished),
        Ok(Ended::Refused(_)) => ("stopped: review refused the plan", Exit::Refused),
        Err(_) => ("stopped: could not go on", Exit::CouldNotRun),
    };
    let violations = if let Ok(Ended::Refused(violations)) = &ended { violations.as_slice() } else { &[] };
    let error = ended.as_ref().err().map(ToString::to_string);
    match format {
        Format::Text => {
            if !violations.is_empty() {
                write!(around.out, "{}", report::violations_text(violations, style))?;
            }
            match &ended {
                // The last pass has said that all is in sync, or what stands in the way.
                Ok(Ended::InSync) => {}
                Ok(Ended::Blocked | Ended::Refused(_)) => writeln!(around.out, "{word}")?,
                Ok(Ended::TimeOver | Ended::Stopped) | Err(_) => writeln!(around.out, "{standing}{word}")?,
            }
        }
        Format::Json => {
            let all = json!({
                "format": "transitd.apply/1", "ended": word, "exit": exit.code(), "error": error,
                "violations": violations, "passes": passes,
            });
            print_json(around, &all)?;
        }
    }
    match ended {
        Ok(_) => Ok(exit),
        Err(broken) => Err(Failure { told: format == Format::Json, ..Failure::from(broken) }),
    }
}
