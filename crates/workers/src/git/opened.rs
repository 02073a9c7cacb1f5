//! Opens the repository of a call, inside what the worker may see.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::OnceCell;
use weald_git::{Config, Git, GitError, Group, Repository, discover};
use weald_worker_host::sdk::{Call, Failure};

/// Where git is looked for when the process has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The checked git of this process.
#[derive(Clone, Default)]
pub(super) struct Opener(Arc<OnceCell<Git>>);

/// A repository, and the path in it that a call named.
pub(super) struct Opened {
    pub(super) repository: Repository,
    pub(super) path: PathBuf,
}

impl Opener {
    /// Opens the repository that holds a path.
    pub(super) async fn open(&self, call: &Call, path: &str) -> Result<Opened, Failure> {
        let path = PathBuf::from(path);
        let root = discover(&path).ok_or_else(|| {
            let shown = call.directories.shown(&path);
            Failure::new(
                "not_a_repository",
                format!("{shown:?} is in no git repository"),
            )
        })?;
        // Refuses what was not granted, and a root that was swapped for a link.
        call.directories.kind(&root)?;
        let allowed: Vec<PathBuf> = call.directories.roots().map(Path::to_path_buf).collect();
        let git = self.0.get_or_try_init(checked).await.map_err(failure)?;
        let repository = git.open(&root, &allowed).await.map_err(failure)?;
        Ok(Opened { repository, path })
    }
}

impl Opened {
    /// A path of the work tree as it is shown, so that other tools take it.
    pub(super) fn shown(&self, call: &Call, path: &str) -> String {
        call.directories.shown(&self.repository.root().join(path))
    }
}

async fn checked() -> Result<Git, GitError> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| OsString::from(DEFAULT_PATH));
    // The host kills this worker as a group: git belongs to it.
    Git::new(Config::new(path, Group::Callers)).await
}

/// The failure as the model sees it.
pub(super) fn failure(error: GitError) -> Failure {
    let code = match &error {
        GitError::Unavailable(_) | GitError::TooOld { .. } => "git_unavailable",
        GitError::NotARepository(_) => "not_a_repository",
        GitError::Outside(_) => "outside_projects",
        GitError::Damaged(_) | GitError::Strange(_) => "damaged_repository",
        GitError::BadArgument { .. } => "bad_arguments",
        GitError::UnknownRevision(_) => "unknown_revision",
        GitError::Timeout { .. } => "timeout",
        GitError::Failed { .. } => "git_failed",
    };
    Failure::new(code, error.to_string())
}
