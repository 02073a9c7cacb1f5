//! The independent tester of the HTTP interface, in an environment of its own under target.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::live_server::Ready;
use crate::python;
use crate::shell;
use crate::workspace::Workspace;

const VERSION: &str = "4.32.5";

/// No server error, and every answer as the document says: status, content type and body.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// Streams without an end; their cursors and frames are tested in Rust, against real connections.
const ENDLESS: &str = "/(events|ws)$";

/// Installs the tester once and answers the program.
pub(crate) fn install(workspace: &Workspace) -> Result<PathBuf> {
    Ok(python::environment(workspace, "schemathesis", VERSION)?.join("schemathesis"))
}

/// Fills the running server and tests it against the document it serves; `folder` takes what is
/// written.
pub(crate) fn test(
    workspace: &Workspace,
    program: &Path,
    ready: &Ready,
    folder: &Path,
) -> Result<()> {
    shell::run(
        Command::new(program.with_file_name("python"))
            .arg(workspace.path("xtask/seed_api.py"))
            .args([&ready.url, &ready.token])
            .arg(folder),
    )?;
    let location = format!("{}/api/openapi.json", ready.url.trim_end_matches('/'));
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .args(["run", &location, "--url", &ready.url, "--checks", CHECKS])
        .args([
            "--header",
            &format!("Authorization: Bearer {}", ready.token),
        ])
        .args(["--exclude-path-regex", ENDLESS])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "20",
        ])
        .args([
            "--seed",
            "7420",
            "--request-timeout",
            "20",
            "--max-time",
            "110",
        ])
        .args([
            "--generation-database",
            "none",
            "--continue-on-failure",
            "--no-color",
            "--warnings",
            "off",
        ]);
    shell::run(&mut command)
}
