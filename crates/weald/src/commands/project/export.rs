//! `weald project export`

use std::path::PathBuf;

use weald_api::preset::WorkspaceQuery;

use crate::{context::Context, failure::Outcome, reach::with_server};

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file; standard output without it
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes it.
pub(crate) async fn run(args: Args, context: &mut Context) -> Outcome {
    let registry = with_server(context, async |_, reach| {
        let workspace = WorkspaceQuery::default();
        Ok(reach.client.export_projects(workspace).await?)
    })
    .await?;
    let text = serde_json::to_string_pretty(&registry)?;
    match args.output {
        None => Ok(context.console.line(&text)?),
        Some(file) => {
            let file = context.env.absolute(&file);
            std::fs::write(&file, text + "\n")?;
            let n = registry.projects.len();
            Ok(context
                .console
                .note(&format!("{n} project(s) written to {}", file.display()))?)
        }
    }
}
