//! What may be asked of a prefix list: making, changing, restoring and deleting it; all by its owner alone.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::members::{answer, request};
use super::prefix_list::{Description, Entries, Event, Family, PrefixList, State, description, no_version, seen};
use super::resource::{Kind, invalid_combination, invalid_value, missing, not_authorized};
use super::shelf::Key;
use super::tags::{TagSpecification, on_creation};
use super::{cidr, visibility};
use crate::call::{AwsError, Caller};
use crate::world::{self, World};

/// Each change takes some seconds.
const SETTLING_SECONDS: f64 = 5.0;
/// Entries that one call may add or remove (EC2 API Reference).
const MOST_CHANGES: usize = 100;

/// Finds a prefix list that the caller owns and that nothing is happening to.
///
/// # Errors
/// As [`seen`], `UnauthorizedOperation` for one that is only shared, and `IncorrectState`.
fn changeable<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w PrefixList, AwsError> {
    let list = seen(world, caller, id)?;
    if list.owner != caller.account {
        return Err(not_authorized());
    }
    if list.state.is_settled() {
        return Ok(list);
    }
    let message = format!("The prefix list {id} cannot be changed in the current state ({}).", list.state.word());
    Err(AwsError::new("IncorrectState", message))
}

request! { "PascalCase" AddedEntry { cidr: String, description: String } }
request! { "PascalCase" RemovedEntry { cidr: String } }
request! { "PascalCase"
    CreateManagedPrefixList {
        prefix_list_name: String, entries: Vec<AddedEntry>, max_entries: i64,
        tag_specifications: Vec<TagSpecification>, address_family: String, client_token: Option<String>,
    }
}
answer! { "PascalCase" OnePrefixList { prefix_list: Description } }

fn one(world: &World, caller: &Caller, id: &str) -> Result<OnePrefixList, AwsError> {
    Ok(OnePrefixList { prefix_list: description(world, caller, seen(world, caller, id)?) })
}

/// Makes a list. The same client token gives the same list again.
pub fn create(world: &mut World, caller: &Caller, input: CreateManagedPrefixList) -> Result<OnePrefixList, AwsError> {
    let tags = on_creation(Kind::PrefixList, &input.tag_specifications)?;
    let family = match input.address_family.as_str() {
        "IPv4" => Family::V4,
        "IPv6" => Family::V6,
        other => return Err(invalid_value(format!("Value ({other}) for parameter AddressFamily is invalid."))),
    };
    checked_name(&input.prefix_list_name)?;
    let max_entries = checked_max(world, input.max_entries, input.entries.len())?;
    let mut entries = Entries::new();
    add(&mut entries, family, &input.entries)?;
    let mut own = world.network.prefix_lists.under(&Key::place(caller));
    let made = own.find(|it| it.client_token.is_some() && it.client_token == input.client_token);
    if let Some(list) = made {
        if (&list.name, list.family, list.max_entries) != (&input.prefix_list_name, family, max_entries) {
            let message = "The client token was used before with other parameters.";
            return Err(AwsError::new("IdempotentParameterMismatch", message));
        }
        return Ok(OnePrefixList { prefix_list: description(world, caller, list) });
    }
    drop(own);
    let held = world.network.prefix_lists.count(&Key::place(caller));
    if held >= world.network.quotas.prefix_lists_per_region {
        let message = "You've reached the maximum number of prefix lists.";
        return Err(AwsError::new("PrefixListLimitExceeded", message));
    }
    let id = Kind::PrefixList.new_id(&mut world.dice);
    world.network.prefix_lists.insert(PrefixList {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        name: input.prefix_list_name,
        family,
        state: State::CreateInProgress,
        state_message: None,
        max_entries,
        version: 1,
        versions: BTreeMap::from([(1, entries)]),
        client_token: input.client_token,
    });
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    later(world, &id, Event::Created);
    one(world, caller, &id)
}

fn later(world: &mut World, id: &str, event: Event) {
    world.later(SETTLING_SECONDS, world::Event::Network(super::Event::PrefixList(id.to_owned(), event)));
}

/// Checks a name: up to 255 characters, and not AWS's own (EC2 API Reference, CreateManagedPrefixList).
fn checked_name(name: &str) -> Result<(), AwsError> {
    if name.is_empty() || name.chars().count() > 255 || name.starts_with("com.amazonaws") {
        return Err(invalid_value(format!("Value ({name}) for parameter PrefixListName is invalid.")));
    }
    Ok(())
}

fn checked_max(world: &World, max: i64, present: usize) -> Result<usize, AwsError> {
    let most = world.network.quotas.entries_per_prefix_list;
    let max = usize::try_from(max).ok().filter(|max| (1..=most).contains(max));
    let max = max.ok_or_else(|| invalid_value(format!("MaxEntries must be a number from 1 to {most}.")))?;
    if max < present { Err(too_many()) } else { Ok(max) }
}

fn too_many() -> AwsError {
    let message = "You've reached the maximum number of entries for the prefix list.";
    AwsError::new("PrefixListMaxEntriesExceeded", message)
}

fn read(family: Family, text: &str) -> Result<IpNet, AwsError> {
    let range = cidr::normalised("Cidr", text)?;
    if matches!(range, IpNet::V4(_)) == (family == Family::V4) {
        return Ok(range);
    }
    Err(invalid_value(format!("The CIDR {text} is not of the prefix list's address family, {}.", family.word())))
}

/// Adds entries. One that is there already makes the request invalid (seen by terraform-provider-aws).
fn add(entries: &mut Entries, family: Family, added: &[AddedEntry]) -> Result<(), AwsError> {
    if added.len() > MOST_CHANGES {
        return Err(invalid_value(format!("No more than {MOST_CHANGES} entries can be added at a time.")));
    }
    for entry in added {
        if entries.insert(read(family, &entry.cidr)?, entry.description.clone()).is_some() {
            return Err(invalid_request());
        }
    }
    Ok(())
}

fn invalid_request() -> AwsError {
    AwsError::new("InvalidRequest", "The request received was invalid.")
}

request! { "PascalCase"
    ModifyManagedPrefixList {
        prefix_list_id: String, current_version: Option<i64>, prefix_list_name: Option<String>,
        add_entries: Vec<AddedEntry>, remove_entries: Vec<RemovedEntry>, max_entries: Option<i64>,
    }
}

/// Changes a list's name, and either its entries or its size.
pub fn modify(world: &mut World, caller: &Caller, input: ModifyManagedPrefixList) -> Result<OnePrefixList, AwsError> {
    let list = changeable(world, caller, &input.prefix_list_id)?;
    let (id, family) = (list.id.clone(), list.family);
    check_version(list, input.current_version)?;
    let changes_entries = !input.add_entries.is_empty() || !input.remove_entries.is_empty();
    if changes_entries && input.max_entries.is_some() {
        return Err(invalid_combination("The entries and the size of a prefix list cannot be modified together."));
    }
    if changes_entries && input.current_version.is_none() {
        return Err(missing("CurrentVersion"));
    }
    if let Some(name) = &input.prefix_list_name {
        checked_name(name)?;
    }
    let event = if changes_entries {
        let mut entries = list.entries().clone();
        let removed: Result<BTreeSet<IpNet>, AwsError> =
            input.remove_entries.iter().map(|entry| read(family, &entry.cidr)).collect();
        let removed = removed?;
        if let Some(both) =
            input.add_entries.iter().find(|it| read(family, &it.cidr).is_ok_and(|it| removed.contains(&it)))
        {
            return Err(invalid_value(format!(
                "Request cannot contain Cidr {} in both AddPrefixListEntries and RemovePrefixListEntries",
                both.cidr
            )));
        }
        if removed.iter().any(|range| entries.remove(range).is_none()) {
            return Err(invalid_request());
        }
        add(&mut entries, family, &input.add_entries)?;
        if entries.len() > list.max_entries {
            return Err(too_many());
        }
        Event::Entries(entries, State::ModifyComplete)
    } else if let Some(most) = input.max_entries {
        Event::MaxEntries(checked_max(world, most, list.entries().len())?)
    } else {
        Event::Named
    };
    begin(world, &id, State::ModifyInProgress, input.prefix_list_name, event);
    one(world, caller, &id)
}

fn check_version(list: &PrefixList, named: Option<i64>) -> Result<(), AwsError> {
    if named.is_none_or(|named| named == list.version) {
        return Ok(());
    }
    Err(AwsError::new("PrefixListVersionMismatch", "The prefix list has the incorrect version number."))
}

fn begin(world: &mut World, id: &str, state: State, name: Option<String>, event: Event) {
    if let Some(list) = world.network.prefix_lists.get_mut(id) {
        list.name = name.unwrap_or_else(|| list.name.clone());
        (list.state, list.state_message) = (state, None);
    }
    later(world, id, event);
}

request! { "PascalCase"
    RestoreManagedPrefixListVersion { prefix_list_id: String, previous_version: i64, current_version: i64 }
}

/// Makes an old version's entries those of a new version.
pub fn restore(
    world: &mut World,
    caller: &Caller,
    input: RestoreManagedPrefixListVersion,
) -> Result<OnePrefixList, AwsError> {
    let list = changeable(world, caller, &input.prefix_list_id)?;
    check_version(list, Some(input.current_version))?;
    let entries = list.versions.get(&input.previous_version).cloned();
    let entries = entries.ok_or_else(|| no_version(input.previous_version))?;
    if entries.len() > list.max_entries {
        return Err(too_many());
    }
    let id = list.id.clone();
    begin(world, &id, State::RestoreInProgress, None, Event::Entries(entries, State::RestoreComplete));
    one(world, caller, &id)
}

request! { "PascalCase" DeleteManagedPrefixList { prefix_list_id: String } }

/// Starts deleting a list; whether it is referred to shows in the state that comes of it.
pub fn delete(world: &mut World, caller: &Caller, input: DeleteManagedPrefixList) -> Result<OnePrefixList, AwsError> {
    let id = changeable(world, caller, &input.prefix_list_id)?.id.clone();
    begin(world, &id, State::DeleteInProgress, None, Event::Deleted);
    one(world, caller, &id)
}
