//! What a live log holds for a reader that has fallen behind, without an allocation per delta of
//! a long one.

use std::{collections::BTreeMap, io, path::Path};

use serde_json::value::RawValue;
use weald_domain::{
    cursor::Cursor,
    event::{SessionEvent, session::ContentDelta},
    id::MessageId,
    limits::READER_QUEUE_MAX,
    message::PartKind,
    time::UnixMillis,
};

use crate::bus::log_file::{Record, TRIMMED, records};

/// A frame as the log has it.
pub(super) type LogFrame = (Cursor, UnixMillis, String, Box<RawValue>);

/// A text part of a message.
pub(super) type Place = (MessageId, u32);

/// What the reader has, and how far it may read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    /// The reader has everything up to here.
    pub(super) after: Cursor,
    /// The log must reach at least this far.
    pub(super) evicted: Cursor,
    /// The last durable event that the reader gets from storage.
    pub(super) bound: u64,
}

/// What a log holds after a cursor.
#[derive(Debug)]
pub(super) enum Backlog {
    /// All of it.
    Short(Vec<LogFrame>),
    /// More than a reader may have queued, or not all of it: no text frame by frame.
    Long {
        /// Texts that have grown.
        grown: BTreeMap<Place, Grown>,
        /// Frames that no text stands for.
        frames: Vec<LogFrame>,
        /// The newest cursor that is missing.
        trimmed: Option<Cursor>,
    },
}

/// A text part whose deltas are left out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grown {
    pub(super) kind: PartKind,
    /// The last frame it covers.
    pub(super) cursor: Cursor,
    /// The runs of text in the log; usually one.
    pub(super) runs: Vec<Run>,
}

/// Deltas that continue each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Unicode scalar values before it.
    pub(super) offset: u64,
    /// Unicode scalar values in it.
    pub(super) length: u64,
    /// Their text.
    pub(super) text: String,
}

/// Reads what a log holds for a reader. Blocks on the file system.
pub(super) fn read_backlog(path: &Path, since: Since) -> io::Result<Backlog> {
    let bytes = bytes_of(path)?;
    let (mut size, mut reached, mut trimmed) = (0, since.after, None);
    for record in records(&bytes) {
        if record.kind == TRIMMED {
            trimmed = trimmed.max(Some(record.cursor));
        } else if record.cursor > reached {
            reached = record.cursor;
            size += record.payload.len();
        }
    }
    // A log that somebody removed ends before what readers have seen.
    let lost = (since.evicted.k > 0 && reached < since.evicted).then_some(since.evicted);
    let trimmed = trimmed.filter(|cursor| since.after < *cursor).max(lost);
    if trimmed.is_some() || size > READER_QUEUE_MAX {
        Ok(long(&bytes, since, trimmed))
    } else {
        let frames = in_order(&bytes, since.after, since.bound);
        Ok(Backlog::Short(frames.filter_map(owned).collect()))
    }
}

fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// Each frame newer than the one before, up to the bound.
fn in_order(bytes: &[u8], after: Cursor, bound: u64) -> impl Iterator<Item = Record<'_>> {
    let mut newest = after;
    records(bytes)
        .filter(move |record| {
            let is_next = record.kind != TRIMMED && record.cursor > newest;
            if is_next {
                newest = record.cursor;
            }
            is_next
        })
        .take_while(move |record| record.cursor.seq <= bound)
}

fn owned(record: Record<'_>) -> Option<LogFrame> {
    let payload = RawValue::from_string(record.payload.to_owned()).ok()?;
    Some((record.cursor, record.at, record.kind.to_owned(), payload))
}

/// Reads from the start of the log: a text is told from where it begins.
fn long(bytes: &[u8], since: Since, trimmed: Option<Cursor>) -> Backlog {
    let mut grown: BTreeMap<Place, Grown> = BTreeMap::new();
    let mut frames = Vec::new();
    for record in in_order(bytes, Cursor::START, since.bound) {
        let Ok(payload) = serde_json::from_str::<&RawValue>(record.payload) else {
            continue;
        };
        // Every other event is durable, or tells nothing of what there is now.
        let event = SessionEvent::decode(record.kind, payload);
        if let SessionEvent::ContentDelta(delta) = &event {
            grow(&mut grown, record.cursor, delta);
        } else if let SessionEvent::ToolCallArgsDelta(_) = &event
            && record.cursor > since.after
        {
            frames.extend(owned(record));
        }
    }
    grown.retain(|_, one| one.cursor > since.after);
    Backlog::Long {
        grown,
        frames,
        trimmed,
    }
}

fn grow(grown: &mut BTreeMap<Place, Grown>, cursor: Cursor, delta: &ContentDelta) {
    let one = grown
        .entry((delta.message_id, delta.part))
        .or_insert_with(|| Grown {
            kind: delta.kind,
            cursor,
            runs: Vec::new(),
        });
    one.cursor = cursor;
    let length = delta.delta.chars().count() as u64;
    match one.runs.last_mut() {
        Some(run) if run.offset + run.length == delta.offset => {
            run.length += length;
            run.text.push_str(&delta.delta);
        }
        Some(_) | None => one.runs.push(Run {
            offset: delta.offset,
            length,
            text: delta.delta.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: u64 = 5_000;

    fn log(folder: &Path, offset_of: impl Fn(u64) -> u64) -> std::path::PathBuf {
        let mut bytes = Vec::new();
        for k in 1..=WORDS {
            let delta = SessionEvent::from(ContentDelta {
                message_id: MessageId(uuid::Uuid::nil()),
                part: 0,
                kind: PartKind::Text,
                offset: offset_of(k),
                delta: "wö".into(),
            });
            let (kind, payload) = delta.encode().expect("encodes");
            let record = Record {
                epoch: 1,
                cursor: Cursor { seq: 2, k },
                at: UnixMillis(0),
                kind: &kind,
                payload: payload.get(),
            };
            record.write(&mut bytes);
        }
        let path = folder.join("a.log");
        std::fs::write(&path, bytes).expect("writes");
        path
    }

    fn after(k: u64) -> Since {
        Since {
            after: Cursor { seq: 2, k },
            evicted: Cursor::START,
            bound: 2,
        }
    }

    #[test]
    fn a_long_backlog_is_one_text_and_a_short_one_its_frames() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = log(folder.path(), |k| (k - 1) * 2);
        let Backlog::Long { grown, frames, .. } = read_backlog(&path, after(3)).expect("reads")
        else {
            panic!("it is longer than a queue");
        };
        let words = usize::try_from(WORDS).expect("few");
        let whole = Grown {
            kind: PartKind::Text,
            cursor: Cursor { seq: 2, k: WORDS },
            runs: vec![Run {
                offset: 0,
                length: WORDS * 2,
                text: "wö".repeat(words),
            }],
        };
        assert_eq!(grown.into_values().collect::<Vec<_>>(), [whole]);
        assert!(frames.is_empty());
        let Backlog::Short(frames) = read_backlog(&path, after(WORDS - 2)).expect("reads") else {
            panic!("two frames are no backlog");
        };
        assert_eq!(frames.len(), 2);
    }

    #[test]
    fn text_that_was_begun_again_is_a_run_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = log(folder.path(), |k| (k - 1) % 2_500 * 2);
        let Backlog::Long { grown, .. } = read_backlog(&path, after(3)).expect("reads") else {
            panic!("it is longer than a queue");
        };
        let runs = &grown.first_key_value().expect("one text").1.runs;
        assert_eq!(
            runs.iter()
                .map(|run| (run.offset, run.length))
                .collect::<Vec<_>>(),
            [(0, 5_000), (0, 5_000)]
        );
    }
}
