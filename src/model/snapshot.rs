//! What was seen, list by list. A list is complete or unknown; there is nothing between, and unknown is never empty.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::fault::Trouble;
use super::ids::{AccountId, Region, TransitGatewayRouteTableId};
use super::scope::Scope;
use super::seen::{
    Account, Association, Attachment, Propagation, RouteTable, Subnet, TransitGateway, TransitGatewayRoute,
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
}

/// What an account was seen to hold in one region, as the owner of VPCs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInventory {
    pub vpcs: Listed<Vpc>,
    pub subnets: Listed<Subnet>,
    pub route_tables: Listed<RouteTable>,
    /// The transit gateways that the account can see: its own and those shared with it.
    pub gateways: Listed<TransitGateway>,
}

/// Everything that one pass saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// When the observing began.
    pub at: Timestamp,
    pub accounts: Listed<Account>,
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
    Gateways(Scope),
    Attachments(Scope),
    VpcAttachments(Scope),
    Tables(Scope),
    Associations(Scope, TransitGatewayRouteTableId),
    Propagations(Scope, TransitGatewayRouteTableId),
    TransitGatewayRoutes(Scope, TransitGatewayRouteTableId),
    Vpcs(Scope),
    Subnets(Scope),
    RouteTables(Scope),
    SharedGateways(Scope),
}

impl fmt::Display for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListId::Accounts => f.write_str("the organization's accounts"),
            ListId::Gateways(scope) => write!(f, "{scope} transit gateways"),
            ListId::Attachments(scope) => write!(f, "{scope} attachments"),
            ListId::VpcAttachments(scope) => write!(f, "{scope} VPC attachments"),
            ListId::Tables(scope) => write!(f, "{scope} transit gateway route tables"),
            ListId::Associations(scope, table) => write!(f, "{scope} associations of {table}"),
            ListId::Propagations(scope, table) => write!(f, "{scope} propagations of {table}"),
            ListId::TransitGatewayRoutes(scope, table) => write!(f, "{scope} routes of {table}"),
            ListId::Vpcs(scope) => write!(f, "{scope} VPCs"),
            ListId::Subnets(scope) => write!(f, "{scope} subnets"),
            ListId::RouteTables(scope) => write!(f, "{scope} route tables"),
            ListId::SharedGateways(scope) => write!(f, "{scope} transit gateways shared with it"),
        }
    }
}

impl Snapshot {
    /// Names every list that was asked for, with what kept it from being read, if something did.
    fn lists(&self, home: &AccountId) -> Vec<(ListId, Option<&Trouble>)> {
        let mut lists = vec![(ListId::Accounts, self.accounts.trouble())];
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
        }
        for (scope, member) in &self.members {
            lists.push((ListId::Vpcs(scope.clone()), member.vpcs.trouble()));
            lists.push((ListId::Subnets(scope.clone()), member.subnets.trouble()));
            lists.push((ListId::RouteTables(scope.clone()), member.route_tables.trouble()));
            lists.push((ListId::SharedGateways(scope.clone()), member.gateways.trouble()));
        }
        lists
    }

    /// Returns every list that could not be read, with why.
    pub fn unknown(&self, home: &AccountId) -> BTreeMap<ListId, Trouble> {
        self.lists(home).into_iter().filter_map(|(id, trouble)| Some((id, trouble?.clone()))).collect()
    }

    /// Tells whether a list was asked for and read to its end.
    pub fn is_complete(&self, home: &AccountId, list: &ListId) -> bool {
        self.lists(home).iter().any(|(id, trouble)| id == list && trouble.is_none())
    }
}
