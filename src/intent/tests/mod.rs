//! Tests of the whole way from text to intent. `everything.yaml` has every word of the language, so that each
//! diagnostic is one change to it.

/// Compares a text with its snapshot file, which holds the text alone and not the expression that made it.
macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!($text) })
    };
}

mod diagnostics;
mod examples;
mod properties;
mod schema;

use super::problems::{Problem, ProblemKind, Problems};

const EVERYTHING: &str = include_str!("../../../config/everything.yaml");
const HUB_AND_SPOKE: &str = include_str!("../../../config/hub-and-spoke.yaml");
const INSPECTION: &str = include_str!("../../../config/inspection.yaml");
const TWO_VPCS: &str = include_str!("../../../config/two-vpcs.yaml");

/// Replaces a piece of a text that occurs exactly once.
fn change(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old:?} should occur once");
    text.replacen(old, new, 1)
}

/// Returns what is wrong with a text, without what is only not supported yet.
fn wrong(text: &str) -> Problems {
    let (_, problems) = super::read(text);
    let wrong: Vec<Problem> = problems.into_iter().filter(|problem| problem.kind() == ProblemKind::Wrong).collect();
    Problems::new("intent.yaml", text, wrong)
}
