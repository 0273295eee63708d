//! The transitd command: arguments in, exit code out.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    ExitCode::from(transitd::process::run(std::env::args_os()).await)
}
