//! Clients of other houses, in environments of their own: what they understand is the wire.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::lane::{Report, Verdict};
use crate::workspace::Workspace;
use crate::{debian, python, shell};

/// The official client of the Chat Completions wire, against the stand-in that tests ours.
const OPENAI: &str = "3.52.0";

/// Runs every job, or says why not.
pub(crate) fn lanes(workspace: &Workspace, report: &mut Report) {
    report.lane("openai-python", || {
        if let Some(missing) = debian::ensure(&debian::PYTHON)? {
            return Ok(Verdict::Skipped(missing));
        }
        let server = stand_in(workspace)?;
        let bin = python::environment(workspace, "openai", OPENAI)?;
        run(&bin, &workspace.path("interop/openai_chat.py"), &server)?;
        Ok(Verdict::Passed)
    });
}

/// Builds the scripted model server as a program.
fn stand_in(workspace: &Workspace) -> Result<std::path::PathBuf> {
    shell::run(workspace.cargo().args([
        "build",
        "--locked",
        "--package",
        "weald-testkit",
        "--example",
        "model_server",
    ]))?;
    let file = workspace.target().join("debug/examples/model_server");
    ensure!(file.is_file(), "cargo built no {}", file.display());
    Ok(file)
}

/// A job is a script that starts the server, talks to it and ends with 0 when all was as it should.
fn run(bin: &Path, script: &Path, server: &Path) -> Result<()> {
    let mut command = Command::new(bin.join("python"));
    command.arg("-I").arg(script).arg(server);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("OPENAI_") || name.to_lowercase().ends_with("_proxy") {
            command.env_remove(name.as_ref());
        }
    }
    shell::run(&mut command)
}
