//! What is wrong with a config file: every problem with its place, its line and what would be right.
//!
//! Problems are collected, never thrown: a person who mends a file wants to see all of them at once. Messages are
//! lower-case fragments; the help behind a message says what would be right. All of it reads without colour.

use std::fmt;
use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, NamedSource, SourceCode, SourceSpan, SpanContents,
};
use serde_json::{Value, json};

/// More problems than this are counted, not shown: each costs a walk over the file, and no one reads more.
const SHOWN: usize = 100;

/// Help is broken into lines of so many characters; the same everywhere, so that output does not depend on the
/// terminal. Lines are broken at spaces alone: an id that is cut at its dash cannot be copied.
const WIDTH: usize = 110;

/// So much of a line is shown before, in and after what is meant, in bytes: a file may be one line of megabytes.
const AROUND: usize = 240;

/// A second place is shown in one picture with the first if so few lines are apart; one further off is named.
const NEAR_LINES: usize = 3;

/// A piece of the file, in bytes; the end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

/// Whether a problem is the file's or this version's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The file says something that cannot be right.
    Wrong,
    /// The file is right, but this version does not build what it asks for.
    Unsupported,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProblemKind::Wrong => "wrong",
            ProblemKind::Unsupported => "unsupported",
        })
    }
}

/// One problem of a config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    span: Span,
    message: String,
    help: Option<String>,
    also: Vec<(Span, String)>,
}

impl Problem {
    pub(super) fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), help: None, also: Vec::new() }
    }

    /// Says what would be right.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a second place that the message speaks of.
    pub(super) fn also(&mut self, span: Span, label: impl Into<String>) -> &mut Self {
        self.also.push((span, label.into()));
        self
    }

    /// Returns whether the problem is the file's or this version's.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// Returns what is wrong: a lower-case fragment.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what would be right, where that can be said.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// All problems of one config file, in the order of their places. Never empty where it is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    file: String,
    text: Arc<str>,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(file: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| (a.span, a.kind, &a.message).cmp(&(b.span, b.kind, &b.message)));
        list.dedup();
        Self { file: file.to_owned(), text: printable(text).into(), list }
    }

    /// Lists the problems in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// Counts the problems.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns line and column of a problem, both from 1; columns count characters.
    #[must_use]
    pub fn place(&self, problem: &Problem) -> (usize, usize) {
        place(&self.text, problem.span)
    }

    /// Renders all problems as text: message, place, the line with what is meant underlined, and help.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let renderer =
            GraphicalReportHandler::new_themed(theme).with_context_lines(1).with_links(false).with_wrap_lines(false);
        let mut out = String::new();
        for problem in self.list.iter().take(SHOWN) {
            let shown = Shown { problem, source: self.source(), text: &self.text };
            if renderer.render_report(&mut out, &shown).is_err() {
                // The renderer fails on spans outside the text alone; the plain form loses only the picture.
                let (line, column) = self.place(problem);
                out.push_str(&format!("  {}:{line}:{column}: {}\n", self.file, problem.message));
            }
            out.push('\n');
        }
        out.push_str(&self.summary());
        out.push('\n');
        out
    }

    /// Returns all problems as a JSON list of objects with `kind`, `file`, `line`, `column`, `message`, `help` (null
    /// where there is none) and `also`, the other places that the message speaks of.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let one = |problem: &Problem| {
            let (line, column) = self.place(problem);
            let also: Vec<Value> = problem
                .also
                .iter()
                .map(|(span, label)| {
                    let (line, column) = place(&self.text, *span);
                    json!({"line": line, "column": column, "message": label})
                })
                .collect();
            json!({
                "kind": problem.kind.to_string(),
                "file": self.file,
                "line": line,
                "column": column,
                "message": problem.message,
                "help": problem.help,
                "also": also,
            })
        };
        let mut list = Value::Array(self.list.iter().map(one).collect());
        // The order of keys is otherwise decided by whichever crate of a build turns serde_json's `preserve_order` on.
        list.sort_all_objects();
        list
    }

    fn source(&self) -> NamedSource<WholeLine> {
        NamedSource::new(&self.file, WholeLine(Arc::clone(&self.text)))
    }

    fn summary(&self) -> String {
        let unsupported = self.list.iter().filter(|problem| problem.kind == ProblemKind::Unsupported).count();
        let wrong = self.list.len() - unsupported;
        let mut parts = Vec::new();
        match wrong {
            0 => {}
            1 => parts.push("1 problem".to_owned()),
            many => parts.push(format!("{many} problems")),
        }
        match unsupported {
            0 => {}
            1 => parts.push("1 thing that is not supported yet".to_owned()),
            many => parts.push(format!("{many} things that are not supported yet")),
        }
        let shown = if self.list.len() > SHOWN { format!("; the first {SHOWN} are shown") } else { String::new() };
        format!("{}: {}{shown}", self.file, parts.join(", "))
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// A text that shows the whole line of a span, and no other line.
///
/// miette asks with no lines around for the place of a span, and with some for what to show; its own sources show
/// either neighbouring lines too or the bare span.
#[derive(Debug)]
struct WholeLine(Arc<str>);

impl SourceCode for WholeLine {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if lines_before == 0 && lines_after == 0 {
            return self.0.read_span(span, 0, 0);
        }
        let (start, end) = (span.offset(), span.offset() + span.len());
        let (before, after) = (self.0.get(..start).unwrap_or_default(), self.0.get(end..).unwrap_or_default());
        let before = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        let after = after.find(['\n', '\r']).unwrap_or(after.len());
        let line_start = self.0.ceil_char_boundary(start - before.min(AROUND));
        let line_end = self.0.floor_char_boundary(end + after.min(AROUND));
        self.0.read_span(&(line_start, line_end - line_start).into(), 0, 0)
    }
}

/// One problem with its file, as miette wants it.
#[derive(Debug)]
struct Shown<'p> {
    problem: &'p Problem,
    source: NamedSource<WholeLine>,
    text: &'p str,
}

impl Shown<'_> {
    fn is_near(&self, other: Span) -> bool {
        let (here, there) = (place(self.text, self.problem.span).0, place(self.text, other).0);
        here.abs_diff(there) <= NEAR_LINES
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.problem.help.as_deref().map(in_lines);
        let far = self.problem.also.iter().filter(|(span, _)| !self.is_near(*span)).map(|(span, label)| {
            let (line, column) = place(self.text, *span);
            format!("{label}: {}:{line}:{column}", self.source.name())
        });
        let lines: Vec<String> = help.into_iter().chain(far).collect();
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let range = |span: Span| {
            let span = on_one_line(self.text, span);
            (span.start, span.end - span.start)
        };
        let (start, length) = range(self.problem.span);
        let first = LabeledSpan::new_primary_with_span(None, (start, length));
        let near = self.problem.also.iter().filter(|(span, _)| self.is_near(*span));
        let others = near.map(move |(span, label)| {
            let (start, length) = range(*span);
            LabeledSpan::new(Some(label.clone()), start, length)
        });
        Some(Box::new(std::iter::once(first).chain(others)))
    }
}

/// Cuts a span at the end of its first line: a message about a long block points at where it begins.
fn on_one_line(text: &str, span: Span) -> Span {
    let start = text.floor_char_boundary(span.start);
    let end = text.floor_char_boundary(span.end.clamp(start, start + AROUND));
    let piece = text.get(start..end).unwrap_or_default();
    Span { start, end: start + piece.find(['\n', '\r']).unwrap_or(piece.len()) }
}

/// Replaces control characters, which a terminal would obey, by others of the same length in bytes.
fn printable(text: &str) -> String {
    let harmless = |c: char| match (c, c.len_utf8()) {
        ('\t' | '\n' | '\r', _) => c,
        (c, 1) if c.is_control() => '?',
        (c, _) if c.is_control() => '¿',
        (c, _) => c,
    };
    text.chars().map(harmless).collect()
}

/// Breaks a text at spaces into lines of at most `WIDTH` characters, where its words are short enough.
fn in_lines(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

fn place(text: &str, span: Span) -> (usize, usize) {
    let before = text.get(..span.start.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

/// Makes a text of the file fit into a message: cut if it is long, on one line, without control characters (a quoted
/// scalar may have them escaped).
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let harmless = |c: char| if c.is_whitespace() || c.is_control() { ' ' } else { c };
    let start: String = text.chars().take(LONGEST).map(harmless).collect();
    if text.chars().nth(LONGEST).is_some() { format!("{start}…") } else { start }
}
