//! `weald project …`

mod add;
mod list;
mod remove;

use crate::{context::Context, failure::Outcome};

/// What to do with projects.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Add a git repository that agents may work in
    Add(add::Args),
    /// List projects
    List(list::Args),
    /// Remove a project; its folder stays
    Remove(remove::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::Add(args) => add::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Remove(args) => remove::run(args, context).await,
    }
}
