//! `cargo xtask bench [NAME]`: build release and print the table of figures.

use std::process::ExitCode;

use anyhow::Result;

use crate::binary::{self, Build};
use crate::workspace::Workspace;
use crate::{npm, shell};

/// Builds everything that is measured as a user gets it, then hands over to the benchmarks.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    npm::build_if_stale(workspace)?;
    let weald = binary::build(workspace, Build::Release)?;
    shell::run(
        workspace
            .cargo()
            .args([
                "run",
                "--locked",
                "--quiet",
                "--release",
                "--package",
                "weald-bench",
                "--",
            ])
            .args(["--weald"])
            .arg(weald)
            .args(arguments),
    )?;
    Ok(ExitCode::SUCCESS)
}
