//! `weald project import FILE`

use std::path::{Path, PathBuf};

use weald_api::{preset::WorkspaceQuery, project::ProjectRegistry};

use crate::{
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome, chain},
    reach::with_server,
};

/// What to read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document that `weald project export` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Adds them; exit code 6 when some were refused, each with its reason.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let registry = read(&context.env.absolute(&args.file))?;
    let done = with_server(context, async |_, reach| {
        let workspace = WorkspaceQuery::default();
        Ok(reach.client.import_projects(workspace, &registry).await?)
    })
    .await?;
    match context.form() {
        Form::Json => context.json(&done)?,
        Form::Text => {
            for id in &done.added {
                context.console.line(id.as_str())?;
            }
            for refused in &done.refused {
                context.warn(&format!("{}: {}", refused.id, refused.detail))?;
            }
        }
    }
    if done.refused.is_empty() {
        return Ok(());
    }
    let (n, all) = (done.refused.len(), registry.projects.len());
    let what = format!("{n} of {all} project(s) were not imported");
    Err(Failure::new(Exit::Conflict, "partly_imported", what)
        .hint("what was there already stays as it is; correct the others and import again"))
}

fn read(file: &Path) -> Outcome<ProjectRegistry> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let exit = if error.kind() == std::io::ErrorKind::NotFound {
            Exit::NotFound
        } else {
            Exit::Failed
        };
        let what = format!("{} cannot be read: {}", file.display(), chain(&error));
        Failure::new(exit, "unreadable", what)
    })?;
    serde_json::from_str(&text).map_err(|error| {
        let what = format!("{} is no list of projects: {error}", file.display());
        Failure::new(Exit::Usage, "bad_document", what).hint("`weald project export` writes one")
    })
}
