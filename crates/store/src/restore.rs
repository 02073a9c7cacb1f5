//! Putting a copy of the database in the place of the one that is used.
//!
//! The copy is written and verified under another name. One rename then decides: from there on the
//! folder is restored, and whoever takes its lock next ends what was begun ([`settle`]). A crash
//! before that leaves the old database, one after it the new one, and never the log of the one
//! beside the other.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sqlx::{Connection, Row, SqliteConnection};
use weald_domain::{ports::StoreError, time::UnixMillis};

use crate::{
    backup,
    data_folder::{DataFolder, FolderLock, remove_file},
    fail_points,
    sql::{migrate, sqlite, storage},
    store::{OpenError, own},
    upkeep::with_suffix,
};

/// A verified copy that is to be the database: this, and when that was decided.
const DECIDED: &str = "weald.sqlite.restored-";
/// What the replaced database is called.
const REPLACED: &str = "weald-replaced-";

/// Places where a test can end a restore.
pub const RESTORE_FAIL_POINTS: [&str; 4] = [
    "restore.before_decision",
    "restore.after_decision",
    "restore.before_move",
    "restore.before_rename",
];

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Bytes of the database now.
    pub size: u64,
    /// Its schema version.
    pub version: i64,
    /// The newest version that this build knows; the next start brings the database there.
    pub known: i64,
    /// The database that was used before, kept beside it; none when there was none.
    pub replaced: Option<PathBuf>,
}

/// A copy was not put in place.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is no such file.
    #[error("there is no file {0}")]
    Missing(PathBuf),
    /// The file is none that `db backup` made.
    #[error("{file} is no copy of a database of Weald: {detail}")]
    NotOurs {
        /// Which.
        file: PathBuf,
        /// What it is instead.
        detail: String,
    },
    /// The copy is damaged.
    #[error("{file} is damaged: {}", .faults.join("; "))]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        faults: Vec<String>,
    },
    /// A newer Weald made it.
    #[error("{file} has schema version {found}, this build knows versions up to {known}")]
    Newer {
        /// Which.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that this build knows.
        known: i64,
    },
    /// The file system refused.
    #[error("writing {path}")]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The data folder was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<StoreError> for RestoreError {
    fn from(error: StoreError) -> Self {
        Self::Open(error.into())
    }
}

/// Makes a copy of a database the database of a data folder that nobody uses.
///
/// # Errors
/// See [`RestoreError`]; the folder is as it was.
pub async fn restore(
    data_root: PathBuf,
    file: &Path,
    now: UnixMillis,
) -> Result<Restored, RestoreError> {
    if !file.is_file() {
        return Err(RestoreError::Missing(file.to_owned()));
    }
    let folder = DataFolder::new(data_root);
    let _lock = own(&folder)?;
    let written = folder.root().join("weald.sqlite.restoring");
    let done = put(&folder, file, &written, now).await;
    if done.is_err() {
        let _ = remove_file(&written);
    }
    done
}

async fn put(
    folder: &DataFolder,
    file: &Path,
    written: &Path,
    now: UnixMillis,
) -> Result<Restored, RestoreError> {
    let io = |source| RestoreError::Io {
        path: written.to_owned(),
        source,
    };
    remove_file(written).map_err(io)?;
    read_into(file, written).await?;
    let version = verified(file, written).await?;
    File::open(written)
        .and_then(|file| file.sync_all())
        .map_err(io)?;
    stop_at("restore.before_decision").map_err(io)?;
    let decided = folder
        .root()
        .join(format!("{DECIDED}{}", backup::stamp(now)));
    fs::rename(written, decided).map_err(io)?;
    synced(folder).map_err(io)?;
    stop_at("restore.after_decision").map_err(io)?;
    let replaced = settle(folder).map_err(io)?;
    Ok(Restored {
        size: folder.database().metadata().map_or(0, |file| file.len()),
        version,
        known: migrate::newest(),
        replaced,
    })
}

/// Copies what the database of a file holds, its log included; the file is only read.
async fn read_into(file: &Path, written: &Path) -> Result<(), RestoreError> {
    let not_ours = |error: StoreError| match error {
        StoreError::Full(_) => RestoreError::from(error),
        StoreError::Corrupt { source, .. } => RestoreError::NotOurs {
            file: file.to_owned(),
            detail: source.to_string(),
        },
        StoreError::Unavailable(_) | StoreError::BadPage => RestoreError::from(error),
    };
    let mut conn = sqlite::inspector(file).await.map_err(not_ours)?;
    let copied = backup::copy_into(&mut conn, written).await;
    copied.map_err(not_ours)?;
    conn.close().await.map_err(storage)?;
    Ok(())
}

/// The version of a written copy that is whole.
async fn verified(file: &Path, written: &Path) -> Result<i64, RestoreError> {
    let mut conn = sqlite::inspector(written).await?;
    let found = migrate::version(&mut conn).await?;
    let known = migrate::newest();
    let file = file.to_owned();
    if found == 0 {
        let detail = "it has no tables of ours".to_owned();
        return Err(RestoreError::NotOurs { file, detail });
    }
    if found > known {
        return Err(RestoreError::Newer { file, found, known });
    }
    let mut faults = said(&mut conn, "PRAGMA integrity_check(5)").await?;
    faults.retain(|fault| fault != "ok");
    let broken = said(&mut conn, "PRAGMA foreign_key_check").await?;
    let broken = broken.into_iter().take(5);
    faults.extend(broken.map(|table| format!("a row of {table} names one that is not there")));
    conn.close().await.map_err(storage)?;
    if faults.is_empty() {
        Ok(found)
    } else {
        Err(RestoreError::Damaged { file, faults })
    }
}

/// The first column of what a statement says.
async fn said(conn: &mut SqliteConnection, text: &'static str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(text).fetch_all(conn).await.map_err(storage)?;
    let said = rows.iter().map(|row| row.try_get(0).map_err(storage));
    said.collect()
}

/// Ends a restore that was decided; the replaced database, when there was one. Whoever takes the
/// lock of a data folder calls it before anything else.
pub(crate) fn settle(folder: &DataFolder) -> io::Result<Option<PathBuf>> {
    let Some((decided, stamp)) = decided(folder)? else {
        return Ok(None);
    };
    let database = folder.database();
    let replaced = folder.root().join(format!("{REPLACED}{stamp}.sqlite"));
    // The log first: a database is never without the log that belongs to it, but for this moment,
    // in which nobody else is here.
    moved(
        &with_suffix(&database, "-wal"),
        &with_suffix(&replaced, "-wal"),
    )?;
    stop_at("restore.before_move")?;
    remove_file(&with_suffix(&database, "-shm"))?;
    moved(&database, &replaced)?;
    stop_at("restore.before_rename")?;
    synced(folder)?;
    fs::rename(decided, database)?;
    synced(folder)?;
    Ok(replaced.exists().then_some(replaced))
}

/// Ends a restore that a crash cut short, for whoever looks for the database without the lock. With
/// the lock, its owner has done so.
pub(crate) fn settle_pending(folder: &DataFolder) {
    if matches!(decided(folder), Ok(Some(_))) {
        drop(FolderLock::take(folder));
    }
}

/// A restore that was decided and has not ended, and when that was.
fn decided(folder: &DataFolder) -> io::Result<Option<(PathBuf, String)>> {
    for entry in fs::read_dir(folder.root())? {
        let entry = entry?;
        let name = entry.file_name();
        if let Some(stamp) = name.to_str().and_then(|name| name.strip_prefix(DECIDED)) {
            return Ok(Some((entry.path(), stamp.to_owned())));
        }
    }
    Ok(None)
}

/// The databases that restores have replaced.
pub(crate) fn replaced(folder: &DataFolder) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.root())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(REPLACED) && name.ends_with(".sqlite")) {
            found.push(path);
        }
    }
    Ok(found)
}

fn moved(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn synced(folder: &DataFolder) -> io::Result<()> {
    File::open(folder.root())?.sync_all()
}

fn stop_at(name: &str) -> io::Result<()> {
    if fail_points::asked(name) {
        return Err(io::Error::other(format!("fail point {name}")));
    }
    Ok(())
}
