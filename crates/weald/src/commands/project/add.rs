//! `weald project add [FOLDER]`

use std::path::PathBuf;

use weald_api::{
    domain::{project::ProjectKind, slug::Slug},
    preset::WorkspaceQuery,
    project::ProjectCreateRequest,
};

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome},
    git_root::git_root,
    reach::with_server,
};

/// What to add.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of the repository; the current one without it
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Id of the project, a-z, 0-9 and `-`; made from the name without it
    #[arg(long)]
    id: Option<Slug>,
    /// Name of the project; the folder's without it
    #[arg(long)]
    name: Option<String>,
}

/// Adds it.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let folder = context
        .env
        .absolute(args.folder.as_deref().unwrap_or_else(|| ".".as_ref()));
    let root = git_root(&folder).ok_or_else(|| {
        let what = format!("{} is in no git repository", folder.display());
        Failure::new(Exit::Usage, "not_a_repository", what).hint("`git init` makes one")
    })?;
    let request = ProjectCreateRequest {
        id: args.id,
        name: args.name,
        kind: ProjectKind::Repository,
        root_directory: Some(root.display().to_string()),
        description: None,
        metadata: serde_json::Map::new(),
    };
    let project = with_server(context, async |_, reach| {
        Ok(reach
            .client
            .create_project(WorkspaceQuery::default(), &request)
            .await?)
    })
    .await?;
    match context.form() {
        Form::Json => context.json(&project),
        Form::Text => Ok(context.console.line(project.id.as_str())?),
    }
}
