//! What the lists of a snapshot are called, and where each is read.

use crate::model::{ListId, Scope, TransitGatewayRouteTableId};

/// Names what a list lists, without its scope.
pub(in crate::report) fn list_words(list: &ListId) -> String {
    let noun = list_noun(list);
    match table(list) {
        Some(table) => format!("{noun} of {table}"),
        None => noun.to_owned(),
    }
}

/// Names what lists of one sort list.
pub(in crate::report) fn list_noun(list: &ListId) -> &'static str {
    match list {
        ListId::Accounts => "the organization's accounts",
        ListId::Units => "the organization's units",
        ListId::Gateways(_) => "transit gateways",
        ListId::Attachments(_) => "attachments",
        ListId::VpcAttachments(_) => "VPC attachments",
        ListId::Tables(_) => "transit gateway route tables",
        ListId::Associations(..) => "associations",
        ListId::Propagations(..) => "propagations",
        ListId::TransitGatewayRoutes(..) => "routes",
        ListId::PrefixListReferences(..) => "prefix list references",
        ListId::PrefixLists(_) => "prefix lists",
        ListId::Shares(_) => "resource shares",
        ListId::SharePrincipals(_) => "principals of resource shares",
        ListId::ShareResources(_) => "resources of resource shares",
        ListId::Vpcs(_) => "VPCs",
        ListId::Subnets(_) => "subnets",
        ListId::RouteTables(_) => "route tables",
        ListId::SharedGateways(_) => "transit gateways shared with it",
        ListId::MemberAttachments(_) => "its own VPC attachments",
        ListId::MemberPrefixLists(_) => "prefix lists that it can see",
        ListId::Invitations(_) => "invitations to resource shares",
        ListId::Roles(_) => "roles",
    }
}

/// Returns the hub's table that a list is of.
fn table(list: &ListId) -> Option<&TransitGatewayRouteTableId> {
    match list {
        ListId::Associations(_, table)
        | ListId::Propagations(_, table)
        | ListId::TransitGatewayRoutes(_, table)
        | ListId::PrefixListReferences(_, table) => Some(table),
        ListId::Accounts
        | ListId::Units
        | ListId::Gateways(_)
        | ListId::Attachments(_)
        | ListId::VpcAttachments(_)
        | ListId::Tables(_)
        | ListId::PrefixLists(_)
        | ListId::Shares(_)
        | ListId::SharePrincipals(_)
        | ListId::ShareResources(_)
        | ListId::Vpcs(_)
        | ListId::Subnets(_)
        | ListId::RouteTables(_)
        | ListId::SharedGateways(_)
        | ListId::MemberAttachments(_)
        | ListId::MemberPrefixLists(_)
        | ListId::Invitations(_)
        | ListId::Roles(_) => None,
    }
}

/// Returns what a list is of, among those of its sort: a hub's table, or the account that it is read in where that may be any
/// member's.
pub(in crate::report) fn list_of(list: &ListId) -> Option<String> {
    match list {
        ListId::Accounts
        | ListId::Units
        | ListId::Gateways(_)
        | ListId::Attachments(_)
        | ListId::VpcAttachments(_)
        | ListId::Tables(_)
        | ListId::PrefixLists(_)
        | ListId::Shares(_)
        | ListId::SharePrincipals(_)
        | ListId::ShareResources(_) => None,
        ListId::Associations(..)
        | ListId::Propagations(..)
        | ListId::TransitGatewayRoutes(..)
        | ListId::PrefixListReferences(..) => table(list).map(ToString::to_string),
        ListId::Vpcs(scope)
        | ListId::Subnets(scope)
        | ListId::RouteTables(scope)
        | ListId::SharedGateways(scope)
        | ListId::MemberAttachments(scope)
        | ListId::MemberPrefixLists(scope)
        | ListId::Invitations(scope)
        | ListId::Roles(scope) => Some(scope.account.to_string()),
    }
}

/// Returns the word for several of what lists of a sort are of.
pub(in crate::report) fn list_owners(list: &ListId) -> &'static str {
    if table(list).is_some() { "route tables" } else { "accounts" }
}

/// Returns where a list is read; none for the organization's own.
pub(in crate::report) fn scope_of(list: &ListId) -> Option<&Scope> {
    match list {
        ListId::Accounts | ListId::Units => None,
        ListId::Gateways(scope)
        | ListId::Attachments(scope)
        | ListId::VpcAttachments(scope)
        | ListId::Tables(scope)
        | ListId::Associations(scope, _)
        | ListId::Propagations(scope, _)
        | ListId::TransitGatewayRoutes(scope, _)
        | ListId::Vpcs(scope)
        | ListId::Subnets(scope)
        | ListId::RouteTables(scope)
        | ListId::PrefixListReferences(scope, _)
        | ListId::PrefixLists(scope)
        | ListId::Shares(scope)
        | ListId::SharePrincipals(scope)
        | ListId::ShareResources(scope)
        | ListId::MemberAttachments(scope)
        | ListId::MemberPrefixLists(scope)
        | ListId::Invitations(scope)
        | ListId::Roles(scope)
        | ListId::SharedGateways(scope) => Some(scope),
    }
}
