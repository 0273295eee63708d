//! Managed prefix lists: named sets of ranges that routes point at as one. Those of AWS are in [`aws_prefix_list`].
//!
//! The owner changes a list; an account that a resource share reaches sees it and may refer to it. Each change of the
//! entries makes a new version, and must name the present one. What a list weighs in the quotas of whoever refers to it
//! is the number of entries that it may have, not of those that it has (VPC guide, "Managed prefix lists").
//! `create-in-progress → create-complete`; a change `modify-in-progress → modify-complete`, or `modify-failed` where a
//! referrer has no room; `delete-in-progress` → gone, or `delete-failed` while there are referrers (seen in
//! terraform-provider-aws#20991).

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{answer, request, words};
use super::paging::{Asked, page};
use super::resource::{Kind, invalid_value};
use super::shelf::{Kept, Key, merged};
use super::tags::Tag;
use super::{Network, aws_prefix_list, cidr, prefix_list_referrers, shareable};
use crate::call::{AccountId, AwsError, Caller};
use crate::sharing;
use crate::world::World;

/// What MaxResults may say for lists and their entries (EC2 API Reference).
const SIZES: (i64, i64) = (1, 100);

words! {
    State {
        CreateInProgress = "create-in-progress", CreateComplete = "create-complete", CreateFailed = "create-failed",
        ModifyInProgress = "modify-in-progress", ModifyComplete = "modify-complete", ModifyFailed = "modify-failed",
        RestoreInProgress = "restore-in-progress", RestoreComplete = "restore-complete",
        RestoreFailed = "restore-failed", DeleteInProgress = "delete-in-progress",
        DeleteComplete = "delete-complete", DeleteFailed = "delete-failed",
    }
}
words! { Family { V4 = "IPv4", V6 = "IPv6" } }

impl State {
    pub fn is_settled(self) -> bool {
        !matches!(
            self,
            State::CreateInProgress | State::ModifyInProgress | State::RestoreInProgress | State::DeleteInProgress
        )
    }
}

/// Ranges and what is said of each.
pub type Entries = BTreeMap<IpNet, String>;

#[derive(Clone, Debug)]
pub struct PrefixList {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub name: String,
    pub family: Family,
    pub state: State,
    pub state_message: Option<String>,
    /// How many entries it may have; for AWS's own lists, what they weigh.
    pub max_entries: usize,
    /// The number of the version that counts.
    pub version: i64,
    /// All versions that there were.
    pub versions: BTreeMap<i64, Entries>,
    pub client_token: Option<String>,
}

impl PrefixList {
    /// Returns the entries that count now.
    pub fn entries(&self) -> &Entries {
        static NONE: Entries = BTreeMap::new();
        self.versions.get(&self.version).unwrap_or(&NONE)
    }

    /// Returns the account that the ARN names: for AWS's own lists, `aws`.
    pub fn arn_account(&self) -> &str {
        if self.is_aws() { "aws" } else { &self.owner }
    }

    pub fn arn(&self) -> String {
        Kind::PrefixList.arn(&self.region, self.arn_account(), &self.id)
    }

    fn is_aws(&self) -> bool {
        self.owner == aws_prefix_list::OWNER
    }
}

impl Kept for PrefixList {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone())]
    }
}

/// What comes of a change when its time is over.
#[derive(Clone, Debug)]
pub enum Event {
    Created,
    Entries(Entries, State),
    MaxEntries(usize),
    Named,
    Deleted,
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    match event {
        Event::Created | Event::Named => {
            if let Some(list) = world.network.prefix_lists.get_mut(id) {
                let named = list.state == State::ModifyInProgress;
                list.state = if named { State::ModifyComplete } else { State::CreateComplete };
            }
        }
        Event::Entries(entries, state) => {
            if let Some(list) = world.network.prefix_lists.get_mut(id) {
                list.version += 1;
                list.versions.insert(list.version, entries);
                list.state = state;
            }
        }
        Event::MaxEntries(most) => {
            let full = prefix_list_referrers::without_room(&world.network, id, most);
            let Some(list) = world.network.prefix_lists.get_mut(id) else { return };
            if full.is_empty() {
                (list.max_entries, list.state) = (most, State::ModifyComplete);
            } else {
                list.state = State::ModifyFailed;
                // AWS names the first ten (EC2 API Reference, ModifyManagedPrefixList).
                let named: Vec<String> = full.into_iter().take(10).collect();
                list.state_message = Some(format!("Resources without room for {most} entries: {}", named.join(", ")));
            }
        }
        Event::Deleted => {
            let referrers = prefix_list_referrers::of(&world.network, id);
            let Some(list) = world.network.prefix_lists.get_mut(id) else { return };
            if referrers.is_empty() {
                let owner = list.owner.clone();
                world.network.prefix_lists.remove(id);
                world.network.tags.forget(&[&owner], id);
            } else {
                list.state = State::DeleteFailed;
                list.state_message = Some(format!("{id} is referenced by {} resources", referrers.len()));
            }
        }
    }
}

/// Finds a prefix list, whoever may see it.
pub fn find<'n>(network: &'n Network, id: &str) -> Option<&'n PrefixList> {
    network.prefix_lists.get(id).or_else(|| aws_prefix_list::get(id))
}

/// Finds a prefix list that the caller owns, that is shared with it, or that AWS keeps.
///
/// # Errors
/// `InvalidPrefixListId.Malformed` and `InvalidPrefixListID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w PrefixList, AwsError> {
    Kind::PrefixList.check(id)?;
    let list = find(&world.network, id).filter(|it| it.region == caller.region);
    let sees = |it: &&PrefixList| it.is_aws() || it.owner == caller.account;
    list.filter(|it| sees(it) || sharing::reaches(world, &caller.account, &it.arn()))
        .ok_or_else(|| Kind::PrefixList.not_found(id))
}

/// Counts the entries that weigh on whoever refers to a list.
pub fn weight(network: &Network, id: &str) -> usize {
    find(network, id).map_or(0, |list| list.max_entries)
}

answer! { "PascalCase"
    Description {
        prefix_list_id: String, address_family: Family, state: State, state_message: Option<String>,
        prefix_list_arn: String, prefix_list_name: String, max_entries: Option<usize>, version: Option<i64>,
        tags: Vec<Tag>, owner_id: String,
    }
}

/// Tells about a list; AWS says nothing of the size and the version of its own.
pub fn description(world: &World, caller: &Caller, list: &PrefixList) -> Description {
    Description {
        prefix_list_id: list.id.clone(),
        address_family: list.family,
        state: list.state,
        state_message: list.state_message.clone(),
        prefix_list_arn: list.arn(),
        prefix_list_name: list.name.clone(),
        max_entries: (!list.is_aws()).then_some(list.max_entries),
        version: (!list.is_aws()).then_some(list.version),
        tags: world.network.tags.of(&caller.account, &list.id),
        owner_id: list.owner.clone(),
    }
}

describe_request! { DescribeManagedPrefixLists { prefix_list_ids: Kind::PrefixList } in pages of SIZES }
answer! { "PascalCase" DescribedPrefixLists { prefix_lists: Vec<Description>, next_token: Option<String> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("prefix-list-id", |it| vec![it.prefix_list_id.clone()]),
        ("prefix-list-name", |it| vec![it.prefix_list_name.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

/// Lists the caller's own lists, those shared with it, and AWS's.
pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeManagedPrefixLists,
) -> Result<DescribedPrefixLists, AwsError> {
    let world = &*world;
    let shared = shareable::shared_with(world, &caller.account, Kind::PrefixList);
    let customers = merged(world.network.prefix_lists.ids(&Key::place(caller)), shared.iter().map(String::as_str));
    let candidates = merged(customers, aws_prefix_list::ids(&caller.region));
    let page = input.question().answer(world, caller, &SIEVE, candidates, |id| {
        let list = seen(world, caller, id).ok()?;
        Some(description(world, caller, list))
    })?;
    Ok(DescribedPrefixLists { prefix_lists: page.items, next_token: page.next })
}

request! { "PascalCase"
    GetManagedPrefixListEntries {
        prefix_list_id: String, target_version: Option<i64>, max_results: Option<i64>, next_token: Option<String>,
    }
}
answer! { "PascalCase" Entry { cidr: String, description: Option<String> } }
answer! { "PascalCase" ListedEntries { entries: Vec<Entry>, next_token: Option<String> } }

/// Makes the error for a version that a list never had.
pub fn no_version(version: i64) -> AwsError {
    invalid_value(format!("The prefix list has no version {version}"))
}

pub fn entries(
    world: &mut World,
    caller: &Caller,
    input: GetManagedPrefixListEntries,
) -> Result<ListedEntries, AwsError> {
    let list = seen(world, caller, &input.prefix_list_id)?;
    let version = input.target_version.unwrap_or(list.version);
    let entries = list.versions.get(&version).ok_or_else(|| no_version(version))?;
    let rows: BTreeMap<String, (&IpNet, &String)> =
        entries.iter().map(|(range, text)| (cidr::sort_key(range), (range, text))).collect();
    let asked = Asked::new("GetManagedPrefixListEntries", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, rows.keys().map(String::as_str), |key| {
        let (range, text) = rows.get(key)?;
        Some(Entry { cidr: range.to_string(), description: (!text.is_empty()).then(|| (*text).clone()) })
    })?;
    Ok(ListedEntries { entries: page.items, next_token: page.next })
}

#[cfg(test)]
#[path = "prefix_list_tests.rs"]
mod tests;
