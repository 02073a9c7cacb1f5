//! `git_log`: commits, newest first.

use serde::Deserialize;
use serde_json::{Value, json};
use weald_git::{GitError, LogQuery, Moment};
use weald_worker_host::sdk::{Call, Failure, Output};

use super::opened::{Opener, failure};

/// Commits in one answer when the call does not say.
const LIMIT_DEFAULT: usize = 50;

/// Arguments of `git_log`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
    since: Option<String>,
    until: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn run(opener: Opener, call: Call, args: Args) -> Result<Output, Failure> {
    let opened = opener.open(&call, &args.path).await?;
    let moment = |text: Option<String>| -> Result<Option<Moment>, Failure> {
        let parsed: Option<Result<Moment, GitError>> = text.map(|text| text.parse());
        parsed.transpose().map_err(failure)
    };
    let query = LogQuery {
        since: moment(args.since)?,
        until: moment(args.until)?,
        limit: args.limit.unwrap_or(LIMIT_DEFAULT),
        path: Some(opened.path.clone()),
    };
    let log = opened.repository.log(&query).await.map_err(failure)?;
    let commits: Vec<Value> = log
        .commits
        .iter()
        .map(|commit| {
            json!({
                "hash": commit.hash, "author": commit.author, "date": commit.date,
                "subject": commit.subject,
            })
        })
        .collect();
    let more = if log.truncated {
        " (cut: there are more)"
    } else {
        ""
    };
    let text = match commits.len() {
        1 => format!("1 commit{more}"),
        n => format!("{n} commits{more}"),
    };
    Ok(Output::new(
        text,
        json!({ "commits": commits, "truncated": log.truncated }),
    ))
}
