//! Migrations: embedded, append-only, with a backup before any of them touches a database.

use std::{borrow::Cow, path::Path};

use sqlx::{
    AssertSqlSafe, Row, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};
use weald_domain::{BoxError, ports::StoreError, time::UnixMillis};

use super::storage;

/// Version, what it adds, and its text. Never edit one that was released.
const MIGRATIONS: &[(i64, &str, &str)] = &[(
    1,
    "spine",
    include_str!("../../migrations/sqlite/0001_spine.sql"),
)];

/// A database was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    /// A newer Weald made it.
    #[error("the database has schema version {found}, this build knows up to {known}")]
    Newer {
        /// The version of the database.
        found: i64,
        /// The newest version this build knows.
        known: i64,
    },
    /// The backup before the migration failed.
    #[error("backing the database up before its migration")]
    Backup(#[source] BoxError),
    /// A migration failed.
    #[error("migrating the database")]
    Failed(#[source] BoxError),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The schema version of a database; 0 when it is empty.
pub(crate) async fn version(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    let known: i64 = sqlx::query(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *conn)
    .await
    .and_then(|row| row.try_get(0))
    .map_err(storage)?;
    if known == 0 {
        return Ok(0);
    }
    sqlx::query("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(storage)
}

/// Brings a database up to date; a copy of one that holds something is put into `backups` first.
pub(crate) async fn migrate(
    conn: &mut SqliteConnection,
    backups: &Path,
    now: UnixMillis,
) -> Result<(), MigrateError> {
    migrate_with(conn, MIGRATIONS, backups, now).await
}

async fn migrate_with(
    conn: &mut SqliteConnection,
    migrations: &[(i64, &'static str, &'static str)],
    backups: &Path,
    now: UnixMillis,
) -> Result<(), MigrateError> {
    let known = migrations.last().map_or(0, |(version, ..)| *version);
    let found = version(conn).await?;
    if found > known {
        return Err(MigrateError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        crate::backup::vacuum_into(conn, backups, found, now)
            .await
            .map_err(|e| MigrateError::Backup(Box::new(e)))?;
    }
    let migrations = migrations
        .iter()
        .map(|(version, adds, text)| {
            Migration::new(
                *version,
                Cow::Borrowed(*adds),
                MigrationType::Simple,
                AssertSqlSafe(*text).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
        .run(conn)
        .await
        .map_err(|e| MigrateError::Failed(Box::new(e)))
}
