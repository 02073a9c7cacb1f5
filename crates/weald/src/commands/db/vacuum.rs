//! `weald db vacuum` (WK-040)

use serde_json::json;
use weald_store::Database;

use super::{amount, failure};
use crate::{
    context::Context,
    failure::{Form, Outcome},
};

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Does it.
pub(super) async fn run(database: &Database, context: &mut Context) -> Outcome {
    let (before, after) = database.vacuum().await.map_err(|error| failure(&error))?;
    match context.form() {
        Form::Json => context.json(&json!({"before_bytes": before, "after_bytes": after})),
        Form::Text => Ok(context.console.line(&format!(
            "{} before, {} after",
            amount(before),
            amount(after)
        ))?),
    }
}
