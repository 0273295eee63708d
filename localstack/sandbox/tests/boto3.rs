//! Runs the conformance suite, which is Python and boto3, against the wire door.
//!
//! Each `localstack/conformance/test_*.py` is one trial with a server of its own. boto3 and pytest are installed once,
//! into a virtual environment in the target directory. Where that cannot be done the trials are ignored and a line says
//! why; with CI=true it is a failure. A file may say at which pace its server runs: `# pace: real`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};

use aws_sandbox::{Clock, Pace, Sandbox, Settings, wire};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance");
    let files = match test_files(&suite) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("failed to list {}: {error}", suite.display());
            return ExitCode::FAILURE;
        }
    };
    let python = if arguments.list { Err("only listing".to_owned()) } else { prepare(&suite) };
    let missing = python.as_ref().err().cloned().filter(|_| !arguments.list);
    if let Some(reason) = &missing {
        eprintln!("the conformance suite cannot run: {reason}");
    }
    let ignored = missing.is_some() && !is_ci();
    let trials = files.into_iter().map(|file| {
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let python = python.clone();
        Trial::test(name, move || run(&python?, &file)).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn test_files(suite: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(suite)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("test_") && name.ends_with(".py") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[expect(clippy::disallowed_methods, reason = "a test's main is where the environment comes in")]
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Makes the virtual environment unless it is there, and returns its Python.
fn prepare(suite: &Path) -> Result<PathBuf, String> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance");
    let (python, stamp) = (home.join("bin/python"), home.join("requirements.txt"));
    let requirements = suite.join("requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).map_err(|error| format!("requirements.txt: {error}"))?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    finish(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements))?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(python)
}

fn finish(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// Runs one file of tests against a server of its own.
fn run(python: &Path, file: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(file)?;
    let pace: Pace = text.lines().find_map(|line| line.strip_prefix("# pace: ")).unwrap_or("instant").trim().parse()?;
    let sandbox = Sandbox::new(Settings { pace, clock: Clock::wall(1.0), ..Settings::default() });
    let sandbox = Arc::new(Mutex::new(sandbox));

    let runtime = tokio::runtime::Runtime::new()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let server = runtime.spawn(wire::serve(listener, sandbox, std::future::pending()));
    let output = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(file)
        .env("AWS_ENDPOINT_URL", &endpoint)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("NO_PROXY", "127.0.0.1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()?;
    server.abort();
    if output.status.success() {
        return Ok(());
    }
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(Failed::from(said))
}
