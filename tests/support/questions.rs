//! Our calls as the parameters that AWS documents for them.

use std::fmt::Display;

use serde_json::{Map, Value, json};
use transitd::api::{ApiError, ReadCall, Ref, WriteCall};
use transitd::model::{AttachmentOptions, Cidr, RouteTableId, SubnetId, Tags, TransitGatewayId};

/// Returns a read's parameters, with the size and the beginning of the page.
pub fn read(call: &ReadCall, token: Option<&str>) -> Value {
    let mut params = match call {
        ReadCall::GetCallerIdentity
        | ReadCall::DescribeOrganization
        | ReadCall::ListAccounts
        | ReadCall::ListRoots
        | ReadCall::DescribeVpcs
        | ReadCall::DescribeSubnets
        | ReadCall::DescribeRouteTables
        | ReadCall::DescribeTransitGateways
        | ReadCall::DescribeTransitGatewayAttachments
        | ReadCall::DescribeTransitGatewayVpcAttachments
        | ReadCall::DescribeTransitGatewayRouteTables => json!({}),
        ReadCall::AssumeRole { role_arn, session_name, external_id, seconds } => {
            let mut params = json!({"RoleArn": role_arn, "RoleSessionName": session_name, "DurationSeconds": seconds});
            set(&mut params, "ExternalId", external_id.as_deref());
            params
        }
        ReadCall::ListOrganizationalUnitsForParent { parent } | ReadCall::ListAccountsForParent { parent } => {
            json!({"ParentId": parent})
        }
        ReadCall::GetTransitGatewayRouteTableAssociations { table }
        | ReadCall::GetTransitGatewayRouteTablePropagations { table } => {
            json!({"TransitGatewayRouteTableId": table})
        }
        ReadCall::SearchTransitGatewayRoutes { table } => json!({
            "TransitGatewayRouteTableId": table,
            "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}],
        }),
    };
    if let Some(size) = call.page_size() {
        params["MaxResults"] = json!(size);
    }
    set(&mut params, "NextToken", token);
    params
}

/// Returns a write's parameters.
///
/// # Errors
/// A call that was not sent, when it needs the id of something that was not made yet.
pub fn write(call: &WriteCall) -> Result<Value, ApiError> {
    Ok(match call {
        WriteCall::CreateTransitGatewayRouteTable { gateway, tags } => {
            let mut params = json!({"TransitGatewayId": gateway});
            tag(&mut params, "transit-gateway-route-table", tags);
            params
        }
        WriteCall::CreateTransitGatewayVpcAttachment { gateway, vpc, subnets, options, tags } => {
            let mut params = json!({
                "TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": subnets, "Options": switches(*options),
            });
            tag(&mut params, "transit-gateway-attachment", tags);
            params
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { attachment, add_subnets, options } => {
            modified(known(attachment)?, add_subnets, *options)
        }
        WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => {
            json!({"TransitGatewayAttachmentId": known(attachment)?})
        }
        WriteCall::AssociateTransitGatewayRouteTable { table, attachment }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => json!({
            "TransitGatewayRouteTableId": known(table)?, "TransitGatewayAttachmentId": known(attachment)?,
        }),
        WriteCall::DisassociateTransitGatewayRouteTable { table, attachment } => {
            json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment})
        }
        WriteCall::CreateRoute { route_table, destination, gateway }
        | WriteCall::ReplaceRoute { route_table, destination, gateway } => route(route_table, destination, gateway),
    })
}

fn modified(attachment: &impl Display, add_subnets: &[SubnetId], options: Option<AttachmentOptions>) -> Value {
    let mut params = json!({"TransitGatewayAttachmentId": attachment.to_string()});
    if !add_subnets.is_empty() {
        params["AddSubnetIds"] = json!(add_subnets);
    }
    if let Some(options) = options {
        params["Options"] = switches(options);
    }
    params
}

fn route(table: &RouteTableId, destination: &Cidr, gateway: &TransitGatewayId) -> Value {
    let member = if destination.is_ipv6() { "DestinationIpv6CidrBlock" } else { "DestinationCidrBlock" };
    let mut params = json!({"RouteTableId": table, "TransitGatewayId": gateway});
    params[member] = json!(destination);
    params
}

fn switches(options: AttachmentOptions) -> Value {
    let word = |on| if on { "enable" } else { "disable" };
    json!({
        "DnsSupport": word(options.dns),
        "Ipv6Support": word(options.ipv6),
        "ApplianceModeSupport": word(options.appliance_mode),
    })
}

/// Sets a thing's tags from its beginning. EC2 refuses a list without any tag.
fn tag(params: &mut Value, kind: &str, tags: &Tags) {
    if tags.is_empty() {
        return;
    }
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    params["TagSpecifications"] = json!([{"ResourceType": kind, "Tags": tags}]);
}

fn set(params: &mut Value, member: &str, text: Option<&str>) {
    let members: &mut Map<String, Value> = params.as_object_mut().expect("parameters are an object");
    members.extend(text.map(|text| (member.to_owned(), json!(text))));
}

fn known<T>(id: &Ref<T>) -> Result<&T, ApiError> {
    match id {
        Ref::Known(id) => Ok(id),
        Ref::Planned(key) => Err(ApiError::not_sent(format!("a call needs the id of {key}, which was not made yet"))),
    }
}
