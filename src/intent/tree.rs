//! YAML text to a tree in which everything knows its place.
//!
//! The config's language is a small YAML: mappings, lists and scalars. Anchors, aliases, tags, merge keys and further
//! documents are refused, because what they do to a reviewed file is easy to overlook; a key that is given twice is
//! refused, because YAML readers disagree on which one counts. Scalars stay the text that the file has: nothing is
//! taken for a number, a boolean or a date before the decoder asks for one.
//!
//! Limits keep a wrong file (or a wrong path) from costing more than a message.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::problems::{Problem, ProblemKind, Span, shown};

/// The largest file that is read, in bytes: an organization of 10,000 listed accounts needs about a quarter of it.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// The deepest nesting: the language itself needs 7 levels.
const MAX_DEPTH: usize = 64;

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub value: Value,
    /// The value itself.
    pub span: Span,
    /// What a message about the whole value points at: its key, or the value itself where it has none.
    pub at: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// The text as written; quoted also if it is a block scalar.
    Scalar {
        text: String,
        quoted: bool,
    },
    Map(Vec<Entry>),
    List(Vec<Node>),
    /// Something that was refused and reported already; nothing more is to be said about it.
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Span,
    pub node: Node,
}

impl Node {
    /// Tells whether nothing is written, or YAML's words for nothing.
    pub fn is_null(&self) -> bool {
        match &self.value {
            Value::Scalar { text, quoted } => !quoted && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"),
            Value::Map(_) | Value::List(_) | Value::Refused => false,
        }
    }
}

/// Reads the text into a tree. `None` where there is none to speak of; the problems then say why.
pub(super) fn read(text: &str) -> (Option<Node>, Vec<Problem>) {
    if let Some(problem) = unreadable(text) {
        return (None, vec![problem]);
    }
    let mut builder = Builder::new(text);
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                let span = builder.offsets.span(span);
                if builder.take(event, span) == Next::Stop {
                    break;
                }
            }
            Err(error) => {
                let at = builder.offsets.at(error.marker().index());
                builder
                    .wrong(at, format!("not readable as YAML: {}", error.info()))
                    .help("check indentation, brackets, quotes and colons here and on the line before");
                return (None, builder.problems);
            }
        }
    }
    if builder.root.is_none() && builder.problems.is_empty() {
        builder
            .wrong(Span::default(), "the file declares nothing")
            .help("a network begins with `version: 1`; config/two-vpcs.yaml shows the smallest useful one");
    }
    (builder.root, builder.problems)
}

/// Finds what cannot be handed to the parser at all. The parser takes a NUL for the end of the text: without this
/// check the rest of the file would be dropped in silence.
fn unreadable(text: &str) -> Option<Problem> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        let mut problem = Problem::new(ProblemKind::Wrong, Span::default(), message);
        problem.help("is this the right file?");
        return Some(problem);
    }
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let (start, found) = text.char_indices().find(|(_, c)| !allowed(*c))?;
    let span = Span { start, end: start + found.len_utf8() };
    let mut problem = Problem::new(
        ProblemKind::Wrong,
        span,
        format!("the control character U+{:04X} cannot be in a YAML file", u32::from(found)),
    );
    problem.help("is this the right file, and is it UTF-8?");
    Some(problem)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

/// A collection that is not closed yet.
enum Open {
    Map { entries: Vec<Entry>, seen: BTreeMap<String, Span>, key: Option<PendingKey>, span: Span },
    List { items: Vec<Node>, span: Span },
}

/// A key whose value has not come yet.
enum PendingKey {
    Text {
        text: String,
        span: Span,
    },
    /// The key was refused; its value is dropped too.
    Refused,
}

struct Builder {
    offsets: Offsets,
    open: Vec<Open>,
    documents: usize,
    root: Option<Node>,
    problems: Vec<Problem>,
}

impl Builder {
    fn new(text: &str) -> Self {
        Self { offsets: Offsets::new(text), open: Vec::new(), documents: 0, root: None, problems: Vec::new() }
    }

    fn wrong(&mut self, span: Span, message: impl Into<String>) -> &mut Problem {
        self.problems.push_mut(Problem::new(ProblemKind::Wrong, span, message))
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Next {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Next::GoOn,
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents == 1 {
                    return Next::GoOn;
                }
                self.wrong(span, "a second YAML document begins here").help("one file declares one network");
                Next::Stop
            }
            Event::Alias(_) => {
                self.wrong(span, "aliases are not part of the config's language").help("write the value out");
                self.value(Node { value: Value::Refused, span, at: span });
                Next::GoOn
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(span, anchor, tag.is_some());
                let quoted = style != ScalarStyle::Plain;
                self.value(Node { value: Value::Scalar { text: text.into_owned(), quoted }, span, at: span });
                Next::GoOn
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(span, anchor, tag.is_some());
                self.enter(Open::List { items: Vec::new(), span })
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(span, anchor, tag.is_some());
                self.enter(Open::Map { entries: Vec::new(), seen: BTreeMap::new(), key: None, span })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.leave(span);
                Next::GoOn
            }
        }
    }

    fn refuse(&mut self, span: Span, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.wrong(span, "anchors are not part of the config's language").help("leave the `&name` out");
        }
        if tagged {
            self.wrong(span, "tags are not part of the config's language").help("leave the `!name` out");
        }
    }

    fn enter(&mut self, open: Open) -> Next {
        let (Open::Map { span, .. } | Open::List { span, .. }) = &open;
        let span = *span;
        if self.open.len() == MAX_DEPTH {
            self.wrong(span, format!("nested deeper than {MAX_DEPTH} levels"))
                .help("is this the right file? the config's language needs fewer than ten");
            self.root = None;
            return Next::Stop;
        }
        self.open.push(open);
        Next::GoOn
    }

    fn leave(&mut self, end: Span) {
        match self.open.pop() {
            Some(Open::Map { entries, span, .. }) => {
                let span = Span { start: span.start, end: end.end.max(span.start) };
                self.value(Node { value: Value::Map(entries), span, at: span });
            }
            Some(Open::List { items, span }) => {
                let span = Span { start: span.start, end: end.end.max(span.start) };
                self.value(Node { value: Value::List(items), span, at: span });
            }
            None => {}
        }
    }

    /// Puts a finished value where it belongs: as a key, behind a key, into a list, or at the root.
    fn value(&mut self, mut node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                None => self.key(node),
                Some(PendingKey::Refused) => {}
                Some(PendingKey::Text { text, span }) => {
                    node.at = span;
                    entries.push(Entry { key: text, key_span: span, node });
                }
            },
        }
    }

    /// Takes a finished value as the next key of the innermost mapping.
    fn key(&mut self, node: Node) {
        let span = node.span;
        let pending = match node.value {
            Value::Refused => PendingKey::Refused,
            Value::Map(_) | Value::List(_) => {
                self.wrong(span, "a key must be a single word")
                    .help("is a quote or a colon missing? a list or a mapping cannot be a key");
                PendingKey::Refused
            }
            Value::Scalar { text, quoted: false } if text == "<<" => {
                self.wrong(span, "merge keys are not part of the config's language").help("write the entries out");
                PendingKey::Refused
            }
            Value::Scalar { text, .. } => match self.first_use(&text, span) {
                None => PendingKey::Text { text, span },
                Some(first) => {
                    self.wrong(span, format!("`{}` is given twice", shown(&text)))
                        .also(first, "first given here")
                        .help("keep one of them");
                    PendingKey::Refused
                }
            },
        };
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = Some(pending);
        }
    }

    /// Returns where the innermost mapping has this key already, and notes it if it has not.
    fn first_use(&mut self, text: &str, span: Span) -> Option<Span> {
        let Some(Open::Map { seen, .. }) = self.open.last_mut() else { return None };
        match seen.get(text) {
            Some(first) => Some(*first),
            None => {
                seen.insert(text.to_owned(), span);
                None
            }
        }
    }
}

/// From the parser's positions, which count characters, to bytes.
struct Offsets {
    /// The byte at which each character begins; empty if all characters are one byte.
    starts: Vec<usize>,
    bytes: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(start, _)| start).collect() };
        Self { starts, bytes: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        if self.starts.is_empty() {
            character.min(self.bytes)
        } else {
            self.starts.get(character).copied().unwrap_or(self.bytes)
        }
    }

    fn at(&self, character: usize) -> Span {
        Span { start: self.byte(character), end: self.byte(character + 1) }
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start.index());
        Span { start, end: self.byte(span.end.index()).max(start) }
    }
}
