//! `fs_read`: lines of a text file.

use std::{
    io::{BufRead, BufReader},
    path::Path,
};

use serde::Deserialize;
use serde_json::json;
use weald_worker_host::sdk::{Call, Failure, Output};

use super::{cut_mark, is_binary, shown};

/// Largest file that is read.
const FILE_MAX: u64 = 256 * 1024 * 1024;
/// Most bytes of text in one answer.
const TEXT_MAX: usize = 2 * 1024 * 1024;
/// Lines in one answer when the call does not say.
const LINES_DEFAULT: usize = 2_000;
/// How much is read at once.
const BUFFER: usize = 64 * 1024;

/// Arguments of `fs_read`.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    path: String,
    offset: Option<usize>,
    limit: Option<usize>,
}

/// The lines that were asked for, and how many there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lines {
    text: Vec<u8>,
    total: usize,
    taken: usize,
    truncated: bool,
}

pub(super) fn run(call: &Call, args: Args) -> Result<Output, Failure> {
    let path = Path::new(&args.path);
    let place = shown(&call.directories, &args.path);
    let file = call.directories.open_file(path)?;
    let size = file
        .metadata()
        .map_err(|error| Failure::io("read", path, &error))?
        .len();
    if size > FILE_MAX {
        let message = format!("{place:?} has {size} bytes: too large to read, search it instead");
        return Err(Failure::new("too_large", message));
    }
    let mut reader = BufReader::with_capacity(BUFFER, file);
    let start = reader
        .fill_buf()
        .map_err(|error| Failure::io("read", path, &error))?;
    if is_binary(start) {
        return Err(Failure::new(
            "binary_file",
            format!("{place:?} is a binary file ({size} bytes)"),
        ));
    }
    let first = args.offset.unwrap_or(1).max(1);
    let lines = take(call, reader, first, args.limit.unwrap_or(LINES_DEFAULT))
        .map_err(|error| Failure::io("read", path, &error))?;
    call.check()?;
    let mut bytes = lines.text;
    if lines.truncated
        && let Err(error) = std::str::from_utf8(&bytes)
        && error.error_len().is_none()
    {
        // The cut went through a character.
        bytes.truncate(error.valid_up_to());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = first
            + error.as_bytes()[..at]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
        Failure::new(
            "not_utf8",
            format!("{place:?} is not UTF-8 text (line {line})"),
        )
    })?;
    let summary = format!(
        "{place}: {} of {} from line {first}{}",
        lines.taken,
        super::counted(lines.total, "line"),
        cut_mark(lines.truncated)
    );
    Ok(Output::new(
        summary,
        json!({
            "path": place, "text": text, "total_lines": lines.total, "offset": first,
            "truncated": lines.truncated,
        }),
    ))
}

/// Takes `limit` lines from line `first` and counts all; stops early when the call is cancelled.
/// A line is taken whole or, when it alone is larger than the answer may be, up to that size.
fn take(
    call: &Call,
    mut reader: impl BufRead,
    first: usize,
    limit: usize,
) -> std::io::Result<Lines> {
    let mut lines = Lines::default();
    let mut is_open = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() || call.cancelled.is_cancelled() {
            return Ok(lines);
        }
        let end = buffer
            .iter()
            .position(|b| *b == b'\n')
            .map_or(buffer.len(), |at| at + 1);
        let piece = &buffer[..end];
        if !is_open {
            lines.total += 1;
        }
        let is_wanted = lines.total >= first && lines.total - first < limit;
        if is_wanted && !lines.truncated {
            let room = TEXT_MAX - lines.text.len();
            lines.taken += usize::from(!is_open);
            lines.truncated = piece.len() > room;
            lines
                .text
                .extend_from_slice(&piece[..piece.len().min(room)]);
        } else if lines.total > first && !is_wanted {
            lines.truncated = true;
        }
        is_open = piece.last() != Some(&b'\n');
        reader.consume(end);
    }
}
