//! EC2: the networks of all accounts, as far as VPCs and transit gateways go.
//!
//! | room | what is in it |
//! |---|---|
//! | [`vpc`], [`default_vpc`], [`vpc_cidr`], [`subnet`], [`subnet_cidr`], [`internet_gateway`], [`egress_only_internet_gateway`], [`nat_gateway`], [`elastic_ip`], [`network_interface`], [`network_acl`], [`security_group`], [`dhcp_options`] | VPCs and what stands in them |
//! | [`regions`], [`zones`], [`account_attributes`] | Regions, zones, and what EC2 says of an account |
//! | [`route_table`], [`route`], [`route_target`] | a VPC's route tables |
//! | [`transit_gateway`] | transit gateways, their options, who sees them |
//! | [`vpc_attachment`], [`attachment_request`] | VPC attachments: their states; what may be asked of them |
//! | [`given_attachment`], [`connect`], [`connect_peer`], [`vpn_connection`], [`customer_gateway`] | what else a transit gateway may have attached |
//! | [`peering_attachment`], [`peering_request`] | peerings of transit gateways: their states; what may be asked of them |
//! | [`vpc_peering`], [`vpc_peering_request`] | peering connections of VPCs, the same way |
//! | [`attachment`], [`attachments`] | attachments of all kinds: what routing sees of them; the list of all |
//! | [`transit_gateway_route_table`], [`association`], [`propagation`], [`propagated_routes`], [`transit_gateway_route`], [`prefix_list_reference`], [`table_routes`], [`route_search`] | routing inside a transit gateway |
//! | [`prefix_list`], [`prefix_list_request`], [`prefix_list_referrers`], [`aws_prefix_list`] | managed prefix lists: their states; what may be asked of them; who refers to them; those of AWS |
//! | [`shareable`] | what RAM may share |
//! | [`tags`], [`mod@describe`], [`filters`], [`paging`], [`resource`], [`members`], [`cidr`], [`shelf`] | what all of them share |
//! | [`visibility`], [`throttling`], [`switches`], [`adjustment`] | how EC2 is slow, strict and unsettled, and how that is set |
//! | [`mod@walk`] | a reader for tests: follows the routes as a packet would |
//!
//! Every resource belongs to an account and a Region. [`answer`] is the whole list of what can be called.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

pub mod account_attributes;
pub mod adjustment;
pub mod association;
pub mod attachment;
pub mod attachment_request;
pub mod attachments;
pub mod aws_prefix_list;
pub mod cidr;
pub mod connect;
pub mod connect_peer;
pub mod customer_gateway;
pub mod default_vpc;
pub mod describe;
pub mod dhcp_options;
pub mod egress_only_internet_gateway;
pub mod elastic_ip;
pub mod filters;
pub mod given_attachment;
pub mod internet_gateway;
pub mod members;
pub mod nat_gateway;
pub mod network_acl;
pub mod network_interface;
pub mod paging;
pub mod peering_attachment;
pub mod peering_request;
pub mod prefix_list;
pub mod prefix_list_reference;
pub mod prefix_list_referrers;
pub mod prefix_list_request;
pub mod propagated_routes;
pub mod propagation;
pub mod regions;
pub mod resource;
pub mod route;
pub mod route_search;
pub mod route_table;
pub mod route_target;
pub mod security_group;
pub mod shareable;
pub mod shelf;
pub mod subnet;
pub mod subnet_cidr;
#[cfg(test)]
pub mod support;
pub mod switches;
pub mod table_routes;
pub mod tags;
pub mod throttling;
pub mod transit_gateway;
pub mod transit_gateway_route;
pub mod transit_gateway_route_table;
pub mod visibility;
pub mod vpc;
pub mod vpc_attachment;
pub mod vpc_cidr;
pub mod vpc_peering;
pub mod vpc_peering_request;
pub mod vpn_connection;
pub mod walk;
pub mod zones;

pub use walk::{Path, Start, walk};

use shelf::Shelf;

/// All networks of all accounts, and how EC2 treats them.
#[derive(Clone, Debug, Default)]
pub struct Network {
    pub switches: switches::Switches,
    pub quotas: switches::Quotas,
    /// Whether calls spend from token buckets; see [`throttling`].
    pub throttling: bool,
    /// The longest time in seconds that a new resource may stay out of sight; see [`mod@visibility`].
    pub visibility_lag_seconds: f64,
    /// Accounts with the Regions that they have opted into; see [`regions`].
    pub opted_in: BTreeSet<(AccountId, String)>,
    pub vpcs: Shelf<vpc::Vpc>,
    pub subnets: Shelf<subnet::Subnet>,
    pub route_tables: Shelf<route_table::RouteTable>,
    pub internet_gateways: Shelf<internet_gateway::InternetGateway>,
    pub egress_only_internet_gateways: Shelf<egress_only_internet_gateway::EgressOnlyInternetGateway>,
    pub nat_gateways: Shelf<nat_gateway::NatGateway>,
    pub elastic_ips: Shelf<elastic_ip::ElasticIp>,
    pub transit_gateways: Shelf<transit_gateway::TransitGateway>,
    pub transit_gateway_route_tables: Shelf<transit_gateway_route_table::TransitGatewayRouteTable>,
    pub vpc_attachments: Shelf<vpc_attachment::VpcAttachment>,
    pub given_attachments: Shelf<given_attachment::GivenAttachment>,
    pub connect_peers: Shelf<connect_peer::ConnectPeer>,
    pub peering_attachments: Shelf<peering_attachment::PeeringAttachment>,
    pub vpc_peering_connections: Shelf<vpc_peering::VpcPeeringConnection>,
    pub customer_gateways: Shelf<customer_gateway::CustomerGateway>,
    pub vpn_connections: Shelf<vpn_connection::VpnConnection>,
    pub prefix_lists: Shelf<prefix_list::PrefixList>,
    pub tags: tags::Tags,
    pub(crate) visibility: visibility::Visibility,
    pub(crate) buckets: throttling::Buckets,
}

/// Something that happens by itself; each names the resource, which may meanwhile be gone or in another state.
#[derive(Clone, Debug)]
pub enum Event {
    Vpc(String, vpc::Event),
    Subnet(String),
    TransitGateway(String, transit_gateway::Event),
    TransitGatewayRouteTable(String, transit_gateway_route_table::Event),
    VpcAttachment(String, vpc_attachment::Event),
    GivenAttachment(String, given_attachment::Event),
    ConnectPeer(String, connect_peer::Event),
    PeeringAttachment(String, peering_attachment::Event),
    VpcPeering(String, vpc_peering::Event),
    Association(attachment::Side, association::Event),
    VpnConnection(String, vpn_connection::Event),
    NatGateway(String, nat_gateway::Event),
    PrefixList(String, prefix_list::Event),
    /// A route table and the prefix list that it refers to.
    PrefixListReference(String, String, prefix_list_reference::Event),
}

pub fn happen(world: &mut World, event: Event) {
    match event {
        Event::Vpc(id, event) => vpc::happen(world, &id, event),
        Event::Subnet(id) => subnet::become_available(world, &id),
        Event::TransitGateway(id, event) => transit_gateway::happen(world, &id, event),
        Event::TransitGatewayRouteTable(id, event) => transit_gateway_route_table::happen(world, &id, event),
        Event::VpcAttachment(id, event) => vpc_attachment::happen(world, &id, event),
        Event::GivenAttachment(id, event) => given_attachment::happen(world, &id, event),
        Event::ConnectPeer(id, event) => connect_peer::happen(world, &id, event),
        Event::PeeringAttachment(id, event) => peering_attachment::happen(world, &id, event),
        Event::VpcPeering(id, event) => vpc_peering::happen(world, &id, event),
        Event::Association(side, event) => association::happen(world, &side, event),
        Event::VpnConnection(id, event) => vpn_connection::happen(world, &id, event),
        Event::NatGateway(id, event) => nat_gateway::happen(world, &id, event),
        Event::PrefixList(id, event) => prefix_list::happen(world, &id, event),
        Event::PrefixListReference(table, list, event) => prefix_list_reference::happen(world, &table, &list, event),
    }
}

/// Answers one EC2 call.
///
/// # Errors
/// `NotModelled` for what the sandbox does not model, and then what the operation answers.
pub fn answer(world: &mut World, caller: &Caller, action: &str, params: &Value) -> Result<Value, AwsError> {
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
    "AcceptTransitGatewayPeeringAttachment" => peering_request::accept,
    "AcceptTransitGatewayVpcAttachment" => attachment_request::accept,
    "AcceptVpcPeeringConnection" => vpc_peering_request::accept,
    "AllocateAddress" => elastic_ip::allocate,
    "AssociateRouteTable" => route_table::associate,
    "AssociateSubnetCidrBlock" => subnet_cidr::associate,
    "AssociateTransitGatewayRouteTable" => association::associate,
    "AssociateVpcCidrBlock" => vpc_cidr::associate,
    "AttachInternetGateway" => internet_gateway::attach,
    "CreateCustomerGateway" => customer_gateway::create,
    "CreateDefaultVpc" => default_vpc::create,
    "CreateEgressOnlyInternetGateway" => egress_only_internet_gateway::create,
    "CreateInternetGateway" => internet_gateway::create,
    "CreateManagedPrefixList" => prefix_list_request::create,
    "CreateNatGateway" => nat_gateway::create,
    "CreateRoute" => route::create,
    "CreateRouteTable" => route_table::create,
    "CreateSubnet" => subnet::create,
    "CreateTags" => tags::create_tags,
    "CreateTransitGateway" => transit_gateway::create,
    "CreateTransitGatewayConnect" => connect::create,
    "CreateTransitGatewayConnectPeer" => connect_peer::create,
    "CreateTransitGatewayPeeringAttachment" => peering_request::create,
    "CreateTransitGatewayPrefixListReference" => prefix_list_reference::create,
    "CreateTransitGatewayRoute" => transit_gateway_route::create,
    "CreateTransitGatewayRouteTable" => transit_gateway_route_table::create,
    "CreateTransitGatewayVpcAttachment" => attachment_request::create,
    "CreateVpc" => vpc::create,
    "CreateVpcPeeringConnection" => vpc_peering_request::create,
    "CreateVpnConnection" => vpn_connection::create,
    "DeleteCustomerGateway" => customer_gateway::delete,
    "DeleteEgressOnlyInternetGateway" => egress_only_internet_gateway::delete,
    "DeleteInternetGateway" => internet_gateway::delete,
    "DeleteManagedPrefixList" => prefix_list_request::delete,
    "DeleteNatGateway" => nat_gateway::delete,
    "DeleteRoute" => route::delete,
    "DeleteRouteTable" => route_table::delete,
    "DeleteSubnet" => subnet::delete,
    "DeleteTags" => tags::delete_tags,
    "DeleteTransitGateway" => transit_gateway::delete,
    "DeleteTransitGatewayConnect" => connect::delete,
    "DeleteTransitGatewayConnectPeer" => connect_peer::delete,
    "DeleteTransitGatewayPeeringAttachment" => peering_request::delete,
    "DeleteTransitGatewayPrefixListReference" => prefix_list_reference::delete,
    "DeleteTransitGatewayRoute" => transit_gateway_route::delete,
    "DeleteTransitGatewayRouteTable" => transit_gateway_route_table::delete,
    "DeleteTransitGatewayVpcAttachment" => attachment_request::delete,
    "DeleteVpc" => vpc::delete,
    "DeleteVpcPeeringConnection" => vpc_peering_request::delete,
    "DeleteVpnConnection" => vpn_connection::delete,
    "DescribeAccountAttributes" => account_attributes::describe,
    "DescribeAddresses" => elastic_ip::describe,
    "DescribeAvailabilityZones" => zones::describe_availability_zones,
    "DescribeCustomerGateways" => customer_gateway::describe,
    "DescribeDhcpOptions" => dhcp_options::describe,
    "DescribeEgressOnlyInternetGateways" => egress_only_internet_gateway::describe,
    "DescribeInternetGateways" => internet_gateway::describe,
    "DescribeManagedPrefixLists" => prefix_list::describe,
    "DescribeNatGateways" => nat_gateway::describe,
    "DescribeNetworkAcls" => network_acl::describe,
    "DescribeNetworkInterfaces" => network_interface::describe,
    "DescribePrefixLists" => aws_prefix_list::describe,
    "DescribeRegions" => regions::describe,
    "DescribeRouteTables" => route_table::describe,
    "DescribeSecurityGroups" => security_group::describe,
    "DescribeSubnets" => subnet::describe,
    "DescribeTags" => tags::describe_tags,
    "DescribeTransitGatewayAttachments" => attachments::describe,
    "DescribeTransitGatewayConnectPeers" => connect_peer::describe,
    "DescribeTransitGatewayConnects" => connect::describe,
    "DescribeTransitGatewayPeeringAttachments" => peering_request::describe,
    "DescribeTransitGatewayRouteTables" => transit_gateway_route_table::describe,
    "DescribeTransitGatewayVpcAttachments" => vpc_attachment::describe,
    "DescribeTransitGateways" => transit_gateway::describe,
    "DescribeVpcAttribute" => vpc::describe_attribute,
    "DescribeVpcPeeringConnections" => vpc_peering_request::describe,
    "DescribeVpcs" => vpc::describe,
    "DescribeVpnConnections" => vpn_connection::describe,
    "DetachInternetGateway" => internet_gateway::detach,
    "DisableTransitGatewayRouteTablePropagation" => propagation::disable,
    "DisassociateRouteTable" => route_table::disassociate,
    "DisassociateSubnetCidrBlock" => subnet_cidr::disassociate,
    "DisassociateTransitGatewayRouteTable" => association::disassociate,
    "DisassociateVpcCidrBlock" => vpc_cidr::disassociate,
    "EnableTransitGatewayRouteTablePropagation" => propagation::enable,
    "GetManagedPrefixListAssociations" => prefix_list_referrers::associations,
    "GetManagedPrefixListEntries" => prefix_list::entries,
    "GetTransitGatewayAttachmentPropagations" => propagation::of_attachment,
    "GetTransitGatewayPrefixListReferences" => prefix_list_reference::of_table,
    "GetTransitGatewayRouteTableAssociations" => association::of_table,
    "GetTransitGatewayRouteTablePropagations" => propagation::of_table,
    "ModifyManagedPrefixList" => prefix_list_request::modify,
    "ModifySubnetAttribute" => subnet::modify_attribute,
    "ModifyTransitGateway" => transit_gateway::modify,
    "ModifyTransitGatewayPrefixListReference" => prefix_list_reference::modify,
    "ModifyTransitGatewayVpcAttachment" => attachment_request::modify,
    "ModifyVpcAttribute" => vpc::modify_attribute,
    "ModifyVpcPeeringConnectionOptions" => vpc_peering_request::modify_options,
    "RejectTransitGatewayPeeringAttachment" => peering_request::reject,
    "RejectTransitGatewayVpcAttachment" => attachment_request::reject,
    "RejectVpcPeeringConnection" => vpc_peering_request::reject,
    "ReleaseAddress" => elastic_ip::release,
    "ReplaceRoute" => route::replace,
    "ReplaceRouteTableAssociation" => route_table::replace_association,
    "ReplaceTransitGatewayRoute" => transit_gateway_route::replace,
    "RestoreManagedPrefixListVersion" => prefix_list_request::restore,
    "SearchTransitGatewayRoutes" => route_search::search,
}

/// Runs a handler. With DryRun it is only rehearsed, and nothing comes of it.
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
        return Err(dry(&world.rehearse(|world| handler(world, caller, input)).err()));
    }
    handler(world, caller, input).map(|answer| members::told(&answer))
}

/// Answers a dry run by what the call itself would have answered.
///
/// What the caller may not do is told, and so is what it names and cannot see, since there is nothing that it could be
/// allowed to. Everything else, states and quotas, is not looked at (EC2 API Reference, DryRun: checks permissions).
fn dry(refusal: &Option<AwsError>) -> AwsError {
    let concerns_permission = |error: &&AwsError| {
        error.code == "UnauthorizedOperation" || error.code.ends_with("NotFound") || error.code.ends_with("Malformed")
    };
    refusal.as_ref().filter(concerns_permission).cloned().unwrap_or_else(|| {
        let message = "Request would have succeeded, but DryRun flag is set.";
        AwsError::new("DryRunOperation", message).with_status(412)
    })
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
    fn a_dry_run_of_what_the_caller_may_not_do_says_so() {
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway("111111111111");
        bench.share("111111111111", &gateway, "222222222222");
        let asked = json!({"TransitGatewayId": gateway, "DryRun": true});
        for action in ["ModifyTransitGateway", "DeleteTransitGateway", "CreateTransitGatewayRouteTable"] {
            bench.refused("111111111111", action, asked.clone(), "DryRunOperation");
            let error = bench.refused("222222222222", action, asked.clone(), "UnauthorizedOperation");
            assert_eq!(error.status, 403);
            bench.refused("333333333333", action, asked.clone(), "InvalidTransitGatewayID.NotFound");
        }
        let shown = bench.ec2("111111111111", "DescribeTransitGateways", json!({}));
        assert_eq!(shown["TransitGateways"][0]["State"], "available");
        assert_eq!(
            bench.ec2("111111111111", "DescribeTransitGatewayRouteTables", json!({}))["TransitGatewayRouteTables"],
            json!([])
        );
    }

    #[test]
    fn a_dry_run_leaves_the_world_alone_whatever_it_would_make() {
        const HUB: &str = "111111111111";
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway(HUB);
        let table = bench.transit_gateway_route_table(HUB, &gateway);
        let vpc = bench.vpc(HUB, "10.0.0.0/16");
        let attachment = bench.attachment(HUB, &gateway, &vpc);
        let list = bench.prefix_list(HUB, &["10.0.0.0/16"], 2);
        bench.wait();
        let before = crate::fields::describe(&bench.sandbox.world);
        let both = json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment});
        for (action, params) in [
            ("CreateDefaultVpc", json!({})),
            ("CreateVpc", json!({"CidrBlock": "10.1.0.0/16"})),
            ("CreateRouteTable", json!({"VpcId": vpc})),
            ("CreateTransitGateway", json!({})),
            ("AssociateTransitGatewayRouteTable", both.clone()),
            ("EnableTransitGatewayRouteTablePropagation", both.clone()),
            ("DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment})),
            ("DeleteManagedPrefixList", json!({"PrefixListId": list})),
            ("CreateTags", json!({"Resources": [vpc], "Tags": [{"Key": "a", "Value": "b"}]})),
        ] {
            let mut asked = params;
            asked["DryRun"] = json!(true);
            bench.refused(HUB, action, asked, "DryRunOperation");
            bench.wait();
            assert_eq!(crate::fields::describe(&bench.sandbox.world), before, "{action}");
        }
    }

    #[test]
    fn a_member_that_is_not_modelled_is_refused() {
        let mut bench = Bench::new();
        let asked = json!({"CidrBlock": "10.0.0.0/16", "Ipv4IpamPoolId": "ipam-pool-1"});
        let error = bench.refused("111111111111", "CreateVpc", asked, "NotModelled");
        assert!(error.message.contains("Ipv4IpamPoolId"), "{error}");
    }
}
