//! People: they undo by hand what transitd made, put routes of their own beside it, and wish for something else. What is none
//! of transitd's they leave alone.

use aws_sandbox::Service;
use aws_sandbox::network::route_target::Target;
use aws_sandbox::network::shelf::Key;
use aws_sandbox::network::vpc_attachment::VpcAttachment;
use aws_sandbox::random::Dice;
use serde_json::{Value, json};

use crate::world::{IsThere as _, Land, Member, below};

/// Lets somebody do one thing; says what, if there was something to do.
pub fn meddle(land: &mut Land, dice: &mut Dice) -> Option<String> {
    match below(dice, 21) {
        0..=6 => rethink(land, dice),
        7..=10 => {
            let deed = static_route(land, dice);
            deed.map(|deed| done(land, deed))
        }
        _ => undo(land, dice),
    }
}

/// Lets somebody undo something by hand that transitd has made.
pub fn undo(land: &Land, dice: &mut Dice) -> Option<String> {
    let deed = match below(dice, 10) {
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
        6 => hub_setting(land, dice),
        7 => unname(land, dice),
        8 => leave_share(land, dice),
        _ => attachment(land, dice).and_then(|it| {
            let mut params = named(&it);
            params["TransitGatewayRouteTableId"] = json!(it.association.as_ref()?.table);
            Some((land.home.clone(), "DisassociateTransitGatewayRouteTable", params))
        }),
    };
    deed.map(|deed| done(land, deed))
}

fn done(land: &Land, (account, action, params): Deed) -> String {
    let service = if action.contains("ResourceShare") { Service::Ram } else { Service::Ec2 };
    let answer = land.seed.call(&account, service, action, params.clone());
    let outcome = answer.err().map_or_else(|| "done".to_owned(), |error| error.code);
    format!("somebody: {action} {params}: {outcome}")
}

/// Lets somebody wish for something else: by the file, or by a VPC's tag.
pub fn rethink(land: &mut Land, dice: &mut Dice) -> Option<String> {
    if below(dice, 2) == 0 { depart(land, dice) } else { edit(land, dice) }
}

/// A VPC loses the tag that makes it a member, or gets it back.
fn depart(land: &mut Land, dice: &mut Dice) -> Option<String> {
    land.wish.removes?;
    let at = below(dice, land.members.len());
    let Member { account, vpc, segment, .. } = &land.members[at];
    if land.away.remove(&at) {
        let tags = json!({ "Resources": [vpc], "Tags": [{ "Key": "network", "Value": format!("s{segment}") }] });
        land.seed.ec2(account, "CreateTags", tags);
        return Some(format!("somebody gives {vpc} its tag back"));
    }
    let tags = json!({ "Resources": [vpc], "Tags": [{ "Key": "network" }] });
    land.seed.ec2(account, "DeleteTags", tags);
    land.away.insert(at);
    Some(format!("somebody takes the tag from {vpc}"))
}

/// The file is edited: two segments are connected or are no more, the last segment is dropped or comes back, transitd is
/// told to look only, or the pen slips.
fn edit(land: &mut Land, dice: &mut Dice) -> Option<String> {
    let segments = land.wish.segments.len();
    let what = match below(dice, 8) {
        0 => {
            land.wish.slip = !land.wish.slip;
            format!("slip: {}", land.wish.slip)
        }
        1 => {
            land.wish.observes = !land.wish.observes;
            format!("only looks: {}", land.wish.observes)
        }
        2 => {
            land.wish.every = 1 + below(dice, 15);
            format!("every {} minutes", land.wish.every)
        }
        3..=5 => {
            land.wish.removes?;
            let last = segments - 1;
            land.wish.segments[last].present ^= true;
            format!("s{last} is {}", if land.wish.segments[last].present { "back" } else { "dropped" })
        }
        _ => {
            land.wish.removes?;
            let (one, other) = (below(dice, segments), below(dice, segments));
            let pair = (one.min(other), one.max(other));
            if land.wish.inspected.contains(&pair) {
                return None;
            }
            if !land.wish.connected.remove(&pair) {
                land.wish.connected.insert(pair);
            }
            format!("s{one} and s{other}")
        }
    };
    land.remember();
    Some(format!("somebody edits the file: {what}"))
}

/// Somebody changes a setting of the hub that transitd has made.
fn hub_setting(land: &Land, dice: &mut Dice) -> Option<Deed> {
    if land.wish.adopts.is_some() {
        return None;
    }
    let options = [
        json!({ "DnsSupport": "disable" }),
        json!({ "VpnEcmpSupport": "disable" }),
        json!({ "AutoAcceptSharedAttachments": "enable" }),
    ];
    let params = json!({ "TransitGatewayId": land.hub()?, "Options": options[below(dice, options.len())] });
    Some((land.home.clone(), "ModifyTransitGateway", params))
}

/// Somebody takes transitd's tags from an attachment, on either side.
fn unname(land: &Land, dice: &mut Dice) -> Option<Deed> {
    let attachment = attachment(land, dice)?;
    let account = if below(dice, 2) == 0 { land.home.clone() } else { attachment.vpc_owner.clone() };
    let tags = json!([{ "Key": "Name" }, { "Key": "transitd:network" }, { "Key": "transitd:segment" }]);
    Some((account, "DeleteTags", json!({ "Resources": [attachment.id], "Tags": tags })))
}

/// Somebody takes an account out of the share that transitd has made.
fn leave_share(land: &Land, dice: &mut Dice) -> Option<Deed> {
    let sandbox = land.seed.lock();
    let share =
        sandbox.world.sharing.shares.values().find(|share| share.tags.iter().any(|tag| tag.key == "transitd:hub"))?;
    let principals: Vec<&String> = share.principals.keys().collect();
    let principal = principals.get(below(dice, principals.len().max(1)))?;
    let params = json!({ "resourceShareArn": share.arn, "principals": [principal] });
    Some((land.home.clone(), "DisassociateResourceShare", params))
}

/// Somebody deletes a static route of a segment's table, or puts a blackhole into it.
fn static_route(land: &mut Land, dice: &mut Dice) -> Option<Deed> {
    let (table, ours) = {
        let sandbox = land.seed.lock();
        let network = &sandbox.world.network;
        let is_ours = |id: &str| network.tags.of(&land.home, id).iter().any(|tag| tag.key == "transitd:segment");
        let tables =
            network.transit_gateway_route_tables.iter().filter(|table| table.state.is_there() && is_ours(&table.id));
        let tables: Vec<_> = tables.collect();
        let table = tables.get(below(dice, tables.len().max(1)))?;
        let blackhole =
            |range: &String| land.strangers.blackholes.iter().any(|(of, it)| *of == table.id && it == range);
        let taken = |range: &String| land.strangers.taken_over.iter().any(|(of, it, _)| *of == table.id && it == range);
        let strange = |range: &String| blackhole(range) || taken(range);
        let ours: Vec<String> = table.static_routes.keys().map(ToString::to_string).filter(|it| !strange(it)).collect();
        (table.id.clone(), ours)
    };
    if let (Some(range), 0, Some(other)) = (ours.first(), below(dice, 3), attachment(land, dice)) {
        let mut params = named(&other);
        params["TransitGatewayRouteTableId"] = json!(table);
        params["DestinationCidrBlock"] = json!(range);
        let leads_there = {
            let sandbox = land.seed.lock();
            let table = sandbox.world.network.transit_gateway_route_tables.get(&table)?;
            table.static_routes.get(&range.parse().ok()?).cloned().flatten() == Some(other.id.clone())
        };
        if !leads_there && land.seed.call(&land.home, Service::Ec2, "ReplaceTransitGatewayRoute", params).is_ok() {
            land.strangers.taken_over.push((table, range.clone(), other.id));
        }
        return None;
    }
    if let (Some(range), 0) = (ours.first(), below(dice, 2)) {
        let params = json!({ "TransitGatewayRouteTableId": table, "DestinationCidrBlock": range });
        return Some((land.home.clone(), "DeleteTransitGatewayRoute", params));
    }
    // A range of nobody's.
    let range = format!("10.{}.0.0/16", 150 + land.strangers.blackholes.len());
    let params = json!({ "TransitGatewayRouteTableId": table, "DestinationCidrBlock": range, "Blackhole": true });
    if land.seed.call(&land.home, Service::Ec2, "CreateTransitGatewayRoute", params).is_ok() {
        land.strangers.blackholes.push((table, range));
    }
    None
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
