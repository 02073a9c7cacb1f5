//! `git_status`: branch and differences.

use serde::Deserialize;
use serde_json::{Value, json};
use weald_worker_host::sdk::{Call, Failure, Output};

use super::opened::{Opener, failure};

/// Most files in one answer.
const FILES_MAX: usize = 10_000;

/// Arguments of `git_status`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
}

pub(super) async fn run(opener: Opener, call: Call, args: Args) -> Result<Output, Failure> {
    let opened = opener.open(&call, &args.path).await?;
    let status = opened
        .repository
        .status(Some(&opened.path))
        .await
        .map_err(failure)?;
    let truncated = status.truncated || status.files.len() > FILES_MAX;
    let files: Vec<Value> = status
        .files
        .iter()
        .take(FILES_MAX)
        .map(|file| {
            json!({
                "path": opened.shown(&call, &file.path),
                "original": file.original.as_ref().map(|path| opened.shown(&call, path)),
                "index": file.index,
                "worktree": file.worktree,
            })
        })
        .collect();
    let place = status.branch.as_deref().map_or_else(
        || "no branch (a commit is checked out)".to_owned(),
        |branch| format!("branch {branch}"),
    );
    let text = match files.len() {
        0 => format!("{place}, nothing differs"),
        1 => format!("{place}, 1 file differs"),
        n => format!("{place}, {n} files differ"),
    };
    let value = json!({
        "branch": status.branch, "commit": status.commit, "ahead": status.ahead,
        "behind": status.behind, "files": files, "truncated": truncated,
    });
    Ok(Output::new(text, value))
}
