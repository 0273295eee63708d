//! A step in words: what it does, and to what.

use crate::api::{Ref, WriteCall};
use crate::model::{Attached, AttachmentOptions, Key, RouteVia, SubnetId, TransitGatewayOptions, VpcKey};
use crate::plan::Step;
use crate::report::names::{Names, Place};
use crate::report::summary::is_taken_away;

use super::list;

/// Returns what a step does, in one word.
pub(in crate::report) fn verb(call: &WriteCall) -> &'static str {
    match call {
        WriteCall::CreateTransitGateway { .. }
        | WriteCall::CreateResourceShare { .. }
        | WriteCall::CreateTransitGatewayRouteTable { .. }
        | WriteCall::CreateTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::CreateTransitGatewayRoute { .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { .. }
        | WriteCall::CreateRoute { .. } => "create",
        WriteCall::AssociateResourceShare { .. } => "share",
        WriteCall::ModifyTransitGateway { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::ModifyTransitGatewayVpcAttachment { .. } => "modify",
        WriteCall::AcceptResourceShareInvitation { .. } | WriteCall::AcceptTransitGatewayVpcAttachment { .. } => {
            "accept"
        }
        WriteCall::DisassociateResourceShare { .. }
        | WriteCall::DeleteResourceShare { .. }
        | WriteCall::DeleteTransitGatewayRouteTable { .. }
        | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::DeleteTransitGatewayRoute { .. }
        | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
        | WriteCall::DeleteRoute { .. } => "remove",
        WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::ReplaceRoute { .. } => "replace",
        WriteCall::CreateTags { .. } | WriteCall::TagResource { .. } => "tag",
    }
}

/// Puts what a step does into words that stand by themselves, without its reason.
pub(in crate::report) fn deed(step: &Step, names: &Names<'_>) -> String {
    let thing = names.thing(&step.key, Place::default());
    match (&step.call, &step.key) {
        (WriteCall::AssociateResourceShare { gateway: Some(_), .. }, _) => format!("take the gateway into {thing}"),
        (WriteCall::AssociateResourceShare { gateway: None, .. }, Key::Principal(key)) => {
            format!("share hub {} with {}", key.hub, names.principal(&key.principal))
        }
        (WriteCall::AcceptResourceShareInvitation { .. }, _) => format!("accept the invitation to {thing}"),
        (call, _) => format!("{} {thing}", verb(call)),
    }
}

/// Returns what a step does its work on, as seen from within its hub and VPC.
pub(in crate::report) fn object(step: &Step, names: &Names<'_>, here: Place<'_>) -> String {
    let principal = if let Key::Principal(key) = &step.key { Some(names.principal(&key.principal)) } else { None };
    match &step.call {
        WriteCall::CreateTransitGateway { options, .. } => {
            format!("transit gateway with ASN {}{}", options.asn, made_with(options))
        }
        WriteCall::ModifyTransitGateway { gateway, .. } => format!("transit gateway {gateway}"),
        WriteCall::CreateResourceShare { name, allow_external, .. } => {
            let external = if *allow_external { ", open to accounts outside the organization" } else { "" };
            format!("resource share {name} of the gateway{external}")
        }
        WriteCall::UpdateResourceShare { name, .. } => format!("resource share {name}"),
        WriteCall::AssociateResourceShare { principals, .. } => match principal {
            Some(principal) => format!("with {principal}"),
            None => list(["the gateway".to_owned()].iter().chain(principals)),
        },
        WriteCall::DisassociateResourceShare { principals, .. } => {
            format!("sharing with {}", principal.unwrap_or_else(|| list(principals)))
        }
        WriteCall::DeleteResourceShare { share } | WriteCall::TagResource { share, .. } => {
            format!("resource share {share}")
        }
        WriteCall::AcceptResourceShareInvitation { .. } => match principal {
            Some(principal) => format!("invitation of {principal}, on its side"),
            None => "invitation to the resource share".to_owned(),
        },
        WriteCall::CreateTransitGatewayRouteTable { .. } => match &step.key {
            Key::Table(table) => format!("route table of segment {}", table.segment),
            Key::Hub(_)
            | Key::Share(_)
            | Key::Principal(_)
            | Key::Attachment(_)
            | Key::Association(_)
            | Key::Propagation(_)
            | Key::StaticRoute(_)
            | Key::VpcRoute(_) => names.thing(&step.key, here),
        },
        WriteCall::DeleteTransitGatewayRouteTable { table } => {
            format!("{}, {table}, and all routes in it", names.thing(&step.key, here))
        }
        WriteCall::CreateTransitGatewayVpcAttachment { subnets, options, .. } => {
            format!("attachment in {}{}", list(each_subnet(step, subnets, names)), switched_on(*options))
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { attachment, .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => match attachment {
            Ref::Known(id) => format!("attachment {id}"),
            Ref::Planned(_) => "attachment".to_owned(),
        },
        WriteCall::DeleteTransitGatewayVpcAttachment { attachment } => format!("attachment {attachment}"),
        WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { .. } => in_table(step, names, here),
        WriteCall::CreateTransitGatewayRoute { .. }
        | WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::DeleteTransitGatewayRoute { .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::DeleteTransitGatewayPrefixListReference { .. } => static_route(step, names, here),
        WriteCall::CreateRoute { .. } | WriteCall::ReplaceRoute { .. } | WriteCall::DeleteRoute { .. } => {
            vpc_route(step, names)
        }
        WriteCall::CreateTags { resource, .. } => tagged(step, resource, names, here),
    }
}

/// Names an association or a propagation with the table that it is of.
fn in_table(step: &Step, names: &Names<'_>, here: Place<'_>) -> String {
    let of = |of: &Attached| match of {
        Attached::Given(_) if here.given.is_none() => format!(" of {}", names.attached(of)),
        Attached::Given(_) | Attached::Vpc(_) => String::new(),
    };
    match (&step.call, &step.key) {
        (WriteCall::DisassociateTransitGatewayRouteTable { table, .. }, Key::Association(key)) => {
            // What is in the way stands in another's table; what is no longer declared, in that of the segment it counts for.
            let segment = step.segment.as_ref().filter(|_| is_taken_away(step));
            match segment {
                Some(segment) => format!("association{} with {segment}'s route table ({table})", of(&key.of)),
                None => format!("association{} with {table}", of(&key.of)),
            }
        }
        (_, Key::Association(key)) => match names.table_of(key) {
            Some(table) => format!("association{} with {}", of(&key.of), names.table(table, here)),
            None => format!("association{}", of(&key.of)),
        },
        (_, Key::Propagation(key)) => format!("propagation{} into {}", of(&key.of), names.table(&key.table, here)),
        (_, key) => names.thing(key, here),
    }
}

/// Names subnets with their zones, where the step is of a VPC's.
fn each_subnet(step: &Step, subnets: &[SubnetId], names: &Names<'_>) -> Vec<String> {
    let vpc: Option<&VpcKey> = step.key.vpc();
    subnets.iter().map(|subnet| vpc.map_or(subnet.to_string(), |vpc| names.subnet(vpc, subnet))).collect()
}

/// Names a static route with where it leads.
fn static_route(step: &Step, names: &Names<'_>, here: Place<'_>) -> String {
    let Key::StaticRoute(key) = &step.key else { return names.thing(&step.key, here) };
    let what = format!("static route {}", key.destination);
    if let WriteCall::DeleteTransitGatewayRoute { table, .. }
    | WriteCall::DeleteTransitGatewayPrefixListReference { table, .. } = &step.call
    {
        let to = names.leads_to(key, table).unwrap_or_else(|| NOWHERE.to_owned());
        return format!("{what} to {to}");
    }
    match names.static_route(key).map(|route| &route.via) {
        Some(via) if here.via == Some(via) => what,
        Some(via) => format!("{what} to {}", target(via, names)),
        None => what,
    }
}

/// Where a blackhole leads.
const NOWHERE: &str = "nowhere (a blackhole)";

/// Says where a static route leads.
pub(in crate::report) fn target(via: &RouteVia, names: &Names<'_>) -> String {
    match via {
        RouteVia::Attachment(at) => names.attached(at),
        RouteVia::Blackhole => NOWHERE.to_owned(),
    }
}

/// Names a VPC's route with where it leads and the table that it is in.
fn vpc_route(step: &Step, names: &Names<'_>) -> String {
    let Key::VpcRoute(key) = &step.key else { return names.thing(&step.key, Place::default()) };
    format!("route {} to the hub in {}", key.destination, names.route_table(&key.vpc, &key.table))
}

/// Names what is tagged, and on whose side: the tags of an attachment are kept by each account for itself.
fn tagged(step: &Step, resource: &Ref<String>, names: &Names<'_>, here: Place<'_>) -> String {
    let id = resource.known().map(|id| format!(" {id}")).unwrap_or_default();
    match &step.key {
        Key::Attachment(_) if step.scope.account == *names.home() => format!("attachment{id} on the hub's side"),
        Key::Attachment(_) => format!("attachment{id} on its own side"),
        Key::Hub(_)
        | Key::Share(_)
        | Key::Principal(_)
        | Key::Table(_)
        | Key::Association(_)
        | Key::Propagation(_)
        | Key::StaticRoute(_)
        | Key::VpcRoute(_) => format!("{}{}", names.thing(&step.key, here), id.replace(' ', ", ")),
    }
}

fn made_with(options: &TransitGatewayOptions) -> String {
    let on = [
        options.dns.then_some("dns"),
        options.vpn_ecmp.then_some("VPN ECMP"),
        options.security_group_referencing.then_some("security group referencing"),
    ];
    let defaults = if options.default_association || options.default_propagation || options.auto_accept {
        ""
    } else {
        "; no default tables, nothing accepted by itself"
    };
    let on: Vec<&str> = on.into_iter().flatten().collect();
    format!("{}{defaults}", if on.is_empty() { String::new() } else { format!(", {}", on.join(", ")) })
}

fn switched_on(options: AttachmentOptions) -> String {
    let each = [
        options.dns.then_some("dns"),
        options.ipv6.then_some("ipv6"),
        options.appliance_mode.then_some("appliance mode"),
        options.security_group_referencing.then_some("security group referencing"),
    ];
    let on: Vec<&str> = each.into_iter().flatten().collect();
    if on.is_empty() { String::new() } else { format!(" with {}", on.join(", ")) }
}
