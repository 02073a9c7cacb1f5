//! `weald worker …` (hidden): what the worker host starts.

use weald_workers::RunError;

use crate::{
    exit::Exit,
    failure::{Failure, Outcome, chain},
};

/// What to run.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Run a built-in worker on standard input and output
    Run {
        /// Its id
        id: String,
    },
}

/// Runs the worker until its host is done with it.
pub(crate) fn run(command: Command) -> Outcome {
    let Command::Run { id } = command;
    weald_workers::run(&id).map_err(|error| {
        let exit = match error {
            RunError::Unknown(_) => Exit::NotFound,
            RunError::Manifest(..) | RunError::Serve(_) => Exit::Failed,
        };
        Failure::new(exit, "worker", chain(&error)).hint("workers are started by `weald up`")
    })
}
