//! Statements whose text names a table that was found in the database.

use sqlx::AssertSqlSafe;
use weald_domain::ports::StoreError;

use crate::sql::{Conn, Read, Row, Sql, column, storage};

/// Runs it.
pub(super) async fn run(side: &mut impl Sql, text: String) -> Result<(), StoreError> {
    let text = AssertSqlSafe(text);
    match side.conn() {
        Conn::Sqlite(conn) => sqlx::query(text).execute(conn).await.map(|_| ()),
        Conn::Postgres(conn) => sqlx::query(text).execute(conn).await.map(|_| ()),
    }
    .map_err(storage)
}

/// The only row, or none.
pub(super) async fn one<T: Read>(
    side: &mut impl Sql,
    text: String,
) -> Result<Option<T>, StoreError> {
    let text = AssertSqlSafe(text);
    let row = match side.conn() {
        Conn::Sqlite(conn) => {
            let row = sqlx::query(text).fetch_optional(conn).await;
            row.map(|row| row.map(Row::Sqlite))
        }
        Conn::Postgres(conn) => {
            let row = sqlx::query(text).fetch_optional(conn).await;
            row.map(|row| row.map(Row::Postgres))
        }
    };
    row.map_err(storage)?.as_ref().map(T::read).transpose()
}

/// The number that it answers as `n`.
pub(super) async fn number(side: &mut impl Sql, text: String) -> Result<u64, StoreError> {
    let found: Option<Number> = one(side, text).await?;
    Ok(found.map_or(0, |Number(n)| n))
}

struct Number(u64);

impl Read for Number {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::count(row, "n").map(Self)
    }
}
