//! `weald project remove ID`

use weald_api::{domain::slug::Slug, preset::WorkspaceQuery};

use crate::{context::Context, failure::Outcome, reach::with_server};

/// What to remove.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the project
    #[arg(value_name = "ID")]
    id: Slug,
}

/// Removes it; nothing on disk is touched.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    with_server(context, async |_, reach| {
        Ok(reach
            .client
            .delete_project(WorkspaceQuery::default(), &args.id)
            .await?)
    })
    .await?;
    Ok(context
        .console
        .note(&format!("removed {}; its folder stays", args.id))?)
}
