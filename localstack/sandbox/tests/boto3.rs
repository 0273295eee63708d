//! Runs the conformance suite, which is Python and boto3, against the `aws-sandbox` program.
//!
//! Each `localstack/conformance/test_*.py` is one trial, with servers of its own, once for each position of the
//! switches. When all have run, what was recorded is judged: a fact without a test, and a cell of the table of
//! operations that is empty and should not be, are failures; facts and table are printed. `python3
//! localstack/conformance` does the same without Cargo's tests.
//!
//! boto3 and pytest are installed once, below the target directory. Where that cannot be done the trials are ignored
//! and a line says why; with CI=true it is a failure.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance");
    let names = match test_files(&suite) {
        Ok(names) => names,
        Err(error) => {
            eprintln!("failed to list {}: {error}", suite.display());
            return ExitCode::FAILURE;
        }
    };
    let record = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance");
    let prepared = if arguments.list { Ok(()) } else { prepare(&suite, &record) };
    if let Err(reason) = &prepared {
        eprintln!("the conformance suite cannot run: {reason}");
    }
    let ignored = prepared.is_err() && !is_ci();
    let whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let trials = names.into_iter().map(|name| {
        let (suite, record, prepared) = (suite.clone(), record.clone(), prepared.clone());
        Trial::test(name.clone(), move || {
            prepared?;
            let server = env!("CARGO_BIN_EXE_aws-sandbox");
            let done = finish(harness(&suite, &record).args(["--server", server, "--only", &name]));
            done.map(drop).map_err(Failed::from)
        })
        .with_ignored_flag(ignored)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if conclusion.has_failed() || ignored || !whole {
        return conclusion.exit_code();
    }
    match finish(harness(&suite, &record).arg("--report")) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("{said}");
            ExitCode::FAILURE
        }
    }
}

/// Lists the files of tests by name, without `.py`.
fn test_files(suite: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(suite)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(name) = name.strip_suffix(".py").filter(|name| name.starts_with("test_")) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[expect(clippy::disallowed_methods, reason = "a test's main is where the environment comes in")]
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The suite's own runner, which keeps its environments below the same target directory.
fn harness(suite: &Path, record: &Path) -> Command {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut command = Command::new("python3");
    command.arg(suite).arg("--record").arg(record).env("CARGO_TARGET_DIR", target);
    command
}

/// Makes the Python environment unless it is there, and clears what an earlier run has recorded.
fn prepare(suite: &Path, record: &Path) -> Result<(), String> {
    if record.exists() {
        std::fs::remove_dir_all(record).map_err(|error| format!("{}: {error}", record.display()))?;
    }
    finish(harness(suite, record).arg("--prepare")).map(drop)
}

/// Waits for a command, and returns what it printed.
fn finish(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(said) }
}
