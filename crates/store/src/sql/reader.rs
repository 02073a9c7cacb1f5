//! Connections that read.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, pool::PoolConnection};
use weald_domain::ports::StoreError;

use super::{Conn, Sql, storage};
use crate::statements::Statements;

/// Where readers come from.
pub(crate) enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A reader's connection, given back when dropped.
pub(crate) struct Reader {
    conn: Held,
    statements: Statements,
}

enum Held {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Readers {
    pub(crate) async fn take(&self, statements: Statements) -> Result<Reader, StoreError> {
        let conn = match self {
            Self::Sqlite(pool) => Held::Sqlite(pool.acquire().await.map_err(storage)?),
            Self::Postgres(pool) => Held::Postgres(pool.acquire().await.map_err(storage)?),
        };
        Ok(Reader { conn, statements })
    }

    /// Closes the readers that the writer does not need; on SQLite all of them, so that the
    /// writer is the last to close and folds the log back.
    pub(crate) async fn close_early(&self) {
        if let Self::Sqlite(pool) = self {
            pool.close().await;
        }
    }

    /// Closes all readers.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Sql for Reader {
    fn conn(&mut self) -> Conn<'_> {
        self.statements.count();
        match &mut self.conn {
            Held::Sqlite(conn) => Conn::Sqlite(conn),
            Held::Postgres(conn) => Conn::Postgres(conn),
        }
    }
}
