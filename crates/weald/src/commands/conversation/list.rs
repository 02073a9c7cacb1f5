//! `weald conversation list` (also `weald sessions`)

use clap::ValueEnum;
use weald_api::{
    conversation::{ConversationListQuery, ConversationResponse},
    domain::{conversation::ConversationStatus, session::LiveStatus},
};

use crate::{
    context::Context,
    failure::Outcome,
    listing::{self, PageArgs},
    reach::with_server,
};

/// Which conversations.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// With this status; all of them without it
    #[arg(long)]
    status: Option<Status>,
    #[command(flatten)]
    page: PageArgs,
}

/// `weald sessions [list]`.
#[derive(Debug, clap::Args)]
pub(crate) struct Alias {
    /// `list`, which is all there is
    #[arg(value_parser = ["list"], hide = true)]
    _list: Option<String>,
    #[command(flatten)]
    pub(crate) args: Args,
}

/// Whether a conversation is in daily use.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    /// In daily use.
    Active,
    /// Put away.
    Archived,
}

impl From<Status> for ConversationStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Archived => Self::Archived,
        }
    }
}

/// Lists them.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let query = ConversationListQuery {
        status: args.status.map(Into::into),
        after: args.page.after,
        limit: args.page.limit,
        ..ConversationListQuery::default()
    };
    let page = with_server(context, async |_, reach| {
        Ok(reach.client.conversations(&query).await?)
    })
    .await?;
    listing::write(context, &page, ["ID", "UPDATED", "STATE", "TITLE"], row)
}

fn row(entry: &ConversationResponse) -> [String; 4] {
    let conversation = &entry.conversation;
    let state = match entry.active.map(|active| active.status) {
        Some(LiveStatus::Executing) => "running",
        Some(LiveStatus::WaitingApproval) => "waiting",
        None => match conversation.status {
            ConversationStatus::Active => "",
            ConversationStatus::Archived => "archived",
        },
    };
    [
        conversation.id.to_string(),
        conversation.updated_at.to_string(),
        state.to_owned(),
        conversation.title.clone().unwrap_or_default(),
    ]
}
