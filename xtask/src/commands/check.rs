//! `cargo xtask check`: everything short of running the tests.

mod generated;
pub(crate) mod web;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::binary::{self, Build};
use crate::lane::{Report, Verdict};
use crate::workspace::Workspace;
use crate::{arrows, shell};

/// Runs every lane and prints the table.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut report = Report::default();
    rust_lanes(workspace, &mut report);
    web::lanes(workspace, &mut report);
    report.lane("generated", || {
        generated::check(workspace, &binary::build(workspace, Build::Dev)?)
    });
    Ok(report.finish())
}

/// The lanes that look at Rust code and its dependencies.
pub(crate) fn rust_lanes(workspace: &Workspace, report: &mut Report) {
    report.lane("fmt", || {
        passed(workspace.cargo().args(["fmt", "--all", "--check"]))
    });
    report.lane("arrows", || {
        print!("{}", arrows::check(workspace.packages())?);
        Ok(Verdict::Passed)
    });
    report.lane("clippy", || {
        passed(workspace.cargo().args([
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]))
    });
    report.lane("docs", || {
        passed(
            workspace
                .cargo()
                .args(["doc", "--locked", "--workspace", "--no-deps", "--quiet"])
                .args(["--document-private-items"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    });
    report.lane("licences", || licences(workspace));
}

/// The lane that compares generated files, for a caller that has built the binary.
pub(crate) fn generated_lane(workspace: &Workspace, report: &mut Report, weald: &Path) {
    report.lane("generated", || generated::check(workspace, weald));
}

/// Runs a command as a whole lane.
pub(crate) fn passed(command: &mut Command) -> Result<Verdict> {
    shell::run(command)?;
    Ok(Verdict::Passed)
}

fn licences(workspace: &Workspace) -> Result<Verdict> {
    if !shell::succeeds(workspace.cargo().args(["deny", "--version"])) {
        let reason = "cargo-deny is not installed (cargo install --locked cargo-deny)";
        return Ok(Verdict::Skipped(reason.to_owned()));
    }
    passed(
        workspace
            .cargo()
            .args(["deny", "--locked", "check", "bans", "licenses", "sources"]),
    )
}
