//! The commands of the README: `cargo xtask <command>`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of the developer speaks on the terminal"
)]

mod arrows;
mod binary;
mod commands;
mod debian;
mod lane;
mod live_server;
mod npm;
mod prerequisite;
mod python;
mod schemathesis;
mod scratch;
mod shell;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match commands::dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
