//! The sandbox's answers as our items, by the rules of `api::answer`: strict wherever the door to AWS is strict.

mod shares;

use jiff::Timestamp;
use serde_json::Value;
use transitd::api::answer::{self, TargetIds, Thing};
use transitd::api::{ApiError, Credentials, Items, Page, ReadCall, Reply, Service, WriteCall};
use transitd::model::{
    Account, Association, Attachment, AttachmentOptions, CallerIdentity, Cidr, Organization, OrganizationalUnit,
    PrefixList, PrefixListReference, Propagation, Route, RouteTable, Subnet, Tags, TransitGateway,
    TransitGatewayOptions, TransitGatewayRoute, TransitGatewayRouteTable, Vpc, VpcAttachment,
};

/// Makes the page of a read's answer.
pub fn page(call: &ReadCall, answer: &Value) -> Result<Page, ApiError> {
    let every = |member| Thing::new(call.action(), Some("answer")).has(member, list(answer, member));
    let items = match call {
        ReadCall::GetCallerIdentity => Items::Identity(vec![identity(answer)?]),
        ReadCall::AssumeRole { role_arn, .. } => Items::Credentials(vec![credentials(role_arn, answer)?]),
        ReadCall::DescribeOrganization => Items::Organization(vec![organization(answer)?]),
        ReadCall::ListAccounts | ReadCall::ListAccountsForParent { .. } => {
            Items::Accounts(each(every("Accounts")?, account)?)
        }
        ReadCall::ListRoots => Items::Units(each(every("Roots")?, |seen| unit("root", seen))?),
        ReadCall::ListOrganizationalUnitsForParent { .. } => {
            Items::Units(each(every("OrganizationalUnits")?, |seen| unit("organizational unit", seen))?)
        }
        ReadCall::ListTagsForResource { account } => {
            let thing = Thing::new("account", Some(account.as_str()));
            thing.has("Tags", list(answer, "Tags"))?;
            Items::AccountTags(vec![tags(&thing, answer)?])
        }
        ReadCall::GetRole { .. } => Items::Roles(vec![shares::role(answer)?]),
        ReadCall::GetResourceShares => Items::ResourceShares(each(every("resourceShares")?, shares::share)?),
        ReadCall::GetResourceShareAssociations { of } => {
            Items::ShareAssociations(each(every("resourceShareAssociations")?, |seen| shares::association(*of, seen))?)
        }
        ReadCall::GetResourceShareInvitations => {
            Items::Invitations(each(every("resourceShareInvitations")?, shares::invitation)?)
        }
        ReadCall::DescribeManagedPrefixLists => Items::PrefixLists(each(every("PrefixLists")?, prefix_list)?),
        ReadCall::GetTransitGatewayPrefixListReferences { table } => {
            let thing = Thing::new("transit gateway route table", Some(table.as_str()));
            let member = "TransitGatewayPrefixListReferences";
            Items::PrefixListReferences(each(thing.has(member, list(answer, member))?, reference)?)
        }
        ReadCall::DescribeVpcs => Items::Vpcs(each(every("Vpcs")?, vpc)?),
        ReadCall::DescribeSubnets => Items::Subnets(each(every("Subnets")?, subnet)?),
        ReadCall::DescribeRouteTables => Items::RouteTables(each(every("RouteTables")?, route_table)?),
        ReadCall::DescribeTransitGateways => Items::TransitGateways(each(every("TransitGateways")?, gateway)?),
        ReadCall::DescribeTransitGatewayAttachments => {
            Items::Attachments(each(every("TransitGatewayAttachments")?, attachment)?)
        }
        ReadCall::DescribeTransitGatewayVpcAttachments => {
            Items::VpcAttachments(each(every("TransitGatewayVpcAttachments")?, vpc_attachment)?)
        }
        ReadCall::DescribeTransitGatewayRouteTables => {
            Items::TransitGatewayRouteTables(each(every("TransitGatewayRouteTables")?, gateway_table)?)
        }
        ReadCall::GetTransitGatewayRouteTableAssociations { .. } => {
            Items::Associations(each(every("Associations")?, association)?)
        }
        ReadCall::GetTransitGatewayRouteTablePropagations { .. } => {
            Items::Propagations(each(every("TransitGatewayRouteTablePropagations")?, propagation)?)
        }
        ReadCall::SearchTransitGatewayRoutes { table } => {
            let thing = Thing::new("transit gateway route table", Some(table.as_str()));
            thing.is_whole(answer["AdditionalRoutesAvailable"].as_bool(), text(answer, "NextToken"))?;
            Items::TransitGatewayRoutes(each(every("Routes")?, |seen| gateway_route(&thing, seen))?)
        }
    };
    let next = match call.service() {
        Service::Ram => "nextToken",
        Service::Ec2 | Service::Iam | Service::Organizations | Service::Sts => "NextToken",
    };
    Ok(Page { items, next: answer::next(text(answer, next).map(str::to_owned)) })
}

/// Makes the reply of a write's answer.
pub fn reply(call: &WriteCall, answer: &Value) -> Result<Reply, ApiError> {
    let made = |kind, thing: &str, member: &str| {
        let id = text(&answer[thing], member);
        Ok(Reply { id: Some(Thing::new(kind, id).text(member, id)?) })
    };
    match call {
        WriteCall::CreateTransitGateway { .. } => made("transit gateway", "TransitGateway", "TransitGatewayId"),
        WriteCall::CreateTransitGatewayRouteTable { .. } => {
            made("transit gateway route table", "TransitGatewayRouteTable", "TransitGatewayRouteTableId")
        }
        WriteCall::CreateTransitGatewayVpcAttachment { .. } => {
            made("VPC attachment", "TransitGatewayVpcAttachment", "TransitGatewayAttachmentId")
        }
        WriteCall::CreateResourceShare { .. } => made("resource share", "resourceShare", "resourceShareArn"),
        WriteCall::CreateRoute { route_table, destination, .. } => {
            answer::done(format_args!("CreateRoute in {route_table} to {destination}"), answer["Return"].as_bool())
        }
        WriteCall::DeleteResourceShare { share } => {
            answer::done(format_args!("DeleteResourceShare of {share}"), answer["returnValue"].as_bool())
        }
        WriteCall::ModifyTransitGateway { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::AssociateResourceShare { .. }
        | WriteCall::DisassociateResourceShare { .. }
        | WriteCall::AcceptResourceShareInvitation { .. }
        | WriteCall::DeleteTransitGatewayRouteTable { .. }
        | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::CreateTransitGatewayRoute { .. }
        | WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::DeleteTransitGatewayRoute { .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
        | WriteCall::ReplaceRoute { .. }
        | WriteCall::DeleteRoute { .. }
        | WriteCall::CreateTags { .. }
        | WriteCall::TagResource { .. } => Ok(Reply::default()),
    }
}

fn text<'a>(seen: &'a Value, member: &str) -> Option<&'a str> {
    seen[member].as_str()
}

fn list<'a>(seen: &'a Value, member: &str) -> Option<&'a [Value]> {
    seen[member].as_array().map(Vec::as_slice)
}

/// Returns a list that AWS leaves out where it is empty.
fn some<'a>(seen: &'a Value, member: &str) -> &'a [Value] {
    list(seen, member).unwrap_or_default()
}

fn each<T>(seen: &[Value], item: impl Fn(&Value) -> Result<T, ApiError>) -> Result<Vec<T>, ApiError> {
    seen.iter().map(item).collect()
}

fn tags(thing: &Thing<'_>, seen: &Value) -> Result<Tags, ApiError> {
    thing.tags(some(seen, "Tags").iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))))
}

fn identity(seen: &Value) -> Result<CallerIdentity, ApiError> {
    let thing = Thing::new("identity", text(seen, "UserId"));
    Ok(CallerIdentity {
        account: thing.name("Account", text(seen, "Account"))?,
        arn: thing.text("Arn", text(seen, "Arn"))?,
    })
}

fn credentials(role: &str, seen: &Value) -> Result<Credentials, ApiError> {
    let thing = Thing::new("role", Some(role));
    let keys = &seen["Credentials"];
    let end: Option<Timestamp> = text(keys, "Expiration").and_then(|end| end.parse().ok());
    Ok(Credentials::Session {
        access_key_id: thing.text("AccessKeyId", text(keys, "AccessKeyId"))?,
        secret_access_key: thing.text("SecretAccessKey", text(keys, "SecretAccessKey"))?,
        session_token: thing.text("SessionToken", text(keys, "SessionToken"))?,
        expires: thing.has("Expiration", end)?,
    })
}

fn organization(answer: &Value) -> Result<Organization, ApiError> {
    let seen = &answer["Organization"];
    let thing = Thing::new("organization", text(seen, "Id"));
    Ok(Organization {
        id: thing.name("Id", text(seen, "Id"))?,
        management_account: thing.name("MasterAccountId", text(seen, "MasterAccountId"))?,
    })
}

fn account(seen: &Value) -> Result<Account, ApiError> {
    let thing = Thing::new("account", text(seen, "Id"));
    Ok(Account {
        id: thing.name("Id", text(seen, "Id"))?,
        name: thing.text("Name", text(seen, "Name"))?,
        state: thing.account_state(text(seen, "State"), text(seen, "Status"))?,
        ou: None,
        tags: Tags::new(),
    })
}

fn unit(kind: &'static str, seen: &Value) -> Result<OrganizationalUnit, ApiError> {
    let thing = Thing::new(kind, text(seen, "Id"));
    Ok(OrganizationalUnit { id: thing.text("Id", text(seen, "Id"))?, name: thing.text("Name", text(seen, "Name"))? })
}

fn vpc(seen: &Value) -> Result<Vpc, ApiError> {
    let thing = Thing::new("VPC", text(seen, "VpcId"));
    Ok(Vpc {
        id: thing.name("VpcId", text(seen, "VpcId"))?,
        owner: thing.name("OwnerId", text(seen, "OwnerId"))?,
        is_default: thing.has("IsDefault", seen["IsDefault"].as_bool())?,
        cidrs: ranges(&thing, seen)?,
        tags: tags(&thing, seen)?,
    })
}

fn ranges(thing: &Thing<'_>, seen: &Value) -> Result<Vec<Cidr>, ApiError> {
    let four = thing.has("CidrBlockAssociationSet", list(seen, "CidrBlockAssociationSet"))?;
    let six = some(seen, "Ipv6CidrBlockAssociationSet");
    let blocks = four
        .iter()
        .map(|block| (text(block, "CidrBlock"), text(&block["CidrBlockState"], "State")))
        .chain(six.iter().map(|block| (text(block, "Ipv6CidrBlock"), text(&block["Ipv6CidrBlockState"], "State"))));
    let mut ranges = Vec::new();
    for (range, state) in blocks {
        if thing.holds_range(state)? {
            ranges.push(thing.cidr("a CIDR block", range)?);
        }
    }
    Ok(ranges)
}

fn subnet(seen: &Value) -> Result<Subnet, ApiError> {
    let thing = Thing::new("subnet", text(seen, "SubnetId"));
    Ok(Subnet {
        id: thing.name("SubnetId", text(seen, "SubnetId"))?,
        vpc: thing.name("VpcId", text(seen, "VpcId"))?,
        zone: thing.name("AvailabilityZoneId", text(seen, "AvailabilityZoneId"))?,
        tags: tags(&thing, seen)?,
    })
}

fn route_table(seen: &Value) -> Result<RouteTable, ApiError> {
    let thing = Thing::new("route table", text(seen, "RouteTableId"));
    let routes = thing.has("Routes", list(seen, "Routes"))?;
    Ok(RouteTable {
        id: thing.name("RouteTableId", text(seen, "RouteTableId"))?,
        vpc: thing.name("VpcId", text(seen, "VpcId"))?,
        is_edge: some(seen, "Associations").iter().any(|association| text(association, "GatewayId").is_some()),
        routes: each(routes, |seen| route(&thing, seen))?,
        tags: tags(&thing, seen)?,
    })
}

/// The members that name the target of a route, besides its gateway and its transit gateway.
const OTHER_TARGETS: [&str; 10] = [
    "InstanceId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "NetworkInterfaceId",
    "IpAddress",
];

fn route(table: &Thing<'_>, seen: &Value) -> Result<Route, ApiError> {
    let ranges = [text(seen, "DestinationCidrBlock"), text(seen, "DestinationIpv6CidrBlock")];
    let state = table.route_state(text(seen, "State"))?;
    let ids = TargetIds {
        gateway: text(seen, "GatewayId"),
        transit_gateway: text(seen, "TransitGatewayId"),
        others: &OTHER_TARGETS.map(|member| text(seen, member)),
    };
    Ok(Route {
        destination: table.destination(ranges, text(seen, "DestinationPrefixListId"))?,
        target: table.target(&ids, state)?,
        state,
    })
}

fn gateway(seen: &Value) -> Result<TransitGateway, ApiError> {
    let thing = Thing::new("transit gateway", text(seen, "TransitGatewayId"));
    let options = &seen["Options"];
    let state = thing.progress(text(seen, "State"))?;
    let default = |member, table| thing.default_table(member, text(options, member), text(options, table), &state);
    Ok(TransitGateway {
        id: thing.name("TransitGatewayId", text(seen, "TransitGatewayId"))?,
        owner: thing.name("OwnerId", text(seen, "OwnerId"))?,
        default_association: default("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId")?,
        default_propagation: default("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId")?,
        options: gateway_options(&thing, options)?,
        tags: tags(&thing, seen)?,
        state,
    })
}

fn gateway_options(thing: &Thing<'_>, seen: &Value) -> Result<TransitGatewayOptions, ApiError> {
    let option = |member| thing.is_enabled(member, text(seen, member));
    let late = |member| thing.is_enabled_where_offered(member, text(seen, member));
    Ok(TransitGatewayOptions {
        asn: thing.asn(seen["AmazonSideAsn"].as_i64())?,
        auto_accept: option("AutoAcceptSharedAttachments")?,
        default_association: option("DefaultRouteTableAssociation")?,
        default_propagation: option("DefaultRouteTablePropagation")?,
        dns: option("DnsSupport")?,
        vpn_ecmp: option("VpnEcmpSupport")?,
        security_group_referencing: late("SecurityGroupReferencingSupport")?,
        multicast: option("MulticastSupport")?,
    })
}

fn attachment(seen: &Value) -> Result<Attachment, ApiError> {
    let thing = Thing::new("attachment", text(seen, "TransitGatewayAttachmentId"));
    Ok(Attachment {
        id: thing.name("TransitGatewayAttachmentId", text(seen, "TransitGatewayAttachmentId"))?,
        gateway: thing.name("TransitGatewayId", text(seen, "TransitGatewayId"))?,
        resource_type: thing.text("ResourceType", text(seen, "ResourceType"))?,
        resource_id: thing.text("ResourceId", text(seen, "ResourceId"))?,
        resource_owner: thing.optional_name("ResourceOwnerId", text(seen, "ResourceOwnerId"))?,
        state: thing.progress(text(seen, "State"))?,
        tags: tags(&thing, seen)?,
    })
}

fn vpc_attachment(seen: &Value) -> Result<VpcAttachment, ApiError> {
    let thing = Thing::new("VPC attachment", text(seen, "TransitGatewayAttachmentId"));
    let state = thing.progress(text(seen, "State"))?;
    let subnets: Option<Vec<&str>> =
        list(seen, "SubnetIds").map(|ids| ids.iter().map(|id| id.as_str().unwrap_or_default()).collect());
    Ok(VpcAttachment {
        id: thing.name("TransitGatewayAttachmentId", text(seen, "TransitGatewayAttachmentId"))?,
        gateway: thing.name("TransitGatewayId", text(seen, "TransitGatewayId"))?,
        vpc: thing.name("VpcId", text(seen, "VpcId"))?,
        vpc_owner: thing.name("VpcOwnerId", text(seen, "VpcOwnerId"))?,
        subnets: thing.subnets(subnets.as_deref(), &state)?,
        options: attachment_options(&thing, &seen["Options"])?,
        tags: tags(&thing, seen)?,
        state,
    })
}

fn attachment_options(thing: &Thing<'_>, seen: &Value) -> Result<AttachmentOptions, ApiError> {
    let option = |member| thing.is_enabled(member, text(seen, member));
    let late = |member| thing.is_enabled_where_offered(member, text(seen, member));
    Ok(AttachmentOptions {
        dns: option("DnsSupport")?,
        ipv6: option("Ipv6Support")?,
        appliance_mode: option("ApplianceModeSupport")?,
        security_group_referencing: late("SecurityGroupReferencingSupport")?,
    })
}

fn gateway_table(seen: &Value) -> Result<TransitGatewayRouteTable, ApiError> {
    let thing = Thing::new("transit gateway route table", text(seen, "TransitGatewayRouteTableId"));
    Ok(TransitGatewayRouteTable {
        id: thing.name("TransitGatewayRouteTableId", text(seen, "TransitGatewayRouteTableId"))?,
        gateway: thing.name("TransitGatewayId", text(seen, "TransitGatewayId"))?,
        state: thing.progress(text(seen, "State"))?,
        tags: tags(&thing, seen)?,
    })
}

fn association(seen: &Value) -> Result<Association, ApiError> {
    let thing = Thing::new("association", text(seen, "TransitGatewayAttachmentId"));
    Ok(Association {
        attachment: thing.name("TransitGatewayAttachmentId", text(seen, "TransitGatewayAttachmentId"))?,
        resource_type: thing.text("ResourceType", text(seen, "ResourceType"))?,
        resource_id: thing.text("ResourceId", text(seen, "ResourceId"))?,
        state: thing.progress(text(seen, "State"))?,
    })
}

fn propagation(seen: &Value) -> Result<Propagation, ApiError> {
    let thing = Thing::new("propagation", text(seen, "TransitGatewayAttachmentId"));
    Ok(Propagation {
        attachment: thing.name("TransitGatewayAttachmentId", text(seen, "TransitGatewayAttachmentId"))?,
        resource_type: thing.text("ResourceType", text(seen, "ResourceType"))?,
        resource_id: thing.text("ResourceId", text(seen, "ResourceId"))?,
        state: thing.progress(text(seen, "State"))?,
    })
}

fn gateway_route(table: &Thing<'_>, seen: &Value) -> Result<TransitGatewayRoute, ApiError> {
    Ok(TransitGatewayRoute {
        destination: table.destination([text(seen, "DestinationCidrBlock"), None], text(seen, "PrefixListId"))?,
        prefix_list: table.optional_name("the prefix list of a route", text(seen, "PrefixListId"))?,
        is_static: table.is_static(text(seen, "Type"))?,
        state: table.route_state(text(seen, "State"))?,
        attachments: each(some(seen, "TransitGatewayAttachments"), |seen| {
            table.name("the attachment of a route", text(seen, "TransitGatewayAttachmentId"))
        })?,
    })
}

fn prefix_list(seen: &Value) -> Result<PrefixList, ApiError> {
    let thing = Thing::new("prefix list", text(seen, "PrefixListId"));
    Ok(PrefixList {
        id: thing.name("PrefixListId", text(seen, "PrefixListId"))?,
        name: thing.text("PrefixListName", text(seen, "PrefixListName"))?,
        max_entries: thing.max_entries(seen["MaxEntries"].as_i64())?,
    })
}

fn reference(seen: &Value) -> Result<PrefixListReference, ApiError> {
    let thing = Thing::new("prefix list reference", text(seen, "PrefixListId"));
    let attachment = text(&seen["TransitGatewayAttachment"], "TransitGatewayAttachmentId");
    Ok(PrefixListReference {
        prefix_list: thing.name("PrefixListId", text(seen, "PrefixListId"))?,
        state: thing.progress(text(seen, "State"))?,
        attachment: thing.referred(seen["Blackhole"].as_bool(), attachment)?,
    })
}
