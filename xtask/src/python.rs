//! Python environments of the lanes, under target, so that nothing of the machine's own Python is
//! touched.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::debian;
use crate::shell;
use crate::workspace::Workspace;

/// The `bin` folder of an environment that holds exactly this version of a package; made once.
pub(crate) fn environment(workspace: &Workspace, package: &str, version: &str) -> Result<PathBuf> {
    let folder = workspace
        .target()
        .join("xtask")
        .join(format!("{package}-{version}"));
    let bin = folder.join("bin");
    let probe = format!(
        "import importlib.metadata as m, sys; sys.exit(m.version('{package}') != '{version}')"
    );
    if shell::succeeds(Command::new(bin.join("python")).args(["-c", &probe])) {
        return Ok(bin);
    }
    let python = debian::python().context("no Python 3.11 with venv")?;
    shell::run(
        Command::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    shell::run(Command::new(bin.join("pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &format!("{package}=={version}"),
    ]))?;
    Ok(bin)
}
