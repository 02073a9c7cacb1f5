//! PostgreSQL: how its connections are opened, and the lock that keeps a second process out.

mod connect;

use std::time::Duration;

use sqlx::{
    Connection, PgConnection, PgPool, Row,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use weald_domain::ports::StoreError;

use super::storage;

pub use connect::ConnectError;
pub(crate) use connect::{check_encoding, connect, options};

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

/// The pool of readers and writers; connections are opened when they are first needed.
pub(crate) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(KEPT + MORE)
        .min_connections(KEPT)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_secs(60))
        .connect_lazy_with(options)
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
    pub(crate) async fn take(options: PgConnectOptions) -> Result<Option<Self>, ConnectError> {
        let patient = options.clone().options([("lock_timeout", "3s")]);
        let mut conn = connect(&patient).await?;
        let taken = sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(IN_USE)
            .execute(&mut conn)
            .await;
        match taken {
            Ok(_) => Ok(Some(Self { options, conn })),
            Err(e) if is_timeout(&e) => Ok(None),
            Err(e) => Err(ConnectError::Store(storage(e))),
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
        match Self::take(self.options.clone()).await.map_err(late)? {
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

/// A server that was there and is not now.
fn late(error: ConnectError) -> StoreError {
    if let ConnectError::Store(error) = error {
        return error;
    }
    StoreError::Unavailable(Box::new(error))
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
    use weald_domain::{secret::Secret, time::UnixMillis};

    use super::*;
    use crate::{
        backup::dump::Dump,
        sql::migrate::{BackupTo, MigrateError, migrate_postgres_with},
    };

    const TWO: &[(i64, &str, &str)] = &[
        (1, "spine", "CREATE TABLE a (id BIGINT)"),
        (2, "more", "CREATE TABLE b (id BIGINT)"),
    ];

    const NOW: UnixMillis = UnixMillis(1_767_603_600_000);

    async fn count(conn: &mut PgConnection, text: &'static str) -> i64 {
        let row = sqlx::query(text).fetch_one(conn).await.expect("reads");
        row.try_get(0).expect("a number")
    }

    #[tokio::test]
    async fn an_older_database_is_dumped_before_its_migration_and_a_newer_one_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let server = weald_testkit::postgres::Postgres::start();
        let folder = tempfile::tempdir().expect("a folder");
        let options = options(&Secret::new(server.url())).expect("an address");
        let dump = Dump::of(&options, &server.url());
        let to = || BackupTo::Folder {
            dump: &dump,
            folder: folder.path(),
            now: NOW,
        };
        let mut conn = connect(&options).await.expect("connects");
        for _ in 0..2 {
            let made = migrate_postgres_with(&mut conn, &TWO[..1], to()).await;
            assert_eq!(made.expect("makes the tables").backup, None);
        }
        let put = sqlx::query("INSERT INTO a VALUES (7)");
        put.execute(&mut conn).await.expect("writes");

        let in_the_way = folder.path().join("weald-v1-2026-01-05T09-00-00-000Z.dump");
        std::fs::write(&in_the_way, "mine").expect("writes");
        let refused = migrate_postgres_with(&mut conn, TWO, to()).await;
        assert!(
            matches!(refused, Err(MigrateError::Backup(_))),
            "{refused:?}"
        );
        assert_eq!(std::fs::read(&in_the_way).expect("reads"), b"mine");
        let there = "SELECT count(*) FROM pg_class WHERE relname = 'b'";
        assert_eq!(count(&mut conn, there).await, 0, "nothing was migrated");

        std::fs::remove_file(&in_the_way).expect("removes");
        let migrated = migrate_postgres_with(&mut conn, TWO, to()).await;
        let migrated = migrated.expect("migrates");
        assert_eq!((migrated.from, migrated.to), (1, 2));
        assert_eq!(migrated.backup.as_deref(), Some(in_the_way.as_path()));
        let file = in_the_way.metadata().expect("is there");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        let bytes = std::fs::read(&in_the_way).expect("reads");
        assert_eq!(bytes.get(..5), Some(&b"PGDMP"[..]));
        assert_eq!(count(&mut conn, "SELECT count(*) FROM b").await, 0);
        assert_eq!(count(&mut conn, "SELECT id FROM a").await, 7);

        let refused = migrate_postgres_with(&mut conn, &TWO[..1], to()).await;
        assert!(
            matches!(refused, Err(MigrateError::Newer { found: 2, known: 1 })),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn without_a_dump_an_older_database_is_migrated_only_when_none_is_wanted() {
        let server = weald_testkit::postgres::Postgres::start();
        let options = options(&Secret::new(server.url())).expect("an address");
        let mut conn = connect(&options).await.expect("connects");
        let made = migrate_postgres_with(&mut conn, &TWO[..1], BackupTo::Nowhere).await;
        made.expect("makes the tables");
        let dump = Dump::of(&options, &server.url());
        let nowhere = BackupTo::Folder {
            dump: &dump,
            folder: std::path::Path::new("/proc/nowhere"),
            now: NOW,
        };
        let refused = migrate_postgres_with(&mut conn, TWO, nowhere).await;
        assert!(
            matches!(refused, Err(MigrateError::Backup(_))),
            "{refused:?}"
        );
        let migrated = migrate_postgres_with(&mut conn, TWO, BackupTo::Nowhere).await;
        assert_eq!(migrated.expect("migrates").backup, None);
    }
}
