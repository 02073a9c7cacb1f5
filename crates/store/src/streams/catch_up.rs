//! The history of a session after a cursor: durable events from SQL, frames from the live log.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::Semaphore;
use weald_domain::{
    cursor::Cursor,
    event::Envelope,
    ports::{Frame, StoreError},
};

use super::backlog::{Backlog, Grown, Place, Since, read_backlog};
use crate::{
    blobs::blocking,
    bus::{channel::Channel, log_writer::envelope},
    sql::{
        Sql,
        column::to_int,
        events::{self, stored},
        sql,
    },
    store::Store,
};

/// Logs read at once: each is in memory as a whole, and may be as large as
/// [`weald_domain::limits::LIVE_LOG_MAX`].
static READS: Semaphore = Semaphore::const_new(2);

/// History after a cursor, up to the newest event that the channel had published, with a place
/// for each text instead of its deltas.
pub(super) struct History {
    pub(super) after: Cursor,
    pub(super) events: Vec<Envelope>,
    /// Frames that are kept as they are.
    pub(super) frames: Vec<Envelope>,
    /// Texts that have grown.
    pub(super) grown: BTreeMap<Place, Grown>,
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
        let since = Since {
            after,
            evicted,
            bound,
        };
        let permit = READS.acquire().await;
        let backlog = blocking(move || read_backlog(&path, since)).await?;
        drop(permit);
        let mut reader = self.reader().await?;
        let rows = reader
            .all(
                sql(stored!(
                    "WHERE e.stream_id = ? AND e.seq > ? AND e.seq <= ? ORDER BY e.seq"
                ))
                .bind(session)
                .bind(to_int(after.seq))
                .bind(to_int(bound)),
            )
            .await?;
        let events = events::complete(&self.0.blobs, &mut reader, rows).await?;
        drop(reader);
        let framed =
            |(cursor, at, kind, payload)| envelope(channel.origin(), cursor, at, kind, payload);
        match backlog {
            Backlog::Short(frames) => Ok(merged(events, frames.into_iter().map(framed))),
            Backlog::Long {
                grown,
                frames,
                trimmed,
            } => {
                let history = History {
                    after,
                    events,
                    frames: frames.into_iter().map(framed).collect(),
                    grown,
                    trimmed,
                };
                self.resynced(session, history).await
            }
        }
    }
}

/// Events and frames by cursor.
fn merged(events: Vec<Envelope>, frames: impl Iterator<Item = Envelope>) -> Vec<Frame> {
    let mut all: Vec<Envelope> = events.into_iter().chain(frames).collect();
    all.sort_by_key(|envelope| envelope.event_id);
    all.into_iter().map(Frame::new).collect()
}
