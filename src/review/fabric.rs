//! A hub as packets find it: what is attached, which table each attachment's packets are looked up in, and where each
//! table leads. Made from the snapshot, and moved on by steps, so that what a plan would come to can be judged before it is
//! applied.
//!
//! A propagation brings every range that its attachment is known to have, whether the table shows the route or not: a route
//! that loses is invisible until the one before it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::api::{Ref, WriteCall};
use crate::model::{
    Attached, Attachment, Cidr, Destination, HUB_TAG, History, HubInventory, HubName, Key, NetworkName, PrefixListId,
    Progress, RouteState, SEGMENT_TAG, SegmentName, Snapshot, TableKey, Tags, Topology, TransitGateway,
    TransitGatewayId, TransitGatewayRouteTable, VpcKey, WantedGateway, WantedTable, is_named,
};
use crate::plan::{Outlook, Step};

/// What a thing of a hub is called: by its id, or by its key where a plan has yet to make it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Known(String),
    Planned(Key),
}

impl Name {
    fn of(id: &impl ToString) -> Self {
        Name::Known(id.to_string())
    }
}

impl<T: ToString> From<&Ref<T>> for Name {
    fn from(id: &Ref<T>) -> Self {
        match id {
            Ref::Known(id) => Name::of(id),
            Ref::Planned(key) => Name::Planned(key.clone()),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Known(id) => f.write_str(id),
            Name::Planned(key) => write!(f, "the {} {key}, which is to be made", key.kind().words()),
        }
    }
}

/// What becomes of a packet that leaves the hub by an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Beyond {
    /// A VPC: its own ranges stay in it, whatever its tables say; anything else its owner can send back to the hub.
    Vpc,
    /// An appliance: it can send back whatever it is sent.
    Appliance,
    /// A network outside AWS. What its own routers send back is theirs to answer for, and not taken for a path.
    Outside,
    /// Another gateway, or something of a type that transitd does not know: where it leads is not known.
    Elsewhere,
}

impl Beyond {
    /// Reads an attachment's resource type as EC2 writes it.
    fn of(resource_type: &str) -> Self {
        match resource_type {
            "vpc" => Beyond::Vpc,
            "connect" | "network-function" => Beyond::Appliance,
            "vpn" | "vpn-concentrator" | "client-vpn" | "direct-connect-gateway" => Beyond::Outside,
            _ => Beyond::Elsewhere,
        }
    }
}

/// An attachment.
#[derive(Clone, Debug)]
pub(super) struct Port {
    pub beyond: Beyond,
    /// What is attached, in words.
    pub what: String,
    /// The segment that declares it.
    pub segment: Option<SegmentName>,
    /// The ranges that it is known to propagate; those of a VPC are its own.
    pub ranges: BTreeSet<Cidr>,
}

/// A static route, or what a prefix list brings.
#[derive(Clone, Debug)]
struct Fixed {
    /// None for a prefix list whose ranges are not known.
    to: Option<Cidr>,
    list: Option<PrefixListId>,
    /// None for a blackhole.
    via: Option<Name>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The segment whose table it is, if it is one's.
    pub segment: Option<SegmentName>,
    /// What of the table could not be read.
    pub unknown: Option<&'static str>,
    fixed: Vec<Fixed>,
    /// Propagated routes that are there to be seen.
    shown: BTreeSet<(Cidr, Name)>,
    /// What propagates into it.
    learns: BTreeSet<Name>,
}

/// One way that a table leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    /// None where the ranges are not known.
    pub to: Option<Cidr>,
    pub fixed: bool,
    /// None for a blackhole.
    pub via: Option<Name>,
    pub list: Option<PrefixListId>,
}

/// One hub.
#[derive(Clone, Debug, Default)]
pub(super) struct Fabric {
    pub ports: BTreeMap<Name, Port>,
    pub tables: BTreeMap<Name, Table>,
    /// The tables that an attachment's packets may be looked up in: one, but for what AWS is about to change.
    pub associations: BTreeMap<Name, BTreeSet<Name>>,
    /// What could not be read and concerns the hub as a whole.
    pub unknown: Vec<String>,
    learn_by_default: BTreeSet<Name>,
}

impl Table {
    /// Lists every way that the table leads, in order of range, the wider one before those within it.
    pub fn ways(&self, ports: &BTreeMap<Name, Port>) -> Vec<Way> {
        let fixed =
            self.fixed.iter().map(|it| Way { to: it.to, fixed: true, via: it.via.clone(), list: it.list.clone() });
        let way = |to, via: &Name| Way { to, fixed: false, via: Some(via.clone()), list: None };
        let shown = self.shown.iter().map(|(to, via)| way(Some(*to), via));
        let learnt = self.learns.iter().flat_map(|via| {
            let ranges = ports.get(via).map(|port| &port.ranges).filter(|ranges| !ranges.is_empty());
            match ranges {
                Some(ranges) => ranges.iter().map(|to| way(Some(*to), via)).collect(),
                None => vec![way(None, via)],
            }
        });
        let all: BTreeSet<Way> = fixed.chain(shown).chain(learnt).collect();
        all.into_iter().collect()
    }

    fn set(&mut self, destination: &Destination, via: Option<Name>) {
        self.clear(destination);
        self.fixed.push(match destination {
            Destination::Cidr(to) => Fixed { to: Some(*to), list: None, via },
            Destination::PrefixList(list) => Fixed { to: None, list: Some(list.clone()), via },
        });
    }

    fn clear(&mut self, destination: &Destination) {
        self.fixed.retain(|it| match destination {
            Destination::Cidr(to) => it.list.is_some() || it.to != Some(*to),
            Destination::PrefixList(list) => it.list.as_ref() != Some(list),
        });
    }

    /// Leads a prefix list elsewhere. Its ranges stay what they are known to be.
    fn lead(&mut self, list: &PrefixListId, via: Option<Name>) {
        let mut found = false;
        for it in self.fixed.iter_mut().filter(|it| it.list.as_ref() == Some(list)) {
            it.via.clone_from(&via);
            found = true;
        }
        if !found {
            self.set(&Destination::PrefixList(list.clone()), via);
        }
    }

    fn forget(&mut self, gone: &Name) {
        self.learns.remove(gone);
        self.shown.retain(|(_, via)| via != gone);
        for it in self.fixed.iter_mut().filter(|it| it.via.as_ref() == Some(gone)) {
            it.via = None;
        }
    }
}

/// What a fabric is made from.
pub(super) struct Sight<'a> {
    pub want: &'a Topology,
    pub seen: &'a Snapshot,
    pub past: &'a History,
    pub network: &'a NetworkName,
}

impl Sight<'_> {
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
        let vpc = self.want.members.iter().find(|(vpc, _)| {
            beyond == Beyond::Vpc && vpc.vpc.as_str() == attachment.resource_id && self.stands_at(vpc, hub)
        });
        let given = self.want.given.iter().find(|(key, _)| match &key.of {
            Attached::Given(given) => key.hub == *hub && given.names(attachment),
            Attached::Vpc(_) => false,
        });
        let segment = vpc.map(|(_, segment)| segment).or(given.map(|(_, segment)| segment)).cloned();
        let ranges = if beyond == Beyond::Vpc { self.ranges(&attachment.resource_id) } else { BTreeSet::new() };
        Port { beyond, what, segment, ranges }
    }

    fn stands_at(&self, vpc: &VpcKey, hub: &HubName) -> bool {
        self.want.hubs.get(hub).is_some_and(|hub| hub.scope.region == vpc.region)
    }

    /// Returns a VPC's ranges as far as its owner's list could be read.
    fn ranges(&self, vpc: &str) -> BTreeSet<Cidr> {
        let lists = self.seen.members.values().filter_map(|member| member.vpcs.known()).flatten();
        lists.filter(|it| it.id.as_str() == vpc).flat_map(|it| it.cidrs.iter().copied()).collect()
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

impl Fabric {
    /// Lets every attachment have the ranges that any table shows of it.
    fn learn_ranges(&mut self) {
        for (to, via) in self.tables.values().flat_map(|table| &table.shown) {
            if let Some(port) = self.ports.get_mut(via) {
                port.ranges.insert(*to);
            }
        }
    }

    fn detach(&mut self, gone: &Name) {
        self.ports.remove(gone);
        self.associations.remove(gone);
        self.tables.values_mut().for_each(|table| table.forget(gone));
    }

    /// Lists a segment's attachments: those that it declares, and whatever is looked up in its table.
    pub fn of_segment(&self, segment: &SegmentName) -> BTreeSet<&Name> {
        let declared = self.ports.iter().filter(|(_, port)| port.segment.as_ref() == Some(segment)).map(|(id, _)| id);
        let there = self.associations.iter().filter(|(_, tables)| {
            tables.iter().any(|table| self.tables.get(table).is_some_and(|it| it.segment.as_ref() == Some(segment)))
        });
        declared.chain(there.map(|(id, _)| id)).collect()
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
