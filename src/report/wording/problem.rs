//! Every problem in words: what it is about, what is wrong there, and what a person can do.

use crate::model::{HubName, Key, Problem, SegmentName, TransitGatewayId, TransitGatewayRouteTableId, VpcKey};
use crate::report::names::{Names, Place};

use super::{Wording, fault_help, list, trouble};

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
        | Problem::HubDefaultTable { hub, gateway, .. } => hub_text(hub, gateway),
        Problem::TableMissing { table, .. }
        | Problem::TableOfOtherGateway { table, .. }
        | Problem::TableDoubled { table, .. } => names.table(table, nowhere),
        Problem::TwoSegments { vpc, .. }
        | Problem::NoSubnetTagged { vpc }
        | Problem::SubnetsAmbiguous { vpc, .. }
        | Problem::NoTableTagged { vpc } => names.vpc(vpc),
        Problem::AccountPlaceless { account } => format!("account {}", names.account(account)),
        Problem::ZoneTaken { attachment, .. }
        | Problem::HubNotShared { attachment, .. }
        | Problem::AttachmentFailed { attachment, .. }
        | Problem::AssociatedElsewhere { attachment, .. } => names.thing(&Key::Attachment(attachment.clone()), nowhere),
        Problem::Overlap { hub, .. } => format!("hub {hub}"),
        Problem::NotCovered { segment, .. } => format!("segment {segment}"),
        Problem::StateUnclear { key, .. } => names.thing(key, nowhere),
        Problem::ForeignRoute { route, .. } => names.thing(&Key::VpcRoute(route.clone()), nowhere),
        Problem::StepRefused { step, .. } => step.clone(),
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
        Problem::AssociatedElsewhere { attachment, id, table } => {
            let should = names
                .table_of(attachment)
                .map_or("its segment".to_owned(), |table| format!("segment {}", table.segment));
            format!(
                "{id} is associated with {table}, and should be with the one of {should}; moving it cuts its traffic"
            )
        }
        Problem::ForeignRoute { target, .. } => format!("leads to {target}, which is not ours to replace"),
        Problem::StepRefused { trouble: why, .. } => format!("AWS refused it: {}", trouble(why)),
    }
}

fn help(problem: &Problem, names: &Names<'_>) -> String {
    let home = names.home();
    match problem {
        Problem::HubMissing { hub, .. } => {
            format!("name a gateway that exists under hubs.{hub}.adopt; a hub that has vanished is never rebuilt unasked")
        }
        Problem::HubNotAvailable { gateway, .. } => {
            format!("look at {gateway} in account {home}; what hangs on it goes on once it is available")
        }
        Problem::HubForeign { hub, .. } => {
            format!("name a gateway of account {home} under hubs.{hub}.adopt, or its owner under home.account")
        }
        Problem::HubDefaultTable { gateway, association, propagation, .. } => turn_off(gateway, *association, *propagation),
        Problem::TableMissing { table, .. } => format!(
            "make or choose a table of the hub and name it under {}; what has vanished is never rebuilt unasked",
            adopted(&table.segment, &table.hub)
        ),
        Problem::TableOfOtherGateway { table, .. } => {
            format!("name a table of hub {} under {}, or none, and transitd makes one", table.hub, adopted(&table.segment, &table.hub))
        }
        Problem::TableDoubled { table, ids } => {
            format!("name the right one under {}{}", adopted(&table.segment, &table.hub), such_as(ids.first()))
        }
        Problem::TwoSegments { .. } => {
            "narrow the members of the segments, or change the VPC's tags; until then it is left as it is".to_owned()
        }
        Problem::AccountPlaceless { .. } => {
            "it may just have been moved: look again; if this stays, see that the role in the home account may read all units"
                .to_owned()
        }
        Problem::NoSubnetTagged { .. } => "tag one subnet in each zone that is to reach the hub".to_owned(),
        Problem::SubnetsAmbiguous { .. } => "leave the tags on one subnet of the zone".to_owned(),
        Problem::NoTableTagged { .. } => "tag the route tables that are to carry the routes, or say tables: all".to_owned(),
        Problem::ZoneTaken { .. } => {
            "tag the subnet that is attached; for another one, take it off by hand first, which cuts that zone".to_owned()
        }
        Problem::Overlap { .. } => {
            "renumber one, take one out of its segment, or do not connect the two; propagation of both stays as it is".to_owned()
        }
        Problem::NotCovered { segment, cidr, .. } => format!("add {cidr}, or what holds it, to segments.{segment}.spoke_routes.cidrs"),
        Problem::HubNotShared { gateway, .. } => {
            format!("share {gateway} with the account or the organization (AWS RAM); this goes on once the account sees it")
        }
        Problem::AttachmentFailed { id, attachment, .. } => {
            format!("find out why, then delete {id} in account {}; it is asked for anew once it is gone", attachment.vpc.account)
        }
        Problem::StateUnclear { .. } => "it is left alone until its state is another; a newer transitd may know the word".to_owned(),
        Problem::AssociatedElsewhere { .. } => {
            "when a gap can be borne: `transitd apply --allow-gaps`, or `safety: { gaps: allow }`".to_owned()
        }
        Problem::ForeignRoute { route, .. } => {
            format!("remove that route, or leave the range out of {}", spoke_routes(names, &route.vpc))
        }
        Problem::StepRefused { trouble, .. } => fault_help(trouble),
    }
}

fn hub_text(hub: &HubName, gateway: &TransitGatewayId) -> String {
    format!("hub {hub} ({gateway})")
}

/// Returns where the file names a table that exists already.
fn adopted(segment: &SegmentName, hub: &HubName) -> String {
    format!("segments.{segment}.table.{hub}")
}

/// Returns where the file says what a VPC's route tables send to the hub.
fn spoke_routes(names: &Names<'_>, vpc: &VpcKey) -> String {
    match names.segment(vpc) {
        Some(segment) => format!("segments.{segment}.spoke_routes"),
        None => "its segment's spoke_routes".to_owned(),
    }
}

fn such_as(id: Option<&TransitGatewayRouteTableId>) -> String {
    id.map(|id| format!(", such as {id}")).unwrap_or_default()
}

/// Returns the command that turns a gateway's default table off (EC2 API reference, ModifyTransitGateway).
fn turn_off(gateway: &TransitGatewayId, association: bool, propagation: bool) -> String {
    let options: Vec<&str> = [
        association.then_some("DefaultRouteTableAssociation=disable"),
        propagation.then_some("DefaultRouteTablePropagation=disable"),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!(
        "turn it off: `aws ec2 modify-transit-gateway --transit-gateway-id {gateway} --options {}`",
        options.join(",")
    )
}
