//! What can go wrong with the guarded git.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

/// Git could not do what was asked.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is no git, or it cannot be started.
    #[error("git cannot be run")]
    Unavailable(#[source] io::Error),
    /// The installed git is too old to be guarded.
    #[error("git {found} is too old: 2.39 or newer is needed")]
    TooOld {
        /// What is installed.
        found: String,
    },
    /// There is no repository at that directory.
    #[error("{} is not in a git repository", .0.display())]
    NotARepository(PathBuf),
    /// The repository keeps data outside of what the caller allows.
    #[error("the repository keeps a part of itself outside of what may be read: {}", .0.display())]
    Outside(PathBuf),
    /// The repository's own files cannot be read or make no sense.
    #[error("the repository is damaged: {0}")]
    Damaged(String),
    /// An argument that git must not see.
    #[error("{what} cannot be used: {reason}")]
    BadArgument {
        /// Which argument.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// No commit of that name.
    #[error("there is no revision `{0}`")]
    UnknownRevision(String),
    /// It took too long and was stopped.
    #[error("git {operation} took longer than {limit:?} and was stopped")]
    Timeout {
        /// Which command.
        operation: String,
        /// The limit.
        limit: Duration,
    },
    /// Git refused.
    #[error("git {operation} failed: {message}")]
    Failed {
        /// Which command.
        operation: String,
        /// What git said, in one line.
        message: String,
    },
    /// Git answered something else than its documentation says.
    #[error("git {0} gave an answer that cannot be read")]
    Strange(&'static str),
}
