//! `fs_find`: files by a glob.

use std::{ops::ControlFlow, path::Path};

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;
use serde_json::json;
use weald_worker_host::sdk::{Call, Failure, Output};

use super::{
    counted, cut_mark, shown,
    walk::{self, Ended},
};

/// Most paths in one answer.
const PATHS_MAX: usize = 10_000;

/// Arguments of `fs_find`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
    glob: String,
}

pub(super) fn run(call: &Call, args: Args) -> Result<Output, Failure> {
    let start = Path::new(&args.path);
    let glob = matcher(&args.glob)?;
    let by_name = !args.glob.contains('/');
    let mut paths = Vec::new();
    let ended = walk::files(call, start, |path| {
        let subject = match path.strip_prefix(start) {
            Ok(below) if !by_name && !below.as_os_str().is_empty() => below,
            _ => path.file_name().map_or(path, Path::new),
        };
        if glob.is_match(subject) {
            if paths.len() == PATHS_MAX {
                return Ok(ControlFlow::Break(()));
            }
            paths.push(call.directories.shown(path));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let truncated = ended == Ended::Early;
    let place = shown(&call.directories, &args.path);
    let verb = if paths.len() == 1 { "matches" } else { "match" };
    let text = format!(
        "{} {verb} {} in {place}{}",
        counted(paths.len(), "file"),
        args.glob,
        cut_mark(truncated)
    );
    Ok(Output::new(
        text,
        json!({ "paths": paths, "truncated": truncated }),
    ))
}

fn matcher(glob: &str) -> Result<GlobMatcher, Failure> {
    GlobBuilder::new(glob.trim_start_matches("./"))
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| Failure::new("bad_glob", error.to_string()))
}
