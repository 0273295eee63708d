//! Routes in a VPC's tables.
//!
//! A route aims at a transit gateway only while the VPC has an available attachment to it; otherwise CreateRoute says
//! that there is no such transit gateway (seen in terraform-provider-aws#9222 and #10025). A route that outlives its
//! attachment stays and turns `blackhole`.

use ipnet::IpNet;

use super::members::{Done, Nothing, answer, request, words};
use super::resource::{Kind, invalid_combination, invalid_value, missing};
use super::route_table::{RouteTable, own, own_mut};
use super::shelf::Key;
use super::{cidr, internet_gateway};
use crate::call::{AwsError, Caller};
use crate::world::World;

words! { State { Active = "active", Blackhole = "blackhole" } }

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    InternetGateway(String),
    TransitGateway(String),
}

#[derive(Clone, Debug)]
pub struct Route {
    pub target: Target,
    /// Whether the attachment that it was made for is gone, whatever came after.
    pub orphaned: bool,
}

answer! { "PascalCase"
    RouteDescription {
        destination_cidr_block: Option<String>, destination_ipv6_cidr_block: Option<String>,
        gateway_id: Option<String>, transit_gateway_id: Option<String>, origin: &'static str, state: State,
    }
}

/// Lists a table's routes as DescribeRouteTables shows them, the local ones first.
pub fn descriptions(world: &World, table: &RouteTable) -> Vec<RouteDescription> {
    let local = world.network.vpcs.get(&table.vpc).into_iter().flat_map(|vpc| vpc.associated());
    let local = local.map(|range| {
        let gateway = Some("local".to_owned());
        describe(range, "CreateRouteTable", State::Active, gateway, None)
    });
    let others = table.routes.iter().map(|(range, route)| {
        let (gateway, transit_gateway) = match &route.target {
            Target::InternetGateway(id) => (Some(id.clone()), None),
            Target::TransitGateway(id) => (None, Some(id.clone())),
        };
        describe(range, "CreateRoute", state(world, table, route), gateway, transit_gateway)
    });
    local.chain(others).collect()
}

fn describe(
    range: &IpNet,
    origin: &'static str,
    state: State,
    gateway_id: Option<String>,
    transit_gateway_id: Option<String>,
) -> RouteDescription {
    let (v4, v6) = match range {
        IpNet::V4(_) => (Some(range.to_string()), None),
        IpNet::V6(_) => (None, Some(range.to_string())),
    };
    RouteDescription {
        destination_cidr_block: v4,
        destination_ipv6_cidr_block: v6,
        gateway_id,
        transit_gateway_id,
        origin,
        state,
    }
}

/// Tells whether a route leads anywhere now.
pub fn state(world: &World, table: &RouteTable, route: &Route) -> State {
    let leads = match &route.target {
        Target::InternetGateway(id) => {
            world.network.internet_gateways.get(id).is_some_and(|it| it.vpc.as_ref() == Some(&table.vpc))
        }
        Target::TransitGateway(id) => {
            (!route.orphaned || world.network.switches.revive_blackholes) && attached(world, &table.vpc, id)
        }
    };
    if leads { State::Active } else { State::Blackhole }
}

/// Tells whether a VPC has a working attachment to a transit gateway.
fn attached(world: &World, vpc: &str, transit_gateway: &str) -> bool {
    let attachments = world.network.vpc_attachments.under(&Key::Vpc(vpc.to_owned()));
    attachments.into_iter().any(|it| it.transit_gateway == transit_gateway && it.state.carries_traffic())
}

/// Marks the routes of a VPC to a transit gateway whose attachment is gone.
pub fn orphan(world: &mut World, vpc: &str, transit_gateway: &str) {
    let tables: Vec<String> = world.network.route_tables.ids(&Key::Vpc(vpc.to_owned())).map(str::to_owned).collect();
    for id in tables {
        let Some(table) = world.network.route_tables.get_mut(&id) else { continue };
        for route in table.routes.values_mut() {
            if matches!(&route.target, Target::TransitGateway(id) if id == transit_gateway) {
                route.orphaned = true;
            }
        }
    }
}

request! { "PascalCase"
    RouteRequest {
        route_table_id: String, destination_cidr_block: Option<String>, destination_ipv6_cidr_block: Option<String>,
        gateway_id: Option<String>, transit_gateway_id: Option<String>,
    }
}

/// Reads the one destination; `tidy` says whether bits beyond the prefix are cleared or must not be there.
fn destination(v4: Option<&str>, v6: Option<&str>, tidy: bool) -> Result<IpNet, AwsError> {
    let read = if tidy { cidr::normalised } else { cidr::read };
    let range = match (v4, v6) {
        (Some(_), Some(_)) => return Err(invalid_combination("Only one destination can be given")),
        (None, None) => return Err(missing("destinationCidrBlock")),
        (Some(text), None) => read("destinationCidrBlock", text)?,
        (None, Some(text)) => read("destinationIpv6CidrBlock", text)?,
    };
    if matches!(range, IpNet::V4(_)) != v4.is_some() {
        return Err(invalid_value(format!("The destination {range} is of the other address family")));
    }
    Ok(range)
}

/// Reads the one target and checks that it stands in, or is attached to, the table's VPC.
fn target(world: &World, caller: &Caller, vpc: &str, input: &RouteRequest) -> Result<Target, AwsError> {
    match (&input.gateway_id, &input.transit_gateway_id) {
        (Some(_), Some(_)) => Err(invalid_combination("Only one target can be given")),
        (None, None) => Err(missing("gatewayId")),
        (Some(gateway), None) => {
            let gateway = internet_gateway::own(world, caller, gateway)?;
            if gateway.vpc.as_deref() != Some(vpc) {
                let message = format!("route table and network gateway {} belong to different networks", gateway.id);
                return Err(invalid_value(message));
            }
            Ok(Target::InternetGateway(gateway.id.clone()))
        }
        (None, Some(id)) => {
            Kind::TransitGateway.check(id)?;
            if !attached(world, vpc, id) {
                let message = format!("The transitGateway ID '{id}' does not exist.");
                return Err(AwsError::new("InvalidTransitGatewayID.NotFound", message));
            }
            Ok(Target::TransitGateway(id.clone()))
        }
    }
}

/// Refuses a destination that the VPC's local routes already decide.
fn beyond_local(world: &World, vpc: &str, range: &IpNet) -> Result<(), AwsError> {
    let ranges = world.network.vpcs.get(vpc).into_iter().flat_map(|vpc| vpc.associated());
    if ranges.into_iter().any(|local| local.contains(range)) {
        return Err(invalid_value(format!(
            "The destination CIDR block {range} is equal to or more specific than one of this VPC's CIDR blocks. This \
             route can target only an interface or an instance."
        )));
    }
    Ok(())
}

pub fn create(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<Done, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let range =
        destination(input.destination_cidr_block.as_deref(), input.destination_ipv6_cidr_block.as_deref(), true)?;
    beyond_local(world, &table.vpc, &range)?;
    let target = target(world, caller, &table.vpc, &input)?;
    if table.routes.contains_key(&range) {
        let message = format!("The route identified by {range} already exists.");
        return Err(AwsError::new("RouteAlreadyExists", message));
    }
    let is_v4 = matches!(range, IpNet::V4(_));
    let most = world.network.quotas.routes_per_route_table;
    if table.routes.keys().filter(|held| matches!(held, IpNet::V4(_)) == is_v4).count() >= most {
        let message = "The maximum number of routes for this route table has been reached.";
        return Err(AwsError::new("RouteLimitExceeded", message));
    }
    own_mut(world, caller, &input.route_table_id)?.routes.insert(range, Route { target, orphaned: false });
    Ok(Done { r#return: true })
}

/// Changes a route's target. Unlike CreateRoute, it must find the destination written just as it is stored.
pub fn replace(world: &mut World, caller: &Caller, input: RouteRequest) -> Result<Nothing, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let range =
        destination(input.destination_cidr_block.as_deref(), input.destination_ipv6_cidr_block.as_deref(), false)?;
    if !table.routes.contains_key(&range) {
        beyond_local(world, &table.vpc, &range)?;
        return Err(invalid_value(format!(
            "There is no route defined for '{range}' in the route table. Use CreateRoute instead."
        )));
    }
    let target = target(world, caller, &table.vpc, &input)?;
    own_mut(world, caller, &input.route_table_id)?.routes.insert(range, Route { target, orphaned: false });
    Ok(Nothing {})
}

request! { "PascalCase"
    DeleteRoute {
        route_table_id: String, destination_cidr_block: Option<String>, destination_ipv6_cidr_block: Option<String>,
    }
}

pub fn delete(world: &mut World, caller: &Caller, input: DeleteRoute) -> Result<Nothing, AwsError> {
    let table = own(world, caller, &input.route_table_id)?;
    let range =
        destination(input.destination_cidr_block.as_deref(), input.destination_ipv6_cidr_block.as_deref(), false)?;
    if world.network.vpcs.get(&table.vpc).is_some_and(|vpc| vpc.associated().any(|local| *local == range)) {
        let message = format!("cannot remove local route {range} in route table {}", table.id);
        return Err(invalid_value(message));
    }
    match own_mut(world, caller, &input.route_table_id)?.routes.remove(&range) {
        Some(_) => Ok(Nothing {}),
        None => {
            let message =
                format!("no route with destination-cidr-block {range} in route table {}", input.route_table_id);
            Err(AwsError::new("InvalidRoute.NotFound", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::network::support::Bench;

    const HUB: &str = "111111111111";

    fn routes(bench: &mut Bench, table: &str) -> Vec<Value> {
        let tables = bench.ec2(HUB, "DescribeRouteTables", json!({"RouteTableIds": [table]}));
        tables["RouteTables"][0]["Routes"].as_array().unwrap().clone()
    }

    /// A VPC with a table and an attachment to a transit gateway of the same account.
    fn attached() -> (Bench, String, String, String) {
        let mut bench = Bench::new();
        let hub = bench.transit_gateway(HUB, json!({}));
        let vpc = bench.vpc(HUB, "10.0.0.0/16");
        let attachment = bench.attachment(HUB, &hub, &vpc);
        let table = bench.route_table(HUB, &vpc);
        (bench, hub, attachment, table)
    }

    #[test]
    fn a_route_to_a_transit_gateway_waits_for_the_attachment() {
        let (mut bench, hub, _, table) = attached();
        let asked = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": hub});
        let error = bench.refused(HUB, "CreateRoute", asked.clone(), "InvalidTransitGatewayID.NotFound");
        assert_eq!(error.message, format!("The transitGateway ID '{hub}' does not exist."));
        bench.sandbox.advance(Duration::from_secs(600));
        assert_eq!(bench.ec2(HUB, "CreateRoute", asked.clone()), json!({"Return": true}));
        bench.refused(HUB, "CreateRoute", asked, "RouteAlreadyExists");
    }

    #[test]
    fn destinations_are_normalised_when_made_and_exact_afterwards() {
        let (mut bench, hub, _, table) = attached();
        bench.sandbox.advance(Duration::from_secs(600));
        let asked =
            |range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range, "TransitGatewayId": hub});
        bench.ec2(HUB, "CreateRoute", asked("100.68.0.18/18"));
        assert_eq!(routes(&mut bench, &table)[1]["DestinationCidrBlock"], "100.68.0.0/18");
        bench.refused(HUB, "ReplaceRoute", asked("100.68.0.18/18"), "InvalidParameterValue");
        bench.ec2(HUB, "ReplaceRoute", asked("100.68.0.0/18"));
        let gone = |range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range});
        bench.refused(HUB, "DeleteRoute", gone("100.68.0.18/18"), "InvalidRoute.NotFound");
        bench.ec2(HUB, "DeleteRoute", gone("100.68.0.0/18"));
        bench.refused(HUB, "DeleteRoute", gone("100.68.0.0/18"), "InvalidRoute.NotFound");
    }

    #[test]
    fn replacing_what_is_not_there_points_to_create_route() {
        let (mut bench, hub, _, table) = attached();
        bench.sandbox.advance(Duration::from_secs(600));
        let asked = json!({"RouteTableId": table, "DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": hub});
        let error = bench.refused(HUB, "ReplaceRoute", asked, "InvalidParameterValue");
        assert!(error.message.ends_with("Use CreateRoute instead."), "{error}");
    }

    #[test]
    fn local_routes_can_be_neither_removed_nor_outdone() {
        let (mut bench, hub, _, table) = attached();
        bench.sandbox.advance(Duration::from_secs(600));
        let local = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"});
        bench.refused(HUB, "DeleteRoute", local, "InvalidParameterValue");
        let inside = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.1.0/24", "TransitGatewayId": hub});
        bench.refused(HUB, "CreateRoute", inside, "InvalidParameterValue");
    }

    #[test]
    fn a_route_outlives_its_attachment_as_a_blackhole_and_revives_if_switched_so() {
        for (revives, state) in [(true, "active"), (false, "blackhole")] {
            let (mut bench, hub, attachment, table) = attached();
            bench.sandbox.world.network.switches.revive_blackholes = revives;
            bench.sandbox.advance(Duration::from_secs(600));
            let asked = json!({"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": hub});
            bench.ec2(HUB, "CreateRoute", asked);
            bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
            bench.sandbox.advance(Duration::from_secs(600));
            assert_eq!(routes(&mut bench, &table)[1]["State"], "blackhole");
            let vpc = bench.ec2(HUB, "DescribeVpcs", json!({}))["Vpcs"][0]["VpcId"].as_str().unwrap().to_owned();
            bench.attach_again(HUB, &hub, &vpc);
            bench.sandbox.advance(Duration::from_secs(600));
            assert_eq!(routes(&mut bench, &table)[1]["State"], state);
        }
    }

    #[test]
    fn ipv6_destinations_are_kept_apart() {
        let (mut bench, hub, _, table) = attached();
        bench.sandbox.advance(Duration::from_secs(600));
        let asked =
            json!({"RouteTableId": table, "DestinationIpv6CidrBlock": "2001:db8::/32", "TransitGatewayId": hub});
        bench.ec2(HUB, "CreateRoute", asked);
        let route = routes(&mut bench, &table)[1].clone();
        assert_eq!(route["DestinationIpv6CidrBlock"], "2001:db8::/32");
        assert!(route.get("DestinationCidrBlock").is_none());
    }

    #[test]
    fn a_table_holds_only_so_many_routes() {
        let (mut bench, hub, _, table) = attached();
        bench.sandbox.world.network.quotas.routes_per_route_table = 1;
        bench.sandbox.advance(Duration::from_secs(600));
        let asked =
            |range: &str| json!({"RouteTableId": table, "DestinationCidrBlock": range, "TransitGatewayId": hub});
        bench.ec2(HUB, "CreateRoute", asked("10.1.0.0/16"));
        bench.refused(HUB, "CreateRoute", asked("10.2.0.0/16"), "RouteLimitExceeded");
    }
}
