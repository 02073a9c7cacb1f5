//! The writing end of a live log: a frame is in the file before any reader can see it.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::value::RawValue;
use weald_domain::{
    cursor::Cursor,
    event::{Envelope, SessionEvent, StreamOrigin},
    limits::LIVE_LOG_MAX,
    ports::{Frame, LiveWriter, StoreError},
    time::UnixMillis,
};

use super::{
    channel::Channel,
    log_file::{Record, TRIMMED, records},
};
use crate::fail_points;

/// Extension of a log while it is rewritten.
pub(crate) const TRIMMING: &str = "trimming";

/// What the file system refused.
pub(crate) fn io_error(error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::StorageFull {
        StoreError::Full(Box::new(error))
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

/// The live log of one session, held by its owner.
pub(crate) struct LogWriter {
    channel: Arc<Channel>,
    path: PathBuf,
    file: File,
    epoch: u64,
    size: u64,
    /// Size at which the next write trims first.
    pub(crate) trim_at: u64,
    buffer: Vec<u8>,
}

impl LogWriter {
    /// Opens the file, makes it when there is none, and cuts a torn tail.
    pub(crate) fn open(path: PathBuf, channel: Arc<Channel>, epoch: u64) -> io::Result<Self> {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(e),
        };
        let mut read = records(&bytes);
        let last = read.by_ref().map(|record| record.cursor).max();
        let good = read.offset() as u64;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)?;
        if good < bytes.len() as u64 {
            file.set_len(good)?;
        }
        if let Some(last) = last {
            channel.knows(last);
        }
        Ok(Self {
            channel,
            path,
            file,
            epoch,
            size: good,
            trim_at: LIVE_LOG_MAX,
            buffer: Vec::new(),
        })
    }

    fn append(&mut self) -> io::Result<()> {
        let written = self.file.write_all(&self.buffer);
        if written.is_err() {
            // What was written in part must not stand in the way of the next record.
            self.file.set_len(self.size)?;
        }
        written
    }

    fn undo(&mut self, error: StoreError) -> StoreError {
        match self.file.set_len(self.size) {
            Ok(()) => error,
            Err(e) => io_error(e),
        }
    }

    fn trim(&mut self) -> io::Result<()> {
        let trimmed = trim(&self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.size = trimmed;
        // A log that could not be trimmed far is left alone until it has doubled.
        self.trim_at = self.trim_at.max(trimmed.saturating_mul(2));
        Ok(())
    }
}

/// An envelope of a frame of the live log.
pub(crate) fn envelope(
    origin: &StreamOrigin,
    cursor: Cursor,
    at: UnixMillis,
    kind: String,
    payload: Box<RawValue>,
) -> Envelope {
    Envelope {
        event_id: cursor,
        seq: cursor.seq,
        pos: None,
        topic: origin.topic,
        event_type: kind,
        version: 1,
        timestamp: at,
        workspace_id: origin.workspace_id,
        conversation_id: origin.conversation_id,
        session_id: origin.session_id,
        agent_id: origin.agent_id.clone(),
        payload,
    }
}

impl LiveWriter for LogWriter {
    fn write(
        &mut self,
        seq: u64,
        events: &[SessionEvent],
        at: UnixMillis,
    ) -> Result<Cursor, StoreError> {
        fail_points::hit("live.before_write")?;
        if self.size >= self.trim_at {
            self.trim().map_err(io_error)?;
        }
        let channel = Arc::clone(&self.channel);
        let mut ring = channel.ring();
        let head = ring.head.unwrap_or(Cursor::durable(seq));
        let mut cursor = head.max(Cursor::durable(seq));
        let mut frames = Vec::with_capacity(events.len());
        self.buffer.clear();
        for event in events {
            cursor.k += 1;
            let (kind, payload) = event.encode().map_err(|e| StoreError::Corrupt {
                what: "an event of the live log",
                source: Box::new(e),
            })?;
            Record {
                epoch: self.epoch,
                cursor,
                at,
                kind: &kind,
                payload: payload.get(),
            }
            .write(&mut self.buffer);
            frames.push(Frame::new(envelope(
                channel.origin(),
                cursor,
                at,
                kind,
                payload,
            )));
        }
        self.append().map_err(io_error)?;
        fail_points::hit("live.after_write").map_err(|e| self.undo(e))?;
        fail_points::hit("live.before_publish").map_err(|e| self.undo(e))?;
        self.size += self.buffer.len() as u64;
        for frame in frames {
            ring.push(frame);
        }
        drop(ring);
        channel.notify();
        Ok(cursor)
    }
}

/// Rewrites a log without what its newest checkpoint covers; the new length.
fn trim(path: &Path) -> io::Result<u64> {
    let bytes = std::fs::read(path)?;
    let all: Vec<Record<'_>> = records(&bytes).collect();
    let Some(checkpoint) = all.iter().rposition(|r| r.kind == "checkpointed") else {
        return Ok(bytes.len() as u64);
    };
    let covered = Covered::by(all[checkpoint].payload);
    let (mut kept, mut gone) = (Vec::new(), None::<Record<'_>>);
    for (n, record) in all.iter().enumerate() {
        let is_gone = n < checkpoint && (record.kind == TRIMMED || covered.holds(record));
        if is_gone {
            gone = gone.max_by_cursor(*record);
        } else {
            kept.push(record);
        }
    }
    let mut out = Vec::with_capacity(bytes.len() / 2);
    if let Some(gone) = gone {
        let marker = Record {
            kind: TRIMMED,
            payload: "null",
            ..gone
        };
        marker.write(&mut out);
    }
    for record in kept {
        record.write(&mut out);
    }
    let temporary = path.with_extension(TRIMMING);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(&out)?;
    std::fs::rename(&temporary, path)?;
    Ok(out.len() as u64)
}

trait MaxByCursor<'a> {
    fn max_by_cursor(self, other: Record<'a>) -> Self;
}

impl<'a> MaxByCursor<'a> for Option<Record<'a>> {
    fn max_by_cursor(self, other: Record<'a>) -> Self {
        match self {
            Some(one) if one.cursor >= other.cursor => Some(one),
            Some(_) | None => Some(other),
        }
    }
}

/// What a `checkpointed` frame says is in SQL.
struct Covered(Option<weald_domain::event::session::Checkpointed>);

impl Covered {
    fn by(payload: &str) -> Self {
        Self(serde_json::from_str(payload).ok())
    }

    /// Whether SQL holds what this record says. Messages before the checkpointed one are complete.
    fn holds(&self, record: &Record<'_>) -> bool {
        let Some(checkpoint) = &self.0 else {
            return false;
        };
        let Ok(raw) = RawValue::from_string(record.payload.to_owned()) else {
            return false;
        };
        let (message, part, end) = match SessionEvent::decode(record.kind, &raw) {
            SessionEvent::ContentDelta(d) => (
                d.message_id,
                d.part,
                d.offset + d.delta.chars().count() as u64,
            ),
            SessionEvent::ToolCallArgsDelta(d) => (
                d.message_id,
                d.part,
                d.offset + d.delta.chars().count() as u64,
            ),
            SessionEvent::ModelSilent(_) | SessionEvent::Checkpointed(_) => return true,
            SessionEvent::RunStarted(_)
            | SessionEvent::RunCompleted(_)
            | SessionEvent::RunFailed(_)
            | SessionEvent::MessageStart(_)
            | SessionEvent::ContentDone(_)
            | SessionEvent::MessageEnd(_)
            | SessionEvent::ToolCallStart(_)
            | SessionEvent::ToolCallResult(_)
            | SessionEvent::ToolCallEnd(_)
            | SessionEvent::InterruptReceived(_)
            | SessionEvent::UsageSnapshot(_)
            | SessionEvent::Resync(_)
            | SessionEvent::ApprovalRequested(_)
            | SessionEvent::ApprovalAnswered(_)
            | SessionEvent::Unknown { .. } => return false,
        };
        message != checkpoint.message_id
            || checkpoint
                .offsets
                .iter()
                .any(|o| o.part == part && end <= o.offset)
    }
}
