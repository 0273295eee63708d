//! What the config's language has words for and this version does not build yet.
//!
//! The table is the one place that says so. Whoever builds a thing deletes its lines here, and the file that asks for
//! it is accepted from then on. Each use is reported with its line, beside everything that is wrong.

use super::problems::{Problem, ProblemKind, Span};
use super::tree::{Node, Value};

/// One thing that is not built yet: where the file asks for it, and what to do until then.
struct NotYet {
    /// Keys from the root, with slashes between; `*` is any key or any item of a list.
    path: &'static str,
    when: When,
    what: &'static str,
    until_then: &'static str,
}

/// When the value at a path asks for the thing.
enum When {
    Given,
    /// The value is not the first one's.
    Differs,
}

#[rustfmt::skip]
const NOT_YET: &[NotYet] = &[
    NotYet { path: "hubs/*/region", when: When::Differs, what: "a hub in a second region", until_then: "write one file for each region, each with a `network` name of its own" },
    NotYet { path: "peer_hubs", when: When::Given, what: "peering hubs", until_then: "leave `peer_hubs` out" },
    NotYet { path: "peer_vpcs", when: When::Given, what: "peering VPCs", until_then: "leave `peer_vpcs` out" },
];

/// Lists every place of the file that asks for something in the table.
pub(super) fn find(root: &Node) -> Vec<Problem> {
    NOT_YET.iter().flat_map(|row| uses(row, root)).collect()
}

fn uses(row: &NotYet, root: &Node) -> Vec<Problem> {
    let nodes = reach(root, row.path);
    let asking: Vec<&Node> = match row.when {
        When::Given => nodes,
        When::Differs => {
            let first = nodes.first().and_then(|node| scalar(node));
            nodes.into_iter().filter(|node| scalar(node) != first).collect()
        }
    };
    asking.into_iter().map(|node| row.problem(node.at)).collect()
}

impl NotYet {
    fn problem(&self, span: Span) -> Problem {
        let mut problem = Problem::new(ProblemKind::Unsupported, span, format!("{} is not supported yet", self.what));
        problem.help(self.until_then);
        problem
    }
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::Map(_) | Value::List(_) | Value::Refused => None,
    }
}

/// Finds all nodes at a path.
fn reach<'n>(root: &'n Node, path: &str) -> Vec<&'n Node> {
    let mut nodes = vec![root];
    for step in path.split('/') {
        nodes = nodes.into_iter().flat_map(|node| step_into(node, step)).collect();
    }
    nodes
}

fn step_into<'n>(node: &'n Node, step: &str) -> Vec<&'n Node> {
    match &node.value {
        Value::Map(entries) => {
            entries.iter().filter(|entry| step == "*" || entry.key == step).map(|entry| &entry.node).collect()
        }
        Value::List(items) if step == "*" => items.iter().collect(),
        Value::List(_) | Value::Scalar { .. } | Value::Refused => Vec::new(),
    }
}
