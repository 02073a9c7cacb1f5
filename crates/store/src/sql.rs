//! The journal and the tables, on SQLite or PostgreSQL. One file per aggregate; row types are
//! private to them.

pub(crate) mod approvals;
mod assets;
pub(crate) mod audit;
mod borrowed;
pub(crate) mod column;
pub(crate) mod conversations;
pub(crate) mod edits;
pub(crate) mod events;
pub(crate) mod first_start;
mod folders;
mod identity;
pub(crate) mod inbox;
mod journal;
pub(crate) mod lock;
pub(crate) mod messages;
pub(crate) mod migrate;
pub(crate) mod page;
pub(crate) mod postgres;
pub(crate) mod presets;
mod projects;
pub(crate) mod providers;
pub(crate) mod reader;
pub(crate) mod request_keys;
mod row;
pub(crate) mod sessions;
mod settings;
pub(crate) mod sqlite;
mod statement;
pub(crate) mod tx;
pub(crate) mod workspaces;
pub(crate) mod writer;

use std::{future::Future, io::ErrorKind};

use sqlx::{PgConnection, SqliteConnection, error::DatabaseError};
use weald_domain::ports::StoreError;

use borrowed::{answered, is_late};
pub(crate) use row::{Read, Row};
pub(crate) use statement::{Statement, sql};

/// A connection of either engine.
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// A connection that counts what it runs: a writer's or a reader's.
pub(crate) trait Sql: Send {
    /// The connection, counted as one statement.
    fn conn(&mut self) -> Conn<'_>;

    /// The server did not answer in time: the connection is of no use any more.
    fn give_up(&mut self) {}

    /// What an error of a statement means.
    fn failed(&mut self, error: sqlx::Error) -> StoreError {
        if is_late(&error) {
            self.give_up();
        }
        storage(error)
    }

    /// Runs a statement; how many rows it hit.
    fn execute(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        async move {
            match self.conn() {
                Conn::Sqlite(conn) => {
                    let done = statement.sqlite().execute(conn).await;
                    done.map(|done| done.rows_affected())
                }
                Conn::Postgres(conn) => {
                    let done = answered(statement.postgres().execute(conn)).await;
                    done.map(|done| done.rows_affected())
                }
            }
            .map_err(|error| self.failed(error))
        }
    }

    /// The only row, or none.
    fn one<T: Read + Send>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send {
        async move {
            let row = match self.conn() {
                Conn::Sqlite(conn) => {
                    let row = statement.sqlite().fetch_optional(conn).await;
                    row.map(|row| row.map(Row::Sqlite))
                }
                Conn::Postgres(conn) => {
                    let row = answered(statement.postgres().fetch_optional(conn)).await;
                    row.map(|row| row.map(Row::Postgres))
                }
            };
            let row = row.map_err(|error| self.failed(error))?;
            row.as_ref().map(T::read).transpose()
        }
    }

    /// All rows.
    fn all<T: Read + Send>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        async move {
            match self.conn() {
                Conn::Sqlite(conn) => {
                    let rows = statement.sqlite().fetch_all(conn).await.map_err(storage)?;
                    let rows = rows.into_iter().map(Row::Sqlite);
                    rows.map(|row| T::read(&row)).collect()
                }
                Conn::Postgres(conn) => {
                    let rows = answered(statement.postgres().fetch_all(conn)).await;
                    let rows = rows.map_err(|error| self.failed(error))?;
                    let rows = rows.into_iter().map(Row::Postgres);
                    rows.map(|row| T::read(&row)).collect()
                }
            }
        }
    }
}

/// What a caller reads of a statement that the database will never take.
const REFUSED: &str = "the database refuses what should be stored";

/// What a driver error means to a caller.
pub(crate) fn storage(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    let code = code.as_deref().unwrap_or_default();
    // Extended codes of SQLite hold their kind in the lowest byte; those of PostgreSQL have five
    // characters.
    let kind = Some(code)
        .filter(|code| code.len() < 5)
        .and_then(|code| code.parse::<i32>().ok())
        .map(|code| code & 0xff);
    // SQLITE_FULL, SQLITE_CORRUPT and SQLITE_NOTADB; disk_full, data_corrupted, index_corrupted.
    let is_full = kind == Some(13)
        || code == "53100"
        || matches!(&error, sqlx::Error::Io(io) if io.kind() == ErrorKind::StorageFull);
    let is_damaged = matches!(kind, Some(11 | 26)) || matches!(code, "XX001" | "XX002");
    // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH and SQLITE_RANGE; a value, a constraint, and
    // a statement or a right that is missing. However often it is tried, it is refused.
    let is_refused = matches!(kind, Some(18 | 19 | 20 | 25))
        || (code.len() == 5 && matches!(code.get(..2), Some("22" | "23" | "42")));
    let is_odd = matches!(
        &error,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_)
    );
    if is_full {
        StoreError::Full(Box::new(error))
    } else if is_damaged || is_odd {
        StoreError::Corrupt {
            what: if is_odd { "a column" } else { "the database" },
            source: Box::new(error),
        }
    } else if is_refused {
        StoreError::Corrupt {
            what: REFUSED,
            source: Box::new(error),
        }
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

/// Whether an error says that a unique index refused the row.
pub(crate) fn is_taken(error: &StoreError) -> bool {
    let StoreError::Corrupt { source, .. } = error else {
        return false;
    };
    source
        .downcast_ref::<sqlx::Error>()
        .and_then(sqlx::Error::as_database_error)
        .is_some_and(DatabaseError::is_unique_violation)
}

#[cfg(test)]
mod tests {
    use sqlx::SqliteConnection;

    use super::*;

    async fn failed(conn: &mut SqliteConnection, text: &'static str) -> StoreError {
        let ran = sqlx::query(text).execute(conn).await;
        storage(ran.expect_err("is refused"))
    }

    #[tokio::test]
    async fn a_full_database_a_damaged_one_a_locked_one_and_a_refusal_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("weald.sqlite");
        let mut conn = sqlite::writer(&path).await.expect("opens");
        for text in [
            "CREATE TABLE a (bytes BLOB)",
            "PRAGMA max_page_count = 8",
            "PRAGMA busy_timeout = 1",
        ] {
            sqlx::query(text).execute(&mut conn).await.expect("runs");
        }
        let full = failed(&mut conn, "INSERT INTO a VALUES (zeroblob(100000))").await;
        assert!(matches!(full, StoreError::Full(_)), "{full:?}");
        let mut other = sqlite::writer(&path).await.expect("opens");
        let begin = sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await;
        begin.expect("takes the lock");
        let locked = failed(&mut conn, "INSERT INTO a VALUES (1)").await;
        assert!(matches!(locked, StoreError::Unavailable(_)), "{locked:?}");
        sqlx::query("ROLLBACK")
            .execute(&mut other)
            .await
            .expect("ends");
        let text = "CREATE TABLE b (a BIGINT NOT NULL CHECK (a > 1))";
        sqlx::query(text).execute(&mut conn).await.expect("runs");
        for text in ["INSERT INTO b VALUES (1)", "INSERT INTO b VALUES (NULL)"] {
            let refused = failed(&mut conn, text).await;
            let lasting = matches!(refused, StoreError::Corrupt { what: REFUSED, .. });
            assert!(lasting, "{refused:?}");
        }
        let noise = folder.path().join("noise.sqlite");
        std::fs::write(&noise, "noise ".repeat(1000)).expect("writes");
        let damaged = sqlite::writer(&noise).await.expect_err("is no database");
        assert!(matches!(damaged, StoreError::Corrupt { .. }), "{damaged:?}");
    }
}
