//! The arrows between the rooms: who may know whom. The map in `src/lib.rs` and this table say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms that its code may name. What is not in here may not be named.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("api", &["model"]),
    ("intent", &["model"]),
    ("observe", &["model", "api"]),
    ("compile", &["model", "intent"]),
    ("plan", &["model", "api"]),
    ("review", &["model", "api", "plan"]),
    ("store", &["model"]),
    ("apply", &["model", "api", "plan", "review", "store"]),
    // Steps carry their calls, so that a report can show them.
    ("report", &["model", "api", "plan", "apply", "review"]),
    ("pass", &["model", "api", "intent", "observe", "compile", "plan", "review", "apply", "store"]),
    ("daemon", &["model", "api", "plan", "pass", "report", "store"]),
    ("aws", &["model", "api"]),
    // The composition: it knows everything, and nothing knows it.
    ("cli", &["model", "api", "intent", "plan", "apply", "pass", "report", "store", "daemon"]),
    ("process", &["api", "aws", "cli", "daemon"]),
    ("main", &["process"]),
];

/// Stages that decide: no I/O, no clock, no randomness, no environment, no tasks.
const PURE: &[&str] = &["model", "compile", "plan", "review", "report"];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::time::Instant",
    "SystemTime",
    "tokio",
    "rusqlite",
    "async ",
    "Timestamp::now",
    "rand",
];

#[test]
fn each_room_names_only_the_rooms_that_it_may() {
    for (room, files) in rooms() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            assert!(["lib", "specimen"].contains(&room.as_str()), "src/{room} has no place in the table of arrows");
            continue;
        };
        for (path, code) in files {
            for named in named(&code) {
                assert!(
                    named == room || allowed.contains(&named.as_str()),
                    "{} names `{named}`, which {room} may not know",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn only_the_doors_and_the_process_know_the_sdk() {
    for (room, files) in rooms() {
        for (path, code) in files {
            let knows = code.contains("aws_sdk") || code.contains("aws_config") || code.contains("aws_smithy");
            assert!(!knows || room == "aws", "{} names the SDK", path.display());
        }
    }
}

#[test]
fn what_decides_is_pure() {
    for (room, files) in rooms() {
        for (path, code) in files.iter().filter(|_| PURE.contains(&room.as_str())) {
            for word in IMPURE {
                assert!(!code.contains(word), "{} has `{word}`, and {room} is pure", path.display());
            }
        }
    }
}

#[test]
fn the_local_aws_knows_nothing_of_transitd() {
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("localstack/sandbox")) {
        let code = without_comments(&fs::read_to_string(&path).unwrap());
        assert!(!code.contains("transitd::"), "{} names transitd", path.display());
    }
}

/// Every room with its files, tests left out, comments taken away.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for path in sources(&source) {
        let inner = path.strip_prefix(&source).unwrap();
        let room = inner.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if inner.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        rooms.entry(room).or_default().push((path.clone(), without_comments(code)));
    }
    assert!(rooms.len() > 10, "the rooms were not found");
    rooms
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn without_comments(code: &str) -> String {
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Finds the rooms that a file names, as `crate::room` or in a group behind `crate::{`.
fn named(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(group) => {
                let group = group.split(';').next().unwrap_or_default();
                let mut depth = 0;
                let mut start = true;
                for (index, c) in group.char_indices() {
                    if start && depth == 0 && c.is_alphabetic() {
                        found.insert(word(&group[index..]));
                        start = false;
                    }
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        _ => {}
                    }
                }
            }
            None => {
                found.insert(word(after));
            }
        }
    }
    found
}
