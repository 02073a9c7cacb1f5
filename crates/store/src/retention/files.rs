//! Files that nothing names any more.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use uuid::Uuid;
use weald_domain::{
    id::{SessionId, StreamId},
    ports::StoreError,
    time::UnixMillis,
};

use super::{Amount, Disused, Keeper, Retention};
use crate::{
    blobs::blocking,
    data_folder::DataFolder,
    live::{self, remove_log},
    restore,
    sql::{Read, Row, Sql, column, events::blob_folder, sql},
};

/// A file that is younger may be that of an event which is being appended.
const SETTLED: Duration = Duration::from_secs(60 * 60);

/// What becomes of the files that are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Keep,
    Remove,
}

fn nothing(of: Disused) -> Amount {
    Amount {
        of,
        count: 0,
        bytes: 0,
    }
}

/// Live logs of sessions that ended.
pub(super) async fn logs(
    reader: &mut impl Sql,
    folder: &DataFolder,
    kept: Retention,
    now: UnixMillis,
    then: Then,
) -> Result<Amount, StoreError> {
    let over = live::outlived(reader, folder, now.plus_millis(-kept.live_ms)).await?;
    let paths: Vec<PathBuf> = over.iter().map(|id| folder.live_log(*id)).collect();
    let mut amount = nothing(Disused::LiveLogs);
    blocking(move || {
        for path in paths {
            amount.count += 1;
            amount.bytes += size(&path)?;
            if then == Then::Remove {
                remove_log(&path)?;
            }
        }
        Ok(amount)
    })
    .await
}

/// Removes live logs of sessions that ended.
pub(super) async fn remove_logs(
    keeper: &Keeper<'_>,
    kept: Retention,
    now: UnixMillis,
) -> Result<Amount, StoreError> {
    let mut reader = keeper.reader().await?;
    logs(&mut reader, keeper.folder, kept, now, Then::Remove).await
}

struct Named(String);

impl Read for Named {
    fn read(row: &Row) -> Result<Self, StoreError> {
        column::text(row, "blob_ref").map(Self)
    }
}

/// Files of payloads that no event names. None while a database that was replaced is kept: its
/// events may name them.
pub(super) async fn payloads(
    reader: &mut impl Sql,
    folder: &DataFolder,
    now: UnixMillis,
    then: Then,
) -> Result<Amount, StoreError> {
    let now = UNIX_EPOCH + Duration::from_millis(now.0.unsigned_abs());
    let mut amount = nothing(Disused::PayloadFiles);
    let root = folder.root().to_owned();
    let streams = {
        let folder = folder.clone();
        blocking(move || {
            if !restore::replaced(&folder)?.is_empty() {
                return Ok(Vec::new());
            }
            streams(&root.join("blobs"))
        })
        .await?
    };
    for stream in streams {
        let named: Vec<Named> = reader
            .all(
                sql("SELECT DISTINCT blob_ref FROM event
                     WHERE stream_id = ? AND blob_ref IS NOT NULL")
                .bind(stream),
            )
            .await?;
        let named: HashSet<String> = named.into_iter().map(|Named(name)| name).collect();
        let (root, name) = (folder.root().to_owned(), blob_folder(stream));
        let (count, bytes) = blocking(move || unnamed(&root, &name, &named, now, then)).await?;
        amount.count += count;
        amount.bytes += bytes;
    }
    Ok(amount)
}

/// Removes files of payloads that no event names.
pub(super) async fn remove_payloads(
    keeper: &Keeper<'_>,
    now: UnixMillis,
) -> Result<Amount, StoreError> {
    let mut reader = keeper.reader().await?;
    payloads(&mut reader, keeper.folder, now, Then::Remove).await
}

fn streams(blobs: &Path) -> io::Result<Vec<StreamId>> {
    let mut found = Vec::new();
    for entry in entries(blobs)? {
        let name = entry.file_name();
        let id: Option<Uuid> = name.to_str().and_then(|name| name.parse().ok());
        found.extend(id.map(StreamId));
    }
    Ok(found)
}

/// The files of one folder that are not named; how many, and their bytes.
fn unnamed(
    root: &Path,
    folder: &str,
    named: &HashSet<String>,
    now: SystemTime,
    then: Then,
) -> io::Result<(u64, u64)> {
    let (mut count, mut bytes) = (0, 0);
    for entry in entries(&root.join(folder))? {
        let is_named = entry
            .file_name()
            .to_str()
            .is_some_and(|name| named.contains(&format!("{folder}/{name}")));
        let Ok(file) = entry.metadata() else { continue };
        let age = now.duration_since(file.modified()?).unwrap_or_default();
        if is_named || !file.is_file() || age < SETTLED {
            continue;
        }
        count += 1;
        bytes += file.len();
        if then == Then::Remove {
            fs::remove_file(entry.path())?;
        }
    }
    Ok((count, bytes))
}

/// Bytes of the payload files of some sessions.
pub(super) async fn size_of_payloads(
    folder: &DataFolder,
    sessions: Vec<SessionId>,
) -> Result<u64, StoreError> {
    each_folder(folder, sessions, Then::Keep).await
}

/// Removes the payload files of some sessions; their bytes.
pub(super) async fn remove_folders(
    folder: &DataFolder,
    sessions: Vec<SessionId>,
) -> Result<u64, StoreError> {
    each_folder(folder, sessions, Then::Remove).await
}

async fn each_folder(
    folder: &DataFolder,
    sessions: Vec<SessionId>,
    then: Then,
) -> Result<u64, StoreError> {
    let root = folder.root().to_owned();
    blocking(move || {
        let mut bytes = 0;
        for session in sessions {
            let folder = root.join(blob_folder(session.into()));
            for entry in entries(&folder)? {
                bytes += size(&entry.path())?;
            }
            if then == Then::Remove && folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
        }
        Ok(bytes)
    })
    .await
}

fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

fn size(path: &Path) -> io::Result<u64> {
    match path.metadata() {
        Ok(file) => Ok(file.len()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(e) => Err(e),
    }
}
