//! What is there and not declared, in words.

use crate::model::{Key, Unmanaged};
use crate::report::names::{Names, Place};

use super::few;

/// Puts an unmanaged thing into words, as seen from within its hub.
pub fn unmanaged(thing: &Unmanaged, names: &Names<'_>, here: Place<'_>) -> String {
    match thing {
        Unmanaged::Attachment { id, resource_type, resource, owner, pending, .. } => {
            let owner = owner.as_ref().map(|owner| format!(" of account {}", names.account(owner))).unwrap_or_default();
            let waits = if *pending { ", which asks to be accepted" } else { "" };
            format!("attachment {id} to {resource_type} {resource}{owner}{waits}")
        }
        Unmanaged::Table { id, name, associated, propagated, static_routes, .. } => {
            let name = name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
            let contents = [("associated", associated), ("propagated", propagated), ("static", static_routes)]
                .into_iter()
                .filter(|(_, things)| !things.is_empty())
                .map(|(how, things)| format!("{how} {}", few(things)));
            let contents: Vec<String> = contents.collect();
            let contents = if contents.is_empty() { "nothing in it".to_owned() } else { contents.join("; ") };
            format!("route table {id}{name}: {contents}")
        }
        Unmanaged::Association { table, attachment, resource } => {
            format!("association of {attachment} ({resource}) with {}", names.table(table, here))
        }
        Unmanaged::Propagation { table, attachment, resource } => {
            format!("propagation of {attachment} ({resource}) into {}", names.table(table, here))
        }
        Unmanaged::PropagationElsewhere { table, attachment, resource, .. } => {
            format!("propagation of {attachment} ({resource}) into {table}, which is no segment's")
        }
        Unmanaged::TransitGatewayRoute { table, destination, blackhole } => {
            let what = if *blackhole { "blackhole" } else { "static route" };
            format!("{what} {destination} in {}", names.table(table, here))
        }
        Unmanaged::AttachedSubnet { attachment, subnet } => {
            let attachment = names.thing(&Key::Attachment(attachment.clone()), here);
            format!("{subnet}, part of {attachment}")
        }
        Unmanaged::Hub { id, region, name } => {
            let name = name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
            format!("transit gateway {id}{name} in {region}")
        }
        Unmanaged::Share { arn, .. } => format!("resource share {arn}"),
        Unmanaged::Principal { principal, .. } => match principal.parse() {
            Ok(account) => format!("sharing with account {}", names.account(&account)),
            Err(_) => format!("sharing with {principal}"),
        },
        Unmanaged::VpcRoute { vpc, table, destination } => {
            format!("route {destination} to the hub in {} of {}", names.route_table(vpc, table), names.vpc(vpc))
        }
    }
}

/// Says what a person can do about a thing that transitd made and nothing declares any more.
pub fn leftover_help(thing: &Unmanaged) -> &'static str {
    match thing {
        Unmanaged::Hub { .. } => unmanaged_help(thing),
        Unmanaged::Table { .. } => {
            "say `safety: { undeclared: remove }`, and it is taken away once nothing of others is in it; or declare it again"
        }
        Unmanaged::Principal { .. } => {
            "say `safety: { undeclared: remove }`, and it is taken out once none of its attachments stays; or declare it again"
        }
        Unmanaged::Attachment { .. }
        | Unmanaged::Association { .. }
        | Unmanaged::Propagation { .. }
        | Unmanaged::PropagationElsewhere { .. }
        | Unmanaged::TransitGatewayRoute { .. }
        | Unmanaged::Share { .. }
        | Unmanaged::AttachedSubnet { .. }
        | Unmanaged::VpcRoute { .. } => {
            "say `safety: { undeclared: remove }` to have it taken away, or declare it again"
        }
    }
}

/// Says what a person can do about an unmanaged thing.
pub fn unmanaged_help(thing: &Unmanaged) -> &'static str {
    match thing {
        Unmanaged::Attachment { resource_type, .. } if resource_type != "vpc" => {
            "name it under a segment's attachments, or delete it by hand if nobody needs it"
        }
        Unmanaged::Attachment { pending: true, .. } => {
            "declare its VPC in a segment and it is accepted; or reject it by hand"
        }
        Unmanaged::Attachment { pending: false, .. } => {
            "declare its VPC in a segment, or delete it by hand if nobody needs it"
        }
        Unmanaged::Table { .. } => "name it under a segment's table, or delete it by hand if nobody needs it",
        Unmanaged::Association { .. } => {
            "its traffic follows the segment's routes: place it in the segment, or move it by hand"
        }
        Unmanaged::Propagation { .. } => {
            "its ranges can be reached from the segment: connect its segment, or disable it by hand"
        }
        Unmanaged::PropagationElsewhere { .. } => {
            "whatever is associated with that table reaches it: see that it is meant, or disable it by hand"
        }
        Unmanaged::TransitGatewayRoute { .. } => {
            "it wins over a propagated route of the same range: see that it is meant"
        }
        Unmanaged::AttachedSubnet { .. } => "tag it as attach.subnets says, or take it off the attachment by hand",
        Unmanaged::Hub { .. } => "a transit gateway is never deleted: name it under hubs, or delete it by hand",
        Unmanaged::Share { .. } => "say with whom under share, or delete it by hand if nobody needs it",
        Unmanaged::Principal { .. } => "whoever it is may attach: name it under share, or take it out by hand",
        Unmanaged::VpcRoute { .. } => {
            "it leads to the hub, declared or not: see that it is meant, or delete it by hand"
        }
    }
}
