//! `transitd apply`: passes until the network is as declared.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{ApplyArguments, Common, Exit, Failure, Format, Surroundings, print_json, saved, settings};
use crate::intent::{Home, Mode};
use crate::model::NetworkName;
use crate::pass::{Actor, Broken, Converge, Ended, Pass, with};
use crate::plan::{Allowed, Moved, Plan, SavedPlan};
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
    let saved = match &arguments.plan {
        Some(file) => match saved::read(file, &network, common.format, around)? {
            Ok(saved) => Some(saved),
            Err(exit) => return Ok(exit),
        },
        None => None,
    };
    let asked = Allowed { gaps: arguments.allow_gaps, shrink: arguments.accept_shrink };
    let allowed = saved.as_ref().map_or(asked, SavedPlan::allowed);
    let _lock = match Lock::take(&common.state, &around.holder)? {
        Locked::Mine(lock) => lock,
        Locked::Theirs(holder) => {
            return Err(Failure::new(format!("the state in {} is in use by {holder}", common.state.display())));
        }
    };
    let store = Arc::new(Mutex::new(SqliteStore::open(&common.state, &network)?));
    let (mut observer, doors) = settings::observer(intent, allowed.gaps, around).await?;
    if allowed.shrink {
        observer.accept_shrink();
    }
    let actor =
        Actor { door: doors.write, store: store.clone(), clock: around.clock.clone(), stop: around.stop.clone() };
    let converge = Converge { observer, actor, deadline: around.clock.now() + arguments.time };

    let style = common.style(around);
    let mut passes: Vec<Value> = Vec::new();
    // Until a pass is over, nobody knows that all is in sync.
    let mut exit = Exit::Drift;
    let out = &mut *around.out;
    let mut printed = Ok(());
    let (clock, mut said) = (around.clock.clone(), String::new());
    let mut last: Option<Pass> = None;
    let ended = converge
        .run_within(saved.as_ref(), |pass| {
            exit = Exit::of(&pass.plan, &pass.outcomes);
            let verdict = report::verdict_text(&pass.plan);
            let record = pass.record("apply", &verdict, clock.now(), verdict != said);
            said = verdict;
            if let Err(error) = with(&*store, |store| store.record(&record)) {
                tracing::warn!(%error, "the pass could not be recorded");
            }
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
        Ok(Ended::Moved(_)) => ("stopped: what is to be done is not what the saved plan says", Exit::Refused),
        Err(_) => ("stopped: could not go on", Exit::CouldNotRun),
    };
    let moved: Option<&Moved> = if let Ok(Ended::Moved(moved)) = &ended { Some(moved) } else { None };
    let violations = if let Ok(Ended::Refused(violations)) = &ended { violations.as_slice() } else { &[] };
    let error = ended.as_ref().err().map(ToString::to_string);
    match format {
        Format::Text => {
            if !violations.is_empty() {
                write!(around.out, "{}", report::violations_text(violations, style))?;
            }
            if let Some(moved) = moved {
                write!(around.out, "{}", report::moved_text(moved, style))?;
            }
            match &ended {
                // The last pass has said that all is in sync, or what stands in the way.
                Ok(Ended::InSync) => {}
                Ok(Ended::Blocked | Ended::Refused(_) | Ended::Moved(_)) => writeln!(around.out, "{word}")?,
                Ok(Ended::TimeOver | Ended::Stopped) | Err(_) => writeln!(around.out, "{standing}{word}")?,
            }
        }
        Format::Json => {
            let all = json!({
                "format": "transitd.apply/1", "ended": word, "exit": exit.code(), "error": error,
                "violations": violations, "moved": moved, "passes": passes,
            });
            print_json(around, &all)?;
        }
    }
    match ended {
        Ok(_) => Ok(exit),
        Err(broken) => Err(Failure { told: format == Format::Json, ..Failure::from(broken) }),
    }
}
