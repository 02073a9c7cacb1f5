//! The directories a worker process may see, handed over when it starts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The variable in which a worker finds its [`Roots`], as JSON.
pub const ROOTS_VARIABLE: &str = "WEALD_WORKER_ROOTS";

/// What a worker process may see. Part of the key under which a process is used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Roots {
    /// Canonical project roots; nothing outside of them is opened.
    pub roots: Vec<PathBuf>,
    /// The first project of the conversation: paths below it are shown relative to it.
    pub cwd: Option<PathBuf>,
    /// When set, only these paths and what is below them: what a person allowed once.
    pub only: Option<Vec<PathBuf>>,
    /// Never these paths and what is below them: what a person denied.
    #[serde(default)]
    pub except: Vec<PathBuf>,
}
