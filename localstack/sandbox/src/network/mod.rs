//! EC2: the networks of all accounts, as far as VPCs and transit gateways go.
//!
//! | room | what is in it |
//! |---|---|
//! | [`vpc`], [`vpc_cidr`], [`subnet`], [`internet_gateway`], [`zones`] | VPCs and what stands in them |
//! | [`route_table`], [`route`] | a VPC's route tables |
//! | [`transit_gateway`] | transit gateways, their options, who sees them |
//! | [`vpc_attachment`], [`attachment_request`], [`attachments`] | VPC attachments: their states; what may be asked of them; the generic view |
//! | [`transit_gateway_route_table`], [`association`], [`propagation`], [`propagated_routes`], [`transit_gateway_route`], [`route_search`] | routing inside a transit gateway |
//! | [`tags`], [`filters`], [`paging`], [`resource`], [`members`], [`cidr`], [`shelf`] | what all of them share |
//! | [`visibility`], [`throttling`], [`switches`] | how EC2 is slow, strict and unsettled |
//! | [`mod@walk`] | a reader for tests: follows the routes as a packet would |
//!
//! Every resource belongs to an account and a Region. [`answer`] is the whole list of what can be called.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{AwsError, Caller};
use crate::world::World;

pub mod association;
pub mod attachment_request;
pub mod attachments;
pub mod cidr;
pub mod filters;
pub mod internet_gateway;
pub mod members;
pub mod paging;
pub mod propagated_routes;
pub mod propagation;
pub mod resource;
pub mod route;
pub mod route_search;
pub mod route_table;
pub mod shelf;
pub mod subnet;
#[cfg(test)]
pub mod support;
pub mod switches;
pub mod tags;
pub mod throttling;
pub mod transit_gateway;
pub mod transit_gateway_route;
pub mod transit_gateway_route_table;
pub mod visibility;
pub mod vpc;
pub mod vpc_attachment;
pub mod vpc_cidr;
pub mod walk;
pub mod zones;

pub use walk::{Path, Start, walk};

use shelf::Shelf;

/// All networks of all accounts, and how EC2 treats them.
#[derive(Debug, Default)]
pub struct Network {
    pub switches: switches::Switches,
    pub quotas: switches::Quotas,
    /// Whether calls spend from token buckets; see [`throttling`].
    pub throttling: bool,
    /// The longest time in seconds that a new resource may stay out of sight; see [`mod@visibility`].
    pub visibility_lag_seconds: f64,
    pub vpcs: Shelf<vpc::Vpc>,
    pub subnets: Shelf<subnet::Subnet>,
    pub route_tables: Shelf<route_table::RouteTable>,
    pub internet_gateways: Shelf<internet_gateway::InternetGateway>,
    pub transit_gateways: Shelf<transit_gateway::TransitGateway>,
    pub transit_gateway_route_tables: Shelf<transit_gateway_route_table::TransitGatewayRouteTable>,
    pub vpc_attachments: Shelf<vpc_attachment::VpcAttachment>,
    pub tags: tags::Tags,
    visibility: visibility::Visibility,
    buckets: throttling::Buckets,
}

/// Something that happens by itself; each names the resource, which may meanwhile be gone or in another state.
#[derive(Clone, Debug)]
pub enum Event {
    Vpc(String, vpc::Event),
    Subnet(String),
    TransitGateway(String, transit_gateway::Event),
    TransitGatewayRouteTable(String, transit_gateway_route_table::Event),
    VpcAttachment(String, vpc_attachment::Event),
    Association(String, association::Event),
}

pub fn happen(world: &mut World, event: Event) {
    match event {
        Event::Vpc(id, event) => vpc::happen(world, &id, event),
        Event::Subnet(id) => subnet::become_available(world, &id),
        Event::TransitGateway(id, event) => transit_gateway::happen(world, &id, event),
        Event::TransitGatewayRouteTable(id, event) => transit_gateway_route_table::happen(world, &id, event),
        Event::VpcAttachment(id, event) => vpc_attachment::happen(world, &id, event),
        Event::Association(id, event) => association::happen(world, &id, event),
    }
}

/// Answers one EC2 call.
///
/// # Errors
/// `RequestLimitExceeded` before all else, `NotModelled` for what the sandbox does not model, and then what the
/// operation answers.
pub fn answer(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
    throttling::admit(world, caller, action)?;
    let Some(handler) = handler(action) else {
        return Err(AwsError::not_modelled(format!("EC2's {action}")));
    };
    handler(world, caller, params)
}

/// Tells whether the sandbox models an EC2 action.
pub fn answers(action: &str) -> bool {
    ACTIONS.contains(&action)
}

type Handler = fn(&mut World, &Caller, &Value) -> Result<Value, AwsError>;

macro_rules! handlers {
    ($($action:literal => $handler:path,)*) => {
        /// All EC2 actions that the sandbox models.
        pub const ACTIONS: &[&str] = &[$($action),*];

        fn handler(action: &str) -> Option<Handler> {
            match action {
                $($action => Some(|world, caller, params| run(world, caller, params, $handler)),)*
                _ => None,
            }
        }
    };
}

handlers! {
    "AcceptTransitGatewayVpcAttachment" => attachment_request::accept,
    "AssociateRouteTable" => route_table::associate,
    "AssociateTransitGatewayRouteTable" => association::associate,
    "AssociateVpcCidrBlock" => vpc_cidr::associate,
    "AttachInternetGateway" => internet_gateway::attach,
    "CreateInternetGateway" => internet_gateway::create,
    "CreateRoute" => route::create,
    "CreateRouteTable" => route_table::create,
    "CreateSubnet" => subnet::create,
    "CreateTags" => tags::create_tags,
    "CreateTransitGateway" => transit_gateway::create,
    "CreateTransitGatewayRoute" => transit_gateway_route::create,
    "CreateTransitGatewayRouteTable" => transit_gateway_route_table::create,
    "CreateTransitGatewayVpcAttachment" => attachment_request::create,
    "CreateVpc" => vpc::create,
    "DeleteInternetGateway" => internet_gateway::delete,
    "DeleteRoute" => route::delete,
    "DeleteRouteTable" => route_table::delete,
    "DeleteSubnet" => subnet::delete,
    "DeleteTags" => tags::delete_tags,
    "DeleteTransitGateway" => transit_gateway::delete,
    "DeleteTransitGatewayRoute" => transit_gateway_route::delete,
    "DeleteTransitGatewayRouteTable" => transit_gateway_route_table::delete,
    "DeleteTransitGatewayVpcAttachment" => attachment_request::delete,
    "DeleteVpc" => vpc::delete,
    "DescribeAvailabilityZones" => zones::describe_availability_zones,
    "DescribeInternetGateways" => internet_gateway::describe,
    "DescribeRegions" => zones::describe_regions,
    "DescribeRouteTables" => route_table::describe,
    "DescribeSubnets" => subnet::describe,
    "DescribeTags" => tags::describe_tags,
    "DescribeTransitGatewayAttachments" => attachments::describe,
    "DescribeTransitGatewayRouteTables" => transit_gateway_route_table::describe,
    "DescribeTransitGatewayVpcAttachments" => vpc_attachment::describe,
    "DescribeTransitGateways" => transit_gateway::describe,
    "DescribeVpcAttribute" => vpc::describe_attribute,
    "DescribeVpcs" => vpc::describe,
    "DetachInternetGateway" => internet_gateway::detach,
    "DisableTransitGatewayRouteTablePropagation" => propagation::disable,
    "DisassociateRouteTable" => route_table::disassociate,
    "DisassociateTransitGatewayRouteTable" => association::disassociate,
    "DisassociateVpcCidrBlock" => vpc_cidr::disassociate,
    "EnableTransitGatewayRouteTablePropagation" => propagation::enable,
    "GetTransitGatewayAttachmentPropagations" => propagation::of_attachment,
    "GetTransitGatewayRouteTableAssociations" => association::of_table,
    "GetTransitGatewayRouteTablePropagations" => propagation::of_table,
    "ModifyTransitGateway" => transit_gateway::modify,
    "ModifyTransitGatewayVpcAttachment" => attachment_request::modify,
    "ModifyVpcAttribute" => vpc::modify_attribute,
    "RejectTransitGatewayVpcAttachment" => attachment_request::reject,
    "ReplaceRoute" => route::replace,
    "ReplaceRouteTableAssociation" => route_table::replace_association,
    "ReplaceTransitGatewayRoute" => transit_gateway_route::replace,
    "SearchTransitGatewayRoutes" => route_search::search,
}

/// Runs a handler; with DryRun, stops once the request is read, since the caller may do everything in its own account.
fn run<I: DeserializeOwned, O: Serialize>(
    world: &mut World,
    caller: &Caller,
    params: &Value,
    handler: fn(&mut World, &Caller, I) -> Result<O, AwsError>,
) -> Result<Value, AwsError> {
    let mut params = std::borrow::Cow::Borrowed(params);
    let mut dry_run = false;
    if params.get("DryRun").is_some() {
        let asked = params.to_mut().as_object_mut().and_then(|members| members.remove("DryRun"));
        dry_run = asked == Some(Value::Bool(true));
    }
    let input = I::deserialize(params.as_ref()).map_err(AwsError::not_modelled)?;
    if dry_run {
        let message = "Request would have succeeded, but DryRun flag is set.";
        return Err(AwsError::new("DryRunOperation", message).with_status(412));
    }
    handler(world, caller, input).map(|answer| members::told(&answer))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::support::Bench;

    #[test]
    fn every_action_is_one_of_ec2s() {
        for action in super::ACTIONS {
            assert!(crate::shapes::operation(crate::Service::Ec2, action).is_ok(), "{action}");
        }
    }

    #[test]
    fn a_dry_run_answers_412_and_makes_nothing() {
        let mut bench = Bench::new();
        let asked = json!({"CidrBlock": "10.0.0.0/16", "DryRun": true});
        let error = bench.refused("111111111111", "CreateVpc", asked, "DryRunOperation");
        assert_eq!(error.status, 412);
        assert_eq!(bench.ec2("111111111111", "DescribeVpcs", json!({}))["Vpcs"], json!([]));
        bench.ec2("111111111111", "DescribeVpcs", json!({"DryRun": false}));
    }

    #[test]
    fn a_member_that_is_not_modelled_is_refused() {
        let mut bench = Bench::new();
        let asked = json!({"CidrBlock": "10.0.0.0/16", "Ipv4IpamPoolId": "ipam-pool-1"});
        let error = bench.refused("111111111111", "CreateVpc", asked, "NotModelled");
        assert!(error.message.contains("Ipv4IpamPoolId"), "{error}");
    }
}
