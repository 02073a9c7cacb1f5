//! How Rust tests are run: with nextest where it is installed, else as cargo does it.

use std::process::Command;

use crate::shell;
use crate::workspace::Workspace;

/// Which tests are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    /// Without those that start a PostgreSQL server.
    WithoutPostgres,
}

/// How long the fuzz targets take together, where nobody says otherwise.
const FUZZ_SECONDS: &str = "60";

/// Every test of the workspace but those in documentation.
pub(crate) fn all(workspace: &Workspace, scope: Scope) -> Command {
    let mut cargo = workspace.cargo();
    if std::env::var_os("WEALD_FUZZ_SECONDS").is_none() {
        cargo.env("WEALD_FUZZ_SECONDS", FUZZ_SECONDS);
    }
    if has_nextest(workspace) {
        let profile = if std::env::var_os("CI").is_some() {
            "ci"
        } else {
            "full"
        };
        cargo.args([
            "nextest",
            "run",
            "--locked",
            "--workspace",
            "--profile",
            profile,
        ]);
        if scope == Scope::WithoutPostgres {
            cargo.args(["--filterset", "not test(/postgres::/)"]);
        }
    } else {
        cargo.args([
            "test",
            "--locked",
            "--workspace",
            "--all-targets",
            "--no-fail-fast",
        ]);
        if scope == Scope::WithoutPostgres {
            cargo.args(["--", "--skip", "postgres::"]);
        }
    }
    cargo
}

/// The examples in documentation, which nextest does not run.
pub(crate) fn documentation(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--locked", "--workspace", "--doc", "--quiet"]);
    cargo
}

fn has_nextest(workspace: &Workspace) -> bool {
    shell::succeeds(workspace.cargo().args(["nextest", "--version"]))
}
