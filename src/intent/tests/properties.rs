//! What holds for every text.

use proptest::prelude::*;

use super::{EVERYTHING, HUB_AND_SPOKE};
use crate::intent::{parse, read};

/// One way to spoil a text.
#[derive(Debug, Clone)]
enum Spoil {
    Delete { at: usize, length: usize },
    Insert { at: usize, text: String },
    SwapLines { one: usize, other: usize },
    RepeatLine { line: usize },
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let pieces = prop::sample::select(vec![
        "\n", "  ", "\t", "\r\n", ": ", "- ", "{", "}", "[", "]", ",", "#", "\"", "'", "&a ", "*a", "!!str ", "<<: ",
        "---\n", "...\n", "|\n", ">\n", "? ", "~", "null", "é", "\u{85}", "\u{feff}", "\0", "%TAG", "0x1F", "true",
    ]);
    let at = 0..EVERYTHING.len();
    let line = 0..EVERYTHING.lines().count();
    prop_oneof![
        (at.clone(), 1..40_usize).prop_map(|(at, length)| Spoil::Delete { at, length }),
        (at.clone(), pieces).prop_map(|(at, text)| Spoil::Insert { at, text: text.to_owned() }),
        (at, ".{0,6}").prop_map(|(at, text)| Spoil::Insert { at, text }),
        (line.clone(), line.clone()).prop_map(|(one, other)| Spoil::SwapLines { one, other }),
        line.prop_map(|line| Spoil::RepeatLine { line }),
    ]
}

fn apply(text: &str, spoil: &Spoil) -> String {
    match spoil {
        Spoil::Delete { at, length } => {
            let (start, end) = (text.floor_char_boundary(*at), text.floor_char_boundary(at + length));
            format!("{}{}", &text[..start], &text[end..])
        }
        Spoil::Insert { at, text: piece } => {
            let at = text.floor_char_boundary(*at);
            format!("{}{piece}{}", &text[..at], &text[at..])
        }
        Spoil::SwapLines { one, other } => {
            let mut lines: Vec<&str> = text.lines().collect();
            let last = lines.len().saturating_sub(1);
            if !lines.is_empty() {
                lines.swap((*one).min(last), (*other).min(last));
            }
            lines.join("\n")
        }
        Spoil::RepeatLine { line } => {
            let mut lines: Vec<&str> = text.lines().collect();
            if let Some(repeated) = lines.get(*line).copied() {
                lines.insert(*line, repeated);
            }
            lines.join("\n")
        }
    }
}

/// Reads a text in full, rendering included. A refusal always says why, and where.
fn read_fully(text: &str) {
    if let Err(problems) = parse("intent.yaml", text) {
        assert!(!problems.is_empty());
        assert!(!problems.render(true).is_empty());
        let listed = problems.to_json();
        assert_eq!(listed.as_array().unwrap().len(), problems.len());
        let lines = text.matches('\n').count() + 1;
        assert!(problems.iter().all(|problem| (1..=lines).contains(&problems.place(problem).0)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_file_is_read_or_refused_and_never_a_panic(spoils in prop::collection::vec(spoil(), 1..6)) {
        read_fully(&spoils.iter().fold(EVERYTHING.to_owned(), |text, spoil| apply(&text, spoil)));
    }

    #[test]
    fn any_text_is_read_or_refused_and_never_a_panic(text in "(?s).{0,200}") {
        read_fully(&text);
    }

    #[test]
    fn any_small_yaml_is_read_or_refused_and_never_a_panic(text in "([a-z]{1,3}|[\\[\\]{}:,#&*!|>'\"%@? \n-]|: |\n  |- ){0,80}") {
        read_fully(&text);
    }

    #[test]
    fn the_order_of_sections_means_nothing(order in Just(sections(EVERYTHING)).prop_shuffle()) {
        let shuffled: String = order.concat();
        prop_assert_eq!(read(EVERYTHING).0.unwrap(), read(&shuffled).0.unwrap());
    }
}

/// Cuts a file into its sections, each with its lines.
fn sections(text: &str) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.is_empty()) {
        match sections.last_mut() {
            Some(section) if line.starts_with(' ') => section.push_str(&format!("{line}\n")),
            Some(_) | None => sections.push(format!("{line}\n")),
        }
    }
    sections
}

#[test]
fn a_file_from_windows_reads_as_any_other() {
    let dos = HUB_AND_SPOKE.replace('\n', "\r\n");
    assert_eq!(parse("a", HUB_AND_SPOKE).unwrap(), parse("a", &dos).unwrap());
    let spoilt = dos.replace("inside: closed", "inside: shut");
    let problems = parse("a", &spoilt).unwrap_err();
    let line = HUB_AND_SPOKE.lines().position(|line| line.contains("inside: closed")).unwrap() + 1;
    let places: Vec<_> = problems.iter().map(|problem| problems.place(problem)).collect();
    assert_eq!(places, [(line, 13)]);
}

#[test]
fn places_count_characters_and_not_bytes() {
    let text = HUB_AND_SPOKE.replace("why: being closed }", "why: schließt, née, wird }, { account: x }");
    let text = text.replace("schließt, née, wird", "'schließt, née, wird'").replace("why: 'sch", "why: '🚦sch");
    let text = text.replace("wird' }, { account: x }", "wird', wy: 1 }");
    let problems = parse("a", &text).unwrap_err();
    let (line, column) = text
        .lines()
        .enumerate()
        .find_map(|(index, line)| {
            let at = line.find("wy: 1")?;
            Some((index + 1, line[..at].chars().count() + 1))
        })
        .unwrap();
    let places: Vec<_> = problems.iter().map(|problem| problems.place(problem)).collect();
    assert_eq!(places, [(line, column)]);
}
