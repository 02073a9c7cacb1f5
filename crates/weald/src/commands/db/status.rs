//! `weald db status`

use serde_json::{Map, Value, json};
use weald_store::{Database, DatabaseStatus};
use weald_terminal::Table;

use super::{amount, failure};
use crate::{
    context::Context,
    failure::{Form, Outcome},
};

/// Nothing but the global flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Shows it.
pub(super) async fn run(database: &Database, context: &mut Context) -> Outcome {
    let status = database.status().await.map_err(|error| failure(&error))?;
    match context.form() {
        Form::Json => context.json(&document(&status)),
        Form::Text => table(&status)
            .write(&mut context.console)
            .map_err(Into::into),
    }
}

fn document(status: &DatabaseStatus) -> Value {
    let rows: Map<_, _> = status
        .rows
        .iter()
        .map(|(table, n)| ((*table).to_owned(), Value::from(*n)))
        .collect();
    json!({
        "engine": "sqlite",
        "file": status.file,
        "size_bytes": status.size,
        "log_bytes": status.log_size,
        "schema": {"applied": status.applied, "known": status.known},
        "pages": {
            "size_bytes": status.page_size,
            "total": status.pages,
            "free": status.free_pages,
        },
        "rows": rows,
    })
}

fn table(status: &DatabaseStatus) -> Table {
    let free = status.free_pages * status.page_size;
    let mut table = Table::new(&["WHAT", "VALUE"]);
    let mut line = |what: &str, value: String| table.row([what.to_owned(), value]);
    line("engine", "SQLite".to_owned());
    line("file", status.file.display().to_string());
    line("size", amount(status.size));
    line("log", amount(status.log_size));
    line("schema", schema(status));
    line(
        "pages",
        format!(
            "{}, of them {} free ({})",
            status.pages,
            status.free_pages,
            amount(free)
        ),
    );
    for (what, n) in &status.rows {
        line(what, n.to_string());
    }
    table
}

fn schema(status: &DatabaseStatus) -> String {
    let (applied, known) = (status.applied, status.known);
    match applied.cmp(&known) {
        std::cmp::Ordering::Equal => format!("version {applied}, up to date"),
        std::cmp::Ordering::Less => {
            format!("version {applied}, this build knows {known}: `weald db migrate`")
        }
        std::cmp::Ordering::Greater => {
            format!("version {applied}, made by a newer Weald: this build knows {known}")
        }
    }
}
