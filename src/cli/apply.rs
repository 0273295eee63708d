//! `transitd apply`: passes until the network is as declared.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{ApplyArguments, Common, Exit, Failure, Format, Surroundings, print_json, settings};
use crate::intent::Home;
use crate::model::NetworkName;
use crate::pass::{Converge, Ended, Pass};
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
    let store = SqliteStore::open(&common.state, &network)?;
    let _lock = match Lock::take(&common.state, &around.holder)? {
        Locked::Mine(lock) => lock,
        Locked::Theirs(holder) => {
            return Err(Failure(format!("the state in {} is in use by {holder}", common.state.display())));
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
    let mut before: Option<Plan> = None;
    let ended = converge
        .run(|pass| {
            exit = Exit::of(&pass.plan, &pass.outcomes);
            let view = view(pass, &network, &home);
            match common.format {
                // A pass that found all as the one before left it, and did nothing, is not worth a line.
                Format::Text
                    if pass.outcomes.is_empty()
                        && before.as_ref().is_some_and(|before| tells_the_same(before, &pass.plan)) => {}
                Format::Text => {
                    let text = report::pass_text(&view, style);
                    if printed.is_ok() {
                        printed = write!(out, "{text}").and_then(|()| out.flush());
                    }
                }
                Format::Json => passes.push(report::pass_json(&view)),
            }
            before = Some(pass.plan.clone());
        })
        .await?;
    printed?;
    finish(&ended, exit, passes, common.format, style, around)
}

/// Tells whether two plans say the same to a person: what is to be done, what is waited for, what stands in the way.
fn tells_the_same(before: &Plan, now: &Plan) -> bool {
    before.steps == now.steps
        && before.pending == now.pending
        && before.problems == now.problems
        && before.unknown == now.unknown
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

fn finish(
    ended: &Ended,
    last: Exit,
    passes: Vec<Value>,
    format: Format,
    style: Style,
    around: &mut Surroundings<'_>,
) -> Result<Exit, Failure> {
    let (word, exit) = match ended {
        Ended::InSync => ("in sync", last),
        Ended::Blocked => ("stopped: what can be done is done", last),
        Ended::TimeOver => ("stopped: the time is over", if last == Exit::InSync { Exit::Drift } else { last }),
        Ended::Stopped => ("stopped: asked to", if last == Exit::InSync { Exit::Drift } else { last }),
        Ended::Refused(_) => ("stopped: review refused the plan", Exit::Refused),
    };
    let violations = if let Ended::Refused(violations) = ended { violations.as_slice() } else { &[] };
    match format {
        Format::Text => {
            if !violations.is_empty() {
                write!(around.out, "{}", report::violations_text(violations, style))?;
            }
            // The last pass has said that all is in sync.
            if !matches!(ended, Ended::InSync) {
                writeln!(around.out, "{word}")?;
            }
        }
        Format::Json => print_json(
            around,
            &json!({ "format": "transitd.apply/1", "ended": word, "exit": exit.code(), "violations": violations, "passes": passes }),
        )?,
    }
    Ok(exit)
}
