//! The data folder: its layout (MY-01) and the exclusive lock that proves it has one owner.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use weald_domain::id::{SessionId, WorkspaceId};

/// Where things are under the data folder.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// The layout under a root; nothing is made yet.
    #[must_use]
    pub const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database of the deployment.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("weald.sqlite")
    }

    /// The encrypted secrets.
    #[must_use]
    pub fn vault(&self) -> PathBuf {
        self.root.join("secrets.vault")
    }

    /// The live logs of running sessions.
    #[must_use]
    pub fn live(&self) -> PathBuf {
        self.root.join("live")
    }

    /// The live log of one session.
    #[must_use]
    pub fn live_log(&self, session: SessionId) -> PathBuf {
        self.live().join(format!("{session}.log"))
    }

    /// The stored files of a workspace.
    #[must_use]
    pub fn assets(&self, workspace: WorkspaceId) -> PathBuf {
        self.root
            .join("workspaces")
            .join(workspace.to_string())
            .join("assets")
    }

    /// Copies of the database from before its migrations.
    #[must_use]
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }

    /// The lock of the folder's owner.
    #[must_use]
    pub fn lock_file(&self) -> PathBuf {
        self.root.join("weald.lock")
    }

    /// Makes the folder and its parts, open to its owner only; harmless when they are there.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn create(&self) -> io::Result<()> {
        for folder in [
            self.root.clone(),
            self.live(),
            self.backups(),
            self.root.join("workspaces"),
            self.root.join("blobs"),
        ] {
            create_private(&folder)?;
        }
        Ok(())
    }
}

/// Makes a folder and those above it, open to their owner only; harmless when it is there.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes a file that is not there yet, open to its owner only.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Removes a file; harmless when there is none.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The folder has another owner.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("the data folder {folder} is in use by {owner}")]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Who holds it, in its own words.
        owner: String,
    },
    /// The file system refused.
    #[error("locking the data folder {folder}")]
    Io {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The exclusive right to a data folder, until it is dropped or the process is gone.
#[derive(Debug)]
pub(crate) struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Takes the lock, or says who has it. A restore that a crash cut short is ended then.
    pub(crate) fn take(folder: &DataFolder) -> Result<Self, LockError> {
        let io = |source| LockError::Io {
            folder: folder.root().to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.lock_file())
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {
                let mut lock = Self { file };
                lock.sign(None).map_err(io)?;
                crate::restore::settle(folder).map_err(io)?;
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = file.read_to_string(&mut owner);
                let owner = owner.trim();
                Err(LockError::InUse {
                    folder: folder.root().to_owned(),
                    owner: if owner.is_empty() {
                        "another process".to_owned()
                    } else {
                        owner.to_owned()
                    },
                })
            }
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Writes who holds the lock, for the one who is refused.
    pub(crate) fn sign(&mut self, address: Option<&str>) -> io::Result<()> {
        let at = address.map_or_else(String::new, |address| format!(" at {address}"));
        let text = format!("Weald, process {}{at}\n", std::process::id());
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(text.as_bytes())
    }
}
