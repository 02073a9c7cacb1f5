//! Pruning a deployment that nobody serves, and looking at one that somebody may.

use std::path::PathBuf;

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use weald_domain::{ports::StoreError, time::UnixMillis};

use super::{Amount, Keeper, Retention, events, files, rows};
use crate::{
    address::DatabaseAddress,
    copy::Place,
    data_folder::{DataFolder, FolderLock},
    engine::{Engine, Surroundings, wind_down},
    restore,
    sql::{postgres, reader::Readers, sqlite},
    statements::Statements,
    store::OpenError,
};

/// A deployment was not pruned.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// There is no database.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// It was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<StoreError> for PruneError {
    fn from(error: StoreError) -> Self {
        Self::Open(error.into())
    }
}

fn folder_of(place: &Place) -> Result<DataFolder, PruneError> {
    let folder = DataFolder::new(place.data_root.clone());
    restore::settle_pending(&folder);
    let is_missing = match place.database {
        DatabaseAddress::Sqlite => !folder.database().is_file(),
        DatabaseAddress::Postgres(_) => !folder.root().is_dir(),
    };
    if is_missing {
        return Err(PruneError::Missing(folder.database()));
    }
    Ok(folder)
}

/// What there is to prune; nothing is changed, and a server may run.
///
/// # Errors
/// See [`PruneError`].
pub async fn look(
    place: &Place,
    kept: Retention,
    now: UnixMillis,
) -> Result<Vec<Amount>, PruneError> {
    let folder = folder_of(place)?;
    let readers = match &place.database {
        DatabaseAddress::Sqlite => Readers::Sqlite(sqlite::readers(&folder.database())),
        DatabaseAddress::Postgres(url) => {
            let options = postgres::options(url).map_err(OpenError::from)?;
            Readers::Postgres(postgres::pool(options))
        }
    };
    let found = looked(&readers, &folder, kept, now).await;
    readers.close().await;
    Ok(found?)
}

async fn looked(
    readers: &Readers,
    folder: &DataFolder,
    kept: Retention,
    now: UnixMillis,
) -> Result<Vec<Amount>, StoreError> {
    let mut reader = readers.take(Statements::default()).await?;
    let mut found = Vec::new();
    for expiring in rows::EXPIRING {
        found.push(rows::look(&mut reader, expiring, now).await?);
    }
    let then = files::Then::Keep;
    found.push(files::logs(&mut reader, folder, kept, now, then).await?);
    found.push(files::payloads(&mut reader, folder, now, then).await?);
    found.extend(events::look(&mut reader, folder, kept, now).await?);
    Ok(found)
}

/// Prunes a deployment that nobody serves; what was removed.
///
/// # Errors
/// See [`PruneError`]. What was removed before stays removed, and the next time goes on.
pub async fn prune(
    place: &Place,
    kept: Retention,
    now: UnixMillis,
) -> Result<Vec<Amount>, PruneError> {
    let folder = folder_of(place)?;
    let _lock = FolderLock::take(&folder).map_err(OpenError::from)?;
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
    let engine = Engine::open(&place.database, around).await?;
    let keeper = Keeper {
        folder: &folder,
        writer: &engine.writer,
        readers: &engine.readers,
        statements: &statements,
        stopping: &stopping,
    };
    let pruned = keeper.prune(kept, now).await;
    wind_down(&engine.readers, &stopping, &tasks).await;
    if let Some(lock) = engine.lock {
        lock.close().await.map_err(crate::sql::storage)?;
    }
    Ok(pruned?)
}
