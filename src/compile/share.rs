//! The shares: with whom each hub is shared.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{AccountSource, Intent, Share};
use crate::model::{
    AccountId, HubName, OuPath, Principal, PrincipalKey, Problem, Region, Snapshot, Topology, WantedShare,
};

use super::membership;

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    let Some(with) = &intent.share else { return };
    for (hub, settings) in &intent.hubs {
        let of_hub = topology.attachments.keys().filter(|key| key.hub == *hub).map(|key| key.vpc.account.clone());
        let accounts: BTreeSet<AccountId> = of_hub.filter(|account| *account != intent.home.account).collect();
        let mut share = WantedShare {
            principals: BTreeMap::new(),
            allow_external: allows_external(intent),
            complete: true,
            accounts: accounts.clone(),
        };
        match with {
            Share::Organization => {
                share.principals.insert(Principal::Organization, organization(seen, &settings.region));
            }
            Share::Ous(units) => {
                units.iter().for_each(|unit| with_unit(seen, hub, &settings.region, unit, &mut share, topology))
            }
            Share::Members => {
                share.complete = knows_members(intent, seen, topology, &settings.region);
                let each =
                    accounts.into_iter().map(|account| (Principal::Account(account.clone()), account.to_string()));
                share.principals.extend(each);
            }
        }
        topology.shares.insert(hub.clone(), share);
    }
}

/// Only a list of the file's own can name an account that stands outside the organization: then it is invited.
fn allows_external(intent: &Intent) -> bool {
    matches!((&intent.accounts.source, &intent.share), (AccountSource::List(_), Some(Share::Members)))
}

/// Returns the organization's ARN ("Resource types defined by AWS Organizations").
fn organization(seen: &Snapshot, region: &Region) -> String {
    let (id, management) = (&seen.organization.id, &seen.organization.management_account);
    format!("arn:{}:organizations::{management}:organization/{id}", region.partition())
}

fn with_unit(
    seen: &Snapshot,
    hub: &HubName,
    region: &Region,
    path: &OuPath,
    share: &mut WantedShare,
    topology: &mut Topology,
) {
    // RAM knows no root: who shares with it shares with all.
    if *path == OuPath::root() {
        share.principals.insert(Principal::Organization, organization(seen, region));
        return;
    }
    let Some(units) = seen.units.as_ref().and_then(|units| units.known()) else {
        share.complete = false;
        return;
    };
    let principal = Principal::Unit(path.clone());
    let Some(unit) = units.iter().find(|unit| unit.path == *path) else {
        share.complete = false;
        let principal = PrincipalKey { hub: hub.clone(), principal };
        topology.problems.push(Problem::PrincipalMissing { principal });
        return;
    };
    let (id, management) = (&seen.organization.id, &seen.organization.management_account);
    let arn = format!("arn:{}:organizations::{management}:ou/{id}/{}", region.partition(), unit.id);
    share.principals.insert(principal, arn);
}

/// Tells whether everybody who may have a member VPC in a region could be asked, and gave an answer that is clear: a VPC that
/// is frozen is attached to some hub, or is not.
fn knows_members(intent: &Intent, seen: &Snapshot, topology: &Topology, region: &Region) -> bool {
    let rules = intent.segments.values().flat_map(|segment| &segment.members);
    membership::all_seen(intent, seen, rules, region) && !topology.frozen.iter().any(|vpc| vpc.region == *region)
}
