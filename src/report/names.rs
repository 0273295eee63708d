//! What things are called in a report: ids first, since they are what AWS takes, and what people call the thing behind.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    AccountId, AttachmentKey, HubName, Key, NetworkName, Problem, SegmentName, TableKey, TransitGatewayId, Unmanaged,
    VpcKey,
};

use super::View;

/// The tag under which AWS's own console shows a thing's name.
const NAME_TAG: &str = "Name";

/// The names that a snapshot knows.
pub(super) struct Names<'a> {
    view: &'a View<'a>,
    accounts: BTreeMap<&'a AccountId, &'a str>,
    vpcs: BTreeMap<VpcKey, &'a str>,
    hubs: BTreeMap<&'a VpcKey, &'a HubName>,
    /// Things that AWS refused a step for, by their name in the ledger, which is the end of a step's name.
    refused: BTreeMap<String, Key>,
}

/// Where a reader is already, so that it need not be said again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'a> {
    pub hub: Option<&'a HubName>,
    pub vpc: Option<&'a VpcKey>,
}

impl<'a> Names<'a> {
    pub fn of(view: &'a View<'a>) -> Self {
        let accounts = view.seen.accounts.known().unwrap_or_default();
        let mut vpcs = BTreeMap::new();
        for (scope, member) in &view.seen.members {
            for vpc in member.vpcs.known().unwrap_or_default().iter().filter(|vpc| vpc.owner == scope.account) {
                let key = VpcKey { account: scope.account.clone(), region: scope.region.clone(), vpc: vpc.id.clone() };
                if let Some(name) = vpc.tags.get(NAME_TAG).filter(|name| !name.is_empty()) {
                    vpcs.insert(key, name.as_str());
                }
            }
        }
        let mut hubs = BTreeMap::new();
        for AttachmentKey { hub, vpc } in view.want.attachments.keys() {
            hubs.entry(vpc).or_insert(hub);
        }
        let accounts = accounts.iter().map(|account| (&account.id, account.name.as_str())).collect();
        Self { view, accounts, vpcs, hubs, refused: refused(view) }
    }

    /// Names an account: `222222222222 (billing)`.
    pub fn account(&self, id: &AccountId) -> String {
        match self.accounts.get(id).filter(|name| !name.is_empty()) {
            Some(name) => format!("{id} ({name})"),
            None => id.to_string(),
        }
    }

    /// Names a VPC: `222222222222/vpc-0aa "app" (billing)`.
    pub fn vpc(&self, key: &VpcKey) -> String {
        let mut text = key.to_string();
        if let Some(name) = self.vpc_tag(key) {
            text.push_str(&format!(" \"{name}\""));
        }
        if let Some(name) = self.accounts.get(&key.account).filter(|name| !name.is_empty()) {
            text.push_str(&format!(" ({name})"));
        }
        text
    }

    /// Returns the VPC's Name tag.
    pub fn vpc_tag(&self, key: &VpcKey) -> Option<&'a str> {
        self.vpcs.get(key).copied()
    }

    /// Returns the account's name.
    pub fn account_name(&self, id: &AccountId) -> Option<&'a str> {
        self.accounts.get(id).copied()
    }

    pub fn network(&self) -> &'a NetworkName {
        self.view.network
    }

    pub fn home(&self) -> &'a AccountId {
        self.view.home
    }

    /// Names the gateway that a hub stands for.
    pub fn gateway(&self, hub: &HubName) -> Option<&'a TransitGatewayId> {
        self.view.want.hubs.get(hub).map(|hub| &hub.gateway)
    }

    pub fn segment(&self, vpc: &VpcKey) -> Option<&'a SegmentName> {
        self.view.want.members.get(vpc)
    }

    /// Names the segment that an attachment is to be associated with.
    pub fn table_of(&self, attachment: &AttachmentKey) -> Option<&'a TableKey> {
        self.view.want.associations.get(attachment)
    }

    /// Names a step by its id, in the words of other lines where what it is about is still declared.
    pub fn step(&self, id: &str) -> String {
        match id.split_once(' ').and_then(|(verb, ledger)| Some((verb, self.refused.get(ledger)?))) {
            Some(("clear", key)) => format!("remove {}", self.thing(key, Place::default())),
            Some((verb, key)) => format!("{verb} {}", self.thing(key, Place::default())),
            None => format!("the step '{id}'"),
        }
    }

    /// Returns the hub that a thing belongs to; for what is a VPC's alone, the hub that the VPC's tables lead to.
    pub fn hub_of<'k>(&self, key: &'k Key) -> Option<&'k HubName>
    where
        'a: 'k,
    {
        match key {
            Key::VpcRoute(route) => self.view.want.vpc_routes.get(route).or_else(|| self.hubs.get(&route.vpc).copied()),
            Key::Hub(_) | Key::Table(_) | Key::Attachment(_) | Key::Association(_) | Key::Propagation(_) => key.hub(),
        }
    }

    /// Returns the hub under which an unmanaged thing is reported.
    pub fn hub_of_unmanaged<'k>(&self, thing: &'k Unmanaged) -> Option<&'k HubName>
    where
        'a: 'k,
    {
        match thing {
            Unmanaged::Attachment { hub, .. }
            | Unmanaged::Table { hub, .. }
            | Unmanaged::PropagationElsewhere { hub, .. } => Some(hub),
            Unmanaged::Association { table, .. }
            | Unmanaged::Propagation { table, .. }
            | Unmanaged::TransitGatewayRoute { table, .. } => Some(&table.hub),
            Unmanaged::AttachedSubnet { attachment, .. } => Some(&attachment.hub),
            Unmanaged::VpcRoute { vpc, .. } => self.hubs.get(vpc).copied(),
        }
    }

    /// Names the thing behind a key, as short as the reader's place allows: `the attachment of … to hub main`.
    pub fn thing(&self, key: &Key, here: Place<'_>) -> String {
        match key {
            Key::Hub(hub) => format!("hub {hub}"),
            Key::Table(table) => self.table(table, here),
            Key::Attachment(of) if is_here(of, here) => "its attachment".to_owned(),
            Key::Attachment(of) => format!("the attachment of {} to hub {}", self.vpc(&of.vpc), of.hub),
            Key::Association(of) if is_here(of, here) => "its association".to_owned(),
            Key::Association(of) => format!("the association of {} on hub {}", self.vpc(&of.vpc), of.hub),
            Key::Propagation(of) if here.vpc == Some(&of.vpc) => {
                format!("its propagation into {}", self.table(&of.table, here))
            }
            Key::Propagation(of) => {
                format!("the propagation of {} into {}", self.vpc(&of.vpc), self.table(&of.table, here))
            }
            Key::VpcRoute(route) if here.vpc == Some(&route.vpc) => {
                format!("route {} in {}", route.destination, route.table)
            }
            Key::VpcRoute(route) => {
                format!("route {} in {} {}", route.destination, self.vpc(&route.vpc), route.table)
            }
        }
    }

    /// Names a segment's table.
    pub fn table(&self, table: &TableKey, here: Place<'_>) -> String {
        if here.hub == Some(&table.hub) {
            format!("the route table of segment {}", table.segment)
        } else {
            format!("the route table of segment {} on hub {}", table.segment, table.hub)
        }
    }
}

/// Finds the declared things that AWS refused a step for.
fn refused(view: &View<'_>) -> BTreeMap<String, Key> {
    let mut ledgers = BTreeSet::new();
    for problem in &view.plan.problems {
        if let Problem::StepRefused { step, .. } = problem {
            ledgers.extend(step.split_once(' ').map(|(_, ledger)| ledger));
        }
    }
    if ledgers.is_empty() {
        return BTreeMap::new();
    }
    let want = view.want;
    let tables = want.tables.keys().cloned().map(Key::Table);
    let attachments = want.attachments.keys().cloned().map(Key::Attachment);
    let associations = want.associations.keys().cloned().map(Key::Association);
    let propagations = want.propagations.iter().cloned().map(Key::Propagation);
    let routes = want.vpc_routes.keys().cloned().map(Key::VpcRoute);
    let declared = tables.chain(attachments).chain(associations).chain(propagations).chain(routes);
    declared.map(|key| (key.ledger(), key)).filter(|(ledger, _)| ledgers.contains(ledger.as_str())).collect()
}

fn is_here(of: &AttachmentKey, here: Place<'_>) -> bool {
    here.vpc == Some(&of.vpc) && here.hub == Some(&of.hub)
}

/// Returns the VPC that a thing belongs to.
pub(super) fn vpc_of(key: &Key) -> Option<&VpcKey> {
    match key {
        Key::Hub(_) | Key::Table(_) => None,
        Key::Attachment(of) | Key::Association(of) => Some(&of.vpc),
        Key::Propagation(of) => Some(&of.vpc),
        Key::VpcRoute(route) => Some(&route.vpc),
    }
}
