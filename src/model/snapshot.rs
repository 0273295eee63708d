//! What was seen, list by list. A list is complete or unknown; there is nothing between, and unknown is never empty.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::fault::Trouble;
use super::ids::{AccountId, Region, TransitGatewayId, TransitGatewayRouteTableId};
use super::key::{VpcKey, VpcRouteKey};
use super::scope::Scope;
use super::seen::{
    Account, Association, Attachment, Invitation, Organization, PlacedUnit, PrefixList, PrefixListReference,
    Propagation, ResourceShare, Role, Route, RouteTable, ShareAssociation, Subnet, TransitGateway, TransitGatewayRoute,
    TransitGatewayRouteTable, Vpc, VpcAttachment,
};

/// A list that was read to its end, or was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed<T> {
    /// Every item there was. The reading began at `at`.
    Complete {
        items: Vec<T>,
        at: Timestamp,
    },
    Unknown(Trouble),
}

impl<T> Listed<T> {
    /// Returns the items, or none when they are not known.
    pub fn known(&self) -> Option<&[T]> {
        match self {
            Listed::Complete { items, .. } => Some(items),
            Listed::Unknown(_) => None,
        }
    }

    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Listed::Complete { .. } => None,
            Listed::Unknown(trouble) => Some(trouble),
        }
    }
}

/// What the home account was seen to hold in one region: the hubs and all that hangs on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubInventory {
    pub gateways: Listed<TransitGateway>,
    /// Attachments of every type, on every gateway of the account.
    pub attachments: Listed<Attachment>,
    pub vpc_attachments: Listed<VpcAttachment>,
    pub tables: Listed<TransitGatewayRouteTable>,
    pub associations: BTreeMap<TransitGatewayRouteTableId, Listed<Association>>,
    pub propagations: BTreeMap<TransitGatewayRouteTableId, Listed<Propagation>>,
    pub routes: BTreeMap<TransitGatewayRouteTableId, Listed<TransitGatewayRoute>>,
    pub references: BTreeMap<TransitGatewayRouteTableId, Listed<PrefixListReference>>,
    /// Read where some route is to a prefix list.
    pub prefix_lists: Option<Listed<PrefixList>>,
    /// Read where transitd shares a hub, or once did.
    pub shares: Option<ShareInventory>,
}

/// The home account's resource shares in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareInventory {
    pub shares: Listed<ResourceShare>,
    pub principals: Listed<ShareAssociation>,
    pub resources: Listed<ShareAssociation>,
}

/// What an account was seen to hold in one region, as the owner of VPCs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInventory {
    pub vpcs: Listed<Vpc>,
    pub subnets: Listed<Subnet>,
    pub route_tables: Listed<RouteTable>,
    /// The transit gateways that the account can see: its own and those shared with it.
    pub gateways: Listed<TransitGateway>,
    /// The account's own VPC attachments, with the tags that only its side sees.
    pub attachments: Listed<VpcAttachment>,
    /// Read where some route of the members' tables is to a prefix list.
    pub prefix_lists: Option<Listed<PrefixList>>,
    /// Invitations to resource shares; read where an account may stand outside the organization.
    pub invitations: Option<Listed<Invitation>>,
    /// Roles that can be the cause of something: read while the account has no attachment that works.
    pub roles: Option<Listed<Role>>,
}

/// Everything that one pass saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// When the observing began.
    pub at: Timestamp,
    pub organization: Organization,
    pub accounts: Listed<Account>,
    /// The organization's units; read where something is said of them.
    pub units: Option<Listed<PlacedUnit>>,
    /// The home account's side, by region.
    pub hubs: BTreeMap<Region, HubInventory>,
    /// The VPC owners' side. Accounts that no segment can match are not read and not in here.
    pub members: BTreeMap<Scope, MemberInventory>,
}

/// Names one list of a snapshot: what a removal rests on, and what a report calls unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListId {
    Accounts,
    Units,
    Gateways(Scope),
    Attachments(Scope),
    VpcAttachments(Scope),
    Tables(Scope),
    Associations(Scope, TransitGatewayRouteTableId),
    Propagations(Scope, TransitGatewayRouteTableId),
    TransitGatewayRoutes(Scope, TransitGatewayRouteTableId),
    PrefixListReferences(Scope, TransitGatewayRouteTableId),
    /// Of the home account, where hubs are.
    PrefixLists(Scope),
    Shares(Scope),
    SharePrincipals(Scope),
    ShareResources(Scope),
    Vpcs(Scope),
    Subnets(Scope),
    RouteTables(Scope),
    SharedGateways(Scope),
    MemberAttachments(Scope),
    MemberPrefixLists(Scope),
    Invitations(Scope),
    Roles(Scope),
}

impl fmt::Display for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListId::Accounts => f.write_str("the organization's accounts"),
            ListId::Units => f.write_str("the organization's units"),
            ListId::Gateways(scope) => write!(f, "{scope} transit gateways"),
            ListId::Attachments(scope) => write!(f, "{scope} attachments"),
            ListId::VpcAttachments(scope) => write!(f, "{scope} VPC attachments"),
            ListId::Tables(scope) => write!(f, "{scope} transit gateway route tables"),
            ListId::Associations(scope, table) => write!(f, "{scope} associations of {table}"),
            ListId::Propagations(scope, table) => write!(f, "{scope} propagations of {table}"),
            ListId::TransitGatewayRoutes(scope, table) => write!(f, "{scope} routes of {table}"),
            ListId::PrefixListReferences(scope, table) => write!(f, "{scope} prefix list references of {table}"),
            ListId::PrefixLists(scope) => write!(f, "{scope} prefix lists"),
            ListId::Shares(scope) => write!(f, "{scope} resource shares"),
            ListId::SharePrincipals(scope) => write!(f, "{scope} principals of resource shares"),
            ListId::ShareResources(scope) => write!(f, "{scope} resources of resource shares"),
            ListId::MemberAttachments(scope) => write!(f, "{scope} its own VPC attachments"),
            ListId::MemberPrefixLists(scope) => write!(f, "{scope} prefix lists that it can see"),
            ListId::Invitations(scope) => write!(f, "{scope} invitations to resource shares"),
            ListId::Roles(scope) => write!(f, "{scope} roles"),
            ListId::Vpcs(scope) => write!(f, "{scope} VPCs"),
            ListId::Subnets(scope) => write!(f, "{scope} subnets"),
            ListId::RouteTables(scope) => write!(f, "{scope} route tables"),
            ListId::SharedGateways(scope) => write!(f, "{scope} transit gateways shared with it"),
        }
    }
}

impl Snapshot {
    /// Returns the route that is there under a key, if its table is known.
    pub fn route(&self, key: &VpcRouteKey) -> Option<&Route> {
        let tables = self.members.get(&key.vpc.scope())?.route_tables.known()?;
        let table = tables.iter().find(|table| table.id == key.table)?;
        table.routes.iter().find(|route| route.destination == key.destination)
    }

    /// Lists the routes of a VPC's own tables that lead to a gateway, each with its table.
    pub fn routes_to(&self, vpc: &VpcKey, gateway: &TransitGatewayId) -> impl Iterator<Item = (&RouteTable, &Route)> {
        let tables = self.members.get(&vpc.scope()).and_then(|member| member.route_tables.known());
        let own = tables.unwrap_or_default().iter().filter(|table| table.vpc == vpc.vpc);
        let routes = own.flat_map(|table| table.routes.iter().map(move |route| (table, route)));
        routes.filter(|(_, route)| route.target.gateway() == Some(gateway))
    }

    /// Names every list that was asked for, with what kept it from being read, if something did.
    fn lists(&self, home: &AccountId) -> Vec<(ListId, Option<&Trouble>)> {
        let mut lists = vec![(ListId::Accounts, self.accounts.trouble())];
        lists.extend(self.units.iter().map(|units| (ListId::Units, units.trouble())));
        for (region, hub) in &self.hubs {
            let scope = Scope::new(home, region);
            lists.push((ListId::Gateways(scope.clone()), hub.gateways.trouble()));
            lists.push((ListId::Attachments(scope.clone()), hub.attachments.trouble()));
            lists.push((ListId::VpcAttachments(scope.clone()), hub.vpc_attachments.trouble()));
            lists.push((ListId::Tables(scope.clone()), hub.tables.trouble()));
            for (table, list) in &hub.associations {
                lists.push((ListId::Associations(scope.clone(), table.clone()), list.trouble()));
            }
            for (table, list) in &hub.propagations {
                lists.push((ListId::Propagations(scope.clone(), table.clone()), list.trouble()));
            }
            for (table, list) in &hub.routes {
                lists.push((ListId::TransitGatewayRoutes(scope.clone(), table.clone()), list.trouble()));
            }
            for (table, list) in &hub.references {
                lists.push((ListId::PrefixListReferences(scope.clone(), table.clone()), list.trouble()));
            }
            lists.extend(hub.prefix_lists.iter().map(|list| (ListId::PrefixLists(scope.clone()), list.trouble())));
            if let Some(ShareInventory { shares, principals, resources }) = &hub.shares {
                lists.push((ListId::Shares(scope.clone()), shares.trouble()));
                lists.push((ListId::SharePrincipals(scope.clone()), principals.trouble()));
                lists.push((ListId::ShareResources(scope.clone()), resources.trouble()));
            }
        }
        for (scope, member) in &self.members {
            lists.push((ListId::Vpcs(scope.clone()), member.vpcs.trouble()));
            lists.push((ListId::Subnets(scope.clone()), member.subnets.trouble()));
            lists.push((ListId::RouteTables(scope.clone()), member.route_tables.trouble()));
            lists.push((ListId::SharedGateways(scope.clone()), member.gateways.trouble()));
            lists.push((ListId::MemberAttachments(scope.clone()), member.attachments.trouble()));
            let optional = [
                member.prefix_lists.as_ref().map(|list| (ListId::MemberPrefixLists(scope.clone()), list.trouble())),
                member.invitations.as_ref().map(|list| (ListId::Invitations(scope.clone()), list.trouble())),
                member.roles.as_ref().map(|list| (ListId::Roles(scope.clone()), list.trouble())),
            ];
            lists.extend(optional.into_iter().flatten());
        }
        lists
    }

    /// Returns every list that could not be read, with why.
    pub fn unknown(&self, home: &AccountId) -> BTreeMap<ListId, Trouble> {
        self.lists(home).into_iter().filter_map(|(id, trouble)| Some((id, trouble?.clone()))).collect()
    }

    /// Names every list that was asked for and read to its end.
    pub fn complete(&self, home: &AccountId) -> BTreeSet<ListId> {
        self.lists(home).into_iter().filter_map(|(id, trouble)| trouble.is_none().then_some(id)).collect()
    }
}
