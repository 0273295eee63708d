//! A step in words: why it is done, what it can do to traffic, and what it waits for. What it does to what is in `object`.

use crate::api::{Ref, WriteCall};
use crate::model::{Attached, AttachedKey, AttachmentOptions, Key, RoutePurpose, TransitGatewayOptions};
use crate::plan::{Left, Outlook, Risk, Step, Wait, Why};
use crate::report::names::{Names, Place};

use super::list;

/// Puts the difference that a step mends into words; fits after the thing's name and a colon.
pub(in crate::report) fn reason(step: &Step, names: &Names<'_>) -> String {
    if let WriteCall::CreateTags { resource: Ref::Planned(_), .. } = &step.call {
        return "name and owner as on its own side".to_owned();
    }
    match &step.why {
        Why::Missing => missing(&step.key, names),
        Why::MissingRoute { purpose } => self::purpose(*purpose, &step.key, names),
        Why::Departed { .. }
        | Why::NotAccepted
        | Why::SubnetsMissing { .. }
        | Why::Options { .. }
        | Why::WrongTable { .. }
        | Why::Blackholed
        | Why::OldTarget { .. }
        | Why::Settings { .. }
        | Why::ExternalAccounts { .. }
        | Why::NotShared
        | Why::NotAcceptedInvitation
        | Why::Tags { .. }
        | Why::SubnetsUndeclared { .. }
        | Why::SubnetSwapped { .. }
        | Why::Undeclared => why(&step.why),
    }
}

/// Says what is missing without a thing, or what it is for.
fn missing(key: &Key, names: &Names<'_>) -> String {
    match key {
        Key::Hub(_) => "the hub has no gateway".to_owned(),
        Key::Share(_) => "no account but the hub's own can see the gateway".to_owned(),
        Key::Principal(_) => "not shared with it".to_owned(),
        Key::Table(_) => "it has none here".to_owned(),
        Key::Attachment(_) => "not attached".to_owned(),
        Key::Association(_) => "not associated".to_owned(),
        Key::Propagation(key) => {
            let of = AttachedKey { hub: key.table.hub.clone(), of: key.of.clone() };
            let who = if names.segment_of(&of) == Some(&key.table.segment) {
                format!("so others in {} reach it", key.table.segment)
            } else {
                format!("so {} reaches it", key.table.segment)
            };
            match &key.of {
                // A propagation brings them all, so whoever approves it is to see those that came later, too.
                Attached::Vpc(vpc) if names.ranges(vpc).len() > 1 => {
                    format!("{who}, with all its ranges: {}", list(names.ranges(vpc)))
                }
                Attached::Vpc(_) | Attached::Given(_) => who,
            }
        }
        Key::StaticRoute(_) | Key::VpcRoute(_) => "not there".to_owned(),
    }
}

/// Says what a static route is for.
fn purpose(purpose: RoutePurpose, key: &Key, names: &Names<'_>) -> String {
    let behind = if let Key::StaticRoute(route) = key { names.behind(route) } else { None };
    match behind.filter(|_| purpose == RoutePurpose::Inspect) {
        Some(of) => format!("{} to {of}", purpose_words(purpose)),
        None => purpose_words(purpose).to_owned(),
    }
}

fn purpose_words(purpose: RoutePurpose) -> &'static str {
    match purpose {
        RoutePurpose::Declared => "declared under routes",
        RoutePurpose::Inspect => "the way through the firewalls",
        RoutePurpose::Egress => "the way to the internet",
        RoutePurpose::Connect => "in place of a propagation",
    }
}

/// Puts a difference into words by itself.
pub(in crate::report) fn why(why: &Why) -> String {
    match why {
        Why::Missing => "not there".to_owned(),
        Why::NotAccepted => "not accepted by the hub".to_owned(),
        Why::SubnetsMissing { subnets } => format!("lacks {}", list(subnets)),
        Why::Options { have, want } => options(*have, *want),
        Why::WrongTable { .. } => "not its segment's table".to_owned(),
        Why::Blackholed => "there, but a blackhole".to_owned(),
        Why::OldTarget { target } => format!("leads to {target}, as transitd wrote it before"),
        Why::MissingRoute { purpose } => format!("not there, {}", purpose_words(*purpose)),
        Why::Settings { have, want } => settings(have, want),
        Why::ExternalAccounts { have, want } => {
            let allowed = |yes: &bool| if *yes { "lets in" } else { "keeps out" };
            format!("{} accounts outside the organization, and should be one that {}", allowed(have), allowed(want))
        }
        Why::NotShared => "the share is there, and the gateway is not in it".to_owned(),
        Why::NotAcceptedInvitation => "invited, and has not accepted".to_owned(),
        Why::Tags { missing } => {
            format!("lacks {}", list(missing.iter().map(|(tag, value)| format!("{tag}={value}"))))
        }
        Why::SubnetsUndeclared { subnets } => format!("has {}, which is not tagged", list(subnets)),
        Why::SubnetSwapped { have, want } => {
            format!("attached through {have}, and should be through {want} of the same zone, which follows")
        }
        Why::Undeclared => "made by transitd, and no longer declared".to_owned(),
        Why::Departed { reason } => format!("has left its segment: {reason}"),
    }
}

/// Names the settings of a gateway that differ.
fn settings(have: &TransitGatewayOptions, want: &TransitGatewayOptions) -> String {
    let each = [
        ("auto accept", have.auto_accept, want.auto_accept),
        ("default association", have.default_association, want.default_association),
        ("default propagation", have.default_propagation, want.default_propagation),
        ("dns", have.dns, want.dns),
        ("VPN ECMP", have.vpn_ecmp, want.vpn_ecmp),
        ("security group referencing", have.security_group_referencing, want.security_group_referencing),
    ];
    differing(&each)
}

fn options(have: AttachmentOptions, want: AttachmentOptions) -> String {
    let each = [
        ("dns", have.dns, want.dns),
        ("ipv6", have.ipv6, want.ipv6),
        ("appliance mode", have.appliance_mode, want.appliance_mode),
        ("security group referencing", have.security_group_referencing, want.security_group_referencing),
    ];
    differing(&each)
}

fn differing(each: &[(&str, bool, bool)]) -> String {
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
pub(in crate::report) fn wait(wait: &Wait, names: &Names<'_>, here: Place<'_>) -> String {
    match wait {
        Wait::Present { key, .. } => match key {
            Key::Hub(hub) if here.hub == Some(hub) => "once the hub is there".to_owned(),
            Key::Share(hub) if here.hub == Some(hub) => "once the hub is shared".to_owned(),
            Key::Attachment(key) if here.is_of(&key.hub, &Attached::from(&key.vpc)) => "once attached".to_owned(),
            Key::Attachment(key) if here.leads_to(&Attached::from(&key.vpc)) => "once that is attached".to_owned(),
            Key::Association(key) if here.is_of(&key.hub, &key.of) => "once associated".to_owned(),
            Key::Association(key) if here.leads_to(&key.of) => "once that is associated".to_owned(),
            Key::Hub(_)
            | Key::Share(_)
            | Key::Principal(_)
            | Key::Table(_)
            | Key::Attachment(_)
            | Key::Association(_)
            | Key::Propagation(_)
            | Key::StaticRoute(_)
            | Key::VpcRoute(_) => format!("once {} is there", names.thing(key, here)),
        },
        Wait::Gone { key, .. } => format!("once {} is gone", names.thing(key, here)),
        Wait::Seen { until } => {
            format!("was sent and does not show: sent again if it is not seen by {}", names.time(*until))
        }
        Wait::Budget { until } => format!("once the budget of removals has room: {}", names.time(*until)),
    }
}

/// Puts what a step waits for into words, if it waits.
pub(in crate::report) fn waits(step: &Step, names: &Names<'_>, here: Place<'_>) -> Option<String> {
    match &step.outlook {
        Outlook::Ready | Outlook::Left { .. } => None,
        // The step before it asks for the very thing that this one accepts.
        Outlook::Waits { on: Wait::Present { key, .. } } if *key == step.key && accepts(&step.call) => {
            Some("once asked for".to_owned())
        }
        // What has to go is the thing's own older self.
        Outlook::Waits { on: Wait::Gone { key, .. } } if *key == step.key => {
            Some("once AWS has removed the old one".to_owned())
        }
        Outlook::Waits { on } => Some(wait(on, names, here)),
    }
}

fn accepts(call: &WriteCall) -> bool {
    matches!(
        call,
        WriteCall::AcceptTransitGatewayVpcAttachment { .. } | WriteCall::AcceptResourceShareInvitation { .. }
    )
}

/// Says why a step is shown and not sent.
pub(in crate::report) fn left(why: &Left) -> &'static str {
    match why {
        Left::Observed => "the file only observes them, or what they build on (manage: observe)",
        Left::Frozen => "the file freezes today (safety.freeze)",
        Left::Unknown => "nothing is taken away while something cannot be read",
        Left::Departing => "a VPC that has left its segment is held, and may need them",
        Left::Needed => "what takes their place is not there yet, or what they lead to is left as it is",
        Left::Held => "somebody told transitd to leave them alone",
        Left::Paused => "the network is paused",
        Left::Shrunk => "far less is there than before, and a person has to look first",
    }
}

/// Puts what a step can do to traffic into words.
pub(in crate::report) fn risk(risk: Risk) -> String {
    match risk {
        Risk::Adds => "adds only".to_owned(),
        Risk::Changes => "changes in place".to_owned(),
        Risk::Removes => "removes, no declared traffic uses it".to_owned(),
        Risk::Cuts { seconds } => format!("cuts its traffic for about {seconds} s"),
    }
}

/// Says what a step can do to traffic, where it is more than adding.
pub(in crate::report) fn danger(step: &Step) -> Option<String> {
    match (&step.call, step.risk) {
        (_, Risk::Adds) => None,
        // Tags carry no traffic.
        (WriteCall::CreateTags { .. } | WriteCall::TagResource { .. }, Risk::Changes) => None,
        (_, risk @ (Risk::Changes | Risk::Removes | Risk::Cuts { .. })) => Some(self::risk(risk)),
    }
}
