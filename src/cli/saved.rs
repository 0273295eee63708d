//! Saved plans as files: `transitd drift --save` writes one, `transitd apply --plan` reads it.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Exit, Failure, Format, Surroundings, print_json};
use crate::model::NetworkName;
use crate::pass::Look;
use crate::plan::{Allowed, SavedPlan, Unfit};

/// Saves what a look came to. An older plan in the same place is replaced whole or not at all.
pub(super) fn save(file: &Path, look: &Look, allowed: Allowed, around: &mut Surroundings<'_>) -> Result<(), Failure> {
    let saved = SavedPlan::of(&look.plan, &look.policy, look.seen.at, allowed);
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let written = fs::write(&beside, saved.text()).and_then(|()| fs::rename(&beside, file));
    let name = file.display();
    written.map_err(|error| Failure::new(format!("the plan could not be saved in {name}: {error}")))?;
    writeln!(around.err, "the plan is saved in {name}")?;
    Ok(())
}

/// Reads a saved plan for the network that the config declares. One that is not to be applied is told of, and refused.
pub(super) fn read(
    file: &Path,
    network: &NetworkName,
    format: Format,
    around: &mut Surroundings<'_>,
) -> Result<Result<SavedPlan, Exit>, Failure> {
    let name = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("the saved plan {name} could not be read: {error}")))?;
    let unfit = match SavedPlan::read(&text, network) {
        Ok(saved) => return Ok(Ok(saved)),
        Err(unfit @ (Unfit::NoPlan(_) | Unfit::Form(_))) => return Err(Failure::new(format!("{name} {unfit}"))),
        Err(unfit @ (Unfit::Version(_) | Unfit::Network { .. } | Unfit::Edited)) => format!("{name} {unfit}"),
    };
    writeln!(around.err, "transitd: {unfit}")?;
    if format == Format::Json {
        let told = json!({ "format": "transitd.error/1", "exit": Exit::Refused.code(), "error": unfit });
        print_json(around, &told)?;
    }
    Ok(Err(Exit::Refused))
}
