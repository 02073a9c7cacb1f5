//! Which command does what; one file per command.

mod bench;
mod check;
mod migration;
mod openapi;
mod soak;
mod test;
mod up;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask <command>

  up [--release] [ARGS]   build web app and binary, then `weald up ARGS`
  web                     build the web app only
  check                   format, lints, docs, generated files, crate arrows, licences, web checks
  test [LANE]             check and every test; LANE: rust, web, e2e, api,
                          or interop (real clients; not part of every change)
  soak [--seed N]         half an hour of fuzzing, then the long kill and cut runs
  bench [NAME] [ARGS]     build what is shipped and print the table of figures
  migration <adds>        start the next migration file
  openapi                 write docs/reference/openapi.json and the web app's types
";

/// Runs the command named by the first argument.
pub(crate) fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(ExitCode::from(2));
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Workspace::find()?;
    match name.as_str() {
        "up" => up::run(&workspace, rest),
        "web" => web::run(&workspace),
        "check" => check::run(&workspace),
        "test" => test::run(&workspace, rest),
        "soak" => soak::run(&workspace, rest),
        "bench" => bench::run(&workspace, rest),
        "migration" => migration::run(&workspace, rest),
        "openapi" => openapi::run(&workspace),
        unknown => bail!("there is no command {unknown:?}; `cargo xtask help` lists them"),
    }
}
