//! `git diff`: what differs, as counts and as a patch.

use std::path::PathBuf;

use crate::{GitError, Repository, Revision, command::Printed};

/// What is compared. Nothing set: the work tree with what is staged.
#[derive(Debug, Clone, Default)]
pub struct DiffQuery {
    /// The older side.
    pub from: Option<Revision>,
    /// The newer side; the work tree when it is not set.
    pub to: Option<Revision>,
    /// Compare what is staged, with `from` or with what is checked out.
    pub staged: bool,
    /// Only this path, absolute and inside the work tree.
    pub path: Option<PathBuf>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffedFile {
    /// Path in the work tree.
    pub path: String,
    /// Path it had before, when it was renamed.
    pub original: Option<String>,
    /// Lines added; none for a binary file.
    pub added: Option<u64>,
    /// Lines removed; none for a binary file.
    pub removed: Option<u64>,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// The files, in git's order.
    pub files: Vec<DiffedFile>,
    /// The patch.
    pub patch: String,
    /// Whether files or patch were cut.
    pub truncated: bool,
}

impl Repository {
    /// What differs.
    ///
    /// # Errors
    /// Git refused, a revision is not known, or the path lies outside.
    pub async fn diff(&self, query: &DiffQuery) -> Result<Diff, GitError> {
        let sides = self.sides(query).await?;
        let path = self.pathspec(query.path.as_deref())?;
        let args = |form: &[&str]| {
            let pinned = [
                "--no-ext-diff",
                "--no-textconv",
                "--ignore-submodules=all",
                "--no-color",
                "--find-renames",
                "--no-relative",
            ];
            let mut args: Vec<String> =
                pinned.iter().chain(form).map(|s| (*s).to_owned()).collect();
            args.extend(query.staged.then(|| "--cached".to_owned()));
            args.push("--end-of-options".into());
            args.extend(sides.clone());
            args.push("--".into());
            args.extend(path.clone());
            args
        };
        let counts = self.run("diff", &args(&["--numstat", "-z"])).await?;
        let form = [
            "--patch",
            "--unified=3",
            "--src-prefix=a/",
            "--dst-prefix=b/",
        ];
        let patch = self.run("diff", &args(&form)).await?;
        Ok(Diff {
            files: files(&counts)?,
            truncated: counts.truncated || patch.truncated,
            patch: String::from_utf8_lossy(&patch.bytes).into_owned(),
        })
    }

    async fn sides(&self, query: &DiffQuery) -> Result<Vec<String>, GitError> {
        let bad = |reason: &str| GitError::BadArgument {
            what: "`to`",
            reason: reason.into(),
        };
        match (&query.from, &query.to) {
            (_, Some(_)) if query.staged => Err(bad("with `staged` the newer side is the index")),
            (None, Some(_)) => Err(bad("it needs `from`")),
            (None, None) => Ok(Vec::new()),
            (Some(from), None) => Ok(vec![self.commit_of(from).await?]),
            (Some(from), Some(to)) => {
                Ok(vec![self.commit_of(from).await?, self.commit_of(to).await?])
            }
        }
    }
}

/// `added TAB removed TAB path NUL`, or for a rename `added TAB removed TAB NUL old NUL new NUL`.
fn files(printed: &Printed) -> Result<Vec<DiffedFile>, GitError> {
    let text = String::from_utf8_lossy(&printed.bytes);
    let mut records: Vec<&str> = text.split('\0').collect();
    // What follows the last NUL: nothing, or a record that was cut.
    records.pop();
    let mut records = records.into_iter();
    let mut files = Vec::new();
    while let Some(record) = records.next() {
        let mut fields = record.splitn(3, '\t');
        let (Some(added), Some(removed), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Err(GitError::Strange("diff"));
        };
        let (path, original) = if path.is_empty() {
            match (records.next(), records.next()) {
                (Some(old), Some(new)) => (new, Some(old.to_owned())),
                // The paths were cut off.
                _ => break,
            }
        } else {
            (path, None)
        };
        files.push(DiffedFile {
            path: path.to_owned(),
            original,
            added: added.parse().ok(),
            removed: removed.parse().ok(),
        });
    }
    Ok(files)
}
