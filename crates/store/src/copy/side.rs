//! The two places of a copy, each locked as a start would lock it.

use std::path::{Path, PathBuf};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use weald_domain::{ports::StoreError, secret::Secret, time::UnixMillis};

use super::{
    CopyError, Place, constraints,
    constraints::Dropped,
    marker,
    schema::{self, Pair, Table},
    text,
};
use crate::{
    address::DatabaseAddress,
    bus::log_writer::io_error,
    data_folder::{DataFolder, FolderLock, create_private_file, remove_file},
    restore,
    sql::{
        Conn, Read, Row, Sql, migrate,
        postgres::{self, DatabaseLock},
        sql, sqlite, storage,
    },
    store::OpenError,
};

/// An open database of either engine.
enum Open {
    Sqlite(SqliteConnection),
    Postgres(Box<DatabaseLock>),
}

impl Sql for Open {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(lock) => Conn::Postgres(lock.conn()),
        }
    }
}

impl Open {
    async fn postgres(url: &Secret) -> Result<Self, OpenError> {
        let options = postgres::options(url)?;
        let lock = DatabaseLock::take(options).await?;
        let mut lock = lock.ok_or(OpenError::DatabaseInUse)?;
        postgres::check_encoding(lock.conn()).await?;
        let mut open = Self::Postgres(Box::new(lock));
        for text in [
            // One place may wait for the other for a while.
            "SET idle_in_transaction_session_timeout = 0",
            "SET statement_timeout = 0",
        ] {
            open.run(text).await?;
        }
        Ok(open)
    }

    async fn run(&mut self, text: &str) -> Result<(), StoreError> {
        text::run(self, text.to_owned()).await
    }

    async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(conn) => conn.close().await,
            Self::Postgres(lock) => lock.close().await,
        }
        .map_err(storage)
    }
}

/// What is read: nobody writes it meanwhile.
pub(super) struct Source {
    open: Open,
    root: PathBuf,
    _lock: FolderLock,
}

impl Sql for Source {
    fn conn(&mut self) -> Conn<'_> {
        self.open.conn()
    }
}

impl Source {
    /// Opens it, when it has the version of this build and nobody uses it.
    pub(super) async fn open(place: &Place) -> Result<Self, CopyError> {
        let folder = DataFolder::new(place.data_root.clone());
        restore::settle_pending(&folder);
        let file = folder.database();
        let is_file = matches!(place.database, DatabaseAddress::Sqlite);
        if !folder.root().is_dir() || is_file && !file.is_file() {
            return Err(CopyError::Missing(file));
        }
        let lock = FolderLock::take(&folder).map_err(|e| CopyError::Source(e.into()))?;
        if marker::is_marked(&folder) {
            let half = OpenError::HalfCopied(folder.root().to_owned());
            return Err(CopyError::Source(half));
        }
        let (open, begin) = match &place.database {
            DatabaseAddress::Sqlite => {
                let conn = sqlite::inspector(&file).await;
                let conn = conn.map_err(|e| CopyError::Source(e.into()))?;
                (Open::Sqlite(conn), "BEGIN")
            }
            DatabaseAddress::Postgres(url) => {
                let open = Open::postgres(url).await.map_err(CopyError::Source)?;
                (open, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        };
        let mut source = Self {
            open,
            root: folder.root().to_owned(),
            _lock: lock,
        };
        source.open.run(begin).await.map_err(CopyError::Reading)?;
        let known = migrate::newest();
        let found = schema::version(&mut source).await;
        match found.map_err(CopyError::Reading)? {
            0 => Err(CopyError::Missing(file)),
            found if found == known => Ok(source),
            found => Err(CopyError::SourceVersion { found, known }),
        }
    }

    /// Its tables.
    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        schema::tables(self).await.map_err(CopyError::Reading)
    }

    /// Ends reading; the folder stays locked until this is dropped.
    pub(super) async fn end(&mut self) -> Result<(), CopyError> {
        self.open.run("ROLLBACK").await.map_err(CopyError::Reading)
    }
}

/// What is written: nobody sees it before its end.
pub(super) struct Target {
    open: Open,
    folder: DataFolder,
    /// The folder is not that of the source.
    is_apart: bool,
    dropped: Vec<Dropped>,
    _lock: Option<FolderLock>,
}

impl Sql for Target {
    fn conn(&mut self) -> Conn<'_> {
        self.open.conn()
    }
}

impl Target {
    /// Makes it, or opens it when it has the version of this build, and begins the transaction.
    pub(super) async fn open(
        place: &Place,
        source: &Source,
        now: UnixMillis,
    ) -> Result<Self, CopyError> {
        let folder = DataFolder::new(place.data_root.clone());
        let is_apart = !is_same(&folder, &source.root);
        let mut lock = None;
        if is_apart {
            folder.create().map_err(|source| CopyError::File {
                path: folder.root().to_owned(),
                source,
            })?;
            let taken = FolderLock::take(&folder).map_err(|e| CopyError::Target(e.into()))?;
            lock = Some(taken);
            marker::mark(&folder)?;
        }
        let open = match &place.database {
            DatabaseAddress::Sqlite => {
                if let Some(file) = marker::database_files(&folder).find(|file| file.exists()) {
                    return Err(CopyError::Occupied(format!("{} exists", file.display())));
                }
                Open::Sqlite(beside(&folder).await.map_err(CopyError::Writing)?)
            }
            DatabaseAddress::Postgres(url) => {
                Open::postgres(url).await.map_err(CopyError::Target)?
            }
        };
        let mut target = Self {
            open,
            folder,
            is_apart,
            dropped: Vec::new(),
            _lock: lock,
        };
        target.migrate(now).await?;
        target.begin().await.map_err(CopyError::Writing)?;
        Ok(target)
    }

    async fn migrate(&mut self, now: UnixMillis) -> Result<(), CopyError> {
        let known = migrate::newest();
        let found = schema::version(self).await.map_err(CopyError::Writing)?;
        if found != 0 && found != known {
            return Err(CopyError::TargetVersion { found, known });
        }
        let migrated = match &mut self.open {
            Open::Sqlite(conn) => migrate::bring_up_to_date(conn, None, now).await.map(|_| ()),
            Open::Postgres(lock) => {
                let nothing = migrate::BackupTo::Nowhere;
                let made = migrate::bring_postgres_up_to_date(lock.conn(), nothing).await;
                made.map(|_| ())
            }
        };
        migrated.map_err(|e| CopyError::Target(e.into()))
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        self.open.run("BEGIN").await?;
        self.dropped = constraints::drop_all(&mut self.open).await?;
        Ok(())
    }

    /// Its tables.
    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        schema::tables(self).await.map_err(CopyError::Writing)
    }

    /// The folder whose files are to be made, when it is not that of the source.
    pub(super) fn folder_to_fill(&self) -> Option<PathBuf> {
        self.is_apart.then(|| self.folder.root().to_owned())
    }

    /// Whether no table holds anything.
    pub(super) async fn must_be_empty(&mut self, pairs: &[Pair]) -> Result<(), CopyError> {
        for Pair { target, .. } in pairs {
            let text = format!("SELECT 1 AS one FROM {} LIMIT 1", target.quoted());
            let found: Option<One> = text::one(self, text).await.map_err(CopyError::Writing)?;
            if found.is_some() {
                let what = format!("its table {} holds something", target.name);
                return Err(CopyError::Occupied(what));
            }
        }
        Ok(())
    }

    /// Puts back what was taken away for the writing, and the head of the feed.
    pub(super) async fn finish_rows(&mut self, head: u64) -> Result<(), CopyError> {
        let done = async {
            if schema::is_postgres(&mut self.open) {
                let head = i64::try_from(head).unwrap_or(i64::MAX);
                let moved = sql("UPDATE feed SET head_pos = ?").bind(head);
                self.open.execute(moved).await?;
            }
            let dropped = std::mem::take(&mut self.dropped);
            constraints::put_back(&mut self.open, dropped).await
        };
        done.await.map_err(CopyError::Writing)
    }

    /// Makes it a deployment that can be used.
    pub(super) async fn keep(mut self) -> Result<(), CopyError> {
        let commit = self.open.run("COMMIT").await;
        commit.map_err(CopyError::Writing)?;
        let is_file = matches!(self.open, Open::Sqlite(_));
        self.open.close().await.map_err(CopyError::Writing)?;
        let folder = self.folder;
        let path = folder.database();
        let io = |source| CopyError::File {
            path: path.clone(),
            source,
        };
        if is_file {
            marker::put_in_place(&folder).map_err(io)?;
        }
        if self.is_apart {
            marker::unmark(&folder)?;
        }
        Ok(())
    }
}

struct One;

impl Read for One {
    fn read(_: &Row) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

fn is_same(folder: &DataFolder, root: &Path) -> bool {
    let (one, other) = (folder.root().canonicalize(), root.canonicalize());
    matches!((one, other), (Ok(one), Ok(other)) if one == other)
}

/// A database beside the place of the folder's own. It needs no journal: what a crash leaves of it
/// is thrown away.
async fn beside(folder: &DataFolder) -> Result<SqliteConnection, StoreError> {
    let path = marker::unfinished(folder);
    remove_file(&path)
        .and_then(|()| create_private_file(&path))
        .map_err(io_error)?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .pragma("cache_size", "-16384")
        .disable_statement_logging();
    SqliteConnection::connect_with(&options)
        .await
        .map_err(storage)
}
