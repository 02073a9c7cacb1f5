//! `fs_search`: lines that match a regular expression.

use std::{io::Read, ops::ControlFlow, path::Path};

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use weald_worker_host::sdk::{Call, Failure, Output};

use super::{
    counted, cut_mark, is_binary, shown,
    walk::{self, Ended},
};

/// Most hits in one answer.
const HITS_MAX: usize = 1_000;
/// Largest file that is searched.
const FILE_MAX: u64 = 16 * 1024 * 1024;
/// Longest line shown, bytes.
const LINE_MAX: usize = 500;
/// Largest compiled pattern, bytes.
const PATTERN_MAX: usize = 4 * 1024 * 1024;

/// Arguments of `fs_search`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
    pattern: String,
}

pub(super) fn run(call: &Call, args: Args) -> Result<Output, Failure> {
    let pattern = RegexBuilder::new(&args.pattern)
        .size_limit(PATTERN_MAX)
        .build()
        .map_err(|error| Failure::new("bad_pattern", error.to_string()))?;
    let start = Path::new(&args.path);
    let mut hits = Vec::new();
    let mut files = 0_usize;
    let mut skipped = 0_usize;
    let ended = walk::files(call, start, |path| {
        call.check()?;
        match content(call, path) {
            Ok(Some(content)) => {
                files += 1;
                return Ok(search(
                    &pattern,
                    &call.directories.shown(path),
                    &content,
                    &mut hits,
                ));
            }
            // What was named is told; what was only met on the way is left out.
            Err(failure) if path == start => return Err(failure),
            Ok(None) | Err(_) => skipped += 1,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let truncated = ended == Ended::Early;
    let text = format!(
        "{} in {} of {}{}",
        counted(hits.len(), "hit"),
        counted(files, "file"),
        shown(&call.directories, &args.path),
        cut_mark(truncated)
    );
    let value = json!({ "hits": hits, "truncated": truncated, "skipped_files": skipped });
    Ok(Output::new(text, value))
}

/// The content of a text file; `None` for a binary or a very large one.
fn content(call: &Call, path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let file = call.directories.open_file(path)?;
    let mut content = Vec::new();
    file.take(FILE_MAX + 1)
        .read_to_end(&mut content)
        .map_err(|error| Failure::io("read", path, &error))?;
    let is_text = content.len() as u64 <= FILE_MAX && !is_binary(&content);
    Ok(is_text.then_some(content))
}

fn search(pattern: &Regex, path: &str, content: &[u8], hits: &mut Vec<Value>) -> ControlFlow<()> {
    for (n, line) in content.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if pattern.is_match(line) {
            if hits.len() == HITS_MAX {
                return ControlFlow::Break(());
            }
            hits.push(json!({ "path": path, "line": n + 1, "text": readable(line) }));
        }
    }
    ControlFlow::Continue(())
}

fn readable(line: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&line[..line.len().min(LINE_MAX)]).into_owned();
    if line.len() > LINE_MAX {
        text.push('…');
    }
    text
}
