//! What a report looks up in the snapshot: the ids and the names of things that are there.

use std::collections::BTreeSet;

use crate::model::{
    AttachmentId, Destination, HUB_TAG, HubInventory, HubName, NAME_TAG, Region, RouteTableId, SEGMENT_TAG,
    StaticRouteKey, SubnetId, TableKey, Target, TransitGatewayId, TransitGatewayRoute, TransitGatewayRouteTableId,
    VpcKey, VpcRouteKey, WantedTable, is_of_network,
};

use super::names::Names;

impl<'a> Names<'a> {
    /// Returns the region that a hub stands in.
    pub fn region(&self, hub: &HubName) -> Option<&'a Region> {
        self.view.want.hubs.get(hub).map(|hub| &hub.scope.region)
    }

    fn inventory(&self, hub: &HubName) -> Option<&'a HubInventory> {
        self.view.seen.hubs.get(self.region(hub)?)
    }

    /// Returns the id of a segment's table, where there is no doubt about it.
    pub fn table_id(&self, table: &TableKey) -> Option<&'a TransitGatewayRouteTableId> {
        if let WantedTable::Adopted(id) = self.view.want.tables.get(table)? {
            return Some(id);
        }
        let gateway = self.gateway(&table.hub)?;
        let mut tables = self.inventory(&table.hub)?.tables.known()?.iter().filter(|live| {
            let segment = live.tags.get(SEGMENT_TAG).map(String::as_str);
            let is_ours = is_of_network(&live.tags, self.view.network) && segment == Some(table.segment.as_str());
            is_ours && live.gateway == *gateway && live.state.is_live()
        });
        tables.next().filter(|_| tables.next().is_none()).map(|live| &live.id)
    }

    /// Returns the ARN of a hub's resource share, where there is no doubt about it.
    pub fn share_arn(&self, hub: &HubName) -> Option<&'a str> {
        let shares = self.inventory(hub)?.shares.as_ref()?.shares.known()?;
        let mut ours = shares.iter().filter(|share| {
            let of_hub = share.tags.get(HUB_TAG).map(String::as_str) == Some(hub.as_str());
            share.state.is_live() && is_of_network(&share.tags, self.view.network) && of_hub
        });
        ours.next().filter(|_| ours.next().is_none()).map(|share| share.arn.as_str())
    }

    /// Names a VPC's route table: `rtb-0aa "private"`.
    pub fn route_table(&self, vpc: &VpcKey, table: &RouteTableId) -> String {
        let tables = self.view.seen.members.get(&vpc.scope()).and_then(|member| member.route_tables.known());
        let name = tables.unwrap_or_default().iter().find(|live| live.id == *table);
        match name.and_then(|live| live.tags.get(NAME_TAG)).filter(|name| !name.is_empty()) {
            Some(name) => format!("{table} \"{name}\""),
            None => table.to_string(),
        }
    }

    /// Names a subnet of a VPC with its zone: `subnet-0aa (euw1-az1)`.
    pub fn subnet(&self, vpc: &VpcKey, subnet: &SubnetId) -> String {
        let subnets = self.view.seen.members.get(&vpc.scope()).and_then(|member| member.subnets.known());
        match subnets.unwrap_or_default().iter().find(|live| live.id == *subnet) {
            Some(live) => format!("{subnet} ({})", live.zone),
            None => subnet.to_string(),
        }
    }

    /// Names the subnets of a VPC, the first few of many.
    pub fn subnets(&self, vpc: &VpcKey) -> Vec<String> {
        let subnets = self.view.seen.members.get(&vpc.scope()).and_then(|member| member.subnets.known());
        let own: BTreeSet<&SubnetId> =
            subnets.unwrap_or_default().iter().filter(|live| live.vpc == vpc.vpc).map(|live| &live.id).collect();
        few(own.into_iter().map(|id| self.subnet(vpc, id)))
    }

    /// Names the route tables of a VPC, the first few of many.
    pub fn route_tables(&self, vpc: &VpcKey) -> Vec<String> {
        let tables = self.view.seen.members.get(&vpc.scope()).and_then(|member| member.route_tables.known());
        let own: BTreeSet<&RouteTableId> =
            tables.unwrap_or_default().iter().filter(|live| live.vpc == vpc.vpc).map(|live| &live.id).collect();
        few(own.into_iter().map(|id| self.route_table(vpc, id)))
    }

    /// Names what an attachment of a hub is of: that, or its id where it is not known.
    fn of_attachment(&self, hub: &HubName, id: &AttachmentId) -> String {
        let live = self.inventory(hub).and_then(|hub| hub.attachments.known()).unwrap_or_default();
        let Some(live) = live.iter().find(|live| live.id == *id) else { return id.to_string() };
        let vpc = match (&live.resource_owner, live.resource_id.parse(), self.region(hub)) {
            (Some(account), Ok(vpc), Some(region)) => {
                Some(VpcKey { account: account.clone(), region: region.clone(), vpc })
            }
            (_, _, _) => None,
        };
        vpc.map_or_else(|| format!("{} {}", live.resource_type, live.resource_id), |vpc| self.vpc(&vpc))
    }

    /// Names where a static route leads that is there; none where that is not known, or nowhere.
    pub fn leads_to(&self, route: &StaticRouteKey, table: &TransitGatewayRouteTableId) -> Option<String> {
        let inventory = self.inventory(&route.table.hub)?;
        let id = match &route.destination {
            Destination::Cidr(_) => {
                let routes = inventory.routes.get(table)?.known()?;
                let is_it = |live: &&TransitGatewayRoute| live.is_static && live.destination == route.destination;
                routes.iter().find(is_it)?.attachments.first()?
            }
            Destination::PrefixList(list) => {
                let references = inventory.references.get(table)?.known()?;
                references.iter().find(|live| live.prefix_list == *list)?.attachment.as_ref()?
            }
        };
        Some(self.of_attachment(&route.table.hub, id))
    }

    /// Returns the hub whose gateway a VPC's route leads to that is there.
    pub fn hub_led_to(&self, route: &VpcRouteKey) -> Option<&'a HubName> {
        let tables = self.view.seen.members.get(&route.vpc.scope())?.route_tables.known()?;
        let table = tables.iter().find(|live| live.id == route.table)?;
        let live = table.routes.iter().find(|live| live.destination == route.destination)?;
        let leads_to = |gateway: &TransitGatewayId| live.target == Target::TransitGateway(gateway.clone());
        self.view.plan.gateways.iter().find(|(_, gateway)| leads_to(gateway)).map(|(hub, _)| hub)
    }
}

/// How many of what there is to choose from are named.
const FEW: usize = 6;

fn few(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    if let Some(rest @ 1..) = names.len().checked_sub(FEW) {
        names.truncate(FEW);
        names.push(format!("{rest} more"));
    }
    names
}
