//! `weald db status`

use serde_json::{Map, Value, json};
use weald_store::{Database, DatabaseStatus, EngineStatus, FileStatus};
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
    let mut document = match &status.engine {
        EngineStatus::Sqlite(file) => json!({
            "engine": "sqlite",
            "file": file.file,
            "log_bytes": file.log_size,
            "pages": {
                "size_bytes": file.page_size,
                "total": file.pages,
                "free": file.free_pages,
            },
        }),
        EngineStatus::Postgres(server) => json!({
            "engine": "postgres",
            "url": server.address,
            "server": server.server,
            "connections": server.connections,
            "dead_rows": server.dead_rows,
        }),
    };
    document["size_bytes"] = status.size.into();
    document["schema"] = json!({"applied": status.applied, "known": status.known});
    document["rows"] = rows.into();
    document
}

fn table(status: &DatabaseStatus) -> Table {
    let mut table = Table::new(&["WHAT", "VALUE"]);
    let mut line = |what: &str, value: String| table.row([what.to_owned(), value]);
    match &status.engine {
        EngineStatus::Sqlite(file) => {
            line("engine", "SQLite".to_owned());
            line("file", file.file.display().to_string());
            line("log", amount(file.log_size));
            line("pages", pages(file));
        }
        EngineStatus::Postgres(server) => {
            line("engine", format!("PostgreSQL {}", server.server));
            line("url", server.address.clone());
            line("connections", server.connections.to_string());
            line("dead rows", server.dead_rows.to_string());
        }
    }
    line("size", amount(status.size));
    line("schema", schema(status));
    for (what, n) in &status.rows {
        line(what, n.to_string());
    }
    table
}

fn pages(file: &FileStatus) -> String {
    let free = amount(file.free_pages * file.page_size);
    format!("{}, of them {} free ({free})", file.pages, file.free_pages)
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
