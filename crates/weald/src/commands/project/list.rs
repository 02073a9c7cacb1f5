//! `weald project list`

use weald_api::{preset::WorkspacePageQuery, project::Project};

use crate::{
    context::Context,
    failure::Outcome,
    listing::{self, PageArgs},
    reach::with_server,
};

/// Which page.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    page: PageArgs,
}

/// Lists them.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let query = WorkspacePageQuery {
        workspace_id: None,
        after: args.page.after,
        limit: args.page.limit,
    };
    let page = with_server(context, async |_, reach| {
        Ok(reach.client.projects(&query).await?)
    });
    let page = page.await?;
    listing::write(
        context,
        &page,
        ["ID", "ACTIVE", "NAME", "FOLDER"],
        |project: &Project| {
            [
                project.id.to_string(),
                if project.is_active {
                    "yes".into()
                } else {
                    String::new()
                },
                project.name.clone(),
                project.root_directory.clone(),
            ]
        },
    )
}
