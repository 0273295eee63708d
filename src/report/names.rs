//! What things are called in a report: ids first, since they are what AWS takes, and what people call the thing behind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{
    AccountId, Attached, AttachedKey, AttachmentKey, Cidr, GivenKey, GivenKind, HubName, Key, NAME_TAG, Principal,
    PrincipalKey, Problem, RouteVia, SegmentName, StaticRouteKey, TableKey, TransitGatewayId, Unmanaged, Vpc, VpcKey,
    WantedGateway, WantedStaticRoute,
};

use crate::plan::Step;

use super::View;

/// The names that a snapshot knows.
pub(super) struct Names<'a> {
    pub(super) view: &'a View<'a>,
    accounts: BTreeMap<&'a AccountId, &'a str>,
    vpcs: BTreeMap<VpcKey, &'a Vpc>,
    hubs: BTreeMap<&'a VpcKey, &'a HubName>,
    /// Things that AWS refused a step for, by their name in the ledger, which is the end of a step's name.
    refused: BTreeMap<String, Key>,
    /// Whether what is said is kept and read later, when no time is as far as it is now.
    is_kept: bool,
}

/// Where a reader is already, so that it need not be said again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'a> {
    pub hub: Option<&'a HubName>,
    pub vpc: Option<&'a VpcKey>,
    /// What others have attached, where the reader is at that.
    pub given: Option<&'a GivenKey>,
    /// Where all the static routes lead among which the reader is.
    pub via: Option<&'a RouteVia>,
}

impl Place<'_> {
    /// Tells whether the reader is at what is attached to this hub.
    pub fn is_of(&self, hub: &HubName, of: &Attached) -> bool {
        let is_here = match of {
            Attached::Vpc(vpc) => self.vpc == Some(vpc),
            Attached::Given(given) => self.given == Some(given),
        };
        is_here && self.hub == Some(hub)
    }

    /// Tells whether the reader is among static routes that lead there.
    pub fn leads_to(&self, of: &Attached) -> bool {
        matches!(self.via, Some(RouteVia::Attachment(at)) if at == of)
    }
}

impl<'a> Names<'a> {
    pub fn of(view: &'a View<'a>) -> Self {
        let accounts = view.seen.accounts.known().unwrap_or_default();
        let mut vpcs = BTreeMap::new();
        for (scope, member) in &view.seen.members {
            for vpc in member.vpcs.known().unwrap_or_default().iter().filter(|vpc| vpc.owner == scope.account) {
                let key = VpcKey { account: scope.account.clone(), region: scope.region.clone(), vpc: vpc.id.clone() };
                vpcs.insert(key, vpc);
            }
        }
        let mut hubs = BTreeMap::new();
        for AttachmentKey { hub, vpc } in view.want.attachments.keys() {
            hubs.entry(vpc).or_insert(hub);
        }
        let accounts = accounts.iter().map(|account| (&account.id, account.name.as_str())).collect();
        Self { view, accounts, vpcs, hubs, refused: refused(view), is_kept: false }
    }

    /// The same for words that are kept and read later.
    pub fn to_keep(view: &'a View<'a>) -> Self {
        Self { is_kept: true, ..Self::of(view) }
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
        self.vpcs.get(key)?.tags.get(NAME_TAG).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Returns every range of the VPC.
    pub fn ranges(&self, key: &VpcKey) -> &'a [Cidr] {
        self.vpcs.get(key).map_or(&[], |vpc| &vpc.cidrs)
    }

    /// Returns the account's name.
    pub fn account_name(&self, id: &AccountId) -> Option<&'a str> {
        self.accounts.get(id).copied()
    }

    pub fn home(&self) -> &'a AccountId {
        self.view.home
    }

    /// Names the gateway that a hub stands for; none for one that is still to be made.
    pub fn gateway(&self, hub: &HubName) -> Option<&'a TransitGatewayId> {
        let wanted = self.view.want.hubs.get(hub)?;
        match &wanted.gateway {
            WantedGateway::Adopted(gateway) => Some(gateway),
            WantedGateway::Made { .. } => self.view.plan.gateways.get(hub),
        }
    }

    /// Names what is attached.
    pub fn attached(&self, of: &Attached) -> String {
        match of {
            Attached::Vpc(vpc) => self.vpc(vpc),
            Attached::Given(given) => given_words(given),
        }
    }

    pub fn segment(&self, vpc: &VpcKey) -> Option<&'a SegmentName> {
        self.view.want.members.get(vpc)
    }

    /// Names the segment that an attachment on a hub belongs to, whoever made it.
    pub fn segment_of(&self, of: &AttachedKey) -> Option<&'a SegmentName> {
        match &of.of {
            Attached::Vpc(vpc) => self.segment(vpc),
            Attached::Given(_) => self.view.want.given.get(of),
        }
    }

    /// Returns since when a VPC was seen to have left its segment.
    pub fn departed_since(&self, attachment: &AttachmentKey) -> Option<Timestamp> {
        self.view.plan.departures.get(&attachment.to_string()).copied()
    }

    /// Names a time, and how far it is from the look: `2026-11-22T03:40:00Z, in 40 min`.
    pub fn time(&self, at: Timestamp) -> String {
        let time = at.strftime("%FT%TZ");
        if self.is_kept {
            return time.to_string();
        }
        let away = at.duration_since(self.view.seen.at);
        let far = span(away.as_mins().unsigned_abs());
        match away.signum() {
            0 => format!("{time}, just now"),
            1 => format!("{time}, in {far}"),
            _ => format!("{time}, {far} ago"),
        }
    }

    /// Names the segment that an attachment is to be associated with.
    pub fn table_of(&self, attachment: &AttachedKey) -> Option<&'a TableKey> {
        self.view.want.associations.get(attachment)
    }

    /// Returns where a static route shall lead, and why.
    pub fn static_route(&self, key: &StaticRouteKey) -> Option<&'a WantedStaticRoute> {
        self.view.want.static_routes.get(key)
    }

    /// Names what stands behind a static route: whose range it is, where it leads by way of somebody else.
    pub fn behind(&self, key: &StaticRouteKey) -> Option<String> {
        let cidr = key.destination.cidr()?;
        let reach = self.view.want.reach.get(&key.table)?;
        let of = reach.iter().find(|reached| reached.cidr == cidr)?.of.as_ref()?;
        Some(self.attached(of))
    }

    /// Names a step by its id, in the words of other lines where what it is about is still declared.
    pub fn step(&self, id: &str) -> String {
        match split(id).and_then(|(verb, ledger)| Some((verb, self.refused.get(ledger)?))) {
            Some((verb, key)) => self.doing(verb, key),
            None => format!("the step '{id}'"),
        }
    }

    /// Names a step of the plan.
    pub fn planned(&self, step: &Step) -> String {
        let (verb, _) = split(step.id.as_str()).unwrap_or_default();
        self.doing(verb, &step.key)
    }

    fn doing(&self, verb: &str, key: &Key) -> String {
        let verb = if verb == "clear" { "remove" } else { verb };
        format!("{verb} {}", self.thing(key, Place::default()))
    }

    /// Returns the hub that a thing belongs to; for what is a VPC's alone, the hub that the VPC's tables lead to.
    pub fn hub_of<'k>(&self, key: &'k Key) -> Option<&'k HubName>
    where
        'a: 'k,
    {
        let Key::VpcRoute(route) = key else { return key.hub() };
        let declared = self.view.want.vpc_routes.get(route);
        declared.or_else(|| self.hubs.get(&route.vpc).copied()).or_else(|| self.hub_led_to(route))
    }

    /// Returns the hub under which an unmanaged thing is reported.
    pub fn hub_of_unmanaged<'k>(&self, thing: &'k Unmanaged) -> Option<&'k HubName>
    where
        'a: 'k,
    {
        match thing {
            Unmanaged::Attachment { hub, .. }
            | Unmanaged::Table { hub, .. }
            | Unmanaged::Share { hub, .. }
            | Unmanaged::Principal { hub, .. }
            | Unmanaged::PropagationElsewhere { hub, .. } => Some(hub),
            Unmanaged::Association { table, .. }
            | Unmanaged::Propagation { table, .. }
            | Unmanaged::TransitGatewayRoute { table, .. } => Some(&table.hub),
            Unmanaged::AttachedSubnet { attachment, .. } => Some(&attachment.hub),
            Unmanaged::VpcRoute { vpc, .. } => self.hubs.get(vpc).copied(),
            Unmanaged::Hub { .. } => None,
        }
    }

    /// Names the thing behind a key, as short as the reader's place allows: `the attachment of … to hub main`.
    pub fn thing(&self, key: &Key, here: Place<'_>) -> String {
        match key {
            Key::Hub(hub) => format!("hub {hub}"),
            Key::Share(hub) if here.hub == Some(hub) => "its resource share".to_owned(),
            Key::Share(hub) => format!("the resource share of hub {hub}"),
            Key::Principal(key) if here.hub == Some(&key.hub) => {
                format!("its sharing with {}", self.principal(&key.principal))
            }
            Key::Principal(key) => format!("the sharing of hub {} with {}", key.hub, self.principal(&key.principal)),
            Key::Table(table) => self.table(table, here),
            Key::Attachment(of) if is_here(of, here) => "its attachment".to_owned(),
            Key::Attachment(of) => format!("the attachment of {} to hub {}", self.vpc(&of.vpc), of.hub),
            Key::Association(key) if here.is_of(&key.hub, &key.of) => "its association".to_owned(),
            Key::Association(key) => format!("the association of {} on hub {}", self.attached(&key.of), key.hub),
            Key::Propagation(key) if here.is_of(&key.table.hub, &key.of) => {
                format!("its propagation into {}", self.table(&key.table, here))
            }
            Key::Propagation(key) => {
                format!("the propagation of {} into {}", self.attached(&key.of), self.table(&key.table, here))
            }
            Key::StaticRoute(key) => {
                format!("static route {} in {}", key.destination, self.table(&key.table, here))
            }
            Key::VpcRoute(route) if here.vpc == Some(&route.vpc) => {
                format!("route {} in {}", route.destination, self.route_table(&route.vpc, &route.table))
            }
            Key::VpcRoute(route) => {
                let table = self.route_table(&route.vpc, &route.table);
                format!("route {} in {table} of {}", route.destination, self.vpc(&route.vpc))
            }
        }
    }

    /// Names whom a hub is shared with.
    pub fn principal(&self, principal: &Principal) -> String {
        match principal {
            Principal::Account(account) => format!("account {}", self.account(account)),
            Principal::Organization | Principal::Unit(_) => principal.to_string(),
        }
    }

    /// Names a segment's table.
    pub fn table(&self, table: &TableKey, here: Place<'_>) -> String {
        if here.hub == Some(&table.hub) {
            format!("{}'s route table", table.segment)
        } else {
            format!("the route table of segment {} on hub {}", table.segment, table.hub)
        }
    }
}

/// Names what others have attached, as people call it.
fn given_words(given: &GivenKey) -> String {
    let id = &given.id;
    match given.kind {
        GivenKind::Vpn => format!("VPN {id}"),
        GivenKind::DirectConnectGateway => format!("Direct Connect gateway {id}"),
        GivenKind::Connect => format!("Connect attachment {id}"),
        GivenKind::NetworkFunction => format!("network function {id}"),
    }
}

/// Returns so many minutes in the two units that matter: `3 h 20 min`.
fn span(minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, _) => format!("{rest} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {rest} min"),
        (_, 0, _) => format!("{days} d"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}

/// Takes a step's id apart: what it does, and the name in the ledger of what it does that to.
fn split(id: &str) -> Option<(&str, &str)> {
    match id.strip_prefix(AT_HUB) {
        Some(ledger) => Some(("tag", ledger)),
        None => id.split_once(' '),
    }
}

/// How the ids of steps begin that tag an attachment on the hub's side.
const AT_HUB: &str = "tag at the hub ";

/// Finds the declared things that AWS refused a step for.
fn refused(view: &View<'_>) -> BTreeMap<String, Key> {
    let mut ledgers = BTreeSet::new();
    for problem in &view.plan.problems {
        if let Problem::StepRefused { step, .. } = problem {
            ledgers.extend(split(step).map(|(_, ledger)| ledger));
        }
    }
    if ledgers.is_empty() {
        return BTreeMap::new();
    }
    let want = view.want;
    let hubs = want.hubs.keys().cloned().map(Key::Hub);
    let shares = want.shares.keys().cloned().map(Key::Share);
    let principals = want.shares.iter().flat_map(|(hub, share)| {
        let key = |principal: &Principal| PrincipalKey { hub: hub.clone(), principal: principal.clone() };
        share.principals.keys().map(move |principal| Key::Principal(key(principal)))
    });
    let statics = want.static_routes.keys().cloned().map(Key::StaticRoute);
    let tables = want.tables.keys().cloned().map(Key::Table);
    let attachments = want.attachments.keys().cloned().map(Key::Attachment);
    let associations = want.associations.keys().cloned().map(Key::Association);
    let propagations = want.propagations.iter().cloned().map(Key::Propagation);
    let routes = want.vpc_routes.keys().cloned().map(Key::VpcRoute);
    let declared = hubs.chain(shares).chain(tables).chain(attachments).chain(associations).chain(propagations);
    let declared = declared.chain(statics).chain(routes).chain(principals);
    declared.map(|key| (key.ledger(), key)).filter(|(ledger, _)| ledgers.contains(ledger.as_str())).collect()
}

fn is_here(of: &AttachmentKey, here: Place<'_>) -> bool {
    here.vpc == Some(&of.vpc) && here.hub == Some(&of.hub)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::plan::Gaps;
    use crate::report::tests::world::World;

    #[test]
    fn a_moment_that_is_just_past_is_not_still_to_come() {
        let world = World::unbuilt();
        let plan = world.plan(Gaps::Ask);
        let view = world.view(&plan);
        let at = |seconds: i64| view.seen.at + SignedDuration::from_secs(seconds);
        let names = Names::of(&view);
        for (seconds, far) in [
            (0, "just now"),
            (-1, "less than a minute ago"),
            (-90, "1 min ago"),
            (1, "in less than a minute"),
            (7200, "in 2 h"),
        ] {
            let said = names.time(at(seconds));
            assert!(said.ends_with(&format!("Z, {far}")), "{said}");
            assert_eq!(Names::to_keep(&view).time(at(seconds)), at(seconds).to_string());
        }
    }
}
