//! Which repository a path belongs to, without running git.

use std::path::{Path, PathBuf};

/// The root of the work tree that holds a path: the nearest directory, itself or above, with a
/// `.git` in it. The path need not exist; links in it are not followed, so give a canonical one.
#[must_use]
pub fn discover(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .find(|dir| dir.join(".git").symlink_metadata().is_ok())
        .map(Path::to_path_buf)
}
