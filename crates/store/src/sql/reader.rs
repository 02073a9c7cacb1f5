//! Connections that read.

use std::time::Duration;

use sqlx::{PgPool, Sqlite, SqlitePool, pool::PoolConnection};
use weald_domain::ports::StoreError;

use super::{Conn, Sql, borrowed::Borrowed, storage};
use crate::statements::Statements;

/// How long the end waits for a server that may be silent.
const CLOSED_WITHIN: Duration = Duration::from_secs(5);

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
    Postgres(Borrowed),
}

impl Readers {
    pub(crate) async fn take(&self, statements: Statements) -> Result<Reader, StoreError> {
        let conn = match self {
            Self::Sqlite(pool) => Held::Sqlite(pool.acquire().await.map_err(storage)?),
            Self::Postgres(pool) => Held::Postgres(Borrowed::take(pool).await.map_err(storage)?),
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
            Self::Postgres(pool) => {
                // It waits for connections that are just being made, which may take minutes.
                let _ = tokio::time::timeout(CLOSED_WITHIN, pool.close()).await;
            }
        }
    }
}

impl Sql for Reader {
    fn conn(&mut self) -> Conn<'_> {
        self.statements.count();
        match &mut self.conn {
            Held::Sqlite(conn) => Conn::Sqlite(conn),
            Held::Postgres(conn) => Conn::Postgres(conn.conn()),
        }
    }

    fn give_up(&mut self) {
        if let Held::Postgres(conn) = &mut self.conn {
            conn.give_up();
        }
    }
}
