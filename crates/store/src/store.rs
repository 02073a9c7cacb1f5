//! The store: opens the data folder and hands out its ports.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};
use weald_domain::{
    BoxError,
    id::{NodeId, SessionId},
    ports::{Clock, Ids, StoreError},
    secret::Secret,
    time::UnixMillis,
};

use crate::{
    address::DatabaseAddress,
    blobs::FolderBlobs,
    bus::Bus,
    copy,
    data_folder::{DataFolder, FolderLock, LockError},
    engine::{Engine, Surroundings, wind_down},
    retention::Keeper,
    secrets::{Secrets, VaultError},
    sql::{
        migrate,
        postgres::{ConnectError, DatabaseLock},
        reader::{Reader, Readers},
        writer::Writer,
    },
    statements::Statements,
};

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecretsBackend {
    /// The encrypted file of the data folder, behind the environment.
    #[default]
    File,
    /// The environment alone: read only.
    Environment,
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The data folder.
    pub data_root: PathBuf,
    /// Where the tables are.
    pub database: DatabaseAddress,
    /// The machine key of the vault (`<config>/secrets.key`).
    pub machine_key: PathBuf,
    /// Where secrets are kept.
    pub secrets: SecretsBackend,
    /// The variables `WEALD_SECRET__…` of the process.
    pub environment: BTreeMap<String, Secret>,
    /// Name of the owner made at the first start.
    pub owner_name: String,
    /// How long the live log of an ended session stays readable, milliseconds.
    pub stream_ttl_ms: i64,
}

/// The store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process owns the data folder, or it cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The data folder cannot be made.
    #[error("making the data folder {folder}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database was made by a newer Weald.
    #[error(
        "the database has schema version {found}, but this build knows versions up to {known}: \
         start it with the newer Weald that made it, or restore a backup of version {known}"
    )]
    Newer {
        /// The version of the database.
        found: i64,
        /// The newest version this build knows.
        known: i64,
    },
    /// The server of the database did not let us in.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A copy into the data folder has not ended.
    #[error("the copy of a deployment into {0} has not ended")]
    HalfCopied(PathBuf),
    /// Another process has the database.
    #[error("another Weald is using the database")]
    DatabaseInUse,
    /// The backup before a migration failed; nothing was migrated.
    #[error("backing the database up before it is brought up to date")]
    Backup(#[source] BoxError),
    /// A migration failed.
    #[error("bringing the database up to date")]
    Migration(#[source] BoxError),
    /// The secret vault cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<migrate::MigrateError> for OpenError {
    fn from(error: migrate::MigrateError) -> Self {
        match error {
            migrate::MigrateError::Newer { found, known } => Self::Newer { found, known },
            migrate::MigrateError::Store(error) => Self::Store(error),
            migrate::MigrateError::Backup(error) => Self::Backup(error),
            migrate::MigrateError::Failed(error) => Self::Migration(error),
        }
    }
}

pub(crate) struct Inner {
    pub(crate) folder: DataFolder,
    pub(crate) writer: Writer,
    pub(crate) bus: Bus,
    pub(crate) blobs: FolderBlobs,
    pub(crate) secrets: Secrets,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) node: NodeId,
    pub(crate) incarnation: String,
    pub(crate) stream_ttl_ms: i64,
    pub(crate) stopping: CancellationToken,
    readers: Readers,
    database_lock: tokio::sync::Mutex<Option<DatabaseLock>>,
    statements: Statements,
    pub(crate) tasks: TaskTracker,
    lock: Mutex<Option<FolderLock>>,
}

/// Everything that keeps or carries data. It implements the store ports; clones share it.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

impl Store {
    /// Opens a data folder: locks it, makes or migrates its database, and starts the writer. The
    /// first start makes the owner, a workspace, a preset and the built-in models; every later
    /// one finds them.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(
        config: StoreConfig,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, OpenError> {
        let folder = DataFolder::new(config.data_root);
        let lock = own(&folder)?;
        if copy::is_marked(&folder) {
            return Err(OpenError::HalfCopied(folder.root().to_owned()));
        }
        let now = clock.now();
        let statements = Statements::default();
        let tasks = TaskTracker::new();
        let stopping = CancellationToken::new();
        let around = Surroundings {
            folder: &folder,
            now,
            statements: &statements,
            tasks: &tasks,
            stopping: &stopping,
        };
        let engine = Engine::open(&config.database, around).await?;
        let secrets = Secrets::open(
            config.secrets,
            config.environment,
            folder.vault(),
            config.machine_key,
            Arc::clone(&ids),
        )?;
        let store = Self(Arc::new(Inner {
            blobs: FolderBlobs::new(folder.root().to_owned()),
            readers: engine.readers,
            database_lock: tokio::sync::Mutex::new(engine.lock),
            node: NodeId(ids.uuid(now)),
            incarnation: ids.uuid(now).to_string(),
            stream_ttl_ms: config.stream_ttl_ms,
            lock: Mutex::new(Some(lock)),
            folder,
            writer: engine.writer,
            bus: engine.bus,
            secrets,
            clock,
            ids,
            stopping,
            statements,
            tasks,
        }));
        let leftovers = store.leftovers().await?;
        store.first_start(config.owner_name).await?;
        store.0.tasks.spawn(store.clone().sweep(leftovers));
        Ok(store)
    }

    /// SQL statements run so far.
    #[must_use]
    pub fn statement_count(&self) -> u64 {
        self.0.statements.total()
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &DataFolder {
        &self.0.folder
    }

    /// The sessions whose streams this process owns.
    #[must_use]
    pub fn owned(&self) -> Vec<SessionId> {
        self.0.bus.registry.owned()
    }

    /// Says where this process answers, for a second one that is refused the data folder.
    ///
    /// # Errors
    /// The file system refused.
    pub fn sign(&self, address: &str) -> std::io::Result<()> {
        let mut lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        lock.as_mut()
            .map_or(Ok(()), |lock| lock.sign(Some(address)))
    }

    /// Ends all followers, lets the writer finish what it was given, and frees the data folder.
    ///
    /// What SQLite leaves is one file that can be copied.
    pub async fn close(&self) {
        self.0.bus.close();
        wind_down(&self.0.readers, &self.0.stopping, &self.0.tasks).await;
        if let Some(lock) = self.0.database_lock.lock().await.take()
            && let Err(e) = lock.close().await
        {
            warn!(error = %e, "closing the lock of the database");
        }
        let lock = self
            .0
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(lock);
    }

    /// Whether this process still has its database; if not, it writes nothing more.
    pub(crate) async fn has_database(&self) -> Result<bool, StoreError> {
        let held = match self.0.database_lock.lock().await.as_mut() {
            Some(lock) => lock.is_held().await?,
            None => true,
        };
        if !held {
            error!("another process has taken the database: this one writes nothing more");
            self.0.stopping.cancel();
        }
        Ok(held)
    }

    /// What pruning works on.
    pub(crate) fn keeper(&self) -> Keeper<'_> {
        Keeper {
            folder: &self.0.folder,
            writer: &self.0.writer,
            readers: &self.0.readers,
            statements: &self.0.statements,
            stopping: &self.0.stopping,
        }
    }

    pub(crate) async fn reader(&self) -> Result<Reader, StoreError> {
        self.0.readers.take(self.0.statements.clone()).await
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.0.clock.now()
    }
}

/// Makes a data folder where it is missing, and keeps others out of it.
pub(crate) fn own(folder: &DataFolder) -> Result<FolderLock, OpenError> {
    folder.create().map_err(|source| OpenError::Folder {
        folder: folder.root().to_owned(),
        source,
    })?;
    Ok(FolderLock::take(folder)?)
}

pub(crate) fn restrict(folder: &DataFolder) -> Result<(), OpenError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder.database(), std::fs::Permissions::from_mode(0o600)).map_err(
        |source| OpenError::Folder {
            folder: folder.database(),
            source,
        },
    )
}

/// How long a lease holds; renewed long before.
pub(crate) const LEASE: Duration = Duration::from_secs(15);
