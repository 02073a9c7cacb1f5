//! `cargo xtask bench [NAME]`: build what is shipped and print the table of figures.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{npm, python, shell};

/// The version of DBOS that steps are measured beside.
const DBOS: &str = "3.4.0";

/// Builds what is measured as a user gets it, then hands over to the benchmarks.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    npm::build_if_stale(workspace)?;
    // In one call, so that what both use is compiled once.
    let packages = ["--package", "weald", "--package", "weald-bench"];
    shell::run(
        workspace
            .cargo()
            .args(["build", "--locked", "--profile", "dist"])
            .args(packages),
    )?;
    let built = workspace.target().join("dist");
    let mut bench = Command::new(built.join("weald-bench"));
    bench
        .arg("--weald")
        .arg(built.join("weald"))
        .args(arguments);
    if wants_steps(arguments) {
        match python::environment(workspace, "dbos", DBOS) {
            Ok(bin) => bench.arg("--dbos").arg(bin.join("python")),
            Err(error) => {
                println!("SKIPPED: DBOS {DBOS} cannot be installed: {error:#}");
                &mut bench
            }
        };
    }
    shell::run(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the steps are named, or nothing is, which is everything.
fn wants_steps(arguments: &[String]) -> bool {
    let mut names = arguments.iter().take_while(|one| !one.starts_with("--"));
    arguments.iter().any(|one| one == "steps") || names.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_of_steps_is_brought_along_for_them_alone() {
        let wants = |line: &str| {
            let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            wants_steps(&arguments)
        };
        assert!(wants("") && wants("steps --rounds 7") && wants("--rounds 7"));
        assert!(!wants("streams") && !wants("flat single --postgres"));
    }
}
