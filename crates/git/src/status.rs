//! `git status`: the branch and what differs from it.

use std::path::Path;

use crate::{GitError, Repository, command::Printed};

/// A file that differs. Letters are git's: `M` modified, `A` added, `D` deleted, `R` renamed,
/// `C` copied, `T` type changed, `U` unmerged, `?` not tracked, `.` the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusFile {
    /// Path in the work tree.
    pub path: String,
    /// Path it had before, when it was renamed or copied.
    pub original: Option<String>,
    /// What is staged.
    pub index: char,
    /// What is not staged.
    pub worktree: char,
}

/// Branch and differences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The branch; none when a commit is checked out.
    pub branch: Option<String>,
    /// The commit; none in a repository without commits.
    pub commit: Option<String>,
    /// Commits that its upstream does not have; none without an upstream.
    pub ahead: Option<u64>,
    /// Commits that only its upstream has.
    pub behind: Option<u64>,
    /// Files that differ, in git's order.
    pub files: Vec<StatusFile>,
    /// Whether there are more.
    pub truncated: bool,
}

impl Repository {
    /// Branch and differences of the work tree, or of a path in it (absolute).
    ///
    /// # Errors
    /// Git refused, or the path lies outside.
    pub async fn status(&self, path: Option<&Path>) -> Result<Status, GitError> {
        let path = self.pathspec(path)?;
        let mut args = [
            "--porcelain=v2",
            "--branch",
            "-z",
            "--untracked-files=all",
            "--ignore-submodules=all",
            "--find-renames",
            "--",
        ]
        .map(str::to_owned)
        .to_vec();
        args.extend(path);
        parse(&self.run("status", &args).await?)
    }
}

fn parse(printed: &Printed) -> Result<Status, GitError> {
    let text = String::from_utf8_lossy(&printed.bytes);
    let mut records: Vec<&str> = text.split('\0').collect();
    // What follows the last NUL: nothing, or a record that was cut.
    records.pop();
    let mut status = Status {
        truncated: printed.truncated,
        ..Status::default()
    };
    let mut records = records.into_iter();
    while let Some(record) = records.next() {
        let (kind, rest) = record.split_once(' ').ok_or(GitError::Strange("status"))?;
        let file = match kind {
            "#" => {
                header(rest, &mut status);
                continue;
            }
            "1" => changed(rest, 6),
            "2" => match (changed(rest, 7), records.next()) {
                (Some(file), Some(original)) => Some(StatusFile {
                    original: Some(original.to_owned()),
                    ..file
                }),
                // The original path was cut off.
                (_, None) if printed.truncated => continue,
                _ => None,
            },
            "u" => changed(rest, 8),
            "?" => Some(StatusFile {
                path: rest.to_owned(),
                original: None,
                index: '?',
                worktree: '?',
            }),
            // Kinds that later versions add.
            _ => continue,
        };
        status.files.push(file.ok_or(GitError::Strange("status"))?);
    }
    Ok(status)
}

fn header(text: &str, status: &mut Status) {
    match text.split_once(' ') {
        Some(("branch.head", name)) => status.branch = (name != "(detached)").then(|| name.into()),
        Some(("branch.oid", hash)) => status.commit = (hash != "(initial)").then(|| hash.into()),
        Some(("branch.ab", counts)) => {
            let mut counts = counts
                .split(' ')
                .map(|n| n.trim_start_matches(['+', '-']).parse().ok());
            status.ahead = counts.next().flatten();
            status.behind = counts.next().flatten();
        }
        _ => {}
    }
}

/// `XY`, some fields that do not matter here, and the path, which may have spaces.
fn changed(rest: &str, skipped: usize) -> Option<StatusFile> {
    let mut fields = rest.splitn(skipped + 2, ' ');
    let mut letters = fields.next()?.chars();
    let path = fields.nth(skipped)?;
    Some(StatusFile {
        path: path.to_owned(),
        original: None,
        index: letters.next()?,
        worktree: letters.next()?,
    })
}
