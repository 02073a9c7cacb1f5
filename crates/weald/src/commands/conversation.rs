//! `weald conversation …`

mod delete;
mod export;
pub(crate) mod list;
mod show;

use weald_api::domain::id::ConversationId;

use crate::{context::Context, failure::Outcome};

/// What to do with conversations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List conversations, last activity first
    List(list::Args),
    /// Show what was said
    Show(show::Args),
    /// Write a conversation to a file or to standard output
    Export(export::Args),
    /// Delete a conversation
    Delete(delete::Args),
}

/// Does it.
pub(crate) async fn run(command: Command, context: &mut Context) -> Outcome {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Export(args) => export::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}

/// The conversation a command is about.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Which {
    /// Id of the conversation
    #[arg(value_name = "ID")]
    id: ConversationId,
}
