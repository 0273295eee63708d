//! Every problem in words: what it is about, and what is wrong there. What a person can do is in `help`.

use crate::model::{
    AttachmentId, AttachmentKey, Cidr, Held, HubName, Key, Problem, TableKey, TransitGatewayId,
    TransitGatewayRouteTableId, VpcKey,
};
use crate::report::names::{Names, Place};

use super::help::help;
use super::{Wording, list, trouble};

/// Puts a problem into words.
pub fn problem(problem: &Problem, names: &Names<'_>) -> Wording {
    Wording { about: about(problem, names), reason: reason(problem, names), help: help(problem, names) }
}

fn about(problem: &Problem, names: &Names<'_>) -> String {
    let nowhere = Place::default();
    match problem {
        Problem::HubMissing { hub, gateway }
        | Problem::HubNotAvailable { hub, gateway, .. }
        | Problem::HubForeign { hub, gateway, .. }
        | Problem::HubDefaultTable { hub, gateway, .. }
        | Problem::HubAutoAccepts { hub, gateway } => hub_text(hub, gateway),
        Problem::TableMissing { table, .. }
        | Problem::TableOfOtherGateway { table, .. }
        | Problem::TableDoubled { table, .. }
        | Problem::TableUntagged { table, .. }
        | Problem::Shadowed { table, .. }
        | Problem::NotRouted { table, .. } => names.table(table, nowhere),
        Problem::TwoSegments { vpc, .. }
        | Problem::NoSubnetTagged { vpc }
        | Problem::SubnetsAmbiguous { vpc, .. }
        | Problem::NoTableTagged { vpc }
        | Problem::RouteShadowed { vpc, .. } => names.vpc(vpc),
        Problem::AccountPlaceless { account } | Problem::ExcludeFitsNothing { account } => {
            format!("account {}", names.account(account))
        }
        Problem::ZoneTaken { attachment, .. }
        | Problem::HubNotShared { attachment, .. }
        | Problem::AttachmentFailed { attachment, .. }
        | Problem::AssociatedElsewhere { attachment, .. }
        | Problem::DefaultPropagationOpens { attachment, .. } => {
            names.thing(&Key::Attachment(attachment.clone()), nowhere)
        }
        Problem::Overlap { hub, .. } => format!("hub {hub}"),
        Problem::NotCovered { segment, .. } | Problem::RuleFitsNothing { segment, .. } => format!("segment {segment}"),
        Problem::StateUnclear { key, .. } => names.thing(key, nowhere),
        Problem::ForeignRoute { route, .. } => names.thing(&Key::VpcRoute(route.clone()), nowhere),
        Problem::StepRefused { step, .. } => names.step(step),
    }
}

fn reason(problem: &Problem, names: &Names<'_>) -> String {
    let home = names.home();
    match problem {
        Problem::HubMissing { .. } => format!("home account {home} has no such gateway, or it is being deleted"),
        Problem::HubNotAvailable { state, .. } => format!("its state is {state}, and should be available"),
        Problem::HubForeign { owner, .. } => {
            format!("belongs to account {}, and should belong to home account {home}", names.account(owner))
        }
        Problem::HubDefaultTable { association, propagation, .. } => {
            let does = match (association, propagation) {
                (true, false) => "associates new attachments with",
                (false, true) => "propagates new attachments into",
                (true, true) | (false, false) => "associates new attachments with, and propagates them into,",
            };
            format!("by itself {does} its default route table, before transitd can give them their segment's")
        }
        Problem::TableMissing { id, .. } => {
            format!("{id}, which the file or the ledger names, is gone or on its way out")
        }
        Problem::TableOfOtherGateway { table, id, gateway } => {
            let should = names.gateway(&table.hub).map_or("the hub's gateway", TransitGatewayId::as_str);
            format!("{id} belongs to {gateway}, and should belong to {should}")
        }
        Problem::TableDoubled { ids, .. } => format!("several tables pass for it, and one should: {}", list(ids)),
        Problem::TwoSegments { segments, .. } => {
            format!("fits several segments, and should fit one: {}", list(segments))
        }
        Problem::AccountPlaceless { .. } => "was listed, but found below no organizational unit".to_owned(),
        Problem::NoSubnetTagged { .. } => "none of its subnets carries the tags under attach.subnets".to_owned(),
        Problem::SubnetsAmbiguous { zone, subnets, .. } => {
            format!("zone {zone} has several tagged subnets, and should have one: {}", list(subnets))
        }
        Problem::NoTableTagged { vpc } => format!("{} chooses none of its route tables", spoke_routes(names, vpc)),
        Problem::ZoneTaken { zone, .. } => {
            format!("zone {zone} is attached through a subnet without the tags, and AWS takes one subnet for each zone")
        }
        Problem::Overlap { one, one_cidr, other, other_cidr, .. } => format!(
            "{one_cidr} of {} and {other_cidr} of {} overlap where both can be reached",
            names.vpc(one),
            names.vpc(other)
        ),
        Problem::NotCovered { reaches, cidr, .. } => {
            format!(
                "its spoke_routes send nothing for {cidr} to the hub, a range of {}, which it should reach",
                names.vpc(reaches)
            )
        }
        Problem::HubNotShared { attachment, gateway } => {
            format!("account {} cannot see {gateway}", names.account(&attachment.vpc.account))
        }
        Problem::AttachmentFailed { id, rejected: true, .. } => format!("{id} was rejected"),
        Problem::AttachmentFailed { id, rejected: false, .. } => format!("{id} failed"),
        Problem::StateUnclear { state, .. } => {
            format!("AWS calls its state '{state}', a word that transitd does not know")
        }
        Problem::AssociatedElsewhere { attachment, id, table, held } => elsewhere(attachment, id, table, *held, names),
        Problem::Shadowed { table, vpc, cidr, by } => {
            format!("{}, or a part of it; in the way: {by}", out_of_reach(table, vpc, cidr, names))
        }
        Problem::NotRouted { table, vpc, cidr } => {
            format!("{}; it is propagated, and the table has no route for it", out_of_reach(table, vpc, cidr, names))
        }
        Problem::RouteShadowed { table, destination, target, reaches, .. } => format!(
            "cannot reach {} at {destination}; in the way is a more specific route in {table}, which leads to {target}",
            names.vpc(reaches)
        ),
        Problem::DefaultPropagationOpens { table, .. } => format!(
            "is not made, since the hub would by itself propagate it into {}, and that segment should not reach it",
            names.table(table, Place { hub: Some(&table.hub), vpc: None })
        ),
        Problem::TableUntagged { id, .. } => {
            format!("{id} lacks its ownership tags; without the ledger nobody could tell that transitd made it")
        }
        Problem::HubAutoAccepts { .. } => {
            "by itself accepts every attachment that somebody asks for, declared or not".to_owned()
        }
        Problem::RuleFitsNothing { rule, .. } => format!("no account or VPC of the organization fits `{rule}`"),
        Problem::ExcludeFitsNothing { .. } => {
            "the file leaves it out, and the organization has no such account".to_owned()
        }
        Problem::ForeignRoute { target, .. } => format!("leads to {target}, which is not ours to replace"),
        Problem::StepRefused { trouble: why, .. } => format!("AWS refused it: {}", trouble(why)),
    }
}

fn hub_text(hub: &HubName, gateway: &TransitGatewayId) -> String {
    format!("hub {hub} ({gateway})")
}

/// Returns where the file says what a VPC's route tables send to the hub.
pub(super) fn spoke_routes(names: &Names<'_>, vpc: &VpcKey) -> String {
    match names.segment(vpc) {
        Some(segment) => format!("segments.{segment}.spoke_routes"),
        None => "its segment's spoke_routes".to_owned(),
    }
}

/// Says what a segment cannot reach.
fn out_of_reach(table: &TableKey, vpc: &VpcKey, cidr: &Cidr, names: &Names<'_>) -> String {
    format!("segment {} cannot reach {cidr} of {}", table.segment, names.vpc(vpc))
}

fn elsewhere(
    attachment: &AttachmentKey,
    id: &AttachmentId,
    table: &TransitGatewayRouteTableId,
    held: Held,
    names: &Names<'_>,
) -> String {
    let should =
        names.table_of(attachment).map_or("its segment".to_owned(), |table| format!("segment {}", table.segment));
    let why = match held {
        Held::Ask => "moving it cuts its traffic, which nobody has allowed",
        Held::Forbid => "moving it cuts its traffic, which the file forbids",
        Held::Freeze => "it is not moved today, since the file freezes",
    };
    format!("{id} is associated with {table}, and should be with the one of {should}; {why}")
}
