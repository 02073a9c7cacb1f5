//! Names of commits: checked before git sees them, and turned into hashes.

use std::str::FromStr;

use crate::{GitError, Repository, command::Ended};

/// A name of a commit that git may see: never an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(String);

impl FromStr for Revision {
    type Err = GitError;

    fn from_str(text: &str) -> Result<Self, GitError> {
        let reason = if text.is_empty() {
            "it is empty"
        } else if text.starts_with('-') {
            "it begins with `-`"
        } else if text.len() > 256 {
            "it is longer than 256 bytes"
        } else if text.chars().any(char::is_control) {
            "it has control characters"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(GitError::BadArgument {
            what: "the revision",
            reason: reason.into(),
        })
    }
}

impl Repository {
    /// The hash of a commit.
    ///
    /// # Errors
    /// There is none of that name.
    pub(crate) async fn commit_of(&self, revision: &Revision) -> Result<String, GitError> {
        let args = ["--verify", "--quiet", "--end-of-options"].map(str::to_owned);
        let args = [&args[..], &[format!("{}^{{commit}}", revision.0)]].concat();
        match self.attempt("rev-parse", &args).await? {
            Ended::Well(printed) => {
                let hash = String::from_utf8_lossy(&printed.bytes).trim().to_owned();
                let is_hash = hash.len() >= 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
                if is_hash {
                    Ok(hash)
                } else {
                    Err(GitError::Strange("rev-parse"))
                }
            }
            Ended::Badly(_) => Err(GitError::UnknownRevision(revision.0.clone())),
        }
    }

    /// The commit that is checked out; none in a repository without commits.
    pub(crate) async fn head(&self) -> Result<Option<String>, GitError> {
        match self.commit_of(&Revision("HEAD".into())).await {
            Ok(hash) => Ok(Some(hash)),
            Err(GitError::UnknownRevision(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_no_revision() {
        for text in ["-p", "--output=/tmp/x", "", "a\nb"] {
            assert!(text.parse::<Revision>().is_err(), "{text:?}");
        }
        for text in ["HEAD~3", "main", "v1.0^{commit}", "HEAD@{1 week ago}"] {
            assert!(text.parse::<Revision>().is_ok(), "{text:?}");
        }
    }
}
