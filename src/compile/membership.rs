//! Which VPC belongs to which segment.

use std::collections::BTreeSet;

use crate::intent::{AccountSource, Intent, MemberRule};
use crate::model::{
    Account, AccountId, AccountState, Problem, Region, Scope, SegmentName, Snapshot, Tags, Topology, Vpc, VpcId, VpcKey,
};

/// Tells whether an account may own a VPC of some segment, so that it must be entered. Judges by what is known of the
/// account alone.
pub fn may_own_members(intent: &Intent, account: &Account) -> bool {
    account.state == AccountState::Active
        && !intent.accounts.exclude.contains_key(&account.id)
        && intent.segments.values().flat_map(|segment| &segment.members).any(|rule| fits_account(rule, account))
}

/// Tells whether every VPC that some of these rules can fit in a region was to be seen. If not, one that is not there may be
/// there all the same.
pub(super) fn all_seen<'r>(
    intent: &Intent,
    seen: &Snapshot,
    rules: impl IntoIterator<Item = &'r MemberRule>,
    region: &Region,
) -> bool {
    let Some(accounts) = seen.accounts.known() else { return false };
    let rules: Vec<&MemberRule> = rules.into_iter().collect();
    let mut entered = accounts
        .iter()
        .filter(|account| account.state == AccountState::Active && !intent.accounts.exclude.contains_key(&account.id));
    entered.all(|account| {
        let placeless = is_placeless(intent, account) && rules.iter().any(|rule| rule.ou.is_some());
        let fits = rules.iter().any(|rule| fits_account(rule, account));
        let inventory = seen.members.get(&Scope::new(&account.id, region));
        !placeless && (!fits || inventory.is_some_and(|member| member.vpcs.known().is_some()))
    })
}

/// Tells whether an account stands somewhere in the organization, and nobody could say where.
fn is_placeless(intent: &Intent, account: &Account) -> bool {
    matches!(intent.accounts.source, AccountSource::Organizations) && account.ou.is_none()
}

pub(super) fn compile(intent: &Intent, seen: &Snapshot, topology: &mut Topology) {
    topology.problems.extend(fits_nothing(intent, seen));
    topology.excluded = intent.accounts.exclude.keys().cloned().collect();
    let by_unit = intent.segments.values().flat_map(|segment| &segment.members).any(|rule| rule.ou.is_some());
    for account in seen.accounts.known().unwrap_or_default() {
        let excluded = intent.accounts.exclude.contains_key(&account.id);
        if by_unit && !excluded && is_placeless(intent, account) && account.state == AccountState::Active {
            topology.problems.push(Problem::AccountPlaceless { account: account.id.clone() });
        }
        if !may_own_members(intent, account) {
            continue;
        }
        for region in intent.hub_regions() {
            let scope = Scope::new(&account.id, region);
            let Some(vpcs) = seen.members.get(&scope).and_then(|member| member.vpcs.known()) else { continue };
            // A VPC that is shared with an account is listed there too; it belongs to its owner.
            for vpc in vpcs.iter().filter(|vpc| vpc.owner == account.id) {
                let key = VpcKey { account: account.id.clone(), region: region.clone(), vpc: vpc.id.clone() };
                place(intent, account, vpc, key, topology);
            }
        }
    }
}

/// Finds the rules that name what is nowhere to be seen: most likely a slip of the pen.
fn fits_nothing(intent: &Intent, seen: &Snapshot) -> Vec<Problem> {
    let Some(accounts) = seen.accounts.known() else { return Vec::new() };
    let is_account = |id: &AccountId| accounts.iter().any(|account| account.id == *id);
    let all_vpcs: Option<Vec<&VpcId>> = seen
        .members
        .values()
        .map(|member| Some(member.vpcs.known()?.iter().map(|vpc| &vpc.id)))
        .collect::<Option<Vec<_>>>()
        .map(|lists| lists.into_iter().flatten().collect());
    // An account whose unit could not be told may stand anywhere.
    let placeless = accounts.iter().any(|account| is_placeless(intent, account));
    let mut problems = Vec::new();
    for (segment, rule) in
        intent.segments.iter().flat_map(|(name, segment)| segment.members.iter().map(move |rule| (name, rule)))
    {
        let mut note = |rule: String| problems.push(Problem::RuleFitsNothing { segment: segment.clone(), rule });
        if let Some(ou) = &rule.ou
            && !placeless
            && !accounts.iter().filter_map(|account| account.ou.as_ref()).any(|place| ou.covers(place))
        {
            note(format!("ou: {ou}"));
        }
        rule.accounts.iter().filter(|id| !is_account(id)).for_each(|id| note(format!("account: {id}")));
        if let (Some(id), Some(vpcs)) = (&rule.vpc, &all_vpcs)
            && !vpcs.contains(&id)
        {
            note(format!("vpc: {id}"));
        }
    }
    let unknown = intent.accounts.exclude.keys().filter(|id| !is_account(id));
    problems.extend(unknown.map(|id| Problem::ExcludeFitsNothing { account: id.clone() }));
    problems
}

fn place(intent: &Intent, account: &Account, vpc: &Vpc, key: VpcKey, topology: &mut Topology) {
    let segments: BTreeSet<SegmentName> = intent
        .segments
        .iter()
        .filter(|(_, segment)| segment.members.iter().any(|rule| fits(rule, account, vpc)))
        .map(|(name, _)| name.clone())
        .collect();
    let mut fitting = segments.iter();
    match (fitting.next(), fitting.next()) {
        (None, _) => {}
        (Some(segment), None) => {
            topology.members.insert(key, segment.clone());
        }
        (Some(_), Some(_)) => {
            topology.frozen.insert(key.clone());
            topology.problems.push(Problem::TwoSegments { vpc: key, segments });
        }
    }
}

fn fits(rule: &MemberRule, account: &Account, vpc: &Vpc) -> bool {
    let names_the_vpc = rule.vpc.is_some() || !rule.vpc_tags.is_empty();
    fits_account(rule, account)
        && rule.vpc.as_ref().is_none_or(|id| *id == vpc.id)
        && carries(&vpc.tags, &rule.vpc_tags)
        // Every account is born with default VPCs: a rule that speaks of accounts alone does not mean them.
        && (names_the_vpc || !vpc.is_default)
}

fn fits_account(rule: &MemberRule, account: &Account) -> bool {
    (rule.accounts.is_empty() || rule.accounts.contains(&account.id))
        && rule.ou.as_ref().is_none_or(|ou| account.ou.as_ref().is_some_and(|place| ou.covers(place)))
        && carries(&account.tags, &rule.account_tags)
}

/// Tells whether a thing carries all the wanted tags.
pub(super) fn carries(tags: &Tags, wanted: &Tags) -> bool {
    wanted.iter().all(|(key, value)| tags.get(key) == Some(value))
}
