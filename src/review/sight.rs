//! How a hub's fabric is made: from the snapshot, as it is; and from the steps of a plan, as it would be.

use std::collections::{BTreeMap, BTreeSet};

use super::fabric::{Beyond, Fabric, Fixed, Name, Port, Table};
use crate::api::WriteCall;
use crate::model::{
    Attached, Attachment, Cidr, Destination, HUB_TAG, History, HubInventory, HubName, Key, NetworkName, Progress,
    RouteState, SEGMENT_TAG, SegmentName, Snapshot, TableKey, Tags, Topology, TransitGateway, TransitGatewayId,
    TransitGatewayRouteTable, VpcKey, WantedGateway, WantedTable, is_named,
};
use crate::plan::{Outlook, Step};

/// What a fabric is made from.
pub(super) struct Sight<'a> {
    pub want: &'a Topology,
    seen: &'a Snapshot,
    past: &'a History,
    network: &'a NetworkName,
    /// The segments' VPCs by their ids.
    members: BTreeMap<&'a str, (&'a VpcKey, &'a SegmentName)>,
    /// Each VPC's ranges as far as its owner's list could be read; a shared one stands in several lists.
    ranges: BTreeMap<&'a str, BTreeSet<Cidr>>,
}

impl<'a> Sight<'a> {
    pub fn new(want: &'a Topology, seen: &'a Snapshot, past: &'a History, network: &'a NetworkName) -> Self {
        let members = want.members.iter().map(|(vpc, segment)| (vpc.vpc.as_str(), (vpc, segment))).collect();
        let mut ranges: BTreeMap<&str, BTreeSet<Cidr>> = BTreeMap::new();
        for vpc in seen.members.values().filter_map(|member| member.vpcs.known()).flatten() {
            ranges.entry(vpc.id.as_str()).or_default().extend(vpc.cidrs.iter().copied());
        }
        Self { want, seen, past, network, members, ranges }
    }

    /// Makes a hub as it is.
    pub fn fabric(&self, hub: &HubName) -> Fabric {
        let mut fabric = Fabric::default();
        let Some(wanted) = self.want.hubs.get(hub) else { return fabric };
        let Some(inventory) = self.seen.hubs.get(&wanted.scope.region) else {
            fabric.unknown.push(format!("what is in {} was not looked at", wanted.scope));
            return fabric;
        };
        let Some(gateways) = inventory.gateways.known() else {
            fabric.unknown.push("the transit gateways could not be read".to_owned());
            return fabric;
        };
        let gateways: Vec<&TransitGateway> = gateways.iter().filter(|it| self.is_hub(hub, it)).collect();
        let ids: BTreeSet<&TransitGatewayId> = gateways.iter().map(|it| &it.id).collect();
        fabric.learn_by_default =
            gateways.iter().filter_map(|it| it.default_propagation.as_ref()).map(Name::of).collect();
        let Some(attachments) = inventory.attachments.known() else {
            fabric.unknown.push("the attachments could not be read".to_owned());
            return fabric;
        };
        for attachment in attachments.iter().filter(|it| ids.contains(&it.gateway) && may_carry(&it.state)) {
            fabric.ports.insert(Name::of(&attachment.id), self.port(hub, attachment));
        }
        let Some(tables) = inventory.tables.known() else {
            fabric.unknown.push("the transit gateway route tables could not be read".to_owned());
            return fabric;
        };
        for table in tables.iter().filter(|it| ids.contains(&it.gateway) && it.state.is_usable()) {
            self.table(&mut fabric, hub, inventory, table);
        }
        fabric.learn_ranges();
        fabric
    }

    fn is_hub(&self, hub: &HubName, gateway: &TransitGateway) -> bool {
        match self.want.hubs.get(hub).map(|wanted| &wanted.gateway) {
            Some(WantedGateway::Adopted(id)) => gateway.id == *id,
            Some(WantedGateway::Made { .. }) => {
                self.is_ours(&gateway.tags, HUB_TAG, hub.as_str())
                    || self.is_in_ledger(&Key::Hub(hub.clone()), gateway.id.as_str())
            }
            None => false,
        }
    }

    fn is_ours(&self, tags: &Tags, tag: &str, name: &str) -> bool {
        is_named(tags, self.network, tag, name)
    }

    fn is_in_ledger(&self, key: &Key, id: &str) -> bool {
        self.past.owned.get(&key.ledger()).is_some_and(|owned| owned.id.as_deref() == Some(id))
    }

    fn port(&self, hub: &HubName, attachment: &Attachment) -> Port {
        let beyond = Beyond::of(&attachment.resource_type);
        let what = format!("{} {}", attachment.resource_type, attachment.resource_id);
        let vpc = self.members.get(attachment.resource_id.as_str()).filter(|_| beyond == Beyond::Vpc);
        let vpc = vpc.filter(|(vpc, _)| self.stands_at(vpc, hub));
        let given = self.want.given.iter().find(|(key, _)| match &key.of {
            Attached::Given(given) => key.hub == *hub && given.names(attachment),
            Attached::Vpc(_) => false,
        });
        let segment = vpc.map(|(_, segment)| *segment).or(given.map(|(_, segment)| segment)).cloned();
        let ranges = if beyond == Beyond::Vpc { self.ranges(&attachment.resource_id) } else { BTreeSet::new() };
        Port { beyond, what, segment, ranges }
    }

    fn stands_at(&self, vpc: &VpcKey, hub: &HubName) -> bool {
        self.want.hubs.get(hub).is_some_and(|hub| hub.scope.region == vpc.region)
    }

    fn ranges(&self, vpc: &str) -> BTreeSet<Cidr> {
        self.ranges.get(vpc).cloned().unwrap_or_default()
    }

    fn table(&self, fabric: &mut Fabric, hub: &HubName, inventory: &HubInventory, live: &TransitGatewayRouteTable) {
        let this = Name::of(&live.id);
        let mut table = Table { segment: self.segment_of(hub, live), ..Table::default() };
        match inventory.associations.get(&live.id).and_then(|list| list.known()) {
            None => fabric.unknown.push(format!("what is associated with {} could not be read", live.id)),
            Some(list) => {
                for association in list.iter().filter(|it| may_carry(&it.state)) {
                    let tables = fabric.associations.entry(Name::of(&association.attachment)).or_default();
                    tables.insert(this.clone());
                }
            }
        }
        match inventory.propagations.get(&live.id).and_then(|list| list.known()) {
            None => table.unknown = Some("its propagations could not be read"),
            Some(list) => {
                let live = list.iter().filter(|it| it.state.is_live());
                table.learns = live.map(|it| Name::of(&it.attachment)).collect();
            }
        }
        match inventory.routes.get(&live.id).and_then(|list| list.known()) {
            None => table.unknown = Some("its routes could not be read"),
            Some(routes) => {
                for route in routes {
                    let vias = route.attachments.iter().filter(|_| route.state != RouteState::Blackhole).map(Name::of);
                    match (route.is_static, route.destination.cidr()) {
                        (true, to) => {
                            let list = match &route.destination {
                                Destination::Cidr(_) => route.prefix_list.clone(),
                                Destination::PrefixList(list) => Some(list.clone()),
                            };
                            let fixed = |via| Fixed { to, list: list.clone(), via };
                            let before = table.fixed.len();
                            table.fixed.extend(vias.map(|via| fixed(Some(via))));
                            if table.fixed.len() == before {
                                table.fixed.push(fixed(None));
                            }
                        }
                        (false, Some(to)) => table.shown.extend(vias.map(|via| (to, via))),
                        (false, None) => table.learns.extend(vias),
                    }
                }
            }
        }
        match inventory.references.get(&live.id).and_then(|list| list.known()) {
            None => table.unknown = table.unknown.or(Some("its prefix list references could not be read")),
            Some(references) => {
                for reference in references.iter().filter(|it| it.state.is_live()) {
                    // Where its routes are shown, they say more than the reference does.
                    if !table.fixed.iter().any(|it| it.list.as_ref() == Some(&reference.prefix_list)) {
                        let list = Destination::PrefixList(reference.prefix_list.clone());
                        table.set(&list, reference.attachment.as_ref().map(Name::of));
                    }
                }
            }
        }
        fabric.tables.insert(this, table);
    }

    fn segment_of(&self, hub: &HubName, table: &TransitGatewayRouteTable) -> Option<SegmentName> {
        let tables = self.want.tables.iter().filter(|(key, _)| key.hub == *hub);
        let mut of = tables.filter(|(key, wanted)| match wanted {
            WantedTable::Adopted(id) => *id == table.id,
            WantedTable::Made => {
                self.is_ours(&table.tags, SEGMENT_TAG, key.segment.as_str())
                    || self.is_in_ledger(&Key::Table((*key).clone()), table.id.as_str())
            }
        });
        of.next().map(|(key, _)| key.segment.clone())
    }

    /// Returns the hub as it would be once the steps of a plan are done that concern it. What is only shown is not done.
    pub fn after(&self, mut fabric: Fabric, hub: &HubName, steps: &[Step]) -> Fabric {
        for step in steps.iter().filter(|step| step.key.hub() == Some(hub)) {
            match step.outlook {
                Outlook::Ready | Outlook::Waits { .. } => self.take(&mut fabric, step),
                Outlook::Left { .. } => {}
            }
        }
        fabric
    }

    fn take(&self, fabric: &mut Fabric, step: &Step) {
        match &step.call {
            WriteCall::CreateTransitGatewayRouteTable { .. } => {
                if let Key::Table(TableKey { segment, .. }) = &step.key {
                    let table = Table { segment: Some(segment.clone()), ..Table::default() };
                    fabric.tables.insert(Name::Planned(step.key.clone()), table);
                }
            }
            WriteCall::DeleteTransitGatewayRouteTable { table } => {
                fabric.tables.remove(&Name::of(table));
            }
            WriteCall::CreateTransitGatewayVpcAttachment { .. } => self.attach(fabric, &step.key),
            WriteCall::DeleteTransitGatewayVpcAttachment { attachment } => fabric.detach(&Name::of(attachment)),
            WriteCall::AssociateTransitGatewayRouteTable { table, attachment } => {
                fabric.associations.insert(attachment.into(), BTreeSet::from([table.into()]));
            }
            WriteCall::DisassociateTransitGatewayRouteTable { attachment, .. } => {
                fabric.associations.remove(&Name::of(attachment));
            }
            WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
                fabric.tables.entry(table.into()).or_default().learns.insert(attachment.into());
            }
            WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment } => {
                let (table, gone) = (fabric.tables.entry(Name::of(table)).or_default(), Name::of(attachment));
                table.learns.remove(&gone);
                table.shown.retain(|(_, via)| *via != gone);
            }
            WriteCall::CreateTransitGatewayRoute { table, destination, attachment } => {
                let table = fabric.tables.entry(table.into()).or_default();
                table.set(destination, attachment.as_ref().map(Name::from));
            }
            WriteCall::ReplaceTransitGatewayRoute { table, destination, attachment } => {
                let table = fabric.tables.entry(Name::of(table)).or_default();
                table.set(destination, attachment.as_ref().map(Name::from));
            }
            WriteCall::DeleteTransitGatewayRoute { table, destination } => {
                fabric.tables.entry(Name::of(table)).or_default().clear(destination);
            }
            WriteCall::CreateTransitGatewayPrefixListReference { table, prefix_list, attachment } => {
                fabric.tables.entry(table.into()).or_default().lead(prefix_list, attachment.as_ref().map(Name::from));
            }
            WriteCall::ModifyTransitGatewayPrefixListReference { table, prefix_list, attachment } => {
                let table = fabric.tables.entry(Name::of(table)).or_default();
                table.lead(prefix_list, attachment.as_ref().map(Name::from));
            }
            WriteCall::DeleteTransitGatewayPrefixListReference { table, prefix_list } => {
                let list = Destination::PrefixList(prefix_list.clone());
                fabric.tables.entry(Name::of(table)).or_default().clear(&list);
            }
            // None of these changes where the hub leads.
            WriteCall::CreateTransitGateway { .. }
            | WriteCall::ModifyTransitGateway { .. }
            | WriteCall::CreateResourceShare { .. }
            | WriteCall::UpdateResourceShare { .. }
            | WriteCall::AssociateResourceShare { .. }
            | WriteCall::DisassociateResourceShare { .. }
            | WriteCall::DeleteResourceShare { .. }
            | WriteCall::AcceptResourceShareInvitation { .. }
            | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
            | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
            | WriteCall::CreateRoute { .. }
            | WriteCall::ReplaceRoute { .. }
            | WriteCall::DeleteRoute { .. }
            | WriteCall::CreateTags { .. }
            | WriteCall::TagResource { .. } => {}
        }
    }

    fn attach(&self, fabric: &mut Fabric, key: &Key) {
        let Key::Attachment(attachment) = key else { return };
        let port = Port {
            beyond: Beyond::Vpc,
            what: format!("vpc {}", attachment.vpc.vpc),
            segment: self.want.members.get(&attachment.vpc).cloned(),
            ranges: self.ranges(attachment.vpc.vpc.as_str()),
        };
        let this = Name::Planned(key.clone());
        for table in &fabric.learn_by_default {
            fabric.tables.entry(table.clone()).or_default().learns.insert(this.clone());
        }
        fabric.ports.insert(this, port);
    }
}

/// Tells whether something in a state may carry packets: as long as AWS has not said that it is gone.
fn may_carry(state: &Progress) -> bool {
    match state {
        Progress::PendingAcceptance
        | Progress::Coming
        | Progress::Ready
        | Progress::Changing
        | Progress::Going
        | Progress::Unclear(_) => true,
        Progress::Gone | Progress::Failed | Progress::Rejected => false,
    }
}
