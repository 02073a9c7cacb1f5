//! `weald completion <shell>`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{arguments::Arguments, context::Context, failure::Outcome};

/// Which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell to complete for
    shell: Shell,
}

/// Prints the completion script.
pub(crate) fn run(args: &Args, context: &mut Context) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "weald", &mut script);
    Ok(context.console.piece(&String::from_utf8_lossy(&script))?)
}
