//! A connection of PostgreSQL's pool, which gets it back only when nothing is under way on it.
//!
//! A server that is cut off without a word answers nothing for a quarter of an hour. Whoever waits
//! for it gives up before, and closes the connection: the pool would wait on it in his place.

use std::{future::Future, io, time::Duration};

use sqlx::{Executor, PgConnection, PgPool, Postgres, pool::PoolConnection};

/// How long the server may take for a statement, a commit, or all that a job does.
pub(crate) const ANSWER: Duration = Duration::from_secs(30);

/// The connection.
pub(crate) struct Borrowed {
    conn: PoolConnection<Postgres>,
    under_way: bool,
}

impl Borrowed {
    /// A connection for single statements.
    pub(crate) async fn take(pool: &PgPool) -> Result<Self, sqlx::Error> {
        Ok(Self {
            conn: pool.acquire().await?,
            under_way: false,
        })
    }

    /// A connection with an open transaction.
    pub(crate) async fn begin(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let mut this = Self::take(pool).await?;
        this.under_way = true;
        answered(this.conn.execute("BEGIN")).await?;
        Ok(this)
    }

    /// Ends the transaction. After an error nobody knows whether it was committed.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        self.end("COMMIT").await
    }

    /// Undoes the transaction.
    pub(crate) async fn roll_back(self) -> Result<(), sqlx::Error> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, how: &'static str) -> Result<(), sqlx::Error> {
        answered(self.conn.execute(how)).await?;
        self.under_way = false;
        Ok(())
    }

    /// Nobody waits any longer for what was asked.
    pub(crate) fn give_up(&mut self) {
        self.under_way = true;
    }

    /// The connection itself.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.conn
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if self.under_way {
            self.conn.close_on_drop();
        }
    }
}

/// What a server answers in time.
pub(crate) async fn answered<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
    }
}

/// Whether an error says that the server did not answer in time.
pub(crate) fn is_late(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(io) if io.kind() == io::ErrorKind::TimedOut)
}
