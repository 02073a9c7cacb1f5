//! What says that a place is not whole: a file in a folder that is being filled, and the name of a
//! database that is being written.

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

use super::CopyError;
use crate::data_folder::{DataFolder, create_private_file};

/// In a folder that is not whole.
const MARKER: &str = "incomplete-copy";
/// For the person who finds it.
const TEXT: &str = "A copy of a deployment (`weald db copy`) was begun in this folder and has not \
                    ended. Weald does not start here: copy again, or remove the folder.\n";

fn path(folder: &DataFolder) -> PathBuf {
    folder.root().join(MARKER)
}

/// Whether a copy into this folder has not ended.
pub(crate) fn is_marked(folder: &DataFolder) -> bool {
    path(folder).exists()
}

/// Where a database is written until it is whole.
pub(super) fn unfinished(folder: &DataFolder) -> PathBuf {
    folder.root().join("weald.sqlite.copying")
}

/// The database of a folder with its log, which would be taken for that of another one.
pub(super) fn database_files(folder: &DataFolder) -> impl Iterator<Item = PathBuf> {
    let root = folder.root().to_owned();
    ["weald.sqlite", "weald.sqlite-wal"]
        .into_iter()
        .map(move |name| root.join(name))
}

/// Marks a folder that holds nothing yet, or the beginning of an earlier copy.
pub(super) fn mark(folder: &DataFolder) -> Result<(), CopyError> {
    if is_marked(folder) {
        return Ok(());
    }
    if let Some(found) = occupant(folder) {
        return Err(CopyError::Occupied(format!("{} exists", found.display())));
    }
    let path = path(folder);
    let made = (|| {
        let mut file = create_private_file(&path)?;
        file.write_all(TEXT.as_bytes())?;
        file.sync_all()?;
        File::open(folder.root())?.sync_all()
    })();
    made.map_err(|source| CopyError::File { path, source })
}

/// What of a deployment is in a folder.
fn occupant(folder: &DataFolder) -> Option<PathBuf> {
    let mut files = database_files(folder).chain([folder.vault()]);
    let found = files.find(|file| file.exists());
    found.or_else(|| {
        let folders = ["blobs", "workspaces", "live"].map(|name| folder.root().join(name));
        let holds = |folder: &PathBuf| {
            let entries = std::fs::read_dir(folder);
            entries.is_ok_and(|mut entries| entries.next().is_some())
        };
        folders.into_iter().find(holds)
    })
}

/// Says that the folder is whole.
pub(super) fn unmark(folder: &DataFolder) -> Result<(), CopyError> {
    let path = path(folder);
    let removed = std::fs::remove_file(&path).and_then(|()| File::open(folder.root())?.sync_all());
    removed.map_err(|source| CopyError::File { path, source })
}

/// Gives a written database its name, durably.
pub(super) fn put_in_place(folder: &DataFolder) -> io::Result<()> {
    let written = unfinished(folder);
    File::open(&written)?.sync_all()?;
    std::fs::rename(written, folder.database())?;
    File::open(folder.root())?.sync_all()
}
