//! Where resources of one kind stand: by id, and by what people ask for them by.
//!
//! A world may hold thousands of accounts, and each Describe concerns one account and Region, one VPC or one transit
//! gateway. So each resource is also found by its owner's place and by its parents, none of which ever change.

use std::collections::{BTreeMap, BTreeSet};

use crate::call::{AccountId, Caller};

/// What a resource is found by, beside its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// An account in a Region: the account owns the resource, or sees it as of right.
    Place(AccountId, String),
    Vpc(String),
    TransitGateway(String),
    /// An attachment's id, where a resource may have two of them.
    Attachment(String),
}

impl Key {
    pub fn place(caller: &Caller) -> Key {
        Key::Place(caller.account.clone(), caller.region.clone())
    }
}

/// Something that stands on a shelf.
pub trait Kept {
    fn id(&self) -> &str;
    /// Lists what it is found by; always the same for one resource.
    fn keys(&self) -> Vec<Key>;
}

/// All resources of one kind, in all accounts and Regions.
#[derive(Clone, Debug)]
pub struct Shelf<T> {
    items: BTreeMap<String, T>,
    index: BTreeMap<Key, BTreeSet<String>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), index: BTreeMap::new() }
    }
}

impl<T: Kept> Shelf<T> {
    pub fn insert(&mut self, item: T) {
        let id = item.id().to_owned();
        for key in item.keys() {
            self.index.entry(key).or_default().insert(id.clone());
        }
        self.items.insert(id, item);
    }

    pub fn remove(&mut self, id: &str) -> Option<T> {
        let item = self.items.remove(id)?;
        for key in item.keys() {
            if let Some(ids) = self.index.get_mut(&key) {
                ids.remove(id);
                if ids.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
        Some(item)
    }

    pub fn get(&self, id: &str) -> Option<&T> {
        self.items.get(id)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.items.get_mut(id)
    }

    /// Lists the ids under a key, in order.
    pub fn ids<'s>(&'s self, key: &Key) -> impl Iterator<Item = &'s str> + use<'s, T> {
        self.index.get(key).into_iter().flatten().map(String::as_str)
    }

    /// Counts the resources under a key, without looking at them.
    pub fn count(&self, key: &Key) -> usize {
        self.index.get(key).map_or(0, BTreeSet::len)
    }

    /// Lists the resources under a key, in the order of their ids.
    pub fn under<'s>(&'s self, key: &Key) -> impl Iterator<Item = &'s T> + use<'s, T> {
        self.ids(key).filter_map(|id| self.items.get(id))
    }

    /// Lists everything, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.values()
    }
}

/// Merges two lists of ids, each in order, into one in order that has each id once.
pub fn merged<'k>(
    one: impl Iterator<Item = &'k str>,
    other: impl Iterator<Item = &'k str>,
) -> impl Iterator<Item = &'k str> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(left), Some(right)) if left == right => {
            other.next();
            one.next()
        }
        (Some(left), Some(right)) if left < right => one.next(),
        (Some(_), None) => one.next(),
        (_, Some(_)) => other.next(),
        (None, None) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing(&'static str, &'static str);

    impl Kept for Thing {
        fn id(&self) -> &str {
            self.0
        }
        fn keys(&self) -> Vec<Key> {
            vec![Key::Vpc(self.1.to_owned())]
        }
    }

    #[test]
    fn merged_lists_stay_in_order_and_have_each_once() {
        let all: Vec<&str> = merged(["a", "c", "d"].into_iter(), ["b", "c", "e"].into_iter()).collect();
        assert_eq!(all, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn what_is_removed_is_no_longer_found_by_its_keys() {
        let mut shelf = Shelf::default();
        shelf.insert(Thing("b", "vpc-1"));
        shelf.insert(Thing("a", "vpc-1"));
        shelf.insert(Thing("c", "vpc-2"));
        assert_eq!(shelf.ids(&Key::Vpc("vpc-1".into())).collect::<Vec<_>>(), ["a", "b"]);
        shelf.remove("a");
        assert_eq!(shelf.ids(&Key::Vpc("vpc-1".into())).collect::<Vec<_>>(), ["b"]);
        assert!(shelf.get("a").is_none());
    }
}
