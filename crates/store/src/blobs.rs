//! Blobs in a folder: written beside their place, synced, then renamed.

use std::{
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use weald_domain::{
    BoxError,
    ports::{Blobs, StoreError},
};

use crate::{
    bus::log_writer::io_error,
    data_folder::{create_private, remove_file},
    fail_points,
};

/// The parts of the data folder that hold blobs.
const ROOTS: [&str; 3] = ["blobs", "workspaces", "exports"];

/// Blobs under the data folder.
#[derive(Debug, Clone)]
pub(crate) struct FolderBlobs {
    root: PathBuf,
}

impl FolderBlobs {
    pub(crate) const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let segments: Vec<&str> = name.split('/').collect();
        let plain = |segment: &&str| {
            (1..=255).contains(&segment.len())
                && !segment.starts_with('.')
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        let legal =
            segments.len() >= 2 && ROOTS.contains(&segments[0]) && segments.iter().all(plain);
        if legal {
            Ok(self.root.join(name))
        } else {
            Err(StoreError::Corrupt {
                what: "the name of a blob",
                source: "a relative path of plain segments was expected".into(),
            })
        }
    }

    /// Removes everything under a name.
    pub(crate) async fn delete_all(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name)?;
        blocking(move || match std::fs::remove_dir_all(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        })
        .await
    }
}

/// Runs file system work away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(io_error),
        Err(e) => Err(StoreError::Unavailable(BoxError::from(e))),
    }
}

/// Replaces a file whole and durably, readable by its owner only.
pub(crate) fn replace(path: &Path, bytes: &[u8], fail_point: &str) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(path);
    create_private(folder)?;
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{n}.new", std::process::id()));
    let written = write_synced(&temporary, bytes)
        .and_then(|()| {
            if fail_points::asked(fail_point) {
                return Err(io::Error::other("fail point"));
            }
            std::fs::rename(&temporary, path)
        })
        .and_then(|()| std::fs::File::open(folder)?.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[async_trait]
impl Blobs for FolderBlobs {
    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        let path = self.path(name)?;
        blocking(move || replace(&path, &bytes, "blob.before_rename")).await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        let path = self.path(name)?;
        blocking(move || match std::fs::read(path) {
            Ok(bytes) => Ok(Some(Bytes::from(bytes))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        })
        .await
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name)?;
        blocking(move || remove_file(&path)).await
    }
}
