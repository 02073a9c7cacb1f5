//! Upkeep of a database by hand: how it stands, bringing it up to date, copies, giving space back.
//!
//! What only reads works beside a server that runs; what changes the file takes the data folder
//! first, and is refused while somebody has it.

mod postgres;

use std::{
    io,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use weald_domain::{ports::StoreError, time::UnixMillis};

use crate::{
    address::DatabaseAddress,
    backup::dump::DumpError,
    data_folder::{DataFolder, create_private_file},
    sql::{
        migrate::{self, Migrated},
        sqlite, storage,
    },
    store::{OpenError, own},
};

use postgres::Server;
pub use postgres::ServerStatus;

/// The tables that say how much a deployment holds.
const MAIN_TABLES: [&str; 10] = [
    "user",
    "workspace",
    "folder",
    "project",
    "conversation",
    "session",
    "message",
    "approval",
    "asset",
    "event",
];
/// Most faults that a check names.
const FAULTS_NAMED: usize = 5;

/// How a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// What is its engine's own.
    pub engine: EngineStatus,
    /// Bytes that it takes.
    pub size: u64,
    /// Schema version of the database.
    pub applied: i64,
    /// Newest schema version that this build knows.
    pub known: i64,
    /// Rows of the main tables that are there.
    pub rows: Vec<(&'static str, u64)>,
}

/// How the engine of a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineStatus {
    /// A file of the data folder.
    Sqlite(FileStatus),
    /// In a server.
    Postgres(ServerStatus),
}

/// How a database in a file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStatus {
    /// The file.
    pub file: PathBuf,
    /// Bytes of the write-ahead log beside it.
    pub log_size: u64,
    /// Bytes of a page.
    pub page_size: u64,
    /// Pages of the database.
    pub pages: u64,
    /// Pages that hold nothing; a vacuum gives them back.
    pub free_pages: u64,
}

/// What bringing a database up to date did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Schema version before.
    pub from: i64,
    /// Schema version now.
    pub to: i64,
    /// The copy made before; none when nothing was to do or no copy was wanted.
    pub backup: Option<PathBuf>,
}

/// Whether a copy is made before a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupFirst {
    /// As every start does.
    Yes,
    /// The caller has one.
    No,
}

/// A database was not kept up.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// There is none, or an empty one.
    #[error("there is no database of Weald at {0}")]
    Missing(String),
    /// The copy's file is there already.
    #[error("{0} exists")]
    Exists(PathBuf),
    /// The copy's file cannot be made.
    #[error("making {file}")]
    Target {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database was not dumped.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// The database, or its folder, was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<StoreError> for UpkeepError {
    fn from(error: StoreError) -> Self {
        Self::Open(error.into())
    }
}

/// The database of a deployment, for upkeep.
#[derive(Clone)]
pub struct Database {
    folder: DataFolder,
    /// None: a file of the data folder.
    server: Option<Server>,
}

impl Database {
    /// That of a data folder and an address.
    ///
    /// # Errors
    /// [`UpkeepError::Missing`] when there is no file; the address is not one of a server.
    pub fn of(data_root: PathBuf, address: &DatabaseAddress) -> Result<Self, UpkeepError> {
        let folder = DataFolder::new(data_root);
        crate::restore::settle_pending(&folder);
        let server = match address {
            DatabaseAddress::Postgres(url) => Some(Server::of(url)?),
            DatabaseAddress::Sqlite if folder.database().is_file() => None,
            DatabaseAddress::Sqlite => {
                let file = folder.database().display().to_string();
                return Err(UpkeepError::Missing(file));
            }
        };
        Ok(Self { folder, server })
    }

    /// Whether a server has it, and not a file.
    #[must_use]
    pub const fn is_in_a_server(&self) -> bool {
        self.server.is_some()
    }

    /// Where it is, for a person.
    #[must_use]
    pub fn shown(&self) -> String {
        self.server.as_ref().map_or_else(
            || self.folder.database().display().to_string(),
            |server| server.shown().to_owned(),
        )
    }

    /// How it stands.
    ///
    /// # Errors
    /// Storage failed.
    pub async fn status(&self) -> Result<DatabaseStatus, UpkeepError> {
        if let Some(server) = &self.server {
            let (status, counts) = server.status().await?;
            return Ok(DatabaseStatus {
                engine: EngineStatus::Postgres(status),
                size: counts.size,
                applied: counts.applied,
                known: migrate::newest(),
                rows: counts.rows,
            });
        }
        let file = self.folder.database();
        let mut conn = sqlite::inspector(&file).await?;
        let mut rows = Vec::new();
        for table in MAIN_TABLES {
            if let Some(n) = count(&mut conn, table).await? {
                rows.push((table, n));
            }
        }
        let status = DatabaseStatus {
            size: size(&file),
            applied: migrate::version(&mut conn).await?,
            known: migrate::newest(),
            engine: EngineStatus::Sqlite(FileStatus {
                log_size: size(&with_suffix(&file, "-wal")),
                page_size: number(&mut conn, "PRAGMA page_size").await?,
                pages: number(&mut conn, "PRAGMA page_count").await?,
                free_pages: number(&mut conn, "PRAGMA freelist_count").await?,
                file,
            }),
            rows,
        };
        conn.close().await.map_err(storage)?;
        Ok(status)
    }

    /// What is wrong inside, found by `SQLite`'s quick check or by reading every row; empty when
    /// nothing is.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub async fn check(&self) -> Result<Vec<String>, UpkeepError> {
        if let Some(server) = &self.server {
            return server.check().await;
        }
        let mut conn = sqlite::inspector(&self.folder.database()).await?;
        let text = AssertSqlSafe(format!("PRAGMA quick_check({FAULTS_NAMED})"));
        let rows = sqlx::query(text).fetch_all(&mut conn).await;
        let rows = rows.map_err(storage)?;
        let said = rows.iter().map(|row| row.try_get(0).map_err(storage));
        let said: Vec<String> = said.collect::<Result<_, _>>()?;
        conn.close().await.map_err(storage)?;
        Ok(if said == ["ok"] { Vec::new() } else { said })
    }

    /// Brings it up to date as a start does.
    ///
    /// # Errors
    /// The folder is in use, the database is newer than this build, or a migration failed.
    pub async fn migrate(
        &self,
        first: BackupFirst,
        now: UnixMillis,
    ) -> Result<Migration, UpkeepError> {
        let _lock = own(&self.folder)?;
        if let Some(server) = &self.server {
            return server.migrate(&self.folder, first, now).await;
        }
        let mut conn = sqlite::writer(&self.folder.database()).await?;
        let backups = self.folder.backups();
        let backups = (first == BackupFirst::Yes).then_some(backups.as_path());
        let Migrated { from, to, backup } = migrate::bring_up_to_date(&mut conn, backups, now)
            .await
            .map_err(OpenError::from)?;
        conn.close().await.map_err(storage)?;
        Ok(Migration { from, to, backup })
    }

    /// Copies it whole into a new file that only its owner may read; its size.
    ///
    /// # Errors
    /// The file is there already or cannot be made, or storage failed.
    pub async fn backup(&self, file: &Path) -> Result<u64, UpkeepError> {
        let made = create_private_file(file).map_err(|source| {
            let file = file.to_owned();
            if source.kind() == io::ErrorKind::AlreadyExists {
                UpkeepError::Exists(file)
            } else {
                UpkeepError::Target { file, source }
            }
        })?;
        let copied = match &self.server {
            Some(server) => server.backup(made, file).await,
            None => self.copy_into(file).await.map_err(UpkeepError::from),
        };
        if copied.is_err() {
            let _ = std::fs::remove_file(file);
        }
        copied?;
        Ok(size(file))
    }

    async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let mut conn = sqlite::inspector(&self.folder.database()).await?;
        crate::backup::copy_into(&mut conn, file).await?;
        conn.close().await.map_err(storage)
    }

    /// Gives the space of what was deleted back to the disk; bytes before and after.
    ///
    /// # Errors
    /// The folder is in use, or storage failed: then the file is as it was.
    pub async fn vacuum(&self) -> Result<(u64, u64), UpkeepError> {
        let _lock = own(&self.folder)?;
        if let Some(server) = &self.server {
            return server.vacuum().await;
        }
        let file = self.folder.database();
        let mut conn = sqlite::writer(&file).await?;
        let fold = "PRAGMA wal_checkpoint(TRUNCATE)";
        run(&mut conn, fold).await?;
        let before = size(&file);
        run(&mut conn, "VACUUM").await?;
        run(&mut conn, fold).await?;
        conn.close().await.map_err(storage)?;
        Ok((before, size(&file)))
    }
}

async fn run(conn: &mut SqliteConnection, text: &'static str) -> Result<(), StoreError> {
    sqlx::query(text).execute(conn).await.map_err(storage)?;
    Ok(())
}

async fn number(conn: &mut SqliteConnection, text: &'static str) -> Result<u64, StoreError> {
    let row = sqlx::query(text).fetch_one(conn).await.map_err(storage)?;
    let n: i64 = row.try_get(0).map_err(storage)?;
    Ok(n.unsigned_abs())
}

/// The rows of one of [`MAIN_TABLES`]; none when an older schema lacks it.
async fn count(
    conn: &mut SqliteConnection,
    table: &'static str,
) -> Result<Option<u64>, StoreError> {
    let there = sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
        .bind(table)
        .fetch_optional(&mut *conn)
        .await
        .map_err(storage)?;
    if there.is_none() {
        return Ok(None);
    }
    let text = AssertSqlSafe(format!("SELECT count(*) FROM \"{table}\""));
    let row = sqlx::query(text).fetch_one(conn).await.map_err(storage)?;
    let n: i64 = row.try_get(0).map_err(storage)?;
    Ok(Some(n.unsigned_abs()))
}

fn size(file: &Path) -> u64 {
    file.metadata().map_or(0, |file| file.len())
}

pub(crate) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
