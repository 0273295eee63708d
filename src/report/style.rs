//! How text is laid out: colour, width, and the defence against what others wrote.
//!
//! Names, tags and messages come from many hands. No character of theirs reaches a terminal that could move its cursor
//! or turn its text around: such characters are shown as escapes. Colour only repeats what a word says already.

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Colour,
}

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Text,
    Heading,
    /// All is well, or something is added.
    Good,
    /// Something changes, or is waited for.
    Notable,
    /// Something is blocked, failed, or taken away.
    Bad,
    /// What can be skipped in reading.
    Aside,
}

impl Paint {
    /// Returns the parameter of the terminal's SGR sequence (ECMA-48, 8.3.117); none for text as it is.
    fn code(self) -> Option<&'static str> {
        match self {
            Paint::Text => None,
            Paint::Heading => Some("1"),
            Paint::Good => Some("32"),
            Paint::Notable => Some("33"),
            Paint::Bad => Some("31"),
            Paint::Aside => Some("2"),
        }
    }
}

/// A piece of a line.
pub(super) struct Piece {
    paint: Paint,
    text: String,
}

/// Makes a piece.
pub(super) fn piece(paint: Paint, text: impl Into<String>) -> Piece {
    Piece { paint, text: text.into() }
}

/// How wide lines may get, in characters: what fits beside a second window, and in a review comment.
const WIDTH: usize = 100;
/// What stands between two pieces of a line.
const BETWEEN: usize = 2;

/// Text in the making, line by line.
pub(super) struct Page {
    style: Style,
    text: String,
}

impl Page {
    pub fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    pub fn finish(self) -> String {
        self.text
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Adds pieces as one line, `indent` deep; what does not fit goes on below, `hang` deep.
    ///
    /// A piece that fits on a line of its own is not torn; a word that is wider than a line stays whole.
    pub fn line(&mut self, indent: usize, hang: usize, pieces: &[Piece]) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        let mut column = indent;
        let mut is_new = true;
        for piece in pieces.iter().filter(|piece| !piece.text.is_empty()) {
            let text = harmless(&piece.text);
            let length = text.chars().count();
            // What fits on no line is torn, but not before it has begun.
            let whole = if hang + length <= WIDTH {
                length
            } else {
                text.split(' ').next().map_or(0, |word| word.chars().count())
            };
            if !is_new && column + BETWEEN + whole > WIDTH && column > hang {
                column = self.turn(hang);
            } else if !is_new {
                self.text.push_str("  ");
                column += BETWEEN;
            }
            column = self.words(&text, piece.paint, column, hang);
            is_new = false;
        }
        self.text.push('\n');
    }

    /// Writes words one after the other, and returns the column behind the last.
    fn words(&mut self, text: &str, paint: Paint, mut column: usize, hang: usize) -> usize {
        self.open(paint);
        for (index, word) in text.split(' ').enumerate() {
            let length = word.chars().count();
            if index > 0 {
                if column + 1 + length > WIDTH && column > hang {
                    self.close(paint);
                    column = self.turn(hang);
                    self.open(paint);
                } else {
                    self.text.push(' ');
                    column += 1;
                }
            }
            self.text.push_str(word);
            column += length;
        }
        self.close(paint);
        column
    }

    fn turn(&mut self, hang: usize) -> usize {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', hang));
        hang
    }

    fn open(&mut self, paint: Paint) {
        if let (Style::Colour, Some(code)) = (self.style, paint.code()) {
            self.text.push_str("\u{1b}[");
            self.text.push_str(code);
            self.text.push('m');
        }
    }

    fn close(&mut self, paint: Paint) {
        if self.style == Style::Colour && paint.code().is_some() {
            self.text.push_str("\u{1b}[0m");
        }
    }
}

/// Shows as escapes what would act on the terminal instead of being seen.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || turns_text(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Tells whether a character changes the direction or the line of what stands around it (Unicode Standard Annex 9,
/// and its line and paragraph separators), or cannot be seen at all.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

/// Returns a count with its noun: `1 list`, `2 lists`.
pub(super) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(style: Style, indent: usize, hang: usize, pieces: &[Piece]) -> String {
        let mut page = Page::new(style);
        page.line(indent, hang, pieces);
        page.finish()
    }

    #[test]
    fn what_others_wrote_cannot_act_on_the_terminal() {
        let text = line(Style::Colour, 0, 0, &[piece(Paint::Text, "a\u{1b}[2Jb\nc\u{202e}d\u{9b}e")]);
        assert_eq!(text, "a\\u{1b}[2Jb\\nc\\u{202e}d\\u{9b}e\n");
    }

    #[test]
    fn without_colour_the_same_words_stand_in_the_same_places() {
        let pieces =
            || [piece(Paint::Bad, "blocked"), piece(Paint::Text, "word ".repeat(60)), piece(Paint::Aside, "end")];
        let plain = line(Style::Plain, 2, 9, &pieces());
        let coloured = line(Style::Colour, 2, 9, &pieces());
        assert_ne!(plain, coloured);
        let stripped = coloured.replace("\u{1b}[31m", "").replace("\u{1b}[2m", "").replace("\u{1b}[0m", "");
        assert_eq!(plain, stripped);
    }

    #[test]
    fn lines_end_before_the_width_and_hang_under_their_text() {
        let text = line(
            Style::Plain,
            0,
            9,
            &[piece(Paint::Bad, "blocked"), piece(Paint::Text, "word ".repeat(60).trim_end())],
        );
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("         word")), "{text}");
        assert!(text.lines().count() > 1);
    }

    #[test]
    fn a_piece_that_fits_nowhere_begins_before_the_width() {
        let first = piece(Paint::Text, "x".repeat(WIDTH - 3));
        let text = line(Style::Plain, 0, 4, &[first, piece(Paint::Text, "word ".repeat(60).trim_end())]);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn a_piece_that_fits_below_is_not_torn() {
        let call = "[CreateTransitGatewayVpcAttachment, 222222222222]";
        let text = line(Style::Plain, 4, 12, &[piece(Paint::Text, "x".repeat(80)), piece(Paint::Aside, call)]);
        assert_eq!(text.lines().nth(1), Some(format!("            {call}").as_str()));
    }
}
