//! Upkeep of a database in a PostgreSQL server.

use std::{fs::File, path::Path};

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Row, error::DatabaseError, postgres::PgConnectOptions,
};
use weald_domain::{ports::StoreError, secret::Secret, time::UnixMillis};

use super::{BackupFirst, FAULTS_NAMED, MAIN_TABLES, Migration, UpkeepError};
use crate::{
    address::DatabaseAddress,
    backup::dump::Dump,
    data_folder::DataFolder,
    sql::{
        migrate::{self, BackupTo, Migrated},
        postgres::{self, DatabaseLock},
        storage,
    },
    store::OpenError,
};

/// The tables of the first schema of the path: those of Weald, in a database of its own.
const TABLES: &str = "SELECT relname::text AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname";

/// How a database in a server stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerStatus {
    /// Its address, without a password.
    pub address: String,
    /// The version of the server.
    pub server: String,
    /// Connections to the database, without this one.
    pub connections: u64,
    /// Rows that are deleted and still take room; a vacuum gives it back.
    pub dead_rows: u64,
}

/// What is the same on both engines.
pub(super) struct Counts {
    pub(super) size: u64,
    pub(super) applied: i64,
    pub(super) rows: Vec<(&'static str, u64)>,
}

/// A database in a server.
#[derive(Clone)]
pub(super) struct Server {
    options: PgConnectOptions,
    dump: Dump,
    shown: String,
}

impl Server {
    pub(super) fn of(url: &Secret) -> Result<Self, OpenError> {
        let address = DatabaseAddress::Postgres(url.clone());
        // What a check or a vacuum takes is no reason to end it.
        let options = postgres::options(url)?.options([("statement_timeout", "0")]);
        Ok(Self {
            dump: Dump::of(&options, url.expose()),
            options,
            shown: address.shown().unwrap_or_default(),
        })
    }

    /// Its address, without a password.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Connects to a database that has tables of ours; the schema version it has.
    async fn open(&self) -> Result<(PgConnection, i64), UpkeepError> {
        let opened = postgres::connect(&self.options).await;
        let mut conn = opened.map_err(OpenError::from)?;
        match migrate::version_of_postgres(&mut conn).await? {
            0 => Err(UpkeepError::Missing(self.shown.clone())),
            version => Ok((conn, version)),
        }
    }

    /// The same, with every other process kept out.
    async fn take(&self) -> Result<(DatabaseLock, i64), UpkeepError> {
        let lock = DatabaseLock::take(self.options.clone()).await;
        let lock = lock.map_err(OpenError::from)?;
        let mut lock = lock.ok_or(OpenError::DatabaseInUse)?;
        match migrate::version_of_postgres(lock.conn()).await? {
            0 => Err(UpkeepError::Missing(self.shown.clone())),
            version => Ok((lock, version)),
        }
    }

    pub(super) async fn status(&self) -> Result<(ServerStatus, Counts), UpkeepError> {
        let (mut conn, applied) = self.open().await?;
        let there = tables(&mut conn).await?;
        let mut rows = Vec::new();
        for table in MAIN_TABLES {
            if there.iter().any(|name| name == table) {
                let text = format!("SELECT count(*) FROM \"{table}\"");
                rows.push((table, number(&mut conn, text).await?));
            }
        }
        let size = "SELECT pg_database_size(current_database())".to_owned();
        let connections = "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"
            .to_owned();
        let dead =
            "SELECT coalesce(sum(n_dead_tup), 0)::bigint FROM pg_stat_user_tables".to_owned();
        let version = sqlx::query("SELECT current_setting('server_version') AS version")
            .fetch_one(&mut conn)
            .await
            .and_then(|row| row.try_get("version"));
        let status = ServerStatus {
            address: self.shown.clone(),
            server: version.map_err(storage)?,
            connections: number(&mut conn, connections).await?,
            dead_rows: number(&mut conn, dead).await?,
        };
        let counts = Counts {
            size: number(&mut conn, size).await?,
            applied,
            rows,
        };
        conn.close().await.map_err(storage)?;
        Ok((status, counts))
    }

    /// Reads every row of every table whole, and looks for indexes and pages that the server
    /// knows to be damaged, and for a feed that goes another way than its events.
    pub(super) async fn check(&self) -> Result<Vec<String>, UpkeepError> {
        let (mut conn, _) = self.open().await?;
        let mut faults = Vec::new();
        for table in tables(&mut conn).await? {
            let text = format!(
                "SELECT coalesce(sum(octet_length(t::text)), 0)::bigint FROM \"{table}\" AS t"
            );
            match sqlx::query(AssertSqlSafe(text)).execute(&mut conn).await {
                Ok(_) => {}
                Err(error) if is_damage(&error) => faults.push(format!("table {table}: {error}")),
                Err(error) => return Err(storage(error).into()),
            }
        }
        faults.extend(damage_known(&mut conn).await?);
        conn.close().await.map_err(storage)?;
        faults.truncate(FAULTS_NAMED);
        Ok(faults)
    }

    pub(super) async fn migrate(
        &self,
        folder: &DataFolder,
        first: BackupFirst,
        now: UnixMillis,
    ) -> Result<Migration, UpkeepError> {
        let (mut lock, _) = self.take().await?;
        let backups = folder.backups();
        let backup = match first {
            BackupFirst::No => BackupTo::Nowhere,
            BackupFirst::Yes => BackupTo::Folder {
                dump: &self.dump,
                folder: &backups,
                now,
            },
        };
        let migrated = migrate::bring_postgres_up_to_date(lock.conn(), backup).await;
        let Migrated { from, to, backup } = migrated.map_err(OpenError::from)?;
        lock.close().await.map_err(storage)?;
        Ok(Migration { from, to, backup })
    }

    /// Dumps it into an empty file; one that is not whole is removed.
    pub(super) async fn backup(&self, made: File, file: &Path) -> Result<(), UpkeepError> {
        let (mut conn, _) = self.open().await?;
        self.dump.write_to(&mut conn, made, file).await?;
        conn.close().await.map_err(storage)?;
        Ok(())
    }

    /// Writes every table anew, without what was deleted; bytes before and after.
    pub(super) async fn vacuum(&self) -> Result<(u64, u64), UpkeepError> {
        let (mut lock, _) = self.take().await?;
        let conn = lock.conn();
        let size = "SELECT pg_database_size(current_database())";
        let before = number(conn, size.to_owned()).await?;
        for table in tables(conn).await? {
            let text = AssertSqlSafe(format!("VACUUM (FULL, ANALYZE) \"{table}\""));
            let done = sqlx::query(text).execute(&mut *conn).await;
            done.map_err(storage)?;
        }
        let after = number(conn, size.to_owned()).await?;
        lock.close().await.map_err(storage)?;
        Ok((before, after))
    }
}

async fn tables(conn: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(TABLES).fetch_all(conn).await.map_err(storage)?;
    let names = rows.iter().map(|row| row.try_get("name").map_err(storage));
    names.collect()
}

async fn number(conn: &mut PgConnection, text: String) -> Result<u64, StoreError> {
    let row = sqlx::query(AssertSqlSafe(text)).fetch_one(conn).await;
    let n: i64 = row.and_then(|row| row.try_get(0)).map_err(storage)?;
    Ok(n.unsigned_abs())
}

/// `data_corrupted` and `index_corrupted`.
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("XX001" | "XX002"))
}

async fn damage_known(conn: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    let text = "SELECT 'the index ' || indexrelid::regclass::text || ' is not valid' AS fault
            FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
            WHERE relnamespace = current_schema()::regnamespace AND NOT indisvalid
         UNION ALL
         SELECT checksum_failures || ' pages with a wrong checksum' FROM pg_stat_database
            WHERE datname = current_database() AND checksum_failures > 0
         UNION ALL
         SELECT 'the feed ends at ' || head_pos || ', and its newest event is at ' || newest
            FROM feed, (SELECT coalesce(max(pos), 0) AS newest FROM event) AS events
            WHERE newest > head_pos";
    let rows = sqlx::query(text).fetch_all(conn).await.map_err(storage)?;
    let faults = rows.iter().map(|row| row.try_get("fault").map_err(storage));
    faults.collect()
}
