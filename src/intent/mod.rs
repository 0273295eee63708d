//! The intent: one config file, read and checked.
//!
//! Text goes through a tree in which everything knows its place (`tree`), is decoded section by section with every
//! problem collected (`decode` and a file for each section), and comes out as plain values (`types`) that later stages
//! can believe. Nothing here reads a file, a clock or the environment: the same text gives the same answer.
//!
//! The JSON Schema that editors use is generated from `shape`, which the decoder asks for its keys; what this version
//! does not build yet is listed in `unsupported`.

mod accounts;
mod agreement;
mod attach;
mod config;
mod connections;
mod daemon;
mod decode;
mod home;
mod hubs;
mod members;
mod nearest;
mod peering;
mod problems;
mod routes;
mod safety;
mod scalars;
mod schema;
mod segments;
mod shape;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod unsupported;
mod words;

pub use problems::{Problem, ProblemKind, Problems};
pub use schema::{schema, schema_text};
pub use types::*;
pub use words::{ExternalIdText, ListenAddress, TopicArn, VariableName, WebhookUrl};

/// Reads and checks a config file; `file_name` is what messages call it.
///
/// # Errors
/// Everything that is wrong or not supported yet, all at once, in the order of the file.
pub fn parse(file_name: &str, text: &str) -> Result<Intent, Problems> {
    let (intent, problems) = read(text);
    match intent {
        Some(intent) if problems.is_empty() => Ok(intent),
        Some(_) | None => Err(Problems::new(file_name, text, problems)),
    }
}

/// Reads a config file as far as it goes: an intent may come out beside problems, and is then not to be believed.
/// Where none comes out, there is at least one problem.
fn read(text: &str) -> (Option<Intent>, Vec<Problem>) {
    let (root, mut problems) = tree::read(text);
    let Some(root) = root else { return (None, problems) };
    let mut decoder = decode::Decoder::default();
    let intent = config::read(&mut decoder, &root);
    problems.append(&mut decoder.problems);
    problems.append(&mut unsupported::find(&root));
    debug_assert!(intent.is_some() || !problems.is_empty(), "an intent was refused without a reason");
    (intent, problems)
}
