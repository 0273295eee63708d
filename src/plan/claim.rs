//! Which gateway, or table, is the one: these have no natural key. Ours carry ownership tags, set on creation, and the ledger
//! knows their ids. Where the two do not agree, nothing is made and nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::model::Key;

use super::draft::Draft;

/// What tags and ledger say together.
pub(super) enum Claim<'s, I, T> {
    /// Nothing is there, and the ledger knows of nothing that AWS would have to show by now: it may be made.
    Absent,
    Found(&'s T),
    /// Several may be it.
    Doubled(BTreeSet<I>),
    /// The ledger's is gone. If another carries its tags, somebody made that, and not we.
    Gone {
        ledger: I,
        other: Option<I>,
    },
}

/// Decides what `key` is, of the live `candidates` that carry its tags or have the id that is in the ledger, `owned`.
pub(super) fn claim<'s, I: Clone + Ord + FromStr, T>(
    draft: &Draft<'_>,
    key: &Key,
    owned: Option<&str>,
    candidates: &BTreeMap<I, &'s T>,
) -> Claim<'s, I, T> {
    let ledger = owned.and_then(|id| id.parse::<I>().ok());
    let mut each = candidates.iter();
    match (each.next(), each.next(), ledger) {
        (Some(_), Some(_), _) => Claim::Doubled(candidates.keys().cloned().collect()),
        (Some((live, _)), None, Some(ledger)) if ledger != *live => Claim::Gone { ledger, other: Some(live.clone()) },
        (Some((_, found)), None, _) => Claim::Found(found),
        // AWS may have said that it made the thing, and not show it yet.
        (None, _, Some(ledger)) if !draft.was_just_made(key) => Claim::Gone { ledger, other: None },
        (None, _, _) => Claim::Absent,
    }
}
