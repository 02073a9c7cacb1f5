//! `cargo xtask soak`: the kill and cut tests, as long as one likes.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::commands::test::runner;
use crate::shell;
use crate::workspace::Workspace;

const ROUNDS: u32 = 1_000;

/// Runs the tests that look at `WEALD_SOAK`, the number of rounds each of them does.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let rounds = rounds(arguments)?;
    println!("{rounds} rounds; every test prints its seed");
    shell::run(runner::soak(workspace).env("WEALD_SOAK", rounds.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

fn rounds(arguments: &[String]) -> Result<u32> {
    match arguments {
        [] => Ok(ROUNDS),
        [flag, number] if flag == "--rounds" => number
            .parse()
            .with_context(|| format!("{number:?} is not a number of rounds")),
        _ => bail!("the only option is --rounds N"),
    }
}
