//! `weald version`

use serde_json::json;

use crate::{
    context::Context,
    failure::{Form, Outcome},
};

/// The version of this build.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Shows the version.
pub(crate) fn run(_args: &Args, context: &mut Context) -> Outcome {
    match context.form() {
        Form::Text => Ok(context.console.line(&format!("weald {VERSION}"))?),
        Form::Json => context.json(&json!({
            "name": "weald",
            "version": VERSION,
            "os": std::env::consts::OS,
            "architecture": std::env::consts::ARCH,
        })),
    }
}
