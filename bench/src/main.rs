//! Benchmarks: Weald beside a direct call and nginx as plain pass-through, and its journal beside
//! a bare group commit and DBOS, in the same run.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the tables are the purpose of this program"
)]

mod benchmarks;
mod clock;
mod host;
mod load;
mod options;
mod postgres;
mod process;
mod quantile;
mod seed;
mod stand_in;
mod table;
mod target;
mod tokens;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::options::Options;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    if arguments
        .first()
        .is_some_and(|name| name == stand_in::COMMAND)
    {
        return runtime
            .block_on(stand_in::serve())
            .map(|()| ExitCode::SUCCESS);
    }
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("a TLS provider is already installed"))?;
    let options = Options::parse(&arguments)?;
    runtime.block_on(benchmarks::run(&options))
}
