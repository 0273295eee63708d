//! `transitd drift`: what differs. Holds no door that could write.

use jiff::SignedDuration;

use super::{Common, Exit, Failure, Format, Surroundings, print_json, settings};
use crate::apply::Outcomes;
use crate::model::{AccountId, History, NetworkName, OrganizationId};
use crate::pass::Look;
use crate::report::{self, View};
use crate::store::{SqliteStore, Store as _};

/// How long a report may take: a pass over a thousand accounts stays in minutes.
const TIME: SignedDuration = SignedDuration::from_mins(30);

pub(super) async fn run(common: &Common, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    let intent = match settings::intent(common, around)? {
        Ok(intent) => intent,
        Err(exit) => return Ok(exit),
    };
    let (network, home) = (intent.network.clone(), intent.home.clone());
    let past = match SqliteStore::open_to_read(&common.state, &network)? {
        Some(store) => store.history()?,
        None => History::default(),
    };
    let (observer, doors) = settings::observer(intent, false, around).await?;
    drop(doors.write);
    let deadline = around.clock.now() + TIME;
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
    Ok(exit)
}

fn view<'a>(
    look: &'a Look,
    network: &'a NetworkName,
    home: &'a AccountId,
    organization: &'a OrganizationId,
) -> View<'a> {
    View { network, home, organization, plan: &look.plan, want: &look.want, seen: &look.seen, calls: look.calls }
}
