//! fs-worker: lists, finds, reads and searches files of the projects.

mod find;
mod list;
mod read;
mod search;
mod walk;

use std::path::Path;

use weald_worker_host::sdk::{Directories, Toolbox};

/// The manifest.
pub(crate) const MANIFEST: &str = include_str!("fs/manifest.json");

/// The tools.
pub(crate) fn toolbox() -> Result<Toolbox, serde_json::Error> {
    Ok(Toolbox::new(MANIFEST)?
        .blocking("fs_list", list::run)
        .blocking("fs_find", find::run)
        .blocking("fs_read", read::run)
        .blocking("fs_search", search::run))
}

/// Whether the first bytes are those of a binary file: text has no NUL.
fn is_binary(start: &[u8]) -> bool {
    start[..start.len().min(8 * 1024)].contains(&0)
}

/// The path as people see it.
fn shown(directories: &Directories, path: &str) -> String {
    directories.shown(Path::new(path))
}

/// `1 file`, `2 files`.
fn counted(n: usize, noun: &str) -> String {
    match (n, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "entry") => format!("{n} entries"),
        _ => format!("{n} {noun}s"),
    }
}

/// What a cut list is followed by.
const fn cut_mark(truncated: bool) -> &'static str {
    if truncated {
        " (cut: there are more)"
    } else {
        ""
    }
}
