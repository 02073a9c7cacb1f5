//! `cargo xtask soak`: the kill and cut tests ten times as long, and the fuzz targets for half an
//! hour, with a new seed.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// How long the fuzz targets take together, where `WEALD_FUZZ_SECONDS` does not say otherwise.
const FUZZ_SECONDS: &str = "1800";

/// Runs the fuzz targets, then the tests that look at `WEALD_SOAK` and `WEALD_SEED`, one after the
/// other.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let seed = seed(arguments)?;
    println!("seed {seed}; run the same again with `cargo xtask soak --seed {seed}`");
    let seconds = std::env::var("WEALD_FUZZ_SECONDS");
    let seconds = seconds.unwrap_or_else(|_| FUZZ_SECONDS.to_owned());
    shell::run(
        workspace
            .cargo()
            .args(["test", "--locked", "--package", "weald-providers", "--lib"])
            .args([
                "fuzz::targets::",
                "--",
                "--nocapture",
                "--test-threads",
                "2",
            ])
            .env("WEALD_FUZZ_SECONDS", seconds)
            .env("WEALD_SEED", seed.to_string()),
    )?;
    shell::run(
        workspace
            .cargo()
            .args([
                "test",
                "--locked",
                "--package",
                "weald",
                "--test",
                "it",
                "kill::",
                "--",
            ])
            .args(["--nocapture", "--test-threads", "1"])
            .env("WEALD_SOAK", "1")
            .env("WEALD_SEED", seed.to_string()),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn seed(arguments: &[String]) -> Result<u64> {
    match arguments {
        [] => Ok(RandomState::new().build_hasher().finish()),
        [flag, number] if flag == "--seed" => number
            .parse()
            .with_context(|| format!("{number:?} is not a seed")),
        _ => bail!("the only option is --seed N"),
    }
}
