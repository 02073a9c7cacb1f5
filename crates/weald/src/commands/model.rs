//! `weald model …`

mod list;
mod pull;

use crate::{context::Context, failure::Outcome};

/// What to do with models.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List models by the name to call them by
    List(list::Args),
    /// Download a model to the machine of an Ollama provider
    Pull(pull::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Pull(args) => pull::run(args, context).await,
    }
}
