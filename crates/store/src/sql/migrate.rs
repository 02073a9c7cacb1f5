//! Migrations: embedded, append-only, with a backup before any of them touches a database.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use sqlx::{
    AssertSqlSafe, PgConnection, Row, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};
use weald_domain::{BoxError, ports::StoreError, time::UnixMillis};

use super::storage;
use crate::backup::dump::Dump;

/// Version, what it adds, and its text. Never edit one that was released.
const SQLITE: &[(i64, &str, &str)] = &[
    (
        1,
        "spine",
        include_str!("../../migrations/sqlite/0001_spine.sql"),
    ),
    (
        2,
        "pending approvals",
        include_str!("../../migrations/sqlite/0002_pending_approvals.sql"),
    ),
];
const POSTGRES: &[(i64, &str, &str)] = &[
    (
        1,
        "spine",
        include_str!("../../migrations/postgres/0001_spine.sql"),
    ),
    (
        2,
        "pending approvals",
        include_str!("../../migrations/postgres/0002_pending_approvals.sql"),
    ),
];

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
    migrate_with(conn, SQLITE, Some(backups), now).await?;
    Ok(())
}

/// The same, and what it did; without a folder for it no copy is made.
pub(crate) async fn bring_up_to_date(
    conn: &mut SqliteConnection,
    backups: Option<&Path>,
    now: UnixMillis,
) -> Result<Migrated, MigrateError> {
    migrate_with(conn, SQLITE, backups, now).await
}

/// The newest schema version that this build knows.
pub(crate) fn newest() -> i64 {
    newest_of(SQLITE)
}

fn newest_of(migrations: &[(i64, &str, &str)]) -> i64 {
    migrations.last().map_or(0, |(version, ..)| *version)
}

/// Schema version before and after, and the copy made between.
#[derive(Debug)]
pub(crate) struct Migrated {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) backup: Option<PathBuf>,
}

async fn migrate_with(
    conn: &mut SqliteConnection,
    migrations: &[(i64, &'static str, &'static str)],
    backups: Option<&Path>,
    now: UnixMillis,
) -> Result<Migrated, MigrateError> {
    let known = newest_of(migrations);
    let found = version(conn).await?;
    let mut migrated = Migrated {
        from: found,
        to: known,
        backup: None,
    };
    if found > known {
        return Err(MigrateError::Newer { found, known });
    }
    if found == known {
        return Ok(migrated);
    }
    if let Some(backups) = backups.filter(|_| found > 0) {
        let copy = crate::backup::vacuum_into(conn, backups, found, now).await;
        migrated.backup = Some(copy.map_err(|e| MigrateError::Backup(Box::new(e)))?);
    }
    migrator(migrations).run(conn).await.map_err(failed)?;
    Ok(migrated)
}

fn failed(error: sqlx::migrate::MigrateError) -> MigrateError {
    use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
    let (Execute(cause) | ExecuteMigration(cause, _)) = error else {
        return MigrateError::Failed(Box::new(error));
    };
    let error = storage(cause);
    if matches!(error, StoreError::Full(_)) {
        MigrateError::Store(error)
    } else {
        MigrateError::Failed(Box::new(error))
    }
}

fn migrator(migrations: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = migrations.iter().map(|(version, adds, text)| {
        Migration::new(
            *version,
            Cow::Borrowed(*adds),
            MigrationType::Simple,
            AssertSqlSafe(*text).into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// Brings a database of PostgreSQL up to date.
pub(crate) async fn bring_postgres_up_to_date(
    conn: &mut PgConnection,
    backup: BackupTo<'_>,
) -> Result<Migrated, MigrateError> {
    migrate_postgres_with(conn, POSTGRES, backup).await
}

/// Where a database of PostgreSQL that holds something is dumped to before its migration.
pub(crate) enum BackupTo<'d> {
    /// No dump is wanted.
    Nowhere,
    /// Into a folder.
    Folder {
        dump: &'d Dump,
        folder: &'d Path,
        now: UnixMillis,
    },
}

pub(super) async fn migrate_postgres_with(
    conn: &mut PgConnection,
    migrations: &[(i64, &'static str, &'static str)],
    backup: BackupTo<'_>,
) -> Result<Migrated, MigrateError> {
    let known = newest_of(migrations);
    let found = version_of_postgres(conn).await?;
    let mut migrated = Migrated {
        from: found,
        to: known,
        backup: None,
    };
    if found > known {
        return Err(MigrateError::Newer { found, known });
    }
    if found == known {
        return Ok(migrated);
    }
    if let BackupTo::Folder { dump, folder, now } = backup
        && found > 0
    {
        let copy = dump.put_into(conn, folder, found, now).await;
        migrated.backup = Some(copy.map_err(|e| MigrateError::Backup(Box::new(e)))?);
    }
    migrator(migrations).run(conn).await.map_err(failed)?;
    Ok(migrated)
}

/// The schema version of a database of PostgreSQL; 0 when it has no tables of ours.
pub(crate) async fn version_of_postgres(conn: &mut PgConnection) -> Result<i64, StoreError> {
    let table: bool = sqlx::query("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *conn)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(storage)?;
    if !table {
        return Ok(0);
    }
    sqlx::query("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(conn)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(storage)
}

/// How `SQLite` would run a statement on an empty database, for tests of what must not be a scan.
#[cfg(test)]
pub(crate) async fn plan(text: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut conn = super::sqlite::writer(&folder.path().join("weald.sqlite"))
        .await
        .expect("opens");
    migrate(&mut conn, folder.path(), UnixMillis(0))
        .await
        .expect("migrates");
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
    let rows = sqlx::query(explain)
        .fetch_all(&mut conn)
        .await
        .expect("explains");
    rows.iter()
        .map(|row| row.get::<String, _>("detail") + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::sqlite;

    const NOW: UnixMillis = UnixMillis(1_767_603_600_000);
    const TWO: &[(i64, &str, &str)] = &[
        (1, "spine", "CREATE TABLE a (id INTEGER) STRICT"),
        (2, "more", "CREATE TABLE b (id INTEGER) STRICT"),
    ];

    async fn count(conn: &mut SqliteConnection, text: &'static str) -> i64 {
        let row = sqlx::query(text).fetch_one(conn).await.expect("reads");
        row.try_get(0).expect("a number")
    }

    #[tokio::test]
    async fn a_database_that_holds_something_is_backed_up_before_its_migration() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("weald.sqlite");
        let mut conn = sqlite::writer(&path).await.expect("opens");
        let copies = || std::fs::read_dir(folder.path()).expect("lists");
        let copies = || {
            copies()
                .flatten()
                .filter(|e| e.file_name() != "weald.sqlite")
        };
        let copies = || copies().filter(|e| e.path().extension() == Some("sqlite".as_ref()));
        migrate_with(&mut conn, &TWO[..1], Some(folder.path()), NOW)
            .await
            .expect("migrates");
        assert_eq!(copies().count(), 0, "an empty database needs no backup");
        sqlx::query("INSERT INTO a VALUES (7)")
            .execute(&mut conn)
            .await
            .expect("writes");
        migrate_with(&mut conn, TWO, Some(folder.path()), NOW)
            .await
            .expect("migrates");
        migrate_with(&mut conn, TWO, Some(folder.path()), NOW)
            .await
            .expect("is harmless");
        assert_eq!(count(&mut conn, "SELECT id FROM a").await, 7);
        assert_eq!(count(&mut conn, "SELECT count(*) FROM b").await, 0);
        let copies: Vec<_> = copies().map(|entry| entry.path()).collect();
        assert_eq!(copies.len(), 1);
        let mut copy = sqlite::writer(&copies[0]).await.expect("opens");
        assert_eq!(count(&mut copy, "SELECT id FROM a").await, 7);
        assert_eq!(version(&mut copy).await.expect("reads"), 1);
    }

    #[tokio::test]
    async fn a_failed_migration_leaves_the_old_version() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("weald.sqlite");
        let mut conn = sqlite::writer(&path).await.expect("opens");
        migrate_with(&mut conn, &TWO[..1], Some(folder.path()), NOW)
            .await
            .expect("migrates");
        let broken = &[
            TWO[0],
            (2, "more", "CREATE TABLE b (id INTEGER) STRICT; NONSENSE"),
        ];
        let failed = migrate_with(&mut conn, broken, Some(folder.path()), NOW).await;
        assert!(matches!(failed, Err(MigrateError::Failed(_))), "{failed:?}");
        assert_eq!(version(&mut conn).await.expect("reads"), 1);
        let text = "SELECT count(*) FROM sqlite_schema WHERE name = 'b'";
        assert_eq!(count(&mut conn, text).await, 0);
        migrate_with(&mut conn, TWO, Some(folder.path()), NOW.plus_millis(1))
            .await
            .expect("goes on");
    }

    #[tokio::test]
    async fn a_newer_database_is_refused_with_both_versions() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("weald.sqlite");
        let mut conn = sqlite::writer(&path).await.expect("opens");
        migrate_with(&mut conn, TWO, Some(folder.path()), NOW)
            .await
            .expect("migrates");
        let refused = migrate_with(&mut conn, &TWO[..1], Some(folder.path()), NOW).await;
        let text = refused.expect_err("is newer").to_string();
        assert!(text.contains('2') && text.contains('1'), "{text}");
    }
}
