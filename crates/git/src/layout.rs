//! Where a repository keeps its data, and that all of it lies where it may be read: a `.git` that
//! points elsewhere, links in it and borrowed objects could show another repository.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

use crate::GitError;

/// Largest file that points to a directory.
const POINTER_MAX: u64 = 8 * 1024;
/// Most entries that are looked at for links.
const ENTRIES_MAX: usize = 200_000;
/// How far borrowed objects may borrow again.
const BORROW_MAX: usize = 5;

/// The git directory of a work tree, checked. `allowed` are canonical directories. Blocks on the
/// file system.
pub(crate) fn git_dir(work_tree: &Path, allowed: &[PathBuf]) -> Result<PathBuf, GitError> {
    let dot = work_tree.join(".git");
    let metadata = dot
        .symlink_metadata()
        .map_err(|_| GitError::NotARepository(work_tree.to_path_buf()))?;
    let target = if metadata.is_file() {
        let text = pointer(&dot)?;
        let path = text
            .strip_prefix("gitdir:")
            .ok_or_else(|| GitError::Damaged("its .git file names no directory".into()))?;
        work_tree.join(path.trim())
    } else {
        dot
    };
    let git_dir = inside(&target, allowed)?;
    let mut checker = Checker { allowed, seen: 0 };
    checker.tree(&git_dir)?;
    let common = git_dir.join("commondir");
    if common.symlink_metadata().is_ok() {
        let common = inside(&git_dir.join(pointer(&common)?.trim()), allowed)?;
        checker.tree(&common)?;
        checker.borrowed(&common.join("objects"), BORROW_MAX)?;
    }
    checker.borrowed(&git_dir.join("objects"), BORROW_MAX)?;
    Ok(git_dir)
}

struct Checker<'a> {
    allowed: &'a [PathBuf],
    seen: usize,
}

impl Checker<'_> {
    /// No link leads outside, in all places from which commands that read take what they show.
    /// The many folders of objects have no folders; submodules are never entered.
    fn tree(&mut self, git_dir: &Path) -> Result<(), GitError> {
        self.entries(git_dir, &|name| {
            matches!(name, "refs" | "logs" | "info" | "reftable")
        })?;
        self.entries(&git_dir.join("objects"), &|name| {
            matches!(name, "info" | "pack")
        })
    }

    fn entries(&mut self, dir: &Path, descend: &dyn Fn(&str) -> bool) -> Result<(), GitError> {
        let Ok(entries) = fs::read_dir(dir) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            self.seen += 1;
            if self.seen > ENTRIES_MAX {
                return Err(GitError::Damaged(
                    "its git directory has too many entries".into(),
                ));
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_symlink() {
                self.link(&entry.path())?;
            } else if kind.is_dir() && descend(&entry.file_name().to_string_lossy()) {
                self.entries(&entry.path(), &|_| true)?;
            }
        }
        Ok(())
    }

    fn link(&self, link: &Path) -> Result<(), GitError> {
        match fs::canonicalize(link) {
            Ok(target) if !is_inside(&target, self.allowed) => Err(GitError::Outside(link.into())),
            // A link to nothing shows nothing.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn borrowed(&mut self, objects: &Path, depth: usize) -> Result<(), GitError> {
        let list = objects.join("info/alternates");
        if list.symlink_metadata().is_err() {
            return Ok(());
        }
        if depth == 0 {
            return Err(GitError::Damaged(
                "it borrows objects over too many places".into(),
            ));
        }
        for line in pointer(&list)?.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('"') {
                return Err(GitError::Outside(line.into()));
            }
            // A place that is not there lends nothing.
            let Ok(place) = fs::canonicalize(objects.join(line)) else {
                continue;
            };
            if !is_inside(&place, self.allowed) {
                return Err(GitError::Outside(place));
            }
            self.borrowed(&place, depth - 1)?;
        }
        Ok(())
    }
}

fn inside(path: &Path, allowed: &[PathBuf]) -> Result<PathBuf, GitError> {
    let canonical = fs::canonicalize(path).map_err(|_| GitError::NotARepository(path.into()))?;
    if is_inside(&canonical, allowed) {
        Ok(canonical)
    } else {
        Err(GitError::Outside(path.into()))
    }
}

fn is_inside(path: &Path, allowed: &[PathBuf]) -> bool {
    allowed.iter().any(|root| path.starts_with(root))
}

fn pointer(path: &Path) -> Result<String, GitError> {
    let damaged = |why: String| GitError::Damaged(format!("{}: {why}", path.display()));
    // Without NONBLOCK a pipe in place of the file would block the open for ever.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty())
        .map(fs::File::from)
        .map_err(|error| damaged(error.to_string()))?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Err(damaged("it is no file".into()));
    }
    let mut text = String::new();
    file.take(POINTER_MAX)
        .read_to_string(&mut text)
        .map_err(|error| damaged(error.to_string()))?;
    Ok(text)
}
