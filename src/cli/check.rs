//! `transitd check`: is the config file good?

use serde_json::json;

use super::{Common, Exit, Failure, Format, Surroundings, print_json, settings};

pub(super) fn run(common: &Common, around: &mut Surroundings<'_>) -> Result<Exit, Failure> {
    let intent = match settings::intent(common, around)? {
        Ok(intent) => intent,
        Err(exit) => return Ok(exit),
    };
    let (hubs, segments) = (intent.hubs.len(), intent.segments.len());
    match common.format {
        Format::Text => writeln!(
            around.out,
            "{}: good; network {}, home account {}, {}, {}",
            common.config.display(),
            intent.network,
            intent.home.account,
            counted(hubs, "hub"),
            counted(segments, "segment"),
        )?,
        Format::Json => print_json(
            around,
            &json!({ "format": "transitd.check/1", "exit": Exit::InSync.code(), "network": intent.network, "hubs": hubs, "segments": segments, "problems": [] }),
        )?,
    }
    Ok(Exit::InSync)
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
