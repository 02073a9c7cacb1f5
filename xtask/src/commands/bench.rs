//! `cargo xtask bench [NAME]`: build release and print the table of figures.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{npm, shell};

/// Builds what is measured as a user gets it, then hands over to the benchmarks.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    npm::build_if_stale(workspace)?;
    // In one call, so that what both use is compiled once.
    let packages = ["--package", "weald", "--package", "weald-bench"];
    shell::run(
        workspace
            .cargo()
            .args(["build", "--locked", "--release"])
            .args(packages),
    )?;
    let release = workspace.target().join("release");
    let mut bench = Command::new(release.join("weald-bench"));
    bench
        .arg("--weald")
        .arg(release.join("weald"))
        .args(arguments);
    shell::run(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}
