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
    /// The value is this word.
    Is(&'static str),
    /// There is one before it.
    Further,
}

#[rustfmt::skip]
const NOT_YET: &[NotYet] = &[
    NotYet { path: "hubs/*/asn", when: When::Given, what: "making a hub", until_then: "make the transit gateway yourself and name it with `adopt`" },
    NotYet { path: "hubs/*", when: When::Further, what: "a second hub", until_then: "write one file for each hub, each with a `network` name of its own" },
    NotYet { path: "share", when: When::Given, what: "sharing hubs through RAM", until_then: "share the transit gateways yourself and leave `share` out" },
    NotYet { path: "segments/*/members/*/account_tags", when: When::Given, what: "choosing accounts by their tags", until_then: "name an `ou` or the accounts" },
    NotYet { path: "segments/*/manage", when: When::Given, what: "enforcing kind by kind", until_then: "leave `manage` out: all kinds are enforced" },
    NotYet { path: "segments/*/ignore_cidrs", when: When::Given, what: "leaving ranges out of the routing", until_then: "leave `ignore_cidrs` out: all ranges of a VPC are propagated" },
    NotYet { path: "segments/*/routing", when: When::Is("static"), what: "routing by static instead of propagated routes", until_then: "leave `routing` out: all ranges of a VPC are propagated" },
    NotYet { path: "segments/*/appliance_mode", when: When::Is("true"), what: "placing firewalls in a segment", until_then: "keep firewalls out of this file's segments" },
    NotYet { path: "segments/*/attachments", when: When::Given, what: "placing VPN and Direct Connect attachments", until_then: "leave `attachments` out: they stay as they are" },
    NotYet { path: "segments/*/cidrs", when: When::Given, what: "judging what BGP brings", until_then: "leave `cidrs` out" },
    NotYet { path: "attach/ipv6", when: When::Is("true"), what: "attaching with IPv6", until_then: "say `ipv6: false`" },
    NotYet { path: "inspect", when: When::Given, what: "connecting through firewalls", until_then: "leave `inspect` out: pairs that are not connected stay apart" },
    NotYet { path: "egress", when: When::Given, what: "reaching the internet through firewalls", until_then: "leave `egress` out" },
    NotYet { path: "isolate", when: When::Given, what: "proving isolation", until_then: "leave `isolate` out: pairs that are not connected get no routes, without proof" },
    NotYet { path: "routes", when: When::Given, what: "declaring static routes", until_then: "leave `routes` out" },
    NotYet { path: "peer_hubs", when: When::Given, what: "peering hubs", until_then: "leave `peer_hubs` out" },
    NotYet { path: "peer_vpcs", when: When::Given, what: "peering VPCs", until_then: "leave `peer_vpcs` out" },
    NotYet { path: "safety/undeclared", when: When::Is("remove"), what: "removing what is no longer declared", until_then: "say `undeclared: report`" },
    NotYet { path: "safety/undeclared/*", when: When::Is("remove"), what: "removing what is no longer declared", until_then: "say `report`" },
    NotYet { path: "safety/departures", when: When::Given, what: "holding VPCs that no longer fit their segment", until_then: "leave `departures` out: nothing is removed from a VPC that departs" },
];

/// Lists every place of the file that asks for something in the table.
pub(super) fn find(root: &Node) -> Vec<Problem> {
    NOT_YET.iter().flat_map(|row| uses(row, root)).collect()
}

fn uses(row: &NotYet, root: &Node) -> Vec<Problem> {
    let nodes = reach(root, row.path);
    let asking: Vec<&Node> = match row.when {
        When::Given => nodes,
        When::Is(word) => nodes.into_iter().filter(|node| scalar(node) == Some(word)).collect(),
        When::Further => nodes.into_iter().skip(1).collect(),
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
