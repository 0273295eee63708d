//! Ownership tags and names: set when a thing is made, and set again where they are lost. Tags of others stay.

use crate::api::{Ref, WriteCall};
use crate::model::{Key, NAME_TAG, NETWORK_TAG, NetworkName, Scope, Tags};

use super::draft::{Change, Draft};
use super::step::{Risk, Verb, Why};

/// Returns the tags that a thing is made with: its name, the network whose it is, and what of that it is.
pub(super) fn ownership(network: &NetworkName, name: String, (tag, of): (&str, &str)) -> Tags {
    let tags = [(NAME_TAG, name), (NETWORK_TAG, network.to_string()), (tag, of.to_owned())];
    tags.into_iter().map(|(tag, value)| (tag.to_owned(), value)).collect()
}

/// Returns the call that sets tags on a thing of EC2's.
pub(super) fn on(id: &str) -> impl FnOnce(Tags) -> WriteCall {
    |tags| WriteCall::CreateTags { resource: Ref::Known(id.to_owned()), tags }
}

/// Compares a thing's tags with those that it should carry, and sets what is missing or differs.
///
/// A name that a person has given stays: only a thing without one gets ours.
pub(super) fn compare(
    draft: &mut Draft<'_>,
    verb: Verb,
    key: Key,
    scope: &Scope,
    live: &Tags,
    wanted: &Tags,
    call: impl FnOnce(Tags) -> WriteCall,
) {
    let lacks = |(tag, value): &(&String, &String)| match live.get(*tag) {
        None => true,
        Some(other) => tag.as_str() != NAME_TAG && other != *value,
    };
    let missing: Tags = wanted.iter().filter(lacks).map(|(tag, value)| (tag.clone(), value.clone())).collect();
    if missing.is_empty() {
        return draft.confirm(verb, &key);
    }
    draft.step(Change {
        verb,
        key,
        scope: scope.clone(),
        call: call(missing.clone()),
        after: Vec::new(),
        wait: None,
        why: Why::Tags { missing },
        risk: Risk::Changes,
        evidence: Default::default(),
    });
}
