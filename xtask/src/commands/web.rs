//! `cargo xtask web`: build the web app.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{npm, prerequisite};

/// Installs the packages if needed and builds, even when nothing has changed.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    if let Some(fault) = prerequisite::node_fault() {
        bail!(fault);
    }
    npm::install(workspace)?;
    npm::run(workspace, "build")?;
    Ok(ExitCode::SUCCESS)
}
