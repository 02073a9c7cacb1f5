//! The files of a deployment: large payloads, files of workspaces, live logs, the vault.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{CopyError, Progress, Step, Watch};
use crate::{
    blobs::blocking,
    data_folder::{DataFolder, create_private, create_private_file, remove_file},
};

/// What of a data folder is copied. Managed projects stay, because their rows name their folders;
/// copies made before migrations are of the source.
const FOLDERS: [&str; 4] = ["blobs", "workspaces", "exports", "live"];

/// Stored files that were copied and read back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopiedFiles {
    /// How many.
    pub files: u64,
    /// How large they are together.
    pub bytes: u64,
}

/// Copies them; what an earlier try left is written over.
pub(super) async fn copy(
    from: &Path,
    to: &Path,
    watch: Watch<'_>,
) -> Result<CopiedFiles, CopyError> {
    let mut copied = CopiedFiles::default();
    for name in FOLDERS {
        let source = from.join(name);
        if source.is_dir() {
            step(&mut copied, source, to.join(name)).await?;
        }
        watch(Progress {
            step: Step::Files,
            at: name,
            done: copied.files,
            of: None,
        });
    }
    let [source, target] = [from, to].map(|root| DataFolder::new(root.to_owned()).vault());
    if source.is_file() {
        step(&mut copied, source, target).await?;
    }
    Ok(copied)
}

async fn step(copied: &mut CopiedFiles, from: PathBuf, to: PathBuf) -> Result<(), CopyError> {
    let (path, mut so_far) = (from.clone(), *copied);
    let done = blocking(move || {
        let done = tree(&from, &to, &mut so_far);
        Ok(done.map(|()| so_far))
    });
    let done = done.await.map_err(|e| CopyError::File {
        path,
        source: io::Error::other(e),
    })?;
    *copied = done.map_err(|(path, source)| CopyError::File { path, source })?;
    Ok(())
}

type At = (PathBuf, io::Error);

/// Copies a file, or a folder with what is in it.
fn tree(from: &Path, to: &Path, copied: &mut CopiedFiles) -> Result<(), At> {
    let at = |error| (from.to_owned(), error);
    let kind = fs::symlink_metadata(from).map_err(at)?.file_type();
    if kind.is_dir() {
        create_private(to).map_err(at)?;
        for entry in fs::read_dir(from).map_err(at)? {
            let name = entry.map_err(at)?.file_name();
            tree(&from.join(&name), &to.join(&name), copied)?;
        }
        return File::open(to).and_then(|to| to.sync_all()).map_err(at);
    }
    if kind.is_file() {
        copied.bytes += file(from, to).map_err(at)?;
    } else if kind.is_symlink() {
        let pointed = fs::read_link(from).map_err(at)?;
        remove_file(to)
            .and_then(|()| symlink(pointed, to))
            .map_err(at)?;
    } else {
        return Err(at(io::Error::other("neither a file nor a folder")));
    }
    copied.files += 1;
    Ok(())
}

/// Copies one file and reads it back; its size.
fn file(from: &Path, to: &Path) -> io::Result<u64> {
    remove_file(to)?;
    let mut target = create_private_file(to)?;
    let (size, hash) = hashed(from, |bytes| target.write_all(bytes))?;
    target.sync_all()?;
    if hashed(to, |_| Ok(()))? == (size, hash) {
        Ok(size)
    } else {
        Err(io::Error::other("what was written is not what was read"))
    }
}

fn hashed(
    path: &Path,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(u64, [u8; 32])> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 * 1024];
    let (mut size, mut hash) = (0, Sha256::new());
    loop {
        let n = file.read(&mut buffer)?;
        let read = buffer.get(..n).unwrap_or_default();
        if read.is_empty() {
            return Ok((size, hash.finalize().into()));
        }
        hash.update(read);
        each(read)?;
        size += n as u64;
    }
}
