//! SQLite: how its connections are opened. One writer, a small pool of readers.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection, Row, SqliteConnection,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};
use weald_domain::ports::StoreError;

use super::storage;

/// Readers beside the one writer.
const READERS: u32 = 4;
/// How long a statement waits for a lock of another process, such as a backup tool.
const BUSY: Duration = Duration::from_secs(5);

fn options(path: &Path, cache_kib: u32) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(160)
        .pragma("cache_size", format!("-{cache_kib}"))
        .pragma("mmap_size", "0")
        .pragma("temp_store", "memory")
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging()
}

/// The connection of the writer; makes the file when there is none.
pub(crate) async fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path, 2 * 1024).create_if_missing(true);
    SqliteConnection::connect_with(&options)
        .await
        .map_err(storage)
}

/// A connection that only reads, for upkeep: of a database that any Weald made, whatever its mode.
pub(crate) async fn inspector(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
        .disable_statement_logging();
    SqliteConnection::connect_with(&options)
        .await
        .map_err(storage)
}

/// The pool of the readers; connections are opened when they are first needed.
pub(crate) fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_secs(60))
        .test_before_acquire(false)
        .connect_lazy_with(options(path, 1024).read_only(true))
}

/// The newest place of the feed.
pub(crate) async fn newest_pos(conn: &mut SqliteConnection) -> Result<u64, StoreError> {
    let pos: i64 = sqlx::query("SELECT coalesce(max(pos), 0) FROM event")
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(storage)?;
    Ok(u64::try_from(pos).unwrap_or(0))
}
