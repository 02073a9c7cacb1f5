//! The git repository a command is used in.

use std::path::{Path, PathBuf};

/// The root of the repository that holds a folder: the nearest folder above with `.git`, which is
/// a folder, or a file in a worktree.
pub(crate) fn git_root(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let root = folder.ancestors().find(|at| at.join(".git").exists());
    root.map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_repository_above_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder
            .path()
            .canonicalize()
            .expect("exists")
            .join("repository");
        let deep = root.join("a/b");
        std::fs::create_dir_all(&deep).expect("a folder");
        assert_eq!(git_root(&deep), None);
        std::fs::write(root.join(".git"), "gitdir: elsewhere").expect("writes");
        assert_eq!(git_root(&deep), Some(root));
    }
}
