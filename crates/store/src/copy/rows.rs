//! The rows of a table as they come out of either engine, one after the other.

use futures::{StreamExt, stream::BoxStream};
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;
use weald_domain::ports::StoreError;

use super::schema::{Kind, Table};
use crate::sql::{Conn, storage};

/// What is in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    /// Ids too, as they are written.
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Int(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// All rows of a table, read as they are asked for.
pub(super) fn all<'c>(
    conn: Conn<'c>,
    table: &'c Table,
) -> BoxStream<'c, Result<Vec<Cell>, StoreError>> {
    let text = AssertSqlSafe(table.select());
    match conn {
        Conn::Sqlite(conn) => sqlx::query(text)
            .persistent(false)
            .fetch(conn)
            .map(|row| {
                let row = row.map_err(storage)?;
                cells(table, |n, kind| of_sqlite(&row, n, kind))
            })
            .boxed(),
        Conn::Postgres(conn) => sqlx::query(text)
            .persistent(false)
            .fetch(conn)
            .map(|row| {
                let row = row.map_err(storage)?;
                cells(table, |n, kind| of_postgres(&row, n, kind))
            })
            .boxed(),
    }
}

fn cells(
    table: &Table,
    read: impl Fn(usize, Kind) -> Result<Cell, sqlx::Error>,
) -> Result<Vec<Cell>, StoreError> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(n, column)| read(n, column.kind).map_err(storage))
        .collect()
}

fn of_sqlite(row: &SqliteRow, n: usize, kind: Kind) -> Result<Cell, sqlx::Error> {
    Ok(match kind {
        Kind::Int => row.try_get::<Option<i64>, _>(n)?.map(Cell::Int),
        Kind::Id | Kind::Text => row.try_get::<Option<String>, _>(n)?.map(Cell::Text),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(n)?.map(Cell::Bytes),
    }
    .unwrap_or(Cell::Null))
}

fn of_postgres(row: &PgRow, n: usize, kind: Kind) -> Result<Cell, sqlx::Error> {
    Ok(match kind {
        Kind::Int => row.try_get::<Option<i64>, _>(n)?.map(Cell::Int),
        Kind::Text => row.try_get::<Option<String>, _>(n)?.map(Cell::Text),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(n)?.map(Cell::Bytes),
        Kind::Id => {
            let id = row.try_get::<Option<Uuid>, _>(n)?;
            id.map(|id| Cell::Text(id.to_string()))
        }
    }
    .unwrap_or(Cell::Null))
}
