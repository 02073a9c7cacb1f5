//! `fs_list`: the entries of a directory.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use weald_worker_host::sdk::{Call, Entry, EntryKind, Failure, Output};

use super::{counted, cut_mark, shown};

/// Most entries in one answer.
const ENTRIES_MAX: usize = 20_000;

/// Arguments of `fs_list`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
}

pub(super) fn run(call: &Call, args: Args) -> Result<Output, Failure> {
    let mut entries = call.directories.list(Path::new(&args.path))?;
    let truncated = entries.len() > ENTRIES_MAX;
    entries.truncate(ENTRIES_MAX);
    let path = shown(&call.directories, &args.path);
    let text = format!(
        "{} in {path}{}",
        counted(entries.len(), "entry"),
        cut_mark(truncated)
    );
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    Ok(Output::new(
        text,
        json!({ "path": path, "entries": entries, "truncated": truncated }),
    ))
}

fn entry(entry: &Entry) -> Value {
    json!({
        "name": entry.name.to_string_lossy(),
        "kind": match entry.kind {
            EntryKind::File => "file",
            EntryKind::Directory => "directory",
            EntryKind::Link => "link",
            EntryKind::Other => "other",
        },
        "size": entry.size,
        "modified": entry.modified.to_string(),
    })
}
