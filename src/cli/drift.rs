//! `transitd drift`: what differs. Holds no door that could write.

use super::{Common, DriftArguments, Exit, Failure, Format, Surroundings, print_json, saved, settings};
use crate::apply::Outcomes;
use crate::daemon::PASS;
use crate::model::{AccountId, History, NetworkName, OrganizationId};
use crate::pass::Look;
use crate::plan::Allowed;
use crate::report::{self, View};
use crate::store::{SqliteStore, Store as _};

pub(super) async fn run(
    common: &Common,
    arguments: &DriftArguments,
    around: &mut Surroundings<'_>,
) -> Result<Exit, Failure> {
    let intent = match settings::intent(common, around)? {
        Ok(intent) => intent,
        Err(exit) => return Ok(exit),
    };
    let (network, home) = (intent.network.clone(), intent.home.clone());
    let past = match SqliteStore::open_to_read(&common.state, &network)? {
        Some(store) => store.history(around.clock.now())?,
        None => History::default(),
    };
    let (mut observer, doors) = settings::observer(intent, arguments.allow_gaps, around).await?;
    if arguments.accept_shrink {
        observer.accept_shrink();
    }
    drop(doors.write);
    let deadline = around.clock.now() + PASS;
    let look = tokio::select! {
        look = observer.look(&past, deadline) => look?,
        () = around.stop.cancelled() => return Err(Failure::new("stopped before everything was read".to_owned())),
    };
    let exit = Exit::of(&look.plan, &Outcomes::new());
    let view = view(&look, &network, &home.account, &home.organization);
    match common.format {
        Format::Text => write!(around.out, "{}", report::drift_text(&view, common.style(around)))?,
        Format::Json => print_json(around, &report::drift_json(&view, exit.code()))?,
    }
    if let Some(file) = &arguments.save {
        let allowed = Allowed { gaps: arguments.allow_gaps, shrink: arguments.accept_shrink };
        saved::save(file, &look, allowed, around)?;
    }
    Ok(exit)
}

pub(super) fn view<'a>(
    look: &'a Look,
    network: &'a NetworkName,
    home: &'a AccountId,
    organization: &'a OrganizationId,
) -> View<'a> {
    View { network, home, organization, plan: &look.plan, want: &look.want, seen: &look.seen, calls: look.calls }
}
