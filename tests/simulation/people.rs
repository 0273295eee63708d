//! People: between two passes they undo by hand what transitd made. What is none of transitd's they leave alone.

use aws_sandbox::Service;
use aws_sandbox::network::route::Target;
use aws_sandbox::network::shelf::Key;
use aws_sandbox::network::vpc_attachment::VpcAttachment;
use aws_sandbox::random::Dice;
use serde_json::{Value, json};

use crate::world::{Land, below};

/// Lets somebody do one thing; says what, if there was something to do.
pub fn meddle(land: &Land, dice: &mut Dice) -> Option<String> {
    let (account, action, params) = match below(dice, 7) {
        0 | 1 => delete_route(land, dice),
        2 => disable_propagation(land, dice),
        3 => attachment(land, dice).map(|it| (it.vpc_owner.clone(), "DeleteTransitGatewayVpcAttachment", named(&it))),
        4 => attachment(land, dice).map(|it| {
            let switch = if it.options.dns_support.is_on() { "disable" } else { "enable" };
            let params = json!({ "TransitGatewayAttachmentId": it.id, "Options": { "DnsSupport": switch } });
            (it.vpc_owner.clone(), "ModifyTransitGatewayVpcAttachment", params)
        }),
        5 => attachment(land, dice).filter(|it| it.subnets.len() > 1).map(|it| {
            let params = json!({ "TransitGatewayAttachmentId": it.id, "RemoveSubnetIds": [it.subnets[0]] });
            (it.vpc_owner.clone(), "ModifyTransitGatewayVpcAttachment", params)
        }),
        _ => attachment(land, dice).and_then(|it| {
            let mut params = named(&it);
            params["TransitGatewayRouteTableId"] = json!(it.association.as_ref()?.table);
            Some((land.home.clone(), "DisassociateTransitGatewayRouteTable", params))
        }),
    }?;
    let answer = land.seed.call(&account, Service::Ec2, action, params.clone());
    let outcome = answer.err().map_or_else(|| "done".to_owned(), |error| error.code);
    Some(format!("somebody: {action} {params}: {outcome}"))
}

type Deed = (String, &'static str, Value);

fn named(attachment: &VpcAttachment) -> Value {
    json!({ "TransitGatewayAttachmentId": attachment.id })
}

/// Picks a declared VPC's attachment.
fn attachment(land: &Land, dice: &mut Dice) -> Option<VpcAttachment> {
    let member = &land.members[below(dice, land.members.len())];
    let sandbox = land.seed.lock();
    let mut all = sandbox.world.network.vpc_attachments.under(&Key::Vpc(member.vpc.clone()));
    all.find(|it| it.state.carries_traffic()).cloned()
}

fn disable_propagation(land: &Land, dice: &mut Dice) -> Option<Deed> {
    let attachment = attachment(land, dice)?;
    let at = below(dice, attachment.propagations.len().max(1));
    let mut params = named(&attachment);
    params["TransitGatewayRouteTableId"] = json!(attachment.propagations.get(at)?);
    Some((land.home.clone(), "DisableTransitGatewayRouteTablePropagation", params))
}

fn delete_route(land: &Land, dice: &mut Dice) -> Option<Deed> {
    let member = &land.members[below(dice, land.members.len())];
    let sandbox = land.seed.lock();
    let tables = sandbox.world.network.route_tables.under(&Key::Vpc(member.vpc.clone()));
    let routes: Vec<(String, String)> = tables
        .flat_map(|table| table.routes.iter().map(move |(range, route)| (table, range, route)))
        .filter(|(_, _, route)| matches!(route.target, Target::TransitGateway(_)))
        .map(|(table, range, _)| (table.id.clone(), range.to_string()))
        .collect();
    let (table, range) = routes.get(below(dice, routes.len().max(1)))?;
    let params = json!({ "RouteTableId": table, "DestinationCidrBlock": range });
    Some((member.account.clone(), "DeleteRoute", params))
}
