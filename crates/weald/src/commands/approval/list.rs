//! `weald approval list`

use weald_api::{
    approval::{Approval, ApprovalListQuery},
    domain::approval::ApprovalState,
};

use crate::{
    context::Context,
    failure::Outcome,
    listing::{self, PageArgs},
    reach::with_server,
};

/// Which approvals.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Answered ones too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    page: PageArgs,
}

/// Lists them.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let query = ApprovalListQuery {
        state: (!args.all).then_some(ApprovalState::Pending),
        after: args.page.after,
        limit: args.page.limit,
        ..ApprovalListQuery::default()
    };
    let page = with_server(context, async |_, reach| {
        Ok(reach.client.approvals(&query).await?)
    });
    let page = page.await?;
    listing::write(context, &page, ["ID", "ASKED", "STATE", "QUESTION"], row)
}

fn row(approval: &Approval) -> [String; 4] {
    let state = match approval.state {
        ApprovalState::Pending => "pending",
        ApprovalState::Approved => "approved",
        ApprovalState::Denied => "denied",
        ApprovalState::Expired => "expired",
    };
    [
        approval.id.to_string(),
        approval.created_at.to_string(),
        state.to_owned(),
        approval.question.clone(),
    ]
}
