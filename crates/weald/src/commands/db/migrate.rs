//! `weald db migrate`

use serde_json::json;
use weald_domain::ports::Clock as _;
use weald_store::{BackupFirst, Database};

use super::failure;
use crate::{
    clock::SystemClock,
    context::Context,
    failure::{Form, Outcome},
};

/// How.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Make no copy before
    #[arg(long)]
    no_backup: bool,
}

/// Does it; harmless when there is nothing to do.
pub(super) async fn run(args: &Args, database: &Database, context: &mut Context) -> Outcome {
    let first = if args.no_backup {
        BackupFirst::No
    } else {
        BackupFirst::Yes
    };
    let migrated = database
        .migrate(first, SystemClock.now())
        .await
        .map_err(|error| failure(&error))?;
    if context.form() == Form::Json {
        return context.json(&json!({
            "from": migrated.from, "to": migrated.to, "backup": migrated.backup,
        }));
    }
    let (from, to) = (migrated.from, migrated.to);
    if from == to {
        return Ok(context
            .console
            .line(&format!("version {to}: nothing to do"))?);
    }
    context
        .console
        .line(&format!("from version {from} to version {to}"))?;
    match migrated.backup {
        Some(copy) => Ok(context
            .console
            .note(&format!("the copy made before: {}", copy.display()))?),
        None => Ok(()),
    }
}
