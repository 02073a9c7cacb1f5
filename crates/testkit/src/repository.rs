//! Temporary git repositories, made by the real git with a pinned identity and time.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// Who commits in a [`Repository`], unless a commit says otherwise.
pub const AUTHOR: &str = "Ada Tester";

/// A repository in a temporary directory, gone when it is dropped.
#[derive(Debug)]
pub struct Repository {
    folder: TempDir,
    root: PathBuf,
}

impl Repository {
    /// An empty repository whose branch is `main`.
    ///
    /// # Panics
    /// When git cannot be run.
    #[must_use]
    pub fn empty() -> Self {
        let folder = TempDir::new().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let root = folder.path().join("repository");
        let made = fs::create_dir(&root).and_then(|()| root.canonicalize());
        let root = made.unwrap_or_else(|error| panic!("cannot make {}: {error}", root.display()));
        let repository = Self { folder, root };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// The canonical root of the work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The temporary folder around the repository: outside it, but gone with it.
    #[must_use]
    pub fn outside(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the work tree, with the folders above it.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        let file = self.root.join(path);
        let folder = file.parent().unwrap_or(&self.root);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, text));
        written.unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
        self
    }

    /// Commits everything in the work tree, by [`AUTHOR`] at `when` (RFC 3339), and returns the
    /// hash.
    ///
    /// # Panics
    /// When git refuses.
    pub fn commit(&self, subject: &str, when: &str) -> String {
        self.commit_as(AUTHOR, subject, when)
    }

    /// As [`Repository::commit`], by another author.
    ///
    /// # Panics
    /// When git refuses.
    pub fn commit_as(&self, author: &str, subject: &str, when: &str) -> String {
        self.git(&["add", "--all"]);
        let mut commit = self.command(&["commit", "--quiet", "--allow-empty", "-m", subject]);
        commit
            .env("GIT_AUTHOR_NAME", author)
            .env("GIT_AUTHOR_DATE", when)
            .env("GIT_COMMITTER_DATE", when);
        succeeded(&commit.output(), "commit");
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git in the repository and returns what it printed, without the last line end.
    ///
    /// # Panics
    /// When git refuses.
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.command(args).output();
        let name = args.first().copied().unwrap_or_default();
        succeeded(&output, name).trim_end().to_owned()
    }

    /// A git command that sees neither the machine's nor the person's configuration.
    fn command(&self, args: &[&str]) -> Command {
        let pinned = "2026-01-05T09:00:00Z";
        let mut command = Command::new("git");
        command
            .current_dir(&self.root)
            .args(args)
            .stdin(Stdio::null())
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_NAME", AUTHOR)
            .env("GIT_AUTHOR_EMAIL", "ada@example.org")
            .env("GIT_AUTHOR_DATE", pinned)
            .env("GIT_COMMITTER_NAME", AUTHOR)
            .env("GIT_COMMITTER_EMAIL", "ada@example.org")
            .env("GIT_COMMITTER_DATE", pinned)
            .env("LC_ALL", "C");
        command
    }
}

fn succeeded(output: &io::Result<Output>, name: &str) -> String {
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => panic!(
            "git {name} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!("git {name} cannot be run: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_steps_make_the_same_commits() {
        let make = || {
            let repository = Repository::empty();
            repository.write("src/lib.rs", "one\n");
            repository.commit("first", "2026-01-01T10:00:00Z");
            repository.write("src/lib.rs", "two\n");
            repository.commit_as("Bob", "second", "2026-01-02T10:00:00Z")
        };
        assert_eq!(make(), make());
    }

    #[test]
    fn a_repository_is_clean_after_a_commit_and_knows_its_authors() {
        let repository = Repository::empty();
        repository.write("a.txt", "a\n");
        assert_eq!(repository.git(&["status", "--short"]), "?? a.txt");
        repository.commit("add a", "2026-01-01T10:00:00Z");
        assert_eq!(repository.git(&["status", "--short"]), "");
        let log = repository.git(&["log", "--format=%an %s %cI"]);
        assert_eq!(log, "Ada Tester add a 2026-01-01T10:00:00Z");
    }
}
