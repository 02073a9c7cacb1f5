//! `weald db backup FILE`

use std::path::PathBuf;

use serde_json::json;
use weald_store::Database;

use super::{amount, failure};
use crate::{
    context::Context,
    failure::{Form, Outcome},
};

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The new file; one that is there is never written over
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Copies it.
pub(super) async fn run(args: &Args, database: &Database, context: &mut Context) -> Outcome {
    let file = context.env.absolute(&args.file);
    let size = database
        .backup(&file)
        .await
        .map_err(|error| failure(&error))?;
    match context.form() {
        Form::Json => context.json(&json!({"file": file, "size_bytes": size})),
        Form::Text => {
            context.console.line(&file.display().to_string())?;
            let verb = if database.is_in_a_server() {
                "dumped, for `pg_restore`"
            } else {
                "copied"
            };
            Ok(context.console.note(&format!(
                "{} {verb}; secrets and stored files are not in it",
                amount(size)
            ))?)
        }
    }
}
