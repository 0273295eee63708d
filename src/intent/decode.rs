//! From the tree to typed values: the tools that every section's decoder uses.
//!
//! A reader returns `None` only after it has reported why, so that a `None` needs no second message; decoding goes on
//! with the next value, and what stands on the missing one is left unsaid. Keys are asked of the schema: a key that it
//! does not know is a problem, and a key that it knows but no decoder reads fails the debug assertion in `close`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::str::FromStr;

use schemars::JsonSchema;

use super::nearest::nearest;
use super::problems::{Problem, ProblemKind, Span, shown};
use super::schema::{Shape, Shapes};
use super::tree::{Entry, Node, Value};
use crate::model::{AccountId, Cidr, HubName, Malformed, Region, SegmentName};

/// What is carried through the file: the problems, and what later sections refer to.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    pub problems: Vec<Problem>,
    pub declared: Declared,
    pub shapes: Shapes,
}

/// What the sections read so far have declared, for the references of later ones. `None`: the section could not be
/// read at all, so that references into it are not judged.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub home: Option<AccountId>,
    pub excluded: BTreeMap<AccountId, Span>,
    /// The accounts of a fixed list.
    pub listed: Option<BTreeSet<AccountId>>,
    pub hubs: Option<BTreeMap<HubName, DeclaredHub>>,
    pub segments: Option<BTreeMap<SegmentName, DeclaredSegment>>,
    /// IPv6 ranges that spokes shall send to the hub.
    pub ipv6_spoke_routes: Vec<(Cidr, Span)>,
}

#[derive(Debug)]
pub(super) struct DeclaredHub {
    pub span: Span,
    pub made: bool,
    /// Where it stands; none if that could not be read.
    pub region: Option<Region>,
}

impl Declared {
    /// Returns the names of all hubs that could be read.
    pub fn hub_names(&self) -> BTreeSet<HubName> {
        self.hubs.iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// Returns some hubs, by the region in which they stand.
    pub fn hubs_by_region(&self, hubs: &BTreeSet<HubName>) -> BTreeMap<Region, Vec<HubName>> {
        let mut by_region: BTreeMap<Region, Vec<HubName>> = BTreeMap::new();
        for (name, hub) in self.hubs.iter().flatten().filter(|(name, _)| hubs.contains(*name)) {
            if let Some(region) = &hub.region {
                by_region.entry(region.clone()).or_default().push(name.clone());
            }
        }
        by_region
    }
}

#[derive(Debug)]
pub(super) struct DeclaredSegment {
    pub span: Span,
    /// Whether all of it could be read: one that could not is reported already, and what refers to it is not judged by the rest.
    pub sound: bool,
    /// Whether firewalls stand in it: VPCs in appliance mode, or a network function.
    pub inspects: bool,
    /// The hubs that it stands on.
    pub hubs: BTreeSet<HubName>,
}

impl Decoder {
    /// Reports something that cannot be right.
    pub fn wrong(&mut self, span: Span, message: impl Into<String>) -> &mut Problem {
        self.problems.push_mut(Problem::new(ProblemKind::Wrong, span, message))
    }

    /// Reads a scalar's text, and whether it is quoted.
    pub fn scalar<'n>(&mut self, node: &'n Node, wanted: &str) -> Option<(&'n str, bool)> {
        let found = match &node.value {
            Value::Scalar { text, quoted } => return Some((text, *quoted)),
            Value::Map(_) => "a mapping",
            Value::List(_) => "a list",
            Value::Refused => return None,
        };
        self.wrong(node.span, format!("expected {wanted}, found {found}")).help("write a single value");
        None
    }

    /// Reads the items of a list. Items that are empty are reported and left out.
    pub fn items<'n>(&mut self, node: &'n Node, wanted: &str) -> Option<Vec<&'n Node>> {
        let found = match &node.value {
            Value::List(items) => {
                let (empty, items): (Vec<&Node>, Vec<&Node>) = items.iter().partition(|item| item.is_null());
                for item in empty {
                    self.wrong(item.span, "an empty item").help(format!("expected {wanted} in every item"));
                }
                return Some(items);
            }
            Value::Scalar { .. } => "a single value",
            Value::Map(_) => "a mapping",
            Value::Refused => return None,
        };
        self.wrong(node.span, format!("expected a list of {wanted}, found {found}"))
            .help("a list is written `[a, b]`, or with a dash before each item on its own line");
        None
    }

    /// Reads each item of a list; those that cannot be read are reported and left out.
    pub fn each<'n, T>(
        &mut self,
        node: &'n Node,
        wanted: &str,
        mut read: impl FnMut(&mut Self, &'n Node) -> Option<T>,
    ) -> Option<Vec<(T, Span)>> {
        let items = self.items(node, wanted)?;
        Some(items.into_iter().filter_map(|item| Some((read(self, item)?, item.span))).collect())
    }

    /// Reads a list as a set: at least one item, and none twice.
    pub fn set<'n, T: Ord + std::fmt::Display>(
        &mut self,
        node: &'n Node,
        wanted: &str,
        read: impl FnMut(&mut Self, &'n Node) -> Option<T>,
    ) -> Option<BTreeSet<T>> {
        let empty = matches!(&node.value, Value::List(items) if items.is_empty());
        if empty {
            self.wrong(node.span, "an empty list").help("list at least one");
        }
        let mut first: BTreeMap<T, Span> = BTreeMap::new();
        for (item, span) in self.each(node, wanted, read)? {
            match first.get(&item) {
                Some(before) => {
                    let before = *before;
                    self.wrong(span, format!("`{item}` is listed twice"))
                        .also(before, "first listed here")
                        .help("once is enough");
                }
                None => {
                    first.insert(item, span);
                }
            }
        }
        Some(first.into_keys().collect())
    }

    /// Reads the entries of a mapping whose keys the file chooses. Empty values are reported and left out.
    pub fn entries<'n>(&mut self, node: &'n Node, wanted: &str) -> Option<Vec<&'n Entry>> {
        let found = match &node.value {
            Value::Map(entries) => {
                let (empty, entries): (Vec<&Entry>, Vec<&Entry>) =
                    entries.iter().partition(|entry| entry.node.is_null());
                for entry in empty {
                    self.no_value(entry);
                }
                return Some(entries);
            }
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Refused => return None,
        };
        self.wrong(node.span, format!("expected {wanted}, found {found}"))
            .help("a mapping is written `{ name: value }`, or as `name: value` with each name on its own line");
        None
    }

    /// Reads a name that stands as a key or as a value.
    pub fn name<T: FromStr<Err = Malformed>>(&mut self, text: &str, span: Span, noun: &str) -> Option<T> {
        match text.parse() {
            Ok(name) => Some(name),
            Err(malformed) => {
                self.wrong(span, format!("`{}` is not {noun}", shown(text))).help(malformed.to_string());
                None
            }
        }
    }

    /// Reads a list of exactly two.
    pub fn pair<'n, T>(
        &mut self,
        node: &'n Node,
        nouns: &str,
        mut read: impl FnMut(&mut Self, &'n Node) -> Option<T>,
    ) -> Option<(T, T)> {
        let items = self.items(node, nouns)?;
        let [one, other] = items[..] else {
            self.wrong(node.span, format!("expected a pair of {nouns}, found {} of them", items.len()))
                .help("a pair is written [a, b]; write further pairs as items of their own");
            return None;
        };
        let (one, other) = (read(self, one), read(self, other));
        Some((one?, other?))
    }

    /// Counts the entries of a mapping, those without a value too.
    pub fn entry_count(node: &Node) -> usize {
        match &node.value {
            Value::Map(entries) => entries.len(),
            Value::List(_) | Value::Scalar { .. } | Value::Refused => 0,
        }
    }

    /// Opens a mapping whose keys the schema knows.
    pub fn open<'n, S: JsonSchema>(&mut self, node: &'n Node, wanted: &str) -> Option<Fields<'n>> {
        let shape = self.shapes.of::<S>();
        let found = match &node.value {
            Value::Map(entries) => return Some(Fields { shape, entries, at: node.at, asked: BTreeSet::new() }),
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Refused => return None,
        };
        let examples: Vec<&str> =
            shape.keys.values().filter(|key| key.required).filter_map(|key| key.example.as_deref()).collect();
        let help = if examples.is_empty() {
            let keys: Vec<String> = shape.keys.keys().map(|key| format!("`{key}`")).collect();
            format!("write a mapping; known here: {}", keys.join(", "))
        } else {
            format!("for instance {{ {} }}", examples.join(", "))
        };
        self.wrong(node.span, format!("expected {wanted}, found {found}")).help(help);
        None
    }

    /// Reports a word that is not among the known ones, with a guess if one is near.
    pub fn unknown_word(&mut self, span: Span, word: &str, is_not: &str, known: &[&str]) {
        let all = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let problem = self.wrong(span, format!("`{}` {is_not}", shown(word)));
        match nearest(word, known.iter().copied()) {
            Some(near) if known.len() > 1 => problem.help(format!("did you mean `{near}`? known here: {all}")),
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => problem.help("nothing is known here"),
            None => problem.help(format!("known here: {all}")),
        };
    }

    fn no_value(&mut self, entry: &Entry) {
        self.wrong(entry.key_span, format!("`{}` has no value", shown(&entry.key)))
            .help("give it one behind the colon, or leave the line out");
    }
}

/// A mapping whose keys the schema knows, while it is read.
#[derive(Debug)]
pub(super) struct Fields<'n> {
    shape: Rc<Shape>,
    entries: &'n [Entry],
    /// What a message about the mapping as a whole points at.
    pub at: Span,
    asked: BTreeSet<&'static str>,
}

impl<'n> Fields<'n> {
    /// Returns the value of a key. One that must be there and is not is reported.
    pub fn node(&mut self, decoder: &mut Decoder, name: &'static str) -> Option<&'n Node> {
        self.asked.insert(name);
        let known = self.shape.keys.get(name);
        debug_assert!(known.is_some(), "the schema does not know the key `{name}`");
        match self.entries.iter().find(|entry| entry.key == name) {
            Some(entry) if entry.node.is_null() => {
                decoder.no_value(entry);
                None
            }
            Some(entry) => Some(&entry.node),
            None => {
                if let Some(key) = known.filter(|key| key.required && !self.is_misspelt(name)) {
                    let problem = decoder.wrong(self.at, format!("`{name}` is missing"));
                    let about = lower_first(&key.about);
                    match &key.example {
                        Some(example) => problem.help(format!("{about} For instance `{example}`")),
                        None => problem.help(about),
                    };
                }
                None
            }
        }
    }

    /// Reads the value of a key.
    pub fn get<T>(
        &mut self,
        decoder: &mut Decoder,
        name: &'static str,
        read: impl FnOnce(&mut Decoder, &'n Node) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(decoder, name)?;
        read(decoder, node)
    }

    /// Reads the value of a key that may be left out; `None` only if it is given and cannot be read.
    pub fn get_or<T>(
        &mut self,
        decoder: &mut Decoder,
        name: &'static str,
        default: T,
        read: impl FnOnce(&mut Decoder, &'n Node) -> Option<T>,
    ) -> Option<T> {
        match self.place(name) {
            None => {
                self.asked.insert(name);
                Some(default)
            }
            Some(_) => self.get(decoder, name, read),
        }
    }

    /// Tells whether an unknown key was probably meant to be this one: then only the misspelling is worth a message.
    fn is_misspelt(&self, name: &str) -> bool {
        let known = || self.shape.keys.keys().map(String::as_str);
        let mut unknown = self.entries.iter().filter(|entry| !self.shape.keys.contains_key(&entry.key));
        unknown.any(|entry| nearest(&entry.key, known()) == Some(name))
    }

    /// Returns where a key stands, if it is given.
    pub fn place(&self, name: &str) -> Option<Span> {
        self.entries.iter().find(|entry| entry.key == name).map(|entry| entry.key_span)
    }

    /// Reports that of two keys that exclude each other both are given. Tells whether they are.
    pub fn both(&self, decoder: &mut Decoder, one: &'static str, other: &'static str, help: &str) -> bool {
        let (Some(first), Some(second)) = (self.place(one), self.place(other)) else { return false };
        decoder
            .wrong(second, format!("`{one}` and `{other}` exclude each other"))
            .also(first, "the other one")
            .help(help);
        true
    }

    /// Reports every key that the schema does not know.
    pub fn close(self, decoder: &mut Decoder) {
        let known: Vec<&str> = self.shape.keys.keys().map(String::as_str).collect();
        debug_assert!(
            known.iter().all(|key| self.asked.contains(key)),
            "the schema knows {known:?}, and of these only {:?} are read",
            self.asked
        );
        for entry in self.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            decoder.unknown_word(entry.key_span, &entry.key, "is not a key that belongs here", &known);
        }
    }
}

/// Makes a sentence fit behind a colon; an acronym at its start stays as it is.
fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        (Some(_) | None, _) => sentence.to_owned(),
    }
}
