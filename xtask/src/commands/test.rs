//! `cargo xtask test [LANE]`: everything a change must pass.

mod api;
mod e2e;
mod interop;
mod runner;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::binary::{self, Build};
use crate::commands::check;
use crate::debian;
use crate::lane::{Report, Verdict};
use crate::workspace::Workspace;

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Selection {
    All,
    Rust,
    Web,
    EndToEnd,
    Api,
    Interop,
}

/// Runs what was asked for and prints the table.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let selection = selection(arguments)?;
    let mut report = Report::default();
    match selection {
        Selection::All => everything(workspace, &mut report),
        Selection::Rust => rust(workspace, &mut report),
        Selection::Web => check::web::lanes(workspace, &mut report),
        Selection::EndToEnd => {
            let weald = built(workspace, &mut report);
            e2e::lane(workspace, &mut report, weald.as_deref());
        }
        Selection::Api => {
            let weald = built(workspace, &mut report);
            api::lane(workspace, &mut report, weald.as_deref());
        }
        Selection::Interop => interop::lanes(workspace, &mut report),
    }
    Ok(report.finish())
}

fn selection(arguments: &[String]) -> Result<Selection> {
    Ok(match arguments {
        [] => Selection::All,
        [lane] => match lane.as_str() {
            "rust" => Selection::Rust,
            "web" => Selection::Web,
            "e2e" => Selection::EndToEnd,
            "api" => Selection::Api,
            "interop" => Selection::Interop,
            unknown => {
                bail!("there is no lane {unknown:?}; there are rust, web, e2e, api and interop")
            }
        },
        _ => bail!("at most one lane can be named"),
    })
}

/// The cheap and telling lanes first.
fn everything(workspace: &Workspace, report: &mut Report) {
    check::rust_lanes(workspace, report);
    check::web::lanes(workspace, report);
    let weald = built(workspace, report);
    if let Some(weald) = &weald {
        check::generated_lane(workspace, report, weald);
    }
    rust_tests(workspace, report, weald.is_some());
    e2e::lane(workspace, report, weald.as_deref());
    api::lane(workspace, report, weald.as_deref());
}

fn rust(workspace: &Workspace, report: &mut Report) {
    let weald = built(workspace, report);
    rust_tests(workspace, report, weald.is_some());
}

/// Builds the binary and every test in one go.
fn built(workspace: &Workspace, report: &mut Report) -> Option<PathBuf> {
    let mut weald = None;
    report.lane("build", || {
        weald = Some(binary::build(workspace, Build::Tests)?);
        Ok(Verdict::Passed)
    });
    weald
}

fn rust_tests(workspace: &Workspace, report: &mut Report, built: bool) {
    let mut scope = runner::Scope::WithoutPostgres;
    report.lane("PostgreSQL", || {
        if let Some(missing) = debian::ensure(&debian::POSTGRESQL)? {
            return Ok(Verdict::Skipped(format!("its tests do not run: {missing}")));
        }
        scope = runner::Scope::All;
        Ok(Verdict::Passed)
    });
    report.lane("rust tests", || {
        after_build(built, || check::passed(&mut runner::all(workspace, scope)))
    });
    report.lane("doc tests", || {
        after_build(built, || {
            check::passed(&mut runner::documentation(workspace))
        })
    });
}

/// A lane that says so when there is nothing to run it on.
fn after_build(built: bool, lane: impl FnOnce() -> Result<Verdict>) -> Result<Verdict> {
    if built {
        lane()
    } else {
        Ok(Verdict::Skipped("the build failed".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(arguments: &[&str]) -> Result<Selection> {
        selection(
            &arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn one_lane_or_all_of_them() {
        assert_eq!(selected(&[]).unwrap(), Selection::All);
        assert_eq!(selected(&["api"]).unwrap(), Selection::Api);
        assert_eq!(selected(&["interop"]).unwrap(), Selection::Interop);
        assert!(selected(&["everything"]).is_err());
        assert!(selected(&["rust", "web"]).is_err());
    }
}
