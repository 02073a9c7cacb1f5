//! A row of either engine, and what a row becomes.

use sqlx::{Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};
use weald_domain::ports::StoreError;

use super::storage;

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a row becomes.
pub(crate) trait Read: Sized {
    /// Reads the columns it needs by name.
    fn read(row: &Row) -> Result<Self, StoreError>;
}

impl Row {
    /// A column by its name.
    pub(super) fn get<'r, T>(&'r self, name: &str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(name),
            Self::Postgres(row) => row.try_get(name),
        }
        .map_err(storage)
    }
}
