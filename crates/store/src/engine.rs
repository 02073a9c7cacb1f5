//! The engine behind a store: SQLite in the data folder, or a PostgreSQL server.

use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use weald_domain::{secret::Secret, time::UnixMillis};

use crate::{
    address::DatabaseAddress,
    backup::dump::Dump,
    bus::Bus,
    data_folder::DataFolder,
    sql::{
        migrate::{self, BackupTo},
        postgres::{self, DatabaseLock},
        reader::Readers,
        sqlite,
        tx::Tx,
        writer::{self, Transactions, Writer},
    },
    statements::Statements,
    store::{OpenError, restrict},
};

/// What keeps the tables, opened.
pub(crate) struct Engine {
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    pub(crate) bus: Bus,
    /// What keeps other processes out of the database, where the data folder's lock does not.
    pub(crate) lock: Option<DatabaseLock>,
}

/// What an engine runs with.
pub(crate) struct Surroundings<'a> {
    pub(crate) folder: &'a DataFolder,
    pub(crate) now: UnixMillis,
    pub(crate) statements: &'a Statements,
    pub(crate) tasks: &'a TaskTracker,
    pub(crate) stopping: &'a CancellationToken,
}

impl Engine {
    pub(crate) async fn open(
        database: &DatabaseAddress,
        around: Surroundings<'_>,
    ) -> Result<Self, OpenError> {
        match database {
            DatabaseAddress::Sqlite => Self::sqlite(around).await,
            DatabaseAddress::Postgres(url) => Self::postgres(url, around).await,
        }
    }

    async fn sqlite(around: Surroundings<'_>) -> Result<Self, OpenError> {
        let path = around.folder.database();
        let mut conn = sqlite::writer(&path).await?;
        restrict(around.folder)?;
        migrate::migrate(&mut conn, &around.folder.backups(), around.now).await?;
        let head = sqlite::newest_pos(&mut conn).await?;
        let bus = Bus::new(head);
        let (jobs, queue) = mpsc::channel(writer::QUEUE);
        let tx = Tx::sqlite(conn, head + 1, around.statements.clone());
        let stopping = around.stopping.clone();
        around
            .tasks
            .spawn(writer::run(tx, queue, bus.clone(), stopping));
        Ok(Self {
            writer: Writer::Sqlite(jobs),
            readers: Readers::Sqlite(sqlite::readers(&path)),
            bus,
            lock: None,
        })
    }

    async fn postgres(url: &Secret, around: Surroundings<'_>) -> Result<Self, OpenError> {
        let options = postgres::options(url)?;
        let dump = Dump::of(&options, url.expose());
        let lock = DatabaseLock::take(options.clone()).await?;
        let mut lock = lock.ok_or(OpenError::DatabaseInUse)?;
        postgres::check_encoding(lock.conn()).await?;
        let backup = BackupTo::Folder {
            dump: &dump,
            folder: &around.folder.backups(),
            now: around.now,
        };
        migrate::bring_postgres_up_to_date(lock.conn(), backup).await?;
        let bus = Bus::new(postgres::newest_pos(lock.conn()).await?);
        let pool = postgres::pool(options);
        let transactions = Transactions::new(
            pool.clone(),
            bus.clone(),
            around.statements.clone(),
            around.tasks.clone(),
            around.stopping.clone(),
        );
        Ok(Self {
            writer: Writer::Postgres(transactions),
            readers: Readers::Postgres(pool),
            bus,
            lock: Some(lock),
        })
    }
}

/// Lets the writer finish what it was given, and closes every connection but that of the lock.
pub(crate) async fn wind_down(
    readers: &Readers,
    stopping: &CancellationToken,
    tasks: &TaskTracker,
) {
    readers.close_early().await;
    stopping.cancel();
    tasks.close();
    tasks.wait().await;
    readers.close().await;
}
