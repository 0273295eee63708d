//! Our calls as the parameters that AWS documents for them.

use serde_json::{Map, Value, json};
use transitd::api::{ApiError, ReadCall, Ref, Service, ShareSide, WriteCall};
use transitd::model::{
    AttachmentId, AttachmentOptions, Cidr, Destination, PrefixListId, RouteTableId, Scope, SubnetId, Tags,
    TransitGatewayOptions, TransitGatewayRouteTableId,
};

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
        | ReadCall::DescribeTransitGatewayRouteTables
        | ReadCall::DescribeManagedPrefixLists
        | ReadCall::GetResourceShareInvitations => json!({}),
        ReadCall::AssumeRole { role_arn, session_name, external_id, seconds } => {
            let mut params = json!({"RoleArn": role_arn, "RoleSessionName": session_name, "DurationSeconds": seconds});
            set(&mut params, "ExternalId", external_id.as_deref());
            params
        }
        ReadCall::ListOrganizationalUnitsForParent { parent } | ReadCall::ListAccountsForParent { parent } => {
            json!({"ParentId": parent})
        }
        ReadCall::ListTagsForResource { account } => json!({"ResourceId": account}),
        ReadCall::GetRole { role } => json!({"RoleName": role.without_path()}),
        ReadCall::GetResourceShares => json!({"resourceOwner": "SELF"}),
        ReadCall::GetResourceShareAssociations { of } => json!({"associationType": match of {
            ShareSide::Principals => "PRINCIPAL",
            ShareSide::Resources => "RESOURCE",
        }}),
        ReadCall::GetTransitGatewayPrefixListReferences { table }
        | ReadCall::GetTransitGatewayRouteTableAssociations { table }
        | ReadCall::GetTransitGatewayRouteTablePropagations { table } => {
            json!({"TransitGatewayRouteTableId": table})
        }
        ReadCall::SearchTransitGatewayRoutes { table } => json!({
            "TransitGatewayRouteTableId": table,
            "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}],
        }),
    };
    let (size, next) = match call.service() {
        Service::Ram => ("maxResults", "nextToken"),
        Service::Ec2 | Service::Iam | Service::Organizations | Service::Sts => ("MaxResults", "NextToken"),
    };
    if let Some(most) = call.page_size() {
        params[size] = json!(most);
    }
    set(&mut params, next, token);
    params
}

/// Returns the parameters of a write that is made in a scope.
///
/// # Errors
/// A call that was not sent, when it needs the id of something that was not made yet, or cannot be said to AWS.
pub fn write(scope: &Scope, call: &WriteCall) -> Result<Value, ApiError> {
    Ok(match call {
        WriteCall::CreateTransitGateway { options, tags } => {
            let asn = i64::try_from(options.asn)
                .map_err(|_| ApiError::not_sent(format!("no autonomous system has the number {}", options.asn)))?;
            let mut params = json!({"Options": gateway_options(options)});
            params["Options"]["AmazonSideAsn"] = json!(asn);
            params["Options"]["MulticastSupport"] = word(options.multicast);
            tag(&mut params, "transit-gateway", tags);
            params
        }
        WriteCall::ModifyTransitGateway { gateway, options } => {
            json!({"TransitGatewayId": gateway, "Options": gateway_options(options)})
        }
        WriteCall::CreateTransitGatewayRouteTable { gateway, tags } => {
            let mut params = json!({"TransitGatewayId": known(gateway)?});
            tag(&mut params, "transit-gateway-route-table", tags);
            params
        }
        WriteCall::DeleteTransitGatewayRouteTable { table } => json!({"TransitGatewayRouteTableId": table}),
        WriteCall::CreateTransitGatewayVpcAttachment { gateway, vpc, subnets, options, tags } => {
            let gateway = known(gateway)?;
            let mut params = json!({
                "TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": subnets, "Options": switches(*options),
            });
            tag(&mut params, "transit-gateway-attachment", tags);
            params
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { attachment, add_subnets, remove_subnets, options } => {
            modified(known(attachment)?, add_subnets, remove_subnets, *options)
        }
        WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => {
            json!({"TransitGatewayAttachmentId": known(attachment)?})
        }
        WriteCall::DeleteTransitGatewayVpcAttachment { attachment } => {
            json!({"TransitGatewayAttachmentId": attachment})
        }
        WriteCall::AssociateTransitGatewayRouteTable { table, attachment }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => json!({
            "TransitGatewayRouteTableId": known(table)?, "TransitGatewayAttachmentId": known(attachment)?,
        }),
        WriteCall::DisassociateTransitGatewayRouteTable { table, attachment }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment } => {
            json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment})
        }
        WriteCall::CreateTransitGatewayRoute { table, destination, attachment } => {
            gateway_route(known(table)?, destination, attachment.as_ref())?
        }
        WriteCall::ReplaceTransitGatewayRoute { table, destination, attachment } => {
            gateway_route(table, destination, attachment.as_ref())?
        }
        WriteCall::DeleteTransitGatewayRoute { table, destination } => {
            json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": range(destination)?})
        }
        WriteCall::CreateTransitGatewayPrefixListReference { table, prefix_list, attachment } => {
            reference(known(table)?, prefix_list, attachment.as_ref())?
        }
        WriteCall::ModifyTransitGatewayPrefixListReference { table, prefix_list, attachment } => {
            reference(table, prefix_list, attachment.as_ref())?
        }
        WriteCall::DeleteTransitGatewayPrefixListReference { table, prefix_list } => {
            json!({"TransitGatewayRouteTableId": table, "PrefixListId": prefix_list})
        }
        WriteCall::CreateRoute { route_table, destination, gateway }
        | WriteCall::ReplaceRoute { route_table, destination, gateway } => {
            let mut params = route(route_table, destination);
            params["TransitGatewayId"] = json!(known(gateway)?);
            params
        }
        WriteCall::DeleteRoute { route_table, destination } => route(route_table, destination),
        WriteCall::CreateTags { resource, tags } => {
            json!({"Resources": [known(resource)?], "Tags": pairs(tags, "Key", "Value")})
        }
        WriteCall::CreateResourceShare { name, gateway, allow_external, tags } => json!({
            "name": name,
            "resourceArns": [scope.transit_gateway_arn(known(gateway)?)],
            "allowExternalPrincipals": allow_external,
            "tags": pairs(tags, "key", "value"),
        }),
        WriteCall::UpdateResourceShare { share, name, allow_external } => json!({
            "resourceShareArn": known(share)?, "name": name, "allowExternalPrincipals": allow_external,
        }),
        WriteCall::AssociateResourceShare { share, gateway, principals } => {
            let mut params = json!({"resourceShareArn": known(share)?, "principals": principals});
            if let Some(gateway) = gateway {
                params["resourceArns"] = json!([scope.transit_gateway_arn(known(gateway)?)]);
            }
            params
        }
        WriteCall::DisassociateResourceShare { share, principals } => {
            json!({"resourceShareArn": share, "principals": principals})
        }
        WriteCall::DeleteResourceShare { share } => json!({"resourceShareArn": share}),
        WriteCall::TagResource { share, tags } => {
            json!({"resourceShareArn": share, "tags": pairs(tags, "key", "value")})
        }
        WriteCall::AcceptResourceShareInvitation { invitation } => json!({"resourceShareInvitationArn": invitation}),
    })
}

/// The options that a gateway is made with and that can be changed later.
fn gateway_options(options: &TransitGatewayOptions) -> Value {
    json!({
        "AutoAcceptSharedAttachments": word(options.auto_accept),
        "DefaultRouteTableAssociation": word(options.default_association),
        "DefaultRouteTablePropagation": word(options.default_propagation),
        "DnsSupport": word(options.dns),
        "VpnEcmpSupport": word(options.vpn_ecmp),
        "SecurityGroupReferencingSupport": word(options.security_group_referencing),
    })
}

fn modified(
    attachment: &AttachmentId,
    add_subnets: &[SubnetId],
    remove_subnets: &[SubnetId],
    options: Option<AttachmentOptions>,
) -> Value {
    let mut params = json!({"TransitGatewayAttachmentId": attachment});
    for (member, subnets) in [("AddSubnetIds", add_subnets), ("RemoveSubnetIds", remove_subnets)] {
        if !subnets.is_empty() {
            params[member] = json!(subnets);
        }
    }
    if let Some(options) = options {
        params["Options"] = switches(options);
    }
    params
}

fn gateway_route(
    table: &TransitGatewayRouteTableId,
    destination: &Destination,
    attachment: Option<&Ref<AttachmentId>>,
) -> Result<Value, ApiError> {
    let mut params = leading(table, attachment)?;
    params["DestinationCidrBlock"] = json!(range(destination)?);
    Ok(params)
}

fn reference(
    table: &TransitGatewayRouteTableId,
    list: &PrefixListId,
    attachment: Option<&Ref<AttachmentId>>,
) -> Result<Value, ApiError> {
    let mut params = leading(table, attachment)?;
    params["PrefixListId"] = json!(list);
    Ok(params)
}

/// Says where something in a table leads, and whether that is nowhere.
fn leading(table: &TransitGatewayRouteTableId, attachment: Option<&Ref<AttachmentId>>) -> Result<Value, ApiError> {
    let mut params = json!({"TransitGatewayRouteTableId": table, "Blackhole": attachment.is_none()});
    if let Some(attachment) = attachment {
        params["TransitGatewayAttachmentId"] = json!(known(attachment)?);
    }
    Ok(params)
}

fn range(destination: &Destination) -> Result<Cidr, ApiError> {
    match destination {
        Destination::Cidr(range) => Ok(*range),
        Destination::PrefixList(list) => {
            Err(ApiError::not_sent(format!("no route of a transit gateway leads to {list}: a reference does")))
        }
    }
}

fn route(table: &RouteTableId, destination: &Destination) -> Value {
    let member = match destination {
        Destination::Cidr(range) if range.is_ipv6() => "DestinationIpv6CidrBlock",
        Destination::Cidr(_) => "DestinationCidrBlock",
        Destination::PrefixList(_) => "DestinationPrefixListId",
    };
    let mut params = json!({"RouteTableId": table});
    params[member] = json!(destination);
    params
}

fn switches(options: AttachmentOptions) -> Value {
    json!({
        "DnsSupport": word(options.dns),
        "Ipv6Support": word(options.ipv6),
        "ApplianceModeSupport": word(options.appliance_mode),
        "SecurityGroupReferencingSupport": word(options.security_group_referencing),
    })
}

fn word(on: bool) -> Value {
    json!(if on { "enable" } else { "disable" })
}

fn pairs(tags: &Tags, key_member: &str, value_member: &str) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({key_member: key, value_member: value})).collect()
}

/// Sets a thing's tags from its beginning. EC2 refuses a list without any tag.
fn tag(params: &mut Value, kind: &str, tags: &Tags) {
    if tags.is_empty() {
        return;
    }
    params["TagSpecifications"] = json!([{"ResourceType": kind, "Tags": pairs(tags, "Key", "Value")}]);
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
