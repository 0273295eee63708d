//! Commands of the AWS CLI that a person can paste. Each names its region; the account is said beside it, since a profile
//! is the reader's own.

use crate::model::{
    AttachmentId, Destination, HubName, Key, Region, StaticRouteKey, TableKey, TransitGatewayId, VpcKey,
};
use crate::report::names::Names;

fn in_region(region: Option<&Region>) -> String {
    region.map(|region| format!(" --region {region}")).unwrap_or_default()
}

/// Returns the command that sets options of a hub's gateway (EC2 API reference, ModifyTransitGateway).
pub(super) fn modify_gateway(names: &Names<'_>, hub: &HubName, gateway: &TransitGatewayId, options: &str) -> String {
    let region = in_region(names.region(hub));
    format!("`aws ec2 modify-transit-gateway{region} --transit-gateway-id {gateway} --options {options}`")
}

/// Returns the command that takes a tag off (EC2 API reference, DeleteTags).
pub(super) fn take_off_tag(names: &Names<'_>, hub: &HubName, id: &str, tag: &str) -> String {
    format!("`aws ec2 delete-tags{} --resources {id} --tags Key={tag}`", in_region(names.region(hub)))
}

/// Returns the command that deletes a VPC's route, to be given in the VPC's account (EC2 API reference, DeleteRoute).
pub(super) fn delete_route(vpc: &VpcKey, table: &str, destination: &str) -> String {
    let option = match destination {
        list if list.starts_with("pl-") => "--destination-prefix-list-id",
        range if range.contains(':') => "--destination-ipv6-cidr-block",
        _ => "--destination-cidr-block",
    };
    let region = in_region(Some(&vpc.region));
    format!(
        "in account {}, `aws ec2 delete-route{region} --route-table-id {table} {option} {destination}`",
        vpc.account
    )
}

/// Returns the command that deletes a static route of a segment's table; none where the table's id is not known (EC2 API
/// reference, DeleteTransitGatewayRoute and DeleteTransitGatewayPrefixListReference).
pub(super) fn delete_static_route(names: &Names<'_>, route: &StaticRouteKey) -> Option<String> {
    let (region, table) = (in_region(names.region(&route.table.hub)), names.table_id(&route.table)?);
    let table = format!("--transit-gateway-route-table-id {table}");
    Some(match &route.destination {
        Destination::Cidr(range) => {
            format!("`aws ec2 delete-transit-gateway-route{region} {table} --destination-cidr-block {range}`")
        }
        Destination::PrefixList(list) => {
            format!("`aws ec2 delete-transit-gateway-prefix-list-reference{region} {table} --prefix-list-id {list}`")
        }
    })
}

/// Returns the command that deletes a share of a hub; which one is for the reader to say (RAM API reference,
/// DeleteResourceShare).
pub(super) fn delete_share(names: &Names<'_>, hub: &HubName) -> String {
    format!("`aws ram delete-resource-share{} --resource-share-arn ARN`", in_region(names.region(hub)))
}

/// Returns the command that takes an account out of a hub's share; none where the share is not known (RAM API reference,
/// DisassociateResourceShare).
pub(super) fn take_out_of_share(names: &Names<'_>, hub: &HubName, principal: &str) -> Option<String> {
    of_share("disassociate", names, hub, principal)
}

/// Returns the command that lets an account into a hub's share; none where the share is not known (RAM API reference,
/// AssociateResourceShare).
pub(super) fn share_with(names: &Names<'_>, hub: &HubName, principal: &str) -> Option<String> {
    of_share("associate", names, hub, principal)
}

fn of_share(verb: &str, names: &Names<'_>, hub: &HubName, principal: &str) -> Option<String> {
    let (region, arn) = (in_region(names.region(hub)), names.share_arn(hub)?);
    Some(format!("`aws ram {verb}-resource-share{region} --resource-share-arn {arn} --principals {principal}`"))
}

/// Returns the command that shows who undid a thing, as CloudTrail has it for 90 days (CloudTrail, LookupEvents).
pub(super) fn who_undid(names: &Names<'_>, key: &Key) -> String {
    let event = match key {
        Key::Hub(_) => "ModifyTransitGateway",
        Key::Share(_) | Key::Principal(_) => "DisassociateResourceShare",
        Key::Table(_) => "DeleteTags",
        Key::Attachment(_) => "ModifyTransitGatewayVpcAttachment",
        Key::Association(_) => "DisassociateTransitGatewayRouteTable",
        Key::Propagation(_) => "DisableTransitGatewayRouteTablePropagation",
        Key::StaticRoute(_) => "DeleteTransitGatewayRoute",
        Key::VpcRoute(_) => "DeleteRoute",
    };
    let (account, region) = match key {
        Key::VpcRoute(route) => (&route.vpc.account, Some(&route.vpc.region)),
        Key::Attachment(attachment) => (&attachment.vpc.account, Some(&attachment.vpc.region)),
        Key::Hub(_)
        | Key::Share(_)
        | Key::Principal(_)
        | Key::Table(_)
        | Key::Association(_)
        | Key::Propagation(_)
        | Key::StaticRoute(_) => (names.home(), key.hub().and_then(|hub| names.region(hub))),
    };
    let region = in_region(region);
    let attribute = format!("AttributeKey=EventName,AttributeValue={event}");
    format!("in account {account}, `aws cloudtrail lookup-events{region} --lookup-attributes {attribute}`")
}

/// Returns the command that disables a propagation into a segment's table (EC2 API reference,
/// DisableTransitGatewayRouteTablePropagation).
pub(super) fn disable_propagation(names: &Names<'_>, table: &TableKey, attachment: &AttachmentId) -> String {
    let why = "disable the propagation, unless somebody means it";
    match names.table_id(table) {
        None => why.to_owned(),
        Some(id) => format!(
            "{why}: `aws ec2 disable-transit-gateway-route-table-propagation{} --transit-gateway-route-table-id {id} \
             --transit-gateway-attachment-id {attachment}`",
            in_region(names.region(&table.hub))
        ),
    }
}
