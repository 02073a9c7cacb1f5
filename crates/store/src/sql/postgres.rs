//! PostgreSQL: how its connections are opened, and the lock that keeps a second process out.

use std::{str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use weald_domain::{ports::StoreError, secret::Secret};

use super::storage;

/// Connections that are kept, and how many more there may be.
const KEPT: u32 = 5;
const MORE: u32 = 10;
/// `Weald` in ASCII: the advisory lock of the process that has the database.
const IN_USE: i64 = 0x57_65_61_6c_64;

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
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    PgConnection::connect_with(options).await.map_err(storage)
}

/// Keeps every other process out of the database while the connection lives; `false` when there
/// is one already.
pub(crate) async fn take(conn: &mut PgConnection) -> Result<bool, StoreError> {
    sqlx::query("SELECT pg_try_advisory_lock($1)")
        .bind(IN_USE)
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(storage)
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
