//! A hub as packets find it: what is attached, which table each attachment's packets are looked up in, and where each
//! table leads. [`super::sight`] makes it from the snapshot, and moves it on by steps, so that what a plan would come to can be
//! judged before it is applied.
//!
//! A propagation brings every range that its attachment is known to have, whether the table shows the route or not: a route
//! that loses is invisible until the one before it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::api::Ref;
use crate::model::{Cidr, Destination, Key, PrefixListId, SegmentName};

/// What a thing of a hub is called: by its id, or by its key where a plan has yet to make it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Known(String),
    Planned(Key),
}

impl Name {
    pub fn of(id: &impl ToString) -> Self {
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
    pub fn of(resource_type: &str) -> Self {
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
pub(super) struct Fixed {
    /// None for a prefix list whose ranges are not known.
    pub to: Option<Cidr>,
    pub list: Option<PrefixListId>,
    /// None for a blackhole.
    pub via: Option<Name>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The segment whose table it is, if it is one's.
    pub segment: Option<SegmentName>,
    /// What of the table could not be read.
    pub unknown: Option<&'static str>,
    pub fixed: Vec<Fixed>,
    /// Propagated routes that are there to be seen.
    pub shown: BTreeSet<(Cidr, Name)>,
    /// What propagates into it.
    pub learns: BTreeSet<Name>,
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
    /// The tables that a new attachment propagates into by itself.
    pub learn_by_default: BTreeSet<Name>,
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

    pub fn set(&mut self, destination: &Destination, via: Option<Name>) {
        self.clear(destination);
        self.fixed.push(match destination {
            Destination::Cidr(to) => Fixed { to: Some(*to), list: None, via },
            Destination::PrefixList(list) => Fixed { to: None, list: Some(list.clone()), via },
        });
    }

    pub fn clear(&mut self, destination: &Destination) {
        self.fixed.retain(|it| match destination {
            Destination::Cidr(to) => it.list.is_some() || it.to != Some(*to),
            Destination::PrefixList(list) => it.list.as_ref() != Some(list),
        });
    }

    /// Leads a prefix list elsewhere. Its ranges stay what they are known to be.
    pub fn lead(&mut self, list: &PrefixListId, via: Option<Name>) {
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

impl Fabric {
    /// Lets every attachment have the ranges that any table shows of it.
    pub fn learn_ranges(&mut self) {
        for (to, via) in self.tables.values().flat_map(|table| &table.shown) {
            if let Some(port) = self.ports.get_mut(via) {
                port.ranges.insert(*to);
            }
        }
    }

    pub fn detach(&mut self, gone: &Name) {
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
