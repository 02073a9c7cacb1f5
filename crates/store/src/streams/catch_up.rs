//! The history of a session after a cursor: durable events from SQL, frames from the live log.

use std::sync::Arc;

use weald_domain::{
    cursor::Cursor,
    event::{Envelope, SessionEvent},
    limits::READER_QUEUE_MAX,
    ports::{Frame, StoreError},
};

use crate::{
    blobs::blocking,
    bus::{channel::Channel, log_writer::envelope},
    live::read_log,
    sql::{
        Sql,
        column::to_int,
        events::{self, stored},
        sql,
    },
    store::Store,
};

/// A frame of the live log with its event decoded.
pub(super) struct LogFrame {
    pub(super) envelope: Envelope,
    pub(super) event: SessionEvent,
}

/// History after a cursor, up to the newest event that the channel had published.
pub(super) struct History {
    pub(super) after: Cursor,
    pub(super) events: Vec<Envelope>,
    /// After the cursor; from the start of the log when deltas are to be left out.
    pub(super) frames: Vec<LogFrame>,
    /// The newest cursor that was trimmed from the log, when the reader is before it.
    pub(super) trimmed: Option<Cursor>,
}

impl Store {
    /// Everything after `after` that this channel's ring may not hold, in order.
    ///
    /// The bound is read before SQL and the log: what is published later is in the ring, because
    /// the caller has joined the channel; what was published earlier is in SQL or the log, at
    /// least up to `evicted`.
    pub(super) async fn catch_up(
        &self,
        channel: &Arc<Channel>,
        after: Cursor,
        evicted: Cursor,
    ) -> Result<Vec<Frame>, StoreError> {
        let Some(session) = channel.origin().session_id else {
            return Ok(Vec::new());
        };
        let bound = match channel.head() {
            Some(head) => head.seq,
            None => self.standing(session).await?.map_or(0, |s| s.head_seq),
        };
        let path = self.0.folder.live_log(session);
        let mut tail = blocking(move || read_log(&path, after)).await?;
        let reached = tail.frames.last().map_or(after, |(cursor, ..)| *cursor);
        // A log that somebody removed ends before what readers have seen.
        let lost = (evicted.k > 0 && reached < evicted).then_some(evicted);
        let trimmed = tail.trimmed.filter(|trimmed| after < *trimmed).max(lost);
        let backlog: usize = tail.frames.iter().map(|(.., text)| text.get().len()).sum();
        let is_cut = trimmed.is_some() || backlog > READER_QUEUE_MAX;
        if is_cut {
            let path = self.0.folder.live_log(session);
            tail = blocking(move || read_log(&path, Cursor::START)).await?;
        }
        let mut reader = self.reader().await?;
        let rows = reader
            .all(
                sql(stored!(
                    "WHERE e.stream_id = ? AND e.seq > ? AND e.seq <= ? ORDER BY e.seq"
                ))
                .bind(session.to_string())
                .bind(to_int(after.seq))
                .bind(to_int(bound)),
            )
            .await?;
        let events = events::complete(&self.0.blobs, &mut reader, rows).await?;
        let frames: Vec<LogFrame> = tail
            .frames
            .into_iter()
            .take_while(|(cursor, ..)| cursor.seq <= bound)
            .map(|(cursor, at, kind, payload)| LogFrame {
                event: SessionEvent::decode(&kind, &payload),
                envelope: envelope(channel.origin(), cursor, at, kind, payload),
            })
            .collect();
        let history = History {
            after,
            events,
            frames,
            trimmed,
        };
        drop(reader);
        if is_cut {
            self.resynced(session, history).await
        } else {
            Ok(history.merged())
        }
    }
}

impl History {
    /// Events and frames by cursor.
    fn merged(self) -> Vec<Frame> {
        let frames = self.frames.into_iter().map(|frame| frame.envelope);
        let mut all: Vec<Envelope> = self.events.into_iter().chain(frames).collect();
        all.sort_by_key(|envelope| envelope.event_id);
        all.into_iter().map(Frame::new).collect()
    }
}
