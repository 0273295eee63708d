//! Which EC2 actions there are, and what all of them have in common: members that are not modelled, and DryRun.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    account_attributes, association, attachment_request, attachments, aws_prefix_list, connect, connect_peer,
    customer_gateway, default_vpc, dhcp_options, egress_only_internet_gateway, elastic_ip, internet_gateway, members,
    nat_gateway, network_acl, network_interface, peering_request, prefix_list, prefix_list_reference,
    prefix_list_referrers, prefix_list_request, propagation, regions, route, route_search, route_table,
    route_table_association, security_group, subnet, subnet_attribute, subnet_cidr, tags, transit_gateway,
    transit_gateway_route, transit_gateway_route_table, vpc, vpc_attachment, vpc_cidr, vpc_peering_request,
    vpn_connection, zones,
};
use crate::call::{AwsError, Caller};
use crate::handlers::handlers;
use crate::world::World;

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

handlers! {
    "AcceptTransitGatewayPeeringAttachment" => peering_request::accept,
    "AcceptTransitGatewayVpcAttachment" => attachment_request::accept,
    "AcceptVpcPeeringConnection" => vpc_peering_request::accept,
    "AllocateAddress" => elastic_ip::allocate,
    "AssociateRouteTable" => route_table_association::associate,
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
    "DisassociateRouteTable" => route_table_association::disassociate,
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
    "ModifySubnetAttribute" => subnet_attribute::modify,
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
    "ReplaceRouteTableAssociation" => route_table_association::replace,
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

    use crate::network::support::Bench;

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
