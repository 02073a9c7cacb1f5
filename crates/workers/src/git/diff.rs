//! `git_diff`: what differs, as counts and as a patch.

use serde::Deserialize;
use serde_json::{Value, json};
use weald_git::{DiffQuery, GitError, Revision};
use weald_worker_host::sdk::{Call, Failure, Output};

use super::opened::{Opener, failure};

/// Arguments of `git_diff`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
    from: Option<String>,
    to: Option<String>,
    staged: Option<bool>,
}

pub(super) async fn run(opener: Opener, call: Call, args: Args) -> Result<Output, Failure> {
    let opened = opener.open(&call, &args.path).await?;
    let revision = |text: Option<String>| -> Result<Option<Revision>, Failure> {
        let parsed: Option<Result<Revision, GitError>> = text.map(|text| text.parse());
        parsed.transpose().map_err(failure)
    };
    let query = DiffQuery {
        from: revision(args.from)?,
        to: revision(args.to)?,
        staged: args.staged.unwrap_or(false),
        path: Some(opened.path.clone()),
    };
    let diff = opened.repository.diff(&query).await.map_err(failure)?;
    let files: Vec<Value> = diff
        .files
        .iter()
        .map(|file| {
            json!({
                "path": opened.shown(&call, &file.path),
                "original": file.original.as_ref().map(|path| opened.shown(&call, path)),
                "added": file.added,
                "removed": file.removed,
            })
        })
        .collect();
    let sum = |n: fn(&weald_git::DiffedFile) -> Option<u64>| -> u64 {
        diff.files.iter().filter_map(n).sum()
    };
    let (added, removed) = (sum(|file| file.added), sum(|file| file.removed));
    let lines = if added == 1 { "line" } else { "lines" };
    let text = match files.len() {
        0 => "nothing differs".to_owned(),
        1 => format!("1 file differs: {added} {lines} added, {removed} removed"),
        n => format!("{n} files differ: {added} {lines} added, {removed} removed"),
    };
    let value = json!({ "files": files, "patch": diff.patch, "truncated": diff.truncated });
    Ok(Output::new(text, value))
}
