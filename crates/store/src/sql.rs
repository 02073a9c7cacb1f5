//! The journal and the tables, on SQLite. One file per aggregate; row types are private to them.

pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod column;
pub(crate) mod conversations;
pub(crate) mod edits;
pub(crate) mod events;
pub(crate) mod first_start;
mod folders;
mod identity;
pub(crate) mod inbox;
mod journal;
pub(crate) mod messages;
pub(crate) mod migrate;
pub(crate) mod page;
pub(crate) mod presets;
mod projects;
pub(crate) mod providers;
mod request_keys;
pub(crate) mod sessions;
mod settings;
pub(crate) mod sqlite;
pub(crate) mod workspaces;
pub(crate) mod writer;

use std::{future::Future, io::ErrorKind};

use sqlx::{
    Sqlite, SqliteConnection,
    error::DatabaseError,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use weald_domain::ports::StoreError;

/// A statement with its arguments.
pub(crate) type Statement = Query<'static, Sqlite, SqliteArguments>;

/// A statement by its text.
pub(crate) fn sql(text: &'static str) -> Statement {
    sqlx::query(text)
}

/// What a row becomes.
pub(crate) trait Read: Sized {
    /// Reads the columns it needs by name.
    fn read(row: &SqliteRow) -> Result<Self, StoreError>;
}

/// A connection that counts what it runs: the writer's or a reader's.
pub(crate) trait Sql: Send {
    /// The connection, counted as one statement.
    fn conn(&mut self) -> &mut SqliteConnection;

    /// Runs a statement; how many rows it hit.
    fn execute(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        async move {
            let done = statement.execute(self.conn()).await.map_err(storage)?;
            Ok(done.rows_affected())
        }
    }

    /// The only row, or none.
    fn one<T: Read + Send>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send {
        async move {
            let row = statement
                .fetch_optional(self.conn())
                .await
                .map_err(storage)?;
            row.as_ref().map(T::read).transpose()
        }
    }

    /// All rows.
    fn all<T: Read + Send>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        async move {
            let rows = statement.fetch_all(self.conn()).await.map_err(storage)?;
            rows.iter().map(T::read).collect()
        }
    }
}

/// What a driver error means to a caller.
pub(crate) fn storage(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    // SQLITE_FULL, SQLITE_CORRUPT and SQLITE_NOTADB.
    let is_full = code.as_deref() == Some("13")
        || matches!(&error, sqlx::Error::Io(io) if io.kind() == ErrorKind::StorageFull);
    let is_damaged = matches!(code.as_deref(), Some("11" | "26"));
    let is_odd = matches!(
        &error,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_)
    );
    drop(code);
    if is_full {
        StoreError::Full(Box::new(error))
    } else if is_damaged || is_odd {
        StoreError::Corrupt {
            what: if is_odd {
                "a column"
            } else {
                "the database file"
            },
            source: Box::new(error),
        }
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

/// Whether an error says that a unique index refused the row.
pub(crate) fn is_taken(error: &StoreError) -> bool {
    let StoreError::Unavailable(source) = error else {
        return false;
    };
    source
        .downcast_ref::<sqlx::Error>()
        .and_then(sqlx::Error::as_database_error)
        .is_some_and(DatabaseError::is_unique_violation)
}
