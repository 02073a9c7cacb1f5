//! `weald openapi` (hidden): the document the web client is generated from.

use crate::{context::Context, failure::Outcome};

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints the document, ending in one line feed.
pub(crate) fn run(_args: &Args, context: &mut Context) -> Outcome {
    let document = serde_json::to_string_pretty(&weald_server::openapi())?;
    Ok(context.console.line(&document)?)
}
