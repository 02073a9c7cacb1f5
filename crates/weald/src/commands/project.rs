//! `weald project …`

mod add;
mod export;
mod import;
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
    /// Write all projects as one document
    Export(export::Args),
    /// Add the projects of such a document
    Import(import::Args),
    /// Remove a project; its folder stays
    Remove(remove::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::Add(args) => add::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Export(args) => export::run(args, context).await,
        Command::Import(args) => import::run(args, context).await,
        Command::Remove(args) => remove::run(args, context).await,
    }
}
