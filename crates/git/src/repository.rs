//! A repository that was opened: where it is, and what of its configuration must not hold.

use std::path::{Path, PathBuf};

use crate::{
    Git, GitError,
    command::{Ended, Place, Printed},
    layout, pinned,
};

/// An opened repository. What it may not do was read when it was opened: open it anew for each
/// use.
#[derive(Debug, Clone)]
pub struct Repository {
    git: Git,
    root: PathBuf,
    place: Place,
}

impl Git {
    /// Opens the repository of a work tree. `allowed` are the canonical directories in which all
    /// of its data must lie; `root` is canonical too, see [`crate::discover()`].
    ///
    /// # Errors
    /// No repository, or one that keeps a part of itself outside.
    pub async fn open(&self, root: &Path, allowed: &[PathBuf]) -> Result<Repository, GitError> {
        let (tree, places) = (root.to_path_buf(), allowed.to_vec());
        let git_dir = tokio::task::spawn_blocking(move || layout::git_dir(&tree, &places))
            .await
            .map_err(|_| GitError::Damaged("looking at it was interrupted".into()))??;
        let place = Place::new(root, &git_dir);
        let listed = self
            .run(&place, "config", &["--list", "-z", "--name-only"])
            .await?;
        let overrides = overrides(&listed)?;
        Ok(Repository {
            git: self.clone(),
            root: root.to_path_buf(),
            place: place.with_overrides(overrides),
        })
    }
}

impl Repository {
    /// The root of its work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) async fn run(
        &self,
        operation: &'static str,
        args: &[String],
    ) -> Result<Printed, GitError> {
        self.git.run(&self.place, operation, args).await
    }

    pub(crate) async fn attempt(
        &self,
        operation: &'static str,
        args: &[String],
    ) -> Result<Ended, GitError> {
        self.git.attempt(&self.place, operation, args).await
    }

    /// A path as an argument after `--`; nothing for the whole work tree.
    pub(crate) fn pathspec(&self, path: Option<&Path>) -> Result<Option<String>, GitError> {
        let Some(path) = path else { return Ok(None) };
        let bad = |reason: &str| GitError::BadArgument {
            what: "the path",
            reason: reason.into(),
        };
        let below = path
            .strip_prefix(&self.root)
            .map_err(|_| bad("it lies outside of the repository"))?;
        let text = below.to_str().ok_or_else(|| bad("it is not UTF-8"))?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

fn overrides(listed: &Printed) -> Result<Vec<(String, &'static str)>, GitError> {
    let too_much = || GitError::Damaged("its configuration is too large".into());
    if listed.truncated {
        return Err(too_much());
    }
    let mut overrides = Vec::new();
    for key in listed.bytes.split(|byte| *byte == 0) {
        let key = String::from_utf8(key.to_vec())
            .map_err(|_| GitError::Damaged("its configuration is not UTF-8".into()))?;
        if let Some(value) = pinned::overriding(&key)
            && !overrides.iter().any(|(known, _)| *known == key)
        {
            overrides.push((key, value));
        }
        if overrides.len() > pinned::OVERRIDES_MAX {
            return Err(too_much());
        }
    }
    Ok(overrides)
}
