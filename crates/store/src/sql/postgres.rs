//! PostgreSQL: how its connections are opened, and the lock that keeps a second process out.

use std::{str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Row,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use weald_domain::{ports::StoreError, secret::Secret};

use super::storage;

/// Connections that are kept, and how many more there may be.
const KEPT: u32 = 5;
const MORE: u32 = 10;
/// `Weald` in ASCII: the advisory lock of the process that has the database.
const IN_USE: i64 = 0x0057_6561_6c64;

/// What every session of ours is set to, whatever the server's defaults are: each statement sees
/// what was committed before it, a commit is on disk, and neither a process that was stopped in a
/// transaction nor a lock holds the others up for ever.
const SETTINGS: [(&str, &str); 5] = [
    ("default_transaction_isolation", "read committed"),
    ("synchronous_commit", "on"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "10s"),
    ("application_name", "weald"),
];

/// How to reach a database.
///
/// # Errors
/// The address is none of PostgreSQL's.
pub(crate) fn options(url: &Secret) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url.expose())
        // The error of the driver repeats the address, and with it the password.
        .map_err(|_| StoreError::Unavailable("the address of the database is not valid".into()))?;
    Ok(options
        .options(SETTINGS)
        .statement_cache_capacity(160)
        .disable_statement_logging())
}

/// The pool of readers and writers; connections are opened when they are first needed.
pub(crate) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(KEPT + MORE)
        .min_connections(KEPT)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_secs(60))
        .connect_lazy_with(options)
}

/// A connection of its own.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    PgConnection::connect_with(options).await.map_err(storage)
}

/// What keeps every other process out of the database: an advisory lock, held by a connection for
/// as long as that lives.
pub(crate) struct DatabaseLock {
    options: PgConnectOptions,
    conn: PgConnection,
}

impl DatabaseLock {
    /// Takes it; none when another process has it. One that was just killed may have it for a
    /// moment longer.
    pub(crate) async fn take(options: PgConnectOptions) -> Result<Option<Self>, StoreError> {
        let patient = options.clone().options([("lock_timeout", "3s")]);
        let mut conn = connect(&patient).await?;
        let taken = sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(IN_USE)
            .execute(&mut conn)
            .await;
        match taken {
            Ok(_) => Ok(Some(Self { options, conn })),
            Err(e) if is_timeout(&e) => Ok(None),
            Err(e) => Err(storage(e)),
        }
    }

    /// Its connection, for what must be done before anything else.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.conn
    }

    /// Whether this process still has it. A server that was restarted has forgotten it: it is
    /// taken again, unless another process was first.
    pub(crate) async fn is_held(&mut self) -> Result<bool, StoreError> {
        if self.conn.ping().await.is_ok() {
            return Ok(true);
        }
        match Self::take(self.options.clone()).await? {
            Some(again) => {
                *self = again;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Gives it back.
    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        self.conn.close().await
    }
}

/// Whether a lock was not to be had in time.
fn is_timeout(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.as_deref() == Some("55P03")
}

/// The newest place of the feed.
pub(crate) async fn newest_pos(conn: &mut PgConnection) -> Result<u64, StoreError> {
    let pos: i64 = sqlx::query("SELECT head_pos FROM feed")
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(storage)?;
    Ok(u64::try_from(pos).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::migrate::{MigrateError, migrate_postgres_with};

    const TWO: &[(i64, &str, &str)] = &[
        (1, "spine", "CREATE TABLE a (id BIGINT)"),
        (2, "more", "CREATE TABLE b (id BIGINT)"),
    ];

    #[tokio::test]
    async fn an_older_database_is_not_migrated_without_a_backup_and_a_newer_one_is_refused() {
        let server = weald_testkit::postgres::Postgres::start();
        let options = options(&Secret::new(server.url())).expect("an address");
        let mut conn = connect(&options).await.expect("connects");
        for _ in 0..2 {
            let made = migrate_postgres_with(&mut conn, &TWO[..1]).await;
            made.expect("makes the tables");
        }
        let refused = migrate_postgres_with(&mut conn, TWO).await;
        assert!(
            matches!(refused, Err(MigrateError::Backup(_))),
            "{refused:?}"
        );
        let known: i64 = sqlx::query("SELECT count(*) FROM a")
            .fetch_one(&mut conn)
            .await
            .and_then(|row| row.try_get(0))
            .expect("reads");
        assert_eq!(known, 0);
        let refused = migrate_postgres_with(&mut conn, &[]).await;
        assert!(
            matches!(refused, Err(MigrateError::Newer { found: 1, known: 0 })),
            "{refused:?}"
        );
    }
}
