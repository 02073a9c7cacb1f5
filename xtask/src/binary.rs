//! The `weald` binary of this checkout, built when it is asked for.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::shell;
use crate::workspace::Workspace;

/// For whom the binary is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Somebody who works on it: quick to build.
    Dev,
    /// Somebody who uses it.
    Release,
    /// The tests: built together with all of them, so that nothing is compiled twice.
    Tests,
}

/// Builds and answers where the binary is.
pub(crate) fn build(workspace: &Workspace, build: Build) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    match build {
        Build::Dev => cargo.args(["build", "--locked", "--package", "weald"]),
        Build::Release => cargo.args(["build", "--locked", "--release", "--package", "weald"]),
        Build::Tests => cargo.args(["test", "--locked", "--workspace", "--no-run"]),
    };
    shell::run(&mut cargo)?;
    let folder = match build {
        Build::Dev | Build::Tests => "debug",
        Build::Release => "release",
    };
    let file = workspace.target().join(folder).join("weald");
    ensure!(file.is_file(), "cargo built no {}", file.display());
    Ok(file)
}
