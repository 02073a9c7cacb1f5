//! `weald db restore FILE`

use std::path::PathBuf;

use serde_json::json;
use weald_domain::ports::Clock as _;
use weald_store::{DatabaseAddress, Place, RestoreError, Restored, restore};

use super::amount;
use crate::{
    clock::SystemClock,
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome, chain},
    start,
};

/// From where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A copy that `weald db backup` made, or a database that an earlier restore replaced
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Puts it in place; the database that was there stays beside it.
pub(super) async fn run(args: &Args, place: &Place, context: &mut Context) -> Outcome {
    if matches!(place.database, DatabaseAddress::Postgres(_)) {
        let what =
            "`weald db restore` puts back the file of SQLite; this deployment is on a server";
        return Err(Failure::new(Exit::Usage, "not_sqlite", what).hint(
            "restore the dump into an empty database with `pg_restore` and name that in \
             `database.url`",
        ));
    }
    let file = context.env.absolute(&args.file);
    let restored = restore(place.data_root.clone(), &file, SystemClock.now())
        .await
        .map_err(|error| failure(&error))?;
    match context.form() {
        Form::Json => context.json(&json!({
            "file": file,
            "size_bytes": restored.size,
            "schema": {"applied": restored.version, "known": restored.known},
            "replaced": restored.replaced,
        })),
        Form::Text => said(&restored, context),
    }
}

fn said(restored: &Restored, context: &mut Context) -> Outcome {
    let Restored {
        size,
        version,
        known,
        replaced,
    } = restored;
    context
        .console
        .line(&format!("restored: {}, version {version}", amount(*size)))?;
    if version < known {
        context.console.note(&format!(
            "the next start brings it to version {known}, after a copy"
        ))?;
    }
    if let Some(replaced) = replaced {
        context.console.note(&format!(
            "the database before it is kept: {0}; to undo this, `weald db restore {0}`; while it \
             is there no stored file is removed",
            replaced.display()
        ))?;
    }
    Ok(context
        .console
        .note("stored files, live logs and secrets are those of the data folder, as they were")?)
}

fn failure(error: &RestoreError) -> Failure {
    let what = chain(error);
    let (exit, code, hint) = match error {
        RestoreError::Open(error) => {
            return start::not_opened("nothing was restored", error);
        }
        RestoreError::Missing(_) => (
            Exit::NotFound,
            "no_file",
            "name a file that `weald db backup` made",
        ),
        RestoreError::NotOurs { .. } => (
            Exit::Usage,
            "not_a_backup",
            "name a file that `weald db backup` made; nothing was changed",
        ),
        RestoreError::Damaged { .. } => (
            Exit::Failed,
            "backup_damaged",
            "nothing was changed; take an older copy",
        ),
        RestoreError::Newer { .. } => (
            Exit::Failed,
            "database_newer",
            "nothing was changed; restore it with the newer Weald that made it",
        ),
        RestoreError::Io { .. } => (
            Exit::Failed,
            "restore_failed",
            "check disk space and permissions of the data folder; the next command that uses it \
             ends what was begun",
        ),
    };
    Failure::new(exit, code, what).hint(hint)
}
