//! `weald approval …`

mod answer;
mod list;

use crate::{context::Context, failure::Outcome};

/// What to do with approvals.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List questions that agents wait on
    List(list::Args),
    /// Answer a question
    Answer(answer::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Answer(args) => answer::run(args, context).await,
    }
}
