//! `git log`: the commits of a branch, newest first.

use std::path::PathBuf;

use crate::{GitError, Moment, Repository, command::Printed};

/// Hash, author, date and subject, each ended by a NUL.
const FORMAT: &str = "--format=tformat:%H%x00%an%x00%cI%x00%s";
/// Values of one commit.
const FIELDS: usize = 4;

/// Which commits.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Not before.
    pub since: Option<Moment>,
    /// Not after.
    pub until: Option<Moment>,
    /// At most so many.
    pub limit: usize,
    /// Only those that touch this path, absolute and inside the work tree.
    pub path: Option<PathBuf>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its full hash.
    pub hash: String,
    /// Name of the author.
    pub author: String,
    /// When it was committed, ISO 8601.
    pub date: String,
    /// First line of its message.
    pub subject: String,
}

/// Commits, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    /// The commits.
    pub commits: Vec<Commit>,
    /// Whether there are more.
    pub truncated: bool,
}

impl Repository {
    /// The commits of what is checked out.
    ///
    /// # Errors
    /// Git refused, or the path lies outside.
    pub async fn log(&self, query: &LogQuery) -> Result<Log, GitError> {
        let path = self.pathspec(query.path.as_deref())?;
        let Some(head) = self.head().await? else {
            return Ok(Log::default());
        };
        let mut args = vec![
            "-z".to_owned(),
            "--no-color".into(),
            "--no-decorate".into(),
            "--no-notes".into(),
            "--no-show-signature".into(),
            "--no-ext-diff".into(),
            "--no-textconv".into(),
            "--ignore-submodules=all".into(),
            format!("--max-count={}", query.limit.saturating_add(1)),
            FORMAT.into(),
        ];
        args.extend(
            query
                .since
                .as_ref()
                .map(|moment| format!("--since={}", moment.start())),
        );
        args.extend(
            query
                .until
                .as_ref()
                .map(|moment| format!("--until={}", moment.end())),
        );
        args.extend(["--end-of-options".into(), head, "--".into()]);
        args.extend(path);
        let printed = self.run("log", &args).await?;
        parse(&printed, query.limit)
    }
}

fn parse(printed: &Printed, limit: usize) -> Result<Log, GitError> {
    let text = String::from_utf8_lossy(&printed.bytes);
    let mut values: Vec<&str> = text.split('\0').collect();
    // What follows the last NUL: nothing, or a value that was cut.
    let rest = values.pop();
    let is_whole = printed.truncated || rest == Some("");
    if !is_whole || (!printed.truncated && !values.len().is_multiple_of(FIELDS)) {
        return Err(GitError::Strange("log"));
    }
    let mut commits: Vec<Commit> = values.chunks_exact(FIELDS).map(commit).collect();
    let truncated = printed.truncated || commits.len() > limit;
    commits.truncate(limit);
    Ok(Log { commits, truncated })
}

fn commit(values: &[&str]) -> Commit {
    let value = |n: usize| values.get(n).copied().unwrap_or_default().to_owned();
    Commit {
        hash: value(0),
        author: value(1),
        date: value(2),
        subject: value(3),
    }
}
