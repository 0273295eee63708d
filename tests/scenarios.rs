//! Scenarios: short scripts over the sandbox, each run through both doors with the same outcome to the letter.
//!
//! A scenario is a text file in `tests/scenarios/`. Lines build a world (`account billing in Workloads/Prod`), change it
//! behind transitd's back (`call billing ec2 DeleteRoute {…}`), run transitd (`$ transitd drift`) and follow packets
//! (`walk billing.main -> tools.main`). What they print stands behind `> ` in the same file, with names for ids, and
//! is compared. `UPDATE_SCENARIOS=1 cargo test --test scenarios` writes what is printed now.

mod support;

#[path = "scenario/build.rs"]
mod build;
#[path = "scenario/looks.rs"]
mod looks;
#[path = "scenario/names.rs"]
mod names;
#[path = "scenario/script.rs"]
mod script;
#[path = "scenario/stage.rs"]
mod stage;
#[path = "scenario/troubles.rs"]
mod troubles;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use stage::DoorKind;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for file in files() {
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let lines = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let alone = lines.lines().any(|line| line == "in process alone");
        for door in DoorKind::ALL.into_iter().filter(|door| !alone || *door == DoorKind::InProcess) {
            let file = file.clone();
            trials.push(Trial::test(format!("{name} {}", door.words()), move || run(&file, door)));
        }
    }
    assert!(!trials.is_empty(), "there are no scenarios");
    libtest_mimic::run(&arguments, trials).exit();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn files() -> Vec<PathBuf> {
    let folder = folder();
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder that can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "scenario"));
    files.sort();
    files
}

fn run(file: &Path, door: DoorKind) -> Result<(), Failed> {
    let written = std::fs::read_to_string(file)?;
    // One thread: what is sent together is sent in the same order each time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let printed = runtime.block_on(script::play(&written, door))?;
    if printed == written {
        return Ok(());
    }
    if updates() && door == DoorKind::InProcess {
        std::fs::write(file, printed)?;
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&written, &printed);
    Err(format!("{} prints something else:\n{}", file.display(), diff.unified_diff().context_radius(3)).into())
}

#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn updates() -> bool {
    std::env::var_os("UPDATE_SCENARIOS").is_some()
}
