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
/// How long looking after the lock may take; whoever closes the store waits for it.
const SOON: Duration = Duration::from_secs(5);
/// `Weald` in ASCII: the advisory lock of the process that has the database.
const IN_USE: i64 = 0x0057_6561_6c64;

/// What every session of ours is set to, whatever the server's defaults are: each statement sees
/// what was committed before it, a commit is on disk, and neither a process that was stopped in a
/// transaction nor a lock holds the others up for ever, nor a connection whose other end is gone.
const SETTINGS: [(&str, &str); 8] = [
    ("default_transaction_isolation", "read committed"),
    ("synchronous_commit", "on"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "10s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
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
    backend: Backend,
}

/// The server's end of a connection. Its number is given again to another one later; when it began
/// tells them apart.
struct Backend {
    pid: i32,
    began: String,
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
            Ok(_) => {}
            Err(e) if is_timeout(&e) => return Ok(None),
            Err(e) => return Err(ConnectError::Store(storage(e))),
        }
        let backend = Backend::of(&mut conn).await;
        let backend = backend.map_err(|e| ConnectError::Store(storage(e)))?;
        Ok(Some(Self {
            options,
            conn,
            backend,
        }))
    }

    /// Its connection, for what must be done before anything else.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.conn
    }

    /// Whether this process still has it. A server that was restarted has forgotten it: it is
    /// taken again, unless another process was first. So it is when the connection was lost on the
    /// way, and the server has not noticed: its end of it is ended first.
    pub(crate) async fn is_held(&mut self) -> Result<bool, StoreError> {
        if soon(self.conn.ping())
            .await
            .is_some_and(|held| held.is_ok())
        {
            return Ok(true);
        }
        let mut again = self.retake().await?;
        if again.is_none() && self.end_backend().await? {
            again = self.retake().await?;
        }
        match again {
            Some(again) => {
                *self = again;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn retake(&self) -> Result<Option<Self>, StoreError> {
        let taken = soon(Self::take(self.options.clone())).await;
        taken.ok_or_else(silent)?.map_err(late)
    }

    /// Ends the server's end of the connection that is lost, should that hold the lock; whether it
    /// did.
    async fn end_backend(&self) -> Result<bool, StoreError> {
        let ended = async {
            let mut conn = connect(&self.options).await?;
            let ended = self.backend.end(&mut conn).await;
            ended.map_err(|e| ConnectError::Store(storage(e)))
        };
        soon(ended).await.ok_or_else(silent)?.map_err(late)
    }

    /// Gives it back.
    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        soon(self.conn.close()).await.unwrap_or(Ok(()))
    }
}

impl Backend {
    async fn of(conn: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let text = "SELECT pid, backend_start::text AS began FROM pg_stat_activity
             WHERE pid = pg_backend_pid()";
        let row = sqlx::query(text).fetch_one(conn).await?;
        Ok(Self {
            pid: row.try_get("pid")?,
            began: row.try_get("began")?,
        })
    }

    /// Ends it if it holds the lock; whether it did.
    async fn end(&self, conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let text = "SELECT pg_terminate_backend(held.pid) FROM pg_locks held
             JOIN pg_stat_activity backend ON backend.pid = held.pid
             WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
                AND held.database = (SELECT oid FROM pg_database
                    WHERE datname = current_database())
                AND (held.classid::bigint << 32) | held.objid::bigint = $1
                AND held.pid = $2 AND backend.backend_start::text = $3";
        let ended = sqlx::query(text)
            .bind(IN_USE)
            .bind(self.pid)
            .bind(&self.began)
            .fetch_optional(conn)
            .await?;
        Ok(ended.is_some())
    }
}

/// What is done in a moment; none when it is not.
async fn soon<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(SOON, work).await.ok()
}

fn silent() -> StoreError {
    StoreError::Unavailable("the database server does not answer".into())
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
