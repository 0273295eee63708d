//! What every decision is called: one function for each enum, each match complete, so that a new variant has to be
//! worded before it compiles.
//!
//! Messages are lower-case fragments without a full stop; they say what would be right, and hints what a person can do.

mod help;
mod problem;
mod unmanaged;

use crate::api::{Ref, WriteCall};
use crate::apply::Outcome;
use crate::model::{AttachmentOptions, Fault, Key, Kind, ListId, Scope, Trouble};
use crate::plan::{Outlook, Risk, Step, Wait, Why};
use crate::review::Violation;

use super::names::{Names, Place};
use super::style::Paint;
use super::summary::ENTERING;

pub(super) use problem::problem;
pub(super) use unmanaged::{LEFTOVER_HELP, unmanaged, unmanaged_help};

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wording {
    pub about: String,
    pub reason: String,
    pub help: String,
}

impl Wording {
    pub fn text(&self) -> String {
        format!("{}: {}", self.about, self.reason)
    }
}

/// Puts the difference that a step mends into words; fits after the thing's name and a colon.
pub(super) fn why(why: &Why) -> String {
    match why {
        Why::Missing => "not there".to_owned(),
        Why::NotAccepted => "not accepted yet".to_owned(),
        Why::SubnetsMissing { subnets } => format!("lacks {}", list(subnets)),
        Why::Options { have, want } => options(*have, *want),
        Why::WrongTable { .. } => "not its segment's table".to_owned(),
        Why::Blackholed => "there, but a blackhole".to_owned(),
        Why::OldTarget { target } => format!("leads to {target}, as transitd wrote it before"),
    }
}

fn options(have: AttachmentOptions, want: AttachmentOptions) -> String {
    let each = [
        ("dns", have.dns, want.dns),
        ("ipv6", have.ipv6, want.ipv6),
        ("appliance mode", have.appliance_mode, want.appliance_mode),
    ];
    let differing: Vec<String> = each
        .iter()
        .filter(|(_, have, want)| have != want)
        .map(|(name, have, want)| format!("{name} is {}, should be {}", switch(*have), switch(*want)))
        .collect();
    differing.join("; ")
}

fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Puts what a step waits for into words.
pub(super) fn wait(wait: &Wait, names: &Names<'_>, here: Place<'_>) -> String {
    match wait {
        Wait::Present { key, .. } => format!("waits until {} is there", names.thing(key, here)),
        // What has to go is always the thing's own older self.
        Wait::Gone { .. } => "waits until AWS has removed the old one".to_owned(),
        Wait::Seen { until } => {
            let until = until.strftime("%FT%TZ");
            format!("was sent and does not show yet: sent again only if it is not seen after {until}")
        }
    }
}

/// Puts what a step waits for into words, if it waits.
pub(super) fn waits(step: &Step, names: &Names<'_>, here: Place<'_>) -> Option<String> {
    match &step.outlook {
        Outlook::Ready => None,
        // The step before it asks for the very thing that this one accepts.
        Outlook::Waits { on: Wait::Present { key, .. } } if *key == step.key => {
            Some("waits until it is asked for".to_owned())
        }
        Outlook::Waits { on } => Some(wait(on, names, here)),
    }
}

/// Puts what a step can do to traffic into words.
pub(super) fn risk(risk: Risk) -> String {
    match risk {
        Risk::Adds => "adds only".to_owned(),
        Risk::Changes => "changes in place".to_owned(),
        Risk::Removes => "removes, no declared traffic uses it".to_owned(),
        Risk::Cuts { seconds } => format!("cuts its traffic for about {seconds} s"),
    }
}

/// Returns what a step does, in one word.
pub(super) fn verb(call: &WriteCall) -> &'static str {
    match call {
        WriteCall::CreateTransitGatewayRouteTable { .. }
        | WriteCall::CreateTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::CreateRoute { .. } => "create",
        WriteCall::ModifyTransitGatewayVpcAttachment { .. } => "modify",
        WriteCall::AcceptTransitGatewayVpcAttachment { .. } => "accept",
        WriteCall::DisassociateTransitGatewayRouteTable { .. } => "remove",
        WriteCall::ReplaceRoute { .. } => "replace",
    }
}

/// Returns what a step does its work on, as seen from within its hub and VPC.
pub(super) fn object(step: &Step, names: &Names<'_>, here: Place<'_>) -> String {
    match &step.call {
        WriteCall::CreateTransitGatewayRouteTable { .. } => match &step.key {
            Key::Table(table) => format!("route table of segment {}", table.segment),
            Key::Hub(_) | Key::Attachment(_) | Key::Association(_) | Key::Propagation(_) | Key::VpcRoute(_) => {
                names.thing(&step.key, here)
            }
        },
        WriteCall::CreateTransitGatewayVpcAttachment { subnets, options, .. } => {
            format!("attachment in {}{}", list(subnets), switched_on(*options))
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { attachment, .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => match attachment {
            Ref::Known(id) => format!("attachment {id}"),
            Ref::Planned(_) => "attachment".to_owned(),
        },
        WriteCall::AssociateTransitGatewayRouteTable { .. } => match associated(step, names) {
            Some(segment) => format!("association with the route table of segment {segment}"),
            None => "association".to_owned(),
        },
        WriteCall::DisassociateTransitGatewayRouteTable { table, .. } => format!("association with {table}"),
        WriteCall::EnableTransitGatewayRouteTablePropagation { .. } => match &step.key {
            Key::Propagation(key) => format!("propagation into {}", names.table(&key.table, here)),
            Key::Hub(_) | Key::Table(_) | Key::Attachment(_) | Key::Association(_) | Key::VpcRoute(_) => {
                names.thing(&step.key, here)
            }
        },
        WriteCall::CreateRoute { route_table, destination, gateway }
        | WriteCall::ReplaceRoute { route_table, destination, gateway } => {
            format!("route {destination} to {gateway} in {route_table}")
        }
    }
}

fn associated(step: &Step, names: &Names<'_>) -> Option<String> {
    match &step.key {
        Key::Association(key) => names.table_of(key).map(|table| table.segment.to_string()),
        Key::Hub(_) | Key::Table(_) | Key::Attachment(_) | Key::Propagation(_) | Key::VpcRoute(_) => None,
    }
}

fn switched_on(options: AttachmentOptions) -> String {
    let on: Vec<&str> = [
        options.dns.then_some("dns"),
        options.ipv6.then_some("ipv6"),
        options.appliance_mode.then_some("appliance mode"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if on.is_empty() { String::new() } else { format!(" with {}", on.join(", ")) }
}

/// Returns the colour of what a step does.
pub(super) fn risk_paint(risk: Risk) -> Paint {
    match risk {
        Risk::Adds => Paint::Good,
        Risk::Changes => Paint::Notable,
        Risk::Removes | Risk::Cuts { .. } => Paint::Bad,
    }
}

/// Puts a class of failure into words; fits after "the call failed, since".
pub(super) fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Throttled => "AWS refused the call for its rate, or the time for it was over",
        Fault::Transient => "the call did not get through",
        Fault::InDoubt => "the answer was lost",
        Fault::Settling => "AWS is still busy with what this needs",
        Fault::AlreadyDone => "AWS says that it is so already",
        Fault::StaleCredentials => "the credentials ran out or were not taken",
        Fault::Denied => "a permission, a trust or an organization policy is missing",
        Fault::Quota => "a quota is full",
        Fault::Invalid => "AWS does not take the request as it is",
        Fault::Unexpected => "transitd does not know this answer",
    }
}

/// Says what a person can do about a failed call.
pub(super) fn fault_help(trouble: &Trouble) -> String {
    let action = &trouble.action;
    match trouble.fault {
        Fault::Throttled => format!("it may pass by itself; if not, find what else calls {action} there so often"),
        Fault::Transient => {
            "it may pass by itself; if not, see that AWS's endpoints can be reached from here".to_owned()
        }
        Fault::InDoubt => {
            "leave it to transitd: it is not sent again before a look has shown whether it was done".to_owned()
        }
        Fault::Settling => "leave it to transitd: a later pass tries again".to_owned(),
        Fault::AlreadyDone => "leave it to transitd: the next look shows whether it is so".to_owned(),
        Fault::StaleCredentials => {
            "see that the credentials are current, the clock is right and the role still exists".to_owned()
        }
        Fault::Denied if action == ENTERING => {
            "see that the role exists, trusts the home account's role and asks for the external id under \
             accounts.role; an account that is none of this network's can be named under accounts.exclude"
                .to_owned()
        }
        Fault::Denied => {
            format!("allow {action} in the role's policies, and see that no organization policy denies it")
        }
        Fault::Quota => "ask AWS for more under Service Quotas, or make room".to_owned(),
        Fault::Invalid => "mend what AWS names; the same request is not sent again in this run".to_owned(),
        Fault::Unexpected => "report it with the code and the request id; it may be a bug in transitd".to_owned(),
    }
}

/// Puts a failed call into words: call, AWS's code and message, and the request's id for a support case.
pub(super) fn trouble(trouble: &Trouble) -> String {
    match &trouble.request_id {
        Some(id) => format!("{trouble}, request {id}"),
        None => trouble.to_string(),
    }
}

/// What became of a step, in one word and with its details.
pub(super) struct Came {
    pub word: &'static str,
    pub paint: Paint,
    /// What AWS or the store said.
    pub said: String,
    pub help: Option<String>,
}

/// Puts what became of a step into words.
pub(super) fn outcome(outcome: &Outcome) -> Came {
    let with = |word, paint, why: &Trouble| Came {
        word,
        paint,
        said: format!("{}; {}", fault(why.fault), trouble(why)),
        help: Some(fault_help(why)),
    };
    match outcome {
        Outcome::Done => Came { word: "done", paint: Paint::Good, said: String::new(), help: None },
        Outcome::AlreadyDone => Came {
            word: "already done",
            paint: Paint::Good,
            said: "AWS says that it is so already".to_owned(),
            help: None,
        },
        Outcome::Later(why) => Came { help: None, ..with("later", Paint::Notable, why) },
        Outcome::InDoubt(why) => with("in doubt", Paint::Notable, why),
        Outcome::Failed(why) => with("failed", Paint::Bad, why),
        Outcome::NotSent => Came {
            word: "not sent",
            paint: Paint::Notable,
            said: "transitd was asked to stop first".to_owned(),
            help: None,
        },
        Outcome::NotJournaled(why) => Came {
            word: "not journaled",
            paint: Paint::Bad,
            said: format!("not sent, since the journal could not be written: {why}"),
            help: Some("see that the state file can be written and its disk has room".to_owned()),
        },
    }
}

/// Says what a person can do about a refusal. Its own words are in [`Violation`]'s `Display`.
pub(super) fn violation_help(violation: &Violation) -> &'static str {
    match violation {
        Violation::Doubled { .. } => "report it: two steps with one name are a bug in transitd's planner",
        Violation::Order { .. } => "report it: a step before its time is a bug in transitd's planner",
        Violation::Early { .. } => "report it: a step that cannot work yet is a bug in transitd's planner",
        Violation::Incomplete { .. } => "report it: a step without an id to work on is a bug in transitd's planner",
        Violation::Evidence { .. } => "let that list be read, as the report of what is unknown says; then look again",
        Violation::NoEvidence { .. } => "report it: a removal without evidence is a bug in transitd's planner",
        Violation::Gap { .. } => "when a gap can be borne: `transitd apply --allow-gaps`, or `safety: { gaps: allow }`",
        Violation::Frozen { .. } => "wait for the end of the freeze in the file, under safety.freeze",
        Violation::Scope { .. } => "let that account be read, as the report of what is unknown says; then look again",
    }
}

/// Names what a list lists, without its scope.
pub(super) fn list_words(list: &ListId) -> String {
    match list {
        ListId::Accounts => "the organization's accounts".to_owned(),
        ListId::Gateways(_) => "transit gateways".to_owned(),
        ListId::Attachments(_) => "attachments".to_owned(),
        ListId::VpcAttachments(_) => "VPC attachments".to_owned(),
        ListId::Tables(_) => "transit gateway route tables".to_owned(),
        ListId::Associations(_, table) => format!("associations of {table}"),
        ListId::Propagations(_, table) => format!("propagations of {table}"),
        ListId::TransitGatewayRoutes(_, table) => format!("routes of {table}"),
        ListId::Vpcs(_) => "VPCs".to_owned(),
        ListId::Subnets(_) => "subnets".to_owned(),
        ListId::RouteTables(_) => "route tables".to_owned(),
        ListId::SharedGateways(_) => "transit gateways shared with it".to_owned(),
    }
}

/// Returns where a list is read; none for the organization's own.
pub(super) fn scope_of(list: &ListId) -> Option<&Scope> {
    match list {
        ListId::Accounts => None,
        ListId::Gateways(scope)
        | ListId::Attachments(scope)
        | ListId::VpcAttachments(scope)
        | ListId::Tables(scope)
        | ListId::Associations(scope, _)
        | ListId::Propagations(scope, _)
        | ListId::TransitGatewayRoutes(scope, _)
        | ListId::Vpcs(scope)
        | ListId::Subnets(scope)
        | ListId::RouteTables(scope)
        | ListId::SharedGateways(scope) => Some(scope),
    }
}

/// Returns a kind's name for many.
pub(super) fn several(kind: Kind) -> &'static str {
    match kind {
        Kind::Hub => "transit gateways",
        Kind::Table => "route tables",
        Kind::Attachment => "attachments",
        Kind::Association => "associations",
        Kind::Propagation => "propagations",
        Kind::VpcRoute => "VPC routes",
    }
}

/// Puts names one after the other.
pub(super) fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
