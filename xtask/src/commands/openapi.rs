//! `cargo xtask openapi`: write the document of the HTTP interface and what is made from it.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::binary::{self, Build};
use crate::npm;
use crate::shell;
use crate::workspace::Workspace;

/// Where the document is kept in the repository.
pub(crate) const DOCUMENT: &str = "docs/reference/openapi.json";

/// Writes the document, then the web app's types.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let weald = binary::build(workspace, Build::Dev)?;
    let file = workspace.path(DOCUMENT);
    fs::write(&file, document(&weald)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    npm::install(workspace)?;
    npm::run(workspace, "codegen")?;
    println!("wrote {DOCUMENT} and the web app's types");
    Ok(ExitCode::SUCCESS)
}

/// The document as the binary prints it.
pub(crate) fn document(weald: &Path) -> Result<String> {
    shell::output(Command::new(weald).arg("openapi"))
}
