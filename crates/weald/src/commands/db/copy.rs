//! `weald db copy --to URL|FOLDER`

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use weald_domain::ports::Clock as _;
use weald_store::{
    Copied, CopyError, DatabaseAddress, OpenError, Place, Progress, Step, copy_deployment,
};
use weald_terminal::{Console, Table};

use super::amount;
use crate::{
    clock::SystemClock,
    context::Context,
    exit::Exit,
    failure::{Failure, Form, Outcome, chain},
    start,
};

/// How often a long copy says how far it is.
const SAY_EVERY: Duration = Duration::from_secs(1);
/// Characters of a digest that a person is shown.
const DIGEST_SHOWN: usize = 16;

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An empty PostgreSQL database, or a folder that is to be a data folder on SQLite
    #[arg(long, value_name = "URL|FOLDER")]
    to: String,
}

/// Copies the deployment, verifies the copy, and says what to do next.
pub(super) async fn run(args: &Args, from: &Place, context: &mut Context) -> Outcome {
    let to = target(args, from, context)?;
    let started = Instant::now();
    let copied = {
        let console = &mut context.console;
        let mut said = started;
        let mut watch = |progress: Progress<'_>| {
            if said.elapsed() >= SAY_EVERY {
                said = Instant::now();
                // Whoever cannot be told does not stop the copy.
                let _ = say(console, progress);
            }
        };
        copy_deployment(from, &to, SystemClock.now(), &mut watch).await
    };
    let copied = copied.map_err(|error| failure(&error))?;
    match context.form() {
        Form::Json => context.json(&document(&copied, &to, started.elapsed())),
        Form::Text => {
            table(&copied).write(&mut context.console)?;
            notes(&copied, from, &to, context)
        }
    }
}

fn target(args: &Args, from: &Place, context: &Context) -> Outcome<Place> {
    if !DatabaseAddress::looks_like_postgres(&args.to) {
        return Ok(Place {
            data_root: context.env.absolute(&PathBuf::from(&args.to)),
            database: DatabaseAddress::Sqlite,
        });
    }
    let hint = crate::config::database::HINT;
    let database = DatabaseAddress::postgres(&args.to)
        .map_err(|error| Failure::new(Exit::Usage, "bad_database_url", chain(&error)).hint(hint))?;
    if database.has_password() {
        let what = "a password in the arguments of a command can be read by every user";
        let failure = Failure::new(Exit::Usage, "password_in_arguments", what);
        return Err(failure.hint("give it in the variable PGPASSWORD or the file ~/.pgpass"));
    }
    Ok(Place {
        data_root: from.data_root.clone(),
        database,
    })
}

fn say(console: &mut Console, progress: Progress<'_>) -> std::io::Result<()> {
    let verb = match progress.step {
        Step::Files => "files",
        Step::Rows => "copying",
        Step::Verify => "verifying",
    };
    let (at, done) = (progress.at, progress.done);
    let of = progress
        .of
        .map_or_else(String::new, |of| format!(" of {of}"));
    console.note(&format!("{verb} {at}: {done}{of}"))
}

fn document(copied: &Copied, to: &Place, took: Duration) -> Value {
    let tables = copied.tables.iter();
    let tables: Vec<_> = tables
        .map(|table| json!({"name": table.name, "rows": table.rows, "digest": table.digest}))
        .collect();
    let files = copied
        .files
        .map(|files| json!({"count": files.files, "bytes": files.bytes}));
    json!({
        "to": shown(to),
        "tables": tables,
        "digest": copied.digest,
        "feed_head": copied.head,
        "audit": {"entries": copied.audited, "broken_chains": copied.broken_chains.len()},
        "faults": copied.faults,
        "files": files,
        "took_ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    })
}

fn shown(place: &Place) -> String {
    let folder = || place.data_root.display().to_string();
    place.database.shown().unwrap_or_else(folder)
}

fn table(copied: &Copied) -> Table {
    let mut table = Table::new(&["TABLE", "ROWS", "DIGEST"]);
    for one in &copied.tables {
        let digest = one.digest.chars().take(DIGEST_SHOWN).collect();
        table.row([one.name.clone(), one.rows.to_string(), digest]);
    }
    table
}

fn notes(copied: &Copied, from: &Place, to: &Place, context: &mut Context) -> Outcome {
    let (rows, head) = (copied.tables.iter().map(|table| table.rows), copied.head);
    let rows: u64 = rows.sum();
    context.console.note(&format!(
        "copied and read back: {rows} rows, the same at both places; the feed is at {head}, {} \
         audit entries hold",
        copied.audited
    ))?;
    for fault in &copied.faults {
        context.warn(&format!("at the source already: {fault}"))?;
    }
    if !copied.broken_chains.is_empty() {
        let broken = copied.broken_chains.len();
        let what = format!("audit chains that do not hold, at the source neither: {broken}");
        context.warn(&what)?;
    }
    let next = match copied.files {
        None => format!(
            "stored files, live logs and secrets stay in {}, for both; to use the copy: \
             `weald config set database.url {}`",
            from.data_root.display(),
            shown(to)
        ),
        Some(files) => format!(
            "files copied: {} ({}), with the vault if there is one, not its key; managed projects \
             stay where they are; to use the copy: `weald config set data.root {}`, without `database.url`",
            files.files,
            amount(files.bytes),
            to.data_root.display()
        ),
    };
    context.console.note(&next)?;
    Ok(context
        .console
        .note("the source is as it was: use one of the two")?)
}

fn failure(error: &CopyError) -> Failure {
    let what = chain(error);
    let (exit, code, hint) = match error {
        CopyError::Source(error) => return start::not_opened("the source cannot be used", error),
        CopyError::Target(OpenError::DatabaseInUse) => (
            Exit::Conflict,
            "database_in_use",
            "stop the other one, or name another target; the source is no target",
        ),
        CopyError::Target(error) => return start::not_opened("the target cannot be used", error),
        CopyError::Missing(_) => (
            Exit::NotFound,
            "no_database",
            "the first start makes it: `weald up`",
        ),
        CopyError::SourceVersion { .. } => (
            Exit::Conflict,
            "schema_version",
            "bring it to the version of this build: `weald db migrate`",
        ),
        CopyError::TargetVersion { .. } => (
            Exit::Conflict,
            "schema_version",
            "name an empty database: its tables are made by the copy",
        ),
        CopyError::Occupied(_) => (
            Exit::Conflict,
            "target_not_empty",
            "name an empty database or folder: nothing is written over",
        ),
        CopyError::Schema(_) => (
            Exit::Conflict,
            "other_tables",
            "name a database that holds nothing else",
        ),
        CopyError::ZeroByte { .. } => (
            Exit::Failed,
            "zero_byte",
            "take the zero byte out of that text and copy again",
        ),
        CopyError::Differs(_) | CopyError::Unsound(_) => (
            Exit::Failed,
            "copy_differs",
            "the target was not kept and the source is as it was; something at the target changes \
             what is written",
        ),
        CopyError::File { .. } | CopyError::Reading(_) | CopyError::Writing(_) => (
            Exit::Failed,
            "copy_failed",
            "the target was not kept and the source is as it was; copy again",
        ),
    };
    Failure::new(exit, code, what).hint(hint)
}
